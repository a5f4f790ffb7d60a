package message

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// Thread writes the living message about one client at one destination: the
// most severe open alert in full, the others as a line each. When all are
// closed it is short and asks for nothing.
func Thread(v ThreadView) Rendered { return v.page().lay() }

// Leading is the alert that the thread tells in full; ok is false when it has
// none.
func (v ThreadView) Leading() (a AlertView, ok bool) {
	if alerts := v.ranked(); len(alerts) > 0 {
		return alerts[0], true
	}
	return AlertView{}, false
}

// ranked are the alerts, those first that matter most. Of those that are
// closed the last to close leads. Newest first is kept among equals.
func (v ThreadView) ranked() []AlertView {
	alerts := slices.Clone(v.Alerts)
	slices.SortStableFunc(alerts, func(a, b AlertView) int {
		if a.Open() != b.Open() {
			if a.Open() {
				return -1
			}
			return 1
		}
		if !a.Open() {
			return b.ClosedAt.Compare(a.ClosedAt)
		}
		return cmp.Or(cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), compareBool(a.JoinedTo != "", b.JoinedTo != ""))
	})
	return alerts
}

func (v ThreadView) page() page {
	alerts := v.ranked()
	if len(alerts) == 0 {
		return v.nothing()
	}
	c := v.chapter(alerts[0])
	t := c.tell()
	var p page
	w, failure := v.wording(c)
	switch {
	case !alerts[0].Open():
		p = v.closedPage(c, t)
	case w != nil:
		p = v.wordedPage(c, &t, alerts[0], w)
		t.four = []string{} // its figures are the template's, and nothing is missing
	default:
		p = v.openPage(c, t, alerts[0])
	}
	v.others(&p, alerts[1:])
	v.end(&p, c, t, alerts[0])
	v.confess(&p, c, failure)
	return p
}

// compareBool puts what is not so before what is.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (v ThreadView) chapter(a AlertView) chapter {
	return chapter{tongue: tongue{locale.For(v.Settings, v.Now)}, client: v.Client, state: v.State, alert: a.Alert,
		escalation: a.Escalation, people: v.People, page: a.Links.Alert}
}

// openPage tells an alert that somebody should act on. Once somebody is on it
// nobody is called any more.
func (v ThreadView) openPage(c chapter, t telling, a AlertView) page {
	severity := say(words(c.severity(a.Severity)))
	var owned phrase
	if !c.whole() {
		owned = c.owns(c.called(v.Owner.or(v.Client), pressing(a.Severity) && a.Status == stanna.AlertOpen))
	}
	fieldList, account := c.shown(c.facts(t))
	next, spokenNext := c.next(t, a.Playbook)
	why, spokenWhy := c.why(t)
	p := page{
		header: say(words(c.symbol(t)+" "), c.headline(t)),
		parts: []part{
			{kind: context, lines: []phrase{joined(" · ", append([]phrase{capital(severity), owned}, t.course...)...)}},
		},
		spoken: []phrase{sentenceOf(c.phrase("{severity}: {sentence}", with{"severity": severity, "sentence": c.sentence(t)}))},
	}
	for _, r := range c.life(t) {
		p.parts = append(p.parts, part{kind: context, lines: []phrase{r.shown()}})
		p.spoken = append(p.spoken, sentenceOf(r.words))
	}
	aloud := t.course
	if !t.aloud {
		aloud = aloud[min(len(aloud), 1):]
	}
	if len(aloud) > 0 {
		p.spoken = append(p.spoken, sentenceOf(joined(", ", aloud...)))
	}
	notes := c.notes(v.Intended)
	p.parts = append(p.parts, part{kind: context, lines: notes}, part{kind: fields, lines: fieldList}, why, next)
	p.spoken = append(p.spoken, account, spokenWhy, spokenNext)
	if owned != nil {
		p.spoken = append(p.spoken, sentenceOf(owned))
	}
	for _, note := range notes {
		p.spoken = append(p.spoken, sentenceOf(note))
	}
	return p
}

