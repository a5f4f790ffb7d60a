package rule_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// story is one client's case under a policy, as intake keeps it: what comes in
// and the passing of time change it.
type story struct {
	failer
	policy *rule.Policy
	rule.Case
	now time.Time
	n   int
}

// ruleOf is an active rule of a type, with its defaults but for the given
// thresholds.
func ruleOf(t stanna.AlertType, thresholds map[string]float64) stanna.Rule {
	return stanna.Rule{Workspace: "acme.com", ID: "rule_" + string(t), Version: 1, Name: "A rule", Type: t, Status: stanna.RuleActive,
		Terms: stanna.Terms{Thresholds: thresholds}}
}

// newStory begins at start with a client of whom nothing is known.
func newStory(t failer, rules ...stanna.Rule) *story { return storyIn(t, stanna.Settings{}, rules...) }

func storyIn(t failer, settings stanna.Settings, rules ...stanna.Rule) *story {
	t.Helper()
	s := &story{failer: t, now: start}
	s.Client = stanna.Client{Workspace: "acme.com", ID: "c1", Name: "Acme"}
	s.State = stanna.State{Workspace: "acme.com", ClientID: "c1"}
	s.rules(settings, rules...)
	return s
}

// rules puts others in force.
func (s *story) rules(settings stanna.Settings, rules ...stanna.Rule) {
	s.Helper()
	p, err := rule.Compile(settings, rules)
	if err != nil {
		s.Fatalf("compile: %v", err)
	}
	s.policy = p
}

// told is what the case made of something.
type told struct {
	became  stanna.Became
	reason  stanna.Reason
	changes []rule.Change
}

// event is the one thing that is told of it; more than one is shown as such.
func (t told) event() stanna.AlertEvent {
	all := t.events()
	switch len(all) {
	case 0:
		return ""
	case 1:
		return all[0].Event
	}
	return stanna.AlertEvent(fmt.Sprint(len(all), " events"))
}

// events are the changes that are told.
func (t told) events() (all []rule.Change) {
	for _, c := range t.changes {
		if c.Event != "" {
			all = append(all, c)
		}
	}
	return all
}

func (s *story) id() string { s.n++; return fmt.Sprintf("n%d", s.n) }

// comes takes a fact that came when it was true, so long after the start.
func (s *story) comes(after time.Duration, f stanna.Fact) told {
	s.Helper()
	return s.takes(stanna.Signal{OccurredAt: start.Add(after), Fact: f}, start.Add(after))
}

// takes takes a signal that came at a time; what it lacks is filled in.
func (s *story) takes(sig stanna.Signal, now time.Time) (t told) {
	s.Helper()
	if sig.Type == "" {
		sig.Type = typeOf(sig.Fact)
	}
	if sig.ID == "" {
		sig.ID = s.id()
	}
	if sig.Source == "" {
		sig.Source = "test"
	}
	sig.Workspace, sig.ClientID, sig.ReceivedAt = "acme.com", s.Client.ID, now
	s.now = now
	t.became, t.reason, t.changes = s.Take(s.policy, sig, now, s.id)
	s.check()
	return t
}

// passes lets time pass until so long after the start.
func (s *story) passes(after time.Duration) told {
	s.Helper()
	return s.tick(start.Add(after), "")
}

// looks has every rule asked anew.
func (s *story) looks(after time.Duration, why stanna.Reason) told {
	s.Helper()
	return s.tick(start.Add(after), why)
}

func (s *story) tick(now time.Time, why stanna.Reason) (t told) {
	s.Helper()
	s.now = now
	t.changes = s.Tick(s.policy, now, why, s.id)
	for _, c := range t.changes {
		t.reason = c.Reason
	}
	s.check()
	return t
}

// closes has a person resolve the open alert of a rule.
func (s *story) closes(after time.Duration, id string, outcome stanna.Outcome) []rule.Change {
	s.Helper()
	s.now = start.Add(after)
	for _, a := range s.Alerts {
		if a.Open() && a.RuleID == id {
			if err := a.Resolve("ana@acme.com", outcome, "", s.now); err != nil {
				s.Fatalf("%v", err)
			}
			return s.Close(s.policy, a, s.now)
		}
	}
	s.Fatalf("no alert of %s is open", id)
	return nil
}

// check says what is always so.
func (s *story) check() {
	s.Helper()
	open := map[string]bool{}
	for _, a := range s.Alerts {
		if a.Open() && open[a.RuleID] {
			s.Fatalf("two alerts of %s are open", a.RuleID)
		}
		open[a.RuleID] = open[a.RuleID] || a.Open()
		if a.ID == "" || a.Severity.Rank() < 0 || a.Why == "" {
			s.Fatalf("no complete alert: %+v", *a)
		}
	}
}

// last is the alert that opened last.
func (s *story) last() *stanna.Alert {
	s.Helper()
	if len(s.Alerts) == 0 {
		s.Fatalf("no alert opened")
	}
	return s.Alerts[len(s.Alerts)-1]
}

func typeOf(f stanna.Fact) stanna.SignalType {
	switch f.(type) {
	case stanna.HealthScored:
		return stanna.HealthScoredType
	case stanna.EngagementMeasured:
		return stanna.EngagementMeasuredType
	case stanna.ChurnPredicted:
		return stanna.ChurnPredictedType
	case stanna.SentimentDetected:
		return stanna.SentimentDetectedType
	case stanna.Contacted:
		return stanna.InteractionLoggedType
	case stanna.PaymentFailed:
		return stanna.PaymentFailedType
	case stanna.PaymentRecovered:
		return stanna.PaymentRecoveredType
	case stanna.SubscriptionChanged:
		return stanna.SubscriptionChangedType
	case stanna.ClientChurned:
		return stanna.ClientChurnedType
	case stanna.UsageMeasured:
		return stanna.UsageMeasuredType
	case stanna.MilestoneReached:
		return stanna.MilestoneReachedType
	case stanna.AccountUpdated:
		return stanna.AccountUpdatedType
	}
	return "custom.something"
}

// want says what something was to bring.
func want(t *testing.T, got told, reason stanna.Reason, event stanna.AlertEvent) {
	t.Helper()
	if got.reason != reason || got.event() != event {
		t.Fatalf("%s (event %q), want %s (event %q)", got.reason, got.event(), reason, event)
	}
}

// usd is a client's revenue.
func usd(amount float64) stanna.Money { return stanna.MoneyOf(amount, "USD") }
