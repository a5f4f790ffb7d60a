package queue_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// A lane's NotBefore is kept between any two jobs: that is its pace.
func TestNotBefore(t *testing.T) {
	each(t, func(t *testing.T, db base) {
		s := db.a
		const pace = 150 * time.Millisecond
		var settled, early atomic.Int64 // when the last was settled
		h := &hands{do: func(context.Context, stanna.Job) {
			if last := settled.Load(); last != 0 && time.Now().UnixMicro()-last < pace.Microseconds() {
				early.Add(1)
			}
		}, settle: func(_ *store.Tx, lane *stanna.Lane, _ stanna.Job) error {
			now := time.Now()
			lane.NotBefore = now.Add(pace)
			settled.Store(now.UnixMicro())
			return nil
		}}
		q, _ := run(t, s, h)
		now := time.Now()
		enqueue(t, s, job(laneOf(1), "a", now), job(laneOf(1), "b", now), job(laneOf(1), "c", now), job(laneOf(1), "d", now))
		q.Wake(laneOf(1))
		until(t, "all jobs", func() bool { q.Wake(laneOf(1)); return len(counts(t, s)) == 0 })
		if early.Load() != 0 {
			t.Errorf("%d jobs came before their time", early.Load())
		}
		h.check(t)
	})
}

// A lane that its own handler paused rests, whatever comes, until somebody
// lets it go on.
func TestPaused(t *testing.T) {
	each(t, func(t *testing.T, db base) {
		s := db.a
		h := &hands{settle: func(_ *store.Tx, lane *stanna.Lane, j stanna.Job) error {
			if j.Ref == "a" {
				lane.Paused = stanna.ReasonPaused
			}
			return nil
		}}
		q, _ := run(t, s, h)
		now := time.Now()
		enqueue(t, s, job(laneOf(1), "a", now.Add(-time.Second)), job(laneOf(1), "b", now))
		q.Wake(laneOf(1))
		until(t, "the first job", func() bool { return counts(t, s)[stanna.JobWaiting] == 1 && held(t, db) == "" })
		enqueue(t, s, job(laneOf(1), "c", now), job(laneOf(2), "other", now))
		q.Wake(laneOf(1), laneOf(2))
		until(t, "the other lane", func() bool { return h.count() == 2 })
		if diff := cmp.Diff([]string{"a", "other"}, h.refs()); diff != "" {
			t.Error(diff)
		}
		if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.PauseLanes("slack:T1", "") }); err != nil {
			t.Fatal(err)
		}
		q.Look()
		until(t, "the rest", func() bool { return h.count() == 4 })
	})
}

// held is who holds the first lane.
func held(t *testing.T, db base) string {
	t.Helper()
	return storetest.Text(t, db.url, `select leased_by from lane where name = '`+laneOf(1)+`'`)
}

// A lane that somebody pauses while its holder is at work stays paused: the
// holder writes down its own news, not an old picture of the lane.
func TestPausedWhileAtWork(t *testing.T) {
	each(t, func(t *testing.T, db base) {
		s := db.a
		begun, goOn := make(chan struct{}, 9), make(chan struct{})
		h := &hands{do: func(context.Context, stanna.Job) { begun <- struct{}{}; <-goOn }}
		q, stop := run(t, s, h)
		now := time.Now()
		enqueue(t, s, job(laneOf(1), "a", now.Add(-time.Second)), job(laneOf(1), "b", now))
		q.Wake(laneOf(1))
		<-begun
		if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.PauseTeam("acme.com", "T1", stanna.ReasonNotConnected) }); err != nil {
			t.Fatal(err)
		}
		close(goOn)
		until(t, "the end of the job", func() bool { return counts(t, s)[stanna.JobSending] == 0 })
		q.Wake(laneOf(1))
		stop()
		if diff := cmp.Diff([]string{"a"}, h.refs()); diff != "" {
			t.Error(diff)
		}
		if err := s.View(context.Background(), func(tx *store.Tx) error {
			paused, err := tx.PausedLanes("acme.com", "")
			if paused[stanna.ReasonNotConnected] != 1 {
				t.Errorf("paused: %v", paused)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// Stopping lets the work that was begun come to its end and be written down,
// begins none, and lets go of the lane.
func TestStop(t *testing.T) {
	each(t, func(t *testing.T, db base) {
		s := db.a
		begun, goOn := make(chan struct{}, 9), make(chan struct{})
		h := &hands{do: func(ctx context.Context, _ stanna.Job) {
			begun <- struct{}{}
			<-goOn
			if ctx.Err() != nil {
				t.Error("what was begun was cut off")
			}
		}}
		q, stop := run(t, s, h)
		now := time.Now()
		enqueue(t, s, job(laneOf(1), "a", now.Add(-time.Second)), job(laneOf(1), "b", now))
		q.Wake(laneOf(1))
		<-begun
		stopped := make(chan struct{})
		go func() { defer close(stopped); stop() }()
		select {
		case <-stopped:
			t.Error("it stopped while work was under way")
		case <-time.After(50 * time.Millisecond):
		}
		close(goOn)
		<-stopped
		if diff := cmp.Diff(map[stanna.JobState]int{stanna.JobWaiting: 1}, counts(t, s)); diff != "" || h.count() != 1 {
			t.Errorf("%d begun; %s", h.count(), diff)
		}
		if holder := held(t, db); holder != "" {
			t.Errorf("the lane is still held by %s", holder)
		}
		q.Wake(laneOf(1)) // too late, and harmless
		next := &hands{}
		run(t, s, next) // the next server goes on at once
		until(t, "the other job", func() bool { return next.count() == 1 })
	})
}

// When the database refuses to write down what became of work, it is tried
// again: the work itself is not done twice.
func TestSettleAgain(t *testing.T) {
	each(t, func(t *testing.T, db base) {
		s := db.a
		var tries atomic.Int32
		h := &hands{settle: func(_ *store.Tx, lane *stanna.Lane, _ stanna.Job) error {
			lane.Failures++ // must not count for every try
			if tries.Add(1) < 3 {
				return errors.New("the database is away")
			}
			if lane.Failures != 1 {
				t.Errorf("the lane has %d failures", lane.Failures)
			}
			return nil
		}}
		q, _ := run(t, s, h)
		enqueue(t, s, job(laneOf(1), "a", time.Now()))
		q.Wake(laneOf(1))
		until(t, "the job", func() bool { return len(counts(t, s)) == 0 })
		if h.count() != 1 || tries.Load() != 3 {
			t.Errorf("done %d times, written down in %d tries", h.count(), tries.Load())
		}
	})
}
