package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/store"
)

// keepJobs is how long a job that is done can still be looked up.
const keepJobs = 7 * 24 * time.Hour

// keepPresses is how long a press that comes again is recognised. Slack sends
// one again within minutes; its signature lives as long.
const keepPresses = 30 * 24 * time.Hour

// keepBodies is how long a body that another tool sent can be looked at, and
// keepFailedBodies one that could not be taken in and waits for somebody.
const (
	keepBodies       = 7 * 24 * time.Hour
	keepFailedBodies = 30 * 24 * time.Hour
)

// keepHouse does what is due every so often. What concerns the shared
// database is done by whichever replica takes the turn.
func (a *App) keepHouse(ctx context.Context) {
	tick := time.NewTicker(30 * time.Second)
	defer tick.Stop()
	for ctx.Err() == nil {
		a.chores(ctx)
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

func (a *App) chores(ctx context.Context) {
	a.chore(ctx, "last use of keys", a.auth.FlushLastUsed)
	a.turn(ctx, "tidy", 10*time.Minute, func(ctx context.Context) error {
		if err := a.auth.Clean(ctx); err != nil {
			return err
		}
		return a.store.Update(ctx, func(tx *store.Tx) error {
			if _, err := tx.PruneJobs(a.clock.Real().Add(-keepJobs)); err != nil {
				return err
			}
			if _, err := tx.PrunePresses(a.clock.Real().Add(-keepPresses)); err != nil {
				return err
			}
			_, err := tx.PruneParcels(a.clock.Real().Add(-keepBodies), a.clock.Real().Add(-keepFailedBodies))
			return err
		})
	})
	a.turn(ctx, "deliveries", time.Hour, a.relay.Tidy)
	a.turn(ctx, "silent sources", time.Minute, a.relay.TellSilence)
	var connected []string
	a.chore(ctx, "connections", func(ctx context.Context) error {
		return a.store.View(ctx, func(tx *store.Tx) error {
			connected = connected[:0]
			lines, err := tx.EachConnection()
			for _, c := range lines {
				connected = append(connected, c.Workspace)
			}
			connected = slices.Compact(connected)
			return err
		})
	})
	a.chore(ctx, "stripe", a.readStripe)
	for _, w := range connected {
		a.turn(ctx, "check:"+w, 24*time.Hour, func(ctx context.Context) error { return a.line.Check(ctx, w) })
		a.turn(ctx, "directory:"+w, time.Minute, func(ctx context.Context) error {
			_, err := a.line.Directory(ctx, w)
			return err
		})
		a.turn(ctx, "retell:"+w, time.Minute, func(ctx context.Context) error { return a.retell(ctx, w) })
	}
}

// readStripe reads Stripe anew once a day, for what a webhook did not bring;
// where Stripe cannot reach us, once an hour.
func (a *App) readStripe(ctx context.Context) error {
	var accounts []stanna.StripeAccount
	err := a.store.View(ctx, func(tx *store.Tx) (err error) { accounts, err = tx.EachStripe(); return err })
	if err != nil {
		return err
	}
	for _, account := range accounts {
		every := 24 * time.Hour
		if len(a.stripe.Signing(account)) == 0 {
			every = time.Hour
		}
		if a.clock.Real().Sub(account.Sync.StartedAt) < every {
			continue
		}
		if _, err := a.sources.Sync(ctx, account.Workspace, stanna.ActorSystem); err != nil {
			return err
		}
	}
	return nil
}

// timeStep is how often a replica looks whether time has brought something.
// Looking costs a read; what is found is done once, whoever finds it.
const timeStep = time.Second

// keepTime lets time pass in every workspace: alerts that are put off,
// escalations, the calendar, what is held. A workspace whose time follows its
// signals moves with them.
func (a *App) keepTime(ctx context.Context) {
	tick := time.NewTicker(timeStep)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var all []stanna.Workspace
		a.chore(ctx, "workspaces", func(ctx context.Context) error {
			return a.store.View(ctx, func(tx *store.Tx) (err error) { all, err = tx.Workspaces(); return err })
		})
		for _, w := range all {
			if !a.clock.Follows(w.ID) {
				a.chore(ctx, "sweep", func(ctx context.Context) error { return a.intake.SweepAll(ctx, w.ID) })
			}
		}
	}
}

// turn does a chore if it is due and no other replica took it.
func (a *App) turn(ctx context.Context, name string, every time.Duration, do func(context.Context) error) {
	a.chore(ctx, name, func(ctx context.Context) error {
		var mine bool
		err := a.store.Update(ctx, func(tx *store.Tx) (err error) {
			mine, err = tx.TakeTurn(name, every, a.clock.Real())
			return err
		})
		if err != nil || !mine {
			return err
		}
		return do(ctx)
	})
}

func (a *App) chore(ctx context.Context, name string, do func(context.Context) error) {
	err := do(ctx)
	if errors.Is(err, connect.NotConnected) || errors.Is(err, connect.NeedsRepair) {
		return // the page says so, to somebody who can act
	}
	if err != nil && ctx.Err() == nil {
		a.log.Error("chore", "name", name, "error", err)
	}
}
