package message

import "github.com/gostanna/stanna"

// winWords are what went well.
var winWords = map[stanna.WinKind]string{
	stanna.WonRecovery: english("Recovered"), stanna.WonSave: english("Saved§wins"), stanna.WonPayment: english("Paid what had failed"),
	stanna.WonRenewal: english("Renewed"), stanna.WonExpansion: english("Chances to expand"),
}

func (x digestPage) wins() []phrase {
	var lines []phrase
	for _, w := range x.Wins {
		word := winWords[w.Kind]
		if word == "" {
			word = english("Other good news")
		}
		lines = append(lines, say(x.drawing(recoveredSymbol+" "), x.phrase("{what}: {clients}", with{"what": x.Text(word), "clients": x.counted(w.ClientList)})))
	}
	if len(lines) == 0 {
		return nil
	}
	return append([]phrase{x.bold("What went well")}, lines...)
}

func (x digestPage) milestones() []phrase {
	if len(x.Milestones)+x.MoreMet == 0 {
		return nil
	}
	lines := []phrase{x.bold("Milestones")}
	for _, m := range x.Milestones {
		name := x.name(m.NamedClient)
		line := x.phrase("{client} reached a goal", with{"client": name})
		if goal := quoted(m.Subject, 120); goal != nil {
			line = x.phrase("{client} reached {goal}", with{"client": name, "goal": goal})
		}
		if m.Trigger == stanna.ReasonAnniversary {
			line = x.phrase("{client} has been a client for {n} {n|year|years}", with{"client": name, "n": m.Years})
		}
		lines = append(lines, say(x.drawing("• "), line))
	}
	switch {
	case x.MoreMet > 0 && len(x.Milestones) == 0:
		lines = append(lines, x.phrase("{n} reached", with{"n": x.MoreMet}))
	case x.MoreMet > 0:
		lines = append(lines, x.left(x.MoreMet))
	}
	return lines
}

func (x digestPage) unrecovered() []phrase {
	if x.NotRecovered.Clients == 0 {
		return nil
	}
	return oneLine(x.phrase("{title} in 30 days, and closed: {clients}", with{"title": x.bold("Not recovered"), "clients": x.counted(x.NotRecovered)}))
}

// waitWords are what alerts wait for.
var waitWords = map[stanna.Reason]string{
	stanna.ReasonSilenced: english("{n} silenced"), stanna.ReasonOutsideHours: english("{n} until working hours"), stanna.ReasonManyAtOnce: english("{n} of many at once"),
	stanna.ReasonBudget: english("{n} beyond what a place takes in a day"), stanna.ReasonDailyDigest: english("{n} for a later digest"),
	stanna.ReasonDigestOnly: english("{n} for a later digest"), stanna.ReasonUnstable: english("{n} for a later digest"),
	stanna.ReasonWeeklyDigest: english("{n} for the weekly summary"), stanna.ReasonFirstContact: english("{n} found at first contact"),
	stanna.ReasonFoundInBackfill: english("{n} found in late history"),
}

func (x digestPage) heldBack() []phrase {
	if len(x.HeldBack) == 0 {
		return nil
	}
	counts := map[string]int{}
	var order []string
	for _, h := range x.HeldBack {
		word := waitWords[h.Reason]
		if word == "" {
			word = english("{n} for another reason")
		}
		if counts[word] == 0 {
			order = append(order, word)
		}
		counts[word] += h.Alerts
	}
	var list []phrase
	for _, word := range order {
		list = append(list, x.phrase(word, with{"n": counts[word]}))
	}
	return oneLine(x.phrase("{title}: {what}", with{"title": x.bold("Held back"), "what": joined(", ", list...)}))
}

func (x digestPage) unowned() []phrase {
	if x.Unowned.Clients == 0 {
		return nil
	}
	return oneLine(x.phrase("{title} for an open alert: {clients}", with{"title": x.bold("Nobody is responsible"), "clients": x.counted(x.Unowned)}))
}

// acted tells what became of risks, without a claim about why.
func (x digestPage) acted() []phrase {
	a := x.Acted
	if a == nil || a.Acted.Alerts+a.Not.Alerts == 0 {
		return nil
	}
	end := func(e stanna.RiskEnd) phrase {
		return x.phrase("{recovered} recovered, {churned} churned, {open} still open, {other} closed otherwise", with{"recovered": e.Recovered, "churned": e.Churned, "open": e.Open, "other": e.Other})
	}
	lines := []phrase{x.phrase("{title} in the last {n} days (not proof of cause)", with{"title": x.bold("What became of risks"), "n": a.Days})}
	if a.Acted.Alerts > 0 {
		lines = append(lines, x.phrase("{n} acted on: {ends}", with{"n": a.Acted.Alerts, "ends": end(a.Acted)}))
	}
	if a.Not.Alerts > 0 {
		lines = append(lines, x.phrase("{n} not acted on: {ends}", with{"n": a.Not.Alerts, "ends": end(a.Not)}))
	}
	var medians []phrase
	if m := a.DaysToAct; m.Of > 0 {
		medians = append(medians, x.phrase("{n} {n|day|days} to the first act", with{"n": m.Days}))
	}
	if m := a.DaysToWell; m.Of > 0 {
		medians = append(medians, x.phrase("{n} {n|day|days} to recovery when acted on", with{"n": m.Days}))
	}
	if m := a.Alone; m.Of > 0 {
		medians = append(medians, x.phrase("{n} {n|day|days} to recovery when not", with{"n": m.Days}))
	}
	if len(medians) > 0 {
		lines = append(lines, x.phrase("Median: {times}", with{"times": joined(", ", medians...)}))
	}
	return lines
}
