package relay

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/webhook"
)

// abreast is how many webhooks go to one endpoint at once. They are about
// different subjects: of each the oldest that waits, so that an alert has
// opened before it closes.
const abreast = 16

// After so many failures in a row an endpoint is probed by one webhook at a
// time, after a second and then after double the time, up to a minute.
const (
	probesAfter  = 5
	probeSlowest = time.Minute
)

// hooks works the lanes that lead to web addresses.
type hooks struct{ *Relay }

var _ queue.Handler = hooks{}

// Plan takes the next webhooks of a lane.
func (h hooks) Plan(tx *store.Tx, lane *stanna.Lane, now time.Time) (queue.Work, error) {
	e, job, err := endpointOf(tx, lane, now)
	if err != nil || job == nil {
		return nil, err
	}
	limit := abreast
	if lane.Failures >= probesAfter {
		limit = 1
	}
	list, err := tx.DueDeliveries(e.Workspace, e.ID, now, limit)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, h.rest(tx, *job, e)
	}
	begun, err := begin(tx, job)
	return &passing{Relay: h.Relay, job: begun, to: e, list: list, more: len(list) == limit, answers: make([]answer, len(list))}, err
}

// rest ends a job, and wakes the lane when the next delivery is due.
func (r *Relay) rest(tx *store.Tx, job stanna.Job, e stanna.Endpoint) error {
	if err := tx.EndJob(job.ID, stanna.JobDone, ""); err != nil {
		return err
	}
	at, err := tx.NextDelivery(e.Workspace, e.ID)
	if err != nil || at.IsZero() {
		return err
	}
	return tx.WakeEndpoint(e, at)
}

// Recover takes back what a holder who is gone had begun.
func (h hooks) Recover(tx *store.Tx, _ *stanna.Lane, orphans []stanna.Job, now time.Time) error {
	return takeBack(tx, orphans, now)
}

// passing is a few webhooks on their way to one endpoint.
type passing struct {
	*Relay
	job     stanna.Job
	to      stanna.Endpoint
	list    []stanna.Delivery
	more    bool // may be due
	answers []answer
}

// Do sends them at once.
func (p *passing) Do(ctx context.Context) {
	var all sync.WaitGroup
	for i, d := range p.list {
		all.Go(func() { p.answers[i] = p.call(ctx, p.to, d.Event) })
	}
	all.Wait()
}

// answer is what came of a call, and when it was made.
type answer struct {
	webhook.Answer
	at time.Time
}

// call sends one event to one endpoint.
func (r *Relay) call(ctx context.Context, to stanna.Endpoint, e stanna.Event) answer {
	at := r.Now()
	body, err := Body(e, r.PublicURL)
	if err != nil {
		return answer{webhook.Answer{Outcome: webhook.Refused, Error: err.Error()}, at}
	}
	a := webhook.Send(ctx, r.HTTP, webhook.Call{URL: to.Address, ID: e.ID, Body: body, Secrets: to.Secrets(r.Now()), UserAgent: r.UserAgent, Now: r.Now})
	r.Count("webhook", string(a.Outcome), a.Took)
	return answer{a, at}
}

// Settle writes down what became of each, and what follows from it.
func (p *passing) Settle(tx *store.Tx, lane *stanna.Lane, now time.Time) error {
	e, err := tx.Endpoint(p.to.Workspace, p.to.ID)
	if stanna.CodeOf(err) == stanna.NotFound {
		return tx.EndJob(p.job.ID, stanna.JobDone, "the endpoint is deleted")
	}
	if err != nil {
		return err
	}
	s := settled{endpoint: e, probed: lane.Failures >= probesAfter}
	for i, d := range p.list {
		a := p.answers[i]
		tried(&d, a, now)
		if a.Outcome == webhook.Delivered {
			s.arrived++
		} else if s.failed++; a.Outcome == webhook.Gone {
			s.gone = true
		} else if wait, again := webhook.RetryAfter(d.Event.ID, d.Tried); again {
			d.NextAt = now.Add(max(wait, a.RetryAfter))
			s.asked = max(s.asked, a.RetryAfter)
		} else {
			d.State, d.EndedAt = stanna.DeliveryLost, now
			s.lost = append(s.lost, d)
		}
		if err := tx.PutDelivery(d); err != nil {
			return err
		}
	}
	pace(lane, s, now)
	if err := p.draw(tx, lane, s, now); err != nil {
		return err
	}
	if !p.more {
		return p.rest(tx, p.job, e)
	}
	if err := tx.EndJob(p.job.ID, stanna.JobDone, ""); err != nil {
		return err
	}
	return tx.WakeEndpoint(e, now)
}

// tried notes a try of a delivery.
func tried(d *stanna.Delivery, a answer, now time.Time) {
	note(d, stanna.Attempt{At: a.at, Status: a.Status, Took: a.Took, Answer: a.Body, Error: strings.TrimSpace(a.Error)})
	if a.Outcome == webhook.Delivered {
		d.State, d.EndedAt = stanna.DeliveryArrived, now
	}
}

// note adds a try to what a delivery remembers.
func note(d *stanna.Delivery, a stanna.Attempt) {
	d.Tried++
	d.Attempts = append(d.Attempts, a)
	if n := len(d.Attempts) - stanna.MaxAttempts; n > 0 {
		d.Attempts = d.Attempts[n:]
	}
}

// pace says when the lane goes on after a step.
func pace(lane *stanna.Lane, s settled, now time.Time) {
	switch {
	case s.arrived > 0:
		lane.Failures = 0
	case lane.Failures < probesAfter:
		lane.Failures = min(lane.Failures+s.failed, probesAfter)
	default:
		lane.Failures++
	}
	if n := lane.Failures - probesAfter; n >= 0 {
		lane.NotBefore = now.Add(min(time.Second<<min(n, 6), probeSlowest))
	}
	if s.asked > 0 {
		lane.NotBefore = now.Add(s.asked)
	}
}
