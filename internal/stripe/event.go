package stripe

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Event is something that happened at Stripe. One without a Type is an object
// that was read, as it stood at Created.
type Event struct {
	ID         string // evt_…
	Type       string // invoice.payment_failed
	Account    string // acct_… of a connected account; "": the endpoint's own
	APIVersion string // the form that Object has; "" when not said
	Created    time.Time
	Livemode   bool            // not of test mode
	Object     json.RawMessage // as it was then
	Previous   json.RawMessage // the fields of Object that changed, as they were; nil when not said

	thin bool // it names an object and carries none
}

// ReadEvent reads the body of a webhook, in the form of any API version. The
// caller bounds its size.
func ReadEvent(body []byte) (Event, error) {
	o, err := readObject(body)
	if err != nil {
		return Event{}, stanna.Errorf(stanna.Invalid, "this is no event of Stripe's: it is not one JSON object")
	}
	e := Event{
		ID: o.id("id"), Type: o.text("type"), Account: o.id("account"), APIVersion: o.text("api_version"),
		Created: o.when("created"), Livemode: o.flag("livemode"),
	}
	kind := o.text("object")
	e.thin = strings.HasPrefix(kind, "v2.")
	switch {
	case kind != "event" && !e.thin:
		return Event{}, stanna.Errorf(stanna.Invalid, "this is no event of Stripe's: its object is not \"event\"")
	case e.ID == "" || e.Type == "" || e.Created.IsZero():
		return Event{}, stanna.Errorf(stanna.Invalid, "this event of Stripe's has no id, type or created")
	case e.thin:
		return e, nil
	case o.object("data", "object") == nil:
		return Event{}, stanna.Errorf(stanna.Invalid, "this event of Stripe's has no object in data")
	}
	e.Object, e.Previous = o.raw("data", "object"), o.raw("data", "previous_attributes")
	return e, nil
}

// EventTypes are the events that we want an endpoint to be sent.
func EventTypes() []string {
	return []string{
		"charge.dispute.closed", "charge.dispute.created", "charge.dispute.funds_reinstated", "charge.dispute.funds_withdrawn", "charge.dispute.updated",
		"charge.failed", "charge.succeeded",
		"customer.created", "customer.deleted", "customer.updated",
		"customer.subscription.created", "customer.subscription.deleted", "customer.subscription.paused", "customer.subscription.resumed",
		"customer.subscription.updated",
		"invoice.deleted", "invoice.marked_uncollectible", "invoice.overdue", "invoice.paid", "invoice.payment_action_required",
		"invoice.payment_failed", "invoice.updated", "invoice.voided",
		"payment_intent.canceled",
	}
}
