package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
)

// maxSkew is how far a request's time may lie from now, either way, in
// seconds. https://docs.slack.dev/authentication/verifying-requests-from-slack
const maxSkew = 300

// VerifySignature says whether a request to our events or interactions
// address was made by Slack: body must be the raw bytes, before any decoding.
// (slack-go's own verifier asks its own clock, and takes times in the future
// for too old.)
func (a App) VerifySignature(header http.Header, body []byte, now time.Time) error {
	refuse := func(why string) error {
		return stanna.Errorf(stanna.Unauthenticated, "not a request from Slack: %s", why)
	}
	if a.SigningSecret == "" {
		return refuse("no signing secret is configured; take it from the app's Basic Information page at Slack")
	}
	stamp, signature := header.Get("X-Slack-Request-Timestamp"), header.Get("X-Slack-Signature")
	if stamp == "" || signature == "" {
		return refuse("it is not signed")
	}
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || at < now.Unix()-maxSkew || at > now.Unix()+maxSkew {
		return refuse("its time is more than five minutes away from ours; if this lasts, set this server's clock")
	}
	mac := hmac.New(sha256.New, []byte(a.SigningSecret.Reveal()))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	want := "v0=" + hex.EncodeToString(mac.Sum(nil))
	if !hmac.Equal([]byte(want), []byte(signature)) {
		return refuse("the signature is wrong; compare the signing secret with the app's Basic Information page at Slack")
	}
	return nil
}
