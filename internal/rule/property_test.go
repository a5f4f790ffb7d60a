package rule_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// event is something that happens to a client.
type event struct {
	Kind  string // score, late, tick, other, exclude, churn
	After time.Duration
	Score float64
}

func events() *rapid.Generator[[]event] {
	kinds := append(slices.Repeat([]string{"score"}, 12), "late", "tick", "other", "exclude", "churn")
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event {
		e := event{Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Score: float64(rapid.IntRange(0, 1000).Draw(t, "score")) / 10}
		e.After = rapid.SampledFrom([]time.Duration{0, time.Second, time.Hour, days, 5 * days, 20 * days}).Draw(t, "after")
		return e
	}), 1, 60)
}

// play runs events through a fresh book and gives every decision.
func play(t *rapid.T, rules []stanna.Rule, list []event) (all []rule.Decision) {
	b := newBook(t, rules...)
	now := start
	told := map[string]bool{} // alerts that were opened
	for _, e := range list {
		now = now.Add(e.After)
		given := slices.Clone(b.alerts)
		var decisions []rule.Decision
		switch e.Kind {
		case "score":
			_, decisions = b.take(stanna.Signal{Type: stanna.HealthScoredType, OccurredAt: now, Fact: stanna.HealthScored{Score: e.Score}}, now)
		case "late":
			_, decisions = b.take(stanna.Signal{Type: stanna.HealthScoredType, OccurredAt: now.Add(-30 * time.Hour), Fact: stanna.HealthScored{Score: e.Score}}, now)
		case "other":
			_, decisions = b.take(stanna.Signal{Type: stanna.EngagementMeasuredType, OccurredAt: now, Fact: stanna.EngagementMeasured{Value: e.Score}}, now)
		case "churn":
			if e.Score > 50 {
				_, decisions = b.take(stanna.Signal{Type: stanna.ClientChurnedType, OccurredAt: now, Fact: stanna.ClientChurned{}}, now)
			}
		case "exclude":
			b.client.IsExcluded = !b.client.IsExcluded && e.Score > 50
		case "tick":
			decisions = b.tick(now)
		}
		all = append(all, decisions...)
		open := map[string]int{}
		for _, a := range b.open() {
			open[a.RuleID]++
			if open[a.RuleID] > 1 {
				t.Fatalf("%d alerts of %s are open", open[a.RuleID], a.RuleID)
			}
			if now.Sub(a.OpenedAt) >= rule.NotRecoveredAfter && e.Kind == "score" {
				t.Fatalf("open since %v", a.OpenedAt)
			}
		}
		for _, d := range decisions {
			checkDecision(t, d, given, told)
		}
		// told must hold the ids that the book gave to what has just opened.
		for _, a := range b.alerts {
			told[a.ID] = true
		}
	}
	return all
}

func checkDecision(t *rapid.T, d rule.Decision, given []stanna.Alert, told map[string]bool) {
	if d.Reason == "" || d.Reason.Sentence() == string(d.Reason) {
		t.Fatalf("a decision without a reason that can be read: %+v", d)
	}
	before := slices.IndexFunc(given, func(a stanna.Alert) bool { return a.ID == d.Alert.ID })
	switch d.Event {
	case "":
		if d.Keep && (before < 0 || !d.Alert.Open()) {
			t.Fatalf("nothing to tell, but %+v", d)
		}
	case stanna.Opened:
		if d.Alert.ID != "" || !d.Alert.Open() || d.Alert.Severity.Rank() < 0 {
			t.Fatalf("opened: %+v", d)
		}
	case stanna.Worsened, stanna.Resolved:
		if before < 0 || !told[d.Alert.ID] || !given[before].Open() {
			t.Fatalf("%s before it was opened, or twice: %+v", d.Event, d)
		}
		if d.Alert.Open() == (d.Event == stanna.Resolved) {
			t.Fatalf("%s and %s", d.Event, d.Alert.Status)
		}
		if d.Event == stanna.Worsened && d.Alert.Evidence.Value >= given[before].Evidence.Told {
			t.Fatalf("worse, from %g to %g", given[before].Evidence.Told, d.Alert.Evidence.Value)
		}
	}
	if d.Event != "" && (!d.Keep || d.Alert.Why != d.Reason) {
		t.Fatalf("told and not kept, or for another reason: %+v", d)
	}
}

func someRules() []stanna.Rule {
	second, third, trial := healthRule(map[string]float64{"level": 60, "windowDays": 1, "enteredRed": 0}),
		healthRule(map[string]float64{"dropPercent": 10, "stepPoints": 1}), healthRule(nil)
	second.ID, third.ID, trial.ID, trial.Status = "rule_2", "rule_3", "rule_trial", stanna.RuleShadow
	return []stanna.Rule{healthRule(nil), second, third, trial}
}

// Whatever happens to a client: at most one alert of a rule is open, every
// decision has a reason with a sentence, nothing is resolved before it was
// opened, a rule on trial tells nothing, and the same again gives the same.
func TestJudgeProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := events().Draw(t, "events")
		first := play(t, someRules(), list)
		for _, d := range first {
			if d.Rule != nil && d.Rule.ID == "rule_trial" && (d.Event != "" || d.Keep) {
				t.Fatalf("on trial, and %+v", d)
			}
		}
		if diff := cmp.Diff(plain(first), plain(play(t, someRules(), list))); diff != "" {
			t.Fatal("the same events give other decisions: " + diff)
		}
	})
}

// plain is decisions without the compiled rule, to compare.
func plain(decisions []rule.Decision) []rule.Decision {
	decisions = slices.Clone(decisions)
	for i := range decisions {
		decisions[i].Rule = nil
	}
	return decisions
}

// Judge and Tick leave the alerts they are given as they are.
func TestJudgeLeavesItsInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBook(t, someRules()...)
		for _, p := range []point{{0, 75}, {7, 60}} {
			b.take(stanna.Signal{Type: stanna.HealthScoredType, OccurredAt: p.at(), Fact: stanna.HealthScored{Score: p.score}}, p.at())
		}
		if len(b.open()) != 3 {
			t.Fatalf("open: %+v", b.alerts)
		}
		score := rapid.Float64Range(0, 100).Draw(t, "score")
		at := point{rapid.Float64Range(7, 50).Draw(t, "day"), 0}.at()
		before := fmt.Sprintf("%+v", b.alerts)
		sub := &rule.Subject{Client: b.client, State: &b.state, Alerts: b.alerts, Now: at,
			Signal: stanna.Signal{ID: "next", Type: stanna.HealthScoredType, OccurredAt: at, Fact: stanna.HealthScored{Score: score}}}
		rule.Take(&b.state, sub.Signal, at)
		b.policy.Judge(sub, nil)
		b.policy.Tick(sub, nil)
		if after := fmt.Sprintf("%+v", b.alerts); after != before {
			t.Fatalf("the alerts were %s and are %s", before, after)
		}
	})
}
