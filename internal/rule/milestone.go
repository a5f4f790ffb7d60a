package rule

import (
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Where its thresholds stand in the entry.
const (
	milestoneYears = iota
	milestoneGraceDays
)

// milestone is good news that happens once: a goal that the client reached,
// the day on which it came. What cannot be celebrated is not put off: nobody
// wants to be congratulated the day after a complaint was settled.
var milestone = Entry{
	Type: stanna.Milestone,
	Name: "Milestone",
	Doc: "Tells of goals that a client reached and of its anniversaries, on the local date. Nothing is celebrated, then or later, " +
		"while a risk is open or health is red. It ends by itself after seven days.",
	Signals: []stanna.SignalType{stanna.MilestoneReachedType},
	Nature:  Event,
	once:    true,
	Thresholds: []Threshold{
		milestoneYears:     {"years", "", "1: tells each year of the day on which the client came. 0 switches it off.", 1, 0, 1},
		milestoneGraceDays: {"graceDays", "days", "How late an anniversary may still be told, after Stanna was not running.", 3, 0, 30},
	},
	look:     lookAtMilestone,
	due:      milestoneDue,
	measured: milestoneMeasured,
}

func lookAtMilestone(c *Compiled, sub *Subject) (finding, stanna.Reason) {
	f, why := c.anniversary(sub)
	if !sub.ticked() {
		f, why = goal(sub), ""
	}
	if why != "" {
		return finding{}, why
	}
	if why := c.toldBefore(sub, nil, f); why != "" {
		return finding{}, why // also of what was passed over
	}
	switch {
	case sub.troubled:
		why = stanna.ReasonRiskOpen
	case sub.zone() == stanna.Red:
		why = stanna.ReasonHealthPoor
	}
	if why != "" {
		m := sub.State.Memory[c.ID]
		c.note(&m, f.mark, sub.Now)
		memorise(sub.State, c.ID, m)
		return finding{}, why
	}
	return f, ""
}

// goal is what the signal says. The same goal is told once a year.
func goal(sub *Subject) finding {
	f, _ := sub.Signal.Fact.(stanna.MilestoneReached)
	name := strings.TrimSpace(f.Name)
	return finding{
		trigger: stanna.ReasonGoalReached, severity: stanna.Info, mark: "goal:" + clipped(strings.ToLower(name)),
		evidence: stanna.Evidence{Trigger: stanna.ReasonGoalReached, Subject: name, ValueAt: sub.Signal.OccurredAt.UTC(), SignalID: sub.Signal.ID, Source: sub.Signal.Source},
	}
}

// clipped bounds what is remembered of a name.
func clipped(s string) string {
	const most = 100
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "")
	}
	return s
}

// anniversary is that of today, or one that is not long past.
func (c *Compiled) anniversary(sub *Subject) (finding, stanna.Reason) {
	if sub.Client.CreatedAt.IsZero() {
		return finding{}, stanna.ReasonNoDate
	}
	came, today := dateOf(sub.Client.CreatedAt, c.zone), dateOf(sub.Now, c.zone)
	year := today.utc().Year()
	day := came.sameDay(year)
	if day > today {
		year--
		day = came.sameDay(year)
	}
	years := year - came.utc().Year()
	if !c.on(milestoneYears, years > 0 && float64(today-day) <= c.value(milestoneGraceDays)) {
		return finding{}, stanna.ReasonTooSoon
	}
	n := float64(years)
	return finding{
		trigger: stanna.ReasonAnniversary, severity: stanna.Info, mark: day.String(), onset: day.begins(c.zone),
		evidence: stanna.Evidence{Trigger: stanna.ReasonAnniversary, BaseAt: sub.Client.CreatedAt.UTC(), Opened: n, Value: n, Worst: n, Told: n, Date: day.String()},
	}, ""
}

// milestoneDue is when the next anniversary begins.
func milestoneDue(c *Compiled, sub *Subject) time.Time {
	if sub.Client.CreatedAt.IsZero() || c.value(milestoneYears) == 0 {
		return time.Time{}
	}
	came, today := dateOf(sub.Client.CreatedAt, c.zone), dateOf(sub.Now, c.zone)
	year := today.utc().Year()
	if came.sameDay(year) <= today {
		year++
	}
	return came.sameDay(year).begins(c.zone)
}

// milestoneMeasured is what an explanation shows.
func milestoneMeasured(c *Compiled, sub *Subject) (list []Value) {
	if f, ok := sub.Signal.Fact.(stanna.MilestoneReached); ok {
		list = append(list, Value{"goal", f.Name})
	}
	if due := milestoneDue(c, sub); !due.IsZero() {
		list = append(list, Value{"clientSince", dateOf(sub.Client.CreatedAt, c.zone).String()}, Value{"nextAnniversary", dateOf(due, c.zone).String()})
	}
	return list
}
