package stanna

import (
	"slices"
	"time"
)

// State is what is known of a client now. It is derived: all its signals,
// taken in the order they came, give it again.
type State struct {
	Workspace string
	ClientID  string

	Health     History // scores, 0 to 100
	Engagement History // what was measured, in the source's unit

	// Due is when to look at the client again without a signal; zero: never.
	Due time.Time

	StateFacts
}

// AtOnce is the Due of a client whom the rules are to be asked about anew,
// because the rules or the client itself were changed.
var AtOnce = time.UnixMicro(1).UTC()

// StateFacts is the part of a state that is not a series.
type StateFacts struct {
	HealthFactors []Factor `json:"healthFactors,omitempty"` // of the newest score
	HealthSource  string   `json:"healthSource,omitempty"`

	EngagementUnit string `json:"engagementUnit,omitempty"`

	Churn        Reading  `json:"churn,omitzero"`       // probability, 0 to 1
	ChurnBefore  Reading  `json:"churnBefore,omitzero"` // the one before
	ChurnFactors []Factor `json:"churnFactors,omitempty"`
	ChurnActions []string `json:"churnActions,omitempty"` // what the source recommends
	ChurnSource  string   `json:"churnSource,omitempty"`

	Sentiment Reading `json:"sentiment,omitzero"` // −2 to +2
	Quote     string  `json:"quote,omitempty"`    // the words behind the sentiment
	Moods     []Mood  `json:"moods,omitempty"`    // the latest, oldest first; MaxMoods at most

	Payment  PaymentStanding   `json:"payment,omitzero"` // the foremost of what is owed
	AlsoOwed []PaymentStanding `json:"owed,omitempty"`   // what is owed beside it, the foremost first
	PaidAt   time.Time         `json:"paidAt,omitzero"`  // of the newest recovery that named no invoice; a failure before it is history
	Bills    map[string]Bill   `json:"bills,omitempty"`  // by invoice; MaxBills at most

	Subscription Subscription `json:"subscription,omitzero"` // the last movement of MRR

	Usage map[string]Usage `json:"usage,omitempty"` // by the name of what is limited

	LastContact       time.Time `json:"lastContact,omitzero"`
	LastContactKind   string    `json:"lastContactKind,omitempty"`
	LastContactAuthor string    `json:"lastContactAuthor,omitempty"` // who said or wrote it
	LastContactURL    string    `json:"lastContactUrl,omitempty"`    // where it can be read

	Status       string    `json:"status,omitempty"` // of the account, in the company's own word
	StatusBefore string    `json:"statusBefore,omitempty"`
	StatusAt     time.Time `json:"statusAt,omitzero"`

	ChurnedAt time.Time `json:"churnedAt,omitzero"`

	// Relook is why the rules are to be asked anew without a signal: history
	// came in late. "": they need not be.
	Relook Reason `json:"relook,omitempty"`

	// Memory is what each rule remembers about this client between signals.
	Memory map[string]RuleMemory `json:"memory,omitempty"`
}

// Reading is a value with its time; the zero Reading is "never measured".
type Reading struct {
	Value float64   `json:"value"`
	At    time.Time `json:"at"`
}

// Known says whether it was ever measured.
func (r Reading) Known() bool { return !r.At.IsZero() }

// Mood is the sentiment of one conversation.
type Mood struct {
	At         time.Time `json:"at"`
	Score      float64   `json:"score"`      // −2 to +2
	Confidence float64   `json:"confidence"` // 0 to 1; −1: the source does not say
	Quote      string    `json:"quote,omitempty"`
	Author     string    `json:"author,omitempty"` // who said it
	URL        string    `json:"url,omitempty"`    // where it can be read
	Source     string    `json:"source,omitempty"`
}

// Said is the newest conversation in which something was said, if it is
// remembered.
func (s StateFacts) Said(quote string) (m Mood, ok bool) {
	for _, m := range slices.Backward(s.Moods) {
		if m.Quote == quote {
			return m, true
		}
	}
	return Mood{}, false
}

// MaxMoods is how many conversations a state remembers, and MaxUsage how
// many limits.
const (
	MaxMoods = 10
	MaxUsage = 50
)

// Usage is how much of a limit is used.
type Usage struct {
	Used   float64   `json:"used"`
	Limit  float64   `json:"limit"`
	Unit   string    `json:"unit,omitempty"`
	At     time.Time `json:"at"`
	First  time.Time `json:"first,omitzero"` // when it was heard of first
	Source string    `json:"source,omitempty"`

	// Steps are the shares that have been filled since a moment without a
	// break: 80 percent since the third of May.
	Since map[int]time.Time `json:"since,omitempty"`
}

// UsageSteps are the percentages of a limit whose filling is remembered.
func UsageSteps() []int { return []int{50, 60, 70, 75, 80, 85, 90, 95, 100} }

// RuleMemory is what a rule remembers about a client after its alert closed.
type RuleMemory struct {
	Openings []time.Time `json:"openings,omitempty"` // the latest, oldest first

	// Known is a bad state that people know of, because its alert was closed
	// without recovery. The rule opens again only after the state has cleared
	// or got worse by a step.
	Known *Known `json:"known,omitempty"`

	// Until is how far what happens only once by the calendar was told: the
	// step of a renewal, the date of an anniversary.
	Until string `json:"until,omitempty"`

	// Told is when what is told only once a year by its name was: a goal.
	Told map[string]time.Time `json:"told,omitempty"`
}

// Known is a state that people know of.
type Known struct {
	At    time.Time `json:"at"`
	Base  float64   `json:"base"`
	Value float64   `json:"value"` // the worst value then
	Mark  string    `json:"mark,omitempty"`
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
