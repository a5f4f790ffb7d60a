package connect

import (
	"context"
	"net"
	"net/url"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
)

// Road is how presses of buttons reach this server.
type Road string

// The roads. With an app-level token it is always the socket: Slack sends
// everything over one road.
const (
	NoRoad     Road = ""
	RoadHTTP   Road = "http"
	RoadSocket Road = "socket"
)

// Buttons is whether buttons would work in a workspace.
type Buttons struct {
	Road    Road
	Trouble string   // why presses would not arrive; "" when nothing is known to be wrong
	Repair  string   // what to do about it
	Missing []string // scopes that were not granted
}

// Buttons looks at the roads and at what was granted.
func (l *Line) Buttons(ctx context.Context, workspace string) (b Buttons, err error) {
	list, err := l.connections(ctx, workspace)
	if err != nil {
		return b, err
	}
	b.Missing = lacking(list, slack.FeatureButtons.Scopes())
	b.Road, b.Trouble, b.Repair = l.road(list)
	return b, nil
}

// InteractionsURL is where Slack is to send presses over HTTP.
func (l *Line) InteractionsURL() string { return l.publicURL + slack.InteractionsPath }

// MayHaveButtons refuses to switch buttons on where nobody could press them.
func (l *Line) MayHaveButtons(ctx context.Context, workspace string) error {
	b, err := l.Buttons(ctx, workspace)
	switch {
	case isRefusal(err, NotConnected):
		return stanna.InvalidField("buttons", "Slack is not connected yet")
	case err != nil:
		return err
	case len(b.Missing) > 0:
		return stanna.InvalidField("buttons", "Slack must tell who presses, by their verified e-mail address: connect Slack again and allow %s", strings.Join(b.Missing, " and "))
	case b.Trouble != "":
		return stanna.InvalidField("buttons", "%s %s", b.Trouble, b.Repair)
	}
	return nil
}

const (
	setRoad = "Give the server a public https address and the app's signing secret, and set the Request URL under Interactivity of the app at https://api.slack.com/apps; or set STANNA_SLACK_APP_TOKEN for Socket Mode, which needs no public address."
	noRoad  = "Presses cannot reach this server."
)

// road is the road that presses take from all teams, and what is wrong with it.
func (l *Line) road(list []stanna.Connection) (r Road, trouble, repair string) {
	if l.socket != nil {
		switch s := l.socket.State(); {
		case !s.Connected && s.Error != "":
			return RoadSocket, "Socket Mode is not connected: " + s.Error + ".", s.Repair
		case !s.Connected:
			return RoadSocket, "Socket Mode is not connected yet.", "Try again in a moment."
		}
		for _, c := range list {
			if s := l.socket.State(); c.AppID != "" && s.AppID != "" && s.AppID != c.AppID {
				return RoadSocket, "STANNA_SLACK_APP_TOKEN is of another Slack app (" + s.AppID + ") than the one that is connected to " + c.Name() + " (" + c.AppID + ").",
					"Take the app-level token from Basic Information of the connected app at https://api.slack.com/apps."
			}
		}
		return RoadSocket, "", ""
	}
	switch {
	case l.app.SigningSecret == "":
		return NoRoad, noRoad + " No signing secret is set.", setRoad
	case addressTrouble(l.publicURL) != "" || loopback(l.publicURL) && !loopback(l.app.URL):
		return NoRoad, noRoad + " Its public URL is not one that Slack can reach.", setRoad
	}
	return RoadHTTP, "", ""
}

func loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
