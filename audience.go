package stanna

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Branding is whose messages these are.
type Branding struct {
	Name    string `json:"name,omitempty"`    // 40 characters at most
	LogoURL string `json:"logoUrl,omitempty"` // a public https address of an image; Slack fetches it
	Accent  string `json:"accent,omitempty"`  // a colour, "#1a7f5a"
	Footer  string `json:"footer,omitempty"`  // 200 characters at most
}

// Budget is how many messages a place takes in a local day before the rest
// waits for the next digest. What is critical always passes. 0: no limit.
type Budget struct {
	Channel int `json:"channel,omitempty"`
	Person  int `json:"person,omitempty"`
}

// SharedChannels is what becomes of messages to a channel that people of
// other organisations see.
type SharedChannels string

// What may be done about shared channels.
const (
	RefuseShared SharedChannels = "refuse" // they go to the fallback channel
	RedactShared SharedChannels = "redact" // they name no client and no figure, and link to the page
)

// KeepsFrom says why nothing is told in a channel by the workspace's choice,
// or "".
func (s Settings) KeepsFrom(c Channel) string {
	if c.Shared && s.SharedChannels != RedactShared {
		return "The channel is shared with another company, which would read about your customers. Choose another, or allow shared channels in the settings: messages then name no client."
	}
	return ""
}

// ChannelHabits are the choices of one channel.
type ChannelHabits struct {
	Locale string `json:"locale,omitempty"` // BCP 47; the workspace's by default
	Budget *int   `json:"budget,omitempty"` // messages a day; nil: the workspace's, 0: no limit
}

// LocaleAt is the language that is read in a channel; "" is everywhere.
func (s Settings) LocaleAt(channel string) string {
	if own := s.Channels[channel].Locale; own != "" {
		return own
	}
	return s.Locale
}

// MaxBudget bounds a budget: nobody reads so many messages in a day.
const MaxBudget = 10_000

var accent = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// Validate says what is wrong with the branding, or nil. Whether there is an
// image at LogoURL is asked where it is saved.
func (b Branding) Validate(field string) error {
	switch {
	case utf8.RuneCountInString(b.Name) > 40:
		return InvalidField(field+".name", "is longer than 40 characters")
	case utf8.RuneCountInString(b.Footer) > 200:
		return InvalidField(field+".footer", "is longer than 200 characters")
	case b.Accent != "" && !accent.MatchString(b.Accent):
		return InvalidField(field+".accent", "%q is no colour; give one such as #1a7f5a", clip(b.Accent, 40))
	case b.LogoURL == "":
		return nil
	}
	u, err := url.Parse(b.LogoURL)
	switch {
	case err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(b.LogoURL) > 1000:
		return InvalidField(field+".logoUrl", "must be a public https address of an image, of 1,000 characters at most: Slack fetches it")
	case !publicHost(u.Hostname()):
		return InvalidField(field+".logoUrl", "%q is a private address; Slack fetches the image and cannot reach it", clip(u.Hostname(), 80))
	}
	return nil
}

// publicHost says whether a host may be reached from outside, as far as its
// name tells.
func publicHost(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return PublicAddress(ip)
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, private := range []string{"localhost", "local", "internal", "lan", "home", "corp", "test", "invalid", "example"} {
		if host == private || strings.HasSuffix(host, "."+private) {
			return false
		}
	}
	return strings.Contains(host, ".")
}

// PublicAddress says whether an address belongs to the public internet.
// https://www.iana.org/assignments/iana-ipv4-special-registry
func PublicAddress(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, special := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16"} {
		if netip.MustParsePrefix(special).Contains(ip) {
			return false
		}
	}
	return true
}

// Validate says what is wrong with the budget, or nil.
func (b Budget) Validate(field string) error {
	if b.Channel < 0 || b.Channel > MaxBudget {
		return InvalidField(field+".channel", "must be between 0 (no limit) and 10,000")
	}
	if b.Person < 0 || b.Person > MaxBudget {
		return InvalidField(field+".person", "must be between 0 (no limit) and 10,000")
	}
	return nil
}

// Validate says what is wrong with the choices, or nil.
func (c ChannelHabits) Validate(field string) error {
	if c.Budget != nil && (*c.Budget < 0 || *c.Budget > MaxBudget) {
		return InvalidField(field+".budget", "must be between 0 (no limit) and 10,000")
	}
	return nil
}
