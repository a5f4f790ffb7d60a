package stripe

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

// open is an invoice of 20.00 of which the first attempt failed, in the
// newest form.
const open = `{"id":"in_1","object":"invoice","customer":"cus_1","status":"open","currency":"usd","amount_due":2000,"amount_remaining":2000,"attempted":true,
	"attempt_count":1,"collection_method":"charge_automatically","next_payment_attempt":1795600800,"due_date":null,"livemode":true,
	"customer_name":"Ana Diaz","customer_email":"ana@acme.com","parent":{"subscription_details":{"subscription":"sub_1"}}}`

func TestInvoiceNews(t *testing.T) {
	base := stanna.PaymentFailed{Amount: 20, Currency: "USD", Attempt: 1, NextAttempt: "2026-11-25T10:00:00Z", Status: "failed", Invoice: "in_1",
		Contact: "Ana Diaz <ana@acme.com>", URL: "https://dashboard.stripe.com/invoices/in_1"}
	failed := func(change func(*stanna.PaymentFailed)) *stanna.PaymentFailed { f := base; change(&f); return &f }
	same := func(*stanna.PaymentFailed) {}
	late := func(f *stanna.PaymentFailed) { f.Status = "past_due" }
	paid := &stanna.PaymentRecovered{Invoice: "in_1"}
	trail := Trail{Invoice: "in_1"}
	for name, c := range map[string]struct {
		event  string // "": it was read
		fields map[string]any
		want   *Payment // nil: nothing
		why    string
	}{
		"failed": {"invoice.payment_failed", nil, &Payment{Failed: failed(same), Trail: trail}, ""},
		"failed for the last time": {"invoice.payment_failed", map[string]any{"attempt_count": 4, "next_payment_attempt": nil},
			&Payment{Failed: failed(func(f *stanna.PaymentFailed) { f.Attempt, f.NextAttempt, f.Status = 4, "", "past_due" }), Trail: trail}, ""},
		"failed at the start": {"invoice.payment_failed", map[string]any{"next_payment_attempt": nil},
			&Payment{Failed: failed(func(f *stanna.PaymentFailed) { f.NextAttempt = "" }), Trail: trail}, ""},
		"partly paid": {"invoice.payment_failed", map[string]any{"amount_remaining": 500},
			&Payment{Failed: failed(func(f *stanna.PaymentFailed) { f.Amount = 5 }), Trail: trail}, ""},
		"numbers as text": {"invoice.payment_failed", map[string]any{"attempt_count": "2", "amount_remaining": "1234", "next_payment_attempt": "1795600800"},
			&Payment{Failed: failed(func(f *stanna.PaymentFailed) { f.Amount, f.Attempt = 12.34, 2 }), Trail: trail}, ""},
		"of test mode": {"invoice.payment_failed", map[string]any{"livemode": false},
			&Payment{Failed: failed(func(f *stanna.PaymentFailed) { f.URL = "https://dashboard.stripe.com/test/invoices/in_1" }), Trail: trail}, ""},
		"with its charge": {"invoice.payment_failed", map[string]any{"charge": "ch_1", "payment_intent": "pi_1", "customer": map[string]any{"id": "cus_1"}},
			&Payment{Failed: failed(same), Trail: Trail{"ch_1", "pi_1", "in_1"}}, ""},
		"with its charge whole": {"invoice.payment_failed", map[string]any{"charge": map[string]any{"id": "ch_1", "failure_code": "card_declined",
			"outcome": map[string]any{"reason": "insufficient_funds"}}},
			&Payment{Failed: failed(func(f *stanna.PaymentFailed) { f.Decline, f.Code = "soft", "insufficient_funds" }), Trail: Trail{"ch_1", "", "in_1"}}, ""},
		"with its payment whole": {"invoice.payment_failed", map[string]any{"payment_intent": map[string]any{"id": "pi_1", "last_payment_error": map[string]any{
			"code": "card_declined", "decline_code": "insufficient_funds", "advice_code": "do_not_try_again"}}},
			&Payment{Failed: failed(func(f *stanna.PaymentFailed) { f.Decline, f.Code = "hard", "insufficient_funds" }), Trail: Trail{"", "pi_1", "in_1"}}, ""},
		"of before statuses":          {"invoice.payment_failed", map[string]any{"status": nil, "paid": false, "closed": false}, &Payment{Failed: failed(same), Trail: trail}, ""},
		"written off before statuses": {"invoice.updated", map[string]any{"status": nil, "forgiven": true}, &Payment{Failed: failed(late), Trail: trail}, ""},
		"must be confirmed": {"invoice.payment_action_required", nil,
			&Payment{Failed: failed(func(f *stanna.PaymentFailed) { f.Decline, f.Code = "hard", "authentication_required" }), Trail: trail}, ""},
		"overdue":           {"invoice.overdue", nil, &Payment{Failed: failed(late), Trail: trail}, ""},
		"written off":       {"invoice.marked_uncollectible", map[string]any{"status": "uncollectible"}, &Payment{Failed: failed(late), Trail: trail}, ""},
		"paid":              {"invoice.paid", map[string]any{"status": "paid"}, &Payment{Recovered: paid, Trail: trail}, ""},
		"paid, old":         {"invoice.payment_succeeded", map[string]any{"status": nil, "paid": true}, &Payment{Recovered: paid, Trail: trail}, ""},
		"paid, no amount":   {"invoice.paid", map[string]any{"amount_due": nil, "amount_remaining": nil}, &Payment{Recovered: paid, Trail: trail}, ""},
		"voided":            {"invoice.voided", map[string]any{"status": "void"}, &Payment{Recovered: paid, Trail: trail}, ""},
		"paid by then":      {"invoice.updated", map[string]any{"status": "paid"}, &Payment{Recovered: paid, Trail: trail}, ""},
		"changed":           {"invoice.updated", nil, nil, "open and not past due"},
		"changed past due":  {"invoice.updated", map[string]any{"due_date": 1795000000}, &Payment{Failed: failed(late), Trail: trail}, ""},
		"read":              {"", nil, &Payment{Failed: failed(same), Trail: trail}, ""},
		"read, not tried":   {"", map[string]any{"attempted": false, "attempt_count": 0}, nil, "neither due nor tried"},
		"read, by transfer": {"", map[string]any{"collection_method": "send_invoice", "due_date": 1796000000}, nil, "neither due nor tried"},
		"read, too late": {"", map[string]any{"collection_method": "send_invoice", "due_date": 1795000000, "attempt_count": 0, "next_payment_attempt": nil},
			&Payment{Failed: failed(func(f *stanna.PaymentFailed) { f.Attempt, f.NextAttempt, f.Status = 0, "", "past_due" }), Trail: trail}, ""},
		"read, under way or failed": {"", map[string]any{"next_payment_attempt": nil},
			&Payment{Failed: failed(func(f *stanna.PaymentFailed) { f.NextAttempt = "" }), Trail: trail, Unsure: true}, ""},
		"read, paid": {"", map[string]any{"status": "paid"}, &Payment{Recovered: paid, Trail: trail}, ""},
	} {
		e := Event{Type: c.event, Created: noon.Add(-2 * time.Hour), Livemode: true, Object: json.RawMessage(edited(t, open, c.fields))}
		n := must[News](t)(e.News())
		if d := cmp.Diff(c.want, n.Payment); d != "" || !strings.Contains(n.Why, c.why) || c.want != nil && n.CustomerID != "cus_1" {
			t.Errorf("%s: %s %+v", name, d, n)
		}
		checkNews(t, name, n, nil)
	}
}

