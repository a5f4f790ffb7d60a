package connect

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// Check tries the workspace's connections and every channel that messages may
// go to, and marks each healthy or broken, with what to do. It finds what went
// wrong before an alert needs it, and what was mended. The app runs it daily,
// and when it starts.
func (l *Line) Check(ctx context.Context, workspace string) error {
	return l.eachTeam(ctx, workspace, l.check)
}

func (l *Line) check(ctx context.Context, c stanna.Connection) error {
	c, err := l.checkToken(ctx, c)
	if err != nil {
		return err
	}
	channels, err := l.channelsInUse(ctx, c)
	if err != nil {
		return err
	}
	for _, id := range channels {
		if _, err := l.checkChannel(ctx, &c, id); err != nil {
			return err
		}
	}
	return nil
}

// checkToken asks Slack whom the token speaks for. A connection that was
// marked broken is tried like any other.
func (l *Line) checkToken(ctx context.Context, c stanna.Connection) (stanna.Connection, error) {
	c, err := l.fresh(ctx, c, distrust{})
	if err != nil {
		return c, err
	}
	var who slack.Identity
	err = l.ask(ctx, &c, func(ctx context.Context, client *slack.Client) (err error) {
		who, err = client.AuthTest(ctx)
		return err
	})
	switch o, _ := slack.OutcomeOf(err); {
	case isRefusal(err, NeedsRepair):
		return c, err
	case o.Kind == slack.Permanent:
		return c, l.noteBroken(ctx, c, o, err)
	case err != nil:
		return c, err
	}
	err = l.store.Update(ctx, func(tx *store.Tx) error {
		changed := map[string]string{}
		err := mendLine(tx, c, l.now(), func(stored *stanna.Connection) {
			clear(changed)
			learn(stored, who, changed)
			c = *stored
		})
		c.Health, c.Repair = stanna.Healthy, ""
		if err != nil || len(changed) == 0 {
			return err
		}
		return tx.Audit(entry(c.Workspace, l.now(), stanna.ActorSystem, "slack.changed", c.TeamID, changed))
	})
	return c, err
}

// learn takes over what Slack says of the team by now. changed gets what the
// trail should know, which is no names.
func learn(c *stanna.Connection, who slack.Identity, changed map[string]string) {
	if who.TeamName != "" && who.TeamName != c.TeamName {
		c.TeamName, changed["team"] = who.TeamName, "renamed"
	}
	if who.EnterpriseID != c.EnterpriseID {
		c.EnterpriseID, changed["enterprise"] = who.EnterpriseID, who.EnterpriseID
		c.EnterpriseName = ""
	}
	before, now := slices.Sorted(slices.Values(c.Scopes)), slices.Sorted(slices.Values(who.Scopes))
	if len(now) > 0 && !slices.Equal(before, now) {
		c.Scopes, changed["scopes"] = now, strings.Join(now, ",")
	}
}

// channelsInUse lists the channels of the team that a message may go to, and
// those marked broken, which may have been mended.
func (l *Line) channelsInUse(ctx context.Context, c stanna.Connection) (list []string, err error) {
	err = l.store.View(ctx, func(tx *store.Tx) error {
		used, err := chosenChannels(tx, c)
		if err != nil {
			return err
		}
		broken, err := tx.BrokenDestinations(c.Workspace)
		for d := range broken {
			if team, id, ok := d.Slack(); ok && team == c.TeamID {
				used[id] = true
			}
		}
		list = slices.Sorted(maps.Keys(used))
		return err
	})
	return list, err
}

// chosenChannels are the channels of the team that somebody has chosen: the
// default, the fallback, those of digests, of the routing table and of every
// rule that is not off.
func chosenChannels(tx *store.Tx, c stanna.Connection) (map[string]bool, error) {
	w, err := tx.Workspace(c.Workspace)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	if c.Home {
		used[w.Settings.DefaultChannel], used[w.Settings.FallbackChannel] = true, true
	}
	chosen, err := chosenPlaces(tx, c.Workspace)
	for _, d := range chosen {
		if team, id, ok := d.Slack(); ok && team == c.TeamID {
			used[id] = true
		}
	}
	delete(used, "")
	return used, err
}

