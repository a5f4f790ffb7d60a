package intake

import (
	"context"
	"maps"
	"reflect"
	"slices"
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
		b = in.batch(tx, p, workspace)
		if err := fn(b); err != nil {
			return err
		}
		return b.tell()
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
	err = in.change(ctx, workspace, func(b *batch) (err error) {
		created, err = b.putClients(actor, clients)
		return err
	})
	return created, err
}

// ChangeClient changes a client that exists: what others change meanwhile is
// kept. Where nothing comes of it, nothing is written.
func (in *Intake) ChangeClient(ctx context.Context, workspace, actor, id string, change func(*stanna.Client) error) (changed bool, err error) {
	err = in.change(ctx, workspace, func(b *batch) error {
		changed = false
		if err := b.open([]string{id}); err != nil { // locks it
			return err
		}
		f := b.files[id]
		if f == nil {
			return stanna.Errorf(stanna.NotFound, "client not found")
		}
		before, err := b.tx.Client(workspace, id)
		if err != nil {
			return err
		}
		c := before
		c.Contacts, c.Tags, c.Custom = slices.Clone(c.Contacts), slices.Clone(c.Tags), maps.Clone(c.Custom)
		if err := change(&c); err != nil || reflect.DeepEqual(c, before) {
			return err
		}
		if err := c.Validate(); err != nil {
			return err
		}
		b.files = nil
		changed = true
		_, err = b.putClients(actor, []stanna.Client{c})
		return err
	})
	return changed, err
}

// putClients stores clients, and closes the alerts of those that are now
// excluded.
func (b *batch) putClients(actor string, clients []stanna.Client) (created map[string]bool, err error) {
	created = map[string]bool{}
	ids := make([]string, len(clients))
	for i, c := range clients {
		ids[i] = c.ID
	}
	known, err := b.tx.ClientCreation(b.workspace, ids)
	if err != nil {
		return nil, err
	}
	var excluded []string
	for i := range clients {
		c := &clients[i]
		c.Workspace, c.UpdatedAt = b.workspace, b.real
		c.CSMOwner = strings.ToLower(c.CSMOwner) // people sign in by the same e-mail
		if at, ok := known[c.ID]; ok {
			c.CreatedAt = at
		} else {
			created[c.ID] = true
			if c.CreatedAt.IsZero() { // anniversaries are counted from it
				c.CreatedAt = b.began
			}
		}
		if c.IsExcluded {
			excluded = append(excluded, c.ID)
		}
	}
	if err := b.tx.PutClients(clients, b.real); err != nil {
		return nil, err
	}
	trail := make([]stanna.AuditEntry, len(clients))
	for i, c := range clients {
		action := "client.updated"
		if created[c.ID] {
			action = "client.created"
		}
		trail[i] = stanna.AuditEntry{Workspace: b.workspace, At: b.real, Actor: actor, Action: action, Subject: c.ID}
	}
	if err := b.tx.Audit(trail...); err != nil {
		return nil, err
	}
	return created, b.lookAt(excluded, b.began)
}

// lookAt lets the rules say at once what an exclusion brings; everything else
// that a changed client brings is found by the next sweep.
func (b *batch) lookAt(clients []string, now time.Time) error {
	if len(clients) == 0 {
		return nil
	}
	due := make(map[string]time.Time, len(clients))
	for _, id := range clients {
		due[id] = now
	}
	return b.look(due, now)
}

// Retell promises the open alerts that nobody was told of, because there was
// no channel or no connection when they opened. It takes a slice at a time
// and says whether there may be more.
func (in *Intake) Retell(ctx context.Context, workspace string) (more bool, err error) {
	now := in.clock.Now(workspace)
	err = in.change(ctx, workspace, func(b *batch) error {
		untold, err := b.tx.UntoldAlerts(workspace, Slice)
		if err != nil || len(untold) == 0 {
			return err
		}
		ids := make([]string, len(untold))
		for i, a := range untold {
			ids[i] = a.ClientID
		}
		if err := b.open(ids); err != nil {
			return err
		}
		for i := range untold {
			a := &untold[i]
			b.events = append(b.events, event{Change: rule.Change{Alert: a, Decision: rule.Decision{Gather: gathered(*a)}}, kind: stanna.Opened,
				client: b.caseOf(a), at: now})
		}
		promised := 0
		if err := b.promise(); err != nil {
			return err
		}
		if again, err := b.tx.UntoldAlerts(workspace, 1); err != nil {
			return err
		} else if len(again) == 0 || again[0].ID != untold[0].ID {
			promised = len(untold)
		}
		more = promised == Slice
		return nil
	})
	return more, err
}

// gathered is the reason for which an alert is listed rather than told.
func gathered(a stanna.Alert) stanna.Reason {
	if a.Why == stanna.ReasonFirstContact || a.Why == stanna.ReasonFoundInBackfill {
		return a.Why
	}
	return ""
}

// caseOf is the client of an alert that the batch has opened. The whole
// portfolio, and a client that is gone, have none.
func (b *batch) caseOf(a *stanna.Alert) *rule.Case {
	if c := b.files[a.ClientID]; c != nil {
		return c
	}
	return &rule.Case{Client: stanna.Client{Workspace: b.workspace, ID: a.ClientID}}
}

// SendTest promises a sample message to a destination and gives its
// notification, whose status says what becomes of it.
func (in *Intake) SendTest(ctx context.Context, workspace, actor string, to stanna.Destination) (n stanna.Notification, err error) {
	err = in.change(ctx, workspace, func(b *batch) error {
		m := stanna.Message{Workspace: workspace, ID: store.NewID("msg"), Kind: stanna.Test, Destination: to, Intended: to, Revision: 1, CreatedAt: b.real}
		n, err = b.sendByHand(m, actor, "test.requested")
		return err
	})
	return n, err
}

// SendTrial promises a message that tries a template with a made-up alert.
func (in *Intake) SendTrial(ctx context.Context, workspace string, by By, to stanna.Destination, trial *stanna.Trial) (n stanna.Notification, err error) {
	err = in.change(ctx, workspace, func(b *batch) error {
		m := stanna.Message{Workspace: workspace, ID: store.NewID("msg"), Kind: stanna.Test, Destination: to, Intended: to, Revision: 1, CreatedAt: b.real,
			Occasion: stanna.Occasion{By: by.Name, Trial: trial}}
		n, err = b.sendByHand(m, by.Actor, "template.tried")
		return err
	})
	return n, err
}

// sendByHand promises a message that a person has asked for.
func (b *batch) sendByHand(m stanna.Message, actor, action string) (stanna.Notification, error) {
	n := stanna.Notification{Workspace: b.workspace, ID: store.NewID("ntf"), ClientID: m.ClientID, MessageID: m.ID, Destination: m.Destination,
		Event: stanna.Sample, Severity: stanna.Info, Revision: 1, Status: stanna.Waiting, CreatedAt: b.real}
	if err := b.tx.PutMessages(m); err != nil {
		return n, err
	}
	if err := b.tx.AddNotifications(n); err != nil {
		return n, err
	}
	if err := b.enqueue(m); err != nil {
		return n, err
	}
	return n, b.tx.Audit(stanna.AuditEntry{Workspace: b.workspace, At: b.real, Actor: actor, Action: action, Subject: n.ID,
		Details: map[string]string{"destination": string(m.Destination)}})
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
