package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// Limits of modals and of what stands in them: https://docs.slack.dev/reference/views/modal-views,
// https://docs.slack.dev/reference/block-kit/blocks/input-block and the pages of the elements.
const (
	maxViewBytes    = 250_000
	maxViewBlocks   = 100
	maxViewTitle    = 24
	maxViewButton   = 24
	maxMetadata     = 3000
	maxCallbackID   = 255
	maxInputLabel   = 2000
	maxInputText    = 3000
	maxOptionGroups = 100
	maxGroupLabel   = 75
	maxRadioOptions = 10
)

// checkView returns Slack's refusal of a modal, or nil.
func checkView(raw string) (object, *slackError) {
	if len(raw) > maxViewBytes {
		return nil, refuse("view_too_large")
	}
	var v object
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		return nil, &slackError{code: "invalid_arguments", extra: answer{"response_metadata": map[string]any{
			"messages": []string{"[ERROR] failed to parse view as JSON [json-pointer:/view]"}}}}
	}
	b := blockCheck{blockIDs: map[string]bool{}, modal: true}
	if v["type"] != "modal" {
		b.fail("/view/type", "must be modal")
	}
	b.only(v, "/view", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "external_id",
		"clear_on_close", "notify_on_close", "submit_disabled")
	b.text(v, "/view", "title", maxViewTitle, true, "plain_text")
	b.text(v, "/view", "submit", maxViewButton, false, "plain_text")
	b.text(v, "/view", "close", maxViewButton, false, "plain_text")
	for key, most := range map[string]int{"private_metadata": maxMetadata, "callback_id": maxCallbackID, "external_id": maxCallbackID} {
		b.str(v, "/view", key, most, false)
	}
	blocks, ok := v["blocks"].([]any)
	if !ok {
		b.fail("/view", "missing required field: blocks")
	}
	if len(blocks) > maxViewBlocks {
		b.fail("/view/blocks", "no more than %d items allowed", maxViewBlocks)
	}
	for i, item := range blocks {
		b.block("/view/blocks/"+strconv.Itoa(i), item)
		if block, _ := item.(object); block["type"] == "input" && v["submit"] == nil {
			b.fail("/view/submit", "missing required field: submit") // Slack wants it as soon as there is an input block
		}
	}
	if len(b.errors) > 0 {
		refusal := b.refusal()
		return nil, &slackError{code: "invalid_arguments", extra: answer{"response_metadata": refusal.extra["response_metadata"]}}
	}
	return v, nil
}

// input is a block that holds one element under a label.
func (b *blockCheck) input(block object, at string) {
	b.only(block, at, "label", "element", "dispatch_action", "hint", "optional")
	b.text(block, at, "label", maxInputLabel, true, "plain_text")
	b.text(block, at, "hint", maxInputLabel, false, "plain_text")
	e, ok := block["element"].(object)
	if !ok {
		b.fail(at, "missing required field: element")
		return
	}
	kinds := append([]string{"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input",
		"multi_static_select", "multi_users_select", "multi_conversations_select", "multi_channels_select", "multi_external_select"},
		slices.DeleteFunc(actionElements(), func(kind string) bool {
			return slices.Contains([]string{"button", "overflow", "workflow_button"}, kind)
		})...)
	b.element(e, at+"/element", kinds)
}

// textInput: https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
func (b *blockCheck) textInput(e object, at string) {
	b.only(e, at, "action_id", "initial_value", "multiline", "min_length", "max_length", "dispatch_action_config", "focus_on_load", "placeholder")
	b.text(e, at, "placeholder", maxPlaceholder, false, "plain_text")
	for _, key := range []string{"min_length", "max_length"} {
		if value, present := e[key]; present {
			if n, ok := value.(float64); !ok || n < 0 || n > maxInputText || n == 0 && key == "max_length" {
				b.fail(at+"/"+key, "must be a number up to %d", maxInputText)
			}
		}
	}
}

func (b *blockCheck) datepicker(e object, at string) {
	b.only(e, at, "action_id", "initial_date", "confirm", "focus_on_load", "placeholder")
	b.text(e, at, "placeholder", maxPlaceholder, false, "plain_text")
	if value, present := e["initial_date"]; present {
		text, _ := value.(string)
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			b.fail(at+"/initial_date", "must be a date in the format YYYY-MM-DD")
		}
	}
}

// choices are the options of a select, or its groups of options; never both.
func (b *blockCheck) choices(e object, at string) {
	groups, grouped := e["option_groups"].([]any)
	if !grouped {
		b.options(e, at, maxOptions)
		return
	}
	if e["options"] != nil {
		b.fail(at, "only one of options and option_groups can be specified")
	}
	b.count(at+"/option_groups", len(groups), maxOptionGroups)
	for i, item := range groups {
		here := at + "/option_groups/" + strconv.Itoa(i)
		group, ok := item.(object)
		if !ok {
			b.fail(here, "should be an object")
			continue
		}
		b.text(group, here, "label", maxGroupLabel, true, "plain_text")
		b.options(group, here, maxOptions)
	}
}
