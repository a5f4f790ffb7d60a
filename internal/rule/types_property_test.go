package rule_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// happening is one thing that happens to a client.
type happening struct {
	After time.Duration
	Do    string // a fact, late, tick, relook, close, snooze, exclude, change
	Fact  stanna.Fact
	Age   time.Duration // of what comes late
}

func happenings() *rapid.Generator[[]happening] {
	do := append(slices.Repeat([]string{"fact"}, 14), "late", "late", "tick", "tick", "relook", "close", "snooze", "change")
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) happening {
		return happening{
			After: rapid.SampledFrom([]time.Duration{0, time.Second, hour, 6 * hour, days, 3 * days, 10 * days}).Draw(t, "after"),
			Do:    rapid.SampledFrom(do).Draw(t, "do"), Fact: someFact(t),
			Age: rapid.SampledFrom([]time.Duration{30 * hour, 47 * hour, 3 * days, 40 * days}).Draw(t, "age"),
		}
	}), 1, 60)
}

func someFact(t *rapid.T) stanna.Fact {
	x := rapid.Float64Range(0, 1).Draw(t, "x")
	switch rapid.IntRange(0, 9).Draw(t, "fact") {
	case 0:
		return stanna.ChurnPredicted{Probability: x}
	case 1:
		f := failure(rapid.IntRange(0, 5).Draw(t, "attempt"), of(rapid.SampledFrom([]string{"", "in_1", "in_2"}).Draw(t, "invoice"), float64(int(x*500))))
		f.Decline = rapid.SampledFrom([]stanna.Decline{"", stanna.SoftDecline, stanna.HardDecline}).Draw(t, "decline")
		f.Status = rapid.SampledFrom([]string{"", stanna.PaymentFailing, stanna.PaymentPastDue, stanna.PaymentDisputed}).Draw(t, "status")
		return f
	case 2:
		return stanna.PaymentRecovered{Invoice: rapid.SampledFrom([]string{"", "in_1", "in_2"}).Draw(t, "paid")}
	case 3, 4:
		return stanna.SentimentDetected{Score: float64(int(x*40))/10 - 2, Quote: "so so", Confidence: rapid.SampledFrom([]*float64{nil, ptr(0.5), ptr(0.9)}).Draw(t, "sure")}
	case 5:
		return stanna.AccountUpdated{Status: rapid.SampledFrom([]string{"", "active", "paused"}).Draw(t, "word")}
	case 6:
		if x < 0.5 {
			return stanna.SubscriptionChanged{Movement: stanna.MRRContraction, MRR: x * 100, Before: 200, Currency: "USD"}
		}
		return stanna.Contacted{Kind: "call"}
	case 7:
		return stanna.EngagementMeasured{Value: float64(int(x * 300))}
	}
	return stanna.HealthScored{Score: float64(int(x * 100))}
}

func ptr(x float64) *float64 { return &x }

func everyRule() []stanna.Rule {
	key, days, about := keyRule(nil), customRule("state.daysSinceContact > 3 && state.health < 60"), customRule(`signal.type == "health.scored" && signal.source == "test" && state.health < 30`)
	about.ID = "rule_about"
	rules := append(rule.First("acme.com"), key, days, about)
	for i := range rules {
		rules[i].Escalation = []stanna.EscalationStep{{After: 300, To: boss, Raise: stanna.Critical}}
	}
	return rules
}

