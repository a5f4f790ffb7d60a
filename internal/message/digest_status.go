package message

import (
	"slices"
	"strings"

	"github.com/gostanna/stanna"
)

// risk tells both ways of saying how much is at risk, each by its name, with
// their last weeks and where they may go.
func (x digestPage) risk() []phrase {
	r := x.Risk
	if r.Total.Clients == 0 {
		return nil
	}
	atRisk := func(w stanna.RiskWeek) int64 { return w.AtRisk }
	loss := func(w stanna.RiskWeek) int64 { return w.Loss }
	// Each is a heading of its own, so that nobody takes the one for the other.
	lines := []phrase{
		joined(" ", x.phrase("{title}: {amount} of {all} ({percent}), {n} {n|client|clients} in the red zone", with{"title": x.bold("MRR at risk"),
			"amount": x.money(r.AtRisk.MRR), "all": x.money(r.Total.MRR), "percent": x.Percentage(r.Share()), "n": r.AtRisk.Clients}), x.drawing(trendOf(r.Weeks, atRisk))),
		joined(" ", x.phrase("{title}: {amount}, churn probability × MRR of the {n} {n|client|clients} with a prediction", with{"title": x.bold("Expected loss"),
			"amount": x.money(r.Loss), "n": r.Predicted}), x.drawing(trendOf(r.Weeks, loss))),
	}
	if r.Predicted == 0 {
		lines[1] = x.phrase("{title}: not known, no churn prediction has come", with{"title": x.bold("Expected loss")})
	}
	if in4 := x.ranges(); in4 != nil {
		lines = append(lines, in4)
	}
	for _, o := range x.Others[:min(len(x.Others), 3)] {
		lines = append(lines, x.phrase("Counted apart: {n} {n|client|clients} with {amount} MRR, {risk} of it at risk", with{"n": o.Clients, "amount": x.money(o.MRR), "risk": x.money(o.AtRisk)}))
	}
	if more := len(x.Others) - 3; more > 0 {
		lines = append(lines, x.phrase("and {n} more {n|currency|currencies}", with{"n": more}))
	}
	if n := r.Total.Unknown; n > 0 {
		lines = append(lines, x.phrase("Of {n} {n|client|clients} the MRR is not known", with{"n": n}))
	}
	return lines
}

// ranges says where both sums may be in four weeks, and how that is made.
func (x digestPage) ranges() phrase {
	a, l := x.Risk.AtRiskIn4, x.Risk.LossIn4
	switch {
	case a == nil:
		return nil
	case !a.Known():
		return x.phrase("In four weeks: too little history, {n} of the {needed} changes from week to week that a range is made from", with{"n": a.Weeks, "needed": a.Needed})
	}
	fill := with{"low": x.money(a.Low), "high": x.money(a.High), "n": a.Weeks}
	how := x.phrase("eight times out of ten, if weeks go on as unevenly as the last {n} did", with{"n": a.Weeks})
	line := x.phrase("In four weeks: {low} to {high} MRR at risk", with{"low": fill["low"], "high": fill["high"]})
	if l != nil && l.Known() && x.Risk.Predicted > 0 {
		line = joined(", ", line, x.phrase("{low} to {high} expected loss", with{"low": x.money(l.Low), "high": x.money(l.High)}))
	}
	return joined("; ", line, how)
}

// trendOf draws weeks on the part of the scale where they are, at least a
// fifth of the highest; a week that is not known is a dot.
func trendOf(weeks []stanna.RiskWeek, of func(stanna.RiskWeek) int64) string {
	var values []float64
	for _, w := range weeks {
		if w.Known {
			values = append(values, float64(of(w)))
		}
	}
	if len(values) < trendAtLeast {
		return ""
	}
	low, high := slices.Min(values), slices.Max(values)
	if high <= 0 {
		return ""
	}
	low = max(0, min(low, high*0.8))
	var b strings.Builder
	for _, w := range weeks {
		if !w.Known {
			b.WriteString("·")
			continue
		}
		b.WriteString(bars([]float64{float64(of(w))}, low, high))
	}
	return b.String()
}

// zoneSymbols are beside the word, never instead of it.
var zoneSymbols = map[stanna.Zone]string{stanna.Red: "🔴", stanna.Yellow: "🟡", stanna.Green: "🟢", "": "⚪"}

