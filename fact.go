package stanna

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
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

// EngagementMeasured is how much a client did in a period. A period that had
// not ended when it was measured is not compared with others.
type EngagementMeasured struct {
	Value       float64   `json:"value"`
	Unit        string    `json:"unit"`
	PeriodStart time.Time `json:"periodStart"` // zero: the source does not say
	PeriodEnd   time.Time `json:"periodEnd"`
}

// ChurnPredicted is the chance that a client leaves.
type ChurnPredicted struct {
	Probability float64  `json:"probability"` // 0 to 1
	Factors     []Factor `json:"factors"`     // risk factors; an impact is in percentage points
	Actions     []string `json:"actions"`     // what the source recommends to do
}

// SentimentDetected is the mood of one conversation.
type SentimentDetected struct {
	Score      float64  `json:"score"`      // −2 highly negative to +2 highly positive
	Confidence *float64 `json:"confidence"` // 0 to 1; nil: the source does not say
	Quote      string   `json:"quote"`
	Author     string   `json:"author"` // who said it, by name
	URL        string   `json:"url"`    // where the conversation can be read
}

// UsageMeasured is how much of a limit (seats, calls, storage) is used.
type UsageMeasured struct {
	Name  string  `json:"name"` // of what; "" when a client has one limit only
	Used  float64 `json:"used"`
	Limit float64 `json:"limit"`
	Unit  string  `json:"unit"`
}

// MilestoneReached is a goal that a client has reached.
type MilestoneReached struct {
	Name string `json:"name"`
}

// AccountUpdated is a change that the company's own system reports.
type AccountUpdated struct {
	Status string `json:"status"` // of the account, in the company's own word; "" when it is about something else
	What   string `json:"what"`   // what changed, for people
}

// Contacted says that somebody spoke with the client: an interaction or an
// intervention.
type Contacted struct {
	Kind    string `json:"type"` // email, call, meeting, ...
	Summary string `json:"summary"`
	Author  string `json:"author,omitempty"` // who said or wrote it, by name
	URL     string `json:"url,omitempty"`    // where it can be read
}

// PaymentFailed is a charge that did not go through.
type PaymentFailed struct {
	Amount      float64 `json:"amount"` // major units
	Currency    string  `json:"currency"`
	Attempt     int     `json:"attempt"`
	NextAttempt string  `json:"nextAttemptAt"` // RFC 3339, "" when none is planned
	Status      string  `json:"status"`        // failed (the default), past_due or disputed
	Decline     Decline `json:"decline"`       // soft, hard or "" when the source does not say
	Code        string  `json:"declineCode"`   // the bank's or Stripe's word: insufficient_funds; of a dispute its reason
	Invoice     string  `json:"invoice"`       // what is owed, by the source's id; what is disputed has one of its own
	Contact     string  `json:"contact"`       // whom the bill goes to: an e-mail, or a name with one
	RespondBy   string  `json:"respondBy"`     // RFC 3339: until when a dispute can be answered
	URL         string  `json:"url"`           // where the payment can be looked at
}

// Decline says whether trying again may help: a soft one may pass the next
// time, a hard one needs the customer.
type Decline string

// The kinds of decline.
const (
	SoftDecline Decline = "soft"
	HardDecline Decline = "hard"
)

// The standings of a failed payment.
const (
	PaymentFailing  = "failed"
	PaymentPastDue  = "past_due"
	PaymentDisputed = "disputed"
)

// PaymentRecovered says that what had failed was paid, or is not owed any
// more.
type PaymentRecovered struct {
	Invoice string `json:"invoice"` // which one; "": all that was owed
}

// SubscriptionChanged is a movement of what a client pays each month. A
// signal without a movement is kept and says nothing.
type SubscriptionChanged struct {
	Movement MRRMovement `json:"movement"`
	MRR      float64     `json:"mrr"`         // after it, major units, of all the client's subscriptions
	Before   float64     `json:"previousMrr"` // before it
	Currency string      `json:"currency"`
	Status   string      `json:"status"` // of the subscription that changed, in the source's word
	Plan     string      `json:"plan"`   // for people: "Gold, yearly"
	URL      string      `json:"url"`    // where it can be looked at
}

// MRRMovement is what a change of MRR is called.
type MRRMovement string

// The movements of MRR, as subscription businesses count them
// (https://help.chartmogul.com/hc/en-us/articles/201244842).
const (
	MRRNew          MRRMovement = "new"          // the first that the client ever paid
	MRRExpansion    MRRMovement = "expansion"    // more than before
	MRRContraction  MRRMovement = "contraction"  // less, but something
	MRRChurn        MRRMovement = "churn"        // nothing any more
	MRRReactivation MRRMovement = "reactivation" // something again, after nothing
)

// MRRMovements lists them: what is won, then what is lost.
func MRRMovements() []MRRMovement {
	return []MRRMovement{MRRNew, MRRReactivation, MRRExpansion, MRRContraction, MRRChurn}
}

// MovementOf is the movement from one MRR to another, in the minor unit of
// one currency; "" when it is the same. Paid says whether the client ever paid
// before.
func MovementOf(before, after int64, paid bool) MRRMovement {
	switch {
	case after == before:
		return ""
	case after == 0:
		return MRRChurn
	case before == 0 && paid:
		return MRRReactivation
	case before == 0:
		return MRRNew
	case after > before:
		return MRRExpansion
	}
	return MRRContraction
}

// ClientChurned says that the client is gone.
type ClientChurned struct{}

