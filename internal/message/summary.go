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
	if v.Digest != nil {
		return v.digest()
	}
	l := tongue{locale.For(v.Settings, v.Now)}
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
	title, lead := occasion{l, v.Occasion}.words(tally)
	p := page{header: say(words(tally.symbol()+" "), words(title)), spoken: []phrase{say(words(title + "."))}}
	var print []phrase
	for _, line := range lead {
		print = append(print, capital(say(words(line))))
		p.spoken = append(p.spoken, sentenceOf(say(words(line))))
	}
	if mrr := l.Money(revenueOf(open)); mrr != "" && v.Tally.Clients == 0 && len(open) > 0 {
		inAll := l.phrase("{amount} MRR in all", with{"amount": mrr})
		print = append(print, inAll)
		p.spoken = append(p.spoken, say(inAll, words(".")))
	}
	p.parts = append(p.parts, part{kind: context, lines: oneLine(joined(" · ", print...))}, part{kind: context, lines: v.Intended.note(l)})
	v.list(&p, l, open, maxNamed, tally.open(), "")
	v.list(&p, l, closed, maxClosed, tally.Closed, english("Closed since"))
	for _, note := range v.Intended.note(l) {
		p.spoken = append(p.spoken, sentenceOf(note))
	}
	label := l.Text("See all {n}", with{"n": tally.all()})
	if tally.all() < 2 {
		label = l.Text("Open")
	}
	if see := link(v.Link, label); see != nil {
		p.parts = append(p.parts, part{kind: section, lines: []phrase{see}})
		p.more = see
	}
	return p
}

// list names the first of the items and counts the others.
func (v SummaryView) list(p *page, l tongue, items []SummaryItem, most, all int, title string) {
	if len(items) == 0 {
		return
	}
	var lines []phrase
	if title != "" {
		lines = append(lines, l.bold(title))
	}
	before := len(lines)
	for _, item := range items[:min(len(items), most)] {
		shown, heard := item.line(chapter{tongue: l, client: item.Client, alert: item.Alert, people: v.People}, occasion{l, v.Occasion}.calls())
		lines = append(lines, shown)
		p.spoken = append(p.spoken, heard)
	}
	left := func(shown int) phrase {
		return l.phrase("and {n} more", with{"n": all - shown})
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
// of all of them is linked at the end. Owners are called only where it is news
// and nobody is on it yet.
func (i SummaryItem) line(c chapter, calls bool) (shown, heard phrase) {
	t := c.tell()
	name := c.nameOf(i.Client, 80)
	if c.whole() {
		name = c.subject()
	}
	if !i.Alert.Open() {
		e := c.ending(t)
		return say(words(e.symbol+" "), c.withName(named(i.Link, name), e)), say(c.withName(name, e), words("."))
	}
	var mrr, owner phrase
	if i.Client.HasMRR() && !c.whole() {
		if m := c.Money(i.Client.MRR); m != "" {
			mrr = c.phrase("{amount} MRR", with{"amount": m})
		}
	}
	if !c.whole() {
		owner = c.called(i.Owner.or(i.Client), calls && pressing(i.Alert.Severity) && i.Alert.Status == stanna.AlertOpen)
	}
	severity := say(words(c.severity(i.Alert.Severity)))
	sentence := t.change
	if c.whole() {
		name = c.phrase("Portfolio")
	} else {
		sentence = c.spoken(t, name, t.change)
	}
	heard = c.phrase("{severity}: {sentence}", with{"severity": severity, "sentence": sentence})
	shown = joined(" · ", say(words(c.symbol(t)+" "), capital(severity)), say(named(i.Link, name), words(": "), t.change), mrr, owner, c.doing().shown())
	return shown, sentenceOf(joined(", ", heard, mrr, owner, c.doing().words))
}

// named is a name that leads to a page.
func named(address string, name phrase) phrase {
	if len(name) == 1 && !name[0].elastic {
		if l := link(address, name[0].text); l != nil {
			return l
		}
	}
	return linked(address, name)
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
