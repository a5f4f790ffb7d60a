package deliver

import (
	"context"
	"encoding/json"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// sending is one message on its way.
type sending struct {
	*Courier
	job     stanna.Job
	message stanna.Message
	outcome slack.Outcome
	err     error // nothing was sent, for a reason that is not Slack's
}

// Do writes the message from what is true now and makes the call.
func (s *sending) Do(ctx context.Context) {
	rendered, err := s.render(ctx)
	if err != nil {
		s.err = err
		return
	}
	conn, err := s.line.Token(ctx, s.message.Workspace)
	if err != nil {
		if o, ok := slack.OutcomeOf(err); ok {
			s.outcome = o
			return
		}
		s.err = err
		return
	}
	var blocks json.RawMessage
	if len(rendered.Blocks) > 0 {
		if blocks, s.err = json.Marshal(rendered.Blocks); s.err != nil {
			return
		}
	}
	client := slack.NewClient(s.slackURL, conn.AccessToken, s.http)
	begun := s.clock.Real()
	if s.message.TS == "" {
		_, channel, _ := s.message.Destination.Slack()
		s.outcome = client.Post(ctx, channel, rendered.Text, blocks)
	} else {
		s.outcome = client.Update(ctx, s.message.Channel, s.message.TS, rendered.Text, blocks)
	}
	s.count(string(s.outcome.Kind), s.clock.Real().Sub(begun))
	if s.outcome.Class == slack.ClassToken {
		if err := s.line.TokenExpired(ctx, s.message.Workspace); err != nil {
			s.log.Warn("refresh the token that Slack calls expired", "workspace", s.message.Workspace, "error", err)
		}
	}
}

// Settle writes down what became of the message, and what follows from it.
func (s *sending) Settle(tx *store.Tx, lane *stanna.Lane, now time.Time) error {
	m, err := tx.LockMessage(s.message.Workspace, s.message.ID)
	if err != nil {
		return err
	}
	if s.err != nil {
		lane.Failures++
		lane.NotBefore = now.Add(queue.Backoff(lane.Failures))
		s.log.Error("write a message", "workspace", m.Workspace, "message", m.ID, "error", s.err)
		return tx.RetryJob(s.job, lane.NotBefore, "could not be written; see the server's log")
	}
	switch s.outcome.Kind {
	case slack.Delivered:
		return s.delivered(tx, lane, m, now)
	case slack.Unknown:
		if err := markRepeated(tx, m, s.outcome.Code, now); err != nil {
			return err
		}
		return s.again(tx, lane, m, stanna.ReasonPossiblyRepeated, now)
	case slack.Retry:
		return s.again(tx, lane, m, reasonToWait(s.outcome), now)
	default:
		return s.refused(tx, lane, m, now)
	}
}

func reasonToWait(o slack.Outcome) stanna.Reason {
	if o.Class == slack.ClassWait && !isTransport(o) {
		return stanna.ReasonRateLimited
	}
	return stanna.ReasonTransport
}

// isTransport says whether the road failed, not the message: that is what
// opens a circuit.
func isTransport(o slack.Outcome) bool {
	return o.Class == slack.ClassAmbiguous || o.Class == slack.ClassWait && o.Scope == slack.ScopeTeam && o.After == 0
}

func (s *sending) delivered(tx *store.Tx, lane *stanna.Lane, m stanna.Message, now time.Time) error {
	reason := stanna.ReasonUpdatedInPlace
	if m.TS == "" {
		reason = stanna.ReasonSent
		if m.Destination != m.Intended {
			reason = stanna.ReasonFallback
		}
		lane.NotBefore = now.Add(s.pace)
	}
	if s.outcome.Channel == "" {
		s.outcome.Channel = m.Channel
	}
	stale, err := tx.MarkTold(m, s.outcome.Channel, s.outcome.TS, reason, now)
	if err != nil {
		return err
	}
	if err := tx.EndJob(s.job.ID, stanna.JobDone, ""); err != nil {
		return err
	}
	if stale {
		next := stanna.Job{Lane: lane.Name, Kind: stanna.MessageJob, Ref: m.ID, Priority: s.job.Priority, Due: now, CreatedAt: now}
		if err := tx.Enqueue(next); err != nil {
			return err
		}
	}
	lane.Failures = 0
	wasOpen, err := succeeded(tx, lane.Gate())
	if err != nil {
		return err
	}
	if wasOpen {
		tx.OnCommit(s.look)
	}
	return tx.Audit(stanna.AuditEntry{Workspace: m.Workspace, At: now, Actor: stanna.ActorSystem, Action: "message.told", Subject: m.ID, Reason: reason,
		Details: map[string]string{"destination": string(m.Destination), "channel": s.outcome.Channel, "ts": s.outcome.TS}})
}

// transportWait is the longest that a lane waits after a failure of transport
// while the circuit is closed: then others get through, and a message that was
// only unlucky need not wait for long. In an outage the circuit opens.
const transportWait = 500 * time.Millisecond

// again makes the message wait and try again, in its place at the head of the
// lane.
func (s *sending) again(tx *store.Tx, lane *stanna.Lane, m stanna.Message, reason stanna.Reason, now time.Time) error {
	lane.Failures++
	wait := s.outcome.After
	if wait == 0 {
		wait = queue.Backoff(lane.Failures)
	}
	at := now.Add(wait)
	switch {
	case isTransport(s.outcome):
		open, err := failed(tx, lane.Gate(), now)
		if err != nil {
			return err
		}
		if at = now.Add(min(wait, transportWait)); open {
			at = now // the gate decides when; it lets one of all the lanes through
		}
	case s.outcome.Class == slack.ClassToken:
		at = now.Add(100 * time.Millisecond)
	case s.outcome.Scope == slack.ScopeTeam:
		if err := closeGate(tx, lane.Gate(), at); err != nil {
			return err
		}
	case s.outcome.After > 0:
		if err := limited(tx, lane.Gate(), lane.Name, at, now); err != nil {
			return err
		}
	}
	lane.NotBefore = at
	if err := tx.RetryJob(s.job, at, s.outcome.Code); err != nil {
		return err
	}
	return tx.MarkUntold(m, stanna.Waiting, reason, s.outcome.Detail)
}

// render reads what is true now and writes the message.
func (s *sending) render(ctx context.Context) (message.Rendered, error) {
	var out message.Rendered
	err := s.store.View(ctx, func(tx *store.Tx) error {
		v := viewer{tx: tx, links: s.links, now: s.clock.Now(s.message.Workspace)}
		var err error
		out, err = v.render(s.message)
		return err
	})
	if s.message.TextOnly {
		out = message.TextOnly(out)
	}
	return out, err
}