func (HealthScored) fact()        {}
func (EngagementMeasured) fact()  {}
func (ChurnPredicted) fact()      {}
func (SentimentDetected) fact()   {}
func (Contacted) fact()           {}
func (PaymentFailed) fact()       {}
func (PaymentRecovered) fact()    {}
func (ClientChurned) fact()       {}
func (SubscriptionChanged) fact() {}
func (UsageMeasured) fact()       {}
func (MilestoneReached) fact()    {}
func (AccountUpdated) fact()      {}

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
		if len(f.Factors) > MaxFactors || len(f.Actions) > MaxFactors {
			return InvalidField("data.factors", "factors and actions may be %d each", MaxFactors)
		}
		return nil
	}),
	SentimentDetectedType: parsed(SentimentDetected{Score: missing}, func(f SentimentDetected) error {
		if !within(f.Score, -2, 2) {
			return InvalidField("data.score", "must be a number from -2 to 2")
		}
		if f.Confidence != nil && !within(*f.Confidence, 0, 1) {
			return InvalidField("data.confidence", "must be a number from 0 to 1")
		}
		return validSpeaker(f.Author, f.URL)
	}),
	InteractionLoggedType: parsed(Contacted{}, func(f Contacted) error { return validSpeaker(f.Author, f.URL) }),
	InterventionLogged:    parsed(Contacted{}, func(f Contacted) error { return validSpeaker(f.Author, f.URL) }),
	PaymentFailedType: parsed(PaymentFailed{}, func(f PaymentFailed) error {
		if f.Amount < 0 {
			return InvalidField("data.amount", "must not be negative")
		}
		if f.Amount > MaxAmount {
			return InvalidField("data.amount", "must not be above %g", float64(MaxAmount))
		}
		if f.Status != "" && f.Status != PaymentFailing && f.Status != PaymentPastDue && f.Status != PaymentDisputed {
			return InvalidField("data.status", "must be failed, past_due or disputed")
		}
		if f.Decline != "" && f.Decline != SoftDecline && f.Decline != HardDecline {
			return InvalidField("data.decline", "must be soft or hard")
		}
		return cmp.Or(validText("data.invoice", f.Invoice), validText("data.contact", f.Contact))
	}),
	PaymentRecoveredType: parsed(PaymentRecovered{}, func(f PaymentRecovered) error { return validText("data.invoice", f.Invoice) }),
	ClientChurnedType:    parsed(ClientChurned{}, func(ClientChurned) error { return nil }),
	UsageMeasuredType: parsed(UsageMeasured{Used: missing, Limit: missing}, func(f UsageMeasured) error {
		if !within(f.Used, 0, MaxAmount) {
			return InvalidField("data.used", "must be a number, 0 or more")
		}
		if !within(f.Limit, math.SmallestNonzeroFloat64, MaxAmount) {
			return InvalidField("data.limit", "must be a number above 0")
		}
		if len(f.Name) > maxSource {
			return InvalidField("data.name", "is longer than %d bytes", maxSource)
		}
		return nil
	}),
	SubscriptionChangedType: movement,
	MilestoneReachedType: parsed(MilestoneReached{}, func(f MilestoneReached) error {
		if strings.TrimSpace(f.Name) == "" {
			return InvalidField("data.name", "is required: what was reached, such as \"1,000 projects\"")
		}
		return nil
	}),
	AccountUpdatedType: parsed(AccountUpdated{}, func(AccountUpdated) error { return nil }),
}

// maxAuthor bounds the name of who said something, and what else of a line is
// shown in messages.
const maxAuthor = 200

// validSpeaker checks who said something and where it can be read; both may
// be left out.
func validSpeaker(author, address string) error {
	switch {
	case utf8.RuneCountInString(author) > maxAuthor:
		return InvalidField("data.author", "is longer than %d characters; it is the name of who said it", maxAuthor)
	case strings.ContainsFunc(author, unicode.IsControl):
		return InvalidField("data.author", "may not contain control characters")
	case address == "":
		return nil
	}
	if err := ValidAddress(address); err != nil {
		return InvalidField("data.url", "%s", err)
	}
	return nil
}

// validText checks what is remembered of a payment and shown to people.
func validText(field, text string) error {
	switch {
	case utf8.RuneCountInString(text) > maxAuthor:
		return InvalidField(field, "is longer than %d characters", maxAuthor)
	case strings.ContainsFunc(text, unicode.IsControl):
		return InvalidField(field, "may not contain control characters")
	}
	return nil
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

// movement takes any JSON object. Where it names a movement, the rest has to
// fit as well.
func movement(data json.RawMessage) (Fact, error) {
	var named struct {
		Movement json.RawMessage `json:"movement"`
	}
	if _ = json.Unmarshal(data, &named); len(named.Movement) == 0 || string(named.Movement) == "null" {
		return anyObject(data)
	}
	return parsed(SubscriptionChanged{}, func(f SubscriptionChanged) error {
		if !slices.Contains(MRRMovements(), f.Movement) {
			return InvalidField("data.movement", "must be new, expansion, contraction, churn or reactivation")
		}
		if !within(f.MRR, 0, MaxAmount) || !within(f.Before, 0, MaxAmount) {
			return InvalidField("data.mrr", "mrr and previousMrr must be numbers from 0 to %g", float64(MaxAmount))
		}
		return cmp.Or(validText("data.plan", f.Plan), validText("data.status", f.Status))
	})(data)
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
	var when *time.ParseError
	if errors.As(err, &when) {
		return InvalidField("data", "%s is no time; write it as 2006-01-02T15:04:05Z", clip(when.Value, 40))
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
