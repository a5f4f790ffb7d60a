package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// pastDay is a clock the test moves.
type pastDay struct {
	mu sync.Mutex
	t  time.Time
}

func (c *pastDay) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *pastDay) set(t time.Time) { c.mu.Lock(); defer c.mu.Unlock(); c.t = t }

func TestSessionStore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		clock := &pastDay{t: day}
		x := s.Sessions(clock.now)
		find := func(token, want string) {
			t.Helper()
			data, found, err := x.FindCtx(ctx, token)
			if err != nil || string(data) != want || found != (want != "") {
				t.Errorf("found %v %q, %v; want %q", found, data, err, want)
			}
		}
		commit := func(token, data string, expiry time.Time) {
			t.Helper()
			if err := x.CommitCtx(ctx, token, []byte(data), expiry); err != nil {
				t.Fatal(err)
			}
		}
		find("token", "")
		commit("token", "one", day.Add(time.Hour))
		find("token", "one")
		find("Token", "")
		if all := s.Texts(t, `select token_hash from session`); len(all) != 1 || len(all[0]) != 64 || all[0] == "token" {
			t.Errorf("the session is kept under %q", all)
		}
		commit("token", "two", day.Add(2*time.Hour))
		find("token", "two")

		clock.set(day.Add(2 * time.Hour))
		find("token", "")
		clock.set(day)

		if err := x.DeleteCtx(ctx, "nobody"); err != nil {
			t.Error(err)
		}
		if err := x.DeleteCtx(ctx, ""); err != nil {
			t.Error(err)
		}
		if err := x.DeleteCtx(ctx, "token"); err != nil {
			t.Error(err)
		}
		find("token", "")
		// A request that was under way stores it once more.
		commit("token", "two", day.Add(3*time.Hour))
		find("token", "")
	})
}

func TestSessionIsEndedThoughTheVisitorLeft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := s.Sessions(func() time.Time { return day })
		if err := x.Commit("token", []byte("one"), day.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		gone, cancel := context.WithCancel(context.Background())
		cancel()
		if err := x.DeleteCtx(gone, "token"); err != nil {
			t.Error(err)
		}
		if _, found, err := x.Find("token"); found || err != nil {
			t.Error(found, err)
		}
	})
}

// A page view changes nothing but the expiry, by seconds; it must not write.
func TestUnchangedSessionIsNotWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := s.Sessions(func() time.Time { return day })
		expiry := func() string { return s.Texts(t, `select cast(expires_at as text) from session`)[0] }
		commit := func(data string, e time.Time) string {
			t.Helper()
			if err := x.Commit("token", []byte(data), e); err != nil {
				t.Fatal(err)
			}
			return expiry()
		}
		first := commit("one", day.Add(time.Hour))
		if commit("one", day.Add(time.Hour+59*time.Second)) != first {
			t.Error("written for less than a minute")
		}
		longer := commit("one", day.Add(time.Hour+time.Minute))
		if longer == first {
			t.Error("not prolonged after a minute")
		}
		if commit("one", day.Add(time.Hour)) != first {
			t.Error("not shortened")
		}
		if commit("two", day.Add(time.Hour+time.Second)) == first {
			t.Error("changed data are not written")
		}
	})
}

func TestForgetExpired(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		x := s.Sessions(func() time.Time { return day })
		for token, life := range map[string]time.Duration{"old": time.Hour, "new": 2 * time.Hour, "ended": 9 * time.Hour} {
			if err := x.Commit(token, []byte(token), day.Add(life)); err != nil {
				t.Fatal(err)
			}
		}
		if err := x.Delete("ended"); err != nil {
			t.Fatal(err)
		}
		update(t, s, func(tx *store.Tx) error {
			for _, life := range []time.Duration{time.Hour, 2 * time.Hour} {
				if err := tx.AddSignInLink(tokenFor(life), "usr_1", day.Add(life)); err != nil {
					return err
				}
				if err := tx.AddOAuthState(tokenFor(life), store.OAuthState{Workspace: "acme.com", Provider: "slack", ExpiresAt: day.Add(life)}); err != nil {
					return err
				}
			}
			return nil
		})
		update(t, s, func(tx *store.Tx) error {
			n, err := tx.ForgetExpired(day.Add(time.Minute))
			if n != 0 {
				t.Errorf("forgot %d, among them that a session was ended while its last requests are under way", n)
			}
			return err
		})
		update(t, s, func(tx *store.Tx) error {
			n, err := tx.ForgetExpired(day.Add(time.Hour))
			if n != 4 {
				t.Errorf("forgot %d, want one of each and the ended session", n)
			}
			return err
		})
		if _, found, _ := x.Find("new"); !found {
			t.Error("a living session is gone")
		}
		update(t, s, func(tx *store.Tx) error {
			if _, ok, err := tx.TakeSignInLink(tokenFor(2*time.Hour), day); !ok || err != nil {
				t.Error("a living link is gone", err)
			}
			if _, ok, err := tx.TakeOAuthState(tokenFor(2*time.Hour), "slack", day); !ok || err != nil {
				t.Error("a living state is gone", err)
			}
			return nil
		})
	})
}
