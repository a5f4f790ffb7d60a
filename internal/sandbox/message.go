package sandbox

import (
	"encoding/json"
	"time"
)

// Message is something posted, as the control API and Go tests read it back.
type Message struct {
	Seq         int64  `json:"seq"`
	Channel     string `json:"channel"`
	ChannelName string `json:"channel_name"`
	TS          string `json:"ts"`
	ThreadTS    string `json:"thread_ts"`
	// Broadcast: a reply that stands in the channel as well.
	Broadcast bool `json:"broadcast,omitempty"`
	// Ephemeral: seen by VisibleTo alone, and unknown to chat.update and chat.delete.
	Ephemeral   bool            `json:"ephemeral,omitempty"`
	VisibleTo   string          `json:"visible_to,omitempty"`
	User        string          `json:"user"`
	Text        string          `json:"text"`
	Blocks      json.RawMessage `json:"blocks"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	PostedAt    time.Time       `json:"posted_at"`
	// Edited is the ts of the last edit, or null.
	Edited  *string `json:"edited"`
	Edits   int     `json:"edits"`
	Deleted bool    `json:"deleted"`
	// Tombstone: deleted, and still shown as "This message was deleted." because it has replies.
	Tombstone  bool `json:"tombstone,omitempty"`
	ReplyCount int  `json:"reply_count,omitempty"` // replies that stand
	// History holds the texts that edits replaced, oldest first; the last fifty.
	History []string `json:"history,omitempty"`
}

// message is a Message that still stands in a channel.
type message struct {
	Message
	ch *channel
}

const keepHistory = 50

// history is every message of the team, oldest first, within a bound.
type history struct {
	all   []*message
	start int   // all[:start] has been forgotten
	seq   int64 // of the last message; grows for ever
}

// add stores a message and forgets the oldest one beyond the bound.
func (h *history) add(m *message, keep int) {
	h.seq++
	m.Seq = h.seq
	h.all = append(h.all, m)
	m.ch.messages = append(m.ch.messages, m)
	m.ch.byTS[m.TS] = m
	m.ch.countReply(m, +1)
	if len(h.all)-h.start <= keep {
		return
	}
	oldest := h.all[h.start]
	h.all[h.start] = nil
	h.start++
	// Posting order and channel order agree, so the oldest of all is the first of its channel.
	oldest.ch.messages[0] = nil
	oldest.ch.messages = oldest.ch.messages[1:]
	delete(oldest.ch.byTS, oldest.TS)
	if !oldest.Deleted {
		oldest.ch.countReply(oldest, -1)
	}
	if h.start > keep {
		h.all, h.start = append([]*message(nil), h.all[h.start:]...), 0
	}
}

func (m *message) edit(text string, blocks, attachments json.RawMessage, editTS string) {
	if len(m.History) == keepHistory {
		m.History = m.History[1:]
	}
	// A full slice expression: copies given out earlier must not see the append.
	m.History = append(m.History[:len(m.History):len(m.History)], m.Text)
	m.Text, m.Blocks, m.Attachments = text, blocks, attachments
	m.Edited, m.Edits = &editTS, m.Edits+1
}

// remove leaves the record and takes the message out of the channel, so that Slack no longer finds its ts.
func (m *message) remove() {
	m.Deleted = true
	delete(m.ch.byTS, m.TS)
	m.ch.countReply(m, -1)
}

// countReply keeps the number of replies that stand below a parent.
func (ch *channel) countReply(m *message, change int) {
	if m.ThreadTS == "" {
		return
	}
	if ch.replies[m.ThreadTS] += change; ch.replies[m.ThreadTS] <= 0 {
		delete(ch.replies, m.ThreadTS)
	}
}

// record is the message as it is read back.
func (m *message) record() Message {
	out := m.Message
	if !m.Ephemeral {
		out.ReplyCount = m.ch.replies[m.TS]
		out.Tombstone = m.Deleted && out.ReplyCount > 0
	}
	return out
}

// Messages returns everything posted and still remembered, oldest first, edits applied and deleted ones marked.
func (s *Sandbox) Messages() []Message { return s.MessagesIn("", 0) }

// MessagesIn is Messages of one channel (an id or a name; empty for all), with a Seq greater than after.
func (s *Sandbox) MessagesIn(channel string, after int64) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.team.messages.all[s.team.messages.start:]
	if channel != "" {
		ch := s.team.find(channel)
		if ch == nil {
			return []Message{}
		}
		list = ch.messages
	}
	out := make([]Message, 0, len(list))
	for _, m := range list {
		if m.Seq > after {
			out = append(out, m.record())
		}
	}
	return out
}

// Ephemerals returns what only one person sees, oldest first, deleted ones marked. An empty channel or user means all.
func (s *Sandbox) Ephemerals(channel, user string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.team.find(channel); ch != nil {
		channel = ch.ID
	}
	if u := s.team.person(user); u != nil {
		user = u.ID
	}
	out := []Message{}
	for _, m := range s.team.ephemerals {
		if (channel == "" || m.Channel == channel) && (user == "" || m.VisibleTo == user) {
			out = append(out, m.record())
		}
	}
	return out
}

// Posted is how many messages were ever posted; it costs nothing, where Messages copies.
func (s *Sandbox) Posted() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.team.messages.seq
}