// chosenPlaces lists the destinations of digests, of the routing table and of
// every rule that is not off: also where it goes outside hours, or when nobody
// takes its alerts up.
func chosenPlaces(tx *store.Tx, workspace string) (all []stanna.Destination, err error) {
	rules, err := tx.Rules(workspace)
	if err != nil {
		return nil, err
	}
	for _, r := range rules {
		if r.Status == stanna.RuleOff {
			continue
		}
		all = slices.Concat(all, r.Destinations, r.Outside.To)
		for _, s := range r.Escalation {
			all = append(all, s.To...)
		}
	}
	lines, _, err := tx.Routing(workspace)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		all = append(all, l.To...)
	}
	w, err := tx.Workspace(workspace)
	for _, p := range w.Settings.Digests {
		all = append(all, p.To)
	}
	return all, err
}

// strandedPlaces lists the chosen channels that are in a team which is not
// connected, beside one that is. When none is, all of it waits, and that is
// said elsewhere.
func strandedPlaces(tx *store.Tx, workspace string) (list []stanna.Destination, err error) {
	lines, err := tx.Connections(workspace)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	chosen, err := chosenPlaces(tx, workspace)
	for _, d := range chosen {
		team, _, ok := d.Slack()
		if ok && !slices.Contains(list, d) && !slices.ContainsFunc(lines, func(c stanna.Connection) bool { return c.TeamID == team }) {
			list = append(list, d)
		}
	}
	return list, err
}

func placesCount(n int) string {
	if n == 1 {
		return "one channel"
	}
	return strconv.Itoa(n) + " channels"
}

// checkChannel asks Slack about a channel in use and keeps the verdict. A
// person (U…) is no channel, and is left alone. When Slack asks to wait, it
// waits: this is nobody's foreground.
func (l *Line) checkChannel(ctx context.Context, c *stanna.Connection, id string) (ch stanna.Channel, err error) {
	if !channelID.MatchString(id) {
		return stanna.Channel{TeamID: c.TeamID, ID: id, Health: stanna.Healthy}, nil
	}
	for patience := 3; ; patience-- {
		ch, err = l.lookAt(ctx, c, id)
		o, refused := slack.OutcomeOf(err)
		switch {
		case !refused || isRefusal(err, NeedsRepair, NotNow):
			return ch, err
		case o.Class == slack.ClassDestination:
			return l.deadChannel(ctx, *c, id, o)
		case o.Class == slack.ClassScope:
			// Posting needs another permission than looking.
			return stanna.Channel{TeamID: c.TeamID, ID: id, Health: stanna.Healthy}, nil
		case o.Kind != slack.Retry || o.After == 0 || o.After > time.Minute || patience == 0:
			return ch, err
		}
		select {
		case <-time.After(o.After):
		case <-ctx.Done():
			return ch, err
		}
	}
}

// deadChannel keeps that a channel cannot be reached, with what was known of
// it.
func (l *Line) deadChannel(ctx context.Context, c stanna.Connection, id string, o slack.Outcome) (ch stanna.Channel, err error) {
	err = l.store.View(ctx, func(tx *store.Tx) error {
		var ok bool
		if ch, ok, err = tx.Channel(c.Workspace, c.TeamID, id); err == nil && !ok {
			ch = stanna.Channel{Workspace: c.Workspace, ID: id, Name: id}
		}
		return err
	})
	if err != nil {
		return ch, err
	}
	ch.TeamID, ch.SeenAt, ch.Health, ch.Repair = c.TeamID, l.now(), stanna.Broken, repairOf(o)
	return ch, l.keepChannel(ctx, ch)
}
