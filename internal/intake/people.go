package intake

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// By is who acts: how the trail names them, and how people do.
type By struct {
	Actor string // "user:usr_…"
	Name  string // an e-mail, or the name of a program
	Sees  func(owner string) bool
}

// TakeUp notes that somebody is on an alert.
func (in *Intake) TakeUp(ctx context.Context, workspace, id string, by By) (stanna.Alert, error) {
	return in.act(ctx, workspace, id, by, "alert.taken_up", func(_ *batch, a *stanna.Alert, now time.Time) (bool, error) { return a.TakeUp(by.Name, now) })
}

// TakeUpFirst is TakeUp for somebody who has not seen who is on it: whoever
// took it up within that time is not relieved, and the second of two who come
// at once hears of the first.
func (in *Intake) TakeUpFirst(ctx context.Context, workspace, id string, by By, within time.Duration) (stanna.Alert, error) {
	return in.act(ctx, workspace, id, by, "alert.taken_up", func(_ *batch, a *stanna.Alert, now time.Time) (bool, error) {
		if a.Status == stanna.AlertTaken && a.TakenBy != by.Name && now.Sub(a.TakenAt) < within {
			return false, stanna.Errorf(stanna.Conflict, "%s took it up a moment ago", a.TakenBy)
		}
		return a.TakeUp(by.Name, now)
	})
}

// Assign says whose an alert is from now on; "" takes the assignment back.
func (in *Intake) Assign(ctx context.Context, workspace, id string, by By, to string) (stanna.Alert, error) {
	return in.act(ctx, workspace, id, by, "alert.assigned", func(_ *batch, a *stanna.Alert, now time.Time) (bool, error) { return a.Assign(to, now) })
}

// Snooze puts an alert off; it is told again then, if it is still bad.
func (in *Intake) Snooze(ctx context.Context, workspace, id string, by By, until time.Time) (stanna.Alert, error) {
	return in.act(ctx, workspace, id, by, "alert.snoozed", func(_ *batch, a *stanna.Alert, now time.Time) (bool, error) {
		return true, a.Snooze(by.Name, until, now)
	})
}

// Resolve closes an alert with what a person says became of it. The rule
// opens again only after the state has cleared or got worse. What became of it
// is also a word about having been told.
func (in *Intake) Resolve(ctx context.Context, workspace, id string, by By, outcome stanna.Outcome, note string) (stanna.Alert, error) {
	return in.act(ctx, workspace, id, by, "alert.resolved", func(b *batch, a *stanna.Alert, now time.Time) (bool, error) {
		if err := a.Resolve(by.Name, outcome, note, now); err != nil {
			return false, err
		}
		return true, b.receive(*a, by, outcome.Verdict(), now)
	})
}

// act does what a person wants with an alert, in one transaction with what
// follows from it. Doing again what is done already changes nothing.
func (in *Intake) act(ctx context.Context, workspace, id string, by By, action string, do func(*batch, *stanna.Alert, time.Time) (bool, error)) (got stanna.Alert, err error) {
	now := in.clock.Now(workspace)
	err = in.change(ctx, workspace, func(b *batch) error {
		b.actor = by.Actor
		first, err := b.tx.Alert(workspace, id)
		if err != nil {
			return err
		}
		if err := b.open([]string{first.ClientID}); err != nil { // locks the client, so that no signal judges meanwhile
			return err
		}
		if first, err = b.tx.LockAlert(workspace, id); err != nil {
			return err
		}
		c := b.caseOf(&first)
		if by.Sees != nil && !by.Sees(c.Client.CSMOwner) {
			return stanna.Errorf(stanna.NotFound, "alert not found")
		}
		a := findAlert(c, first)
		changed, err := do(b, a, now)
		got = *a
		if err != nil || !changed {
			return err
		}
		return b.acted(c, a, action, now)
	})
	return got, err
}

// findAlert is the case's own copy of an alert.
func findAlert(c *rule.Case, a stanna.Alert) *stanna.Alert {
	for _, x := range c.Alerts {
		if x.ID == a.ID {
			return x
		}
	}
	c.Alerts = append(c.Alerts, &a)
	return &a
}

