package stripe

import (
	"math/big"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// dispute is a payment that the customer's bank asks back. It names a charge
// and no customer.
type dispute struct {
	id, customer string
	status       string
	reason       string
	amount       *big.Rat // in Stripe's minor unit
	currency     string
	respondBy    time.Time // zero: there is nothing to answer, or not any more
	contact      string
	trail        Trail
	url          string
}

func readDispute(o object, at place) dispute {
	d := dispute{
		id: o.id("id"), customer: o.id("charge", "customer"), status: o.word("status"), reason: o.word("reason"),
		contact: contact(o.text("evidence", "customer_name"), o.text("evidence", "customer_email_address")),
		trail:   Trail{Charge: o.id("charge"), PaymentIntent: o.id("payment_intent")},
		amount:  o.decimal("amount"), currency: o.currency("currency"),
	}
	if strings.HasSuffix(d.status, "needs_response") { // of a chargeback, or of an inquiry before one
		d.respondBy = o.when("evidence_details", "due_by")
	}
	if charge := o.object("charge"); charge != nil && d.contact == "" {
		d.contact = readCharge(charge, at).Contact
	}
	d.url = at.of("disputes", d.id)
	return d
}

// over says whether it ended and the money is the company's.
func (d dispute) over() bool {
	return d.status == "won" || d.status == "warning_closed" || d.status == "prevented"
}

// failed is the dispute as a failed payment. It is tried once.
func (d dispute) failed() (*stanna.PaymentFailed, error) {
	m, err := money(d.amount, d.currency)
	if err != nil {
		return nil, err
	}
	return &stanna.PaymentFailed{
		Amount: m.Amount(), Currency: m.Currency, Attempt: 1, Status: stanna.PaymentDisputed, Code: d.reason,
		Invoice: d.id, Contact: d.contact, RespondBy: stamp(d.respondBy), URL: d.url,
	}, nil
}
