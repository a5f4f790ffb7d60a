package stripe

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

func failedInvoice(t *testing.T, fields map[string]any) News {
	return newsOf(t, "invoice.payment_failed", edited(t, open, fields))
}

// Why an invoice failed lies with its payment: where it is depends on the API
// version.
func TestWhyItFailed(t *testing.T) {
	intent := `{"id":"pi_1","object":"payment_intent","status":"requires_payment_method","last_payment_error":{"code":"card_declined","decline_code":"insufficient_funds"}}`
	charge := `{"id":"ch_1","object":"charge","status":"failed","failure_code":"card_declined","outcome":{"reason":"stolen_card"}}`
	for name, c := range map[string]struct {
		news  News
		paths map[string]string
		want  Decline
		calls int
	}{
		"by its payment intent": {failedInvoice(t, map[string]any{"payment_intent": "pi_1", "charge": "ch_1"}), map[string]string{"/v1/payment_intents/pi_1": intent}, Decline{"soft", "insufficient_funds"}, 1},
		"by its charge":         {failedInvoice(t, map[string]any{"charge": "ch_1"}), map[string]string{"/v1/charges/ch_1": charge}, Decline{"hard", "stolen_card"}, 1},
		"by its payments": {failedInvoice(t, nil), map[string]string{"/v1/invoice_payments": `{"object":"list","has_more":false,"data":[{"id":"inpay_0","status":"canceled",
			"payment":{"payment_intent":{"id":"pi_0"}}},{"id":"inpay_1","status":"open","payment":{"type":"payment_intent","payment_intent":` + intent + `}}]}`}, Decline{"soft", "insufficient_funds"}, 1},
		"by a payment's charge": {failedInvoice(t, nil), map[string]string{"/v1/invoice_payments": `{"object":"list","has_more":false,"data":[{"id":"inpay_1","status":"open",
			"payment":{"type":"charge","charge":"ch_1"}}]}`, "/v1/charges/ch_1": charge}, Decline{"hard", "stolen_card"}, 2},
		"by nothing": {failedInvoice(t, nil), map[string]string{"/v1/invoice_payments": `{"object":"list","has_more":false,"data":[]}`}, Decline{}, 1},
		"gone":       {failedInvoice(t, map[string]any{"payment_intent": "pi_1"}), nil, Decline{}, 1},
	} {
		if !c.news.Incomplete() {
			t.Errorf("%s: nothing is to be asked: %+v", name, c.news)
		}
		f := serve(t, answers(c.paths))
		n := must[News](t)(api(t, f.URL).Complete(t.Context(), c.news))
		if got := (Decline{n.Payment.Failed.Decline, n.Payment.Failed.Code}); got != c.want || len(f.calls()) != c.calls || n.Payment.Failed.Amount != 20 {
			t.Errorf("%s: %+v after %v", name, got, f.calls())
		}
		if c.news.Payment.Failed.Decline != "" {
			t.Errorf("%s: the news given were changed", name)
		}
		if got, err := api(t, f.URL).Decline(t.Context(), c.news.Payment.Trail); name != "gone" && (got != c.want || err != nil) {
			t.Errorf("%s: asked alone, %+v %v", name, got, err)
		}
	}
	n := failedInvoice(t, nil)
	a := api(t, serve(t, says(403, `{"error":{"message":"Having the 'rak_payment_intent_read' permission would allow"}}`)).URL)
	if got, err := a.Complete(t.Context(), n); err != nil || got.Payment.Failed.Decline != "" {
		t.Errorf("a key that may not look: %v %+v", err, got)
	}
	if got, err := api(t, dead()).Complete(t.Context(), n); OutcomeOf(err) != Retry || got.Kind != PaymentNews {
		t.Errorf("nobody answers: %v %+v", err, got)
	}
	if _, err := api(t, dead()).Complete(t.Context(), newsOf(t, "invoice.paid", open)); err != nil {
		t.Errorf("a whole one was asked about: %v", err)
	}
}

// An open invoice without a further attempt may be under way.
func TestUnderWay(t *testing.T) {
	n := must[News](t)(NewsOf(json.RawMessage(edited(t, open, map[string]any{"next_payment_attempt": nil, "payment_intent": "pi_1"})), noon))
	for status, failed := range map[string]bool{"processing": false, "succeeded": false, "requires_payment_method": true, "requires_action": true} {
		f := serve(t, answers(map[string]string{"/v1/payment_intents/pi_1": `{"id":"pi_1","status":"` + status + `"}`}))
		if got := must[News](t)(api(t, f.URL).Complete(t.Context(), n)); (got.Payment != nil) != failed || failed && (got.Payment.Unsure || got.Payment.Failed == nil) {
			t.Errorf("%s: %+v", status, got)
		}
	}
	a := api(t, serve(t, says(403, `{"error":{"message":"Having the 'rak_payment_intent_read' permission would allow"}}`)).URL)
	if _, err := a.Complete(t.Context(), n); OutcomeOf(err) != Broken {
		t.Errorf("it was taken for failed without a look: %v", err)
	}
}

