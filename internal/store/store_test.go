package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

var day = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

func update(t *testing.T, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestClientRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := stanna.Client{Workspace: "acme.com", ID: "c1", Name: "Acme <!channel>", Domain: "acme.example", MRR: stanna.MoneyOf(12400.5, "USD"),
			Tier: "enterprise", CSMOwner: "ana@acme.com", Contacts: []stanna.Contact{{Email: "m@acme.example", Name: "Maria", Primary: true}},
			RenewalDate: "2027-01-14", RenewalMonths: 12, Tags: []string{"vip"}, Custom: map[string]any{"seats": 12.0}, CreatedAt: day, UpdatedAt: day}
		update(t, s, func(tx *store.Tx) error { return tx.PutClients([]stanna.Client{want}, day) })
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.Client("acme.com", "c1")
			if err != nil {
				return err
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			_, err = tx.Client("other.com", "c1")
			if stanna.CodeOf(err) != stanna.NotFound {
				t.Errorf("another workspace reads the client: %v", err)
			}
			return nil
		})
		other := want
		other.ID = "c2"
		err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.PutClients([]stanna.Client{other}, day) })
		if stanna.CodeOf(err) != stanna.Conflict {
			t.Errorf("a domain belongs to two clients: %v", err)
		}
	})
}
