package message

import (
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// RedactedView is what may be said where people of other organisations read.
type RedactedView struct {
	Settings stanna.Settings
	Open     int // alerts that are open
	Worst    stanna.Severity
	Link     string // the page with all of it, behind our sign-in
	Now      time.Time
}

// Redacted writes that somebody is needed, and nothing about whom: no client,
// no figure, no person.
func Redacted(v RedactedView) Rendered {
	t := tongue{locale.For(v.Settings, v.Now)}
	symbol, head := closedSymbol, t.phrase("Nothing needs you here any more")
	if v.Open > 0 {
		symbol = symbolOf(v.Worst)
		head = t.phrase("{n} {n|client alert needs|client alerts need} you: {severity}", with{"n": v.Open, "severity": strings.ToLower(t.severity(v.Worst))})
	}
	why := t.phrase("This channel is shared with another company, so the details are on the page alone")
	see := link(v.Link, t.Text("Open"))
	p := page{
		header: say(words(symbol+" "), head),
		parts:  []part{{kind: context, lines: []phrase{why}}, {kind: section, lines: oneLine(see)}},
		spoken: []phrase{sentenceOf(head), sentenceOf(why)},
		more:   see,
	}
	return p.lay()
}
