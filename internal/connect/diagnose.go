package connect

import (
	"context"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Finding is one check of the connection.
type Finding struct {
	Check  string       `json:"check"`            // its name, for programs
	State  FindingState `json:"state"`            //
	Found  string       `json:"found"`            // a sentence
	Repair string       `json:"repair,omitempty"` // what to do; "" when nothing must be
}

// FindingState is how a check ended.
type FindingState string

// A warning is something that may be as it should be. What depends on a check
// that failed is skipped.
const (
	OK      FindingState = "ok"
	Warning FindingState = "warning"
	Failed  FindingState = "failed"
	Skipped FindingState = "skipped"
)

// Diagnosis is every check, in the order in which to mend them.
type Diagnosis struct {
	State  FindingState `json:"state"` // the worst of them
	Checks []Finding    `json:"checks"`
}

func (d *Diagnosis) add(check string, state FindingState, found, repair string) {
	d.Checks = append(d.Checks, Finding{check, state, found, repair})
	worst := []FindingState{Skipped, OK, Warning, Failed}
	if slices.Index(worst, state) > slices.Index(worst, d.State) {
		d.State = state
	}
}

// Diagnose makes every check of the workspace's connection, at Slack too, and
// keeps what it finds as Check does: looking may already mend it.
func (l *Line) Diagnose(ctx context.Context, workspace string) (Diagnosis, error) {
	d := Diagnosis{State: OK}
	var w stanna.Workspace
	var c stanna.Connection
	connected := false
	err := l.store.View(ctx, func(tx *store.Tx) (err error) {
		if w, err = tx.Workspace(workspace); err != nil {
			return err
		}
		c, connected, err = tx.Connection(workspace)
		return err
	})
	if err != nil {
		return d, err
	}
	l.findApp(&d, connected)
	works := false
	switch {
	case !connected:
		d.add("connected", Failed, "Slack is not connected.", "An admin presses Connect on the Integrations page, or pastes a bot token there.")
		d.add("token", Skipped, "There is no token.", "")
	default:
		d.add("connected", OK, "Connected to the Slack workspace "+c.TeamName+" ("+c.TeamID+").", "")
		if c, works, err = l.findToken(ctx, &d, c); err != nil {
			return d, err
		}
	}
	findScopes(&d, c, connected)
	if err := l.findChannels(ctx, &d, w.Settings, c, works); err != nil {
		return d, err
	}
	if err := l.findTraffic(ctx, &d, workspace, c); err != nil {
		return d, err
	}
	l.findEvents(&d, connected)
	return d, nil
}
