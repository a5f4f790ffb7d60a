package connect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// findApp checks what the server was given at its start.
func (l *Line) findApp(d *Diagnosis, connected bool) {
	switch {
	case l.configured():
		d.add("app", OK, "The Slack app has a client id and a client secret.", "")
	case connected:
		d.add("app", OK, "No Slack app is configured; the token was pasted, which needs none.", "")
	default:
		d.add("app", Warning, "No client id and client secret of a Slack app are set, so that only a pasted token can connect.", configure)
	}
	if trouble := addressTrouble(l.publicURL); trouble != "" {
		d.add("public_url", Failed, "Links in messages, and the way back from Slack, would lead nowhere.", trouble)
	} else {
		d.add("public_url", OK, "Slack sends people back to "+l.redirectURI()+", which must be among the app's redirect URLs.", "")
	}
}

// findToken asks Slack whether the token works.
func (l *Line) findToken(ctx context.Context, d *Diagnosis, c stanna.Connection) (stanna.Connection, bool, error) {
	checked, err := l.checkToken(ctx, c)
	o, fromSlack := slack.OutcomeOf(err)
	switch {
	case err == nil:
		until := "It does not expire."
		if !checked.ExpiresAt.IsZero() {
			until = "It is renewed by itself; this one ends at " + checked.ExpiresAt.UTC().Format(time.RFC3339) + "."
		}
		d.add("token", OK, "Slack accepts the token. "+until, "")
		return checked, true, nil
	case !fromSlack:
		return c, false, err
	case o.Kind == slack.Permanent || isRefusal(err, NeedsRepair):
		d.add("token", Failed, "Slack does not accept the token ("+o.Code+").", repairOf(o))
	default:
		d.add("token", Warning, "Slack could not be asked about the token ("+o.Code+").",
			"Nothing needs to be done unless it lasts. Then check that this server can reach Slack, and see https://slack-status.com.")
	}
	return c, false, nil
}

// findScopes compares what was granted with what each feature needs.
func findScopes(d *Diagnosis, c stanna.Connection) {
	again := "An admin connects Slack again on the Integrations page and allows it."
	switch missing := lacking([]stanna.Connection{c}, slack.Scopes()); {
	case len(c.Scopes) == 0:
		d.add("scopes", Warning, "Slack did not say which permissions were granted.", "Run the check again; a proxy may be taking the header x-oauth-scopes away.")
		return
	case len(missing) > 0:
		d.add("scopes", Failed, "Permissions that are always needed are missing: "+strings.Join(missing, ", ")+".", again)
	default:
		d.add("scopes", OK, "All permissions that are always needed were granted: "+strings.Join(slack.Scopes(), ", ")+".", "")
	}
	features := []struct {
		feature   slack.Feature
		have, not string
	}{
		{slack.FeaturePrivateChannels, "Private channels that the app was invited to can be chosen.", "Private channels cannot be chosen."},
		{slack.FeaturePostAnywhere, "The app can post in every public channel.", "The app can post only where it was invited."},
		{slack.FeatureOwners, "Account owners are found in Slack by their e-mail.", "Account owners are not looked up in Slack."},
	}
	for _, f := range features {
		if missing := lacking([]stanna.Connection{c}, f.feature.Scopes()); len(missing) > 0 {
			d.add("feature_"+string(f.feature), Skipped, f.not, "If you want it: connect Slack again with this feature switched on ("+strings.Join(missing, ", ")+").")
		} else {
			d.add("feature_"+string(f.feature), OK, f.have, "")
		}
	}
}

// lacking are the scopes that a connection among these was not granted.
func lacking(list []stanna.Connection, scopes []string) (missing []string) {
	for _, s := range scopes {
		if len(list) == 0 || slices.ContainsFunc(list, func(c stanna.Connection) bool { return !c.Has(s) }) {
			missing = append(missing, s)
		}
	}
	return missing
}

// findChannels asks Slack about the chosen channels.
func (l *Line) findChannels(ctx context.Context, d *Diagnosis, s stanna.Settings, c stanna.Connection, works bool) error {
	if s.DefaultChannel == "" {
		d.add("default_channel", Failed, "No default channel is chosen, so that alerts whose rule names none are told nowhere.", "Choose a channel on the Integrations page.")
	} else if err := l.findChannel(ctx, d, "default_channel", "default", s.DefaultChannel, c, works); err != nil {
		return err
	}
	if s.FallbackChannel == "" {
		d.add("fallback_channel", Warning, "No fallback channel is chosen. When a channel breaks, its messages have nowhere to go until it is mended.", "Choose one on the Integrations page, other than the default channel.")
	} else if s.FallbackChannel == s.DefaultChannel {
		d.add("fallback_channel", Warning, "The fallback channel is the default channel, which is no help when that one breaks.", "Choose another on the Integrations page.")
	} else if err := l.findChannel(ctx, d, "fallback_channel", "fallback", s.FallbackChannel, c, works); err != nil {
		return err
	}
	return nil
}

func (l *Line) findChannel(ctx context.Context, d *Diagnosis, check, which, id string, c stanna.Connection, works bool) error {
	if !works {
		d.add(check, Skipped, "The "+which+" channel cannot be looked at without a working token.", "")
		return nil
	}
	ch, err := l.checkChannel(ctx, &c, id)
	o, fromSlack := slack.OutcomeOf(err)
	switch {
	case err != nil && !fromSlack:
		return err
	case err != nil:
		d.add(check, Warning, "Slack could not be asked about the "+which+" channel ("+o.Code+").", "Run the check again in a minute.")
	case ch.Health == stanna.Broken:
		d.add(check, Failed, "Nothing can be told in the "+which+" channel "+nameOf(ch)+".", ch.Repair)
	default:
		d.add(check, OK, "The app can post in the "+which+" channel "+nameOf(ch)+".", "")
	}
	return nil
}

func nameOf(ch stanna.Channel) string {
	if ch.Name == "" || ch.Name == ch.ID {
		return ch.ID
	}
	return "#" + ch.Name
}

// findRuleChannels tells from the store which other channels are broken.
func (l *Line) findRuleChannels(ctx context.Context, d *Diagnosis, s stanna.Settings, c stanna.Connection) error {
	used, err := l.channelsInUse(ctx, c)
	if err != nil {
		return err
	}
	var broken []string
	repair := ""
	err = l.store.View(ctx, func(tx *store.Tx) error {
		for _, id := range used {
			ch, ok, err := tx.Channel(c.Workspace, c.TeamID, id)
			if err != nil {
				return err
			}
			if ok && ch.Health == stanna.Broken && !(c.Home && (id == s.DefaultChannel || id == s.FallbackChannel)) {
				broken, repair = append(broken, nameOf(ch)), ch.Repair
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case len(broken) == 1:
		d.add("rule_channels", Failed, "Another channel is broken: "+broken[0]+".", repair)
	case len(broken) > 1:
		d.add("rule_channels", Failed, fmt.Sprintf("%d other channels are broken: %s.", len(broken), strings.Join(broken, ", ")),
			"Type /invite @stanna in each, unarchive it, or choose others in the rules.")
	default:
		d.add("rule_channels", OK, "No other channel in use is known to be broken.", "")
	}
	return nil
}
