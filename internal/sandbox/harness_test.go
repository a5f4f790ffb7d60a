package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const pasted = "xoxb-test-token"

// clock is a clock that stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// stage is a sandbox on a loopback address.
type stage struct {
	*Sandbox
	t     *testing.T
	url   string
	clock *clock
}

func allScopes() []string {
	return []string{"chat:write", "channels:read", "groups:read", "im:write", "im:read", "users:read", "users:read.email",
		"team:read", "channels:join"}
}

// newStage opens a sandbox with a pasted token and every scope but chat:write.public, without rate limits.
func newStage(t *testing.T, change func(*Config)) *stage {
	t.Helper()
	cfg := DefaultConfig()
	cfg.BotToken, cfg.Scopes = pasted, allScopes()
	cfg.PostsPerSecond, cfg.UpdatesPerMinute = 0, 0
	if change != nil {
		change(&cfg)
	}
	c := &clock{at: time.Unix(1_700_000_000, 0)}
	s := New(cfg, Options{Now: c.now, EventRetries: []time.Duration{0}})
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(func() { srv.Close(); s.Close() })
	return &stage{Sandbox: s, t: t, url: srv.URL, clock: c}
}

// result is a Web API answer.
type result struct {
	status int
	header http.Header
	body   map[string]any
}

func (r result) ok() bool      { v, _ := r.body["ok"].(bool); return v }
func (r result) error() string { v, _ := r.body["error"].(string); return v }
func (r result) str(key string) string {
	v, _ := r.body[key].(string)
	return v
}

// outcome is "ok" or the error.
func (r result) outcome() string {
	if r.ok() {
		return "ok"
	}
	return r.error()
}

// callAs posts a form with a token; an empty token sends none.
func (st *stage) callAs(token, method string, args map[string]string) result {
	st.t.Helper()
	form := url.Values{}
	for key, value := range args {
		form.Set(key, value)
	}
	req, err := http.NewRequest(http.MethodPost, st.url+"/api/"+method, strings.NewReader(form.Encode()))
	if err != nil {
		st.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return st.do(req)
}

func (st *stage) call(method string, args map[string]string) result {
	st.t.Helper()
	return st.callAs(pasted, method, args)
}

func (st *stage) do(req *http.Request) result {
	st.t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		st.t.Fatal(err)
	}
	defer resp.Body.Close()
	out := result{status: resp.StatusCode, header: resp.Header}
	if err := json.NewDecoder(resp.Body).Decode(&out.body); err != nil {
		st.t.Fatalf("%s: not JSON: %v", req.URL, err)
	}
	return out
}

// post posts a message that must be accepted and returns its ts.
func (st *stage) post(channel, text string) string {
	st.t.Helper()
	r := st.call("chat.postMessage", map[string]string{"channel": channel, "text": text})
	if !r.ok() {
		st.t.Fatalf("posting to %s: %s", channel, r.error())
	}
	return r.str("ts")
}

// want compares outcomes.
func (st *stage) want(r result, outcome string) {
	st.t.Helper()
	if got := r.outcome(); got != outcome {
		st.t.Errorf("outcome %q, want %q (%v)", got, outcome, r.body)
	}
}

// control calls the control API and decodes the answer into out.
func (st *stage) control(method, path, body string, out any) int {
	st.t.Helper()
	req, err := http.NewRequest(method, st.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		st.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		st.t.Fatal(err)
	}
	defer resp.Body.Close()
	if out == nil {
		out = new(any)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		st.t.Fatalf("%s %s: %v", method, path, err)
	}
	return resp.StatusCode
}

// page fetches a page as a browser that does not follow redirects.
func (st *stage) page(path string) (status int, location *url.URL, body string) {
	st.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(st.url + path)
	if err != nil {
		st.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		st.t.Fatal(err)
	}
	location, _ = resp.Location()
	return resp.StatusCode, location, string(text)
}

func diff(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func stageOf(t *testing.T, s *Sandbox, c *clock) *stage {
	srv := httptest.NewServer(s.Handler())
	t.Cleanup(srv.Close)
	return &stage{Sandbox: s, t: t, url: srv.URL, clock: c}
}
