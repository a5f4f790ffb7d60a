package relay

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mail"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/webhook"
)

// Test sends a sample to an endpoint now, also to one that is paused, and
// gives what became of it. It goes past the lane: nothing that waits is in its
// way, and it is tried once.
func (r *Relay) Test(ctx context.Context, workspace, id, actor string) (d stanna.Delivery, err error) {
	var e stanna.Endpoint
	var w stanna.Workspace
	err = r.Store.View(ctx, func(tx *store.Tx) (err error) {
		if e, err = tx.Endpoint(workspace, id); err != nil {
			return err
		}
		w, err = tx.Workspace(workspace)
		return err
	})
	if err != nil {
		return d, err
	}
	now := r.Now().UTC().Truncate(time.Microsecond)
	event, err := stanna.Trouble{About: e.Road(), Name: e.Title(), Since: stanna.SinceTime(now)}.Notice(w.ID, stanna.EndpointTest, now, "This is a test of Stanna. It works.")
	if err != nil {
		return d, err
	}
	event.ID = store.NewID("msg")
	d = stanna.Delivery{Workspace: workspace, ID: store.NewID("dlv"), EndpointID: id, Event: event, State: stanna.DeliveryLost, CreatedAt: now}
	if box, is := e.Mailbox(); is {
		r.testMailbox(w, e, box, &d)
	} else {
		a := r.call(ctx, e, event)
		tried(&d, a, r.Now())
		if a.Outcome == webhook.Delivered {
			d.State = stanna.DeliveryArrived
		}
	}
	d.EndedAt = r.Now()
	ctx = context.WithoutCancel(ctx) // it was sent; that nobody waits any more changes nothing
	return d, r.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AddDelivery(d); err != nil {
			return err
		}
		return tx.Audit(stanna.AuditEntry{Workspace: workspace, At: now, Actor: actor, Action: "webhook.tested", Subject: id, Details: map[string]string{"delivery": d.ID, "state": string(d.State)}})
	})
}

// testMailbox sends a test as a letter.
func (r *Relay) testMailbox(w stanna.Workspace, e stanna.Endpoint, box string, d *stanna.Delivery) {
	subject, text := r.words(w, e, []stanna.Delivery{*d})
	a := r.post(mail.Letter{ID: d.ID, To: box, Subject: subject, Text: text, At: d.CreatedAt})
	took := r.Now().Sub(d.CreatedAt)
	note(d, stanna.Attempt{At: d.CreatedAt, Status: a.Code, Took: took, Error: a.Error})
	if a.Outcome == mail.Delivered {
		d.State = stanna.DeliveryArrived
	}
}
