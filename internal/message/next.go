package message

import (
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// maxSteps is how many lines of a playbook are shown.
const maxSteps = 6

// next says what to do: whom to call by when, and then the rule's playbook,
// else what the source recommends, else what we do.
func (c chapter) next(t telling, playbook string) (x part, sentence phrase) {
	lead := t.lead
	if lead == nil {
		lead = c.call()
	}
	steps, by := c.steps(playbook), phrase(nil)
	if len(steps) == 0 {
		steps, by = c.recommended()
	}
	if len(steps) == 0 {
		steps = t.steps
	}
	x = part{kind: section, lines: []phrase{say(c.bold("Do next"), words("  "), capital(lead))}}
	heard := []phrase{lead}
	switch {
	case len(steps) == 1 && by == nil:
		x.lines[0] = joined(" · ", x.lines[0], capital(steps[0]))
	default:
		if by != nil {
			x.lines = append(x.lines, say(by, words(":")))
		}
		for _, s := range steps {
			x.lines = append(x.lines, say(words("• "), capital(s)))
		}
	}
	x.more = func(n int) phrase {
		more := c.phrase("and {n} more {n|step|steps}", with{"n": len(x.lines) - n})
		return joined(" · ", say(words("• "), more), link(c.page, c.Text("See all")))
	}
	for i, s := range steps {
		if i == 0 && by != nil {
			s = say(by, words(": "), s)
		}
		heard = append(heard, s)
	}
	return x, sentenceOf(c.phrase("do next: {steps}", with{"steps": joined("; ", heard...)}))
}

// call is the usual first thing to do.
func (c chapter) call() phrase { return c.reaching("call {contact}", "get in touch") }

// reaching says whom to reach and by when: with a contact on file "ask {contact}
// for another card" becomes "ask Maria Costa (sponsor) for another card by Wed
// 25 Nov". The other sentence is for when there is none.
func (c chapter) reaching(contact, nobody string) phrase {
	if who := c.contact(); who != nil {
		return c.due(c.phrase(contact, with{"contact": who}))
	}
	return c.phrase("{step}; no contact is on file", with{"step": c.due(c.phrase(nobody))})
}

// contact is whom to talk with at the client, or nothing.
func (c chapter) contact() phrase {
	p, ok := c.whom()
	if !ok {
		return nil
	}
	name, title := outside(p.Name, 80), outside(p.Title, 60)
	if name == nil {
		name = outside(p.Email, 80)
	}
	if name == nil || title == nil {
		return name
	}
	return say(name, words(" ("), title, words(")"))
}

// person is the contact as a figure: whom to reach, and at which address.
func (c chapter) person() []fact {
	p, ok := c.whom()
	who := c.contact()
	if !ok || who == nil {
		return nil
	}
	if clean(p.Name, 1) != "" { // else the e-mail is the name already
		who = joined(", ", who, outside(p.Email, 100))
	}
	return []fact{{label: english(personField), value: who, spoken: c.phrase("contact {contact}", with{"contact": who})}}
}

// due adds the day by which a step is asked for. It is counted from when the
// step was asked for first, so that it does not move when the message is
// brought up to date.
func (c chapter) due(step phrase) phrase {
	day := workdaysAfter(c.asked().In(c.Zone), workdays(c.alert.Severity), c.daysOff())
	if c.DaysAgo(day) > 0 {
		return c.phrase("{step}, overdue since {day}", with{"step": step, "day": c.Day(day)})
	}
	return c.phrase("{step} by {day}", with{"step": step, "day": c.Day(day)})
}

// asked is when the step was asked for: with the opening, or with what has
// come since and asks for another.
func (c chapter) asked() time.Time {
	at, e := c.alert.OpenedAt, c.alert.Evidence
	if e.Payment != nil && e.Payment.FailedAt.After(at) {
		return e.Payment.FailedAt
	}
	if day, ok := c.DayOf(e.Date); ok && c.alert.Type == stanna.RenewalUpcoming && e.Told > 0 && e.Told < 1000 {
		if told := day.AddDate(0, 0, -int(e.Told)); told.After(at) { // a further step of the ladder
			return told
		}
	}
	return at
}

// daysOff says whether a local day is a holiday of the workspace.
func (c chapter) daysOff() func(time.Time) bool {
	hours := c.Settings.BusinessHours
	if len(hours.Holidays) == 0 {
		return func(time.Time) bool { return false }
	}
	calendar := hours.In(c.Zone)
	return func(t time.Time) bool { return calendar.Holiday(t.Format(time.DateOnly)) }
}

// workdaysAfter is the day that many working days (Monday to Friday, but for
// days off) after t.
func workdaysAfter(t time.Time, n int, off func(time.Time) bool) time.Time {
	for tries := 0; n > 0 && tries < 100; tries++ {
		t = t.AddDate(0, 0, 1)
		if t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && !off(t) {
			n--
		}
	}
	return t
}

// recommended is what the source recommends, and that it does.
func (c chapter) recommended() (steps []phrase, by phrase) {
	for _, action := range c.alert.Evidence.Actions {
		step := outside(action, 300)
		if step == nil {
			continue
		}
		if len(steps) == maxSteps {
			steps = append(steps, c.moreSteps())
			break
		}
		steps = append(steps, step)
	}
	if len(steps) == 0 {
		return nil, nil
	}
	if source := outside(c.alert.Evidence.Source, 80); source != nil {
		return steps, c.phrase("{source} recommends", with{"source": source})
	}
	return steps, c.phrase("The source recommends")
}

func (c chapter) moreSteps() phrase {
	return joined(" · ", c.phrase("and more steps"), link(c.page, c.Text("See all")))
}

// steps are the lines of a playbook, with its addresses as links.
func (c chapter) steps(playbook string) []phrase {
	var steps []phrase
	for line := range strings.Lines(playbook) {
		line = clean(line, maxTarget+500)
		if line == "" {
			continue
		}
		if len(steps) == maxSteps {
			return append(steps, c.moreSteps())
		}
		if target(line) != "" && !strings.Contains(line, " ") {
			steps = append(steps, link(line, c.Text("Playbook")))
			continue
		}
		steps = append(steps, c.withLinks(strings.TrimLeft(line, "-•* ")))
	}
	return steps
}

// withLinks makes links of the addresses in a line that the team wrote.
// But for the addresses of a failed payment and of a conversation, nothing
// else in a message makes a link of text that it was given.
func (c chapter) withLinks(line string) phrase {
	var p phrase
	for line != "" {
		at := strings.Index(line, "https://")
		if at < 0 {
			break
		}
		address, rest, _ := strings.Cut(line[at:], " ")
		l := link(strings.TrimRight(address, ".,;:)"), c.Text("link"))
		if l == nil {
			break
		}
		p = joined(" ", p, outside(line[:at], 300), l)
		line = rest
	}
	return joined(" ", p, outside(line, 500))
}
