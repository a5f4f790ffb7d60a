package connect

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// reading is a reading of the channel list under way: all public channels,
// then all private ones. They are asked for apart, since a missing permission
// for one kind would refuse both. With its String it is kept in the store,
// to be gone on with by whoever comes next.
type reading struct {
	kind   slack.ChannelKind // "" when it is complete
	begun  time.Time         // channels that were not seen since then are gone
	cursor string
}

func newReading(now time.Time) reading { return reading{kind: slack.PublicChannels, begun: now} }

// after is the reading after a page that named the next cursor.
func (r reading) after(next string, c stanna.Connection) reading {
	switch {
	case next != "" && next != r.cursor:
		r.cursor = next
	case r.kind == slack.PublicChannels && c.Has("groups:read"):
		r.kind, r.cursor = slack.PrivateChannels, ""
	default:
		r.kind, r.cursor = "", ""
	}
	return r
}

func (r reading) String() string {
	return string(r.kind) + " " + strconv.FormatInt(r.begun.UnixMicro(), 10) + " " + r.cursor
}

// parseReading reads what String wrote; ok is false for anything else, and
// then the reading begins anew.
func parseReading(text string) (r reading, ok bool) {
	parts := strings.SplitN(text, " ", 3)
	if len(parts) != 3 {
		return r, false
	}
	begun, err := strconv.ParseInt(parts[1], 10, 64)
	r = reading{kind: slack.ChannelKind(parts[0]), begun: time.UnixMicro(begun).UTC(), cursor: parts[2]}
	return r, err == nil && (r.kind == slack.PublicChannels || r.kind == slack.PrivateChannels)
}

// readingLease is how long a replica may take over one page.
const readingLease = time.Minute

// readingGate names the row that says who reads the channels of a team, or
// that Slack asked to wait with it.
func readingGate(c stanna.Connection) string { return "channels:" + c.Workspace + "/" + c.TeamID }

// takeUp begins a reading or goes on with one, if nobody else is at it.
func (l *Line) takeUp(ctx context.Context, c stanna.Connection) (r reading, err error) {
	err = l.store.Update(ctx, func(tx *store.Tx) error {
		if _, ok, err := tx.LockConnection(c.Workspace, c.TeamID); err != nil {
			return err
		} else if !ok {
			return notConnected()
		}
		g, err := tx.Gate(readingGate(c))
		if err != nil {
			return err
		}
		now := l.now()
		if wait := g.NotBefore.Sub(now); wait > 0 {
			why := "Slack asked to wait with it"
			if g.Holder != "" {
				why = "it is being read already"
			}
			return notNow(fmt.Sprintf("The list of channels cannot be read now: %s. Try again in %s.", why, wait.Round(time.Second)), wait)
		}
		text, _, err := tx.ChannelSync(c.TeamID)
		if err != nil {
			return err
		}
		var ok bool
		if r, ok = parseReading(text); !ok {
			r = newReading(now)
		}
		g.Holder, g.NotBefore = l.id, now.Add(readingLease)
		return tx.PutGate(g)
	})
	return r, err
}

// putDown ends a reading of ours before its end, for whatever cause: who comes
// next goes on with it at once, or when Slack says so. A replica that stops in
// the midst of one does this too, though its context has ended.
func (l *Line) putDown(ctx context.Context, c stanna.Connection, cause error) error {
	err := l.store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		g, err := tx.Gate(readingGate(c))
		if err != nil || g.Holder != l.id {
			return err
		}
		free := store.Gate{Name: g.Name}
		if o, _ := slack.OutcomeOf(cause); o.Kind == slack.Retry && o.After > 0 {
			free.NotBefore = l.now().Add(o.After)
		}
		return tx.PutGate(free)
	})
	if err != nil {
		return errors.Join(cause, err)
	}
	return cause
}
