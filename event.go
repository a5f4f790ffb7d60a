package stanna

import (
	"encoding/json"
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
	Subject   string          // id of what it is about
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
	AlertUpdated EventType = "alert.updated" // it got worse or less bad, was assigned, snoozed, told again
	AlertTakenUp EventType = "alert.taken_up"
	AlertClosed  EventType = "alert.closed"
	DigestSent   EventType = "digest.sent"

	DeliveryFailed     EventType = "delivery.failed" // for good: a message is dead until somebody sends it again
	ConnectionBroken   EventType = "connection.broken"
	ConnectionRestored EventType = "connection.restored"
	ChannelBroken      EventType = "channel.broken"
	LanePaused         EventType = "lane.paused" // a road is closed for now; what it carries waits
	SourceSilent       EventType = "source.silent"
	EndpointTest       EventType = "test"
)

// EventTypes lists the types that an endpoint may ask for, in the order in
// which they are shown.
func EventTypes() []EventType {
	return []EventType{AlertOpened, AlertUpdated, AlertTakenUp, AlertClosed, DigestSent, DeliveryFailed,
		ConnectionBroken, ConnectionRestored, ChannelBroken, LanePaused, SourceSilent}
}

// Notice says whether the event tells of trouble with Stanna or its
// connections, which somebody has to mend.
func (t EventType) Notice() bool {
	return slices.Index(EventTypes(), t) >= slices.Index(EventTypes(), DeliveryFailed)
}

// Notices are the event types that tell of trouble, and of its end.
func Notices() []EventType {
	return slices.DeleteFunc(EventTypes(), func(t EventType) bool { return !t.Notice() })
}
