package connect

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// settling is how long after an installation a verdict on the connection may
// still be one on the token before it. No call that a lane makes takes longer.
const settling = 10 * time.Second

// MarkBroken notes, in the transaction of whoever met the trouble, that the
// workspace's connection to a team does not work until a person does what
// repair says, and stops its lanes. The caller pauses the lane that they hold.
//
// Right after an installation the trouble may be that of the token before:
// then nothing is marked, and the new token is tried instead.
func (l *Line) MarkBroken(tx *store.Tx, workspace, team, repair string, now time.Time) error {
	c, ok, err := tx.LockConnection(workspace, team)
	if err != nil || !ok {
		return err
	}
	if c.Health == stanna.Healthy && now.Sub(c.InstalledAt) < settling {
		l.spawn("try a Slack token just received", workspace, func(ctx context.Context) error { return l.tryAgain(ctx, c) })
		return nil
	}
	_, err = breakLine(tx, c, fault{repair: repair, actor: stanna.ActorSystem, action: "slack.broken"}, now)
	return err
}

// tryAgain tries the token and, if it works, starts the lanes. It waits for
// the transaction of whoever holds a lane and is about to pause it.
func (l *Line) tryAgain(ctx context.Context, c stanna.Connection) error {
	c, err := l.checkToken(ctx, c)
	if err != nil {
		return err
	}
	return l.store.Update(ctx, func(tx *store.Tx) error { return tx.PauseTeam(c.Workspace, c.TeamID, "") })
}

// fault is why a connection is broken, and who says so.
type fault struct {
	repair, actor, action string
	details               map[string]string
}

// breakLine marks a connection broken and stops its lanes. used is the
// connection as it was when the trouble was met: if the stored one has
// another token by now, the trouble is not its own. It says whether anything
// changed.
func breakLine(tx *store.Tx, used stanna.Connection, f fault, now time.Time) (bool, error) {
	c, ok, err := tx.LockConnection(used.Workspace, used.TeamID)
	if err != nil || !ok || c.AccessToken != used.AccessToken {
		return false, err
	}
	was := c.Health
	if was == stanna.Broken && c.Repair == f.repair {
		return false, nil
	}
	c.Health, c.Repair, c.CheckedAt = stanna.Broken, f.repair, now
	if err := tx.PutConnection(c); err != nil {
		return false, err
	}
	if was == stanna.Broken {
		return false, nil
	}
	if err := tx.PauseTeam(c.Workspace, c.TeamID, stanna.ReasonPaused); err != nil {
		return false, err
	}
	e := entry(c.Workspace, now, f.actor, f.action, c.TeamID, f.details)
	e.Reason = stanna.ReasonPaused
	if err := tx.Audit(e); err != nil {
		return false, err
	}
	return true, tellBroken(tx, c, f.details["code"], now)
}

// MarkHealthy notes that the workspace's connection to a team works, and starts
// its lanes if they stood still for it.
func (l *Line) MarkHealthy(tx *store.Tx, workspace, team string, now time.Time) error {
	c, ok, err := tx.ConnectionTo(workspace, team)
	if err != nil || !ok {
		return err
	}
	return mendLine(tx, c, now, func(*stanna.Connection) {})
}

// mendLine stores what was learned of a connection that works. used is as in
// breakLine.
func mendLine(tx *store.Tx, used stanna.Connection, now time.Time, learn func(*stanna.Connection)) error {
	before, ok, err := tx.ConnectionTo(used.Workspace, used.TeamID)
	if err != nil || !ok || before.AccessToken != used.AccessToken {
		return err
	}
	paused, err := tx.PausedLanes(used.Workspace, used.TeamID)
	if err != nil {
		return err
	}
	// Lanes before the connection, as whoever works one.
	if before.Health == stanna.Broken || paused[stanna.ReasonPaused]+paused[stanna.ReasonNotConnected] > 0 {
		if err := tx.PauseTeam(before.Workspace, before.TeamID, ""); err != nil {
			return err
		}
	}
	c, ok, err := tx.LockConnection(used.Workspace, used.TeamID)
	if err != nil || !ok || c.AccessToken != used.AccessToken {
		return err
	}
	was, since := c.Health, c.CheckedAt
	learn(&c)
	c.Health, c.Repair, c.CheckedAt = stanna.Healthy, "", now
	if err := tx.PutConnection(c); err != nil || was != stanna.Broken {
		return err
	}
	if err := tx.Audit(entry(c.Workspace, now, stanna.ActorSystem, "slack.mended", c.TeamID, nil)); err != nil {
		return err
	}
	return tellRestored(tx, c, since, now)
}

// noteBroken is breakLine in a transaction of its own. It gives the error for
// the caller.
func (l *Line) noteBroken(ctx context.Context, c stanna.Connection, o slack.Outcome, cause error) error {
	f := fault{repair: repairOf(o), actor: stanna.ActorSystem, action: "slack.broken", details: map[string]string{"code": o.Code}}
	err := l.store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		if _, err := breakLine(tx, c, f, l.now()); err != nil {
			return err
		}
		return giveBack(tx, c, l.id)
	})
	if err != nil {
		return err
	}
	if cause != nil {
		return refuse(NeedsRepair, stanna.Conflict, cause.Error(), cause)
	}
	c.Repair = f.repair
	return needsRepair(c)
}

// giveBack ends our lease on the refreshing, if we have it.
func giveBack(tx *store.Tx, c stanna.Connection, id string) error {
	g, err := tx.Gate(refreshGate(c))
	if err != nil || g.Holder != id {
		return err
	}
	g.Holder, g.NotBefore = "", time.Time{}
	return tx.PutGate(g)
}

func repairOf(o slack.Outcome) string {
	if o.Repair != "" {
		return o.Repair
	}
	return "Slack refuses this connection (" + o.Code + "). An admin connects Slack again on the Integrations page."
}
