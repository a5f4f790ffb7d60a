package sandbox

import (
	"encoding/json"
	"unicode/utf8"
)

// content is the checked body of a post or an update.
type content struct {
	text        string
	blocks      json.RawMessage
	attachments json.RawMessage
	metadata    json.RawMessage
	hasBlocks   bool
}

// readContent checks text, blocks, attachments and metadata.
func readContent(c *call) (content, *slackError) {
	var body content
	body.text = c.arg("text")
	if markdown := c.arg("markdown_text"); markdown != "" {
		if body.text != "" || c.arg("blocks") != "" {
			return body, refuse("markdown_text_conflict")
		}
		if utf8.RuneCountInString(markdown) > maxMarkdownText {
			return body, refuse("msg_too_long")
		}
		body.text = markdown
	}
	var refusal *slackError
	if body.blocks, refusal = checkBlocks(c.arg("blocks")); refusal != nil {
		return body, refusal
	}
	body.hasBlocks = string(body.blocks) != "[]"
	if raw := c.arg("attachments"); raw != "" && raw != "[]" {
		var list []map[string]any
		if err := json.Unmarshal([]byte(raw), &list); err != nil {
			return body, refuse("invalid_attachments")
		}
		if len(list) > maxAttachments {
			return body, refuse("too_many_attachments")
		}
		body.attachments = json.RawMessage(raw)
	}
	if body.metadata, refusal = checkMetadata(c.arg("metadata")); refusal != nil {
		return body, refusal
	}
	if body.text == "" && !body.hasBlocks && body.attachments == nil {
		return body, refuse("no_text")
	}
	return body, nil
}

// checkMetadata: https://docs.slack.dev/messaging/message-metadata
func checkMetadata(raw string) (json.RawMessage, *slackError) {
	if raw == "" {
		return nil, nil
	}
	var fields struct {
		EventType    string         `json:"event_type"`
		EventPayload map[string]any `json:"event_payload"`
	}
	if err := json.Unmarshal([]byte(raw), &fields); err != nil {
		return nil, refuse("invalid_metadata_format")
	}
	if fields.EventType == "" || fields.EventPayload == nil {
		return nil, refuse("invalid_metadata_schema")
	}
	return json.RawMessage(raw), nil
}
