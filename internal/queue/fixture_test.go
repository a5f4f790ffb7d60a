package queue_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// hands work jobs one by one in the order they wait, and remember what they
// did. Its functions may be nil.
type hands struct {
	do      func(ctx context.Context, j stanna.Job)
	settle  func(tx *store.Tx, lane *stanna.Lane, j stanna.Job) error
	mu      sync.Mutex
	busy    map[string]int
	done    []stanna.Job // by Do
	settled []string     // refs
	orphans []string     // refs
	trouble []string
}

func (h *hands) Plan(tx *store.Tx, lane *stanna.Lane, now time.Time) (queue.Work, error) {
	jobs, err := tx.WaitingJobs(lane.Name, now, 1)
	if err != nil || len(jobs) == 0 {
		return nil, err
	}
	return &task{hands: h, job: jobs[0]}, tx.BeginJob(jobs[0].ID)
}

func (h *hands) Recover(tx *store.Tx, _ *stanna.Lane, orphans []stanna.Job, now time.Time) error {
	for _, j := range orphans {
		h.note(func() { h.orphans = append(h.orphans, j.Ref) })
		if err := tx.RetryJob(j, now, "taken over"); err != nil {
			return err
		}
	}
	return nil
}

func (h *hands) note(fn func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	fn()
}

func (h *hands) refs() (refs []string) {
	h.note(func() {
		for _, j := range h.done {
			refs = append(refs, j.Ref)
		}
	})
	return refs
}

func (h *hands) count() (n int) {
	h.note(func() { n = len(h.done) })
	return n
}

type task struct {
	*hands
	job stanna.Job
}

func (t *task) Do(ctx context.Context) {
	t.note(func() {
		if t.busy == nil {
			t.busy = map[string]int{}
		}
		if t.busy[t.job.Lane]++; t.busy[t.job.Lane] > 1 {
			t.trouble = append(t.trouble, "two hold "+t.job.Lane)
		}
		t.done = append(t.done, t.job)
	})
	if t.do != nil {
		t.do(ctx, t.job)
	}
	t.note(func() { t.busy[t.job.Lane]-- })
}

func (t *task) Settle(tx *store.Tx, lane *stanna.Lane, _ time.Time) error {
	t.note(func() { t.settled = append(t.settled, t.job.Ref) })
	if t.settle != nil {
		if err := t.settle(tx, lane, t.job); err != nil {
			return err
		}
	}
	return tx.EndJob(t.job.ID, stanna.JobDone, "")
}

// run starts a queue and gives it and the way to stop it, which waits.
func run(t *testing.T, s *store.Store, h queue.Handler) (q *queue.Queue, stop func()) {
	t.Helper()
	q = queue.New(queue.Options{Store: s, Handlers: map[string]queue.Handler{"slack": h}, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); q.Run(ctx) }()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return q, stop
}

// base is one database with two stores on it: of two servers on PostgreSQL,
// the same one on SQLite.
type base struct {
	a, b *store.Store
	url  string
}

func each(t *testing.T, test func(t *testing.T, db base)) {
	t.Helper()
	for _, engine := range storetest.Engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			keys, err := store.NewKeyset()
			if err != nil {
				t.Fatal(err)
			}
			url := storetest.URL(t, engine)
			open := func() *store.Store {
				s, err := store.Open(context.Background(), store.Config{URL: url, Keyset: keys})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { s.Close() })
				return s
			}
			a := open()
			if engine == "sqlite" {
				test(t, base{a, a, url})
				return
			}
			test(t, base{a, open(), url})
		})
	}
}

func laneOf(n int) string { return fmt.Sprintf("acme.com/slack:T1:C%d", n) }

func job(lane, ref string, due time.Time) stanna.Job {
	return stanna.Job{Lane: lane, Kind: "test", Ref: ref, Due: due, CreatedAt: due}
}

func enqueue(t *testing.T, s *store.Store, jobs ...stanna.Job) {
	t.Helper()
	if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.Enqueue(jobs...) }); err != nil {
		t.Error(err)
	}
}

// until waits for a condition.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(25 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come", what)
		}
		<-time.After(2 * time.Millisecond)
	}
}

// counts is how many jobs are in each state, but for those that are done.
func counts(t *testing.T, s *store.Store) (n map[stanna.JobState]int) {
	t.Helper()
	if err := s.View(context.Background(), func(tx *store.Tx) (err error) { n, err = tx.JobCounts(); return err }); err != nil {
		t.Fatal(err)
	}
	return n
}

func (h *hands) check(t *testing.T) {
	t.Helper()
	h.note(func() {
		for _, what := range h.trouble {
			t.Error(what)
		}
	})
}
