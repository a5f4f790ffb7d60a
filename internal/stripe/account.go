package stripe

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/gostanna/stanna"
)

// Account is whose key it is.
type Account struct {
	ID       string // acct_…
	Name     string // as its dashboard shows it; "" when the key may not read it
	Livemode bool   // the key's
}

// Owner asks whose key it is, and so whether it works. A restricted key
// often may not read that; Stripe's refusal names the account all the same.
func (a API) Owner(ctx context.Context) (Account, error) {
	account := Account{Livemode: Livemode(a.Key)}
	var raw json.RawMessage
	err := a.call(ctx, http.MethodGet, "/v1/account", nil, &raw)
	if e := (*Error)(nil); errors.As(err, &e) && e.Needed != "" && e.account != "" {
		account.ID = e.account
		return account, nil
	}
	if err != nil {
		return Account{}, err
	}
	o, err := readObject(raw)
	if account.ID = o.id("id"); err != nil || account.ID == "" {
		return Account{}, call{name: "GET /v1/account"}.nonsense("it is no account")
	}
	account.Name = cmp.Or(o.text("settings", "dashboard", "display_name"), o.text("business_profile", "name"), o.text("company", "name"))
	return account, nil
}

// CreateEndpoint has Stripe send events of those types to an address, in the
// form of [Version]. The secret that signs them is shown here and never again.
func (a API) CreateEndpoint(ctx context.Context, address string, types []string) (id string, secret stanna.Secret, err error) {
	form := url.Values{"url": {address}, "enabled_events[]": types, "api_version": {Version}, "description": {"Stanna"}}
	var made struct {
		ID     string        `json:"id"`
		Secret stanna.Secret `json:"secret"`
	}
	if err := a.call(ctx, http.MethodPost, "/v1/webhook_endpoints", form, &made); err != nil {
		return "", "", err
	}
	if made.ID == "" || made.Secret == "" {
		return "", "", call{name: "POST /v1/webhook_endpoints"}.nonsense("it has no id or no secret")
	}
	return made.ID, made.Secret, nil
}

// DeleteEndpoint ends what CreateEndpoint began. One that is gone already is
// no error.
func (a API) DeleteEndpoint(ctx context.Context, id string) error {
	var gone json.RawMessage
	err := a.call(ctx, http.MethodDelete, "/v1/webhook_endpoints/"+url.PathEscape(id), nil, &gone)
	if OutcomeOf(err) == Gone {
		return nil
	}
	return err
}
