package message

import (
	"strings"
	"time"

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
func (p People) who(email string) phrase {
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
	return say(words("somebody"))
}

// life says what people and time have done about an open alert.
func (c chapter) life(t telling) []remark {
	a := c.alert
	var list []remark
	add := func(symbol string, pieces ...saying) { list = append(list, remark{symbol, say(pieces...)}) }
	switch a.Status {
	case stanna.AlertTaken:
		at := ""
		if !a.TakenAt.IsZero() {
			at = ", " + c.When(a.TakenAt)
		}
		add("👀", c.people.who(a.TakenBy), words(" is on it"+at))
	case stanna.AlertSnoozed:
		by := say(words(""))
		if a.SnoozedBy != "" {
			by = say(words(" by "), c.people.who(a.SnoozedBy))
		}
		add("💤", words("snoozed"), by, words(c.until(a.SnoozedUntil)))
	}
	if a.AssignedTo != "" && !(a.Status == stanna.AlertTaken && a.TakenBy == a.AssignedTo) {
		add("👉", words("given to "), c.people.who(a.AssignedTo))
	}
	if a.Status == stanna.AlertOpen {
		switch a.Why {
		case stanna.ReasonSnoozeOver:
			still := "still bad"
			if t.good {
				still = "still so"
			}
			add("⏰", words(still+": the snooze is over"))
		case stanna.ReasonFirstContact:
			add("", words("it was already so when the rule began or the client came"))
		case stanna.ReasonFoundInBackfill:
			add("", words("it was already so before: history that came in late shows it"))
		}
		if a.Escalated > 0 {
			add("⏫", words(c.ignored()))
		}
	}
	return list
}

func (c chapter) until(t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case c.DaysAgo(t) == 0:
		return " until " + c.Clock(t)
	}
	return " until " + c.Day(t)
}

// ignored says for how long nobody took the alert up, and what it has come
// to.
func (c chapter) ignored() string {
	n := c.alert.Escalated
	if n > len(c.escalation) {
		return "nobody took it up in time"
	}
	step := c.escalation[n-1]
	line := "nobody took it up in " + c.working(step.After)
	if step.Raise != "" && step.Raise == c.alert.Severity {
		line += "; it is " + strings.ToLower(wordOf(step.Raise)) + " now"
	}
	return line
}

// working writes working time: "45 working minutes", "2 working hours".
func (c chapter) working(minutes int) string {
	if minutes < 120 && minutes%60 != 0 {
		return c.Count(minutes, "working minute")
	}
	if minutes%60 != 0 {
		return c.Number(float64(minutes)/60) + " working hours"
	}
	return c.Count(minutes/60, "working hour")
}

// notes are what a reader should know about the message itself.
func (c chapter) notes(in Intended) []phrase {
	var notes []phrase
	if c.alert.Unstable {
		notes = append(notes, say(words("Unstable: opened "+c.Count(c.openings(), "time")+" in 14 days")))
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
