package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
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
	"github.com/gostanna/stanna/internal/source"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
	"github.com/gostanna/stanna/internal/stripe/stripetest"
	"github.com/gostanna/stanna/internal/webhook"
)

const (
	acme       = "acme.com"
	botToken   = "xoxb-1-abcdefghijklmnop"
	otherToken = "xoxb-2-abcdefghijklmnop" // of another Slack team
	ana        = "ana@acme.com"            // admin
	dora       = "dora@acme.com"
	carl       = "carl@acme.com" // csm
	lea        = "lea@acme.com"
)

// house is the pages with every room behind them, and a Slack and a Stripe of
// our own.
type house struct {
	*testing.T
	store   *store.Store
	auth    *auth.Auth
	intake  *intake.Intake
	policy  *policy.Keeper
	sources *source.Desk
	sandbox *sandbox.Sandbox
	bank    *stripetest.Fake
	team    string
	server  *httptest.Server
	site    *site
	admin   auth.Caller
	users   map[string]string // by e-mail
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, store: storetest.Open(t, storetest.URL(t, "sqlite")), bank: stripetest.New(), users: map[string]string{}}
	cfg := sandbox.DefaultConfig()
	cfg.PostsPerSecond, cfg.UpdatesPerMinute = 0, 0
	cfg.BotToken, cfg.Scopes, h.team = botToken, slack.Scopes(), cfg.Team.ID
	cfg.Teams = []sandbox.TeamSetup{{Team: sandbox.TeamConfig{ID: "T0GLOBEX01", Name: "Globex"}, BotToken: otherToken, Scopes: slack.Scopes(),
		Channels: []sandbox.ChannelConfig{{ID: "C0GLOBEX01", Name: "globex-alerts", IsMember: true}}}}
	h.sandbox = sandbox.New(cfg, sandbox.Options{Now: time.Now})
	slackServer, bankServer := httptest.NewServer(h.sandbox.Handler()), httptest.NewServer(h.bank)
	h.server = httptest.NewUnstartedServer(nil)
	publicURL := "http://" + h.server.Listener.Addr().String()

	clock := stanna.NewClock(time.Now)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	calls := slack.NewHTTPClient(nil)
	h.auth = auth.New(h.store, auth.Options{Now: time.Now, PublicURL: publicURL})
	line := connect.New(connect.Options{Store: h.store, HTTP: calls, PublicURL: publicURL, Now: time.Now, Log: log,
		App: slack.App{URL: slackServer.URL, ClientID: cfg.App.ClientID, ClientSecret: stanna.Secret(cfg.App.ClientSecret), SigningSecret: stanna.Secret(cfg.App.SigningSecret)}})
	var q *queue.Queue
	courier := deliver.New(deliver.Options{Store: h.store, Clock: clock, Line: line, HTTP: calls, SlackURL: slackServer.URL,
		Links: deliver.Links{PublicURL: publicURL}, Look: func() { q.Look() }, Count: func(string, time.Duration) {}, Log: log})
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	passing := relay.New(relay.Options{Store: h.store, Now: clock.Real, HTTP: webhook.NewHTTPClient(loopback), PublicURL: publicURL, UserAgent: "Stanna/test",
		Wake: func(lanes ...string) { q.Wake(lanes...) }, Log: log})
	handlers := passing.Handlers()
	handlers["slack"] = courier
	q = queue.New(queue.Options{Store: h.store, Handlers: handlers, Now: clock.Real, Log: log})
	h.intake = intake.New(intake.Options{Store: h.store, Clock: clock, Wake: q.Wake, Count: func(stanna.Became, int) {}, Log: log})
	h.policy = policy.New(policy.Options{Store: h.store, Clock: clock, Log: log, Sweep: h.intake.Sweep, Redraw: h.intake.Redraw, Allowed: loopback, Wake: q.Wake})
	bank := connect.NewStripe(connect.StripeOptions{Store: h.store, HTTP: calls, URL: bankServer.URL, ConnectURL: bankServer.URL, PublicURL: publicURL, Now: clock.Real,
		AfterConnect: func(ctx context.Context, workspace, actor string) error {
			_, err := h.sources.Sync(ctx, workspace, actor)
			return err
		}})
	h.sources = source.New(source.Options{Store: h.store, Intake: h.intake, Auth: h.auth, Clock: clock, Wake: q.Wake, Count: func(string, stanna.ParcelState) {}, Log: log,
		HTTP: calls, StripeURL: bankServer.URL, Signing: bank.Signing, PublicURL: publicURL})
	handlers["source"] = h.sources
	options := Options{Store: h.store, Auth: h.auth, Line: line, Intake: h.intake, Policy: h.policy, Stripe: bank, Sources: h.sources, Relay: passing, Clock: clock,
		PublicURL: publicURL, SlackURL: slackServer.URL, Log: log}
	h.site = newSite(options)
	h.server.Config.Handler = Secure(Headers{PublicURL: publicURL, SlackURL: slackServer.URL}, New(options))
	h.server.Start()

	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); q.Run(ctx) }()
	go h.intake.Run(ctx, 1)
	t.Cleanup(func() {
		h.server.Close()
		line.Close()
		cancel()
		<-done
		calls.CloseIdleConnections()
		slackServer.Close()
		bankServer.Close()
		h.sandbox.Close()
	})
	h.people()
	return h
}

