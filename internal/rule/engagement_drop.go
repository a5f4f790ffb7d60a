package rule

import (
	"math"
	"time"

	"github.com/gostanna/stanna"
)

// Where its thresholds stand in the entry.
const (
	engagementPercent = iota
	engagementWeeks
	engagementMinVolume
	engagementSilentDays
	engagementStepPercent
	engagementMarginPercent
	engagementSeverePercent
	engagementKeyAccountMRR
)

// engagementDrop compares a client with itself; see usual. Its figures are
// the sum of a week.
var engagementDrop = Entry{
	Type: stanna.EngagementDrop,
	Name: "Engagement drop",
	Doc: "Opens when a complete week is far below the client's own usual, the median of the weeks before, or when a client that is usually active goes silent. " +
		"Closes when it is back by a margin and at least half of the fall is regained.",
	Signals: []stanna.SignalType{stanna.EngagementMeasuredType},
	Nature:  Trouble,
	Thresholds: []Threshold{
		engagementPercent:       {"percent", "percent", "Opens when a week is this much below the client's own usual. 0 switches it off.", 40, 0, 100},
		engagementWeeks:         {"weeks", "weeks", "How many weeks before are the usual.", 4, leastWeeks, maxWeeks},
		engagementMinVolume:     {"minVolume", "a week", "A client whose usual week is below this is not compared.", 20, 0, 1e9},
		engagementSilentDays:    {"silentDays", "days", "Opens when a client that is usually active has done nothing for this long. 0 switches it off.", 14, 0, 90},
		engagementStepPercent:   {"stepPercent", "points of percent", "An open alert is told again when the week falls by another step of this share of the usual.", 15, 1, 100},
		engagementMarginPercent: {"marginPercent", "points of percent", "How far above the line the week must be before the alert closes.", 15, 0, 50},
		engagementSeverePercent: {"severePercent", "percent", "A fall of this much raises the severity by one.", 60, 1, 100},
		engagementKeyAccountMRR: {"keyAccountMrr", "currency", "From this MRR on (or of tier enterprise) the severity is raised by one.", 25_000, 0, 1e12},
	},
	look:     lookAtEngagement,
	follow:   followEngagement,
	due:      engagementDue,
	settled:  engagementSettled,
	measured: engagementMeasured,
	worse: func(c *Compiled, k stanna.Known, f finding) bool {
		return f.trigger == stanna.ReasonWentSilent && k.Value > 0 || c.fellByStep(k.Base, k.Value, f.evidence.Value)
	},
}

func (c *Compiled) weeks() int { return int(c.value(engagementWeeks)) }

func lookAtEngagement(c *Compiled, sub *Subject) (finding, stanna.Reason) {
	if unfinished(sub.Signal) {
		return finding{}, stanna.ReasonUnfinished
	}
	why := stanna.ReasonTooSoon // for a silence
	if heard, silentAt := c.silence(sub); !silentAt.IsZero() {
		u := usualUntil(sub.State.Engagement, heard, c.weeks(), c.zone)
		if why = u.missing(c.value(engagementMinVolume)); why == "" {
			f := c.engagementFinding(sub, u, stanna.ReasonWentSilent)
			f.evidence.Since = heard
			return f, ""
		}
	}
	if sub.ticked() && sub.Relook == "" {
		return finding{}, why // time alone brings only silence
	}
	u := usualOf(sub.State.Engagement, c.weeks(), c.zone)
	if why := u.missing(c.value(engagementMinVolume)); why != "" {
		return finding{}, why
	}
	if !c.on(engagementPercent, u.below() >= c.value(engagementPercent)) {
		return finding{}, stanna.ReasonBelowThreshold
	}
	return c.engagementFinding(sub, u, stanna.ReasonBelowBaseline), ""
}

func (c *Compiled) engagementFinding(sub *Subject, u usual, trigger stanna.Reason) finding {
	return finding{
		trigger: trigger, severity: c.engagementSeverity(sub, u.base, u.value, trigger == stanna.ReasonWentSilent),
		evidence: stanna.Evidence{
			Trigger: trigger, Base: u.base, BaseAt: u.baseAt, Opened: u.value, Value: u.value, ValueAt: u.at, Worst: u.value, Told: u.value,
			SignalID: sub.Signal.ID, Source: sub.Signal.Source,
		},
	}
}

// unfinished says whether a signal measured a period that was not over.
func unfinished(s stanna.Signal) bool {
	f, ok := s.Fact.(stanna.EngagementMeasured)
	return ok && f.PeriodEnd.After(s.OccurredAt)
}

// heardLast is when a client did anything at all for the last time, and a
// zero time if never. A value of zero is nothing.
func heardLast(h stanna.History) time.Time {
	all := h.Since(time.Time{})
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Value > 0 {
			return all[i].At
		}
	}
	return time.Time{}
}

// silence says when the client was heard last and since when that is a
// silence. Zero: it is none yet.
func (c *Compiled) silence(sub *Subject) (heard, silentAt time.Time) {
	heard = heardLast(sub.State.Engagement)
	at := c.silentFrom(sub, heard)
	if at.IsZero() || sub.Now.Before(at) {
		return heard, time.Time{}
	}
	return heard, at
}

