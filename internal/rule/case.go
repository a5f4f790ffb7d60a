package rule

import (
	"cmp"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// Case is one client as the rules keep it: its state and its open alerts. Intake reads and writes it in the database, a
// backtest keeps it in memory; what happens to it is the same.
type Case struct {
	Client stanna.Client
	State  stanna.State
	Alerts []*stanna.Alert // open ones, and those that closed since the case was opened
	Dirty  bool            // the state changed
	Trace  *Trace          // takes down what the rules asked; nil: nobody wants to know

	decisions []Decision
	sub       Subject
}

// Change is what became of one alert.
type Change struct {
	Decision
	Alert *stanna.Alert // the case's own
	Rose  bool          // its severity rose
	At    time.Time     // by the workspace's clock
}

// settleTime is how long history that came in late is let settle before it is
// looked at.
const settleTime = time.Minute

// Take brings a case up to date with a signal and lets the rules judge it,
// unless it is history. It says what became of the signal, the most telling
// reason, and what changed. NewID names an alert that opens.
func (c *Case) Take(p *Policy, s stanna.Signal, now time.Time, newID func() string) (stanna.Became, stanna.Reason, []Change) {
	c.Dirty = true
	switch f := s.Fact.(type) { // an amount without a currency is in the workspace's, as an MRR is
	case stanna.PaymentFailed:
		f.Currency = cmp.Or(f.Currency, p.Settings.Currency)
		s.Fact = f
	case stanna.SubscriptionChanged:
		f.Currency = cmp.Or(f.Currency, p.Settings.Currency)
		s.Fact = f
	}
	became := Take(&c.State, s, now)
	if became != stanna.Accepted {
		if became == stanna.Backfill {
			c.State.Relook = stanna.ReasonFoundInBackfill
			if at := now.Add(settleTime); c.State.Due.IsZero() || c.State.Due.After(at) {
				c.State.Due = at
			}
		}
		return became, stanna.Reason(became), nil
	}
	sub := c.subject(now)
	sub.Signal = s
	c.decisions = p.Judge(sub, c.decisions[:0])
	reason, changes := c.apply(now, newID)
	c.Look(p, now)
	return became, reason, changes
}

// Tick lets time pass. Relook says that every rule is to be asked anew, and
// why; "" asks only those that time concerns, unless the case has been marked
// itself.
func (c *Case) Tick(p *Policy, now time.Time, relook stanna.Reason, newID func() string) []Change {
	if c.State.Relook != "" {
		if relook == "" {
			relook = c.State.Relook
		}
		c.State.Relook = ""
	}
	c.Dirty = true // when to look next is kept, and what the rules remember
	sub := c.subject(now)
	sub.Relook = relook
	c.decisions = p.Tick(sub, c.decisions[:0])
	_, changes := c.apply(now, newID)
	c.look(p, now)
	return changes
}

// Decisions are what the rules said to the newest signal or tick that was
// judged, until the next.
func (c *Case) Decisions() []Decision { return c.decisions }

// Close lets the case know that a person resolved one of its alerts.
func (c *Case) Close(p *Policy, a *stanna.Alert, now time.Time) []Change {
	c.Dirty = true
	p.remember(c.subject(now), *a)
	changes := c.part(a, now)
	c.Look(p, now)
	return changes
}

// Look works out when to look again, after an alert was changed by a person.
// What is due already stays so: only time that passes does what time brings.
func (c *Case) Look(p *Policy, now time.Time) {
	if at := c.State.Due; at.IsZero() || at.After(now) {
		c.look(p, now)
	}
}

func (c *Case) look(p *Policy, now time.Time) {
	sub := c.subject(now)
	due := p.Due(sub)
	if c.State.Relook != "" { // history is still settling
		at := now.Add(settleTime)
		if before := c.State.Due; !before.IsZero() && before.Before(at) {
			at = before // what comes meanwhile does not put it off
		}
		if due.IsZero() || at.Before(due) {
			due = at
		}
	}
	c.State.Due = due
}

// subject is the case as the rules see it.
func (c *Case) subject(now time.Time) *Subject {
	alerts := c.sub.Alerts[:0]
	for _, a := range c.Alerts {
		if a.Open() {
			alerts = append(alerts, *a)
		}
	}
	c.sub = Subject{Client: c.Client, State: &c.State, Alerts: alerts, Now: now, Trace: c.Trace}
	return &c.sub
}

// apply takes the decisions over into the case's alerts, and says the most
// telling reason among them.
func (c *Case) apply(now time.Time, newID func() string) (reason stanna.Reason, changes []Change) {
	reason = stanna.ReasonNoChange
	for _, d := range c.decisions {
		if reason == stanna.ReasonNoChange || d.Event != "" {
			reason = d.Reason
		}
		if !d.Keep {
			continue
		}
		c.Dirty = true // an opening is remembered in the state
		alert, rose := c.keep(d.Alert, newID)
		changes = append(changes, Change{Decision: d, Alert: alert, Rose: rose, At: now})
		if d.Event == stanna.Resolved {
			changes = append(changes, c.part(alert, now)...)
		}
	}
	return reason, changes
}

// keep puts an alert in the place of its earlier self, or beside the others
// when it is new, and says whether its severity rose.
func (c *Case) keep(a stanna.Alert, newID func() string) (kept *stanna.Alert, rose bool) {
	if i := slices.IndexFunc(c.Alerts, func(x *stanna.Alert) bool { return x.ID == a.ID && a.ID != "" }); i >= 0 {
		rose = a.Severity.Rank() > c.Alerts[i].Severity.Rank()
		*c.Alerts[i] = a
		return c.Alerts[i], rose
	}
	a.ID = newID()
	c.Alerts = append(c.Alerts, &a)
	return &a, false
}

// part lets the alerts that were told beside one that has closed stand for
// themselves.
func (c *Case) part(closed *stanna.Alert, now time.Time) (changes []Change) {
	for _, a := range c.Alerts {
		if a.Open() && a.JoinedTo == closed.ID {
			a.JoinedTo = ""
			changes = append(changes, Change{Decision: Decision{Alert: *a, Keep: true}, Alert: a, At: now})
		}
	}
	return changes
}
