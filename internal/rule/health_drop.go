package rule

import (
	"math"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Where its thresholds stand in the entry.
const (
	healthWindowDays = iota
	healthDropPoints
	healthFallPoints
	healthDropPercent
	healthLevel
	healthEnteredRed
	healthStepPoints
	healthMarginPoints
	healthSeverePoints
	healthDeepLevel
	healthKeyAccountMRR
)

// healthDrop watches the health score. The defaults are conservative: three
// ways to open that each mean trouble, and none that a point of noise meets.
var healthDrop = Entry{
	Type:    stanna.HealthDrop,
	Name:    "Health drop",
	Doc:     "Opens when health falls far or fast, or enters the red zone. Closes when it is out of danger by a margin and at least half of the fall is regained.",
	Signals: []stanna.SignalType{stanna.HealthScoredType},
	Nature:  Trouble,
	Thresholds: []Threshold{
		healthWindowDays:    {"windowDays", "days", "How far back a fall is counted.", 7, 1, 90},
		healthDropPoints:    {"dropPoints", "points", "Opens when health fell this much and is now yellow or red. 0 switches it off.", 15, 0, 100},
		healthFallPoints:    {"fallPoints", "points", "Opens when health fell this much, whatever the zone. 0 switches it off.", 20, 0, 100},
		healthDropPercent:   {"dropPercent", "percent", "Opens when health fell by this share of where it was. 0 switches it off.", 0, 0, 100},
		healthLevel:         {"level", "points", "Opens when health falls to this level or below. 0 switches it off.", 0, 0, 100},
		healthEnteredRed:    {"enteredRed", "", "1: opens when health enters the red zone. 0 switches it off.", 1, 0, 1},
		healthStepPoints:    {"stepPoints", "points", "An open alert is told again when health falls by another step of this size.", 10, 1, 100},
		healthMarginPoints:  {"marginPoints", "points", "How far above the line health must be before the alert closes.", 5, 0, 50},
		healthSeverePoints:  {"severePoints", "points", "A fall of this size raises the severity by one.", 30, 1, 100},
		healthDeepLevel:     {"deepLevel", "points", "Health at or below this raises the severity by one.", 20, 0, 100},
		healthKeyAccountMRR: {"keyAccountMrr", "currency", "From this MRR on (or of tier enterprise) the severity is raised by one.", 25_000, 0, 1e12},
	},
	look:     lookAtHealth,
	follow:   followHealth,
	settled:  healthSettled,
	measured: healthMeasured,
	worse: func(c *Compiled, k stanna.Known, f finding) bool {
		return points(k.Value-f.evidence.Value) >= c.value(healthStepPoints)
	},
}

func lookAtHealth(c *Compiled, sub *Subject) (finding, stanna.Reason) {
	now, ok := sub.State.Health.Last()
	if !ok {
		return finding{}, stanna.ReasonNotMeasured
	}
	base, firstSeen := baseOf(sub.State.Health, now.At, c.daysOf(healthWindowDays))
	before, compared := valueBefore(sub.State.Health)
	if sub.ticked() || sub.State.Memory[c.ID].Known != nil {
		// What stands is asked for, not what has just happened, or whether it
		// is worse than people know: any line that it is below counts as
		// crossed.
		before.Value = math.Inf(1)
	}
	switch {
	case !compared && now.Value > math.Max(sub.Settings.RiskThreshold, c.value(healthLevel)):
		return finding{}, stanna.ReasonFirstValue
	case !compared:
		before = stanna.Point{At: now.At, Value: math.Inf(1)}
	}
	trigger := c.healthTrigger(sub, base.Value, before.Value, now.Value)
	if trigger == "" {
		return finding{}, stanna.ReasonBelowThreshold
	}
	if base.Value <= now.Value && !math.IsInf(before.Value, 1) {
		// It rose within the window and then fell across a line: the fall is
		// counted from the last value.
		base, firstSeen = before, false
	}
	return finding{
		trigger: trigger, severity: c.healthSeverity(sub, base.Value, now.Value), onset: now.At, first: !compared,
		evidence: stanna.Evidence{
			Trigger: trigger, Base: base.Value, BaseAt: base.At, FirstSeen: firstSeen,
			Opened: now.Value, Value: now.Value, ValueAt: now.At, Worst: now.Value, Told: now.Value,
			SignalID: sub.Signal.ID, Source: sub.State.HealthSource, Factors: sub.State.HealthFactors,
		},
	}, ""
}

// healthMeasured is what an explanation shows of the score's way.
func healthMeasured(c *Compiled, sub *Subject) (list []Value) {
	now, ok := sub.State.Health.Last()
	if !ok {
		return []Value{{"health", "never measured"}}
	}
	base, _ := baseOf(sub.State.Health, now.At, c.daysOf(healthWindowDays))
	list = append(list, Value{"health", figure(now.Value)}, Value{"base", figure(base.Value)}, Value{"fell", figure(points(base.Value - now.Value))},
		Value{"zone", string(sub.Settings.ZoneOf(now.Value))})
	if before, ok := valueBefore(sub.State.Health); ok {
		list = append(list, Value{"before", figure(before.Value)})
	}
	return list
}

// baseOf is the value that a change is counted from: the last one at or
// before the window's start, if it is not older than twice the window; else
// the first one inside the window, which the message then says.
func baseOf(h stanna.History, at time.Time, window time.Duration) (base stanna.Point, firstSeen bool) {
	start := at.Add(-window)
	if p, ok := h.AtOrBefore(start); ok && !p.At.Before(start.Add(-window)) {
		return p, false
	}
	return h.Since(start)[0], true // the value at its end is inside
}

// valueBefore is the value before the newest.
func valueBefore(h stanna.History) (stanna.Point, bool) {
	all := h.Since(time.Time{})
	if len(all) < 2 {
		return stanna.Point{}, false
	}
	return all[len(all)-2], true
}

// healthTrigger names the strongest threshold that is crossed, or "".
func (c *Compiled) healthTrigger(sub *Subject, base, before, now float64) stanna.Reason {
	red := sub.Settings.RiskThreshold
	fall := points(base - now)
	switch {
	case c.on(healthEnteredRed, before > red && now <= red):
		return stanna.ReasonEnteredRed
	case c.on(healthFallPoints, fall >= c.value(healthFallPoints)):
		return stanna.ReasonFellFar
	case c.on(healthDropPoints, fall >= c.value(healthDropPoints) && now <= sub.Settings.HealthyAbove):
		return stanna.ReasonFellPoints
	case c.on(healthDropPercent, base > 0 && fall/base*100 >= c.value(healthDropPercent)):
		return stanna.ReasonFellPercent
	case c.on(healthLevel, before > c.value(healthLevel) && now <= c.value(healthLevel)):
		return stanna.ReasonFellToLevel
	}
	return ""
}

// healthSeverity is by the zone, raised by a severe fall or a deep value and
// by what the account is worth. Only what is red is ever critical.
func (c *Compiled) healthSeverity(sub *Subject, base, now float64) stanna.Severity {
	severity, most := stanna.Low, stanna.High
	switch sub.Settings.ZoneOf(now) {
	case stanna.Red:
		severity, most = stanna.High, stanna.Critical
	case stanna.Yellow:
		severity = stanna.Medium
	}
	steps := 0
	if points(base-now) >= c.value(healthSeverePoints) || now <= c.value(healthDeepLevel) {
		steps++
	}
	if sub.keyAccount(c.value(healthKeyAccountMRR)) {
		steps++
	}
	return severity.Raised(steps).AtMost(most)
}

// keyAccount says whether the client is worth so much, or of the tier, that
// what happens to it matters more.
func (s *Subject) keyAccount(mrr float64) bool {
	worth, known := s.worth()
	return strings.EqualFold(s.Client.Tier, "enterprise") || known && worth >= mrr
}

// worth is the client's MRR, if it is known and in the workspace's currency:
// thresholds are in that one.
func (s *Subject) worth() (mrr float64, known bool) {
	m := s.Client.MRR
	return m.Amount(), s.Client.HasMRR() && m.Currency == s.Settings.Currency
}

// followHealth says how an open alert goes on.
func followHealth(c *Compiled, sub *Subject, a stanna.Alert) verdict {
	now, _ := sub.State.Health.Last()
	e := a.Evidence
	moved := now.Value != e.Value
	e.Value, e.ValueAt, e.Worst = now.Value, now.At, math.Min(e.Worst, now.Value)
	v := verdict{severity: a.Severity, evidence: e, reason: stanna.ReasonStillOpen, keep: moved}
	if c.healthRecovered(sub.Settings, e) {
		v.event, v.reason = stanna.Resolved, stanna.ReasonRecovered
		return v
	}
	switch severity := c.healthSeverity(sub, e.Base, now.Value); {
	case severity.Rank() > a.Severity.Rank():
		v.event, v.reason, v.severity = stanna.Worsened, stanna.ReasonSeverityRose, severity
	case points(e.Told-now.Value) >= c.value(healthStepPoints):
		v.event, v.reason = stanna.Worsened, stanna.ReasonWorsened
	case now.Value > e.Worst:
		v.reason = stanna.ReasonPartlyBack
	}
	if v.event == stanna.Worsened {
		v.evidence.Told, v.evidence.SignalID, v.evidence.Source, v.evidence.Factors = now.Value, sub.Signal.ID, sub.State.HealthSource, sub.State.HealthFactors
	}
	return v
}

// healthSettled says whether a fall that people know of has been regained.
func healthSettled(c *Compiled, sub *Subject, k stanna.Known) bool {
	now, ok := sub.State.Health.Last()
	return ok && c.healthRecovered(sub.Settings, stanna.Evidence{Base: k.Base, Worst: math.Min(k.Value, now.Value), Value: now.Value})
}

// healthRecovered: out of the red (or above the rule's level) by the margin,
// and at least half of the fall regained. That a window moved on is no
// recovery.
func (c *Compiled) healthRecovered(s stanna.Settings, e stanna.Evidence) bool {
	line := math.Inf(-1)
	if e.Worst <= s.RiskThreshold {
		line = s.RiskThreshold
	}
	if level := c.value(healthLevel); level > 0 && e.Worst <= level {
		line = math.Max(line, level)
	}
	return points(e.Value-line) >= c.value(healthMarginPoints) && points(e.Value-e.Worst) >= points((e.Base-e.Worst)/2)
}

// points rounds a difference to the hundredth that scores are kept to: in
// floats, 70.02 − 55.02 is less than 15.
func points(x float64) float64 { return math.Round(x*100) / 100 }
