package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func surge(id string, t stanna.AlertType) stanna.Surge {
	return stanna.Surge{Workspace: "acme.com", ID: id, Type: t, Source: "crm", Status: stanna.SurgeHolding, Clients: 12, Book: 200,
		BeganAt: day, Until: day.Add(time.Hour), UpdatedAt: day}
}

// Clients are counted, not alerts; only those that moved, of this type, by
// this source, since then. What becomes of an alert later does not change it.
func TestSurgeSize(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var list []stanna.Alert
		add := func(change func(a *stanna.Alert)) *stanna.Alert {
			i := len(list)
			a := alert(fmt.Sprintf("alr_%d", i), fmt.Sprintf("c%d", i), "r1", day)
			if change != nil {
				change(&a)
			}
			list = append(list, a)
			return &list[i]
		}
		add(nil)
		add(nil)
		add(func(a *stanna.Alert) { a.ClientID, a.RuleID = "c0", "r2" })
		add(func(a *stanna.Alert) { a.OpenedAt = day.Add(-time.Microsecond) })
		add(func(a *stanna.Alert) { a.Type = stanna.ChurnRisk })
		add(func(a *stanna.Alert) { a.Evidence.Source = "other" })
		add(func(a *stanna.Alert) { a.Workspace = "beta.com" })
		add(func(a *stanna.Alert) { a.Why = stanna.ReasonFirstContact })
		add(func(a *stanna.Alert) { a.Why = stanna.ReasonFoundInBackfill })
		add(func(a *stanna.Alert) { a.ClientID = "" })
		size := func(what string) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				n, err := tx.SurgeSize("acme.com", stanna.HealthDrop, "crm", day)
				if n != 2 {
					t.Errorf("%s: %d clients", what, n)
				}
				return err
			})
		}
		update(t, s, func(tx *store.Tx) error { return tx.PutAlerts(list) })
		size("opened")
		for i := range list { // time goes on
			a := &list[i]
			a.Evidence.Source = map[string]string{"crm": "other", "other": "crm"}[a.Evidence.Source]
			a.Status, a.Why = stanna.AlertResolved, stanna.ReasonFirstContact
			if i == 7 {
				a.Why = stanna.ReasonRecovered
			}
		}
		update(t, s, func(tx *store.Tx) error { return tx.PutAlerts(list) })
		size("changed")
	})
}

func TestSurges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		first, second := surge("srg_1", stanna.HealthDrop), surge("srg_2", stanna.ChurnRisk)
		second.BeganAt = day.Add(time.Minute)
		foreign := first
		foreign.Workspace = "beta.com"
		update(t, s, func(tx *store.Tx) error {
			return errorsOr(tx.PutSurge(first), tx.PutSurge(second), tx.PutSurge(foreign))
		})
		err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.PutSurge(surge("srg_3", stanna.HealthDrop)) })
		if _, again := store.ErrorClasses(err); !again {
			t.Errorf("the same surge twice: %v", err)
		}
		holding := func(want ...stanna.Surge) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				got, err := tx.HoldingSurges("acme.com")
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				return err
			})
		}
		holding(first, second)
		first.Status, first.Clients, first.Book, first.Until, first.EndedBy, first.UpdatedAt = stanna.SurgeReleased, 40, 201, day.Add(2*time.Hour), "user:ana", day.Add(time.Hour)
		third := surge("srg_3", stanna.HealthDrop)
		third.BeganAt = day.Add(time.Hour)
		update(t, s, func(tx *store.Tx) error { return errorsOr(tx.PutSurge(first), tx.PutSurge(third)) })
		holding(second, third)
		update(t, s, func(tx *store.Tx) error {
			got, total, err := tx.Surges("acme.com", 2, 0)
			if diff := cmp.Diff([]stanna.Surge{third, second}, got); diff != "" || total != 3 || err != nil {
				t.Errorf("%d in all, %v %s", total, err, diff)
			}
			got, _, err = tx.Surges("acme.com", 2, 2)
			if diff := cmp.Diff([]stanna.Surge{first}, got); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			for _, read := range []func(string, string) (stanna.Surge, error){tx.Surge, tx.LockSurge} {
				one, err := read("acme.com", "srg_1")
				if diff := cmp.Diff(first, one); diff != "" || err != nil {
					t.Errorf("%v %s", err, diff)
				}
				if _, err := read("beta.com", "srg_2"); stanna.CodeOf(err) != stanna.NotFound {
					t.Errorf("another workspace reads it: %v", err)
				}
			}
			return nil
		})
	})
}
