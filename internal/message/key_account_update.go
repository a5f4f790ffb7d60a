package message

import (
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// keyAccountUpdate tells a change of an account that somebody chose to watch.
func keyAccountUpdate(c chapter) telling {
	e := c.alert.Evidence
	t := telling{change: say(words("an update")), apart: true, why: reasons{spare: true}}
	was, is := outside(e.Was, 60), outside(e.Is, 60)
	switch {
	case is == nil:
	case e.Trigger == stanna.ReasonStatusChanged:
		t.change = say(words("status changed to “"), is, words("”"))
		if was != nil {
			t.change = say(words("status changed from “"), was, words("” to “"), is, words("”"))
		}
		t.apart = false
		t.lead = say(words("find out what is behind it" + c.by()))
		if what := outside(e.Subject, 300); what != nil {
			t.why = c.listed(what)
		}
	default:
		t.change = say(words("zone changed to "), is)
		if was != nil {
			t.change = say(words("zone changed from "), was, words(" to "), is)
		}
		t.apart = false
		c.zoneChanged(&t, e)
	}
	t.past = t.change
	return t
}

// zoneChanged adds the scores between which the zone changed.
func (c chapter) zoneChanged(t *telling, e stanna.Evidence) {
	if locale.IsNumber(e.Base) && locale.IsNumber(e.Value) && !e.ValueAt.IsZero() && e.Base != e.Value {
		base, value := locale.Tenth(e.Base), locale.Tenth(e.Value)
		t.since = say(words("(health " + c.arrow(base, value) + ")"))
		t.course = append(t.course, joined(" ", say(words("health "+c.arrow(base, value))), say(words(c.sparkline(c.state.Health)))))
		t.why = c.factors(value - base)
		t.told = []string{healthField}
	}
	order := []stanna.Zone{stanna.Red, stanna.Yellow, stanna.Green}
	was, is := slices.Index(order, stanna.Zone(e.Was)), slices.Index(order, stanna.Zone(e.Is))
	if was >= 0 && is > was {
		t.good = true
		t.why.spare = true
		t.lead = say(words("nothing is asked; good to know when you next speak"))
		return
	}
	t.steps = c.byCause()
}
