package stanna

import "time"

// Evidence is what an alert stands on: one measure, where it came from and
// where it went, the reasons that the source gave, and what is particular to
// the alert's type. Values are in the type's own unit: points of health,
// percent of a chance, what is used of a limit, the sum of a week of engagement,
// days, major units of money.
type Evidence struct {
	Trigger   Reason    `json:"trigger"`             // which threshold opened it
	Base      float64   `json:"base"`                // the value the change is counted from
	BaseAt    time.Time `json:"baseAt,omitzero"`     //
	FirstSeen bool      `json:"firstSeen,omitempty"` // the base is the first value ever seen, inside the window
	Opened    float64   `json:"opened"`              // the value it opened on
	Value     float64   `json:"value"`               // the newest value
	ValueAt   time.Time `json:"valueAt,omitzero"`    //
	Worst     float64   `json:"worst"`               // the worst value while open
	Told      float64   `json:"told"`                // the value that was told last; a step from it is told again
	SignalID  string    `json:"signalId,omitempty"`  // the signal that brought Value
	Source    string    `json:"source,omitempty"`    // who measured
	Factors   []Factor  `json:"factors,omitempty"`
	Actions   []string  `json:"actions,omitempty"` // what the source recommends to do

	Quote        string            `json:"quote,omitempty"`        // sentiment: the customer's words
	Author       string            `json:"author,omitempty"`       // sentiment: who said them
	URL          string            `json:"url,omitempty"`          // sentiment: where they can be read
	Count        int               `json:"count,omitempty"`        // sentiment: how many conversations
	Payment      *PaymentStanding  `json:"payment,omitempty"`      // payment: the foremost failure
	AlsoOwed     []PaymentStanding `json:"owed,omitempty"`         // payment: what is owed beside it
	Subscription *Subscription     `json:"subscription,omitempty"` // key account: the movement of MRR
	Limit        float64           `json:"limit,omitempty"`        // expansion: the limit; Value is what is used. Revenue: the line that it crossed
	Above        float64           `json:"above,omitempty"`        // expansion: how many percent engagement is above the client's own usual
	Subject      string            `json:"subject,omitempty"`      // what it is about: the limit's name, the milestone, the condition
	Since        time.Time         `json:"since,omitzero"`         // engagement: silent since; expansion: filled since
	Date         string            `json:"date,omitempty"`         // renewal, anniversary: the local date
	Was          string            `json:"was,omitempty"`          // key account: zone or status before
	Is           string            `json:"is,omitempty"`           // and now
	Moves        []Move            `json:"moves,omitempty"`        // revenue: what moved the sum, largest first
	Moved        int               `json:"moved,omitempty"`        // revenue: how many clients moved it
	Share        float64           `json:"share,omitempty"`        // revenue: percent of all MRR
	Loss         float64           `json:"loss,omitempty"`         // revenue: expected loss, Σ churn probability × MRR
	Clients      int               `json:"clients,omitempty"`      // revenue: how many are at risk
}

// Move is what one client did to a sum of the portfolio.
type Move struct {
	ClientID string  `json:"clientId"`
	Name     string  `json:"name"`
	Amount   float64 `json:"amount"` // major units; below 0 when it took away from the sum
	Why      Reason  `json:"why"`
}
