package stripe

import (
	"context"
	"net/url"
)

// Decline asks why a payment failed. Without an answer it is empty.
func (a API) Decline(ctx context.Context, t Trail) (Decline, error) {
	v, err := a.verdict(ctx, t)
	return v.decline, err
}

// verdict is what came of a payment.
type verdict struct {
	decline  Decline
	underway bool
}

func ofIntent(o object) verdict {
	status := o.word("status")
	return verdict{intentDecline(o), status == "processing" || status == "succeeded" || status == "requires_capture"}
}

// verdict looks at the payment intent, else the charge, else the payments of
// the invoice: newer API versions name neither at the invoice.
func (a API) verdict(ctx context.Context, t Trail) (verdict, error) {
	switch {
	case t.PaymentIntent != "":
		o, err := a.get(ctx, "payment_intents", t.PaymentIntent)
		return ofIntent(o), err
	case t.Charge != "":
		c, err := a.Charge(ctx, t.Charge)
		return verdict{c.Decline, c.Status == "pending" || c.Status == "succeeded"}, err
	case t.Invoice == "":
		return verdict{}, nil
	}
	payments, err := a.payments(ctx, url.Values{"invoice": {t.Invoice}, "expand[]": {"data.payment.payment_intent"}})
	if err != nil {
		return verdict{}, err
	}
	for _, p := range payments {
		if p.word("status") == "canceled" {
			continue
		}
		if o := p.object("payment", "payment_intent"); o != nil {
			return ofIntent(o), nil
		}
		if next := (Trail{PaymentIntent: p.id("payment", "payment_intent"), Charge: p.id("payment", "charge")}); next != (Trail{}) {
			return a.verdict(ctx, next)
		}
	}
	return verdict{}, nil
}

// InvoiceOf is the invoice that a payment intent is to pay; "" when it is of
// none.
func (a API) InvoiceOf(ctx context.Context, intent string) (string, error) {
	payments, err := a.payments(ctx, url.Values{"payment[type]": {"payment_intent"}, "payment[payment_intent]": {intent}})
	for _, p := range payments {
		if id := p.id("invoice"); id != "" {
			return id, nil
		}
	}
	return "", err
}

// payments reads which payments go with which invoices, the newest first.
// https://docs.stripe.com/api/invoice-payment
func (a API) payments(ctx context.Context, query url.Values) ([]object, error) {
	query.Set("limit", "10")
	found, _, err := a.page(ctx, "/v1/invoice_payments", query)
	var all []object
	for _, raw := range found {
		if o, err := readObject(raw); err == nil {
			all = append(all, o)
		}
	}
	return all, err
}
