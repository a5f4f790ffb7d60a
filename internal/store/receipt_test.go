package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// A person has one word about an alert, and the newest stands.
func TestReceipts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		word := func(alert, by string, v stanna.Verdict, at time.Time) stanna.Receipt {
			return stanna.Receipt{Workspace: "acme.com", AlertID: alert, RuleID: "r1", By: by, Verdict: v, At: at}
		}
		ben, ana := word("alr_1", "ben@acme.com", stanna.VerdictNotUseful, day), word("alr_1", "ana@acme.com", stanna.VerdictUseful, day.Add(2*time.Hour))
		elsewhere := word("alr_1", "ben@acme.com", stanna.VerdictTooLate, day)
		elsewhere.Workspace = "beta.com"
		update(t, s, func(tx *store.Tx) error {
			return errorsOr(tx.PutReceipt(word("alr_1", "ana@acme.com", stanna.VerdictNotUseful, day.Add(time.Hour))), tx.PutReceipt(ben), tx.PutReceipt(ana),
				tx.PutReceipt(elsewhere), tx.PutReceipt(word("alr_2", "ana@acme.com", stanna.VerdictUseful, day)))
		})
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.Receipts("acme.com", "alr_1")
			if diff := cmp.Diff([]stanna.Receipt{ben, ana}, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
		for since, want := range map[time.Time]map[string]map[stanna.Verdict]int{
			day:                    {"r1": {stanna.VerdictUseful: 2, stanna.VerdictNotUseful: 1}},
			day.Add(time.Minute):   {"r1": {stanna.VerdictUseful: 1}},
			day.Add(3 * time.Hour): {},
		} {
			update(t, s, func(tx *store.Tx) error {
				got, err := tx.VerdictCounts("acme.com", since)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("since %s: %s", since, diff)
				}
				return err
			})
		}
	})
}

// Only what reached people can be judged: an alert that is held or dead is not
// among what was told.
func TestToldAlerts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		told := func(id, alert string, status stanna.NotificationStatus) stanna.Notification {
			n := notification(id, alert, "", 0)
			n.Status = status
			return n
		}
		receipt := stanna.Receipt{Workspace: "acme.com", AlertID: "alr_2", RuleID: "r1", By: "ana@acme.com", Verdict: stanna.VerdictUseful, At: day.Add(time.Hour)}
		later := receipt
		later.By, later.Verdict, later.At = "ben@acme.com", stanna.VerdictNotUseful, day.Add(2*time.Hour)
		silent := alert("alr_1", "c1", "r1", day)
		judged := alert("alr_2", "c2", "r1", day.Add(time.Minute))
		update(t, s, func(tx *store.Tx) error {
			return errorsOr(tx.PutAlerts([]stanna.Alert{silent, judged, alert("alr_3", "c3", "r1", day), alert("alr_4", "c4", "r2", day), alert("alr_5", "c5", "r1", day.Add(-time.Hour))}),
				tx.AddNotifications(told("ntf_1", "alr_1", stanna.Delivered), told("ntf_2", "alr_2", stanna.Delivered), told("ntf_3", "alr_3", stanna.Dead),
					told("ntf_4", "alr_4", stanna.Delivered), told("ntf_5", "alr_5", stanna.Delivered), told("ntf_6", "alr_2", stanna.Delivered)),
				tx.PutReceipt(later), tx.PutReceipt(receipt))
		})
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.ToldAlerts("acme.com", "r1", day)
			if diff := cmp.Diff([]store.ToldAlert{{Alert: judged, Verdict: stanna.VerdictNotUseful}, {Alert: silent}}, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}
