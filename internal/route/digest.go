package route

import (
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Digests is when digests are due at a place: at a person's own time in their
// own zone, else at the workspace's.
func (p *Plan) Digests(r Roads, d stanna.Destination) stanna.DigestCalendar {
	who, ok := r.personAt(d)
	if !ok || who.Digest == nil {
		return p.digest
	}
	off := p.hours
	if who.Hours != nil {
		off = who.Hours.In(who.Location(p.Settings))
	}
	return who.Digest.In(who.Location(p.Settings), off)
}

// EveryDay is when the workspace's digests are due, and would be on days that
// have none.
func (p *Plan) EveryDay() stanna.DigestCalendar {
	every := p.Settings.Digest
	every.Days = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	return every.In(p.Settings.Location(), stanna.Calendar{})
}

// DigestPlace is a place that has digests by a plan.
type DigestPlace struct {
	Plan   stanna.DigestPlan
	Scope  string             // e-mail: their accounts alone; "" is all of them
	Whose  stanna.Destination // the place that they belong to
	To     stanna.Destination // where they go: another one while that is broken
	Silent stanna.Reason      // why nothing can be sent now; "": it can
}

// DigestPlaces lists who has digests by the plans, each once: the channels,
// the persons, and the owners of accounts (e-mails) where every owner has
// them. Nobody stands in for somebody who is away: their next digest covers
// the gap.
func (p *Plan) DigestPlaces(plans []stanna.DigestPlan, r Roads, owners []string, now time.Time) []DigestPlace {
	var list []DigestPlace
	at := map[stanna.Destination]int{}
	put := func(x DigestPlace) {
		i, known := at[x.Whose]
		if !known {
			at[x.Whose] = len(list)
			list = append(list, x)
			return
		}
		list[i].Plan.Daily, list[i].Plan.Weekly = list[i].Plan.Daily || x.Plan.Daily, list[i].Plan.Weekly || x.Plan.Weekly
	}
	for _, plan := range plans {
		email, personal := plan.To.Person()
		switch {
		case plan.To == stanna.ToOwner:
			for _, owner := range owners {
				x := p.personal(r, plan, owner, now)
				x.Scope = owner
				put(x)
			}
		case personal:
			put(p.personal(r, plan, email, now))
		default:
			put(p.channel(r, plan))
		}
	}
	return list
}

func (p *Plan) channel(r Roads, plan stanna.DigestPlan) DigestPlace {
	x := DigestPlace{Plan: plan, Scope: strings.ToLower(plan.Scope()), Whose: plan.To, To: plan.To}
	switch {
	case r.Team == "":
		x.Silent = stanna.ReasonNotConnected
	case r.Broken[plan.To]:
		if x.To = p.Fallback(r, plan.To); x.To == "" {
			x.Silent = stanna.ReasonNoFallback
		}
	}
	return x
}

func (p *Plan) personal(r Roads, plan stanna.DigestPlan, email string, now time.Time) DigestPlace {
	who := r.People[strings.ToLower(email)]
	x := DigestPlace{Plan: plan, Scope: strings.ToLower(plan.Scope()), Whose: stanna.ToPerson(email)}
	switch {
	case r.Team == "":
		x.Silent = stanna.ReasonNotConnected
	case who.SlackID == "":
		x.Silent = stanna.ReasonNotInSlack
	case who.Away(now):
		x.Silent = stanna.ReasonPersonAway
	case r.Broken[who.Direct(r.Team)]:
		x.Silent = stanna.ReasonNoFallback
	}
	if to := who.Direct(r.Team); r.Team != "" && to != "" {
		x.Whose = to
	}
	x.To = x.Whose
	return x
}
