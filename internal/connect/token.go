package connect

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
)

// A token is renewed this long before it ends, and used for anything begun
// while it has at least this long to live.
const (
	renewBefore = 10 * time.Minute
	stillGood   = 30 * time.Second
)

// Token is the workspace's connection to a team ("" is its home) with a token that may be used now. Its
// errors carry a [slack.Outcome]: permanent when a person must act (see
// NotConnected, NeedsRepair), retry when the token is not ready (NotNow).
func (l *Line) Token(ctx context.Context, workspace, team string) (stanna.Connection, error) {
	c, err := l.connection(ctx, workspace, team)
	if err != nil {
		return c, err
	}
	if c.Health == stanna.Broken {
		return c, needsRepair(c)
	}
	return l.fresh(ctx, c, distrust{})
}

// TokenExpired is told that Slack called the token expired; it is renewed,
// unless that was done a moment ago.
func (l *Line) TokenExpired(ctx context.Context, workspace, team string) error {
	c, err := l.connection(ctx, workspace, team)
	if err != nil {
		return err
	}
	_, err = l.fresh(ctx, c, distrust{expired: true})
	return err
}

// distrust is why a token should be renewed although its time is not over.
type distrust struct {
	token   stanna.Secret // Slack refused this one
	expired bool          // Slack refused one, and nobody knows which
}

func (d distrust) of(c stanna.Connection) bool {
	return d.expired || d.token != "" && d.token == c.AccessToken
}

// aging says whether a connection's token should be renewed for its age.
func aging(c stanna.Connection, now time.Time) bool {
	return !c.ExpiresAt.IsZero() && c.ExpiresAt.Before(now.Add(renewBefore))
}

// usable says whether a token that should be renewed will do for now.
func usable(c stanna.Connection, d distrust, now time.Time) bool {
	return c.Health != stanna.Broken && !d.of(c) && (c.ExpiresAt.IsZero() || c.ExpiresAt.After(now.Add(stillGood)))
}

// fresh is c with a token that may be used, renewed if need be. The renewal
// goes on without a caller who cannot wait, so that it is never cut off half
// way; all who ask for the same in this process share one.
func (l *Line) fresh(ctx context.Context, c stanna.Connection, d distrust) (stanna.Connection, error) {
	if !d.of(c) && !aging(c, l.now()) {
		return c, nil
	}
	key := "token/" + c.Workspace + "/" + c.TeamID
	if d.expired || d.token != "" {
		key += "/" + digest(d.token.Reveal())
	}
	flight := l.flights.DoChan(key, func() (any, error) {
		if !l.enter() {
			return c, errClosing
		}
		defer l.tasks.Done()
		ctx, cancel := context.WithTimeout(context.Background(), renewTime)
		defer cancel()
		return l.renew(ctx, c, d)
	})
	select {
	case r := <-flight:
		fresh, _ := r.Val.(stanna.Connection)
		return fresh, r.Err
	case <-ctx.Done():
		return c, notNow("The Slack token is being renewed. Try again in a moment.", time.Second)
	}
}

// ask makes a call with the connection's token, once more with a new one if
// Slack calls it expired, and breaks the connection if Slack says that it is
// over. c is the connection as it is afterwards.
func (l *Line) ask(ctx context.Context, c *stanna.Connection, call func(context.Context, *slack.Client) error) error {
	err := l.once(ctx, *c, call)
	if classOf(err) == slack.ClassToken {
		renewed, rerr := l.fresh(ctx, *c, distrust{token: c.AccessToken})
		if rerr != nil {
			return rerr
		}
		*c = renewed
		err = l.once(ctx, *c, call)
	}
	if o, _ := slack.OutcomeOf(err); o.Class == slack.ClassConnection || o.Class == slack.ClassToken {
		return l.noteBroken(ctx, *c, o, err)
	}
	return err
}

func (l *Line) once(ctx context.Context, c stanna.Connection, call func(context.Context, *slack.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return call(ctx, l.client(c))
}

func classOf(err error) slack.Class {
	o, _ := slack.OutcomeOf(err)
	return o.Class
}
