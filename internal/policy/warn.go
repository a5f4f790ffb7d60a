package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// warnings lists what may be saved and is probably not what was meant.
func (e *edit) warnings(r stanna.Rule) (list []Warning, err error) {
	k, err := e.read()
	if err != nil {
		return nil, err
	}
	warn := func(field, format string, args ...any) {
		list = append(list, Warning{field, fmt.Sprintf(format, args...)})
	}
	if slices.ContainsFunc(k.rules, func(x stanna.Rule) bool { return x.ID != r.ID && strings.EqualFold(x.Name, r.Name) }) {
		warn("name", "another rule has this name, and messages name the rule they come from")
	}
	if r.Status == stanna.RuleActive && k.deaf(e.workspace.Settings, r) {
		warn("destinations", "%s", nowhere)
	}
	if err := e.warnPlaces(k, "destinations", r.Destinations, r, warn); err != nil {
		return nil, err
	}
	if err := e.warnPlaces(k, "outside.to", r.Outside.To, r, warn); err != nil {
		return nil, err
	}
	for i, s := range r.Escalation {
		if err := e.warnPlaces(k, fmt.Sprintf("escalation[%d].to", i), s.To, r, warn); err != nil {
			return nil, err
		}
	}
	for i, owner := range r.Filter.Owners {
		_, n, err := e.tx.Portraits(e.workspace.ID, ownedBy(owner))
		if err != nil {
			return nil, err
		}
		field := fmt.Sprintf("filter.owners[%d]", i)
		switch {
		case n == 0:
			warn(field, "%s owns no client, so that nothing passes by this owner", owner)
		case !k.slackUser(owner) && k.connected():
			warn(field, "%s", notInSlack(owner))
		}
	}
	e.warnData(k, r, warn)
	return list, nil
}

// warnPlaces warns of destinations that work only by what stands in for them.
func (e *edit) warnPlaces(k *known, field string, to []stanna.Destination, r stanna.Rule, warn func(string, string, ...any)) error {
	for i, d := range to {
		at := fmt.Sprintf("%s[%d]", field, i)
		if email, ok := d.Person(); ok && !k.slackUser(email) {
			warn(at, "%s", notInSlack(email))
		}
		if d == stanna.ToOwner {
			switch c := k.complete; {
			case r.Type == stanna.RevenueAtRisk:
				warn(at, "the whole portfolio has no owner; it goes to the fallback or the default channel")
			case c.WithoutOwner > 0:
				warn(at, "%d of %d clients have no owner; theirs go to the fallback or the default channel", c.WithoutOwner, c.Clients)
			}
		}
		if team, id, ok := d.Slack(); ok && !d.Direct() {
			c, _, err := e.tx.Channel(e.workspace.ID, team, id)
			if err != nil {
				return err
			}
			if text := warningOf(e.workspace.Settings, c); text != "" {
				warn(at, "%s", text)
			}
		}
	}
	return nil
}

// warningOf says what is to be known of a channel where something is told, or
// "".
func warningOf(s stanna.Settings, c stanna.Channel) string {
	why := s.KeepsFrom(c)
	switch {
	case why == "" && c.Health == stanna.Broken:
		why = c.Repair
	case why == "" && c.Shared:
		return fmt.Sprintf("#%s is shared with another company: messages there name no client and no figure", clip(c.Name))
	case why == "":
		return ""
	}
	return fmt.Sprintf("nothing can be told in #%s now. %s", clip(c.Name), why)
}

func notInSlack(email string) string {
	return email + " is not in Slack by that address, or Slack was not asked yet; messages go to the deputy, the manager or the fallback channel"
}

// warnData warns of a rule that asks for what is known of no client.
func (e *edit) warnData(k *known, r stanna.Rule, warn func(string, string, ...any)) {
	c := k.complete
	if c.Clients == 0 {
		return
	}
	if r.Filter.MinMRR > 0 && c.WithoutMRR == c.Clients {
		warn("filter.minMrr", "the MRR of no client is known, so that none passes")
	}
	if len(r.Filter.Zones) > 0 && c.WithoutHealth == c.Clients {
		warn("filter.zones", "no client has a health score yet, so that none passes")
	}
	condition, err := expr.CompileCondition(r.Condition)
	if r.Condition == "" || err != nil {
		return
	}
	for _, x := range []struct {
		without int
		what    string
		names   []string
	}{
		{c.WithoutMRR, "the MRR", []string{"client.mrr", "client.currency"}},
		{c.WithoutOwner, "the owner", []string{"client.owner"}},
		{c.WithoutHealth, "the health", []string{"state.health", "state.zone", "state.healthChange7d", "state.healthChange30d"}},
		{c.WithoutRenewal, "the renewal date", []string{"client.renewalDate", "client.daysToRenewal"}},
	} {
		if x.without == c.Clients && slices.ContainsFunc(x.names, condition.Mentions) {
			warn("condition", "%s of no client is known, and the condition speaks of it", x.what)
		}
	}
}
