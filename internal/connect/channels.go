package connect

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// staleAfter is how old the list of channels may grow before looking at it
// has it read again.
const staleAfter = 15 * time.Minute

// Channels lists the channels of the workspace's teams as last read, the oldest
// reading at syncedAt; stale says that they are being read anew, in the
// background. Private ones are among them when
// groups:read is granted: do not show their names to people who are not in
// them.
func (l *Line) Channels(ctx context.Context, workspace string) (list []stanna.Channel, syncedAt time.Time, stale bool, err error) {
	var old []stanna.Connection
	err = l.store.View(ctx, func(tx *store.Tx) error {
		lines, err := tx.Connections(workspace)
		if err == nil && len(lines) == 0 {
			err = notConnected()
		}
		if err != nil {
			return err
		}
		for i, c := range lines {
			_, at, err := tx.ChannelSync(c.TeamID)
			if err != nil {
				return err
			}
			if i == 0 || at.Before(syncedAt) {
				syncedAt = at
			}
			if l.now().Sub(at) > staleAfter {
				old = append(old, c)
			}
		}
		list, err = tx.Channels(workspace)
		return err
	})
	if err != nil {
		return nil, time.Time{}, false, err
	}
	for _, c := range old {
		if c.Health != stanna.Broken {
			l.spawn("read the channels of a Slack team", workspace, func(ctx context.Context) error {
				_, err, _ := l.flights.Do("channels/"+c.TeamID, func() (any, error) { return nil, l.readChannels(ctx, c) })
				if isRefusal(err, NotNow) {
					return nil // another replica reads them, or Slack asked to wait
				}
				return err
			})
		}
	}
	return list, syncedAt, len(old) > 0, nil
}

// SyncChannels reads the channels of the workspace's teams from where the last
// reading stopped. When Slack asks to wait, what was read stays, and the next
// call goes on there. Channels that are gone are forgotten after a complete
// reading only.
func (l *Line) SyncChannels(ctx context.Context, workspace string) error {
	return l.eachTeam(ctx, workspace, l.readChannels)
}

func (l *Line) readChannels(ctx context.Context, c stanna.Connection) error {
	c, err := l.Token(ctx, c.Workspace, c.TeamID)
	if err != nil {
		return err
	}
	r, err := l.takeUp(ctx, c)
	if err == nil {
		err = l.readOn(ctx, c, r)
	}
	if err != nil && !isRefusal(err, NotNow) {
		return l.putDown(ctx, c, err)
	}
	return err
}

// readOn reads page after page to the end of the list.
func (l *Line) readOn(ctx context.Context, c stanna.Connection, r reading) error {
	for beganAgain := false; r.kind != ""; {
		var page []stanna.Channel
		var next string
		err := l.ask(ctx, &c, func(ctx context.Context, client *slack.Client) (err error) {
			page, next, err = client.Channels(ctx, r.kind, c.TeamID, r.cursor)
			return err
		})
		o, _ := slack.OutcomeOf(err)
		switch {
		case err == nil:
			r = r.after(next, c)
		case o.Code == "invalid_cursor" && !beganAgain:
			// Cursors grow stale in hours.
			beganAgain, r = true, newReading(l.now())
			continue
		case o.Class == slack.ClassScope && r.kind == slack.PrivateChannels:
			r.kind, r.cursor = "", "" // the permission was taken away; the public ones are complete
		default:
			return err
		}
		if err := l.keepPage(ctx, c, r, page); err != nil {
			return err
		}
	}
	return nil
}

// keepPage stores a page and how far the reading has come.
func (l *Line) keepPage(ctx context.Context, c stanna.Connection, r reading, page []stanna.Channel) error {
	return l.store.Update(ctx, func(tx *store.Tx) error {
		now := l.now()
		if _, ok, err := tx.LockConnection(c.Workspace, c.TeamID); err != nil {
			return err
		} else if !ok {
			return notConnected()
		}
		// Another replica began the reading, and its clock may be ahead.
		seen := now
		if seen.Before(r.begun) {
			seen = r.begun
		}
		known := make(map[string]bool, len(page))
		var list []stanna.Channel
		for _, ch := range page {
			if !known[ch.ID] {
				known[ch.ID] = true
				ch.Workspace, ch.TeamID, ch.SeenAt = c.Workspace, c.TeamID, seen
				list = append(list, ch)
			}
		}
		if err := tx.SeeChannels(list...); err != nil {
			return err
		}
		gate := store.Gate{Name: readingGate(c)}
		if r.kind == "" {
			if err := tx.ForgetChannels(c.Workspace, c.TeamID, r.begun); err != nil {
				return err
			}
			if err := tx.PutChannelSync(c.TeamID, "", now); err != nil {
				return err
			}
			return tx.PutGate(gate)
		}
		_, complete, err := tx.ChannelSync(c.TeamID)
		if err != nil {
			return err
		}
		if err := tx.PutChannelSync(c.TeamID, r.String(), complete); err != nil {
			return err
		}
		gate.Holder, gate.NotBefore = l.id, now.Add(readingLease)
		return tx.PutGate(gate)
	})
}
