package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/stripe/stripetest"
)

// customer puts a customer with a subscription into the Stripe of our own.
func (h *house) customer(id, name, email string, cents int) {
	h.bank.Put("customers", json.RawMessage(fmt.Sprintf(`{"id":%q,"object":"customer","name":%q,"email":%q,"metadata":{}}`, id, name, email)))
	if cents > 0 {
		h.bank.Put("subscriptions", json.RawMessage(fmt.Sprintf(`{"id":"sub_%s","object":"subscription","customer":%q,"status":"active","items":{"data":[{"id":"si_1","quantity":1,
			"price":{"id":"price_1","currency":"usd","unit_amount":%d,"recurring":{"interval":"month","interval_count":1,"usage_type":"licensed"}}}]}}`, id, id, cents)))
	}
}

// charged connects the Stripe of our own by a key and waits until it is read.
func (h *house) charged() *browser {
	h.Helper()
	b := h.as(ana)
	b.post("/integrations/stripe/key", url.Values{"apiKey": {stripetest.Key}}).ok("Connected to Acme Billing")
	h.synced()
	return b
}

func (h *house) account() (a stanna.StripeAccount) {
	h.Helper()
	h.view(func(tx *store.Tx) (err error) { a, _, err = tx.Stripe(acme); return err })
	return a
}

func (h *house) synced() {
	h.Helper()
	h.until("everything was read", func() bool { s := h.account().Sync; return s.ID != "" && !s.Running() })
}

// owes has Stripe tell of an invoice that could not be paid, and gives what
// became of it.
func (h *house) owes(invoice, customer string) (p stanna.Parcel) {
	h.Helper()
	body := h.bank.Body(stripetest.Event{Type: "invoice.payment_failed", Created: time.Now(), Object: json.RawMessage(fmt.Sprintf(`{"id":%q,"object":"invoice","customer":%q,"status":"open",
		"collection_method":"charge_automatically","attempted":true,"amount_due":5000,"amount_remaining":5000,"currency":"usd","attempt_count":1,"created":%d}`, invoice, customer, time.Now().Unix()))})
	p, err := h.sources.ReceiveStripe(h.Context(), acme, http.Header{"Stripe-Signature": {stripetest.Sign(h.bank.Endpoints()[0].Secret, time.Now(), body)}}, body)
	h.must(err)
	return h.opened(p)
}

// opened is a body once it has been opened.
func (h *house) opened(p stanna.Parcel) stanna.Parcel {
	h.Helper()
	h.until("it is opened", func() bool {
		h.view(func(tx *store.Tx) (err error) { p, err = tx.Parcel(acme, p.ID); return err })
		return p.State != stanna.ParcelWaiting
	})
	return p
}

