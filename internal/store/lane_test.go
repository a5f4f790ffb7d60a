package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

var lane = road.Lane("acme.com")

// claim claims the lane at a time; ok is false when it is not to be had.
func claim(t *testing.T, s *store.Store, holder string, now time.Time, lease time.Duration) (l stanna.Lane, orphans []stanna.Job, ok bool) {
	t.Helper()
	update(t, s, func(tx *store.Tx) (err error) {
		l, orphans, ok, err = tx.ClaimLane(lane, holder, lease, now)
		return err
	})
	return l, orphans, ok
}

func waiting(t *testing.T, s *store.Store, now time.Time) (refs []string) {
	t.Helper()
	update(t, s, func(tx *store.Tx) error {
		jobs, err := tx.WaitingJobs(lane, now, 100)
		for _, j := range jobs {
			refs = append(refs, j.Ref)
		}
		return err
	})
	return refs
}

// Two jobs of one kind and ref that wait are one: with the higher priority
// and the earlier time. A lane is due with its first job.
func TestEnqueueMerges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		later, urgent := job("m1", day.Add(time.Hour)), job("m1", day.Add(2*time.Hour))
		later.Priority, urgent.Priority = 1, 4
		update(t, s, func(tx *store.Tx) error { return tx.Enqueue() })
		update(t, s, func(tx *store.Tx) error { return tx.Enqueue(later, job("m2", day.Add(3*time.Hour))) })
		update(t, s, func(tx *store.Tx) error { return tx.Enqueue(urgent) })
		update(t, s, func(tx *store.Tx) error {
			jobs, err := tx.WaitingJobs(lane, day.Add(4*time.Hour), 10)
			if len(jobs) != 2 || jobs[0].Ref != "m1" || jobs[0].Priority != 4 || !jobs[0].Due.Equal(day.Add(time.Hour)) {
				t.Errorf("%+v", jobs)
			}
			next, err2 := tx.NextDue()
			if !next.Equal(day.Add(time.Hour)) || err2 != nil {
				t.Errorf("next due %v, %v", next, err2)
			}
			return err
		})
		update(t, s, func(tx *store.Tx) error {
			return tx.Enqueue(job("m1", day), job("m3", day), job("m4", day), job("m1", day.Add(-time.Hour)))
		}) // twice in one call
		if diff := cmp.Diff([]string{"m1", "m3", "m4"}, waiting(t, s, day)); diff != "" {
			t.Error(diff)
		}
		for at, want := range map[time.Duration]int{-2 * time.Hour: 0, -time.Hour: 1, 0: 1} {
			update(t, s, func(tx *store.Tx) error {
				lanes, err := tx.DueLanes(day.Add(at), 10)
				if len(lanes) != want {
					t.Errorf("due at %v: %v", at, lanes)
				}
				return err
			})
		}
	})
}

// Jobs that are due at the same time keep the order they were given in,
// whatever they are about.
func TestEnqueueKeepsOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := []string{"m9", "m1", "m5", "m0", "m7", "m3", "m8"}
		var jobs []stanna.Job
		for _, ref := range want {
			jobs = append(jobs, job(ref, day))
		}
		update(t, s, func(tx *store.Tx) error { return tx.Enqueue(append(jobs, jobs[3], jobs[0])...) })
		if diff := cmp.Diff(want, waiting(t, s, day)); diff != "" {
			t.Error(diff)
		}
	})
}

// A lane is claimed by one, by the lease of the database's clock; each claim
// has its own epoch, and the holder of an old one is turned away.
func TestClaimLane(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if _, _, ok := claim(t, s, "a", day, time.Minute); ok {
			t.Error("a lane that is not there was claimed")
		}
		update(t, s, func(tx *store.Tx) error { return tx.Enqueue(job("m1", day)) })
		if _, _, ok := claim(t, s, "a", day.Add(-time.Second), time.Minute); ok {
			t.Error("claimed before it was due")
		}
		first, _, ok := claim(t, s, "a", day, time.Minute)
		if !ok || first.Name != lane {
			t.Fatalf("%+v", first)
		}
		if _, _, ok := claim(t, s, "b", day, time.Minute); ok {
			t.Error("two hold the lane")
		}
		var jobID string
		update(t, s, func(tx *store.Tx) error {
			if lanes, err := tx.DueLanes(day, 10); len(lanes) != 0 || err != nil {
				t.Errorf("a lane that is held is due: %v, %v", lanes, err)
			}
			jobs, err := tx.WaitingJobs(lane, day, 10)
			if err != nil {
				return err
			}
			jobID = jobs[0].ID
			if err := tx.BeginJob(jobID); err != nil {
				return err
			}
			ours, err := tx.RenewLane(lane, "a", first.Epoch, -time.Second) // the lease is over
			if !ours {
				t.Error("the lease cannot be prolonged")
			}
			return err
		})
		second, orphans, ok := claim(t, s, "b", day, time.Minute)
		if !ok || second.Epoch <= first.Epoch || len(orphans) != 1 || orphans[0].ID != jobID || orphans[0].Attempt != 1 || orphans[0].State != stanna.JobSending {
			t.Fatalf("taken over: %+v, %+v, %v", second, orphans, ok)
		}
		for holder, epoch := range map[string]int64{"a": first.Epoch, "b": first.Epoch, "c": second.Epoch} {
			update(t, s, func(tx *store.Tx) error {
				ours, err := tx.RenewLane(lane, holder, epoch, time.Minute)
				if ours {
					t.Errorf("%s of epoch %d renews", holder, epoch)
				}
				return err
			})
		}
	})
}

