package rule_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

func fallen(t *testing.T, rules ...stanna.Rule) *book {
	t.Helper()
	b := newBook(t, rules...)
	for _, p := range []point{{0, 75}, {7, 60}} {
		b.take(stanna.Signal{Type: stanna.HealthScoredType, OccurredAt: p.at(), Fact: stanna.HealthScored{Score: p.score}}, p.at())
	}
	if len(b.open()) != len(rules) {
		t.Fatalf("%d of %d rules opened", len(b.open()), len(rules))
	}
	return b
}

// After thirty days an alert closes as not recovered, by a signal or by time.
func TestNotRecovered(t *testing.T) {
	opened := point{7, 0}.at()
	t.Run("by a signal", func(t *testing.T) {
		b := fallen(t, healthRule(nil))
		wantDecision(t, b.score(opened.Add(30*days-time.Second), 60), stanna.ReasonStillOpen, "")
		d := b.score(opened.Add(30*days), 10) // even a worse one
		wantDecision(t, d, stanna.ReasonNotRecovered, stanna.Resolved)
		if d.Rule == nil || d.Alert.Why != stanna.ReasonNotRecovered || d.Alert.Open() || !d.Alert.ClosedAt.Equal(opened.Add(30*days)) {
			t.Errorf("%+v", d)
		}
	})
	t.Run("by time", func(t *testing.T) {
		b := fallen(t, healthRule(nil))
		if d := b.tick(opened.Add(30*days - time.Second)); len(d) != 0 {
			t.Fatalf("too early: %+v", d)
		}
		d := b.tick(opened.Add(30 * days))
		if len(d) != 1 || len(b.open()) != 0 {
			t.Fatalf("%+v", d)
		}
		wantDecision(t, d[0], stanna.ReasonNotRecovered, stanna.Resolved)
		if d := b.tick(opened.Add(31 * days)); len(d) != 0 {
			t.Fatalf("it closes twice: %+v", d)
		}
	})
}

func TestChurnedClosesEverything(t *testing.T) {
	second := healthRule(map[string]float64{"dropPoints": 10})
	second.ID = "rule_2"
	b := fallen(t, healthRule(nil), second)
	at := point{8, 0}.at()
	_, decisions := b.take(stanna.Signal{OccurredAt: at, Fact: stanna.ClientChurned{}, Type: stanna.ClientChurnedType}, at)
	if len(decisions) != 2 || len(b.open()) != 0 {
		t.Fatalf("%+v", decisions)
	}
	for _, d := range decisions {
		wantDecision(t, d, stanna.ReasonChurned, stanna.Resolved)
	}
	for day := 9.0; day < 12; day++ { // neither recovery is celebrated nor a fall told
		_, decisions := b.take(stanna.Signal{OccurredAt: point{day, 0}.at(), Fact: stanna.HealthScored{Score: 100 - 30*day}}, point{day, 0}.at())
		if len(decisions) != 1 || decisions[0].Reason != stanna.ReasonChurned || decisions[0].Event != "" {
			t.Fatalf("%+v", decisions)
		}
	}
}

func TestExcluded(t *testing.T) {
	b := fallen(t, healthRule(nil))
	b.client.IsExcluded = true
	wantDecision(t, b.tick(point{8, 0}.at())[0], stanna.ReasonExcluded, stanna.Resolved)
	wantDecision(t, b.scores(point{9, 5}), stanna.ReasonExcluded, "")
	if len(b.open()) != 0 || len(b.alerts) != 1 {
		t.Fatalf("%+v", b.alerts)
	}
	b.client.IsExcluded = false // it takes part again, with what was learned meanwhile
	wantDecision(t, b.scores(point{10, 5}), stanna.ReasonFellFar, stanna.Opened)
}

