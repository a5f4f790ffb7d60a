package stripe

import (
	"cmp"

	"github.com/gostanna/stanna"
)

// Charge is one try to get money.
type Charge struct {
	ID              string // ch_… or py_…
	CustomerID      string // "": of a guest
	PaymentIntentID string // pi_…, under which it is tried again; "" of an old one
	InvoiceID       string // what it was to pay; see InvoiceKnown
	InvoiceKnown    bool   // newer API versions do not say whether there is an invoice
	Status          string // succeeded, pending or failed
	Decline         Decline
	Contact         string // whom the bill goes to
	URL             string // in Stripe's dashboard

	object object
}

func readCharge(o object, at place) Charge {
	c := Charge{
		ID: o.id("id"), CustomerID: o.id("customer"), PaymentIntentID: o.id("payment_intent"), InvoiceID: o.id("invoice"),
		InvoiceKnown: o.has("invoice"), Status: o.word("status"), Decline: chargeDecline(o), object: o,
		Contact: contact(o.text("billing_details", "name"), cmp.Or(o.text("billing_details", "email"), o.text("receipt_email"))),
	}
	c.URL = at.of("payments", cmp.Or(c.PaymentIntentID, c.ID))
	return c
}

// bill is what a payment without an invoice is known by: what stays the same
// when it is tried again.
func (c Charge) bill() string { return cmp.Or(c.PaymentIntentID, c.ID) }

// failed is the charge as a failed payment of its own.
func (c Charge) failed() (*stanna.PaymentFailed, error) {
	m, err := money(c.object.decimal("amount"), c.object.currency("currency"))
	if err != nil {
		return nil, err
	}
	return &stanna.PaymentFailed{
		Amount: m.Amount(), Currency: m.Currency, Status: stanna.PaymentFailing, Decline: c.Decline.Kind, Code: c.Decline.Code,
		Invoice: c.bill(), Contact: c.Contact, URL: c.URL,
	}, nil
}
