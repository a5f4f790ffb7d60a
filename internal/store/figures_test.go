package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func TestRuleFigures(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		alert := func(id, rule string, opened time.Time, edit func(*stanna.Alert)) stanna.Alert {
			a := stanna.Alert{Workspace: "acme.com", ID: id, RuleID: rule, RuleName: "Rule " + rule, ClientID: "c" + id, Type: stanna.HealthDrop, Severity: stanna.High,
				Status: stanna.AlertOpen, OpenedAt: opened, UpdatedAt: opened}
			if edit != nil {
				edit(&a)
			}
			return a
		}
		told := func(id, alert string, status stanna.NotificationStatus) stanna.Notification {
			return stanna.Notification{Workspace: "acme.com", ID: id, AlertID: alert, ClientID: "c" + alert, MessageID: "m" + id, Destination: "slack:T1:C1", Event: stanna.Opened,
				Severity: stanna.High, Status: status, CreatedAt: day}
		}
		err := s.Update(t.Context(), func(tx *store.Tx) error {
			if err := tx.PutAlerts([]stanna.Alert{
				alert("1", "a", day, nil),
				alert("2", "a", day, func(a *stanna.Alert) {
					a.Unstable, a.Status, a.ClosedAt, a.Outcome, a.Note = true, stanna.AlertResolved, day, stanna.Noise, "again"
				}),
				alert("3", "a", day, func(a *stanna.Alert) {
					a.Status, a.ClosedAt, a.Outcome, a.Note = stanna.AlertResolved, day, stanna.Saved, `not "outcome":"noise"`
				}),
				alert("4", "a", day.AddDate(0, 0, -8), nil),
				alert("5", "b", day.AddDate(0, 0, -8), nil),
			}); err != nil {
				return err
			}
			return tx.AddNotifications(told("n1", "1", stanna.Delivered), told("n2", "2", stanna.Waiting), told("n3", "3", stanna.Spared), told("n5", "5", stanna.Delivered))
		})
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]store.RuleFigures
		if err := s.View(t.Context(), func(tx *store.Tx) (err error) {
			got, err = tx.RuleFigures("acme.com", day.AddDate(0, 0, -7), day.AddDate(0, 0, -7))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		want := map[string]store.RuleFigures{
			"a": {RuleID: "a", Name: "Rule a", Alerts: 3, Unstable: 1, Closed: 2, Noise: 1, Messages: 2},
			"b": {RuleID: "b", Name: "Rule b", Messages: 1},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
