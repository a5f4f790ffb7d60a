package deliver

import (
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/slack"
	"github.com/gostanna/stanna/internal/store"
)

// refused draws the consequence of a no: another place, another form, a new
// message, or a person.
func (s *sending) refused(tx *store.Tx, lane *stanna.Lane, m stanna.Message, now time.Time) error {
	team, _, _ := m.Destination.Slack()
	switch s.outcome.Class {
	case slack.ClassConnection, slack.ClassPolicy, slack.ClassScope, slack.ClassSetup, slack.ClassConsent:
		// Nothing of this team can be sent until a person acts. What waits, waits.
		if err := s.line.MarkBroken(tx, m.Workspace, team, s.outcome.Repair, now); err != nil {
			return err
		}
		lane.Paused = stanna.ReasonPaused
		if err := tx.RetryJob(s.job, now, s.outcome.Code); err != nil {
			return err
		}
		return tx.MarkUntold(m, stanna.Waiting, stanna.ReasonPaused, s.outcome.Repair)
	case slack.ClassDestination:
		return s.elsewhere(tx, m, now)
	case slack.ClassMessage:
		if m.TS == "" {
			break
		}
		m.TS, m.Channel, m.Rendered, m.Unsaid = "", "", 0, nil // posted anew, it says all of it
		if err := tx.PutMessages(m); err != nil {
			return err
		}
		if err := tx.RetryJob(s.job, now, s.outcome.Code); err != nil {
			return err
		}
		return s.note(tx, m, "message.gone", stanna.ReasonDeletedInSlack, now)
	case slack.ClassRequest:
		if m.TextOnly {
			break
		}
		m.TextOnly = true
		if err := tx.PutMessages(m); err != nil {
			return err
		}
		if err := tx.RetryJob(s.job, now, s.outcome.Code); err != nil {
			return err
		}
		s.log.Error("Slack refused the layout of a message; sending its words alone", "workspace", m.Workspace, "message", m.ID, "code", s.outcome.Code)
		return s.note(tx, m, "message.text_only", stanna.ReasonTextOnly, now)
	}
	return s.dead(tx, m, now)
}

// elsewhere sends a message whose channel is broken to the fallback channel.
// A test is meant for that one channel and goes nowhere else.
func (s *sending) elsewhere(tx *store.Tx, m stanna.Message, now time.Time) error {
	team, channel, _ := m.Destination.Slack()
	seen, ok, err := tx.Channel(m.Workspace, team, channel)
	if err != nil {
		return err
	}
	if !ok {
		seen = stanna.Channel{Workspace: m.Workspace, TeamID: team, ID: channel, Name: channel, SeenAt: now}
	}
	was := seen.Health
	seen.Health, seen.Repair = stanna.Broken, s.outcome.Repair
	if err := tx.PutChannels(seen); err != nil {
		return err
	}
	if was != stanna.Broken {
		if err := s.tellBroken(tx, seen, s.outcome.Code, now); err != nil {
			return err
		}
	}
	w, err := tx.Workspace(m.Workspace)
	if err != nil {
		return err
	}
	home, _, err := tx.Connection(m.Workspace)
	if err != nil {
		return err
	}
	broken, err := tx.BrokenDestinations(m.Workspace)
	if err != nil {
		return err
	}
	plan := route.Plan{Settings: w.Settings}
	fallback := plan.Fallback(route.Roads{Team: home.TeamID, Broken: broken}, m.Destination)
	if fallback == "" || m.Kind == stanna.Test {
		return s.dead(tx, m, now)
	}
	if err := tx.EndJob(s.job.ID, stanna.JobDone, "sent to the fallback channel"); err != nil {
		return err
	}
	m.Destination, m.TS, m.Channel, m.Rendered, m.Unsaid = fallback, "", "", 0, nil
	if err := tx.PutMessages(m); err != nil {
		return err
	}
	if err := tx.Enqueue(stanna.Job{Lane: fallback.Lane(m.Workspace), Kind: stanna.MessageJob, Ref: m.ID, Priority: s.job.Priority, Due: now, CreatedAt: now}); err != nil {
		return err
	}
	tx.OnCommit(s.look)
	return s.note(tx, m, "message.rerouted", stanna.ReasonFallback, now)
}

// dead gives a message up: it is shown with what a person can do, and can be
// sent again.
func (s *sending) dead(tx *store.Tx, m stanna.Message, now time.Time) error {
	if err := tx.EndJob(s.job.ID, stanna.JobDead, s.outcome.Code); err != nil {
		return err
	}
	detail := s.outcome.Repair
	if detail == "" {
		detail = s.outcome.Detail
	}
	if err := s.tellDead(tx, m, detail, now); err != nil {
		return err
	}
	if err := tx.MarkUntold(m, stanna.Dead, stanna.ReasonPermanent, detail); err != nil {
		return err
	}
	return s.note(tx, m, "message.dead", stanna.ReasonPermanent, now)
}

func (s *sending) note(tx *store.Tx, m stanna.Message, action string, reason stanna.Reason, now time.Time) error {
	return tx.Audit(stanna.AuditEntry{Workspace: m.Workspace, At: now, Actor: stanna.ActorSystem, Action: action, Subject: m.ID, Reason: reason,
		Details: map[string]string{"destination": string(m.Destination), "intended": string(m.Intended), "code": s.outcome.Code}})
}
