package web

import (
	"fmt"
	"strconv"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// ruleQuality is how often a rule was right.
type ruleQuality struct {
	Precision string
	Between   string
	Facts     []field
	Proposal  string
	AskPath   string // looks for a better threshold; "" when the rule is not poor
}

// qualityDays is how far back the page looks.
const qualityDays = 90

// qualityOf counts, and where the rule is poor and somebody asks, plays the
// same days with other thresholds.
func (s *site) qualityOf(v *visit, r stanna.Rule) (*ruleQuality, error) {
	q, err := s.policy.Quality(v.ctx, v.workspace(), r.ID, qualityDays)
	if err != nil {
		return nil, err
	}
	l := v.local
	view := &ruleQuality{Precision: "Nobody has said yet whether its alerts are useful."}
	if share, low, high, ok := q.Precision(); ok {
		view.Precision = l.Percent(share) + " right"
		view.Between = fmt.Sprintf("between %s and %s, by %s of %s", l.Percent(low), l.Percent(high), digits(q.Judged()), l.Count(q.Told, "alert"))
	}
	view.Facts = []field{{Name: "Told", Value: l.Count(q.Told, "alert") + " in " + strconv.Itoa(qualityDays) + " days"}}
	for i := 0; i < len(verdictWords); i += 2 {
		view.Facts = append(view.Facts, field{Name: verdictWords[i+1], Value: digits(q.By[stanna.Verdict(verdictWords[i])])})
	}
	view.Facts = append(view.Facts, field{Name: "Not judged", Value: digits(q.Told - q.Judged())}, field{Name: "Acted on", Value: digits(q.Acted)})
	if q.Taken > 0 {
		view.Facts = append(view.Facts, field{Name: "Taken up after", Value: l.Lasting(q.ToTake) + " (median)"})
	}
	if !q.Poor() {
		return view, nil
	}
	view.AskPath = rulePath(r.ID) + "?propose=1#quality"
	if v.asked("propose") == "" {
		return view, nil
	}
	p, err := s.policy.Propose(v.ctx, q)
	if err != nil {
		return nil, err
	}
	if view.Proposal = "No other value of its main threshold would have spared anybody what was not useful and kept nine in ten of what was right."; p != nil {
		t := rule.Threshold{Unit: p.Unit, Max: 2}
		view.Proposal = fmt.Sprintf("With %s at %s in the place of %s it would have opened %s and not %s in these days: %s of %s that were not useful spared, %s of %s right ones lost.",
			p.Threshold, figure(l, t, p.Value), figure(l, t, p.Current), l.Count(p.AlertsAfter, "alert"), digits(p.AlertsBefore),
			digits(p.NoiseSpared), digits(p.Noise), digits(p.RightLost), digits(p.Right))
	}
	return view, nil
}
