package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"testing"
)

// The vector of https://docs.slack.dev/authentication/verifying-requests-from-slack.
func TestSignMatchesTheDocumentedVector(t *testing.T) {
	raw, err := os.ReadFile("testdata/slack_signature.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ Secret, Timestamp, Body, Signature string }
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	diff(t, "signature", Sign(v.Secret, v.Timestamp, []byte(v.Body)), v.Signature)
}

// inbox is an app's events URL.
type inbox struct {
	mu       sync.Mutex
	received []delivered
	answers  []int // statuses to answer with in turn; then 200
	noRetry  bool
	url      string
}

type delivered struct {
	header http.Header
	body   []byte
	fields map[string]any
}

func newInbox(t *testing.T) *inbox {
	in := &inbox{}
	srv := httptest.NewServer(in)
	t.Cleanup(srv.Close)
	in.url = srv.URL
	return in
}

func (in *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	d := delivered{header: r.Header, body: body}
	_ = json.Unmarshal(body, &d.fields)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.received = append(in.received, d)
	if in.noRetry {
		w.Header().Set("X-Slack-No-Retry", "1")
	}
	if len(in.answers) > 0 {
		w.WriteHeader(in.answers[0])
		in.answers = in.answers[1:]
	}
	if challenge, ok := d.fields["challenge"].(string); ok {
		_, _ = io.WriteString(w, challenge)
	}
}

func (in *inbox) all() []delivered {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.Clone(in.received)
}

// settled waits until every event sent is done with.
func (st *stage) settled() []EventDelivery {
	st.t.Helper()
	var events []EventDelivery
	err := st.WaitFor(st.t.Context(), func() bool {
		events = st.Events()
		return len(events) > 0 && !slices.ContainsFunc(events, func(e EventDelivery) bool { return !e.Done })
	})
	if err != nil {
		st.t.Fatal(err)
	}
	return events
}

func TestUninstallIsToldByTwoSignedEvents(t *testing.T) {
	in := newInbox(t)
	st := newStage(t, func(cfg *Config) { cfg.App.EventsURL = in.url })
	st.Uninstall()
	st.want(st.call("auth.test", nil), "account_inactive")
	st.settled()
	kinds := map[string]map[string]any{}
	for _, d := range in.all() {
		event, _ := d.fields["event"].(map[string]any)
		kind, _ := event["type"].(string)
		kinds[kind] = event
		diff(t, "signature", d.header.Get("X-Slack-Signature"),
			Sign(st.cfg.App.SigningSecret, d.header.Get("X-Slack-Request-Timestamp"), d.body))
		diff(t, "envelope", []any{d.fields["type"], d.fields["team_id"], d.fields["api_app_id"], d.fields["event_time"], d.header.Get("X-Slack-Request-Timestamp")},
			[]any{"event_callback", "T0SANDBOX1", "A0SANDBOX1", 1_700_000_000.0, "1700000000"})
		if id, _ := d.fields["event_id"].(string); len(id) < 10 {
			t.Errorf("event_id %q", id)
		}
	}
	diff(t, "events", kinds, map[string]map[string]any{
		"app_uninstalled": {"type": "app_uninstalled"},
		"tokens_revoked":  {"type": "tokens_revoked", "tokens": map[string]any{"oauth": []any{}, "bot": []any{"U0SANDBOT1"}}},
	})
}

func TestRevokedByAnAdmin(t *testing.T) {
	in := newInbox(t)
	st := newStage(t, func(cfg *Config) { cfg.App.EventsURL = in.url })
	st.control("POST", "/sandbox/revoke", "", nil)
	st.want(st.call("auth.test", nil), "token_revoked")
	events := st.settled()
	diff(t, "events", []any{len(events), events[0].Type}, []any{1, "tokens_revoked"})
}

func TestEventsAreRetried(t *testing.T) {
	for _, test := range []struct {
		name     string
		answers  []int
		noRetry  bool
		attempts int
		status   int
	}{
		{"taken at once", nil, false, 1, 200},
		{"taken at the second try", []int{500}, false, 2, 200},
		{"given up", []int{500, 404, 500}, false, 2, 404}, // the stage allows one retry
		{"no retry wanted", []int{500}, true, 1, 500},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := newInbox(t)
			in.answers, in.noRetry = test.answers, test.noRetry
			st := newStage(t, func(cfg *Config) { cfg.App.EventsURL = in.url })
			st.Revoke()
			e := st.settled()[0]
			diff(t, "delivery", []any{e.Attempts, e.Status}, []any{test.attempts, test.status})
			if got := in.all(); len(got) == 2 {
				diff(t, "retry headers", []any{got[0].header.Get("X-Slack-Retry-Num"), got[1].header.Get("X-Slack-Retry-Num"), got[1].header.Get("X-Slack-Retry-Reason")},
					[]any{"", "1", "http_error"})
				diff(t, "the same event", got[1].fields["event_id"], got[0].fields["event_id"])
			}
		})
	}
}

func TestCloseEndsWaitingRetries(t *testing.T) {
	in := newInbox(t)
	in.answers = []int{500}
	cfg := DefaultConfig()
	cfg.App.EventsURL = in.url
	c := &clock{}
	s := New(cfg, Options{Now: c.now}) // Slack's own pauses: the second retry is a minute away
	in.answers = []int{500, 500}
	s.Revoke()
	if err := s.WaitFor(t.Context(), func() bool { return len(s.Events()) == 1 && s.Events()[0].Attempts == 2 }); err != nil {
		t.Fatal(err)
	}
	s.Close()
}

func TestEventsURLIsVerified(t *testing.T) {
	in := newInbox(t)
	st := newStage(t, nil)
	diff(t, "without a URL", st.control("POST", "/sandbox/events", `{"event":{"type":"channel_archive"}}`, nil), 400)
	in.answers = []int{401}
	diff(t, "refused", st.control("POST", "/sandbox/events/url", `{"url":"`+in.url+`"}`, nil), 400)
	diff(t, "accepted", st.control("POST", "/sandbox/events/url", `{"url":"`+in.url+`"}`, nil), 200)
	first := in.all()[1]
	diff(t, "type", first.fields["type"], any("url_verification"))
	diff(t, "signature", first.header.Get("X-Slack-Signature"), Sign(st.cfg.App.SigningSecret, first.header.Get("X-Slack-Request-Timestamp"), first.body))

	mute := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer mute.Close()
	diff(t, "no challenge", st.control("POST", "/sandbox/events/url", `{"url":"`+mute.URL+`"}`, nil), 400)
	diff(t, "kept", st.State().EventsURL, in.url)
}

func TestForgedAndStaleEvents(t *testing.T) {
	in := newInbox(t)
	st := newStage(t, func(cfg *Config) { cfg.App.EventsURL = in.url })
	st.control("POST", "/sandbox/events", `{"event":{"type":"channel_archive","channel":"C1"},"tamper":true}`, nil)
	st.settled()
	st.control("POST", "/sandbox/events", `{"event":{"type":"channel_archive","channel":"C1"},"age_s":301}`, nil)
	st.settled()
	got := in.all()
	signed := func(d delivered) bool {
		return d.header.Get("X-Slack-Signature") == Sign(st.cfg.App.SigningSecret, d.header.Get("X-Slack-Request-Timestamp"), d.body)
	}
	diff(t, "signatures good", []bool{signed(got[0]), signed(got[1])}, []bool{false, true})
	diff(t, "stale timestamp", got[1].header.Get("X-Slack-Request-Timestamp"), "1699999699")
}
