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
	opened, value := c.amount(e.Opened), c.amount(e.Value)
	verb := "is "
	if e.Value > e.Base && e.Base > 0 {
		verb = "rose to "
	}
	t := telling{
		change: say(words("MRR at risk " + verb + value + c.ofAll(e.Share))),
		past:   say(words("MRR at risk was " + c.amount(max(e.Opened, e.Worst)))),
		back:   say(words(c.amount(max(e.Opened, e.Worst)) + " → " + value)),
		now:    say(words(value)),
		why:    c.moves(e),
		lead:   say(words("review these accounts" + c.by())),
		steps:  c.largest(e),
	}
	if !(max(e.Opened, e.Worst, e.Value) > 0) {
		t.change = say(words("MRR at risk is above the amount of the rule")) // whatever it was, nobody kept it
		return telling{change: t.change, past: t.change, lead: t.lead, steps: t.steps, why: t.why}
	}
	if e.Base > 0 && e.Base != e.Value {
		t.since = say(words("from " + c.amount(e.Base)))
		t.course = append(t.course, say(words(c.amount(e.Base)+" → "+value)))
		if !e.BaseAt.IsZero() && e.ValueAt.Sub(e.BaseAt) >= oneDay {
			t.since = say(t.since, words(" "+c.earlier(e)))
			t.course[0] = say(t.course[0], words(" since "+c.Day(e.BaseAt)))
		}
	} else {
		t.aloud = true
	}
	t.course = append(t.course, firstTold(opened, value))
	if e.Limit > 0 && locale.IsNumber(e.Limit) {
		t.course = append(t.course, say(words("the rule's line is "+c.amount(e.Limit))))
	}
	add := func(label, value, spoken string) {
		t.facts = append(t.facts, fact{label, say(words(value)), say(words(spoken))})
	}
	add("MRR at risk", value, value+" MRR at risk")
	if share := c.share(e.Share); share != "" {
		add("Share of MRR", share, share+" of all MRR")
	}
	if e.Loss > 0 && locale.IsNumber(e.Loss) {
		add("Expected loss", c.amount(e.Loss)+" (chance of churn × MRR)", "expected loss "+c.amount(e.Loss)+" (chance of churn times MRR)")
	}
	if e.Clients > 0 {
		add("Clients at risk", c.Number(float64(e.Clients)), c.Count(e.Clients, "client")+" at risk")
	}
	return t
}

func (c chapter) share(percent float64) string {
	if !(percent > 0 && percent <= 100) {
		return ""
	}
	return c.percent(percent)
}

func (c chapter) ofAll(percent float64) string {
	if share := c.share(percent); share != "" {
		return " (" + share + " of MRR)"
	}
	return ""
}

// moves are what changed the sum, and always add up to the change: what is
// not named is counted.
func (c chapter) moves(e stanna.Evidence) reasons {
	change := e.Value - e.Base
	list := slices.Clone(e.Moves)
	list = slices.DeleteFunc(list, func(m stanna.Move) bool { return !locale.IsNumber(m.Amount) })
	left := make([]float64, len(list)+1)
	rest := change
	r := reasons{title: "What moved it", spare: true}
	for i, m := range list {
		left[i] = rest
		rest -= m.Amount
		r.lines = append(r.lines, c.move(m))
	}
	left[len(list)] = rest
	others := max(e.Moved-len(e.Moves), 0)
	sum := func(x float64) string { return c.signedAmount(x) }
	if len(list) > 0 && (others > 0 || cents(c, rest) != 0) {
		line := "other changes: " + sum(rest)
		if others > 0 {
			line = "and " + c.Count(others, "more client") + ": " + sum(rest)
		}
		r.lines = append(r.lines, say(words(line)))
	}
	r.more = func(shown int) phrase {
		shown = min(shown, len(list))
		line := "and " + c.Count(len(list)-shown+others, "more client") + ": " + sum(left[shown])
		return joined(" · ", say(words(line)), link(c.page, "See all"))
	}
	return r
}

func cents(c chapter, x float64) int64 { return stanna.MoneyOf(x, c.Settings.Currency).Minor }

// moved says why a client moved the sum.
var moved = map[stanna.Reason]string{
	stanna.ReasonEnteredRed: "now at risk",
	stanna.ReasonRecovered:  "no longer at risk",
	stanna.ReasonChurned:    "has left",
	stanna.ReasonExcluded:   "is excluded now",
	stanna.ReasonMRRChanged: "still at risk, MRR changed",
}

func (c chapter) move(m stanna.Move) phrase {
	name := outside(m.Name, 80)
	if name == nil {
		name = nameOf(stanna.Client{ID: m.ClientID}, 80)
	}
	why, known := moved[m.Why]
	if !known {
		why = "changed"
	}
	return say(name, words(": "+why+", "+c.signedAmount(m.Amount)))
}

// largest names the clients with whom to begin.
func (c chapter) largest(e stanna.Evidence) []phrase {
	var names []phrase
	for _, m := range e.Moves {
		if name := outside(m.Name, 60); name != nil && m.Amount > 0 && len(names) < 3 {
			names = append(names, name)
		}
	}
	steps := []phrase{say(words("agree an owner, a step and a date for each"))}
	if len(names) > 0 {
		steps = append([]phrase{say(words("begin with "), joined(", ", names...))}, steps...)
	}
	return steps
}