func TestChargeNews(t *testing.T) {
	const charge = `{"id":"ch_1","object":"charge","customer":"cus_1","invoice":null,"payment_intent":"pi_1","amount":1999,"currency":"usd","status":"failed","livemode":true,
		"failure_code":"card_declined","outcome":{"type":"issuer_declined","reason":"expired_card"},"billing_details":{"name":"Ana","email":"ana@acme.com"}}`
	f := stanna.PaymentFailed{Amount: 19.99, Currency: "USD", Status: "failed", Decline: "hard", Code: "expired_card", Invoice: "pi_1",
		Contact: "Ana <ana@acme.com>", URL: "https://dashboard.stripe.com/payments/pi_1"}
	trail := Trail{Charge: "ch_1", PaymentIntent: "pi_1"}
	old := f
	old.Invoice, old.URL = "ch_1", "https://dashboard.stripe.com/payments/ch_1"
	for name, c := range map[string]struct {
		event  string
		fields map[string]any
		want   *Payment
		why    string
	}{
		"failed":            {"charge.failed", nil, &Payment{Failed: &f, Trail: trail}, ""},
		"failed, old":       {"charge.failed", map[string]any{"payment_intent": nil}, &Payment{Failed: &old, Trail: Trail{Charge: "ch_1"}}, ""},
		"of an invoice":     {"charge.failed", map[string]any{"invoice": "in_1"}, nil, "of an invoice"},
		"it does not say":   {"charge.failed", map[string]any{"invoice": nil}, &Payment{Failed: &f, Trail: trail, Unsure: true}, ""},
		"of a guest":        {"charge.failed", map[string]any{"customer": nil}, nil, "of a guest"},
		"went through":      {"charge.succeeded", map[string]any{"invoice": ""}, &Payment{Recovered: &stanna.PaymentRecovered{Invoice: "pi_1"}, Trail: trail}, ""},
		"went through, old": {"charge.succeeded", map[string]any{"invoice": "", "payment_intent": nil}, nil, "never tried"},
	} {
		body := edited(t, charge, c.fields)
		n := newsOf(t, c.event, body)
		if d := cmp.Diff(c.want, n.Payment); d != "" || !strings.Contains(n.Why, c.why) {
			t.Errorf("%s: %s %+v", name, d, n)
		}
		checkNews(t, name, n, nil)
	}
	n := newsOf(t, "payment_intent.canceled", `{"id":"pi_1","object":"payment_intent","customer":"cus_1","status":"canceled"}`)
	if n.Payment == nil || n.Payment.Recovered.Invoice != "pi_1" {
		t.Errorf("given up: %+v", n)
	}
}

