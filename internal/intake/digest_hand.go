package intake

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/digest"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/store"
)

// HandDigest is a digest that somebody asks for: for one place, as it would be
// now.
type HandDigest struct {
	Place route.DigestPlace
	Says  stanna.Digest
}

// ComposeDigest composes what a plan would say now, at every place that it
// leads to. Nothing is stored or sent.
func (in *Intake) ComposeDigest(ctx context.Context, workspace string, by By, plan stanna.DigestPlan, weekly bool) (list []HandDigest, err error) {
	now := in.clock.Now(workspace)
	plan.Daily, plan.Weekly = true, true
	err = in.store.View(ctx, func(tx *store.Tx) error {
		p, err := in.policyOf(tx, workspace)
		if err != nil {
			return err
		}
		b := in.batch(tx, p, workspace)
		places, had, err := b.digestPlaces([]stanna.DigestPlan{plan}, now)
		if err != nil {
			return err
		}
		book, err := digest.Read(tx, workspace, p.Plan.Settings, now)
		if err != nil {
			return err
		}
		list = nil
		for _, x := range places {
			ask := x.ask(had[x.Whose], weekly, now)
			ask.Date, ask.By = x.today, by.Name
			if since := atLeast(weekly, now); ask.From.After(since) {
				ask.From, ask.First = since, true
			}
			says, err := book.Compose(ask)
			if err != nil {
				return err
			}
			list = append(list, HandDigest{x.DigestPlace, says})
		}
		return nil
	})
	return list, err
}

// atLeast is since when a digest tells that somebody asks for, however lately
// there was one: whoever asks for a week wants to see a week.
func atLeast(weekly bool, now time.Time) time.Time {
	if weekly {
		return now.AddDate(0, 0, -7)
	}
	return now.AddDate(0, 0, -1)
}

// SendDigest promises a digest now, at every place that a plan leads to and
// that can be reached, and gives a notification for each. It is beside those
// that come by their time.
func (in *Intake) SendDigest(ctx context.Context, workspace string, by By, plan stanna.DigestPlan, weekly bool) (sent []stanna.Notification, err error) {
	list, err := in.ComposeDigest(ctx, workspace, by, plan, weekly)
	if err != nil {
		return nil, err
	}
	var silent stanna.Reason
	err = in.change(ctx, workspace, func(b *batch) error {
		sent = nil
		for _, x := range list {
			if x.Place.Silent != "" {
				silent = x.Place.Silent
				continue
			}
			n, err := b.sendDigest(x, by)
			if err != nil {
				return err
			}
			sent = append(sent, n)
		}
		return nil
	})
	switch {
	case err != nil || len(sent) > 0:
		return sent, err
	case silent != "":
		return nil, stanna.Errorf(stanna.Conflict, "it cannot be sent: %s", silent.Sentence())
	}
	return nil, stanna.Errorf(stanna.Conflict, "no account has an owner, so that nobody would have it")
}

func (b *batch) sendDigest(x HandDigest, by By) (stanna.Notification, error) {
	m := stanna.Message{Workspace: b.workspace, ID: store.NewID("sum"), Kind: stanna.Summary, Destination: x.Place.To, Intended: x.Place.Whose, Revision: 1,
		CreatedAt: b.real, Occasion: stanna.Occasion{Why: stanna.ReasonDailyDigest, Since: x.Says.From, Date: x.Says.Date, By: by.Name, Digest: store.NewID("dig")}}
	if x.Says.Weekly {
		m.Occasion.Why = stanna.ReasonWeeklyDigest
	}
	record := stanna.DigestRecord{Workspace: b.workspace, ID: m.Occasion.Digest, Destination: x.Place.Whose, Date: x.Says.Date, DueAt: x.Says.To, Until: x.Says.To,
		Weekly: x.Says.Weekly, MessageID: m.ID, Reason: stanna.ReasonSentByHand, By: by.Name, At: b.real}
	n := digestNotification(&m)
	n.Reason = stanna.ReasonSentByHand
	if _, err := b.tx.TakeDigest(record, &x.Says); err != nil {
		return n, err
	}
	if err := b.tx.PutMessages(m); err != nil {
		return n, err
	}
	if err := b.tx.AddNotifications(n); err != nil {
		return n, err
	}
	if err := b.enqueue(m); err != nil {
		return n, err
	}
	return n, b.tx.Audit(stanna.AuditEntry{Workspace: b.workspace, At: b.real, Actor: by.Actor, Action: "digest.sent_by_hand", Subject: record.ID,
		Reason: stanna.ReasonSentByHand, Details: map[string]string{"destination": string(x.Place.Whose), "date": record.Date, "message": m.ID}})
}

// NextDigests is when the plans bring their next digests, by where each sends
// them. Of every owner's it is the first.
func (in *Intake) NextDigests(ctx context.Context, workspace string) (next map[stanna.Destination]time.Time, err error) {
	now := in.clock.Now(workspace)
	err = in.store.View(ctx, func(tx *store.Tx) error {
		p, err := in.policyOf(tx, workspace)
		if err != nil {
			return err
		}
		b := in.batch(tx, p, workspace)
		places, had, err := b.digestPlaces(p.Plan.Settings.Digests, now)
		next = map[stanna.Destination]time.Time{}
		for _, x := range places {
			last := had[x.Whose].Last
			at := b.following(x.calendar, last.Date, last.DueAt)
			if first, known := next[x.Plan.To]; !at.IsZero() && (!known || at.Before(first)) {
				next[x.Plan.To] = at
			}
		}
		return err
	})
	return next, err
}
