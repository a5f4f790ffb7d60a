package stanna

import "time"

// Alert is one episode of one rule on one client: it opens, may get worse,
// and closes. It remembers what it opened on.
type Alert struct {
	Workspace   string
	ID          string
	RuleID      string
	RuleVersion int
	RuleName    string
	ClientID    string
	Type        AlertType
	Severity    Severity
	Status      AlertStatus
	Unstable    bool // it has opened three times in 14 days
	Evidence    Evidence
	OpenedAt    time.Time
	UpdatedAt   time.Time
	ClosedAt    time.Time // zero while open
	Why         Reason    // of the newest change
}

// AlertStatus is where an alert is in its life.
type AlertStatus string

// An alert is open until it is resolved. Recovery, time (not recovered) or
// the client's leaving resolve it; the alert's Why says which.
const (
	AlertOpen     AlertStatus = "open"
	AlertResolved AlertStatus = "resolved"
)

// Open says whether the alert still lives.
func (a Alert) Open() bool { return a.Status != AlertResolved }

// Evidence is what an alert stands on: one measure, where it came from and
// where it went, and the reasons that the source gave.
type Evidence struct {
	Trigger   Reason    `json:"trigger"`   // which threshold opened it
	Base      float64   `json:"base"`      // the value the change is counted from
	BaseAt    time.Time `json:"baseAt"`    //
	FirstSeen bool      `json:"firstSeen"` // the base is the first value ever seen, inside the window
	Opened    float64   `json:"opened"`    // the value it opened on
	Value     float64   `json:"value"`     // the newest value
	ValueAt   time.Time `json:"valueAt"`   //
	Worst     float64   `json:"worst"`     // the worst value while open
	Told      float64   `json:"told"`      // the value that was told last; a step from it is told again
	SignalID  string    `json:"signalId"`  // the signal that brought Value
	Source    string    `json:"source"`    // who measured
	Factors   []Factor  `json:"factors,omitempty"`
}

// Severity is how much an alert matters.
type Severity string

// The severities, from most to least.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

var severities = []Severity{Info, Low, Medium, High, Critical}

// Rank orders severities: 0 for info to 4 for critical, −1 for a word that is
// none of them.
func (s Severity) Rank() int {
	for i, x := range severities {
		if x == s {
			return i
		}
	}
	return -1
}

// Raised is the severity some steps higher, critical at most.
func (s Severity) Raised(steps int) Severity {
	return severities[min(max(s.Rank()+steps, 0), len(severities)-1)]
}
