package connect

import (
	"cmp"
	"context"
	"fmt"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// Disconnected says what became of the app at Slack.
type Disconnected struct {
	AtSlack  AtSlack
	Sentence string // for the person, with what is left to do
}

// AtSlack is what became of the app at Slack.
type AtSlack string

// The app was uninstalled (or had been before), or is left there: because its
// token was pasted, or because Slack did not uninstall it.
const (
	Uninstalled AtSlack = "uninstalled"
	LeftPasted  AtSlack = "left_pasted"
	LeftFailed  AtSlack = "left_failed"
)

// Disconnect ends the connection to a team ("" is the home): the app is uninstalled at Slack, the tokens
// and channels are forgotten, and the lanes stop, so that what waits is told
// when the team is connected again.
//
// A pasted token is forgotten and not revoked: it belongs to an app of the
// company's own, which may use it elsewhere. When Slack does not uninstall
// the app, the connection ends all the same, since that is what was asked,
// and the answer says what to do at Slack.
//
// The home stays while another team is connected and the default or the
// fallback channel is the home's: what is told there would be told nowhere.
func (l *Line) Disconnect(ctx context.Context, workspace, team, actor string) (Disconnected, error) {
	ctx = context.WithoutCancel(ctx) // half a farewell is worse than a late one
	c, err := l.connection(ctx, workspace, team)
	if err != nil {
		return Disconnected{}, err
	}
	if err := l.mayGo(ctx, c); err != nil {
		return Disconnected{}, err
	}
	d, code := l.uninstall(ctx, c)
	var stranded []stanna.Destination
	err = l.store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PauseTeam(workspace, c.TeamID, stanna.ReasonNotConnected); err != nil {
			return err
		}
		if err := tx.RemoveConnection(workspace, c.TeamID); err != nil {
			return err
		}
		if err := tx.ForgetPeople(c); err != nil {
			return err
		}
		if stranded, err = strandedPlaces(tx, workspace); err != nil {
			return err
		}
		details := map[string]string{"atSlack": string(d.AtSlack)}
		if code != "" {
			details["code"] = code
		}
		return tx.Audit(entry(workspace, l.now(), actor, "slack.disconnected", c.TeamID, details))
	})
	if n := len(stranded); n > 0 {
		d.Sentence += fmt.Sprintf(" What rules, routes or digests send there (%s) waits until it is connected again; choose other channels for them.", placesCount(n))
	}
	return d, err
}

// mayGo refuses to let the home go while it is needed.
func (l *Line) mayGo(ctx context.Context, c stanna.Connection) error {
	var w stanna.Workspace
	var list []stanna.Connection
	err := l.store.View(ctx, func(tx *store.Tx) (err error) {
		if w, err = tx.Workspace(c.Workspace); err == nil {
			list, err = tx.Connections(c.Workspace)
		}
		return err
	})
	if err == nil && c.Home && len(list) > 1 && cmp.Or(w.Settings.DefaultChannel, w.Settings.FallbackChannel) != "" {
		err = refuse(HomeNeeded, stanna.Conflict, "The default channel is in "+c.Name()+". Choose one in "+list[1].Name()+" first, or disconnect that one before.", nil)
	}
	return err
}

// uninstall removes the app at Slack, as far as that can be done.
func (l *Line) uninstall(ctx context.Context, c stanna.Connection) (d Disconnected, code string) {
	const byHand = " Remove it in Slack under Tools, Manage apps, if it is not wanted there any more."
	if c.InstalledBy == "" || !l.configured() {
		return Disconnected{LeftPasted, "Disconnected, and the token is forgotten. The app itself is yours and is still installed in Slack." + byHand}, ""
	}
	if renewed, err := l.fresh(ctx, c, distrust{}); err == nil {
		c = renewed
	}
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	err := l.app.Uninstall(call, c.AccessToken)
	if err == nil {
		return Disconnected{Uninstalled, "Disconnected, and the app is no longer in Slack."}, ""
	}
	o, _ := slack.OutcomeOf(err)
	return Disconnected{LeftFailed, "Disconnected, and the tokens are forgotten. But Slack did not uninstall the app (" + o.Code + ")." + byHand}, o.Code
}
