package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func TestUserRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ana := stanna.User{ID: "usr_1", Email: "ana@acme.com", Name: "Ana", CreatedAt: day,
			Roles: map[string]stanna.Role{"acme.com": stanna.Admin, "beta.com": stanna.CSM}}
		ben := stanna.User{ID: "usr_2", Email: "ben@acme.com", CreatedAt: day, Roles: map[string]stanna.Role{"acme.com": stanna.CSM}}
		cy := stanna.User{ID: "usr_3", Email: "cy@acme.com", CreatedAt: day, Roles: map[string]stanna.Role{}}
		update(t, s, func(tx *store.Tx) error {
			if any, err := tx.AnyUser(); any || err != nil {
				t.Errorf("an empty server has a user: %v", err)
			}
			for _, u := range []stanna.User{ben, ana, cy} {
				if err := tx.AddUser(u); err != nil {
					return err
				}
			}
			return nil
		})
		update(t, s, func(tx *store.Tx) error {
			if any, err := tx.AnyUser(); !any || err != nil {
				t.Errorf("no user: %v", err)
			}
			for _, want := range []stanna.User{ana, ben, cy} {
				got, err := tx.Account(want.ID)
				if err != nil {
					return err
				}
				if diff := cmp.Diff(store.Account{User: want}, got); diff != "" {
					t.Error(diff)
				}
				same, ok, err := tx.AccountByEmail(want.Email)
				if diff := cmp.Diff(got, same); diff != "" || !ok || err != nil {
					t.Error(diff, ok, err)
				}
			}
			if _, ok, err := tx.AccountByEmail("nobody@acme.com"); ok || err != nil {
				t.Errorf("nobody: %v, %v", ok, err)
			}
			if _, err := tx.Account("usr_9"); stanna.CodeOf(err) != stanna.NotFound {
				t.Error(err)
			}
			list, err := tx.Users("acme.com")
			anaHere := ana
			anaHere.Roles = map[string]stanna.Role{"acme.com": stanna.Admin} // not what she is elsewhere
			if diff := cmp.Diff([]stanna.User{anaHere, ben}, list); diff != "" {
				t.Error(diff)
			}
			return err
		})
		if err := s.Update(context.Background(), func(tx *store.Tx) error {
			return tx.AddUser(stanna.User{ID: "usr_4", Email: "ana@acme.com", CreatedAt: day})
		}); stanna.CodeOf(err) != stanna.Conflict {
			t.Errorf("two users with one e-mail: %v", err)
		}
		update(t, s, func(tx *store.Tx) error {
			if err := tx.SetPasswordHash("usr_9", "x"); stanna.CodeOf(err) != stanna.NotFound {
				t.Errorf("a password for nobody: %v", err)
			}
			if err := tx.SetRole("acme.com", "usr_2", stanna.Admin); err != nil {
				return err
			}
			if err := tx.RemoveRole("beta.com", "usr_1"); err != nil {
				return err
			}
			admins, err := tx.LockAdmins("acme.com")
			if diff := cmp.Diff([]string{"usr_1", "usr_2"}, admins); diff != "" {
				t.Error(diff)
			}
			if err != nil {
				return err
			}
			return tx.SetPasswordHash("usr_1", "hash")
		})
		update(t, s, func(tx *store.Tx) error {
			a, err := tx.Account("usr_1")
			if !a.HasPassword || a.PasswordHash != "hash" || len(a.Roles) != 1 {
				t.Errorf("%+v", a)
			}
			return err
		})
	})
}

func TestSignInLinkIsTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		update(t, s, func(tx *store.Tx) error {
			if err := tx.AddSignInLink("other", "usr_2", day.Add(time.Hour)); err != nil {
				return err
			}
			return tx.AddSignInLink("token", "usr_1", day.Add(time.Hour))
		})
		if n := s.RowsWith(t, "sign_in_link", "hash", "token"); n != 0 {
			t.Error("the token of a link is in the database")
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		taken := 0
		for range 8 {
			wg.Go(func() {
				var ok bool
				var user string
				err := s.Update(context.Background(), func(tx *store.Tx) (err error) {
					user, ok, err = tx.TakeSignInLink("token", day)
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				if err != nil || ok && user != "usr_1" {
					t.Error(user, err)
				}
				if ok {
					taken++
				}
			})
		}
		wg.Wait()
		if taken != 1 {
			t.Errorf("one link was taken %d times", taken)
		}
		update(t, s, func(tx *store.Tx) error {
			if _, ok, _ := tx.TakeSignInLink("other", day.Add(time.Hour)); ok {
				t.Error("an expired link was taken")
			}
			if err := tx.RemoveSignInLinks("usr_2"); err != nil {
				return err
			}
			_, ok, err := tx.TakeSignInLink("other", day)
			if ok {
				t.Error("a removed link was taken")
			}
			return err
		})
	})
}
