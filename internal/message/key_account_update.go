package message

import (
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// keyAccountUpdate tells a change of an account that somebody chose to watch.
func keyAccountUpdate(c chapter) telling {
	e := c.alert.Evidence
	t := telling{change: c.phrase("an update"), apart: true, why: reasons{spare: true}}
	was, is := outside(e.Was, 60), outside(e.Is, 60)
	switch {
	case e.Subscription != nil:
		c.mrrMoved(&t, *e.Subscription)
	case is == nil:
	case e.Trigger == stanna.ReasonStatusChanged:
		t.change = c.phrase("status changed to “{is}”", with{"is": is})
		if was != nil {
			t.change = c.phrase("status changed from “{was}” to “{is}”", with{"was": was, "is": is})
		}
		t.apart = false
		t.lead, t.steps = c.reaching("ask {contact} what is behind it", "find out what is behind it"), c.byCause()
		if what := outside(e.Subject, 300); what != nil {
			t.why = c.listed(what)
		}
	default:
		was, is = c.zoneOr(e.Was, was), c.zoneOr(e.Is, is)
		t.change = c.phrase("zone changed to {is}", with{"is": is})
		if was != nil {
			t.change = c.phrase("zone changed from {was} to {is}", with{"was": was, "is": is})
		}
		t.apart = false
		c.zoneChanged(&t, e)
	}
	t.past = t.change
	return t
}

// zoneOr is our word for a zone, or what else was given.
func (c chapter) zoneOr(zone string, other phrase) phrase {
	if word := c.zone(stanna.Zone(zone)); word != "" {
		return say(words(word))
	}
	return other
}

// zoneChanged adds the scores between which the zone changed.
func (c chapter) zoneChanged(t *telling, e stanna.Evidence) {
	if locale.IsNumber(e.Base) && locale.IsNumber(e.Value) && !e.ValueAt.IsZero() && e.Base != e.Value {
		base, value := locale.Tenth(e.Base), locale.Tenth(e.Value)
		way := c.phrase("health {way}", with{"way": c.arrow(base, value)})
		t.since = say(words("("), way, words(")"))
		t.course = append(t.course, joined(" ", way, say(words(c.sparkline(c.state.Health)))))
		t.why = c.factors(value - base)
		t.told, t.four = []string{healthField}, withoutHealth
	}
	order := []stanna.Zone{stanna.Red, stanna.Yellow, stanna.Green}
	was, is := slices.Index(order, stanna.Zone(e.Was)), slices.Index(order, stanna.Zone(e.Is))
	if was >= 0 && is > was {
		t.good = true
		t.why.spare = true
		t.lead = c.phrase("nothing is asked; good to know when you next speak")
		return
	}
	t.steps = c.byCauseOr("see what the score is made of before you act on it")
}
