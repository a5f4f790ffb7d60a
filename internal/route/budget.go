package route

import (
	"time"

	"github.com/gostanna/stanna"
)

// Spent is how many messages places have had today, each by its own date.
type Spent map[stanna.Destination]int

// HasBudgets says whether any place may have had enough.
func (p *Plan) HasBudgets(r Roads) bool {
	if p.Settings.Budget != (stanna.Budget{}) {
		return true
	}
	for _, c := range p.Settings.Channels {
		if c.Budget != nil && *c.Budget > 0 {
			return true
		}
	}
	for _, who := range r.People {
		if who.Budget != nil && *who.Budget > 0 {
			return true
		}
	}
	return false
}

// Budget is how many messages a place takes in a day; 0: no limit.
func (p *Plan) Budget(r Roads, d stanna.Destination) int {
	own, budget := (*int)(nil), p.Settings.Budget.Channel
	if d.Direct() {
		who, _ := r.personAt(d)
		own, budget = who.Budget, p.Settings.Budget.Person
	} else if _, channel, ok := d.Slack(); ok {
		own = p.Settings.Channels[channel].Budget
	}
	if own != nil {
		return *own
	}
	return budget
}

// Today is the local date at a place.
func (p *Plan) Today(r Roads, d stanna.Destination, now time.Time) string {
	zone := p.Settings.Location()
	if who, ok := r.personAt(d); ok {
		zone = who.Location(p.Settings)
	}
	return now.In(zone).Format(time.DateOnly)
}

// personAt is whose direct message a destination is.
func (r Roads) personAt(d stanna.Destination) (stanna.Person, bool) {
	if !d.Direct() {
		return stanna.Person{}, false
	}
	_, id, _ := d.Slack()
	for _, who := range r.People {
		if who.SlackID == id {
			return who, true
		}
	}
	return stanna.Person{}, false
}

// budgeted says whether news waits for the digest because the place has had
// enough for today. What is critical passes, and so does what somebody has
// asked for.
func (p *Plan) budgeted(r Roads, n News, c Choice, since time.Time) Manner {
	if n.Alert.Severity == stanna.Critical || n.askedFor() {
		return Manner{}
	}
	if budget := p.Budget(r, c.Destination); budget == 0 || r.Spent[c.Destination] < budget {
		return Manner{}
	}
	return p.nextDigest(p.Digests(r, c.Destination), stanna.ReasonBudget, n.Now, since)
}

// askedFor says whether somebody wants to hear of it again: an escalation, or
// the end of a snooze.
func (n News) askedFor() bool {
	return n.Step > 0 || n.Alert.Why == stanna.ReasonSnoozeOver || n.Alert.Why == stanna.ReasonNotTakenUp
}
