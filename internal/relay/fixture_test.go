package relay_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mail"
	"github.com/gostanna/stanna/internal/mail/mailtest"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/relay"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
	"github.com/gostanna/stanna/internal/webhook"
)

const acme = "acme.com"

// stage is a relay whose lanes the test works itself, by a clock of its own.
type stage struct {
	*testing.T
	store *store.Store
	relay *relay.Relay
	roads map[string]queue.Handler
	box   *mailtest.Server
	log   *bytes.Buffer
	now   time.Time
	step  time.Duration // real time that a step may take
	steps atomic.Int64  // begun so far
}

func onEach(t *testing.T, test func(*stage)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(newStage(t, s)) })
}

// onOne is onEach for what no database is asked about.
func onOne(t *testing.T, test func(*stage)) {
	test(newStage(t, storetest.Open(t, storetest.URL(t, "sqlite"))))
}

func newStage(t *testing.T, s *store.Store) *stage {
	st := &stage{T: t, store: s, log: &bytes.Buffer{}, step: 5 * time.Second, now: time.Date(2026, 11, 24, 9, 20, 0, 0, time.UTC)}
	box, err := mailtest.Start("127.0.0.1:0", nil)
	st.must(err)
	t.Cleanup(box.Close)
	st.box = box
	post, err := mail.Parse(stanna.Secret("smtp://"+box.Address), "Stanna <stanna@acme.com>")
	st.must(err)
	st.build(relay.Options{Mail: post})
	st.update(func(tx *store.Tx) error {
		return tx.AddWorkspace(stanna.Workspace{ID: acme, Name: "Acme", CreatedAt: st.now})
	})
	return st
}

func (st *stage) build(o relay.Options) {
	o.Store, o.Now, o.PublicURL, o.UserAgent = st.store, func() time.Time { return st.now }, "https://stanna.acme.com", "stanna/test"
	o.HTTP = webhook.NewHTTPClient([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	o.Wake, o.Log = func(...string) {}, slog.New(slog.NewTextHandler(st.log, nil))
	st.relay = relay.New(o)
	st.roads = st.relay.Handlers()
}

func (st *stage) must(err error) {
	st.Helper()
	if err != nil {
		st.Fatal(err)
	}
}

func (st *stage) update(fn func(tx *store.Tx) error) {
	st.Helper()
	st.must(st.store.Update(context.Background(), fn))
}

func (st *stage) view(fn func(tx *store.Tx) error) {
	st.Helper()
	st.must(st.store.View(context.Background(), fn))
}

// endpoint adds one that gets those types of event.
func (st *stage) endpoint(address string, types ...stanna.EventType) stanna.Endpoint {
	st.Helper()
	e := stanna.Endpoint{Workspace: acme, ID: store.NewID("ep"), Name: "Test", Address: stanna.Secret(address), Types: types, CreatedAt: st.now, UpdatedAt: st.now}
	if _, is := e.Mailbox(); !is {
		e.Secret = webhook.NewSecret()
	}
	st.must(e.Validate())
	st.update(func(tx *store.Tx) error { return tx.PutEndpoint(e) })
	return e
}

// tell tells that something happened to subjects.
func (st *stage) tell(kind stanna.EventType, subjects ...string) {
	st.Helper()
	st.update(func(tx *store.Tx) error {
		var events []stanna.Event
		for _, s := range subjects {
			e := stanna.SampleOf(kind, acme, st.now)
			e.ID, e.Subject = "", s
			events = append(events, e)
		}
		_, err := tx.Tell(st.now, events...)
		return err
	})
}

// work takes the steps of a lane that are due, as the queue does, and says how
// many there were.
func (st *stage) work(lane string) (steps int) {
	st.Helper()
	road, _, _ := strings.Cut(stanna.Lane{Name: lane}.Road(), ":")
	handler := st.roads[road]
	var work queue.Work
	var epoch int64
	plan := func(tx *store.Tx, l stanna.Lane) (err error) {
		work = nil
		if l.Paused == "" && !l.NotBefore.After(st.now) {
			if work, err = handler.Plan(tx, &l, st.now); err != nil {
				return err
			}
		}
		if err := tx.SaveLane(l); err != nil || work != nil {
			return err
		}
		_, err = tx.ReleaseLane(lane)
		return err
	}
	st.update(func(tx *store.Tx) error {
		l, orphans, ok, err := tx.ClaimLane(lane, "test", queue.Lease, st.now)
		if err != nil || !ok {
			return err
		}
		if len(orphans) > 0 {
			st.must(handler.Recover(tx, &l, orphans, st.now))
		}
		epoch = l.Epoch
		return plan(tx, l)
	})
	for work != nil {
		steps++
		st.steps.Add(1)
		ctx, cancel := context.WithTimeout(context.Background(), st.step)
		work.Do(ctx)
		cancel()
		st.update(func(tx *store.Tx) error {
			l, ok, err := tx.HoldLane(lane, "test", epoch)
			if err != nil || !ok {
				st.Fatal(ok, err)
			}
			if err := work.Settle(tx, &l, st.now); err != nil {
				return err
			}
			return plan(tx, l)
		})
	}
	return steps
}

// until works a lane as time passes, a step of it at a time, until ok.
func (st *stage) until(lane string, step, most time.Duration, ok func() bool) {
	st.Helper()
	for end := st.now.Add(most); ; st.now = st.now.Add(step) {
		st.work(lane)
		if ok() {
			return
		}
		if st.now.After(end) {
			st.Fatalf("it did not come within %s", most)
		}
	}
}

func (st *stage) deliveries(e stanna.Endpoint) (list []stanna.Delivery) {
	st.Helper()
	st.view(func(tx *store.Tx) (err error) {
		list, err = tx.Deliveries(acme, store.DeliveryQuery{Endpoint: e.ID, Limit: 1000})
		return err
	})
	slices.Reverse(list)
	return list
}

// states says in what states the deliveries of an endpoint are, the oldest
// first.
func (st *stage) states(e stanna.Endpoint) string {
	st.Helper()
	var words []string
	for _, d := range st.deliveries(e) {
		words = append(words, string(d.State))
	}
	return strings.Join(words, " ")
}

func (st *stage) stored(e stanna.Endpoint) (got stanna.Endpoint) {
	st.Helper()
	st.view(func(tx *store.Tx) (err error) { got, err = tx.Endpoint(acme, e.ID); return err })
	return got
}

// receiver takes webhooks and answers as it is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []received
	answer func(received) int
	most   int // how many came at once
	here   int
}

type received struct {
	id, body, url string
	header        http.Header
}

func newReceiver(t *testing.T, answer func(received) int) *receiver {
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	one := received{req.Header.Get("webhook-id"), string(body), req.URL.String(), req.Header}
	r.mu.Lock()
	r.here++
	r.most = max(r.most, r.here)
	r.got = append(r.got, one)
	r.mu.Unlock()
	defer func() { r.mu.Lock(); r.here--; r.mu.Unlock() }()
	if r.answer != nil {
		if status := r.answer(one); status != 200 {
			http.Error(w, "this is what is wrong", status)
		}
	}
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// verified says whether the official library takes it as signed by a secret.
func (x received) verified(t *testing.T, secret stanna.Secret) bool {
	t.Helper()
	w, err := standard.NewWebhook(secret.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	return w.VerifyIgnoringTimestamp([]byte(x.body), x.header) == nil
}
