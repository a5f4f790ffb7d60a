package sandbox

import (
	"context"
	"crypto/rand"
	mathrand "math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// Options are what a sandbox needs from outside.
type Options struct {
	// Now is the clock. Required.
	Now func() time.Time
	// EventRetries are the pauses before an event that was not answered 2xx is sent again. Nil: at once, after one
	// minute, after five, as Slack does (https://docs.slack.dev/apis/events-api/).
	EventRetries []time.Duration
	// AnswerWithin is how long an app may take to answer an event, a press or an envelope. 0: three seconds, as in Slack.
	AnswerWithin time.Duration
	// PingEvery is the pause between the pings on a WebSocket. 0: ten seconds; Slack's SDKs give up after thirty.
	PingEvery time.Duration
	// KeepMessages bounds the memory: the oldest messages beyond it are forgotten. 0: 200,000.
	KeepMessages int
	// KeepCalls bounds the call log in the same way. 0: 10,000.
	KeepCalls int
}

// Sandbox is one team of Slack's, and the way to the others behind the same address. It is safe for concurrent use.
type Sandbox struct {
	*host
	cfg     Config // TeamSetup is this team's
	bot     bot
	root    string       // what the addresses of its pages begin with: nothing for the first team
	control http.Handler // below /sandbox/
	site    http.Handler

	// host.mu guards everything below.
	team      *team
	inst      *installation
	orgInst   *installation
	tokens    map[string]*token
	tokenSeq  int
	refreshes map[string]*token // refresh token → the access token that it was issued with
	codes     map[string]*authCode
	faults    []*Fault
	faultSeq  int
	calls     callLog
	events    []EventDelivery
	presses   pressLog
	triggers  map[string]*trigger
	responses map[string]*responseURL
	views     map[string]*view // user → the modal that is open
	updates   pacer
	lists     pacer
}

// New makes a sandbox that stands as cfg says and returns its first team; Team leads to the further ones.
func New(cfg Config, opts Options) *Sandbox {
	if opts.EventRetries == nil {
		opts.EventRetries = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	if opts.AnswerWithin == 0 {
		opts.AnswerWithin = 3 * time.Second
	}
	if opts.PingEvery == 0 {
		opts.PingEvery = 10 * time.Second
	}
	if opts.KeepMessages == 0 {
		opts.KeepMessages = 200_000
	}
	if opts.KeepCalls == 0 {
		opts.KeepCalls = 10_000
	}
	h := newHost(opts)
	first := h.addTeam(cfg)
	for _, setup := range cfg.Teams {
		further := cfg
		further.TeamSetup = setup
		h.addTeam(further).root = "/teams/" + setup.Team.ID
	}
	first.startAppAfresh()
	h.handler = h.routes()
	return first
}

func (h *host) addTeam(cfg Config) *Sandbox {
	s := &Sandbox{host: h, cfg: cfg, bot: botOf(len(h.teams))}
	s.control, s.site = s.controlRoutes(), s.pageRoutes()
	s.startAfresh(false)
	h.teams = append(h.teams, s)
	return s
}

// Handler serves the whole Slack with all its teams: consent page, Web API, pages and control API.
func (s *Sandbox) Handler() http.Handler { return s.handler }

// Close stops the senders of events of all teams, cuts the WebSockets, and waits for them.
func (s *Sandbox) Close() {
	s.stopEvents()
	s.mu.Lock()
	s.cutSockets()
	s.mu.Unlock()
	s.eventsDone.Wait()
	s.courier.CloseIdleConnections()
}

// Reset makes the team as it was at the start. Resetting the first team resets the app's settings and every other team
// as well. With keepTokens the app stays installed with the tokens it has.
func (s *Sandbox) Reset(keepTokens bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reset := []*Sandbox{s}
	if s == s.teams[0] {
		s.startAppAfresh()
		reset = s.teams
	}
	for _, each := range reset {
		each.startAfresh(keepTokens)
	}
	s.notify()
}

func (s *Sandbox) startAppAfresh() {
	s.app = appSettings{s.cfg.App.EventsURL, s.cfg.App.Interactivity, s.cfg.App.InteractivityURL, s.cfg.App.SocketMode}
	s.sockets.standDown()
}

func (s *Sandbox) startAfresh(keepTokens bool) {
	s.team = newTeam(s.cfg.TeamSetup)
	s.faults, s.events = nil, nil
	s.calls = callLog{keep: s.opts.KeepCalls}
	s.updates, s.lists = pacer{}, pacer{}
	s.presses, s.triggers, s.responses, s.views = pressLog{}, map[string]*trigger{}, map[string]*responseURL{}, map[string]*view{}
	if keepTokens {
		return
	}
	s.inst = &installation{scopes: scopeSet{}.union(s.cfg.Scopes)}
	s.orgInst = &installation{org: true, scopes: scopeSet{}}
	s.tokens, s.refreshes, s.codes = map[string]*token{}, map[string]*token{}, map[string]*authCode{}
	if s.cfg.BotToken != "" {
		s.inst.active = true
		s.tokens[s.cfg.BotToken] = &token{value: s.cfg.BotToken, inst: s.inst, issuedAt: s.now()}
	}
}

// notify wakes those who wait for a change. The caller holds mu.
func (s *Sandbox) notify() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// WaitFor returns when done says so, or with the context's error. It asks at once and again after every change (a
// message, a call, an event, an order of the control API, in any team), so a test needs no sleep. done may use every method of s.
func (s *Sandbox) WaitFor(ctx context.Context, done func() bool) error {
	for {
		s.mu.Lock()
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		if done() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// randomID is n characters of the alphabet that Slack's ids use.
func randomID(prefix string, n int) string {
	return prefix + rand.Text()[:n]
}

// chance draws for a fault that strikes only sometimes.
func chance(probability float64) bool { return mathrand.Float64() < probability }

// slug turns a name into what Slack would make of it in a domain or a handle.
func slug(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name), "-")
}
