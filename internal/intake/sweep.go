package intake

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Sweep does what time has brought to a workspace: clients that are to be
// looked at again, alerts whose hold is over, the sums of the portfolio. It
// takes a slice at a time and says whether there may be more. It may be called
// at any time and on any replica: what is done is done once.
func (in *Intake) Sweep(ctx context.Context, workspace string) (more bool, err error) {
	now := in.clock.Now(workspace)
	due, err := in.anythingDue(ctx, workspace, now)
	if err != nil || !due {
		return false, err
	}
	err = in.change(ctx, workspace, func(b *batch) error {
		more, err = b.sweep(now)
		return err
	})
	return more, err
}

// SweepAll is Sweep until nothing is due.
func (in *Intake) SweepAll(ctx context.Context, workspace string) error {
	for more := true; more; {
		var err error
		if more, err = in.Sweep(ctx, workspace); err != nil {
			return err
		}
	}
	return nil
}

// anythingDue looks without holding anything: most of the time nothing is.
func (in *Intake) anythingDue(ctx context.Context, workspace string, now time.Time) (due bool, err error) {
	err = in.store.View(ctx, func(tx *store.Tx) error {
		at, ok, err := tx.NextTimer(workspace)
		if due = ok && !at.After(now); due || err != nil {
			return err
		}
		due, err = portfolioOver(tx, workspace, now)
		return err
	})
	return due, err
}

// sweep does one slice of what is due.
func (b *batch) sweep(now time.Time) (more bool, err error) {
	clients, err := b.tx.DueClients(b.workspace, now, Slice)
	if err != nil {
		return false, err
	}
	if len(clients) > 0 {
		at := make(map[string]time.Time, len(clients))
		for _, c := range clients {
			at[c.ID] = now
			if c.At.Equal(stanna.AtOnce) {
				at[c.ID] = stanna.AtOnce
			}
		}
		if err := b.look(at, now); err != nil {
			return false, err
		}
	}
	if err := b.lookAtPortfolio(now); err != nil {
		return false, err
	}
	if err := b.endSurges(now); err != nil {
		return false, err
	}
	released, err := b.release(now)
	return len(clients) == Slice || released == Slice, err
}

// look ticks clients. One that is due at once has every rule asked anew.
func (b *batch) look(due map[string]time.Time, now time.Time) error {
	ids := make([]string, 0, len(due))
	for id := range due {
		ids = append(ids, id)
	}
	if err := b.open(ids); err != nil {
		return err
	}
	for _, id := range ids { // sorted by open
		f := b.files[id]
		if f == nil {
			continue
		}
		relook := stanna.Reason("")
		if due[id].Equal(stanna.AtOnce) {
			relook = stanna.ReasonFirstContact
		}
		b.note(f, nil, f.Tick(b.policy.Policy, now, relook, newAlert))
	}
	return b.write(now)
}

// passTo lets the time of a workspace that follows its signals pass to t:
// what is due on the way is done at its own moment, in order.
func (b *batch) passTo(t time.Time) error {
	for range maxPasses {
		at, ok, err := b.nextMoment()
		if err != nil || !ok || at.After(t) {
			return err
		}
		if at.Equal(stanna.AtOnce) {
			at = t
		}
		for more := true; more; {
			if more, err = b.sweep(at); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxPasses bounds the moments between two signals; a year of hours has fewer.
const maxPasses = 100_000

// nextMoment is the next time at which something is due.
func (b *batch) nextMoment() (time.Time, bool, error) {
	at, ok, err := b.tx.NextTimer(b.workspace)
	if err != nil {
		return at, ok, err
	}
	if look, due := b.portfolioDue(); due && (!ok || look.Before(at) && !at.Equal(stanna.AtOnce)) {
		return look, true, nil
	}
	return at, ok, nil
}
