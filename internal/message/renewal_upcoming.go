package message

import (
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// renewalUpcoming tells that a contract ends soon, and how the account stands.
func renewalUpcoming(c chapter) telling {
	e := c.alert.Evidence
	t := telling{change: c.phrase("renews soon"), past: c.phrase("a renewal"), four: []string{renewalField, mrrField, healthField, contactField}}
	days, known := 0, false
	day, dated := c.DayOf(e.Date)
	switch {
	case dated:
		days, known = -c.DaysAgo(day), true
		t.past = c.phrase("renewal on {date}", with{"date": c.Date(day)})
	case locale.IsNumber(e.Value) && e.Value > 0 && e.Value < 10_000:
		days, known = int(e.Value), true
	}
	if known {
		t.change = c.renews(days)
	}
	zone := stanna.Zone(e.Is)
	switch zone {
	case stanna.Red, stanna.Yellow, stanna.Green:
		t.change = say(t.change, words(" ("+c.zone(zone)+")"))
	default:
		zone = ""
	}
	if dated {
		t.since = c.phrase("on {date}", with{"date": c.Date(day)})
		if c.client.RenewalDate == e.Date {
			t.said = []string{renewalField}
		} else {
			t.course, t.told = append(t.course, say(words(c.Date(day)))), []string{renewalField}
		}
	}
	if n := c.client.RenewalMonths; n > 0 && n <= 240 {
		t.course = append(t.course, c.phrase("{n}-month term", with{"n": n}))
	}
	if next, ok := c.DayOf(c.client.RenewalDate); ok && c.client.RenewalDate > e.Date {
		t.back = c.phrase("the next renewal is on {date}", with{"date": c.Date(next)})
	}
	t.why = c.listed(c.troubles()...)
	t.why.title, t.why.spare = english("Before you call"), true
	t.lead, t.steps = c.renewing(zone, days, known)
	return t
}

func (t tongue) renews(days int) phrase {
	switch {
	case days == 0:
		return t.phrase("renews today")
	case days == 1:
		return t.phrase("renews tomorrow")
	case days < 0:
		return t.phrase("was due to renew {n} {n|day|days} ago", with{"n": -days})
	}
	return t.phrase("renews in {n} {n|day|days}", with{"n": days})
}

// renewing is what this step of the ladder asks for. A red account needs a
// recovery before it needs a proposal.
func (c chapter) renewing(zone stanna.Zone, days int, known bool) (lead phrase, steps []phrase) {
	if zone == stanna.Red {
		lead = c.reaching("agree a recovery plan with {contact}", "agree a recovery plan with the customer")
		steps = append(steps, c.phrase("bring in an executive of yours, and talk of terms only when the plan is agreed"))
		return lead, append(steps, c.byCause()...)
	}
	switch {
	case !known || days > 90:
		lead = c.reaching("review goals and use with {contact}", "review goals and use with the customer")
		steps = append(steps, c.phrase("find out who decides, and who signs"))
	case days > 60:
		lead = c.reaching("send a proposal to {contact}", "send a proposal")
		steps = append(steps, c.phrase("put what they have gained before the price"))
	case days > 30:
		lead = c.reaching("agree the terms with {contact}", "agree the terms with the customer")
		steps = append(steps, c.phrase("settle price, seats and term, and who signs when"))
	case days >= 0:
		lead = c.reaching("get the signature of {contact}", "get the signature")
		steps = append(steps, c.phrase("if anything still stands in the way, say so to your manager today"))
	default:
		lead = c.reaching("settle the renewal with {contact}", "settle the renewal with the customer")
		steps = append(steps, c.phrase("if it was renewed, put the new date on record"))
	}
	if zone == stanna.Yellow {
		steps = append(steps, c.byCause()...)
	}
	return lead, steps
}
