package stanna

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Event is something that happened here and that other programs, or those who
// keep the server, may hear of. It is written in the transaction of the deed
// and never changed, so that it is the same however often it is sent.
type Event struct {
	Workspace string
	ID        string // msg_…; receivers know a repeat by it
	Type      EventType
	At        time.Time       // by the workspace's clock
	Subject   string          // what it is about; events of one subject arrive in their order
	Text      string          // one sentence, for people; "" where Data says it all
	Data      json.RawMessage // an object
}

// EventType names what happened.
type EventType string

// The types of event. Those of alerts and digests are for programs that work
// on; the others are for those who keep the connection working, and say of
// themselves that they are notices.
const (
	AlertOpened  EventType = "alert.opened"
	AlertUpdated EventType = "alert.updated" // it got worse, was assigned or snoozed, or people were reminded of it
	AlertTakenUp EventType = "alert.taken_up"
	AlertClosed  EventType = "alert.closed"
	DigestSent   EventType = "digest.sent"

	DeliveryFailed     EventType = "delivery.failed" // for good: a message is dead until somebody sends it again
	ConnectionBroken   EventType = "connection.broken"
	ConnectionRestored EventType = "connection.restored"
	ChannelBroken      EventType = "channel.broken"
	LanePaused         EventType = "lane.paused"  // a road is closed for now; what it carries waits
	LaneResumed        EventType = "lane.resumed" // and open again
	SourceSilent       EventType = "source.silent"
	EndpointTest       EventType = "test" // somebody tries an endpoint; it is tried once
)

var eventSentences = map[EventType]string{
	AlertOpened:        "An alert has opened, also one of which people are told later or not at all, because it is silenced or held.",
	AlertUpdated:       "An alert got worse by a step, rose in severity, was assigned or snoozed, or people were reminded of it; its reason says which.",
	AlertTakenUp:       "Somebody is on an alert.",
	AlertClosed:        "An alert has closed: it recovered, time ended it, or a person did.",
	DigestSent:         "A digest was posted in Slack.",
	DeliveryFailed:     "A message, or an event for an endpoint, could not be delivered, and is not tried any more.",
	ConnectionBroken:   "A connection does not work until a person mends it.",
	ConnectionRestored: "The connection works again.",
	ChannelBroken:      "Nothing can be sent to a Slack channel that was chosen.",
	LanePaused:         "A road is closed for now, and what it carries waits: an endpoint is paused, or Slack has not answered for ten minutes.",
	LaneResumed:        "The road is open again.",
	SourceSilent:       "A source has been silent for longer than it may.",
	EndpointTest:       "Somebody tries an endpoint.",
}

// Sentence says to a person when the event is told.
func (t EventType) Sentence() string { return eventSentences[t] }

// EventTypes lists the types that an endpoint may ask for, in the order in
// which they are shown.
func EventTypes() []EventType {
	return []EventType{AlertOpened, AlertUpdated, AlertTakenUp, AlertClosed, DigestSent, DeliveryFailed,
		ConnectionBroken, ConnectionRestored, ChannelBroken, LanePaused, LaneResumed, SourceSilent}
}

// Notice says whether the event tells of trouble with Stanna or its
// connections, which somebody has to mend.
func (t EventType) Notice() bool {
	return slices.Index(EventTypes(), t) >= slices.Index(EventTypes(), DeliveryFailed)
}

// Over says whether the event tells that trouble is over.
func (t EventType) Over() bool { return t == ConnectionRestored || t == LaneResumed }

// Notices are the event types that tell of trouble, and of its end.
func Notices() []EventType {
	return slices.DeleteFunc(EventTypes(), func(t EventType) bool { return !t.Notice() })
}

// NewEvent completes an event with its data, which is written as JSON.
func NewEvent(e Event, data any) (Event, error) {
	b, err := json.Marshal(data)
	if err != nil {
		return e, fmt.Errorf("the data of %s about %s: %w", e.Type, e.Subject, err)
	}
	e.Data = b
	return e, nil
}
