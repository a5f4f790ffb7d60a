package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/gostanna/stanna/internal/store"
)

// bindEvery is how often the audit entries of every workspace are bound into
// their chains; an entry is loose for less than a second.
const bindEvery = 500 * time.Millisecond

// bindTrail binds audit entries until ctx ends, and what is left then.
func bindTrail(ctx context.Context, s *store.Store, bound Bound, log *slog.Logger) {
	tick := time.NewTicker(bindEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
		if err := BindTrail(context.WithoutCancel(ctx), s, bound); err != nil {
			log.Error("bind the audit trail", "error", err)
		}
	}
}

// Bound is told, in the transaction, in which workspace entries were bound.
type Bound func(tx *store.Tx, workspace string) error

// BindTrail binds every loose audit entry. The workspace's audit lane keeps
// two replicas from numbering at once; it is no lock on anything else.
func BindTrail(ctx context.Context, s *store.Store, bound Bound) error {
	var workspaces []string
	err := s.View(ctx, func(tx *store.Tx) (err error) {
		workspaces, err = tx.UnboundAudit()
		return err
	})
	for _, w := range workspaces {
		const most = 500 // at a time, so that the writer is free again soon
		for n := most; n == most && err == nil; {
			err = s.Update(ctx, func(tx *store.Tx) error {
				n = 0
				mine, err := tx.TryLane(w + "/audit")
				if err != nil || !mine {
					return err
				}
				if n, err = tx.BindAudit(w, most); err != nil || n == 0 {
					return err
				}
				return bound(tx, w)
			})
		}
	}
	return err
}
