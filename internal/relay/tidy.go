package relay

import (
	"context"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// keep is how long a delivery is kept: one that waits, because its endpoint is
// paused, before it is given up, and one that has ended before it is
// forgotten.
const keep = 30 * 24 * time.Hour

// Tidy gives up what has waited for too long, which is told, and forgets what
// ended long ago.
func (r *Relay) Tidy(ctx context.Context) error {
	now := r.Now()
	return r.Store.Update(ctx, func(tx *store.Tx) error {
		expired, err := tx.ExpireDeliveries(now.Add(-keep), now)
		if err != nil {
			return err
		}
		for _, x := range expired {
			if err := r.tellExpired(tx, x, now); err != nil {
				return err
			}
		}
		_, err = tx.PruneDeliveries(now.Add(-keep))
		return err
	})
}

func (r *Relay) tellExpired(tx *store.Tx, x store.Expired, now time.Time) error {
	e, err := tx.Endpoint(x.Workspace, x.Endpoint)
	if stanna.CodeOf(err) == stanna.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if err := tx.Audit(stanna.AuditEntry{Workspace: x.Workspace, At: now, Actor: stanna.ActorSystem, Action: "webhook.expired", Subject: e.ID,
		Reason: stanna.ReasonWaitedTooLong, Details: map[string]string{"deliveries": fmt.Sprint(x.N)}}); err != nil {
		return err
	}
	t := stanna.Trouble{About: e.Road(), Name: e.Title(), Since: stanna.SinceTime(now.Add(-keep)), Repair: "They can be sent again from the log of the endpoint for another 30 days."}
	told, err := t.Notice(x.Workspace, stanna.DeliveryFailed, now, fmt.Sprintf("%s for %s waited for 30 days and will not be sent any more.", count(x.N, "event"), e.Title()))
	return r.tell(tx, told, err)
}
