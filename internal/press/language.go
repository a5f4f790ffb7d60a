package press

import (
	"cmp"
	"context"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// localeAt is the language that whoever pressed reads: their own, as far as
// the directory knows them by their id in Slack, else that of the channel.
func localeAt(s stanna.Settings, people map[string]stanna.Person, p slack.Press, channel string) string {
	for _, x := range people {
		if x.SlackID == p.UserID && p.UserID != "" && x.Locale != "" && (x.TeamID == "" || x.TeamID == p.TeamID) {
			return x.Locale
		}
	}
	return s.LocaleAt(cmp.Or(p.ChannelID, channel))
}

// guess is how to speak to somebody whose press went no further: by the
// workspace of their team, or by the only one that there is. Without one, and
// while the database does not answer, in English.
func (d *Desk) guess(ctx context.Context, workspace string, p slack.Press) (s stanna.Settings) {
	err := d.Store.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Workspaces()
		if err != nil {
			return err
		}
		for _, w := range all {
			if w.ID != workspace && (workspace != "" || len(all) > 1) {
				continue
			}
			people, err := tx.People(w.ID)
			if err != nil {
				return err
			}
			s = w.Settings
			s.Locale = localeAt(s, people, p, "")
		}
		return nil
	})
	if err != nil {
		d.Log.Warn("look in which language to answer a press", "error", err)
	}
	return s
}
