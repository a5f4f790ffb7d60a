package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Press is a person working an element of a message: a button, an overflow menu, a select, a date picker.
type Press struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	// ActionID names the element; BlockID is needed if several blocks have it.
	ActionID string `json:"action_id"`
	BlockID  string `json:"block_id,omitempty"`
	// Value is the value of the option that is picked, or a date (2006-01-02). A button has its own.
	Value string `json:"value,omitempty"`
	// User is an id or an e-mail address.
	User string `json:"user"`
	Manner
}

// Press works an element and returns what the app was sent and said. What nobody sees cannot be pressed: an element
// that is not in the message, a message that is gone or is somebody else's, an option that is not offered, is an error.
// Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
func (s *Sandbox) Press(ctx context.Context, p Press) (Interaction, error) {
	in, err := s.pressed(p)
	if err != nil {
		return Interaction{}, err
	}
	return s.interact(ctx, in, p.Manner), nil
}

// pressed makes the payload.
func (s *Sandbox) pressed(p Press) (Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.team.person(p.User)
	if u == nil {
		return Interaction{}, fmt.Errorf("there is no person %q; give an id or an e-mail address of GET /sandbox/state", p.User)
	}
	m, err := s.seen(p.Channel, p.TS, u)
	if err != nil {
		return Interaction{}, err
	}
	blocks := readBlocks(m.Blocks, m.seed())
	all := widgets(blocks)
	w, err := pick(all, p.BlockID, p.ActionID)
	if err != nil {
		return Interaction{}, err
	}
	choice, err := w.take(p.Value)
	if err != nil {
		return Interaction{}, err
	}
	now := s.now()
	action := object{"type": w.kind, "action_id": w.actionID, "block_id": w.blockID, "action_ts": formatTS(now.UnixMicro())}
	for _, key := range []string{"text", "value", "url", "style", "placeholder", "confirm", "initial_option", "initial_date"} {
		if value := w.element[key]; value != nil {
			action[key] = value
		}
	}
	for key, value := range choice {
		action[key] = value
	}
	payload := s.identity(u, p.Manner)
	payload["type"], payload["actions"] = "block_actions", []any{action}
	payload["trigger_id"] = s.newTrigger(u.ID)
	payload["response_url"] = s.newResponseURL(m, u)
	payload["channel"] = object{"id": m.ch.ID, "name": m.ch.payloadName()}
	container := object{"type": "message", "message_ts": m.TS, "channel_id": m.ch.ID, "is_ephemeral": m.Ephemeral}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	payload["container"] = container
	payload["state"] = object{"values": stateValues(all, map[string]map[string]object{w.blockID: {w.actionID: choice}})}
	if !m.Ephemeral { // Slack leaves out what it does not keep
		message := s.posted(m)
		if message.Blocks, err = json.Marshal(blocks); err != nil {
			return Interaction{}, err
		}
		payload["message"] = message
	}
	in := Interaction{At: now, Type: "block_actions", User: u.ID, Channel: m.ch.ID, TS: m.TS, BlockID: w.blockID, ActionID: w.actionID}
	in.Payload, err = json.Marshal(payload)
	return in, err
}

// seen finds a message that the person has before their eyes. The caller holds mu.
func (s *Sandbox) seen(channel, ts string, u *user) (*message, error) {
	ch := s.team.find(channel)
	if ch == nil {
		return nil, fmt.Errorf("there is no channel %q", channel)
	}
	if m := ch.byTS[ts]; m != nil {
		if m.User != s.bot.userID {
			return nil, fmt.Errorf("the message %s in %s is not the app's", ts, ch.ID)
		}
		return m, nil
	}
	for _, m := range s.team.ephemerals {
		if m.ch == ch && m.TS == ts && m.VisibleTo == u.ID && !m.Deleted {
			return m, nil
		}
	}
	return nil, fmt.Errorf("channel %s has no message with ts %q that %s can see", ch.ID, ts, u.Name)
}

// pick finds the element of an action id.
func pick(all []widget, blockID, actionID string) (widget, error) {
	var found []widget
	var offered []string
	for _, w := range all {
		offered = append(offered, w.actionID)
		if w.actionID == actionID && (blockID == "" || w.blockID == blockID) {
			found = append(found, w)
		}
	}
	switch len(found) {
	case 0:
		return widget{}, fmt.Errorf("there is no element with action_id %q (block_id %q); there are: %s", actionID, blockID, strings.Join(offered, ", "))
	case 1:
		return found[0], nil
	}
	return widget{}, fmt.Errorf("%d elements have the action_id %q; say which with block_id", len(found), actionID)
}

// seed is what the ids depend on that we make up: an edit makes new ones.
func (m Message) seed() string { return fmt.Sprint(m.Channel, m.TS, m.Edits) }

// payloadName is how a payload calls the channel.
func (ch *channel) payloadName() string {
	switch {
	case ch.im != nil:
		return "directmessage"
	case ch.IsPrivate:
		return "privategroup"
	}
	return ch.Name
}
