package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func TestStandings(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		list := clients("acme.com", "b", "a", "C", "new")
		list[0].CSMOwner, list[0].RenewalDate, list[0].MRR = "Ana@acme.com", "2027-01-14", stanna.MoneyOf(10.5, "USD")
		list[1].IsExcluded, list[1].MRR = true, stanna.MoneyOf(1, "EUR")
		foreign := clients("beta.com", "a")
		state := stanna.State{Workspace: "acme.com", ClientID: "b", Health: stanna.HistoryOf(stanna.Point{At: day, Value: 12.5})}
		state.Churn = stanna.Reading{Value: 0.25, At: day}
		gone := stanna.State{Workspace: "acme.com", ClientID: "C"}
		gone.ChurnedAt = day
		update(t, s, func(tx *store.Tx) error {
			return errorsOr(tx.PutClients(list, day), tx.PutClients(foreign, day), tx.PutStates([]stanna.State{state, gone}, day))
		})
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.Standings("acme.com")
			want := []store.Standing{
				{ID: "C", Churned: true},
				{ID: "a", MRR: stanna.MoneyOf(1, "EUR"), Excluded: true},
				{ID: "b", MRR: stanna.MoneyOf(10.5, "USD"), Owner: "ana@acme.com", RenewalDate: "2027-01-14", Health: 12.5, Scored: true, Churn: 0.25, Predicted: true},
				{ID: "new"},
			}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			owners, err := tx.Owners("acme.com")
			if !cmp.Equal(owners, []string{"ana@acme.com"}) {
				t.Errorf("%v", owners)
			}
			return err
		})
	})
}