// silentFrom is from when on hearing nothing is a silence. A source that
// measures by the week may be late once.
func (c *Compiled) silentFrom(sub *Subject, heard time.Time) time.Time {
	if heard.IsZero() || c.value(engagementSilentDays) == 0 {
		return time.Time{}
	}
	at := heard.Add(c.daysOf(engagementSilentDays))
	if sub.Now.Before(at) {
		return at
	}
	every := cadence(oneEach(sub.State.Engagement.Since(heard.Add(-lookBack(c.weeks())))))
	return later(at, heard.Add(every*5/2))
}

func engagementDue(c *Compiled, sub *Subject) time.Time {
	return c.silentFrom(sub, heardLast(sub.State.Engagement))
}

// engagementSeverity is never critical: that somebody does less is no
// emergency.
func (c *Compiled) engagementSeverity(sub *Subject, base, value float64, silent bool) stanna.Severity {
	steps := 0
	if silent || percentBelow(base, value) >= c.value(engagementSeverePercent) {
		steps++
	}
	if sub.keyAccount(c.value(engagementKeyAccountMRR)) {
		steps++
	}
	return stanna.Medium.Raised(steps).AtMost(stanna.High)
}

// followEngagement measures an open alert by the base that it opened on.
func followEngagement(c *Compiled, sub *Subject, a stanna.Alert) verdict {
	e := a.Evidence
	v := verdict{severity: a.Severity, reason: stanna.ReasonStillOpen}
	heard, silentAt := c.silence(sub)
	silent := !silentAt.IsZero()
	u := usualOf(sub.State.Engagement, c.weeks(), c.zone)
	switch {
	case unfinished(sub.Signal):
		v.reason = stanna.ReasonUnfinished
		return v
	case silent:
		e.Since, e.Value = heard, 0
	case u.valued:
		e.Since, e.Value, e.ValueAt = time.Time{}, u.value, u.at
	default: // heard again, but not for a week
		e.Since = time.Time{}
		v.reason = stanna.ReasonTooLittleData
	}
	e.Worst = math.Min(e.Worst, e.Value)
	v.keep = e.Value != a.Evidence.Value || !e.Since.Equal(a.Evidence.Since)
	switch severity := c.engagementSeverity(sub, e.Base, e.Value, silent); {
	case !silent && u.valued && c.engagementBack(e.Base, e.Worst, e.Value):
		v.event, v.reason = stanna.Resolved, stanna.ReasonRecovered
	case silent && a.Evidence.Since.IsZero() && e.Told > 0:
		v.event, v.reason, v.severity, e.Trigger = stanna.Worsened, stanna.ReasonWentSilent, severity, stanna.ReasonWentSilent
	case c.fellByStep(e.Base, e.Told, e.Value):
		v.event, v.reason, v.severity = stanna.Worsened, stanna.ReasonWorsened, severity
	case severity.Rank() > a.Severity.Rank():
		v.event, v.reason, v.severity = stanna.Worsened, stanna.ReasonSeverityRose, severity
	case u.valued && e.Value > e.Worst:
		v.reason = stanna.ReasonPartlyBack
	}
	if v.event == stanna.Worsened {
		if severity := a.Severity; severity.Rank() > v.severity.Rank() {
			v.severity = severity // it was raised, and did not get better
		}
		e.Told, e.SignalID, e.Source = e.Value, sub.Signal.ID, sub.Signal.Source
	}
	v.evidence = e
	return v
}

// fellByStep says whether a week is worse by a step than one that was told.
func (c *Compiled) fellByStep(base, told, value float64) bool {
	return points(percentBelow(base, value)-percentBelow(base, told)) >= c.value(engagementStepPercent)
}

// engagementBack: less far below the base than the rule asks for, by the
// margin, and at least half of the fall regained.
func (c *Compiled) engagementBack(base, worst, value float64) bool {
	return percentBelow(base, value) <= c.backAt() && points(value-worst) >= points((base-worst)/2)
}

// backAt is how far below its base a week may be that is well again.
func (c *Compiled) backAt() float64 {
	if c.value(engagementPercent) == 0 {
		return 50 // only silence is watched
	}
	return math.Max(c.value(engagementPercent)-c.value(engagementMarginPercent), 0)
}

// engagementSettled says whether a fall that people know of is over: the last
// week is hardly below the weeks before it, because it was regained, or
// because it has become what is usual.
func engagementSettled(c *Compiled, sub *Subject, _ stanna.Known) bool {
	if _, silentAt := c.silence(sub); !silentAt.IsZero() {
		return false
	}
	u := usualOf(sub.State.Engagement, c.weeks(), c.zone)
	return u.missing(0) == "" && u.value > 0 && u.below() <= c.backAt()
}

// engagementMeasured is what an explanation shows.
func engagementMeasured(c *Compiled, sub *Subject) (list []Value) {
	u := usualOf(sub.State.Engagement, c.weeks(), c.zone)
	if u.at.IsZero() {
		return []Value{{"engagement", "never measured"}}
	}
	if u.valued {
		list = append(list, Value{"lastWeek", figure(u.value)})
	}
	if u.based {
		list = append(list, Value{"usualWeek", figure(u.base)})
	}
	if u.missing(0) == "" {
		list = append(list, Value{"percentBelow", figure(u.below())})
	}
	if heard := heardLast(sub.State.Engagement); !heard.IsZero() {
		list = append(list, Value{"lastActive", heard.Format(time.RFC3339)})
	}
	return list
}
