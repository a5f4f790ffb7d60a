package stanna

import "time"

// Bridge leads from what was at risk at a mark to what is at risk now: the
// start and the steps are the end, to the cent and to the client.
type Bridge struct {
	Since string       `json:"since"` // the local date of the mark
	At    time.Time    `json:"at"`    // when it was taken
	Start ClientSum    `json:"start"`
	Steps []BridgeStep `json:"steps,omitempty"` // in the order of BridgeCauses, those that did something
	End   ClientSum    `json:"end"`

	// What the figures went by at the mark, where that has changed since. The
	// start is counted in today's currency.
	ThresholdWas *float64 `json:"thresholdWas,omitempty"`
	CurrencyWas  string   `json:"currencyWas,omitempty"`
}

// BridgeStep is what one cause did to the sum.
type BridgeStep struct {
	Cause   BridgeCause   `json:"cause"`
	Clients int           `json:"clients"`         // that it is about
	Amount  Money         `json:"amount"`          // below 0 when it took away from the sum
	Named   []NamedClient `json:"named,omitempty"` // the largest; at most MaxStepNamed
}

// MaxStepNamed is how many clients a step names.
const MaxStepNamed = 3

// BridgeCause is why a client is or is not at risk any more, or at another
// sum. A client that changes has one cause.
type BridgeCause string

// The causes.
const (
	NewlyAtRisk  BridgeCause = "newly_at_risk"
	BackFromRisk BridgeCause = "recovered"
	LeftAtRisk   BridgeCause = "churned"
	MRRRose      BridgeCause = "mrr_up"     // it was at risk and is; so with the next
	MRRFell      BridgeCause = "mrr_down"   //
	CurrencyNew  BridgeCause = "currency"   // its MRR is in another currency now; the sum is of one
	ThresholdIn  BridgeCause = "rule_in"    // at risk by the threshold of now, and not by that of then
	ThresholdOut BridgeCause = "rule_out"   // the other way
	IncludedNow  BridgeCause = "included"   // it was at risk and excluded
	ExcludedNow  BridgeCause = "excluded"   //
	TakenOver    BridgeCause = "taken_over" // of one CSM's accounts: it was another's
	HandedOver   BridgeCause = "handed_over"
)

// BridgeCauses lists them in the order in which they are told.
func BridgeCauses() []BridgeCause {
	return []BridgeCause{NewlyAtRisk, BackFromRisk, LeftAtRisk, MRRRose, MRRFell, CurrencyNew, ThresholdIn, ThresholdOut, IncludedNow, ExcludedNow,
		TakenOver, HandedOver}
}

// Counts says what the cause does to the number of clients at risk: each of
// its clients is one more, one less, or was there before.
func (c BridgeCause) Counts() int {
	switch c {
	case NewlyAtRisk, ThresholdIn, IncludedNow, TakenOver:
		return 1
	case BackFromRisk, LeftAtRisk, ThresholdOut, ExcludedNow, HandedOver:
		return -1
	}
	return 0
}

// Step is what the cause did, or a step of nothing.
func (b Bridge) Step(c BridgeCause) BridgeStep {
	for _, s := range b.Steps {
		if s.Cause == c {
			return s
		}
	}
	return BridgeStep{Cause: c}
}

// AddsUp says whether the start and the steps are the end.
func (b Bridge) AddsUp() bool {
	clients, minor := b.Start.Clients, b.Start.MRR.Minor
	for _, s := range b.Steps {
		clients += s.Cause.Counts() * s.Clients
		minor += s.Amount.Minor
	}
	return clients == b.End.Clients && minor == b.End.MRR.Minor
}
