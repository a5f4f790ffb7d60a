package sandbox

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"
)

// installation is the app's standing in the team (or, org-wide, in the enterprise).
type installation struct {
	org    bool
	active bool
	// scopes are what has been granted so far. They only grow, until the app is uninstalled or its authorization
	// revoked (https://docs.slack.dev/authentication/installing-with-oauth).
	scopes    scopeSet
	installer string
}

// token is a bot token. Without rotation it lives until it is revoked; with rotation it expires.
type token struct {
	value     string
	inst      *installation
	serial    int // the order of issue
	issuedAt  time.Time
	expiresAt time.Time // zero: never
	refresh   string    // the refresh token that came with it; empty without rotation or once used
	dead      string    // the error that it is answered with since it was revoked
}

// rotationLifetime and activeTokens: https://docs.slack.dev/authentication/using-token-rotation
const (
	rotationLifetime = 12 * time.Hour
	activeTokens     = 2
)

// grant adds an install's scopes and returns the token it gives. Without rotation a repeated install answers the token
// that the app already has, as Slack does. The caller holds mu.
func (s *Sandbox) grant(inst *installation, scopes []string, installer string) *token {
	inst.scopes = inst.scopes.union(scopes)
	inst.active, inst.installer = true, installer
	if !s.cfg.App.TokenRotation {
		for _, t := range s.tokens {
			if t.inst == inst && t.dead == "" {
				return t
			}
		}
	}
	return s.issue(inst)
}

func (s *Sandbox) issue(inst *installation) *token {
	s.tokenSeq++
	t := &token{inst: inst, serial: s.tokenSeq, issuedAt: s.now()}
	body := fmt.Sprintf("%d-%s", t.issuedAt.UnixMicro(), rand.Text())
	if s.cfg.App.TokenRotation {
		t.value, t.refresh = "xoxe.xoxb-1-"+body, "xoxe-1-"+rand.Text()
		t.expiresAt = t.issuedAt.Add(rotationLifetime)
		s.refreshes[t.refresh] = t
		s.retireOldest(inst)
	} else {
		t.value = "xoxb-" + body
	}
	s.tokens[t.value] = t
	return t
}

// retireOldest keeps the number of usable tokens within bounds before one more is issued.
func (s *Sandbox) retireOldest(inst *installation) {
	for {
		var oldest *token
		usable := 0
		for _, t := range s.tokens {
			if t.inst != inst || t.dead != "" || t.expired(s.now()) {
				continue
			}
			usable++
			if oldest == nil || t.serial < oldest.serial {
				oldest = t
			}
		}
		if usable < activeTokens {
			return
		}
		oldest.dead = "token_revoked"
		delete(s.refreshes, oldest.refresh)
	}
}

func (t *token) expired(now time.Time) bool {
	return !t.expiresAt.IsZero() && !now.Before(t.expiresAt)
}

// authenticate finds the live token, or Slack's error. The caller holds mu.
func (s *Sandbox) authenticate(value string) (*token, *slackError) {
	if value == "" {
		return nil, refuse("not_authed")
	}
	t := s.tokens[value]
	switch {
	case value == s.cfg.App.AppToken:
		return nil, refuse("not_allowed_token_type")
	case t == nil:
		return nil, refuse("invalid_auth")
	case t.dead != "":
		return nil, refuse(t.dead)
	case t.expired(s.now()):
		return nil, refuse("token_expired")
	}
	return t, nil
}

// endInstallation takes the authorization away: every token dies with the given error and the grants are forgotten.
// The caller holds mu.
func (s *Sandbox) endInstallation(inst *installation, dead string) {
	for _, t := range s.tokens {
		if t.inst == inst && t.dead == "" {
			t.dead = dead
		}
	}
	for refresh, t := range s.refreshes {
		if t.inst == inst {
			delete(s.refreshes, refresh)
		}
	}
	inst.active, inst.scopes = false, scopeSet{}
}

// Uninstall is a person removing the app in Slack: tokens answer account_inactive from now on, and the app is told by
// app_uninstalled and tokens_revoked. Slack does not promise their order, and neither do we.
func (s *Sandbox) Uninstall() {
	s.mu.Lock()
	inst := s.installed()
	s.endInstallation(inst, "account_inactive")
	s.notify()
	s.mu.Unlock()
	s.sendEvent(inst, map[string]any{"type": "app_uninstalled"})
	s.sendEvent(inst, s.tokensRevoked())
}

// Revoke is an admin revoking the app's tokens: they answer token_revoked, and the app is told by tokens_revoked.
func (s *Sandbox) Revoke() {
	s.mu.Lock()
	inst := s.installed()
	s.endInstallation(inst, "token_revoked")
	s.notify()
	s.mu.Unlock()
	s.sendEvent(inst, s.tokensRevoked())
}

// ExpireTokens lets every token that can expire do so now. Refresh tokens still work.
func (s *Sandbox) ExpireTokens() (expired int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tokens {
		if t.dead == "" && !t.expiresAt.IsZero() && !t.expired(s.now()) {
			t.expiresAt = s.now()
			expired++
		}
	}
	return expired
}

// installed is the installation that a person would mean: the team's, or the org's if only that one is there.
func (s *Sandbox) installed() *installation {
	if !s.inst.active && s.orgInst.active {
		return s.orgInst
	}
	return s.inst
}

// tokensRevoked names user ids, not tokens (https://docs.slack.dev/reference/events/tokens_revoked).
func (s *Sandbox) tokensRevoked() map[string]any {
	return map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"oauth": []string{}, "bot": []string{s.bot.userID}}}
}

// hint shows enough of a token to tell two apart.
func (t *token) hint() string {
	kind, _, _ := strings.Cut(t.value, "-")
	return kind + "-…" + t.value[len(t.value)-4:]
}