func TestDisputeNews(t *testing.T) {
	const dispute = `{"id":"dp_1","object":"dispute","charge":"ch_1","payment_intent":"pi_1","amount":1000,"currency":"eur","reason":"fraudulent","status":"needs_response",
		"evidence":{"customer_name":"Ana","customer_email_address":"ana@acme.com"},"evidence_details":{"due_by":1796342399},"livemode":false}`
	disputed := &stanna.PaymentFailed{Amount: 10, Currency: "EUR", Attempt: 1, Status: "disputed", Code: "fraudulent", Invoice: "dp_1", Contact: "Ana <ana@acme.com>",
		RespondBy: "2026-12-03T23:59:59Z", URL: "https://dashboard.stripe.com/test/disputes/dp_1"}
	answered := *disputed
	answered.RespondBy = ""
	over := &stanna.PaymentRecovered{Invoice: "dp_1"}
	for name, c := range map[string]struct {
		event, status string
		failed        *stanna.PaymentFailed
		recovered     *stanna.PaymentRecovered
	}{
		"opened":                {"charge.dispute.created", "needs_response", disputed, nil},
		"an inquiry":            {"charge.dispute.created", "warning_needs_response", disputed, nil},
		"money taken":           {"charge.dispute.funds_withdrawn", "needs_response", disputed, nil},
		"answered":              {"charge.dispute.updated", "under_review", &answered, nil},
		"won":                   {"charge.dispute.closed", "won", nil, over},
		"inquiry over":          {"charge.dispute.closed", "warning_closed", nil, over},
		"prevented":             {"charge.dispute.closed", "prevented", nil, over},
		"lost":                  {"charge.dispute.closed", "lost", &answered, nil},
		"money back":            {"charge.dispute.funds_reinstated", "under_review", nil, over},
		"some money back, lost": {"charge.dispute.funds_reinstated", "lost", &answered, nil},
		"read":                  {"", "needs_response", disputed, nil},
		"read, won":             {"", "won", nil, over},
		"read, lost":            {"", "lost", nil, nil},
	} {
		e := Event{Type: c.event, Created: noon, Object: json.RawMessage(edited(t, dispute, map[string]any{"status": c.status}))}
		n := must[News](t)(e.News())
		var p Payment
		if n.Payment != nil {
			p = *n.Payment
		}
		if d := cmp.Diff(c.failed, p.Failed) + cmp.Diff(c.recovered, p.Recovered); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if n.Kind != "" && (n.CustomerID != "" || !n.Incomplete() || p.Trail != Trail{Charge: "ch_1", PaymentIntent: "pi_1"}) {
			t.Errorf("%s: the charge is not asked for its customer: %+v", name, n)
		}
	}
	whole := edited(t, dispute, map[string]any{"charge": map[string]any{"id": "ch_1", "customer": map[string]any{"id": "cus_1"}}})
	if n := newsOf(t, "charge.dispute.created", whole); n.CustomerID != "cus_1" || n.Incomplete() {
		t.Errorf("%+v", n)
	}
}

