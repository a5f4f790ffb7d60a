package sandbox

import (
	"fmt"
	"time"
)

// A trigger_id opens one modal within three seconds of the press
// (https://docs.slack.dev/interactivity/handling-user-interaction).
const (
	triggerLifetime = 3 * time.Second
	keepTriggers    = 1000
)

type trigger struct {
	user string
	at   time.Time
	used bool
}

// newTrigger makes the trigger_id of a press. The caller holds mu.
func (s *Sandbox) newTrigger(user string) string {
	now := s.now()
	if len(s.triggers) >= keepTriggers {
		for id, old := range s.triggers {
			if now.Sub(old.at) > time.Minute {
				delete(s.triggers, id)
			}
		}
	}
	id := fmt.Sprintf("%d.%d.%s", now.UnixMilli(), 1_000_000+len(s.triggers), randomID("", 16))
	s.triggers[id] = &trigger{user: user, at: now}
	return id
}

// spend takes a trigger_id for the modal of one person, with Slack's reasons why not. The caller holds mu.
// Source: https://docs.slack.dev/reference/methods/views.open
func (s *Sandbox) spend(id string) (user string, refusal *slackError) {
	t := s.triggers[id]
	switch {
	case t == nil:
		return "", refuse("invalid_trigger_id")
	case t.used:
		return "", refuse("exchanged_trigger_id")
	case s.now().Sub(t.at) > triggerLifetime:
		return "", refuse("expired_trigger_id")
	}
	t.used = true
	return t.user, nil
}
