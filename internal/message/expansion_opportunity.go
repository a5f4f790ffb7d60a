package message

import (
	"math"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// expansionOpportunity tells a client that is ready for more.
func expansionOpportunity(c chapter) telling {
	e := c.alert.Evidence
	t := telling{
		good: true, symbol: "📈",
		change: say(words("may be ready for more")), past: say(words("seemed ready for more")),
		why: reasons{spare: true},
	}
	if e.Limit > 0 && e.Value >= 0 && locale.IsNumber(e.Limit) && locale.IsNumber(e.Value) {
		c.limitFilled(&t, e)
		return t
	}
	c.grew(&t, e)
	t.lead = c.reach("talk with", "get in touch", " about what works and what comes next")
	t.steps = []phrase{say(words("ask who else could use it, and show the next plan only then"))}
	return t
}

// limitFilled tells a limit that is nearly used up. The base is the line above
// which its use has been for long.
func (c chapter) limitFilled(t *telling, e stanna.Evidence) {
	name := outside(e.Subject, 60)
	if name == nil {
		name = outside(c.state.Usage[e.Subject].Unit, 60)
	}
	if name == nil {
		name = say(words("of a limit"))
	}
	figures := say(words("used "+c.Number(e.Value)+" of "+c.Number(e.Limit)+" "), name)
	share := e.Value / e.Limit * 100
	t.change, t.past = figures, figures
	t.course = []phrase{say(words(c.percent(math.Round(share)) + " of the limit"))}
	if days := c.DaysAgo(e.Since); !e.Since.IsZero() && days > 0 {
		t.change = say(figures, words(", near the limit for "+c.Count(days, "day")))
		if line := e.Base / e.Limit * 100; line > 0 && line <= 100 {
			t.course = []phrase{say(words(c.percent(math.Round(line)) + " or more since " + c.Day(e.Since)))}
		}
	}
	t.lead = c.reach("talk with", "get in touch", " about the next plan")
	t.steps = []phrase{say(words("show them their own use, and what happens at the limit"))}
	if share >= 100 {
		t.steps = []phrase{say(words("they may be stopped at the limit now: offer a way past it first, the plan after"))}
	}
}

// grew tells a rise of health and engagement together.
func (c chapter) grew(t *telling, e stanna.Evidence) {
	base, value := locale.Tenth(e.Base), locale.Tenth(e.Value)
	rise := locale.Tenth(value - base)
	if e.BaseAt.IsZero() || e.ValueAt.IsZero() || !(rise > 0) {
		return
	}
	t.told = []string{healthField, engagementField}
	t.change = say(words("health rose " + c.Number(rise) + pointsTo(rise) + c.standing(value)))
	t.past = say(words("health rose from " + c.Number(base) + " to " + c.Number(locale.Tenth(e.Opened))))
	t.since = say(words("in " + c.Lasting(e.ValueAt.Sub(e.BaseAt))))
	if e.FirstSeen {
		t.since = say(words("since first seen, " + c.Lasting(c.Now.Sub(e.BaseAt)) + " ago"))
	}
	t.course = []phrase{joined(" ", say(words(c.arrow(base, value))), t.since, say(words(c.sparkline(c.state.Health))))}
	if e.Above > 0 && locale.IsNumber(e.Above) {
		t.course = append(t.course, say(words("engagement "+c.percent(math.Round(min(e.Above, 999)))+" above usual")))
	}
	t.why = c.factors(value - base)
	t.why.spare = true
}
