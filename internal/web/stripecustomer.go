package web

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/locale"
	"github.com/gostanna/stanna/internal/source"
	"github.com/gostanna/stanna/internal/store"
)

// customersView lists customers of Stripe's, and which clients they are.
type customersView struct {
	Connected bool
	Manages   bool
	State     string
	Search    string
	Tabs      []tab
	Rows      []customerRow
	Further   further
	Back      string
}

// customerRow is one customer.
type customerRow struct {
	ID, Path           string
	Name, Email        string
	Worth              string
	Client, ClientPath string
	How                string // it was matched so, or why not
	Ambiguous, LeftOut bool
	ByHand             bool
	InStripe           string
}

func customerPath(id string) string { return stripePath + "/customers/" + url.PathEscape(id) }

// matchWords say how a customer was matched.
var matchWords = map[stanna.StripeMatch]string{stanna.MatchedByHand: "chosen by a person", stanna.MatchedByMetadata: "its metadata names the client",
	stanna.MatchedByCustom: "the client's field stripe_customer_id names it", stanna.MatchedByID: "they have the same id", stanna.MatchedByEmail: "its e-mail is that of a contact",
	stanna.MatchedByDomain: "its e-mail is at the client's domain", stanna.LeftOut: "left out by a person", stanna.Ambiguous: "two clients have a claim on it: choose which",
	stanna.NotMatched: "nothing tells which client it is"}

// seesCustomers refuses who sees their own accounts only: whose a customer
// is, is what is to be found out.
func (v *visit) seesCustomers() error {
	if v.caller.OwnAccountsOnly() {
		return stanna.Errorf(stanna.Forbidden, "customers of the whole company are for directors and admins; the clients that are yours show what they pay")
	}
	return nil
}

func (s *site) stripeCustomers(v *visit) (answer, error) {
	if err := v.seesCustomers(); err != nil {
		return answer{}, err
	}
	c := customersView{Manages: v.caller.May(auth.Connect), State: v.asked("state"), Search: v.asked("q"), Back: v.r.URL.RequestURI()}
	if c.State != "matched" && c.State != "left_out" {
		c.State = "unmatched"
	}
	list, err := s.sources.Customers(v.ctx, v.workspace(), store.StripeCustomerQuery{Matched: c.State == "matched", LeftOut: c.State == "left_out", Search: c.Search,
		After: v.asked("after"), Limit: perPage + 1})
	if err != nil {
		return answer{}, err
	}
	c.Further = furtherOf(v, "after", len(list) > perPage, func() string { return list[perPage-1].ID })
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		account, ok, err := tx.Stripe(v.workspace())
		if err != nil {
			return err
		}
		c.Connected = ok
		counts, err := customerCountsOf(tx, v.workspace())
		if err != nil {
			return err
		}
		for _, t := range []struct {
			state, label string
			n            int
		}{{"unmatched", "Not matched", counts.Unmatched}, {"matched", "Matched", counts.Matched}, {"left_out", "Left out", counts.LeftOut}} {
			c.Tabs = append(c.Tabs, tab{"tab-" + t.state, t.label, pathWith(stripePath+"/customers", url.Values{"state": {t.state}}), v.local.Number(float64(t.n)), c.State == t.state})
		}
		c.Rows, err = v.customerRows(tx, account, list[:min(len(list), perPage)])
		return err
	})
	return answer{title: "Customers of Stripe", body: customersBody(c)}, err
}

func (v *visit) customerRows(tx *store.Tx, account stanna.StripeAccount, list []source.Customer) ([]customerRow, error) {
	var ids []string
	for _, c := range list {
		if c.ClientID != "" {
			ids = append(ids, c.ClientID)
		}
	}
	clients, err := v.clientsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]customerRow, len(list))
	for i, c := range list {
		rows[i] = customerRow{ID: c.ID, Path: customerPath(c.ID), Name: cmp.Or(c.Name, c.Email, c.ID), Email: c.Email, Worth: worthWords(v.local, c.MRR), How: matchWords[c.Match],
			Ambiguous: c.Match == stanna.Ambiguous, LeftOut: c.Match == stanna.LeftOut, ByHand: c.Match == stanna.MatchedByHand, InStripe: inStripe(account, c.ID)}
		if c.ClientID != "" {
			rows[i].Client, rows[i].ClientPath = clients[c.ClientID].Name, clientPath(c.ClientID)
		}
	}
	return rows, nil
}

// worthWords is what subscriptions are worth a month, in each currency.
func worthWords(l locale.Local, list []stanna.Money) string {
	words := make([]string, len(list))
	for i, m := range list {
		words[i] = l.Money(m)
	}
	return strings.Join(words, " + ")
}

