package sandbox

// apiTest echoes its arguments, and fails with the error it is asked for.
func (s *Sandbox) apiTest(c *call) (answer, *slackError) {
	args := map[string]any{}
	for key, value := range c.args {
		args[key] = value
	}
	if code := c.arg("error"); code != "" {
		return nil, &slackError{code: code, extra: answer{"args": args}}
	}
	return answer{"args": args}, nil
}

// authTest is the health probe: it needs a token and no scope.
func (s *Sandbox) authTest(c *call) (answer, *slackError) {
	out := answer{
		"url":  "https://" + slug(s.cfg.Team.Name) + ".slack.com/",
		"team": s.cfg.Team.Name, "team_id": s.cfg.Team.ID, "user": slug(s.cfg.App.Name), "user_id": s.bot.userID, "bot_id": s.bot.id,
		"is_enterprise_install": c.token.inst.org,
	}
	if s.cfg.Team.EnterpriseID != "" {
		out["enterprise_id"] = s.cfg.Team.EnterpriseID
	}
	if c.token.inst.org { // the org stands where the team would
		out["team"], out["team_id"] = s.cfg.Team.EnterpriseName, s.cfg.Team.EnterpriseID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !c.token.expiresAt.IsZero() {
		out["expires_in"] = int(c.token.expiresAt.Sub(s.now()).Seconds())
	}
	return out, nil
}

// authRevoke takes the whole authorization away; with rotation it revokes this one token and the app stays installed
// (https://docs.slack.dev/authentication/using-token-rotation).
func (s *Sandbox) authRevoke(c *call) (answer, *slackError) {
	if c.flag("test") {
		return answer{"revoked": false}, nil
	}
	s.mu.Lock()
	inst := c.token.inst
	if s.cfg.App.TokenRotation {
		c.token.dead = "token_revoked"
		delete(s.refreshes, c.token.refresh)
	} else {
		s.endInstallation(inst, "token_revoked")
	}
	s.notify()
	s.mu.Unlock()
	s.sendEvent(inst, s.tokensRevoked())
	if !s.cfg.App.TokenRotation {
		s.sendEvent(inst, map[string]any{"type": "app_uninstalled"})
	}
	return answer{"revoked": true}, nil
}

// appsUninstall needs the client's id and secret beside the token.
func (s *Sandbox) appsUninstall(c *call) (answer, *slackError) {
	if refusal := s.checkClient(c); refusal != nil {
		return nil, refusal
	}
	s.mu.Lock()
	inst := c.token.inst
	s.endInstallation(inst, "account_inactive")
	s.notify()
	s.mu.Unlock()
	s.sendEvent(inst, map[string]any{"type": "app_uninstalled"})
	s.sendEvent(inst, s.tokensRevoked())
	return answer{}, nil
}

func (s *Sandbox) teamInfo(c *call) (answer, *slackError) {
	if refusal := c.need("team:read"); refusal != nil {
		return nil, refusal
	}
	if asked := c.arg("team"); asked != "" && asked != s.cfg.Team.ID {
		return nil, refuse("team_not_found")
	}
	return answer{"team": map[string]any{
		"id": s.cfg.Team.ID, "name": s.cfg.Team.Name, "domain": slug(s.cfg.Team.Name), "email_domain": "example.com",
		"enterprise_id": s.cfg.Team.EnterpriseID, "enterprise_name": s.cfg.Team.EnterpriseName,
		"icon": map[string]any{"image_default": true},
	}}, nil
}
