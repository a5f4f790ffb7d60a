package sandbox

import (
	"crypto/subtle"
	"net/url"
	"strings"
	"time"
)

const ticketLifetime = 30 * time.Second

// appsConnectionsOpen gives the address of a WebSocket: https://docs.slack.dev/reference/methods/apps.connections.open
func (s *Sandbox) appsConnectionsOpen(c *call) (answer, *slackError) {
	token := c.bearer
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case token == "":
		return nil, refuse("not_authed")
	case strings.HasPrefix(token, "xoxb-"), strings.HasPrefix(token, "xoxe."), strings.HasPrefix(token, "xoxp-"):
		return nil, refuse("not_allowed_token_type")
	case s.cfg.App.AppToken == "" || subtle.ConstantTimeCompare([]byte(token), []byte(s.cfg.App.AppToken)) != 1:
		return nil, refuse("invalid_auth")
	case !s.app.socketMode:
		return nil, refuse("forbidden_team") // which code the real one gives then is not documented
	}
	now := s.now()
	for ticket, until := range s.sockets.tickets {
		if now.After(until) {
			delete(s.sockets.tickets, ticket)
		}
	}
	ticket := randomID("", 26)
	s.sockets.tickets[ticket] = now.Add(ticketLifetime)
	query := url.Values{"ticket": {ticket}, "app_id": {s.cfg.App.ID}}
	// http becomes ws, https becomes wss.
	return answer{"url": "ws" + strings.TrimPrefix(s.base, "http") + "/socket?" + query.Encode()}, nil
}
