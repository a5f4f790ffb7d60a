package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// controlMessages lists what was posted. channel and after (a seq) narrow it; at_least with wait_ms waits for that many.
func (s *Sandbox) controlMessages(r *http.Request) (any, error) {
	query := r.URL.Query()
	number := func(name string) (int64, error) {
		if !query.Has(name) {
			return 0, nil
		}
		n, err := strconv.ParseInt(query.Get(name), 10, 64)
		if err != nil || n < 0 {
			return 0, fmt.Errorf("%s must be a number, not %q", name, query.Get(name))
		}
		return n, nil
	}
	after, err := number("after")
	if err != nil {
		return nil, err
	}
	atLeast, err := number("at_least")
	if err != nil {
		return nil, err
	}
	wait, err := number("wait_ms")
	if err != nil {
		return nil, err
	}
	list := s.MessagesIn(query.Get("channel"), after)
	if int64(len(list)) < atLeast && wait > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), time.Duration(min(wait, 60_000))*time.Millisecond)
		defer cancel()
		// Whether they came or not, what is there is the answer.
		_ = s.WaitFor(ctx, func() bool {
			list = s.MessagesIn(query.Get("channel"), after)
			return int64(len(list)) >= atLeast
		})
	}
	return list, nil
}

// controlSay is a person writing in a channel: the app cannot update or delete that.
func (s *Sandbox) controlSay(r *http.Request) (any, error) {
	var order struct {
		Channel  string `json:"channel"`
		User     string `json:"user"`
		Text     string `json:"text"`
		ThreadTS string `json:"thread_ts"`
	}
	if err := readControl(r, &order); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, u := s.team.find(order.Channel), s.team.person(order.User)
	if ch == nil || u == nil || order.Text == "" {
		return nil, errors.New("channel and user must be ones that exist, and text must not be empty")
	}
	now := s.now()
	thread, refusal := ch.parent(order.ThreadTS)
	if refusal != nil {
		return nil, fmt.Errorf("channel %s has no message with ts %q to reply to", ch.ID, order.ThreadTS)
	}
	m := &message{ch: ch, Message: Message{Channel: ch.ID, ChannelName: ch.title(), TS: ch.nextTS(now), User: u.ID,
		ThreadTS: thread, Text: order.Text, Blocks: json.RawMessage("[]"), PostedAt: now}}
	s.team.messages.add(m, s.opts.KeepMessages)
	s.notify()
	return m.Message, nil
}

// controlDelete is a person deleting a message in Slack.
func (s *Sandbox) controlDelete(r *http.Request) (any, error) {
	var order struct {
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	}
	if err := readControl(r, &order); err != nil {
		return nil, err
	}
	return done(), s.DeleteMessage(order.Channel, order.TS)
}

// DeleteMessage takes a message away as a person would in Slack; the app then finds it no more.
func (s *Sandbox) DeleteMessage(channel, ts string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.team.find(channel)
	if ch == nil {
		return fmt.Errorf("there is no channel %q", channel)
	}
	m := ch.byTS[ts]
	if m == nil {
		return fmt.Errorf("channel %s has no message with ts %q; take it from GET /sandbox/messages", channel, ts)
	}
	m.remove()
	s.notify()
	return nil
}
