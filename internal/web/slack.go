package web

import (
	"net/url"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// slackPath is the page of the connection; forms come back to it.
const slackPath = "/integrations/slack"

// slackView is the Slack connection, and all that can be done about it.
type slackView struct {
	Line      lineView
	Connected bool
	Manages   bool
	Admins    []string // for who does not manage it
	Result    *resultView
	Team      string
	Home      string    // the team's name
	Teams     []teamRow // where there are several
	Installed stamp
	Checked   stamp
	Expires   stamp
	Last      stamp
	Pasted    bool
	Scopes    []scopeRow
	Features  []featureRow
	Broken    []brokenRow
	Default   choice
	Fallback  choice
	ReadAt    stamp // the list of channels
	Reading   bool  // it is being read anew
	More      int   // channels that the list leaves out
	Options   []channelOption
	Test      *testView
	Buttons   buttonsView
}

// resultView is what came of Slack's consent page.
type resultView struct {
	Good bool
	Text string
}

// teamRow is one Slack team of several.
type teamRow struct {
	ID, Name     string
	Mark         mark
	Repair       string
	Home, Pasted bool
}

type scopeRow struct{ Scope, Means string }

type featureRow struct {
	Value, Label, Needs string
	Granted             bool
}

type brokenRow struct{ Name, Repair string }

// choice is a channel that the settings name.
type choice struct{ ID, Name, Repair string }

type channelOption struct{ ID, Label string }

// testView is what became of a test message.
type testView struct {
	Status      mark
	Destination string
	Reason      string
	Repair      string
	Waiting     bool
	Link        string
}

// maxOptions is how many channels the list to choose from shows; the rest can
// be typed.
const maxOptions = 500

func (s *site) slack(v *visit) (answer, error) {
	view := slackView{Manages: v.caller.May(auth.Connect)}
	if sessions := s.auth.Sessions(); !sessions.Exists(v.ctx, flashGood) && !sessions.Exists(v.ctx, flashBad) {
		view.Result = resultOf(v.asked("result")) // else the sentence says it, and says more
	}
	if !view.Manages {
		view.Admins = s.admins(v)
	}
	status, err := s.line.Status(v.ctx, v.workspace())
	if err == nil && status.Connected {
		view.Buttons, err = s.buttonsOf(v)
	}
	if err != nil {
		return answer{}, err
	}
	s.describeLine(v, &view, status)
	var list []stanna.Channel
	if status.Connected && view.Manages {
		var read time.Time
		if list, read, view.Reading, err = s.line.Channels(v.ctx, v.workspace()); err != nil {
			return answer{}, err
		}
		view.ReadAt = stampOf(v.road, read)
	}
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		lines, err := tx.Connections(v.workspace())
		if err != nil {
			return err
		}
		home := teamOf(lines, status.TeamID)
		names, err := v.channelsOf(tx, view.Manages)
		if err != nil {
			return err
		}
		view.Line = *lineOf(v, lines, names)
		view.Pasted = len(lines) > 0 && home.InstalledBy == ""
		view.Features = featuresOf(home)
		view.Home, view.Teams = home.Name(), teamRows(lines)
		view.chooseFrom(lines, list, names)
		if id := v.asked("test"); id != "" && view.Manages {
			return s.testResult(tx, v, &view, id, names)
		}
		return nil
	})
	return answer{title: "Slack", body: slackBody(view)}, err
}

func (s *site) describeLine(v *visit, view *slackView, status connect.Status) {
	at := func(t *time.Time) stamp {
		if t == nil {
			return stamp{}
		}
		return stampOf(v.road, *t)
	}
	view.Connected, view.Team = status.Connected, status.TeamID
	view.Installed, view.Checked, view.Expires, view.Last = at(status.InstalledAt), at(status.CheckedAt), at(status.ExpiresAt), at(status.LastDelivery)
	for _, c := range []struct {
		to   *choice
		from *connect.ChannelState
	}{{&view.Default, status.Channel}, {&view.Fallback, status.FallbackChannel}} {
		if c.from != nil {
			*c.to = choice{ID: c.from.ID, Repair: c.from.Repair}
		}
	}
	for _, scope := range slack.Scopes() {
		means := map[string]string{"chat:write": "post messages where the app is a member", "channels:read": "list public channels: their names, never what is said in them"}[scope]
		view.Scopes = append(view.Scopes, scopeRow{scope, means})
	}
}

// featuresOf are the options of the connection, each with the permission that
// it takes.
func featuresOf(conn stanna.Connection) (rows []featureRow) {
	labels := map[slack.Feature]string{
		slack.FeaturePrivateChannels: "Choose private channels that the app was invited to",
		slack.FeatureOwners:          "Find account owners in Slack by their e-mail, to mention them",
		slack.FeaturePostAnywhere:    "Post in public channels without being invited first",
		slack.FeatureButtons:         "Buttons in messages: see who pressed, by their e-mail",
	}
	for _, f := range append(slack.Features(), slack.FeatureButtons) {
		row := featureRow{Value: string(f), Label: labels[f], Granted: true}
		for i, scope := range f.Scopes() {
			if i > 0 {
				row.Needs += ", "
			}
			row.Needs += scope
			row.Granted = row.Granted && conn.Has(scope)
		}
		rows = append(rows, row)
	}
	return rows
}

