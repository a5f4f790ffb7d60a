package web

import (
	"cmp"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// slackToken connects by a pasted token.
func (s *site) slackToken(v *visit) (answer, error) {
	conn, err := s.line.ConnectToken(v.ctx, v.workspace(), v.caller.Actor(), stanna.Secret(v.given("token")), v.given("another") != "")
	if err != nil {
		return s.sorry(v, slackPath+"#connect", err)
	}
	return s.done(v, slackPath, "Connected to "+conn.TeamName+". Choose the channel for your alerts next.")
}

// slackChannels reads the list of channels anew.
func (s *site) slackChannels(v *visit) (answer, error) {
	if err := s.line.SyncChannels(v.ctx, v.workspace()); err != nil {
		return s.sorry(v, slackPath+"#channels", err)
	}
	return s.done(v, slackPath+"#channels", "The list of channels is up to date.")
}

// slackSettings chooses the default and the fallback channel, and then tells
// what nobody could be told before.
func (s *site) slackSettings(v *visit) (answer, error) {
	const back = slackPath + "#channels"
	now := v.space.Settings
	main, err := s.chosen(v, "default", now.DefaultChannel)
	if err != nil {
		return s.sorry(v, back, err)
	}
	fallback, err := s.chosen(v, "fallback", now.FallbackChannel)
	if err != nil {
		return s.sorry(v, back, err)
	}
	if main.ID != "" && main.ID == fallback.ID {
		return s.sorry(v, back, stanna.InvalidField("fallback channel", "choose another than the default channel: it is for when that one breaks"))
	}
	if err := s.saveChannels(v, main.ID, fallback.ID); err != nil {
		return s.sorry(v, back, err)
	}
	said := "The channels are saved. Send a test to see a message arrive."
	for _, ch := range []stanna.Channel{main, fallback} {
		if ch.Shared {
			said += " #" + ch.Name + " is shared with another company: messages there name no client and no figure."
		}
	}
	return s.done(v, back, said)
}

// chosen is the channel that the form names: what was typed, else what was
// chosen from the list. One that was not chosen before is looked up at Slack.
func (s *site) chosen(v *visit, field, before string) (stanna.Channel, error) {
	wanted := v.given(field + "-typed")
	if wanted == "" {
		if wanted = v.given(field); wanted == before {
			return stanna.Channel{ID: before}, nil
		}
	}
	if wanted == "" {
		return stanna.Channel{}, nil
	}
	ch, err := s.line.Lookup(v.ctx, v.workspace(), wanted)
	if err == nil && ch.Health == stanna.Broken {
		err = stanna.InvalidField(field+" channel", "nothing can be told in #%s yet, so nothing was changed. %s", ch.Name, ch.Repair)
	}
	return ch, err
}

func (s *site) saveChannels(v *visit, main, fallback string) error {
	_, _, err := s.policy.SaveSettings(v.ctx, v.workspace(), v.by(), "", func(k *policy.Kept) error {
		k.Workspace.Settings.DefaultChannel, k.Workspace.Settings.FallbackChannel = main, fallback
		return nil
	})
	for more := err == nil && main != ""; more && err == nil; {
		more, err = s.intake.Retell(v.ctx, v.workspace())
	}
	return err
}

// slackTest sends a sample; the page it leads to shows what becomes of it.
func (s *site) slackTest(v *visit) (answer, error) {
	const back = slackPath + "#test"
	to := v.given("to")
	if typed := v.given("to-typed"); typed != "" {
		ch, err := s.line.Lookup(v.ctx, v.workspace(), typed)
		if err != nil {
			return s.sorry(v, back, err)
		}
		to = ch.ID
	}
	var d stanna.Destination
	var n stanna.Notification
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		home, connected, err := tx.Connection(v.workspace())
		switch {
		case err != nil:
			return err
		case !connected:
			return stanna.Errorf(stanna.Conflict, "Slack is not connected")
		case to == "":
			return stanna.InvalidField("channel", "choose where the test goes")
		}
		ch, _, err := tx.FindChannel(v.workspace(), to)
		d = stanna.SlackChannel(cmp.Or(ch.TeamID, home.TeamID), to)
		return err
	})
	if err == nil {
		n, err = s.intake.SendTest(v.ctx, v.workspace(), v.caller.Actor(), d)
	}
	if err != nil {
		return s.sorry(v, back, err)
	}
	return answer{to: slackPath + "?test=" + n.ID + "#test"}, nil
}

// checkView is every check of the connection with its repair.
type checkView struct {
	Heading string
	Mark    mark
	Rows    []checkRow
}

type checkRow struct {
	ID            string
	Mark          mark
	Found, Repair string
}

// slackCheck makes every check, at Slack too.
func (s *site) slackCheck(v *visit) (answer, error) {
	d, err := s.line.Diagnose(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	c := checkView{Mark: findingMark(d.State), Heading: map[connect.FindingState]string{
		connect.OK: "All is well", connect.Warning: "It works, with something to look at", connect.Failed: "Something needs you"}[d.State]}
	for _, f := range d.Checks {
		id := "check-" + f.Check
		if f.Team != "" {
			id += "-" + f.Team
		}
		c.Rows = append(c.Rows, checkRow{id, findingMark(f.State), f.Found, f.Repair})
	}
	rank := map[string]int{"dead": 0, "warning": 1}
	slices.SortStableFunc(c.Rows, func(a, b checkRow) int {
		x, y := 2, 2
		if r, ok := rank[a.Mark.Class]; ok {
			x = r
		}
		if r, ok := rank[b.Mark.Class]; ok {
			y = r
		}
		return x - y
	})
	return answer{title: "Checks", body: checkBody(c)}, nil
}

func findingMark(s connect.FindingState) mark {
	switch s {
	case connect.OK:
		return mark{"delivered", "check", "OK"}
	case connect.Warning:
		return mark{"warning", "warning", "Look at this"}
	case connect.Failed:
		return mark{"dead", "cross", "Failed"}
	}
	return mark{"waiting", "skip", "Skipped"}
}

// disconnectView asks before the connection to a team ends.
type disconnectView struct{ Team, ID string }

func (s *site) slackDisconnectPage(v *visit) (answer, error) {
	status, err := s.line.Status(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	for i, t := range status.Teams {
		if t.TeamID == v.asked("team") || v.asked("team") == "" && i == 0 {
			return answer{title: "Disconnect Slack", body: disconnectBody(disconnectView{t.TeamName, t.TeamID})}, nil
		}
	}
	return answer{to: slackPath}, nil
}

func (s *site) slackDisconnect(v *visit) (answer, error) {
	d, err := s.line.Disconnect(v.ctx, v.workspace(), v.given("team"), v.caller.Actor())
	if err != nil {
		return s.sorry(v, slackPath, err)
	}
	return s.done(v, slackPath, d.Sentence)
}
