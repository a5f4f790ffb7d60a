package stripe

import (
	"math/big"
	"time"

	"github.com/gostanna/stanna"
)

// invoice is what a customer was asked to pay.
type invoice struct {
	id, customer, subscription string
	status                     string   // draft, open, paid, uncollectible or void
	owed                       *big.Rat // in Stripe's minor unit
	currency                   string
	attempts                   int
	attempted                  bool
	automatic                  bool      // Stripe collects it; else the customer pays it
	next                       time.Time // the next attempt; zero: none is planned
	dueDate                    time.Time // until when the customer has to pay it
	contact                    string
	decline                    Decline // only where the payment came with it
	trail                      Trail
	url                        string
}

func readInvoice(o object, at place) invoice {
	i := invoice{
		id: o.id("id"), customer: o.id("customer"), subscription: o.id("subscription"), status: o.word("status"),
		attempted: o.flag("attempted"), automatic: o.word("collection_method") != "send_invoice" && o.word("billing") != "send_invoice",
		next: o.when("next_payment_attempt"), dueDate: o.when("due_date"),
		contact: contact(o.text("customer_name"), o.text("customer_email")),
	}
	if i.subscription == "" {
		i.subscription = o.id("parent", "subscription_details", "subscription")
	}
	if attempts, ok := o.whole("attempt_count"); ok && attempts > 0 {
		i.attempts = int(min(attempts, 1000))
	}
	if i.status == "" { // before invoices had one
		switch {
		case o.flag("paid"):
			i.status = "paid"
		case o.flag("forgiven"):
			i.status = "uncollectible"
		default:
			i.status = "open"
		}
	}
	i.owed, i.currency = o.decimal("amount_remaining"), o.currency("currency") // less than what was due, when a part is paid
	if i.owed == nil || i.owed.Sign() <= 0 {
		i.owed = o.decimal("amount_due")
	}
	i.trail = Trail{Charge: o.id("charge"), PaymentIntent: o.id("payment_intent"), Invoice: i.id}
	if intent := o.object("payment_intent"); intent != nil {
		i.decline = intentDecline(intent)
	} else if charge := o.object("charge"); charge != nil {
		i.decline = chargeDecline(charge)
	}
	for _, p := range o.list("payments") { // where it was asked for
		if i.trail.PaymentIntent == "" {
			i.trail.PaymentIntent = p.id("payment", "payment_intent")
		}
	}
	i.url = at.of("invoices", i.id)
	return i
}

// settled says whether nothing of it is owed any more.
func (i invoice) settled() bool { return i.status == "paid" || i.status == "void" }

// pastDue says whether it is open and its time is over: the date until when
// it was to be paid has passed, Stripe has made its last attempt in vain, or
// the company wrote it off.
//
// The subscription's own past_due is not asked: it is so from the first
// attempt on, which a retry may still make good.
func (i invoice) pastDue(now time.Time) bool {
	return i.status == "uncollectible" || i.status == "open" &&
		(!i.dueDate.IsZero() && i.dueDate.Before(now) || i.automatic && i.attempts > 1 && i.next.IsZero())
}

// failed is the invoice as a failed payment.
func (i invoice) failed(now time.Time) (*stanna.PaymentFailed, error) {
	due, err := money(i.owed, i.currency)
	if err != nil {
		return nil, err
	}
	f := &stanna.PaymentFailed{
		Amount: due.Amount(), Currency: due.Currency, Attempt: i.attempts, Status: stanna.PaymentFailing,
		Decline: i.decline.Kind, Code: i.decline.Code, Invoice: i.id, Contact: i.contact, URL: i.url, NextAttempt: stamp(i.next),
	}
	if i.pastDue(now) {
		f.Status = stanna.PaymentPastDue
	}
	return f, nil
}

// stamp is a time as facts carry it.
func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}
