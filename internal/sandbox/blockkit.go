package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Block Kit's limits: https://docs.slack.dev/reference/block-kit/blocks and the page of each block below it, and the
// types of Slack's own SDKs where the pages are silent.
const (
	maxBlocks         = 50
	maxBlockID        = 255
	maxHeader         = 150
	maxSectionText    = 3000
	maxFields         = 10
	maxFieldText      = 2000
	maxContext        = 10
	maxActions        = 25
	maxContextActions = 5
	maxMarkdown       = 12_000
	maxAltText        = 2000
	maxImageTitle     = 2000
	maxURL            = 3000
	maxTableRows      = 100
	maxTableCells     = 20

	// Slack refuses a message whose blocks are too long together (msg_blocks_too_long) and does not say how it counts.
	// Measured: about 13,200 characters of text, of which each block costs about 100
	// (https://github.com/slackapi/bolt-js/issues/2509).
	maxBlocksText = 13_200
	costOfBlock   = 100
)

// blockCheck walks the blocks of one message and gathers what is wrong, in Slack's words and with its JSON pointers.
type blockCheck struct {
	errors     []string
	blockIDs   map[string]bool
	characters int
	markdown   int
	tables     int
	modal      bool // the blocks are those of a modal
}

// checkBlocks returns the blocks as they are stored ("[]" for none) or Slack's refusal.
func checkBlocks(raw string) (json.RawMessage, *slackError) {
	if raw == "" || raw == "[]" {
		return json.RawMessage("[]"), nil
	}
	var list []any
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		return nil, refuse("invalid_blocks_format")
	}
	check := blockCheck{blockIDs: map[string]bool{}}
	if len(list) > maxBlocks {
		check.fail("/blocks", "no more than %d items allowed", maxBlocks)
	}
	for i, item := range list {
		check.block("/blocks/"+strconv.Itoa(i), item)
	}
	if len(check.errors) > 0 {
		return nil, check.refusal()
	}
	if check.characters+len(list)*costOfBlock > maxBlocksText {
		return nil, refuse("msg_blocks_too_long")
	}
	return json.RawMessage(raw), nil
}

func (b *blockCheck) refusal() *slackError {
	messages := make([]string, len(b.errors))
	for i, text := range b.errors {
		messages[i] = "[ERROR] " + text
	}
	return &slackError{code: "invalid_blocks", extra: answer{
		"errors": b.errors, "response_metadata": map[string]any{"messages": messages}}}
}

func (b *blockCheck) fail(at, format string, args ...any) {
	b.errors = append(b.errors, fmt.Sprintf(format, args...)+" [json-pointer:"+at+"]")
}

func (b *blockCheck) block(at string, item any) {
	block, ok := item.(map[string]any)
	if !ok {
		b.fail(at, "should be an object")
		return
	}
	if id := b.str(block, at, "block_id", maxBlockID, false); id != "" {
		if b.blockIDs[id] {
			b.fail(at+"/block_id", "block_id %q already exists in this message", id)
		}
		b.blockIDs[id] = true
	}
	kind, _ := block["type"].(string)
	switch kind {
	case "header":
		b.only(block, at, "text", "level")
		b.text(block, at, "text", maxHeader, true, "plain_text")
	case "section":
		b.section(block, at)
	case "context":
		b.only(block, at, "elements")
		b.elements(block, at, maxContext, func(at string, e map[string]any) {
			if e["type"] == "image" {
				b.image(e, at)
				return
			}
			b.textObject(e, at, maxSectionText, "plain_text", "mrkdwn")
		})
	case "actions":
		b.only(block, at, "elements")
		b.interactive(block, at, maxActions, actionElements())
	case "context_actions":
		b.only(block, at, "elements")
		b.interactive(block, at, maxContextActions, []string{"feedback_buttons", "icon_button"})
	case "divider":
		b.only(block, at)
	case "image":
		b.only(block, at, "image_url", "slack_file", "alt_text", "title", "image_width", "image_height", "image_bytes")
		b.image(block, at)
		b.text(block, at, "title", maxImageTitle, false, "plain_text")
	case "markdown":
		b.only(block, at, "text")
		b.markdown += utf8.RuneCountInString(b.str(block, at, "text", maxMarkdown, true))
		if b.markdown > maxMarkdown {
			b.fail(at+"/text", "must be less than %d characters in all markdown blocks together", maxMarkdown+1)
		}
	case "table":
		b.table(block, at)
	case "input":
		b.input(block, at)
	case "rich_text", "video", "file", "task_card", "plan", "card", "carousel", "data_table",
		"data_visualization", "container":
		// Slack takes these in messages. They are let through unread: the sandbox checks what alerts are made of.
	default:
		// "alert", in spite of its name, stands in modals only (https://github.com/slackapi/node-slack-sdk/pull/2567).
		if kind != "alert" || !b.modal {
			b.fail(at+"/type", "unsupported type: %s", kind)
		}
	}
}

