package web

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

func TestChartsStayInTheirField(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	l := locale.For(stanna.Settings{}, now)
	dice := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		var h stanna.History
		at := now.Add(-time.Duration(dice.IntN(400*24)+1) * time.Hour)
		for range dice.IntN(n*5 + 1) {
			h.Add(at, dice.Float64()*100)
			at = at.Add(time.Duration(dice.Int64N(int64(12 * time.Hour))))
		}
		var moments []moment
		if p, ok := h.Last(); ok && n%2 == 0 {
			moments = []moment{{"opened", "opened at", p}, {"base", "from", stanna.Point{At: at.AddDate(0, 0, -9), Value: 100}}}
		}
		c := chartOf(l, h, now.AddDate(0, 0, -90), later(now, h), moments...)
		if c.Empty != "" {
			continue
		}
		if strings.Contains(c.Line, "NaN") || strings.Contains(c.Line, "Inf") || strings.Contains(c.Line, "-") {
			t.Fatalf("line %s", c.Line)
		}
		if strings.Count(c.Line, "L") > chartPoints {
			t.Fatalf("%d points", strings.Count(c.Line, "L"))
		}
		if s := sparkOf(l, h, time.Time{}); strings.Contains(s.Line, "NaN") || strings.Contains(s.Line, "-") {
			t.Fatalf("spark %s", s.Line)
		}
	}
	same := stanna.HistoryOf(stanna.Point{At: now, Value: 50}, stanna.Point{At: now, Value: 50})
	if c := chartOf(l, same, now.Add(-time.Hour), now); c.Line == "" || strings.Contains(c.Line, "NaN") {
		t.Errorf("two values of one second: %+v", c)
	}
}
