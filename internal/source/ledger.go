package source

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/stripe"
)

// sourceOfStripe is what its signals are said to come from.
const sourceOfStripe = "Stripe"

// ledger is what some news of Stripe's change: customers, their
// subscriptions, and the signals that follow. It is written down when all of
// them have been taken in; until then the same news give the same signals,
// which are known by their ids.
type ledger struct {
	desk    *Desk
	account stanna.StripeAccount
	api     stripe.API
	outcome *outcome
	read    bool // from what Stripe has, and not told as it happened
	first   bool // …for the first time: what is there is where movements are counted from

	begun bool                 // of an event: its subscription is new
	was   *stripe.Subscription // of an event: as Stripe says it was before; nil: it does not say

	customers     map[string]stanna.StripeCustomer
	subscriptions map[string]stanna.StripeSubscription
	before        map[string]stanna.StripeSubscription // as Stripe says they were, of those that we did not know
	changed       map[string]change                    // clients whose MRR may have changed
	signals       []stanna.Signal
}

// change is why a client's MRR is to be looked at.
type change struct {
	id     string // of the signal
	at     time.Time
	plan   string
	status string
	url    string
	quiet  bool // it is no movement: a customer was matched, or seen for the first time
}

func (d *Desk) ledger(a stanna.StripeAccount, o *outcome) *ledger {
	return &ledger{desk: d, account: a, api: stripe.API{Base: d.StripeURL, HTTP: d.HTTP, Key: a.Key}, outcome: o,
		customers: map[string]stanna.StripeCustomer{}, subscriptions: map[string]stanna.StripeSubscription{},
		before: map[string]stanna.StripeSubscription{}, changed: map[string]change{}}
}

// take takes in one piece of news. Its id names the signals that follow.
func (l *ledger) take(ctx context.Context, id string, n stripe.News) error {
	n, err := l.api.Complete(ctx, n)
	if err != nil {
		return l.trouble(err)
	}
	switch {
	case n.Customer != nil:
		_, err := l.match(ctx, *n.Customer, n.At)
		return err
	case n.Subscription != nil:
		return l.subscription(ctx, id, n)
	case n.Payment != nil:
		return l.payment(ctx, id, n)
	}
	if n.Why != "" {
		l.outcome.note(&l.outcome.Passed, n.Why)
	}
	return nil
}

// subscription notes what a subscription is worth now.
func (l *ledger) subscription(ctx context.Context, id string, n stripe.News) error {
	c, err := l.customer(ctx, n.CustomerID)
	if err != nil {
		return err
	}
	var was stanna.StripeSubscription
	var known bool
	err = l.desk.Store.View(ctx, func(tx *store.Tx) (err error) {
		was, known, err = tx.StripeSubscription(l.account.Workspace, n.Subscription.ID)
		return err
	})
	if err != nil {
		return err
	}
	if known && was.SeenAt.After(n.At) {
		l.outcome.note(&l.outcome.Passed, "a newer state of the subscription is known")
		return nil
	}
	now := row(l.account.Workspace, *n.Subscription, n.At)
	l.subscriptions[now.ID] = now
	quiet := l.first
	if !known && !l.begun { // what it was before, Stripe says, or nobody knows
		if quiet = quiet || l.was == nil; !quiet {
			l.before[now.ID] = row(l.account.Workspace, *l.was, n.At)
		}
	}
	if now.Micros > 0 || known && was.Micros > 0 || everPaid(n.Subscription.Status) {
		c.EverPaid = true
		l.customers[c.ID] = c
	}
	if c.ClientID == "" {
		l.unmatched(c)
		return nil
	}
	l.changed[c.ClientID] = change{id: id, at: n.At, plan: now.Plan, status: now.Status, url: n.Subscription.URL, quiet: quiet || l.changed[c.ClientID].quiet}
	return nil
}

// everPaid says whether a subscription with this status was paid for once.
func everPaid(status string) bool {
	return status == "active" || status == "past_due" || status == "unpaid" || status == "canceled"
}

func row(workspace string, s stripe.Subscription, at time.Time) stanna.StripeSubscription {
	worth := s.Worth()
	return stanna.StripeSubscription{Workspace: workspace, ID: s.ID, CustomerID: s.CustomerID, Status: s.Status, Micros: worth.Micros, Currency: worth.Currency,
		Why: worth.Why, Plan: s.Plan, SeenAt: at}
}

// payment makes the signal of a payment.
func (l *ledger) payment(ctx context.Context, id string, n stripe.News) error {
	c, err := l.customer(ctx, n.CustomerID)
	if err != nil {
		return err
	}
	switch {
	case c.Match == stanna.LeftOut:
		l.outcome.note(&l.outcome.Passed, "the customer was left out by somebody")
		return nil
	case c.ClientID == "":
		l.unmatched(c)
		return stanna.InvalidField("customer", "%s is matched to no client; match it on the page of Stripe, and this is opened again", c.ID)
	}
	s := stanna.Signal{ID: id + ":payment", ClientID: c.ClientID, Type: stanna.PaymentRecoveredType, OccurredAt: n.At, Source: sourceOfStripe}
	var fact any = n.Payment.Recovered
	if n.Payment.Failed != nil {
		s.Type, fact = stanna.PaymentFailedType, n.Payment.Failed
	}
	if l.read && l.first && !n.Since.IsZero() && n.Since.Before(s.OccurredAt) { // what is old is history, and gathered
		s.OccurredAt = n.Since
	}
	if s.Data, err = json.Marshal(fact); err != nil {
		return err
	}
	l.signals = append(l.signals, s)
	return nil
}

