package message

import (
	"cmp"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// Thread writes the living message about one client at one destination: the
// most severe open alert in full, the others as a line each. When all are
// closed it is short and asks for nothing.
func Thread(v ThreadView) Rendered { return v.page().lay() }

func (v ThreadView) page() page {
	alerts := slices.Clone(v.Alerts)
	// Newest first is kept among equals.
	slices.SortStableFunc(alerts, func(a, b AlertView) int {
		if a.Open() != b.Open() {
			if a.Open() {
				return -1
			}
			return 1
		}
		if a.Open() {
			return cmp.Compare(b.Severity.Rank(), a.Severity.Rank())
		}
		return 0
	})
	if len(alerts) == 0 {
		return v.nothing()
	}
	c := v.chapter(alerts[0])
	var p page
	if alerts[0].Open() {
		p = v.openPage(c, alerts[0])
	} else {
		p = v.closedPage(c)
	}
	v.others(&p, alerts[1:])
	v.end(&p, c, alerts[0])
	return p
}

func (v ThreadView) chapter(a AlertView) chapter {
	return chapter{Local: locale.For(v.Settings, v.Now), client: v.Client, state: v.State, alert: a.Alert, page: a.Links.Alert}
}

// openPage tells an alert that somebody should act on.
func (v ThreadView) openPage(c chapter, a AlertView) page {
	t := c.tell()
	owner := v.Owner.or(v.Client).called(pressing(a.Severity))
	fieldList, account := c.account()
	steps, next := c.next(a.Playbook)
	why, spokenWhy := c.why(t)
	p := page{
		header: say(words(symbolOf(a.Severity)+" "), nameOf(v.Client, 200), words(": "), t.change),
		parts: []part{
			{kind: context, lines: []phrase{joined(" · ", append([]phrase{say(words(wordOf(a.Severity))), owns(owner)}, t.course...)...)}},
			{kind: context, lines: c.notes(v.Intended)},
			{kind: fields, lines: fieldList},
			why,
			{kind: section, lines: steps},
		},
		spoken: []phrase{
			say(words(wordOf(a.Severity)+": "), nameOf(v.Client, 200), words(" "), joined(" ", t.change, t.since), words(".")),
			account,
			spokenWhy,
			next,
			sentenceOf(owns(owner)),
		},
	}
	if len(t.course) > 1 {
		p.spoken = slices.Insert(p.spoken, 1, sentenceOf(joined(", ", t.course[1:]...)))
	}
	for _, note := range c.notes(v.Intended) {
		p.spoken = append(p.spoken, sentenceOf(note))
	}
	return p
}

// owns says whose account it is; that nobody owns it is worth knowing too.
func owns(owner phrase) phrase {
	if owner == nil {
		return say(words("no owner"))
	}
	return say(owner, words(" owns this"))
}

// why shows the reasons that the source gave. Without any it says so, and
// what else is going on, and invents nothing.
func (c chapter) why(t telling) (part, phrase) {
	if len(t.why.lines) > 0 {
		lines := []phrase{bold("Why")}
		for _, l := range t.why.lines {
			lines = append(lines, say(words("• "), l))
		}
		shown := min(len(t.why.lines), maxReasons)
		spoken := slices.Clone(t.why.lines[:shown])
		if shown < len(t.why.lines) {
			spoken = append(spoken, t.why.more(shown)[:1])
		}
		more := func(n int) phrase { return say(words("• "), t.why.more(n-1)) }
		return part{kind: section, lines: lines, most: 1 + maxReasons, more: more},
			sentenceOf(say(words("why: "), joined("; ", spoken...)))
	}
	none := say(words("No reason given"))
	if t.why.source != nil {
		none = say(words("No reason given by "), t.why.source)
	}
	also := c.atTheSameTime()
	lines := []phrase{say(bold("Why"), words("  "), none)}
	if len(also) == 0 {
		return part{kind: section, lines: lines}, sentenceOf(none)
	}
	lines = append(lines, say(words("At the same time:")))
	for _, l := range also {
		lines = append(lines, say(words("• "), l))
	}
	return part{kind: section, lines: lines}, sentenceOf(say(none, words(". At the same time: "), joined("; ", also...)))
}

// closedPage tells how it ended.
func (v ThreadView) closedPage(c chapter) page {
	t := c.tell()
	ending, symbol := c.ending(t)
	was := say(words("was "+wordOf(c.alert.Severity)+": "), t.past)
	if !c.alert.OpenedAt.IsZero() {
		was = say(was, words(" on "+c.Date(c.alert.OpenedAt)))
	}
	print := []phrase{capital(was)}
	if c.alert.Why == stanna.ReasonNotRecovered && t.now != nil {
		print = append(print, say(words("now "), t.now))
	}
	if owner := v.Owner.or(v.Client).name(); owner != nil {
		print = append(print, owns(owner))
	}
	name := nameOf(v.Client, 200)
	p := page{
		header: say(words(symbol+" "), name, ending),
		parts: []part{
			{kind: context, lines: []phrase{joined(" · ", print...)}},
			{kind: context, lines: v.Intended.note()},
		},
		spoken: []phrase{say(name, ending, words(".")), sentenceOf(joined(", ", print...))},
	}
	for _, note := range v.Intended.note() {
		p.spoken = append(p.spoken, sentenceOf(note))
	}
	return p
}

// ending follows the client's name: " recovered: 38 → 57 in 9 days".
func (c chapter) ending(t telling) (ending phrase, symbol string) {
	switch c.alert.Why {
	case stanna.ReasonRecovered:
		took := phrase(nil)
		if !c.alert.OpenedAt.IsZero() && !c.alert.ClosedAt.IsZero() {
			took = say(words("in " + c.Lasting(c.alert.ClosedAt.Sub(c.alert.OpenedAt))))
		}
		how := joined(" ", t.back, took)
		if how == nil {
			return say(words(" recovered")), recoveredSymbol
		}
		return say(words(" recovered: "), how), recoveredSymbol
	case stanna.ReasonNotRecovered:
		return say(words(": closed, not recovered")), closedSymbol
	case stanna.ReasonChurned:
		return say(words(": closed, the client has left")), closedSymbol
	case stanna.ReasonExcluded:
		return say(words(": closed, the client is excluded")), closedSymbol
	case stanna.ReasonRuleOff:
		return say(words(": closed, its rule was switched off")), closedSymbol
	}
	return say(words(": closed")), closedSymbol
}
