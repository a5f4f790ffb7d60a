package stanna

import "time"

// Alert is one episode of one rule on one client, or on the whole portfolio:
// it opens, may get worse, be taken up or snoozed, and closes. It remembers
// what it opened on.
type Alert struct {
	Workspace   string
	ID          string
	RuleID      string
	RuleVersion int
	RuleName    string
	ClientID    string // "" for the whole portfolio
	Type        AlertType
	Severity    Severity
	Status      AlertStatus
	Unstable    bool // it has opened three times in 14 days
	Evidence    Evidence
	OpenedAt    time.Time
	UpdatedAt   time.Time
	ClosedAt    time.Time // zero while open
	Why         Reason    // of the newest change
	Life
}

// Life is what people and time did about an alert.
type Life struct {
	JoinedTo     string    `json:"joinedTo,omitempty"` // the open alert beside which it is told
	TakenBy      string    `json:"takenBy,omitempty"`  // e-mail, or the name of a program
	TakenAt      time.Time `json:"takenAt,omitzero"`
	AssignedTo   string    `json:"assignedTo,omitempty"` // e-mail
	AssignedAt   time.Time `json:"assignedAt,omitzero"`
	SnoozedBy    string    `json:"snoozedBy,omitempty"`
	SnoozedUntil time.Time `json:"snoozedUntil,omitzero"`
	Escalated    int       `json:"escalated,omitempty"` // steps of the rule's escalation that were taken
	Outcome      Outcome   `json:"outcome,omitempty"`
	ClosedBy     string    `json:"closedBy,omitempty"` // who resolved it; "" when it closed by itself
	Note         string    `json:"note,omitempty"`     // what they said about it
}

// AlertStatus is where an alert is in its life.
type AlertStatus string

// An alert is open until it is resolved. Recovery, time (not recovered), the
// client's leaving or a person resolve it; the alert's Why says which.
const (
	AlertOpen     AlertStatus = "open"
	AlertTaken    AlertStatus = "taken_up" // somebody is on it
	AlertSnoozed  AlertStatus = "snoozed"  // told again at a set time, if it is still bad
	AlertResolved AlertStatus = "resolved"
)

// Open says whether the alert still lives.
func (a Alert) Open() bool { return a.Status != AlertResolved }

// Outcome is what a person says became of it.
type Outcome string

// The outcomes.
const (
	Saved        Outcome = "saved"
	Lost         Outcome = "lost"
	Noise        Outcome = "noise" // not useful
	AlreadyKnown Outcome = "known"
)

// Outcomes lists the outcomes.
func Outcomes() []Outcome { return []Outcome{Saved, Lost, Noise, AlreadyKnown} }

// MaxNote bounds what a person may say about an alert, in bytes.
const MaxNote = 2_000

// MaxSnooze is how far ahead an alert may be snoozed.
const MaxSnooze = 90 * 24 * time.Hour

// TakeUp notes that somebody is on it. Whoever takes up what another has
// taken up relieves them; doing it again changes nothing.
func (a *Alert) TakeUp(by string, now time.Time) (changed bool, err error) {
	if !a.Open() {
		return false, a.closed()
	}
	if a.Status == AlertTaken && a.TakenBy == by {
		return false, nil
	}
	a.Status, a.TakenBy, a.TakenAt, a.SnoozedBy, a.SnoozedUntil = AlertTaken, by, now.UTC(), "", time.Time{}
	a.touch(ReasonTakenUp, now)
	return true, nil
}

// Assign says whose it is from now on. "" takes the assignment back.
func (a *Alert) Assign(to string, now time.Time) (changed bool, err error) {
	if !a.Open() {
		return false, a.closed()
	}
	if a.AssignedTo == to {
		return false, nil
	}
	a.AssignedTo, a.AssignedAt = to, now.UTC()
	if a.Status == AlertTaken && a.TakenBy != to {
		a.Status, a.TakenBy, a.TakenAt = AlertOpen, "", time.Time{} // it is another's now, who has not answered yet
	}
	a.touch(ReasonAssigned, now)
	return true, nil
}

// Snooze puts it off until a time: it is told again then, if it is still bad.
func (a *Alert) Snooze(by string, until, now time.Time) error {
	switch {
	case !a.Open():
		return a.closed()
	case !until.After(now):
		return InvalidField("until", "must be in the future")
	case until.Sub(now) > MaxSnooze:
		return InvalidField("until", "must be within 90 days; resolve the alert if it does not matter for longer")
	}
	a.Status, a.SnoozedBy, a.SnoozedUntil = AlertSnoozed, by, until.UTC()
	a.TakenBy, a.TakenAt = "", time.Time{}
	a.touch(ReasonSnoozed, now)
	return nil
}

// Wake ends a snooze.
func (a *Alert) Wake(now time.Time) {
	a.Status, a.SnoozedBy, a.SnoozedUntil = AlertOpen, "", time.Time{}
	a.touch(ReasonSnoozeOver, now)
}

// Resolve closes it with what a person says became of it.
func (a *Alert) Resolve(by string, outcome Outcome, note string, now time.Time) error {
	if !a.Open() {
		return a.closed()
	}
	switch outcome {
	case Saved, Lost, Noise, AlreadyKnown:
	default:
		return InvalidField("outcome", "must be saved, lost, noise or known")
	}
	if len(note) > MaxNote {
		return InvalidField("note", "is longer than %d bytes", MaxNote)
	}
	a.Status, a.Outcome, a.ClosedBy, a.Note, a.ClosedAt = AlertResolved, outcome, by, note, now
	a.touch(ReasonResolvedByPerson, now)
	return nil
}

func (a *Alert) touch(why Reason, now time.Time) { a.Why, a.UpdatedAt = why, now }

func (a *Alert) closed() error {
	return Errorf(Conflict, "this alert is closed already: %s", a.Why.Sentence())
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

// Severities lists them from most to least.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low, Info} }

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

// AtMost is the severity, or most when it is above that.
func (s Severity) AtMost(most Severity) Severity {
	if s.Rank() > most.Rank() {
		return most
	}
	return s
}
