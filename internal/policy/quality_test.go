package policy

import (
	"math"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/store"
)

// The figures are those of Newcombe's paper (1998), table I, method 3.
func TestWilson(t *testing.T) {
	for _, x := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {29, 29, 0.8830, 1}} {
		if low, high := wilson(x.k, x.n); math.Abs(low-x.low) > 0.00006 || math.Abs(high-x.high) > 0.00006 {
			t.Errorf("%d of %d: %.4f to %.4f", x.k, x.n, low, high)
		}
	}
}

var begin = time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)

// toldAs is an alert that opened on a day, was taken up so much later, and
// was judged so.
func toldAs(client string, day int, take time.Duration, v stanna.Verdict) store.ToldAlert {
	a := stanna.Alert{ClientID: client, RuleID: "r", OpenedAt: begin.AddDate(0, 0, day), ClosedAt: begin.AddDate(0, 0, day+3)}
	if take > 0 {
		a.TakenBy, a.TakenAt = "ana@acme.com", a.OpenedAt.Add(take)
	}
	return store.ToldAlert{Alert: a, Verdict: v}
}

func TestQualityCounts(t *testing.T) {
	q := Quality{told: []store.ToldAlert{
		toldAs("a", 1, time.Hour, stanna.VerdictUseful), toldAs("b", 2, 3*time.Hour, stanna.VerdictTooLate), toldAs("c", 3, 0, stanna.VerdictNotUseful),
		toldAs("d", 4, 10*time.Hour, stanna.VerdictKnown), toldAs("e", 5, 0, ""), toldAs("f", 6, 4*time.Hour, ""),
	}}
	q.count()
	if q.Told != 6 || q.Judged() != 4 || q.Right != 3 || q.Acted != 4 || q.Taken != 4 || q.ToTake != 3*time.Hour+30*time.Minute {
		t.Errorf("%+v", q)
	}
	if share, low, high, ok := q.Precision(); !ok || share != 0.75 || !(low < share && share < high) {
		t.Errorf("%g, %g to %g", share, low, high)
	}
	if _, _, _, ok := (Quality{}).Precision(); ok {
		t.Error("nothing was judged, and it has a precision")
	}
}

func TestPoorNeedsEnough(t *testing.T) {
	for _, x := range []struct {
		right, noise int
		want         bool
	}{{0, 9, false}, {6, 4, true}, {7, 3, false}, {0, 10, true}, {0, 0, false}} {
		q := Quality{Right: x.right, By: map[stanna.Verdict]int{stanna.VerdictNotUseful: x.noise}}
		if q.Poor() != x.want {
			t.Errorf("%d right and %d not: poor %v", x.right, x.noise, q.Poor())
		}
	}
}

// report is a backtest in which the rule opened on these clients.
func report(clients ...string) (r backtest.Report) {
	for _, c := range clients {
		r.Episodes = append(r.Episodes, backtest.Episode{RuleID: "r", ClientID: c, OpenedAt: begin, ClosedAt: begin.AddDate(0, 0, 30)},
			backtest.Episode{RuleID: "other", ClientID: "x", OpenedAt: begin})
	}
	return r
}

func TestTheBestKeepsWhatIsRight(t *testing.T) {
	right := []string{"r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10"}
	q := Quality{Rule: stanna.Rule{ID: "r"}}
	for _, c := range right {
		q.told = append(q.told, toldAs(c, 1, 0, stanna.VerdictUseful))
	}
	for _, c := range []string{"n1", "n2", "n3", "n4"} {
		q.told = append(q.told, toldAs(c, 1, 0, stanna.VerdictNotUseful))
	}
	q.told = append(q.told, toldAs("gone", 1, 0, stanna.VerdictNotUseful), toldAs("quiet", 1, 0, ""), toldAs("r1", 200, 0, stanna.VerdictNotUseful))
	with := func(more ...string) backtest.Report { return report(append(more, right...)...) }
	inForce := with("n1", "n2", "n3", "n4", "quiet")
	but := report(append([]string{"n1"}, right[1:]...)...) // spares three, loses one
	for name, x := range map[string]struct {
		values  []float64
		reports []backtest.Report
		want    *Proposal
	}{
		"nothing better": {[]float64{15, 10, 20}, []backtest.Report{inForce, inForce, inForce}, nil},
		"spares the most": {[]float64{15, 20, 25}, []backtest.Report{inForce, with("n1", "n2"), with("n1")},
			&Proposal{Current: 15, Value: 25, AlertsBefore: 15, AlertsAfter: 11, Right: 10, Noise: 4, NoiseSpared: 3}},
		"loses fewer of two": {[]float64{15, 20, 40}, []backtest.Report{inForce, but, with("n1")},
			&Proposal{Current: 15, Value: 40, AlertsBefore: 15, AlertsAfter: 11, Right: 10, Noise: 4, NoiseSpared: 3}},
		"the nearer of two": {[]float64{15, 40, 20}, []backtest.Report{inForce, with("n1"), with("n1")},
			&Proposal{Current: 15, Value: 20, AlertsBefore: 15, AlertsAfter: 11, Right: 10, Noise: 4, NoiseSpared: 3}},
		"keeps nine in ten": {[]float64{15, 20, 30}, []backtest.Report{inForce, but, report(right[2:]...)},
			&Proposal{Current: 15, Value: 20, AlertsBefore: 15, AlertsAfter: 10, Right: 10, RightLost: 1, Noise: 4, NoiseSpared: 3}},
		"loses too many": {[]float64{15, 30}, []backtest.Report{inForce, report(right[2:]...)}, nil},
	} {
		got := q.best(x.values, x.reports)
		if (got == nil) != (x.want == nil) || got != nil && *got != *x.want {
			t.Errorf("%s: %+v, want %+v", name, got, x.want)
		}
	}
}
