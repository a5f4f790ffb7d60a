package webhook

import (
	"slices"
	"strings"
	"unicode"

	"github.com/gostanna/stanna"
)

// Scheme names the way in which a request shows that it comes from who it
// says.
type Scheme string

// The schemes.
const (
	Standard Scheme = "standard"
	HubSpot  Scheme = "hubspot"
	Intercom Scheme = "intercom"
	Segment  Scheme = "segment"
	GitHub   Scheme = "github"
	Slack    Scheme = "slack"
	HMAC     Scheme = "hmac"
	Token    Scheme = "token"
)

// Guide is what a person has to know of a scheme.
type Guide struct {
	Scheme Scheme
	Name   string // for people
	Setup  string // what to paste where in the other tool
	Timed  bool   // the time is signed as well, so that an old request cannot be sent again by somebody else
	Theirs bool   // the secret is the other tool's and has to be pasted here; else it is ours, or one that people chose
	Header string // where people choose the header with the signature or token: the usual one
}

// Schemes lists the schemes, those first that protect best.
func Schemes() []Guide {
	list := make([]Guide, len(schemes))
	for i, s := range schemes {
		list[i] = s.Guide
	}
	return list
}

// scheme is a way with how a request is read by it.
type scheme struct {
	Guide
	read func(r Request, header string) (claim, error)
}

// Where a tool documents its way, the address stands beside it.
var schemes = []scheme{
	{Guide{Scheme: Standard, Name: "Standard Webhooks", Timed: true,
		Setup: "In the other tool add a webhook with this address. If it asks for a signing secret, paste the one from here; if it shows one of its own (whsec_…), paste that here."},
		readStandard}, // https://github.com/standard-webhooks/standard-webhooks
	{Guide{Scheme: HubSpot, Name: "HubSpot", Timed: true, Theirs: true,
		Setup: "In HubSpot open your app, copy the client secret from its Auth page and paste it here. Then paste this address as the target URL of the app's webhooks."},
		readHubSpot}, // https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
	{Guide{Scheme: Slack, Name: "Slack", Timed: true, Theirs: true,
		Setup: "On the Basic Information page of your Slack app copy the signing secret and paste it here. Then paste this address where the app calls out, such as a slash command. (A workflow's web request is not signed: use a token.)"},
		readSlack}, // https://docs.slack.dev/authentication/verifying-requests-from-slack
	{Guide{Scheme: Intercom, Name: "Intercom", Theirs: true,
		Setup: "In Intercom's Developer Hub open your app, copy the client secret from Basic information and paste it here. Then paste this address as the endpoint URL under Webhooks."},
		readIntercom}, // https://developers.intercom.com/docs/webhooks
	{Guide{Scheme: Segment, Name: "Segment",
		Setup: "In Segment add the destination Webhooks (Actions) and paste this address as its URL, and the secret from here as Shared Secret under Settings, Advanced Settings."},
		readSegment}, // https://www.twilio.com/docs/segment/connections/destinations/catalog/actions-webhook
	{Guide{Scheme: GitHub, Name: "GitHub",
		Setup: "Paste this address as Payload URL and the secret from here as Secret, and choose application/json as content type. Whatever signs like GitHub, in X-Hub-Signature-256, can use this."},
		readGitHub}, // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
	{Guide{Scheme: HMAC, Name: "HMAC-SHA256 in a header", Header: "X-Signature-256",
		Setup: "For tools that sign the body with HMAC-SHA256: paste this address and the secret from here, or theirs here, and name the header in which they put the signature. It may be in hex or base64, and may begin with sha256=."},
		readHMAC},
	{Guide{Scheme: Token, Name: "Token", Header: tokenHeader,
		Setup: "For tools that cannot sign: have them send the secret from here with each request, as Authorization: Bearer SECRET, in the header X-Webhook-Token or another that you name, or as the password of Basic authentication. Whoever sees one request can send others, so prefer a signature."},
		readToken},
}

// Bounds of a secret that is not Standard Webhooks': HubSpot's, Intercom's
// and Slack's have 32 to 36 characters; a shorter one than this can be
// guessed.
const (
	minSecret = 16
	maxSecret = 500
	maxName   = 100 // of a header
)

// CheckScheme says what is wrong with a scheme, the header that was chosen
// for it ("" for the usual one) and a secret, or nil.
func CheckScheme(name Scheme, header string, secret stanna.Secret) error {
	s, ok := find(name)
	if !ok {
		return stanna.InvalidField("scheme", "is none that is known; use one of %s", names())
	}
	switch {
	case header != "" && s.Header == "":
		return stanna.InvalidField("header", "cannot be chosen for %s, which has its own; leave it out", s.Name)
	case len(header) > maxName || strings.ContainsFunc(header, func(r rune) bool { return !headerRune(r) }):
		return stanna.InvalidField("header", "must be the name of a header, such as %s: letters, digits and -, %d at most", s.Header, maxName)
	}
	if name == Standard {
		if err := ValidSecret(secret); err != nil {
			return stanna.InvalidField("secret", "%s", err)
		}
		return nil
	}
	text := secret.Reveal()
	switch {
	case len(text) < minSecret || len(text) > maxSecret:
		return stanna.InvalidField("secret", "must be of %d to %d characters", minSecret, maxSecret)
	case text != strings.TrimSpace(text) || strings.ContainsFunc(text, unicode.IsControl):
		return stanna.InvalidField("secret", "has spaces or ends of lines around it; copy it again, without them")
	case name == Token && strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return stanna.InvalidField("secret", "is a token, so it can have no spaces and no letters beyond ASCII")
	}
	return nil
}

// find gives a scheme by its name.
func find(name Scheme) (scheme, bool) {
	i := slices.IndexFunc(schemes, func(s scheme) bool { return s.Scheme == name })
	if i < 0 {
		return scheme{}, false
	}
	return schemes[i], true
}

func names() string {
	list := make([]string, len(schemes))
	for i, s := range schemes {
		list[i] = string(s.Scheme)
	}
	return strings.Join(list, ", ")
}

// headerRune says whether r may stand in the name of a header. Proxies drop
// those with other characters, though HTTP has more.
func headerRune(r rune) bool {
	return r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}
