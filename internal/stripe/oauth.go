package stripe

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/gostanna/stanna"
)

// OAuth is an application of ours at Stripe, by which a company connects its
// account without making a key.
// https://docs.stripe.com/connect/oauth-reference
type OAuth struct {
	Base     string // https://connect.stripe.com, or a fake's
	HTTP     *http.Client
	ClientID string        // ca_…
	Key      stanna.Secret // the platform's own secret key; test or live, which makes the connection so
}

// Grant is what a company allowed.
type Grant struct {
	Account      string        // acct_…
	AccessToken  stanna.Secret // an API's Key; it does not expire
	RefreshToken stanna.Secret
	Scope        string // read_only or read_write
	Livemode     bool
}

// AuthorizeURL is Stripe's page on which a company is asked. It comes back to
// redirect with the state and a code, or with an error. Reading is all that is
// asked for.
func (o OAuth) AuthorizeURL(state, redirect string) string {
	return strings.TrimRight(o.Base, "/") + "/oauth/authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {o.ClientID}, "scope": {"read_only"}, "state": {state}, "redirect_uri": {redirect},
	}.Encode()
}

// Exchange turns the code into a grant. A code works once, within five
// minutes.
func (o OAuth) Exchange(ctx context.Context, code string) (Grant, error) {
	var got struct {
		Account      string        `json:"stripe_user_id"`
		AccessToken  stanna.Secret `json:"access_token"`
		RefreshToken stanna.Secret `json:"refresh_token"`
		Scope        string        `json:"scope"`
		Livemode     bool          `json:"livemode"`
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}}
	if err := o.call(ctx, "/oauth/token", form, stanna.Secret(code), &got); err != nil {
		return Grant{}, err
	}
	if got.Account == "" || got.AccessToken == "" {
		return Grant{}, call{name: "POST /oauth/token"}.nonsense("it names no account or no token")
	}
	return Grant(got), nil
}

// Deauthorize gives a grant back. One that is not there any more is no error.
func (o OAuth) Deauthorize(ctx context.Context, account string) error {
	var gone map[string]any
	form := url.Values{"client_id": {o.ClientID}, "stripe_user_id": {account}}
	err := o.call(ctx, "/oauth/deauthorize", form, "", &gone)
	if e, ok := err.(*Error); ok && e.Code == "invalid_client" && e.account == account {
		return nil // it says that this application is not connected to that account
	}
	return err
}

func (o OAuth) call(ctx context.Context, path string, form url.Values, code stanna.Secret, into any) error {
	form.Set("client_secret", o.Key.Reveal())
	h := http.Header{"Authorization": {"Bearer " + o.Key.Reveal()}}
	return call{line: o.HTTP, secrets: []stanna.Secret{o.Key, code}}.send(ctx, http.MethodPost, o.Base, path, form, h, into)
}
