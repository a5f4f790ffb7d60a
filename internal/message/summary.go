package message

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

const (
	maxNamed  = 10 // open alerts that a summary names
	maxClosed = 5  // closed ones, after it was brought up to date
)

// Summary tells many alerts in one message: it names those that matter most,
// counts the rest and links to them. Brought up to date, it says which of
// them are closed.
func Summary(v SummaryView) Rendered { return v.page().lay() }

func (v SummaryView) page() page {
	l := locale.For(v.Settings, v.Now)
	ranked := rank(v.Items)
	split := 0
	for split < len(ranked) && ranked[split].Alert.Open() {
		split++
	}
	open, closed := ranked[:split], ranked[split:]
	tally := v.Tally
	if tally.Clients == 0 {
		tally = tallyOf(v.Items)
	}
	headline := tally.headline(l)
	p := page{header: say(words(tally.symbol()+" "), words(headline)), spoken: []phrase{say(words(headline + "."))}}
	var print []phrase
	if reason := outside(v.Reason, 200); reason != nil {
		print = append(print, reason)
		p.spoken = append(p.spoken, say(reason, words(".")))
	}
	if mrr := l.Money(revenueOf(open)); mrr != "" && v.Tally.Clients == 0 && len(open) > 0 {
		print = append(print, say(words(mrr+" MRR in all")))
		p.spoken = append(p.spoken, say(words(mrr+" MRR in all.")))
	}
	p.parts = append(p.parts, part{kind: context, lines: oneLine(joined(" · ", print...))}, part{kind: context, lines: v.Intended.note()})
	v.list(&p, l, open, maxNamed, tally.open(), "")
	v.list(&p, l, closed, maxClosed, tally.Closed, "Closed since")
	for _, note := range v.Intended.note() {
		p.spoken = append(p.spoken, sentenceOf(note))
	}
	all := tally.open() + tally.Closed
	if see := link(v.Link, "See all "+l.Number(float64(all))); see != nil {
		p.parts = append(p.parts, part{kind: section, lines: []phrase{see}})
		p.more = see
	}
	return p
}

// list names the first of the items and counts the others.
func (v SummaryView) list(p *page, l locale.Local, items []SummaryItem, most, all int, title string) {
	if len(items) == 0 {
		return
	}
	var lines []phrase
	if title != "" {
		lines = append(lines, bold(title))
	}
	before := len(lines)
	for _, item := range items[:min(len(items), most)] {
		shown, heard := item.line(chapter{Local: l, client: item.Client, alert: item.Alert})
		lines = append(lines, shown)
		p.spoken = append(p.spoken, heard)
	}
	left := func(shown int) phrase {
		return say(words("and " + l.Number(float64(all-shown)) + " more"))
	}
	if all > most {
		p.spoken = append(p.spoken, sentenceOf(left(min(len(items), most))))
		lines = append(lines, left(min(len(items), most)))
	}
	p.parts = append(p.parts, part{kind: section, lines: lines,
		more: func(shown int) phrase { return left(shown - before) }})
}

// line tells one alert: "🟠 High · Acme Corp: health fell 22 points to 38
// (red) · $12,400 MRR · @ana". The spoken form links nothing, since the page
// of all of them is linked at the end.
func (i SummaryItem) line(c chapter) (shown, heard phrase) {
	t := c.tell()
	name := nameOf(i.Client, 80)
	if !i.Alert.Open() {
		ending, symbol := c.ending(t)
		return say(words(symbol+" "), linked(i.Link, name), ending), say(name, ending, words("."))
	}
	owner := i.Owner.or(i.Client).called(pressing(i.Alert.Severity))
	var mrr phrase
	if i.Client.HasMRR() {
		if m := c.Money(i.Client.MRR); m != "" {
			mrr = say(words(m + " MRR"))
		}
	}
	word := wordOf(i.Alert.Severity)
	shown = joined(" · ", say(words(symbolOf(i.Alert.Severity)+" "+word+" · "), linked(i.Link, name), words(": "), t.change), mrr, owner)
	heard = say(joined(", ", say(words(word+": "), name, words(" "), t.change), mrr, owner), words("."))
	return shown, heard
}

// oneLine is the phrase as the only line of a part, or no line.
func oneLine(p phrase) []phrase {
	if len(p) == 0 {
		return nil
	}
	return []phrase{p}
}

// weight is what an item is ranked by, computed once: a summary may hold a
// whole book.
type weight struct {
	open        bool
	severity    int
	mrr, change float64
	name, id    string
	place       int
}

// rank puts open before closed, then by severity, revenue and size of the
// change.
func rank(items []SummaryItem) []SummaryItem {
	weights := make([]weight, len(items))
	for n, i := range items {
		weights[n] = weight{
			open: i.Alert.Open(), severity: i.Alert.Severity.Rank(), mrr: i.Client.MRR.Amount(),
			change: math.Abs(i.Alert.Evidence.Base - i.Alert.Evidence.Value),
			name:   i.Client.Name, id: i.Alert.ID, place: n,
		}
	}
	slices.SortFunc(weights, func(a, b weight) int {
		if a.open != b.open {
			if a.open {
				return -1
			}
			return 1
		}
		return cmp.Or(
			cmp.Compare(b.severity, a.severity),
			cmp.Compare(b.mrr, a.mrr),
			cmp.Compare(b.change, a.change),
			strings.Compare(a.name, b.name),
			strings.Compare(a.id, b.id),
			cmp.Compare(a.place, b.place),
		)
	})
	ranked := make([]SummaryItem, len(items))
	for n, w := range weights {
		ranked[n] = items[w.place]
	}
	return ranked
}

// revenueOf is what the clients pay together, each counted once; nothing when
// they pay in several currencies.
func revenueOf(items []SummaryItem) stanna.Money {
	var sum stanna.Money
	seen := make(map[string]bool, len(items))
	for _, i := range items {
		if seen[i.Client.ID] || !i.Client.HasMRR() {
			continue
		}
		seen[i.Client.ID] = true
		if sum.Currency != "" && sum.Currency != i.Client.MRR.Currency {
			return stanna.Money{}
		}
		sum.Currency = i.Client.MRR.Currency
		sum.Minor += i.Client.MRR.Minor
	}
	return sum
}
