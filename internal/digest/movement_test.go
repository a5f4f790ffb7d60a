package digest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

var friday = monday.AddDate(0, 0, -3)

// moved is an alert of a client that opened on Saturday and is open.
func moved(id, client string, of stanna.AlertType, severity stanna.Severity, change ...func(*store.MovedAlert)) store.MovedAlert {
	a := store.MovedAlert{ID: id, ClientID: client, Type: of, Severity: severity, Open: true, OpenedAt: friday.Add(24 * time.Hour)}
	for _, f := range change {
		f(&a)
	}
	return a
}

// ended is the same, and closed on Sunday.
func ended(why stanna.Reason) func(*store.MovedAlert) {
	return func(a *store.MovedAlert) { a.Open, a.Why, a.ClosedAt = false, why, friday.Add(48*time.Hour) }
}

func TestMovement(t *testing.T) {
	gone := func(c *store.Standing) { c.Churned = true }
	out := func(c *store.Standing) { c.Excluded = true }
	clients := []store.Standing{standing("big", 900, 30), standing("euro", 100, 30, func(c *store.Standing) { c.MRR.Currency = "EUR" }), standing("gone", 100, 30, gone),
		standing("mute", 800, 35), standing("out", 999, 10, out), standing("quiet", 100, 90), standing("small", 100, 30), standing("well", 100, 90)}
	gathered := func(a *store.MovedAlert) { a.Gathered = true }
	alerts := []store.MovedAlert{
		moved("a1", "small", stanna.HealthDrop, stanna.High), moved("a2", "big", stanna.HealthDrop, stanna.High),
		moved("a3", "small", stanna.PaymentIssue, stanna.Critical), moved("a4", "euro", stanna.ChurnRisk, stanna.High),
		moved("a5", "out", stanna.HealthDrop, stanna.Critical), moved("a6", "well", stanna.HealthDrop, stanna.High, ended(stanna.ReasonRecovered)),
		moved("a7", "quiet", stanna.RenewalUpcoming, stanna.High), moved("a8", "quiet", stanna.Milestone, stanna.Info),
		moved("a9", "quiet", stanna.HealthDrop, stanna.High, gathered), moved("b1", "gone", stanna.HealthDrop, stanna.Low, ended(stanna.ReasonChurned)),
		moved("b2", "big", stanna.ChurnRisk, stanna.High, ended(stanna.ReasonRecovered)), // one is over, another has begun
	}
	list, better := movement(alerts, clients, []string{"big", "mute", "out"}, []string{"gone", "quiet"}, friday, "USD")
	var got []string
	for _, m := range list {
		got = append(got, fmt.Sprintf("%s %s %d %v", m.ID, m.lead.ID, m.alerts, m.left))
	}
	want := []string{"gone b1 1 true", "small a3 2 false", "big a2 1 false", "euro a4 1 false", "mute  0 false"}
	if diff := cmp.Diff(want, got); diff != "" || better != 1 {
		t.Errorf("%d better %s", better, diff)
	}
}

