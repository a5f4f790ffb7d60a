package connect

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// What a logo may cost.
const (
	logoTime     = 5 * time.Second
	maxLogo      = 1 << 20
	maxLogoHops  = 3
	logoField    = "branding.logoUrl"
	wantsAnImage = "give the address of the image itself: PNG, JPEG or GIF"
)

// logoTypes are the images that Slack draws.
var logoTypes = []string{"image/png", "image/jpeg", "image/gif"}

// CheckLogo fetches the image at an address that somebody wants as their
// logo, once, and refuses what Slack could not draw. It goes to public
// addresses only, straight and through no proxy, so that nobody can have our
// server ask the network it stands in.
func (l *Line) CheckLogo(ctx context.Context, address string) error {
	return logoReader{resolve: lookUp, public: stanna.PublicAddress, patience: logoTime}.check(ctx, address)
}

func lookUp(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// logoReader fetches images from strangers.
type logoReader struct {
	resolve  func(ctx context.Context, host string) ([]netip.Addr, error)
	public   func(netip.Addr) bool
	patience time.Duration
	tls      *tls.Config
}

func (r logoReader) check(ctx context.Context, address string) error {
	within, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return stanna.InvalidField(logoField, "must be a public https address; %s", wantsAnImage)
	}
	req, err := http.NewRequestWithContext(within, http.MethodGet, u.String(), nil)
	if err != nil {
		return stanna.InvalidField(logoField, "is no address; %s", wantsAnImage)
	}
	transport := &http.Transport{DialContext: r.dial, TLSClientConfig: r.tls, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport, CheckRedirect: follow}).Do(req)
	if err == nil {
		defer resp.Body.Close()
		err = drawn(resp)
	}
	var refusal *stanna.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal):
		return refusal
	case ctx.Err() != nil:
		return ctx.Err() // who asked has gone
	}
	return stanna.InvalidField(logoField, "%s was asked for the image and %s; give an address that everybody can reach", u.Hostname(), r.why(err))
}

// dial connects to the very addresses that were found to be public: the name
// is looked up once, so that a second answer cannot lead elsewhere.
func (r logoReader) dial(ctx context.Context, network, address string) (conn net.Conn, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ips, err := r.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(ips, func(ip netip.Addr) bool { return !r.public(ip) }) {
		return nil, stanna.InvalidField(logoField, "%s leads to a private address; Slack fetches the image and cannot reach it", host)
	}
	err = &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
	for _, ip := range ips {
		if conn, err = (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(ip.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// follow goes on to where a redirect leads, which is dialled like the first.
func follow(req *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxLogoHops:
		return stanna.InvalidField(logoField, "is passed on more than %d times; %s", maxLogoHops, wantsAnImage)
	case req.URL.Scheme != "https" || req.URL.User != nil:
		return stanna.InvalidField(logoField, "passes on to an address without https; %s", wantsAnImage)
	}
	return nil
}

// drawn says whether an answer is an image that Slack draws.
func drawn(resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return stanna.InvalidField(logoField, "answers %d and not with an image; %s", resp.StatusCode, wantsAnImage)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxLogo+1))
	if err == nil {
		err = resp.Request.Context().Err() // what a site sends when it sees us go is no answer
	}
	if err != nil {
		return err
	}
	if kind := http.DetectContentType(body); !slices.Contains(logoTypes, kind) {
		return stanna.InvalidField(logoField, "is no image that Slack draws but %s; %s", kind, wantsAnImage)
	}
	if len(body) > maxLogo {
		return stanna.InvalidField(logoField, "is larger than 1 MB; a logo is shown 20 pixels high")
	}
	return nil
}

// why says in a person's words what kept us from the image.
func (r logoReader) why(err error) string {
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("did not give it within %g seconds", r.patience.Seconds())
	case errors.As(err, &name):
		return "no such name is known"
	case errors.As(err, &certificate):
		return "its certificate is not one that browsers take"
	}
	return "the connection failed"
}
