package message

import (
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// milestone tells an anniversary, or a goal that the client has reached.
func milestone(c chapter) telling {
	e := c.alert.Evidence
	t := telling{good: true, symbol: "🎉", apart: true, why: reasons{spare: true}}
	years := 0
	if locale.IsNumber(e.Value) && e.Value >= 1 && e.Value < 1000 {
		years = int(e.Value)
	}
	goal := outside(e.Subject, 200)
	switch {
	case e.Trigger != stanna.ReasonGoalReached && years > 0:
		t.change = c.phrase("{n} {n|year|years} with us", with{"n": years})
	case goal != nil:
		t.change = c.phrase("reached {goal}", with{"goal": goal})
		t.apart = false
	default:
		t.change = c.phrase("a milestone")
	}
	t.past = t.change
	if day, ok := c.DayOf(e.Date); ok {
		t.since = c.phrase("on {date}", with{"date": c.Date(day)})
		t.course = []phrase{say(words(c.Date(day)))}
		if years > 0 && !e.BaseAt.IsZero() {
			t.course = []phrase{c.phrase("client since {date}", with{"date": c.Date(e.BaseAt)})}
		}
	}
	t.lead = c.phrase("congratulate the customer")
	if who := c.contact(); who != nil {
		t.lead = c.phrase("congratulate {contact}", with{"contact": who})
	}
	t.steps = []phrase{c.phrase("name what they have achieved; it is a good moment to ask for a reference")}
	return t
}
