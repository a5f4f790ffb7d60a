package slack

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/gostanna/stanna"
)

// How a Socket behaves in time.
const (
	ackWithin   = 2500 * time.Millisecond // Slack waits 3 s for an acknowledgement
	helloWithin = 10 * time.Second
	silentFor   = 30 * time.Second // without even a ping, the connection is dead
	stoodFor    = 10 * time.Second // a connection that lasted so long was no failure
	firstWait   = 100 * time.Millisecond
	longestWait = 30 * time.Second
	refusedWait = 5 * time.Minute // until a person has mended the settings
)

// Socket is Socket Mode: what Slack would send to our addresses comes over a
// connection that we open, so that this server needs no address that Slack
// can reach. Several servers may each run one for the same app (Slack allows
// ten connections); Slack gives each envelope to one of them.
// https://docs.slack.dev/apis/events-api/using-socket-mode
type Socket struct {
	api    string
	token  stanna.Secret
	line   http.Client
	dialer websocket.Dialer
	log    *slog.Logger
	now    func() time.Time

	mu    sync.Mutex
	open  int // connections that Slack has greeted; two while one takes over from another
	state SocketHealth
	told  string // code of the trouble that the log was told of
}

// NewSocket makes the Socket of the app that the app-level token (xapp-…,
// with the scope connections:write) belongs to. hc's proxy, dialler and
// certificates are used for the WebSocket as well; now is the real time.
func NewSocket(slackURL string, appToken stanna.Secret, hc *http.Client, log *slog.Logger, now func() time.Time) *Socket {
	return &Socket{api: apiURL(slackURL), token: appToken, line: line(hc), dialer: dialer(hc), log: log, now: now}
}

// String hides the token, which fmt would print of an unexported field.
func (s *Socket) String() string { return "slack.Socket(" + s.api + ")" }

// GoString hides the token.
func (s *Socket) GoString() string { return s.String() }

// Envelope is what came over a Socket.
//
// It may come twice and in any order: Slack sends again what was not
// acknowledged in time or was on a connection that broke. Nobody here
// remembers; whoever acts on a press goes by [Press.Key], and on an event by
// its ID.
type Envelope struct {
	ID      string
	Type    string          // EnvelopeInteractive, EnvelopeEvents, or another that can be ignored
	Payload json.RawMessage // for ReadPress or ParseEvent
	Retry   int             // how often it was sent before; 0 for an interactive one
}

// The types of envelope that matter.
const (
	EnvelopeInteractive = "interactive"
	EnvelopeEvents      = "events_api"
)

// SocketHealth is how a Socket does, for the diagnosis.
type SocketHealth struct {
	Connected bool
	Since     time.Time // of Connected being so; zero before the first attempt came to something
	AppID     string    // whose token it is, as Slack said in its greeting
	Error     string    // what went wrong last, until a connection has stood for ten seconds; no secrets
	Repair    string    // what a person must do about it; "" when nobody must
}

// State is how the Socket does now.
func (s *Socket) State() SocketHealth {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Run keeps a connection until ctx ends, and gives each envelope to handle,
// in a goroutine of its own. What handle returns goes back to Slack with the
// acknowledgement: nil, or for a submitted form for example [FormErrors]
// (20 kB at most). handle should answer within 2.5 s and do long work later:
// then the envelope is acknowledged without a reply, and what handle returns
// is lost. What is being handled when ctx ends, and what makes handle panic,
// is not acknowledged.
//
// A connection that breaks is opened again: at once, and after ever longer,
// up to 30 s, while new ones break within ten seconds; Slack's Retry-After
// holds. When Slack says that it will close one, the next is open before.
// While Slack refuses the token it is asked every five minutes, and State
// says so. Run returns when all it began has ended; handle must mind its
// context.
func (s *Socket) Run(ctx context.Context, handle func(ctx context.Context, e Envelope) (reply json.RawMessage)) {
	var running sync.WaitGroup
	defer running.Wait()
	for failures := 0; ctx.Err() == nil; failures++ {
		w, err := s.dial(ctx)
		if err == nil {
			running.Go(func() { w.serve(ctx, handle, &running) })
			select {
			case <-w.leaving:
			case <-ctx.Done():
				return
			}
			if err = w.trouble(); w.stood() {
				failures = 0
			}
		}
		if ctx.Err() != nil {
			return
		}
		s.failed(err)
		pause := time.NewTimer(waitFor(failures, err))
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
		pause.Stop()
	}
}

// waitFor is how long to wait after so many failures in a row, the last of
// them err; half of it by chance, so that several servers do not call at once.
func waitFor(failures int, err error) time.Duration {
	o, _ := OutcomeOf(err)
	d := min(firstWait<<min(failures, 10), longestWait)
	if o.Kind == Permanent {
		d = refusedWait
	}
	return max(d/2+rand.N(d/2+1), o.After)
}

// greeted notes that a connection is open.
func (s *Socket) greeted(appID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.AppID = appID
	if s.open++; s.open == 1 {
		s.state.Connected, s.state.Since = true, s.now()
		s.log.Info("connected to Slack by Socket Mode", "app", appID)
	}
}

// ended notes that one that was greeted has ended.
func (s *Socket) ended() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open--; s.open == 0 {
		s.state.Connected, s.state.Since = false, s.now()
	}
}

// failed notes why there is no connection, or why one had to go; nil: because
// Slack asked. The log is told when the trouble is a new one.
func (s *Socket) failed(err error) {
	if err == nil {
		return
	}
	o, _ := OutcomeOf(err)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Since.IsZero() {
		s.state.Since = s.now()
	}
	s.state.Error, s.state.Repair = o.Detail, o.Repair
	if s.told != o.Code {
		s.told = o.Code
		s.log.Warn("no connection to Slack by Socket Mode; trying on", "code", o.Code, "error", o.Detail, "repair", o.Repair)
	}
}

// settled forgets former trouble.
func (s *Socket) settled() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Error, s.state.Repair, s.told = "", "", ""
}
