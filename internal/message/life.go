package message

import (
	"strings"

	"github.com/gostanna/stanna"
)

// remark is something worth knowing beside what an alert says, with a symbol
// for the eye.
type remark struct {
	symbol string
	words  phrase
}

func (r remark) shown() phrase {
	if r.symbol == "" {
		return capital(r.words)
	}
	return say(words(r.symbol+" "), capital(r.words))
}

// who is how a person of the team is called: by name, else by the e-mail, or
// the name of a program, that is on record.
func (p People) who(l tongue, email string) phrase {
	o, ok := p[strings.ToLower(email)]
	if !ok {
		o = p[email]
	}
	if name := outside(o.Name, 80); name != nil {
		return name
	}
	if name := outside(email, 80); name != nil {
		return name
	}
	return l.phrase("somebody")
}

func (c chapter) who(email string) phrase { return c.people.who(c.tongue, email) }

// life says what people and time have done about an open alert.
func (c chapter) life(t telling) []remark {
	a := c.alert
	var list []remark
	add := func(symbol string, said phrase) { list = append(list, remark{symbol, said}) }
	switch a.Status {
	case stanna.AlertTaken:
		add("👀", c.taken())
	case stanna.AlertSnoozed:
		add("💤", c.snoozed())
	}
	if a.AssignedTo != "" && !(a.Status == stanna.AlertTaken && a.TakenBy == a.AssignedTo) {
		add("👉", c.phrase("given to {who}", with{"who": c.who(a.AssignedTo)}))
	}
	if a.Status == stanna.AlertOpen {
		switch a.Why {
		case stanna.ReasonSnoozeOver:
			if t.good {
				add("⏰", c.phrase("still so: the snooze is over"))
			} else {
				add("⏰", c.phrase("still bad: the snooze is over"))
			}
		case stanna.ReasonFirstContact:
			add("", c.phrase("it was already so when the rule began or the client came"))
		case stanna.ReasonFoundInBackfill:
			add("", c.phrase("it was already so before: history that came in late shows it"))
		}
		if a.Escalated > 0 {
			add("⏫", c.ignored())
		}
	}
	return list
}

// taken says who is on it, and since when if that is known.
func (c chapter) taken() phrase {
	fill := with{"who": c.who(c.alert.TakenBy)}
	if c.alert.TakenAt.IsZero() {
		return c.phrase("{who} is on it", fill)
	}
	fill["when"] = c.When(c.alert.TakenAt)
	return c.phrase("{who} is on it, {when}", fill)
}

// snoozed says by whom and until when, as far as that is known.
func (c chapter) snoozed() phrase {
	p, until := c.phrase("snoozed"), c.alert.SnoozedUntil
	if c.alert.SnoozedBy != "" {
		p = c.phrase("snoozed by {who}", with{"who": c.who(c.alert.SnoozedBy)})
	}
	switch {
	case until.IsZero():
		return p
	case c.DaysAgo(until) == 0:
		return c.phrase("{snoozed} until {clock}", with{"snoozed": p, "clock": c.Clock(until)})
	}
	return c.phrase("{snoozed} until {day}", with{"snoozed": p, "day": c.Day(until)})
}

// ignored says for how long nobody took the alert up, and what it has come
// to.
func (c chapter) ignored() phrase {
	n := c.alert.Escalated
	if n < 1 || n > len(c.escalation) {
		return c.phrase("nobody took it up in time")
	}
	step := c.escalation[n-1]
	fill := with{"time": c.working(step.After)}
	if step.Raise != "" && step.Raise == c.alert.Severity {
		fill["severity"] = strings.ToLower(c.severity(step.Raise))
		return c.phrase("nobody took it up in {time}; it is {severity} now", fill)
	}
	return c.phrase("nobody took it up in {time}", fill)
}

// working writes working time: "45 working minutes", "2 working hours".
func (c chapter) working(minutes int) string {
	if minutes < 120 && minutes%60 != 0 {
		return c.Text("{n} working {n|minute|minutes}", with{"n": minutes})
	}
	return c.Text("{n} working {n|hour|hours}", with{"n": float64(minutes) / 60})
}

// notes are what a reader should know about the message itself.
func (c chapter) notes(in Intended) []phrase {
	var notes []phrase
	if c.alert.Unstable {
		notes = append(notes, c.phrase("Unstable: opened {n} {n|time|times} in {days} days", with{"n": c.openings(), "days": 14}))
	}
	return append(notes, in.note(c.tongue)...)
}

// openings is how often the rule opened on this client within the fourteen
// days that make it unstable; three when that is not remembered.
func (c chapter) openings() int {
	n := 0
	for _, at := range c.state.Memory[c.alert.RuleID].Openings {
		if age := c.alert.UpdatedAt.Sub(at); age >= 0 && age <= 14*oneDay {
			n++
		}
	}
	return max(n, 3)
}
