package api

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// personView is somebody who may be told, or who stands in for them.
type personView struct {
	Email   string        `json:"email"`
	Name    string        `json:"name"`
	Role    *stanna.Role  `json:"role" enum:"admin,director,csm,leadership" doc:"null: not a member of the workspace"`
	InSlack *bool         `json:"inSlack" doc:"Slack knows the e-mail address; null: it was not asked yet"`
	SlackID *string       `json:"slackId"`
	Deputy  *string       `json:"deputy" doc:"Who stands in while they are away or not in Slack"`
	Manager *string       `json:"manager" doc:"Told when the deputy cannot be"`
	Away    *awayView     `json:"away" doc:"null: they are here"`
	IsAway  bool          `json:"isAway" doc:"Now"`
	Hours   *stanna.Hours `json:"hours" doc:"Their own; null: the workspace's"`

	Timezone *string     `json:"timezone" doc:"IANA name; null: the workspace's"`
	Locale   *string     `json:"locale" doc:"BCP 47: the language and the figures of their direct messages; null: the workspace's"`
	Budget   *int        `json:"budget" doc:"Direct messages that they take in a day, the rest waits for their digest; 0: no limit, null: the workspace's"`
	Digest   *digestView `json:"digest" doc:"When their own digest comes; null: with the workspace's"`

	Follows []string `json:"follows,omitempty" doc:"Accounts that they follow; in the answer about one person"`
}

type awayView struct {
	From  time.Time  `json:"from"`
	Until *time.Time `json:"until,omitempty" doc:"Without it: until they say so"`
}

func viewPerson(p stanna.Person, role stanna.Role, now time.Time) personView {
	view := personView{Email: p.Email, Name: p.Name, SlackID: known(p.SlackID), Deputy: known(p.Deputy), Manager: known(p.Manager), IsAway: p.Away(now), Hours: p.Hours,
		Timezone: known(p.Timezone), Locale: known(p.Locale), Budget: p.Budget}
	if p.Digest != nil {
		d := p.Digest.WithDefaults()
		view.Digest = &digestView{d.At, d.Days, d.WeeklyOn}
	}
	if role != "" {
		view.Role = &role
	}
	if !p.SeenAt.IsZero() {
		in := p.SlackID != ""
		view.InSlack = &in
	}
	if !p.AwayAt.IsZero() && (p.BackAt.IsZero() || p.BackAt.After(now)) {
		view.Away = &awayView{p.AwayAt.UTC(), moment(p.BackAt)}
	}
	return view
}

// colleagues are all who may be told something: members of the workspace,
// account owners, followers, and whom the policy names.
func (a *api) colleagues(tx *store.Tx, workspace string) (map[string]*personView, error) {
	now := a.Clock.Now(workspace)
	directory, err := tx.People(workspace)
	if err != nil {
		return nil, err
	}
	users, err := tx.Users(workspace)
	if err != nil {
		return nil, err
	}
	wanted, err := tx.WantedPeople(workspace, farAhead(now))
	if err != nil {
		return nil, err
	}
	team := map[string]*personView{}
	add := func(email, name string, role stanna.Role) {
		p := directory[email]
		p.Email, p.Name = email, cmp.Or(p.Name, name)
		view := viewPerson(p, role, now)
		team[email] = &view
	}
	for _, email := range wanted {
		add(email, "", "")
	}
	for email, p := range directory {
		if p.Habits != (stanna.Habits{}) {
			add(email, "", "")
		}
	}
	for _, u := range users {
		add(strings.ToLower(u.Email), u.Name, u.Roles[workspace])
	}
	return team, nil
}

type peopleOutput struct {
	Body struct {
		People []personView `json:"people" doc:"By e-mail"`
	}
}

func (a *api) listPeople(ctx context.Context, who auth.Caller, _ *struct{}) (*peopleOutput, error) {
	out := &peopleOutput{}
	out.Body.People = []personView{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		team, err := a.colleagues(tx, who.Workspace)
		for _, p := range team {
			out.Body.People = append(out.Body.People, *p)
		}
		slices.SortFunc(out.Body.People, func(x, y personView) int { return cmp.Compare(x.Email, y.Email) })
		return err
	})
}

type personOutput struct {
	Body struct {
		Person   personView       `json:"person"`
		Warnings []policy.Warning `json:"warnings"`
	}
}

