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
	CreatedAt   time.Time
	PostedAt    time.Time
	ClosedAt    time.Time // a closed Thread takes no further alert
}

// MessageKind says what a message tells.
type MessageKind string

// A Thread is the one living message about one client at one destination. A
// summary names many clients. A test shows that the line works.
const (
	Thread  MessageKind = "thread"
	Summary MessageKind = "summary"
	Test    MessageKind = "test"
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
}

// AlertEvent is the change of an alert that is told.
type AlertEvent string

// What can be told of an alert.
const (
	Opened   AlertEvent = "opened"
	Worsened AlertEvent = "worsened"
	Resolved AlertEvent = "resolved"
	Sample   AlertEvent = "sample" // a test message
)

// NotificationStatus is what became of a notification.
type NotificationStatus string

// A notification waits until it is delivered or dead. A dead one is kept and
// can be sent again.
const (
	Waiting   NotificationStatus = "waiting"
	Delivered NotificationStatus = "delivered"
	Dead      NotificationStatus = "dead"
)
