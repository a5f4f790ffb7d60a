package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var blocks = json.RawMessage(`[{"type":"section","text":{"type":"mrkdwn","text":"Acme &amp; Co","verbatim":true}}]`)

func TestPostDelivers(t *testing.T) {
	// The answer to a post to U… names the D…; the block in the echo is one
	// that nobody knows yet.
	f := serve(t, says(`{"ok":true,"channel":"D024BE91L","ts":"1503435956.000247","message":{"blocks":[{"type":7}],"files":"?"}}`))
	got := client(t, f.URL+"/").Post(t.Context(), "U123", Content{Text: "Acme &amp; Co: health fell", Blocks: blocks})
	want := Outcome{Kind: Delivered, Channel: "D024BE91L", TS: "1503435956.000247"}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	path, form := f.last(t)
	if path != "/api/chat.postMessage" {
		t.Errorf("called %s", path)
	}
	if d := cmp.Diff(url.Values{
		"token": {testToken.Reveal()}, "channel": {"U123"}, "text": {"Acme &amp; Co: health fell"},
		"blocks": {string(blocks)}, "unfurl_links": {"false"}, "unfurl_media": {"false"},
	}, form); d != "" {
		t.Error(d)
	}
}

func TestReplyAndUpdateSend(t *testing.T) {
	f := serve(t, says(`{"ok":true,"channel":"C1","ts":"2.2","text":"x"}`))
	c := client(t, f.URL)
	if o := c.Reply(t.Context(), "C1", "1.1", Content{Text: "more"}); o.Kind != Delivered {
		t.Fatalf("%+v", o)
	}
	_, form := f.last(t)
	if form.Get("thread_ts") != "1.1" || form.Has("blocks") || form.Has("reply_broadcast") {
		t.Errorf("reply sent %v", form)
	}
	if o := c.Broadcast(t.Context(), "C1", "1.1", Content{Text: "worse"}); o.Kind != Delivered {
		t.Fatalf("%+v", o)
	}
	if _, form = f.last(t); form.Get("thread_ts") != "1.1" || form.Get("reply_broadcast") != "true" {
		t.Errorf("broadcast sent %v", form)
	}
	c.Broadcast(t.Context(), "C1", "", Content{Text: "no thread yet"})
	if _, form = f.last(t); form.Has("thread_ts") || form.Has("reply_broadcast") {
		t.Errorf("broadcast without a thread sent %v", form)
	}
	if o := c.Update(t.Context(), "C1", "2.2", Content{Text: "words alone"}); o.Kind != Delivered || o.TS != "2.2" {
		t.Fatalf("%+v", o)
	}
	path, form := f.last(t)
	if d := cmp.Diff(url.Values{"token": {testToken.Reveal()}, "channel": {"C1"}, "ts": {"2.2"},
		"text": {"words alone"}, "blocks": {"[]"}, "attachments": {"[]"}, "parse": {"none"}}, form); d != "" || path != "/api/chat.update" {
		t.Error(path, d)
	}
}

