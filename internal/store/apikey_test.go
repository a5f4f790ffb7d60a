package store_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func TestKeyRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const text = "sk-the-key-itself"
		hash := store.KeyHash(sha256.Sum256([]byte(text)))
		want := stanna.APIKey{Workspace: "acme.com", ID: "key_1", Name: "billing", Masked: "sk-the...itself",
			Scopes: []stanna.Scope{stanna.ScopeSignals, stanna.ScopeRead}, CreatedBy: "user:usr_1", CreatedAt: day}
		second := stanna.APIKey{Workspace: "acme.com", ID: "key_2", Name: "crm", CreatedAt: day.Add(time.Second)}
		other := stanna.APIKey{Workspace: "beta.com", ID: "key_1", CreatedAt: day}
		update(t, s, func(tx *store.Tx) error {
			for k, h := range map[*stanna.APIKey]store.KeyHash{&second: {2}, &want: hash, &other: {3}} {
				if err := tx.AddKey(*k, h); err != nil {
					return err
				}
			}
			return nil
		})
		if n := s.RowsWith(t, "api_key", "hash", text); n != 0 {
			t.Error("the key is in the database")
		}
		update(t, s, func(tx *store.Tx) error {
			list, err := tx.Keys("acme.com")
			if diff := cmp.Diff([]stanna.APIKey{want, second}, list); diff != "" {
				t.Error(diff)
			}
			if err != nil {
				return err
			}
			got, ok, err := tx.KeyByHash(hash)
			if diff := cmp.Diff(want, got); diff != "" || !ok || err != nil {
				t.Error(diff, ok, err)
			}
			if _, ok, err := tx.KeyByHash(store.KeyHash{9}); ok || err != nil {
				t.Error("an unknown hash", ok, err)
			}
			return tx.TouchKeys(store.KeyUse{Workspace: "acme.com", ID: "key_1", At: day.Add(time.Hour)},
				store.KeyUse{Workspace: "acme.com", ID: "key_1", At: day.Add(time.Minute)})
		})
		update(t, s, func(tx *store.Tx) error {
			if _, err := tx.RevokeKey("acme.com", "key_9", day); stanna.CodeOf(err) != stanna.NotFound {
				t.Errorf("a key that is not there: %v", err)
			}
			for _, want := range []bool{true, false} {
				if did, err := tx.RevokeKey("acme.com", "key_1", day.Add(2*time.Hour)); did != want || err != nil {
					t.Errorf("revoked: %v, %v", did, err)
				}
			}
			got, _, err := tx.KeyByHash(hash)
			if got.Active() || !got.RevokedAt.Equal(day.Add(2*time.Hour)) || !got.LastUsedAt.Equal(day.Add(time.Hour)) {
				t.Errorf("%+v", got)
			}
			if got, _, _ := tx.KeyByHash(store.KeyHash{3}); !got.Active() || !got.LastUsedAt.IsZero() {
				t.Errorf("another workspace's key of the same id was touched: %+v", got)
			}
			return err
		})
	})
}
