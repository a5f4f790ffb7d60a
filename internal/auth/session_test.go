package auth_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// The session manager asks for the context methods by a type assertion; a
// wrong signature would silently lose the request's context.
var _ scs.CtxStore = (*store.Sessions)(nil)

func TestSession(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser()
		if _, err := b.visitor(); !errors.Is(err, auth.NotSignedIn) || stanna.CodeOf(err) != stanna.Unauthenticated {
			t.Errorf("a stranger: %v", err)
		}
		if b.token() != "" {
			t.Error("a stranger got a session")
		}
		b.signIn(h.admin, auth.ByLink)
		c, err := b.visitor()
		h.must(err)
		want := auth.Caller{Workspace: acme, Kind: auth.Person, ID: h.admin.ID, Email: "ana@acme.com", Role: stanna.Admin}
		if c.Actor() != "user:"+h.admin.ID || c.Workspace != want.Workspace || c.Role != want.Role || c.Email != want.Email || c.Kind != want.Kind {
			t.Errorf("visitor %+v, want %+v", c, want)
		}

		token := b.token()
		h.must(b.do(h.SignOut))
		if b.token() != "" {
			t.Error("the cookie stays after signing out")
		}
		stolen := h.browser()
		stolen.plant(token)
		if _, err := stolen.visitor(); !errors.Is(err, auth.NotSignedIn) {
			t.Errorf("the token works after signing out: %v", err)
		}
		h.must(b.do(h.SignOut)) // a stranger's signing out is no error
		if in, out := h.audited(acme, "user.signed_in"), h.audited(acme, "user.signed_out"); len(in) != 1 || len(out) != 1 ||
			in[0].Details["method"] != "link" || in[0].Actor != c.Actor() || out[0].Actor != c.Actor() {
			t.Errorf("trail: %+v %+v", in, out)
		}
	})
}

func (b *browser) plant(token string) {
	req, _ := http.NewRequest(http.MethodGet, b.base, nil)
	b.jar.SetCookies(req.URL, []*http.Cookie{{Name: "stanna_session", Value: token, Path: "/", Secure: true}})
}

func TestSessionCookie(t *testing.T) {
	for url, secure := range map[string]bool{"https://stanna.example": true, "http://localhost:8080": false} {
		h := newHouse(t, storetest.Open(t, storetest.URL(t, "sqlite")), url)
		b := h.browser()
		b.signIn(h.admin, auth.ByLink)
		cookies := b.last.Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%d cookies", len(cookies))
		}
		c := cookies[0]
		if c.Name != "stanna_session" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Secure != secure || len(c.Value) < 40 {
			t.Errorf("%s: cookie %+v", url, c)
		}
		if life := time.Duration(c.MaxAge) * time.Second; life > 24*time.Hour+time.Minute {
			t.Errorf("%s: lives %s without a visit", url, life)
		}
	}
}

func TestSessionTokenChangesAtSignIn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser()
		h.must(b.do(func(ctx context.Context) error { h.Sessions().Put(ctx, "flash", "hello"); return nil }))
		before := b.token()
		b.signIn(h.admin, auth.ByLink)
		if before == "" || b.token() == before {
			t.Fatalf("token %q stays %q: whoever planted it would be signed in", before, b.token())
		}
		planted := h.browser()
		planted.plant(before)
		if _, err := planted.visitor(); !errors.Is(err, auth.NotSignedIn) {
			t.Errorf("the token from before signing in: %v", err)
		}
	})
}

func TestSessionEndsIdle(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser()
		b.signIn(h.admin, auth.ByLink)
		h.clock.advance(24*time.Hour + time.Second)
		stale := h.browser()
		stale.plant(b.token())
		if _, err := stale.visitor(); !errors.Is(err, auth.NotSignedIn) {
			t.Errorf("after a day without a visit: %v", err)
		}
	})
}

func TestRoleIsReadAtEachVisit(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		ben, err := h.AddUser(ctx, h.adminCaller(), "ben@acme.com", "Ben", stanna.Director)
		h.must(err)
		b := h.browser()
		b.signIn(ben, auth.ByLink)
		h.must(h.SetRole(ctx, h.adminCaller(), ben.ID, stanna.CSM))
		c, err := b.visitor()
		h.must(err)
		if c.Role != stanna.CSM || !c.OwnAccountsOnly() {
			t.Errorf("still %s", c.Role)
		}
		h.must(h.RemoveUser(ctx, h.adminCaller(), ben.ID))
		if _, err := b.visitor(); stanna.CodeOf(err) != stanna.Forbidden {
			t.Errorf("somebody without a role: %v", err)
		}
	})
}

func TestChangingThePasswordEndsOtherSessions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		byLink, other := h.browser(), h.browser()
		byLink.signIn(h.admin, auth.ByLink)
		other.signIn(h.admin, auth.ByLink)
		before := byLink.token()
		h.must(byLink.do(func(ctx context.Context) error { return h.ChangePassword(ctx, "", goodPassword) }))
		if _, err := byLink.visitor(); err != nil {
			t.Errorf("the session that set the password: %v", err)
		}
		if byLink.token() == before {
			t.Error("the token stays")
		}
		if _, err := other.visitor(); !errors.Is(err, auth.NotSignedIn) {
			t.Errorf("another session: %v", err)
		}

		// From now on this session must tell the current password.
		change := func(b *browser, current, next stanna.Secret) error {
			return b.do(func(ctx context.Context) error { return h.ChangePassword(ctx, current, next) })
		}
		if err := change(byLink, "", "four loud magpies"); stanna.CodeOf(err) != stanna.Invalid {
			t.Errorf("without the current password: %v", err)
		}
		if err := change(byLink, goodPassword, "short"); stanna.CodeOf(err) != stanna.Invalid {
			t.Errorf("a bad new one: %v", err)
		}
		h.must(change(byLink, goodPassword, "four loud magpies"))
		_, err := h.CheckPassword(context.Background(), "ana@acme.com", "four loud magpies", "")
		h.must(err)

		// Who lost it comes by a link and is not asked for it.
		lost := h.browser()
		lost.signIn(h.admin, auth.ByLink)
		h.must(change(lost, "", goodPassword))
	})
}

func TestChooseWorkspace(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		h.must(h.store.Update(ctx, func(tx *store.Tx) error {
			if err := tx.AddWorkspace(stanna.Workspace{ID: "beta.com", Name: "Beta", CreatedAt: h.clock.now()}); err != nil {
				return err
			}
			return tx.SetRole("beta.com", h.admin.ID, stanna.CSM)
		}))
		b := h.browser()
		b.signIn(h.admin, auth.ByLink)
		choose := func(w string) error {
			return b.do(func(ctx context.Context) error { return h.ChooseWorkspace(ctx, w) })
		}
		h.must(choose("beta.com"))
		c, err := b.visitor()
		h.must(err)
		if c.Workspace != "beta.com" || c.Role != stanna.CSM || c.In(acme) == nil {
			t.Errorf("visitor %+v", c)
		}
		if err := choose("gamma.com"); stanna.CodeOf(err) != stanna.Forbidden {
			t.Errorf("a workspace of others: %v", err)
		}
		if n := len(h.audited("beta.com", "user.signed_in")); n != 1 {
			t.Errorf("the second workspace was told of %d sign-ins, want 1", n)
		}
		// A link would open both workspaces, so an admin of one may not make it.
		if _, err := h.Invite(ctx, h.adminCaller(), h.admin.ID, time.Hour); stanna.CodeOf(err) != stanna.Forbidden {
			t.Errorf("invited into somebody else's workspace: %v", err)
		}
	})
}
