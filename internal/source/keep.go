package source

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mapping"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/webhook"
)

// maxSources bounds the sources of a workspace.
const maxSources = 50

// List is the workspace's sources, the oldest first.
func (d *Desk) List(ctx context.Context, workspace string) (list []stanna.Source, err error) {
	err = d.Store.View(ctx, func(tx *store.Tx) (err error) { list, err = tx.Sources(workspace); return err })
	return list, err
}

// Get is the source of that id.
func (d *Desk) Get(ctx context.Context, workspace, id string) (x stanna.Source, err error) {
	err = d.Store.View(ctx, func(tx *store.Tx) (err error) { x, err = tx.Source(workspace, id); return err })
	return x, err
}

// Add makes a source with an address and a secret of its own. A secret that
// the other tool has chosen (HubSpot's, Intercom's and Segment's apps do) is
// taken as it is. The secret of the result is to be shown once.
func (d *Desk) Add(ctx context.Context, workspace, actor string, x stanna.Source) (stanna.Source, error) {
	now := d.Clock.Real()
	x.Workspace, x.ID, x.CreatedAt, x.UpdatedAt = workspace, store.NewID("src"), now, now
	if x.Secret == "" && theirs(x.Scheme) {
		return x, stanna.InvalidField("secret", "is required: the other tool makes it, and shows where")
	}
	if x.Secret == "" {
		x.Secret = webhook.NewSecret()
	}
	if err := d.check(x); err != nil {
		return x, err
	}
	err := d.Store.Update(ctx, func(tx *store.Tx) error {
		all, err := tx.Sources(workspace)
		if err != nil {
			return err
		}
		if len(all) >= maxSources {
			return stanna.Errorf(stanna.Conflict, "there are %d sources already, which is the most; delete one that is not used", maxSources)
		}
		if err := nameIsFree(all, x); err != nil {
			return err
		}
		if err := tx.PutSource(x); err != nil {
			return err
		}
		x.Version = 1
		if x.Paused { // what comes waits from the first body on
			if err := tx.PauseLane(stanna.SourceLane(workspace, x.ID), stanna.ReasonPausedByHand); err != nil {
				return err
			}
		}
		return d.audit(tx, x, actor, "source.added", map[string]string{"kind": x.Kind, "scheme": x.Scheme})
	})
	return x, err
}

// Change saves what a person changed of a source; version is the one they
// saw, 0 for whichever it is. Its secret stays: [Desk.Rotate] changes that.
func (d *Desk) Change(ctx context.Context, workspace, actor, id string, version int64, change func(*stanna.Source) error) (x stanna.Source, err error) {
	err = d.Store.Update(ctx, func(tx *store.Tx) error {
		if x, err = tx.Source(workspace, id); err != nil {
			return err
		}
		if version != 0 && version != x.Version {
			return stanna.Errorf(stanna.Conflict, "somebody has changed the source meanwhile; look at it again and save anew")
		}
		before := x
		if err := change(&x); err != nil {
			return err
		}
		x.UpdatedAt = d.Clock.Real()
		if err := d.check(x); err != nil {
			return err
		}
		all, err := tx.Sources(workspace)
		if err != nil {
			return err
		}
		if err := nameIsFree(all, x); err != nil {
			return err
		}
		if err := tx.PutSource(x); err != nil {
			return err
		}
		x.Version++
		if before.Paused != x.Paused {
			var why stanna.Reason
			if x.Paused {
				why = stanna.ReasonPausedByHand
			}
			if err := tx.PauseLane(stanna.SourceLane(workspace, id), why); err != nil {
				return err
			}
		}
		return d.audit(tx, x, actor, "source.changed", map[string]string{"version": strconv.FormatInt(x.Version, 10), "paused": strconv.FormatBool(x.Paused)})
	})
	if err == nil {
		d.Wake(stanna.SourceLane(workspace, id))
	}
	return x, err
}

