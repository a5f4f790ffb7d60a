package connect

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// A refresh token is good once, and no transaction may be open while Slack is
// called. So one replica takes a lease on the refreshing, in a transaction
// that holds the connection's row; it calls Slack; and it stores both new
// tokens, and with them gives the lease back, in a second transaction, before
// anybody uses them. If it dies in between, or Slack gives no answer, the
// next one tries the same refresh token again, which Slack takes for a short
// while.
//
// The lease is a row of the table gate, so that it needs no column of its
// own: Holder is the replica that refreshes, NotBefore the end of its lease
// (or, without a holder, of a pause after a failure), FilledAt when the
// tokens were renewed last.
const (
	renewTime  = 20 * time.Second // of one renewal, with the waiting for another's
	renewLease = 30 * time.Second // longer than a call and its writing down
	renewPoll  = 50 * time.Millisecond
	justNow    = time.Minute // a token renewed since then is not renewed again on hearsay
	maxPause   = time.Minute
)

func refreshGate(c stanna.Connection) string { return "refresh:" + c.Workspace + "/" + c.TeamID }

// claim is what a look at the lease came to.
type claim struct {
	conn   stanna.Connection
	state  claimState
	pause  time.Duration // of resting
	failed int           // refreshes in a row before this one
}

type claimState int

const (
	notDue  claimState = iota // the token is good
	ours                      // we refresh now
	theirs                    // another replica does
	resting                   // the last one failed; not yet
)

// renew sees to it that the connection's token is new enough.
func (l *Line) renew(ctx context.Context, of stanna.Connection, d distrust) (stanna.Connection, error) {
	for {
		c, err := l.claim(ctx, of, d)
		switch {
		case err != nil:
			return c.conn, err
		case c.state == notDue:
			return c.conn, nil
		case c.state == ours && c.conn.RefreshToken == "":
			return l.cannotRefresh(ctx, c.conn, d)
		case c.state == ours:
			return l.refresh(ctx, c, d)
		case usable(c.conn, d, l.now()):
			return c.conn, nil
		case c.state == resting:
			return c.conn, notNow("Slack did not renew the token; it is tried again.", c.pause)
		}
		select {
		case <-time.After(renewPoll):
		case <-ctx.Done():
			return c.conn, notNow("The Slack token is being renewed. Try again in a moment.", time.Second)
		}
	}
}

// claim takes the lease if the token is due and nobody has it.
func (l *Line) claim(ctx context.Context, of stanna.Connection, d distrust) (c claim, err error) {
	err = l.store.Update(ctx, func(tx *store.Tx) error {
		conn, ok, err := tx.LockConnection(of.Workspace, of.TeamID)
		if err == nil && !ok {
			err = notConnected()
		}
		if err != nil {
			return err
		}
		g, err := tx.Gate(refreshGate(of))
		if err != nil {
			return err
		}
		now := l.now()
		c = claim{conn: conn, failed: g.Failures}
		if d.expired && !g.FilledAt.IsZero() && now.Sub(g.FilledAt) < justNow {
			d.expired = false
		}
		switch {
		case !d.of(conn) && !aging(conn, now):
			return nil
		case !g.NotBefore.After(now):
			c.state = ours
			g.Holder, g.NotBefore = l.id, now.Add(renewLease)
			return tx.PutGate(g)
		case g.Holder != "":
			c.state = theirs
		default:
			c.state, c.pause = resting, g.NotBefore.Sub(now)
		}
		return nil
	})
	return c, err
}

// refresh calls Slack and stores what it answers.
func (l *Line) refresh(ctx context.Context, c claim, d distrust) (stanna.Connection, error) {
	call, cancel := context.WithTimeout(ctx, callTime)
	tokens, err := l.app.Refresh(call, c.conn.RefreshToken)
	cancel()
	if err != nil {
		return l.notRefreshed(ctx, c, d, err)
	}
	var conn stanna.Connection
	for wait := renewPoll; ; wait *= 2 {
		conn, err = l.keepTokens(ctx, c.conn, tokens)
		if err == nil || ctx.Err() != nil || classed(err) {
			return conn, err
		}
		l.log.Error("store a renewed Slack token; trying again, for it comes only once", "workspace", c.conn.Workspace, "team", c.conn.TeamID, "error", err)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// classed says whether an error is for a person, so that trying again is of
// no use.
func classed(err error) bool {
	code := stanna.CodeOf(err)
	return code != "" && code != stanna.Unavailable
}

// keepTokens stores new tokens, unless the app was installed anew meanwhile,
// in which case those of the installation stand.
func (l *Line) keepTokens(ctx context.Context, used stanna.Connection, tokens slack.Tokens) (c stanna.Connection, err error) {
	err = l.store.Update(ctx, func(tx *store.Tx) error {
		var ok bool
		if c, ok, err = tx.LockConnection(used.Workspace, used.TeamID); err == nil && !ok {
			err = notConnected()
		}
		if err != nil || c.RefreshToken != used.RefreshToken {
			return err
		}
		now := l.now()
		c.AccessToken, c.ExpiresAt = tokens.AccessToken, tokens.ExpiresAt(now)
		if tokens.RefreshToken != "" {
			c.RefreshToken = tokens.RefreshToken
		}
		if err := tx.PutConnection(c); err != nil {
			return err
		}
		if err := tx.PutGate(store.Gate{Name: refreshGate(c), FilledAt: now}); err != nil {
			return err
		}
		return tx.Audit(entry(c.Workspace, now, stanna.ActorSystem, "slack.token_renewed", c.TeamID, nil))
	})
	return c, err
}

// notRefreshed rests a while after a doubtful answer, and breaks the
// connection after a no. What the old token is still good for, it does.
func (l *Line) notRefreshed(ctx context.Context, c claim, d distrust, cause error) (stanna.Connection, error) {
	o, _ := slack.OutcomeOf(cause)
	if o.Kind == slack.Permanent {
		return c.conn, l.noteBroken(ctx, c.conn, o, cause)
	}
	pause := min(max(o.After, time.Second<<min(c.failed, 6)), maxPause)
	err := l.store.Update(ctx, func(tx *store.Tx) error {
		g, err := tx.Gate(refreshGate(c.conn))
		if err != nil || g.Holder != l.id {
			return err
		}
		g.Holder, g.NotBefore, g.Failures = "", l.now().Add(pause), c.failed+1
		return tx.PutGate(g)
	})
	if err != nil {
		return c.conn, err
	}
	l.log.Warn("renew a Slack token", "workspace", c.conn.Workspace, "team", c.conn.TeamID, "error", cause, "again", pause)
	if usable(c.conn, d, l.now()) {
		return c.conn, nil
	}
	return c.conn, notNow("Slack did not renew the token ("+o.Code+"); it is tried again.", pause)
}

// cannotRefresh is a token that ends, or was called expired, and came without
// a refresh token.
func (l *Line) cannotRefresh(ctx context.Context, c stanna.Connection, d distrust) (stanna.Connection, error) {
	if usable(c, d, l.now()) {
		return c, nil
	}
	o := slack.Outcome{Kind: slack.Permanent, Class: slack.ClassConnection, Code: "token_expired",
		Repair: "The token has expired and cannot be renewed. An admin connects Slack again on the Integrations page."}
	return c, l.noteBroken(ctx, c, o, nil)
}
