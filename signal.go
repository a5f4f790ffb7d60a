package stanna

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SignalType names what kind of fact a signal is.
type SignalType string

// The types of signal. Any type that begins with "custom." is the company's
// own and carries any JSON object.
const (
	HealthScoredType        SignalType = "health.scored"
	ChurnPredictedType      SignalType = "churn.predicted"
	EngagementMeasuredType  SignalType = "engagement.measured"
	UsageMeasuredType       SignalType = "usage.measured"
	SentimentDetectedType   SignalType = "sentiment.detected"
	InteractionLoggedType   SignalType = "interaction.logged"
	PaymentFailedType       SignalType = "payment.failed"
	PaymentRecoveredType    SignalType = "payment.recovered"
	SubscriptionChangedType SignalType = "subscription.changed"
	MilestoneReachedType    SignalType = "milestone.reached"
	AccountUpdatedType      SignalType = "account.updated"
	InterventionLogged      SignalType = "intervention.logged"
	ClientChurnedType       SignalType = "client.churned"
	customPrefix                       = "custom."
)

// Signal is an immutable dated fact about a client. (Workspace, ID) is
// unique, so that a repeat is recognised.
type Signal struct {
	Workspace  string
	ID         string // the sender's
	ClientID   string
	Type       SignalType
	OccurredAt time.Time // when it was true, by the sender's word
	ReceivedAt time.Time // when it came, by the workspace's clock
	Source     string    // who says so; shown to people ("No reason given by SOURCE")
	Data       json.RawMessage
	Fact       Fact // Data understood; nil for a type that has no state of its own
}

// MaxSkew is how far in the future a signal may lie; clocks differ a little.
const MaxSkew = 5 * time.Minute

// BackfillAfter is how old a signal may be on arrival and still open an
// alert; an older one is history.
const BackfillAfter = 48 * time.Hour

// maxSource bounds the sender's name, which is shown in messages.
const maxSource = 100

// Check validates the signal against now and fills Fact. It changes nothing
// else. The error names the field, for the person who sends.
func (s *Signal) Check(now time.Time) error {
	if err := ValidID(s.ID); err != nil {
		return InvalidField("id", "%s", err)
	}
	if err := ValidID(s.ClientID); err != nil {
		return InvalidField("clientId", "%s", err)
	}
	if s.OccurredAt.After(now.Add(MaxSkew)) {
		return InvalidField("occurredAt", "%s is in the future; check the sender's clock", s.OccurredAt.UTC().Format(time.RFC3339))
	}
	if s.OccurredAt.Year() < 2000 {
		return InvalidField("occurredAt", "must be a time as 2006-01-02T15:04:05Z, after the year 2000")
	}
	if len(s.Source) > maxSource {
		return InvalidField("source", "is longer than %d bytes", maxSource)
	}
	if strings.ContainsFunc(s.Source, unicode.IsControl) || !utf8.ValidString(s.Source) {
		return InvalidField("source", "may not contain control characters")
	}
	parse, known := facts[s.Type]
	if !known {
		if rest, ok := strings.CutPrefix(string(s.Type), customPrefix); !ok || ValidID(rest) != nil {
			return InvalidField("type", "%q is not known; use one of %s, or custom.YOURS", clip(string(s.Type), 60), signalTypes())
		}
		parse = anyObject
	}
	fact, err := parse(s.Data)
	s.Fact = fact
	return err
}

// Became is what became of a signal on arrival.
type Became string

// What can become of a signal.
const (
	Accepted  Became = "accepted"  // stored and judged
	Duplicate Became = "duplicate" // its id was there already; nothing changed
	Late      Became = "late"      // stored, but older than what is known: history, opens no alert
	Backfill  Became = "backfill"  // stored, but more than 48 hours old: history, opens no alert
	Rejected  Became = "rejected"  // not stored; Reason says why
)

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