// Rotate gives a source another secret. The old one is accepted for as long
// as overlap says, so that nothing is refused while the other tool is told.
func (d *Desk) Rotate(ctx context.Context, workspace, actor, id string, secret stanna.Secret, overlap time.Duration) (stanna.Source, error) {
	if overlap < 0 || overlap > 30*24*time.Hour {
		return stanna.Source{}, stanna.InvalidField("overlap", "must be from 0 to 30 days")
	}
	return d.Change(ctx, workspace, actor, id, 0, func(x *stanna.Source) error {
		if secret == "" && theirs(x.Scheme) {
			return stanna.InvalidField("secret", "is required: the other tool makes it, and shows where")
		}
		if secret == "" {
			secret = webhook.NewSecret()
		}
		x.Previous, x.PreviousUntil, x.Secret = x.Secret, d.Clock.Real().Add(overlap), secret
		if overlap == 0 {
			x.Previous = ""
		}
		return nil
	})
}

// Delete forgets a source, its address and what it sent. What came of that
// stays.
func (d *Desk) Delete(ctx context.Context, workspace, actor, id string) error {
	return d.Store.Update(ctx, func(tx *store.Tx) error {
		x, err := tx.Source(workspace, id)
		if err != nil {
			return err
		}
		if err := tx.DeleteSource(workspace, id); err != nil {
			return err
		}
		return d.audit(tx, x, actor, "source.deleted", nil)
	})
}

// OpenAgain opens bodies anew that were opened before: after the mapping was
// mended, or a client was made. What was taken in already is recognised.
// Without ids all that failed are meant. It says how many there are.
func (d *Desk) OpenAgain(ctx context.Context, workspace, actor, source string, ids ...string) (n int, err error) {
	err = d.Store.Update(ctx, func(tx *store.Tx) error {
		var list []stanna.Parcel
		if len(ids) == 0 {
			if list, err = tx.Parcels(workspace, store.ParcelQuery{Source: source, State: stanna.ParcelFailed, Limit: 1000}); err != nil {
				return err
			}
			slices.Reverse(list) // in the order in which they came
		}
		for _, id := range ids {
			p, err := tx.Parcel(workspace, id)
			if err != nil {
				return err
			}
			if p.SourceID != source {
				return stanna.Errorf(stanna.NotFound, "body not found")
			}
			if p.State != stanna.ParcelWaiting {
				list = append(list, p)
			}
		}
		if n = len(list); n == 0 {
			return nil
		}
		if err := tx.OpenAgain(list, d.Clock.Real()); err != nil {
			return err
		}
		return tx.Audit(stanna.AuditEntry{Workspace: workspace, At: d.Clock.Real(), Actor: actor, Action: "source.reopened", Subject: source,
			Details: map[string]string{"bodies": strconv.Itoa(n)}})
	})
	if err == nil {
		d.Wake(stanna.SourceLane(workspace, source))
	}
	return n, err
}

// check says what is wrong with a source, or nil.
func (d *Desk) check(x stanna.Source) error {
	if err := x.Validate(); err != nil {
		return err
	}
	if err := webhook.CheckScheme(webhook.Scheme(x.Scheme), x.Header, x.Secret); err != nil {
		return err
	}
	_, err := mapping.Compile(x.Mapping)
	return err
}

// theirs says whether the secret of a scheme is one that the other tool makes.
func theirs(scheme string) bool {
	return slices.ContainsFunc(webhook.Schemes(), func(g webhook.Guide) bool { return string(g.Scheme) == scheme && g.Theirs })
}

// nameIsFree keeps apart what people know by its name: two that are called
// HubSpot could not be told apart in a message.
func nameIsFree(all []stanna.Source, x stanna.Source) error {
	for _, other := range all {
		if other.ID != x.ID && strings.EqualFold(other.Name, x.Name) {
			return stanna.InvalidField("name", "is that of another source")
		}
	}
	return nil
}

func (d *Desk) audit(tx *store.Tx, x stanna.Source, actor, action string, details map[string]string) error {
	return tx.Audit(stanna.AuditEntry{Workspace: x.Workspace, At: d.Clock.Real(), Actor: actor, Action: action, Subject: x.ID, Details: details})
}
