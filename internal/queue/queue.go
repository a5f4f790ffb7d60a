// Package queue answers WHEN, AND AGAIN: it works lanes. A lane is one
// ordered road to one destination; one worker holds it at a time, by a lease
// in the database, so that order, pace, circuit breaking and takeover by
// another replica are one mechanism.
//
// Jobs are put on a lane in the transaction of the deed that needs them
// ([store.Tx.Enqueue]); [Queue.Wake] tells this replica at once, the others
// find out by polling every second. What a job means is up to the [Handler]
// of its lane; queue knows no kind of job, no Slack and no message.
package queue

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// A holder's lease runs this long by the database's clock and is renewed with
// every step; a step's work outside the database ends a second before it.
const (
	Lease    = 6 * time.Second
	workTime = Lease - time.Second
)

// Handler works the lanes of one kind of road.
type Handler interface {
	// Plan chooses the next work of a lane and marks its job as begun, in the
	// transaction that holds the lane. Nil work releases the lane; the handler
	// may first set the lane's NotBefore. It may be run again.
	Plan(tx *store.Tx, lane *stanna.Lane, now time.Time) (Work, error)

	// Recover makes jobs wait again that a holder who is gone had begun: what
	// became of them is unknown.
	Recover(tx *store.Tx, lane *stanna.Lane, orphans []stanna.Job, now time.Time) error
}

// Work is one step: something done with no transaction open, and the writing
// down of what became of it.
type Work interface {
	Do(ctx context.Context)
	Settle(tx *store.Tx, lane *stanna.Lane, now time.Time) error
}

// Queue works the lanes that its replica can get.
type Queue struct {
	store    *store.Store
	handlers map[string]Handler // by the beginning of the road: "slack", "timer"
	holder   string
	now      func() time.Time
	log      *slog.Logger

	slots chan struct{} // as many lanes at once
	poll  chan struct{}
	ctx   context.Context // of the work itself, which outlives Run's
	wg    sync.WaitGroup

	mu     sync.Mutex
	held   map[string]bool // lanes being worked here; true: woken meanwhile
	timers map[string]*time.Timer
	closed bool
}

// Options say how to build a queue.
type Options struct {
	Store    *store.Store
	Handlers map[string]Handler
	Now      func() time.Time // the real clock
	Log      *slog.Logger
	Workers  int // lanes worked at once; 64 by default
}

// New builds a queue; Run starts it.
func New(o Options) *Queue {
	if o.Workers == 0 {
		o.Workers = 64
	}
	return &Queue{store: o.Store, handlers: o.Handlers, holder: store.NewID("holder"), now: o.Now, log: o.Log,
		slots: make(chan struct{}, o.Workers), poll: make(chan struct{}, 1), ctx: context.Background(),
		held: map[string]bool{}, timers: map[string]*time.Timer{}}
}

// Run works lanes until ctx ends, then lets what was begun come to its end.
func (q *Queue) Run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	q.look(ctx)
	for {
		select {
		case <-ctx.Done():
			q.stop()
			return
		case <-tick.C:
		case <-q.poll:
		}
		q.look(ctx)
	}
}

func (q *Queue) stop() {
	q.mu.Lock()
	q.closed = true
	for _, t := range q.timers {
		t.Stop()
	}
	q.mu.Unlock()
	q.wg.Wait()
}

// Look makes the queue look for due lanes now, not at the next second: a gate
// has opened.
func (q *Queue) Look() {
	select {
	case q.poll <- struct{}{}:
	default:
	}
}

// LookAt is Look at a time to come.
func (q *Queue) LookAt(at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		time.AfterFunc(at.Sub(q.now()), q.Look)
	}
}

func (q *Queue) look(ctx context.Context) {
	var lanes []string
	err := q.store.View(ctx, func(tx *store.Tx) (err error) {
		lanes, err = tx.DueLanes(q.now(), 1000)
		return err
	})
	if err != nil && ctx.Err() == nil {
		q.log.Error("look for due lanes", "error", err)
	}
	q.Wake(lanes...)
}

// Wake works the lanes as soon as there is a free worker. A lane that is
// worked already is looked at again.
func (q *Queue) Wake(lanes ...string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, lane := range lanes {
		if q.closed {
			return
		}
		if _, busy := q.held[lane]; busy {
			q.held[lane] = true
			continue
		}
		q.held[lane] = false
		q.wg.Add(1)
		go q.work(lane)
	}
}

// wakeAt wakes a lane at a time to come.
func (q *Queue) wakeAt(lane string, at time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	if t := q.timers[lane]; t != nil {
		t.Stop()
	}
	q.timers[lane] = time.AfterFunc(at.Sub(q.now()), func() {
		q.mu.Lock()
		delete(q.timers, lane)
		q.mu.Unlock()
		q.Wake(lane)
	})
}

