package web

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/relay"
	"github.com/gostanna/stanna/internal/source"
	"github.com/gostanna/stanna/internal/store"
)

// Options say how to build the door.
type Options struct {
	Store     *store.Store
	Auth      *auth.Auth
	Line      *connect.Line
	Intake    *intake.Intake
	Policy    *policy.Keeper
	Stripe    *connect.Stripe
	Sources   *source.Desk
	Relay     *relay.Relay
	Roads     Roads
	Clock     *stanna.Clock
	PublicURL string // where browsers find this server
	SlackURL  string // of the Slack that people use: https://slack.com by default, or a sandbox
	Log       *slog.Logger
}

// Roads are the ways out that the server's flags set: pages show them, and
// nobody changes them there.
type Roads struct {
	Mail      bool // letters can be sent
	EventLog  bool // alerts and the trail are written somewhere else as well
	Heartbeat bool // an address is called while all is well
}

// site is the door with what it needs.
type site struct {
	store     *store.Store
	auth      *auth.Auth
	line      *connect.Line
	intake    *intake.Intake
	policy    *policy.Keeper
	stripe    *connect.Stripe
	sources   *source.Desk
	relay     *relay.Relay
	roads     Roads
	clock     *stanna.Clock
	previews  chan struct{} // those that run; history is long
	publicURL string
	slackURL  string
	assets    assets
	log       *slog.Logger
}

// New builds the pages. They answer every path that is not another door's.
func New(o Options) http.Handler {
	s := newSite(o)
	return s.sameOrigin(s.routes())
}

func newSite(o Options) *site {
	if o.SlackURL == "" {
		o.SlackURL = "https://slack.com"
	}
	return &site{store: o.Store, auth: o.Auth, line: o.Line, intake: o.Intake, policy: o.Policy, stripe: o.Stripe, sources: o.Sources, relay: o.Relay, roads: o.Roads, clock: o.Clock, previews: make(chan struct{}, previewAt),
		publicURL: strings.TrimRight(o.PublicURL, "/"), slackURL: strings.TrimRight(o.SlackURL, "/"), assets: readAssets(), log: o.Log}
}

// sameOrigin refuses what another site makes a browser send: forms of ours
// are posted from our own pages only.
func (s *site) sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if s.publicURL != "" {
		// Behind a proxy the Host may be another than browsers see. An address
		// that is no origin is refused by whoever reads the configuration.
		_ = protection.AddTrustedOrigin(originOf(s.publicURL))
	}
	protection.SetDenyHandler(s.open(func(v *visit) (answer, error) {
		return answer{}, stanna.Errorf(stanna.Forbidden, "this form was sent from another site, so nothing was done; open the page here and send it again")
	}))
	return protection.Handler(next)
}
