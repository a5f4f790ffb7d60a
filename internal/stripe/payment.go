package stripe

import (
	"github.com/gostanna/stanna"
)

// ofInvoice is what happened to an invoice; happened is "" when it was read.
func (n News) ofInvoice(happened string, o object, at place) (News, error) {
	i := readInvoice(o, at)
	if i.customer == "" {
		return n.nothing("not used: the invoice names no customer"), nil
	}
	n.Kind, n.CustomerID, n.Payment = PaymentNews, i.customer, &Payment{Trail: i.trail}
	switch happened {
	case "paid", "payment_succeeded", "voided", "deleted":
		n.Payment.Recovered = &stanna.PaymentRecovered{Invoice: i.id}
		return n, nil
	}
	if i.settled() {
		n.Payment.Recovered = &stanna.PaymentRecovered{Invoice: i.id}
		return n, nil
	}
	if i.status == "draft" {
		return n.nothing("not used: the invoice is a draft"), nil
	}
	n, err := n.failing(i.failed(n.At))
	if err != nil {
		return n, err
	}
	failed := n.Payment.Failed
	switch happened {
	case "payment_failed":
	case "payment_action_required":
		d := declined("", "authentication_required")
		failed.Decline, failed.Code = d.Kind, d.Code
	case "overdue", "marked_uncollectible":
		failed.Status = stanna.PaymentPastDue
	default:
		pastDue, tried := failed.Status == stanna.PaymentPastDue, i.automatic && i.attempted && i.attempts > 0
		switch n.Payment.Unsure = i.inTheAir(); {
		case pastDue:
		case happened == "updated":
			return n.nothing("not used: the invoice is open and not past due; that a payment fails is told by itself"), nil
		case !tried:
			return n.nothing("not used: the invoice is open, and neither due nor tried yet"), nil
		}
	}
	return n, nil
}

// inTheAir says whether an open invoice that was tried may still be under
// way: a bank debit takes days, in which no other attempt is planned.
func (i invoice) inTheAir() bool {
	return i.status == "open" && i.automatic && i.attempted && i.next.IsZero() && i.dueDate.IsZero()
}

// ofCharge is what came of a charge. That of an invoice says nothing: the
// invoice says it. Where the API version does not tell, Stripe must be asked.
func (n News) ofCharge(happened string, o object, at place) (News, error) {
	c := readCharge(o, at)
	n.Kind, n.CustomerID = PaymentNews, c.CustomerID
	n.Payment = &Payment{Trail: Trail{Charge: c.ID, PaymentIntent: c.PaymentIntentID}, Unsure: !c.InvoiceKnown && c.PaymentIntentID != ""}
	switch {
	case c.InvoiceID != "":
		return n.nothing("not used: the charge is of an invoice, which says it"), nil
	case c.CustomerID == "":
		return n.nothing("not used: the charge is of a guest"), nil
	case happened == "succeeded", happened == "" && c.Status == "succeeded":
		if c.PaymentIntentID == "" {
			return n.nothing("not used: the charge was never tried before"), nil
		}
		n.Payment.Recovered = &stanna.PaymentRecovered{Invoice: c.bill()}
		return n, nil
	case happened == "failed", c.Status == "failed":
		return n.failing(c.failed())
	}
	return n.nothing("not used: the charge is under way"), nil
}

// ofIntent is a payment that was given up before it was made.
func (n News) ofIntent(o object) News {
	n.Kind, n.CustomerID = PaymentNews, o.id("customer")
	switch {
	case n.CustomerID == "":
		return n.nothing("not used: the payment is of a guest")
	case o.word("status") != "canceled":
		return n.nothing("not used: its charge or its invoice says the same")
	case o.id("invoice") != "":
		return n.nothing("not used: the payment is of an invoice, which says it")
	}
	n.Payment = &Payment{Recovered: &stanna.PaymentRecovered{Invoice: n.ID}, Trail: Trail{PaymentIntent: n.ID}}
	return n
}

// ofDispute is what became of a dispute. One that is lost stays as it is,
// with nothing to answer any more: the money is gone, so that nothing was
// recovered, and a person decides what follows. One that was lost long ago,
// when it is read, is no news.
func (n News) ofDispute(happened string, o object, at place) (News, error) {
	d := readDispute(o, at)
	n.Kind, n.CustomerID, n.Payment = PaymentNews, d.customer, &Payment{Trail: d.trail}
	switch {
	case n.CustomerID == "" && d.trail == Trail{}:
		return n.nothing("not used: the dispute names no charge"), nil
	case happened == "" && d.status == "lost":
		return n.nothing("not used: the dispute was lost, and there is nothing left to do"), nil
	case d.over(), happened == "funds_reinstated" && d.status != "lost":
		n.Payment.Recovered = &stanna.PaymentRecovered{Invoice: d.id}
	default:
		return n.failing(d.failed())
	}
	return n, nil
}

func (n News) failing(f *stanna.PaymentFailed, err error) (News, error) {
	n.Payment.Failed = f
	return n, err
}
