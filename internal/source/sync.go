package source

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/stripe"
)

// stages are what a sync reads, in this order: whom a thing is of is known
// before the thing.
var stages = []string{"customers", "subscriptions", "invoices", "disputes"}

// Sync begins to read everything that Stripe has, or gives the sync that is
// under way. Pages are read on the lane on which events are opened, which go
// first; who takes the lane over goes on at the page where the other stopped.
func (d *Desk) Sync(ctx context.Context, workspace, actor string) (s stanna.StripeSync, err error) {
	err = d.Store.Update(ctx, func(tx *store.Tx) error {
		a, ok, err := tx.LockStripe(workspace)
		if err != nil {
			return err
		}
		if !ok {
			return connect.StripeNotConnected()
		}
		if s = a.Sync; s.Running() {
			return nil
		}
		now := d.Clock.Real()
		s = stanna.StripeSync{ID: store.NewID("sync"), StartedAt: now, Stage: stages[0], Done: a.Sync.Done}
		if err := tx.PutStripeSync(workspace, s); err != nil {
			return err
		}
		if err := tx.Enqueue(stanna.Job{Lane: stanna.SourceLane(workspace, stanna.StripeSource), Kind: stanna.SyncJob, Ref: s.ID, Due: now, CreatedAt: now}); err != nil {
			return err
		}
		return tx.Audit(stanna.AuditEntry{Workspace: workspace, At: now, Actor: actor, Action: "stripe.sync_begun", Subject: s.ID})
	})
	if err == nil {
		d.Wake(stanna.SourceLane(workspace, stanna.StripeSource))
	}
	return s, err
}

// syncing is one page of a sync.
type syncing struct {
	desk    *Desk
	job     stanna.Job
	account stanna.StripeAccount
	came    outcome
	ledger  *ledger
	objects int
	last    string
	more    bool
}

// Do reads the page and takes it in.
func (s *syncing) Do(ctx context.Context) {
	l := s.desk.ledger(s.account, &s.came)
	l.read, l.first = true, s.account.Sync.Done.IsZero()
	s.ledger = l
	// Events are dated to the second: one of this second must not look older.
	at := s.desk.Clock.Real().Truncate(time.Second)
	objects, last, more, err := l.api.Page(ctx, stripe.List(s.account.Sync.Stage), s.account.Sync.Cursor, stripe.MaxPage)
	if err != nil {
		s.came.later = err
		return
	}
	s.objects, s.last, s.more = len(objects), last, more
	if err := l.foresee(ctx, objects); err != nil {
		s.came.later = err
		return
	}
	for _, object := range objects {
		n, err := stripe.NewsOf(object, at)
		if err != nil || n.Kind == "" { // an object that cannot be read must not stop the others
			continue
		}
		if err := l.take(ctx, "stripe:"+mark(n), n); err != nil {
			if s.came.fail(n.ID+": ", err); s.came.later != nil {
				return
			}
		}
	}
	if err := l.finish(ctx); err != nil {
		s.came.later = err
	}
}

// mark is what tells two states of an object apart, so that what was read
// before is not told again.
func mark(n stripe.News) string {
	if n.Payment == nil || n.Payment.Failed == nil {
		return n.ID
	}
	return n.ID + ":" + n.Payment.Failed.Status + ":" + strconv.Itoa(n.Payment.Failed.Attempt)
}

