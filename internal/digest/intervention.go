package digest

import (
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// interventionDays is how far back risks are followed.
const interventionDays = 90

// interventions says what became of risks, of those that somebody acted on
// and of the others. What a person called noise was no risk, and a renewal
// date is none either.
func interventions(alerts []store.ActedAlert) stanna.InterventionSum {
	sum := stanna.InterventionSum{Days: interventionDays}
	var toAct, toWell, alone []time.Duration
	for _, a := range alerts {
		e := rule.EntryOf(a.Type)
		if e == nil || e.Nature != rule.Trouble || a.Type == stanna.RenewalUpcoming || a.Life.Outcome == stanna.Noise {
			continue
		}
		end, well := &sum.Not, &alone
		if at := firstAct(a); !at.IsZero() {
			end, well = &sum.Acted, &toWell
			toAct = append(toAct, at.Sub(a.OpenedAt))
		}
		end.Alerts++
		switch {
		case a.Open:
			end.Open++
		case a.Why == stanna.ReasonRecovered, a.Why == stanna.ReasonPaid, a.Life.Outcome == stanna.Saved:
			end.Recovered++
			*well = append(*well, a.ClosedAt.Sub(a.OpenedAt))
		case a.Why == stanna.ReasonChurned, a.Life.Outcome == stanna.Lost:
			end.Churned++
		default:
			end.Other++
		}
	}
	sum.DaysToAct, sum.DaysToWell, sum.Alone = median(toAct), median(toWell), median(alone)
	return sum
}

// firstAct is when somebody first did something for the client: took the
// alert up, spoke with the client, or closed it as saved or lost. Zero: nobody
// did.
func firstAct(a store.ActedAlert) (first time.Time) {
	acts := []time.Time{a.Life.TakenAt, a.SpokeAt}
	if a.Life.Outcome == stanna.Saved || a.Life.Outcome == stanna.Lost {
		acts = append(acts, a.ClosedAt)
	}
	for _, at := range acts {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// median is the middle of durations, or of the two in the middle.
func median(list []time.Duration) stanna.MedianOfDays {
	n := len(list)
	if n == 0 {
		return stanna.MedianOfDays{}
	}
	slices.Sort(list)
	middle := list[n/2]
	if n%2 == 0 {
		middle = (list[n/2-1] + list[n/2]) / 2
	}
	return stanna.MedianOfDays{Days: max(0, middle.Hours()/24), Of: n}
}
