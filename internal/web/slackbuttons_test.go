package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// What is said about an alert, and that somebody was in touch, is said on its
// page: free text is typed here, and never in Slack.
func TestJudgedAndReached(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	mine, other := h.book()
	path := alertPath(mine)
	b.get(path+"/judge").ok("Was it useful?", "Already knew", `method="post"`)
	b.get(path+"/reached").ok("You reached out?", "What was said", `method="post"`)
	h.browser().get(path + "/reached").ok("Sign in").without("Globex")

	b.post(path+"/judge", url.Values{"verdict": {"great"}}).is(http.StatusBadRequest)
	b.post(path+"/judge", url.Values{"verdict": {"late"}}).ok("Noted. The alert stays open.", "Too late", "Judged: too late")
	b.post(path+"/judge", url.Values{"verdict": {"useful"}}).ok("Useful", "Judged: useful")
	h.as(carl).post(path+"/judge", url.Values{"verdict": {"known"}}).ok("Noted. The alert is closed.", "Closed by "+carl+" as already known", `id="judge-form"`)
	if a := h.alert(mine); a.Outcome != stanna.AlreadyKnown {
		t.Errorf("%+v", a.Life)
	}

	b.post(path+"/reached", url.Values{"way": {"call"}, "note": {"they <b>stay</b>"}}).ok("It is noted that you were in touch", "Got in touch with the client")
	h.view(func(tx *store.Tx) error {
		p, err := tx.Portrait(acme, h.alert(mine).ClientID)
		if p.State.LastContactKind != "call" {
			t.Errorf("last contact: %q", p.State.LastContactKind)
		}
		return err
	})

	h.as(carl).post(alertPath(other)+"/judge", url.Values{"verdict": {"useful"}}).is(http.StatusNotFound)
	h.as(carl).post(alertPath(other)+"/reached", url.Values{"way": {"call"}}).is(http.StatusNotFound)
	l := h.as(lea)
	l.get(path).ok("Useful").without(`id="judge-form"`)
	l.post(path+"/judge", url.Values{"verdict": {"useful"}}).is(http.StatusForbidden)
}

// Buttons cannot be switched on where nobody could press them, and it is said
// what is wanting.
func TestSwitchButtons(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	b.get("/integrations/slack").ok(`id="buttons-off"`, "Slack does not tell who presses", "users:read.email")
	b.post("/integrations/slack/buttons", url.Values{"on": {"yes"}}).ok("allow users:read and users:read.email", `id="buttons-off"`)
	h.update(func(tx *store.Tx) error {
		c, _, err := tx.Connection(acme)
		c.Scopes = append(c.Scopes, "users:read", "users:read.email")
		if err != nil {
			return err
		}
		return tx.PutConnection(c)
	})
	b.post("/integrations/slack/buttons", url.Values{"on": {"yes"}}).ok("Messages have buttons now", `id="buttons-on"`, "Slack tells who presses")
	h.as(dora).post("/integrations/slack/buttons", url.Values{"on": {"no"}}).is(http.StatusForbidden)
	b.post("/integrations/slack/buttons", url.Values{"on": {"no"}}).ok("Messages have links now", `id="buttons-off"`)
}
