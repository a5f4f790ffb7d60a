package webhook

import (
	"crypto/hmac"
	"net/http"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
)

// Request is a request as it came.
type Request struct {
	Method string
	URL    string // the whole address that the sender called, https://, host, path and query, as the sender knows it
	Header http.Header
	Body   []byte // the bytes as they came, before any decoding
}

// tolerance is how far the time of a request may lie from ours, either way.
// Standard Webhooks, HubSpot and Slack all say five minutes.
const tolerance = 5 * time.Minute

// Bounds of what is read of a header. Honest ones have one or two signatures
// of up to 90 characters.
const (
	maxHeader     = 4 << 10
	maxSignatures = 20
	lastSecond    = 1e11 // in the year 5138; later ones would overflow where durations are counted
)

// claim is what a request says for itself under a scheme.
type claim struct {
	at      time.Time                           // when it was signed; zero: the scheme signs no time
	offered []string                            // signatures, or tokens
	want    func(stanna.Secret) (string, error) // what one of them has to be for a secret
}

// Verify says whether a request was signed with one of the secrets, of which
// there are two while they are rotated. The error says what is wrong and, as
// far as that can be told, what to do; it shows no secret and nothing of the
// request. header is the one that people chose where the scheme leaves it
// open, "" for the usual one.
func Verify(name Scheme, header string, r Request, secrets []stanna.Secret, now time.Time) error {
	s, ok := find(name)
	if !ok {
		return refuse("the scheme by which requests to this address are signed is not known; choose it anew")
	}
	if header == "" {
		header = s.Header
	}
	c, err := s.read(r, header)
	if err != nil {
		return err
	}
	if !c.at.IsZero() {
		if err := timely(c.at, now); err != nil {
			return err
		}
	}
	why := refuse("this address has no secret; give it one")
	for _, secret := range secrets {
		if secret == "" {
			continue // whoever knows the scheme could sign with it
		}
		want, err := c.want(secret)
		if err != nil {
			why = refuse("%s", err)
			continue
		}
		for _, signature := range c.offered {
			if hmac.Equal([]byte(signature), []byte(want)) { // takes the same time wherever they differ
				return nil
			}
		}
		why = refuse("the signature is wrong: is it made with the secret of another address, or was the body changed on its way?")
		if name == Token {
			why = refuse("the token is wrong: is it the one of another address?")
		}
	}
	return why
}

// timely says whether a request that was signed at that time may be taken.
func timely(at, now time.Time) error {
	switch age := now.Sub(at); {
	case age > tolerance:
		return refuse("it was signed %s ago, and five minutes are the most: either it is an old request sent again, or one of the two clocks is wrong", age.Round(time.Second))
	case age < -tolerance:
		return refuse("it was signed %s ahead of this server's clock, and five minutes are the most; set the clock that is wrong", (-age).Round(time.Second))
	}
	return nil
}

// refuse is the error for a request that is not taken.
func refuse(format string, args ...any) error {
	return stanna.Errorf(stanna.Unauthenticated, "the request was not accepted: "+format, args...)
}

// only gives the one value of a header that a scheme needs.
func only(r Request, name string) (string, error) {
	switch value := r.Header.Get(name); {
	case value == "":
		return "", refuse("it is not signed as this address expects: the header %s is missing", name)
	case len(value) > maxHeader:
		return "", refuse("its header %s is longer than %d characters", name, maxHeader)
	default:
		return value, nil
	}
}

// stamp gives the time in a header, both as it stands there, which is what
// was signed, and as a time; perSecond is 1 where it counts seconds.
func stamp(r Request, name string, perSecond int64) (text string, at time.Time, err error) {
	if text, err = only(r, name); err != nil {
		return "", at, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n/perSecond > lastSecond {
		return "", at, refuse("its header %s is no time, which would be a number counted from 1970", name)
	}
	return text, time.Unix(n/perSecond, n%perSecond*int64(time.Second)/perSecond), nil
}
