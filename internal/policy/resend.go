package policy

import (
	"context"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/store"
)

// maxResent bounds how many deliveries are sent again at a time.
const maxResent = 10_000

// ResendDelivery sends a delivery again that has ended, with the same id and
// body; one that waits is hurried.
func (k *Keeper) ResendDelivery(ctx context.Context, workspace string, by intake.By, id string) (d stanna.Delivery, err error) {
	var x stanna.Endpoint
	err = k.keep(ctx, workspace, by, func(e *edit) error {
		if d, err = e.tx.Delivery(workspace, id); err != nil {
			return err
		}
		if d.Event.Type == stanna.EndpointTest {
			return stanna.Errorf(stanna.Conflict, "this was a test, which is tried once; send another")
		}
		if x, err = e.endpoint(d.EndpointID, nil); err != nil {
			return err
		}
		if err := e.tx.SendAgain(x, []stanna.Delivery{d}, e.real); err != nil {
			return err
		}
		if err := e.audit("webhook.resent", x.ID, map[string]string{"delivery": id}); err != nil {
			return err
		}
		d, err = e.tx.Delivery(workspace, id)
		return err
	})
	if err == nil && k.Wake != nil {
		k.Wake(x.Lane())
	}
	return d, err
}

// ResendFailed sends every delivery to an endpoint again that was promised
// since a time and failed for good, at most 10,000 of them, and says how many
// those are.
func (k *Keeper) ResendFailed(ctx context.Context, workspace string, by intake.By, id string, since time.Time) (n int, err error) {
	var x stanna.Endpoint
	err = k.keep(ctx, workspace, by, func(e *edit) error {
		if x, err = e.endpoint(id, nil); err != nil {
			return err
		}
		list, err := e.tx.Deliveries(workspace, store.DeliveryQuery{Endpoint: id, State: stanna.DeliveryLost, Since: since, Limit: maxResent})
		if err != nil {
			return err
		}
		again := list[:0]
		for _, d := range list {
			if d.Event.Type != stanna.EndpointTest {
				again = append(again, d)
			}
		}
		if n = len(again); n == 0 {
			return nil
		}
		if err := e.tx.SendAgain(x, again, e.real); err != nil {
			return err
		}
		return e.audit("webhook.resent", id, map[string]string{"deliveries": strconv.Itoa(n)})
	})
	if err == nil && k.Wake != nil {
		k.Wake(x.Lane())
	}
	return n, err
}
