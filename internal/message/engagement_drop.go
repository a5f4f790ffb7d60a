package message

import (
	"math"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// engagementDrop tells a client that does less than is usual for it, or
// nothing any more. Its figures are the sum of a week.
func engagementDrop(c chapter) telling {
	e := c.alert.Evidence
	t := telling{
		told: []string{engagementField},
		why:  c.listed(c.againstBase(e)),
	}
	causes := c.byCause()
	t.steps = append(causes[:min(len(causes), 2)], say(words("check that the data still comes in, and whether an automation or a holiday explains it")))
	t.why.also = c.troubles()
	below, opened, worst := c.belowUsual(e.Base, e.Value), c.belowUsual(e.Base, e.Opened), c.belowUsual(e.Base, min(e.Opened, e.Worst))
	t.change, t.past = say(words("engagement below usual")), say(words("engagement was below usual"))
	switch {
	case worst != "" && min(e.Opened, e.Worst) <= 0:
		t.past = say(words("there was no engagement at all"))
	case worst != "":
		t.past = say(words("engagement was " + worst))
	}
	switch {
	case !e.Since.IsZero():
		t.change = say(words("silent for " + c.Count(max(c.DaysAgo(e.Since), 1), "day")))
		t.since = say(words("since " + c.Day(e.Since)))
		t.past = say(words("silent since " + c.Day(e.Since)))
	case e.Trigger == stanna.ReasonWentSilent && !(e.Value > 0):
		t.change, t.past = say(words("silent for longer than is usual")), say(words("silent"))
		if !c.alert.UpdatedAt.Equal(c.alert.OpenedAt) {
			t.change = say(words("active again after a silence, a full week is not in yet"))
		}
	case below != "":
		t.change = say(words("engagement " + below))
		t.now = say(words(below))
		t.back = say(words(worst + " → " + below))
		t.course = append(t.course, firstTold(opened, below))
	}
	line := c.weekly()
	if t.aloud = line == ""; !t.aloud {
		t.course = append([]phrase{say(words("week by week " + line))}, t.course...)
	}
	return t
}

// againstBase is the comparison that the alert stands on.
func (c chapter) againstBase(e stanna.Evidence) phrase {
	if !(e.Base > 0) || !locale.IsNumber(e.Value) || !locale.IsNumber(e.Base) {
		return nil
	}
	unit := outside(c.state.EngagementUnit, 40)
	if !e.Since.IsZero() {
		return say(words("Nothing since "+c.Day(e.Since)+", usually "), joined(" ", say(words(c.Number(e.Base))), unit), words(" a week"))
	}
	return say(joined(" ", say(words(c.Number(e.Value))), unit), words(" in a week, usually "+c.Number(e.Base)))
}

// belowUsual compares a value with a base: "47% below usual".
func (c chapter) belowUsual(base, value float64) string {
	if !(base > 0) || !locale.IsNumber(value) || !locale.IsNumber(base) {
		return ""
	}
	switch x := (value/base - 1) * 100; {
	case value <= 0:
		return "nothing at all"
	case x <= -0.5:
		return c.percent(math.Round(-x)) + " below usual"
	case x >= 0.5:
		return c.percent(math.Round(min(x, 999))) + " above usual"
	}
	return "as usual"
}
