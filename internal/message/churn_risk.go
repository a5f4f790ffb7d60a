package message

import (
	"math"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// churnRisk tells the chance that a client leaves. Its figures are percent.
func churnRisk(c chapter) telling {
	e := c.alert.Evidence
	opened, value := c.percent(e.Opened), c.percent(e.Value)
	t := telling{
		change: say(words("churn risk " + value)),
		past:   say(words("churn risk was " + c.percent(max(e.Opened, e.Worst)))),
		back:   say(words(c.percent(max(e.Opened, e.Worst)) + " → " + value)),
		now:    say(words(value)),
		// The impacts weigh the chance itself and not the way it went, so they
		// need not add up to it.
		why:   c.factors(math.NaN()),
		steps: c.byCause(),
	}
	if !(e.Value > 0) {
		t.change = say(words("high churn risk")) // whatever it was, nobody kept it
		t.past, t.back, t.now = t.change, nil, nil
	}
	if rise := locale.Tenth(e.Value - e.Base); e.Trigger == stanna.ReasonChurnRose && rise > 0 {
		t.change = say(words("churn risk rose " + c.Number(rise) + pointsTo(rise) + value))
	}
	if !e.BaseAt.IsZero() && locale.Tenth(e.Base) != locale.Tenth(e.Value) {
		t.since = say(words("(was " + c.percent(e.Base) + " " + c.earlier(e) + ")"))
		t.course = append(t.course, say(words("was "+c.percent(e.Base)+" "+c.earlier(e))))
	}
	t.course = append(t.course, firstTold(opened, value))
	if loss := c.loss(e.Value); loss != "" {
		t.facts = append(t.facts, fact{"Expected loss", say(words(loss + " of MRR")), nil})
	}
	if len(t.steps) == 0 {
		t.steps = []phrase{say(words("find out what worries them before you offer anything"))}
	}
	return t
}

// loss is the client's part of the expected loss: its revenue times the
// chance that it goes.
func (c chapter) loss(percent float64) string {
	if !c.client.HasMRR() || !(percent > 0 && percent <= 100) {
		return ""
	}
	return c.Money(stanna.MoneyOf(math.Round(c.client.MRR.Amount()*percent/100), c.client.MRR.Currency))
}