func (q *Queue) work(lane string) {
	defer q.wg.Done()
	q.slots <- struct{}{}
	defer func() { <-q.slots }()
	for {
		next, err := q.hold(lane)
		if err != nil {
			q.log.Error("work a lane", "lane", lane, "error", err)
		}
		if !next.IsZero() {
			q.wakeAt(lane, next)
		}
		q.mu.Lock()
		if again := q.held[lane]; again && !q.closed && err == nil {
			q.held[lane] = false
			q.mu.Unlock()
			continue
		}
		delete(q.held, lane)
		q.mu.Unlock()
		return
	}
}

// errLost says that the lease was lost to another holder.
var errLost = errors.New("the lease of the lane was lost; what it did is the next holder's to find out")

// hold claims a lane and works it until nothing is due. It says when the lane
// should be looked at again, if that is known.
func (q *Queue) hold(name string) (next time.Time, err error) {
	handler := q.handlerOf(name)
	if handler == nil {
		return time.Time{}, errors.New("no handler for this kind of lane")
	}
	var lane stanna.Lane
	var work Work
	// What a claim writes may be forgotten in a power cut: then the message is
	// sent again, as it would be anyway.
	err = q.store.UpdateLightly(q.ctx, func(tx *store.Tx) error {
		work, next = nil, time.Time{}
		l, orphans, ok, err := tx.ClaimLane(name, q.holder, Lease, q.now())
		if err != nil || !ok {
			return err
		}
		lane = l
		if len(orphans) > 0 {
			if err := handler.Recover(tx, &lane, orphans, q.now()); err != nil {
				return err
			}
		}
		work, next, err = q.step(tx, handler, &lane)
		return err
	})
	for err == nil && work != nil {
		work.Do(q.ctx)
		work, next, err = q.settle(handler, work, &lane)
	}
	return next, err
}

// settle writes down what became of work and plans the next. When the
// database refuses, it tries again while the lease lasts: what was done must
// not be done twice for want of a note.
func (q *Queue) settle(handler Handler, done Work, lane *stanna.Lane) (work Work, next time.Time, err error) {
	for wait, left := 50*time.Millisecond, Lease; ; wait, left = 2*wait, left-wait {
		err = q.store.Update(q.ctx, func(tx *store.Tx) error {
			fresh, ours, err := tx.HoldLane(lane.Name, q.holder, lane.Epoch)
			if err != nil {
				return err
			}
			if !ours {
				return errLost
			}
			*lane = fresh
			if err := done.Settle(tx, lane, q.now()); err != nil {
				return err
			}
			work, next, err = q.step(tx, handler, lane)
			return err
		})
		if err == nil || errors.Is(err, errLost) || left <= 0 {
			return work, next, err
		}
		q.log.Warn("write down what became of a job; trying again", "lane", lane.Name, "error", err)
		<-time.After(wait)
	}
}

// step plans what comes next on a lane that the transaction holds, or lets go
// of it.
func (q *Queue) step(tx *store.Tx, handler Handler, lane *stanna.Lane) (work Work, next time.Time, err error) {
	if now := q.now(); lane.Paused == "" && !lane.NotBefore.After(now) && !q.stopping() {
		if work, err = handler.Plan(tx, lane, now); err != nil {
			return nil, time.Time{}, err
		}
	}
	if err := tx.SaveLane(*lane); err != nil {
		return nil, time.Time{}, err
	}
	if work != nil {
		until := q.now().Add(workTime) // the commit may be slow; the lease runs from here
		_, err := tx.RenewLane(lane.Name, q.holder, lane.Epoch, Lease)
		return timed{work, until}, time.Time{}, err
	}
	due, err := tx.ReleaseLane(lane.Name)
	if err != nil || due.IsZero() || lane.Paused != "" {
		return nil, time.Time{}, err
	}
	if due.Before(lane.NotBefore) {
		due = lane.NotBefore
	}
	if !due.After(q.now()) {
		due = time.Time{} // the handler waits for its gate; the next look will tell
	}
	return nil, due, nil
}

// timed is work that ends in time.
type timed struct {
	Work
	until time.Time
}

func (t timed) Do(ctx context.Context) {
	ctx, cancel := context.WithDeadline(ctx, t.until)
	defer cancel()
	t.Work.Do(ctx)
}

func (q *Queue) stopping() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}

func (q *Queue) handlerOf(lane string) Handler {
	road := stanna.Lane{Name: lane}.Road()
	kind, _, _ := strings.Cut(road, ":")
	return q.handlers[kind]
}

// Backoff is how long to wait after so many failures in a row: 100 ms,
// doubling, ten minutes at most, with a quarter of jitter either way so that
// lanes do not march in step.
func Backoff(failures int) time.Duration {
	d := 100 * time.Millisecond << min(max(failures-1, 0), 13)
	d = min(d, 10*time.Minute)
	return d*3/4 + rand.N(d/2)
}
