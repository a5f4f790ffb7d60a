package rule

import (
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// custom is a rule that is nothing but its condition. It looks at every
// signal. A condition that speaks of the signal is a question about that one:
// the next of its type answers it anew, and others say nothing about it.
var custom = Entry{
	Type:     stanna.Custom,
	Name:     "Custom",
	Doc:      "Opens when its condition holds, and closes when it holds no longer. A condition about the signal itself is asked anew by the next signal of the same type.",
	Nature:   Trouble,
	look:     lookAtCondition,
	follow:   followCondition,
	due:      conditionDue,
	measured: conditionMeasured,
	settled: func(c *Compiled, sub *Subject, _ stanna.Known) bool {
		// The next signal that a condition about signals holds for is news.
		return c.condition.Mentions("signal") || c.conditionSays(sub) == stanna.ReasonConditionNot
	},
	check: func(r stanna.Rule) error {
		if r.Condition == "" {
			return stanna.InvalidField("condition", "is required: a custom rule is its condition, such as client.mrr >= 5000 && state.health < 50")
		}
		condition, err := expr.CompileCondition(r.Condition)
		if err != nil {
			return field("condition", err)
		}
		if condition.Mentions("alert") {
			return stanna.InvalidField("condition", "speaks of the alert, but a custom rule opens it only when the condition holds; use client, state, signal or now")
		}
		return nil
	},
}

// conditionSays is why the condition does not hold, or "".
func (c *Compiled) conditionSays(sub *Subject) stanna.Reason { return holds(c.condition, sub, nil) }

func lookAtCondition(c *Compiled, sub *Subject) (finding, stanna.Reason) {
	if sub.ticked() && c.condition.Mentions("signal") {
		return finding{}, stanna.ReasonConditionNot
	}
	if why := c.conditionSays(sub); why != "" {
		return finding{}, why
	}
	first := sub.firstOfItsKind() || sub.unseen()
	e := stanna.Evidence{Trigger: stanna.ReasonConditionHolds, Subject: c.condition.Source(), ValueAt: sub.Now, SignalID: sub.Signal.ID, Source: sub.Signal.Source}
	if !sub.ticked() {
		e.ValueAt = sub.Signal.OccurredAt
		if c.condition.Mentions("signal") {
			e.Is, first = string(sub.Signal.Type), false
		}
	}
	return finding{trigger: e.Trigger, severity: stanna.Medium, evidence: e, first: first && !sub.ticked()}, ""
}

// firstOfItsKind says whether the signal brought the first score or prediction
// of this client: whoever comes with a whole book is not told it as news.
func (s *Subject) firstOfItsKind() bool {
	switch s.Signal.Type {
	case stanna.HealthScoredType:
		return s.State.Health.Len() == 1
	case stanna.ChurnPredictedType:
		return !s.State.ChurnBefore.Known()
	}
	return false
}

func followCondition(c *Compiled, sub *Subject, a stanna.Alert) verdict {
	e := a.Evidence
	v := verdict{reason: stanna.ReasonStillOpen, severity: a.Severity, evidence: e}
	about := c.condition.Mentions("signal")
	if about && (sub.ticked() || e.Is != "" && e.Is != string(sub.Signal.Type)) {
		return v // it says nothing about that
	}
	switch c.conditionSays(sub) {
	case stanna.ReasonConditionNot:
		v.event, v.reason = stanna.Resolved, stanna.ReasonConditionOver
	case stanna.ReasonConditionFailed:
		v.reason = stanna.ReasonConditionFailed
	default:
		if about {
			v.keep = true
			v.evidence.ValueAt, v.evidence.SignalID, v.evidence.Source = sub.Signal.OccurredAt, sub.Signal.ID, sub.Signal.Source
		}
	}
	return v
}

// conditionDue is the next full hour, or the next day where only days are
// counted, if the condition speaks of time.
func conditionDue(c *Compiled, sub *Subject) time.Time {
	timed, daily := c.condition.MentionsTime()
	switch {
	case !timed || c.condition.Mentions("signal"):
		return time.Time{}
	case daily:
		return (dateOf(sub.Now, c.zone) + 1).begins(c.zone)
	}
	return nextHour(sub.Now, c.zone)
}

// nextHour is when the clock on the wall shows the next full hour.
func nextHour(now time.Time, loc *time.Location) time.Time {
	t := now.In(loc)
	past := time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
	return now.Add(time.Hour - past).UTC()
}

// conditionMeasured is what the condition looked at.
func conditionMeasured(c *Compiled, sub *Subject) (list []Value) {
	for _, v := range c.condition.Values(sub.input(nil)) {
		list = append(list, Value(v))
	}
	return list
}
