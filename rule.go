package stanna

import "time"

// AlertType names what an alert is about. Each has one entry in the
// catalogue of the rule room.
type AlertType string

// HealthDrop is a fall of the health score.
const HealthDrop AlertType = "health_drop"

// Rule says when to tell whom. Saving it makes a new version; alerts remember
// the version that opened them.
type Rule struct {
	Workspace    string
	ID           string
	Version      int
	Name         string
	Type         AlertType
	Status       RuleStatus
	Thresholds   map[string]float64 // by the catalogue's names; what is absent has its default
	Destinations []Destination      // none: the workspace's default channel
	Playbook     string             // what to do next: text or a link
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// RuleStatus says whether a rule is heard.
type RuleStatus string

// A rule is active, judged without telling anybody (shadow), or off.
const (
	RuleActive RuleStatus = "active"
	RuleShadow RuleStatus = "shadow"
	RuleOff    RuleStatus = "off"
)
