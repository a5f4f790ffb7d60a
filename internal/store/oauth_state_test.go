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

func tokenFor(d time.Duration) stanna.Secret { return stanna.Secret("token " + d.String()) }

func TestOAuthStateIsTakenOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := store.OAuthState{Workspace: "acme.com", Provider: "slack", UserID: "usr_1", Browser: "digest", ReturnTo: "/integrations", ExpiresAt: day.Add(10 * time.Minute)}
		update(t, s, func(tx *store.Tx) error {
			if err := tx.AddOAuthState("late", want); err != nil {
				return err
			}
			return tx.AddOAuthState("state", want)
		})
		if n := s.RowsWith(t, "oauth_state", "hash", "state"); n != 0 {
			t.Error("the state is in the database")
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		taken := 0
		for range 8 {
			wg.Go(func() {
				var got store.OAuthState
				var ok bool
				err := s.Update(context.Background(), func(tx *store.Tx) (err error) {
					got, ok, err = tx.TakeOAuthState("state", "slack", day)
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if ok {
					taken++
					if diff := cmp.Diff(want, got); diff != "" {
						t.Error(diff)
					}
				}
			})
		}
		wg.Wait()
		if taken != 1 {
			t.Errorf("one state served %d returns", taken)
		}
		update(t, s, func(tx *store.Tx) error {
			_, ok, err := tx.TakeOAuthState("late", "slack", day.Add(10*time.Minute))
			if ok {
				t.Error("an expired state was taken")
			}
			return err
		})
	})
}