// people lets somebody of each role in.
func (h *house) people() {
	h.Helper()
	ctx := context.Background()
	token, _, err := h.auth.Setup(ctx, acme, ana)
	h.must(err)
	admin, err := h.auth.UseLink(ctx, token)
	h.must(err)
	h.users[ana] = admin.ID
	h.admin = auth.Caller{Workspace: acme, Kind: auth.Person, ID: admin.ID, Email: ana, Role: stanna.Admin}
	for email, role := range map[string]stanna.Role{dora: stanna.Director, carl: stanna.CSM, lea: stanna.Leadership} {
		u, err := h.auth.AddUser(ctx, h.admin, email, "", role)
		h.must(err)
		h.users[email] = u.ID
	}
	h.update(func(tx *store.Tx) error { return tx.PutRule(rule.First(acme)[0], stanna.ActorSystem, time.Now()) })
}

// by is the admin, as the rooms know who acts.
func (h *house) by() intake.By {
	return intake.By{Actor: h.admin.Actor(), Name: ana, Sees: h.admin.Sees}
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) update(fn func(*store.Tx) error) {
	h.Helper()
	h.must(h.store.Update(context.Background(), fn))
}

func (h *house) view(fn func(*store.Tx) error) {
	h.Helper()
	h.must(h.store.View(context.Background(), fn))
}

func (h *house) client(c stanna.Client) {
	h.Helper()
	_, err := h.intake.PutClients(context.Background(), acme, "test", []stanna.Client{c})
	h.must(err)
}

func (h *house) signal(id, client string, kind stanna.SignalType, at time.Time, data string) intake.Outcome {
	h.Helper()
	out, err := h.intake.Signals(context.Background(), acme, []stanna.Signal{{ID: id, ClientID: client, Type: kind, OccurredAt: at, Source: "warehouse", Data: json.RawMessage(data)}}, false)
	h.must(err)
	h.must(out[0].Err)
	return out[0]
}

// fall gives a client a month of scores and then a drop, and gives the alert.
func (h *house) fall(client string, from, to float64) (alert string) {
	h.Helper()
	now := time.Now()
	for day := 30; day > 2; day -= 3 {
		h.signal(fmt.Sprintf("%s-%d", client, day), client, stanna.HealthScoredType, now.AddDate(0, 0, -day), fmt.Sprintf(`{"score":%g}`, from+float64(day%5)))
	}
	h.signal(client+"-base", client, stanna.HealthScoredType, now.Add(-20*time.Hour), fmt.Sprintf(`{"score":%g}`, from))
	out := h.signal(client+"-fall", client, stanna.HealthScoredType, now.Add(-2*time.Hour), fmt.Sprintf(
		`{"score":%g,"factors":[{"name":"Usage","detail":"118 a day, usually 200","impact":-11},{"name":"Support","detail":"3 tickets open, oldest 9 days","impact":-4}]}`, to))
	if len(out.Alerts) != 1 {
		h.Fatalf("%s raised no alert: %s", client, out.Reason)
	}
	return out.Alerts[0].ID
}

// until waits for a condition, and fails when it does not come.
func (h *house) until(what string, ok func() bool) {
	h.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			h.Fatalf("%s did not come", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// browser is somebody at the pages. It follows redirects and keeps cookies.
type browser struct {
	*house
	http *http.Client
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	h.must(err)
	return &browser{h, &http.Client{Jar: jar}}
}

// as is a browser in which somebody is signed in.
func (h *house) as(email string) *browser {
	h.Helper()
	token, err := h.auth.SignInLink(context.Background(), h.users[email], time.Hour)
	h.must(err)
	b := h.browser()
	b.post("/sign-in/link", url.Values{"token": {token.Reveal()}, "next": {"/clients"}}).ok("Clients")
	return b
}

// page is what a browser shows.
type page struct {
	*house
	status int
	path   string // where it ended
	header http.Header
	body   string
}

func (b *browser) do(r *http.Request) page {
	b.Helper()
	resp, err := b.http.Do(r)
	b.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	b.must(err)
	return page{b.house, resp.StatusCode, resp.Request.URL.RequestURI(), resp.Header, string(body)}
}

func (b *browser) get(path string) page {
	b.Helper()
	r, err := http.NewRequest(http.MethodGet, b.server.URL+path, nil)
	b.must(err)
	return b.do(r)
}

func (b *browser) post(path string, form url.Values) page {
	b.Helper()
	r, err := http.NewRequest(http.MethodPost, b.server.URL+path, strings.NewReader(form.Encode()))
	b.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// ok says that the page is there and holds the texts.
func (p page) ok(texts ...string) page {
	p.Helper()
	return p.is(http.StatusOK, texts...)
}

func (p page) is(status int, texts ...string) page {
	p.Helper()
	if p.status != status {
		p.Fatalf("%s: status %d, want %d\n%s", p.path, p.status, status, p.body)
	}
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			p.Errorf("%s does not hold %q\n%s", p.path, text, p.body)
		}
	}
	return p
}

func (p page) without(texts ...string) page {
	p.Helper()
	for _, text := range texts {
		if strings.Contains(p.body, text) {
			p.Errorf("%s holds %q", p.path, text)
		}
	}
	return p
}
