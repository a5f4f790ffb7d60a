package rule_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// For every type that keeps a state: a newer fact is accepted and shown, an
// older one is late and changes nothing that is shown, one at the same time
// counts, and one that comes after 48 hours is a backfill, new or not.
func TestTake(t *testing.T) {
	money := stanna.MoneyOf(10, "USD")
	for name, c := range map[string]struct {
		old, fresh stanna.Fact
		shown      func(stanna.State) any
		first      any // what is shown after old alone
		then       any // after fresh
	}{
		"health": {stanna.HealthScored{Score: 60, Factors: []stanna.Factor{{Name: "a"}}}, stanna.HealthScored{Score: 40, Factors: []stanna.Factor{{Name: "b"}}},
			func(s stanna.State) any { p, _ := s.Health.Last(); return []any{p.Value, s.HealthFactors[0].Name} }, []any{60.0, "a"}, []any{40.0, "b"}},
		"engagement": {stanna.EngagementMeasured{Value: 200, Unit: "events"}, stanna.EngagementMeasured{Value: 100, Unit: "logins"},
			func(s stanna.State) any { p, _ := s.Engagement.Last(); return []any{p.Value, s.EngagementUnit} }, []any{200.0, "events"}, []any{100.0, "logins"}},
		"churn": {stanna.ChurnPredicted{Probability: 0.1}, stanna.ChurnPredicted{Probability: 0.7},
			func(s stanna.State) any { return s.Churn.Value }, 0.1, 0.7},
		"sentiment": {stanna.SentimentDetected{Score: 1, Quote: "good", Author: "Maria", URL: "https://a.example/1"}, stanna.SentimentDetected{Score: -2, Quote: "bad"},
			func(s stanna.State) any {
				m, _ := s.Said(s.Quote)
				return []any{s.Sentiment.Value, s.Quote, m.Author, m.URL}
			}, []any{1.0, "good", "Maria", "https://a.example/1"}, []any{-2.0, "bad", "", ""}},
		"contact": {stanna.Contacted{Kind: "email"}, stanna.Contacted{Kind: "call", Author: "Maria", URL: "https://a.example/2"},
			func(s stanna.State) any { return []any{s.LastContactKind, s.LastContactAuthor, s.LastContactURL} }, []any{"email", "", ""}, []any{"call", "Maria", "https://a.example/2"}},
		"payment failed": {stanna.PaymentFailed{Amount: 10, Currency: "usd", Attempt: 1}, stanna.PaymentFailed{Amount: 10, Currency: "usd", Attempt: 2},
			func(s stanna.State) any { return []any{s.Payment.Attempt, s.Payment.Amount} }, []any{1, money}, []any{2, money}},
		"payment recovered": {stanna.PaymentFailed{Amount: 10, Currency: "USD"}, stanna.PaymentRecovered{},
			func(s stanna.State) any { return s.Payment.Amount }, money, stanna.Money{}},
		"payment recovered by name": {stanna.PaymentFailed{Amount: 10, Currency: "USD", Invoice: "in_1"}, stanna.PaymentRecovered{Invoice: "in_1"},
			func(s stanna.State) any { return s.Payment.Amount }, money, stanna.Money{}},
		"movement of MRR": {stanna.SubscriptionChanged{Movement: stanna.MRRNew, MRR: 10, Currency: "USD", Plan: "Gold"}, stanna.SubscriptionChanged{Movement: stanna.MRRChurn, Before: 10, Currency: "USD", Status: "canceled"},
			func(s stanna.State) any {
				x := s.Subscription
				return []any{x.Movement, x.Before, x.MRR, x.Plan, x.Status, x.Source}
			}, []any{stanna.MRRNew, stanna.MoneyOf(0, "USD"), money, "Gold", "", "test"}, []any{stanna.MRRChurn, money, stanna.MoneyOf(0, "USD"), "", "canceled", "test"}},
	} {
		t.Run(name, func(t *testing.T) {
			early, now := start, start.Add(time.Hour)
			take := func(st *stanna.State, f stanna.Fact, at, now time.Time) stanna.Became {
				return rule.Take(st, stanna.Signal{OccurredAt: at, Fact: f, Source: "test"}, now)
			}
			want := func(what string, st stanna.State, got, became stanna.Became, shown any) {
				t.Helper()
				if got != became {
					t.Errorf("%s: %s, want %s", what, got, became)
				}
				if diff := cmp.Diff(shown, c.shown(st)); diff != "" {
					t.Errorf("%s: %s", what, diff)
				}
			}
			var st stanna.State
			got := take(&st, c.old, early, now)
			want("first", st, got, stanna.Accepted, c.first)
			got = take(&st, c.fresh, now, now)
			want("newer", st, got, stanna.Accepted, c.then)
			got = take(&st, c.old, early, now)
			want("older", st, got, stanna.Late, c.then)

			st = stanna.State{}
			take(&st, c.old, now, now)
			got = take(&st, c.fresh, now, now)
			want("at the same time", st, got, stanna.Accepted, c.then)

			st = stanna.State{}
			got = take(&st, c.old, early, early.Add(48*time.Hour))
			want("48 hours old", st, got, stanna.Accepted, c.first)
			got = take(&st, c.fresh, early.Add(time.Minute), early.Add(48*time.Hour+2*time.Minute))
			want("more than 48 hours old", st, got, stanna.Backfill, c.then)
			got = take(&st, c.old, early, early.Add(72*time.Hour))
			want("old and older than what is known", st, got, stanna.Backfill, c.then)
		})
	}
}

