package stripe

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

const (
	testPlatform = stanna.Secret("sk_live_51verySecretPlatformKey")
	testCode     = "ac_verySecretOneTimeCode"
)

func oauth(t testing.TB, address string) OAuth {
	return OAuth{Base: address, HTTP: api(t, address).HTTP, ClientID: "ca_1", Key: testPlatform}
}

func TestAuthorizeURL(t *testing.T) {
	u := must[*url.URL](t)(url.Parse(oauth(t, "https://connect.stripe.com/").AuthorizeURL("s t&te", "https://stanna.example.com/back?x=1")))
	want := url.Values{"response_type": {"code"}, "client_id": {"ca_1"}, "scope": {"read_only"}, "state": {"s t&te"}, "redirect_uri": {"https://stanna.example.com/back?x=1"}}
	if d := cmp.Diff(want, u.Query()); d != "" || u.Host != "connect.stripe.com" || u.Path != "/oauth/authorize" {
		t.Errorf("%s %s", d, u)
	}
}

func TestExchange(t *testing.T) {
	f := serve(t, says(200, `{"access_token":"sk_live_granted","refresh_token":"rt_1","token_type":"bearer","scope":"read_only","livemode":true,"stripe_user_id":"acct_1","stripe_publishable_key":"pk_live_1"}`))
	g := must[Grant](t)(oauth(t, f.URL).Exchange(t.Context(), testCode))
	if g != (Grant{"acct_1", "sk_live_granted", "rt_1", "read_only", true}) {
		t.Errorf("%+v", g)
	}
	want := url.Values{"grant_type": {"authorization_code"}, "code": {testCode}, "client_secret": {testPlatform.Reveal()}}
	if d := cmp.Diff(want, f.last().PostForm); d != "" || f.calls()[0] != "POST /oauth/token" {
		t.Errorf("%s %v", d, f.calls())
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   Outcome
		says   string
	}{
		"used already": {says(400, `{"error":"invalid_grant","error_description":"This authorization code has already been used."}`), Refused, "already been used"},
		"no platform":  {says(401, `{"error":"invalid_client","error_description":"No such API key: sk_live_51verySecretPlatformKey"}`), Broken, "invalid_client"},
		"no token":     {says(200, `{"stripe_user_id":"acct_1"}`), Retry, "no token"},
		"down":         {says(503, ``), Retry, "HTTP 503"},
	} {
		_, err := oauth(t, serve(t, c.answer).URL).Exchange(t.Context(), testCode)
		if OutcomeOf(err) != c.want || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDeauthorize(t *testing.T) {
	f := serve(t, says(200, `{"stripe_user_id":"acct_1"}`))
	if err := oauth(t, f.URL).Deauthorize(t.Context(), "acct_1"); err != nil || f.last().PostForm.Get("client_id") != "ca_1" || f.last().PostForm.Get("stripe_user_id") != "acct_1" {
		t.Errorf("%v %v", err, f.last().PostForm)
	}
	gone := `{"error":"invalid_client","error_description":"This application is not connected to stripe account acct_1, or that account does not exist."}`
	if err := oauth(t, serve(t, says(401, gone)).URL).Deauthorize(t.Context(), "acct_1"); err != nil {
		t.Errorf("gone already: %v", err)
	}
	if err := oauth(t, serve(t, says(401, `{"error":"invalid_client","error_description":"No such application"}`)).URL).Deauthorize(t.Context(), "acct_1"); OutcomeOf(err) != Broken {
		t.Errorf("no such application: %v", err)
	}
}
