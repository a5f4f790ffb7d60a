package sandbox

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// personCookie remembers who sits before the page.
const personCookie = "sandbox_person"

// people are those who can be played, and the one who is.
func people(r *http.Request, users []UserConfig) (all []UserConfig, who UserConfig) {
	for _, u := range users {
		if !u.Deleted && !u.IsBot {
			all = append(all, u)
		}
	}
	if len(all) == 0 {
		return nil, UserConfig{}
	}
	chosen, err := r.Cookie(personCookie)
	if err != nil {
		return all, all[0]
	}
	i := slices.IndexFunc(all, func(u UserConfig) bool { return u.ID == chosen.Value })
	return all, all[max(i, 0)]
}

// servePerson sits somebody else before the page.
func (s *Sandbox) servePerson(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: personCookie, Value: url.QueryEscape(r.PostFormValue("user")), Path: s.root + "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	s.back(w, r, r.PostFormValue("back"), "")
}

// back returns to the page that a form stood on.
func (s *Sandbox) back(w http.ResponseWriter, r *http.Request, channel, anchor string) {
	to := s.root + "/"
	if channel != "" {
		to += "channels/" + url.PathEscape(channel)
	}
	if anchor != "" {
		to += "#" + anchor
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// servePress is a person working an element on the page. One that has a confirm dialog asks first; a button with a URL
// opens it at once, whatever the app says to the press, as Slack does.
func (s *Sandbox) servePress(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	_, who := people(r, s.State().Users)
	p := Press{Channel: r.PostFormValue("channel"), TS: r.PostFormValue("ts"), BlockID: r.PostFormValue("block_id"),
		ActionID: r.PostFormValue("action_id"), Value: r.PostFormValue("value"), User: who.ID}
	element, err := s.elementOf(p)
	if err != nil {
		s.gone(w, err)
		return
	}
	if confirm, asks := element["confirm"].(object); asks && r.PostFormValue("confirmed") == "" {
		s.ask(w, r, p, confirm)
		return
	}
	if target := webURL(str(element, "url")); target != "" {
		s.eventsDone.Go(func() { _, _ = s.Press(s.eventsCtx, p) }) // it was there a moment ago
		http.Redirect(w, r, target, http.StatusSeeOther)
		return
	}
	if _, err := s.Press(r.Context(), p); err != nil {
		s.gone(w, err)
		return
	}
	s.back(w, r, p.Channel, "pm"+p.TS)
}

// elementOf finds what a form on the page means.
func (s *Sandbox) elementOf(p Press) (object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.team.user(p.User)
	if u == nil {
		return nil, errors.New("nobody is chosen in the sidebar")
	}
	m, err := s.seen(p.Channel, p.TS, u)
	if err != nil {
		return nil, err
	}
	w, err := pick(widgets(readBlocks(m.Blocks, m.seed())), p.BlockID, p.ActionID)
	return w.element, err
}

// gone is the page when what was pressed is not there any more.
func (s *Sandbox) gone(w http.ResponseWriter, err error) {
	s.render(w, http.StatusConflict, "problem.html", authorizeProblem{"That cannot be pressed",
		"The message has changed since the page was drawn. Go back and look again: " + err.Error() + ".", "not_found"})
}

// confirmView is a confirm dialog: https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
type confirmView struct {
	Press
	Root                       string
	Title, Text, Confirm, Deny template.HTML
	Style                      string
}

func (s *Sandbox) ask(w http.ResponseWriter, r *http.Request, p Press, confirm object) {
	draw := renderer{now: s.now()}
	s.render(w, http.StatusOK, "confirm.html", confirmView{p, s.root, draw.text(confirm["title"]), draw.text(confirm["text"]),
		draw.text(confirm["confirm"]), draw.text(confirm["deny"]), str(confirm, "style")})
}

// modalView is the modal that the person has open.
type modalView struct {
	ID, Hash, Title, Submit, Close, Warning string
	Blocks                                  []blockView
}

func (s *Sandbox) modal(r *http.Request, person string) *modalView {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.views[person]
	if v == nil {
		return nil
	}
	draw := s.renderer(r)
	draw.modal = v
	for _, u := range s.team.users {
		draw.names[u.ID] = u.Name
	}
	out := &modalView{ID: v.ID, Hash: v.Hash, Title: gather(v.body["title"]), Submit: gather(v.body["submit"]),
		Close: gather(v.body["close"]), Warning: v.warning, Blocks: draw.blocks(v.blocks)}
	if out.Close == "" {
		out.Close = "Cancel"
	}
	return out
}

// serveSubmit is the modal's form.
func (s *Sandbox) serveSubmit(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	_, who := people(r, s.State().Users)
	order := Submit{ViewID: r.PostFormValue("view_id"), User: who.ID, Close: r.PostFormValue("close") != "", Values: map[string]map[string]string{}}
	for name, values := range r.PostForm {
		parts := strings.Split(name, "/")
		if len(parts) != 3 || parts[0] != "v" {
			continue
		}
		block, err1 := url.PathUnescape(parts[1])
		action, err2 := url.PathUnescape(parts[2])
		if err := errors.Join(err1, err2); err != nil {
			s.gone(w, err)
			return
		}
		if order.Values[block] == nil {
			order.Values[block] = map[string]string{}
		}
		order.Values[block][action] = values[0]
	}
	if _, err := s.Submit(r.Context(), order); err != nil {
		s.gone(w, err)
		return
	}
	s.back(w, r, r.PostFormValue("back"), "")
}
