package stanna

import "time"

// AlertType names what an alert is about. Each has one entry in the
// catalogue of the rule room.
type AlertType string

// The types of alert.
const (
	HealthDrop           AlertType = "health_drop"
	ChurnRisk            AlertType = "churn_risk"
	PaymentIssue         AlertType = "payment_issue"
	EngagementDrop       AlertType = "engagement_drop"
	SentimentNegative    AlertType = "sentiment_negative"
	RevenueAtRisk        AlertType = "revenue_at_risk" // of the whole portfolio
	ExpansionOpportunity AlertType = "expansion_opportunity"
	Milestone            AlertType = "milestone"
	RenewalUpcoming      AlertType = "renewal_upcoming"
	KeyAccountUpdate     AlertType = "key_account_update"
	Custom               AlertType = "custom"
)

// Rule says when to tell whom. Saving it makes a new version; alerts remember
// the version that opened them.
type Rule struct {
	Workspace string
	ID        string
	Version   int
	Name      string
	Type      AlertType
	Status    RuleStatus
	Terms
	ActiveSince time.Time // by the workspace's clock; what was so before is no news
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Terms are what a rule asks for and what follows.
type Terms struct {
	Thresholds   map[string]float64     `json:"thresholds,omitempty"` // by the catalogue's names; what is absent has its default
	Filter       Filter                 `json:"filter,omitzero"`      // the clients it is about
	Condition    string                 `json:"condition,omitempty"`  // CEL; must hold as well. A custom rule is its condition
	SeverityAs   string                 `json:"severity,omitempty"`   // CEL that gives a severity; "" = by the alert type
	Destinations []Destination          `json:"destinations,omitempty"`
	Frequency    map[Severity]Frequency `json:"frequency,omitempty"` // what is absent has the workspace's
	Outside      Outside                `json:"outside,omitzero"`
	Escalation   []EscalationStep       `json:"escalation,omitempty"`
	Playbook     string                 `json:"playbook,omitempty"` // what to do next: text or a link
}

// RuleStatus says whether a rule is heard.
type RuleStatus string

// A rule is active, judged without telling anybody (shadow), or off.
const (
	RuleActive RuleStatus = "active"
	RuleShadow RuleStatus = "shadow"
	RuleOff    RuleStatus = "off"
)

// Frequency says when people hear of an alert.
type Frequency string

// At once, in the next daily digest, or in the next weekly summary.
const (
	RealTime Frequency = "realtime"
	Daily    Frequency = "daily"
	Weekly   Frequency = "weekly"
)

// Outside says what becomes of an alert outside working hours. The zero
// value holds it until they begin, also what is critical: this is no on-call.
type Outside struct {
	Do    OutsideDo     `json:"do,omitempty"`
	To    []Destination `json:"to,omitempty"`    // of a redirect
	Hours *Hours        `json:"hours,omitempty"` // the rule's own; nil: the workspace's
}

// OutsideDo is one of the ways.
type OutsideDo string

// Hold is the default.
const (
	OutsideHold     OutsideDo = "hold"     // told when hours begin
	OutsideSend     OutsideDo = "send"     // told at once all the same
	OutsideRedirect OutsideDo = "redirect" // told at once, elsewhere
	OutsideDigest   OutsideDo = "digest"   // joins the next daily digest
)

// EscalationStep tells others when nobody takes an alert up.
type EscalationStep struct {
	After int           `json:"afterMinutes"`       // of working time since the alert opened
	To    []Destination `json:"to"`                 // who is told as well
	Raise Severity      `json:"severity,omitempty"` // what it is raised to; "" = as it is
}

// Account says whether the rule is made for accounts that it names. Such a
// rule stands in for the general ones of its type.
func (r Rule) Account() bool { return len(r.Filter.Only) > 0 && r.Type != Custom }
