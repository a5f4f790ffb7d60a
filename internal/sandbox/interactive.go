package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// widget is an element that a person can work, of a message or a modal.
type widget struct {
	blockID  string
	actionID string
	kind     string
	element  object
	input    object // the input block that it stands in, if any
}

// readBlocks reads stored blocks and gives an id to each block and element that came without. Slack makes up random
// ones; ours follow from the place and a seed, so that the page, the payload and the next request agree.
func readBlocks(raw json.RawMessage, seed string) []object {
	var blocks []object
	if err := json.Unmarshal(raw, &blocks); err != nil {
		return nil // they were checked when they came
	}
	for i, block := range blocks {
		if block["block_id"] == nil {
			block["block_id"] = madeUpID(seed, i)
		}
		for j, e := range elementsOf(block) {
			if e["action_id"] == nil && worked(e) {
				e["action_id"] = madeUpID(seed, i, j)
			}
		}
	}
	return blocks
}

func madeUpID(seed string, place ...int) string {
	sum := sha256.Sum256(fmt.Append([]byte(seed), place))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:5]
}

// elementsOf are all elements of a block, wherever its type keeps them.
func elementsOf(block object) []object {
	out := items(block["elements"])
	for _, key := range []string{"accessory", "element"} {
		if e, ok := block[key].(object); ok {
			out = append(out, e)
		}
	}
	return out
}

// worked tells what a person can work from texts and images.
func worked(e object) bool {
	kind, _ := e["type"].(string)
	return slices.Contains(actionElements(), kind) || kind == "plain_text_input"
}

func widgets(blocks []object) []widget {
	var out []widget
	for _, block := range blocks {
		for _, e := range elementsOf(block) {
			if !worked(e) {
				continue
			}
			w := widget{blockID: str(block, "block_id"), actionID: str(e, "action_id"), kind: str(e, "type"), element: e}
			if block["type"] == "input" {
				w.input = block
			}
			out = append(out, w)
		}
	}
	return out
}

func str(obj object, key string) string {
	text, _ := obj[key].(string)
	return text
}

// options are those of the element, also those in groups.
func (w widget) options() []object {
	out := items(w.element["options"])
	for _, group := range items(w.element["option_groups"]) {
		out = append(out, items(group["options"])...)
	}
	return out
}

// take is what the element's state becomes when a person chooses value: the fields of Slack's action or state object.
func (w widget) take(value string) (object, error) {
	where := fmt.Sprintf("%s %q in block %q", w.kind, w.actionID, w.blockID)
	switch w.kind {
	case "button":
		own := str(w.element, "value")
		if value != "" && value != own {
			return nil, fmt.Errorf("%s has the value %q and not %q", where, own, value)
		}
		return object{}, nil
	case "static_select", "overflow", "radio_buttons":
		for _, option := range w.options() {
			if str(option, "value") == value {
				return object{"selected_option": option}, nil
			}
		}
		return nil, fmt.Errorf("%s has no option with the value %q", where, value)
	case "datepicker":
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return nil, fmt.Errorf("%s needs a date as 2006-01-02, not %q", where, value)
		}
		return object{"selected_date": value}, nil
	case "plain_text_input":
		return object{"value": value}, nil
	}
	return nil, fmt.Errorf("%s: the sandbox does not know how to work this kind of element", where)
}

// atRest is the element's state before anybody touched it; nil if it has none.
func (w widget) atRest() object {
	switch w.kind {
	case "static_select", "radio_buttons":
		return object{"type": w.kind, "selected_option": w.element["initial_option"]}
	case "datepicker":
		return object{"type": w.kind, "selected_date": w.element["initial_date"]}
	case "plain_text_input":
		return object{"type": w.kind, "value": w.element["initial_value"]}
	}
	return nil
}

// stateValues is the "values" of Slack's state object: every element that has a state, with what was chosen just now.
func stateValues(all []widget, chosen map[string]map[string]object) object {
	values := object{}
	for _, w := range all {
		state := w.atRest()
		if state == nil {
			continue
		}
		for key, value := range chosen[w.blockID][w.actionID] {
			state[key] = value
		}
		block, _ := values[w.blockID].(object)
		if block == nil {
			block = object{}
			values[w.blockID] = block
		}
		block[w.actionID] = state
	}
	return values
}
