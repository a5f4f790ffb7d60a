package message

import (
	"math"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// Notice tells that many clients moved the same way at once, and that their
// alerts are held; once that is over, what became of them.
func Notice(v NoticeView) Rendered { return v.page().lay() }

func (v NoticeView) page() page {
	l := tongue{locale.For(v.Settings, v.Now)}
	s := v.Surge
	clients := l.Count(s.Clients, "client")
	name := outside(v.TypeName, 60)
	if name == nil {
		name = say(words("Many at once"))
	}
	what := v.what(l)
	ended, symbol := v.ended(l), "⚠️"
	state := "alerts held"
	if ended != nil {
		symbol, state = closedSymbol, string(s.Status)
	}
	header := say(name, words(" at "+clients+" at once: "+state))
	p := page{
		header: say(words(symbol+" "), header),
		parts:  []part{{kind: section, lines: []phrase{what}}},
		spoken: []phrase{say(header, words(".")), what},
	}
	if ended != nil {
		p.parts = append(p.parts, part{kind: section, lines: []phrase{say(ended, words("."))}})
		p.spoken = append(p.spoken, say(ended, words(".")))
		if l := link(v.Link, "See what became of them"); l != nil {
			p.parts = append(p.parts, part{kind: section, lines: []phrase{l}})
			p.more = l
		}
	} else {
		likely := say(words(v.likelier(l)), words(" "), words(v.held(l)))
		p.parts = append(p.parts, part{kind: section, lines: []phrase{likely}})
		p.spoken = append(p.spoken, likely)
		if links := joined("  ·  ", link(v.Link, "Release now"), link(v.Link, "Discard")); links != nil {
			p.parts = append(p.parts, part{kind: section, lines: []phrase{links}})
			p.more = link(v.Link, "Release or discard them")
		}
	}
	notes := v.Intended.note(l)
	p.parts = append(p.parts, part{kind: context, lines: notes})
	for _, note := range notes {
		p.spoken = append(p.spoken, sentenceOf(note))
	}
	return p
}

// what happened: "412 clients (34% of the book) moved the same way within an
// hour, all reported by Gainsight."
func (v NoticeView) what(l tongue) phrase {
	s := v.Surge
	line := l.Count(s.Clients, "client")
	if s.Book > 0 {
		if percent := float64(s.Clients) / float64(s.Book) * 100; percent <= 100 {
			line += " (" + l.Number(math.Round(percent)) + "% of the book)"
		}
	}
	line += " moved the same way " + v.within(l)
	if source := outside(s.Source, 80); source != nil {
		return say(words(line+", all reported by "), source, words("."))
	}
	return say(words(line + "."))
}

// within is how long it took, as far as that is known.
func (v NoticeView) within(l tongue) string {
	took := v.Surge.UpdatedAt.Sub(v.Surge.BeganAt)
	if v.Surge.BeganAt.IsZero() || v.Surge.Status != stanna.SurgeHolding || took <= time.Hour {
		return "within an hour"
	}
	return "within " + l.Lasting(took)
}

func (v NoticeView) likelier(l tongue) string {
	so := "unhappy customers"
	switch v.Surge.Type {
	case stanna.ExpansionOpportunity, stanna.Milestone, stanna.KeyAccountUpdate, stanna.RenewalUpcoming, stanna.Custom:
		so = "customers who change at once"
	}
	return "A change of scoring or of the feed is likelier than " + l.Number(float64(v.Surge.Clients)) + " " + so + "."
}

func (v NoticeView) held(l tongue) string {
	if v.Surge.Until.IsZero() {
		return "The single alerts are held."
	}
	return "The single alerts are held until " + l.When(v.Surge.Until) + " and told then, unless somebody discards them."
}

// ended says by whom it was ended and what that meant, or nothing.
func (v NoticeView) ended(l tongue) phrase {
	s := v.Surge
	at := ""
	if !s.UpdatedAt.IsZero() {
		at = " at " + l.When(s.UpdatedAt)
		if l.DaysAgo(s.UpdatedAt) != 0 {
			at = strings.Replace(at, " at ", " on ", 1)
		}
	}
	by := say(words(at + ", when the hold was over"))
	if s.EndedBy != "" {
		by = say(words(" by "), v.People.who(s.EndedBy), words(at))
	}
	switch s.Status {
	case stanna.SurgeReleased:
		return say(words("Released"), by, words(": the alerts that were still open were told"))
	case stanna.SurgeDiscarded:
		return say(words("Discarded"), by, words(": the alerts were not told; they are on record"))
	}
	return nil
}
