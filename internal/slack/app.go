package slack

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	slackapi "github.com/slack-go/slack"

	"github.com/gostanna/stanna"
)

// App is our Slack app, as its settings page at Slack knows it.
type App struct {
	URL           string // of the Slack: https://slack.com, https://slack-gov.com, or a sandbox
	ClientID      string
	ClientSecret  stanna.Secret
	SigningSecret stanna.Secret
	HTTP          *http.Client // shared; see NewHTTPClient
}

// AuthorizeURL is the consent page where a person installs the app. Optional
// scopes are asked for like all others; the app's manifest says which of them
// the person may untick. team only proposes a workspace: which one it became
// is in the Installation.
// https://docs.slack.dev/authentication/installing-with-oauth
func (a App) AuthorizeURL(state, redirectURI string, scopes []string, team string) string {
	q := url.Values{"client_id": {a.ClientID}, "scope": {strings.Join(scopes, ",")}, "state": {state}}
	if redirectURI != "" {
		q.Set("redirect_uri", redirectURI)
	}
	if team != "" {
		q.Set("team", team)
	}
	return strings.TrimRight(a.URL, "/") + "/oauth/v2/authorize?" + q.Encode()
}

// Denied is the error of a consent that came back with error=code and
// without a code to exchange: somebody pressed Cancel, or an admin must
// approve the app first.
func Denied(code string) error {
	c := call{method: "oauth/v2/authorize"}
	switch {
	case code == "access_denied":
		_ = c.fail(cancelled, "The app was not connected: the consent was refused", 0)
	case c.isCode(code):
		_ = c.fail(code, "The app was not connected: Slack answered "+code, 0)
	default:
		_ = c.fail("unreadable_code", "The app was not connected, and Slack gave no reason", 0)
	}
	return c.failure
}

// Exchange turns the code of the consent into an Installation. redirectURI
// must be the one given to AuthorizeURL. The code is good for one call and
// ten minutes, so that an unknown outcome means beginning again.
// https://docs.slack.dev/reference/methods/oauth.v2.access
func (a App) Exchange(ctx context.Context, code, redirectURI string) (Installation, error) {
	c := a.call("oauth.v2.access", stanna.Secret(code))
	r, err := slackapi.GetOAuthV2ResponseContext(ctx, c, a.ClientID, a.ClientSecret.Reveal(), code, redirectURI,
		slackapi.OAuthOptionAPIURL(apiURL(a.URL)))
	if err := c.result(err); err != nil {
		return Installation{}, err
	}
	switch {
	case r.AccessToken == "" || r.BotUserID == "":
		return Installation{}, c.incomplete("there is no bot token in it")
	case r.Team.ID == "" && !(r.IsEnterpriseInstall && r.Enterprise.ID != ""):
		return Installation{}, c.incomplete("it names neither a workspace nor an organisation")
	}
	return installation(r), nil
}

// Refresh gets new tokens for a refresh token, where rotation is on. A
// refresh token is good once (with a short grace), so let only one refresh of
// an installation run at a time, and store both new tokens before using them.
// After an unknown outcome the same refresh token may be tried again.
// https://docs.slack.dev/authentication/using-token-rotation
func (a App) Refresh(ctx context.Context, refreshToken stanna.Secret) (Tokens, error) {
	c := a.call("oauth.v2.access", refreshToken)
	r, err := slackapi.RefreshOAuthV2TokenContext(ctx, c, a.ClientID, a.ClientSecret.Reveal(), refreshToken.Reveal(),
		slackapi.OAuthOptionAPIURL(apiURL(a.URL)))
	if err := c.result(err); err != nil {
		return Tokens{}, err
	}
	if r.AccessToken == "" {
		return Tokens{}, c.incomplete("there is no token in it")
	}
	return tokens(r), nil
}

// Uninstall removes the app from the team that the token belongs to. With
// rotation this is the only way: auth.revoke ends one token and leaves the
// app installed. An installation that is gone already is no error.
// https://docs.slack.dev/reference/methods/apps.uninstall
func (a App) Uninstall(ctx context.Context, token stanna.Secret) error {
	c := a.call("apps.uninstall", token)
	c.repeatable = true
	api := slackapi.New(token.Reveal(), slackapi.OptionAPIURL(apiURL(a.URL)), slackapi.OptionHTTPClient(c))
	return gone(c.result(api.UninstallAppContext(ctx, a.ClientID, a.ClientSecret.Reveal())))
}

func (a App) call(method string, secret stanna.Secret) *call {
	return &call{method: method, line: line(a.HTTP), secrets: []stanna.Secret{a.ClientSecret, secret}}
}

// gone forgives that the token of an ending installation had ended before.
func gone(err error) error {
	if o, ok := OutcomeOf(err); ok && (o.Code == "token_revoked" || o.Code == "account_inactive") {
		return nil
	}
	return err
}
