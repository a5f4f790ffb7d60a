package stanna

import (
	"cmp"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Endpoint is where events go: a web address that takes signed webhooks
// (https://www.standardwebhooks.com), or a person's mailbox, which takes
// notices in words.
type Endpoint struct {
	Workspace string
	ID        string // ep_…
	Name      string
	Address   Secret      // https://… (its query may hold a token), or mailto:ops@acme.com
	Types     []EventType // which it gets

	Secret        Secret // signs; "" for a mailbox
	Previous      Secret // signs as well, until PreviousUntil
	PreviousUntil time.Time

	Paused       Reason    // "" = it works; what happens meanwhile waits
	PausedAt     time.Time //
	FailingSince time.Time // since when nothing has arrived, though tried; zero: the last try arrived
	Version      int64
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Endpoints of a workspace, and limits of one.
const (
	MaxEndpoints    = 50
	maxEndpointName = 60
)

// RotationOverlap is how long both secrets sign (or are accepted) after a
// rotation, unless somebody chose another time.
const RotationOverlap = 24 * time.Hour

// Secrets are those that sign now, the newest first.
func (e Endpoint) Secrets(now time.Time) []Secret {
	list := []Secret{e.Secret}
	if e.Previous != "" && now.Before(e.PreviousUntil) {
		list = append(list, e.Previous)
	}
	return list
}

// Mailbox gives the e-mail address of an endpoint that is one.
func (e Endpoint) Mailbox() (address string, ok bool) {
	return strings.CutPrefix(e.Address.Reveal(), "mailto:")
}

// Place is the address without its query, for who may see the endpoint. The
// path may be secret too, so that others are told the Title.
func (e Endpoint) Place() string {
	place, _, _ := strings.Cut(e.Address.Reveal(), "?")
	return place
}

// Title is what people call the endpoint: its name, else where it is.
func (e Endpoint) Title() string {
	if box, is := e.Mailbox(); is {
		return cmp.Or(e.Name, box)
	}
	u, err := url.Parse(e.Place())
	if err != nil {
		return cmp.Or(e.Name, e.ID)
	}
	return cmp.Or(e.Name, u.Hostname(), e.ID)
}

// Gets says whether the endpoint asked for the type. Its own test reaches
// every one.
func (e Endpoint) Gets(t EventType) bool { return slices.Contains(e.Types, t) }

// Road is the way to the endpoint, by which notices speak of it.
func (e Endpoint) Road() string {
	if _, mailbox := e.Mailbox(); mailbox {
		return "mail:" + e.ID
	}
	return "webhook:" + e.ID
}

// Lane is the lane of that road.
func (e Endpoint) Lane() string { return e.Workspace + "/" + e.Road() }

// Validate says what is wrong with the endpoint, or nil. Whether its web
// address may be called is for the road to say.
func (e Endpoint) Validate() error {
	if len(e.Name) > maxEndpointName {
		return InvalidField("name", "is longer than %d bytes", maxEndpointName)
	}
	if len(e.Types) == 0 {
		return InvalidField("types", "choose at least one of %s", typeNames(EventTypes()))
	}
	for _, t := range e.Types {
		if !slices.Contains(EventTypes(), t) {
			return InvalidField("types", "%q is none; they are %s", clip(string(t), 60), typeNames(EventTypes()))
		}
	}
	if box, is := e.Mailbox(); is {
		if a, err := mail.ParseAddress(box); err != nil || a.Address != box {
			return InvalidField("address", "%q is no e-mail address", clip(box, 100))
		}
		for _, t := range e.Types {
			if !t.Notice() {
				return InvalidField("types", "%s is not for a mailbox: alerts are told in Slack; e-mail takes %s", t, typeNames(Notices()))
			}
		}
	}
	return nil
}

func typeNames(list []EventType) string {
	names := make([]string, len(list))
	for i, t := range list {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}

// Delivery is one event on its way to one endpoint, and what became of it.
type Delivery struct {
	Workspace  string
	ID         string // dlv_…
	EndpointID string
	Event      Event
	State      DeliveryState
	Attempts   []Attempt // oldest first; the latest MaxAttempts
	Tried      int       // how often, in all
	NextAt     time.Time // of one that waits
	CreatedAt  time.Time
	EndedAt    time.Time
}

// MaxAttempts is how many attempts a delivery remembers.
const MaxAttempts = 20

// DeliveryState is where a delivery is in its life.
type DeliveryState string

// waiting → delivered or failed; sent again, it waits again.
const (
	DeliveryWaiting DeliveryState = "waiting"
	DeliveryArrived DeliveryState = "delivered"
	DeliveryLost    DeliveryState = "failed" // for good: the schedule is at its end, or the endpoint is gone
)

// Attempt is one try of a delivery: what was answered, and how quickly.
type Attempt struct {
	At     time.Time     `json:"at"`
	Status int           `json:"status,omitempty"` // HTTP's; 0: no answer
	Took   time.Duration `json:"took"`
	Answer string        `json:"answer,omitempty"` // the beginning of the answer
	Error  string        `json:"error,omitempty"`  // what went wrong, for people
}

// DeliveryJob is the kind of job that wakes the lane of an endpoint, its Ref,
// when one of its deliveries is due. There is one of them however many wait.
const DeliveryJob = "delivery"
