package sandbox

import (
	"slices"
	"strconv"
	"strings"
)

// Limits of interactive elements: https://docs.slack.dev/reference/block-kit/block-elements/button-element and its
// neighbours; of confirm dialogs and options: https://docs.slack.dev/reference/block-kit/composition-objects
const (
	maxButtonText    = 75
	maxButtonValue   = 2000
	maxActionID      = 255
	maxA11yLabel     = 75
	maxConfirmTitle  = 100
	maxConfirmText   = 300
	maxConfirmButton = 30
	maxOptionText    = 75
	maxOptionValue   = 150
	maxOverflow      = 5
	maxOptions       = 100
	maxPlaceholder   = 150
)

func actionElements() []string {
	return []string{"button", "overflow", "static_select", "external_select", "users_select", "conversations_select",
		"channels_select", "datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons", "workflow_button"}
}

// interactive walks the elements of an actions block; an action_id is unique in its block.
func (b *blockCheck) interactive(block map[string]any, at string, most int, kinds []string) {
	taken := map[string]bool{}
	b.elements(block, at, most, func(at string, e map[string]any) {
		b.element(e, at, kinds)
		id, _ := e["action_id"].(string)
		if id != "" && taken[id] {
			b.fail(at+"/action_id", "action_id %q already exists in this block", id)
		}
		taken[id] = true
	})
}

func (b *blockCheck) element(e map[string]any, at string, kinds []string) {
	kind, _ := e["type"].(string)
	if !slices.Contains(kinds, kind) {
		b.fail(at+"/type", "unsupported type: %s", kind)
		return
	}
	b.str(e, at, "action_id", maxActionID, false)
	if confirm, present := e["confirm"]; present {
		b.confirm(confirm, at+"/confirm")
	}
	switch {
	case kind == "button":
		b.button(e, at)
	case kind == "overflow":
		b.options(e, at, maxOverflow)
	case kind == "static_select" || kind == "multi_static_select":
		b.text(e, at, "placeholder", maxPlaceholder, false, "plain_text")
		b.choices(e, at)
	case kind == "checkboxes" || kind == "radio_buttons":
		b.options(e, at, maxRadioOptions)
	case kind == "datepicker":
		b.datepicker(e, at)
	case kind == "plain_text_input":
		b.textInput(e, at)
	case strings.HasSuffix(kind, "_select"):
		b.text(e, at, "placeholder", maxPlaceholder, false, "plain_text")
	}
}

func (b *blockCheck) button(e map[string]any, at string) {
	for key := range e {
		if !slices.Contains([]string{"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"}, key) {
			b.fail(at, "invalid additional property: %s", key)
		}
	}
	b.text(e, at, "text", maxButtonText, true, "plain_text")
	b.str(e, at, "url", maxURL, false)
	b.str(e, at, "value", maxButtonValue, false)
	b.str(e, at, "accessibility_label", maxA11yLabel, false)
	if style, present := e["style"]; present && style != "primary" && style != "danger" {
		b.fail(at+"/style", "must be one of: primary, danger")
	}
}

func (b *blockCheck) confirm(value any, at string) {
	obj, ok := value.(map[string]any)
	if !ok {
		b.fail(at, "should be an object")
		return
	}
	b.text(obj, at, "title", maxConfirmTitle, true, "plain_text")
	b.text(obj, at, "text", maxConfirmText, true, "plain_text", "mrkdwn")
	b.text(obj, at, "confirm", maxConfirmButton, true, "plain_text")
	b.text(obj, at, "deny", maxConfirmButton, true, "plain_text")
}

func (b *blockCheck) options(e map[string]any, at string, most int) {
	list, _ := e["options"].([]any)
	b.count(at+"/options", len(list), most)
	for i, item := range list {
		here := at + "/options/" + strconv.Itoa(i)
		option, ok := item.(map[string]any)
		if !ok {
			b.fail(here, "should be an object")
			continue
		}
		b.text(option, here, "text", maxOptionText, true, "plain_text", "mrkdwn")
		b.text(option, here, "description", maxOptionText, false, "plain_text", "mrkdwn")
		b.str(option, here, "value", maxOptionValue, e["type"] != "overflow")
		b.str(option, here, "url", maxURL, false)
	}
}
