package stripe

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// News is what an event, or an object that was read, says to us.
type News struct {
	ID         string // of the object: cus_…, sub_…, in_…, ch_…, pi_…, dp_…
	Kind       Kind
	Why        string // why it says nothing, when Kind is ""
	CustomerID string // "" of a dispute and a charge of which Stripe must be asked
	At         time.Time
	Since      time.Time // when the object was made; zero: not said

	Customer     *Customer     // of a customer
	Subscription *Subscription // of a subscription
	Payment      *Payment      // of a payment
}

// Kind is what news are about; "" when they say nothing to us.
type Kind string

// The kinds of news.
const (
	CustomerNews     Kind = "customer"
	SubscriptionNews Kind = "subscription"
	PaymentNews      Kind = "payment"
)

// Payment is a payment that failed, or one that is not owed any more.
type Payment struct {
	Failed    *stanna.PaymentFailed
	Recovered *stanna.PaymentRecovered
	Trail     Trail
	Unsure    bool // whether it is so at all is for Stripe to say; see Complete
}

// Trail is where Stripe keeps more of a payment.
type Trail struct {
	Charge        string // ch_…
	PaymentIntent string // pi_…
	Invoice       string // in_…
}

// NewsOf is what an object says that was read at a time.
func NewsOf(o json.RawMessage, at time.Time) (News, error) {
	return Event{Object: o, Created: at}.News()
}

// Incomplete says that the object left out what Stripe must be asked for: see
// [API.Complete].
func (n News) Incomplete() bool {
	switch {
	case n.Subscription != nil:
		return n.Subscription.Unresolved()
	case n.Payment == nil:
		return false
	case n.CustomerID == "" || n.Payment.Unsure:
		return true
	}
	f := n.Payment.Failed
	return f != nil && f.Status != stanna.PaymentDisputed && f.Attempt > 0 && f.Decline == "" && f.Code == "" && n.Payment.Trail != Trail{}
}

// News is what the event says to us. The error is Invalid: its object is
// not one that Stripe sends.
func (e Event) News() (News, error) {
	n := News{At: e.Created}
	if e.thin {
		return n.nothing("not used: it is a thin event, which names an object and carries none"), nil
	}
	o, err := readObject(e.Object)
	if err != nil {
		return n, err
	}
	if n.ID = o.id("id"); n.ID == "" {
		return n.nothing("not used: its object has no id"), nil
	}
	n.Since = o.when("created")
	what, happened := e.subject(o)
	at := place{account: e.Account, test: e.Type != "" && !e.Livemode}
	if o.has("livemode") {
		at.test = !o.flag("livemode")
	}
	switch what {
	case "customer":
		c := readCustomer(o, at)
		c.Deleted = c.Deleted || happened == "deleted"
		n.Kind, n.CustomerID, n.Customer = CustomerNews, n.ID, &c
	case "subscription":
		s := readSubscription(o, at)
		n.Kind, n.CustomerID, n.Subscription = SubscriptionNews, s.CustomerID, &s
		if n.CustomerID == "" {
			return n.nothing("not used: the subscription names no customer"), nil
		}
	case "invoice":
		return n.ofInvoice(happened, o, at)
	case "charge":
		return n.ofCharge(happened, o, at)
	case "dispute":
		return n.ofDispute(happened, o, at)
	case "payment_intent":
		return n.ofIntent(o), nil
	default:
		return n.nothing("not used: " + unused(e.Type)), nil
	}
	return n, nil
}

// subject is what kind of object the event is about, and what happened to it;
// "" when we do not use it.
func (e Event) subject(o object) (what, happened string) {
	if e.Type == "" {
		return o.word("object"), ""
	}
	if !slices.Contains(EventTypes(), e.Type) && e.Type != "invoice.payment_succeeded" { // which says the same as invoice.paid
		return "", ""
	}
	steps := strings.Split(e.Type, ".")
	return steps[len(steps)-2], steps[len(steps)-1]
}

// unused says why a type of event says nothing to us.
func unused(kind string) string {
	switch kind {
	case "":
		return "it is no customer, subscription, invoice, charge or dispute"
	case "payment_intent.payment_failed", "payment_intent.succeeded", "payment_intent.requires_action":
		return "its charge or its invoice says the same"
	case "customer.subscription.trial_will_end":
		return "the trial goes on until the subscription changes"
	case "charge.refunded", "charge.refund.updated", "refund.created", "refund.updated":
		return "what is given back was paid"
	case "invoice.created", "invoice.finalized", "invoice.sent", "invoice.upcoming", "invoice.will_be_due":
		return "the invoice is not due yet"
	}
	return "events of type " + line(kind, 100) + " say nothing of a customer, a subscription or a failed payment"
}

func (n News) nothing(why string) News {
	return News{ID: n.ID, At: n.At, Why: why}
}
