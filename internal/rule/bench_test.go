package rule_test

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// BenchmarkJudge is one evaluation of one rule; the bar is a million a second
// on a core.
func BenchmarkJudge(b *testing.B) {
	for name, last := range map[string]float64{"quiet": 74, "opens": 30} {
		b.Run(name, func(b *testing.B) { judge(b, last, nil) })
	}
	b.Run("open", func(b *testing.B) {
		judge(b, 59, []stanna.Alert{{ID: "a", RuleID: "rule_health_drop", Status: stanna.AlertOpen, Severity: stanna.Medium, OpenedAt: start,
			Evidence: stanna.Evidence{Base: 75, Opened: 60, Value: 60, Worst: 58, Told: 60}}})
	})
}

func judge(b *testing.B, last float64, alerts []stanna.Alert) {
	p, err := rule.Compile(stanna.Settings{}, []stanna.Rule{healthRule(nil)})
	if err != nil {
		b.Fatal(err)
	}
	state := stanna.State{}
	at := start
	for i := range 365 {
		at = at.Add(time.Hour)
		state.Health.Add(at, 75-float64(i%2))
	}
	state.Health.Add(at, last)
	sub := rule.Subject{Client: stanna.Client{ID: "c1", MRR: stanna.MoneyOf(1000, "USD")}, State: &state, Alerts: alerts, Now: at,
		Signal: stanna.Signal{ID: "s", Type: stanna.HealthScoredType, OccurredAt: at, Fact: stanna.HealthScored{Score: last}}}
	var list []rule.Decision
	b.ReportAllocs()
	for b.Loop() {
		list = p.Judge(&sub, list[:0])
	}
	if len(list) != 1 {
		b.Fatalf("%d decisions", len(list))
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "evaluations/s")
}
