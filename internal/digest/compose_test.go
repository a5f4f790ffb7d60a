package digest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/digest"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

const acme, ana = "acme.com", "ana@acme.com"

// monday is Monday 23 November 2026, ten in the morning, UTC.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// office is a store with a small book.
type office struct {
	*testing.T
	*store.Store
	settings stanna.Settings
}

func each(t *testing.T, test func(*office)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := &office{T: t, Store: s, settings: stanna.Settings{}.WithDefaults()}
		o.update(func(tx *store.Tx) error {
			if err := tx.AddWorkspace(stanna.Workspace{ID: acme, CreatedAt: monday}); err != nil {
				return err
			}
			return tx.PutRule(stanna.Rule{Workspace: acme, ID: "r1", Name: "Drop", Type: stanna.HealthDrop, Status: stanna.RuleActive, Terms: stanna.Terms{Playbook: "Call them"}}, "test", monday)
		})
		test(o)
	})
}

func (o *office) update(fn func(*store.Tx) error) {
	o.Helper()
	if err := o.Update(context.Background(), fn); err != nil {
		o.Fatal(err)
	}
}

// client puts a client with its health and chance to leave.
func (o *office) client(id string, mrr float64, health, churn float64, change ...func(*stanna.Client, *stanna.State)) {
	o.Helper()
	c := stanna.Client{Workspace: acme, ID: id, Name: "Name of " + id, Domain: id + ".example", MRR: stanna.MoneyOf(mrr, "USD"), CSMOwner: ana, CreatedAt: monday,
		Contacts: []stanna.Contact{{Name: "Maria of " + id, Email: "maria@" + id, Primary: true}}}
	s := stanna.State{Workspace: acme, ClientID: id, Health: stanna.HistoryOf(stanna.Point{At: monday, Value: health})}
	s.Churn = stanna.Reading{Value: churn, At: monday}
	for _, f := range change {
		f(&c, &s)
	}
	o.update(func(tx *store.Tx) error {
		if err := tx.PutClients([]stanna.Client{c}, monday); err != nil {
			return err
		}
		return tx.PutStates([]stanna.State{s}, monday)
	})
}

func (o *office) alert(id, client string, of stanna.AlertType, change ...func(*stanna.Alert)) {
	o.Helper()
	a := stanna.Alert{Workspace: acme, ID: id, RuleID: "r1", RuleName: "Drop", ClientID: client, Type: of, Severity: stanna.High, Status: stanna.AlertOpen,
		OpenedAt: monday.Add(-24 * time.Hour), UpdatedAt: monday.Add(-24 * time.Hour), Why: stanna.ReasonFellFar, Evidence: stanna.Evidence{Base: 70, Value: 30, Quote: "Quote of " + client}}
	for _, f := range change {
		f(&a)
	}
	if a.Why == stanna.ReasonRecovered {
		a.RuleID += id
	}
	o.update(func(tx *store.Tx) error { return tx.PutAlerts([]stanna.Alert{a}) })
}

// book reads the book at a time and does something with it.
func (o *office) book(now time.Time, fn func(*digest.Book, *store.Tx) error) {
	o.Helper()
	o.update(func(tx *store.Tx) error {
		b, err := digest.Read(tx, acme, o.settings, now)
		if err != nil {
			return err
		}
		return fn(b, tx)
	})
}

func (o *office) mark(date string, at time.Time) {
	o.Helper()
	o.book(at, func(b *digest.Book, tx *store.Tx) error {
		m, err := b.Marks(date)
		if err != nil {
			return err
		}
		_, err = tx.PutMarks(acme, m.Whole, m.Owners, m.Members)
		return err
	})
}

func (o *office) compose(now time.Time, ask digest.Ask) (d stanna.Digest) {
	o.Helper()
	if ask.From.IsZero() {
		ask.From = now.AddDate(0, 0, -7)
	}
	o.book(now, func(b *digest.Book, _ *store.Tx) (err error) {
		d, err = b.Compose(ask)
		return err
	})
	return d
}