// inStripe is a customer's page in Stripe's dashboard.
func inStripe(a stanna.StripeAccount, customer string) string {
	address := "https://dashboard.stripe.com/"
	if a.AccountID != "" {
		address += url.PathEscape(a.AccountID) + "/"
	}
	if !a.Livemode {
		address += "test/"
	}
	return address + "customers/" + url.PathEscape(customer)
}

// customerView is a customer for whom a client is chosen.
type customerView struct {
	Row     customerRow
	Manages bool
	Search  string
	Found   []clientRow
	FoundID []string
	More    int
	Asked   bool // the search is the visitor's own
}

// foundClients is how many clients a search shows.
const foundClients = 10

func (s *site) stripeCustomer(v *visit) (answer, error) {
	if err := v.seesCustomers(); err != nil {
		return answer{}, err
	}
	c := customerView{Manages: v.caller.May(auth.Connect), Search: v.asked("q"), Asked: v.r.URL.Query().Has("q")}
	id := v.r.PathValue("customer")
	one, err := s.customerOf(v, id)
	if err != nil {
		return answer{}, err
	}
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		account, _, err := tx.Stripe(v.workspace())
		if err != nil {
			return err
		}
		rows, err := v.customerRows(tx, account, []source.Customer{one})
		if err != nil {
			return err
		}
		c.Row = rows[0]
		if !c.Manages {
			return nil
		}
		searches := []string{c.Search}
		if !c.Asked {
			searches = likelyNames(one.StripeCustomer)
		}
		for _, text := range searches {
			list, total, err := tx.Portraits(v.workspace(), store.ClientQuery{Search: text, Limit: foundClients})
			if err != nil {
				return err
			}
			if len(list) > 0 || text == searches[len(searches)-1] {
				c.Search, c.More = text, total-len(list)
				for _, p := range list {
					c.Found = append(c.Found, v.clientRow(p, nil))
					c.FoundID = append(c.FoundID, p.Client.ID)
				}
				return nil
			}
		}
		return nil
	})
	return answer{title: "Customer " + c.Row.Name, body: customerBody(c)}, err
}

// customerOf is the customer of that id with what it is worth.
func (s *site) customerOf(v *visit, id string) (one source.Customer, err error) {
	for _, q := range []store.StripeCustomerQuery{{}, {Matched: true}, {LeftOut: true}} {
		q.Search, q.After, q.Limit = id, id[:len(id)-1], perPage
		list, err := s.sources.Customers(v.ctx, v.workspace(), q)
		if err != nil {
			return one, err
		}
		for _, c := range list {
			if c.ID == id {
				return c, nil
			}
		}
	}
	return one, stanna.Errorf(stanna.NotFound, "there is no such customer; it may have been deleted at Stripe")
}

// likelyNames are what a client of a customer's may be found by, the surest
// first.
func likelyNames(c stanna.StripeCustomer) (list []string) {
	if _, domain, ok := strings.Cut(c.Email, "@"); ok {
		if company, _, ok := strings.Cut(domain, "."); ok && len(company) > 2 {
			list = append(list, domain, company)
		}
	}
	if c.Name != "" {
		list = append(list, c.Name)
		if first := strings.Fields(c.Name); len(first) > 1 && len(first[0]) > 2 {
			list = append(list, first[0])
		}
	}
	return list
}

// matchCustomer keeps what a person says of a customer.
func (s *site) matchCustomer(v *visit) (answer, error) {
	id := v.r.PathValue("customer")
	back := localPath(v.given("back"))
	if back == "" {
		back = customerPath(id)
	}
	choice := source.Choice{ClientID: v.given("clientId")}
	switch v.given("do") {
	case "create":
		choice.Create = true
	case "leave_out":
		choice.LeaveOut = true
	case "undo":
		choice.Undo = true
	}
	c, err := s.sources.Match(v.ctx, v.workspace(), v.caller.Actor(), id, choice)
	if err != nil {
		return s.sorry(v, back, err)
	}
	who := plainTitle(cmp.Or(c.Name, c.Email, c.ID))
	switch {
	case choice.LeaveOut:
		return s.done(v, back, who+" is left out: it is no client, and nothing that Stripe says of it is used.")
	case c.ClientID == "":
		return s.done(v, back, who+" is matched to no client now.")
	}
	name := c.ClientID
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		client, err := tx.Client(v.workspace(), c.ClientID)
		name = client.Name
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return s.done(v, back, who+" is "+plainTitle(name)+". Its MRR is counted anew, and events that waited for this are opened.")
}
