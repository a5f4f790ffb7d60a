package message

import (
	"math"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

const useField = "In use"

// expansionOpportunity tells a client that is ready for more.
func expansionOpportunity(c chapter) telling {
	e := c.alert.Evidence
	t := telling{
		good: true, symbol: "📈",
		change: c.phrase("may be ready for more"), past: c.phrase("seemed ready for more"),
		why:  reasons{spare: true},
		four: []string{useField, mrrField, renewalField, personField},
	}
	t.facts = c.person()
	if e.Limit > 0 && e.Value >= 0 && locale.IsNumber(e.Limit) && locale.IsNumber(e.Value) {
		c.limitFilled(&t, e)
		return t
	}
	if use := c.fullest(); use != nil {
		t.facts = append(t.facts, fact{label: english(useField), value: use})
	}
	c.grew(&t, e)
	t.lead = c.reaching("talk with {contact} about what works and what comes next", "get in touch about what works and what comes next")
	t.steps = []phrase{c.phrase("ask who else could use it, and show the next plan only then")}
	return t
}

// limitFilled tells a limit that is nearly used up. The base is the line above
// which its use has been for long.
func (c chapter) limitFilled(t *telling, e stanna.Evidence) {
	name := outside(e.Subject, 60)
	if name == nil {
		name = outside(c.state.Usage[e.Subject].Unit, 60)
	}
	figures := c.phrase("used {used} of {limit} {unit}", with{"used": e.Value, "limit": e.Limit, "unit": name})
	if name == nil {
		figures = c.phrase("used {used} of {limit} of a limit", with{"used": e.Value, "limit": e.Limit})
	}
	share := e.Value / e.Limit * 100
	t.change, t.past = figures, figures
	t.facts = append(t.facts, fact{label: english(useField), said: true,
		value: c.phrase("{used} of {limit} ({percent})", with{"used": e.Value, "limit": e.Limit, "percent": c.percent(math.Round(share))})})
	t.course = []phrase{c.phrase("{percent} of the limit", with{"percent": c.percent(math.Round(share))})}
	if days := c.DaysAgo(e.Since); !e.Since.IsZero() && days > 0 {
		t.change = c.phrase("{used}, near the limit for {n} {n|day|days}", with{"used": figures, "n": days})
		if line := e.Base / e.Limit * 100; line > 0 && line <= 100 {
			t.course = []phrase{c.phrase("{percent} or more since {day}", with{"percent": c.percent(math.Round(line)), "day": c.Day(e.Since)})}
		}
	}
	t.lead = c.reaching("talk with {contact} about the next plan", "get in touch about the next plan")
	t.steps = []phrase{c.phrase("show them their own use, and what happens at the limit")}
	if share >= 100 {
		t.steps = []phrase{c.phrase("they may be stopped at the limit now: offer a way past it first, the plan after")}
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
	t.change = c.phrase("health rose {n} {n|point|points} to {standing}", with{"n": rise, "standing": c.standing(value)})
	t.past = c.phrase("health rose from {from} to {to}", with{"from": base, "to": locale.Tenth(e.Opened)})
	t.since = c.since(e)
	t.course = []phrase{joined(" ", c.arrow(base, value), t.since, say(words(c.sparkline(c.state.Health))))}
	if e.Above > 0 && locale.IsNumber(e.Above) {
		t.course = append(t.course, c.phrase("engagement {level}",
			with{"level": c.Text("{percent} above usual", with{"percent": c.percent(math.Round(min(e.Above, 999)))})}))
	}
	t.why = c.factors(value - base)
	t.why.spare = true
}
