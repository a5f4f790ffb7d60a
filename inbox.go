package stanna

import (
	"encoding/json"
	"time"
)

// Parcel is a body that another tool sent, as it came: it is stored before
// the tool is answered, and opened on its source's lane.
type Parcel struct {
	Workspace string
	ID        string // in_…
	SourceID  string // src_…, or StripeSource
	Key       string // the sender's id of it, by which a repeat is known; "": it has none
	CameAt    time.Time
	Headers   map[string]string // the few that a mapping may want; none that authenticate
	Body      []byte
	State     ParcelState
	Attempt   int
	Result    ParcelResult
	OpenedAt  time.Time
}

// StripeSource is the source id of Stripe's own events.
const StripeSource = "stripe"

// ParcelState is what became of a parcel.
type ParcelState string

// waiting → done, passed or failed. One that failed, because the mapping or a
// client is missing, can be opened again.
const (
	ParcelWaiting ParcelState = "waiting"
	ParcelDone    ParcelState = "done"
	ParcelPassed  ParcelState = "passed" // it says nothing to us; the result says why
	ParcelFailed  ParcelState = "failed" // something in it could not be taken; what could was
)

// ParcelResult is what a parcel led to.
type ParcelResult struct {
	Signals    int             `json:"signals,omitempty"`    // accepted, late or backfill
	Duplicates int             `json:"duplicates,omitempty"` //
	Clients    int             `json:"clients,omitempty"`    // made or changed
	Acts       int             `json:"acts,omitempty"`       // done
	Alerts     []string        `json:"alerts,omitempty"`     // that it opened, changed or closed
	Passed     []string        `json:"passed,omitempty"`     // why items of it say nothing
	Errors     []string        `json:"errors,omitempty"`     // what is wrong with items of it
	Details    json.RawMessage `json:"details,omitempty"`
}

// MaxParcel is the largest body that is taken from another tool, in bytes.
const MaxParcel = 1 << 20

// ParcelJob is the kind of job that opens a parcel; its Ref is the parcel.
const ParcelJob = "parcel"

// SourceLane is the lane on which the parcels of a source are opened, one
// after the other.
func SourceLane(workspace, source string) string { return workspace + "/source:" + source }
