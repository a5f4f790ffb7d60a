package relay

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mail"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/webhook"
)

// A mailbox has at most one letter in letterEvery, with all that came up
// meanwhile; only that trouble is over is told at once. Trouble that goes on
// is told again after repeatAfter.
const (
	letterEvery = time.Minute
	repeatAfter = time.Hour
	maxInLetter = 1000
)

// A letter that is not taken is tried again after this at the latest, until
// the schedule of webhooks would be at its end: notices are no use tomorrow.
const letterSlowest = 5 * time.Minute

// letters works the lanes that lead to mailboxes.
type letters struct{ *Relay }

var _ queue.Handler = letters{}

// Plan gathers what the next letter to a mailbox says, if it is time for one.
// A letter that is being handed over still is waited for first.
func (l letters) Plan(tx *store.Tx, lane *stanna.Lane, now time.Time) (queue.Work, error) {
	e, job, err := endpointOf(tx, lane, now)
	if err != nil || job == nil {
		return nil, err
	}
	f := l.under(lane.Name, now)
	if f == nil {
		if f, err = l.gather(tx, lane, *job, e, now); f == nil || err != nil {
			return nil, err
		}
	}
	begun, err := begin(tx, job)
	return &handing{Relay: l.Relay, job: begun, to: e, flight: f, lane: lane.Name}, err
}

// gather writes the next letter. Nil: it is too early for one, or there is
// nothing to say; the job is seen to.
func (l letters) gather(tx *store.Tx, lane *stanna.Lane, job stanna.Job, e stanna.Endpoint, now time.Time) (*flight, error) {
	waiting, err := tx.WaitingDeliveries(e.Workspace, e.ID, maxInLetter)
	if err != nil {
		return nil, err
	}
	told, err := tx.LastTold(e.Workspace, e.ID, now.Add(-repeatAfter))
	if err != nil {
		return nil, err
	}
	ready, next := sift(waiting, told)
	if len(ready) > 0 {
		if at := lastLetter(lane).Add(letterEvery); at.After(now) && !anyOver(ready) {
			next, ready = at, nil
		}
	}
	if len(ready) == 0 {
		if next.IsZero() {
			return nil, tx.EndJob(job.ID, stanna.JobDone, "")
		}
		return nil, tx.DelayJob(job.ID, next)
	}
	w, err := tx.Workspace(e.Workspace)
	if err != nil {
		return nil, err
	}
	box, _ := e.Mailbox()
	subject, text := l.words(w, e, ready)
	return &flight{list: ready, done: make(chan struct{}), letter: mail.Letter{ID: ready[len(ready)-1].ID, To: box, Subject: subject, Text: text, At: now}}, nil
}

// sift chooses what the next letter says. Of a subject all goes or nothing:
// what only repeats what was told last waits until an hour after that.
func sift(waiting []stanna.Delivery, told map[string]store.Told) (ready []stanna.Delivery, next time.Time) {
	news := map[string]bool{}
	for _, d := range waiting {
		if last, ok := told[d.Event.Subject]; !ok || last.Type != d.Event.Type {
			news[d.Event.Subject] = true
		}
	}
	for _, d := range waiting {
		if news[d.Event.Subject] {
			ready = append(ready, d)
		} else if at := told[d.Event.Subject].At.Add(repeatAfter); next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return ready, next
}

func anyOver(list []stanna.Delivery) bool {
	for _, d := range list {
		if d.Event.Type.Over() {
			return true
		}
	}
	return false
}

// lastLetter is when the mailbox got its last letter, which the lane
// remembers.
func lastLetter(lane *stanna.Lane) time.Time {
	at, err := time.Parse(time.RFC3339Nano, lane.Memo)
	if err != nil { // there was none
		return time.Time{}
	}
	return at
}

// Recover takes back what a holder who is gone had begun.
func (l letters) Recover(tx *store.Tx, _ *stanna.Lane, orphans []stanna.Job, now time.Time) error {
	return takeBack(tx, orphans, now)
}

// handing is a step of handing a letter over, which may take several: mail
// servers may be slower than a lane's lease.
type handing struct {
	*Relay
	job    stanna.Job
	to     stanna.Endpoint
	lane   string
	flight *flight
	over   bool
}

// Do hands the letter over, or waits on for that.
func (h *handing) Do(ctx context.Context) {
	h.launch(h.lane, h.flight)
	select {
	case <-h.flight.done:
		h.over = true
	case <-ctx.Done():
	}
}

// Settle writes down what became of what the letter says.
func (h *handing) Settle(tx *store.Tx, lane *stanna.Lane, now time.Time) error {
	if !h.over {
		return tx.RetryJob(h.job, now, "the mail server is slow")
	}
	h.land(lane.Name)
	e, err := tx.Endpoint(h.to.Workspace, h.to.ID)
	if stanna.CodeOf(err) == stanna.NotFound {
		return tx.EndJob(h.job.ID, stanna.JobDone, "the endpoint is deleted")
	}
	if err != nil {
		return err
	}
	s, a := settled{endpoint: e}, h.flight.answer
	for _, d := range h.flight.list {
		note(&d, stanna.Attempt{At: h.flight.letter.At, Status: a.Code, Took: h.flight.took, Error: a.Error})
		switch {
		case a.Outcome == mail.Delivered:
			s.arrived++
			d.State, d.EndedAt = stanna.DeliveryArrived, now
		case a.Outcome == mail.Permanent || now.Sub(d.CreatedAt) > untilTheEnd():
			s.failed++
			d.State, d.EndedAt = stanna.DeliveryLost, now
			s.lost = append(s.lost, d)
		default:
			s.failed++
		}
		if err := tx.PutDelivery(d); err != nil {
			return err
		}
	}
	if s.arrived > 0 {
		lane.Failures, lane.Memo = 0, now.UTC().Format(time.RFC3339Nano)
	} else {
		lane.Failures++
		lane.NotBefore = now.Add(min(5*time.Second<<min(lane.Failures-1, 6), letterSlowest))
	}
	if err := h.draw(tx, lane, s, now); err != nil {
		return err
	}
	if err := tx.EndJob(h.job.ID, stanna.JobDone, ""); err != nil {
		return err
	}
	return tx.WakeEndpoint(e, now) // Plan looks whether more waits
}

// untilTheEnd is how long a webhook is tried.
func untilTheEnd() (all time.Duration) {
	for _, wait := range webhook.Schedule() {
		all += wait
	}
	return all
}
