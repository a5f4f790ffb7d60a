package slack

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	slackapi "github.com/slack-go/slack"

	"github.com/gostanna/stanna"
)

// dialWithin bounds asking Slack for an address and connecting to it.
const dialWithin = 20 * time.Second

// maxFrame bounds what is read of one envelope, as the body of a request is
// elsewhere.
const maxFrame = 1 << 20

// getAppToken is what helps against a token that Slack refuses.
const getAppToken = "At https://api.slack.com/apps, Basic Information, App-Level Tokens, make a token with the scope connections:write (it begins with xapp-), give that one to Stanna and start it again; and see that Socket Mode is on in the app's settings."

// dialer is how WebSockets are dialled: as hc would.
func dialer(hc *http.Client) websocket.Dialer {
	d := websocket.Dialer{
		Proxy:           http.ProxyFromEnvironment,
		NetDialContext:  (&net.Dialer{}).DialContext,
		WriteBufferSize: 2 * maxReply, // an acknowledgement in one frame; Slack does not join fragments
	}
	if hc == nil {
		return d
	}
	if t, ok := hc.Transport.(*http.Transport); ok {
		t = t.Clone()
		d.Proxy = t.Proxy
		if t.DialContext != nil {
			d.NetDialContext = t.DialContext
		}
		if d.TLSClientConfig = t.TLSClientConfig; d.TLSClientConfig != nil {
			d.TLSClientConfig.NextProtos = nil // a WebSocket is HTTP/1.1
		}
	}
	return d
}

// dial asks Slack for an address and connects to it. The address holds a
// ticket that is as good as the token, for a short time.
// https://docs.slack.dev/reference/methods/apps.connections.open
func (s *Socket) dial(ctx context.Context) (*wire, error) {
	short, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	k := &call{method: "apps.connections.open", line: s.line, secrets: []stanna.Secret{s.token}, repeatable: true}
	api := slackapi.New("", slackapi.OptionAppLevelToken(s.token.Reveal()), slackapi.OptionAPIURL(s.api), slackapi.OptionHTTPClient(k))
	_, to, err := api.StartSocketModeContext(short)
	if err := k.result(err); err != nil {
		if c := k.failure.Outcome.Class; c == ClassConnection || c == ClassScope {
			k.failure.Outcome.Repair = getAppToken
		}
		return nil, err
	}
	u, err := url.Parse(to)
	if err != nil || u.Host == "" || u.Scheme != "wss" && (u.Scheme != "ws" || strings.HasPrefix(s.api, "https:")) {
		return nil, k.incomplete("it names no address that begins with wss://")
	}
	for _, secret := range append([]string{to, u.RawQuery}, u.Query()["ticket"]...) {
		k.secrets = append(k.secrets, stanna.Secret(secret))
	}
	// The end of ctx closes the connection, while dialling and ever after.
	unhook := func() bool { return true }
	d := s.dialer
	d.NetDialContext = func(short context.Context, network, address string) (net.Conn, error) {
		c, err := s.dialer.NetDialContext(short, network, address)
		if err == nil {
			unhook = context.AfterFunc(ctx, func() { _ = c.Close() })
		}
		return c, err
	}
	conn, resp, err := d.DialContext(short, to, nil)
	switch {
	case err == nil:
		return newWire(s, k, conn, unhook), nil
	case resp != nil:
		_ = k.fail("http_"+strconv.Itoa(resp.StatusCode), "Slack answered Socket Mode with HTTP "+strconv.Itoa(resp.StatusCode), retryAfter(resp.Header, 0))
	default:
		_ = k.fail(noConnection, "Slack's Socket Mode could not be reached: "+cause(err), 0)
	}
	unhook()
	return nil, k.failure
}
