package policy

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// known is what a workspace has, to check a policy with.
type known struct {
	teams    []stanna.Connection // the home first
	rules    []stanna.Rule
	lines    []stanna.RouteLine
	version  int // of the lines
	people   map[string]stanna.Person
	users    []stanna.User
	complete store.Completeness
}

func (e *edit) read() (*known, error) {
	if e.known != nil {
		return e.known, nil
	}
	k, id, err := &known{}, e.workspace.ID, error(nil)
	if k.teams, err = e.tx.Connections(id); err != nil {
		return nil, err
	}
	if k.rules, err = e.tx.Rules(id); err != nil {
		return nil, err
	}
	if k.lines, k.version, err = e.tx.Routing(id); err != nil {
		return nil, err
	}
	if k.people, err = e.tx.People(id); err != nil {
		return nil, err
	}
	if k.users, err = e.tx.Users(id); err != nil {
		return nil, err
	}
	if k.complete, err = e.tx.Completeness(id); err != nil {
		return nil, err
	}
	e.known = k
	return k, nil
}

// rule is the rule of an id, or nil.
func (k *known) rule(id string) *stanna.Rule {
	i := slices.IndexFunc(k.rules, func(r stanna.Rule) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return &k.rules[i]
}

// home is the home team, or "" when Slack is not connected.
func (k *known) home() string {
	if len(k.teams) == 0 {
		return ""
	}
	return k.teams[0].TeamID
}

func (k *known) connected() bool { return len(k.teams) > 0 }

// slackUser says whether Slack knows somebody.
func (k *known) slackUser(email string) bool { return k.people[strings.ToLower(email)].SlackID != "" }

// place refuses a destination to which nothing could ever be sent.
func (e *edit) place(k *known, d stanna.Destination, field string) error {
	if d == stanna.ToOwner {
		return nil
	}
	if email, ok := d.Person(); ok {
		if !ValidEmail(email) {
			return stanna.InvalidField(field, "%q is no e-mail address", clip(email))
		}
		return nil
	}
	team, id, ok := d.Slack()
	switch {
	case !ok:
		return stanna.InvalidField(field, "%q is no destination; give a channel, an e-mail address, or owner", clip(string(d)))
	case !k.connected():
		return stanna.InvalidField(field, "Slack is not connected, so that no channel can be chosen; connect it first")
	case !slices.ContainsFunc(k.teams, func(c stanna.Connection) bool { return c.TeamID == team }):
		return stanna.InvalidField(field, "is in a Slack workspace that is not connected; an admin connects it on the Integrations page")
	}
	if d.Direct() {
		for _, p := range k.people {
			if p.Direct(k.home()) == d {
				return nil
			}
		}
		return stanna.InvalidField(field, "%q is nobody known; name people by their e-mail address", clip(id))
	}
	c, seen, err := e.tx.Channel(e.workspace.ID, team, id)
	switch {
	case err != nil:
		return err
	case !seen:
		return stanna.InvalidField(field, "%q is no channel that is known; choose one of GET /api/integrations/slack/channels", clip(id))
	case c.Archived:
		return stanna.InvalidField(field, "#%s is archived; unarchive it in Slack, or choose another", clip(c.Name))
	}
	if why := e.workspace.Settings.KeepsFrom(c); why != "" {
		return stanna.InvalidField(field, "#%s cannot be chosen. %s", clip(c.Name), why)
	}
	return nil
}

// places checks destinations. Those that were there before were checked then:
// a channel that was archived since is no reason to refuse another change.
func (e *edit) places(k *known, to, before []stanna.Destination, field string) error {
	for i, d := range to {
		if slices.Contains(before, d) {
			continue
		}
		at := fmt.Sprintf("%s[%d]", field, i)
		if slices.Contains(to[:i], d) {
			return stanna.InvalidField(at, "is named twice")
		}
		if err := e.place(k, d, at); err != nil {
			return err
		}
	}
	return nil
}

// accounts refuses ids that are no client: a rule for a misspelt account is
// never heard.
func (e *edit) accounts(field string, f stanna.Filter) error {
	found, err := e.tx.ClientsByID(e.workspace.ID, slices.Concat(f.Only, f.Never))
	if err != nil {
		return err
	}
	for _, l := range []struct {
		name string
		ids  []string
	}{{"only", f.Only}, {"never", f.Never}} {
		var unknown []string
		for _, id := range l.ids {
			if _, ok := found[id]; !ok {
				unknown = append(unknown, clip(id))
			}
		}
		switch n := len(unknown); {
		case n == 1:
			return stanna.InvalidField(field+"."+l.name, "no client here has the id %s", unknown[0])
		case n > 1:
			return stanna.InvalidField(field+"."+l.name, "%d of the %d are no clients here: %s", n, len(l.ids), strings.Join(unknown[:min(n, 5)], ", "))
		}
	}
	return nil
}

// matcher refuses a matcher that names what is not there, or can never match.
func (k *known) matcher(m stanna.Matcher, field string) error {
	for _, t := range m.Types {
		if rule.EntryOf(t) == nil {
			return stanna.InvalidField(field+".types", "%q is not an alert type; GET /api/alert-types lists them", clip(string(t)))
		}
	}
	for _, id := range m.Rules {
		r := k.rule(id)
		if r == nil {
			return stanna.InvalidField(field+".rules", "%q is no rule here", clip(id))
		}
		if len(m.Types) > 0 && !slices.Contains(m.Types, r.Type) {
			return stanna.InvalidField(field+".rules", "%q is of type %s, which is not among the types: the two together never match", clip(id), r.Type)
		}
	}
	return nil
}

// ValidEmail says whether text is one plain address.
func ValidEmail(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text && len(text) <= 254
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