// A failure that comes after the news that it was paid does not stand.
func TestTakePaymentOutOfOrder(t *testing.T) {
	var st stanna.State
	take := func(f stanna.Fact, minute int) stanna.Became {
		return rule.Take(&st, stanna.Signal{OccurredAt: start.Add(time.Duration(minute) * time.Minute), Fact: f}, start.Add(time.Hour))
	}
	if got := take(stanna.PaymentRecovered{}, 30); got != stanna.Accepted {
		t.Errorf("the recovery became %s", got)
	}
	if got := take(stanna.PaymentFailed{Amount: 10, Currency: "USD"}, 10); got != stanna.Late || !st.Payment.FailedAt.IsZero() {
		t.Errorf("the failure before it became %s: %+v", got, st.Payment)
	}
	if got := take(stanna.PaymentFailed{Amount: 10, Currency: "USD"}, 40); got != stanna.Accepted || st.Payment.FailedAt.IsZero() {
		t.Errorf("the next failure became %s: %+v", got, st.Payment)
	}
	if got := take(stanna.PaymentRecovered{}, 35); got != stanna.Late || st.Payment.FailedAt.IsZero() {
		t.Errorf("a recovery before it became %s: %+v", got, st.Payment)
	}
}

// A late or old score builds the history in its place and is judged by nobody;
// the next live one is compared with it.
func TestTakeHistoryIsComparedWith(t *testing.T) {
	b := newBook(t, healthRule(nil))
	b.scores(point{7, 55})
	old := stanna.Signal{OccurredAt: start, Fact: stanna.HealthScored{Score: 75}}
	if became, d := b.take(old, start.Add(7*days)); became != stanna.Backfill || d != nil || len(b.alerts) != 0 {
		t.Fatalf("%s, %v", became, d)
	}
	late := stanna.Signal{OccurredAt: start.Add(7*days - time.Hour), Fact: stanna.HealthScored{Score: 5}}
	if became, d := b.take(late, start.Add(7*days)); became != stanna.Late || d != nil || len(b.alerts) != 0 {
		t.Fatalf("%s, %v", became, d)
	}
	d := b.scores(point{7, 54})
	wantDecision(t, d, stanna.ReasonFellFar, stanna.Opened)
	if d.Alert.Evidence.Base != 75 {
		t.Errorf("%+v", d.Alert.Evidence)
	}
}

func TestTakeWithoutState(t *testing.T) {
	var st stanna.State
	if got := rule.Take(&st, stanna.Signal{OccurredAt: start, Type: "custom.nps"}, start); got != stanna.Accepted {
		t.Errorf("a signal without state became %s", got)
	}
	rule.Take(&st, stanna.Signal{OccurredAt: start, Fact: stanna.ClientChurned{}}, start)
	if !st.ChurnedAt.Equal(start) {
		t.Errorf("churned at %v", st.ChurnedAt)
	}
}
