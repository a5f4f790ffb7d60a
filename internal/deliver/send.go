package deliver

import (
	"context"
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
	redact  bool             // the channel is shared with other organisations
	failed  *message.Failure // of the template that it was to be written by
	shown   string           // a hash of what was written
	outcome slack.Outcome
	err     error // nothing was sent, for a reason that is not Slack's
}

// Do writes the message from what is true now and makes the call.
func (s *sending) Do(ctx context.Context) {
	if !s.enter(ctx) {
		return
	}
	rendered, err := s.render(ctx)
	if err != nil {
		s.err = err
		return
	}
	s.call(ctx, rendered, func(c *slack.Client, what slack.Content) slack.Outcome {
		if s.message.TS != "" {
			return c.Update(ctx, s.message.Channel, s.message.TS, what)
		}
		_, channel, _ := s.message.Destination.Slack()
		return c.Post(ctx, channel, what)
	})
}

// enter looks who reads at the destination. A channel that people of another
// organisation see takes no message, or none that names a client, as the
// workspace has set.
func (s *sending) enter(ctx context.Context) bool {
	ch, err := s.line.Recent(ctx, s.message.Workspace, s.message.Destination)
	if err != nil {
		s.err = err
		return false
	}
	if !ch.Shared {
		return true
	}
	if ch.Health == stanna.Broken {
		s.outcome = slack.Outcome{Kind: slack.Permanent, Class: slack.ClassDestination, Code: "shared_channel", Repair: ch.Repair}
		return false
	}
	s.redact = true
	return true
}

// call makes one call with the token of the connection, and keeps its
// outcome.
func (s *sending) call(ctx context.Context, r message.Rendered, do func(c *slack.Client, what slack.Content) slack.Outcome) {
	team, _, _ := s.message.Destination.Slack()
	conn, err := s.line.Token(ctx, s.message.Workspace, team)
	if err != nil {
		if o, ok := slack.OutcomeOf(err); ok {
			s.outcome = o
			return
		}
		s.err = err
		return
	}
	blocks, foot, err := r.Layout()
	if err != nil {
		s.err = err
		return
	}
	begun := s.clock.Real()
	s.outcome = do(slack.NewClient(s.slackURL, conn.AccessToken, s.http), slack.Content{Text: r.Text, Blocks: blocks, Attachments: foot})
	s.count(string(s.outcome.Kind), s.clock.Real().Sub(begun))
	if s.outcome.Class == slack.ClassToken {
		if err := s.line.TokenExpired(ctx, s.message.Workspace, team); err != nil {
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
		if err := s.tellDigest(tx, m); err != nil {
			return err
		}
	}
	if s.outcome.Channel == "" {
		s.outcome.Channel = m.Channel
	}
	if len(m.Unsaid) > 0 && m.TS == "" && m.Sending == m.Revision {
		m.Unsaid = nil // what is posted only now says it all
		if err := tx.PutMessages(m); err != nil {
			return err
		}
	}
	stale, err := tx.MarkTold(m, s.outcome.Channel, s.outcome.TS, s.shown, reason, now)
	if err != nil {
		return err
	}
	if err := tx.EndJob(s.job.ID, stanna.JobDone, ""); err != nil {
		return err
	}
	if stale || len(m.Unsaid) > 0 {
		next := stanna.Job{Lane: lane.Name, Kind: stanna.MessageJob, Ref: m.ID, Priority: s.job.Priority, Due: now, CreatedAt: now}
		if err := tx.Enqueue(next); err != nil {
			return err
		}
	}
	if err := s.arrived(tx, lane); err != nil {
		return err
	}
	if err := s.noteTemplate(tx, now); err != nil {
		return err
	}
	return tx.Audit(stanna.AuditEntry{Workspace: m.Workspace, At: now, Actor: stanna.ActorSystem, Action: "message.told", Subject: m.ID, Reason: reason,
		Details: map[string]string{"destination": string(m.Destination), "channel": s.outcome.Channel, "ts": s.outcome.TS}})
}

// arrived notes that the road is good.
func (s *sending) arrived(tx *store.Tx, lane *stanna.Lane) error {
	lane.Failures = 0
	was, err := succeeded(tx, lane.Gate())
	if err != nil {
		return err
	}
	if was.Failures >= store.CircuitOpens {
		tx.OnCommit(s.look)
	}
	if was.Holder == outageTold {
		return s.tellCircuit(tx, lane.Workspace(), lane.Gate(), was.Since, stanna.LaneResumed, s.clock.Real())
	}
	return nil
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
		g, long, err := failed(tx, lane.Gate(), now)
		if err != nil {
			return err
		}
		if long {
			if err := s.tellCircuit(tx, lane.Workspace(), lane.Gate(), g.Since, stanna.LanePaused, now); err != nil {
				return err
			}
		}
		if at = now.Add(min(wait, transportWait)); g.Failures >= store.CircuitOpens {
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
		v := viewer{tx: tx, links: s.links, now: s.clock.Now(s.message.Workspace), redact: s.redact, wordings: &s.wordings}
		var err error
		out, err = v.render(s.message)
		s.failed = out.Failed
		return err
	})
	if s.message.TextOnly {
		out = message.TextOnly(out)
	}
	if err == nil {
		s.shown, err = out.Hash()
	}
	return out, err
}