// foresee reads the customers that a page speaks of at once.
func (l *ledger) foresee(ctx context.Context, objects []json.RawMessage) error {
	var ids []string
	for _, object := range objects {
		if n, err := stripe.NewsOf(object, time.Time{}); err == nil && n.Customer == nil && n.CustomerID != "" {
			ids = append(ids, n.CustomerID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return l.desk.Store.View(ctx, func(tx *store.Tx) error {
		found, err := tx.StripeCustomersByID(l.account.Workspace, ids)
		for id, c := range found {
			l.customers[id] = c
		}
		return err
	})
}

// Settle writes down how far the sync has come, and promises the next page.
func (s *syncing) Settle(tx *store.Tx, lane *stanna.Lane, now time.Time) error {
	ws := s.account.Workspace
	a, ok, err := tx.LockStripe(ws)
	if err != nil {
		return err
	}
	if !ok || a.Sync.ID != s.job.Ref { // disconnected meanwhile
		return tx.EndJob(s.job.ID, stanna.JobDone, "is over")
	}
	sync := a.Sync
	if err := s.came.later; err != nil {
		return s.wait(tx, sync, now)
	}
	if err := s.ledger.keep(tx); err != nil {
		return err
	}
	if a.Health != stanna.Healthy { // its trouble is over
		if err := s.desk.note(tx, a, stanna.Healthy, "", now); err != nil {
			return err
		}
	}
	switch sync.Stage {
	case "customers":
		sync.Customers += s.objects
	case "subscriptions":
		sync.Subscriptions += s.objects
	case "invoices":
		sync.Invoices += s.objects
	case "disputes":
		sync.Disputes += s.objects
	}
	sync.Pages++
	sync.Signals += s.came.Signals
	sync.Trouble, sync.Cursor = "", s.last
	if !s.more {
		sync.Cursor, sync.Stage = "", after(sync.Stage)
	}
	if err := tx.EndJob(s.job.ID, stanna.JobDone, ""); err != nil {
		return err
	}
	if sync.Stage == "" {
		sync.FinishedAt, sync.Done = now, now
		if err := tx.Audit(stanna.AuditEntry{Workspace: ws, At: now, Actor: stanna.ActorSystem, Action: "stripe.synced", Subject: sync.ID,
			Details: map[string]string{"customers": strconv.Itoa(sync.Customers), "subscriptions": strconv.Itoa(sync.Subscriptions)}}); err != nil {
			return err
		}
		return tx.PutStripeSync(ws, sync)
	}
	if err := tx.PutStripeSync(ws, sync); err != nil {
		return err
	}
	return tx.AddJob(stanna.Job{ID: store.NewID("job"), Lane: lane.Name, Kind: stanna.SyncJob, Ref: sync.ID, Due: now, CreatedAt: now})
}

// wait makes the page wait: for Stripe, or for a person who mends the key.
func (s *syncing) wait(tx *store.Tx, sync stanna.StripeSync, now time.Time) error {
	due := now.Add(queue.Backoff(min(s.job.Attempt+4, 14)))
	sync.Trouble = "The database did not take a page; it is tried again."
	var e *stripe.Error
	if errors.As(s.came.later, &e) {
		sync.Trouble = e.Error()
		if e.RetryAfter > 0 {
			due = now.Add(e.RetryAfter)
		}
		if e.Kind == stripe.Broken || e.Kind == stripe.Refused {
			due = now.Add(10 * time.Minute)
			if err := s.desk.note(tx, s.account, stanna.Broken, e.Error(), now); err != nil {
				return err
			}
		}
	}
	if err := tx.PutStripeSync(s.account.Workspace, sync); err != nil {
		return err
	}
	s.desk.Log.Warn("a page of Stripe cannot be read now", "workspace", s.account.Workspace, "stage", sync.Stage, "attempt", s.job.Attempt, "error", s.came.later)
	return tx.RetryJob(s.job, due, "does not answer")
}

// note writes down how the connection fares, and tells those who asked when
// that has changed.
func (d *Desk) note(tx *store.Tx, a stanna.StripeAccount, health stanna.Health, repair string, now time.Time) error {
	if err := tx.NoteStripe(a.Workspace, health, repair, now); err != nil || a.Health == health {
		return err
	}
	t := stanna.Trouble{About: "stripe:" + a.AccountID, Name: "Stripe, " + a.Name, Since: stanna.SinceTime(now), Repair: repair}
	kind, words := stanna.ConnectionBroken, "The connection to Stripe does not work: no failed payment is heard of, and MRR stays as it is."
	if health == stanna.Healthy {
		kind, words = stanna.ConnectionRestored, "The connection to Stripe works again."
	}
	e, err := t.Notice(a.Workspace, kind, now, words)
	if err != nil {
		return err
	}
	lanes, err := tx.Tell(now, e)
	tx.OnCommit(func() { d.Wake(lanes...) })
	return err
}

func after(stage string) string {
	for i, s := range stages {
		if s == stage && i+1 < len(stages) {
			return stages[i+1]
		}
	}
	return ""
}
