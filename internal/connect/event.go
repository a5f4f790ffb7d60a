package connect

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// Events takes a request to the events address: body is its raw bytes. An
// error says that it was not Slack, or that it could not be written down and
// should be sent again; otherwise answer 200 with challenge, which is empty
// but for a url_verification. A repeated event changes nothing.
//
// An event that our app was removed is a hint, for it may be late and
// about the installation before, to the second: so the token itself is asked.
// What waits to be told stays waiting.
func (l *Line) Events(ctx context.Context, header http.Header, body []byte) (challenge string, err error) {
	now := l.now()
	if err := l.app.VerifySignature(header, body, now); err != nil {
		return "", err
	}
	e, err := slack.ParseEvent(body)
	if err != nil {
		return "", err
	}
	l.heard.Store(now.Unix())
	if e.Type == slack.EventURLVerification {
		return e.Challenge, nil
	}
	return "", l.heed(ctx, e)
}

// EventOverSocket takes an event that came over Socket Mode, where Slack's
// word is the connection itself. After an error it should come again.
func (l *Line) EventOverSocket(ctx context.Context, payload json.RawMessage) error {
	e, err := slack.ParseEvent(payload)
	if err != nil {
		return err
	}
	l.heard.Store(l.now().Unix())
	return l.heed(ctx, e)
}

// heed breaks the connection that an event is about.
func (l *Line) heed(ctx context.Context, e slack.Event) error {
	var c stanna.Connection
	found := false
	err := l.store.View(ctx, func(tx *store.Tx) (err error) {
		c, found, err = tx.ConnectionOfTeam(e.TeamID)
		return err
	})
	if err != nil || !found || !e.Ends(c) || l.stillWorks(ctx, c) {
		return err
	}
	f := fault{actor: actorSlack, action: "slack." + e.Type, details: map[string]string{"event": e.ID},
		repair: "The Stanna app was removed from the Slack workspace. An admin connects Slack again on the Integrations page."}
	if e.Type == slack.EventTokensRevoked {
		f.repair = "The app's token was revoked in Slack. An admin connects Slack again on the Integrations page."
	}
	return l.store.Update(ctx, func(tx *store.Tx) error {
		_, err := breakLine(tx, c, f, l.now())
		return err
	})
}

// stillWorks asks the token itself. Without a clear yes in the time that
// Slack gives us to answer, the event is believed; the daily check mends what
// was believed wrongly.
func (l *Line) stillWorks(ctx context.Context, c stanna.Connection) bool {
	ctx, cancel := context.WithTimeout(ctx, eventTime)
	defer cancel()
	_, err := l.client(c).AuthTest(ctx)
	return err == nil
}
