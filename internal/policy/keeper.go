// Package policy is where THE RULES ARE KEPT: rules, the routing table,
// silences, templates of messages, settings, what people have set for
// themselves, and the endpoints that are told of events. It answers: may this be saved, what would make it useless, who
// changed what when, and how does one go back.
//
// It is entered by [New]. Every save runs in ONE transaction that holds the
// workspace: it compares the version that the writer had read, checks, stores
// the next version and the trail, and has the rules asked anew about every
// client, what is held timed anew, and what stands in Slack brought to how it
// looks now. What is refused changes nothing.
//
// It deliberately does not judge a client, choose a place or know the time of
// a message: rule and route do, by what is kept here. It calls no Slack.
package policy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/store"
)

// Options say how to build a keeper.
type Options struct {
	Store *store.Store
	Clock *stanna.Clock
	Log   *slog.Logger

	// Sweep does a first slice of what a change brings, after its commit. The
	// server's timer does the rest.
	Sweep func(ctx context.Context, workspace string) (more bool, err error)

	// Redraw has the messages of those looks that stand in Slack brought to how
	// they look now.
	Redraw func(ctx context.Context, workspace string, looks ...store.Look) error

	// Allowed are the addresses that webhooks may go to though they are not
	// public.
	Allowed []netip.Prefix

	// Wake tells the queue which lanes have new work, after a commit. Nil: it
	// finds out by itself.
	Wake func(lanes ...string)
}

// Keeper keeps the policy of every workspace. It is safe for concurrent use,
// in several replicas on one database.
type Keeper struct{ Options }

// New builds a keeper.
func New(o Options) *Keeper { return &Keeper{o} }

// Moved is in the chain of the Conflict that a save meets when somebody else
// saved since the writer read.
var Moved = errors.New("changed meanwhile")

// Warning is something that may be saved and is probably not what was meant.
type Warning struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// edit is one transaction on a workspace's policy. Of what it reads to check
// with, everything is read once.
type edit struct {
	tx        *store.Tx
	workspace stanna.Workspace
	by        intake.By
	now       time.Time // by the workspace's clock
	real      time.Time

	judge bool         // the rules are to be asked anew about every client
	hold  bool         // what is held is to be timed anew
	looks []store.Look // that are otherwise now

	known *known
}

// keep runs fn in one transaction that holds the workspace.
func (k *Keeper) keep(ctx context.Context, workspace string, by intake.By, fn func(*edit) error) error {
	var e *edit
	err := k.Store.Update(ctx, func(tx *store.Tx) error {
		w, err := tx.LockWorkspace(workspace)
		if err != nil {
			return err
		}
		e = &edit{tx: tx, workspace: w, by: by, now: k.Clock.Now(workspace), real: k.Clock.Real()}
		if err := fn(e); err != nil {
			return err
		}
		if e.judge {
			if err := tx.MarkAllDue(workspace); err != nil {
				return err
			}
		}
		if e.judge || e.hold {
			return tx.ReholdAll(workspace, e.now)
		}
		return nil
	})
	if err == nil && (e.judge || e.hold) {
		k.sweep(context.WithoutCancel(ctx), workspace) // it is saved; that nobody waits any more changes nothing
	}
	if err == nil && len(e.looks) > 0 {
		if err := k.Redraw(context.WithoutCancel(ctx), workspace, e.looks...); err != nil {
			k.Log.Warn("redraw after a change of policy; messages look otherwise with their next news", "workspace", workspace, "error", err)
		}
	}
	return err
}

// sweep does a first slice of what a change brings. Where time follows the
// signals no timer does the rest, so all of it.
func (k *Keeper) sweep(ctx context.Context, workspace string) {
	for more := true; more; more = more && k.Clock.Follows(workspace) {
		var err error
		if more, err = k.Sweep(ctx, workspace); err != nil {
			k.Log.Warn("sweep after a change of policy", "workspace", workspace, "error", err)
			return
		}
	}
}

// look is keep for what saves nothing.
func (k *Keeper) look(ctx context.Context, workspace string, fn func(*edit) error) error {
	return k.Store.View(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(workspace)
		if err != nil {
			return err
		}
		return fn(&edit{tx: tx, workspace: w, now: k.Clock.Now(workspace), real: k.Clock.Real()})
	})
}

// audit writes what was done into the trail. Details are ids and figures.
func (e *edit) audit(action, subject string, details map[string]string) error {
	return e.tx.Audit(stanna.AuditEntry{Workspace: e.workspace.ID, At: e.real, Actor: e.by.Actor, Action: action, Subject: subject, Details: details})
}

// unmoved refuses a writer who had read another version than is there. Nil
// asks for no comparison.
func unmoved(what string, version int, read *int) error {
	if read == nil || *read == version {
		return nil
	}
	return &stanna.Error{Code: stanna.Conflict, Err: Moved,
		Message: fmt.Sprintf("%s was changed meanwhile and is at version %d; read it again, and nothing was saved", what, version)}
}
