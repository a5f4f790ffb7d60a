package web

import (
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/stripe"
)

// stripeKey connects by a key, or by a new one.
func (s *site) stripeKey(v *visit) (answer, error) {
	a, err := s.stripe.ConnectKey(v.ctx, v.workspace(), v.caller.Actor(), stanna.Secret(v.given("apiKey")), stanna.Secret(v.given("signingSecret")))
	if w, ok := wrongsOf(err); ok {
		return s.stripeAnswer(v, w)
	}
	if err != nil {
		return s.sorry(v, stripePath+"#connect", err)
	}
	said := "Connected to " + plainTitle(orAccount(a)) + ". It is being read now; this page shows how far that has come."
	if stripe.KeyWarning(a.Key) != "" {
		said = "Connected, but by a key that may do too much. " + said
	}
	return s.done(v, stripePath, said)
}

func orAccount(a stanna.StripeAccount) string {
	if a.Name == "" {
		return "the Stripe account " + a.AccountID
	}
	return a.Name
}

// stripeSigning keeps the secret of a webhook endpoint that was made by hand.
func (s *site) stripeSigning(v *visit) (answer, error) {
	err := s.stripe.SetSigning(v.ctx, v.workspace(), v.caller.Actor(), stanna.Secret(v.given("signingSecret")))
	if w, ok := wrongsOf(err); ok && w["signingSecret"] != "" {
		return s.stripeAnswer(v, wrongs{"hook.signingSecret": w["signingSecret"]})
	}
	if err != nil {
		return s.sorry(v, stripePath+"#webhook", err)
	}
	return s.done(v, stripePath+"#webhook", "The signing secret is kept. Events are taken from now on; send a test event from Stripe to see one arrive.")
}

// beginStripeSync reads everything again.
func (s *site) beginStripeSync(v *visit) (answer, error) {
	if _, err := s.sources.Sync(v.ctx, v.workspace(), v.caller.Actor()); err != nil {
		return s.sorry(v, stripePath, err)
	}
	return answer{to: stripePath + "#sync"}, nil
}

func (s *site) stripeDisconnectPage(v *visit) (answer, error) {
	var a stanna.StripeAccount
	ok := false
	err := s.store.View(v.ctx, func(tx *store.Tx) (err error) { a, ok, err = tx.Stripe(v.workspace()); return err })
	if err != nil || !ok {
		return answer{to: stripePath}, err
	}
	points := []string{"No payment that fails is heard of any more, and no MRR is read, until it is connected again.",
		"Clients keep the MRR that they have, and open alerts stay open.",
		"What was read of customers and subscriptions is forgotten, but for what people said of them: which client one is, and which are none."}
	if a.EndpointID != "" {
		points = append(points, "The webhook endpoint that Stanna made at Stripe is deleted.")
	}
	if a.OAuth {
		points = append(points, "Stanna gives its access to the account back to Stripe.")
	} else {
		points = append(points, "The key is forgotten here. Delete it at Stripe too, where it goes on working.")
	}
	return ask("Disconnect Stripe", askView{Heading: "Disconnect Stripe?", Lead: "The account " + plainTitle(orAccount(a)) + " is no longer read.", Points: points,
		Action: stripePath + "/disconnect", Do: "Disconnect", Dont: "Keep it", Class: "danger", Back: stripePath, BackLabel: "Stripe"}), nil
}

func (s *site) stripeDisconnect(v *visit) (answer, error) {
	left, err := s.stripe.Disconnect(v.ctx, v.workspace(), v.caller.Actor())
	if err != nil {
		return s.sorry(v, stripePath, err)
	}
	return s.done(v, stripePath, strings.TrimSpace("Stripe is disconnected. Clients keep the MRR that they have. "+left))
}
