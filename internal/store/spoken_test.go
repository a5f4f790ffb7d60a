package store_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// spokenBook has four clients: two of Ana's, one that is excluded and one that
// has left, of a workspace beside which there is another.
func spokenBook(t *testing.T, s *store.Store, now time.Time) {
	t.Helper()
	client := func(workspace, id, owner string, more func(*stanna.Client)) stanna.Client {
		c := stanna.Client{Workspace: workspace, ID: id, Name: "Client " + id, CSMOwner: owner, CreatedAt: now}
		if more != nil {
			more(&c)
		}
		return c
	}
	n := 0
	said := func(workspace, client string, kind stanna.SignalType, ago time.Duration) store.StoredSignal {
		n++
		return store.StoredSignal{Became: stanna.Accepted, Signal: stanna.Signal{Workspace: workspace, ID: string(rune('a' + n)), ClientID: client, Type: kind,
			OccurredAt: now.Add(-ago), ReceivedAt: now, Source: "Mail", Data: json.RawMessage(`{"n":1}`)}}
	}
	err := s.Update(t.Context(), func(tx *store.Tx) error {
		for _, list := range [][]stanna.Client{{
			client("acme.com", "a1", "ana@acme.com", func(c *stanna.Client) {
				c.MRR, c.RenewalDate = stanna.MoneyOf(100, "USD"), "2027-01-14"
				c.Contacts = []stanna.Contact{{Email: "m@x", Name: `says "email": and \"email\":`}, {Name: "no address"}}
			}),
			client("acme.com", "b1", "ben@acme.com", nil),
			client("acme.com", "gone", "ana@acme.com", nil),
			client("acme.com", "out", "ana@acme.com", func(c *stanna.Client) { c.IsExcluded = true }),
		}, {client("other.com", "a1", "ana@acme.com", nil)}} {
			if err := tx.PutClients(list, now); err != nil {
				return err
			}
		}
		state := stanna.State{Workspace: "acme.com", ClientID: "a1", Health: stanna.HistoryOf(stanna.Point{At: now, Value: 61.5})}
		state.HealthSource = "Pulse"
		left := stanna.State{Workspace: "acme.com", ClientID: "gone"}
		left.ChurnedAt = now
		if err := tx.PutStates([]stanna.State{state, left}, now); err != nil {
			return err
		}
		const day = 24 * time.Hour
		return tx.AddSignals([]store.StoredSignal{
			said("acme.com", "a1", stanna.InteractionLoggedType, 3*day), said("acme.com", "a1", stanna.SentimentDetectedType, day),
			said("acme.com", "a1", stanna.InterventionLogged, 2*day), said("acme.com", "a1", stanna.HealthScoredType, time.Hour),
			said("acme.com", "a1", "custom.attribution", time.Minute), said("acme.com", "b1", stanna.InteractionLoggedType, 40*day),
			said("acme.com", "out", stanna.InteractionLoggedType, day), said("other.com", "a1", stanna.InteractionLoggedType, time.Hour),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSpoken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		spokenBook(t, s, now)
		err := s.View(t.Context(), func(tx *store.Tx) error {
			list, total, err := tx.Interactions("acme.com", "a1", 2, 0)
			if err != nil {
				return err
			}
			if total != 3 || len(list) != 2 || list[0].Type != stanna.SentimentDetectedType || list[1].Type != stanna.InterventionLogged || string(list[0].Data) != `{"n":1}` {
				t.Errorf("%d: %+v", total, list)
			}
			if list, _, err = tx.Interactions("acme.com", "a1", 2, 2); err != nil || len(list) != 1 || list[0].Type != stanna.InteractionLoggedType {
				t.Errorf("%v %+v", err, list)
			}
			for owner, want := range map[string]map[string]time.Time{
				"":             {"a1": now.AddDate(0, 0, -2), "b1": now.AddDate(0, 0, -40), "out": now.AddDate(0, 0, -1)},
				"ana@acme.com": {"a1": now.AddDate(0, 0, -2), "out": now.AddDate(0, 0, -1)},
			} {
				last, err := tx.LastInteractions("acme.com", owner)
				if diff := cmp.Diff(want, last); diff != "" || err != nil {
					t.Errorf("%v %s", err, diff)
				}
			}
			for _, c := range []struct {
				owner string
				days  int
				want  int
			}{{"", 7, 2}, {"", 60, 3}, {"ana@acme.com", 60, 2}, {"ben@acme.com", 7, 0}, {"", 2, 0}} {
				since := now.AddDate(0, 0, -c.days)
				n, err := tx.CountContacts("acme.com", c.owner, since)
				walked := 0
				if err == nil {
					err = tx.EachSpoken("acme.com", c.owner, since, false, func(stanna.Signal) { walked++ })
				}
				if err != nil || n != c.want || walked != c.want {
					t.Errorf("%+v: %d and %d, %v", c, n, walked, err)
				}
			}
			var moods []stanna.Signal
			if err := tx.EachSpoken("acme.com", "", now.AddDate(0, 0, -7), true, func(x stanna.Signal) { moods = append(moods, x) }); err != nil {
				return err
			}
			if len(moods) != 1 || moods[0].Source != "Mail" || !moods[0].OccurredAt.Equal(now.AddDate(0, 0, -1)) || string(moods[0].Data) != `{"n":1}` {
				t.Errorf("%+v", moods)
			}
			scores, err := tx.ScoreSignals("acme.com", "a1", 10)
			if len(scores) != 2 || scores[0].Type != "custom.attribution" || scores[1].Type != stanna.HealthScoredType {
				t.Errorf("%+v", scores)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestEachSeries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		spokenBook(t, s, now)
		err := s.View(t.Context(), func(tx *store.Tx) error {
			for owner, want := range map[string][]string{"": {"a1", "b1"}, "ben@acme.com": {"b1"}, "eve@acme.com": nil} {
				var got []string
				if err := tx.EachSeries("acme.com", owner, func(c *store.Series) error {
					got = append(got, c.ID)
					if c.ID != "a1" {
						return nil
					}
					facts, err := c.Facts()
					if last, _ := c.Health.Last(); last.Value != 61.5 || facts.HealthSource != "Pulse" || c.Contacts != 2 || c.MRR.Amount() != 100 ||
						c.Name != "Client a1" || c.RenewalDate != "2027-01-14" {
						t.Errorf("%+v %+v", c, facts)
					}
					return err
				}); err != nil {
					return err
				}
				if n, err := tx.CountSeries("acme.com", owner); n != len(want) || err != nil {
					t.Errorf("%q: %d, %v", owner, n, err)
				}
				if !slices.Equal(got, want) {
					t.Errorf("%q: %v, want %v", owner, got, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