func TestStripeFromConnectToDisconnect(t *testing.T) {
	h := newHouse(t)
	h.client(stanna.Client{ID: "globex", Name: "Globex", Domain: "globex.com", CSMOwner: carl})
	h.customer("cus_1", "Globex Corp", "bills@globex.com", 12400_00)
	h.customer("cus_2", "Initech <b>", "pay@initech.example", 900_00)
	b := h.as(ana)
	b.get("/integrations/stripe").ok("Without Stripe no payment is heard of, so no payment alert exists, unless your own system sends payment signals",
		`id="make-stripe-key"`, "rak_dispute_read", `id="key-form"`, "Disputes: read").without(`id="connect-stripe"`, "<script", `id="customers"`)

	for key, says := range map[string]string{"": "is required", "pk_live_x": "publishable", "whsec_abcdef": "signing secret", "hello": "no key of Stripe"} {
		b.post("/integrations/stripe/key", url.Values{"apiKey": {key}}).is(http.StatusBadRequest, "Nothing was saved", says, `href="#f-apiKey"`, `aria-invalid="true"`).without(`value="` + key + `z`)
	}
	b.post("/integrations/stripe/key", url.Values{"apiKey": {stripetest.Key}, "signingSecret": {"secret"}}).is(http.StatusBadRequest, "must begin with whsec_", "f-signingSecret")
	b.post("/integrations/stripe/key", url.Values{"apiKey": {"rk_live_unknown"}}).is(http.StatusBadRequest, "Stripe does not take this key").without("rk_live_unknown")

	p := b.post("/integrations/stripe/key", url.Values{"apiKey": {stripetest.Key}}).ok("Connected to Acme Billing", `id="stages"`)
	h.synced()
	p = b.get(p.path).ok(`id="stripe-account">Acme Billing`, "acct_fake", "Made by Stanna", h.server.URL+"/api/integrations/stripe/webhook/acme.com", `id="matched">1`, `id="unmatched">1`, "finished",
		"Connected to Stripe", "Began to read everything").without(stripetest.Key, h.bank.Endpoints()[0].Secret, "<script", "hx-trigger", `id="without-stripe"`)
	if h.account().Sync.Customers != 2 {
		t.Errorf("read %+v", h.account().Sync)
	}
	b.post("/integrations/stripe/signing", url.Values{"signingSecret": {"nonsense"}}).is(http.StatusBadRequest, "must begin with whsec_", "f-hook-signingSecret")
	b.post("/integrations/stripe/signing", url.Values{"signingSecret": {"whsec_another"}}).ok("The signing secret is kept").without("whsec_another")
	b.post("/integrations/stripe/sync", nil).ok(`id="sync"`)
	h.synced()

	b.get("/integrations/stripe/disconnect").ok("Disconnect Stripe?", "Acme Billing", "Clients keep the MRR that they have")
	b.post("/integrations/stripe/disconnect", nil).ok("Stripe is disconnected", `id="without-stripe"`)
	if n := len(h.bank.Endpoints()); n != 0 {
		t.Errorf("%d endpoints are left at Stripe", n)
	}
	b.post("/integrations/stripe/disconnect", nil).ok("Stripe is not connected", `id="flash-bad"`)
	b.post("/integrations/stripe/sync", nil).ok("Stripe is not connected")
	if p := b.get("/integrations/stripe/disconnect").ok(); p.path != "/integrations/stripe" {
		t.Errorf("at %s", p.path)
	}
}

func TestStripeWebhookByHand(t *testing.T) {
	h := newHouse(t)
	h.bank.Fail(0, http.StatusForbidden) // the account may be read, an endpoint not made
	b := h.charged()
	b.get("/integrations/stripe").ok("To be made by hand", "What to do:", h.server.URL+"/api/integrations/stripe/webhook/acme.com", "Look at this", `id="signing-form"`)
	b.post("/integrations/stripe/signing", url.Values{"signingSecret": {" whsec_by_hand "}}).ok("The signing secret is kept", "Made by hand").without("What to do:")
	if got := h.account().Signing; len(got) != 1 || got[0].Reveal() != "whsec_by_hand" {
		t.Errorf("%d secrets", len(got))
	}
}

// While Stripe is being read the page asks for that part of it again, and for
// the whole when it is done.
func TestStripeWhileItIsRead(t *testing.T) {
	h := newHouse(t)
	b := h.charged()
	h.update(func(tx *store.Tx) error {
		a, _, err := tx.Stripe(acme)
		a.Sync = stanna.StripeSync{ID: "sync_1", StartedAt: time.Now(), Stage: "subscriptions", Customers: 300, Pages: 3, Trouble: "Stripe <asks> to be asked less.", Done: time.Now().Add(-time.Hour)}
		if err != nil {
			return err
		}
		return tx.PutStripeSync(acme, a.Sync)
	})
	p := b.get("/integrations/stripe").ok(`hx-get="/integrations/stripe/sync"`, `hx-trigger="every 2s"`, "<script", "Being read", "To come", "300", "It waits, and goes on by itself", "Stripe &lt;asks&gt;", `id="look-again"`)
	if csp := p.header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Errorf("CSP %s", csp)
	}
	if p := b.get("/integrations/stripe/sync"); p.path != "/integrations/stripe" {
		t.Errorf("without script at %s", p.path)
	}
	ask := func() page {
		r, err := http.NewRequest(http.MethodGet, h.server.URL+"/integrations/stripe/sync", nil)
		h.must(err)
		r.Header.Set("HX-Request", "true")
		return b.do(r)
	}
	if p := ask().ok("hx-trigger", "300").without("<h1", "<html"); p.header.Get("HX-Refresh") != "" {
		t.Error("the page is loaded anew while nothing is done")
	}
	h.update(func(tx *store.Tx) error {
		return tx.PutStripeSync(acme, stanna.StripeSync{ID: "sync_1", FinishedAt: time.Now()})
	})
	if p := ask().ok().without("hx-trigger"); p.header.Get("HX-Refresh") != "true" {
		t.Error("the page is not loaded anew when it is done")
	}
}

