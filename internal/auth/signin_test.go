package auth_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

func TestCheckPassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		wrong := func(email string, password stanna.Secret) {
			t.Helper()
			_, err := h.CheckPassword(ctx, email, password, "192.0.2.1:999")
			if !errors.Is(err, auth.WrongPassword) || stanna.CodeOf(err) != stanna.Unauthenticated {
				t.Errorf("%s: %v", email, err)
			}
			if strings.Contains(err.Error(), email) || password != "" && strings.Contains(err.Error(), password.Reveal()) {
				t.Errorf("the error tells what was typed: %v", err)
			}
		}
		wrong("ana@acme.com", "") // she has none yet: an empty one must not open
		h.setPassword()
		wrong("ana@acme.com", "three quiet Otters")
		wrong("nobody@acme.com", goodPassword)
		u, err := h.CheckPassword(ctx, " ANA@acme.com", goodPassword, "192.0.2.1:999")
		h.must(err)
		if u.ID != h.admin.ID || !u.HasPassword || u.Roles[acme] != stanna.Admin {
			t.Errorf("signed in as %+v", u)
		}

		failed := h.audited(acme, "user.sign_in_failed")
		if len(failed) != 3 {
			t.Fatalf("%d failed sign-ins in the trail, want 3", len(failed))
		}
		if failed[0].Subject != h.admin.ID || failed[2].Subject != "" {
			t.Errorf("subjects %q, %q", failed[0].Subject, failed[2].Subject)
		}
		for _, e := range failed {
			for k, v := range e.Details {
				if strings.Contains(v, "@") || strings.Contains(v, "192.0.2.1") || strings.Contains(v, "otters") || len(v) != 16 {
					t.Errorf("the trail holds text: %s=%s", k, v)
				}
			}
		}
		if failed[0].Details["emailDigest"] != failed[1].Details["emailDigest"] || failed[0].Details["emailDigest"] == failed[2].Details["emailDigest"] {
			t.Error("the digest does not tell e-mail addresses apart")
		}
	})
}

func TestGuessingIsSlowedDown(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.setPassword()
		ctx := context.Background()
		var refusedFor time.Duration
		for n := 1; refusedFor == 0; n++ {
			_, err := h.CheckPassword(ctx, "ana@acme.com", "wrong wrong wrong", "192.0.2.1")
			var many *auth.TooMany
			if errors.As(err, &many) {
				refusedFor = many.Wait
			} else if n > 5 {
				t.Fatalf("attempt %d was let through", n)
			}
		}
		// The right password from elsewhere must wait too: the account is guarded.
		_, err := h.CheckPassword(ctx, "ana@acme.com", goodPassword, "198.51.100.7")
		if stanna.CodeOf(err) != stanna.Unavailable {
			t.Fatalf("not slowed down: %v", err)
		}
		h.clock.advance(refusedFor)
		if _, err := h.CheckPassword(ctx, "ana@acme.com", goodPassword, "198.51.100.7"); err != nil {
			t.Fatalf("after the wait that was told: %v", err)
		}
		// Success wipes the account's slate: five more are free.
		for range 4 {
			if _, err := h.CheckPassword(ctx, "ana@acme.com", "wrong wrong wrong", "198.51.100.7"); !errors.Is(err, auth.WrongPassword) {
				t.Fatal(err)
			}
		}
	})
}

