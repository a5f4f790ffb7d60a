package api

import (
	"context"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// anyDestination is where a rule, a line or a person sends: owner, somebody's
// e-mail address, a channel as it was typed, or a destination as it is shown.
func (a *api) anyDestination(ctx context.Context, workspace, typed, field string) (stanna.Destination, error) {
	typed = strings.TrimSpace(typed)
	d := stanna.Destination(typed)
	email, person := d.Person()
	switch {
	case strings.EqualFold(typed, string(stanna.ToOwner)):
		return stanna.ToOwner, nil
	case person:
		return stanna.ToPerson(email), nil
	case policy.ValidEmail(typed):
		return stanna.ToPerson(typed), nil
	case d.Direct():
		return d, nil
	}
	return a.destination(ctx, workspace, typed, field)
}

// asking is how long a change waits for Slack to say who somebody is.
const asking = 3 * time.Second

// meet has people looked up in Slack who have just been named, so that what is
// said of them is true. When Slack is slow they are looked up later.
func (a *api) meet(ctx context.Context, workspace string, emails ...string) {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	_ = a.Line.Meet(ctx, workspace, emails...) // the server looks them up again by itself
}

// placeNames are destinations as people call them.
type placeNames map[stanna.Destination]string

func (a *api) placeNames(ctx context.Context, workspace string) (placeNames, error) {
	names := placeNames{stanna.ToOwner: "the account's owner"}
	return names, a.Store.View(ctx, func(tx *store.Tx) error {
		channels, err := tx.Channels(workspace)
		if err != nil {
			return err
		}
		for _, c := range channels {
			names[stanna.SlackChannel(c.TeamID, c.ID)] = "#" + c.Name
		}
		conn, _, err := tx.Connection(workspace)
		if err != nil {
			return err
		}
		people, err := tx.People(workspace)
		for _, p := range people {
			if to := p.Direct(conn.TeamID); to != "" {
				names[to] = p.Email
			}
		}
		return err
	})
}

func (n placeNames) of(d stanna.Destination) string {
	if name, ok := n[d]; ok {
		return name
	}
	if email, ok := d.Person(); ok {
		return email
	}
	return string(d)
}
