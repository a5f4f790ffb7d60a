package slack

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

func TestSignatureVectors(t *testing.T) {
	var vectors struct {
		Cases []struct {
			Name    string            `json:"name"`
			Secret  string            `json:"signing_secret"`
			Body    string            `json:"body"`
			Headers map[string]string `json:"headers"`
			Now     int64             `json:"now"`
			Valid   bool              `json:"valid"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(shared(t, "data/webhook-vectors/slack_signature.json"), &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors.Cases) < 7 {
		t.Fatalf("%d vectors", len(vectors.Cases))
	}
	for _, c := range vectors.Cases {
		h := http.Header{}
		for k, v := range c.Headers {
			h.Set(k, v)
		}
		err := App{SigningSecret: stanna.Secret(c.Secret)}.VerifySignature(h, []byte(c.Body), time.Unix(c.Now, 0))
		if (err == nil) != c.Valid {
			t.Errorf("%s: %v", c.Name, err)
		}
		if err != nil && stanna.CodeOf(err) != stanna.Unauthenticated {
			t.Errorf("%s: code %q", c.Name, stanna.CodeOf(err))
		}
	}
}

// The published example of Slack's page, with the edges around it.
func TestSignature(t *testing.T) {
	const at = 1531420618
	const body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	const good = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	for _, c := range []struct {
		name, secret, stamp, signature string
		now                            int64
		want                           string
	}{
		{"300 s old", "8f742231b10e8888abcd99yyyzzz85a5", "1531420618", good, at + 300, ""},
		{"301 s old", "8f742231b10e8888abcd99yyyzzz85a5", "1531420618", good, at + 301, "five minutes"},
		{"300 s ahead", "8f742231b10e8888abcd99yyyzzz85a5", "1531420618", good, at - 300, ""},
		{"301 s ahead", "8f742231b10e8888abcd99yyyzzz85a5", "1531420618", good, at - 301, "five minutes"},
		{"the end of time", "8f742231b10e8888abcd99yyyzzz85a5", "9223372036854775807", good, at, "five minutes"},
		{"before all time", "8f742231b10e8888abcd99yyyzzz85a5", "-9223372036854775808", good, at, "five minutes"},
		{"no number", "8f742231b10e8888abcd99yyyzzz85a5", "now", good, at, "five minutes"},
		{"another version", "8f742231b10e8888abcd99yyyzzz85a5", "1531420618", "v1" + good[2:], at, "signature is wrong"},
		{"upper case", "8f742231b10e8888abcd99yyyzzz85a5", "1531420618", strings.ToUpper(good), at, "signature is wrong"},
		{"another secret", "8f742231b10e8888abcd99yyyzzz85a6", "1531420618", good, at, "signature is wrong"},
		{"no secret configured", "", "1531420618", good, at, "no signing secret"},
	} {
		h := http.Header{"X-Slack-Request-Timestamp": {c.stamp}, "X-Slack-Signature": {c.signature}}
		err := App{SigningSecret: stanna.Secret(c.secret)}.VerifySignature(h, []byte(body), time.Unix(c.now, 0))
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		case err != nil && c.secret != "" && strings.Contains(err.Error(), c.secret):
			t.Errorf("%s: the secret is in %v", c.name, err)
		}
	}
}
