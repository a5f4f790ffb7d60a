package policy

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/webhook"
)

// AddEndpoint makes an endpoint of a name, an address and types. What it gives
// holds the secret by which a web address knows our hand; it is shown this
// once.
func (k *Keeper) AddEndpoint(ctx context.Context, workspace string, by intake.By, draft stanna.Endpoint) (saved stanna.Endpoint, err error) {
	err = k.keep(ctx, workspace, by, func(e *edit) error {
		all, err := e.tx.Endpoints(workspace)
		if err != nil {
			return err
		}
		if len(all) >= stanna.MaxEndpoints {
			return stanna.Errorf(stanna.Conflict, "there are %d endpoints already; delete one first", len(all))
		}
		x := stanna.Endpoint{Workspace: workspace, ID: store.NewID("ep"), Name: draft.Name, Address: draft.Address, Types: draft.Types, Version: 1,
			CreatedAt: plain(e.real), UpdatedAt: plain(e.real)}
		if err := k.tidyEndpoint(&x); err != nil {
			return err
		}
		if _, mailbox := x.Mailbox(); !mailbox {
			x.Secret = webhook.NewSecret()
		}
		saved = x
		if err := e.tx.PutEndpoint(x); err != nil {
			return err
		}
		return e.audit("webhook.created", x.ID, trailOf(x))
	})
	return saved, err
}

// tidyEndpoint checks an endpoint and writes it in one spelling.
func (k *Keeper) tidyEndpoint(x *stanna.Endpoint) error {
	x.Name, x.Address = strings.TrimSpace(x.Name), stanna.Secret(strings.TrimSpace(x.Address.Reveal()))
	ordered := make([]stanna.EventType, 0, len(x.Types))
	for _, t := range stanna.EventTypes() {
		if slices.Contains(x.Types, t) {
			ordered = append(ordered, t)
		}
	}
	if !slices.ContainsFunc(x.Types, func(t stanna.EventType) bool { return !slices.Contains(ordered, t) }) {
		x.Types = ordered
	}
	if err := x.Validate(); err != nil {
		return err
	}
	if _, mailbox := x.Mailbox(); mailbox {
		return nil
	}
	address, err := webhook.CheckURL(x.Address.Reveal(), k.Allowed)
	if err != nil {
		return stanna.InvalidField("address", "%s", err)
	}
	x.Address = stanna.Secret(address)
	return nil
}

// trailOf is what the trail says of an endpoint: neither its path nor its
// query, which may be secret.
func trailOf(x stanna.Endpoint) map[string]string {
	types := make([]string, len(x.Types))
	for i, t := range x.Types {
		types[i] = string(t)
	}
	details := map[string]string{"road": strings.SplitN(x.Road(), ":", 2)[0], "types": strings.Join(types, ",")}
	if u, err := url.Parse(x.Place()); err == nil && u.Host != "" {
		details["host"] = u.Host
	}
	return details
}

// changeEndpoint lets change have an endpoint, whose lane it holds, and
// stores what it makes of it. Lanes come before endpoints, as with whoever
// works one.
func (k *Keeper) changeEndpoint(ctx context.Context, workspace string, by intake.By, id string, ifVersion *int, change func(*edit, *stanna.Endpoint) error) (saved stanna.Endpoint, err error) {
	err = k.keep(ctx, workspace, by, func(e *edit) error {
		x, err := e.endpoint(id, ifVersion)
		if err != nil {
			return err
		}
		before := x
		if err := change(e, &x); err != nil {
			return err
		}
		if saved = x; sameEndpoint(before, x) {
			return nil
		}
		x.UpdatedAt = plain(e.real)
		saved, saved.Version = x, x.Version+1
		return e.tx.PutEndpoint(x)
	})
	if err == nil && k.Wake != nil {
		k.Wake(saved.Lane())
	}
	return saved, err
}

// endpoint is an endpoint as it is, held together with its lane.
func (e *edit) endpoint(id string, ifVersion *int) (x stanna.Endpoint, err error) {
	if x, err = e.tx.Endpoint(e.workspace.ID, id); err != nil {
		return x, err
	}
	if err := e.tx.LockLanes([]string{x.Lane()}); err != nil {
		return x, err
	}
	if x, err = e.tx.LockEndpoint(e.workspace.ID, id); err != nil {
		return x, err
	}
	return x, unmoved("the endpoint", int(x.Version), ifVersion)
}

func sameEndpoint(a, b stanna.Endpoint) bool {
	return a.Name == b.Name && a.Address == b.Address && slices.Equal(a.Types, b.Types) && a.Secret == b.Secret && a.Paused == b.Paused
}