// Decisions are added to the list that is given, whatever stands in it.
func TestJudgeAdds(t *testing.T) {
	b := newBook(t, healthRule(nil))
	b.client.IsExcluded = true
	before := []rule.Decision{{Reason: "before"}}
	for _, got := range [][]rule.Decision{
		b.policy.Judge(&rule.Subject{Client: b.client, State: &b.state}, before),
		b.policy.Tick(&rule.Subject{Client: b.client, State: &b.state}, before),
	} {
		if len(got) != 2 || got[0].Reason != "before" || got[1].Reason != stanna.ReasonExcluded {
			t.Errorf("%+v", got)
		}
	}
}

func TestUnstable(t *testing.T) {
	for name, c := range map[string]struct {
		third float64 // day of the third opening; the first is on day 1
		want  bool
	}{"within 14 days": {14.9, true}, "exactly 14 days": {15, true}, "later": {15.1, false}} {
		t.Run(name, func(t *testing.T) {
			b := newBook(t, healthRule(nil))
			b.scores(point{0, 60})
			for _, p := range []point{{1, 40}, {2, 60}, {3, 40}, {4, 60}, {c.third, 40}} {
				b.scores(p)
			}
			if len(b.alerts) != 3 {
				t.Fatalf("%d alerts opened", len(b.alerts))
			}
			if b.alerts[0].Unstable || b.alerts[1].Unstable || b.alerts[2].Unstable != c.want {
				t.Errorf("unstable: %v %v %v, want the third to be %v", b.alerts[0].Unstable, b.alerts[1].Unstable, b.alerts[2].Unstable, c.want)
			}
			b.scores(point{c.third + 1, 60}, point{c.third + 1.1, 40}) // it stays so
			if last := b.alerts[len(b.alerts)-1]; !last.Unstable && c.want {
				t.Errorf("the fourth opening is stable again: %+v", b.state.Memory)
			}
			if n := len(b.state.Memory["rule_health_drop"].Openings); n > 3 {
				t.Errorf("%d openings are remembered", n)
			}
		})
	}
}

// A rule on trial says what it would do and changes nothing.
func TestShadow(t *testing.T) {
	shadow := healthRule(nil)
	shadow.Status = stanna.RuleShadow
	b := newBook(t, shadow)
	wantDecision(t, b.scores(point{0, 75}, point{6, 72}), stanna.ReasonBelowThreshold, "")
	d := b.scores(point{7, 30})
	wantDecision(t, d, stanna.ReasonShadow, "")
	if !d.Shadow || d.Keep || len(b.alerts) != 0 || b.state.Memory != nil {
		t.Errorf("%+v, memory %v", d, b.state.Memory)
	}
	// An alert that was open when the trial began stays as it is.
	b = fallen(t, healthRule(nil))
	before := b.alerts[0]
	b.policy, _ = rule.Compile(stanna.Settings{}, []stanna.Rule{shadow})
	d = b.scores(point{8, 20})
	if wantDecision(t, d, stanna.ReasonShadow, ""); !d.Shadow || d.Keep {
		t.Errorf("%+v", d)
	}
	if diff := cmp.Diff(before, b.alerts[0]); diff != "" {
		t.Error(diff)
	}
}

// A rule has nothing to say about signals that it does not look at, not even
// a reason.
func TestOtherSignals(t *testing.T) {
	b := fallen(t, healthRule(nil))
	before := b.alerts[0]
	for i, f := range []stanna.Fact{stanna.EngagementMeasured{Value: 1}, stanna.ChurnPredicted{Probability: 1}, stanna.Contacted{}, nil} {
		at := point{8 + float64(i), 0}.at()
		if _, decisions := b.take(stanna.Signal{OccurredAt: at, Type: typeOf(f), Fact: f}, at); len(decisions) != 0 {
			t.Fatalf("a health rule has something to say about %s: %+v", typeOf(f), decisions)
		}
	}
	if diff := cmp.Diff(before, b.alerts[0]); diff != "" {
		t.Error(diff)
	}
}