func TestStripeCustomers(t *testing.T) {
	h := newHouse(t)
	h.client(stanna.Client{ID: "globex", Name: "Globex", Domain: "globex.com"})
	h.client(stanna.Client{ID: "initech", Name: "Initech & Sons", Domain: "initech.com"})
	h.client(stanna.Client{ID: "umbrella", Name: "Umbrella"})
	h.customer("cus_1", "Globex Corp", "bills@globex.com", 12400_00)
	h.customer("cus_2", "<script>alert(1)</script>", "pay@initech.example", 900_00)
	for i := range 30 {
		h.customer(fmt.Sprintf("cus_x%02d", i), fmt.Sprintf("Extra %02d", i), "", 0)
	}
	b := h.charged()
	b.get("/integrations/stripe/customers").ok("&lt;script&gt;", "pay@initech.example", "$900", "Nothing tells which client it is", "Extra 05", `id="page-after"`, "31").without("<script>alert", "Globex Corp", "Extra 29", "page-first")
	b.get("/integrations/stripe/customers?after=cus_x23").ok("Extra 29", `id="page-first"`).without("page-after", "Extra 05")
	b.get("/integrations/stripe/customers?q=EXTRA%2007").ok("Extra 07").without("Extra 08")
	b.get("/integrations/stripe/customers?q=nothing").ok("No customer fits")
	b.get("/integrations/stripe/customers?state=matched").ok("Globex Corp", "$12,400", `href="/clients/globex"`, "Its e-mail is at the client&#39;s domain")
	b.get("/integrations/stripe/customers?state=left_out").ok("None was left out")

	const cus2 = "/integrations/stripe/customers/cus_2"
	b.get(cus2).ok("Which client is it?", "These look like it", "Initech &amp; Sons", `value="initech"`, "https://dashboard.stripe.com/acct_fake/customers/cus_2").without("<script>alert")
	b.get(cus2 + "?q=umb").ok("Umbrella").without("Initech")
	b.get(cus2 + "?q=zzz").ok("No client fits")
	b.get("/integrations/stripe/customers/cus_none").is(http.StatusNotFound)

	failed := h.owes("in_1", "cus_2")
	if failed.State != stanna.ParcelFailed {
		t.Fatalf("%+v", failed.Result)
	}
	b.get("/integrations/stripe").ok("invoice.payment_failed", "Failed", "cus_2 is matched to no client", `id="failed-events"`, "/integrations/stripe/events/"+failed.ID+"/open")
	b.get("/integrations/stripe/events/"+failed.ID).ok("What is wrong", `id="match-customer"`, cus2, "&#34;amount_due&#34;: 5000", `id="open-again"`)

	b.post(cus2, url.Values{"clientId": {"nobody"}}).ok("Client not found")
	b.post(cus2, nil).ok("is required", `id="flash-bad"`)
	b.post(cus2, url.Values{"clientId": {"initech"}}).ok("is Initech &amp; Sons. Its MRR is counted anew", "Chosen by a person", `id="undo"`)
	if p := h.opened(failed); p.State != stanna.ParcelDone {
		t.Errorf("what waited became %s: %+v", p.State, p.Result)
	}
	h.until("the MRR", func() bool {
		var c stanna.Client
		h.view(func(tx *store.Tx) (err error) { c, err = tx.Client(acme, "initech"); return err })
		return c.MRR.Minor == 900_00
	})
	b.post(cus2, url.Values{"do": {"undo"}, "back": {"/integrations/stripe/customers?state=matched"}}).ok("is matched to no client now")
	b.post(cus2, url.Values{"do": {"leave_out"}}).ok("is left out")
	b.get("/integrations/stripe/customers?state=left_out").ok("pay@initech.example", "Left out by a person")
	b.post(cus2, url.Values{"do": {"create"}}).ok("Chosen by a person")
	b.get("/clients/cus_2").ok("pay@initech.example")
	b.post(cus2, url.Values{"do": {"undo"}, "back": {"//evil.example"}}).ok("Which client is it?")
}

