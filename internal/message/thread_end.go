package message

import (
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// maxOthers is how many further alerts of a client get a line.
const maxOthers = 8

// others tells the alerts of the thread that are not told in full.
func (v ThreadView) others(p *page, alerts []AlertView) {
	if len(alerts) == 0 {
		return
	}
	l := locale.For(v.Settings, v.Now)
	lines := []phrase{bold("Also about this client")}
	for i, a := range alerts {
		symbol, line := v.chapter(a).line()
		lines = append(lines, joined(" · ", say(words(symbol+" "), capital(line)), outside(a.RuleName, 100), link(a.Links.Alert, "Why?")))
		switch {
		case i < maxOthers:
			p.spoken = append(p.spoken, sentenceOf(say(words("also, "), line)))
		case i == maxOthers:
			p.spoken = append(p.spoken, say(words("And "+l.Count(len(alerts)-i, "more alert")+".")))
		}
	}
	more := func(shown int) phrase {
		return joined(" · ", say(words("and "+l.Count(len(lines)-shown, "more alert"))), link(v.Link, "See all"))
	}
	p.parts = append(p.parts, part{kind: section, lines: lines, most: 1 + maxOthers, more: more})
}

// line tells an alert in a line that does not name the client:
// "🟡", "medium: health fell 15 points to 60 (yellow)".
func (c chapter) line() (symbol string, line phrase) {
	t := c.tell()
	word := strings.ToLower(wordOf(c.alert.Severity)) + ": "
	if c.alert.Open() {
		return symbolOf(c.alert.Severity), say(words(word), joined(" ", t.change, t.since))
	}
	ending, symbol := c.ending(t)
	return symbol, joined(", ", trimLead(ending), say(words("was "+word), t.past))
}

// trimLead takes off what joins an ending to the client's name.
func trimLead(p phrase) phrase {
	if len(p) == 0 || p[0].elastic {
		return p
	}
	first := p[0]
	for first.text != "" && (first.text[0] == ' ' || first.text[0] == ':') {
		first.text = first.text[1:]
	}
	return say(phrase{first}, p[1:])
}

// notes are what a reader should know about the message itself.
func (c chapter) notes(in Intended) []phrase {
	var notes []phrase
	if c.alert.Unstable {
		notes = append(notes, say(words("Unstable: opened "+c.Count(c.openings(), "time")+" in 14 days")))
	}
	return append(notes, in.note()...)
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

// note says where the message was meant to go.
func (in Intended) note() []phrase {
	name, why := outside(in.Name, 100), outside(in.Why, 200)
	if name == nil {
		return nil
	}
	if why == nil {
		why = say(words("it cannot be reached"))
	}
	return []phrase{say(words("Meant for "), name, words(", but "), why, words("; sent here instead"))}
}

// end adds the links and the rule, and where the text leads on to.
func (v ThreadView) end(p *page, c chapter, a AlertView) {
	if links := joined("  ·  ", link(v.Link, "Open account"), link(a.Links.Alert, "Why this alert?")); links != nil {
		p.parts = append(p.parts, part{kind: section, lines: []phrase{links}})
	}
	if rule := outside(c.alert.RuleName, 100); rule != nil {
		p.parts = append(p.parts, part{kind: context, lines: []phrase{say(words("Rule: "), linked(a.Links.Rule, rule))}})
		p.spoken = append(p.spoken, say(words("Rule: "), rule, words(".")))
	}
	for _, address := range []string{a.Links.Alert, v.Link} {
		if l := link(address, "Open"); l != nil {
			p.more = l
			break
		}
	}
}

// nothing is the message of a thread without alerts. It should not be asked
// for, and is better said plainly than refused by Slack.
func (v ThreadView) nothing() page {
	name := nameOf(v.Client, 200)
	p := page{
		header: say(words(closedSymbol+" "), name, words(": no alerts")),
		spoken: []phrase{say(name, words(": no alerts."))},
	}
	v.end(&p, chapter{alert: stanna.Alert{}}, AlertView{})
	return p
}
