package stanna

import "time"

// State is what is known of a client now. It is derived: all its signals,
// taken in the order they came, give it again.
type State struct {
	Workspace string
	ClientID  string

	Health     History // scores, 0 to 100
	Engagement History // what was measured, in the source's unit

	StateFacts
}

// StateFacts is the part of a state that is not a series.
type StateFacts struct {
	HealthFactors []Factor `json:"healthFactors,omitempty"` // of the newest score
	HealthSource  string   `json:"healthSource,omitempty"`

	EngagementUnit string `json:"engagementUnit,omitempty"`

	Churn     Reading `json:"churn,omitzero"`     // probability, 0 to 1
	Sentiment Reading `json:"sentiment,omitzero"` // −2 to +2
	Quote     string  `json:"quote,omitempty"`    // the words behind the sentiment

	Payment PaymentStanding `json:"payment,omitzero"`
	PaidAt  time.Time       `json:"paidAt,omitzero"` // of the newest recovery; a failure before it is history

	LastContact     time.Time `json:"lastContact,omitzero"`
	LastContactKind string    `json:"lastContactKind,omitempty"`

	ChurnedAt time.Time `json:"churnedAt,omitzero"`

	// Memory is what each rule remembers about this client between signals.
	Memory map[string]RuleMemory `json:"memory,omitempty"`
}

// Reading is a value with its time; the zero Reading is "never measured".
type Reading struct {
	Value float64   `json:"value"`
	At    time.Time `json:"at"`
}

// PaymentStanding is whether the client owes a failed payment. The zero value
// says that no failure is open.
type PaymentStanding struct {
	FailedAt    time.Time `json:"failedAt"`
	Amount      Money     `json:"amount"`
	Attempt     int       `json:"attempt"`
	NextAttempt string    `json:"nextAttempt"`
}

// RuleMemory is what a rule remembers about a client after its alert closed.
type RuleMemory struct {
	Openings []time.Time `json:"openings,omitempty"` // the latest, oldest first
}

// UnknownHealth is what a client without a score shows. It is never compared
// with.
const UnknownHealth = 50

// HealthScore is the score to show, and whether it was ever measured.
func (s State) HealthScore() (score float64, known bool) {
	if p, ok := s.Health.Last(); ok {
		return p.Value, true
	}
	return UnknownHealth, false
}
