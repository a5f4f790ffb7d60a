package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// FuzzSignature: what is taken was signed with the secret over this very
// body, within five minutes; whatever else comes is refused in words.
func FuzzSignature(f *testing.F) {
	const secret, at = "8f742231b10e8888abcd99yyyzzz85a5", 1531420618
	sign := func(stamp string, body []byte) string {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte("v0:" + stamp + ":"))
		mac.Write(body)
		return "v0=" + hex.EncodeToString(mac.Sum(nil))
	}
	f.Add("1531420618", sign("1531420618", []byte("a=b")), []byte("a=b"))
	f.Add("1531420918", sign("1531420918", nil), []byte{})
	for _, s := range []string{"", "v0=", "v1=00", "v0=zz", "v0=" + strings.Repeat("0", 64), "v0=" + strings.Repeat("0", 1<<16)} {
		f.Add("1531420618", s, []byte("a=b"))
	}
	for _, stamp := range []string{"", "NaN", "1e9", "-1", "9223372036854775808", " 1531420618", "1531420618.0"} {
		f.Add(stamp, sign(stamp, []byte("a=b")), []byte("a=b"))
	}
	f.Fuzz(func(t *testing.T, stamp, signature string, body []byte) {
		h := http.Header{"X-Slack-Request-Timestamp": {stamp}, "X-Slack-Signature": {signature}}
		err := App{SigningSecret: secret}.VerifySignature(h, body, time.Unix(at, 0))
		if err != nil {
			if stanna.CodeOf(err) != stanna.Unauthenticated || strings.Contains(err.Error(), secret) {
				t.Fatalf("%v", err)
			}
			return
		}
		if !strings.EqualFold(signature, sign(stamp, body)) {
			t.Fatalf("%q was taken for %q", signature, stamp)
		}
	})
}

// FuzzParseEvent: whatever Slack sends as an event is read or refused, the
// same twice.
func FuzzParseEvent(f *testing.F) {
	for _, seed := range []string{`{"type":"url_verification","challenge":"x"}`, `{"type":"event_callback","team_id":"T1","event":{"type":"app_uninstalled"}}`,
		`{"type":"event_callback","team_id":"T1","event":{"type":"tokens_revoked","tokens":{"bot":["U1"],"oauth":null}}}`, `{"type":"event_callback","event":[]}`, "null", "["} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := ParseEvent(body)
		_, again := ParseEvent(body)
		if (err == nil) != (again == nil) {
			t.Fatal("it reads otherwise the second time")
		}
		if err != nil && stanna.CodeOf(err) == "" {
			t.Fatalf("an internal error: %v", err)
		}
		_ = e.Ends(stanna.Connection{TeamID: "T1", BotUserID: "U1"})
	})
}