// play runs through what happens. Between says what is done to the case after
// each thing; it gives what was told, in order.
func (s *story) play(list []happening, between func(*story)) (all []string) {
	after := time.Duration(0)
	for i, h := range list {
		after += h.After
		for due := s.State.Due; !due.IsZero() && !due.After(start.Add(after)); due = s.State.Due {
			now := start.Add(after)
			if due.After(start) {
				now = due
			}
			all = append(all, telling(s.tick(now, ""))...)
			between(s)
			if next := s.State.Due; !next.IsZero() && !next.After(now) {
				s.Fatalf("due %v after a look at %v", next, now)
			}
		}
		var got told
		switch h.Do {
		case "fact":
			got = s.comes(after, h.Fact)
		case "late":
			alerts := fmt.Sprint(s.tellings())
			now := start.Add(after)
			if got = s.takes(stanna.Signal{OccurredAt: now.Add(-h.Age), Fact: h.Fact}, now); got.became != stanna.Accepted && (len(got.changes) > 0 || fmt.Sprint(s.tellings()) != alerts) {
				s.Fatalf("%d: history changed an alert: %+v", i, got.changes)
			}
		case "tick":
			got = s.passes(after)
		case "relook":
			got = s.looks(after, stanna.ReasonFirstContact)
			if again := s.looks(after, stanna.ReasonFirstContact); slices.ContainsFunc(again.events(), func(c rule.Change) bool { return c.Event != stanna.Escalated }) {
				s.Fatalf("%d: asked twice, it says more: %+v", i, again.events())
			}
		case "close":
			if open := s.openOf(h); open != nil {
				s.closes(after, open.RuleID, stanna.AlreadyKnown)
				if again := s.looks(after, stanna.ReasonFirstContact); slices.ContainsFunc(again.events(), func(c rule.Change) bool { return c.Alert.RuleID == open.RuleID && c.Event == stanna.Opened }) {
					s.Fatalf("%d: %s opens again at once after a person closed it: %+v", i, open.RuleID, again.events())
				}
			}
		case "snooze":
			if open := s.openOf(h); open != nil && open.Snooze("ana@acme.com", start.Add(after+h.Age), start.Add(after)) == nil {
				s.Look(s.policy, start.Add(after))
			}
		case "change":
			s.Client.MRR = usd(float64(h.Age / hour * 400))
		}
		all = append(all, telling(got)...)
		between(s)
	}
	return append(all, s.tellings()...)
}

// openOf picks an open alert, or nil.
func (s *story) openOf(h happening) *stanna.Alert {
	for i := range s.Alerts {
		if a := s.Alerts[(i+int(h.Age/hour))%len(s.Alerts)]; a.Open() {
			return a
		}
	}
	return nil
}

func telling(t told) (list []string) {
	for _, c := range t.events() {
		list = append(list, fmt.Sprintf("%s %s %s %s %q step %d quiet %v at %v", c.Alert.RuleID, c.Event, c.Reason, c.Alert.Severity, c.Gather, c.Step, c.Quiet, c.At))
	}
	return list
}

// tellings are all alerts as they stand, as text to compare.
func (s *story) tellings() (list []string) {
	for _, a := range s.Alerts {
		b, err := json.Marshal(*a)
		if err != nil {
			s.Fatalf("%v", err)
		}
		list = append(list, string(b))
	}
	return list
}

// stored writes a case down and reads it again, as intake does between two
// batches.
func (s *story) stored() {
	s.Helper()
	must := func(err error) {
		if err != nil {
			s.Fatalf("%v", err)
		}
	}
	for _, h := range []*stanna.History{&s.State.Health, &s.State.Engagement} {
		b, err := h.MarshalBinary()
		must(err)
		*h = stanna.History{}
		must(h.UnmarshalBinary(b))
	}
	b, err := json.Marshal(s.State.StateFacts)
	must(err)
	s.State.StateFacts = stanna.StateFacts{}
	must(json.Unmarshal(b, &s.State.StateFacts))
	for i, a := range s.Alerts {
		b, err := json.Marshal(*a)
		must(err)
		fresh := &stanna.Alert{}
		must(json.Unmarshal(b, fresh))
		s.Alerts[i] = fresh
	}
	s.Case = rule.Case{Client: s.Client, State: s.State, Alerts: s.Alerts}
}

// Whatever happens to a client: every alert that is told has a reason with a
// sentence, history opens nothing, asking twice says nothing more, what a
// person closed stays closed, and it is all the same whether the case was kept
// in memory or stored after every step, alone or beside others.
func TestEveryTypeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := happenings().Draw(t, "happenings")
		kept := newStory(t, everyRule()...).play(list, func(s *story) {
			for _, d := range s.Decisions() {
				if d.Reason.Sentence() == string(d.Reason) {
					t.Fatalf("%s has no sentence: %+v", d.Reason, d)
				}
			}
		})
		stored := newStory(t, everyRule()...).play(list, (*story).stored)
		if diff := cmp.Diff(kept, stored); diff != "" {
			t.Fatalf("stored between, it is told otherwise: %s", diff)
		}
		mine, other := newStory(t, everyRule()...), newStory(t)
		other.policy = mine.policy // another client of the same workspace
		beside := mine.play(list, func(*story) {
			other.comes(time.Duration(other.n)*hour, someFact(t))
		})
		if diff := cmp.Diff(kept, beside); diff != "" {
			t.Fatalf("beside another client, it is told otherwise: %s", diff)
		}
	})
}
