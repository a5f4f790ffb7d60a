package sandbox

import (
	"net/http"
	"time"
)

// A response_url takes five answers within 30 minutes
// (https://docs.slack.dev/interactivity/handling-user-interaction).
const (
	responseUses     = 5
	responseLifetime = 30 * time.Minute
)

// responseURL is the address that an app may answer a press at, without a token.
type responseURL struct {
	user  *user
	m     *message // the one that was pressed
	until time.Time
	uses  int
}

// newResponseURL makes one. The caller holds mu.
func (s *Sandbox) newResponseURL(m *message, u *user) string {
	now := s.now()
	for secret, old := range s.responses {
		if now.After(old.until.Add(responseLifetime)) {
			delete(s.responses, secret)
		}
	}
	secret := randomID("", 24)
	s.responses[secret] = &responseURL{user: u, m: m, until: now.Add(responseLifetime)}
	return s.base + "/sandbox/responses/" + s.team.ID + "/" + secret
}

// serveResponse takes an answer. Faults strike it, and the log knows it, under the method name "response_url".
func (h *host) serveResponse(w http.ResponseWriter, r *http.Request) {
	s := h.Team(r.PathValue("team"))
	if s == nil {
		s = h.teams[0] // which answers invalid_url
	}
	c, refusal := readCall(r, "response_url", method{})
	c.warnings = nil
	s.mu.Lock()
	if to := s.responses[r.PathValue("secret")]; to != nil {
		c.args["channel"] = to.m.ch.ID
	}
	s.mu.Unlock()
	s.serve(w, c, method{run: (*Sandbox).respond, open: true}, refusal)
}

// respond posts, replaces or deletes: ephemeral unless the app says in_channel. The codes and their 404 are what people
// report; Slack does not document them.
func (s *Sandbox) respond(c *call) (answer, *slackError) {
	var body content
	var refusal *slackError
	if !c.flag("delete_original") {
		if body, refusal = readContent(c); refusal != nil {
			refusal.status = http.StatusBadRequest
			return nil, refusal
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	to := s.responses[c.request.PathValue("secret")]
	now := s.now()
	gone := func(code string) (answer, *slackError) {
		return nil, &slackError{code: code, status: http.StatusNotFound}
	}
	switch {
	case to == nil || c.request.PathValue("team") != s.team.ID:
		return gone("invalid_url")
	case !now.Before(to.until):
		return gone("expired_url")
	case to.uses >= responseUses:
		return gone("used_url")
	}
	to.uses++
	defer s.notify()
	original := c.flag("delete_original") || c.flag("replace_original")
	switch {
	case original && to.m.Deleted:
		return gone("message_not_found")
	case c.flag("delete_original") && to.m.Ephemeral:
		to.m.Deleted = true
	case c.flag("delete_original"):
		to.m.remove()
	case original:
		to.m.edit(body.text, body.blocks, body.attachments, formatTS(now.UnixMicro()))
	case c.arg("response_type") == "in_channel" && to.m.ch.IsArchived:
		return gone("is_archived")
	default:
		return nil, s.say(to, body, c.arg("response_type") == "in_channel", c.arg("thread_ts"))
	}
	return nil, nil
}

// say puts a new message where the press was. The caller holds mu.
func (s *Sandbox) say(to *responseURL, body content, inChannel bool, threadTS string) *slackError {
	ch := to.m.ch
	thread, refusal := ch.parent(threadTS)
	if refusal != nil {
		refusal.status = http.StatusNotFound
		return refusal
	}
	now := s.now()
	m := &message{ch: ch, Message: Message{Channel: ch.ID, ChannelName: ch.title(), TS: ch.nextTS(now), ThreadTS: thread,
		User: s.bot.userID, Text: body.text, Blocks: body.blocks, Attachments: body.attachments, Metadata: body.metadata, PostedAt: now}}
	if inChannel {
		s.team.messages.add(m, s.opts.KeepMessages)
		return nil
	}
	m.Ephemeral, m.VisibleTo = true, to.user.ID
	s.team.whisper(m)
	return nil
}
