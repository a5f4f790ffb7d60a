package slack

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxAnswer bounds what is read of an answer. The largest honest ones are a
// page of channels (500 at about 1 kB) and a posted message that is echoed
// with every character escaped; both stay below 2 MB.
const maxAnswer = 4 << 20

// NewHTTPClient makes the HTTP client that every [App] and [Client] of a
// process should share. Its pool keeps a connection for each of 200 lanes to
// one host. It has no timeout of its own: the deadline is the context's.
// proxy may be nil; app gives http.ProxyFromEnvironment.
func NewHTTPClient(proxy func(*http.Request) (*url.URL, error)) *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:                  proxy,
		DialContext:            (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    256,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}}
}

// line is hc without redirects and cookies: the token goes to the host that
// it was meant for and to no other.
func line(hc *http.Client) http.Client {
	if hc == nil {
		hc = &http.Client{} // net/http's own shared transport
	}
	l := *hc
	l.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	l.Jar = nil
	return l
}

// apiURL is where the Web API of a Slack is, as slack-go wants it.
func apiURL(slackURL string) string { return strings.TrimRight(slackURL, "/") + "/api/" }
