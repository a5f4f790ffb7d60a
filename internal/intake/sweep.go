package intake

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Sweep does what time has brought to a workspace: clients that are to be
// looked at again, alerts whose hold is over, digests, the sums of the
// portfolio. It takes a slice at a time and says whether there may be more. It
// may be called at any time and on any replica: what is done is done once.
func (in *Intake) Sweep(ctx context.Context, workspace string) (more bool, err error) {
	now := in.clock.Now(workspace)
	m, look, due, err := in.anythingDue(ctx, workspace, now)
	if err != nil {
		return false, err
	}
	if due {
		err = in.change(ctx, workspace, func(b *batch) error {
			more, err = b.sweep(now, m)
			return err
		})
	}
	if err == nil && look != (looked{}) {
		in.mu.Lock()
		in.looked[workspace] = look
		in.mu.Unlock()
	}
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

// looked is for which minute, under which policy, it was looked for digests.
// They are due at full minutes, so that no other moment can bring one.
type looked struct {
	minute  time.Time
	version int64
}

// anythingDue looks without holding anything: most of the time nothing is. The
// digests that are due are composed already.
func (in *Intake) anythingDue(ctx context.Context, workspace string, now time.Time) (m *morning, look looked, due bool, err error) {
	err = in.store.View(ctx, func(tx *store.Tx) error {
		p, err := in.policyOf(tx, workspace)
		if err != nil {
			return err
		}
		b := in.batch(tx, p, workspace)
		if m, look, err = in.morning(b, now); err != nil {
			return err
		}
		at, ok, err := tx.NextTimer(workspace)
		if due = ok && !at.After(now) || m != nil; due || err != nil {
			return err
		}
		due, err = portfolioOver(tx, workspace, now)
		return err
	})
	return m, look, due, err
}

// morning composes the digests that are due; nil: none is, or this minute was
// looked at.
func (in *Intake) morning(b *batch, now time.Time) (*morning, looked, error) {
	look := looked{now.Truncate(time.Minute), b.policy.version}
	in.mu.Lock()
	same := in.looked[b.workspace] == look
	in.mu.Unlock()
	if same {
		return nil, look, nil
	}
	m, err := b.digestsDue(now)
	if err != nil || m.empty() {
		return nil, look, err
	}
	if b.follows { // composed in the transaction that takes the signals in
		return m, look, nil
	}
	return m, look, b.compose(m, now)
}

// sweep does one slice of what is due. The morning was composed already, but
// where time follows the signals.
func (b *batch) sweep(now time.Time, m *morning) (more bool, err error) {
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
	if b.follows && len(clients) < Slice {
		if m, err = b.playMorning(now, m != nil); err != nil {
			return false, err
		}
	}
	if m == nil || b.follows && len(clients) == Slice {
		m = &morning{}
	}
	if err := b.keepMorning(m); err != nil {
		return false, err
	}
	released, err := b.release(now, m.digests)
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
	defer func() { b.passed = t }()
	for range maxPasses {
		at, ok, err := b.nextMoment()
		if err != nil || !ok || at.After(t) {
			return err
		}
		if at.Equal(stanna.AtOnce) {
			at = b.passed
		}
		for more := true; more; {
			if more, err = b.sweep(at, nil); err != nil {
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
		at, ok = look, true
	}
	next, err := b.nextMorning()
	if !next.IsZero() && (!ok || next.Before(at) && !at.Equal(stanna.AtOnce)) {
		at, ok = next, true
	}
	return at, ok, err
}
