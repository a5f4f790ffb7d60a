package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/deliver"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/relay"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
	"github.com/gostanna/stanna/internal/stripe/stripetest"
	"github.com/gostanna/stanna/internal/webhook"
)

const (
	acme  = "acme.com"
	other = "other.com"
	site  = "https://stanna.example.com"
)

// stage is the whole road from the door to a Slack of our own.
type stage struct {
	testing.TB
	api     *api
	server  *httptest.Server
	store   *store.Store
	auth    *auth.Auth
	intake  *intake.Intake
	line    *connect.Line
	policy  *policy.Keeper
	clock   *stanna.Clock
	sandbox *sandbox.Sandbox
	cfg     sandbox.Config
	stripe  *stripetest.Fake // of a stage that is furnished with one
	log     *logged
	admin   stanna.User
	key     string // of acme, scope admin

	mu    sync.Mutex
	ahead time.Duration // of the real time
}

func onEach(t *testing.T, options func(*Options), test func(*stage)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(newStage(t, s, options)) })
}

func newStage(t testing.TB, s *store.Store, options func(*Options)) *stage {
	t.Helper()
	st := &stage{TB: t, store: s, log: &logged{}}
	st.clock = stanna.NewClock(st.now)
	ctx, cancel := context.WithCancel(context.Background())
	st.cfg = sandbox.DefaultConfig()
	st.cfg.PostsPerSecond, st.cfg.UpdatesPerMinute = 0, 0
	st.cfg.AutoApprove = true
	st.cfg.BotToken, st.cfg.Scopes = "xoxb-of-an-app-of-your-own", []string{"chat:write", "channels:read"} // of an app of one's own
	st.cfg.App.RedirectURLs = []string{site + slack.CallbackPath}
	st.sandbox = sandbox.New(st.cfg, sandbox.Options{Now: time.Now})
	slackd := httptest.NewServer(st.sandbox.Handler())
	log := slog.New(slog.NewTextHandler(st.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	st.auth = auth.New(s, auth.Options{Now: st.now, PublicURL: "http://127.0.0.1"})
	st.line = connect.New(connect.Options{Store: s, Now: st.now, Log: log, PublicURL: site, HTTP: slack.NewHTTPClient(nil),
		App: slack.App{URL: slackd.URL, ClientID: st.cfg.App.ClientID, ClientSecret: stanna.Secret(st.cfg.App.ClientSecret), SigningSecret: stanna.Secret(st.cfg.App.SigningSecret)}})
	var q *queue.Queue
	courier := deliver.New(deliver.Options{Store: s, Clock: st.clock, Line: st.line, HTTP: slack.NewHTTPClient(nil), SlackURL: slackd.URL,
		Links: deliver.Links{PublicURL: site}, Look: func() { q.Look() }, Count: func(string, time.Duration) {}, Log: log})
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	passOn := relay.New(relay.Options{Store: s, Now: st.now, HTTP: webhook.NewHTTPClient(loopback), PublicURL: site, UserAgent: "Stanna/test",
		Wake: func(lanes ...string) { q.Wake(lanes...) }, Log: log})
	handlers := passOn.Handlers()
	handlers["slack"] = courier
	q = queue.New(queue.Options{Store: s, Handlers: handlers, Now: time.Now, Log: log})
	st.intake = intake.New(intake.Options{Store: s, Clock: st.clock, Wake: q.Wake, Count: func(stanna.Became, int) {}, Log: log})
	st.policy = policy.New(policy.Options{Store: s, Clock: st.clock, Log: log, Sweep: st.intake.Sweep, Redraw: st.intake.Redraw, Allowed: loopback, Wake: q.Wake})
	o := Options{Store: s, Intake: st.intake, Auth: st.auth, Line: st.line, Policy: st.policy, Relay: passOn, Clock: st.clock, Log: log, PublicURL: site, Version: "test"}
	if options != nil {
		options(&o)
	}
	st.api = build(o)
	st.server = httptest.NewServer(st.api)
	var running sync.WaitGroup
	running.Go(func() { q.Run(ctx) })
	running.Go(func() { st.intake.Run(ctx, 1) })
	t.Cleanup(func() {
		st.server.Close()
		cancel()
		running.Wait()
		st.line.Close()
		slackd.Close()
		st.sandbox.Close()
	})
	for _, id := range []string{acme, other} {
		st.must(s.Update(ctx, func(tx *store.Tx) error {
			if err := tx.AddWorkspace(stanna.Workspace{ID: id, Name: id, CreatedAt: st.now()}); err != nil {
				return err
			}
			for _, r := range rule.First(id) {
				r.Version, r.ActiveSince = 0, st.now()
				if err := tx.PutRule(r, stanna.ActorSystem, st.now()); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	token, _, err := st.auth.Setup(ctx, acme, "ana@acme.com")
	st.must(err)
	st.admin, err = st.auth.UseLink(ctx, token)
	st.must(err)
	st.key = st.newKey(acme, stanna.ScopeAdmin)
	return st
}

func (st *stage) now() time.Time {
	st.mu.Lock()
	defer st.mu.Unlock()
	return time.Now().Add(st.ahead).UTC()
}

func (st *stage) forward(d time.Duration) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.ahead += d
}

func (st *stage) must(err error) {
	st.Helper()
	if err != nil {
		st.Fatal(err)
	}
}

func (st *stage) newKey(workspace string, scopes ...stanna.Scope) string {
	st.Helper()
	full, _, err := st.auth.CreateKey(context.Background(), workspace, "test", scopes, "test")
	st.must(err)
	return full.Reveal()
}

// session signs somebody in and gives their cookie.
func (st *stage) session(u stanna.User) *http.Cookie {
	st.Helper()
	var cookie *http.Cookie
	h := st.auth.Sessions().LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st.must(st.auth.StartSession(r.Context(), u, auth.ByLink))
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	for _, c := range w.Result().Cookies() {
		cookie = c
	}
	return cookie
}

// member adds somebody to acme and signs them in.
func (st *stage) member(email string, role stanna.Role) *http.Cookie {
	st.Helper()
	by := auth.Caller{Workspace: acme, Kind: auth.Person, ID: st.admin.ID, Email: st.admin.Email, Role: stanna.Admin}
	u, err := st.auth.AddUser(context.Background(), by, email, "", role)
	st.must(err)
	return st.session(u)
}

// answer is what came back.
type answer struct {
	*stage
	status int
	header http.Header
	body   []byte
}

type with func(*http.Request)

func header(name, value string) with { return func(r *http.Request) { r.Header.Set(name, value) } }
func as(key string) with             { return header("Authorization", "Bearer "+key) }
func signedIn(c *http.Cookie) with {
	return func(r *http.Request) { r.Header.Del("Authorization"); r.AddCookie(c) }
}
func nobody(r *http.Request)     { r.Header.Del("Authorization") }
func ndjsonBody(r *http.Request) { r.Header.Set("Content-Type", ndjson) }
func csvBody(r *http.Request)    { r.Header.Set("Content-Type", "text/csv") }

// ask makes a request as acme's admin key, unless told otherwise. A body that
// is not text or a reader is sent as JSON.
func (st *stage) ask(method, path string, body any, options ...with) answer {
	st.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	case io.Reader:
		in = b
	default:
		text, err := json.Marshal(b)
		st.must(err)
		in = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, st.server.URL+path, in)
	st.must(err)
	r.Header.Set("Authorization", "Bearer "+st.key)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, o := range options {
		o(r)
	}
	res, err := http.DefaultTransport.RoundTrip(r) // redirects are answers too
	st.must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	st.must(err)
	return answer{st, res.StatusCode, res.Header, text}
}

// want checks the status and decodes the body.
func (a answer) want(status int, into ...any) answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, v := range into {
		if err := json.Unmarshal(a.body, v); err != nil {
			a.Fatalf("%v in %s", err, a.body)
		}
	}
	return a
}

// problem checks that it was refused in the documented shape, with a code.
func (a answer) problem(status int, code string) problem {
	a.Helper()
	var p problem
	a.want(status, &p)
	if p.Code != code || p.Status != status || p.Message == "" {
		a.Fatalf("problem %+v, want %d %s", p, status, code)
	}
	if got := a.header.Get("Content-Type"); got != "application/json" {
		a.Errorf("Content-Type %s", got)
	}
	return p
}

// fields gives the names in a JSON object.
func fields(v any) map[string]any { m, _ := v.(map[string]any); return m }

func (a answer) object() map[string]any {
	a.Helper()
	var m map[string]any
	a.want(a.status, &m)
	return m
}

func (st *stage) client(id string, more ...string) {
	st.Helper()
	body := map[string]any{"name": "Client " + id, "domain": id + ".example.com", "mrr": 12400.5}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i]] = more[i+1]
	}
	if a := st.ask(http.MethodPut, "/api/clients/"+url.PathEscape(id), body); a.status != http.StatusCreated {
		st.Fatalf("client %s: %d %s", id, a.status, a.body)
	}
}

func scored(id, client string, score float64, at time.Time) map[string]any {
	return map[string]any{"id": id, "clientId": client, "type": "health.scored", "occurredAt": at.UTC().Format(time.RFC3339Nano), "source": "test",
		"data": map[string]any{"score": score}}
}

func lineOf(signal map[string]any) string {
	b, _ := json.Marshal(signal)
	return string(b) + "\n"
}

// connectSlack connects acme to the sandbox, as its admin, in a browser.
func (st *stage) connectSlack(features ...string) {
	st.Helper()
	me := st.session(st.admin)
	start := st.ask(http.MethodGet, "/api/integrations/slack/start?features="+strings.Join(features, ","), nil, signedIn(me)).want(http.StatusSeeOther)
	back := st.consent(start.header.Get("Location"))
	res := st.ask(http.MethodGet, back.RequestURI(), nil, signedIn(me), func(r *http.Request) { r.AddCookie(start.cookie(stateCookie)) }).want(http.StatusSeeOther)
	if to := res.header.Get("Location"); to != slackPage+"?result=connected" {
		st.Fatalf("connecting led to %s", to)
	}
}

// consent follows Slack's page and gives where it sends the browser back to.
func (st *stage) consent(address string) *url.URL {
	st.Helper()
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Get(address)
	st.must(err)
	res.Body.Close()
	to, err := res.Location()
	if err != nil {
		st.Fatalf("Slack's page: %s", res.Status)
	}
	return to
}

func (a answer) cookie(name string) *http.Cookie {
	a.Helper()
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if c.Name == name {
			return c
		}
	}
	a.Fatalf("no cookie %s", name)
	return nil
}

func (st *stage) until(what string, ok func() bool) {
	st.Helper()
	for deadline := time.Now().Add(15 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			st.Fatalf("%s did not come", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// logged keeps the log for tests that read it.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *logged) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

func openStore(t testing.TB) *store.Store {
	t.Helper()
	keys, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), store.Config{URL: storetest.URL(t, "sqlite"), Keyset: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func nopLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (st *stage) fault(f sandbox.Fault) {
	st.Helper()
	_, err := st.sandbox.SetFault(f)
	st.must(err)
}