// What moved since a time, and nothing that moved before or at it.
func TestAlertsMoved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		since := day.Add(24 * time.Hour)
		alert := func(id, client string, opened, closed, updated time.Duration, change ...func(*stanna.Alert)) stanna.Alert {
			a := stanna.Alert{Workspace: "acme.com", ID: id, RuleID: "r" + id, ClientID: client, Type: stanna.HealthDrop, Severity: stanna.High, Status: stanna.AlertOpen,
				OpenedAt: since.Add(opened), UpdatedAt: since.Add(updated), Why: stanna.ReasonFellFar}
			if closed != 0 {
				a.Status, a.ClosedAt, a.Why = stanna.AlertResolved, since.Add(closed), stanna.ReasonRecovered
			}
			for _, f := range change {
				f(&a)
			}
			return a
		}
		why := func(r stanna.Reason) func(*stanna.Alert) { return func(a *stanna.Alert) { a.Why = r } }
		saved := func(a *stanna.Alert) {
			a.Why, a.Outcome, a.ClosedBy = stanna.ReasonResolvedByPerson, stanna.Saved, "ana@acme.com"
		}
		taken := func(a *stanna.Alert) { a.TakenBy, a.TakenAt = "ana@acme.com", since.Add(time.Hour) }
		signal := func(id, client string, of stanna.SignalType, at, came time.Duration) store.StoredSignal {
			return store.StoredSignal{Became: stanna.Accepted, Signal: stanna.Signal{Workspace: "acme.com", ID: id, ClientID: client, Type: of, OccurredAt: since.Add(at), ReceivedAt: since.Add(came), Source: "test"}}
		}
		const h = time.Hour
		update(t, s, func(tx *store.Tx) error {
			list := clients("acme.com", "c1", "c2", "c3")
			list[0].CSMOwner, list[1].CSMOwner, list[2].CSMOwner = "ana@acme.com", "", ""
			return errorsOr(tx.PutClients(list, day), tx.PutAlerts([]stanna.Alert{
				alert("1", "c1", h, 0, h, taken), alert("2", "c1", 0, 0, 0), alert("3", "c2", -h, h, h), alert("4", "c2", -h, h, h, saved),
				alert("5", "c2", -h, 0, h, why(stanna.ReasonWorsened)), alert("6", "c2", -h, 0, h), alert("7", "", h, 0, h),
				alert("8", "c3", h, 0, h, why(stanna.ReasonFirstContact)), alert("9", "c3", -h, 0, h, func(a *stanna.Alert) { a.AssignedTo = "ben@acme.com" }),
			}), tx.AddSignals([]store.StoredSignal{
				signal("s1", "c1", stanna.InteractionLoggedType, h/2, h), signal("s2", "c1", stanna.InterventionLogged, 3*h, 3*h), signal("s3", "c1", stanna.InterventionLogged, 2*h, 2*h),
				signal("s4", "c1", stanna.HealthScoredType, h, h), signal("s5", "c1", stanna.ClientChurnedType, h, h), signal("s6", "c2", stanna.ClientChurnedType, -h, 0),
				signal("s7", "c3", stanna.ClientChurnedType, -30*24*h, h),
				signal("m1", "c1", stanna.SubscriptionChangedType, 2*h, 2*h), signal("m2", "c3", stanna.SubscriptionChangedType, -h, h), signal("m3", "c1", stanna.SubscriptionChangedType, -h, 0),
				signal("m4", "c1", stanna.SubscriptionChangedType, -8*24*h, h), signal("m5", "c1", stanna.SubscriptionChangedType, 3*h, 4*h),
			}), tx.AddNotifications(held("n1", "1", since.Add(h)), held("n2", "2", since), held("n3", "2", since.Add(2*h))))
		})
		update(t, s, func(tx *store.Tx) error {
			moved, err := tx.AlertsMoved("acme.com", since)
			var got []string
			for _, a := range moved {
				got = append(got, a.ID)
				if a.Open != (a.ID != "3" && a.ID != "4") || a.Saved != (a.ID == "4") || a.Gathered != (a.ID == "8") || a.Type != stanna.HealthDrop {
					t.Errorf("%+v", a)
				}
			}
			if diff := cmp.Diff([]string{"1", "3", "4", "5", "8"}, got); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			acted, err := tx.AlertsActedOn("acme.com", since)
			if len(acted) != 1 || acted[0].ID != "1" || acted[0].Life.TakenBy != "ana@acme.com" || !acted[0].SpokeAt.Equal(since.Add(2*h)) {
				t.Errorf("%v %+v", err, acted)
			}
			churned, err := tx.ChurnedSince("acme.com", since)
			if diff := cmp.Diff([]string{"c1"}, churned); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			mrr, err := tx.MRRSignals("acme.com", since, since.Add(3*h))
			if len(mrr) != 2 || mrr[0].ID != "m2" || mrr[1].ID != "m1" || mrr[1].ClientID != "c1" || err != nil {
				t.Errorf("%v %+v", err, mrr)
			}
			unowned, err := tx.UnownedClients("acme.com")
			if diff := cmp.Diff([]string{"c2", "c3"}, unowned); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			waits, err := tx.HeldAlerts("acme.com", since)
			if len(waits) != 1 || waits[0].Alerts != 2 || waits[0].Reason != stanna.ReasonOutsideHours {
				t.Errorf("%v %+v", err, waits)
			}
			due, err := tx.HeldDueAt("acme.com", held("n1", "1", since).Destination, since.Add(h), 10)
			if diff := cmp.Diff([]string{"n2", "n1"}, ids(due)); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			if due, _ := tx.HeldDueAt("acme.com", "slack:T1:C77", since.Add(h), 10); len(due) != 0 {
				t.Errorf("of another place: %v", ids(due))
			}
			still, err := tx.LockHeld("acme.com", []string{"n1", "n2", "n3", "n4"}, since.Add(h))
			if diff := cmp.Diff(map[string]bool{"n1": true, "n2": true}, still); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

// The movements of a week are found without reading all signals.
func TestMRRSignalsAreIndexed(t *testing.T) {
	s := storetest.Open(t, storetest.URL(t, "sqlite"))
	rows, err := s.Ask(`explain query plan select id from signal where workspace = $1 and type = 'subscription.changed' and received_at > $2 and received_at <= $3
		and occurred_at > $4 order by occurred_at, id`, "acme.com", 0, 1, 0)
	if plan := fmt.Sprint(rows); err != nil || !strings.Contains(plan, "signal_moved") {
		t.Errorf("%v %s", err, plan)
	}
}