// owns says whose account it is; that nobody owns it is worth knowing too.
func (l tongue) owns(owner phrase) phrase {
	if owner == nil {
		return l.phrase("no owner")
	}
	return l.phrase("{owner} owns this", with{"owner": owner})
}

// why shows the reasons that the source gave. Without any it says so, and
// what else is going on, and invents nothing.
func (c chapter) why(t telling) (part, phrase) {
	title := t.why.title
	if title == "" {
		title = english("Why")
	}
	title = c.Text(title)
	if len(t.why.lines) > 0 {
		lines := []phrase{bold(title)}
		for _, l := range t.why.lines {
			lines = append(lines, say(words("• "), l))
		}
		shown := min(len(t.why.lines), maxReasons)
		spoken := slices.Clone(t.why.lines[:shown])
		if shown < len(t.why.lines) {
			spoken = append(spoken, t.why.more(shown)[:1])
		}
		heard := say(words(strings.ToLower(title)+": "), joined("; ", spoken...), words("."))
		more := func(n int) phrase { return say(words("• "), t.why.more(n-1)) }
		if len(t.why.also) == 0 {
			return part{kind: section, lines: lines, most: 1 + maxReasons, more: more}, capital(heard)
		}
		also, heardToo := c.besides(t.why.also)
		return part{kind: section, lines: append(lines, also...), more: more}, capital(say(heard, words(" "), heardToo))
	}
	if t.why.spare || c.whole() {
		return part{}, nil
	}
	none := c.phrase("No reason given")
	if t.why.source != nil {
		none = c.phrase("No reason given by {source}", with{"source": t.why.source})
	}
	also := c.atTheSameTime()
	lines := []phrase{say(bold(title), words("  "), none)}
	if len(also) == 0 {
		return part{kind: section, lines: lines}, sentenceOf(none)
	}
	more, heard := c.besides(also)
	return part{kind: section, lines: append(lines, more...)}, say(sentenceOf(none), words(" "), heard)
}

// besides tells what else is going on, as lines and as a sentence.
func (c chapter) besides(also []phrase) (lines []phrase, sentence phrase) {
	lines = []phrase{c.phrase("At the same time:")}
	for _, l := range also {
		lines = append(lines, say(words("• "), l))
	}
	return lines, say(c.phrase("At the same time:"), words(" "), joined("; ", also...), words("."))
}

// closedPage tells how it ended.
func (v ThreadView) closedPage(c chapter, t telling) page {
	e := c.ending(t)
	was := c.phrase("was {severity}: {what}", with{"severity": c.severity(c.alert.Severity), "what": t.past})
	print := []phrase{capital(was)}
	if !c.alert.OpenedAt.IsZero() {
		print = append(print, c.phrase("opened {date}", with{"date": c.Date(c.alert.OpenedAt)}))
	}
	if c.alert.Why == stanna.ReasonNotRecovered && t.now != nil {
		print = append(print, c.phrase("now {standing}", with{"standing": t.now}))
	}
	if owner := v.Owner.or(v.Client).name(); owner != nil && !c.whole() {
		print = append(print, c.owns(owner))
	}
	head := c.withName(c.subject(), e)
	p := page{
		header: say(words(e.symbol+" "), head),
		parts: []part{
			{kind: context, lines: []phrase{joined(" · ", print...)}},
			{kind: section, lines: oneLine(c.remarked())},
			{kind: context, lines: v.Intended.note(c.tongue)},
		},
		spoken: []phrase{say(head, words(".")), sentenceOf(joined(", ", print...))},
	}
	if note := c.remarked(); note != nil {
		p.spoken = append(p.spoken, note)
	}
	for _, note := range v.Intended.note(c.tongue) {
		p.spoken = append(p.spoken, sentenceOf(note))
	}
	return p
}

// remarked is what the person who closed it said about it.
func (c chapter) remarked() phrase {
	if c.alert.Why != stanna.ReasonResolvedByPerson {
		return nil
	}
	note := quoted(c.alert.Note, stanna.MaxNote)
	if note == nil || c.alert.ClosedBy == "" {
		return note
	}
	return say(c.who(c.alert.ClosedBy), words(": "), note)
}
