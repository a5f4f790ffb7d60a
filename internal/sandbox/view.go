package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
)

// view is a modal that a person has open. One at a time: the sandbox does not stack them.
type view struct {
	ID     string
	Hash   string
	user   *user
	body   object // what the app sent
	blocks []object
	// What the app, or Slack itself, objected to at the last submission.
	errors  map[string]string
	warning string
	entered map[string]map[string]string // what the person chose, to show it again
}

// View is an open modal, as the control API and Go tests read it back.
type View struct {
	ID      string            `json:"id"`
	User    string            `json:"user"`
	View    json.RawMessage   `json:"view"`
	Errors  map[string]string `json:"errors,omitempty"` // block_id → what is wrong there
	Warning string            `json:"warning,omitempty"`
}

// Views returns the modals that are open now.
func (s *Sandbox) Views() []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []View{}
	for _, v := range s.views {
		body, err := json.Marshal(s.viewObject(v, nil))
		if err != nil {
			continue // it came as JSON
		}
		out = append(out, View{ID: v.ID, User: v.user.ID, View: body, Errors: v.errors, Warning: v.warning})
	}
	slices.SortFunc(out, func(a, b View) int { return strings.Compare(a.User, b.User) })
	return out
}

// openView puts a modal before a person's eyes, in place of what is open there. The caller holds mu.
func (s *Sandbox) openView(u *user, body object) *view {
	v := &view{ID: randomID("V", 10), user: u}
	s.views[u.ID] = v
	s.redraw(v, body)
	return v
}

// redraw gives a modal a new content. The caller holds mu.
func (s *Sandbox) redraw(v *view, body object) {
	v.body, v.Hash = body, formatTS(s.now().UnixMicro())+"."+randomID("", 8)
	v.errors, v.warning, v.entered = nil, "", nil
	raw, err := json.Marshal(body["blocks"])
	if err != nil {
		raw = []byte("[]") // it came as JSON
	}
	v.blocks = readBlocks(raw, v.ID)
}

// viewObject is Slack's view: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
func (s *Sandbox) viewObject(v *view, chosen map[string]map[string]object) object {
	out := object{
		"id": v.ID, "team_id": s.team.ID, "type": "modal", "blocks": v.blocks, "hash": v.Hash,
		"title": v.body["title"], "submit": v.body["submit"], "close": v.body["close"],
		"private_metadata": str(v.body, "private_metadata"), "callback_id": str(v.body, "callback_id"),
		"external_id": str(v.body, "external_id"), "clear_on_close": v.body["clear_on_close"] == true,
		"notify_on_close": v.body["notify_on_close"] == true, "submit_disabled": false,
		"state":            object{"values": stateValues(widgets(v.blocks), chosen)},
		"previous_view_id": nil, "root_view_id": v.ID, "app_id": s.cfg.App.ID, "bot_id": s.bot.id, "app_installed_team_id": s.team.ID,
	}
	return out
}

// viewsOpen exchanges a trigger_id for a modal: https://docs.slack.dev/reference/methods/views.open
func (s *Sandbox) viewsOpen(c *call) (answer, *slackError) {
	if c.arg("trigger_id") == "" {
		return nil, missingField("trigger_id")
	}
	body, refusal := readView(c)
	if refusal != nil {
		return nil, refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := str(body, "external_id"); id != "" {
		for _, open := range s.views {
			if str(open.body, "external_id") == id {
				return nil, refuse("duplicate_external_id")
			}
		}
	}
	id, refusal := s.spend(c.arg("trigger_id"))
	if refusal != nil {
		return nil, refusal
	}
	u := s.team.user(id)
	if u == nil {
		return nil, refuse("user_not_found") // taken away meanwhile by the control API
	}
	v := s.openView(u, body)
	s.notify()
	return answer{"view": s.viewObject(v, nil)}, nil
}

// viewsUpdate changes an open modal: https://docs.slack.dev/reference/methods/views.update
func (s *Sandbox) viewsUpdate(c *call) (answer, *slackError) {
	body, refusal := readView(c)
	if refusal != nil {
		return nil, refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.views {
		if v.ID != c.arg("view_id") && (c.arg("external_id") == "" || str(v.body, "external_id") != c.arg("external_id")) {
			continue
		}
		if hash := c.arg("hash"); hash != "" && hash != v.Hash {
			return nil, refuse("hash_conflict")
		}
		s.redraw(v, body)
		s.notify()
		return answer{"view": s.viewObject(v, nil)}, nil
	}
	return nil, refuse("not_found")
}

func readView(c *call) (object, *slackError) {
	if c.arg("view") == "" {
		return nil, missingField("view")
	}
	return checkView(c.arg("view"))
}
