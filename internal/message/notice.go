package message

import (
	"math"
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
	name := l.known(v.TypeName, 60)
	if name == nil {
		name = l.phrase("Many at once")
	}
	what := v.what(l)
	ended, symbol := v.ended(l), "⚠️"
	fill := with{"what": name, "n": s.Clients}
	header := l.phrase("{what} at {n} {n|client|clients} at once: alerts held", fill)
	if ended != nil {
		symbol = closedSymbol
		header = l.phrase("{what} at {n} {n|client|clients} at once: released", fill)
		if s.Status == stanna.SurgeDiscarded {
			header = l.phrase("{what} at {n} {n|client|clients} at once: discarded", fill)
		}
	}
	p := page{
		header: say(words(symbol+" "), header),
		parts:  []part{{kind: section, lines: []phrase{what}}},
		spoken: []phrase{say(header, words(".")), what},
	}
	if ended != nil {
		p.parts = append(p.parts, part{kind: section, lines: []phrase{say(ended, words("."))}})
		p.spoken = append(p.spoken, say(ended, words(".")))
		if l := link(v.Link, l.Text("See what became of them")); l != nil {
			p.parts = append(p.parts, part{kind: section, lines: []phrase{l}})
			p.more = l
		}
	} else {
		likely := say(v.likelier(l), words(" "), v.held(l))
		p.parts = append(p.parts, part{kind: section, lines: []phrase{likely}})
		p.spoken = append(p.spoken, likely)
		if links := joined("  ·  ", link(v.Link, l.Text("Release now")), link(v.Link, l.Text("Discard"))); links != nil {
			p.parts = append(p.parts, part{kind: section, lines: []phrase{links}})
			p.more = link(v.Link, l.Text("Release or discard them"))
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
	clients := l.Text("{n} {n|client|clients}", with{"n": s.Clients})
	if s.Book > 0 {
		if percent := float64(s.Clients) / float64(s.Book) * 100; percent <= 100 {
			clients = l.Text("{n} {n|client|clients} ({share} of the book)", with{"n": s.Clients, "share": l.Percentage(math.Round(percent))})
		}
	}
	fill := with{"clients": clients, "n": s.Clients, "within": v.within(l)}
	if source := outside(s.Source, 80); source != nil {
		fill["source"] = source
		return l.phrase("{clients} moved the same way {within}, all reported by {source}.", fill)
	}
	return l.phrase("{clients} moved the same way {within}.", fill)
}

// within is how long it took, as far as that is known.
func (v NoticeView) within(l tongue) string {
	took := v.Surge.UpdatedAt.Sub(v.Surge.BeganAt)
	if v.Surge.BeganAt.IsZero() || v.Surge.Status != stanna.SurgeHolding || took <= time.Hour {
		return l.Text("within an hour")
	}
	return l.Text("within {time}", with{"time": l.Lasting(took)})
}

func (v NoticeView) likelier(l tongue) phrase {
	fill := with{"n": v.Surge.Clients}
	switch v.Surge.Type {
	case stanna.ExpansionOpportunity, stanna.Milestone, stanna.KeyAccountUpdate, stanna.RenewalUpcoming, stanna.Custom:
		return l.phrase("A change of scoring or of the feed is likelier than {n} customers who change at once.", fill)
	}
	return l.phrase("A change of scoring or of the feed is likelier than {n} unhappy customers.", fill)
}

func (v NoticeView) held(l tongue) phrase {
	switch until := v.Surge.Until; {
	case until.IsZero():
		return l.phrase("The single alerts are held.")
	case l.DaysAgo(until) == 0:
		return l.phrase("The single alerts are held until {clock} and told then, unless somebody discards them.", with{"clock": l.Clock(until)})
	default:
		return l.phrase("The single alerts are held until {moment} and told then, unless somebody discards them.", with{"moment": l.Moment(until)})
	}
}

// ended says by whom it was ended and what that meant, or nothing.
func (v NoticeView) ended(l tongue) phrase {
	s := v.Surge
	fill := with{"who": v.People.who(l, s.EndedBy)}
	dated := !s.UpdatedAt.IsZero()
	if dated && l.DaysAgo(s.UpdatedAt) == 0 {
		fill["at"] = l.Text("at {clock}", with{"clock": l.Clock(s.UpdatedAt)})
	} else if dated {
		fill["at"] = l.Text("on {moment}", with{"moment": l.Moment(s.UpdatedAt)})
	}
	switch {
	case s.Status == stanna.SurgeReleased && s.EndedBy != "" && dated:
		return l.phrase("Released by {who} {at}: the alerts that were still open were told", fill)
	case s.Status == stanna.SurgeReleased && s.EndedBy != "":
		return l.phrase("Released by {who}: the alerts that were still open were told", fill)
	case s.Status == stanna.SurgeReleased && dated:
		return l.phrase("Released {at}, when the hold was over: the alerts that were still open were told", fill)
	case s.Status == stanna.SurgeReleased:
		return l.phrase("Released, when the hold was over: the alerts that were still open were told")
	case s.Status == stanna.SurgeDiscarded && dated: // only a person does
		return l.phrase("Discarded by {who} {at}: the alerts were not told; they are on record", fill)
	case s.Status == stanna.SurgeDiscarded:
		return l.phrase("Discarded by {who}: the alerts were not told; they are on record", fill)
	}
	return nil
}
