// Package route answers WHERE an alert goes, and WHEN it is told there: at
// once, when people are at work again, with a digest, or when an agreed quiet
// is over. Every choice has its reason. Pure: what a preview shows is what
// will happen.
//
// It does not know whether an alert is worth telling (rule), nor how it is
// worded, nor whether a message arrives.
package route

import (
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Roads is what is known of the ways to people when an alert is routed.
type Roads struct {
	Team   string                      // the home among the connected Slack teams; "" when there is none
	Broken map[stanna.Destination]bool // destinations that a person must mend
	People map[string]stanna.Person    // by e-mail
	Spent  Spent                       // what places had today; nil: nothing
}

// News is what is to be told.
type News struct {
	Rule      stanna.Rule
	Alert     stanna.Alert
	Client    stanna.Client
	State     *stanna.State
	Signal    *stanna.Signal // that brought it; nil when time did, or it is past
	Followers []string       // e-mails of those who follow the account
	Gather    stanna.Reason  // it stood already: it waits for others of its kind, to be listed with them
	Step      int            // of the rule's escalation that was taken, from 1; 0: it opened
	Now       time.Time      // by the workspace's clock
}

// Choice is one place where an alert is told.
type Choice struct {
	Destination stanna.Destination
	Intended    stanna.Destination // where it would have gone, were that not broken or away; else the destination itself
	Reason      stanna.Reason
	Manner      Manner
}

// Manner is when an alert is told. The zero value: at once.
type Manner struct {
	Why   stanna.Reason // why not at once
	Until time.Time     // when it is looked at again, by the workspace's clock
}

// Later says whether it waits.
func (m Manner) Later() bool { return m.Why != "" }

// Pick chooses the destinations of an alert that opened, was not taken up, or
// whose snooze is over. Without one it gives the reason for the silence.
func (p *Plan) Pick(r Roads, n News) ([]Choice, stanna.Reason) {
	if r.Team == "" {
		return nil, stanna.ReasonNotConnected
	}
	var choices []Choice
	for _, w := range p.wanted(r, n) {
		c := p.place(r, n, w)
		if c.Destination == "" {
			continue
		}
		if c.Manner = p.When(r, n, c, n.Now); c.Manner.Why == stanna.ReasonRedirected {
			for _, d := range n.Rule.Outside.To {
				x := p.place(r, n, want{d, stanna.ReasonRedirected})
				choices = add(choices, x)
			}
			continue
		}
		choices = add(choices, c)
	}
	if len(choices) == 0 {
		return nil, stanna.ReasonNoDestination
	}
	return choices, ""
}

// want is a place as it was written down, and why.
type want struct {
	to  stanna.Destination
	why stanna.Reason
}

// wanted lists the places by the rule, the routing table, the default channel
// and those who follow the account.
func (p *Plan) wanted(r Roads, n News) (list []want) {
	all := func(to []stanna.Destination, why stanna.Reason) {
		for _, d := range to {
			list = append(list, want{d, why})
		}
	}
	switch {
	case n.Step > 0 && n.Step <= len(n.Rule.Escalation):
		all(n.Rule.Escalation[n.Step-1].To, stanna.ReasonEscalation)
		return list
	case len(n.Rule.Destinations) > 0:
		all(n.Rule.Destinations, stanna.ReasonRuleDestination)
	default:
		for i := range p.lines {
			if l := &p.lines[i]; l.fits(p.Settings, n) {
				all(l.To, stanna.ReasonRouteLine)
				if !l.Continue {
					break
				}
			}
		}
		if len(list) == 0 && p.Settings.DefaultChannel != "" {
			list = append(list, want{stanna.SlackChannel(r.Team, p.Settings.DefaultChannel), stanna.ReasonDefaultChannel})
		}
	}
	for _, email := range n.Followers {
		list = append(list, want{stanna.ToPerson(email), stanna.ReasonFollowed})
	}
	return list
}

// add puts a choice beside the others. One place is told once, in its own
// right rather than for another.
func add(choices []Choice, c Choice) []Choice {
	if c.Destination == "" {
		return choices
	}
	i := slices.IndexFunc(choices, func(x Choice) bool { return x.Destination == c.Destination })
	switch {
	case i < 0:
		return append(choices, c)
	case c.Destination == c.Intended && choices[i].Destination != choices[i].Intended:
		choices[i] = c
	}
	return choices
}

// place finds the road to a place, or what stands in for it.
func (p *Plan) place(r Roads, n News, w want) Choice {
	if w.to == stanna.ToOwner {
		return p.person(r, n, n.Client.CSMOwner, stanna.ReasonOwner)
	}
	if email, ok := w.to.Person(); ok {
		return p.person(r, n, email, w.why)
	}
	c := Choice{Destination: w.to, Intended: w.to, Reason: w.why}
	if fallback := p.Fallback(r, w.to); r.Broken[w.to] && fallback != "" {
		c.Destination, c.Reason = fallback, stanna.ReasonFallback
	}
	return c
}

// person finds the direct message to somebody, to the deputy or the manager
// when they are away or not in Slack, and a channel when nobody can be reached.
// Who does not follow an account for want of a Slack user is not replaced.
func (p *Plan) person(r Roads, n News, email string, why stanna.Reason) Choice {
	who := r.People[strings.ToLower(email)]
	intended := stanna.ToPerson(email)
	if email == "" {
		intended = stanna.ToOwner
	}
	if to := p.reach(r, who, n.Now); to != "" {
		return Choice{Destination: to, Intended: to, Reason: why}
	}
	if why == stanna.ReasonFollowed {
		return Choice{}
	}
	if to := p.reach(r, r.People[strings.ToLower(who.Deputy)], n.Now); who.Deputy != "" && to != "" {
		return Choice{Destination: to, Intended: intended, Reason: stanna.ReasonDeputy}
	}
	if to := p.reach(r, r.People[strings.ToLower(who.Manager)], n.Now); who.Manager != "" && to != "" {
		return Choice{Destination: to, Intended: intended, Reason: stanna.ReasonManager}
	}
	for _, channel := range []string{p.Settings.FallbackChannel, p.Settings.DefaultChannel} {
		if to := stanna.SlackChannel(r.Team, channel); channel != "" && !r.Broken[to] {
			return Choice{Destination: to, Intended: intended, Reason: stanna.ReasonNobodyThere}
		}
	}
	return Choice{}
}

// reach is the direct message to a person who is there, or "".
func (p *Plan) reach(r Roads, who stanna.Person, now time.Time) stanna.Destination {
	to := who.Direct(r.Team)
	if who.Away(now) || r.Broken[to] {
		return ""
	}
	return to
}

// Fallback is where the messages of a broken destination go, or "" when
// there is no other place that works.
func (p *Plan) Fallback(r Roads, d stanna.Destination) stanna.Destination {
	if r.Team == "" || p.Settings.FallbackChannel == "" {
		return ""
	}
	f := stanna.SlackChannel(r.Team, p.Settings.FallbackChannel)
	if f == d || r.Broken[f] {
		return ""
	}
	return f
}
