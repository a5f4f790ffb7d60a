package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

const password = "three quiet otters"

func TestPasswordOpensTheDoor(t *testing.T) {
	h := newHouse(t)
	h.must(h.auth.SetPassword(context.Background(), h.users[ana], password, stanna.ActorSystem))
	b := h.browser()

	p := b.get("/alerts?status=all")
	if p.path != "/sign-in?next=%2Falerts%3Fstatus%3Dall" {
		t.Fatalf("a stranger is at %s", p.path)
	}
	p.ok(`id="sign-in-form"`, `name="email"`, `name="password"`, `value="/alerts?status=all"`)

	form := url.Values{"email": {ana}, "password": {"wrong wrong wrong"}, "next": {"/alerts?status=all"}}
	wrong := b.post("/sign-in", form).is(http.StatusUnauthorized, "E-mail or password is wrong", `value="ana@acme.com"`)
	unknown := b.post("/sign-in", url.Values{"email": {"nobody@acme.com"}, "password": {"wrong wrong wrong"}, "next": {"/alerts?status=all"}})
	if strings.ReplaceAll(wrong.body, ana, "") != strings.ReplaceAll(unknown.body, "nobody@acme.com", "") {
		t.Error("an unknown address looks otherwise than a wrong password")
	}

	form.Set("password", password)
	if p := b.post("/sign-in", form).ok("All"); p.path != "/alerts?status=all" {
		t.Errorf("signed in and at %s", p.path)
	}
	b.get("/sign-in?next=/clients").ok(`id="client-search"`)

	b.post("/sign-out", nil).ok(`id="sign-in-form"`)
	if p := b.get("/clients"); !strings.HasPrefix(p.path, "/sign-in") {
		t.Errorf("signed out and at %s", p.path)
	}
}

func TestGuessingWaits(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	form := url.Values{"email": {ana}, "password": {"guess guess guess"}}
	for range 5 {
		b.post("/sign-in", form).is(http.StatusUnauthorized)
	}
	p := b.post("/sign-in", form).is(http.StatusTooManyRequests, `id="wait"`, "second")
	if p.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestNextStaysHere(t *testing.T) {
	for next, want := range map[string]string{
		"/clients": "/clients", "/alerts?group=sum_1#x": "/alerts?group=sum_1#x", "": "", "clients": "",
		"https://evil.example/": "", "//evil.example": "", `/\evil.example`: "", "/\t/evil.example": "", "javascript:alert(1)": "", "/ /x": "",
		"/sign-out": "", "/sign-in?next=/": "", "///evil.example": "", "http:/evil": "", "%2F%2Fevil.example": "", "/%zz": "",
	} {
		if got := localPath(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
	h := newHouse(t)
	token, err := h.auth.SignInLink(context.Background(), h.users[ana], time.Hour)
	h.must(err)
	b := h.browser()
	if p := b.post("/sign-in/link", url.Values{"token": {token.Reveal()}, "next": {"//evil.example/x"}}).ok(); p.path != "/welcome" {
		t.Errorf("at %s", p.path)
	}
}

func TestLinkIsUsedOnceAndByAPersonOnly(t *testing.T) {
	h := newHouse(t)
	token, err := h.auth.SignInLink(context.Background(), h.users[ana], time.Hour)
	h.must(err)
	b := h.browser()
	for range 3 { // a scanner of links
		p := b.get("/sign-in/link?token="+token.Reveal()).ok(`id="link-form"`, `id="continue"`, token.Reveal())
		if p.header.Get("Referrer-Policy") != "no-referrer" {
			t.Error("the token may leak by the Referer")
		}
	}
	form := url.Values{"token": {token.Reveal()}}
	if p := b.post("/sign-in/link", form).ok("Welcome", `id="welcome-form"`); p.path != "/welcome" {
		t.Errorf("at %s", p.path)
	}
	h.browser().post("/sign-in/link", form).is(http.StatusUnauthorized, "used already or has expired")
	h.browser().get("/sign-in/link").ok("not complete")

	b.post("/welcome", url.Values{"password": {"short"}, "repeat": {"short"}}).is(http.StatusBadRequest, "at least 10 characters")
	b.post("/welcome", url.Values{"password": {password}, "repeat": {password + "x"}}).is(http.StatusBadRequest, "not the same")
	b.post("/welcome", url.Values{"password": {password}, "repeat": {password}}).ok("Your password is set", `id="flash"`)
	b.get("/").ok("Overview").without("Your password is set")
	b.get("/welcome").ok("Change your password", `name="current"`)
	b.post("/welcome", url.Values{"current": {"wrong wrong"}, "password": {password + "2"}, "repeat": {password + "2"}}).is(http.StatusBadRequest, "current password is wrong")
	h.browser().post("/sign-in", url.Values{"email": {ana}, "password": {password}}).ok("Overview")
}

func TestOtherSitesSendNoForms(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	for _, header := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Origin": {"https://evil.example"}}, {"Sec-Fetch-Site": {"same-site"}}} {
		for _, path := range []string{"/sign-out", "/integrations/slack/disconnect", "/notifications/ntf_1/resend", "/sign-in"} {
			r, err := http.NewRequest(http.MethodPost, h.server.URL+path, nil)
			h.must(err)
			r.Header = header.Clone()
			b.do(r).is(http.StatusForbidden, "sent from another site", `id="request-id"`)
		}
	}
	b.get("/").ok(`id="who"`) // still signed in
}

func TestWorkspaceIsChosen(t *testing.T) {
	h := newHouse(t)
	h.second("globex.com", ana)
	b := h.as(ana)
	b.get("/").ok(`<option value="globex.com">`)
	b.post("/workspace", url.Values{"workspace": {"globex.com"}}).ok(`<option value="acme.com">`)
	b.post("/workspace", url.Values{"workspace": {"other.com"}}).is(http.StatusForbidden)
}
