package message

import (
	"math"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

const useOfWeekField = "Weekly use"

// engagementDrop tells a client that does less than is usual for it, or
// nothing any more. Its figures are the sum of a week.
func engagementDrop(c chapter) telling {
	e := c.alert.Evidence
	t := telling{
		told: []string{engagementField},
		four: []string{useOfWeekField, mrrField, renewalField, contactField},
		why:  c.listed(c.againstBase(e)),
	}
	if use := c.useNow(e); use != nil {
		t.facts = []fact{{label: english(useOfWeekField), value: use}}
	}
	causes := c.byCause()
	t.steps = append(causes[:min(len(causes), 2)], c.phrase("check that the data still comes in, and whether an automation or a holiday explains it"))
	t.why.also = c.troubles()
	below, opened, worst := c.belowUsual(e.Base, e.Value), c.belowUsual(e.Base, e.Opened), c.belowUsual(e.Base, min(e.Opened, e.Worst))
	t.change, t.past = c.phrase("engagement below usual"), c.phrase("engagement was below usual")
	switch {
	case worst != "" && min(e.Opened, e.Worst) <= 0:
		t.past = c.phrase("there was no engagement at all")
	case worst != "":
		t.past = c.phrase("engagement was {level}", with{"level": worst})
	}
	switch {
	case !e.Since.IsZero():
		t.change = c.phrase("silent for {n} {n|day|days}", with{"n": max(c.DaysAgo(e.Since), 1)})
		t.since = c.phrase("since {day}", with{"day": c.Day(e.Since)})
		t.past = c.phrase("silent since {day}", with{"day": c.Day(e.Since)})
	case e.Trigger == stanna.ReasonWentSilent && !(e.Value > 0):
		t.change, t.past = c.phrase("silent for longer than is usual"), c.phrase("silent")
		if !c.alert.UpdatedAt.Equal(c.alert.OpenedAt) {
			t.change = c.phrase("active again after a silence, a full week is not in yet")
		}
	case below != "":
		t.change = c.phrase("engagement {level}", with{"level": below})
		t.now = say(words(below))
		t.back = c.way(worst, below)
		t.course = append(t.course, c.firstTold(opened, below))
	}
	line := c.weekly()
	if t.aloud = line == ""; !t.aloud {
		t.course = append([]phrase{c.phrase("week by week {bars}", with{"bars": line})}, t.course...)
	}
	return t
}

// compares says whether there is a usual week to compare with.
func compares(e stanna.Evidence) bool {
	return e.Base > 0 && locale.IsNumber(e.Value) && locale.IsNumber(e.Base)
}

// measured is an amount of what the source counts: "551.2 sessions".
func (c chapter) measured(x float64) phrase {
	return joined(" ", say(words(c.Number(x))), outside(c.state.EngagementUnit, 40))
}

// useNow is the use of the last week beside the usual one.
func (c chapter) useNow(e stanna.Evidence) phrase {
	if !compares(e) {
		return nil
	}
	return c.phrase("{now}, usually {usual}", with{"now": c.measured(rounded(e.Value)), "usual": rounded(e.Base)})
}

// rounded leaves out the decimals of what is counted in tens and more.
func rounded(x float64) float64 {
	if math.Abs(x) < 10 {
		return x
	}
	return math.Round(x)
}

// againstBase is the comparison that the alert stands on, as the difference
// that it comes to.
func (c chapter) againstBase(e stanna.Evidence) phrase {
	if !compares(e) {
		return nil
	}
	if !e.Since.IsZero() {
		return c.phrase("Nothing since {day}, usually {usual} a week", with{"day": c.Day(e.Since), "usual": c.measured(e.Base)})
	}
	apart := locale.Tenth(e.Base - e.Value)
	if !(apart > 0) {
		return c.phrase("{sum} in a week, usually {usual}", with{"sum": c.measured(e.Value), "usual": e.Base})
	}
	fill := with{"sum": c.measured(e.Value), "usual": e.Base, "apart": apart}
	if e.ValueAt.IsZero() {
		return c.phrase("{sum} in a week, {apart} fewer than the usual {usual}", fill)
	}
	fill["day"] = c.Day(e.ValueAt.Add(-time.Second)) // a week ends with the midnight after it
	return c.phrase("{sum} in the week to {day}, {apart} fewer than the usual {usual}", fill)
}

// belowUsual compares a value with a base: "47% below usual".
func (c chapter) belowUsual(base, value float64) string {
	if !(base > 0) || !locale.IsNumber(value) || !locale.IsNumber(base) {
		return ""
	}
	switch x := (value/base - 1) * 100; {
	case value <= 0:
		return c.Text("nothing at all")
	case x <= -0.5:
		return c.Text("{percent} below usual", with{"percent": c.percent(math.Round(-x))})
	case x >= 0.5:
		return c.Text("{percent} above usual", with{"percent": c.percent(math.Round(min(x, 999)))})
	}
	return c.Text("as usual")
}
