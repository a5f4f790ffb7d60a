package connect

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// ReadPress reads a request to the interactions address: body is its raw
// bytes. An error says that it was not Slack.
func (l *Line) ReadPress(header http.Header, body []byte) (slack.Press, error) {
	now := l.now()
	if err := l.app.VerifySignature(header, body, now); err != nil {
		return slack.Press{}, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return slack.Press{}, stanna.Errorf(stanna.Invalid, "not an interaction of Slack's: the body is not its form")
	}
	l.pressed.Store(now.Unix())
	return slack.ReadPress([]byte(form.Get("payload")))
}

// PressOverSocket reads a press that came over Socket Mode, where Slack's word
// is the connection itself.
func (l *Line) PressOverSocket(payload json.RawMessage) (slack.Press, error) {
	l.pressed.Store(l.now().Unix())
	return slack.ReadPress(payload)
}

// Pressed is the connection in whose team a press was made; ok is false for a
// team, or an app, that is not connected here.
func (l *Line) Pressed(ctx context.Context, p slack.Press) (c stanna.Connection, ok bool, err error) {
	err = l.store.View(ctx, func(tx *store.Tx) (err error) {
		c, ok, err = tx.ConnectionOfTeam(p.TeamID)
		return err
	})
	return c, ok && (c.AppID == "" || p.AppID == c.AppID), err
}

// Member says who somebody in a Slack team is, by their id, and whether they are a
// colleague: no guest, no bot, nobody of another organisation. Needs
// users:read and users:read.email.
func (l *Line) Member(ctx context.Context, in stanna.Connection, id string) (u slack.User, colleague bool, err error) {
	c, err := l.Token(ctx, in.Workspace, in.TeamID)
	if err != nil {
		return u, false, err
	}
	err = l.ask(ctx, &c, func(ctx context.Context, client *slack.Client) (err error) {
		u, err = client.User(ctx, id)
		return err
	})
	return u, reachable(u, c) && !u.IsGuest, err
}

// OpenForm shows a form to whoever made the press that trigger came with.
func (l *Line) OpenForm(ctx context.Context, in stanna.Connection, trigger string, view json.RawMessage) error {
	c, err := l.Token(ctx, in.Workspace, in.TeamID)
	if err != nil {
		return err
	}
	return l.ask(ctx, &c, func(ctx context.Context, client *slack.Client) error { return client.OpenView(ctx, trigger, view) })
}

// Respond tells something to whoever made a press, and to nobody else.
func (l *Line) Respond(ctx context.Context, to stanna.Secret, text string) error {
	return slack.Respond(ctx, l.app.HTTP, l.app.URL, to, text)
}
