package stanna

import "time"

// Trouble is the data of a notice: what does not work, or works again.
type Trouble struct {
	About   string     `json:"about"`   // slack:T…, slack:T…:C…, webhook:ep_…, mail:ep_…, source:src_…
	Name    string     `json:"name"`    // of it, as people call it
	Since   *time.Time `json:"since"`   // since when it is so
	Waiting int        `json:"waiting"` // how many messages wait for it, if it is a road
	Code    string     `json:"code"`    // Slack's or HTTP's, as it was answered; "" without one
	Repair  string     `json:"repair"`  // what a person does about it; "" nothing

	// Of delivery.failed: what can be sent again.
	NotificationIDs []string `json:"notificationIds,omitempty"`
	DeliveryIDs     []string `json:"deliveryIds,omitempty"`
}

// Notice is the event that tells of it. What happened is said in one
// sentence.
func (t Trouble) Notice(workspace string, kind EventType, at time.Time, sentence string) (Event, error) {
	return NewEvent(Event{Workspace: workspace, Type: kind, At: at, Subject: t.About, Text: sentence}, t)
}

// SinceTime is a time as Trouble and AlertNews carry it; the zero time is
// null.
func SinceTime(at time.Time) *time.Time { return orNull(at.UTC()) }

// PausedNotice is told to the other endpoints when the road to one is closed.
func (e Endpoint) PausedNotice(why Reason, now time.Time) (Event, error) {
	t := Trouble{About: e.Road(), Name: e.Title(), Since: SinceTime(now)}
	if !e.FailingSince.IsZero() {
		t.Since = SinceTime(e.FailingSince)
	}
	if why != ReasonPausedByHand {
		t.Repair = "Mend the receiver, send it a test, and resume it; what waits for it is sent then. What waits for 30 days is given up."
	}
	return t.Notice(e.Workspace, LanePaused, now, "What is for "+e.Title()+" waits. "+why.Sentence())
}

// ResumedNotice is told to them when it is open again.
func (e Endpoint) ResumedNotice(now time.Time) (Event, error) {
	t := Trouble{About: e.Road(), Name: e.Title(), Since: SinceTime(e.PausedAt)}
	return t.Notice(e.Workspace, LaneResumed, now, "What waited for "+e.Title()+" is being sent.")
}
