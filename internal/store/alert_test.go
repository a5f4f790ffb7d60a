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
		want.Status, want.Life = stanna.AlertTaken, stanna.Life{JoinedTo: "alr_0", TakenBy: "ana@acme.com", TakenAt: day, AssignedTo: "ben@acme.com", SnoozedBy: "eve@acme.com",
			SnoozedUntil: day.Add(time.Hour), Escalated: 2, Outcome: stanna.Noise, ClosedBy: "eve@acme.com", Note: "known"}
		update(t, s, func(tx *store.Tx) error { return tx.PutAlerts([]stanna.Alert{want}) })
		if diff := cmp.Diff(want, read()); diff != "" {
			t.Error(diff)
		}
		update(t, s, func(tx *store.Tx) error {
			held, err := tx.LockAlert("acme.com", "alr_1")
			if diff := cmp.Diff(want, held); diff != "" {
				t.Errorf("locked: %s", diff)
			}
			if _, err := tx.LockAlert("beta.com", "alr_1"); stanna.CodeOf(err) != stanna.NotFound {
				t.Errorf("another workspace locks it: %v", err)
			}
			return err
		})
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
		mid.Status, mid.ClosedAt, mid.Type, mid.RuleID = stanna.AlertResolved, day, stanna.ChurnRisk, "r2"
		fresh.Status, fresh.Severity, fresh.AssignedTo = stanna.AlertTaken, stanna.Low, "ben@acme.com"
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
			unassigned := fresh
			unassigned.AssignedTo = ""
			return errorsOr(tx.PutAlerts([]stanna.Alert{old, mid, unassigned}), tx.PutAlerts([]stanna.Alert{fresh}))
		})
		for name, c := range map[string]struct {
			q    store.AlertQuery
			want []stanna.Alert
		}{
			"newest first":   {store.AlertQuery{}, []stanna.Alert{fresh, mid, old}},
			"open":           {store.AlertQuery{Status: stanna.AlertOpen}, []stanna.Alert{old}},
			"unresolved":     {store.AlertQuery{Unresolved: true}, []stanna.Alert{fresh, old}},
			"of a client":    {store.AlertQuery{ClientID: "c2"}, []stanna.Alert{mid}},
			"of an owner":    {store.AlertQuery{Owner: "ana@ACME.com"}, []stanna.Alert{old}},
			"of a summary":   {store.AlertQuery{SummaryID: "sum_1"}, nil},
			"of a type":      {store.AlertQuery{Types: []stanna.AlertType{stanna.ChurnRisk}}, []stanna.Alert{mid}},
			"of two types":   {store.AlertQuery{Types: []stanna.AlertType{stanna.ChurnRisk, stanna.HealthDrop}}, []stanna.Alert{fresh, mid, old}},
			"of other types": {store.AlertQuery{Types: []stanna.AlertType{stanna.PaymentIssue, "churn"}}, nil},
			"of a severity":  {store.AlertQuery{Severity: stanna.Low}, []stanna.Alert{fresh}},
			"of a rule":      {store.AlertQuery{RuleID: "r2"}, []stanna.Alert{mid}},
			"assigned":       {store.AlertQuery{AssignedTo: "Ben@acme.com"}, []stanna.Alert{fresh}},
			"from a time":    {store.AlertQuery{From: day}, []stanna.Alert{fresh, mid}},
			"to a time":      {store.AlertQuery{To: day}, []stanna.Alert{old}},
			"between":        {store.AlertQuery{From: day, To: day.Add(time.Hour)}, []stanna.Alert{mid}},
			"all at once":    {store.AlertQuery{Types: []stanna.AlertType{stanna.HealthDrop}, Unresolved: true, From: day, Severity: stanna.Low, RuleID: "r1"}, []stanna.Alert{fresh}},
		} {
			c.q.Limit = 10
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
			untold, err2 := tx.UntoldAlerts("acme.com", 10)
			if diff := cmp.Diff([]stanna.Alert{fresh}, untold); diff != "" || err2 != nil {
				t.Errorf("untold: %s, %v", diff, err2)
			}
			counts, err2 := tx.AlertCounts("acme.com")
			if diff := cmp.Diff(map[stanna.AlertStatus]int{stanna.AlertOpen: 1, stanna.AlertTaken: 1, stanna.AlertResolved: 1}, counts); diff != "" || err2 != nil {
				t.Errorf("counts: %s, %v", diff, err2)
			}
			return err
		})
	})
}

// What was promised, even for later, or was spared, is not promised again.
func TestUntoldAlerts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var want []string
		update(t, s, func(tx *store.Tx) error {
			for i, status := range []stanna.NotificationStatus{"", stanna.Held, stanna.Waiting, stanna.Delivered, stanna.Dead, stanna.Spared} {
				id := string(rune('a' + i))
				a := alert("alr_"+id, "c"+id, "r1", day)
				if err := tx.PutAlerts([]stanna.Alert{a}); err != nil {
					return err
				}
				if status == "" {
					want = append(want, a.ID)
					continue
				}
				n := notification("ntf_"+id, a.ID, "", 0)
				n.Status = status
				if err := tx.AddNotifications(n); err != nil {
					return err
				}
			}
			return nil
		})
		update(t, s, func(tx *store.Tx) error {
			untold, err := tx.UntoldAlerts("acme.com", 10)
			var got []string
			for _, a := range untold {
				got = append(got, a.ID)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

// An alert of the whole portfolio has no client.
func TestPortfolioAlert(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		whole, one := alert("alr_1", "", "r1", day), alert("alr_2", "c1", "r1", day.Add(time.Hour))
		whole.Evidence.Moves = []stanna.Move{{ClientID: "c1", Name: "Acme", Amount: -12.5, Why: stanna.ReasonRecovered}}
		client := stanna.Client{Workspace: "acme.com", ID: "c1", Name: "Acme", CreatedAt: day, UpdatedAt: day}
		update(t, s, func(tx *store.Tx) error {
			member := thread("msg_1", "")
			member.SummaryID = "sum_1"
			other := thread("msg_2", "c1")
			other.SummaryID = "sum_1"
			if err := tx.PutMessages(member, other, thread("msg_3", "c2")); err != nil {
				return err
			}
			if err := tx.AddNotifications(notification("ntf_1", "alr_1", "msg_1", 1), notification("ntf_2", "alr_2", "msg_2", 1), notification("ntf_3", "alr_3", "msg_3", 1)); err != nil {
				return err
			}
			if err := tx.PutClients([]stanna.Client{client}, day); err != nil {
				return err
			}
			return tx.PutAlerts([]stanna.Alert{whole, one, alert("alr_3", "c2", "r1", day)})
		})
		update(t, s, func(tx *store.Tx) error {
			open, err := tx.OpenAlerts("acme.com", []string{""})
			if diff := cmp.Diff(map[string][]stanna.Alert{"": {whole}}, open); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			told, err := tx.SummaryAlerts("acme.com", "sum_1")
			if diff := cmp.Diff([]store.AlertOfClient{{Alert: one, Client: client}, {Alert: whole}}, told); diff != "" {
				t.Errorf("in a summary: %s", diff)
			}
			if none, err := tx.SummaryAlerts("beta.com", "sum_1"); len(none) != 0 || err != nil {
				t.Errorf("another workspace reads them: %v, %v", none, err)
			}
			return err
		})
		err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.PutAlerts([]stanna.Alert{alert("alr_4", "", "r1", day)}) })
		if unique, _ := store.ErrorClasses(err); !unique {
			t.Errorf("a second open alert on the portfolio: %v", err)
		}
	})
}
