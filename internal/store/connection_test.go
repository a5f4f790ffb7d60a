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

func TestConnectionRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := connectionOf("acme.com", "T1")
		update(t, s, func(tx *store.Tx) error { return tx.PutConnection(want) })
		if diff := cmp.Diff(want, connection(t, s, "acme.com")); diff != "" {
			t.Error(diff)
		}
		want.Health, want.Repair, want.RefreshToken, want.Scopes, want.ExpiresAt = stanna.Broken, "Install it again.", "", nil, time.Time{}
		update(t, s, func(tx *store.Tx) error { return tx.PutConnection(want) })
		if diff := cmp.Diff(want, connection(t, s, "acme.com")); diff != "" {
			t.Error(diff)
		}
		err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.PutConnection(connectionOf("beta.com", "T1")) })
		if stanna.CodeOf(err) != stanna.Conflict {
			t.Errorf("a team belongs to two workspaces: %v", err)
		}
		update(t, s, func(tx *store.Tx) error {
			if c, ok, err := tx.ConnectionOfTeam("T1"); !ok || c.Workspace != "acme.com" || err != nil {
				t.Errorf("the team's connection: %v, %v, %v", c, ok, err)
			}
			if _, ok, err := tx.Connection("beta.com"); ok || err != nil {
				t.Errorf("another workspace has it: %v, %v", ok, err)
			}
			return tx.RemoveConnection("acme.com")
		})
		if c := connection(t, s, "acme.com"); c.TeamID != "" {
			t.Errorf("it is still there: %+v", c)
		}
	})
}

// Seeing a list again keeps what is known of a channel's health, and mends
// the one that was archived, or without our bot, and is not any more.
func TestSeeChannels(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		channel := func(id string, member, archived bool) stanna.Channel {
			return stanna.Channel{Workspace: "acme.com", TeamID: "T1", ID: id, Name: id, Member: member, Archived: archived, SeenAt: day, Health: stanna.Healthy}
		}
		archived, left, other, fine := channel("C1", true, true), channel("C2", false, false), channel("C3", true, false), channel("C4", true, false)
		for _, c := range []*stanna.Channel{&archived, &left, &other} {
			c.Health, c.Repair = stanna.Broken, "Mend it."
		}
		broken := func(tx *store.Tx) map[stanna.Destination]bool {
			set, err := tx.BrokenDestinations("acme.com")
			if err != nil {
				t.Fatal(err)
			}
			return set
		}
		update(t, s, func(tx *store.Tx) error { return tx.PutChannels(archived, left, other, fine) })
		update(t, s, func(tx *store.Tx) error {
			if diff := cmp.Diff(map[stanna.Destination]bool{"slack:T1:C1": true, "slack:T1:C2": true, "slack:T1:C3": true}, broken(tx)); diff != "" {
				t.Error(diff)
			}
			return tx.SeeChannels(channel("C1", true, false), channel("C2", true, false), channel("C3", true, false), channel("C4", true, false))
		})
		update(t, s, func(tx *store.Tx) error {
			if diff := cmp.Diff(map[stanna.Destination]bool{"slack:T1:C3": true}, broken(tx)); diff != "" {
				t.Error(diff)
			}
			if err := tx.MendChannels("acme.com"); err != nil {
				return err
			}
			if set := broken(tx); len(set) != 0 {
				t.Errorf("still broken: %v", set)
			}
			if err := tx.ForgetChannels("acme.com", day.Add(time.Second)); err != nil {
				return err
			}
			all, err := tx.Channels("acme.com")
			if len(all) != 0 {
				t.Errorf("not forgotten: %v", all)
			}
			return err
		})
	})
}
