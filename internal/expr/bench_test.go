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

func BenchmarkWrite(b *testing.B) {
	for name, source := range map[string]string{
		"five":  `{{ client.name }} fell by {{ number(-alert.change) }} {{ plural(alert.change, "point", "points") }} to {{ state.health }}, worth {{ money(client.mrr) }}.`,
		"loop":  `{{ join(client.tags.map(t, upper(t)), ", ") }}`,
		"words": `Nothing but words.`,
	} {
		b.Run(name, func(b *testing.B) {
			t, err := expr.CompileTemplate(source, 3_000)
			if err != nil {
				b.Fatal(err)
			}
			in := dayOne()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := t.Write(in, expr.Writing{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompileTemplate(b *testing.B) {
	expr.TemplateNames()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := expr.CompileTemplate(`{{ client.name }} fell by {{ number(-alert.change) }} {{ plural(alert.change, "point", "points") }}`, 3_000); err != nil {
			b.Fatal(err)
		}
	}
}
