package stanna

import (
	"net/url"
	"strings"
)

// maxAddress bounds the address of a conversation: beside another one it has
// to fit into one section of a message (3,000 characters,
// https://docs.slack.dev/reference/block-kit/blocks/section-block).
const maxAddress = 1000

// ValidAddress checks an address in another system, to which messages and
// pages lead: a web address as a browser copies it, in full and without
// somebody's name and password in it.
func ValidAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil, !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://"), u.Hostname() == "":
		return Errorf(Invalid, "must be a whole web address, such as https://support.example.com/conversations/118")
	case u.User != nil:
		return Errorf(Invalid, "may not carry a name and password before the host")
	case strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("<>|\"\\^`{}", r) }):
		return Errorf(Invalid, "may not contain spaces, marks such as < > | and letters beyond ASCII; write them percent-encoded, as a browser copies them")
	case writtenOut(address) > maxAddress:
		return Errorf(Invalid, "is longer than %d characters, of which & counts as 5, * and ~ as 3: that is what they take in a message", maxAddress)
	}
	return nil
}

// writtenOut is how long an address is where it must be escaped for Slack.
func writtenOut(address string) int {
	return len(address) + 4*strings.Count(address, "&") + 2*(strings.Count(address, "*")+strings.Count(address, "~"))
}
