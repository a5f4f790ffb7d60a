package source

import (
	"context"
	"errors"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/store"
)

// patienceOfOpening is how often a parcel is tried that cannot be opened now,
// because Stripe or the database does not answer; with the queue's back-off
// that is about an hour. Then it has failed, and can be opened again by hand.
const patienceOfOpening = 16

// Plan chooses the oldest parcel of a source; where there is none, the next
// page of a sync.
func (d *Desk) Plan(tx *store.Tx, lane *stanna.Lane, now time.Time) (queue.Work, error) {
	jobs, err := tx.WaitingJobs(lane.Name, now, 20)
	if err != nil {
		return nil, err
	}
	var sync *stanna.Job
	for i, job := range jobs {
		if job.Kind == stanna.SyncJob {
			sync = &jobs[i]
			continue
		}
		p, err := tx.Parcel(lane.Workspace(), job.Ref)
		if stanna.CodeOf(err) == stanna.NotFound { // pruned, or its source is gone
			if err := tx.EndJob(job.ID, stanna.JobDone, "is gone"); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := tx.BeginJob(job.ID); err != nil {
			return nil, err
		}
		job.Attempt++
		return &opening{desk: d, job: job, parcel: p}, nil
	}
	if sync == nil {
		return nil, nil
	}
	account, ok, err := tx.Stripe(lane.Workspace())
	if err != nil {
		return nil, err
	}
	if !ok || !account.Sync.Running() || account.Sync.ID != sync.Ref {
		return nil, tx.EndJob(sync.ID, stanna.JobDone, "is over")
	}
	if err := tx.BeginJob(sync.ID); err != nil {
		return nil, err
	}
	sync.Attempt++
	return &syncing{desk: d, job: *sync, account: account}, nil
}

// Recover takes back what a holder who is gone had begun. Whatever of it had
// been taken in is recognised by its ids.
func (d *Desk) Recover(tx *store.Tx, lane *stanna.Lane, orphans []stanna.Job, now time.Time) error {
	for _, j := range orphans {
		if err := tx.RetryJob(j, now, "the server stopped meanwhile"); err != nil {
			return err
		}
	}
	return nil
}

// opening is one parcel that is being opened.
type opening struct {
	desk   *Desk
	job    stanna.Job
	parcel stanna.Parcel
	came   outcome
}

// outcome is what opening a parcel came to.
type outcome struct {
	stanna.ParcelResult
	passed bool                  // it says nothing to us
	later  error                 // not now: what does not answer
	keep   func(*store.Tx) error // what is to be remembered with it; nil: nothing
}

// fail notes what is wrong with something in a parcel; trouble that will pass
// makes it wait.
func (o *outcome) fail(what string, err error) {
	var known *stanna.Error
	if errors.As(err, &known) && known.Code != stanna.Unavailable {
		o.note(&o.Errors, what+known.Message)
		return
	}
	o.later = err
}

func (o *outcome) note(list *[]string, text string) {
	const most = 20 // the rest is of one kind with these, mostly
	switch {
	case len(*list) < most:
		*list = append(*list, text)
	case len(*list) == most:
		*list = append(*list, "and more")
	}
}

// Do opens the parcel. No transaction is open; what it brings is taken in by
// transactions of its own.
func (o *opening) Do(ctx context.Context) {
	if o.parcel.SourceID == stanna.StripeSource {
		o.came = o.desk.openStripe(ctx, o.parcel)
		return
	}
	o.came = o.desk.open(ctx, o.parcel)
}

// Settle writes down what became of it.
func (o *opening) Settle(tx *store.Tx, lane *stanna.Lane, now time.Time) error {
	p := o.parcel
	p.Attempt, p.OpenedAt = o.job.Attempt, now
	if o.came.later != nil && o.job.Attempt < patienceOfOpening {
		o.desk.Log.Warn("a body from outside cannot be opened now", "source", p.SourceID, "body", p.ID, "attempt", o.job.Attempt, "error", o.came.later)
		return tx.RetryJob(o.job, now.Add(queue.Backoff(o.job.Attempt+5)), "does not answer")
	}
	if o.came.later != nil {
		o.came.note(&o.came.Errors, "could not be opened for an hour: "+o.came.later.Error())
	}
	if o.came.keep != nil {
		if err := o.came.keep(tx); err != nil {
			return err
		}
	}
	p.Result = o.came.ParcelResult
	switch {
	case len(p.Result.Errors) > 0:
		p.State = stanna.ParcelFailed
	case o.came.passed:
		p.State = stanna.ParcelPassed
	default:
		p.State = stanna.ParcelDone
	}
	if err := tx.EndParcel(p); err != nil {
		return err
	}
	tx.OnCommit(func() {
		o.desk.Count(p.SourceID, p.State)
		o.desk.opened(p)
	})
	return tx.EndJob(o.job.ID, stanna.JobDone, "")
}
