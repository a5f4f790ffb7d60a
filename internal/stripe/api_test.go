package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

func TestFaults(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	huge := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"object":"list","data":["` + strings.Repeat("x", maxAnswer) + `"]}`))
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc // nil: nobody answers
		want   Error
		says   string // somewhere in its text
		code   stanna.Code
	}{
		"429":            {says(429, `{"error":{"type":"invalid_request_error","code":"rate_limit"}}`, "Retry-After", "7"), Error{Kind: Retry, Status: 429, Code: "rate_limit", RetryAfter: 7 * time.Second}, "HTTP 429", stanna.Unavailable},
		"429, for ever":  {says(429, `{}`, "Retry-After", "999999999999"), Error{Kind: Retry, Status: 429, RetryAfter: time.Hour}, "", stanna.Unavailable},
		"429, of a form": {says(429, `{}`, "Retry-After", "tomorrow"), Error{Kind: Retry, Status: 429}, "", stanna.Unavailable},
		"500":            {says(500, `<html>`), Error{Kind: Retry, Status: 500}, "HTTP 500", stanna.Unavailable},
		"409":            {says(409, `{"error":{"code":"lock_timeout"}}`), Error{Kind: Retry, Status: 409, Code: "lock_timeout"}, "", stanna.Unavailable},
		"nobody":         {nil, Error{Kind: Retry, Code: "no_answer"}, "could not be reached", stanna.Unavailable},
		"slow":           {slow, Error{Kind: Retry, Code: "no_answer"}, "deadline", stanna.Unavailable},
		"half":           {half, Error{Kind: Retry, Code: "no_answer"}, "did not answer", stanna.Unavailable},
		"no JSON":        {says(200, `<html>welcome to the café's network`), Error{Kind: Retry, Status: 200, Code: "bad_answer"}, "none that Stripe gives", stanna.Unavailable},
		"no list":        {says(200, `{"object":"customer","id":"cus_1"}`), Error{Kind: Retry, Status: 200, Code: "bad_answer"}, "no list", stanna.Unavailable},
		"another's JSON": {says(200, `{"object":5}`), Error{Kind: Retry, Status: 200, Code: "bad_answer"}, "", stanna.Unavailable},
		"too large":      {huge, Error{Kind: Refused, Status: 200, Code: "too_large"}, "larger than 8 MB", stanna.Invalid},
		"elsewhere":      {says(302, ``, "Location", "https://evil.example/"), Error{Kind: Refused, Status: 302}, "HTTP 302", stanna.Invalid},
		"401": {says(401, `{"error":{"type":"invalid_request_error","code":"api_key_expired","message":"Expired API Key provided: rk_live_51verySecretRestrictedKey"}}`),
			Error{Kind: Broken, Status: 401, Code: "api_key_expired"}, "Connect Stripe again", stanna.Conflict},
		"403, a permission": {says(403, `{"error":{"type":"invalid_request_error","message":"The provided key 'rk_live_*********Key' does not have the required permissions for this endpoint on account 'acct_1Nuz'. Having the 'rak_invoice_read' permission would allow this request to continue."}}`),
			Error{Kind: Broken, Status: 403, Needed: "rak_invoice_read"}, "rak_invoice_read (Invoice: read)", stanna.Conflict},
		"403, gone": {says(403, `{"error":{"code":"account_invalid","message":"The provided key 'sk_live_x' does not have access to account 'acct_1'"}}`),
			Error{Kind: Broken, Status: 403, Code: "account_invalid"}, "no access to this account", stanna.Conflict},
		"404": {says(404, `{"error":{"code":"resource_missing"}}`), Error{Kind: Gone, Status: 404, Code: "resource_missing"}, "", stanna.NotFound},
		"400": {says(400, `{"error":{"type":"invalid_request_error","code":"url_invalid","message":"Invalid URL: it must be public."}}`),
			Error{Kind: Refused, Status: 400, Code: "url_invalid"}, "Stripe says: Invalid URL", stanna.Invalid},
	} {
		address := dead()
		if c.answer != nil {
			address = serve(t, c.answer).URL
		}
		within := time.Minute
		if name == "slow" {
			within = 50 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(t.Context(), within)
		_, _, _, err := api(t, address).Page(ctx, Customers, "", 1)
		cancel()
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := Error{Kind: e.Kind, Status: e.Status, Code: e.Code, RetryAfter: e.RetryAfter, Needed: e.Needed}
		if got != c.want || !strings.Contains(err.Error(), c.says) || stanna.CodeOf(err) != c.code || OutcomeOf(err) != c.want.Kind {
			t.Errorf("%s: %+v %q %q", name, got, err, stanna.CodeOf(err))
		}
	}
	if _, _, _, err := (API{Base: "not an address"}).Page(t.Context(), Customers, "", 1); OutcomeOf(err) != Refused {
		t.Errorf("no address: %v", err)
	}
	if _, _, _, err := api(t, dead()).Page(t.Context(), "payouts", "", 1); stanna.CodeOf(err) != stanna.Invalid {
		t.Errorf("no such list: %v", err)
	}
}