// scene is a week in a small book: what it was at the mark, and what it is.
func scene(o *office) {
	euro := func(c *stanna.Client, _ *stanna.State) { c.MRR = stanna.MoneyOf(500, "EUR") }
	nobodys := func(c *stanna.Client, _ *stanna.State) { c.CSMOwner = "" }
	bens := func(c *stanna.Client, _ *stanna.State) { c.CSMOwner = "Ben@acme.com" }
	renews := func(c *stanna.Client, _ *stanna.State) { c.RenewalDate = "2026-12-24" }
	o.client("falls", 1000.01, 80, 0.1)
	o.client("recovers", 2000, 30, 0.5)
	o.client("leaves", 3000, 20, 0.9)
	o.client("euro", 0, 10, 0.5, euro)
	o.client("bens", 400, 10, 0.5, bens)
	o.mark("2026-11-16", monday.AddDate(0, 0, -7))
	o.client("falls", 1000.01, 30, 0.6, renews)
	o.client("recovers", 2500, 80, 0.1)
	o.client("leaves", 3000, 20, 1, func(_ *stanna.Client, s *stanna.State) { s.ChurnedAt = monday })
	o.client("lost", 50, 35, 0, nobodys)
	o.alert("1", "falls", stanna.HealthDrop)
	o.alert("2", "recovers", stanna.HealthDrop, func(a *stanna.Alert) {
		a.Status, a.Why, a.ClosedAt, a.Life = stanna.AlertResolved, stanna.ReasonRecovered, monday.Add(-time.Hour), stanna.Life{TakenBy: ana, TakenAt: monday.Add(-12 * time.Hour)}
	})
	o.alert("3", "lost", stanna.HealthDrop)
	o.alert("4", "recovers", stanna.Milestone, func(a *stanna.Alert) {
		a.RuleID, a.Evidence = "r2", stanna.Evidence{Trigger: stanna.ReasonGoalReached, Subject: "Subject of a goal"}
	})
}

func TestCompose(t *testing.T) {
	each(t, func(o *office) {
		scene(o)
		d := o.compose(monday, digest.Ask{Date: "2026-11-23", Weekly: true})
		name := func(id string, mrr float64) stanna.NamedClient {
			return stanna.NamedClient{ID: id, Name: "Name of " + id, Domain: id + ".example", MRR: stanna.MoneyOf(mrr, "USD"), Owner: ana}
		}
		sum := func(n int, mrr float64) stanna.ClientSum {
			return stanna.ClientSum{Clients: n, MRR: stanna.MoneyOf(mrr, "USD")}
		}
		lost := name("lost", 50)
		lost.Owner = ""
		atRisk := sum(4, 1450.01)
		atRisk.Unlike = 1
		total := sum(5, 3950.01)
		total.Unlike = 1
		start := sum(4, 5400)
		start.Unlike = 1
		if diff := cmp.Diff(stanna.Bridge{Since: "2026-11-16", At: monday.AddDate(0, 0, -7), Start: start, End: atRisk, Steps: []stanna.BridgeStep{
			{Cause: stanna.NewlyAtRisk, Clients: 2, Amount: stanna.MoneyOf(1050.01, "USD"), Named: []stanna.NamedClient{name("falls", 1000.01), lost}},
			{Cause: stanna.BackFromRisk, Clients: 1, Amount: stanna.MoneyOf(-2000, "USD"), Named: []stanna.NamedClient{name("recovers", 2500)}},
			{Cause: stanna.LeftAtRisk, Clients: 1, Amount: stanna.MoneyOf(-3000, "USD"), Named: []stanna.NamedClient{name("leaves", 3000)}},
		}}, *d.Bridge); diff != "" || !d.Bridge.AddsUp() {
			t.Errorf("bridge: %s", diff)
		}
		if diff := cmp.Diff([]stanna.ClientSum{total, atRisk}, []stanna.ClientSum{d.Risk.Total, d.Risk.AtRisk}); diff != "" {
			t.Errorf("risk: %s", diff)
		}
		if want := stanna.MoneyOf(1050.01, "USD"); d.Risk.Loss != want { // 600.006 + 250 + 200
			t.Errorf("expected loss %v, want %v", d.Risk.Loss, want)
		}
		if diff := cmp.Diff([]stanna.OtherCurrency{{Clients: 1, MRR: stanna.MoneyOf(500, "EUR"), AtRisk: stanna.MoneyOf(500, "EUR"), AtRiskCount: 1}}, d.Others); diff != "" {
			t.Errorf("other currencies: %s", diff)
		}
		var moves []string
		for _, m := range d.Movement.Moves {
			moves = append(moves, m.ID)
		}
		if diff := cmp.Diff([]string{"leaves", "falls", "lost"}, moves); diff != "" || d.Movement.Left != 1 || d.Movement.Better != 1 || d.Movement.All != 3 {
			t.Errorf("%+v %s", d.Movement, diff)
		}
		if m := d.Movement.Moves[1]; m.Playbook != "Call them" || m.Alert.Evidence.Value != 30 || m.Contact.Name != "Maria of falls" || m.Name != "Name of falls" {
			t.Errorf("%+v", m)
		}
		if len(d.Wins) != 1 || d.Wins[0].Kind != stanna.WonRecovery || len(d.Milestones) != 1 || d.Milestones[0].Subject != "Subject of a goal" || d.Unowned.Clients != 1 {
			t.Errorf("wins %+v, milestones %+v, unowned %+v", d.Wins, d.Milestones, d.Unowned)
		}
		if r := d.Renewals; r.Due.Clients != 1 || r.Nearest[0].Zone != stanna.Red || r.Nearest[0].Name != "Name of falls" {
			t.Errorf("%+v", r)
		}
		if a := d.Acted; a.Acted.Recovered != 1 || a.Not.Open != 2 || a.DaysToAct.Days != 0.5 {
			t.Errorf("%+v", a)
		}
		if w := d.Risk.Weeks; len(w) != 8 || !w[6].Known || w[6].AtRisk != 540000 || w[7].AtRisk != 145001 || w[5].Known || d.Risk.AtRiskIn4.Known() {
			t.Errorf("%+v %+v", w, d.Risk.AtRiskIn4)
		}
		if z := d.Zones; len(z) != 4 || z[0].Clients != 4 || z[2].Clients != 1 || z[0].MRR != atRisk.MRR {
			t.Errorf("%+v", z)
		}
		daily := o.compose(monday, digest.Ask{Date: "2026-11-23"})
		if daily.Bridge != nil || daily.Zones != nil || daily.Renewals != nil || daily.Movement.All != 3 || daily.Risk.AtRisk != atRisk {
			t.Errorf("a daily one says %+v", daily)
		}
	})
}

