// Package api is the JSON door: what a program, or a page's script, may ask
// of the server over HTTP. It answers: which address, which method, which
// fields, and how an answer or a refusal is written.
//
// It is entered by [New], which gives a handler for everything under /api.
// The route table is in routes.go, on one screen. A request passes the same
// steps whatever it asks (enter.go): who is it, is there any of its allowance
// left, may it do this; then a handler works and returns a value or an error,
// and one place writes either.
//
// Most routes are typed: huma reads and checks their input and describes them.
// Those that stream or must be fast (signals, the CSV import) and those that
// browsers and Slack walk through stand on the bare mux and are only described
// there. A test compares the description with the mux, both ways; each operation
// has an example in examples/, which is in the description and run by a test.
//
// It decides nothing about clients, alerts or Slack; it asks the rooms that
// do. It knows no SQL and no HTML.
package api

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/press"
	"github.com/gostanna/stanna/internal/relay"
	"github.com/gostanna/stanna/internal/source"
	"github.com/gostanna/stanna/internal/store"
)

// Options are the rooms behind the door and how it is to behave.
type Options struct {
	Store     *store.Store
	Intake    *intake.Intake
	Auth      *auth.Auth
	Line      *connect.Line
	Policy    *policy.Keeper
	Desk      *press.Desk // takes what is pressed in Slack
	Relay     *relay.Relay
	Stripe    *connect.Stripe
	Sources   *source.Desk // takes what other tools send
	Clock     *stanna.Clock
	Log       *slog.Logger
	Limits    Limits
	PublicURL string // where browsers find the server
	Version   string // of the program, for the description
}

// Limits bound what one caller may ask for. 0 switches one off. Each replica
// counts for itself.
type Limits struct {
	PerMinute        int // requests of one API key or user, signals apart
	PerDay           int // requests of one workspace, signals apart
	SignalsPerMinute int // signals of one API key
}

// DefaultLimits are those of the hosted product. Signals are the reason why
// the server is there: theirs is far above what one machine takes in.
func DefaultLimits() Limits {
	return Limits{PerMinute: 100, PerDay: 10_000, SignalsPerMinute: 6_000_000}
}

// How much a body may hold. A stream of signals and a CSV import may be of
// any length, a line of them may not.
const (
	maxBody = 10 << 20
	maxLine = 1 << 20
)

// api is the door with everything it needs.
type api struct {
	Options
	mux       *http.ServeMux
	table     []route
	limiter   *limiter
	origin    *http.CrossOriginProtection
	bodies    sync.Pool     // of *[]byte, for single signals
	described []byte        // openapi.json
	probeWait time.Duration // for a test message
	trying    chan struct{} // full while a backtest runs: one needs every processor
}

// New builds the door.
func New(o Options) http.Handler { return build(o) }

func build(o Options) *api {
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	a := &api{Options: o, mux: http.NewServeMux(), limiter: newLimiter(o.Clock.Real), origin: http.NewCrossOriginProtection(), probeWait: probeWait, trying: make(chan struct{}, 1)}
	a.bodies.New = func() any { b := make([]byte, 0, 4096); return &b }
	if u, err := url.Parse(o.PublicURL); err == nil && u.Host != "" {
		// A proxy may give us another Host than the one the browser sees.
		_ = a.origin.AddTrustedOrigin(u.Scheme + "://" + u.Host) // fails only on what Parse refuses
	}
	a.table = a.routes()
	a.described = a.describe()
	for _, rt := range a.table {
		a.mux.HandleFunc(rt.pattern, a.enter(rt))
	}
	a.mux.HandleFunc("/", a.enter(route{serve: a.nowhere}))
	return a
}
