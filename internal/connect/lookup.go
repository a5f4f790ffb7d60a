package connect

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// Lookup finds the channel that a person typed or pasted: an id, a link from
// Slack's "Copy link", a destination as we show it, or a name with or without
// #. It is checked at Slack and kept; its Health says whether messages can go
// there, and its Repair what to do before they can.
func (l *Line) Lookup(ctx context.Context, workspace, typed string) (stanna.Channel, error) {
	lines, err := l.connections(ctx, workspace)
	if err != nil {
		return stanna.Channel{}, err
	}
	t := parseTyped(typed)
	if t.id == "" && t.name == "" {
		return stanna.Channel{}, stanna.InvalidField("channel", "give the channel's name, or in Slack choose Copy link on the channel and paste it here")
	}
	if t.id == "" {
		if t.id, t.team, err = l.byName(ctx, lines, t.name); err != nil {
			return stanna.Channel{}, err
		}
	}
	if t.team != "" {
		lines = slices.DeleteFunc(lines, func(c stanna.Connection) bool { return c.TeamID != t.team && c.EnterpriseID != t.team })
	}
	if len(lines) == 0 {
		return stanna.Channel{}, stanna.InvalidField("channel", "this is in a Slack workspace that is not connected; an admin connects it on the Integrations page")
	}
	for i, c := range lines {
		ch, err := l.lookIn(ctx, c, t.id)
		if stanna.CodeOf(err) != stanna.Invalid || i == len(lines)-1 { // else it may be in the next one
			return ch, err
		}
	}
	return stanna.Channel{}, nil
}

// lookIn looks at a channel in one team, and says in words for a person why it
// is not to be seen there.
func (l *Line) lookIn(ctx context.Context, c stanna.Connection, id string) (stanna.Channel, error) {
	c, err := l.Token(ctx, c.Workspace, c.TeamID)
	if err != nil {
		return stanna.Channel{}, err
	}
	ch, err := l.lookAt(ctx, &c, id)
	if o, _ := slack.OutcomeOf(err); o.Code == "channel_not_found" || o.Class == slack.ClassScope {
		hint := "if it is private, type /invite @stanna in it first"
		if !c.Has("groups:read") {
			hint += ", and connect Slack again with private channels allowed"
		}
		return ch, stanna.InvalidField("channel", "Slack shows no such channel to the app; %s", hint)
	}
	return ch, err
}

// lookAt asks Slack about one channel and keeps the answer.
func (l *Line) lookAt(ctx context.Context, c *stanna.Connection, id string) (ch stanna.Channel, err error) {
	err = l.ask(ctx, c, func(ctx context.Context, client *slack.Client) error {
		ch, err = client.Channel(ctx, id)
		return err
	})
	if err != nil {
		return stanna.Channel{}, err
	}
	ch.Workspace, ch.TeamID, ch.SeenAt = c.Workspace, c.TeamID, l.now()
	var w stanna.Workspace
	if err := l.store.View(ctx, func(tx *store.Tx) (err error) { w, err = tx.Workspace(c.Workspace); return err }); err != nil {
		return stanna.Channel{}, err
	}
	if ch.Health, ch.Repair = stanna.Healthy, cannotPost(ch, *c); ch.Repair == "" {
		ch.Repair = w.Settings.KeepsFrom(ch)
	}
	if ch.Repair != "" {
		ch.Health = stanna.Broken
	}
	return ch, l.keepChannel(ctx, ch)
}

// keepChannel stores a channel with its health, and notes when that changed.
func (l *Line) keepChannel(ctx context.Context, ch stanna.Channel) error {
	return l.store.Update(ctx, func(tx *store.Tx) error {
		before, _, err := tx.Channel(ch.Workspace, ch.TeamID, ch.ID)
		if err != nil {
			return err
		}
		if err := tx.PutChannels(ch); err != nil {
			return err
		}
		action := ""
		switch {
		case ch.Health == stanna.Broken && before.Health != stanna.Broken:
			action = "channel.broken"
			if err := tellDeadChannel(tx, ch, l.now()); err != nil {
				return err
			}
		case ch.Health == stanna.Healthy && before.Health == stanna.Broken:
			action = "channel.mended"
		default:
			return nil
		}
		return tx.Audit(entry(ch.Workspace, l.now(), stanna.ActorSystem, action, ch.ID, map[string]string{"team": ch.TeamID}))
	})
}

// cannotPost says what keeps the app from posting in a channel, or "".
func cannotPost(ch stanna.Channel, c stanna.Connection) string {
	switch {
	case ch.Archived:
		return "The channel is archived. Unarchive it in Slack, or choose another."
	case ch.Member, !ch.Private && (c.Has("chat:write.public") || len(c.Scopes) == 0):
		return "" // without known scopes there is no telling
	}
	return "The app is not in this channel. Type /invite @stanna in it."
}

// byName finds the id of a channel in the lists, and its team. Slack itself
// finds none by name.
func (l *Line) byName(ctx context.Context, lines []stanna.Connection, name string) (id, team string, err error) {
	list, syncedAt, _, err := l.Channels(ctx, lines[0].Workspace)
	if err != nil {
		return "", "", err
	}
	var found []string
	for _, ch := range list {
		if strings.EqualFold(ch.Name, name) {
			id, team = ch.ID, ch.TeamID
			found = append(found, string(stanna.SlackChannel(team, id)))
		}
	}
	if len(found) > 1 {
		return "", "", stanna.InvalidField("channel", "more than one Slack workspace has a channel of that name; in Slack choose Copy link on the one you mean and paste it here, or give one of %s",
			strings.Join(found, ", "))
	}
	if len(found) == 1 {
		return id, team, nil
	}
	when := "which was not read yet; try again in a moment"
	if !syncedAt.IsZero() {
		when = "as read at " + syncedAt.UTC().Format(time.RFC3339)
	}
	return "", "", stanna.InvalidField("channel", "no such name is in the list of channels, %s. If the channel is private, type /invite @stanna in it, choose Copy link on it in Slack, and paste that here", when)
}

// typed is what a person meant.
type typed struct{ id, name, team string }

var (
	channelID = regexp.MustCompile(`^[CG][A-Z0-9]{6,}$`)
	teamID    = regexp.MustCompile(`^[TE][A-Z0-9]{6,}$`)
	mention   = regexp.MustCompile(`^<#([CG][A-Z0-9]+)(\|[^>]*)?>$`)
)

// parseTyped understands C012AB3CD, <#C012AB3CD|name>, #name, name,
// slack:T01AB2CD3:C012AB3CD,
// https://acme.slack.com/archives/C012AB3CD/p…, and
// https://app.slack.com/client/T01/C012AB3CD.
func parseTyped(text string) (t typed) {
	text = strings.TrimSpace(text)
	if m := mention.FindStringSubmatch(text); m != nil {
		return typed{id: m[1]}
	}
	if team, id, ok := stanna.Destination(text).Slack(); ok {
		return typed{id: id, team: team}
	}
	if strings.Contains(text, "://") {
		u, err := url.Parse(text)
		if err != nil {
			return t
		}
		for _, part := range strings.Split(u.Path, "/") {
			switch {
			case channelID.MatchString(part) && t.id == "":
				t.id = part
			case teamID.MatchString(part) && t.id == "":
				t.team = part
			}
		}
		return t
	}
	if channelID.MatchString(text) {
		return typed{id: text}
	}
	return typed{name: strings.TrimPrefix(text, "#")}
}
