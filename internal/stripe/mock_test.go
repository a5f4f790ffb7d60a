package stripe

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	stripeapi "github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"
)

// stripeMock runs Stripe's own mock, which holds every request against
// Stripe's description of its API and answers with fixtures.
func stripeMock(t *testing.T) API {
	t.Helper()
	spec, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		t.Fatal(err)
	}
	fixtures, err := server.LoadFixtures(embedded.OpenAPIFixtures, "")
	if err != nil {
		t.Fatal(err)
	}
	stub := must[*server.StubServer](t)(server.NewStubServer(fixtures, spec, false, false))
	s := httptest.NewServer(http.HandlerFunc(stub.HandleRequest))
	t.Cleanup(s.Close)
	a := api(t, s.URL)
	a.Key = "sk_test_123"
	return a
}

func TestStripeMock(t *testing.T) {
	if testing.Short() {
		t.Skip("Stripe's description of its API takes seconds to read")
	}
	a := stripeMock(t)
	t.Run("lists", func(t *testing.T) {
		for list, kind := range map[List]Kind{Customers: CustomerNews, Subscriptions: SubscriptionNews, Invoices: "", Disputes: PaymentNews} {
			objects, last, _, err := a.Page(t.Context(), list, "", 3)
			if err != nil || len(objects) == 0 || last == "" {
				t.Errorf("%s: %d objects to %q, %v", list, len(objects), last, err)
				continue
			}
			if _, _, _, err := a.Page(t.Context(), list, last, MaxPage); err != nil {
				t.Errorf("%s, the next page: %v", list, err)
			}
			n := must[News](t)(NewsOf(objects[0], noon))
			checkNews(t, string(list), n, nil)
			if n.Kind != kind && (list != Disputes || !strings.Contains(n.Why, "guest")) { // the one invoice is a draft
				t.Errorf("%s: %+v", list, n)
			}
			if _, err := a.Get(t.Context(), list, last); err != nil {
				t.Errorf("%s, one: %v", list, err)
			}
		}
	})
	t.Run("one by one", func(t *testing.T) {
		if got := must[Account](t)(a.Owner(t.Context())); !strings.HasPrefix(got.ID, "acct_") || got.Livemode {
			t.Errorf("%+v", got)
		}
		if got := must[Customer](t)(a.Customer(t.Context(), "cus_9")); got.ID != "cus_9" {
			t.Errorf("%+v", got)
		}
		if got := must[Charge](t)(a.Charge(t.Context(), "ch_9")); got.ID != "ch_9" || got.InvoiceKnown {
			t.Errorf("%+v", got)
		}
		if _, err := a.Decline(t.Context(), Trail{PaymentIntent: "pi_9"}); err != nil {
			t.Error(err)
		}
		if _, err := a.Decline(t.Context(), Trail{Invoice: "in_9"}); err != nil {
			t.Error(err)
		}
		if _, err := a.InvoiceOf(t.Context(), "pi_9"); err != nil {
			t.Error(err)
		}
	})
	t.Run("what a subscription lacks", func(t *testing.T) {
		objects, _, _, err := a.Page(t.Context(), Subscriptions, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		lacking := edited(t, string(objects[0]), map[string]any{"discounts": []string{"di_1"}})
		n := must[News](t)(NewsOf(json.RawMessage(lacking), noon))
		if n = must[News](t)(a.Complete(t.Context(), n)); n.Subscription == nil {
			t.Errorf("%+v", n)
		}
		if _, err := a.get(t.Context(), "coupons", "c_1", "applies_to"); err != nil {
			t.Error(err)
		}
		if _, err := a.items(t.Context(), "sub_1"); err != nil {
			t.Error(err)
		}
	})
	t.Run("endpoints", func(t *testing.T) {
		// The mock takes the request, and its fixture has no secret.
		if _, _, err := a.CreateEndpoint(t.Context(), "https://stanna.example.com/in/stripe", EventTypes()); !strings.Contains(err.Error(), "no secret") {
			t.Error(err)
		}
		if err := a.DeleteEndpoint(t.Context(), "we_9"); err != nil {
			t.Error(err)
		}
	})
	t.Run("refusals", func(t *testing.T) {
		odd := a
		odd.Key = "pk_live_1"
		if _, err := odd.Owner(t.Context()); OutcomeOf(err) != Broken {
			t.Errorf("a key that is none: %v", err)
		}
		if _, _, err := a.CreateEndpoint(t.Context(), "https://stanna.example.com", []string{"invoice.exploded"}); OutcomeOf(err) != Refused {
			t.Errorf("an event that is none: %v", err)
		}
	})
}

// The version that we call with is of the train that Stripe's library speaks,
// so that what is tested here is what is answered.
func TestVersion(t *testing.T) {
	_, ours, _ := strings.Cut(Version, ".")
	if _, theirs, _ := strings.Cut(stripeapi.APIVersion, "."); ours != theirs {
		t.Errorf("%s, and stripe-go speaks %s", Version, stripeapi.APIVersion)
	}
}