func TestWins(t *testing.T) {
	clients := []store.Standing{standing("a", 500, 90), standing("b", 700, 90), standing("c", 300, 10), standing("gone", 100, 10, func(c *store.Standing) { c.Churned = true })}
	saved := func(a *store.MovedAlert) {
		ended(stanna.ReasonResolvedByPerson)(a)
		a.Saved = true
	}
	earlier := func(a *store.MovedAlert) { a.ClosedAt = friday }
	alerts := []store.MovedAlert{
		moved("1", "a", stanna.HealthDrop, stanna.High, ended(stanna.ReasonRecovered)), moved("2", "b", stanna.ChurnRisk, stanna.High, ended(stanna.ReasonRecovered)),
		moved("3", "a", stanna.PaymentIssue, stanna.High, ended(stanna.ReasonPaid)), moved("4", "b", stanna.HealthDrop, stanna.High, saved),
		moved("5", "a", stanna.RenewalUpcoming, stanna.Low, ended(stanna.ReasonRenewed)), moved("6", "b", stanna.ExpansionOpportunity, stanna.Info),
		moved("7", "a", stanna.ExpansionOpportunity, stanna.Info, ended(stanna.ReasonNoLongerGrowing)),
		moved("8", "gone", stanna.PaymentIssue, stanna.High, ended(stanna.ReasonPaid)),
		moved("9", "c", stanna.HealthDrop, stanna.High, ended(stanna.ReasonRecovered)), moved("91", "c", stanna.HealthDrop, stanna.High), // it has begun again
		moved("92", "c", stanna.ChurnRisk, stanna.High, ended(stanna.ReasonRecovered), earlier),
		moved("93", "a", stanna.SentimentNegative, stanna.High, ended(stanna.ReasonNotRecovered)),
	}
	var got []string
	for _, w := range wins(alerts, clients, friday, "USD") {
		got = append(got, fmt.Sprint(w.Kind, " ", w.Clients, " ", w.MRR.Minor, " ", w.Named))
	}
	name := func(ids ...string) (list []stanna.NamedClient) {
		for _, id := range ids {
			list = append(list, stanna.NamedClient{ID: id})
		}
		return list
	}
	want := []string{
		fmt.Sprint("recovered 2 1200 ", name("b", "a")), fmt.Sprint("saved 1 700 ", name("b")), fmt.Sprint("paid 1 500 ", name("a")),
		fmt.Sprint("renewed 1 500 ", name("a")), fmt.Sprint("expansion 1 700 ", name("b")),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if l := notRecovered(alerts, clients, friday, "USD"); l.Clients != 1 || l.MRR.Minor != 500 {
		t.Errorf("not recovered: %+v", l)
	}
}

func TestRenewals(t *testing.T) {
	on := func(date string) func(*store.Standing) { return func(c *store.Standing) { c.RenewalDate = date } }
	clients := []store.Standing{standing("today", 1, 30, on("2026-11-23")), standing("yesterday", 10, 50, on("2026-11-22")), standing("last", 100, 80, on("2027-02-21")),
		standing("after", 1000, 80, on("2027-02-22")), standing("stale", 1000, 80, on("2026-08-24")), standing("first", 10000, 80, on("2026-08-25")), standing("none", 1, 1),
		standing("euro", 5, 80, on("2026-12-01"), func(c *store.Standing) { c.MRR.Currency = "EUR" })}
	r := renewals(clients, stanna.Settings{}.WithDefaults(), "2026-08-25", "2026-11-23", "2027-02-21")
	want := stanna.Renewals{Due: stanna.ClientSum{Clients: 3, MRR: usd(101), Unlike: 1}, Overdue: stanna.ClientSum{Clients: 2, MRR: usd(10010)},
		Nearest: []stanna.RenewalDate{{NamedClient: stanna.NamedClient{ID: "first"}, Date: "2026-08-25", Zone: stanna.Green}, {NamedClient: stanna.NamedClient{ID: "yesterday"}, Date: "2026-11-22", Zone: stanna.Yellow},
			{NamedClient: stanna.NamedClient{ID: "today"}, Date: "2026-11-23", Zone: stanna.Red}, {NamedClient: stanna.NamedClient{ID: "euro"}, Date: "2026-12-01", Zone: stanna.Green},
			{NamedClient: stanna.NamedClient{ID: "last"}, Date: "2027-02-21", Zone: stanna.Green}}}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
}

func TestInterventions(t *testing.T) {
	after := func(days float64) time.Time { return friday.Add(time.Duration(days * float64(24*time.Hour))) }
	alert := func(change ...func(*store.ActedAlert)) store.ActedAlert {
		a := store.ActedAlert{Type: stanna.HealthDrop, Open: true, OpenedAt: friday}
		for _, f := range change {
			f(&a)
		}
		return a
	}
	closed := func(why stanna.Reason, days float64) func(*store.ActedAlert) {
		return func(a *store.ActedAlert) { a.Open, a.Why, a.ClosedAt = false, why, after(days) }
	}
	taken := func(days float64) func(*store.ActedAlert) {
		return func(a *store.ActedAlert) { a.Life.TakenAt = after(days) }
	}
	spoke := func(days float64) func(*store.ActedAlert) {
		return func(a *store.ActedAlert) { a.SpokeAt = after(days) }
	}
	says := func(o stanna.Outcome, days float64) func(*store.ActedAlert) {
		return func(a *store.ActedAlert) { closed(stanna.ReasonResolvedByPerson, days)(a); a.Life.Outcome = o }
	}
	of := func(x stanna.AlertType) func(*store.ActedAlert) { return func(a *store.ActedAlert) { a.Type = x } }
	got := interventions([]store.ActedAlert{
		alert(taken(1), spoke(0.5), closed(stanna.ReasonRecovered, 6)), alert(spoke(2), closed(stanna.ReasonPaid, 4)), alert(taken(3)),
		alert(says(stanna.Saved, 10)), alert(says(stanna.Lost, 5)), alert(taken(1), closed(stanna.ReasonNotRecovered, 30)), alert(taken(1), closed(stanna.ReasonChurned, 30)),
		alert(), alert(closed(stanna.ReasonRecovered, 3)), alert(closed(stanna.ReasonChurned, 3)), alert(says(stanna.AlreadyKnown, 1)),
		alert(says(stanna.Noise, 1)), alert(of(stanna.RenewalUpcoming)), alert(of(stanna.Milestone)), alert(of("unknown")),
	})
	want := stanna.InterventionSum{Days: 90, Acted: stanna.RiskEnd{Alerts: 7, Recovered: 3, Churned: 2, Open: 1, Other: 1}, Not: stanna.RiskEnd{Alerts: 4, Recovered: 1, Churned: 1, Open: 1, Other: 1},
		DaysToAct: stanna.MedianOfDays{Days: 2, Of: 7}, DaysToWell: stanna.MedianOfDays{Days: 6, Of: 3}, Alone: stanna.MedianOfDays{Days: 3, Of: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if m := median([]time.Duration{24 * time.Hour, 72 * time.Hour}); m != (stanna.MedianOfDays{Days: 2, Of: 2}) {
		t.Errorf("of two: %+v", m)
	}
}
