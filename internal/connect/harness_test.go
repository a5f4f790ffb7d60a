package connect

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

const (
	acme   = "acme.com"
	globex = "globex.com"
	ana    = "user:usr_ana"
)

// clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) forward(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

// stage is a line between a store and a Slack of our own.
type stage struct {
	*testing.T
	*Line
	clock   *clock
	store   *store.Store
	slack   *sandbox.Sandbox
	url     string
	cfg     sandbox.Config
	log     *journal
	after   chan string
	options Options
}

// journal is a log that can be searched for secrets.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string { j.mu.Lock(); defer j.mu.Unlock(); return j.buf.String() }

// each runs a test on a fresh stage for each engine.
func each(t *testing.T, change func(*sandbox.Config), test func(st *stage)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(newStage(t, s, change)) })
}

func newStage(t *testing.T, s *store.Store, change func(*sandbox.Config)) *stage {
	t.Helper()
	cfg := sandbox.DefaultConfig()
	cfg.AutoApprove = true
	cfg.App.RedirectURLs = []string{"https://stanna.example.com" + slack.CallbackPath}
	if change != nil {
		change(&cfg)
	}
	st := &stage{T: t, clock: &clock{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}, store: s, cfg: cfg, log: &journal{}, after: make(chan string, 20)}
	st.slack = sandbox.New(cfg, sandbox.Options{Now: st.clock.now, EventRetries: []time.Duration{0}})
	server := httptest.NewServer(st.slack.Handler())
	st.url = server.URL
	hc := slack.NewHTTPClient(nil)
	st.options = Options{Store: s, HTTP: hc, PublicURL: "https://stanna.example.com/", Now: st.clock.now,
		App:          slack.App{URL: server.URL, ClientID: cfg.App.ClientID, ClientSecret: stanna.Secret(cfg.App.ClientSecret), SigningSecret: stanna.Secret(cfg.App.SigningSecret)},
		Log:          slog.New(slog.NewTextHandler(st.log, nil)),
		AfterConnect: func(_ context.Context, workspace string) error { st.after <- workspace; return nil }}
	st.Line = New(st.options)
	t.Cleanup(func() {
		st.Line.Close()
		hc.CloseIdleConnections()
		server.Close()
		st.slack.Close()
		st.noSecrets(st.log.String())
		if t.Failed() {
			t.Log(st.log.String())
		}
	})
	st.update(func(tx *store.Tx) error {
		for _, id := range []string{acme, globex} {
			w := stanna.Workspace{ID: id, Name: id, CreatedAt: st.clock.now(), Settings: stanna.Settings{DefaultChannel: "C0HEALTH01", FallbackChannel: "C0ALERTS01"}}
			if err := tx.AddWorkspace(w); err != nil {
				return err
			}
		}
		return nil
	})
	return st
}

func (st *stage) update(fn func(tx *store.Tx) error) {
	st.Helper()
	if err := st.store.Update(st.Context(), fn); err != nil {
		st.Fatal(err)
	}
}

func (st *stage) must(err error) {
	st.Helper()
	if err != nil {
		st.Fatal(err)
	}
}

// idle waits until nothing runs in the background.
func (st *stage) idle() { st.Line.tasks.Wait() }

// consent sends a browser to the consent page and gives what it comes back
// with. extra are the sandbox's own parameters.
func (st *stage) consent(authorizeURL string, extra url.Values) url.Values {
	st.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(authorizeURL + "&" + extra.Encode())
	st.must(err)
	defer resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		st.Fatalf("the consent page answered %s and sent nobody back", resp.Status)
	}
	return back.Query()
}

// connect connects a workspace as a person does, and waits for what follows.
func (st *stage) connect(workspace string, features ...slack.Feature) stanna.Connection {
	st.Helper()
	to, browser, err := st.Start(st.Context(), workspace, ana, Wish{ReturnTo: "/integrations", Features: features})
	st.must(err)
	r, err := st.Callback(st.Context(), st.consent(to, nil), browser, ana)
	st.must(err)
	st.idle()
	return r.Connection
}

// stored is the connection as the store has it.
func (st *stage) stored(workspace string) (c stanna.Connection, ok bool) {
	st.Helper()
	st.update(func(tx *store.Tx) (err error) {
		c, ok, err = tx.Connection(workspace)
		return err
	})
	return c, ok
}

// lane puts a job on a lane, so that the lane is there.
func (st *stage) lane(workspace, channel string) {
	st.Helper()
	st.update(func(tx *store.Tx) error {
		return tx.Enqueue(stanna.Job{Lane: stanna.SlackChannel(st.cfg.Team.ID, channel).Lane(workspace), Kind: stanna.MessageJob, Ref: "msg_1", Due: st.clock.now(), CreatedAt: st.clock.now()})
	})
}

func (st *stage) paused(workspace string) (paused map[stanna.Reason]int) {
	st.Helper()
	st.update(func(tx *store.Tx) (err error) {
		paused, err = tx.PausedLanes(workspace, "")
		return err
	})
	return paused
}

// trail lists the actions about a subject.
func (st *stage) trail(workspace, subject string) (actions []string) {
	st.Helper()
	st.update(func(tx *store.Tx) error {
		actions = nil
		list, err := tx.AuditOf(workspace, subject, 100)
		for _, e := range list {
			actions = append(actions, e.Action)
			for _, v := range e.Details {
				st.noSecrets(v)
			}
		}
		return err
	})
	return actions
}

// refused checks that an error is of a kind, is for a person, and shows no
// secret.
func (st *stage) refused(err error, kind Refusal) {
	st.Helper()
	if !errors.Is(err, kind) {
		st.Errorf("got %v, want: %s", err, kind)
		return
	}
	if stanna.CodeOf(err) == "" || len(err.Error()) < 30 {
		st.Errorf("%q is no sentence for a person", err)
	}
	st.noSecrets(err.Error())
}

func (st *stage) noSecrets(text string) {
	st.Helper()
	for _, secret := range []string{"xoxb-", "xoxe-", "xoxe.", st.cfg.App.ClientSecret, st.cfg.App.SigningSecret} {
		// The shape of a token may be named; the token may not be shown.
		for _, word := range strings.Fields(text) {
			if i := strings.Index(word, secret); i >= 0 && len(word) > i+len(secret)+6 {
				st.Errorf("a secret shows: %q", text)
			}
		}
	}
}

func (st *stage) calls(method string) int { return int(st.slack.Stats().Methods[method]) }

func (st *stage) fault(f sandbox.Fault) {
	st.Helper()
	_, err := st.slack.SetFault(f)
	st.must(err)
}

func of[T any](x T) *T { return &x }
