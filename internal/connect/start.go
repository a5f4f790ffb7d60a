package connect

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// stateLife is how long somebody may take on Slack's consent page; the code
// that it gives lives as long.
const stateLife = 10 * time.Minute

// slackProvider marks those who left for Slack's consent page; the way back
// from another's is not theirs.
const slackProvider = "slack"

// Wish is what somebody wants who begins an installation.
type Wish struct {
	ReturnTo string // our page to show afterwards
	Features []slack.Feature
	Team     string // to connect again; "": the home, or the first one
	Another  bool   // a team beside those that are connected
}

// Start begins an installation: authorizeURL is the consent page at Slack to
// send the browser to, and browserToken the value of a cookie to set in it,
// which must come back with the callback (SameSite=Lax, HttpOnly, for the
// callback's path and ten minutes).
//
// What the team had allowed before is asked for again, so that
// connecting anew switches no feature off.
func (l *Line) Start(ctx context.Context, workspace, actor string, w Wish) (authorizeURL, browserToken string, err error) {
	if !l.configured() {
		return "", "", refuse(NotConfigured, stanna.Conflict, "This server has no Slack app of its own yet. "+configure+
			" Or paste the bot token of an app that you have in Slack.", nil)
	}
	if trouble := addressTrouble(l.publicURL); trouble != "" {
		return "", "", refuse(NotConfigured, stanna.Conflict, trouble, nil)
	}
	for _, f := range w.Features {
		if f.Scopes() == nil {
			return "", "", stanna.InvalidField("features", "%q is none; they are %v", f, slack.Features())
		}
	}
	if !ownPage(w.ReturnTo) {
		return "", "", stanna.InvalidField("returnTo", "must be a page of this server, such as /integrations/slack")
	}
	state, browser := randomToken(), randomToken()
	scopes, team := slack.ScopesFor(w.Features...), ""
	err = l.store.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Workspace(workspace); err != nil {
			return err
		}
		c, ok, err := tx.ConnectionTo(workspace, w.Team)
		switch {
		case err != nil:
			return err
		case !ok && w.Team != "":
			return stanna.InvalidField("team", "is not connected; leave it out, or connect another")
		case ok && !w.Another:
			scopes, team = alsoGranted(scopes, c.Scopes), c.TeamID
		}
		return tx.AddOAuthState(stanna.Secret(state), store.OAuthState{Workspace: workspace, Provider: slackProvider, UserID: actor, Browser: digest(browser),
			ReturnTo: w.ReturnTo, Another: w.Another, ExpiresAt: l.now().Add(stateLife)})
	})
	if err != nil {
		return "", "", err
	}
	return l.app.AuthorizeURL(state, l.redirectURI(), scopes, team), browser, nil
}

const configure = "Make one at https://api.slack.com/apps from the manifest that stanna slack manifest prints, and set its client id, client secret and signing secret."

func (l *Line) configured() bool { return l.app.ClientID != "" && l.app.ClientSecret != "" }

// alsoGranted adds those scopes of a former installation that a feature of
// ours needs.
func alsoGranted(scopes, granted []string) []string {
	for _, s := range slack.ScopesFor(append(slack.Features(), slack.FeatureJoin)...) {
		if slices.Contains(granted, s) && !slices.Contains(scopes, s) {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

// ownPage says whether a path leads to this server and nowhere else; browsers
// take //host and /\host for another server.
func ownPage(path string) bool {
	if path == "" {
		return true
	}
	u, err := url.Parse(path)
	return err == nil && u.Scheme == "" && u.Host == "" && strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") &&
		!strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f })
}

// addressTrouble says what is wrong with the public address, or "". Slack
// sends browsers back to https only; on loopback there is only a sandbox.
func addressTrouble(publicURL string) string {
	u, err := url.Parse(publicURL)
	if err != nil || u.Host == "" {
		return "The server does not know its own address. Set its public URL to where browsers find it, such as https://stanna.example.com."
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		return ""
	}
	return "The server's public URL must begin with https://, for Slack sends browsers back to nothing else. Put a proxy with a certificate in front of it and set the public URL to the proxy's."
}
