package webhook

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// FuzzVerify: no request makes the program panic; every refusal says so with
// the right code, in bounds, without the secret; and what one secret passes,
// another does not.
func FuzzVerify(f *testing.F) {
	add := func(name Scheme, header, url string, r Request, secret stanna.Secret, now int64) {
		var text strings.Builder
		for name := range r.Header {
			text.WriteString(name + ": " + r.Header.Get(name) + "\n")
		}
		i := slices.IndexFunc(schemes, func(s scheme) bool { return s.Scheme == name })
		f.Add(i, header, url, text.String(), r.Body, secret.Reveal(), now)
	}
	for _, s := range samples() {
		add(s.scheme, s.header, s.url, s.request(), s.secret, s.at)
	}
	for _, v := range vectors(f, "standard_webhooks.json") {
		add(Standard, "", "", v.request(), stanna.Secret(v.Secret), v.Now)
	}
	for _, v := range vectors(f, "slack_signature.json") {
		add(Slack, "", "", v.request(), stanna.Secret(v.Signing), v.Now)
	}
	other := NewSecret()
	f.Fuzz(func(t *testing.T, i int, header, url, headers string, body []byte, secret string, now int64) {
		if i < 0 || i >= len(schemes) {
			return
		}
		scheme := schemes[i].Scheme
		r := Request{Method: http.MethodPost, URL: url, Header: http.Header{}, Body: body}
		for line := range strings.SplitSeq(headers, "\n") {
			name, value, _ := strings.Cut(line, ": ")
			r.Header.Add(name, value)
		}
		at := time.Unix(now%1e11, 0)
		err := Verify(scheme, header, r, []stanna.Secret{stanna.Secret(secret)}, at)
		if err == nil {
			if Verify(scheme, header, r, []stanna.Secret{other}, at) == nil {
				t.Fatalf("%s: taken with two secrets", scheme)
			}
			return
		}
		if stanna.CodeOf(err) != stanna.Unauthenticated || len(err.Error()) > 400+len(header) {
			t.Fatalf("%s: %q, %v", scheme, stanna.CodeOf(err), err)
		}
		if len(secret) >= 20 && strings.Contains(err.Error(), secret) && !strings.Contains(header, secret) {
			t.Fatalf("%s: the secret is in %v", scheme, err)
		}
	})
}
