package source

import (
	"context"
	"net/http"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/stripe"
)

// ReceiveStripe takes in an event of Stripe's for a workspace: checked to be
// signed for its account, stored, and opened at once where that is possible.
// A repeat changes nothing.
func (d *Desk) ReceiveStripe(ctx context.Context, workspace string, h http.Header, body []byte) (p stanna.Parcel, err error) {
	account, ok, err := d.account(ctx, workspace)
	if err != nil {
		return p, err
	}
	if !ok {
		return p, stanna.Errorf(stanna.NotFound, "Stripe is not connected to this workspace; delete the endpoint at Stripe, or connect Stripe again")
	}
	now := d.Clock.Real()
	if err := stripe.Verify(body, h.Get("Stripe-Signature"), d.Signing(account), now); err != nil {
		return p, err
	}
	e, err := stripe.ReadEvent(body)
	if err != nil {
		return p, err
	}
	return d.keep(ctx, stanna.Parcel{Workspace: workspace, ID: store.NewID("in"), SourceID: stanna.StripeSource, Key: e.ID, CameAt: now,
		Headers: map[string]string{"type": e.Type}, Body: body}, true)
}

func (d *Desk) account(ctx context.Context, workspace string) (a stanna.StripeAccount, ok bool, err error) {
	err = d.Store.View(ctx, func(tx *store.Tx) (err error) { a, ok, err = tx.Stripe(workspace); return err })
	return a, ok, err
}

// openStripe takes in what an event says.
func (d *Desk) openStripe(ctx context.Context, p stanna.Parcel) (o outcome) {
	account, ok, err := d.account(ctx, p.Workspace)
	if err != nil || !ok {
		o.fail("", orElse(err, stanna.Errorf(stanna.NotFound, "Stripe is not connected any more")))
		return o
	}
	e, err := stripe.ReadEvent(p.Body)
	if err != nil {
		o.fail("", err)
		return o
	}
	why := ""
	switch {
	case e.Account != "" && e.Account != account.AccountID:
		why = "it is of another Stripe account"
	case e.Livemode != account.Livemode:
		why = "it is of test mode, and the connection is live, or the other way round"
	}
	news, err := e.News()
	if err != nil {
		o.fail("", err)
		return o
	}
	if why == "" {
		why = news.Why
	}
	if why != "" {
		o.passed = true
		o.note(&o.Passed, why)
		return o
	}
	l := d.ledger(account, &o)
	l.first = account.Sync.Done.IsZero() // what was never read in whole has no before
	l.begun = e.Type == "customer.subscription.created"
	if before, ok := e.Before(); ok {
		l.was = before.Subscription
	}
	if err := l.take(ctx, "stripe:"+e.ID, news); err != nil {
		o.fail("", err)
	}
	if o.later != nil {
		return o
	}
	if err := l.finish(ctx); err != nil {
		o.fail("", err)
		return o
	}
	o.keep = l.keep
	o.passed = o.Signals+o.Duplicates+o.Clients == 0 && len(o.Passed) > 0
	return o
}

// trouble is a refusal of Stripe's on the way of an event: what may pass makes
// it wait, what is gone does not come back.
func (l *ledger) trouble(err error) error {
	if stripe.OutcomeOf(err) == stripe.Gone {
		return stanna.Errorf(stanna.NotFound, "Stripe does not have it any more")
	}
	return &stanna.Error{Code: stanna.Unavailable, Message: err.Error(), Err: err}
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