func TestCustomerNews(t *testing.T) {
	e := happened(t, "customer.updated", `{"id":"cus_1","object":"customer","name":"Acme\u0000 Inc.","email":"billing@acme.com","livemode":true,
		"metadata":{"client_id":"acme","n":5,"empty":""},"created":1557995166,"delinquent":true}`)
	e.Account = "acct_1"
	n := must[News](t)(e.News())
	want := &Customer{ID: "cus_1", Name: "Acme  Inc.", Email: "billing@acme.com", Metadata: map[string]string{"client_id": "acme", "n": "5"}, Delinquent: true,
		CreatedAt: time.Unix(1557995166, 0).UTC(), URL: "https://dashboard.stripe.com/acct_1/customers/cus_1"}
	if d := cmp.Diff(want, n.Customer); d != "" || n.CustomerID != "cus_1" || n.Kind != CustomerNews {
		t.Errorf("%s %+v", d, n)
	}
	for _, o := range []string{`{"id":"cus_1","object":"customer","deleted":true}`, `{"id":"cus_1","object":"customer","description":"Acme"}`} {
		if n := newsOf(t, "customer.deleted", o); !n.Customer.Deleted {
			t.Errorf("%s: %+v", o, n.Customer)
		}
	}
	if n := newsOf(t, "customer.created", `{"id":"cus_1","description":"Michael Smith"}`); n.Customer.Name != "Michael Smith" || n.Customer.Deleted {
		t.Errorf("%+v", n.Customer)
	}
}

// recipe is what `stripe trigger` does to bring an event about.
type recipe struct {
	Fixtures []struct {
		Name   string         `json:"name"`
		Path   string         `json:"path"`
		Method string         `json:"method"`
		Params map[string]any `json:"params"`
	} `json:"fixtures"`
}

func (r recipe) param(step, name string) string {
	for _, f := range r.Fixtures {
		if f.Name == step {
			return fmt.Sprint(f.Params[name])
		}
	}
	return ""
}

func recipeFor(t *testing.T, event string) (r recipe) {
	t.Helper()
	if err := json.Unmarshal(shared(t, "data/stripe-events/stripe-cli-triggers/"+event+".json"), &r); err != nil || len(r.Fixtures) == 0 {
		t.Fatal(err)
	}
	return r
}

