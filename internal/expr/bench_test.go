package expr_test

import (
	"testing"

	"github.com/gostanna/stanna/internal/expr"
)

func BenchmarkHolds(b *testing.B) {
	for name, source := range map[string]string{
		"plain":  `state.health < 50 && client.mrr >= 5000.0 && client.tier in ["enterprise"]`,
		"custom": `client.custom.seats > 10 && state.zone == "red"`,
		"change": `state.healthChange7d <= -15 && client.daysToRenewal < 90`,
		"loop":   `client.tags.exists(t, t == "emea")`,
		"absent": `client.custom.rooms > 10`,
	} {
		b.Run(name, func(b *testing.B) {
			c, err := expr.CompileCondition(source)
			if err != nil {
				b.Fatal(err)
			}
			in := dayOne()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Holds(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	expr.Names()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := expr.CompileCondition(`state.health < 50 && client.mrr >= 5000.0 && client.tier in ["enterprise"]`); err != nil {
			b.Fatal(err)
		}
	}
}
