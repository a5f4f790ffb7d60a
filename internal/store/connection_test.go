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
			return tx.RemoveConnection("acme.com", "T1")
		})
		if c := connection(t, s, "acme.com"); c.TeamID != "" {
			t.Errorf("it is still there: %+v", c)
		}
	})
}

// A workspace may have several teams: one of them is its home, and what is
// known of the channels and people of one is its own.
func TestTeamsOfAWorkspace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		teams := func(tx *store.Tx) (ids []string) {
			list, err := tx.Connections("acme.com")
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range list {
				if c.Home {
					c.TeamID += " home"
				}
				ids = append(ids, c.TeamID)
			}
			return ids
		}
		later := connectionOf("acme.com", "T2")
		later.InstalledAt = day.Add(time.Hour)
		update(t, s, func(tx *store.Tx) error { return tx.PutConnection(connectionOf("acme.com", "T1")) })
		update(t, s, func(tx *store.Tx) error { return tx.PutConnection(later) })
		update(t, s, func(tx *store.Tx) error { return tx.PutConnection(connectionOf("beta.com", "T3")) })
		update(t, s, func(tx *store.Tx) error {
			if diff := cmp.Diff([]string{"T1 home", "T2"}, teams(tx)); diff != "" {
				t.Error(diff)
			}
			return tx.MakeHome("acme.com", "T3") // another workspace's
		})
		update(t, s, func(tx *store.Tx) error { return tx.MakeHome("acme.com", "T2") })
		update(t, s, func(tx *store.Tx) error {
			if diff := cmp.Diff([]string{"T2 home", "T1"}, teams(tx)); diff != "" {
				t.Error(diff)
			}
			if c, ok, err := tx.ConnectionTo("acme.com", ""); c.TeamID != "T2" || !ok || err != nil {
				t.Errorf("the home: %v, %v, %v", c, ok, err)
			}
			if c, ok, err := tx.LockConnection("acme.com", "T1"); c.TeamID != "T1" || !ok || err != nil {
				t.Errorf("the other: %v, %v, %v", c, ok, err)
			}
			if _, ok, err := tx.ConnectionTo("acme.com", "T3"); ok || err != nil {
				t.Errorf("that of another workspace: %v, %v", ok, err)
			}
			return nil
		})
		channel := func(team, id string) stanna.Channel {
			return stanna.Channel{Workspace: "acme.com", TeamID: team, ID: id, Name: id, SeenAt: day, Health: stanna.Broken, Repair: "Mend it."}
		}
		person := func(name, team string) stanna.Person {
			return stanna.Person{Workspace: "acme.com", Email: name + "@acme.com", SlackID: "U" + name, TeamID: team, Name: name, SeenAt: day}
		}
		update(t, s, func(tx *store.Tx) error {
			return tx.PutChannels(channel("T1", "C1"), channel("T2", "C2"), channel("T1", "CSHARED"), channel("T2", "CSHARED"))
		})
		for _, p := range []stanna.Person{person("ana", "T1"), person("ben", "T2"), person("old", "")} {
			update(t, s, func(tx *store.Tx) error { return tx.PutPerson(p) })
		}
		update(t, s, func(tx *store.Tx) error {
			if c, ok, err := tx.FindChannel("acme.com", "CSHARED"); c.TeamID != "T2" || !ok || err != nil {
				t.Errorf("a channel that both have is the home's: %+v, %v, %v", c, ok, err)
			}
			if c, ok, err := tx.FindChannel("acme.com", "C1"); c.TeamID != "T1" || !ok || err != nil {
				t.Errorf("a channel of one: %+v, %v, %v", c, ok, err)
			}
			if err := tx.PutChannelSync("T1", "cursor", day); err != nil {
				return err
			}
			if cursor, at, err := tx.ChannelSync("T2"); cursor != "" || !at.IsZero() || err != nil {
				t.Errorf("the reading of one is not the other's: %q, %v, %v", cursor, at, err)
			}
			if err := tx.MendChannels("acme.com", "T1"); err != nil {
				return err
			}
			set, err := tx.BrokenDestinations("acme.com")
			if diff := cmp.Diff(map[stanna.Destination]bool{"slack:T2:C2": true, "slack:T2:CSHARED": true}, set); diff != "" {
				t.Error(diff)
			}
			return err
		})
		update(t, s, func(tx *store.Tx) error {
			home, _, err := tx.Connection("acme.com")
			if err != nil {
				return err
			}
			if err := tx.ForgetPeople(home); err != nil {
				return err
			}
			return tx.RemoveConnection("acme.com", "T2")
		})
		update(t, s, func(tx *store.Tx) error {
			if diff := cmp.Diff([]string{"T1 home"}, teams(tx)); diff != "" {
				t.Error(diff)
			}
			people, err := tx.People("acme.com")
			if len(people) != 1 || people["ana@acme.com"].TeamID != "T1" {
				t.Errorf("those of the team that is left: %+v", people)
			}
			channels, errs := tx.Channels("acme.com")
			if len(channels) != 2 || err != nil {
				t.Errorf("channels %+v, %v", channels, err)
			}
			return errs
		})
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
			if err := tx.MendChannels("acme.com", "T1"); err != nil {
				return err
			}
			if set := broken(tx); len(set) != 0 {
				t.Errorf("still broken: %v", set)
			}
			if err := tx.ForgetChannels("acme.com", "T1", day.Add(time.Second)); err != nil {
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

// Who looks at one channel while another reads the whole list may write later
// what it saw earlier: the channel was in the list all the same.
func TestChannelSeenMeanwhile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := stanna.Channel{Workspace: "acme.com", TeamID: "T1", ID: "C1", Name: "health", Member: true, SeenAt: day.Add(2 * time.Second), Health: stanna.Healthy}
		early := c
		early.SeenAt = day
		update(t, s, func(tx *store.Tx) error {
			if err := tx.SeeChannels(c); err != nil {
				return err
			}
			if err := tx.PutChannels(early); err != nil {
				return err
			}
			if err := tx.SeeChannels(early); err != nil {
				return err
			}
			if err := tx.ForgetChannels("acme.com", "T1", day.Add(time.Second)); err != nil {
				return err
			}
			if _, ok, err := tx.Channel("acme.com", "T1", "C1"); !ok || err != nil {
				t.Errorf("it was forgotten: %v, %v", ok, err)
			}
			return nil
		})
	})
}