// TestRecipes plays what the recipes of `stripe trigger` lead to: the events
// with their objects, in the order in which Stripe sends them.
func TestRecipes(t *testing.T) {
	subscription := func(event, status string) string {
		price := recipeFor(t, event).param("price", "unit_amount")
		return `{"id":"sub_1","object":"subscription","customer":"cus_1","status":"` + status + `","items":{"data":[{"quantity":1,"price":{"id":"price_1",
			"currency":"usd","unit_amount":` + price + `,"recurring":{"interval":"month","interval_count":1}}}]}}`
	}
	invoice := func(event, status string, attempts int) string {
		return edited(t, open, map[string]any{"status": status, "attempt_count": attempts, "amount_due": recipeFor(t, event).param("invoiceitem", "amount")})
	}
	charge := func(event string) string {
		return `{"id":"ch_1","object":"charge","customer":"cus_1","invoice":null,"status":"failed","currency":"usd","failure_code":"card_declined",
			"amount":` + recipeFor(t, event).param("payment_intent", "amount") + `}`
	}
	for name, steps := range map[string][][3]string{ // event, object, what it says
		"a trial becomes a customer, who fails to pay and leaves": {
			{"customer.created", `{"id":"cus_1","object":"customer"}`, "customer"},
			{"customer.subscription.created", subscription("customer.subscription.trial_will_end", "trialing"), "0 trialing"},
			{"customer.subscription.trial_will_end", subscription("customer.subscription.trial_will_end", "trialing"), "the trial goes on"},
			{"customer.subscription.updated", subscription("customer.subscription.updated", "active"), "15.00 USD"},
			{"invoice.payment_failed", invoice("invoice.payment_failed", "open", 1), "20.00 USD failed 1"},
			{"customer.subscription.updated", subscription("subscription.payment_failed", "past_due"), "20.00 USD"},
			{"invoice.payment_failed", edited(t, invoice("invoice.payment_failed", "open", 2), map[string]any{"next_payment_attempt": nil}), "20.00 USD past_due 2"},
			{"invoice.marked_uncollectible", invoice("invoice.marked_uncollectible", "uncollectible", 2), "20.00 USD past_due 2"},
			{"customer.subscription.deleted", subscription("customer.subscription.deleted", "canceled"), "0 canceled"},
		},
		"a payment that recovers": {
			{"invoice.payment_failed", invoice("invoice.payment_failed", "open", 1), "20.00 USD failed 1"},
			{"invoice.paid", invoice("invoice.paid", "paid", 1), "in_1 paid"},
		},
		"a pause": {
			{"customer.subscription.created", subscription("customer.subscription.paused", "trialing"), "0 trialing"},
			{"customer.subscription.paused", subscription("customer.subscription.paused", "paused"), "0 paused"},
			{"customer.subscription.resumed", subscription("customer.subscription.paused", "active"), "15.00 USD"},
		},
		"a payment of its own": {{"charge.failed", charge("charge.failed"), "1.00 USD failed 0"}},
		"a coupon of the customer": {
			{"customer.discount.created", `{"id":"di_1","object":"discount","coupon":{"percent_off":` + recipeFor(t, "customer.discount.created").param("coupon", "percent_off") + `}}`, "say nothing"},
		},
		"an inquiry": {{"charge.dispute.created", `{"id":"dp_1","object":"dispute","charge":"ch_1","currency":"usd","status":"warning_needs_response",
			"amount":` + recipeFor(t, "charge.dispute.created").param("payment_intent", "amount") + `}`, "1.00 USD disputed 1"}},
	} {
		for i, step := range steps {
			if got := inWords(newsOf(t, step[0], step[1])); !strings.Contains(got, step[2]) {
				t.Errorf("%s, %d %s: %s, want %s", name, i, step[0], got, step[2])
			}
		}
	}
}

