package auth_test

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

const (
	goodPassword = stanna.Secret("three quiet otters")
	acme         = "acme.com"
)

// clock is a clock that goes when it is told to.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

// The session library asks the real clock when a session ends, so ours
// begins at the real time.
func newClock() *clock { return &clock{t: time.Now().UTC().Truncate(time.Second)} }

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) advance(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

// house is an Auth with a workspace and its admin, who has a password.
type house struct {
	*auth.Auth
	t     testing.TB
	store *store.Store
	clock *clock
	admin stanna.User
}

func newHouse(t testing.TB, s *store.Store, publicURL string) *house {
	t.Helper()
	c := newClock()
	h := &house{Auth: auth.New(s, auth.Options{Now: c.now, PublicURL: publicURL}), t: t, store: s, clock: c}
	ctx := context.Background()
	token, made, err := h.Setup(ctx, acme, " Ana@Acme.com ")
	h.must(err)
	if !made {
		t.Fatal("no admin was made on an empty server")
	}
	h.admin, err = h.UseLink(ctx, token)
	h.must(err)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) setPassword() {
	h.t.Helper()
	h.must(h.SetPassword(context.Background(), h.admin.ID, goodPassword, stanna.ActorSystem))
}

func (h *house) adminCaller() auth.Caller {
	return auth.Caller{Workspace: acme, Kind: auth.Person, ID: h.admin.ID, Email: h.admin.Email, Role: stanna.Admin}
}

// audited counts the entries of an action in the trail of the workspace.
func (h *house) audited(workspace, action string) (found []stanna.AuditEntry) {
	h.t.Helper()
	ctx := context.Background()
	h.must(h.store.Update(ctx, func(tx *store.Tx) error { _, err := tx.BindAudit(workspace, 1000); return err }))
	h.must(h.store.View(ctx, func(tx *store.Tx) error {
		found = nil
		for e, err := range tx.AuditTrail(workspace, 0) {
			if err != nil {
				return err
			}
			if e.Action == action {
				found = append(found, e)
			}
		}
		return nil
	}))
	return found
}

// browser is somebody at the pages: do runs a piece of a handler inside the
// session middleware, with the cookies of the visits before.
type browser struct {
	h    *house
	jar  http.CookieJar
	base string
	last *http.Response
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	h.must(err)
	return &browser{h: h, jar: jar, base: "https://stanna.example"}
}

func (b *browser) do(visit func(ctx context.Context) error) error {
	b.h.t.Helper()
	var err error
	handler := b.h.Sessions().LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { err = visit(r.Context()) }))
	u, _ := url.Parse(b.base)
	r := httptest.NewRequest(http.MethodGet, b.base+"/", nil)
	for _, c := range b.jar.Cookies(u) {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	b.last = w.Result()
	b.jar.SetCookies(u, b.last.Cookies())
	if b.last.StatusCode >= 500 {
		b.h.t.Fatalf("the session middleware answered %d", b.last.StatusCode)
	}
	return err
}

func (b *browser) token() string {
	u, _ := url.Parse(b.base)
	for _, c := range b.jar.Cookies(u) {
		if c.Name == "stanna_session" {
			return c.Value
		}
	}
	return ""
}

func (b *browser) signIn(u stanna.User, by auth.Method) {
	b.h.t.Helper()
	b.h.must(b.do(func(ctx context.Context) error { return b.h.StartSession(ctx, u, by) }))
}

func (b *browser) visitor() (c auth.Caller, err error) {
	b.h.t.Helper()
	err = b.do(func(ctx context.Context) (err error) { c, err = b.h.Visitor(ctx); return err })
	return c, err
}

// each runs a test in a fresh house on each engine.
func each(t *testing.T, test func(t *testing.T, h *house)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(t, newHouse(t, s, "https://stanna.example")) })
}