// chooseFrom fills the list of channels to choose from, and those that are
// broken.
func (view *slackView) chooseFrom(lines []stanna.Connection, list []stanna.Channel, names channels) {
	for _, c := range []*choice{&view.Default, &view.Fallback} {
		if c.ID != "" {
			c.Name = names.destination(stanna.SlackChannel("T", c.ID)) // the name goes by the channel's id
		}
	}
	for _, ch := range list {
		if ch.Health == stanna.Broken {
			view.Broken = append(view.Broken, brokenRow{names.destination(stanna.SlackChannel(ch.TeamID, ch.ID)), ch.Repair})
		}
		if ch.Archived {
			continue
		}
		if len(view.Options) == maxOptions {
			view.More++
			continue
		}
		view.Options = append(view.Options, channelOption{ch.ID, optionLabel(ch, lines)})
	}
	for _, c := range []choice{view.Default, view.Fallback} { // what is chosen is always there
		if c.ID != "" && !slices.ContainsFunc(view.Options, func(o channelOption) bool { return o.ID == c.ID }) {
			view.Options = append(view.Options, channelOption{c.ID, c.Name})
		}
	}
}

// teamRows are the connected teams, where there are several.
func teamRows(lines []stanna.Connection) (rows []teamRow) {
	if len(lines) < 2 {
		return nil
	}
	for _, c := range lines {
		row := teamRow{ID: c.TeamID, Name: c.Name(), Home: c.Home, Mark: mark{"delivered", "check", "Connected"}, Repair: c.Repair, Pasted: c.InstalledBy == ""}
		if c.Health == stanna.Broken {
			row.Mark = mark{"dead", "warning", "Needs you"}
		}
		rows = append(rows, row)
	}
	return rows
}

// teamOf is the connection to a team, or none.
func teamOf(lines []stanna.Connection, team string) stanna.Connection {
	for _, c := range lines {
		if c.TeamID == team {
			return c
		}
	}
	return stanna.Connection{}
}

// elsewhere says in which Slack workspace a channel is, unless it is the home.
func elsewhere(lines []stanna.Connection, ch stanna.Channel) string {
	if c := teamOf(lines, ch.TeamID); c.TeamID != "" && !c.Home {
		return " in " + c.Name()
	}
	return ""
}

func optionLabel(ch stanna.Channel, lines []stanna.Connection) string {
	label := "#" + ch.Name + elsewhere(lines, ch)
	if ch.Private {
		label += " (private)"
	}
	if ch.Shared {
		label += " (shared with another company)"
	}
	if !ch.Member && (ch.Private || !teamOf(lines, ch.TeamID).Has("chat:write.public")) {
		label += " – invite the app first"
	}
	return label
}

// testResult says what became of a test, and looks again while it waits.
func (s *site) testResult(tx *store.Tx, v *visit, view *slackView, id string, names channels) error {
	n, err := tx.Notification(v.workspace(), id)
	if stanna.CodeOf(err) == stanna.NotFound || err == nil && n.Event != stanna.Sample {
		return nil
	}
	if err != nil {
		return err
	}
	t := testView{Status: statusMark(n.Status), Destination: names.destination(n.Destination), Reason: reasonOf(n.Reason), Repair: n.Detail,
		Waiting: n.Status == stanna.Waiting}
	if t.Link, err = s.messageLink(tx, v, n.MessageID); err != nil {
		return err
	}
	const watch = time.Minute
	if t.Waiting && v.road.Now.Sub(n.CreatedAt) < watch {
		// The address is given without the #place that the browser has in its
		// own: else the browser would only jump there, and not load anew.
		v.w.Header().Set("Refresh", "2; url=/integrations/slack?test="+url.QueryEscape(id))
	}
	view.Test = &t
	return nil
}

// resultOf says what came of connecting, by the word that the way back from
// Slack carries.
func resultOf(word string) *resultView {
	switch word {
	case "":
		return nil
	case "connected":
		return &resultView{true, "Slack is connected. Choose the channel for your alerts next."}
	case "cancelled":
		return &resultView{false, "Nothing was connected: Cancel was pressed on Slack's page."}
	}
	known := map[string]string{
		"not_configured":  "This server has no Slack app of its own yet. Paste a bot token below, or set the app's client id and secret.",
		"denied":          "Slack did not let the app be installed. An admin of the Slack workspace may have to approve it first.",
		"no_state":        "This installation was begun at Slack, so that we cannot tell whose it is. Press Connect here.",
		"stale_state":     "This way back from Slack was used before, or is older than ten minutes. Press Connect again.",
		"other_browser":   "This was begun in another browser, or its cookie was lost. Press Connect again.",
		"other_user":      "Somebody else began this. Press Connect yourself.",
		"exchange_failed": "Slack did not finish connecting. Press Connect again; if it stays, the checks say more.",
		"org_wide":        "The app was installed for a whole organisation. Press Connect again and choose one workspace at the top right of Slack's page.",
		"team_taken":      "This Slack workspace is connected to another workspace of this server. An admin of the other one disconnects it first.",
		"other_team":      "Another Slack workspace was chosen than the one that is connected. If you want both, use Connect another Slack workspace; else choose the connected one at the top right of Slack's page.",
		"too_many_teams":  "A workspace speaks to at most 20 Slack workspaces. Disconnect one first.",
		"unavailable":     "Slack could not be reached. Press Connect again in a moment.",
	}
	if text, ok := known[word]; ok {
		return &resultView{false, text}
	}
	return &resultView{false, "Slack was not connected. Press Connect again; the checks say what is wrong."}
}
