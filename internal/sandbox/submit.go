package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Submit is a person filling in a modal and pressing its button.
type Submit struct {
	// ViewID names the modal; empty is the one that the person has open.
	ViewID string `json:"view_id,omitempty"`
	User   string `json:"user"`
	// Values are what is chosen or typed: block_id → action_id → the value of an option, a date, or a text. What is not
	// mentioned keeps its initial value.
	Values map[string]map[string]string `json:"values,omitempty"`
	// Close presses Cancel instead: the app hears of it if the view has notify_on_close.
	Close bool `json:"close,omitempty"`
	Manner
}

// missingAnswer and troubled are Slack's words.
const (
	missingAnswer = "Please complete this required field."
	troubled      = "We had some trouble connecting. Try again?"
)

// Submit submits or closes a modal and returns what the app was sent and said. Like Slack, it sends nothing while a
// required field is empty: the modal then shows it, and the Interaction has a Warning and no Payload.
func (s *Sandbox) Submit(ctx context.Context, order Submit) (Interaction, error) {
	s.mu.Lock()
	u := s.team.person(order.User)
	if u == nil {
		s.mu.Unlock()
		return Interaction{}, fmt.Errorf("there is no person %q; give an id or an e-mail address of GET /sandbox/state", order.User)
	}
	v := s.views[u.ID]
	if v == nil || order.ViewID != "" && order.ViewID != v.ID {
		s.mu.Unlock()
		return Interaction{}, fmt.Errorf("%s has no modal %s open", u.Name, order.ViewID)
	}
	in, err := s.submission(v, order)
	if err == nil && order.Close && !order.DryRun {
		delete(s.views, u.ID)
		s.notify()
	}
	s.mu.Unlock()
	if err != nil || in.Payload == nil {
		return in, err
	}
	in = s.interact(ctx, in, order.Manner)
	if !order.Close && !order.DryRun {
		s.mu.Lock()
		in.Warning = s.settle(v, in)
		s.presses.warn(in.Seq, in.Warning)
		s.notify()
		s.mu.Unlock()
	}
	return in, nil
}

// submission makes the payload; none if the person must fill in more first, or if nobody wants to hear of the closing.
// The caller holds mu.
func (s *Sandbox) submission(v *view, order Submit) (Interaction, error) {
	in := Interaction{At: s.now(), Type: "view_submission", User: v.user.ID, ViewID: v.ID, Sent: []Attempt{}}
	payload := s.identity(v.user, order.Manner)
	if order.Close {
		in.Type = "view_closed"
		if v.body["notify_on_close"] != true {
			return in, nil
		}
		payload["is_cleared"] = false
	} else {
		payload["trigger_id"], payload["response_urls"] = s.newTrigger(v.user.ID), []any{}
	}
	chosen, missing, err := v.fill(order.Values)
	if err != nil {
		return in, err
	}
	if len(missing) > 0 && !order.Close {
		v.errors, v.entered = missing, order.Values
		in.Warning = missingAnswer
		return in, nil
	}
	v.entered = order.Values
	payload["type"], payload["view"] = in.Type, s.viewObject(v, chosen)
	in.Payload, err = json.Marshal(payload)
	return in, err
}

// fill takes the person's values; missing are the required inputs that stay empty or have the wrong length.
func (v *view) fill(values map[string]map[string]string) (chosen map[string]map[string]object, missing map[string]string, err error) {
	chosen, missing = map[string]map[string]object{}, map[string]string{}
	all := widgets(v.blocks)
	for block, actions := range values {
		for action := range actions {
			if _, err := pick(all, block, action); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, w := range all {
		state := w.atRest()
		if value, given := values[w.blockID][w.actionID]; given {
			if state = w.emptied(); value != "" {
				if state, err = w.take(value); err != nil {
					return nil, nil, err
				}
			}
			if chosen[w.blockID] == nil {
				chosen[w.blockID] = map[string]object{}
			}
			chosen[w.blockID][w.actionID] = state
		}
		if w.input != nil {
			if wrong := w.objection(state); wrong != "" {
				missing[w.blockID] = wrong
			}
		}
	}
	return chosen, missing, nil
}

// emptied is the state of an element that the person has cleared.
func (w widget) emptied() object {
	out := w.atRest()
	for key := range out {
		if key != "type" {
			out[key] = nil
		}
	}
	return out
}

// objection is why Slack does not submit this input, or nothing.
func (w widget) objection(state object) string {
	text, _ := state["value"].(string)
	filled := text != "" || state["selected_option"] != nil || state["selected_date"] != nil
	if !filled {
		if optional, _ := w.input["optional"].(bool); optional || w.atRest() == nil {
			return ""
		}
		return missingAnswer
	}
	n := float64(utf8.RuneCountInString(text))
	if least, ok := w.element["min_length"].(float64); ok && n < least {
		return fmt.Sprintf("Please enter at least %v characters.", least)
	}
	most, ok := w.element["max_length"].(float64)
	if !ok {
		most = maxInputText
	}
	if n > most {
		return fmt.Sprintf("Please enter no more than %v characters.", most)
	}
	return ""
}

// settle does to the modal what the app answered and returns what the person is told. The caller holds mu.
// Source: https://docs.slack.dev/surfaces/modals#response_actions
func (s *Sandbox) settle(v *view, in Interaction) (warning string) {
	defer func() { v.warning = warning }()
	if in.Warning != "" {
		return troubled
	}
	last := in.Sent[0]
	var said struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	body := bytes.TrimSpace([]byte(last.Body))
	if len(body) == 0 || last.Road == "socket" && string(body) == "{}" { // what Slack's SDKs acknowledge with
		s.closeView(v)
		return ""
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return troubled
	}
	switch said.Action {
	case "clear":
		s.closeView(v)
	case "update":
		next, refusal := checkView(string(said.View))
		if refusal != nil {
			return troubled
		}
		s.redraw(v, next)
	case "errors":
		for block := range said.Errors {
			if !slices.ContainsFunc(v.blocks, func(b object) bool { return b["type"] == "input" && b["block_id"] == block }) {
				return troubled // Slack shows errors at input blocks only
			}
		}
		if len(said.Errors) == 0 {
			return troubled
		}
		v.errors = said.Errors
	default: // also "push": the sandbox does not stack modals
		return troubled
	}
	return ""
}

// closeView closes the modal, unless the app has opened another one meanwhile.
func (s *Sandbox) closeView(v *view) {
	if s.views[v.user.ID] == v {
		delete(s.views, v.user.ID)
	}
}
