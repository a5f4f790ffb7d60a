package store_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func signal(workspace, id string, at time.Time) store.StoredSignal {
	return store.StoredSignal{Became: stanna.Accepted, Signal: stanna.Signal{Workspace: workspace, ID: id, ClientID: "c1", Type: "interaction.logged",
		OccurredAt: at, ReceivedAt: at.Add(time.Second), Source: "crm", Data: json.RawMessage(`{"score": 38,"text":"\u0000 é"}`)}}
}

func TestSignalRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		first, second := signal("acme.com", "s1", day), signal("acme.com", "s2", day.Add(time.Hour+time.Microsecond))
		second.Became = stanna.Late
		update(t, s, func(tx *store.Tx) error {
			return tx.AddSignals([]store.StoredSignal{first, second, signal("beta.com", "s1", day)})
		})
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.ClientSignals("acme.com", "c1", 10)
			if diff := cmp.Diff([]store.StoredSignal{second, first}, got); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			known, err := tx.KnownSignals("acme.com", []string{"s2", "s3", "s1"})
			if diff := cmp.Diff(map[string]bool{"s1": true, "s2": true}, known); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			if known, err := tx.KnownSignals("other.com", []string{"s1"}); len(known) != 0 || err != nil {
				t.Errorf("another workspace knows it: %v, %v", known, err)
			}
			counts, err := tx.SignalCounts("acme.com")
			if diff := cmp.Diff(map[stanna.Became]int{stanna.Accepted: 1, stanna.Late: 1}, counts); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			newest, err := tx.NewestSignal("acme.com")
			if !newest.Equal(second.OccurredAt) || err != nil {
				t.Errorf("newest %v, %v", newest, err)
			}
			if none, err := tx.NewestSignal("other.com"); !none.IsZero() || err != nil {
				t.Errorf("newest of none: %v, %v", none, err)
			}
			total, recent, err := tx.InteractionCounts("acme.com", "c1", second.OccurredAt)
			if total != 2 || recent != 1 {
				t.Errorf("%d interactions, %d recent", total, recent)
			}
			return err
		})
	})
}

// A signal that another replica stored in the meantime makes the transaction
// run again, which then finds it.
func TestSignalRace(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		update(t, s, func(tx *store.Tx) error { return tx.AddSignals([]store.StoredSignal{signal("acme.com", "s1", day)}) })
		runs := 0
		err := s.Update(context.Background(), func(tx *store.Tx) error {
			if runs++; runs > 1 {
				known, err := tx.KnownSignals("acme.com", []string{"s1"})
				if err != nil || known["s1"] {
					return err
				}
			}
			return tx.AddSignals([]store.StoredSignal{signal("acme.com", "s0", day), signal("acme.com", "s1", day)})
		})
		if err != nil || runs != 2 {
			t.Errorf("%d runs, %v", runs, err)
		}
	})
}

func TestWorkspaceAndRules(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		version := func() (v int64) {
			update(t, s, func(tx *store.Tx) (err error) { v, err = tx.WorkspaceVersion("acme.com"); return err })
			return v
		}
		if v := version(); v != 0 {
			t.Errorf("a workspace that is not there has version %d", v)
		}
		w := stanna.Workspace{ID: "acme.com", Name: "Acme", Version: 1, CreatedAt: day, Settings: stanna.Settings{DefaultChannel: "C1"}}
		for range 2 {
			update(t, s, func(tx *store.Tx) error { return tx.AddWorkspace(w) })
		}
		w.Settings = stanna.Settings{Timezone: "Europe/Berlin", Locale: "de", Currency: "EUR", RiskThreshold: 30, HealthyAbove: 80, DefaultChannel: "C2", FallbackChannel: "C3"}
		update(t, s, func(tx *store.Tx) error { return tx.PutSettings(w) })
		w.Version = 2
		r := stanna.Rule{Workspace: "acme.com", ID: "r1", Version: 1, Name: "Drop", Type: stanna.HealthDrop, Status: stanna.RuleActive,
			Terms:     stanna.Terms{Thresholds: map[string]float64{"dropPoints": 12.5}, Destinations: []stanna.Destination{"slack:T1:C1"}, Playbook: "call"},
			CreatedAt: day, UpdatedAt: day}
		update(t, s, func(tx *store.Tx) error { return tx.PutRule(r, "user:ana", day) })
		r.Status, r.Thresholds, r.Version, r.UpdatedAt = stanna.RuleShadow, nil, 2, day.Add(time.Hour)
		update(t, s, func(tx *store.Tx) error { return tx.PutRule(r, "user:ana", day.Add(time.Hour)) })
		w.Version = 4
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.Workspace("acme.com")
			if diff := cmp.Diff(w, got); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			rules, err := tx.Rules("acme.com")
			if diff := cmp.Diff([]stanna.Rule{r}, rules); diff != "" {
				t.Error(diff)
			}
			return err
		})
		if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.PutSettings(stanna.Workspace{ID: "none.com"}) }); stanna.CodeOf(err) != stanna.NotFound {
			t.Errorf("settings of no workspace: %v", err)
		}
	})
}
