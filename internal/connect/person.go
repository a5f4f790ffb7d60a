package connect

import (
	"context"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Person finds somebody in Slack by e-mail, now, because a person wants to
// tell them something. Who was found within a day is not asked for again.
// Without a SlackID nobody there has that address.
func (l *Line) Person(ctx context.Context, workspace, email string) (p stanna.Person, err error) {
	email = strings.ToLower(strings.TrimSpace(email))
	crew, err := l.crew(ctx, workspace)
	if err != nil {
		return p, err
	}
	known := false
	if err := l.store.View(ctx, func(tx *store.Tx) (err error) { p, known, err = tx.Person(workspace, email); return err }); err != nil {
		return p, err
	}
	if known && p.SlackID != "" && p.TeamID != "" && l.now().Sub(p.SeenAt) < directoryAge {
		return p, nil
	}
	if len(crew) == 0 {
		return p, refuse(NeedsRepair, stanna.Conflict,
			"people are not looked up in Slack: connect Slack again with account owners switched on (users:read, users:read.email)", nil)
	}
	found, err := l.person(ctx, crew, email)
	if err != nil {
		return p, err
	}
	return found, l.store.Update(ctx, func(tx *store.Tx) error { return tx.PutPerson(found) })
}
