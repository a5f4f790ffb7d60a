package sandbox

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// conversationsList lists channels page by page (https://docs.slack.dev/apis/web-api/pagination). As in Slack, a page
// is cut before it is filtered, so it may hold fewer than limit, or nothing, and not be the last.
func (s *Sandbox) conversationsList(c *call) (answer, *slackError) {
	s.mu.Lock()
	wait := s.lists.take(s.now(), s.cfg.ListsPerMinute/60, max(1, s.cfg.ListsPerMinute/5))
	s.mu.Unlock()
	if wait > 0 {
		return nil, &slackError{code: "ratelimited", retryAfter: retryAfter(wait)}
	}
	return s.pageOfChannels(c, (*channel).visible)
}

// usersConversations lists only where the bot is a member.
func (s *Sandbox) usersConversations(c *call) (answer, *slackError) {
	if asked := c.arg("user"); asked != "" && asked != s.bot.userID {
		return nil, refuse("user_not_found") // other people's channels need what the sandbox does not know
	}
	return s.pageOfChannels(c, func(ch *channel) bool { return ch.IsMember })
}

func (s *Sandbox) pageOfChannels(c *call, show func(*channel) bool) (answer, *slackError) {
	types, refusal := c.wantedTypes()
	if refusal != nil {
		return nil, refusal
	}
	// An org-wide token must say which workspace it means.
	if c.token.inst.org && c.arg("team_id") == "" {
		return nil, refuse("missing_argument")
	}
	limit, start := 100, 0
	if raw := c.arg("limit"); raw != "" {
		n, err := strconv.Atoi(raw)
		if err != nil || n < 0 || n > 1000 {
			return nil, refuse("invalid_limit")
		}
		if n > 0 {
			limit = n
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if cursor := c.arg("cursor"); cursor != "" {
		var ok bool
		if start, ok = readCursor(cursor, len(s.team.channels)); !ok {
			return nil, refuse("invalid_cursor")
		}
	}
	end := min(start+limit, len(s.team.channels))
	page := []any{}
	for _, ch := range s.team.channels[start:end] {
		if slices.Contains(types, ch.kind()) && show(ch) && !(ch.IsArchived && c.flag("exclude_archived")) {
			page = append(page, s.describe(ch))
		}
	}
	next := ""
	if end < len(s.team.channels) {
		next = writeCursor(end)
	}
	return answer{"channels": page, "response_metadata": map[string]any{"next_cursor": next}}, nil
}

// wantedTypes reads types and asks for the scope of each.
func (c *call) wantedTypes() ([]string, *slackError) {
	types := []string{"public_channel"}
	if raw := c.arg("types"); raw != "" {
		types = strings.Split(strings.ReplaceAll(raw, " ", ""), ",")
	}
	for _, kind := range types {
		scope := scopeOf(kind)
		if scope == "" {
			return nil, refuse("invalid_types")
		}
		if refusal := c.need(scope); refusal != nil {
			return nil, refusal
		}
	}
	return types, nil
}

func scopeOf(kind string) string {
	switch kind {
	case "public_channel":
		return "channels:read"
	case "private_channel":
		return "groups:read"
	case "im":
		return "im:read"
	case "mpim":
		return "mpim:read"
	}
	return ""
}

func (ch *channel) kind() string {
	switch {
	case ch.im != nil:
		return "im"
	case ch.IsPrivate:
		return "private_channel"
	}
	return "public_channel"
}

// A cursor is opaque to the caller and ends in =, as Slack's do, so that a client that forgets to encode it fails here.
func writeCursor(position int) string {
	text := "next:" + strconv.Itoa(position)
	for len(text)%3 == 0 {
		text += ";"
	}
	return base64.StdEncoding.EncodeToString([]byte(text))
}

func readCursor(cursor string, channels int) (position int, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(cursor)
	if err != nil {
		return 0, false
	}
	digits, found := strings.CutPrefix(strings.TrimRight(string(raw), ";"), "next:")
	position, err = strconv.Atoi(digits)
	return position, found && err == nil && position >= 0 && position <= channels
}

func (s *Sandbox) conversationsInfo(c *call) (answer, *slackError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.team.byID[c.arg("channel")]
	if ch == nil || !ch.visible() {
		return nil, refuse("channel_not_found")
	}
	if refusal := c.need(scopeOf(ch.kind())); refusal != nil {
		return nil, refusal
	}
	return answer{"channel": s.describe(ch)}, nil
}

// conversationsOpen opens the app's DM with one person.
func (s *Sandbox) conversationsOpen(c *call) (answer, *slackError) {
	people := strings.FieldsFunc(c.arg("users"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(people) > 1 {
		return nil, missingOr(c.need("mpim:write"), "method_not_supported_for_channel_type") // group DMs are left out
	}
	if refusal := c.need("im:write"); refusal != nil {
		return nil, refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := c.arg("channel"); len(people) == 0 && id != "" {
		ch := s.team.byID[id]
		if ch == nil || ch.im == nil {
			return nil, refuse("channel_not_found")
		}
		people = []string{ch.im.ID}
	}
	if len(people) == 0 {
		return nil, refuse("users_list_not_supplied")
	}
	u := s.team.user(people[0])
	switch {
	case u == nil:
		return nil, refuse("user_not_found")
	case u.Deleted:
		return nil, refuse("user_disabled")
	}
	dm, already := s.team.openDM(u)
	out := answer{"channel": map[string]any{"id": dm.ID}}
	if c.flag("return_im") {
		out["channel"] = s.describe(dm)
	}
	if already {
		out["no_op"], out["already_open"] = true, true
	}
	return out, nil
}

func missingOr(refusal *slackError, code string) *slackError {
	if refusal != nil {
		return refusal
	}
	return refuse(code)
}

func (s *Sandbox) conversationsJoin(c *call) (answer, *slackError) {
	if refusal := c.need("channels:join"); refusal != nil {
		return nil, refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.team.byID[c.arg("channel")]
	switch {
	case ch == nil || !ch.visible():
		return nil, refuse("channel_not_found")
	case ch.kind() != "public_channel":
		return nil, refuse("method_not_supported_for_channel_type")
	case ch.IsArchived:
		return nil, refuse("is_archived")
	}
	if ch.IsMember {
		c.warnings = append(c.warnings, "already_in_channel")
	}
	ch.IsMember = true
	s.notify()
	return answer{"channel": s.describe(ch)}, nil
}

// describe is Slack's channel object. The caller holds mu.
func (s *Sandbox) describe(ch *channel) map[string]any {
	if ch.im != nil {
		return map[string]any{"id": ch.ID, "is_im": true, "user": ch.im.ID, "created": ch.createdAt,
			"is_archived": ch.IsArchived, "is_user_deleted": ch.im.Deleted, "is_org_shared": false}
	}
	return map[string]any{
		"id": ch.ID, "name": ch.Name, "name_normalized": ch.Name, "created": ch.createdAt, "creator": "U0NOBODY00",
		"is_channel": !ch.IsPrivate, "is_group": ch.IsPrivate, "is_im": false, "is_mpim": false,
		"is_private": ch.IsPrivate, "is_archived": ch.IsArchived, "is_member": ch.IsMember,
		"is_general": ch.Name == "general", "is_shared": ch.IsExtShared || ch.IsOrgShared,
		"is_ext_shared": ch.IsExtShared, "is_org_shared": ch.IsOrgShared, "is_pending_ext_shared": false,
		"unlinked": 0, "num_members": len(s.team.users), "previous_names": []string{}, "context_team_id": s.team.ID,
		"topic":   map[string]any{"value": "", "creator": "", "last_set": 0},
		"purpose": map[string]any{"value": "", "creator": "", "last_set": 0},
	}
}