// What moved the MRR in the week, as the signals that came in tell it: of the
// owner's clients, without those that are excluded and what is old.
func TestComposeMRR(t *testing.T) {
	each(t, func(o *office) {
		scene(o)
		o.client("gone", 0, 80, 0, func(c *stanna.Client, _ *stanna.State) { c.IsExcluded = true })
		n := 0
		moved := func(client string, occurred, received time.Duration, data string) {
			n++
			o.update(func(tx *store.Tx) error {
				return tx.AddSignals([]store.StoredSignal{{Became: stanna.Accepted, Signal: stanna.Signal{Workspace: acme, ID: fmt.Sprint("m", n), ClientID: client, Source: "Stripe",
					Type: stanna.SubscriptionChangedType, OccurredAt: monday.Add(-occurred), ReceivedAt: monday.Add(-received), Data: json.RawMessage(data)}}})
			})
		}
		const h = time.Hour
		moved("falls", 20*h, 20*h, `{"movement":"contraction","previousMrr":1200.01,"mrr":1000.01,"currency":"usd"}`)
		moved("leaves", 9*h, 9*h, `{"movement":"churn","previousMrr":3000,"mrr":0}`)
		moved("bens", 8*h, 8*h, `{"movement":"new","previousMrr":0,"mrr":400,"currency":"USD"}`)
		moved("euro", 7*h, 7*h, `{"movement":"expansion","previousMrr":400,"mrr":500,"currency":"EUR"}`)
		moved("gone", 6*h, 6*h, `{"movement":"new","mrr":9000}`)
		moved("falls", 5*h, 5*h, `{"plan":"names no movement"}`)
		moved("falls", 40*24*h, 4*h, `{"movement":"new","mrr":1200.01}`)
		moved("falls", 8*24*h, 8*24*h, `{"movement":"new","mrr":1}`)
		d := o.compose(monday, digest.Ask{Date: "2026-11-23", Weekly: true})
		m := d.MRRMoved
		if m == nil || m.Net != stanna.MoneyOf(-2800, "USD") || len(m.Steps) != 3 || m.Steps[0].Movement != stanna.MRRNew || m.Steps[0].Named[0].Name != "Name of bens" ||
			m.Steps[1].Amount != stanna.MoneyOf(-200, "USD") || m.Steps[2].Movement != stanna.MRRChurn || len(m.Apart) != 1 || m.Apart[0].Net != stanna.MoneyOf(100, "EUR") {
			t.Fatalf("%+v", m)
		}
		if own := o.compose(monday, digest.Ask{Date: "2026-11-23", Weekly: true, Owner: "ben@acme.com"}).MRRMoved; own == nil || own.Net != stanna.MoneyOf(400, "USD") || len(own.Steps) != 1 {
			t.Errorf("%+v", own)
		}
		if lead := o.compose(monday, digest.Ask{Date: "2026-11-23", Weekly: true, Edition: stanna.LeadershipEdition}).MRRMoved; lead.Net != m.Net || lead.Steps[0].Named != nil {
			t.Errorf("%+v", lead)
		}
		if daily := o.compose(monday, digest.Ask{Date: "2026-11-23"}); daily.MRRMoved != nil {
			t.Errorf("a daily one says %+v", daily.MRRMoved)
		}
	})
}