// ChangeEndpoint gives an endpoint another name, address or types. No address,
// or one as it is shown, without its query, leaves it as it is.
func (k *Keeper) ChangeEndpoint(ctx context.Context, workspace string, by intake.By, draft stanna.Endpoint, ifVersion *int) (stanna.Endpoint, error) {
	return k.changeEndpoint(ctx, workspace, by, draft.ID, ifVersion, func(e *edit, x *stanna.Endpoint) error {
		before := *x
		x.Name, x.Types = draft.Name, draft.Types
		if text := draft.Address.Reveal(); text != "" && text != before.Place() {
			x.Address = draft.Address
		}
		if x.Address != before.Address || !slices.Equal(x.Types, before.Types) || x.Name != before.Name {
			if err := k.tidyEndpoint(x); err != nil {
				return err
			}
		}
		if x.Road() != before.Road() {
			return stanna.InvalidField("address", "a mailbox cannot become a web address, nor the other way round; make another endpoint")
		}
		if sameEndpoint(before, *x) {
			return nil
		}
		return e.audit("webhook.changed", x.ID, trailOf(*x))
	})
}

// DeleteEndpoint forgets an endpoint, what waits for it, and its log.
func (k *Keeper) DeleteEndpoint(ctx context.Context, workspace string, by intake.By, id string, ifVersion *int) error {
	return k.keep(ctx, workspace, by, func(e *edit) error {
		x, err := e.endpoint(id, ifVersion)
		if err != nil {
			return err
		}
		if err := e.tx.DeleteEndpoint(x); err != nil {
			return err
		}
		return e.audit("webhook.deleted", id, nil)
	})
}

// maxOverlap is how long two secrets may sign at most.
const maxOverlap = 30 * 24 * time.Hour

// RotateEndpoint gives an endpoint a new secret, which is shown this once. The
// one before signs as well, for as long as the overlap; 0: no longer.
func (k *Keeper) RotateEndpoint(ctx context.Context, workspace string, by intake.By, id string, overlap time.Duration, ifVersion *int) (stanna.Endpoint, error) {
	return k.changeEndpoint(ctx, workspace, by, id, ifVersion, func(e *edit, x *stanna.Endpoint) error {
		if _, mailbox := x.Mailbox(); mailbox {
			return stanna.Errorf(stanna.Conflict, "a mailbox has no secret")
		}
		if overlap < 0 || overlap > maxOverlap {
			return stanna.InvalidField("overlap", "must be from 0 to 720 hours")
		}
		x.Previous, x.PreviousUntil = "", time.Time{}
		if overlap > 0 {
			x.Previous, x.PreviousUntil = x.Secret, plain(e.real.Add(overlap))
		}
		x.Secret = webhook.NewSecret()
		return e.audit("webhook.rotated", id, map[string]string{"overlapSeconds": strconv.Itoa(int(overlap.Seconds()))})
	})
}

// PauseEndpoint stops sending to an endpoint. What happens meanwhile waits, for
// 30 days.
func (k *Keeper) PauseEndpoint(ctx context.Context, workspace string, by intake.By, id string) (stanna.Endpoint, error) {
	return k.changeEndpoint(ctx, workspace, by, id, nil, func(e *edit, x *stanna.Endpoint) error {
		if x.Paused != "" {
			return nil
		}
		x.Paused, x.PausedAt = stanna.ReasonPausedByHand, plain(e.real)
		if err := e.tx.PauseLane(x.Lane(), x.Paused); err != nil {
			return err
		}
		if err := e.audit("webhook.paused", id, nil); err != nil {
			return err
		}
		told, err := x.PausedNotice(x.Paused, e.real)
		return k.tell(e, told, err)
	})
}

// ResumeEndpoint goes on sending to an endpoint that was paused, by hand or by
// itself, beginning with what has waited.
func (k *Keeper) ResumeEndpoint(ctx context.Context, workspace string, by intake.By, id string) (stanna.Endpoint, error) {
	return k.changeEndpoint(ctx, workspace, by, id, nil, func(e *edit, x *stanna.Endpoint) error {
		if x.Paused == "" {
			return nil
		}
		told, wrong := x.ResumedNotice(e.real)
		x.Paused, x.PausedAt, x.FailingSince = "", time.Time{}, time.Time{}
		if err := e.tx.HurryDeliveries(*x, e.real); err != nil {
			return err
		}
		if err := e.tx.PauseLane(x.Lane(), ""); err != nil {
			return err
		}
		if err := e.audit("webhook.resumed", id, nil); err != nil {
			return err
		}
		return k.tell(e, told, wrong)
	})
}

// tell promises an event to the other endpoints.
func (k *Keeper) tell(e *edit, told stanna.Event, err error) error {
	if err != nil {
		return err
	}
	lanes, err := e.tx.Tell(e.real, told)
	if k.Wake != nil {
		e.tx.OnCommit(func() { k.Wake(lanes...) })
	}
	return err
}
