package stripe

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"

	"github.com/gostanna/stanna"
)

// maxSkew is how far a signature's time may lie from now, either way.
// https://docs.stripe.com/webhooks#replay-attacks
const maxSkew = 5 * time.Minute

// Verify says whether body, as it came, was signed by Stripe with one of the
// endpoint's secrets (there are several while one is rotated) within five
// minutes of now. (Stripe's library asks its own clock, and takes any time in
// the future.)
func Verify(body []byte, header string, secrets []stanna.Secret, now time.Time) error {
	refuse := func(why string) error {
		return stanna.Errorf(stanna.Unauthenticated, "not an event from Stripe: %s", why)
	}
	if header == "" {
		return refuse("it has no Stripe-Signature header")
	}
	at, ok := signedAt(header)
	if !ok {
		return refuse("its Stripe-Signature header is not of the form t=…,v1=…")
	}
	err := errors.New("no secret")
	for _, secret := range secrets {
		if secret == "" { // signs nothing: anybody could
			continue
		}
		if err = webhook.ValidatePayloadIgnoringTolerance(body, header, secret.Reveal()); err == nil {
			break
		}
	}
	switch skew := int64(maxSkew / time.Second); {
	case err == nil && at >= now.Unix()-skew && at <= now.Unix()+skew:
		return nil
	case err == nil:
		return refuse("it was signed more than five minutes before or after now; if this lasts, check this server's clock")
	case errors.Is(err, webhook.ErrInvalidHeader):
		return refuse("its Stripe-Signature header is not of the form t=…,v1=…")
	case errors.Is(err, webhook.ErrNoValidSignature):
		return refuse("the signature is wrong; is it the signing secret of another endpoint?")
	}
	return refuse("no signing secret of the endpoint is known; it is shown with the endpoint at Stripe")
}

// signedAt is the time in the header, in seconds. Of several Stripe's library
// takes the last.
func signedAt(header string) (at int64, ok bool) {
	for pair := range strings.SplitSeq(header, ",") {
		if text, is := strings.CutPrefix(pair, "t="); is {
			seconds, err := strconv.ParseInt(text, 10, 64)
			at, ok = seconds, err == nil
		}
	}
	return at, ok
}
