package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gostanna/stanna"
)

// API is Stripe as one key sees it. It is safe for concurrent use. Deadlines
// come with the context.
type API struct {
	Base    string        // https://api.stripe.com, or a fake's
	HTTP    *http.Client  // holds the connections; nil: net/http's own
	Key     stanna.Secret // rk_…, sk_…, or the access token of OAuth
	Account string        // acct_… of a connected account, when Key is a platform's; "": the key's own
}

func (a API) call(ctx context.Context, method, path string, form url.Values, into any) error {
	h := http.Header{"Authorization": {"Bearer " + a.Key.Reveal()}, "Stripe-Version": {Version}}
	if a.Account != "" {
		h.Set("Stripe-Account", a.Account)
	}
	return call{line: a.HTTP, secrets: []stanna.Secret{a.Key}}.send(ctx, method, a.Base, path, form, h, into)
}

// List is a list of objects at Stripe that is read.
type List string

// The lists.
const (
	Customers     List = "customers"
	Subscriptions List = "subscriptions" // ended ones as well
	Invoices      List = "invoices"      // open ones
	Disputes      List = "disputes"
)

// query is what is asked of each list. Expanded is what saves a call for each
// object; more than four levels are not given.
func (l List) query() (url.Values, error) {
	switch l {
	case Customers:
		return url.Values{}, nil
	case Subscriptions:
		return url.Values{"status": {"all"}, "expand[]": {"data.discounts.source.coupon", "data.items.data.discounts"}}, nil
	case Invoices:
		return url.Values{"status": {"open"}}, nil
	case Disputes:
		return url.Values{"expand[]": {"data.charge"}}, nil
	}
	return nil, stanna.Errorf(stanna.Invalid, "there is no list %q to read from Stripe", string(l))
}

// MaxPage is how many objects a page may have.
// https://docs.stripe.com/api/pagination
const MaxPage = 100

// Page reads a page of a list: up to limit objects after the one with the id
// after ("": the first), the newest first. Last is the id to go on after; more
// says whether there is a next page. Where so many objects are larger than an
// answer may be, there are fewer.
func (a API) Page(ctx context.Context, list List, after string, limit int) (objects []json.RawMessage, last string, more bool, err error) {
	query, err := list.query()
	if err != nil {
		return nil, "", false, err
	}
	if after != "" {
		query.Set("starting_after", after)
	}
	for limit = min(max(limit, 1), MaxPage); ; limit /= 2 {
		query.Set("limit", strconv.Itoa(limit))
		objects, more, err = a.page(ctx, "/v1/"+string(list), query)
		if limit == 1 || !errors.Is(err, errTooLarge) {
			break
		}
	}
	if err != nil || len(objects) == 0 {
		return nil, "", false, err
	}
	if o, err := readObject(objects[len(objects)-1]); err == nil {
		last = o.id("id")
	}
	if last == "" && more {
		return nil, "", false, call{name: "GET /v1/" + string(list)}.nonsense("its last object has no id")
	}
	return objects, last, more, nil
}

// page reads one answer that is a list.
func (a API) page(ctx context.Context, path string, query url.Values) ([]json.RawMessage, bool, error) {
	var answer struct {
		Object  string            `json:"object"`
		Data    []json.RawMessage `json:"data"`
		HasMore bool              `json:"has_more"`
	}
	if err := a.call(ctx, http.MethodGet, path, query, &answer); err != nil {
		return nil, false, err
	}
	if answer.Object != "list" || answer.Data == nil {
		return nil, false, call{name: "GET " + path}.nonsense("it is no list")
	}
	return answer.Data, answer.HasMore, nil
}

// Get reads one object of a list, as [NewsOf] takes it.
func (a API) Get(ctx context.Context, list List, id string) (json.RawMessage, error) {
	if _, err := list.query(); err != nil {
		return nil, err
	}
	var query url.Values
	if list == Disputes {
		query = url.Values{"expand[]": {"charge"}}
	}
	var raw json.RawMessage
	err := a.call(ctx, http.MethodGet, "/v1/"+string(list)+"/"+url.PathEscape(id), query, &raw)
	return raw, err
}

// get reads one object.
func (a API) get(ctx context.Context, kind, id string, expand ...string) (object, error) {
	query := url.Values{}
	if len(expand) > 0 {
		query["expand[]"] = expand
	}
	var raw json.RawMessage
	path := "/v1/" + kind + "/" + url.PathEscape(id)
	if err := a.call(ctx, http.MethodGet, path, query, &raw); err != nil {
		return nil, err
	}
	o, err := readObject(raw)
	if err != nil || o.id("id") == "" {
		return nil, call{name: "GET " + path}.nonsense("it is no object with an id")
	}
	return o, nil
}

// Customer reads a customer. One that was deleted says so.
func (a API) Customer(ctx context.Context, id string) (Customer, error) {
	o, err := a.get(ctx, "customers", id)
	return readCustomer(o, a.place()), err
}

// Charge reads a charge.
func (a API) Charge(ctx context.Context, id string) (Charge, error) {
	o, err := a.get(ctx, "charges", id)
	return readCharge(o, a.place()), err
}

func (a API) place() place { return place{account: a.Account, test: !Livemode(a.Key)} }
