package queue_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/queue"
)

// A lane is worked in order: by due time, and as it was enqueued.
func TestOrder(t *testing.T) {
	each(t, func(t *testing.T, db base) {
		s := db.a
		now := time.Now()
		want := map[string][]string{}
		for n := range 4 {
			lane := laneOf(n)
			var jobs []stanna.Job
			for i := range 12 {
				ref := fmt.Sprintf("%d-%02d", n, i)
				jobs = append(jobs, job(lane, ref, now.Add(time.Duration(i/3)*time.Millisecond-time.Minute)))
				want[lane] = append(want[lane], ref)
			}
			enqueue(t, s, jobs[6:]...)
			enqueue(t, s, jobs[:6]...)
		}
		h := &hands{}
		run(t, s, h)
		until(t, "48 jobs", func() bool { return h.count() == 48 && len(counts(t, s)) == 0 })
		got := map[string][]string{}
		for _, j := range h.done {
			got[j.Lane] = append(got[j.Lane], j.Ref)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		h.check(t)
	})
}

// However many queues there are, one holds a lane at a time, and every job is
// done once.
func TestOneHolder(t *testing.T) {
	each(t, func(t *testing.T, db base) {
		a, b := db.a, db.b
		h := &hands{do: func(context.Context, stanna.Job) { <-time.After(time.Millisecond) }}
		qa, _ := run(t, a, h)
		qb, _ := run(t, b, h)
		const lanes, each = 4, 20
		var wg sync.WaitGroup
		for n := range lanes {
			wg.Go(func() {
				for i := range each {
					enqueue(t, a, job(laneOf(n), fmt.Sprintf("%d-%d", n, i), time.Now()))
					qa.Wake(laneOf(n))
					qb.Wake(laneOf(n))
				}
			})
		}
		wg.Wait()
		until(t, "every job", func() bool { return h.count() >= lanes*each && len(counts(t, a)) == 0 })
		refs := h.refs()
		slices.Sort(refs)
		if n := len(slices.Compact(refs)); n != lanes*each || h.count() != n {
			t.Errorf("%d jobs were done %d times", n, h.count())
		}
		h.check(t)
	})
}

// No wake-up is lost: many put jobs on a few lanes, each the next as soon as
// its last is done, so that the lanes are let go of all the time and just
// when something comes; a second replica puts jobs there and tells nobody. A
// lost wake-up would wait for ever, and with it who waits for the job.
func TestNoLostWakeUp(t *testing.T) {
	each(t, func(t *testing.T, db base) {
		h := &hands{}
		finished := sync.Map{} // ref → channel
		h.do = func(_ context.Context, j stanna.Job) {
			if done, ok := finished.Load(j.Ref); ok {
				close(done.(chan struct{}))
			}
		}
		q, _ := run(t, db.a, h)
		const writers, rounds, silent = 9, 30, 40
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range rounds {
					lane, ref, done := laneOf(w%3), fmt.Sprintf("%d-%d", w, i), make(chan struct{})
					finished.Store(ref, done)
					enqueue(t, db.a, job(lane, ref, time.Now()))
					q.Wake(lane)
					select {
					case <-done:
					case <-time.After(20 * time.Second):
						t.Errorf("%s was not worked", ref)
						return
					}
				}
			})
		}
		wg.Go(func() {
			for i := range silent {
				enqueue(t, db.b, job(laneOf(i%3), fmt.Sprintf("silent-%d", i), time.Now()))
			}
		})
		wg.Wait()
		until(t, "an empty queue", func() bool { return len(counts(t, db.a)) == 0 })
		if n := h.count(); n != writers*rounds+silent {
			t.Errorf("%d jobs were done %d times", writers*rounds+silent, n)
		}
		h.check(t)
	})
}

// A job whose time has not come waits, and is worked soon after it has.
func TestDueLater(t *testing.T) {
	each(t, func(t *testing.T, db base) {
		s := db.a
		h := &hands{}
		q, _ := run(t, s, h)
		due := time.Now().Add(400 * time.Millisecond)
		enqueue(t, s, job(laneOf(1), "later", due), job(laneOf(1), "now", time.Now()))
		q.Wake(laneOf(1))
		until(t, "both jobs", func() bool {
			if h.count() == 2 && time.Now().Before(due) {
				t.Error("it was worked before its time")
			}
			return h.count() == 2
		})
		if diff := cmp.Diff([]string{"now", "later"}, h.refs()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBackoff(t *testing.T) {
	for failures, want := range map[int]time.Duration{-1: 100 * time.Millisecond, 0: 100 * time.Millisecond, 1: 100 * time.Millisecond, 2: 200 * time.Millisecond,
		5: 1600 * time.Millisecond, 13: 409600 * time.Millisecond, 14: 10 * time.Minute, 15: 10 * time.Minute, 1000: 10 * time.Minute} {
		seen := map[time.Duration]bool{}
		for range 100 {
			d := queue.Backoff(failures)
			seen[d] = true
			if d < want*3/4 || d > want*5/4 {
				t.Fatalf("after %d failures %v, want about %v", failures, d, want)
			}
		}
		if len(seen) < 10 {
			t.Errorf("after %d failures there is no jitter", failures)
		}
	}
}
