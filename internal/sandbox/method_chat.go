package sandbox

import (
	"encoding/json"
	"unicode/utf8"
)

// Limits of texts: https://docs.slack.dev/reference/methods/chat.postMessage and
// https://docs.slack.dev/reference/methods/chat.update. Slack documents the 4,000 of chat.update as characters; people
// who measured found that it counts bytes, so bytes it is here: what passes here passes there.
const (
	maxPostText     = 40_000
	maxUpdateText   = 4_000
	maxMarkdownText = 12_000
	maxAttachments  = 100
)

// chatPostMessage posts to a channel, or to a person's DM with the app.
func (s *Sandbox) chatPostMessage(c *call) (answer, *slackError) {
	if refusal := c.need("chat:write"); refusal != nil {
		return nil, refusal
	}
	if c.arg("channel") == "" {
		return nil, missingField("channel")
	}
	body, refusal := readContent(c)
	if refusal != nil {
		return nil, refusal
	}
	if utf8.RuneCountInString(body.text) > maxPostText {
		body.text = string([]rune(body.text)[:maxPostText]) // Slack cuts without a word
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, refusal := s.postable(c)
	if refusal != nil {
		return nil, refusal
	}
	thread, refusal := ch.parent(c.arg("thread_ts"))
	if refusal != nil {
		return nil, refusal
	}
	// Slack documents reply_broadcast together with thread_ts only; refusing shows the mistake.
	if c.flag("reply_broadcast") && thread == "" {
		return nil, refuse("cant_broadcast_message")
	}
	now := s.now()
	// One message a second a channel; a tenth of tolerance, since Slack does not count with a stopwatch
	// (https://docs.slack.dev/apis/web-api/rate-limits).
	if wait := ch.postPace.take(now, s.cfg.PostsPerSecond, 1.1); wait > 0 {
		return nil, &slackError{code: "ratelimited", retryAfter: retryAfter(wait)}
	}
	m := &message{ch: ch, Message: Message{
		Channel: ch.ID, ChannelName: ch.title(), TS: ch.nextTS(now), ThreadTS: thread, User: s.bot.userID,
		Broadcast: c.flag("reply_broadcast"),
		Text:      body.text, Blocks: body.blocks, Attachments: body.attachments, Metadata: body.metadata, PostedAt: now,
	}}
	s.team.messages.add(m, s.opts.KeepMessages)
	s.notify()
	return answer{"channel": ch.ID, "ts": m.TS, "message": s.posted(m)}, nil
}

// postable finds the channel of a post and says why not, in Slack's words. The caller holds mu.
func (s *Sandbox) postable(c *call) (*channel, *slackError) {
	ref := c.arg("channel")
	if u := s.team.user(ref); u != nil {
		if u.Deleted {
			return nil, refuse("user_disabled")
		}
		dm, _ := s.team.openDM(u)
		return dm, nil
	}
	ch := s.team.find(ref)
	switch {
	case ch == nil || !ch.visible():
		return nil, refuse("channel_not_found")
	case ch.IsArchived:
		return nil, refuse("is_archived")
	case !ch.IsMember && !c.scopes.has("chat:write.public"):
		return nil, refuse("not_in_channel")
	}
	return ch, nil
}

// parent resolves thread_ts: a reply's ts means its parent's, and a thread lives on below a deleted parent. What Slack
// does with the ts of a message that is not there is not documented; refusing shows the mistake.
func (ch *channel) parent(threadTS string) (string, *slackError) {
	if threadTS == "" {
		return "", nil
	}
	if ch.replies[threadTS] > 0 {
		return threadTS, nil
	}
	m := ch.byTS[threadTS]
	if m == nil {
		return "", refuse("cannot_reply_to_message")
	}
	if m.ThreadTS != "" {
		return m.ThreadTS, nil
	}
	return m.TS, nil
}

// chatUpdate replaces a message of the app's own. Blocks that are not given again are removed.
func (s *Sandbox) chatUpdate(c *call) (answer, *slackError) {
	if refusal := c.need("chat:write"); refusal != nil {
		return nil, refusal
	}
	body, refusal := readContent(c)
	if refusal != nil {
		return nil, refusal
	}
	if len(body.text) > maxUpdateText {
		return nil, refuse("msg_too_long")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, refusal := s.own(c, "cant_update_message")
	if refusal != nil {
		return nil, refusal
	}
	if m.ch.IsArchived {
		return nil, refuse("is_inactive")
	}
	broadcast := c.flag("reply_broadcast")
	if broadcast && m.ThreadTS == "" {
		return nil, refuse("cant_broadcast_message")
	}
	now := s.now()
	// Tier 3 is 50 a minute for the team; bursts are tolerated and not documented: a fifth of it here.
	perMinute := s.cfg.UpdatesPerMinute
	if wait := s.updates.take(now, perMinute/60, max(1, perMinute/5)); wait > 0 {
		return nil, &slackError{code: "ratelimited", retryAfter: retryAfter(wait)}
	}
	m.edit(body.text, body.blocks, body.attachments, formatTS(now.UnixMicro()))
	m.Broadcast = m.Broadcast || broadcast
	s.notify()
	return answer{"channel": m.Channel, "ts": m.TS, "text": m.Text, "message": s.posted(m)}, nil
}

func (s *Sandbox) chatDelete(c *call) (answer, *slackError) {
	if refusal := c.need("chat:write"); refusal != nil {
		return nil, refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m, refusal := s.own(c, "cant_delete_message")
	if refusal != nil {
		return nil, refusal
	}
	m.remove()
	s.notify()
	return answer{"channel": m.Channel, "ts": m.TS}, nil
}

// own finds a message of the app by channel and ts. Only ids will do here: the D… of a DM, never the U….
func (s *Sandbox) own(c *call, foreign string) (*message, *slackError) {
	for _, name := range []string{"channel", "ts"} {
		if c.arg(name) == "" {
			return nil, missingField(name)
		}
	}
	ch := s.team.byID[c.arg("channel")]
	if ch == nil || !ch.visible() {
		return nil, refuse("channel_not_found")
	}
	m := ch.byTS[c.arg("ts")]
	switch {
	case m == nil:
		return nil, refuse("message_not_found")
	case m.User != s.bot.userID:
		return nil, refuse(foreign)
	}
	return m, nil
}

// postedMessage is the message object of an answer. It is a struct because posting is the one call that comes by the
// ten thousand.
type postedMessage struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype,omitempty"`
	TS          string          `json:"ts"`
	Text        string          `json:"text"`
	User        string          `json:"user"`
	BotID       string          `json:"bot_id"`
	AppID       string          `json:"app_id"`
	Team        string          `json:"team"`
	BotProfile  botProfile      `json:"bot_profile"`
	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
	ThreadTS    string          `json:"thread_ts,omitempty"`
	Edited      *editedBy       `json:"edited,omitempty"`
}

type botProfile struct {
	ID      string `json:"id"`
	AppID   string `json:"app_id"`
	Name    string `json:"name"`
	TeamID  string `json:"team_id"`
	Deleted bool   `json:"deleted"`
}

type editedBy struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

func (s *Sandbox) posted(m *message) postedMessage {
	out := postedMessage{
		Type: "message", TS: m.TS, Text: m.Text, User: s.bot.userID, BotID: s.bot.id, AppID: s.cfg.App.ID, Team: s.team.ID,
		BotProfile:  botProfile{ID: s.bot.id, AppID: s.cfg.App.ID, Name: s.cfg.App.Name, TeamID: s.team.ID},
		Attachments: m.Attachments, ThreadTS: m.ThreadTS,
	}
	if m.Broadcast {
		out.Subtype = "thread_broadcast"
	}
	if m.Text == "" {
		out.Text = "This content can't be displayed."
	}
	if string(m.Blocks) != "[]" {
		out.Blocks = m.Blocks
	}
	if m.Edited != nil {
		out.Edited = &editedBy{s.bot.userID, *m.Edited}
	}
	return out
}

func missingField(name string) *slackError {
	return &slackError{code: "invalid_arguments", extra: answer{"response_metadata": map[string]any{
		"messages": []string{"[ERROR] missing required field: " + name}}}}
}
