package message

import (
	"math"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

const lossField = "Expected loss"

// churnRisk tells the chance that a client leaves. Its figures are percent.
func churnRisk(c chapter) telling {
	e := c.alert.Evidence
	opened, value, worst := c.percent(e.Opened), c.percent(e.Value), c.percent(max(e.Opened, e.Worst))
	t := telling{
		change: c.phrase("churn risk {percent}", with{"percent": value}),
		past:   c.phrase("churn risk was {percent}", with{"percent": worst}),
		back:   c.way(worst, value),
		now:    say(words(value)),
		// The impacts weigh the chance itself and not the way it went, so they
		// need not add up to it.
		why:   c.factors(math.NaN()),
		steps: c.byCause(),
		four:  []string{mrrField, renewalField, healthField, lossField},
	}
	if !(e.Value > 0) {
		t.change = c.phrase("high churn risk") // whatever it was, nobody kept it
		t.past, t.back, t.now = t.change, nil, nil
	}
	if rise := locale.Tenth(e.Value - e.Base); e.Trigger == stanna.ReasonChurnRose && rise > 0 {
		t.change = c.phrase("churn risk rose {n} {n|point|points} to {percent}", with{"n": rise, "percent": value})
	}
	if !e.BaseAt.IsZero() && locale.Tenth(e.Base) != locale.Tenth(e.Value) {
		was := c.phrase("was {percent} {when}", with{"percent": c.percent(e.Base), "when": c.earlier(e)})
		t.since = say(words("("), was, words(")"))
		t.course = append(t.course, was)
	}
	t.course = append(t.course, c.firstTold(opened, value))
	if loss := c.loss(e.Value); loss != "" {
		t.facts = append(t.facts, fact{label: english(lossField), value: c.phrase("{amount} of MRR", with{"amount": loss}),
			spoken: c.phrase("expected loss {amount} of MRR", with{"amount": loss})})
	}
	if len(t.steps) == 0 {
		t.steps = []phrase{c.phrase("find out what worries them before you offer anything")}
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
