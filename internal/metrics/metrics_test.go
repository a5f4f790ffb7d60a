package metrics_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/metrics"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

const acme, ana = "acme.com", "ana@acme.com"

// monday is Monday 23 November 2026, ten in the morning, UTC.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func daysAgo(n int) time.Time { return monday.AddDate(0, 0, -n) }

// book is a store with a few clients.
type book struct {
	*testing.T
	*store.Store
	scope metrics.Scope
	said  int
}

func each(t *testing.T, test func(*book)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		test(&book{T: t, Store: s, scope: metrics.Scope{Workspace: acme, Settings: stanna.Settings{}.WithDefaults(), Now: monday}})
	})
}

func (b *book) update(fn func(*store.Tx) error) {
	b.Helper()
	if err := b.Update(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

func (b *book) view(fn func(*store.Tx) error) {
	b.Helper()
	if err := b.View(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

// client puts a client whose scores are in order of time.
func (b *book) client(id string, scores []stanna.Point, change ...func(*stanna.Client, *stanna.State)) {
	b.Helper()
	c := stanna.Client{Workspace: acme, ID: id, Name: "Name of " + id, CSMOwner: ana, CreatedAt: daysAgo(500)}
	s := stanna.State{Workspace: acme, ClientID: id, Health: stanna.HistoryOf(scores...)}
	for _, f := range change {
		f(&c, &s)
	}
	b.update(func(tx *store.Tx) error {
		if err := tx.PutClients([]stanna.Client{c}, monday); err != nil {
			return err
		}
		return tx.PutStates([]stanna.State{s}, monday)
	})
}

func (b *book) signal(client string, kind stanna.SignalType, at time.Time, data string) {
	b.Helper()
	b.said++
	b.update(func(tx *store.Tx) error {
		return tx.AddSignals([]store.StoredSignal{{Became: stanna.Accepted, Signal: stanna.Signal{Workspace: acme, ID: fmt.Sprintf("s%03d", b.said), ClientID: client, Type: kind,
			OccurredAt: at, ReceivedAt: at, Source: "Pulse", Data: json.RawMessage(data)}}})
	})
}

func point(ago int, value float64) stanna.Point { return stanna.Point{At: daysAgo(ago), Value: value} }

func ptr[T any](x T) *T { return &x }

func factor(name string, impact float64) stanna.Factor {
	return stanna.Factor{Name: name, Impact: &impact}
}

func mrr(amount float64, currency string) func(*stanna.Client, *stanna.State) {
	return func(c *stanna.Client, _ *stanna.State) { c.MRR = stanna.MoneyOf(amount, currency) }
}

func usd(amount float64) stanna.Money { return stanna.MoneyOf(amount, "USD") }

// few are four clients that count, and two that do not.
func (b *book) few() {
	b.Helper()
	b.client("fell", []stanna.Point{point(10, 60), point(1, 30)}, mrr(100, "USD"), func(c *stanna.Client, s *stanna.State) {
		c.Contacts, c.RenewalDate = []stanna.Contact{{Email: "a"}, {Email: "b"}}, "2026-12-23"
		s.HealthFactors, s.HealthSource = []stanna.Factor{factor("Tickets", -5), {Name: "Usage", Detail: "118 a day", Impact: ptr(-20.0)}, factor("Mood", 2)}, "Pulse"
		s.LastContact = daysAgo(3)
	})
	b.client("low", []stanna.Point{point(20, 30)}, mrr(100, "USD"), func(c *stanna.Client, s *stanna.State) {
		c.CSMOwner, s.HealthSource, c.RenewalDate = "ben@acme.com", "Pulse", "2026-12-24"
	})
	b.client("rose", []stanna.Point{point(8, 50), point(0, 80)}, mrr(50, "EUR"), func(c *stanna.Client, s *stanna.State) {
		s.HealthFactors, c.RenewalDate = []stanna.Factor{factor("Adoption", 30)}, "2026-11-22"
	})
	b.client("new", nil)
	b.client("excluded", []stanna.Point{point(2, 1)}, mrr(9000, "USD"), func(c *stanna.Client, _ *stanna.State) { c.IsExcluded = true })
	b.client("gone", []stanna.Point{point(2, 1)}, mrr(9000, "USD"), func(_ *stanna.Client, s *stanna.State) { s.ChurnedAt = daysAgo(1) })
}

func TestSummary(t *testing.T) {
	each(t, func(b *book) {
		b.few()
		for _, ago := range []int{0, 6, 8} {
			b.signal("fell", stanna.InteractionLoggedType, daysAgo(ago), `{}`)
		}
		var got metrics.Summary
		b.view(func(tx *store.Tx) (err error) { got, err = b.scope.Summarise(tx, 7, 40); return err })
		want := metrics.Summary{Clients: 4, Contacts: 2, Interactions: 2, Renewals: 1, MRR: usd(200), AtRisk: usd(200), RenewalsValue: usd(100), AvgMRR: usd(100),
			AvgScore: 46.67, AtRiskCount: 2, Improving: 1,
			Change: ptr(0.0), ChangePercent: ptr(0.0), // 60, 30 and 50 became 30, 30 and 80
			TopRisks: []metrics.Standing{ // the same score and MRR: nobody ever spoke with the first
				{ClientID: "low", Name: "Name of low", MRR: usd(100), Score: 30, Reason: "No reason given by Pulse"},
				{ClientID: "fell", Name: "Name of fell", MRR: usd(100), Score: 30, Change: -30, Reason: "Usage: 118 a day"},
			},
			TopImproving: []metrics.Standing{{ClientID: "rose", Name: "Name of rose", MRR: stanna.MoneyOf(50, "EUR"), Score: 80, Change: 30}},
			Due:          []metrics.Renewal{{"fell", "Name of fell", usd(100), "2026-12-23", 30}},
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(metrics.Standing{})); diff != "" {
			b.Error(diff)
		}
		// Another threshold, another owner's part of the book.
		b.view(func(tx *store.Tx) (err error) { got, err = b.scope.Summarise(tx, 7, 29.9); return err })
		if got.AtRiskCount != 0 || len(got.TopRisks) != 0 || got.AtRisk.Minor != 0 {
			b.Errorf("%+v", got)
		}
		b.scope.Owner = ana
		b.view(func(tx *store.Tx) (err error) { got, err = b.scope.Summarise(tx, 7, 40); return err })
		if got.Clients != 3 || got.MRR != usd(100) || got.AtRiskCount != 1 {
			b.Errorf("%+v", got)
		}
	})
}

// A list names ten, whichever order they are met in.
func TestTopRisks(t *testing.T) {
	each(t, func(b *book) {
		for i := range 25 {
			b.client(fmt.Sprintf("c%02d", i), []stanna.Point{point(1, float64(i*7%25))})
		}
		b.view(func(tx *store.Tx) error {
			got, err := b.scope.Summarise(tx, 7, 40)
			for i, x := range got.TopRisks {
				if x.Score != float64(i) {
					b.Errorf("%d: %+v", i, x)
				}
			}
			if got.AtRiskCount != 25 || len(got.TopRisks) != 10 {
				b.Errorf("%d of %d", len(got.TopRisks), got.AtRiskCount)
			}
			return err
		})
	})
}

func TestTooLittle(t *testing.T) {
	each(t, func(b *book) {
		refused := func(want error) {
			b.Helper()
			b.view(func(tx *store.Tx) error {
				for name, read := range map[string]func() error{
					"summary": func() error { _, err := b.scope.Summarise(tx, 7, 40); return err },
					"health":  func() error { _, err := b.scope.HealthTrend(tx, 30, metrics.Daily); return err },
					"deltas":  func() error { _, err := b.scope.Deltas(tx, 7, 10); return err },
				} {
					if err := read(); !errors.Is(err, want) {
						b.Errorf("%s: %v, want %v", name, err, want)
					}
				}
				return nil
			})
		}
		refused(metrics.TooFew{})
		b.client("a", []stanna.Point{point(1, 50)})
		b.client("b", nil)
		b.client("x", []stanna.Point{point(1, 50)}, func(c *stanna.Client, _ *stanna.State) { c.IsExcluded = true })
		refused(metrics.TooFew{2})
		b.view(func(tx *store.Tx) error {
			if _, err := b.scope.SentimentTrend(tx, 30, metrics.Daily); err != error(metrics.TooFew{2}) {
				b.Error(err)
			}
			if _, err := b.scope.InteractionMix(tx, 30); err != error(metrics.TooFew{2}) {
				b.Error(err)
			}
			return nil
		})
		b.client("a", nil)
		b.client("c", nil)
		refused(metrics.Unscored)
	})
}

func TestTrends(t *testing.T) {
	each(t, func(b *book) {
		b.few()
		b.view(func(tx *store.Tx) error {
			got, err := b.scope.HealthTrend(tx, 9, metrics.Daily)
			want := []metrics.HealthPoint{{"2026-11-15", 46.67, 3}, {"2026-11-16", 46.67, 3}, {"2026-11-17", 46.67, 3}, {"2026-11-18", 46.67, 3}, {"2026-11-19", 46.67, 3},
				{"2026-11-20", 46.67, 3}, {"2026-11-21", 46.67, 3}, {"2026-11-22", 36.67, 3}, {"2026-11-23", 46.67, 3}}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				b.Error(err, diff)
			}
			if got, err = b.scope.HealthTrend(tx, 30, metrics.Weekly); err != nil {
				return err
			}
			if diff := cmp.Diff([]metrics.HealthPoint{{"2026-11-02", 30, 1}, {"2026-11-09", 46.67, 3}, {"2026-11-16", 36.67, 3}, {"2026-11-23", 46.67, 3}}, got); diff != "" {
				b.Error(diff)
			}
			got, err = b.scope.HealthTrend(tx, 365, metrics.Monthly)
			if diff := cmp.Diff([]metrics.HealthPoint{{"2026-11-01", 46.67, 3}}, got); diff != "" {
				b.Error(diff)
			}
			return err
		})

		for _, x := range []struct {
			at   time.Time
			data string
		}{{monday, `{"score":2}`}, {daysAgo(1), `{"score":-2}`}, {daysAgo(1), `{"score":0.4}`}, {daysAgo(6), `{"score":-0.5}`}, {daysAgo(7), `{"score":2}`}} {
			b.signal("fell", stanna.SentimentDetectedType, x.at, x.data)
		}
		b.signal("excluded", stanna.SentimentDetectedType, monday, `{"score":2}`)
		b.view(func(tx *store.Tx) error {
			got, err := b.scope.SentimentTrend(tx, 7, metrics.Daily)
			want := []metrics.SentimentPoint{{"2026-11-17", 0.375, 1, 0, 0, 1}, {"2026-11-22", 0.3, 2, 0, 1, 1}, {"2026-11-23", 1, 1, 1, 0, 0}}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				b.Error(err, diff)
			}
			// In Kiritimati it is Tuesday already.
			b.scope.Settings.Timezone = "Pacific/Kiritimati"
			got, err = b.scope.SentimentTrend(tx, 1, metrics.Weekly)
			b.scope.Settings.Timezone = "UTC"
			if diff := cmp.Diff([]metrics.SentimentPoint{{"2026-11-23", 1, 1, 1, 0, 0}}, got); diff != "" {
				b.Error(diff)
			}
			return err
		})

		for _, data := range []string{`{"type":"email"}`, `{"type":"Email"}`, `{"type":"Support ticket"}`, `{}`} {
			b.signal("low", stanna.InteractionLoggedType, daysAgo(2), data)
		}
		b.signal("low", stanna.InterventionLogged, daysAgo(2), `{}`)
		b.signal("low", stanna.InterventionLogged, daysAgo(40), `{}`)
		b.view(func(tx *store.Tx) error {
			got, err := b.scope.InteractionMix(tx, 30)
			want := []metrics.Share{{"email", 2, 40}, {"interaction", 1, 20}, {"intervention", 1, 20}, {"support_ticket", 1, 20}}
			if diff := cmp.Diff(want, got); diff != "" {
				b.Error(diff)
			}
			return err
		})
	})
}

func TestDeltas(t *testing.T) {
	each(t, func(b *book) {
		b.few()
		b.client("alike", []stanna.Point{point(7, 60), point(0, 50)}, func(_ *stanna.Client, s *stanna.State) { s.HealthFactors = []stanna.Factor{factor("Usage", -1)} })
		b.view(func(tx *store.Tx) error {
			got, err := b.scope.Deltas(tx, 7, 10)
			want := []metrics.Delta{
				{Reason: "Usage", Total: -40, Average: -20, Count: 2, Clients: []metrics.Moved{{"fell", "Name of fell", -30, 30, 60}, {"alike", "Name of alike", -10, 50, 60}}},
				{Reason: "Adoption", Total: 30, Average: 30, Count: 1, Clients: []metrics.Moved{{"rose", "Name of rose", 30, 80, 50}}},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				b.Error(diff)
			}
			if got, err = b.scope.Deltas(tx, 7, 30.01); len(got) != 0 {
				b.Errorf("%+v", got)
			}
			return err
		})
	})
}

func TestInsights(t *testing.T) {
	each(t, func(b *book) {
		b.few()
		alert := func(id, client string, of stanna.AlertType, severity stanna.Severity, e stanna.Evidence) stanna.Alert {
			return stanna.Alert{Workspace: acme, ID: id, RuleID: "rule_" + string(of), ClientID: client, Type: of, Severity: severity, Status: stanna.AlertOpen,
				OpenedAt: daysAgo(1), UpdatedAt: daysAgo(1), Evidence: e}
		}
		closed := alert("z", "low", stanna.HealthDrop, stanna.Critical, stanna.Evidence{})
		closed.Status, closed.ClosedAt = stanna.AlertResolved, monday
		b.update(func(tx *store.Tx) error {
			for _, r := range []stanna.Rule{{Workspace: acme, ID: "rule_health_drop", Type: stanna.HealthDrop, Status: stanna.RuleActive, Terms: stanna.Terms{Playbook: "Call today\nThen write"}}} {
				if err := tx.PutRule(r, "test", monday); err != nil {
					return err
				}
			}
			return tx.PutAlerts([]stanna.Alert{closed,
				alert("a", "fell", stanna.HealthDrop, stanna.High, stanna.Evidence{Trigger: stanna.ReasonFellFar}),
				alert("b", "fell", stanna.ChurnRisk, stanna.Critical, stanna.Evidence{Trigger: stanna.ReasonChurnLikely, Factors: []stanna.Factor{factor("Champion left", 20)}, Actions: []string{"find another sponsor"}}),
				alert("c", "rose", stanna.ExpansionOpportunity, stanna.Low, stanna.Evidence{Trigger: stanna.ReasonLimitFilled, Limit: 100, Value: 92, Subject: "seats", Above: 12}),
				alert("d", "low", stanna.Milestone, stanna.Info, stanna.Evidence{Trigger: stanna.ReasonAnniversary}),
				alert("e", "excluded", stanna.HealthDrop, stanna.Critical, stanna.Evidence{}),
				alert("f", "", stanna.RevenueAtRisk, stanna.High, stanna.Evidence{}),
			})
		})
		b.view(func(tx *store.Tx) error {
			got, err := b.scope.Insights(tx, 7)
			if err != nil {
				return err
			}
			fell := metrics.Noted{ClientID: "fell", Name: "Name of fell", MRR: usd(100), Score: ptr(30.0), Change: ptr(-30.0)}
			churn, drop := fell, fell
			churn.Reason, churn.Signals = "Champion left", []string{stanna.ReasonChurnLikely.Sentence()}
			drop.Reason, drop.Signals = "Usage: 118 a day", []string{stanna.ReasonFellFar.Sentence()}
			want := metrics.Insights{
				Risks: []metrics.Group{
					{Type: stanna.ChurnRisk, Name: "Churn risk", Severity: stanna.Critical, MRR: usd(100), Count: 1, Clients: []metrics.Noted{churn}},
					{Type: stanna.HealthDrop, Name: "Health drop", Severity: stanna.High, MRR: usd(100), Count: 1, Clients: []metrics.Noted{drop}},
				},
				Opportunities: []metrics.Group{{Type: stanna.ExpansionOpportunity, Name: "Expansion opportunity", Severity: stanna.Low, MRR: usd(0), Count: 1, Clients: []metrics.Noted{
					{ClientID: "rose", Name: "Name of rose", MRR: stanna.MoneyOf(50, "EUR"), Score: ptr(80.0), Change: ptr(30.0), Reason: stanna.ReasonLimitFilled.Sentence(), Pace: metrics.Improving,
						Signals: []string{stanna.ReasonLimitFilled.Sentence(), "92 of 100 seats", "engagement is 12 percent above the client's own usual"}}}}},
				Health: metrics.Direction{Way: metrics.Stable, Percent: ptr(0.0),
					Sentence: "The average health stayed about the same in 7 days: 46.67 then, 46.67 now, of the 3 clients that had a score at both ends."},
			}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(metrics.Noted{})); diff != "" {
				b.Error(diff)
			}

			p, err := tx.Portrait(acme, "fell")
			if err != nil {
				return err
			}
			p.State.LastContact, p.Client.Contacts = daysAgo(20), []stanna.Contact{{Name: "Maria", Title: "CTO"}}
			of, err := b.scope.Of(tx, p, 2)
			wanted := metrics.ClientInsights{
				List: []metrics.Insight{
					{"churn_risk", stanna.Critical, "Champion left.", "find another sponsor", "b", daysAgo(1)},
					{"health_drop", stanna.High, "Usage: 118 a day.", "Call today", "a", daysAgo(1)},
					{"communication_gap", stanna.Medium, "Nobody has spoken with them for 20 days.", "Call Maria (CTO)", "", daysAgo(20)},
					{Type: "stakeholder_concentration", Severity: stanna.Medium, Description: "Only 1 of at least 2 contacts is on file."},
				},
			}
			for i := range of.Next {
				if of.Next[i].Description == "" {
					b.Errorf("%+v", of.Next[i])
				}
				of.Next[i].Description = ""
			}
			wanted.Next = []metrics.Step{{"find another sponsor", stanna.Critical, "", "", "b"}, {"Call today", stanna.High, "", "Call today\nThen write", "a"}}
			if diff := cmp.Diff(wanted, of); diff != "" {
				b.Error(diff)
			}
			return err
		})
	})
}

func TestAttributions(t *testing.T) {
	each(t, func(b *book) {
		b.client("a", nil)
		b.signal("a", stanna.HealthScoredType, daysAgo(9), `{"score":70}`)
		b.signal("a", stanna.HealthScoredType, daysAgo(8), `{"score":70}`)
		b.signal("a", stanna.HealthScoredType, daysAgo(7), `{"score":60}`)
		b.signal("a", stanna.HealthScoredType, daysAgo(6), `{"score":40,"factors":[{"name":"Email engagement","detail":"none","impact":-15},{"name":"Mood","impact":5},{"name":"Noise"}]}`)
		b.signal("a", metrics.AttributionType, daysAgo(5), `{"reason":"They were on holiday","impact":"positive","weight":3,"notes":"n","by":"ana"}`)
		b.signal("a", metrics.AttributionType, daysAgo(4), `{"another":"sender's own"}`)
		b.view(func(tx *store.Tx) error {
			got, err := metrics.Attributions(tx, acme, "a", 100)
			want := []metrics.Attribution{
				{SignalID: "s005", At: daysAgo(5), Reason: "They were on holiday", Factor: "correction", Weight: ptr(3.0), Before: ptr(40.0), Score: ptr(40.0), Source: "Pulse",
					Said: &metrics.Correction{Reason: "They were on holiday", Impact: "positive", Weight: ptr(3.0), Notes: "n", By: "ana"}},
				{SignalID: "s004", At: daysAgo(6), Delta: -15, Reason: "Email engagement: none", Factor: "email_engagement", Weight: ptr(0.75), Before: ptr(60.0), Score: ptr(40.0), Source: "Pulse"},
				{SignalID: "s004", At: daysAgo(6), Delta: 5, Reason: "Mood", Factor: "mood", Weight: ptr(0.25), Before: ptr(60.0), Score: ptr(40.0), Source: "Pulse"},
				{SignalID: "s003", At: daysAgo(7), Delta: -10, Reason: "No reason given by Pulse", Factor: "unexplained", Before: ptr(70.0), Score: ptr(60.0), Source: "Pulse"},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				b.Error(diff)
			}
			// What is left out of the list still says from where the score moved.
			got, err = metrics.Attributions(tx, acme, "a", 3)
			if diff := cmp.Diff(want[:3], got); diff != "" {
				b.Error(diff)
			}
			return err
		})
	})
}

func TestConversationOf(t *testing.T) {
	for data, want := range map[string]metrics.Conversation{
		`{"type":"Support-Ticket","subject":"Export","summary":"s","from":"a@x","to":["b@x","c@x"],"sentiment":"Negative","url":"https://x"}`: {
			Kind: "support_ticket", Subject: "Export", Summary: "s", From: "a@x", To: "b@x, c@x", Mood: metrics.Negative, URL: "https://x"},
		`{"author":"Maria","sentiment":1.5,"score":-2}`:  {Kind: "interaction", From: "Maria", Mood: metrics.Positive},
		`{"subject":{"a":1},"to":7,"sentiment":"angry"}`: {Kind: "interaction"},
		`not json`: {Kind: "interaction"},
	} {
		if got := metrics.ConversationOf(stanna.Signal{Type: stanna.InteractionLoggedType, Data: json.RawMessage(data)}); got != want {
			t.Errorf("%s: %+v", data, got)
		}
	}
	got := metrics.ConversationOf(stanna.Signal{Type: stanna.SentimentDetectedType, Data: json.RawMessage(`{"score":-0.5,"quote":"No.","author":"M"}`)})
	if want := (metrics.Conversation{Kind: "conversation", Summary: "No.", From: "M", Mood: metrics.Negative}); got != want {
		t.Errorf("%+v", got)
	}
}

func TestUpcoming(t *testing.T) {
	scope := metrics.Scope{Settings: stanna.Settings{}.WithDefaults(), Now: monday}
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	for _, c := range []struct {
		renewal, since string
		want           []metrics.Event
	}{
		{"2026-11-23", "2024-11-23", []metrics.Event{{"renewal", "The contract renews", "2026-11-23", 0}, {"anniversary", "2 years a client", "2026-11-23", 0}}},
		{"2026-11-22", "2025-12-01", []metrics.Event{{"anniversary", "One year a client", "2026-12-01", 8}}},
		{"2027-03-01", "2024-02-29", []metrics.Event{{"anniversary", "3 years a client", "2027-02-28", 97}, {"renewal", "The contract renews", "2027-03-01", 98}}},
		{"", "2026-11-23", []metrics.Event{{"anniversary", "One year a client", "2027-11-23", 365}}},
	} {
		if diff := cmp.Diff(c.want, scope.Upcoming(stanna.Client{RenewalDate: c.renewal, CreatedAt: day(c.since)})); diff != "" {
			t.Errorf("%+v: %s", c, diff)
		}
	}
}