type putPersonInput struct {
	Email string `path:"email" maxLength:"254" doc:"Their e-mail address"`
	Body  struct {
		Deputy  *string       `json:"deputy,omitempty" maxLength:"254" doc:"E-mail; empty for none"`
		Manager *string       `json:"manager,omitempty" maxLength:"254" doc:"E-mail; empty for none"`
		Away    *awayInput    `json:"away,omitempty" doc:"Switches away on; {\"back\": true} switches it off"`
		Hours   *stanna.Hours `json:"hours,omitempty" doc:"Their own working hours; an empty object goes back to the workspace's"`

		Timezone *string      `json:"timezone,omitempty" maxLength:"100" example:"America/Mexico_City" doc:"IANA name; empty for the workspace's"`
		Locale   *string      `json:"locale,omitempty" maxLength:"100" example:"es-MX" doc:"BCP 47; empty for the workspace's"`
		Budget   *int         `json:"budget,omitempty" doc:"Direct messages a day; 0: no limit, -1 goes back to the workspace's"`
		Digest   *digestInput `json:"digest,omitempty" doc:"When their own digest comes; an empty object goes back to the workspace's"`
	}
}

type awayInput struct {
	From  *time.Time `json:"from,omitempty" doc:"Now without it"`
	Until *time.Time `json:"until,omitempty" doc:"Without it: until they say so"`
	Back  bool       `json:"back,omitempty" doc:"They are here again"`
}

// putPerson changes what it names. A csm sets their own, an admin or director
// anybody's.
func (a *api) putPerson(ctx context.Context, who auth.Caller, in *putPersonInput) (*personOutput, error) {
	email := cleanEmail(in.Email)
	if who.OwnAccountsOnly() && email != who.Email {
		return nil, stanna.Errorf(stanna.Forbidden, "you may set what concerns yourself; ask a director or an admin for others")
	}
	now := a.Clock.Now(who.Workspace)
	if err := a.colleague(ctx, who.Workspace, email, "email"); err != nil && who.Kind == auth.Person && email != who.Email {
		return nil, err
	}
	named := []string{email}
	for _, stands := range []*string{in.Body.Deputy, in.Body.Manager} {
		if stands != nil && policy.ValidEmail(cleanEmail(*stands)) {
			named = append(named, *stands)
		}
	}
	if policy.ValidEmail(email) {
		a.meet(ctx, who.Workspace, named...)
	}
	p, warnings, err := a.Policy.SetHabits(ctx, who.Workspace, actor(who), email, func(h *stanna.Habits) error {
		give(&h.Deputy, in.Body.Deputy)
		give(&h.Manager, in.Body.Manager)
		if away := in.Body.Away; away != nil {
			h.AwayAt, h.BackAt = time.Time{}, time.Time{}
			switch {
			case away.Back && (away.From != nil || away.Until != nil):
				return stanna.InvalidField("away.back", "goes with neither from nor until")
			case !away.Back:
				h.AwayAt = now
				give(&h.AwayAt, away.From)
				give(&h.BackAt, away.Until)
			}
		}
		if hours := in.Body.Hours; hours != nil {
			if h.Hours = hours; hours.Timezone == "" && len(hours.Windows)+len(hours.Holidays) == 0 {
				h.Hours = nil
			}
		}
		in.manner(h)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &personOutput{}
	out.Body.Person, out.Body.Warnings = viewPerson(p, "", now), all(warnings)
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		team, err := a.colleagues(tx, who.Workspace)
		if err != nil {
			return err
		}
		if whole := team[email]; whole != nil {
			out.Body.Person = *whole
		}
		out.Body.Person.Follows, err = tx.Following(who.Workspace, email)
		return err
	})
}

// manner sets how they are told.
func (in *putPersonInput) manner(h *stanna.Habits) {
	give(&h.Timezone, in.Body.Timezone)
	give(&h.Locale, in.Body.Locale)
	if budget := in.Body.Budget; budget != nil {
		if h.Budget = budget; *budget == -1 {
			h.Budget = nil
		}
	}
	if d := in.Body.Digest; d != nil {
		if *d == (digestInput{}) {
			h.Digest = nil
			return
		}
		var digest stanna.DigestTime
		if h.Digest != nil {
			digest = *h.Digest
		}
		give(&digest.At, d.At)
		give(&digest.Days, d.Days)
		give(&digest.WeeklyOn, d.WeeklyOn)
		h.Digest = &digest
	}
}
