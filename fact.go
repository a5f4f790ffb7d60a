package stanna

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
)

// Fact is the understood data of a signal: one of the types below. A signal
// whose type keeps no state has a nil Fact.
type Fact interface{ fact() }

// HealthScored says how healthy a client is, and why.
type HealthScored struct {
	Score   float64  `json:"score"` // 0 to 100; higher is better
	Factors []Factor `json:"factors"`
}

// Factor is one reason that a source gives for a score.
type Factor struct {
	Name   string   `json:"name"`             // "Usage"
	Detail string   `json:"detail,omitempty"` // "118 a day, usually 200"
	Impact *float64 `json:"impact,omitempty"` // points it moved the score by; nil when not given
}

// EngagementMeasured is how much a client did in a period.
type EngagementMeasured struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// ChurnPredicted is the chance that a client leaves.
type ChurnPredicted struct {
	Probability float64 `json:"probability"` // 0 to 1
}

// SentimentDetected is the mood of one conversation.
type SentimentDetected struct {
	Score float64 `json:"score"` // −2 highly negative to +2 highly positive
	Quote string  `json:"quote"`
}

// Contacted says that somebody spoke with the client: an interaction or an
// intervention.
type Contacted struct {
	Kind    string `json:"type"` // email, call, meeting, ...
	Summary string `json:"summary"`
}

// PaymentFailed is a charge that did not go through.
type PaymentFailed struct {
	Amount      float64 `json:"amount"` // major units
	Currency    string  `json:"currency"`
	Attempt     int     `json:"attempt"`
	NextAttempt string  `json:"nextAttemptAt"` // RFC 3339, "" when none is planned
}

// PaymentRecovered says that what had failed was paid.
type PaymentRecovered struct{}

// ClientChurned says that the client is gone.
type ClientChurned struct{}

func (HealthScored) fact()       {}
func (EngagementMeasured) fact() {}
func (ChurnPredicted) fact()     {}
func (SentimentDetected) fact()  {}
func (Contacted) fact()          {}
func (PaymentFailed) fact()      {}
func (PaymentRecovered) fact()   {}
func (ClientChurned) fact()      {}

// MaxFactors bounds the reasons of one score.
const MaxFactors = 50

// facts says how the data of each signal type is understood.
var facts = map[SignalType]func(json.RawMessage) (Fact, error){
	HealthScoredType: parsed(HealthScored{Score: missing}, func(f HealthScored) error {
		if !within(f.Score, 0, 100) {
			return InvalidField("data.score", "must be a number from 0 to 100")
		}
		if len(f.Factors) > MaxFactors {
			return InvalidField("data.factors", "are more than %d", MaxFactors)
		}
		for _, x := range f.Factors {
			if strings.TrimSpace(x.Name) == "" {
				return InvalidField("data.factors", "each needs a name")
			}
		}
		return nil
	}),
	EngagementMeasuredType: parsed(EngagementMeasured{Value: missing}, func(f EngagementMeasured) error {
		if !within(f.Value, 0, math.MaxInt32) {
			return InvalidField("data.value", "must be a number, 0 or more")
		}
		return nil
	}),
	ChurnPredictedType: parsed(ChurnPredicted{Probability: missing}, func(f ChurnPredicted) error {
		if !within(f.Probability, 0, 1) {
			return InvalidField("data.probability", "must be a number from 0 to 1 (0.7 is 70 %%)")
		}
		return nil
	}),
	SentimentDetectedType: parsed(SentimentDetected{Score: missing}, func(f SentimentDetected) error {
		if !within(f.Score, -2, 2) {
			return InvalidField("data.score", "must be a number from -2 to 2")
		}
		return nil
	}),
	InteractionLoggedType: parsed(Contacted{}, func(Contacted) error { return nil }),
	InterventionLogged:    parsed(Contacted{}, func(Contacted) error { return nil }),
	PaymentFailedType: parsed(PaymentFailed{}, func(f PaymentFailed) error {
		if f.Amount < 0 {
			return InvalidField("data.amount", "must not be negative")
		}
		if f.Amount > MaxAmount {
			return InvalidField("data.amount", "must not be above %g", float64(MaxAmount))
		}
		return nil
	}),
	PaymentRecoveredType: parsed(PaymentRecovered{}, func(PaymentRecovered) error { return nil }),
	ClientChurnedType:    parsed(ClientChurned{}, func(ClientChurned) error { return nil }),
	UsageMeasuredType:    anyObject,
	SubscriptionChanged:  anyObject,
	MilestoneReached:     anyObject,
	AccountUpdated:       anyObject,
}

// missing stands in a number until the data brings one: absent and null
// leave it, and within refuses it.
var missing = math.NaN()

func parsed[F Fact](blank F, check func(F) error) func(json.RawMessage) (Fact, error) {
	return func(data json.RawMessage) (Fact, error) {
		f := blank
		if len(data) == 0 {
			data = json.RawMessage("{}")
		}
		if err := json.Unmarshal(data, &f); err != nil {
			return nil, dataError(err)
		}
		if err := check(f); err != nil {
			return nil, err
		}
		return f, nil
	}
}

// anyObject takes any JSON object and keeps no fact of it.
func anyObject(data json.RawMessage) (Fact, error) {
	data = bytes.TrimSpace(data)
	if len(data) > 0 && data[0] != '{' {
		return nil, InvalidField("data", "must be a JSON object")
	}
	if len(data) > 0 && !json.Valid(data) {
		return nil, InvalidField("data", "is not valid JSON")
	}
	return nil, nil
}

func dataError(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		field := "data"
		if wrong.Field != "" {
			field += "." + wrong.Field
		}
		return InvalidField(field, "must be %s, not %s", kindName(wrong.Type.Kind().String()), wrong.Value)
	}
	return InvalidField("data", "is not valid JSON")
}

func kindName(kind string) string {
	switch {
	case strings.HasPrefix(kind, "float"), strings.HasPrefix(kind, "int"), kind == "ptr":
		return "a number"
	case kind == "string":
		return "text"
	case kind == "slice":
		return "a list"
	}
	return "an object"
}

func within(x, low, high float64) bool { return x >= low && x <= high } // false for NaN

func signalTypes() string {
	names := make([]string, 0, len(facts))
	for t := range facts {
		names = append(names, string(t))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
