package message

import (
	"cmp"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// maxOthers is how many further alerts of a client get a line.
const maxOthers = 8

// others tells the alerts of the thread that are not told in full: those that
// are open, as what is told beside another is, and those that are closed.
func (v ThreadView) others(p *page, alerts []AlertView) {
	also, open := english("also, {alert}"), 0
	for open < len(alerts) && alerts[open].Open() {
		open++
	}
	if open < len(alerts) && open > 0 {
		v.row(p, english("Also open"), also, alerts[:open])
		v.row(p, english("Closed"), also, alerts[open:])
		return
	}
	title := english("Also open")
	if open == 0 {
		title = english("Closed before")
	}
	v.row(p, title, also, alerts)
}

// row tells alerts as a line each; spoken, each is a sentence of its own.
func (v ThreadView) row(p *page, title, sentence string, alerts []AlertView) {
	if len(alerts) == 0 {
		return
	}
	l := tongue{locale.For(v.Settings, v.Now)}
	lines := []phrase{l.bold(title)}
	for i, a := range alerts {
		c := v.chapter(a)
		symbol, line := c.line()
		lines = append(lines, joined(" · ", say(words(symbol+" "), capital(line)), c.doing().shown(), c.rule(a.Alert), link(a.Links.Alert, l.Text("Why?"))))
		switch {
		case i < maxOthers:
			p.spoken = append(p.spoken, sentenceOf(l.phrase(sentence, with{"alert": joined(", ", line, c.doing().words)})))
		case i == maxOthers:
			p.spoken = append(p.spoken, sentenceOf(l.phrase("and {n} more {n|alert|alerts}", with{"n": len(alerts) - i})))
		}
	}
	more := func(shown int) phrase {
		return joined(" · ", l.phrase("and {n} more {n|alert|alerts}", with{"n": len(lines) - shown}), link(v.Link, l.Text("See all")))
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
	severity := strings.ToLower(c.severity(c.alert.Severity))
	if c.alert.Open() {
		return c.symbol(t), c.phrase("{severity}: {change}", with{"severity": severity, "change": c.changed(t)})
	}
	e := c.ending(t)
	return e.symbol, joined(", ", e.what, c.phrase("was {severity}: {what}", with{"severity": severity, "what": t.past}))
}

// end adds the links and the rule, and where the text leads on to.
func (v ThreadView) end(p *page, c chapter, t telling, a AlertView) {
	open := english("Open account")
	if c.whole() {
		open = english("Open portfolio")
	}
	row := []phrase{link(v.Link, c.Text(open))}
	if v.pressable(a) {
		p.parts, row = append(p.parts, v.buttons(c, a, open)), nil
	} else if a.Open() && a.Status != stanna.AlertTaken {
		row = append(row, link(a.Links.deed("take"), c.Text("I'm on it")))
	}
	if a.Open() {
		row = append(row, t.links...)
		if len(t.links) > 0 {
			p.spoken = append(p.spoken, joined(", ", t.links...))
		}
	}
	if links := joined("  ·  ", append(row, link(a.Links.Alert, c.Text("Why this alert?")))...); links != nil {
		p.parts = append(p.parts, part{kind: section, lines: []phrase{links}})
	}
	if rule := c.rule(c.alert); rule != nil {
		p.parts = append(p.parts, part{kind: context, lines: []phrase{c.phrase("Rule: {rule}", with{"rule": linked(a.Links.Rule, rule)})}})
		p.spoken = append(p.spoken, say(c.phrase("Rule: {rule}", with{"rule": rule}), words(".")))
	}
	if a.Open() {
		hint, heard := c.hint(t, cmp.Or(v.Link, a.Links.Alert))
		p.parts, p.spoken = append(p.parts, part{kind: context, lines: oneLine(hint)}), append(p.spoken, heard)
	}
	for _, address := range []string{a.Links.Alert, v.Link} {
		if l := link(address, c.Text("Open")); l != nil {
			p.more = l
			break
		}
	}
}

// nothing is the message of a thread without alerts. It should not be asked
// for, and is better said plainly than refused by Slack.
func (v ThreadView) nothing() page {
	c := v.chapter(AlertView{})
	head := say(c.subject(), words(": "), c.phrase("no alerts"))
	p := page{
		header: say(words(closedSymbol+" "), head),
		spoken: []phrase{say(head, words("."))},
	}
	v.end(&p, c, telling{}, AlertView{})
	return p
}
