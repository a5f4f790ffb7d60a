package policy

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Quality is how often a rule was right, by what people said about having
// been told.
type Quality struct {
	Rule  stanna.Rule
	Since time.Time
	Told  int                    // alerts that reached people
	By    map[stanna.Verdict]int // alerts, by what was said of them last
	Right int                    // of those that were judged
	Acted int                    // taken up, given to somebody, put off or closed by a person

	ToTake time.Duration // the median until somebody took it up
	Taken  int           // how many the median is of

	told []store.ToldAlert
}

// Judged is how many alerts somebody said something about.
func (q Quality) Judged() int { return q.Right + q.By[stanna.VerdictNotUseful] }

// Precision is the share of the judged alerts that were right, and between
// what it lies with a certainty of 95 %; ok is false when nothing was judged.
func (q Quality) Precision() (share, low, high float64, ok bool) {
	n := q.Judged()
	if n == 0 {
		return 0, 0, 0, false
	}
	low, high = wilson(q.Right, n)
	return float64(q.Right) / float64(n), low, high, true
}

// A rule is poor when fewer than poorShare of at least enoughJudged alerts
// were right.
const (
	poorShare    = 0.7
	enoughJudged = 10
)

// Poor says whether the rule should be looked at.
func (q Quality) Poor() bool {
	share, _, _, ok := q.Precision()
	return ok && q.Judged() >= enoughJudged && share < poorShare
}

// MaxQualityDays bounds how far back quality is counted.
const MaxQualityDays = 365

// Quality counts how a rule has done in the last days.
func (k *Keeper) Quality(ctx context.Context, workspace, rule string, days int) (q Quality, err error) {
	if days < 1 || days > MaxQualityDays {
		return q, stanna.InvalidField("days", "must be from 1 to %d", MaxQualityDays)
	}
	q.Since = k.Clock.Now(workspace).AddDate(0, 0, -days)
	err = k.Store.View(ctx, func(tx *store.Tx) error {
		if q.Rule, err = tx.Rule(workspace, rule); err != nil {
			return err
		}
		q.told, err = tx.ToldAlerts(workspace, rule, q.Since)
		return err
	})
	q.count()
	return q, err
}

func (q *Quality) count() {
	q.Told, q.By = len(q.told), map[stanna.Verdict]int{}
	var waits []time.Duration
	for _, a := range q.told {
		if a.Verdict != "" {
			q.By[a.Verdict]++
		}
		if a.Verdict.Right() {
			q.Right++
		}
		if a.TakenBy != "" || a.AssignedTo != "" || a.SnoozedBy != "" || a.ClosedBy != "" {
			q.Acted++
		}
		if wait := a.TakenAt.Sub(a.OpenedAt); !a.TakenAt.IsZero() && wait >= 0 {
			waits = append(waits, wait)
		}
	}
	if q.Taken = len(waits); q.Taken > 0 {
		slices.Sort(waits)
		q.ToTake = (waits[(q.Taken-1)/2] + waits[q.Taken/2]) / 2
	}
}

// wilson is between what a share lies with a certainty of 95 %, of so many in
// n. (E. B. Wilson, Probable inference, the law of succession, and statistical
// inference, 1927; unlike the usual interval it holds for few and for all.)
func wilson(k, n int) (low, high float64) {
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	middle := p + z*z/(2*m)
	spread := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	whole := 1 + z*z/m
	return max((middle-spread)/whole, 0), min((middle+spread)/whole, 1)
}
