// Package app is HOW IT FITS: it builds every room, hands each what it needs,
// starts them and stops them. It is the only room that knows everybody, and
// it decides nothing.
//
// It is entered by [New] and [App.Run] (a server), [Demo] (a server, a Slack
// of its own and a story) and [NewDesk] (the operator's commands).
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/api"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/deliver"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/press"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/relay"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/source"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/web"
	"github.com/gostanna/stanna/internal/webhook"
)

// Environment is what a server has around it besides its configuration.
type Environment struct {
	Version  string
	Log      io.Writer // structured logs
	Terminal io.Writer // words for the person who started it
	Listener net.Listener
}

// App is a server, built and not yet running.
type App struct {
	config  Config
	env     Environment
	log     *slog.Logger
	clock   *stanna.Clock
	store   *store.Store
	auth    *auth.Auth
	line    *connect.Line
	socket  *slack.Socket // nil without an app-level token
	intake  *intake.Intake
	desk    *press.Desk
	stripe  *connect.Stripe
	sources *source.Desk
	policy  *policy.Keeper
	queue   *queue.Queue
	relay   *relay.Relay
	roads   roads
	guarded *http.Client // for addresses that people have typed in
	metrics *metrics
	handler http.Handler
}

// New opens the memory and builds the rooms.
func New(ctx context.Context, c Config, env Environment) (*App, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	ways, err := c.roads()
	if err != nil {
		return nil, err
	}
	s, err := c.OpenStore(ctx, true)
	if err != nil {
		return nil, err
	}
	a := &App{config: c, env: env, roads: ways, guarded: webhook.NewHTTPClient(ways.allowed), store: s, clock: stanna.NewClock(time.Now), log: logger(c, env.Log), metrics: newMetrics(s)}
	if workspace, from, err := c.play(); err != nil {
		return nil, errors.Join(err, s.Close())
	} else if workspace != "" {
		a.clock.Follow(workspace, from)
	}
	a.build()
	return a, nil
}

