package message

import (
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// renewalUpcoming tells that a contract ends soon, and how the account stands.
func renewalUpcoming(c chapter) telling {
	e := c.alert.Evidence
	t := telling{change: say(words("renews soon")), past: say(words("a renewal"))}
	days, known := 0, false
	day, dated := c.DayOf(e.Date)
	switch {
	case dated:
		days, known = -c.DaysAgo(day), true
		t.past = say(words("renewal on " + c.Date(day)))
	case locale.IsNumber(e.Value) && e.Value > 0 && e.Value < 10_000:
		days, known = int(e.Value), true
	}
	if known {
		t.change = say(words(inDays(c, days)))
	}
	zone := stanna.Zone(e.Is)
	switch zone {
	case stanna.Red, stanna.Yellow, stanna.Green:
		t.change = say(t.change, words(" ("+string(zone)+")"))
	default:
		zone = ""
	}
	if dated {
		t.since = say(words("on " + c.Date(day)))
		t.course = append(t.course, say(words(c.Date(day))))
	}
	if n := c.client.RenewalMonths; n > 0 && n <= 240 {
		t.course = append(t.course, say(words(c.Number(float64(n))+"-month term")))
	}
	if next, ok := c.DayOf(c.client.RenewalDate); ok && c.client.RenewalDate > e.Date {
		t.back = say(words("the next renewal is on " + c.Date(next)))
	}
	t.why = c.listed(c.troubles()...)
	t.why.title, t.why.spare = "Before you call", true
	if dated && c.client.RenewalDate == e.Date {
		t.told = []string{renewalField}
	}
	t.lead, t.steps = c.renewing(zone, days, known)
	return t
}

func inDays(c chapter, days int) string {
	switch {
	case days == 0:
		return "renews today"
	case days == 1:
		return "renews tomorrow"
	case days < 0:
		return "was due to renew " + c.Count(-days, "day") + " ago"
	}
	return "renews in " + c.Count(days, "day")
}

// renewing is what this step of the ladder asks for. A red account needs a
// recovery before it needs a proposal.
func (c chapter) renewing(zone stanna.Zone, days int, known bool) (lead phrase, steps []phrase) {
	if zone == stanna.Red {
		lead = c.reach("agree a recovery plan with", "agree a recovery plan with the customer", "")
		steps = append(steps, say(words("bring in an executive of yours, and talk of terms only when the plan is agreed")))
		return lead, append(steps, c.byCause()...)
	}
	switch {
	case !known || days > 90:
		lead = c.reach("review goals and use with", "review goals and use with the customer", "")
		steps = append(steps, say(words("find out who decides, and who signs")))
	case days > 60:
		lead = c.reach("send a proposal to", "send a proposal", "")
		steps = append(steps, say(words("put what they have gained before the price")))
	case days > 30:
		lead = c.reach("agree the terms with", "agree the terms with the customer", "")
		steps = append(steps, say(words("settle price, seats and term, and who signs when")))
	case days >= 0:
		lead = c.reach("get the signature of", "get the signature", "")
		steps = append(steps, say(words("if anything still stands in the way, say so to your manager today")))
	default:
		lead = c.reach("settle the renewal with", "settle the renewal with the customer", "")
		steps = append(steps, say(words("if it was renewed, put the new date on record")))
	}
	if zone == stanna.Yellow {
		steps = append(steps, c.byCause()...)
	}
	return lead, steps
}
