// Package relay is PASS IT ON: it works the lanes on which events go to other
// programs (webhooks), to mailboxes (notices in words) and, with the audit
// trail, to the event log. It answers: what is sent next, together with what,
// what became of it, when is it tried again, and when does a road close by
// itself.
//
// It is entered by the queue, through the handlers of [Relay.Handlers], and
// by [Relay.Test] for a person who tries an endpoint. Events are promised
// elsewhere, in the transaction of the deed ([store.Tx.Tell]); here nothing is
// decided about what happened. What is sent is the same at each try, and a
// receiver knows a repeat by its id.
//
// It deliberately does not know who may change an endpoint, and calls no
// Slack.
package relay

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/eventlog"
	"github.com/gostanna/stanna/internal/mail"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/store"
)

// Options say how to build a relay.
type Options struct {
	Store     *store.Store
	Now       func() time.Time // the real clock
	HTTP      *http.Client     // of webhook.NewHTTPClient
	Mail      *mail.Server     // nil: no server takes e-mail from us
	EventLog  eventlog.Sink    // nil: there is none
	PublicURL string           // where the links in events lead
	UserAgent string
	Wake      func(lanes ...string) // tells the queue which lanes have new work
	Count     func(road, outcome string, took time.Duration)
	Log       *slog.Logger
}

// Relay passes events on.
type Relay struct {
	Options
	mu      sync.Mutex
	flights map[string]*flight // by lane: letters that are being handed over
}

// New builds a relay.
func New(o Options) *Relay {
	if o.Count == nil {
		o.Count = func(string, string, time.Duration) {}
	}
	o.PublicURL = strings.TrimRight(o.PublicURL, "/")
	return &Relay{Options: o, flights: map[string]*flight{}}
}

// Handlers work the roads of the relay, by how their names begin.
func (r *Relay) Handlers() map[string]queue.Handler {
	return map[string]queue.Handler{"webhook": hooks{r}, "mail": letters{r}, "log": scribe{r}}
}

// nextJob is the job of a lane that is due. Nil: none is.
func nextJob(tx *store.Tx, lane *stanna.Lane, now time.Time) (*stanna.Job, error) {
	list, err := tx.WaitingJobs(lane.Name, now, 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// endpointOf is the endpoint of a lane, and the job by which it was woken. A
// nil job: there is nothing to do, for it is not due, or the endpoint is
// deleted or paused.
func endpointOf(tx *store.Tx, lane *stanna.Lane, now time.Time) (e stanna.Endpoint, job *stanna.Job, err error) {
	if job, err = nextJob(tx, lane, now); err != nil || job == nil {
		return e, nil, err
	}
	e, err = tx.Endpoint(lane.Workspace(), job.Ref)
	if stanna.CodeOf(err) == stanna.NotFound {
		return e, nil, tx.EndJob(job.ID, stanna.JobDone, "the endpoint is deleted")
	}
	if err == nil && e.Paused != "" { // in the moment before its lane was
		lane.Paused = e.Paused
		return e, nil, nil
	}
	return e, job, err
}

// begin marks a job as under way.
func begin(tx *store.Tx, job *stanna.Job) (stanna.Job, error) {
	job.Attempt++
	return *job, tx.BeginJob(job.ID)
}

// takeBack makes what a holder who is gone had begun due again. It may have
// arrived; receivers know it by its id.
func takeBack(tx *store.Tx, orphans []stanna.Job, now time.Time) error {
	for _, j := range orphans {
		if err := tx.RetryJob(j, now, "taken over"); err != nil {
			return err
		}
	}
	return nil
}

// tell promises an event to the endpoints that asked for it.
func (r *Relay) tell(tx *store.Tx, e stanna.Event, err error) error {
	if err != nil {
		return err
	}
	lanes, err := tx.Tell(r.Now(), e)
	tx.OnCommit(func() { r.Wake(lanes...) })
	return err
}

// Begin has the event log of each workspace looked at: what was bound while it
// was not there is written now.
func (r *Relay) Begin(ctx context.Context, workspaces []stanna.Workspace) error {
	return r.Store.Update(ctx, func(tx *store.Tx) error {
		for _, w := range workspaces {
			if err := r.Bound(tx, w.ID); err != nil {
				return err
			}
		}
		return nil
	})
}