func (b *blockCheck) section(block map[string]any, at string) {
	b.only(block, at, "text", "fields", "accessory", "expand")
	fields, hasFields := block["fields"].([]any)
	_, hasText := block["text"]
	if !hasText && !hasFields {
		b.fail(at+"/type", "must define either `text` or `fields`")
	}
	b.text(block, at, "text", maxSectionText, false, "plain_text", "mrkdwn")
	if hasFields {
		b.count(at+"/fields", len(fields), maxFields)
	}
	for i, item := range fields {
		b.textObject(item, at+"/fields/"+strconv.Itoa(i), maxFieldText, "plain_text", "mrkdwn")
	}
	if accessory, present := block["accessory"]; present {
		e, ok := accessory.(map[string]any)
		switch {
		case !ok:
			b.fail(at+"/accessory", "should be an object")
		case e["type"] == "image":
			b.image(e, at+"/accessory")
		default:
			b.element(e, at+"/accessory", append(actionElements(), "multi_static_select", "multi_users_select",
				"multi_conversations_select", "multi_channels_select", "multi_external_select"))
		}
	}
}

func (b *blockCheck) image(e map[string]any, at string) {
	if e["slack_file"] == nil {
		b.str(e, at, "image_url", maxURL, true)
	}
	b.str(e, at, "alt_text", maxAltText, true)
}

func (b *blockCheck) table(block map[string]any, at string) {
	b.only(block, at, "rows", "column_settings")
	if b.tables++; b.tables > 1 {
		b.fail(at+"/type", "only one table is allowed in a message")
	}
	rows, _ := block["rows"].([]any)
	b.count(at+"/rows", len(rows), maxTableRows)
	for i, row := range rows {
		cells, _ := row.([]any)
		b.count(at+"/rows/"+strconv.Itoa(i), len(cells), maxTableCells)
	}
}

// elements walks the elements array of a block.
func (b *blockCheck) elements(block map[string]any, at string, most int, each func(at string, e map[string]any)) {
	list, ok := block["elements"].([]any)
	if !ok {
		b.fail(at, "missing required field: elements")
		return
	}
	b.count(at+"/elements", len(list), most)
	for i, item := range list {
		here := at + "/elements/" + strconv.Itoa(i)
		if e, ok := item.(map[string]any); ok {
			each(here, e)
		} else {
			b.fail(here, "should be an object")
		}
	}
}

func (b *blockCheck) count(at string, n, most int) {
	if n == 0 {
		b.fail(at, "no less than 1 items allowed")
	}
	if n > most {
		b.fail(at, "no more than %d items allowed", most)
	}
}

// only refuses properties that Slack's schema does not have; type and block_id are always allowed.
func (b *blockCheck) only(obj map[string]any, at string, allowed ...string) {
	for key := range obj {
		if key != "type" && key != "block_id" && !slices.Contains(allowed, key) {
			b.fail(at, "invalid additional property: %s", key)
		}
	}
}

// str reads a string property within its length.
func (b *blockCheck) str(obj map[string]any, at, key string, most int, required bool) string {
	value, present := obj[key]
	if !present {
		if required {
			b.fail(at, "missing required field: %s", key)
		}
		return ""
	}
	text, ok := value.(string)
	if !ok {
		b.fail(at+"/"+key, "must be a string")
		return ""
	}
	b.length(at+"/"+key, text, required, most)
	return text
}

func (b *blockCheck) length(at, text string, required bool, most int) {
	n := utf8.RuneCountInString(text)
	b.characters += n
	if n == 0 && required {
		b.fail(at, "must be more than 0 characters")
	}
	if n > most {
		b.fail(at, "must be less than %d characters", most+1)
	}
}

// text checks the text object that stands in a property.
func (b *blockCheck) text(obj map[string]any, at, key string, most int, required bool, kinds ...string) {
	value, present := obj[key]
	if !present {
		if required {
			b.fail(at, "missing required field: %s", key)
		}
		return
	}
	b.textObject(value, at+"/"+key, most, kinds...)
}

// textObject: https://docs.slack.dev/reference/block-kit/composition-objects/text-object
func (b *blockCheck) textObject(value any, at string, most int, kinds ...string) {
	obj, ok := value.(map[string]any)
	if !ok {
		b.fail(at, "should be an object")
		return
	}
	kind, _ := obj["type"].(string)
	if !slices.Contains(kinds, kind) {
		b.fail(at+"/type", "must be one of: %s", strings.Join(kinds, ", "))
		return
	}
	allowed := []string{"text", "emoji"}
	if kind == "mrkdwn" {
		allowed = []string{"text", "verbatim"}
	}
	b.only(obj, at, allowed...)
	for _, key := range allowed[1:] {
		if v, present := obj[key]; present {
			if _, isBool := v.(bool); !isBool {
				b.fail(at+"/"+key, "must be a boolean")
			}
		}
	}
	if _, present := obj["text"]; !present {
		b.fail(at, "missing required field: text")
		return
	}
	text, ok := obj["text"].(string)
	if !ok {
		b.fail(at+"/text", "must be a string")
		return
	}
	b.length(at+"/text", text, true, most)
}
