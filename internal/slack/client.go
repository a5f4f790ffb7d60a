package slack

import (
	"context"
	"net/http"

	slackapi "github.com/slack-go/slack"

	"github.com/gostanna/stanna"
)

// Client speaks for one installation. It is safe for concurrent use.
type Client struct {
	api   string
	token stanna.Secret
	line  http.Client
}

// NewClient makes the client of the installation that token belongs to, at
// the Slack whose address is slackURL. Making one costs nothing; hc holds the
// connections and should be shared, see [NewHTTPClient].
func NewClient(slackURL string, token stanna.Secret, hc *http.Client) *Client {
	return &Client{api: apiURL(slackURL), token: token, line: line(hc)}
}

// String hides the token, which fmt would print of an unexported field.
func (c Client) String() string { return "slack.Client(" + c.api + ")" }

// GoString hides the token.
func (c Client) GoString() string { return c.String() }

// call prepares one request. All but chat.postMessage may be repeated
// without harm.
func (c *Client) call(method string) (*call, *slackapi.Client) {
	k := &call{method: method, line: c.line, secrets: []stanna.Secret{c.token}, repeatable: true}
	return k, slackapi.New(c.token.Reveal(), slackapi.OptionAPIURL(c.api), slackapi.OptionHTTPClient(k))
}

// Identity is whom a token speaks for.
type Identity struct {
	TeamID       string
	TeamName     string
	TeamURL      string // https://acme.slack.com/
	EnterpriseID string // changes when a workspace moves into an organisation
	UserID       string // the bot user
	BotID        string // "" when the token is not a bot's
	Scopes       []string
}

// AuthTest asks whom the token speaks for, and so whether it still works.
// https://docs.slack.dev/reference/methods/auth.test
func (c *Client) AuthTest(ctx context.Context) (Identity, error) {
	k, api := c.call("auth.test")
	r, err := api.AuthTestContext(ctx)
	if err := k.result(err); err != nil {
		return Identity{}, err
	}
	if r.UserID == "" {
		return Identity{}, k.incomplete("it names no user")
	}
	return Identity{
		TeamID: r.TeamID, TeamName: r.Team, TeamURL: r.URL, EnterpriseID: r.EnterpriseID,
		UserID: r.UserID, BotID: r.BotID, Scopes: splitScopes(r.Header.Get("X-Oauth-Scopes")),
	}, nil
}

// Revoke ends the token. Without rotation that usually ends the installation;
// with rotation it does not, see [App.Uninstall]. A token that is dead
// already is no error.
// https://docs.slack.dev/reference/methods/auth.revoke
func (c *Client) Revoke(ctx context.Context) error {
	k, api := c.call("auth.revoke")
	_, err := api.SendAuthRevokeContext(ctx, "")
	return gone(k.result(err))
}
