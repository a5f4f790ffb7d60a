package rule

import (
	"math"
	"time"

	"github.com/gostanna/stanna"
)

// Where its thresholds stand in the entry.
const (
	churnPercent = iota
	churnRisePoints
	churnStepPoints
	churnMarginPoints
	churnCriticalPercent
	churnKeyAccountMRR
	churnSmallAccountMRR
)

// churnRisk watches the chance that a client leaves, in percent.
var churnRisk = Entry{
	Type:    stanna.ChurnRisk,
	Name:    "Churn risk",
	Doc:     "Opens when the predicted chance of churn reaches a percentage. Closes when it is below that by a margin and at least half of its rise is undone.",
	Signals: []stanna.SignalType{stanna.ChurnPredictedType},
	Nature:  Trouble,
	Thresholds: []Threshold{
		churnPercent:         {"percent", "percent", "Opens when the chance of churn is this or more.", 70, 1, 100},
		churnRisePoints:      {"risePoints", "points", "Opens as well when the chance rose by this many percentage points since the prediction before. 0 switches it off.", 0, 0, 100},
		churnStepPoints:      {"stepPoints", "points", "An open alert is told again when the chance rises by another step of this size.", 10, 1, 100},
		churnMarginPoints:    {"marginPoints", "points", "How far below the percentage the chance must be before the alert closes.", 10, 0, 50},
		churnCriticalPercent: {"criticalPercent", "percent", "From this chance on the alert of a key account is critical.", 85, 1, 100},
		churnKeyAccountMRR:   {"keyAccountMrr", "currency", "From this MRR on (or of tier enterprise) an account is a key account.", 25_000, 0, 1e12},
		churnSmallAccountMRR: {"smallAccountMrr", "currency", "Below this MRR the severity is medium rather than high. 0 switches it off.", 500, 0, 1e12},
	},
	look:     lookAtChurn,
	follow:   followChurn,
	measured: churnMeasured,
	settled: func(c *Compiled, sub *Subject, k stanna.Known) bool {
		now, ok := percentOf(sub.State.Churn)
		return ok && c.churnOver(stanna.Evidence{Base: k.Base, Worst: math.Max(k.Value, now), Value: now})
	},
	worse: func(c *Compiled, k stanna.Known, f finding) bool {
		return points(f.evidence.Value-k.Value) >= c.value(churnStepPoints)
	},
}

// churnBaseAge is how old the prediction before may be and still be what a
// rise is counted from.
const churnBaseAge = 14 * day

// percentOf is a probability as people read it, and whether it was measured.
func percentOf(r stanna.Reading) (float64, bool) { return points(r.Value * 100), r.Known() }

// lookAtChurn finds a chance that is high enough, also one that was so
// before: a filter or a condition may have kept it back until now. What is
// known to people is told apart by the kernel.
func lookAtChurn(c *Compiled, sub *Subject) (finding, stanna.Reason) {
	st := sub.State
	now, ok := percentOf(st.Churn)
	if !ok {
		return finding{}, stanna.ReasonNotMeasured
	}
	before, compared := percentOf(st.ChurnBefore)
	e := stanna.Evidence{
		Trigger: stanna.ReasonChurnLikely, Base: now, BaseAt: st.Churn.At, FirstSeen: true,
		Opened: now, Value: now, ValueAt: st.Churn.At, Worst: now, Told: now,
		SignalID: sub.Signal.ID, Source: st.ChurnSource, Factors: st.ChurnFactors, Actions: st.ChurnActions,
	}
	if compared && st.Churn.At.Sub(st.ChurnBefore.At) <= churnBaseAge {
		e.Base, e.BaseAt, e.FirstSeen = before, st.ChurnBefore.At, false
	}
	first := false
	switch likely := c.value(churnPercent); {
	case now >= likely:
		first = !sub.ticked() && (!compared || before >= likely && sub.stood(c, st.ChurnBefore.At))
	case c.on(churnRisePoints, !sub.ticked() && !e.FirstSeen && points(now-before) >= c.value(churnRisePoints)):
		e.Trigger = stanna.ReasonChurnRose
	default:
		return finding{}, stanna.ReasonBelowThreshold
	}
	return finding{trigger: e.Trigger, severity: c.churnSeverity(sub, now), evidence: e, onset: st.Churn.At, first: first}, ""
}

// stood says that what was so at a moment is no news to this rule: it was so
// before the rule began, or nobody has looked yet.
func (s *Subject) stood(c *Compiled, at time.Time) bool {
	return s.unseen() || !at.After(c.ActiveSince)
}

// unseen says that nobody has looked yet at how the client stands: it is new,
// a rule is, or history has just come in.
func (s *Subject) unseen() bool { return s.State.Relook != "" || s.State.Due.Equal(stanna.AtOnce) }

// churnSeverity is high; of a key account that is all but gone critical, of a
// small one medium.
func (c *Compiled) churnSeverity(sub *Subject, now float64) stanna.Severity {
	if sub.keyAccount(c.value(churnKeyAccountMRR)) {
		if now >= c.value(churnCriticalPercent) {
			return stanna.Critical
		}
		return stanna.High
	}
	if worth, known := sub.worth(); known && worth < c.value(churnSmallAccountMRR) {
		return stanna.Medium
	}
	return stanna.High
}

func followChurn(c *Compiled, sub *Subject, a stanna.Alert) verdict {
	st, e := sub.State, a.Evidence
	now, ok := percentOf(st.Churn)
	if !ok {
		return verdict{reason: stanna.ReasonNotMeasured, severity: a.Severity, evidence: e}
	}
	moved := now != e.Value
	e.Value, e.ValueAt, e.Worst = now, st.Churn.At, math.Max(e.Worst, now)
	v := verdict{severity: a.Severity, evidence: e, reason: stanna.ReasonStillOpen, keep: moved}
	if c.churnOver(e) {
		v.event, v.reason = stanna.Resolved, stanna.ReasonRecovered
		return v
	}
	switch severity := c.churnSeverity(sub, now); {
	case severity.Rank() > a.Severity.Rank():
		v.event, v.reason, v.severity = stanna.Worsened, stanna.ReasonSeverityRose, severity
	case points(now-e.Told) >= c.value(churnStepPoints):
		v.event, v.reason = stanna.Worsened, stanna.ReasonWorsened
	case now < e.Worst:
		v.reason = stanna.ReasonPartlyBack
	}
	if v.event == stanna.Worsened {
		v.evidence.Told, v.evidence.SignalID, v.evidence.Source, v.evidence.Factors, v.evidence.Actions = now, sub.Signal.ID, st.ChurnSource, st.ChurnFactors, st.ChurnActions
	}
	return v
}

// churnOver: below the percentage by the margin, if it was ever reached, and
// at least half of the rise undone.
func (c *Compiled) churnOver(e stanna.Evidence) bool {
	line := math.Inf(1)
	if e.Worst >= c.value(churnPercent) {
		line = c.value(churnPercent)
	}
	return e.Value < line && points(line-e.Value) >= c.value(churnMarginPoints) && points(e.Worst-e.Value) >= points((e.Worst-e.Base)/2)
}

// churnMeasured is what an explanation shows.
func churnMeasured(_ *Compiled, sub *Subject) []Value {
	now, ok := percentOf(sub.State.Churn)
	if !ok {
		return []Value{{"churn", "never predicted"}}
	}
	list := []Value{{"churn", figure(now)}}
	if before, ok := percentOf(sub.State.ChurnBefore); ok {
		list = append(list, Value{"before", figure(before)})
	}
	return list
}
