package message

import (
	"math"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// percent writes a share that is counted in percent already: "12.4%".
func (c chapter) percent(x float64) string { return c.Percentage(x) }

// amount writes a sum of the workspace's currency that evidence carries as a
// number; "?" when it is none.
func (c chapter) amount(x float64) string {
	if !locale.IsNumber(x) || math.Abs(x) > stanna.MaxAmount*1000 {
		return "?"
	}
	if m := c.Money(stanna.MoneyOf(x, c.Settings.Currency)); m != "" {
		return m
	}
	return c.Number(x)
}

// signedAmount writes a change of a sum: "+$3,400".
func (c chapter) signedAmount(x float64) string {
	if stanna.MoneyOf(x, c.Settings.Currency).Minor > 0 {
		return "+" + c.amount(x)
	}
	return c.amount(x)
}

// earlier says when a value was measured that something is compared with:
// "6 days ago", "earlier today".
func (c chapter) earlier(e stanna.Evidence) string {
	if c.DaysAgo(e.BaseAt) <= 0 {
		return c.Text("earlier today")
	}
	return c.Ago(e.BaseAt)
}

// firstTold says on which value the alert opened, when that is another than
// the newest.
func (t tongue) firstTold(opened, value string) phrase {
	if opened == value {
		return nil
	}
	return t.phrase("first told at {value}", with{"value": opened})
}

// money writes an amount; as plain figures where the currency is none.
func (t tongue) money(m stanna.Money) string {
	if text := t.Money(m); text != "" {
		return text
	}
	return t.Number(m.Amount())
}

// signed writes a change of a sum: "+ $3,400", "− $120".
func (t tongue) signed(m stanna.Money) string {
	if m.Minor < 0 {
		m.Minor = -m.Minor
		return "− " + t.money(m)
	}
	return "+ " + t.money(m)
}