// acted stores what a person did about an alert and says so wherever it is
// told.
func (b *batch) acted(c *rule.Case, a *stanna.Alert, action string, now time.Time) error {
	b.alerts = append(b.alerts, a)
	e := event{Change: rule.Change{Alert: a, At: now}, client: c, at: now}
	if !a.Open() {
		b.note(c, nil, c.Close(b.policy.Policy, a, now))
		if a.ClientID == "" {
			if err := b.rememberPortfolio(*a, now); err != nil {
				return err
			}
		}
		e.kind = stanna.Resolved
		b.happened(e)
	} else {
		c.Look(b.policy.Policy, now)
		e.kind = changedByPerson
		e.Reason = stanna.Reason(action)
		b.happened(e)
	}
	return b.write(now)
}

// changedByPerson is an event that nobody is called for: what stands is
// brought up to date.
const changedByPerson stanna.AlertEvent = ""

// SendPortrait promises a client's state as it is now to a destination, and
// gives its notification.
func (in *Intake) SendPortrait(ctx context.Context, workspace string, by By, client string, to stanna.Destination) (n stanna.Notification, err error) {
	err = in.change(ctx, workspace, func(b *batch) error {
		p, err := b.tx.Portrait(workspace, client)
		if err != nil {
			return err
		}
		if by.Sees != nil && !by.Sees(p.Client.CSMOwner) {
			return stanna.Errorf(stanna.NotFound, "client not found")
		}
		m := stanna.Message{Workspace: workspace, ID: store.NewID("msg"), Kind: stanna.Portrait, ClientID: client, Destination: to, Intended: to,
			Revision: 1, CreatedAt: b.real, Occasion: stanna.Occasion{By: by.Name}}
		n, err = b.sendByHand(m, by.Actor, "client.sent")
		return err
	})
	return n, err
}

// EndSurge releases or discards what a surge holds. What is released is told
// as soon as it may be; what is discarded is closed as noise and told nobody.
func (in *Intake) EndSurge(ctx context.Context, workspace, id string, by By, release bool) (s stanna.Surge, err error) {
	now := in.clock.Now(workspace)
	err = in.change(ctx, workspace, func(b *batch) error {
		b.actor = by.Actor
		if s, err = b.tx.LockSurge(workspace, id); err != nil {
			return err
		}
		if s.Status != stanna.SurgeHolding {
			return stanna.Errorf(stanna.Conflict, "this was %s already", s.Status)
		}
		s.Status, s.EndedBy, s.UpdatedAt = stanna.SurgeDiscarded, by.Name, now
		if release {
			s.Status, s.Until = stanna.SurgeReleased, now
			if err := b.tx.ReholdSurge(workspace, id, now); err != nil {
				return err
			}
		}
		return b.endSurge(s)
	})
	for more := err == nil; more && err == nil; {
		if release {
			more, err = in.Sweep(ctx, workspace)
		} else {
			more, err = in.discard(ctx, workspace, id, by, now)
		}
	}
	return s, err
}

// discard closes a slice of the alerts that a surge holds.
func (in *Intake) discard(ctx context.Context, workspace, surge string, by By, now time.Time) (more bool, err error) {
	err = in.change(ctx, workspace, func(b *batch) error {
		b.actor = by.Actor
		held, err := b.tx.HeldBy(workspace, surge, Slice)
		if err != nil || len(held) == 0 {
			return err
		}
		more = len(held) == Slice
		var clients []string
		for _, n := range held {
			clients = append(clients, n.ClientID)
		}
		if err := b.open(clients); err != nil {
			return err
		}
		for _, n := range held {
			a, err := b.tx.LockAlert(workspace, n.AlertID)
			if err != nil {
				return err
			}
			c := b.caseOf(&a)
			mine := findAlert(c, a)
			if mine.Open() {
				if err := mine.Resolve(by.Name, stanna.Noise, "", now); err != nil {
					return err
				}
				mine.Why = stanna.ReasonDiscarded
				b.alerts = append(b.alerts, mine)
				b.note(c, nil, c.Close(b.policy.Policy, mine, now))
				b.happened(event{Change: rule.Change{Alert: mine, At: now}, kind: stanna.Resolved, client: c, at: now})
			}
		}
		return b.write(now)
	})
	return more, err
}