// zones tells the zones by count and by MRR.
func (x digestPage) zones() []phrase {
	if len(x.Zones) == 0 || x.Risk.Total.Clients == 0 {
		return nil
	}
	lines := []phrase{x.bold("Zones")}
	for _, z := range x.Zones {
		if z.Zone == "" && z.Clients == 0 {
			continue
		}
		name := x.Text("not scored")
		if z.Zone != "" {
			name = x.zone(z.Zone)
		}
		clients := float64(z.Clients) / float64(x.Risk.Total.Clients) * 100
		fill := with{"zone": name, "n": z.Clients, "share": x.Percentage(clients), "amount": x.money(z.MRR), "percent": x.Percentage(0)}
		bar := clients
		if total := x.Risk.Total.MRR.Minor; total > 0 {
			bar = float64(z.MRR.Minor) / float64(total) * 100
			fill["percent"] = x.Percentage(bar)
		}
		line := x.phrase("{zone}: {n} {n|client|clients} ({share}), {amount} MRR ({percent})", fill)
		lines = append(lines, joined(" ", x.drawing(zoneSymbols[z.Zone]+" "+gauge(bar)), line))
	}
	return lines
}

// gauge draws a percentage in ten steps.
func gauge(percent float64) string {
	full := min(max(int(percent/10+0.5), 0), 10)
	return strings.Repeat("▰", full) + strings.Repeat("▱", 10-full)
}

// causes are what a step of the bridge is called.
var causes = map[stanna.BridgeCause]string{
	stanna.NewlyAtRisk: english("newly at risk"), stanna.BackFromRisk: english("recovered§bridge"), stanna.LeftAtRisk: english("left for good"),
	stanna.MRRRose: english("pay more, and still at risk"), stanna.MRRFell: english("pay less, and still at risk"),
	stanna.CurrencyNew: english("pay in another currency now"), stanna.ThresholdIn: english("at risk by the new threshold"),
	stanna.ThresholdOut: english("no longer at risk by the new threshold"), stanna.IncludedNow: english("no longer excluded"),
	stanna.ExcludedNow: english("excluded now"), stanna.TakenOver: english("taken over from others"), stanna.HandedOver: english("handed over to others"),
}

// bridge leads from last time to now, in lines that add up.
func (x digestPage) bridge() []phrase {
	b := x.Bridge
	if b == nil {
		if !x.Weekly || x.Risk.Total.Clients == 0 {
			return nil
		}
		return []phrase{x.phrase("{title}: nothing to compare with yet; the next weekly summary has it", with{"title": x.bold("How MRR at risk changed")})}
	}
	start := x.Day(b.At)
	lines := []phrase{x.bold("How MRR at risk changed"),
		x.phrase("{day}: {amount}, {n} {n|client|clients}", with{"day": start, "amount": x.money(b.Start.MRR), "n": b.Start.Clients})}
	for _, s := range b.Steps {
		word := causes[s.Cause]
		if word == "" {
			word = english("for another reason")
		}
		line := x.phrase("{change} {cause} ({n})", with{"change": x.signed(s.Amount), "cause": x.Text(word), "n": s.Clients})
		lines = append(lines, joined(": ", line, x.listed(s.Named, s.Clients)))
	}
	if len(b.Steps) == 0 {
		lines = append(lines, x.phrase("no change"))
	}
	lines = append(lines, x.phrase("= now: {amount}, {n} {n|client|clients}", with{"amount": x.money(b.End.MRR), "n": b.End.Clients}))
	if was := b.ThresholdWas; was != nil {
		lines = append(lines, x.phrase("At risk was health up to {n} then", with{"n": *was}))
	}
	if b.CurrencyWas != "" {
		lines = append(lines, x.phrase("The currency was {currency} then; both ends are counted in {now}", with{"currency": outside(b.CurrencyWas, 3), "now": outside(x.Currency, 3)}))
	}
	return lines
}

// renewals tells what renews soon, and what should have.
func (x digestPage) renewals() []phrase {
	r := x.Renewals
	if r == nil || r.Due.Clients+r.Overdue.Clients == 0 {
		return nil
	}
	head := x.phrase("{title} in the next 90 days: {sum}", with{"title": x.bold("Renewals"), "sum": x.sum(r.Due)})
	if r.Overdue.Clients > 0 {
		head = joined("; ", head, x.phrase("overdue: {sum}", with{"sum": x.sum(r.Overdue)}))
	}
	lines := []phrase{head}
	for _, n := range r.Nearest {
		when := outside(n.Date, 10)
		if day, ok := x.DayOf(n.Date); ok {
			when = say(words(x.tongue.Date(day)))
			switch ahead := -x.DaysAgo(day); {
			case ahead == 0:
				when = x.phrase("{day} (today)", with{"day": when})
			case ahead > 0:
				when = x.phrase("{day} (in {n} {n|day|days})", with{"day": when, "n": ahead})
			default:
				when = x.phrase("{day} ({n} {n|day|days} overdue)", with{"day": when, "n": -ahead})
			}
		}
		var zone phrase
		if n.Zone != "" {
			zone = say(words(x.zone(n.Zone)))
		}
		between := " · "
		if !x.seen {
			between = ", "
		}
		lines = append(lines, say(x.drawing("• "), joined(between, append([]phrase{when, x.name(n.NamedClient), zone}, x.payer(n.NamedClient)...)...)))
	}
	return lines
}
