package webhook

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"strings"

	"github.com/gostanna/stanna"
)

// readStandard reads webhook-id, webhook-timestamp and webhook-signature, or
// the same of senders from before the standard, which begin with svix-.
func readStandard(r Request, _ string) (c claim, err error) {
	prefix := "Webhook-"
	if r.Header.Get(prefix+idHeader) == "" && r.Header.Get("Svix-"+idHeader) != "" {
		prefix = "Svix-"
	}
	id, err := only(r, prefix+idHeader)
	if err != nil {
		return c, err
	}
	text, at, err := stamp(r, prefix+timestampHeader, 1)
	if err != nil {
		return c, err
	}
	list, err := only(r, prefix+signatureHeader)
	if err != nil {
		return c, err
	}
	if strings.Count(list, " ") >= maxSignatures {
		return c, refuse("it carries more than %d signatures", maxSignatures)
	}
	for one := range strings.SplitSeq(list, " ") {
		if signature, ok := strings.CutPrefix(one, "v1,"); ok {
			c.offered = append(c.offered, signature)
		}
	}
	if len(c.offered) == 0 {
		return c, refuse("it carries no signature of version v1, which is the one made with a shared secret")
	}
	c.at = at
	c.want = func(secret stanna.Secret) (string, error) { return standardSignature(secret, id, text, r.Body) }
	return c, nil
}

// readHubSpot reads version 3 of HubSpot's signature, over method, address,
// body and time.
func readHubSpot(r Request, _ string) (c claim, err error) {
	signature, err := only(r, "X-HubSpot-Signature-v3")
	if err != nil {
		return c, err
	}
	text, at, err := stamp(r, "X-HubSpot-Request-Timestamp", 1000)
	if err != nil {
		return c, err
	}
	return claim{at, []string{signature}, func(secret stanna.Secret) (string, error) {
		return base64.StdEncoding.EncodeToString(sum(sha256.New, []byte(secret.Reveal()), []byte(r.Method+hubSpotAddress(r.URL)), r.Body, []byte(text))), nil
	}}, nil
}

// hubSpotAddress is an address as HubSpot signs it: twelve characters stand
// for themselves, every other one stays as it was encoded.
func hubSpotAddress(address string) string {
	const decoded = ":/?@!$'()*,;"
	var pairs []string
	for i := range len(decoded) {
		code := hex.EncodeToString([]byte{decoded[i]})
		pairs = append(pairs, "%"+code, decoded[i:i+1], "%"+strings.ToUpper(code), decoded[i:i+1])
	}
	return strings.NewReplacer(pairs...).Replace(address)
}

// readSlack reads version 0 of Slack's signature, over time and body.
func readSlack(r Request, _ string) (c claim, err error) {
	text, at, err := stamp(r, "X-Slack-Request-Timestamp", 1)
	if err != nil {
		return c, err
	}
	signature, err := only(r, "X-Slack-Signature")
	if err != nil {
		return c, err
	}
	return claim{at, []string{signature}, func(secret stanna.Secret) (string, error) {
		return "v0=" + hex.EncodeToString(sum(sha256.New, []byte(secret.Reveal()), []byte("v0:"+text+":"), r.Body)), nil
	}}, nil
}

func readIntercom(r Request, _ string) (claim, error) {
	return overBody(r, "X-Hub-Signature", "sha1=", sha1.New)
}

func readSegment(r Request, _ string) (claim, error) { return overBody(r, "X-Signature", "", sha1.New) }

func readGitHub(r Request, _ string) (claim, error) {
	return overBody(r, "X-Hub-Signature-256", "sha256=", sha256.New)
}

// overBody reads a signature in hex over nothing but the body.
func overBody(r Request, header, prefix string, h func() hash.Hash) (c claim, err error) {
	signature, err := only(r, header)
	if err != nil {
		return c, err
	}
	return claim{offered: []string{signature}, want: func(secret stanna.Secret) (string, error) {
		return prefix + hex.EncodeToString(sum(h, []byte(secret.Reveal()), r.Body)), nil
	}}, nil
}

// readHMAC reads a signature over the body however it is written: in hex of
// either case, or in base64 of either alphabet.
func readHMAC(r Request, header string) (c claim, err error) {
	if c, err = overBody(r, header, "", sha256.New); err != nil {
		return c, err
	}
	text := strings.TrimPrefix(c.offered[0], "sha256=")
	signature, err := hex.DecodeString(text)
	if err != nil {
		signature, err = base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "=")))
	}
	if err != nil || len(signature) != sha256.Size {
		return c, refuse("its header %s holds no HMAC-SHA256, which is 64 characters of hex or 44 of base64", header)
	}
	c.offered = []string{hex.EncodeToString(signature)}
	return c, nil
}

// tokenHeader is where a token is looked for beside Authorization, unless
// people chose another header.
const tokenHeader = "X-Webhook-Token"

// readToken reads tokens from where tools can put one. They are compared by
// their digests, so that not even the length of the right one can be found
// out.
func readToken(r Request, header string) (c claim, err error) {
	offer := func(token string) {
		if token != "" && len(token) <= maxHeader {
			c.offered = append(c.offered, digest(token))
		}
	}
	offer(r.Header.Get(header))
	if way, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(way, "Bearer") {
		offer(strings.TrimSpace(token))
	}
	if _, password, ok := (&http.Request{Header: r.Header}).BasicAuth(); ok {
		offer(password)
	}
	if len(c.offered) == 0 {
		return c, refuse("it has no token: send it as Authorization: Bearer, in the header %s, or as the password of Basic authentication", header)
	}
	c.want = func(secret stanna.Secret) (string, error) { return digest(secret.Reveal()), nil }
	return c, nil
}

func digest(token string) string {
	d := sha256.Sum256([]byte(token))
	return string(d[:])
}
