package intake

import (
	"context"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// change runs fn on a fresh batch of the workspace in one transaction, and
// wakes the lanes that got work.
func (in *Intake) change(ctx context.Context, workspace string, fn func(*batch) error) error {
	var b *batch
	err := in.store.Update(ctx, func(tx *store.Tx) error {
		p, err := in.policyOf(tx, workspace)
		if err != nil {
			return err
		}
		b = &batch{tx: tx, policy: p, workspace: workspace, real: in.clock.Real()}
		return fn(b)
	})
	if err == nil {
		in.wake(b.lanes...)
	}
	return err
}

// PutClients creates or replaces up to [Slice] clients, of different ids, and
// closes the alerts of those that are now excluded. It says which were made
// new.
func (in *Intake) PutClients(ctx context.Context, workspace, actor string, clients []stanna.Client) (created map[string]bool, err error) {
	err = in.change(ctx, workspace, func(b *batch) error {
		created = map[string]bool{}
		ids := make([]string, len(clients))
		for i, c := range clients {
			ids[i] = c.ID
		}
		known, err := b.tx.ClientCreation(workspace, ids)
		if err != nil {
			return err
		}
		var excluded []string
		for i := range clients {
			c := &clients[i]
			c.Workspace, c.UpdatedAt = workspace, b.real
			c.CSMOwner = strings.ToLower(c.CSMOwner) // people sign in by the same e-mail
			if at, ok := known[c.ID]; ok {
				c.CreatedAt = at
			} else {
				created[c.ID] = true
				if c.CreatedAt.IsZero() {
					c.CreatedAt = b.real
				}
			}
			if c.IsExcluded {
				excluded = append(excluded, c.ID)
			}
		}
		if err := b.tx.PutClients(clients, b.real); err != nil {
			return err
		}
		trail := make([]stanna.AuditEntry, len(clients))
		for i, c := range clients {
			action := "client.updated"
			if created[c.ID] {
				action = "client.created"
			}
			trail[i] = stanna.AuditEntry{Workspace: workspace, At: b.real, Actor: actor, Action: action, Subject: c.ID}
		}
		if err := b.tx.Audit(trail...); err != nil {
			return err
		}
		return b.tick(excluded, in.clock.Now(workspace))
	})
	return created, err
}

// tick lets the rules say what the passing of time brings to the clients.
func (b *batch) tick(clients []string, now time.Time) error {
	if len(clients) == 0 {
		return nil
	}
	if err := b.openClients(clients); err != nil {
		return err
	}
	var decisions []rule.Decision
	for _, f := range b.files {
		decisions = b.policy.Tick(f.subject(nil, now), decisions[:0])
		b.apply(f, decisions, now)
	}
	return b.write(now)
}

// Tick closes the alerts of a workspace that were not recovered in time, and
// those whose rule was switched off. It takes a slice at a time and says
// whether there may be more.
func (in *Intake) Tick(ctx context.Context, workspace string) (more bool, err error) {
	now := in.clock.Now(workspace)
	err = in.change(ctx, workspace, func(b *batch) error {
		stale, err := b.tx.StaleAlerts(workspace, now.Add(-rule.NotRecoveredAfter), Slice)
		if err != nil {
			return err
		}
		more = len(stale) == Slice
		ids := make([]string, len(stale))
		for i, a := range stale {
			ids[i] = a.ClientID
		}
		return b.tick(ids, now)
	})
	return more, err
}

// Retell promises the open alerts that nobody was told of, because there was
// no channel or no connection when they opened. It takes a slice at a time
// and says whether there may be more.
func (in *Intake) Retell(ctx context.Context, workspace string) (more bool, err error) {
	err = in.change(ctx, workspace, func(b *batch) error {
		untold, err := b.tx.UntoldAlerts(workspace, Slice)
		if err != nil {
			return err
		}
		rules, err := b.tx.Rules(workspace)
		if err != nil {
			return err
		}
		for i := range untold {
			e := event{alert: &untold[i], kind: stanna.Opened, at: in.clock.Now(workspace)}
			for _, r := range rules {
				if r.ID == untold[i].RuleID {
					e.rule = r
				}
			}
			b.events = append(b.events, e)
		}
		if err := b.promise(); err != nil {
			return err
		}
		more = len(untold) == Slice && len(b.lanes) > 0
		return nil
	})
	return more, err
}

// SendTest promises a sample message to a destination and gives its
// notification, whose status says what becomes of it.
func (in *Intake) SendTest(ctx context.Context, workspace, actor string, to stanna.Destination) (n stanna.Notification, err error) {
	err = in.change(ctx, workspace, func(b *batch) error {
		m := stanna.Message{Workspace: workspace, ID: store.NewID("msg"), Kind: stanna.Test, Destination: to, Intended: to, Revision: 1, CreatedAt: b.real}
		n = stanna.Notification{Workspace: workspace, ID: store.NewID("ntf"), MessageID: m.ID, Destination: to, Event: stanna.Sample,
			Severity: stanna.Info, Revision: 1, Status: stanna.Waiting, CreatedAt: b.real}
		if err := b.tx.PutMessages(m); err != nil {
			return err
		}
		if err := b.tx.AddNotifications(n); err != nil {
			return err
		}
		if err := b.enqueue(m); err != nil {
			return err
		}
		return b.tx.Audit(stanna.AuditEntry{Workspace: workspace, At: b.real, Actor: actor, Action: "test.requested", Subject: n.ID,
			Details: map[string]string{"destination": string(to)}})
	})
	return n, err
}

// Resend sends the message of a dead notification again. A notification that
// waits is hurried; one that was delivered is a conflict.
func (in *Intake) Resend(ctx context.Context, workspace, actor, id string) (n stanna.Notification, err error) {
	err = in.change(ctx, workspace, func(b *batch) error {
		if n, err = b.tx.Notification(workspace, id); err != nil {
			return err
		}
		if n.Status == stanna.Delivered {
			return stanna.Errorf(stanna.Conflict, "this notification was delivered already; nobody is told the same thing twice")
		}
		m, err := b.tx.LockMessage(workspace, n.MessageID)
		if err != nil {
			return err
		}
		if m.SummaryID != "" {
			if m, err = b.tx.LockMessage(workspace, m.SummaryID); err != nil {
				return err
			}
		}
		if err := b.tx.WakeNotifications(workspace, m.ID); err != nil {
			return err
		}
		if err := b.enqueue(m); err != nil {
			return err
		}
		n.Status, n.Reason, n.Detail = stanna.Waiting, "", ""
		return b.tx.Audit(stanna.AuditEntry{Workspace: workspace, At: b.real, Actor: actor, Action: "notification.resent", Subject: n.ID})
	})
	return n, err
}

// enqueue puts a message on its lane.
func (b *batch) enqueue(m stanna.Message) error {
	lane := m.Destination.Lane(b.workspace)
	b.lanes = append(b.lanes, lane)
	return b.tx.Enqueue(stanna.Job{Lane: lane, Kind: stanna.MessageJob, Ref: m.ID, Priority: stanna.High.Rank(), Due: b.real, CreatedAt: b.real})
}
