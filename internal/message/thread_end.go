package message

import (
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// maxOthers is how many further alerts of a client get a line.
const maxOthers = 8

// others tells the alerts of the thread that are not told in full: those that
// are open, as what is told beside another is, and those that are closed.
func (v ThreadView) others(p *page, alerts []AlertView) {
	open := 0
	for open < len(alerts) && alerts[open].Open() {
		open++
	}
	if open < len(alerts) && open > 0 {
		v.row(p, "Also open", "also, ", alerts[:open])
		v.row(p, "Closed", "also, ", alerts[open:])
		return
	}
	title := "Also open"
	if open == 0 {
		title = "Closed before"
	}
	v.row(p, title, "also, ", alerts)
}

// row tells alerts as a line each; spoken, each begins with the lead.
func (v ThreadView) row(p *page, title string, lead words, alerts []AlertView) {
	if len(alerts) == 0 {
		return
	}
	l := tongue{locale.For(v.Settings, v.Now)}
	lines := []phrase{bold(title)}
	for i, a := range alerts {
		c := v.chapter(a)
		symbol, line := c.line()
		lines = append(lines, joined(" · ", say(words(symbol+" "), capital(line)), c.doing().shown(), outside(a.RuleName, 100), link(a.Links.Alert, "Why?")))
		switch {
		case i < maxOthers:
			p.spoken = append(p.spoken, sentenceOf(say(lead, joined(", ", line, c.doing().words))))
		case i == maxOthers:
			p.spoken = append(p.spoken, say(words("And "+l.Count(len(alerts)-i, "more alert")+".")))
		}
	}
	more := func(shown int) phrase {
		return joined(" · ", say(words("and "+l.Count(len(lines)-shown, "more alert"))), link(v.Link, "See all"))
	}
	p.parts = append(p.parts, part{kind: section, lines: lines, most: 1 + maxOthers, more: more})
}

// doing is the most telling of what people have done about an alert, for a
// line of a list.
func (c chapter) doing() remark {
	if c.alert.Status != stanna.AlertTaken && c.alert.Status != stanna.AlertSnoozed && c.alert.AssignedTo == "" {
		return remark{}
	}
	for _, r := range c.life(telling{}) {
		return r
	}
	return remark{}
}

// line tells an alert in a line that does not name the client:
// "🟡", "medium: health fell 15 points to 60 (yellow)".
func (c chapter) line() (symbol string, line phrase) {
	t := c.tell()
	word := strings.ToLower(wordOf(c.alert.Severity)) + ": "
	if c.alert.Open() {
		return c.symbol(t), say(words(word), joined(" ", t.change, t.since))
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

// end adds the links and the rule, and where the text leads on to.
func (v ThreadView) end(p *page, c chapter, t telling, a AlertView) {
	open := "Open account"
	if c.whole() {
		open = "Open portfolio"
	}
	row := []phrase{link(v.Link, open)}
	if a.Open() {
		row = append(row, t.links...)
		if len(t.links) > 0 {
			p.spoken = append(p.spoken, joined(", ", t.links...))
		}
	}
	if links := joined("  ·  ", append(row, link(a.Links.Alert, "Why this alert?"))...); links != nil {
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
	if isNobody(v.Client) {
		name = say(words("The portfolio"))
	}
	p := page{
		header: say(words(closedSymbol+" "), name, words(": no alerts")),
		spoken: []phrase{say(name, words(": no alerts."))},
	}
	v.end(&p, chapter{client: v.Client}, telling{}, AlertView{})
	return p
}
