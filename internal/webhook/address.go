package webhook

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
)

// maxAddress bounds an address that is to be called.
const maxAddress = 2000

// howToAllow is what a person does about an address that is refused.
const howToAllow = "If it is meant, whoever runs this server can allow it with --webhook-allow (STANNA_WEBHOOK_ALLOW)"

// ParseAllowed reads the list of addresses that may be called though they are
// not public, such as "10.1.2.3, 10.8.0.0/16 fd00::/8".
func ParseAllowed(text string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' }) {
		p, err := parsePrefix(word)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

func parsePrefix(word string) (p netip.Prefix, err error) {
	wrong := func(format string, args ...any) (netip.Prefix, error) {
		return p, stanna.Errorf(stanna.Invalid, "%q "+format, append([]any{clip(word, 60)}, args...)...)
	}
	if strings.Contains(word, "/") {
		p, err = netip.ParsePrefix(word)
	} else {
		var a netip.Addr
		if a, err = netip.ParseAddr(word); err == nil && a.Zone() != "" {
			return wrong("names a network interface; leave out what begins with %%")
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	switch {
	case err != nil && strings.EqualFold(word, "localhost"):
		return wrong("is a name; write 127.0.0.1 and ::1")
	case err != nil:
		return wrong("is neither an address such as 10.1.2.3 nor a range such as 10.8.0.0/16. A name cannot be allowed, because it may mean another address tomorrow")
	case p.Addr().Is4In6():
		return wrong("is an IPv4 address written as IPv6; write it with four numbers")
	case p.Bits() == 0:
		return wrong("would allow every address there is, and with them the metadata of the cloud and this server's own database")
	case p != p.Masked():
		return wrong("is no range, for it begins in the middle of one; write %s, or the address alone", p.Masked())
	}
	return p, nil
}

// CheckURL gives an address that may be saved, trimmed, or says why it may
// not: it has to be https, and http only where the address stands in it and
// is allowed. What its name means is judged when it is called.
func CheckURL(text string, allowed []netip.Prefix) (string, error) {
	invalid := func(format string, args ...any) (string, error) {
		return "", stanna.Errorf(stanna.Invalid, format, args...)
	}
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	switch {
	case text == "":
		return invalid("is required: the web address to be called, such as https://hooks.example.com/stanna")
	case len(text) > maxAddress:
		return invalid("is longer than %d characters", maxAddress)
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return invalid("may not contain spaces and letters beyond ASCII; write them percent-encoded, and a name in its form with xn--")
	case err != nil, u.Scheme != "https" && u.Scheme != "http", u.Host == "", u.Hostname() == "":
		return invalid("must be a whole web address, such as https://hooks.example.com/stanna")
	case u.User != nil:
		return invalid("may not carry a name and password before the host; requests are signed instead")
	case strings.Contains(text, "#"):
		return invalid("may not have a part after #, which is never sent")
	case !validPort(u.Port()) || strings.HasSuffix(u.Host, ":"):
		return invalid("has a port that is none; ports are 1 to 65535")
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	listed, what := judgeHost(host, allowed)
	switch {
	case oddAddress(host):
		return invalid("has a host that is an address in an odd form; write it with four numbers, such as 203.0.113.7, or name the host")
	case what != "":
		return invalid("may not be called: its host %s is %s. %s", clip(host, 100), what, howToAllow)
	case u.Scheme == "http" && !listed:
		return invalid("must begin with https://; http is only for addresses that are allowed and are written as numbers. %s", howToAllow)
	}
	return text, nil
}

// judgeHost says what a host is that may not be called, as far as it can be
// seen without asking what its name means, and whether it is on the list of
// those allowed.
func judgeHost(host string, allowed []netip.Prefix) (listed bool, what string) {
	within := func(a netip.Addr) bool {
		return slices.ContainsFunc(allowed, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return within(a.WithZone("").Unmap()), forbidden(a, allowed)
	}
	if host != "localhost" && !strings.HasSuffix(host, ".localhost") {
		return false, ""
	}
	if within(netip.AddrFrom4([4]byte{127, 0, 0, 1})) || within(netip.IPv6Loopback()) {
		return true, ""
	}
	return false, "this machine itself"
}

// oddAddress says whether a host is one that some programs take for an
// address and others for a name: 2130706433, 0x7f.1, 127.1.
func oddAddress(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	return strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x")
}

func validPort(port string) bool {
	n, err := strconv.Atoi(port)
	return port == "" || err == nil && n >= 1 && n <= 65535
}

// clip bounds what somebody else wrote and is quoted.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