// A job made to wait again joins one that was enqueued meanwhile.
func TestRetryJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		update(t, s, func(tx *store.Tx) error { return tx.Enqueue(job("m1", day)) })
		begin := func() (j stanna.Job) {
			update(t, s, func(tx *store.Tx) error {
				jobs, err := tx.WaitingJobs(lane, day.Add(time.Hour), 1)
				if err != nil {
					return err
				}
				j = jobs[0]
				j.Attempt++
				return tx.BeginJob(j.ID)
			})
			return j
		}
		retry := func(j stanna.Job) {
			update(t, s, func(tx *store.Tx) error { return tx.RetryJob(j, day.Add(time.Minute), "no answer") })
		}
		retry(begin())
		if got := waiting(t, s, day.Add(59*time.Second)); len(got) != 0 {
			t.Errorf("it waits no longer: %v", got)
		}
		j := begin()
		if j.Attempt != 2 || j.LastError != "no answer" {
			t.Errorf("%+v", j)
		}
		meanwhile := job("m1", day)
		meanwhile.Priority = 1
		update(t, s, func(tx *store.Tx) error { return tx.Enqueue(meanwhile) })
		retry(j)
		rows, err := s.Ask(`select state, priority, attempt, due from job order by state`)
		if diff := cmp.Diff([][]any{{"done", int64(3), int64(2), day.Add(time.Minute).UnixMicro()}, {"waiting", int64(3), int64(2), day.Add(time.Minute).UnixMicro()}}, rows); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
		update(t, s, func(tx *store.Tx) error {
			counts, err := tx.JobCounts()
			if diff := cmp.Diff(map[stanna.JobState]int{stanna.JobWaiting: 1}, counts); diff != "" {
				t.Error(diff)
			}
			if n, err := tx.PruneJobs(day.Add(time.Second)); n != 1 || err != nil {
				t.Errorf("%d pruned, %v", n, err)
			}
			return err
		})
	})
}

// Releasing a lane finds a job that was enqueued after the lane was locked
// (the race of DESIGN §6): whoever enqueues waits for the lane's row.
func TestReleaseSeesWhatCameMeanwhile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		update(t, s, func(tx *store.Tx) error { return tx.Enqueue(job("m1", day)) })
		done := make(chan error, 1)
		update(t, s, func(tx *store.Tx) error {
			l, _, _, err := tx.ClaimLane(lane, "a", time.Minute, day)
			if err != nil {
				return err
			}
			jobs, err := tx.WaitingJobs(lane, day, 10)
			if err != nil {
				return err
			}
			if err := tx.EndJob(jobs[0].ID, stanna.JobDone, ""); err != nil {
				return err
			}
			go func() {
				done <- s.Update(context.Background(), func(tx *store.Tx) error { return tx.Enqueue(job("m2", day)) })
			}()
			waitForLock(t, s)
			next, err := tx.ReleaseLane(l.Name)
			if !next.IsZero() {
				t.Errorf("what is not committed is due at %v", next)
			}
			return err
		})
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		update(t, s, func(tx *store.Tx) error {
			lanes, err := tx.DueLanes(day, 10)
			if len(lanes) != 1 {
				t.Error("the wake-up is lost")
			}
			return err
		})
	})
}

func TestTurnsAndGates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, c := range []struct {
			after time.Duration
			want  bool
		}{{0, true}, {0, false}, {59 * time.Second, false}, {time.Minute, true}, {time.Minute, false}} {
			update(t, s, func(tx *store.Tx) error {
				got, err := tx.TakeTurn("sweep", time.Minute, day.Add(c.after))
				if got != c.want {
					t.Errorf("turn after %v: %v", c.after, got)
				}
				return err
			})
		}
		want := store.Gate{Name: "slack:T1", NotBefore: day.Add(time.Hour), Failures: 5, Since: day, Tokens: 1.5, FilledAt: day, Holder: "x"}
		update(t, s, func(tx *store.Tx) error {
			fresh, err := tx.Gate("slack:T1")
			if diff := cmp.Diff(store.Gate{Name: "slack:T1"}, fresh); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			if err := tx.PutGate(want); err != nil {
				return err
			}
			got, err := tx.Gate("slack:T1")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
		// Lanes behind a gate that is closed are not due.
		update(t, s, func(tx *store.Tx) error { return tx.Enqueue(job("m1", day)) })
		for at, want := range map[time.Duration]int{0: 0, time.Hour: 1} {
			update(t, s, func(tx *store.Tx) error {
				lanes, err := tx.DueLanes(day.Add(at), 10)
				if len(lanes) != want {
					t.Errorf("due after %v: %v", at, lanes)
				}
				return err
			})
		}
	})
}
