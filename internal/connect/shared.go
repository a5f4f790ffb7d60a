package connect

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// recent is how old what is known of a channel may be when something is told
// there: somebody may have shared it with another company meanwhile. Asking is
// of Slack's tier 3, about 50 a minute for all channels.
const recent = 10 * time.Minute

// Recent is a channel as it was within the last ten minutes, as far as Slack
// says so in time: when it cannot be asked, what is known must do. A person is
// no channel.
func (l *Line) Recent(ctx context.Context, workspace string, d stanna.Destination) (stanna.Channel, error) {
	team, id, _ := d.Slack()
	known := stanna.Channel{Workspace: workspace, TeamID: team, ID: id, Health: stanna.Healthy}
	if !channelID.MatchString(id) {
		return known, nil
	}
	seen := false
	var settings stanna.Settings
	err := l.store.View(ctx, func(tx *store.Tx) error {
		ch, ok, err := tx.Channel(workspace, team, id)
		if err != nil {
			return err
		}
		if ok {
			known, seen = ch, true
		}
		w, err := tx.Workspace(workspace)
		settings = w.Settings
		return err
	})
	if err != nil {
		return known, err
	}
	if !seen || l.now().Sub(known.SeenAt) >= recent {
		if c, err := l.Token(ctx, workspace, team); err == nil { // without one, the call that follows says what is wrong
			if ch, err := l.lookAt(ctx, &c, id); err == nil {
				known = ch
			}
		}
	}
	if why := settings.KeepsFrom(known); why != "" {
		known.Health, known.Repair = stanna.Broken, why
	}
	return known, nil
}
