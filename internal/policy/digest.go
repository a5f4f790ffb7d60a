package policy

import (
	"context"
	"fmt"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
)

// SaveDigests stores who gets a digest. They are a part of the settings, and
// so are their versions and the tag.
func (k *Keeper) SaveDigests(ctx context.Context, workspace string, by intake.By, ifTag string, plans []stanna.DigestPlan) (Kept, []Warning, error) {
	return k.SaveSettings(ctx, workspace, by, ifTag, func(kept *Kept) error {
		kept.Workspace.Settings.Digests = plans
		return nil
	})
}

// checkDigests refuses plans that nobody could have, and warns of those that
// are probably not what was meant. What stood before was checked then.
func (e *edit) checkDigests(was, is []stanna.DigestPlan) (warnings []Warning, err error) {
	if slices.Equal(was, is) {
		return nil, nil
	}
	if len(is) > stanna.MaxDigestPlans {
		return nil, stanna.InvalidField("digests", "may be %d", stanna.MaxDigestPlans)
	}
	k, err := e.read()
	if err != nil {
		return nil, err
	}
	for i, p := range is {
		field := fmt.Sprintf("digests[%d]", i)
		if err := CheckDigestPlan(p, field); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(is[:i], func(o stanna.DigestPlan) bool { return o.To == p.To }) {
			return nil, stanna.InvalidField(field+".to", "is named twice: a place has one digest for each date")
		}
		if !slices.ContainsFunc(was, func(o stanna.DigestPlan) bool { return o.To == p.To }) {
			if err := e.place(k, p.To, field+".to"); err != nil {
				return nil, err
			}
		}
		if team, id, ok := p.To.Slack(); ok {
			c, _, err := e.tx.Channel(e.workspace.ID, team, id)
			if err != nil {
				return nil, err
			}
			if text := warningOf(e.workspace.Settings, c); text != "" {
				warnings = append(warnings, Warning{field + ".to", text})
			}
		}
		if email, ok := p.To.Person(); ok && k.connected() && !k.slackUser(email) {
			warnings = append(warnings, Warning{field + ".to", email + " is not in Slack by that address, or Slack was not asked yet; until then they have no digest"})
		}
	}
	return warnings, nil
}

// CheckDigestPlan says what is wrong with a plan in itself, or nil.
func CheckDigestPlan(p stanna.DigestPlan, field string) error {
	switch {
	case p.To == "":
		return stanna.InvalidField(field+".to", "is required: a channel, an e-mail address, or owner")
	case p.To.Direct():
		return stanna.InvalidField(field+".to", "name people by their e-mail address: whose accounts it is about goes by that")
	case !p.Daily && !p.Weekly:
		return stanna.InvalidField(field+".daily", "choose daily, weekly, or both")
	case p.Edition != "" && p.Edition != stanna.TeamEdition && p.Edition != stanna.LeadershipEdition:
		return stanna.InvalidField(field+".edition", "must be team or leadership")
	case p.Empty != "" && p.Empty != stanna.StaySilent && p.Empty != stanna.SayNothing:
		return stanna.InvalidField(field+".empty", "must be silent or say")
	case p.To == stanna.ToOwner && p.Edition == stanna.LeadershipEdition:
		return stanna.InvalidField(field+".edition", "must be team: each owner's digest is about the clients that they own")
	}
	if p.Owner == "" {
		return nil
	}
	if _, person := p.To.Person(); person || p.To == stanna.ToOwner {
		return stanna.InvalidField(field+".owner", "is for a channel's digest; that of a person is about their own accounts")
	}
	if !ValidEmail(p.Owner) {
		return stanna.InvalidField(field+".owner", "%q is no e-mail address", clip(p.Owner))
	}
	return nil
}
