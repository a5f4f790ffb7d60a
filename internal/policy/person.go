package policy

import (
	"context"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/store"
)

// Person is what is known of somebody.
func (k *Keeper) Person(ctx context.Context, workspace, email string) (p stanna.Person, err error) {
	err = k.Store.View(ctx, func(tx *store.Tx) error {
		p, err = person(tx, workspace, email)
		return err
	})
	return p, err
}

// person is somebody's row, or an empty one.
func person(tx *store.Tx, workspace, email string) (stanna.Person, error) {
	p, ok, err := tx.Person(workspace, email)
	if !ok {
		p = stanna.Person{Workspace: workspace, Email: strings.ToLower(email)}
	}
	return p, err
}

// SetHabits lets change have what a person has set, and stores what it makes
// of it: what is held for them is timed anew.
func (k *Keeper) SetHabits(ctx context.Context, workspace string, by intake.By, email string, change func(*stanna.Habits) error) (p stanna.Person, warnings []Warning, err error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if !ValidEmail(email) {
		return p, nil, stanna.InvalidField("email", "%q is no e-mail address", clip(email))
	}
	err = k.keep(ctx, workspace, by, func(e *edit) error {
		warnings = nil
		known, err := e.read()
		if err != nil {
			return err
		}
		if p, err = person(e.tx, workspace, email); err != nil {
			return err
		}
		h := p.Habits
		if err := change(&h); err != nil {
			return err
		}
		h.Deputy, h.Manager = strings.ToLower(strings.TrimSpace(h.Deputy)), strings.ToLower(strings.TrimSpace(h.Manager))
		if h.AwayAt.IsZero() && !h.BackAt.IsZero() {
			h.AwayAt = e.now
		}
		h.AwayAt, h.BackAt = plain(h.AwayAt), plain(h.BackAt)
		if err := known.checkHabits(email, h, p.Habits, e); err != nil {
			return err
		}
		if h.Locale != p.Locale {
			warnings = untold("locale", h.Locale)
		}
		for _, x := range []struct{ field, who string }{{"deputy", h.Deputy}, {"manager", h.Manager}} {
			if x.who != "" && known.connected() && !known.slackUser(x.who) {
				warnings = append(warnings, Warning{x.field, x.who + " is not in Slack by that address, or Slack was not asked yet; until then messages go on to the next who stands in"})
			}
		}
		e.looks = append(e.looks, looksOfPerson(p, h)...)
		p.Habits = h
		if err := e.tx.PutHabits(workspace, email, h); err != nil {
			return err
		}
		e.hold = true
		return e.audit("person.changed", email, nil)
	})
	return p, warnings, err
}

func (k *known) checkHabits(email string, h, before stanna.Habits, e *edit) error {
	// Two may stand in for each other: only one step is ever taken.
	for field, who := range map[string]string{"deputy": h.Deputy, "manager": h.Manager} {
		switch {
		case who == "":
		case !ValidEmail(who):
			return stanna.InvalidField(field, "%q is no e-mail address", clip(who))
		case who == email:
			return stanna.InvalidField(field, "cannot be the person themselves")
		}
	}
	switch {
	case !h.BackAt.IsZero() && !h.BackAt.After(h.AwayAt):
		return stanna.InvalidField("away.until", "must be after away.from")
	case !h.BackAt.IsZero() && !h.BackAt.After(e.now) && !h.BackAt.Equal(before.BackAt):
		return stanna.InvalidField("away.until", "is over already; leave away out for somebody who is here")
	case h.Hours != nil:
		if err := h.Hours.Validate("hours"); err != nil {
			return err
		}
	}
	return checkManner(h)
}

// Follow has a person told of what happens to a client, beside those whom the
// policy names; false takes it back. Doing it again changes nothing.
func (k *Keeper) Follow(ctx context.Context, workspace string, by intake.By, client, email string, follow bool) error {
	email = strings.ToLower(strings.TrimSpace(email))
	if !ValidEmail(email) {
		return stanna.InvalidField("email", "%q is no e-mail address; a program says whom it means", clip(email))
	}
	return k.Store.Update(ctx, func(tx *store.Tx) error {
		c, err := tx.Client(workspace, client)
		if err != nil {
			return err
		}
		if by.Sees != nil && !by.Sees(c.CSMOwner) {
			return stanna.Errorf(stanna.NotFound, "client not found")
		}
		action := "client.followed"
		if follow {
			err = tx.Follow(workspace, client, email, k.Clock.Real())
		} else {
			action, err = "client.unfollowed", tx.Unfollow(workspace, client, email)
		}
		if err != nil {
			return err
		}
		return tx.Audit(stanna.AuditEntry{Workspace: workspace, At: k.Clock.Real(), Actor: by.Actor, Action: action, Subject: client})
	})
}
