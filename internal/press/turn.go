package press

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// turn is one press on its way through the desk.
type turn struct {
	*Desk
	ctx        context.Context
	press      slack.Press
	connection stanna.Connection
	reader     *atomic.Pointer[stanna.Settings] // told what settings is, for who does not wait

	settings stanna.Settings // the workspace's, as the person has set them for themselves
	channel  string          // of the message, by its destination
	people   map[string]stanna.Person
	mark     message.Mark
	alert    stanna.Alert // as it was before; none when the mark is not one of ours
	client   stanna.Client
	caller   auth.Caller
	view     message.ReplyView
}

// run does what was pressed. The reply is what the person is told; "" when
// what they see says it.
func (t *turn) run() (reply message.Reply, err error) {
	err = t.Store.View(t.ctx, t.find)
	t.settings.Locale = localeAt(t.settings, t.people, t.press, t.channel)
	t.view.Settings = t.settings
	t.tell()
	if err != nil {
		return "", err
	}
	t.view = message.ReplyView{Settings: t.settings, Client: t.client, People: message.PeopleOf(t.people, t.press.TeamID), Now: t.Clock.Now(t.connection.Workspace)}
	t.see(t.alert)
	switch {
	case !t.settings.Buttons:
		return message.ReplyOff, nil
	case t.alert.ID == "":
		return message.ReplyStale, nil
	}
	if reply, err = t.recognise(); reply != "" || err != nil {
		return reply, err
	}
	return t.act()
}

// find looks up what the press is about. Its mark says so, and is believed
// only where it agrees with what we know to stand there.
func (t *turn) find(tx *store.Tx) error {
	workspace := t.connection.Workspace
	home, err := tx.Workspace(workspace)
	if err != nil {
		return err
	}
	t.settings = home.Settings.WithDefaults()
	if t.people, err = tx.People(workspace); err != nil {
		return err
	}
	mark, ok := t.marked()
	if !ok {
		return nil
	}
	m, err := tx.Message(workspace, mark.Message)
	if stanna.CodeOf(err) == stanna.NotFound || err == nil && !t.standsAt(m) {
		return nil
	}
	if err != nil {
		return err
	}
	told, err := tx.ThreadAlerts(workspace, m.ID)
	i := slices.IndexFunc(told, func(a stanna.Alert) bool { return a.ID == mark.Alert })
	if err != nil || i < 0 {
		return err
	}
	t.mark, t.alert = mark, told[i]
	_, t.channel, _ = m.Destination.Slack()
	if t.alert.ClientID != "" {
		t.client, err = tx.Client(workspace, t.alert.ClientID)
	}
	return err
}

// tell lets who does not wait know how to speak to whoever pressed.
func (t *turn) tell() {
	s := t.settings
	t.reader.Store(&s)
}

// marked is the mark that the press carries. A form's must be the form's own.
func (t *turn) marked() (message.Mark, bool) {
	if t.press.Kind != slack.PressForm {
		return message.ParseMark(t.press.Value)
	}
	m, ok := message.ParseMark(t.press.Meta)
	return m, ok && string(m.Deed) == t.press.Form
}

// standsAt says whether the press was made on the message, as we know it to
// stand in Slack; a form stands nowhere. Who is quick presses before Slack's
// answer to the posting is written down, and after a call that may have
// arrived the message may stand twice, while we know of one.
func (t *turn) standsAt(m stanna.Message) bool {
	switch {
	case t.press.Kind == slack.PressForm, m.TS == "" && m.Sending > 0:
		return true
	}
	return m.Channel == t.press.ChannelID && (m.TS == t.press.MessageTS || m.Repeated)
}

// see makes the alert the one that a reply speaks of.
func (t *turn) see(a stanna.Alert) {
	if t.view.Alert = a; a.ID != "" {
		t.view.Page = t.PublicURL + "/alerts/" + a.ID
	}
}

// by is who acts.
func (t *turn) by() intake.By {
	return intake.By{Actor: t.caller.Actor(), Name: t.caller.Email, Sees: t.caller.Sees}
}

// note keeps that the press was answered, and writes it into the trail of its
// alert. A form that was sent back may be sent again, and so may what failed
// on our side.
func (t *turn) note(reply message.Reply) error {
	refused := reply != "" && reply != message.ReplyNoted && reply != message.ReplyRelieved
	became := becameDone
	switch {
	case reply == message.ReplyTrouble:
		became = becameFailed
	case refused:
		became = becameRefused
	}
	t.Count(became)
	return t.Store.Update(context.WithoutCancel(t.ctx), func(tx *store.Tx) error {
		p := t.press
		if became == becameFailed || refused && p.Kind == slack.PressForm {
			if err := tx.FreePress(p.TeamID, p.Key()); err != nil {
				return err
			}
		} else if err := tx.AnswerPress(p.TeamID, p.Key(), string(cmp.Or(reply, message.Reply(becameDone)))); err != nil {
			return err
		}
		if t.alert.ID == "" {
			return nil
		}
		actor := actorSlack
		if t.caller.ID != "" {
			actor = t.caller.Actor()
		}
		return tx.Audit(stanna.AuditEntry{Workspace: t.connection.Workspace, At: t.Clock.Real(), Actor: actor, Action: "slack.pressed", Subject: t.alert.ID,
			Details: map[string]string{"via": "slack", "deed": string(t.mark.Deed), "became": cmp.Or(string(reply), becameDone), "message": t.mark.Message, "slackUser": p.UserID}})
	})
}

// actorSlack is somebody in Slack of whom we know no user.
const actorSlack = "slack"
