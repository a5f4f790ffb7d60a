package rule

import (
	"math"
	"time"

	"github.com/gostanna/stanna"
)

// followExpansion closes an opportunity that is over. A client who has grown
// and then fills a limit is told again, and so is a limit that is used up.
func followExpansion(c *Compiled, sub *Subject, a stanna.Alert) verdict {
	v := verdict{severity: a.Severity, evidence: a.Evidence, reason: stanna.ReasonStillOpen}
	over := c.growthOver
	if a.Evidence.Trigger == stanna.ReasonLimitFilled {
		over = c.limitOver
	}
	if over(sub, &v.evidence) || !sub.notRed() {
		v.event, v.reason = stanna.Resolved, stanna.ReasonNoLongerGrowing
		return v
	}
	v.keep = v.evidence.Value != a.Evidence.Value || v.evidence.Limit != a.Evidence.Limit
	f, why := c.limitFilled(sub)
	grew := a.Evidence.Trigger == stanna.ReasonGrowing
	if e := f.evidence; why == "" && (grew || e.Value >= e.Limit) && c.toldBefore(sub, nil, f) == "" {
		return verdict{event: stanna.Worsened, reason: stanna.ReasonLimitFilled, severity: f.severity, evidence: f.evidence, mark: f.mark}
	}
	return v
}

// limitOver brings the evidence up to date and says whether the limit is not
// nearly used up any more: used less by the margin, or raised.
func (c *Compiled) limitOver(sub *Subject, e *stanna.Evidence) bool {
	u, known := sub.State.Usage[e.Subject]
	if !known || u.Limit <= 0 {
		return false
	}
	l, raised := limit{e.Subject, u}, u.Limit > e.Limit
	e.Value, e.ValueAt, e.Limit, e.Worst = u.Used, u.At, u.Limit, math.Max(e.Worst, u.Used)
	line := c.value(expansionLimitPercent)
	return l.share() < line-c.value(expansionMarginPercent) || raised && l.share() < line
}

// growthOver brings the evidence up to date and says whether health is not
// good any more, or half of the rise is lost.
func (c *Compiled) growthOver(sub *Subject, e *stanna.Evidence) bool {
	const spare = 5 // points, about the border of a zone
	now, ok := sub.State.Health.Last()
	if !ok {
		return false
	}
	e.Value, e.ValueAt, e.Worst = now.Value, now.At, math.Max(e.Worst, now.Value)
	return !c.healthGood(sub, now.Value, spare) || points(now.Value-e.Base) < points((e.Worst-e.Base)/2)
}

// expansionDue is when a limit will have been filled for long enough.
func expansionDue(c *Compiled, sub *Subject) (due time.Time) {
	for _, u := range sub.State.Usage {
		since, filled := u.Since[int(c.value(expansionLimitPercent))]
		at := since.Add(c.daysOf(expansionLimitDays))
		if filled && at.After(sub.Now) && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	return due
}

// expansionMeasured is what an explanation shows.
func expansionMeasured(c *Compiled, sub *Subject) (list []Value) {
	health := "never measured"
	if now, ok := sub.State.Health.Last(); ok {
		health = figure(now.Value)
		base, _ := baseOf(sub.State.Health, now.At, c.daysOf(expansionWindowDays))
		list = append(list, Value{"healthRose", figure(points(now.Value - base.Value))})
	}
	list = append(list, Value{"health", health})
	for _, l := range limits(sub.State) {
		list = append(list, Value{"used." + l.name, figure(points(l.share())) + " percent"})
		if since := l.since(c.value(expansionLimitPercent)); !since.IsZero() {
			list = append(list, Value{"filledSince." + l.name, since.Format(time.RFC3339)})
		}
	}
	if u := usualOf(sub.State.Engagement, int(c.value(expansionWeeks)), c.zone); u.missing(0) == "" {
		list = append(list, Value{"engagementPercentAbove", figure(-u.below())})
	}
	return list
}
