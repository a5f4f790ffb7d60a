package queue_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// A holder that died leaves its lane to another within a lease and a look,
// with the job that it had begun.
func TestTakeover(t *testing.T) {
	each(t, func(t *testing.T, db base) {
		a, b := db.a, db.b
		enqueue(t, a, job(laneOf(1), "a", time.Now().Add(-time.Second)), job(laneOf(1), "b", time.Now()))
		died := time.Now()
		if err := a.Update(context.Background(), func(tx *store.Tx) error { // what a queue writes before it dies
			if _, _, ok, err := tx.ClaimLane(laneOf(1), "the dead", queue.Lease, time.Now()); !ok || err != nil {
				t.Errorf("not claimed: %v", err)
			}
			jobs, err := tx.WaitingJobs(laneOf(1), time.Now(), 1)
			if err != nil {
				return err
			}
			return tx.BeginJob(jobs[0].ID)
		}); err != nil {
			t.Fatal(err)
		}
		h := &hands{}
		run(t, b, h)
		until(t, "both jobs", func() bool { return h.count() == 2 && len(counts(t, b)) == 0 })
		if took := time.Since(died); took < queue.Lease-100*time.Millisecond || took > 10*time.Second {
			t.Errorf("taken over after %v", took)
		}
		if diff := cmp.Diff([]string{"a"}, h.orphans); diff != "" {
			t.Error(diff)
		}
		h.check(t)
	})
}

// Work ends a second before the lease does, also when the commit that began
// it was slow.
func TestWorkEndsBeforeTheLease(t *testing.T) {
	each(t, func(t *testing.T, db base) {
		a := db.a
		if a.Engine() == "postgres" {
			storetest.Raw(t, db.url, `create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(1.2); return null; end $$`,
				`create constraint trigger slow after insert on job deferrable initially deferred for each row when (new.ref = 'slow') execute function slow()`)
		}
		deadlines := make(chan time.Time, 1)
		h := &hands{do: func(ctx context.Context, _ stanna.Job) {
			d, _ := ctx.Deadline()
			deadlines <- d
		}}
		slow := &slowHands{hands: h}
		begun := time.Now()
		enqueue(t, a, job(laneOf(1), "a", time.Now()))
		run(t, a, slow)
		d := <-deadlines
		if left := d.Sub(begun); left <= 0 || left > queue.Lease-time.Second+500*time.Millisecond {
			t.Errorf("the work may take until %v after the claim", left)
		}
	})
}

// slowHands make the commit of their plan slow, where the engine can.
type slowHands struct{ *hands }

func (h *slowHands) Plan(tx *store.Tx, lane *stanna.Lane, now time.Time) (queue.Work, error) {
	w, err := h.hands.Plan(tx, lane, now)
	if w != nil && err == nil {
		err = tx.Enqueue(job("acme.com/other:1", "slow", now.Add(time.Hour)))
	}
	return w, err
}

// A holder that lost its lane writes nothing: what it did is the next
// holder's to find out.
func TestLostLane(t *testing.T) {
	each(t, func(t *testing.T, db base) {
		a, b := db.a, db.b
		begun, goOn := make(chan struct{}), make(chan struct{})
		var once sync.Once
		late := &hands{do: func(context.Context, stanna.Job) { once.Do(func() { close(begun); <-goOn }) }}
		qa, stopA := run(t, a, late)
		enqueue(t, a, job(laneOf(1), "a", time.Now()))
		qa.Wake(laneOf(1))
		<-begun
		expire(t, db)
		next := &hands{}
		_, stopB := run(t, b, next)
		until(t, "the next holder", func() bool { return next.count() == 1 && len(counts(t, b)) == 0 })
		close(goOn)
		stopA()
		stopB()
		if len(late.settled) != 0 {
			t.Errorf("the late holder wrote %v", late.settled)
		}
		if diff := cmp.Diff([]string{"a"}, next.orphans); diff != "" || len(next.settled) != 1 {
			t.Errorf("settled %v; %s", next.settled, diff)
		}
	})
}

// expire ends the lease of the first lane, as time would.
func expire(t *testing.T, db base) {
	t.Helper()
	storetest.Raw(t, db.url, `update lane set leased_until = 0 where name = '`+laneOf(1)+`'`)
}