// One CSM's own accounts: nothing of the others', and who changed hands is
// named.
func TestComposeOfOne(t *testing.T) {
	each(t, func(o *office) {
		scene(o)
		o.client("bens", 400, 10, 0.5) // Ana's now
		d := o.compose(monday, digest.Ask{Date: "2026-11-23", Weekly: true, Owner: ana})
		if d.Bridge.Start.MRR.Minor != 500000 || d.Bridge.Step(stanna.TakenOver).Amount.Minor != 40000 || !d.Bridge.AddsUp() || d.Risk.Total.Clients != 4 || d.Unowned.Clients != 0 {
			t.Errorf("%+v", d.Bridge)
		}
		if w := d.Risk.Weeks[6]; w.AtRisk != 500000 {
			t.Errorf("the week before: %+v", w)
		}
		ben := o.compose(monday, digest.Ask{Date: "2026-11-23", Weekly: true, Owner: "ben@acme.com"})
		if ben.Bridge.Step(stanna.HandedOver).Amount.Minor != -40000 || !ben.Bridge.AddsUp() || ben.Risk.Total.Clients != 0 || ben.Movement.All != 0 || !ben.Nothing() {
			t.Errorf("%+v", ben)
		}
	})
}

// The edition for leadership has figures, and nothing of any single client.
func TestLeadership(t *testing.T) {
	each(t, func(o *office) {
		scene(o)
		full := o.compose(monday, digest.Ask{Date: "2026-11-23", Weekly: true})
		d := o.compose(monday, digest.Ask{Date: "2026-11-23", Weekly: true, Edition: stanna.LeadershipEdition})
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, detail := range []string{"Name of", "Maria", "Quote of", "Subject of", ".example", `"falls"`, `"leaves"`, ana} {
			if strings.Contains(string(text), detail) {
				t.Errorf("it has %q: %s", detail, text)
			}
		}
		if d.Risk.AtRisk != full.Risk.AtRisk || d.Movement.All != 3 || d.MoreMet != 1 || d.Bridge.End != full.Bridge.End || len(d.Bridge.Steps) != 3 {
			t.Errorf("%+v", d)
		}
	})
}

// Without a mark there is nothing to compare with, and it says nothing of it;
// an empty workspace has nothing to say at all.
func TestComposeOfNothing(t *testing.T) {
	each(t, func(o *office) {
		if d := o.compose(monday, digest.Ask{Date: "2026-11-23", Weekly: true}); !d.Nothing() || d.Bridge != nil || d.Risk.Total.MRR.Currency != "USD" {
			t.Errorf("%+v", d)
		}
		o.client("calm", 10, 80, 0)
		if d := o.compose(monday, digest.Ask{Date: "2026-11-23", From: monday.AddDate(-3, 0, 0)}); !d.Nothing() || !d.From.Equal(monday.Add(-digest.Longest)) {
			t.Errorf("%+v", d)
		}
		if d := o.compose(monday, digest.Ask{Date: "2026-11-23", Weekly: true}); d.Nothing() {
			t.Error("a weekly summary says where things stand")
		}
	})
}

// Another currency of the workspace: the bridge is counted in that of now.
func TestCurrencyOfTheWorkspace(t *testing.T) {
	each(t, func(o *office) {
		scene(o)
		o.settings.Currency, o.settings.RiskThreshold = "EUR", 32
		b := o.compose(monday, digest.Ask{Date: "2026-11-23", Weekly: true}).Bridge
		if b.CurrencyWas != "USD" || b.Start.MRR != stanna.MoneyOf(500, "EUR") || b.End.MRR != stanna.MoneyOf(500, "EUR") || !b.AddsUp() || *b.ThresholdWas != 40 {
			t.Errorf("%+v", b)
		}
	})
}
