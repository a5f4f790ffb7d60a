package sandbox

// usersLookupByEmail finds a person; a deactivated account is not found.
// Source: https://docs.slack.dev/reference/methods/users.lookupByEmail
func (s *Sandbox) usersLookupByEmail(c *call) (answer, *slackError) {
	if refusal := c.need("users:read.email"); refusal != nil {
		return nil, refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.team.userByEmail(c.arg("email"))
	if u == nil {
		return nil, refuse("users_not_found")
	}
	return answer{"user": s.profile(u, c.scopes)}, nil
}

func (s *Sandbox) usersInfo(c *call) (answer, *slackError) {
	if refusal := c.need("users:read"); refusal != nil {
		return nil, refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.team.user(c.arg("user"))
	if u == nil {
		return nil, refuse("user_not_found")
	}
	return answer{"user": s.profile(u, c.scopes)}, nil
}

// profile is Slack's user object; the e-mail address is in it only with its own scope.
func (s *Sandbox) profile(u *user, scopes scopeSet) map[string]any {
	profile := map[string]any{
		"real_name": u.Name, "real_name_normalized": u.Name, "display_name": u.Name, "display_name_normalized": u.Name,
		"team": s.teamOf(u),
	}
	if scopes.has("users:read.email") && !u.IsStranger {
		profile["email"] = u.Email
	}
	return map[string]any{
		"id": u.ID, "team_id": s.teamOf(u), "name": slug(u.Name), "real_name": u.Name, "deleted": u.Deleted,
		"is_bot": u.IsBot, "is_app_user": false, "is_admin": false, "is_owner": false, "is_restricted": u.IsRestricted,
		"is_ultra_restricted": u.IsUltraRestricted, "is_stranger": u.IsStranger, "tz": "Europe/Lisbon", "tz_label": "Western European Time", "tz_offset": 0,
		"updated": 1700000000, "profile": profile,
	}
}

// teamOf is the workspace that a person belongs to.
func (s *Sandbox) teamOf(u *user) string {
	if u.TeamID != "" {
		return u.TeamID
	}
	return s.team.ID
}
