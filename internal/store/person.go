package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

const personColumns = `workspace, email, slack_id, team_id, name, seen_at, habits`

func scanPerson(s scanner) (stanna.Person, error) {
	var p stanna.Person
	var seen int64
	var habits string
	if err := s.Scan(&p.Workspace, &p.Email, &p.SlackID, &p.TeamID, &p.Name, &seen, &habits); err != nil {
		return p, err
	}
	p.SeenAt = fromMicros(seen)
	if habits == "{}" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(habits), &p.Habits); err != nil {
		return p, fmt.Errorf("habits of a person: %w", err)
	}
	return p, nil
}

// Person looks an e-mail up in the directory.
func (tx *Tx) Person(workspace, email string) (stanna.Person, bool, error) {
	return one(tx, scanPerson, `select `+personColumns+` from person where workspace = $1 and email = $2`, workspace, strings.ToLower(email))
}

// People is the directory of a workspace, by e-mail.
func (tx *Tx) People(workspace string) (map[string]stanna.Person, error) {
	list, err := collect(tx, scanPerson, `select `+personColumns+` from person where workspace = $1`, workspace)
	people := make(map[string]stanna.Person, len(list))
	for _, p := range list {
		people[p.Email] = p
	}
	return people, err
}

// PutPerson stores what Slack said about an e-mail. The person's habits stay
// as they are. The workspace's version rises when Slack knows them by another
// id or name than before.
func (tx *Tx) PutPerson(p stanna.Person) error {
	old, _, err := tx.Person(p.Workspace, p.Email)
	if err != nil {
		return err
	}
	if old.SlackID != p.SlackID || old.TeamID != p.TeamID || old.Name != p.Name {
		if err := tx.raise(p.Workspace); err != nil {
			return err
		}
	}
	_, err = tx.exec(`insert into person (workspace, email, slack_id, team_id, name, seen_at) values ($1, $2, $3, $4, $5, $6)
		on conflict (workspace, email) do update set slack_id = excluded.slack_id, team_id = excluded.team_id, name = excluded.name, seen_at = excluded.seen_at`,
		p.Workspace, strings.ToLower(p.Email), p.SlackID, p.TeamID, p.Name, micros(p.SeenAt))
	return err
}

// PutHabits stores what a person has set, whether Slack knows them or not, and
// raises the workspace's version.
func (tx *Tx) PutHabits(workspace, email string, h stanna.Habits) error {
	if err := tx.raise(workspace); err != nil {
		return err
	}
	h.Deputy, h.Manager = strings.ToLower(h.Deputy), strings.ToLower(h.Manager)
	habits, err := json.Marshal(h)
	if err != nil {
		return err
	}
	_, err = tx.exec(`insert into person (workspace, email, slack_id, name, seen_at, habits) values ($1, $2, '', '', 0, $3)
		on conflict (workspace, email) do update set habits = excluded.habits`, workspace, strings.ToLower(email), string(habits))
	return err
}

// ForgetPeople forgets whom the e-mails belong to in a team that is no longer
// connected. What people have set stays. It raises the workspace's version.
func (tx *Tx) ForgetPeople(c stanna.Connection) error {
	if err := tx.raise(c.Workspace); err != nil {
		return err
	}
	const theirs = ` where workspace = $1 and (team_id = $2 or team_id = '' and $3)`
	if _, err := tx.exec(`delete from person`+theirs+` and habits = '{}'`, c.Workspace, c.TeamID, c.Home); err != nil {
		return err
	}
	_, err := tx.exec(`update person set slack_id = '', team_id = '', name = '', seen_at = 0`+theirs, c.Workspace, c.TeamID, c.Home)
	return err
}

// SeekPeople has those looked up anew whom no team knew: another one may.
func (tx *Tx) SeekPeople(workspace string) error {
	_, err := tx.exec(`update person set seen_at = 0 where workspace = $1 and slack_id = ''`, workspace)
	return err
}

// WantedPeople lists the e-mails of those who may be told something and were
// not looked up since then: account owners and followers, who stands in for
// somebody, and whom a rule or the routing table names.
func (tx *Tx) WantedPeople(workspace string, since time.Time) ([]string, error) {
	emails, err := collect(tx, value[string], `select csm_owner from client where workspace = $1 and csm_owner <> ''
		union select email from follow where workspace = $1`, workspace)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	want := func(emails ...string) {
		for _, e := range emails {
			wanted[strings.ToLower(e)] = true
		}
	}
	want(emails...)
	named, err := tx.namedPeople(workspace)
	if err != nil {
		return nil, err
	}
	want(named...)
	people, err := tx.People(workspace)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		want(p.Deputy, p.Manager)
	}
	for _, p := range people {
		if !p.SeenAt.Before(since) {
			delete(wanted, p.Email)
		}
	}
	delete(wanted, "")
	return slices.Sorted(maps.Keys(wanted)), nil
}

// namedPeople lists the e-mails that are destinations of rules and of the
// routing table.
func (tx *Tx) namedPeople(workspace string) (emails []string, err error) {
	rules, err := tx.Rules(workspace)
	if err != nil {
		return nil, err
	}
	lines, _, err := tx.Routing(workspace)
	if err != nil {
		return nil, err
	}
	var all []stanna.Destination
	for _, r := range rules {
		all = slices.Concat(all, r.Destinations, r.Outside.To)
		for _, step := range r.Escalation {
			all = append(all, step.To...)
		}
	}
	for _, l := range lines {
		all = append(all, l.To...)
	}
	for _, d := range all {
		if email, ok := d.Person(); ok {
			emails = append(emails, email)
		}
	}
	return emails, nil
}
