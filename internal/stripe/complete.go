package stripe

import "context"

// Complete asks Stripe for what the object of some news left out, and gives
// the news whole; they may turn out to say nothing. It makes a few calls, and
// none when the news are not [News.Incomplete]. Why a payment was declined
// stays open ("") where Stripe does not say; that alone is no error. With an
// error the news are as they were: try again, or use what they say.
func (a API) Complete(ctx context.Context, n News) (News, error) {
	switch {
	case !n.Incomplete():
		return n, nil
	case n.Subscription != nil:
		s, err := a.resolve(ctx, *n.Subscription)
		n.Subscription = &s
		return n, err
	case n.CustomerID == "":
		return a.whose(ctx, n)
	case n.Payment.Unsure && n.Payment.Trail.Invoice == "":
		invoice, err := a.InvoiceOf(ctx, n.Payment.Trail.PaymentIntent)
		if err == nil && invoice != "" {
			return n.nothing("not used: the charge is of an invoice, which says it"), nil
		}
		p := *n.Payment
		p.Unsure, n.Payment = err != nil, &p
		return n, err
	}
	return a.why(ctx, n)
}

// whose finds the customer of a dispute.
func (a API) whose(ctx context.Context, n News) (News, error) {
	kind, id := "charges", n.Payment.Trail.Charge
	if id == "" {
		kind, id = "payment_intents", n.Payment.Trail.PaymentIntent
	}
	o, err := a.get(ctx, kind, id)
	if err != nil {
		return n, err
	}
	if n.CustomerID = o.id("customer"); n.CustomerID == "" {
		return n.nothing("not used: what is disputed is of a guest"), nil
	}
	if f := n.Payment.Failed; f != nil && f.Contact == "" {
		whole := *f
		whole.Contact = readCharge(o, a.place()).Contact
		p := *n.Payment
		p.Failed, n.Payment = &whole, &p
	}
	return n, nil
}

// why finds out why an invoice's payment failed, and, where that was not
// sure, whether it did.
func (a API) why(ctx context.Context, n News) (News, error) {
	v, err := a.verdict(ctx, n.Payment.Trail)
	if kind := OutcomeOf(err); err != nil && kind != Gone && (n.Payment.Unsure || kind != Broken && kind != Refused) {
		return n, err
	}
	if n.Payment.Unsure && v.underway {
		return n.nothing("not used: the payment is under way"), nil
	}
	f, p := *n.Payment.Failed, *n.Payment
	f.Decline, f.Code = v.decline.Kind, v.decline.Code
	p.Failed, p.Unsure = &f, false
	n.Payment = &p
	return n, nil
}
