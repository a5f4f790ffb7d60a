package message

import (
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// revenueAtRisk tells what the whole portfolio stands to lose. MRR at risk is
// the worst case and expected loss the likely one; both are named and never
// mixed.
func revenueAtRisk(c chapter) telling {
	e := c.alert.Evidence
	opened, value, worst := c.amount(e.Opened), c.amount(e.Value), c.amount(max(e.Opened, e.Worst))
	t := telling{
		change: c.phrase("MRR at risk is {amount}", with{"amount": c.ofAll(value, e.Share)}),
		past:   c.phrase("MRR at risk was {amount}", with{"amount": worst}),
		back:   c.way(worst, value),
		now:    say(words(value)),
		why:    c.moves(e),
		lead:   c.due(c.phrase("review these accounts")),
		steps:  c.largest(e),
	}
	if e.Value > e.Base && e.Base > 0 {
		t.change = c.phrase("MRR at risk rose to {amount}", with{"amount": c.ofAll(value, e.Share)})
	}
	if !(max(e.Opened, e.Worst, e.Value) > 0) {
		t.change = c.phrase("MRR at risk is above the amount of the rule") // whatever it was, nobody kept it
		return telling{change: t.change, past: t.change, lead: t.lead, steps: t.steps, why: t.why}
	}
	if e.Base > 0 && e.Base != e.Value {
		way := c.way(c.amount(e.Base), value)
		t.since = c.phrase("from {amount}", with{"amount": c.amount(e.Base)})
		if !e.BaseAt.IsZero() && e.ValueAt.Sub(e.BaseAt) >= oneDay {
			t.since = c.phrase("from {amount} {when}", with{"amount": c.amount(e.Base), "when": c.earlier(e)})
			way = c.phrase("{way} since {day}", with{"way": way, "day": c.Day(e.BaseAt)})
		}
		t.course = append(t.course, way)
	} else {
		t.aloud = true
	}
	t.course = append(t.course, c.firstTold(opened, value))
	if e.Limit > 0 && locale.IsNumber(e.Limit) {
		t.course = append(t.course, c.phrase("the rule's line is {amount}", with{"amount": c.amount(e.Limit)}))
	}
	t.facts = c.sums(e)
	return t
}

// sums are the figures of the portfolio.
func (c chapter) sums(e stanna.Evidence) []fact {
	sum := with{"amount": c.amount(e.Value)}
	facts := []fact{{label: english("MRR at risk"), value: say(words(c.amount(e.Value))), spoken: c.phrase("{amount} MRR at risk", sum)}}
	if share := c.share(e.Share); share != "" {
		facts = append(facts, fact{label: english("Share of MRR"), value: say(words(share)), spoken: c.phrase("{share} of all MRR", with{"share": share})})
	}
	if e.Loss > 0 && locale.IsNumber(e.Loss) {
		loss := with{"amount": c.amount(e.Loss)}
		facts = append(facts, fact{label: english(lossField), value: c.phrase("{amount} (chance of churn × MRR)", loss),
			spoken: c.phrase("expected loss {amount} (chance of churn times MRR)", loss)})
	}
	if e.Clients > 0 {
		facts = append(facts, fact{label: english("Clients at risk"), value: say(words(c.Number(float64(e.Clients)))),
			spoken: c.phrase("{n} {n|client|clients} at risk", with{"n": e.Clients})})
	}
	return facts
}

func (c chapter) share(percent float64) string {
	if !(percent > 0 && percent <= 100) {
		return ""
	}
	return c.percent(percent)
}

// ofAll is an amount with its share of all revenue, when that is known.
func (c chapter) ofAll(amount string, percent float64) string {
	if share := c.share(percent); share != "" {
		return c.Text("{amount} ({share} of MRR)", with{"amount": amount, "share": share})
	}
	return amount
}

// moves are what changed the sum, and always add up to the change: what is
// not named is counted.
func (c chapter) moves(e stanna.Evidence) reasons {
	change := e.Value - e.Base
	list := slices.Clone(e.Moves)
	list = slices.DeleteFunc(list, func(m stanna.Move) bool { return !locale.IsNumber(m.Amount) })
	left := make([]float64, len(list)+1)
	rest := change
	r := reasons{title: english("What moved it"), spare: true}
	for i, m := range list {
		left[i] = rest
		rest -= m.Amount
		r.lines = append(r.lines, c.move(m))
	}
	left[len(list)] = rest
	others := max(e.Moved-len(e.Moves), 0)
	more := func(n int, sum float64) phrase {
		return c.phrase("and {n} more {n|client|clients}: {sum}", with{"n": n, "sum": c.signedAmount(sum)})
	}
	if len(list) > 0 && (others > 0 || cents(c, rest) != 0) {
		line := c.phrase("other changes: {sum}", with{"sum": c.signedAmount(rest)})
		if others > 0 {
			line = more(others, rest)
		}
		r.lines = append(r.lines, line)
	}
	r.more = func(shown int) phrase {
		shown = min(shown, len(list))
		return joined(" · ", more(len(list)-shown+others, left[shown]), link(c.page, c.Text("See all")))
	}
	return r
}

func cents(c chapter, x float64) int64 { return stanna.MoneyOf(x, c.Settings.Currency).Minor }

// moved says why a client moved the sum.
var moved = map[stanna.Reason]string{
	stanna.ReasonEnteredRed: english("now at risk"),
	stanna.ReasonRecovered:  english("no longer at risk"),
	stanna.ReasonChurned:    english("has left"),
	stanna.ReasonExcluded:   english("is excluded now"),
	stanna.ReasonMRRChanged: english("still at risk, MRR changed"),
}

func (c chapter) move(m stanna.Move) phrase {
	name := outside(m.Name, 80)
	if name == nil {
		name = c.nameOf(stanna.Client{ID: m.ClientID}, 80)
	}
	why, known := moved[m.Why]
	if !known {
		why = english("changed")
	}
	return say(name, words(": "+c.Text(why)+", "+c.signedAmount(m.Amount)))
}

// largest names the clients with whom to begin.
func (c chapter) largest(e stanna.Evidence) []phrase {
	var names []phrase
	for _, m := range e.Moves {
		if name := outside(m.Name, 60); name != nil && m.Amount > 0 && len(names) < 3 {
			names = append(names, name)
		}
	}
	steps := []phrase{c.phrase("agree an owner, a step and a date for each")}
	if len(names) > 0 {
		steps = append([]phrase{c.phrase("begin with {clients}", with{"clients": joined(", ", names...)})}, steps...)
	}
	return steps
}
