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

func alert(id, client, rule string, opened time.Time) stanna.Alert {
	return stanna.Alert{Workspace: "acme.com", ID: id, RuleID: rule, RuleVersion: 3, RuleName: "Health drop", ClientID: client, Type: stanna.HealthDrop,
		Severity: stanna.High, Status: stanna.AlertOpen, OpenedAt: opened, UpdatedAt: opened, Why: stanna.ReasonEnteredRed,
		Evidence: stanna.Evidence{Trigger: stanna.ReasonEnteredRed, Base: 60, BaseAt: opened.Add(-time.Hour), Opened: 38, Value: 38, ValueAt: opened, Worst: 38, Told: 38,
			SignalID: "s1", Source: "crm", Factors: []stanna.Factor{{Name: "Usage"}}}}
}

func TestAlertRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := alert("alr_1", "c1", "r1", day)
		update(t, s, func(tx *store.Tx) error { return tx.PutAlerts([]stanna.Alert{want}) })
		read := func() (a stanna.Alert) {
			update(t, s, func(tx *store.Tx) (err error) { a, err = tx.Alert("acme.com", "alr_1"); return err })
			return a
		}
		if diff := cmp.Diff(want, read()); diff != "" {
			t.Error(diff)
		}
		want.Severity, want.Unstable, want.Evidence.Value, want.UpdatedAt, want.Why = stanna.Critical, true, 20, day.Add(time.Hour), stanna.ReasonWorsened
		update(t, s, func(tx *store.Tx) error { return tx.PutAlerts([]stanna.Alert{want}) })
		if diff := cmp.Diff(want, read()); diff != "" {
			t.Error(diff)
		}
		err := s.View(context.Background(), func(tx *store.Tx) error { _, err := tx.Alert("beta.com", "alr_1"); return err })
		if stanna.CodeOf(err) != stanna.NotFound {
			t.Errorf("another workspace reads it: %v", err)
		}
	})
}

// A rule has one open alert on a client. When it is resolved the next may
// open; other rules, clients and workspaces have their own.
func TestOneOpenAlert(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		first, other, elsewhere := alert("alr_1", "c1", "r1", day), alert("alr_2", "c1", "r2", day), alert("alr_1", "c1", "r1", day)
		elsewhere.Workspace = "beta.com"
		update(t, s, func(tx *store.Tx) error { return tx.PutAlerts([]stanna.Alert{first, other, elsewhere}) })
		second := alert("alr_3", "c1", "r1", day.Add(time.Hour))
		err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.PutAlerts([]stanna.Alert{second}) })
		if unique, _ := store.ErrorClasses(err); !unique {
			t.Fatalf("a second open alert: %v", err)
		}
		first.Status, first.ClosedAt = stanna.AlertResolved, day.Add(time.Hour)
		update(t, s, func(tx *store.Tx) error { return tx.PutAlerts([]stanna.Alert{first, second}) })
		update(t, s, func(tx *store.Tx) error {
			open, err := tx.OpenAlerts("acme.com", []string{"c1", "c2"})
			if diff := cmp.Diff(map[string][]stanna.Alert{"c1": {other, second}}, open); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

func TestAlertLists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		old, mid, fresh := alert("alr_1", "c1", "r1", day.AddDate(0, 0, -40)), alert("alr_2", "c2", "r1", day), alert("alr_3", "c3", "r1", day.Add(time.Hour))
		mid.Status, mid.ClosedAt = stanna.AlertResolved, day
		update(t, s, func(tx *store.Tx) error {
			if err := tx.PutClients([]stanna.Client{{Workspace: "acme.com", ID: "c1", Name: "a", CSMOwner: "Ana@acme.com"}}, day); err != nil {
				return err
			}
			if err := tx.PutMessages(thread("msg_1", "c1"), thread("msg_3", "c3")); err != nil {
				return err
			}
			if err := tx.AddNotifications(notification("ntf_1", "alr_1", "msg_1", 1)); err != nil {
				return err
			}
			return tx.PutAlerts([]stanna.Alert{old, mid, fresh})
		})
		for name, c := range map[string]struct {
			q    store.AlertQuery
			want []stanna.Alert
		}{
			"newest first": {store.AlertQuery{Limit: 10}, []stanna.Alert{fresh, mid, old}},
			"open":         {store.AlertQuery{Status: stanna.AlertOpen, Limit: 10}, []stanna.Alert{fresh, old}},
			"of a client":  {store.AlertQuery{ClientID: "c2", Limit: 10}, []stanna.Alert{mid}},
			"of an owner":  {store.AlertQuery{Owner: "ana@ACME.com", Limit: 10}, []stanna.Alert{old}},
			"of a summary": {store.AlertQuery{SummaryID: "sum_1", Limit: 10}, nil},
		} {
			update(t, s, func(tx *store.Tx) error {
				got, total, err := tx.Alerts("acme.com", c.q)
				if diff := cmp.Diff(c.want, got); diff != "" || total != len(c.want) {
					t.Errorf("%s: %d in all; %s", name, total, diff)
				}
				return err
			})
		}
		update(t, s, func(tx *store.Tx) error {
			got, total, err := tx.Alerts("acme.com", store.AlertQuery{Limit: 1, Offset: 1})
			if diff := cmp.Diff([]stanna.Alert{mid}, got); diff != "" || total != 3 {
				t.Errorf("a page: %d in all; %s", total, diff)
			}
			stale, err2 := tx.StaleAlerts("acme.com", day, 10)
			if diff := cmp.Diff([]stanna.Alert{old}, stale); diff != "" || err2 != nil {
				t.Errorf("stale: %s, %v", diff, err2)
			}
			untold, err2 := tx.UntoldAlerts("acme.com", 10)
			if diff := cmp.Diff([]stanna.Alert{fresh}, untold); diff != "" || err2 != nil {
				t.Errorf("untold: %s, %v", diff, err2)
			}
			counts, err2 := tx.AlertCounts("acme.com")
			if diff := cmp.Diff(map[stanna.AlertStatus]int{stanna.AlertOpen: 2, stanna.AlertResolved: 1}, counts); diff != "" || err2 != nil {
				t.Errorf("counts: %s, %v", diff, err2)
			}
			return err
		})
	})
}
