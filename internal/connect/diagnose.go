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
	Team   string       `json:"team,omitempty"`   // the Slack team that it is about, where there are several
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
	d.keep(Finding{Check: check, State: state, Found: found, Repair: repair})
}

func (d *Diagnosis) keep(f Finding) {
	d.Checks = append(d.Checks, f)
	worst := []FindingState{Skipped, OK, Warning, Failed}
	if slices.Index(worst, f.State) > slices.Index(worst, d.State) {
		d.State = f.State
	}
}

// Diagnose makes every check of the workspace's connections, at Slack too, and
// keeps what it finds as Check does: looking may already mend it.
func (l *Line) Diagnose(ctx context.Context, workspace string) (Diagnosis, error) {
	d := Diagnosis{State: OK}
	var w stanna.Workspace
	var lines []stanna.Connection
	err := l.store.View(ctx, func(tx *store.Tx) (err error) {
		if w, err = tx.Workspace(workspace); err != nil {
			return err
		}
		lines, err = tx.Connections(workspace)
		return err
	})
	if err != nil {
		return d, err
	}
	l.findApp(&d, len(lines) > 0)
	if len(lines) == 0 {
		d.add("connected", Failed, "Slack is not connected.", "An admin presses Connect on the Integrations page, or pastes a bot token there.")
		d.add("token", Skipped, "There is no token.", "")
		d.add("scopes", Skipped, "Nothing was granted yet.", "")
		if err := l.findChannels(ctx, &d, w.Settings, stanna.Connection{}, false); err != nil {
			return d, err
		}
		d.add("rule_channels", Skipped, "There is no team to look at channels in.", "")
	}
	for _, c := range lines {
		own := Diagnosis{}
		if err := l.findTeam(ctx, &own, w.Settings, c); err != nil {
			return d, err
		}
		for _, f := range own.Checks {
			if len(lines) > 1 {
				f.Team, f.Found = c.TeamID, c.Name()+": "+f.Found
			}
			d.keep(f)
		}
	}
	var stranded []stanna.Destination
	err = l.store.View(ctx, func(tx *store.Tx) (err error) { stranded, err = strandedPlaces(tx, workspace); return err })
	if err != nil {
		return d, err
	}
	if n := len(stranded); n > 0 {
		d.add("stranded", Failed, "Rules, routes or digests send to "+placesCount(n)+" in a Slack workspace that is not connected: "+string(stranded[0])+".",
			"Connect that one again, or choose other channels. What waits for it is told when it is connected.")
	}
	if err := l.findTraffic(ctx, &d, workspace, lines); err != nil {
		return d, err
	}
	l.findEvents(&d, len(lines) > 0)
	return d, nil
}

// findTeam makes the checks of one team.
func (l *Line) findTeam(ctx context.Context, d *Diagnosis, s stanna.Settings, c stanna.Connection) error {
	d.add("connected", OK, "Connected to the Slack workspace "+c.TeamName+" ("+c.TeamID+").", "")
	c, works, err := l.findToken(ctx, d, c)
	if err != nil {
		return err
	}
	findScopes(d, c)
	if c.Home {
		if err := l.findChannels(ctx, d, s, c, works); err != nil {
			return err
		}
	}
	return l.findRuleChannels(ctx, d, s, c)
}