// unmatched notes whose news they are that nobody is, so that they can be
// opened again once somebody says who it is.
func (l *ledger) unmatched(c stanna.StripeCustomer) {
	if c.Match == stanna.LeftOut {
		return
	}
	l.outcome.note(&l.outcome.Passed, "the customer "+c.ID+" is matched to no client")
	l.outcome.Details, _ = json.Marshal(parcelOfCustomer{c.ID}) // two texts can always be written
}

// parcelOfCustomer is what a parcel remembers of an unmatched customer.
type parcelOfCustomer struct {
	Customer string `json:"customer"`
}

// customer is a customer as it is known, or as Stripe has it.
func (l *ledger) customer(ctx context.Context, id string) (stanna.StripeCustomer, error) {
	if c, ok := l.customers[id]; ok {
		return c, nil
	}
	var c stanna.StripeCustomer
	var known bool
	err := l.desk.Store.View(ctx, func(tx *store.Tx) (err error) {
		c, known, err = tx.StripeCustomer(l.account.Workspace, id)
		return err
	})
	if err != nil || known {
		l.customers[id] = c
		return c, err
	}
	object, err := l.api.Customer(ctx, id) // news of it came before it did
	if err != nil {
		return c, l.trouble(err)
	}
	return l.match(ctx, object, time.Time{})
}

// match matches a customer to a client, unless a person did so.
func (l *ledger) match(ctx context.Context, object stripe.Customer, at time.Time) (stanna.StripeCustomer, error) {
	ws := l.account.Workspace
	var c stanna.StripeCustomer
	err := l.desk.Store.View(ctx, func(tx *store.Tx) error {
		was, known, err := tx.StripeCustomer(ws, object.ID)
		if err != nil {
			return err
		}
		if c = was; known && was.SeenAt.After(at) {
			return nil
		}
		c.Workspace, c.ID, c.SeenAt, c.Deleted = ws, object.ID, at, object.Deleted
		if !object.Deleted { // of one that is gone Stripe says its id only
			c.Name, c.Email = object.Name, object.Email
		}
		if c.Match == stanna.MatchedByHand || c.Match == stanna.LeftOut || object.Deleted {
			return nil
		}
		c.ClientID, c.Match, err = matching(tx, ws, object)
		if err == nil && known && was.ClientID != c.ClientID {
			for _, client := range []string{was.ClientID, c.ClientID} {
				if client != "" {
					l.changed[client] = change{at: at, quiet: true}
				}
			}
		}
		return err
	})
	if err == nil {
		l.customers[c.ID] = c
	}
	return c, err
}

// The names under which a customer's metadata may name our client.
var metadataNames = []string{"stanna_client_id", "client_id", "clientId"}

// matching finds the client that a customer is: the surest sign that there is
// decides, and where two clients have the same sign nobody is.
func matching(tx *store.Tx, workspace string, c stripe.Customer) (client string, how stanna.StripeMatch, err error) {
	for _, name := range metadataNames {
		if id := c.Metadata[name]; id != "" {
			found, err := tx.ClientsByID(workspace, []string{id})
			if _, ok := found[id]; ok || err != nil {
				return id, stanna.MatchedByMetadata, err
			}
		}
	}
	for _, field := range []string{"stripe_customer_id", "stripeCustomerId"} {
		ids, err := tx.ClientsByKey(workspace, store.CustomKey(field), c.ID)
		switch {
		case err != nil:
			return "", "", err
		case len(ids) == 1:
			return ids[0], stanna.MatchedByCustom, nil
		case len(ids) > 1:
			return "", stanna.Ambiguous, nil
		}
	}
	found, err := tx.ClientsByID(workspace, []string{c.ID})
	if _, ok := found[c.ID]; ok || err != nil {
		return c.ID, stanna.MatchedByID, err
	}
	return matchingMail(tx, workspace, c.Email)
}

// matchingMail finds the client by the address that the bills go to: that of
// one of its contacts, or at its domain.
func matchingMail(tx *store.Tx, workspace, email string) (client string, how stanna.StripeMatch, err error) {
	if !strings.Contains(email, "@") {
		return "", stanna.NotMatched, nil
	}
	ids, err := tx.ClientsByKey(workspace, store.EmailKey, email)
	switch {
	case err != nil:
		return "", "", err
	case len(ids) == 1:
		return ids[0], stanna.MatchedByEmail, nil
	case len(ids) > 1:
		return "", stanna.Ambiguous, nil
	}
	domain := stanna.CompanyDomain(email)
	if domain == "" {
		return "", stanna.NotMatched, nil
	}
	owners, err := tx.DomainOwners(workspace, []string{domain})
	if id := owners[domain]; id != "" {
		return id, stanna.MatchedByDomain, err
	}
	return "", stanna.NotMatched, err
}

// keep writes the ledger down.
func (l *ledger) keep(tx *store.Tx) error {
	customers := make([]stanna.StripeCustomer, 0, len(l.customers))
	for _, c := range l.customers {
		if c.ID == "" {
			continue
		}
		now, known, err := tx.StripeCustomer(c.Workspace, c.ID)
		if err != nil {
			return err
		}
		if known && (now.Match == stanna.MatchedByHand || now.Match == stanna.LeftOut) { // said while it was read
			c.Match, c.ClientID = now.Match, now.ClientID
		}
		customers = append(customers, c)
	}
	if err := tx.PutStripeCustomers(customers...); err != nil {
		return err
	}
	subscriptions := make([]stanna.StripeSubscription, 0, len(l.subscriptions))
	for _, s := range l.subscriptions {
		subscriptions = append(subscriptions, s)
	}
	return tx.PutStripeSubscriptions(subscriptions...)
}
