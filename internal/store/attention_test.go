package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func TestAttention(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		add := func(workspace string, more ...store.Attention) {
			t.Helper()
			if err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.AddAttention(workspace, more) }); err != nil {
				t.Fatal(err)
			}
		}
		a, b := store.Attention{Destination: "slack:T1:CA", Date: "2026-11-23", Told: 2}, store.Attention{Destination: "slack:T1:UB", Date: "2026-11-22", Held: 1}
		add("acme.com", b, a)
		add("acme.com", a, store.Attention{Destination: "slack:T1:CA", Date: "2026-11-20", Told: 9})
		add("other.com", a)
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			list, err := tx.AttentionOn("acme.com", "2026-11-22", "2026-11-23")
			a.Told = 4
			if diff := cmp.Diff([]store.Attention{a, b}, list); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			list, err = tx.AttentionSince("acme.com", "2026-11-22")
			if diff := cmp.Diff([]store.Attention{a, b}, list); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			if _, err := tx.PruneAttention("2026-11-23"); err != nil {
				return err
			}
			one, err := tx.Attention("acme.com", "slack:T1:CA", "2026-11-23")
			if one.Told != 4 || err != nil {
				t.Errorf("%+v %v", one, err)
			}
			gone, err := tx.Attention("acme.com", "slack:T1:UB", "2026-11-22")
			if gone.Held != 0 || gone.Destination != "slack:T1:UB" {
				t.Errorf("%+v", gone)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
