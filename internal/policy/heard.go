package policy

import (
	"fmt"
	"slices"

	"github.com/gostanna/stanna"
)

// checkPlaces refuses a rule that nobody would hear, or that waits for
// somebody who is not there.
func (e *edit) checkPlaces(k *known, r stanna.Rule, old *stanna.Rule) error {
	var before stanna.Rule
	if old != nil {
		before = *old
	}
	if err := e.places(k, r.Destinations, before.Destinations, "destinations"); err != nil {
		return err
	}
	if err := e.places(k, r.Outside.To, before.Outside.To, "outside.to"); err != nil {
		return err
	}
	for i, s := range r.Escalation {
		var was []stanna.Destination
		for _, b := range before.Escalation {
			was = append(was, b.To...)
		}
		if err := e.places(k, s.To, was, fmt.Sprintf("escalation[%d].to", i)); err != nil {
			return err
		}
	}
	if len(r.Escalation) > 0 && !k.someoneActs(e.workspace.ID) {
		return stanna.InvalidField("escalation", "nobody could take such an alert up: the workspace has no member who is admin, director or csm; invite one first")
	}
	// A rule that is told nowhere already may still be changed otherwise: a
	// workspace is set up before its Slack is connected.
	deafBefore := old != nil && old.Status == stanna.RuleActive && k.deaf(e.workspace.Settings, *old)
	if r.Status == stanna.RuleActive && k.deaf(e.workspace.Settings, r) && !deafBefore {
		return stanna.InvalidField("destinations", "%s", nowhere)
	}
	return nil
}

const nowhere = "there is nowhere to tell it: the rule names no destination, no line of the routing table takes it, and there is no default channel. " +
	"Name a destination, choose a default channel (PUT /api/integrations/slack/settings), or save the rule as shadow or off"

// deaf says whether the rule's alerts have nowhere to go at all.
func (k *known) deaf(s stanna.Settings, r stanna.Rule) bool {
	if len(r.Destinations) > 0 || s.DefaultChannel != "" {
		return false
	}
	return !slices.ContainsFunc(k.lines, func(l stanna.RouteLine) bool {
		return (len(l.Match.Types) == 0 || slices.Contains(l.Match.Types, r.Type)) && (len(l.Match.Rules) == 0 || slices.Contains(l.Match.Rules, r.ID))
	})
}

// someoneActs says whether anybody could take an alert up.
func (k *known) someoneActs(workspace string) bool {
	return slices.ContainsFunc(k.users, func(u stanna.User) bool {
		role := u.Roles[workspace]
		return role == stanna.Admin || role == stanna.Director || role == stanna.CSM
	})
}