// TestPages reads everything once, in pages.
func TestPages(t *testing.T) {
	var all []string
	for i := range 250 {
		all = append(all, "cus_"+strconv.Itoa(i))
	}
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		at := slices.Index(all, r.Form.Get("starting_after")) + 1
		limit, _ := strconv.Atoi(r.Form.Get("limit"))
		end := min(at+limit, len(all))
		var objects []string
		for _, id := range all[at:end] {
			objects = append(objects, `{"id":"`+id+`","object":"customer"}`)
		}
		says(200, fmt.Sprintf(`{"object":"list","data":[%s],"has_more":%t}`, strings.Join(objects, ","), end < len(all)))(w, r)
	})
	var read []string
	for after, more := "", true; more; {
		var objects []json.RawMessage
		var err error
		if objects, after, more, err = api(t, f.URL).Page(t.Context(), Customers, after, 100); err != nil {
			t.Fatal(err)
		}
		for _, raw := range objects {
			read = append(read, must[News](t)(NewsOf(raw, noon)).CustomerID)
		}
	}
	if d := cmp.Diff(all, read); d != "" || len(f.calls()) != 3 {
		t.Errorf("%s %v", d, f.calls())
	}
	r := f.last()
	if r.Header.Get("Authorization") != "Bearer "+testKey.Reveal() || r.Header.Get("Stripe-Version") != Version || r.Header.Get("Stripe-Account") != "" {
		t.Errorf("%v", r.Header)
	}
}

// What is asked of each list, and of the account of another.
func TestQueries(t *testing.T) {
	f := serve(t, says(200, `{"object":"list","data":[],"has_more":false}`))
	a := api(t, f.URL)
	a.Account = "acct_7"
	for _, list := range []List{Customers, Subscriptions, Invoices, Disputes} {
		if objects, last, more, err := a.Page(t.Context(), list, "x_1", 1000); err != nil || len(objects) != 0 || last != "" || more {
			t.Errorf("%s: %v", list, err)
		}
	}
	want := []string{
		"GET /v1/customers?limit=100&starting_after=x_1",
		"GET /v1/subscriptions?expand[]=data.discounts.source.coupon&expand[]=data.items.data.discounts&limit=100&starting_after=x_1&status=all",
		"GET /v1/invoices?limit=100&starting_after=x_1&status=open",
		"GET /v1/disputes?expand[]=data.charge&limit=100&starting_after=x_1",
	}
	if d := cmp.Diff(want, f.calls()); d != "" || f.last().Header.Get("Stripe-Account") != "acct_7" {
		t.Error(d)
	}
}

// A page that is too large is asked for again with fewer.
func TestLargePages(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		limit, _ := strconv.Atoi(r.Form.Get("limit"))
		object := `{"id":"cus_1","object":"customer","metadata":"` + strings.Repeat("x", maxAnswer/30) + `"}`
		says(200, `{"object":"list","has_more":true,"data":[`+strings.Repeat(object+",", limit-1)+object+`]}`)(w, r)
	})
	objects, last, more, err := api(t, f.URL).Page(t.Context(), Customers, "", 100)
	if err != nil || len(objects) != 25 || last != "cus_1" || !more {
		t.Errorf("%d objects, %q %t %v", len(objects), last, more, err)
	}
}