// Whether a charge is of an invoice the newer API versions do not say.
func TestChargeOfAnInvoice(t *testing.T) {
	const charge = `{"id":"ch_1","object":"charge","customer":"cus_1","payment_intent":"pi_1","amount":1999,"currency":"usd","status":"failed","failure_code":"expired_card"}`
	for invoices, want := range map[string]Kind{`{"id":"inpay_1","invoice":"in_1"}`: "", ``: PaymentNews} {
		f := serve(t, answers(map[string]string{"/v1/invoice_payments": `{"object":"list","has_more":false,"data":[` + invoices + `]}`}))
		n := must[News](t)(api(t, f.URL).Complete(t.Context(), newsOf(t, "charge.failed", charge)))
		if n.Kind != want || want == "" && !strings.Contains(n.Why, "of an invoice") || want != "" && (n.Payment.Unsure || n.Incomplete() || n.Payment.Failed.Code != "expired_card") {
			t.Errorf("%q: %+v", invoices, n)
		}
		if d := cmp.Diff([]string{"GET /v1/invoice_payments?limit=10&payment[payment_intent]=pi_1&payment[type]=payment_intent"}, f.calls()); d != "" {
			t.Error(d)
		}
	}
	if _, err := api(t, dead()).Complete(t.Context(), newsOf(t, "charge.failed", charge)); OutcomeOf(err) != Retry {
		t.Errorf("nobody answers: %v", err)
	}
}

// A dispute names a charge, and the charge the customer.
func TestWhoDisputes(t *testing.T) {
	const dispute = `{"id":"dp_1","object":"dispute","charge":"ch_1","amount":1000,"currency":"eur","status":"needs_response"}`
	charge := `{"id":"ch_1","object":"charge","customer":"cus_1","billing_details":{"email":"ana@acme.com"}}`
	f := serve(t, answers(map[string]string{"/v1/charges/ch_1": charge, "/v1/payment_intents/pi_1": `{"id":"pi_1","customer":"cus_2"}`, "/v1/charges/ch_2": `{"id":"ch_2","customer":null}`}))
	a := api(t, f.URL)
	n := must[News](t)(a.Complete(t.Context(), newsOf(t, "charge.dispute.created", dispute)))
	if n.CustomerID != "cus_1" || n.Payment.Failed.Contact != "ana@acme.com" || n.Incomplete() {
		t.Errorf("%+v %+v", n, n.Payment.Failed)
	}
	n = must[News](t)(a.Complete(t.Context(), newsOf(t, "charge.dispute.closed", edited(t, dispute, map[string]any{"charge": nil, "payment_intent": "pi_1", "status": "won"}))))
	if n.CustomerID != "cus_2" || n.Payment.Recovered == nil {
		t.Errorf("%+v", n)
	}
	n = must[News](t)(a.Complete(t.Context(), newsOf(t, "charge.dispute.created", edited(t, dispute, map[string]any{"charge": "ch_2"}))))
	if n.Kind != "" || !strings.Contains(n.Why, "of a guest") {
		t.Errorf("%+v", n)
	}
	if _, err := a.Complete(t.Context(), newsOf(t, "charge.dispute.created", edited(t, dispute, map[string]any{"charge": "ch_3"}))); OutcomeOf(err) != Gone {
		t.Errorf("a charge that is gone: %v", err)
	}
}

