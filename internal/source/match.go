package source

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/stripe"
)

// Choice is what a person says of a customer of Stripe's: which client it is,
// that a client is to be made of it, or that it is none.
type Choice struct {
	ClientID string
	Create   bool
	LeaveOut bool
	Undo     bool // what was said before is taken back, and it is matched anew
}

// Match keeps what a person says of a customer. What waited for it is opened
// then, and the MRR of the clients concerned is counted anew.
func (d *Desk) Match(ctx context.Context, workspace, actor, id string, choice Choice) (c stanna.StripeCustomer, err error) {
	account, ok, err := d.account(ctx, workspace)
	if err == nil && !ok {
		err = connect.StripeNotConnected()
	}
	if err != nil {
		return c, err
	}
	was := ""
	if choice.Create {
		if choice.ClientID, err = d.clientOf(ctx, workspace, actor, id); err != nil {
			return c, err
		}
	}
	err = d.Store.Update(ctx, func(tx *store.Tx) error {
		var known bool
		if c, known, err = tx.StripeCustomer(workspace, id); err != nil || !known {
			return orElse(err, stanna.Errorf(stanna.NotFound, "customer not found"))
		}
		was = c.ClientID
		switch {
		case choice.LeaveOut:
			c.ClientID, c.Match = "", stanna.LeftOut
		case choice.Undo:
			c.ClientID, c.Match, err = matching(tx, workspace, stripe.Customer{ID: c.ID, Email: c.Email})
		case choice.ClientID == "":
			err = stanna.InvalidField("clientId", "is required, or create, leaveOut or undo")
		default:
			if _, err = tx.Client(workspace, choice.ClientID); err == nil {
				c.ClientID, c.Match = choice.ClientID, stanna.MatchedByHand
			}
		}
		if err != nil {
			return err
		}
		if err := tx.PutStripeCustomers(c); err != nil {
			return err
		}
		return tx.Audit(stanna.AuditEntry{Workspace: workspace, At: d.Clock.Real(), Actor: actor, Action: "stripe.matched", Subject: c.ID,
			Details: map[string]string{"client": c.ClientID, "how": string(c.Match)}})
	})
	if err != nil {
		return c, err
	}
	l := d.ledger(account, &outcome{})
	for _, client := range []string{was, c.ClientID} {
		if client != "" {
			l.changed[client] = change{quiet: true}
		}
	}
	if err := l.settle(ctx); err != nil {
		return c, err
	}
	return c, d.openWaitingFor(ctx, workspace, actor, c.ID)
}

// clientOf makes a client of a customer.
func (d *Desk) clientOf(ctx context.Context, workspace, actor, id string) (string, error) {
	var client stanna.Client
	err := d.Store.View(ctx, func(tx *store.Tx) error {
		c, known, err := tx.StripeCustomer(workspace, id)
		if err != nil || !known {
			return orElse(err, stanna.Errorf(stanna.NotFound, "customer not found"))
		}
		client = stanna.Client{ID: c.ID, Name: c.Name, Custom: map[string]any{"stripe_customer_id": c.ID}}
		if strings.Contains(c.Email, "@") {
			client.Contacts = []stanna.Contact{{Email: c.Email, Primary: true}}
			client.Domain = stanna.CompanyDomain(c.Email)
		}
		if client.Domain != "" {
			owners, err := tx.DomainOwners(workspace, []string{client.Domain})
			if err != nil {
				return err
			}
			if owners[client.Domain] != "" { // another client's; the customer is a part of its own
				client.Domain = ""
			}
		}
		for _, name := range []string{client.Domain, c.Email, c.ID} {
			if client.Name == "" {
				client.Name = name
			}
		}
		return client.Validate()
	})
	if err != nil {
		return "", err
	}
	_, err = d.Intake.PutClients(ctx, workspace, actor, []stanna.Client{client})
	return client.ID, err
}

// openWaitingFor opens anew what failed because nobody knew whose it is.
func (d *Desk) openWaitingFor(ctx context.Context, workspace, actor, customer string) error {
	var ids []string
	err := d.Store.View(ctx, func(tx *store.Tx) error {
		list, err := tx.Parcels(workspace, store.ParcelQuery{Source: stanna.StripeSource, State: stanna.ParcelFailed, Limit: 1000})
		for _, p := range list {
			var of parcelOfCustomer
			if json.Unmarshal(p.Result.Details, &of) == nil && of.Customer == customer {
				ids = append(ids, p.ID)
			}
		}
		return err
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	slices.Reverse(ids) // in the order in which they came
	_, err = d.OpenAgain(ctx, workspace, actor, stanna.StripeSource, ids...)
	return err
}

// Customer is a customer with what its subscriptions are worth a month, in
// each currency.
type Customer struct {
	stanna.StripeCustomer
	MRR []stanna.Money
}

// Customers lists customers of Stripe's.
func (d *Desk) Customers(ctx context.Context, workspace string, q store.StripeCustomerQuery) (list []Customer, err error) {
	err = d.Store.View(ctx, func(tx *store.Tx) error {
		customers, err := tx.StripeCustomers(workspace, q)
		if err != nil || len(customers) == 0 {
			return err
		}
		ids := make([]string, len(customers))
		for i, c := range customers {
			ids[i] = c.ID
		}
		subscriptions, err := tx.StripeSubscriptions(workspace, ids)
		if err != nil {
			return err
		}
		worths := map[string]map[string][]stripe.Worth{} // by customer and currency
		for _, s := range subscriptions {
			if s.Micros == 0 {
				continue
			}
			if worths[s.CustomerID] == nil {
				worths[s.CustomerID] = map[string][]stripe.Worth{}
			}
			worths[s.CustomerID][s.Currency] = append(worths[s.CustomerID][s.Currency], worth(s))
		}
		list = make([]Customer, len(customers))
		for i, c := range customers {
			list[i] = Customer{StripeCustomer: c}
			for _, currency := range slices.Sorted(maps.Keys(worths[c.ID])) {
				list[i].MRR = append(list[i].MRR, stripe.Sum(worths[c.ID][currency], currency))
			}
		}
		return nil
	})
	return list, err
}