func inWords(n News) string {
	switch p := n.Payment; {
	case n.Kind == CustomerNews:
		return "customer"
	case n.Subscription != nil:
		w := n.Subscription.Worth()
		if w.Why != "" {
			return "0 " + w.Why
		}
		return Sum([]Worth{w}, w.Currency).String()
	case p == nil:
		return n.Why
	case p.Recovered != nil:
		return p.Recovered.Invoice + " paid"
	}
	f := n.Payment.Failed
	return fmt.Sprintf("%s %s %d", stanna.MoneyOf(f.Amount, f.Currency), f.Status, f.Attempt)
}

func TestDeclines(t *testing.T) {
	for name, c := range map[string]struct {
		got  Decline
		want Decline
	}{
		"a lack of money":         {chargeDecline(object{"failure_code": "card_declined", "outcome": map[string]any{"reason": "insufficient_funds"}}), Decline{"soft", "insufficient_funds"}},
		"no more said":            {chargeDecline(object{"failure_code": "card_declined"}), Decline{"", "card_declined"}},
		"a bank that knows":       {chargeDecline(object{"failure_code": "card_declined", "outcome": map[string]any{"reason": "stolen_card", "advice_code": "try_again_later"}}), Decline{"soft", "stolen_card"}},
		"do not try":              {intentDecline(object{"last_payment_error": map[string]any{"decline_code": "do_not_honor", "advice_code": "do_not_try_again"}}), Decline{"hard", "do_not_honor"}},
		"other data":              {intentDecline(object{"last_payment_error": map[string]any{"decline_code": "generic_decline", "advice_code": "confirm_card_data"}}), Decline{"hard", "generic_decline"}},
		"blocked":                 {chargeDecline(object{"failure_code": "card_declined", "outcome": map[string]any{"type": "blocked", "reason": "highest_risk_level"}}), Decline{"hard", "highest_risk_level"}},
		"a rule of the company's": {chargeDecline(object{"outcome": map[string]any{"reason": "rule"}}), Decline{"", "rule"}},
		"to be confirmed":         {intentDecline(object{"status": "requires_action"}), Decline{"hard", "authentication_required"}},
		"expired":                 {intentDecline(object{"last_payment_error": map[string]any{"code": "expired_card"}}), Decline{"hard", "expired_card"}},
		"nothing":                 {intentDecline(object{"last_payment_error": ""}), Decline{}},
		"no word":                 {chargeDecline(object{"failure_code": "DROP TABLE; <b>"}), Decline{}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v, want %+v", name, c.got, c.want)
		}
	}
}

// What an update says of before: the only sign of a downgrade.
func TestBefore(t *testing.T) {
	now := given{3000, "month", 1, 2, "active", "licensed", 0, nil}.object(3)
	var gold map[string]json.RawMessage
	if err := json.Unmarshal([]byte(given{50000, "year", 1, 4, "active", "licensed", 0, nil}.object(3)), &gold); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		previous string
		want     int64 // minor units; -1: it says nothing of before
	}{
		"other items":  {`{"items":` + string(gold["items"]) + `,"metadata":{"a":"b"}}`, 16667},
		"a trial":      {`{"status":"trialing"}`, 0},
		"its name":     {`{"metadata":{"a":null}}`, 6000},
		"nothing":      {`{}`, -1},
		"null":         {`null`, -1},
		"another type": {`[]`, -1},
	} {
		e := must[Event](t)(ReadEvent([]byte(`{"id":"evt_1","object":"event","type":"customer.subscription.updated","created":1795514400,"livemode":true,
			"data":{"object":` + now + `,"previous_attributes":` + c.previous + `}}`)))
		n, ok := e.Before()
		if ok != (c.want >= 0) || ok && Sum([]Worth{n.Subscription.Worth()}, "USD").Minor != c.want {
			t.Errorf("%s: %t %+v", name, ok, n)
		}
	}
}
