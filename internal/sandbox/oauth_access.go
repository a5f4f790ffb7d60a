package sandbox

import "crypto/subtle"

// oauthAccess is oauth.v2.access: a code or a refresh token for an access token.
// Source: https://docs.slack.dev/reference/methods/oauth.v2.access
func (s *Sandbox) oauthAccess(c *call) (answer, *slackError) {
	if refusal := s.checkClient(c); refusal != nil {
		return nil, refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.notify()
	switch c.arg("grant_type") {
	case "", "authorization_code":
		return s.exchangeCode(c)
	case "refresh_token":
		return s.exchangeRefresh(c)
	}
	return nil, refuse("invalid_grant_type")
}

// checkClient takes the client's id and secret from Basic auth or the form.
func (s *Sandbox) checkClient(c *call) *slackError {
	id, secret, basic := c.request.BasicAuth()
	if !basic {
		id, secret = c.arg("client_id"), c.arg("client_secret")
	}
	if id != s.cfg.App.ClientID {
		return refuse("invalid_client_id")
	}
	if subtle.ConstantTimeCompare([]byte(secret), []byte(s.cfg.App.ClientSecret)) != 1 {
		return refuse("bad_client_secret")
	}
	return nil
}

func (s *Sandbox) exchangeCode(c *call) (answer, *slackError) {
	code := s.codes[c.arg("code")]
	if code == nil || code.used || code.clientID != s.cfg.App.ClientID || !s.now().Before(code.expiresAt) {
		return nil, refuse("invalid_code")
	}
	// A redirect_uri named at the start must be repeated; one that was not may be left out here too.
	if uri := c.arg("redirect_uri"); uri != code.redirectURI && (uri != "" || code.sentURI) {
		return nil, refuse("bad_redirect_uri")
	}
	code.used = true
	inst := s.inst
	if code.org {
		inst = s.orgInst
	}
	return s.installAnswer(s.grant(inst, code.scopes, code.installer)), nil
}

func (s *Sandbox) exchangeRefresh(c *call) (answer, *slackError) {
	old := s.refreshes[c.arg("refresh_token")]
	if old == nil || !s.cfg.App.TokenRotation {
		return nil, refuse("invalid_refresh_token")
	}
	delete(s.refreshes, old.refresh) // single use
	old.refresh = ""
	return s.installAnswer(s.issue(old.inst)), nil
}

// installAnswer is the same for both grants.
func (s *Sandbox) installAnswer(t *token) answer {
	out := answer{
		"access_token": t.value, "token_type": "bot", "scope": t.inst.scopes.String(),
		"bot_user_id": s.bot.userID, "app_id": s.cfg.App.ID,
		"team":        map[string]any{"id": s.team.ID, "name": s.team.Name},
		"enterprise":  s.enterprise(),
		"authed_user": map[string]any{"id": t.inst.installer},
		// Org-wide: no team, and the enterprise instead
		// (https://docs.slack.dev/enterprise/developing-for-enterprise-orgs).
		"is_enterprise_install": t.inst.org,
	}
	if t.inst.org {
		out["team"] = nil
	}
	if t.refresh != "" {
		out["refresh_token"], out["expires_in"] = t.refresh, int(rotationLifetime.Seconds())
	}
	return out
}

func (s *Sandbox) enterprise() any {
	if s.cfg.Team.EnterpriseID == "" {
		return nil
	}
	return map[string]any{"id": s.cfg.Team.EnterpriseID, "name": s.cfg.Team.EnterpriseName}
}
