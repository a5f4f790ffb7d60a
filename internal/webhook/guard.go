package webhook

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// dialTimeout bounds how long a connection is waited for.
const dialTimeout = 3 * time.Second

// NewHTTPClient makes the client for addresses that people of a workspace
// have typed in: it connects to the public internet and to what is allowed,
// and to nothing else. It follows no redirect, uses no proxy and unpacks
// nothing. A process should share one; the deadline is the context's.
func NewHTTPClient(allowed []netip.Prefix) *http.Client {
	return newHTTPClient(allowed, net.DefaultResolver)
}

func newHTTPClient(allowed []netip.Prefix, names *net.Resolver) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second, Resolver: names, Control: guard(allowed)}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:                  nil, // it would resolve the name where no guard stands
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    dialTimeout,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // a small answer stays small
			MaxIdleConns:           200,
			MaxIdleConnsPerHost:    16, // so many may be on their way to one endpoint at once, each on a connection of its own
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

// guard is asked by the dialer before each connection, when the name has
// become an address: what it looks at is what is called.
func guard(allowed []netip.Prefix) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%s %q is not called: it is no internet address", network, address)
		}
		if what := forbidden(at.Addr(), allowed); what != "" {
			return &forbiddenError{at.Addr(), what}
		}
		return nil
	}
}

// forbiddenError is the guard's no.
type forbiddenError struct {
	addr netip.Addr
	what string
}

func (e *forbiddenError) Error() string { return e.addr.String() + " is " + e.what }

// forbidden says what an address is that may not be called, or "" when it
// may.
func forbidden(addr netip.Addr, allowed []netip.Prefix) string {
	addr = addr.WithZone("").Unmap() // no prefix contains an address with a zone
	for _, p := range allowed {
		if p.Contains(addr) {
			return ""
		}
	}
	for _, r := range special {
		if r.Contains(addr) {
			return r.what
		}
	}
	if addr.Is6() && !publicIPv6.Contains(addr) && !nat64.Contains(addr) {
		return "outside the public internet"
	}
	for _, inner := range carried(addr) {
		if what := forbidden(inner, nil); what != "" {
			return "a way to " + inner.String() + ", " + what
		}
	}
	return ""
}

// carried gives the IPv4 addresses to which a gateway would pass on what is
// sent to an IPv6 address.
func carried(addr netip.Addr) []netip.Addr {
	b := addr.As16()
	switch {
	case nat64.Contains(addr):
		return []netip.Addr{netip.AddrFrom4([4]byte(b[12:]))}
	case sixToFour.Contains(addr):
		return []netip.Addr{netip.AddrFrom4([4]byte(b[2:]))}
	case teredo.Contains(addr): // its server, and its client with every bit turned
		return []netip.Addr{netip.AddrFrom4([4]byte(b[4:])), netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})}
	}
	return nil
}

var (
	publicIPv6 = netip.MustParsePrefix("2000::/3")     // all that is given out, https://www.iana.org/assignments/ipv6-address-space
	nat64      = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052
	sixToFour  = netip.MustParsePrefix("2002::/16")    // RFC 3056
	teredo     = netip.MustParsePrefix("2001::/32")    // RFC 4380
)

// special are the ranges that are not the public internet,
// https://www.iana.org/assignments/iana-ipv4-special-registry and
// https://www.iana.org/assignments/iana-ipv6-special-registry, with multicast
// and one address that looks public and is not.
var special = []struct {
	netip.Prefix
	what string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "this machine itself"},
	{netip.MustParsePrefix("127.0.0.0/8"), "this machine itself"},
	{netip.MustParsePrefix("::/127"), "this machine itself"}, // :: and ::1
	{netip.MustParsePrefix("10.0.0.0/8"), "a private address"},
	{netip.MustParsePrefix("172.16.0.0/12"), "a private address"},
	{netip.MustParsePrefix("192.168.0.0/16"), "a private address"},
	{netip.MustParsePrefix("fc00::/7"), "a private address"},
	{netip.MustParsePrefix("fec0::/10"), "a private address"},
	{netip.MustParsePrefix("169.254.0.0/16"), "an address of the local link, where clouds keep their metadata"},
	{netip.MustParsePrefix("fe80::/10"), "an address of the local link"},
	{netip.MustParsePrefix("168.63.129.16/32"), "Azure's own service for its machines"},
	{netip.MustParsePrefix("100.64.0.0/10"), "an address inside a provider's network"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "an address of a local translation to IPv4"}, // RFC 8215
	{netip.MustParsePrefix("192.0.0.0/24"), "a reserved address"},
	{netip.MustParsePrefix("192.88.99.0/24"), "a reserved address"},
	{netip.MustParsePrefix("240.0.0.0/4"), "a reserved address"}, // and broadcast
	{netip.MustParsePrefix("192.0.2.0/24"), "an address for examples"},
	{netip.MustParsePrefix("198.51.100.0/24"), "an address for examples"},
	{netip.MustParsePrefix("203.0.113.0/24"), "an address for examples"},
	{netip.MustParsePrefix("2001:db8::/32"), "an address for examples"},
	{netip.MustParsePrefix("3fff::/20"), "an address for examples"},
	{netip.MustParsePrefix("198.18.0.0/15"), "an address for measuring"},
	{netip.MustParsePrefix("2001:2::/48"), "an address for measuring"},
	{netip.MustParsePrefix("224.0.0.0/4"), "an address of many machines at once"},
	{netip.MustParsePrefix("ff00::/8"), "an address of many machines at once"},
}
