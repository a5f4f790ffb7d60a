package connect

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/url"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// Result is what a callback came to. Workspace and ReturnTo are known with an
// error too, once the state has told them.
type Result struct {
	Workspace  string
	ReturnTo   string
	Connection stanna.Connection
}

const beginAgain = "Begin again with Connect on the Integrations page; nothing was changed."

// Callback is the way back from Slack's consent page: query is the address's,
// browserCookie what [Line.Start] gave, actor who comes back: a person or a key. Its errors
// are sentences for the person, with a [Refusal]; Cancelled is an ordinary
// one.
func (l *Line) Callback(ctx context.Context, query url.Values, browserCookie, actor string) (Result, error) {
	var r Result
	state := query.Get("state")
	if state == "" && !query.Has("error") {
		return r, refuse(NoState, stanna.Invalid, "This installation was begun at Slack, so that we cannot tell whose it is. "+beginAgain, nil)
	}
	now := l.now()
	var o store.OAuthState
	known := false
	if state != "" {
		err := l.store.Update(ctx, func(tx *store.Tx) (err error) {
			o, known, err = tx.TakeOAuthState(stanna.Secret(state), slackProvider, now)
			return err
		})
		if err != nil {
			return r, err
		}
		r.Workspace, r.ReturnTo = o.Workspace, o.ReturnTo
	}
	// Whoever comes with an error gets a sentence and no more, so it does not
	// matter whether they are who they should be.
	if query.Has("error") {
		err := slack.Denied(query.Get("error"))
		if out, _ := slack.OutcomeOf(err); query.Get("error") == "access_denied" {
			return r, refuse(Cancelled, stanna.Conflict, "The app was not connected: Cancel was pressed on Slack's page. "+beginAgain, err)
		} else if out.Repair != "" {
			return r, refuse(Denied, stanna.Conflict, err.Error(), err)
		}
		return r, refuse(Denied, stanna.Conflict, err.Error()+". "+beginAgain, err)
	}
	switch {
	case !known:
		return r, refuse(StaleState, stanna.Invalid, "This way back from Slack was used before, is older than ten minutes, or is not ours. "+beginAgain, nil)
	case subtle.ConstantTimeCompare([]byte(digest(browserCookie)), []byte(o.Browser)) != 1:
		return r, refuse(OtherBrowser, stanna.Forbidden, "This was begun in another browser, or its cookie was lost. "+beginAgain, nil)
	case actor != o.UserID:
		return r, refuse(OtherUser, stanna.Forbidden, "Somebody else began this. Sign in as them, or begin again yourself with Connect on the Integrations page.", nil)
	case query.Get("code") == "":
		return r, refuse(NoCode, stanna.Invalid, "Slack sent neither a code nor an error. "+beginAgain, nil)
	}
	// The code is good once: a browser that goes away must not cut it off.
	ctx = context.WithoutCancel(ctx)
	c, err := l.exchange(ctx, query.Get("code"), o)
	if err != nil {
		return r, err
	}
	if r.Connection, err = l.install(ctx, c, o.Another, actor); err != nil {
		return r, err
	}
	return r, nil
}

// exchange turns the code into a connection that is not stored yet.
func (l *Line) exchange(ctx context.Context, code string, o store.OAuthState) (stanna.Connection, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	i, err := l.app.Exchange(ctx, code, l.redirectURI())
	if err != nil {
		return stanna.Connection{}, l.exchangeFailed(err)
	}
	if !i.IsEnterpriseInstall {
		return i.Connection(o.Workspace, l.now()), nil
	}
	err = l.store.Update(ctx, func(tx *store.Tx) error {
		return tx.Audit(entry(o.Workspace, l.now(), o.UserID, "slack.org_wide_refused", i.EnterpriseID, map[string]string{"app": i.AppID}))
	})
	if err != nil {
		return stanna.Connection{}, err
	}
	return stanna.Connection{}, refuse(OrgWide, stanna.Conflict, "The app was installed for your whole organisation, and Stanna speaks to one Slack workspace. "+
		"Begin again with Connect, and at the top right of Slack's page choose the workspace instead of the organisation. "+
		"An organisation admin can remove the other installation under Integrations in Slack's administration.", nil)
}

func (l *Line) exchangeFailed(err error) error {
	o, _ := slack.OutcomeOf(err)
	message := err.Error()
	code := stanna.Conflict
	switch {
	case o.Code == "bad_redirect_uri":
		message = "Slack does not know the address that it should send you back to. At https://api.slack.com/apps open your app, then OAuth & Permissions, and add to Redirect URLs exactly: " +
			l.redirectURI()
	case o.Kind != slack.Permanent:
		message, code = o.Detail+". "+beginAgain, stanna.Unavailable
	}
	return refuse(ExchangeFailed, code, message, err)
}

// isRefusal is errors.Is with the kind, for those who handle several.
func isRefusal(err error, kinds ...Refusal) bool {
	for _, k := range kinds {
		if errors.Is(err, k) {
			return true
		}
	}
	return false
}
