package rule

import (
	"math"
	"time"

	"github.com/gostanna/stanna"
)

// healthDrop watches the health score. The defaults are conservative: three
// ways to open that each mean trouble, and none that a point of noise meets.
var healthDrop = Entry{
	Type:    stanna.HealthDrop,
	Name:    "Health drop",
	Signals: []stanna.SignalType{stanna.HealthScoredType},
	Thresholds: []Threshold{
		{"windowDays", "days", "How far back a fall is counted.", 7, 1, 90},
		{"dropPoints", "points", "Opens when health fell this much and is now yellow or red. 0 switches it off.", 15, 0, 100},
		{"fallPoints", "points", "Opens when health fell this much, whatever the zone. 0 switches it off.", 20, 0, 100},
		{"dropPercent", "percent", "Opens when health fell by this share of where it was. 0 switches it off.", 0, 0, 100},
		{"level", "points", "Opens when health falls to this level or below. 0 switches it off.", 0, 0, 100},
		{"enteredRed", "", "1: opens when health enters the red zone. 0 switches it off.", 1, 0, 1},
		{"stepPoints", "points", "An open alert is told again when health falls by another step of this size.", 10, 1, 100},
		{"marginPoints", "points", "How far above the line health must be before the alert closes.", 5, 0, 50},
		{"severePoints", "points", "A fall of this size raises the severity by one.", 30, 1, 100},
		{"deepLevel", "points", "Health at or below this raises the severity by one.", 20, 0, 100},
		{"keyAccountMrr", "currency", "From this MRR on (or of tier enterprise) the severity is raised by one.", 25_000, 0, 1e12},
	},
	evaluate: evaluateHealthDrop,
}

func evaluateHealthDrop(c *Compiled, sub *Subject, open *stanna.Alert) verdict {
	now, _ := sub.State.Health.Last()
	if open != nil {
		return c.followHealth(sub, now, *open)
	}
	before, ok := valueBefore(sub.State.Health)
	if !ok {
		return verdict{reason: stanna.ReasonFirstValue}
	}
	window := time.Duration(c.value("windowDays") * float64(24*time.Hour))
	base, firstSeen := baseOf(sub.State.Health, now.At, window)
	trigger := c.healthTrigger(sub, base.Value, before.Value, now.Value)
	if trigger == "" {
		return verdict{reason: stanna.ReasonBelowThreshold}
	}
	if base.Value <= now.Value {
		// It rose within the window and then fell across a line: the fall is
		// counted from the last value.
		base, firstSeen = before, false
	}
	return verdict{
		event: stanna.Opened, reason: trigger,
		severity: c.healthSeverity(sub, base.Value, now.Value),
		evidence: stanna.Evidence{
			Trigger: trigger, Base: base.Value, BaseAt: base.At, FirstSeen: firstSeen,
			Opened: now.Value, Value: now.Value, ValueAt: now.At, Worst: now.Value, Told: now.Value,
			SignalID: sub.Signal.ID, Source: sub.Signal.Source, Factors: sub.State.HealthFactors,
		},
	}
}

// baseOf is the value that a change is counted from: the last one at or
// before the window's start, if it is not older than twice the window; else
// the first one inside the window, which the message then says.
func baseOf(h stanna.History, at time.Time, window time.Duration) (base stanna.Point, firstSeen bool) {
	start := at.Add(-window)
	if p, ok := h.AtOrBefore(start); ok && !p.At.Before(start.Add(-window)) {
		return p, false
	}
	return h.Since(start)[0], true
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
	fall := base - now
	on := func(threshold string, reached bool) bool { return c.value(threshold) > 0 && reached }
	switch {
	case on("enteredRed", before > red && now <= red):
		return stanna.ReasonEnteredRed
	case on("fallPoints", fall >= c.value("fallPoints")):
		return stanna.ReasonFellFar
	case on("dropPoints", fall >= c.value("dropPoints") && now <= sub.Settings.HealthyAbove):
		return stanna.ReasonFellPoints
	case on("dropPercent", base > 0 && fall/base*100 >= c.value("dropPercent")):
		return stanna.ReasonFellPercent
	case on("level", before > c.value("level") && now <= c.value("level")):
		return stanna.ReasonFellToLevel
	}
	return ""
}

// healthSeverity is by the zone, raised by a severe fall or a deep value and
// by what the account is worth.
func (c *Compiled) healthSeverity(sub *Subject, base, now float64) stanna.Severity {
	severity := map[stanna.Zone]stanna.Severity{stanna.Red: stanna.High, stanna.Yellow: stanna.Medium, stanna.Green: stanna.Low}[sub.Settings.ZoneOf(now)]
	steps := 0
	if base-now >= c.value("severePoints") || now <= c.value("deepLevel") {
		steps++
	}
	if sub.Client.Tier == "enterprise" || sub.Client.HasMRR() && sub.Client.MRR.Amount() >= c.value("keyAccountMrr") {
		steps++
	}
	return severity.Raised(steps)
}

// followHealth says how an open alert goes on.
func (c *Compiled) followHealth(sub *Subject, now stanna.Point, a stanna.Alert) verdict {
	e := a.Evidence
	worse := now.Value < e.Worst
	e.Value, e.ValueAt, e.Worst = now.Value, now.At, math.Min(e.Worst, now.Value)
	v := verdict{severity: a.Severity, evidence: e, reason: stanna.ReasonStillOpen, keep: worse}
	if c.healthRecovered(sub, e) {
		v.event, v.reason = stanna.Resolved, stanna.ReasonRecovered
		return v
	}
	switch severity := c.healthSeverity(sub, e.Base, now.Value); {
	case severity.Rank() > a.Severity.Rank():
		v.event, v.reason, v.severity = stanna.Worsened, stanna.ReasonSeverityRose, severity
	case now.Value <= e.Told-c.value("stepPoints"):
		v.event, v.reason = stanna.Worsened, stanna.ReasonWorsened
	case now.Value > e.Worst:
		v.reason = stanna.ReasonPartlyBack
	}
	if v.event == stanna.Worsened {
		v.evidence.Told, v.evidence.SignalID, v.evidence.Source, v.evidence.Factors = now.Value, sub.Signal.ID, sub.Signal.Source, sub.State.HealthFactors
	}
	return v
}

// healthRecovered: out of the red (or above the rule's level) by the margin,
// and at least half of the fall regained. That a window moved on is no
// recovery.
func (c *Compiled) healthRecovered(sub *Subject, e stanna.Evidence) bool {
	line := math.Inf(-1)
	if e.Worst <= sub.Settings.RiskThreshold {
		line = sub.Settings.RiskThreshold
	}
	if level := c.value("level"); level > 0 && e.Worst <= level {
		line = math.Max(line, level)
	}
	return e.Value >= line+c.value("marginPoints") && e.Value >= e.Worst+(e.Base-e.Worst)/2
}
