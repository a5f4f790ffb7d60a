package slack

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

func TestRespond(t *testing.T) {
	for _, answer := range []string{"ok", "ok\n", `{"ok":true}`} {
		var body []byte
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ = io.ReadAll(r.Body)
			if r.Method != http.MethodPost || r.URL.Path != "/actions/T1/1/x" || r.Header.Get("Authorization") != "" {
				t.Error(r.Method, r.URL)
			}
			_, _ = w.Write([]byte(answer))
		}))
		t.Cleanup(s.Close)
		if err := Respond(t.Context(), pool(t), s.URL+"/", stanna.Secret(s.URL+"/actions/T1/1/x"), "You may not: <b>"); err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(map[string]any{"response_type": "ephemeral", "replace_original": false, "text": "You may not: <b>"}, got); d != "" {
			t.Error(d)
		}
	}
}

func TestRespondFails(t *testing.T) {
	thief := serve(t, says("ok"))
	for name, c := range map[string]struct {
		h     http.HandlerFunc
		kind  Kind
		class Class
	}{
		"over":     {status(404), Permanent, ClassPress},
		"used":     {says(`{"ok":false,"error":"used_url"}`), Permanent, ClassPress},
		"busy":     {status(429, "Retry-After", "3"), Retry, ClassWait},
		"broken":   {status(500), Unknown, ClassAmbiguous},
		"hung up":  {reset, Unknown, ClassAmbiguous},
		"nonsense": {says("<html>"), Unknown, ClassAmbiguous},
		"nothing":  {says(""), Unknown, ClassAmbiguous},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, Unknown, ClassAmbiguous},
		"redirect": {status(307, "Location", thief.URL), Retry, ClassWait},
	} {
		s := serve(t, c.h)
		err := Respond(t.Context(), pool(t), s.URL, stanna.Secret(s.URL+"/actions/x"), "hello")
		if o, ok := OutcomeOf(err); !ok || o.Kind != c.kind || o.Class != c.class {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if thief.calls() != 0 {
		t.Error("the redirect was followed")
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	s := serve(t, says("ok"))
	if err := Respond(over, pool(t), s.URL, stanna.Secret(s.URL+"/actions/x"), "hello"); err == nil || s.calls() != 0 {
		t.Error("it was sent out of time")
	}
}

// TestRespondAddress: nobody but Slack is spoken to.
func TestRespondAddress(t *testing.T) {
	const sandbox = "http://127.0.0.1:4010"
	for address, want := range map[string]bool{
		"https://hooks.slack.com/actions/T1/1/x":       true,
		"https://HOOKS.slack.com/actions/T1/1/x":       true,
		"https://hooks.slack.com:443/actions/T1/1/x":   true,
		"https://hooks.slack-gov.com/actions/T1/1/x":   true,
		sandbox + "/actions/x":                         true,
		"http://hooks.slack.com/actions/T1/1/x":        false,
		"https://hooks.slack.com:8443/actions":         false,
		"https://hooks.slack.com.evil.example/actions": false,
		"https://hooks.slack.com@evil.example/actions": false,
		"https://ana:x@hooks.slack.com/actions":        false,
		"https://evil.example/#hooks.slack.com":        false,
		"https://xhooks.slack.com/actions":             false,
		"https://slack.com/actions":                    false,
		"https://127.0.0.1:4010/actions":               false,
		"http://127.0.0.1:4011/actions":                false,
		"http://127.0.0.1/actions":                     false,
		"http://169.254.169.254/latest/meta-data":      false,
		"//hooks.slack.com/actions":                    false,
		"https:hooks.slack.com/actions":                false,
		"":                                             false,
		"::":                                           false,
		"file:///etc/passwd":                           false,
	} {
		u, err := url.Parse(address)
		if got := err == nil && takesResponses(u, sandbox); got != want {
			t.Errorf("%s: %v", address, got)
		}
		if want {
			continue
		}
		never := &http.Client{Transport: trip(func(*http.Request) (*http.Response, error) { t.Errorf("%s was called", address); return nil, io.EOF })}
		err = Respond(t.Context(), never, sandbox, stanna.Secret(address), "hello")
		if o, _ := OutcomeOf(err); o.Kind != Permanent || o.Code != "foreign_response_url" {
			t.Errorf("%s: %+v", address, o)
		}
	}
	for _, slackURL := range []string{"", "::", "https://slack.com"} {
		if u, _ := url.Parse("/actions"); takesResponses(u, slackURL) {
			t.Errorf("a bare path is taken at %q", slackURL)
		}
	}
}

type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
