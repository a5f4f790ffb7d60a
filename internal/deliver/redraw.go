package deliver

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// redrawing is a message that stands and is to look as messages look now.
// Nothing has happened, so nobody is told: it is edited where it stands, and
// only if it would look otherwise.
type redrawing struct {
	*sending
	same bool // it looks so already
}

var _ queue.Work = (*redrawing)(nil)

// Do writes the message, and edits it if that differs from what stands.
func (r *redrawing) Do(ctx context.Context) {
	if !r.enter(ctx) {
		return
	}
	rendered, err := r.render(ctx)
	if err != nil {
		r.err = err
		return
	}
	if r.same = r.shown == r.message.Shown; r.same {
		return
	}
	r.call(ctx, rendered, func(c *slack.Client, what slack.Content) slack.Outcome {
		return c.Update(ctx, r.message.Channel, r.message.TS, what)
	})
}

// Settle writes down what became of it. What is gone, or stands where nothing
// can be written any more, is left alone: the next news about it finds that out.
func (r *redrawing) Settle(tx *store.Tx, lane *stanna.Lane, now time.Time) error {
	switch {
	case r.err == nil && r.same:
		if err := r.spare(tx, lane); err != nil {
			return err
		}
		return tx.EndJob(r.job.ID, stanna.JobDone, "looks the same")
	case r.err == nil && r.outcome.Kind == slack.Permanent && (r.outcome.Class == slack.ClassMessage || r.outcome.Class == slack.ClassDestination):
		return tx.EndJob(r.job.ID, stanna.JobDone, r.outcome.Code)
	}
	return r.sending.Settle(tx, lane, now)
}

// spare gives back the token that was taken for an edit.
func (r *redrawing) spare(tx *store.Tx, lane *stanna.Lane) error {
	if r.pace == 0 {
		return nil
	}
	return returnToken(tx, lane.Gate()+"/update")
}
