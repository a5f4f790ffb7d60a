package connect

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// directoryAge is how long it takes until an e-mail is looked up again.
const directoryAge = 24 * time.Hour

// Directory looks up in Slack who those are that may be told something, by
// e-mail: account owners, followers, who stands in for them, and whom a rule
// names; those of whom nothing is known for a day. It says how many it looked
// up. When Slack asks to wait it stops, and the next call goes on. Without the
// permission it does nothing.
func (l *Line) Directory(ctx context.Context, workspace string) (looked int, err error) {
	crew, err := l.crew(ctx, workspace)
	if err != nil || len(crew) == 0 {
		return 0, err
	}
	var wanted []string
	err = l.store.View(ctx, func(tx *store.Tx) (err error) {
		wanted, err = tx.WantedPeople(workspace, l.now().Add(-directoryAge))
		return err
	})
	if err != nil {
		return 0, err
	}
	return l.lookUp(ctx, crew, wanted)
}

// Meet looks up in Slack those of whom nothing is known for a day, because
// somebody has just named them. Without a connection or the permission it does
// nothing.
func (l *Line) Meet(ctx context.Context, workspace string, emails ...string) error {
	crew, err := l.crew(ctx, workspace)
	if errors.Is(err, NotConnected) || errors.Is(err, NeedsRepair) {
		return nil
	}
	if err != nil || len(crew) == 0 {
		return err
	}
	var strangers []string
	err = l.store.View(ctx, func(tx *store.Tx) error {
		strangers = nil
		for _, email := range emails {
			email = strings.ToLower(strings.TrimSpace(email))
			p, known, err := tx.Person(workspace, email)
			if err != nil {
				return err
			}
			if email != "" && (!known || l.now().Sub(p.SeenAt) >= directoryAge) {
				strangers = append(strangers, email)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = l.lookUp(ctx, crew, strangers)
	return err
}

// crew are the connections that people are looked up through: those that may,
// the home first. Somebody who is in several teams is told in the first.
func (l *Line) crew(ctx context.Context, workspace string) (crew []stanna.Connection, err error) {
	list, err := l.connections(ctx, workspace)
	for _, c := range list {
		if !c.Has("users:read") || !c.Has("users:read.email") {
			continue
		}
		if c, err = l.Token(ctx, workspace, c.TeamID); err != nil {
			return nil, err // who is not in the others may be in this one
		}
		crew = append(crew, c)
	}
	return crew, err
}

func (l *Line) lookUp(ctx context.Context, crew []stanna.Connection, emails []string) (looked int, err error) {
	for _, email := range emails {
		p, err := l.person(ctx, crew, email)
		if err != nil {
			return looked, err
		}
		if err := l.store.Update(ctx, func(tx *store.Tx) error { return tx.PutPerson(p) }); err != nil {
			return looked, err
		}
		looked++
	}
	return looked, nil
}

// person asks Slack for one e-mail, team after team. Nobody we could tell
// something is a person without a SlackID.
func (l *Line) person(ctx context.Context, crew []stanna.Connection, email string) (p stanna.Person, err error) {
	for i := range crew {
		c := &crew[i]
		p = stanna.Person{Workspace: c.Workspace, Email: email, SeenAt: l.now()}
		var u slack.User
		err := l.ask(ctx, c, func(ctx context.Context, client *slack.Client) (err error) {
			u, err = client.LookupEmail(ctx, email)
			return err
		})
		if o, ok := slack.OutcomeOf(err); ok && !isRefusal(err, NeedsRepair) {
			switch o.Class {
			case slack.ClassDestination, slack.ClassRequest, slack.ClassOther:
				continue // nobody has it, or it is no e-mail address at all
			}
		}
		if err != nil {
			return p, err
		}
		if reachable(u, *c) {
			p.SlackID, p.TeamID, p.Name = u.ID, c.TeamID, u.Name
			return p, nil
		}
	}
	return p, nil
}

// reachable says whether somebody is a colleague. In an organisation a person
// may belong to a sister workspace, or to the organisation itself.
func reachable(u slack.User, c stanna.Connection) bool {
	ours := u.TeamID == "" || u.TeamID == c.TeamID || c.EnterpriseID != ""
	return ours && !u.Deleted && !u.IsBot && !u.Stranger
}
