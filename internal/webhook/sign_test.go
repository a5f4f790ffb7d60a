package webhook

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/gostanna/stanna"
)

// The vector that Standard Webhooks publishes.
const (
	publishedSecret    stanna.Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	publishedID                      = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	publishedBody                    = `{"test": 2432232314}`
	publishedAt                      = 1614265330
	publishedSignature               = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

func TestSignPublished(t *testing.T) {
	h, err := Sign(publishedID, time.Unix(publishedAt, 999), []byte(publishedBody), publishedSecret)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"webhook-id": publishedID, "webhook-timestamp": "1614265330", "webhook-signature": publishedSignature} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// What we sign is taken by the official library, which asks the real clock,
// and what it signs is taken by us.
func TestOfficialLibrary(t *testing.T) {
	now, body := time.Now(), []byte(`{"type":"alert.opened","data":{"client":"Zoë"}}`)
	older, newer := NewSecret(), NewSecret()
	official := func(secret stanna.Secret) *standardwebhooks.Webhook {
		w, err := standardwebhooks.NewWebhook(secret.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	sign := func(secrets ...stanna.Secret) http.Header {
		h, err := Sign("msg_0193", now, body, secrets...)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	for _, c := range []struct {
		name   string
		header http.Header
		knows  stanna.Secret
		ok     bool
	}{
		{"one secret", sign(older), older, true},
		{"rotation, a receiver that knows the old one", sign(newer, older), older, true},
		{"rotation, a receiver that knows the new one", sign(newer, older), newer, true},
		{"after the rotation", sign(newer), older, false},
	} {
		if err := official(c.knows).Verify(body, c.header); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := official(c.knows).Verify(append([]byte(" "), body...), c.header); err == nil {
			t.Errorf("%s: another body is taken", c.name)
		}
	}

	theirs, err := official(older).Sign("msg_1", now, body)
	if err != nil {
		t.Fatal(err)
	}
	h := sign(newer)
	h.Set("webhook-id", "msg_1")
	h.Set("webhook-signature", theirs)
	if err := Verify(Standard, "", Request{Header: h, Body: body}, []stanna.Secret{newer, older}, now); err != nil {
		t.Error(err)
	}
}

func TestSignRefuses(t *testing.T) {
	good := NewSecret()
	for name, call := range map[string]func() (http.Header, error){
		"no id":              func() (http.Header, error) { return Sign("", time.Unix(1, 0), nil, good) },
		"a dot in the id":    func() (http.Header, error) { return Sign("msg.1", time.Unix(1, 0), nil, good) },
		"a line in the id":   func() (http.Header, error) { return Sign("msg\r\nX: y", time.Unix(1, 0), nil, good) },
		"a long id":          func() (http.Header, error) { return Sign(strings.Repeat("m", 201), time.Unix(1, 0), nil, good) },
		"no secret":          func() (http.Header, error) { return Sign("msg_1", time.Unix(1, 0), nil) },
		"one secret is none": func() (http.Header, error) { return Sign("msg_1", time.Unix(1, 0), nil, good, "whsec_short") },
	} {
		if h, err := call(); err == nil || h != nil || stanna.CodeOf(err) != stanna.Invalid {
			t.Errorf("%s: %v, %v", name, h, err)
		}
	}
}

func TestValidSecret(t *testing.T) {
	of := func(n int) stanna.Secret {
		return stanna.Secret("whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", n))))
	}
	for _, c := range []struct {
		secret stanna.Secret
		want   string
	}{
		{NewSecret(), ""},
		{publishedSecret, ""},
		{"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ""},
		{of(24), ""},
		{of(64), ""},
		{of(23), "holds 23 bytes"},
		{of(65), "holds 65 bytes"},
		{"", "holds 0 bytes"},
		{"whsec_", "holds 0 bytes"},
		{"whsec_whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "not one of Standard Webhooks"},
		{"whsec_ MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "not one of Standard Webhooks"},
		{"a-token-that-people-made-up", "not one of Standard Webhooks"},
	} {
		err := ValidSecret(c.secret)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.secret.Reveal(), err, c.want)
		}
		if raw := strings.TrimPrefix(c.secret.Reveal(), secretPrefix); err != nil && raw != "" && strings.Contains(err.Error(), raw) {
			t.Errorf("the secret is in %v", err)
		}
	}
	if a, b := NewSecret(), NewSecret(); a == b || len(a) != len("whsec_")+44 {
		t.Errorf("%q, %q", a.Reveal(), b.Reveal())
	}
}