func logger(c Config, w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // the flag allows no other word
	opts := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// build makes the rooms, from the ground floor up.
func (a *App) build() {
	c := a.config
	slackHTTP := slack.NewHTTPClient(http.ProxyFromEnvironment)
	a.auth = auth.New(a.store, auth.Options{Now: a.clock.Real, PublicURL: c.PublicURL})
	if c.SlackAppToken != "" {
		a.socket = slack.NewSocket(c.SlackURL, c.SlackAppToken, slackHTTP, a.log, a.clock.Real)
	}
	a.line = connect.New(connect.Options{Store: a.store, Now: a.clock.Real, Log: a.log, PublicURL: c.PublicURL,
		App: slack.App{URL: c.SlackURL, ClientID: c.SlackClientID, ClientSecret: c.SlackClientSecret, SigningSecret: c.SlackSigningSecret, HTTP: slackHTTP}, Socket: a.socket,
		AfterConnect: a.retell})
	var pace time.Duration
	if c.PostsPerSecond > 0 {
		pace = time.Duration(float64(time.Second) / c.PostsPerSecond)
	}
	courier := deliver.New(deliver.Options{Store: a.store, Clock: a.clock, Line: a.line, HTTP: slackHTTP, SlackURL: c.SlackURL,
		Links: deliver.Links{PublicURL: c.PublicURL}, Pace: pace, Look: func() { a.queue.Look() }, LookAt: func(at time.Time) { a.queue.LookAt(at) }, Count: a.metrics.call, Failed: a.metrics.failed.Inc, Log: a.log})
	a.relay = relay.New(relay.Options{Store: a.store, Now: a.clock.Real, HTTP: a.guarded, Mail: a.roads.mail, EventLog: a.roads.log, PublicURL: c.PublicURL,
		UserAgent: "Stanna/" + a.env.Version, Wake: func(lanes ...string) { a.queue.Wake(lanes...) }, Count: a.metrics.passed, Log: a.log})
	handlers := a.relay.Handlers()
	handlers["slack"] = courier
	a.queue = queue.New(queue.Options{Store: a.store, Handlers: handlers, Now: a.clock.Real, Log: a.log})
	a.intake = intake.New(intake.Options{Store: a.store, Clock: a.clock, Wake: a.queue.Wake, Count: a.metrics.signal, Log: a.log})
	a.desk = press.New(press.Options{Store: a.store, Intake: a.intake, Auth: a.auth, Line: a.line, Clock: a.clock, Count: a.metrics.press, Log: a.log, PublicURL: c.PublicURL})
	a.stripe = connect.NewStripe(connect.StripeOptions{Store: a.store, HTTP: slackHTTP, URL: c.StripeURL, ConnectURL: c.StripeConnectURL, ClientID: c.StripeClientID,
		Secret: c.StripeClientSecret, AppSigning: c.StripeWebhookSecret, PublicURL: c.PublicURL, Now: a.clock.Real,
		AfterConnect: func(ctx context.Context, workspace, actor string) error {
			_, err := a.sources.Sync(ctx, workspace, actor)
			return err
		}})
	a.sources = source.New(source.Options{Store: a.store, Intake: a.intake, Auth: a.auth, Clock: a.clock, Wake: a.queue.Wake, Count: a.metrics.opened, Log: a.log,
		HTTP: slackHTTP, StripeURL: c.StripeURL, Signing: a.stripe.Signing, PublicURL: c.PublicURL})
	handlers["source"] = a.sources
	a.policy = policy.New(policy.Options{Store: a.store, Clock: a.clock, Log: a.log, Sweep: a.intake.Sweep, Redraw: a.intake.Redraw, Allowed: a.roads.allowed, Wake: a.queue.Wake})
	a.handler = a.doors()
}

// doors is everything that can be asked over HTTP.
func (a *App) doors() http.Handler {
	c := a.config
	mux := http.NewServeMux()
	mux.Handle("/api/", api.New(api.Options{Store: a.store, Intake: a.intake, Policy: a.policy, Auth: a.auth, Line: a.line, Desk: a.desk, Relay: a.relay, Stripe: a.stripe, Sources: a.sources, Clock: a.clock, Log: a.log,
		PublicURL: c.PublicURL, Version: a.env.Version,
		Limits: api.Limits{PerMinute: c.RequestsPerMinute, PerDay: c.RequestsPerDay, SignalsPerMinute: c.SignalsPerMinute}}))
	mux.Handle("/", web.New(web.Options{Store: a.store, Intake: a.intake, Policy: a.policy, Auth: a.auth, Line: a.line, Stripe: a.stripe, Sources: a.sources, Relay: a.relay, Clock: a.clock, Log: a.log,
		Roads:     web.Roads{Mail: a.roads.mail != nil, EventLog: a.roads.log != nil, Heartbeat: a.roads.heartbeat != ""},
		PublicURL: c.PublicURL, SlackURL: c.SlackURL}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", a.ready)
	mux.Handle("GET /metrics", a.metrics.handler())
	secured := web.Secure(web.Headers{PublicURL: c.PublicURL, SlackURL: c.SlackURL}, mux)
	if c.TrustProxy {
		return forwarded(secured)
	}
	return secured
}

// ready says whether the server can do its work now, and with ?verbose what is
// not well all the same.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := a.store.Ping(ctx); err != nil {
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
	if !r.URL.Query().Has("verbose") {
		return
	}
	why, err := a.ailments(ctx)
	if err != nil {
		why = []string{"the database cannot be read"}
	}
	for _, line := range why {
		fmt.Fprintln(w, line)
	}
}

// retell tells what could not be told while there was no connection.
func (a *App) retell(ctx context.Context, workspace string) (err error) {
	for more := true; more && err == nil; {
		more, err = a.intake.Retell(ctx, workspace)
	}
	a.queue.Look()
	return err
}

// Run serves until ctx ends. Then it takes nothing more, answers what it has,
// lets messages on their way come to their end, and closes the memory.
func (a *App) Run(ctx context.Context) error {
	defer a.close()
	if err := a.first(ctx); err != nil {
		return err
	}
	l := a.env.Listener
	if l == nil {
		var err error
		if l, err = net.Listen("tcp", a.config.Listen); err != nil {
			return fmt.Errorf("listen: %w", err)
		}
	}
	committers := 1
	if a.store.Engine() == "postgres" {
		committers = 4
	}
	var work sync.WaitGroup
	behind, stop := context.WithCancel(context.WithoutCancel(ctx)) // ends when the doors are shut
	work.Go(func() { a.intake.Run(behind, committers) })
	work.Go(func() { a.queue.Run(behind) })
	work.Go(func() { a.keepHouse(behind) })
	work.Go(func() { a.keepTime(behind) })
	if a.socket != nil {
		work.Go(func() { a.socket.Run(behind, a.hear) })
	}
	work.Go(func() { a.keepAlive(behind) })
	work.Go(func() { bindTrail(behind, a.store, a.relay.Bound, a.log) })
	a.log.Info("listening", "address", l.Addr().String(), "publicUrl", a.config.PublicURL, "database", a.store.Engine(), "version", a.env.Version)
	err := serveTLS(ctx, l, a.handler, a.config.TLSCert, a.config.TLSKey)
	stop()
	work.Wait()
	return errors.Join(err, a.auth.FlushLastUsed(context.WithoutCancel(ctx)), BindTrail(context.WithoutCancel(ctx), a.store, a.relay.Bound))
}

func (a *App) close() {
	a.desk.Close()
	a.line.Close()
	if err := a.store.Close(); err != nil {
		a.log.Error("close the database", "error", err)
	}
}

// first makes the first workspace and its admin on a server that has nobody,
// and gives every workspace its rules.
func (a *App) first(ctx context.Context) error {
	if a.store.Engine() == "sqlite" { // whoever held a lane here is gone
		if err := a.store.Update(ctx, func(tx *store.Tx) error { return tx.FreeLanes() }); err != nil {
			return err
		}
	}
	workspace := workspaceOf(a.config.AdminEmail)
	token, made, err := a.auth.Setup(ctx, workspace, a.config.AdminEmail)
	if err != nil {
		return fmt.Errorf("make the first admin: %w", err)
	}
	var all []stanna.Workspace
	if err := a.store.View(ctx, func(tx *store.Tx) (err error) { all, err = tx.Workspaces(); return err }); err != nil {
		return err
	}
	for _, w := range all {
		if _, err := ensureWorkspace(ctx, a.store, w.ID, a.clock.Now(w.ID)); err != nil {
			return err
		}
	}
	if err := a.relay.Begin(ctx, all); err != nil {
		return err
	}
	if id, from, err := a.config.play(); err != nil {
		return err
	} else if id != "" { // its rules are in force from the beginning of its time
		if _, err := ensureWorkspace(ctx, a.store, id, from); err != nil {
			return err
		}
	}
	if made {
		fmt.Fprintf(a.env.Terminal, "\n  Welcome. Sign in as %s, admin of %s, and choose a password. This link works once, for a day:\n\n  %s\n\n",
			a.config.AdminEmail, workspace, signInURL(a.config.PublicURL, token))
	}
	return nil
}
