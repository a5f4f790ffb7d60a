package backtest

import (
	"time"

	"github.com/gostanna/stanna"
)

// Report is what a policy would have done.
type Report struct {
	Begin    time.Time `json:"begin"` // of the history that was played
	End      time.Time `json:"end"`
	From     time.Time `json:"from"` // what is reported
	Until    time.Time `json:"until"`
	Clients  int       `json:"clients"`
	Signals  int       `json:"signals"`
	LeftOut  int       `json:"leftOut"` // signals of clients that are gone, or that cannot be understood
	Episodes []Episode `json:"episodes"`

	Rules      []RuleTotal             `json:"rules"`
	Severities map[stanna.Severity]int `json:"severities"`

	Messages int       `json:"messages"`
	Updates  int       `json:"updates"` // lines added to messages that stand
	Weeks    []string  `json:"weeks"`   // ISO weeks in the workspace's zone: "2026-W28"
	Traffic  []Traffic `json:"traffic"`

	Silent []Silent              `json:"silent"` // why not, most frequent first
	Untold map[stanna.Reason]int `json:"untold"` // alerts that no place was found for
	Spared int                   `json:"spared"` // over before it was time to tell them

	Outcomes Outcomes  `json:"outcomes"`
	Draft    *Outcomes `json:"draft,omitempty"` // by the draft's alerts alone
	Notes    []string  `json:"notes"`           // what was not played
}

// Episode is one alert from its opening to its end.
type Episode struct {
	RuleID     string           `json:"ruleId"`
	RuleName   string           `json:"ruleName"`
	ClientID   string           `json:"clientId"` // "" for the whole portfolio
	ClientName string           `json:"clientName"`
	Type       stanna.AlertType `json:"type"`
	Severity   stanna.Severity  `json:"severity"` // as it was last
	Shadow     bool             `json:"shadow"`   // of a rule on trial: nobody would have been told
	Gathered   bool             `json:"gathered"` // it stood already, and is listed once
	Unstable   bool             `json:"unstable"`
	OpenedAt   time.Time        `json:"openedAt"`
	ClosedAt   time.Time        `json:"closedAt,omitzero"` // zero: it was open at the end
	Trigger    stanna.Reason    `json:"trigger"`           // why it opened
	Why        stanna.Reason    `json:"why"`               // of its newest change
	Worsened   int              `json:"worsened"`
	Base       float64          `json:"base"`   // where the measure came from
	Opened     float64          `json:"opened"` // where it stood when the alert opened
	Value      float64          `json:"value"`  // and at last
	Told       []Told           `json:"told"`   // empty: nobody was
}

// Told is one place where an alert was told.
type Told struct {
	Destination stanna.Destination `json:"destination"`
	Reason      stanna.Reason      `json:"reason"` // why there
	At          time.Time          `json:"at"`
	Waited      stanna.Reason      `json:"waited,omitempty"` // for what
	Message     bool               `json:"message"`          // it made a message of its own
}

// RuleTotal is what one rule would have done.
type RuleTotal struct {
	RuleID     string                  `json:"ruleId"`
	Name       string                  `json:"name"`
	Type       stanna.AlertType        `json:"type"`
	Shadow     bool                    `json:"shadow"`
	Alerts     int                     `json:"alerts"`
	Clients    int                     `json:"clients"`
	Gathered   int                     `json:"gathered"`
	Worsened   int                     `json:"worsened"`
	Open       int                     `json:"open"` // at the end
	Severities map[stanna.Severity]int `json:"severities"`
	Closed     map[stanna.Reason]int   `json:"closed"` // by why
}

// Traffic is what a channel or a person would have got.
type Traffic struct {
	Destination stanna.Destination `json:"destination"`
	Person      string             `json:"person,omitempty"` // e-mail
	Messages    int                `json:"messages"`
	Updates     int                `json:"updates"`
	Weekly      []int              `json:"weekly"` // messages in each of the report's weeks
	PerWeek     float64            `json:"perWeek"`
	MaxDay      int                `json:"maxDay"`
	MaxDate     string             `json:"maxDate,omitempty"`
}

// Silent is how often a rule gave a reason for its silence.
type Silent struct {
	RuleID  string        `json:"ruleId"` // "": whatever the rule
	Reason  stanna.Reason `json:"reason"`
	Times   int           `json:"times"` // signals
	Clients int           `json:"clients"`
}

// notes say what a backtest leaves out.
var notes = []string{
	"Clients are taken as they are today: their owner, MRR, tier and tags then are not known.",
	"What people do about an alert is not played: nothing is taken up, snoozed or closed by hand, and no silence is in force.",
	"Many clients moving at once are told singly; live they would be held for an hour behind one notice.",
}
