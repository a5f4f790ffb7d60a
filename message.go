package stanna

import "time"

// Message is what stands, or should stand, at a destination. Its text is not
// kept: it is written anew from what is true when it is sent.
//
// Revision counts what should be said, Sending is the one on its way and
// Rendered the one that stands; the message is true when Rendered is Revision.
type Message struct {
	Workspace   string
	ID          string
	Kind        MessageKind
	ClientID    string // of a Thread
	Destination Destination
	Intended    Destination // where it was meant to go, when that is broken
	Channel     string      // as Slack answered it; updates need this one
	TS          string      // Slack's id of the message; "" while it was never posted
	Revision    int64
	Sending     int64
	Rendered    int64
	SummaryID   string // the summary that tells it in its stead
	Repeated    bool   // it may stand in Slack twice
	TextOnly    bool   // Slack refused the layout
	Shown       string // a hash of what stands; "" when that is not known
	CreatedAt   time.Time
	PostedAt    time.Time
	ClosedAt    time.Time // a closed Thread takes no further alert
	Occasion    Occasion
	Unsaid      []Entry // of a Thread: what its history in Slack does not say yet
}

// Entry is a line of a Thread's history: what became of an alert, and when.
// It holds what is needed to say so later, in a person's words.
type Entry struct {
	At        time.Time  `json:"at"`
	AlertID   string     `json:"alert"`
	Event     AlertEvent `json:"event,omitempty"` // "" for an act of a person
	What      Reason     `json:"what,omitempty"`  // why, or which act
	By        string     `json:"by,omitempty"`    // e-mail, or the name of a program
	To        string     `json:"to,omitempty"`    // whom it was given to
	Until     time.Time  `json:"until,omitzero"`  // of a snooze
	Severity  Severity   `json:"severity,omitempty"`
	Rose      bool       `json:"rose,omitempty"`
	Broadcast bool       `json:"broadcast,omitempty"` // shown in the channel as well: Slack tells nobody of an edit
}

// Occasion is why a message tells many alerts at once, or tells of what is
// no alert. The zero value: the destination had fallen behind.
type Occasion struct {
	Why       Reason    `json:"why,omitempty"`       // what they had waited for: ReasonOutsideHours, ReasonDailyDigest, ReasonFirstContact, ...
	Since     time.Time `json:"since,omitzero"`      // since when they waited
	Until     time.Time `json:"until,omitzero"`      // of a notice about the budget: when the digest has what is held back
	Recovered int       `json:"recovered,omitempty"` // how many recovered before they were told
	Date      string    `json:"date,omitempty"`      // of a digest: its local date
	Late      bool      `json:"late,omitempty"`      // of a digest: the server was down when it was due
	Surge     string    `json:"surge,omitempty"`     // of a notice about many at once
	By        string    `json:"by,omitempty"`        // of a client's state sent by hand: who asked
	Trial     *Trial    `json:"trial,omitempty"`     // of a test: the template that is tried
	Digest    string    `json:"digest,omitempty"`    // of a digest that says more than what waited: its id
}

// MessageKind says what a message tells.
type MessageKind string

// A Thread is the one living message about one client at one destination. A
// summary names many clients. A notice says that many moved at once and are
// held. A portrait is a client's state, sent by hand. A test shows that the
// line works.
const (
	Thread   MessageKind = "thread"
	Summary  MessageKind = "summary"
	Notice   MessageKind = "notice"
	Portrait MessageKind = "portrait"
	Test     MessageKind = "test"
)

// Notification is the promise to tell one change of one alert at one
// destination, and what became of it.
type Notification struct {
	Workspace   string
	ID          string
	AlertID     string // "" for a test
	ClientID    string
	MessageID   string // the Thread or test that carries it
	Destination Destination
	Event       AlertEvent
	Severity    Severity
	Revision    int64 // the message's revision that says it
	Status      NotificationStatus
	Reason      Reason
	Detail      string // what a person can do, when they must
	Attempts    int
	Repeated    bool
	CreatedAt   time.Time
	DeliveredAt time.Time
	Hold        Hold // while Status is Held
}

// Hold is why a notification is not sent yet. What is held is told when its
// time comes, if it is still so, or shown as recovered before it was.
type Hold struct {
	Intended Destination // the place as it was chosen; Destination is where that leads
	Since    time.Time   // by the workspace's clock
	Until    time.Time   // by the workspace's clock
	Surge    string      // that it waits for, when many moved at once
}

// AlertEvent is the change of an alert that is told.
type AlertEvent string

// What can be told of an alert.
const (
	Opened    AlertEvent = "opened"
	Worsened  AlertEvent = "worsened"
	Eased     AlertEvent = "eased" // a part of it is over: messages say so, and nobody is called
	Resolved  AlertEvent = "resolved"
	Reminded  AlertEvent = "reminded"  // its snooze is over and it is still bad
	Escalated AlertEvent = "escalated" // nobody took it up
	Sample    AlertEvent = "sample"    // a test message, or a state sent by hand
	Digested  AlertEvent = "digest"    // a digest
)

// NotificationStatus is what became of a notification.
type NotificationStatus string

// A notification waits until it is delivered or dead. A dead one is kept and
// can be sent again. One that is held waits for its time; it is spared when
// its alert ends before, or a person discards it.
const (
	Held      NotificationStatus = "held"
	Waiting   NotificationStatus = "waiting"
	Delivered NotificationStatus = "delivered"
	Dead      NotificationStatus = "dead"
	Spared    NotificationStatus = "spared"
)