func TestOwner(t *testing.T) {
	f := serve(t, says(200, `{"id":"acct_1","object":"account","business_profile":{"name":"Acme"},"settings":{"dashboard":{"display_name":"Acme Billing"}}}`))
	if got := must[Account](t)(api(t, f.URL).Owner(t.Context())); got != (Account{"acct_1", "Acme Billing", true}) {
		t.Errorf("%+v", got)
	}
	f = serve(t, says(403, `{"error":{"message":"The provided key 'rk_test_**x' does not have the required permissions for this endpoint on account 'acct_2'. Having the 'rak_accounts_kyc_basic_read' permission would allow this request to continue."}}`))
	a := api(t, f.URL)
	a.Key = "rk_test_1"
	if got := must[Account](t)(a.Owner(t.Context())); got != (Account{"acct_2", "", false}) {
		t.Errorf("a key that may not read its account: %+v", got)
	}
	for name, answer := range map[string]http.HandlerFunc{"no account": says(200, `{"object":"account"}`), "no access": says(403, `{"error":{"message":"no access to account 'acct_1'"}}`)} {
		if got, err := api(t, serve(t, answer).URL).Owner(t.Context()); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestEndpoints(t *testing.T) {
	f := serve(t, says(200, `{"id":"we_1","object":"webhook_endpoint","secret":"whsec_1"}`))
	id, secret, err := api(t, f.URL).CreateEndpoint(t.Context(), "https://stanna.example.com/in/stripe", EventTypes())
	form := f.last().PostForm
	if err != nil || id != "we_1" || secret != "whsec_1" || form.Get("url") != "https://stanna.example.com/in/stripe" || form.Get("api_version") != Version {
		t.Errorf("%v %q %v", err, id, form)
	}
	if d := cmp.Diff(EventTypes(), form["enabled_events[]"]); d != "" {
		t.Error(d)
	}
	if err := api(t, f.URL).DeleteEndpoint(t.Context(), "we_1"); err != nil || f.calls()[1] != "DELETE /v1/webhook_endpoints/we_1" {
		t.Errorf("%v %v", err, f.calls())
	}
	if err := api(t, serve(t, answers(nil)).URL).DeleteEndpoint(t.Context(), "we_1"); err != nil {
		t.Errorf("gone already: %v", err)
	}
	if _, _, err := api(t, serve(t, says(200, `{"id":"we_1"}`)).URL).CreateEndpoint(t.Context(), "https://x.example", nil); OutcomeOf(err) != Retry {
		t.Errorf("without a secret: %v", err)
	}
}

func TestKeys(t *testing.T) {
	for key, want := range map[stanna.Secret]string{
		"rk_live_1": "", "rk_test_1": "", "sk_live_1": "", "sk_1": "", "": "is required", "pk_live_1": "publishable key", "whsec_1": "signing secret",
		"acct_1": "no key of Stripe's", "rk_live_1 2": "no key of Stripe's has", "rk_live_…x": "no key of Stripe's has", "sk_live_1\r\nHost: x": "no key of Stripe's has",
	} {
		err := CheckKey(key)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || stanna.CodeOf(err) != stanna.Invalid) {
			t.Errorf("%q: %v", key.Reveal(), err)
		}
	}
	if KeyWarning("rk_live_1") != "" || !strings.Contains(KeyWarning("sk_live_1"), "full secret key") {
		t.Error("the warning is of the wrong key")
	}
	for key, live := range map[stanna.Secret]bool{"rk_live_1": true, "sk_live_1": true, "rk_test_1": false, "sk_test_1": false, "sk_old": true} {
		if Livemode(key) != live {
			t.Errorf("%s", key.Reveal())
		}
	}
}
