// Package connect is THE LINE: the connections between a workspace and its
// Slack teams, mostly one. It answers: how does a team become connected and stop being so,
// which token may be used now, which channels and people are there, does all
// of it work, and if not, who must do what.
//
// It is entered by [New]. A person connects by [Line.Start] and
// [Line.Callback], or by [Line.ConnectToken]; whoever calls Slack asks
// [Line.Token] first and reports what Slack thinks of it to
// [Line.TokenExpired] and [Line.MarkBroken]. [Line.Check] and
// [Line.Directory] run daily; [Line.Status] and [Line.Diagnose] tell people;
// [Line.Events] takes Slack's own word that it is over. What somebody pressed
// is read by [Line.ReadPress], and what to do about it is for others.
// [Line.CheckLogo] looks at an image that Slack is to draw.
//
// It deliberately knows no HTTP route, no cookie and no page, posts nothing,
// and does not choose channels: it says what is there. What is waiting to be
// told stays waiting while a connection is broken or gone; connect stops the
// lanes and starts them again, and never touches what is on them.
//
// No transaction is open while Slack is called, and no token reaches an
// error, a log or the audit trail.
package connect

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// Options say how to build a line.
type Options struct {
	Store     *store.Store
	App       slack.App     // without a client id and secret, tokens can only be pasted
	HTTP      *http.Client  // for every call; App.HTTP when nil
	Socket    *slack.Socket // nil: Slack reaches us over HTTP, or not at all
	PublicURL string        // where browsers and Slack find this server
	Now       func() time.Time
	Log       *slog.Logger

	// AfterConnect is called once a team is connected and its lanes run
	// again. It may be called for a workspace where nothing waits.
	AfterConnect func(ctx context.Context, workspace string) error
}

// Line keeps the connections of all workspaces. It is safe for concurrent
// use, in several replicas on one database.
type Line struct {
	store     *store.Store
	app       slack.App
	socket    *slack.Socket
	publicURL string
	now       func() time.Time
	log       *slog.Logger
	after     func(ctx context.Context, workspace string) error
	id        string // of this replica, on leases

	flights singleflight.Group // one refresh and one reading of channels a workspace
	heard   atomic.Int64       // when Slack last sent an event, in Unix seconds
	pressed atomic.Int64       // when Slack last sent a press, in Unix seconds

	ctx    context.Context // of what runs in the background
	cancel context.CancelFunc
	mu     sync.Mutex
	closed bool
	tasks  sync.WaitGroup
}

// How long calls to Slack may take. A person waits for most of them.
const (
	callTime  = 10 * time.Second
	eventTime = 2 * time.Second // Slack wants an answer to an event within three
)

// New makes a line.
func New(o Options) *Line {
	if o.HTTP != nil {
		o.App.HTTP = o.HTTP
	}
	if o.AfterConnect == nil {
		o.AfterConnect = func(context.Context, string) error { return nil }
	}
	l := &Line{store: o.Store, app: o.App, socket: o.Socket, publicURL: strings.TrimRight(o.PublicURL, "/"), now: o.Now, log: o.Log,
		after: o.AfterConnect, id: store.NewID("line")}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

// Close ends what runs in the background and waits for it. A refresh that is
// under way is let finish, for its tokens come only once.
func (l *Line) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	l.tasks.Wait()
}

// enter counts a task that Close waits for; false when it is too late.
func (l *Line) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.tasks.Add(1)
	}
	return !l.closed
}

// spawn does something in the background.
func (l *Line) spawn(what, workspace string, do func(ctx context.Context) error) {
	if !l.enter() {
		return
	}
	go func() {
		defer l.tasks.Done()
		if err := do(l.ctx); err != nil && l.ctx.Err() == nil {
			l.log.Warn(what, "workspace", workspace, "error", err)
		}
	}()
}

// client speaks for a connection.
func (l *Line) client(c stanna.Connection) *slack.Client {
	return slack.NewClient(l.app.URL, c.AccessToken, l.app.HTTP)
}

func (l *Line) redirectURI() string { return l.publicURL + slack.CallbackPath }

// connection is what is stored of the workspace's connection to a team; "" is
// its home.
func (l *Line) connection(ctx context.Context, workspace, team string) (c stanna.Connection, err error) {
	err = l.store.View(ctx, func(tx *store.Tx) error {
		var ok bool
		if c, ok, err = tx.ConnectionTo(workspace, team); err == nil && !ok {
			err = notConnected()
		}
		return err
	})
	return c, err
}

// connections are the workspace's, at least one, its home first.
func (l *Line) connections(ctx context.Context, workspace string) (list []stanna.Connection, err error) {
	err = l.store.View(ctx, func(tx *store.Tx) error {
		if list, err = tx.Connections(workspace); err == nil && len(list) == 0 {
			err = notConnected()
		}
		return err
	})
	return list, err
}

// eachTeam does something with each of the workspace's connections. Trouble
// with one does not keep it from the others.
func (l *Line) eachTeam(ctx context.Context, workspace string, do func(context.Context, stanna.Connection) error) error {
	list, err := l.connections(ctx, workspace)
	if len(list) == 1 {
		return do(ctx, list[0])
	}
	for _, c := range list {
		err = errors.Join(err, do(ctx, c))
	}
	return err
}

func entry(workspace string, now time.Time, actor, action, subject string, details map[string]string) stanna.AuditEntry {
	return stanna.AuditEntry{Workspace: workspace, At: now, Actor: actor, Action: action, Subject: subject, Details: details}
}

// actorSlack is Slack, when it tells us something by itself.
const actorSlack = "slack"

// randomToken is 32 random bytes as text that fits in an address and a cookie.
func randomToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

var errClosing = errors.New("the server is shutting down")
