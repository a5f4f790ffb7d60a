package backtest

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// Explanation says why people were told of a client by a rule, or why not.
type Explanation struct {
	Client  stanna.Client
	Rule    stanna.Rule // as it was in force then
	At      time.Time
	Verdict Verdict
	Steps   []Step // every question in its order; the last one that was not passed is the verdict

	LastSignal *SeenSignal // the newest that the rule looked at
	Alert      *stanna.Alert
	Deliveries []Delivery // of that alert, oldest first
	Routing    Routing
}

// Verdict is the answer in one word and one sentence.
type Verdict struct {
	Reason   stanna.Reason
	Sentence string
	Told     bool      // somebody was, of the alert that it is about
	Until    time.Time // while it waits: when it is told
}

// Step is one question on the way from a signal to a message, and the answer.
type Step struct {
	Name     string // as in the API: watched, in_force, heard, filter, ...
	Question string
	Passed   bool
	Reason   stanna.Reason // "" where there is nothing to add
	Sentence string
	Values   []rule.Value
}

// SeenSignal is a signal with what became of it.
type SeenSignal struct {
	ID         string
	Type       stanna.SignalType
	OccurredAt time.Time
	ReceivedAt time.Time
	Became     stanna.Became
}

// Delivery is one telling of the alert, and how far it came.
type Delivery struct {
	Event       stanna.AlertEvent
	Destination stanna.Destination
	Status      stanna.NotificationStatus
	Reason      stanna.Reason
	Sentence    string
	Detail      string    // what a person can do, when they must
	Until       time.Time // while it is held
	At          time.Time // delivered, else promised
}

// Routing is where such an alert goes now.
type Routing struct {
	Choices []route.Choice
	Reason  stanna.Reason // why nowhere
	Silence *stanna.Silence
}

// Explain says what a rule made of a client at a moment; zero is now, by the
// workspace's clock. It plays the client's signals again in the order they
// were received, and looks at what became of the alert that followed.
func Explain(ctx context.Context, s *store.Store, workspace, clientID, ruleID string, at, now time.Time) (Explanation, error) {
	x := &facts{at: at, now: now}
	if at.IsZero() || at.After(now) {
		x.at = now
	}
	err := s.View(ctx, func(tx *store.Tx) error { return x.read(tx, workspace, clientID, ruleID) })
	if err != nil {
		return Explanation{}, err
	}
	return x.explain()
}
