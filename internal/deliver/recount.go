package deliver

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// recounting is a line of a thread's history on its way: a reply in Slack's
// thread under the living message.
type recounting struct {
	*sending
	history []stanna.Entry // the first of what is not said yet
}

// nextHistory is what the history of a message says next, if it is its turn:
// what calls people comes before the message is brought up to date, everything
// else after. Entries of one kind go together.
func nextHistory(m stanna.Message) []stanna.Entry {
	if m.TS == "" || len(m.Unsaid) == 0 || !saysAloud(m) && m.Rendered != m.Revision {
		return nil
	}
	n := slices.IndexFunc(m.Unsaid, func(e stanna.Entry) bool { return e.Broadcast != m.Unsaid[0].Broadcast })
	if n < 0 {
		n = len(m.Unsaid)
	}
	return m.Unsaid[:min(n, message.MaxEntries)]
}

// saysAloud says whether the history of a message that stands waits to call
// people.
func saysAloud(m stanna.Message) bool {
	return m.TS != "" && slices.ContainsFunc(m.Unsaid, func(e stanna.Entry) bool { return e.Broadcast })
}

// Do says the next lines of the history.
func (r *recounting) Do(ctx context.Context) {
	if !r.enter(ctx) {
		return
	}
	var said message.Rendered
	err := r.store.View(ctx, func(tx *store.Tx) (err error) {
		v := viewer{tx: tx, links: r.links, now: r.clock.Now(r.message.Workspace), redact: r.redact, wordings: &r.wordings}
		said, err = v.history(r.message, r.history)
		return err
	})
	if err != nil {
		r.err = err
		return
	}
	r.call(ctx, said, func(c *slack.Client, what slack.Content) slack.Outcome {
		if r.history[0].Broadcast {
			return c.Broadcast(ctx, r.message.Channel, r.message.TS, what)
		}
		return c.Reply(ctx, r.message.Channel, r.message.TS, what)
	})
}

// Settle takes what was said off the list.
func (r *recounting) Settle(tx *store.Tx, lane *stanna.Lane, now time.Time) error {
	told := r.err == nil && r.outcome.Kind == slack.Delivered
	if !told && !r.threadAlone() {
		return r.sending.Settle(tx, lane, now)
	}
	m, err := tx.LockMessage(r.message.Workspace, r.message.ID)
	if err != nil {
		return err
	}
	m.Unsaid = m.Unsaid[min(len(r.history), len(m.Unsaid)):]
	if err := tx.PutMessages(m); err != nil {
		return err
	}
	if !told {
		if err := r.note(tx, m, "message.history_refused", stanna.ReasonPermanent, now); err != nil {
			return err
		}
	} else {
		lane.NotBefore = now.Add(r.pace)
		if err := r.arrived(tx, lane); err != nil {
			return err
		}
		if err := tx.Audit(stanna.AuditEntry{Workspace: m.Workspace, At: now, Actor: stanna.ActorSystem, Action: "message.history", Subject: m.ID,
			Details: map[string]string{"channel": r.outcome.Channel, "ts": r.outcome.TS, "lines": strconv.Itoa(len(r.history))}}); err != nil {
			return err
		}
	}
	if len(m.Unsaid) > 0 || m.Rendered < m.Revision {
		return tx.RetryJob(r.job, now, "")
	}
	return tx.EndJob(r.job.ID, stanna.JobDone, "")
}

// threadAlone says whether it is only the thread that takes no reply, or the
// layout of one: the living message says it all the same.
func (r *recounting) threadAlone() bool {
	if r.err != nil || r.outcome.Kind != slack.Permanent {
		return false
	}
	switch r.outcome.Code {
	case "restricted_action_non_threadable_channel", "restricted_action_thread_locked", "cannot_reply_to_message":
		return true
	}
	return r.outcome.Class == slack.ClassRequest
}