// TestSendOutcome goes through everything that can happen on the wire. For a
// post doubt stays doubt; an update can be repeated.
func TestSendOutcome(t *testing.T) {
	huge := `{"ok":true,"channel":"C1","ts":"1.1","text":"` + strings.Repeat("x", maxAnswer) + `"}`
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "500")
		_, _ = w.Write([]byte(`{"ok":true,"channel":"C1","ts":"1.1"`))
	}
	type want struct {
		kind  Kind
		code  string
		scope Scope
		after time.Duration
	}
	for _, c := range []struct {
		name         string
		slack        http.HandlerFunc
		post, update want
	}{
		{"reset after accept", reset, want{Unknown, "no_answer", "", 0}, want{Retry, "no_answer", ScopeTeam, 0}},
		{"truncated", cut, want{Unknown, "no_answer", "", 0}, want{Retry, "no_answer", ScopeTeam, 0}},
		{"HTTP 500", status(500), want{Unknown, "http_500", "", 0}, want{Retry, "http_500", ScopeTeam, 0}},
		{"HTTP 503 with Retry-After", status(503, "Retry-After", "7"), want{Unknown, "http_503", "", 7 * time.Second}, want{Retry, "http_503", ScopeTeam, 7 * time.Second}},
		{"HTTP 204", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, want{Unknown, "http_204", "", 0}, want{Retry, "http_204", ScopeTeam, 0}},
		{"HTTP 403", status(403), want{Retry, "http_403", ScopeTeam, 0}, want{Retry, "http_403", ScopeTeam, 0}},
		{"HTTP 404", status(404), want{Retry, "http_404", ScopeTeam, 0}, want{Retry, "http_404", ScopeTeam, 0}},
		{"429", status(429, "Retry-After", "30"), want{Retry, "ratelimited", ScopeLane, 30 * time.Second}, want{Retry, "ratelimited", ScopeLane, 30 * time.Second}},
		{"429 without Retry-After", status(429), want{Retry, "ratelimited", ScopeLane, time.Second}, want{Retry, "ratelimited", ScopeLane, time.Second}},
		{"429 with 0", status(429, "Retry-After", "0"), want{Retry, "ratelimited", ScopeLane, time.Second}, want{Retry, "ratelimited", ScopeLane, time.Second}},
		{"429 with -5", status(429, "Retry-After", "-5"), want{Retry, "ratelimited", ScopeLane, time.Second}, want{Retry, "ratelimited", ScopeLane, time.Second}},
		{"429 with words", status(429, "Retry-After", "soon"), want{Retry, "ratelimited", ScopeLane, time.Second}, want{Retry, "ratelimited", ScopeLane, time.Second}},
		{"429 with a year", status(429, "Retry-After", "31536000"), want{Retry, "ratelimited", ScopeLane, maxWait}, want{Retry, "ratelimited", ScopeLane, maxWait}},
		{"HTML", says("<html>hotel login</html>"), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"empty", says(""), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"half JSON", says(`{"ok":true,"channel":"C1","ts":"1.1"`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"JSON and more", says(`{"ok":true,"channel":"C1","ts":"1.1"}<html>`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"null", says(`null`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"array", says(`[]`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"no ok", says(`{"channel":"C1","ts":"1.1"}`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"ok in words", says(`{"ok":"true","channel":"C1","ts":"1.1"}`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"ok without ts", says(`{"ok":true,"channel":"C1"}`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"ok without channel", says(`{"ok":true,"ts":"1.1"}`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"channel is an object", says(`{"ok":true,"ts":"1.1","channel":{"id":"C1"}}`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"ts is a number", says(`{"ok":true,"channel":"C1","ts":1.1}`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"not ok without a code", says(`{"ok":false}`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"not ok with prose", says(`{"ok":false,"error":"Something went <b>wrong</b>"}`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"huge", says(huge), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"not ok with a very long code", says(`{"ok":false,"error":"` + strings.Repeat("x", 81) + `"}`), want{Unknown, "bad_answer", "", 0}, want{Retry, "bad_answer", ScopeTeam, 0}},
		{"internal_error", says(`{"ok":false,"error":"internal_error"}`), want{Unknown, "internal_error", "", 0}, want{Retry, "internal_error", ScopeMessage, 0}},
		{"rate_limited in the body", says(`{"ok":false,"error":"rate_limited"}`), want{Retry, "rate_limited", ScopeLane, time.Second}, want{Retry, "rate_limited", ScopeLane, time.Second}},
		{"moving into an organisation", says(`{"ok":false,"error":"team_added_to_org"}`), want{Retry, "team_added_to_org", ScopeTeam, time.Hour}, want{Retry, "team_added_to_org", ScopeTeam, time.Hour}},
		{"expired", says(`{"ok":false,"error":"token_expired"}`), want{Retry, "token_expired", ScopeTeam, 0}, want{Retry, "token_expired", ScopeTeam, 0}},
		{"archived", says(`{"ok":false,"error":"is_archived"}`), want{Permanent, "is_archived", "", 0}, want{Permanent, "is_archived", "", 0}},
		{"a code nobody knows", says(`{"ok":false,"error":"moon_in_wrong_phase"}`), want{Permanent, "moon_in_wrong_phase", "", 0}, want{Permanent, "moon_in_wrong_phase", "", 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := serve(t, c.slack)
			cl := client(t, f.URL)
			check := func(name string, w want, o Outcome) {
				t.Helper()
				if g := (want{o.Kind, o.Code, o.Scope, o.After}); g != w {
					t.Errorf("%s: got %+v, want %+v (%+v)", name, g, w, o)
				}
				if o.Class == "" || o.Detail == "" {
					t.Errorf("%s: it does not say what happened: %+v", name, o)
				}
				if o.Channel != "" || o.TS != "" {
					t.Errorf("%s: it names a place in Slack: %+v", name, o)
				}
				if o.Kind == Permanent && o.Repair == "" {
					t.Errorf("%s: nobody is told what to do: %+v", name, o)
				}
			}
			check("post", c.post, cl.Post(t.Context(), "C1", Content{Text: "hello", Blocks: blocks}))
			check("broadcast", c.post, cl.Broadcast(t.Context(), "C1", "1.1", Content{Text: "hello", Blocks: blocks}))
			check("update", c.update, cl.Update(t.Context(), "C1", "1.1", Content{Text: "hello", Blocks: blocks}))
			if f.calls() != 3 {
				t.Errorf("%d calls were made instead of 3", f.calls())
			}
		})
	}
}

// TestNeverSent: while no connection is there, nothing can have been posted.
func TestNeverSent(t *testing.T) {
	dial := func(d func(context.Context) (net.Conn, error)) *http.Client {
		return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return d(ctx) }}}
	}
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = quiet()
	t.Cleanup(untrusted.Close)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	ending, end := context.WithCancel(t.Context())
	for _, c := range []struct {
		name string
		ctx  context.Context
		url  string
		http *http.Client
	}{
		{"refused", t.Context(), dead(), pool(t)},
		{"no such host", t.Context(), "http://slack.example", dial(func(context.Context) (net.Conn, error) {
			return nil, &net.DNSError{Err: "no such host", Name: "slack.example", IsNotFound: true}
		})},
		{"certificate of a stranger", t.Context(), untrusted.URL, pool(t)},
		{"out of time while dialling", ending, "http://slack.example", dial(func(ctx context.Context) (net.Conn, error) {
			end()
			<-ctx.Done()
			return nil, ctx.Err()
		})},
		{"out of time before", over, dead(), pool(t)},
		{"no scheme", t.Context(), "slack.com", pool(t)},
		{"no host", t.Context(), "https://", pool(t)},
	} {
		t.Run(c.name, func(t *testing.T) {
			cl := NewClient(c.url, testToken, c.http)
			for _, o := range []Outcome{cl.Post(c.ctx, "C1", Content{Text: "hello"}), cl.Update(c.ctx, "C1", "1.1", Content{Text: "hello"})} {
				if o.Kind != Retry || o.Scope != ScopeTeam || o.Code != "no_connection" || o.Repair == "" || strings.Contains(o.Detail, "/api/") {
					t.Errorf("%+v", o)
				}
			}
		})
	}
}

// TestSlow: time runs out when Slack has the request in its hands.
func TestSlow(t *testing.T) {
	for _, method := range []string{"chat.postMessage", "chat.update"} {
		ctx, cancel := context.WithCancel(t.Context())
		f := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done() // until the client hangs up
		})
		cl := client(t, f.URL)
		if method == "chat.postMessage" {
			if o := cl.Post(ctx, "C1", Content{Text: "hello"}); o.Kind != Unknown || o.Code != "no_answer" {
				t.Errorf("%+v", o)
			}
			continue
		}
		if o := cl.Update(ctx, "C1", "1.1", Content{Text: "hello"}); o.Kind != Retry || o.Scope != ScopeTeam {
			t.Errorf("%+v", o)
		}
	}
}

// TestOutageOfAnOpenConnection: the connection in the pool is dead and nobody
// listens any more.
func TestOutageOfAnOpenConnection(t *testing.T) {
	f := serve(t, says(`{"ok":true,"channel":"C1","ts":"1.1"}`))
	cl := client(t, f.URL)
	if o := cl.Post(t.Context(), "C1", Content{Text: "hello"}); o.Kind != Delivered {
		t.Fatalf("%+v", o)
	}
	f.Close()
	// Whether the transport noticed before it wrote is a race; delivered it
	// is not.
	if o := cl.Post(t.Context(), "C1", Content{Text: "hello"}); o.Kind != Retry && o.Kind != Unknown {
		t.Errorf("%+v", o)
	}
	if o := cl.Post(t.Context(), "C1", Content{Text: "hello"}); o.Kind != Retry || o.Code != "no_connection" {
		t.Errorf("%+v", o)
	}
}

// TestRedirect: nobody else is shown the token.
func TestRedirect(t *testing.T) {
	thief := serve(t, says(`{"ok":true,"channel":"C1","ts":"1.1"}`))
	for _, code := range []int{301, 302, 303, 307, 308} {
		f := serve(t, status(code, "Location", thief.URL+"/api/chat.postMessage"))
		if o := client(t, f.URL).Post(t.Context(), "C1", Content{Text: "hello"}); o.Kind != Retry || o.Scope != ScopeTeam || o.Repair == "" {
			t.Errorf("%d: %+v", code, o)
		}
	}
	if thief.calls() != 0 {
		t.Error("the redirect was followed")
	}
}

// TestEndlessAnswer: reading stops at the limit, not when the server tires.
func TestEndlessAnswer(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat(" ", 64<<10))
		for {
			if _, err := w.Write(chunk); err != nil {
				return // the client hung up
			}
		}
	})
	if o := client(t, f.URL).Post(t.Context(), "C1", Content{Text: "hello"}); o.Kind != Unknown || o.Code != "bad_answer" {
		t.Errorf("%+v", o)
	}
}

// TestBlindTransport: a transport that says nothing of its connections leaves
// us in doubt.
func TestBlindTransport(t *testing.T) {
	hc := &http.Client{Transport: blind{}}
	if o := NewClient("https://slack.com", testToken, hc).Post(t.Context(), "C1", Content{Text: "hello"}); o.Kind != Unknown {
		t.Errorf("%+v", o)
	}
}

type blind struct{}

func (blind) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("broken") }