func TestManyAttemptsAtOnceDoNotSlipThrough(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.setPassword()
		var wg sync.WaitGroup
		var mu sync.Mutex
		tried := 0
		for range 20 {
			wg.Go(func() {
				_, err := h.CheckPassword(context.Background(), "ana@acme.com", "wrong wrong wrong", "192.0.2.1")
				mu.Lock()
				defer mu.Unlock()
				if errors.Is(err, auth.WrongPassword) {
					tried++
				} else if stanna.CodeOf(err) != stanna.Unavailable {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if tried != 5 {
			t.Errorf("%d passwords were tried at once, want 5", tried)
		}
	})
}

func TestSetPasswordRefusesTheObvious(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, bad := range []stanna.Secret{"", "short", "ana@acme.com", "Ana@Acme.com", "ana@acme.com1", "password123", "1234567890", "aaaaaaaaaaaa",
			"          ", "éééééééééé", "qwertyuiop", "acme2026!!", "Welcome-2026", stanna.Secret(strings.Repeat("long ", 201)), "bad\xff\xfebytes here"} {
			err := h.SetPassword(context.Background(), h.admin.ID, bad, stanna.ActorSystem)
			if stanna.CodeOf(err) != stanna.Invalid {
				t.Errorf("%q: %v", bad.Reveal(), err)
			}
			if err != nil && len(bad) > 5 && strings.Contains(err.Error(), bad.Reveal()) {
				t.Errorf("the error tells the password: %v", err)
			}
		}
		for _, good := range []stanna.Secret{goodPassword, "паролькотик", "2026-11-23-1405", "my acme login is hard"} {
			if err := h.SetPassword(context.Background(), h.admin.ID, good, stanna.ActorSystem); err != nil {
				t.Errorf("%q: %v", good.Reveal(), err)
			}
		}
		if n := len(h.audited(acme, "user.password_set")); n != 4 {
			t.Errorf("%d entries for 4 passwords", n)
		}
	})
}

func TestSetupOnlyOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		token, made, err := h.Setup(context.Background(), acme, "mallory@acme.com")
		if err != nil || made || token != "" {
			t.Errorf("a second first admin: made=%v, %v", made, err)
		}
		h.must(h.store.View(context.Background(), func(tx *store.Tx) error {
			users, err := tx.Users(acme)
			if len(users) != 1 || users[0].Email != "ana@acme.com" || users[0].Roles[acme] != stanna.Admin || users[0].HasPassword {
				t.Errorf("users: %+v", users)
			}
			return err
		}))
		for _, bad := range []string{"", "ana", "a b@acme.com", "a@b@c", "Ana <ana@acme.com>"} {
			if _, _, err := h.Setup(context.Background(), acme, bad); stanna.CodeOf(err) != stanna.Invalid {
				t.Errorf("%q: %v", bad, err)
			}
		}
	})
}

func TestLinkWorksOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		token, err := h.SignInLink(ctx, h.admin.ID, time.Hour)
		h.must(err)
		var wg sync.WaitGroup
		var mu sync.Mutex
		in := 0
		for range 8 {
			wg.Go(func() {
				u, err := h.UseLink(ctx, token)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil && u.ID == h.admin.ID:
					in++
				case !errors.Is(err, auth.UsedLink) || stanna.CodeOf(err) != stanna.Unauthenticated:
					t.Error(err)
				case strings.Contains(err.Error(), token.Reveal()):
					t.Error("the error tells the token")
				}
			})
		}
		wg.Wait()
		if in != 1 {
			t.Errorf("one link let %d in", in)
		}
		made, used := h.audited(acme, "user.link_made"), h.audited(acme, "user.link_used")
		if len(made) != 2 || len(used) != 2 { // Setup's, and this one
			t.Fatalf("%d made, %d used", len(made), len(used))
		}
		if made[1].Details["linkDigest"] != used[1].Details["linkDigest"] || strings.Contains(token.Reveal(), used[1].Details["linkDigest"]) {
			t.Error("the trail does not tie the use of a link to its making by a digest")
		}
	})
}

func TestLinkEnds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := context.Background()
		late, err := h.SignInLink(ctx, h.admin.ID, time.Hour)
		h.must(err)
		h.clock.advance(time.Hour)
		if _, err := h.UseLink(ctx, late); !errors.Is(err, auth.UsedLink) {
			t.Errorf("an expired link: %v", err)
		}
		h.must(h.Clean(ctx))
		old, err := h.SignInLink(ctx, h.admin.ID, time.Hour)
		h.must(err)
		h.setPassword()
		if _, err := h.UseLink(ctx, old); !errors.Is(err, auth.UsedLink) {
			t.Errorf("a link from before the password was set: %v", err)
		}
		if _, err := h.SignInLink(ctx, "usr_nobody", time.Hour); stanna.CodeOf(err) != stanna.NotFound {
			t.Error(err)
		}
	})
}
