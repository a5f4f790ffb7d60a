package stanna

import (
	"strings"
	"time"
)

// Lane is one ordered road to one destination, worked by one holder at a
// time. Its name begins with the workspace: "acme.com/slack:T123:C456".
type Lane struct {
	Name      string
	NotBefore time.Time // pace, Retry-After or back-off: no work before
	Epoch     int64     // rises with every claim; a holder of an old epoch may write nothing
	Failures  int       // in a row
	Memo      string    // what its worker wants to remember
	Paused    Reason    // "" = running
}

// Workspace is the workspace that the lane belongs to.
func (l Lane) Workspace() string { ws, _, _ := strings.Cut(l.Name, "/"); return ws }

// Road is the lane's name without the workspace: the destination, or what
// kind of timer it is.
func (l Lane) Road() string { _, road, _ := strings.Cut(l.Name, "/"); return road }

// Gate is what the lane shares with others: those of one Slack team share its
// circuit. "" when it shares nothing.
func (l Lane) Gate() string {
	if team, _, ok := Destination(l.Road()).Slack(); ok {
		return "slack:" + team
	}
	return ""
}

// Job is one piece of work on a lane.
type Job struct {
	ID        string
	Lane      string
	Kind      string
	Ref       string // what it is about; two waiting jobs of one kind and ref are one
	Priority  int    // higher is more urgent, within the worker's own order
	Due       time.Time
	Attempt   int // how often it was begun
	State     JobState
	LastError string
	CreatedAt time.Time
}

// MessageJob is the kind of job that makes a message true; its Ref is the
// message.
const MessageJob = "message"

// RedrawJob is the kind of job that looks whether a message that stands would
// look otherwise now, and then writes it anew; its Ref is the message's id.
// Nothing has happened that anybody is to be told.
const RedrawJob = "redraw"

// JobState is where a job is in its life.
type JobState string

// waiting → sending → done or dead; sending → waiting again to retry.
const (
	JobWaiting JobState = "waiting"
	JobSending JobState = "sending"
	JobDone    JobState = "done"
	JobDead    JobState = "dead"
)

// LogJob is the kind of job that writes what is new in a workspace's audit
// trail to the event log.
const LogJob = "log"

// LogLane is the lane of a workspace's event log.
func LogLane(workspace string) string { return workspace + "/log:events" }