// Coupons that are only named, tiers and further items are asked for.
func TestSubscriptionIsResolved(t *testing.T) {
	item := func(more, price string) string {
		return `{"id":"si_1","quantity":3,` + more + `"price":{"id":"p","product":"prod_1","currency":"usd","recurring":{"interval":"month"},` + price + `}}`
	}
	sub := func(items, more string) string {
		return `{"id":"sub_1","object":"subscription","customer":"cus_1","status":"active","items":{"data":[` + items + `]` + more + `}`
	}
	ten := item("", `"unit_amount":1000`)
	half := `{"id":"c_1","object":"coupon","duration":"forever","percent_off":50}`
	tiered := item("", `"billing_scheme":"tiered","tiers_mode":"volume","unit_amount":null`)
	for name, c := range map[string]struct {
		event string
		paths map[string]string
		want  int64
		calls int
	}{
		"a coupon named": {sub(ten, `},"discounts":["di_1"]`), map[string]string{"/v1/subscriptions/sub_1": sub(ten, `},"discounts":[{"id":"di_1","source":{"type":"coupon","coupon":`+half+`}}]`)}, 1500e6, 1},
		"a coupon named twice": {sub(ten, `},"discounts":["di_1"]`), map[string]string{"/v1/subscriptions/sub_1": sub(ten, `},"discounts":[{"id":"di_1","source":{"type":"coupon","coupon":"c_1"}}]`),
			"/v1/coupons/c_1": half}, 1500e6, 2},
		"a coupon that ended since": {sub(ten, `},"discounts":["di_1"]`), map[string]string{"/v1/subscriptions/sub_1": sub(ten, `},"discounts":[]`)}, 3000e6, 1},
		"a coupon that came since":  {sub(ten, `},"discounts":["di_1"]`), map[string]string{"/v1/subscriptions/sub_1": sub(ten, `},"discounts":[{"id":"di_2","coupon":`+half+`}]`)}, 3000e6, 1},
		"a coupon of an item": {sub(item(`"discounts":["di_1"],`, `"unit_amount":1000`), `}`), map[string]string{
			"/v1/subscriptions/sub_1": sub(item(`"discounts":[{"id":"di_1","source":{"coupon":"c_1"}}],`, `"unit_amount":1000`), `}`), "/v1/coupons/c_1": half}, 1500e6, 2},
		"for which product": {sub(ten+","+strings.Replace(ten, "prod_1", "prod_2", 1), `},"discounts":[{"id":"di_1","coupon":`+half+`}]`), map[string]string{
			"/v1/subscriptions/sub_1": sub(ten, `},"discounts":[{"id":"di_1","source":{"coupon":`+strings.Replace(half, `"id"`, `"applies_to":{"products":["prod_2"]},"id"`, 1)+`}}]`)}, 4500e6, 1},
		"tiers": {sub(tiered, `}`), map[string]string{"/v1/subscriptions/sub_1": sub(strings.Replace(tiered, `"unit_amount":null`, `"tiers":[{"up_to":null,"unit_amount":200}]`, 1), `}`)}, 600e6, 1},
		"more items": {sub(ten, `,"has_more":true}`), map[string]string{"/v1/subscriptions/sub_1": sub(ten, `,"has_more":true}`),
			"/v1/subscription_items": `{"object":"list","data":[` + ten + `,` + ten + `],"has_more":false}`}, 6000e6, 2},
		"gone": {sub(ten, `},"discounts":["di_1"]`), nil, 3000e6, 1},
	} {
		n := newsOf(t, "customer.subscription.updated", c.event)
		if !n.Incomplete() {
			t.Errorf("%s: nothing is to be asked", name)
		}
		f := serve(t, answers(c.paths))
		got := must[News](t)(api(t, f.URL).Complete(t.Context(), n))
		if w := got.Subscription.Worth(); w.Micros != c.want || len(f.calls()) != c.calls {
			t.Errorf("%s: %+v after %v", name, w, f.calls())
		}
		if !slices.Contains([]string{"gone", "a coupon that ended since", "a coupon that came since"}, name) && got.Incomplete() {
			t.Errorf("%s: there is still something to be asked", name)
		}
	}
	n := newsOf(t, "customer.subscription.updated", sub(ten, `},"discounts":["di_1"]`))
	if got, err := api(t, serve(t, says(500, "")).URL).Complete(t.Context(), n); OutcomeOf(err) != Retry || got.Subscription.Worth().Micros != 3000e6 {
		t.Errorf("%v %+v", err, got)
	}
}

func TestOneObject(t *testing.T) {
	f := serve(t, answers(map[string]string{"/v1/customers/cus_1": `{"id":"cus_1","object":"customer","deleted":true}`, "/v1/charges/ch_1": `{"id":"ch_1","customer":"cus_1","invoice":null}`,
		"/v1/invoices/in_1": open, "/v1/disputes/dp_1": `{}`}))
	a := api(t, f.URL)
	if c := must[Customer](t)(a.Customer(t.Context(), "cus_1")); c.ID != "cus_1" || !c.Deleted || c.URL != "https://dashboard.stripe.com/customers/cus_1" {
		t.Errorf("%+v", c)
	}
	if c := must[Charge](t)(a.Charge(t.Context(), "ch_1")); c.CustomerID != "cus_1" || !c.InvoiceKnown || c.InvoiceID != "" {
		t.Errorf("%+v", c)
	}
	raw := must[json.RawMessage](t)(a.Get(t.Context(), Invoices, "in_1"))
	if n := must[News](t)(NewsOf(raw, noon)); n.Payment == nil || n.Payment.Failed.Status != stanna.PaymentFailing {
		t.Errorf("%+v", n)
	}
	_ = must[json.RawMessage](t)(a.Get(t.Context(), Disputes, "dp_1"))
	if _, err := a.Customer(t.Context(), "cus_2/../../account"); OutcomeOf(err) != Gone || !strings.Contains(f.last().URL.EscapedPath(), "cus_2%2F..%2F..%2Faccount") {
		t.Errorf("%v %s", err, f.last().URL.EscapedPath())
	}
	if _, err := a.Get(t.Context(), "account", "x"); stanna.CodeOf(err) != stanna.Invalid {
		t.Error(err)
	}
	for _, answer := range []http.HandlerFunc{says(200, `[]`), says(200, `{}`), says(200, `"cus_1"`)} {
		if _, err := api(t, serve(t, answer).URL).Customer(t.Context(), "cus_1"); OutcomeOf(err) != Retry {
			t.Error(err)
		}
	}
}