func TestEventsOfStripe(t *testing.T) {
	h := newHouse(t)
	h.client(stanna.Client{ID: "globex", Name: "Globex", Domain: "globex.com"})
	h.customer("cus_1", "Globex Corp", "bills@globex.com", 12400_00)
	h.customer("cus_2", "Nobody", "", 0)
	b := h.charged()
	b.get("/integrations/stripe/events").ok("Nothing has come yet")
	b.get("/integrations/stripe/events?state=failed").ok("Nothing has failed")
	done := h.owes("in_1", "cus_1")
	failed := h.owes("in_2", "cus_2")
	b.get("/integrations/stripe/events").ok(done.ID, failed.ID, "1 signal", "Taken in", "Failed")
	b.get("/integrations/stripe/events?state=done").ok(done.ID).without(failed.ID)
	b.get("/integrations/stripe/events?state=failed").ok(failed.ID, `id="open-all"`).without(done.ID)
	b.post("/integrations/stripe/events/open", nil).ok("It is being opened again")
	h.opened(failed)
	b.post("/integrations/stripe/events/"+done.ID+"/open", url.Values{"back": {"/integrations/stripe/events/" + done.ID}}).ok("It is being opened again", "What became of it")
	if p := h.opened(done); p.Result.Duplicates != 1 {
		t.Errorf("opened again: %+v", p.Result)
	}
	b.get("/integrations/stripe/events/in_none").is(http.StatusNotFound)
	b.post("/integrations/stripe/events/in_none/open", nil).ok("Body not found")
}

func TestWhoSeesStripe(t *testing.T) {
	h := newHouse(t)
	h.client(stanna.Client{ID: "globex", Name: "Globex", Domain: "globex.com"})
	h.customer("cus_1", "Globex Corp", "bills@globex.com", 12400_00)
	h.charged()
	p := h.owes("in_1", "cus_1")
	for _, who := range []string{dora, carl} {
		b := h.as(who)
		b.get("/integrations/stripe").ok("An admin looks after this", ana, `id="stages"`).without(`id="events"`, `id="key-form"`, `id="disconnect"`, `id="begin-sync"`, `id="trail"`)
		for _, path := range []string{"/integrations/stripe/events", "/integrations/stripe/events/" + p.ID, "/integrations/stripe/disconnect"} {
			b.get(path).is(http.StatusForbidden, ana)
		}
		for _, path := range []string{"/key", "/signing", "/sync", "/disconnect", "/events/open", "/customers/cus_1", "/events/" + p.ID + "/open"} {
			b.post("/integrations/stripe"+path, nil).is(http.StatusForbidden)
		}
	}
	h.as(dora).get("/integrations/stripe/customers?state=matched").ok("Globex Corp").without("Make a client")
	h.as(dora).get("/integrations/stripe/customers/cus_1").ok("bills@globex.com").without(`id="choose"`)
	h.as(carl).get("/integrations/stripe").without("Globex Corp", `id="customers"`)
	h.as(carl).get("/integrations/stripe/customers").is(http.StatusForbidden, "for directors and admins")
	h.as(carl).get("/integrations/stripe/customers/cus_1").is(http.StatusForbidden)
	h.as(lea).get("/integrations/stripe").is(http.StatusForbidden)
}

// Where this server has an app at Stripe that way comes first; a key that may
// do too much is warned of for as long as it is there.
func TestWaysToConnectStripe(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	h.site.stripe.ClientID, h.site.stripe.Secret = stripetest.ClientID, stripetest.Secret
	b.get("/integrations/stripe").ok(`id="connect-stripe"`, `href="/api/integrations/stripe/start"`, "Or by a restricted key")
	b.post("/integrations/stripe/key", url.Values{"apiKey": {stripetest.Secret}}).ok("Connected, but by a key that may do too much").without(stripetest.Secret)
	b.get("/integrations/stripe").ok(`id="key-warning"`, "This is a full secret key").without(stripetest.Secret)
}

func TestStripeResults(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	b.get("/integrations/stripe?result=cancelled").ok("it was cancelled on Stripe&#39;s page")
	b.get("/integrations/stripe?result=%3Cscript%3E").ok("Stripe was not connected. Connect again.").without("<script>")
}
