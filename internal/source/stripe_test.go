package source

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/stripe/stripetest"
)

// A first sync reads every page, whatever Stripe answers in between; it sets
// MRR and standing, and tells of no movement. A second one finds nothing new.
func TestSync(t *testing.T) {
	each(t, func(r *room) {
		const n = 250
		for i := range n {
			id := fmt.Sprintf("%03d", i)
			r.client("client"+id, "c"+id+".example")
			r.fake.Put("customers", json.RawMessage(customer("cus_"+id, "billing@c"+id+".example", "{}")))
			r.fake.Put("subscriptions", json.RawMessage(subscribed("sub_"+id, "cus_"+id, "active", 1000+i)))
		}
		r.fake.Put("customers", json.RawMessage(customer("cus_nobody", "who@elsewhere.example", "{}")))
		r.fake.Put("invoices", json.RawMessage(owed("in_old", "cus_007", 3, time.Now().Add(-20*24*time.Hour))))
		r.fake.Fail(http.StatusInternalServerError, http.StatusTooManyRequests, http.StatusBadGateway)
		r.sync()
		r.update(func(tx *store.Tx) error {
			a, _, err := tx.Stripe(acme)
			if s := a.Sync; s.Customers != n+1 || s.Subscriptions != n || s.Invoices != 1 || s.Pages != 3+3+1+1 || s.Trouble != "" || s.Done.IsZero() {
				t.Errorf("%+v", s)
			}
			return err
		})
		for i := range n {
			if got, want := r.mrr(fmt.Sprintf("client%03d", i)), (stanna.Money{Minor: int64(1000 + i), Currency: "USD"}); got != want {
				r.Fatalf("client%03d pays %v, not %v", i, got, want)
			}
		}
		if moved := r.moved("client007"); len(moved) != 0 {
			t.Errorf("what was there before has moved: %+v", moved)
		}
		if s := r.state("client007"); s.Payment.Invoice != "in_old" || s.Payment.Attempt != 3 {
			t.Errorf("%+v", s.Payment)
		}
		calls := len(r.fake.Calls())
		r.sync()
		r.update(func(tx *store.Tx) error {
			a, _, err := tx.Stripe(acme)
			if a.Sync.Signals > 1 { // the invoice, once more by the clock of now
				t.Errorf("nothing has changed, and %d signals came", a.Sync.Signals)
			}
			return err
		})
		if again := len(r.fake.Calls()) - calls; again != 9 {
			t.Errorf("%d calls for 8 pages and the question why an invoice was declined", again)
		}
	})
}

func (r *room) sync() {
	r.Helper()
	s, err := r.Sync(context.Background(), acme, "user:usr_ana")
	if err != nil {
		r.Fatal(err)
	}
	r.until("the sync ends", func() bool {
		var a stanna.StripeAccount
		r.update(func(tx *store.Tx) (err error) { a, _, err = tx.Stripe(acme); return err })
		return a.Sync.ID == s.ID && !a.Sync.Running()
	})
}

// A server that ends in the middle of a sync is followed by one that goes on
// at the next page.
func TestSyncGoesOn(t *testing.T) {
	each(t, func(r *room) {
		for i := range 350 {
			r.fake.Put("customers", json.RawMessage(customer(fmt.Sprintf("cus_%03d", i), "", "{}")))
		}
		r.fake.Slow(20 * time.Millisecond)
		first, err := r.Sync(context.Background(), acme, "user:usr_ana")
		if err != nil {
			t.Fatal(err)
		}
		r.until("a page was read", func() bool {
			var a stanna.StripeAccount
			r.update(func(tx *store.Tx) (err error) { a, _, err = tx.Stripe(acme); return err })
			return a.Sync.Pages > 0
		})
		s := r.Store
		r.stop()
		if again, err := r.Sync(context.Background(), acme, "user:usr_ana"); err != nil || again.ID != first.ID {
			t.Errorf("a second sync was begun beside the first: %v, %v", again.ID, err)
		}
		r.begin(s)
		r.until("the sync ends", func() bool {
			var a stanna.StripeAccount
			r.update(func(tx *store.Tx) (err error) { a, _, err = tx.Stripe(acme); return err })
			return !a.Sync.Running()
		})
		first100 := 0
		for _, call := range r.fake.Calls() {
			if strings.HasPrefix(call, "GET /v1/customers") && !strings.Contains(call, "starting_after") {
				first100++
			}
		}
		if first100 != 1 {
			t.Errorf("the first page was read %d times", first100)
		}
		r.update(func(tx *store.Tx) error {
			counts, err := tx.StripeCounts(acme)
			if counts[stanna.NotMatched] != 350 {
				t.Errorf("%v", counts)
			}
			return err
		})
	})
}

// A key that Stripe does not know any more breaks the connection, in words;
// the sync waits for another one.
func TestSyncWithARevokedKey(t *testing.T) {
	each(t, func(r *room) {
		r.fake.Revoke(stripetest.Key)
		if _, err := r.Sync(context.Background(), acme, "user:usr_ana"); err != nil {
			t.Fatal(err)
		}
		var a stanna.StripeAccount
		r.until("it is broken", func() bool {
			r.update(func(tx *store.Tx) (err error) { a, _, err = tx.Stripe(acme); return err })
			return a.Health == stanna.Broken
		})
		if !strings.Contains(a.Repair, "Connect Stripe again") || strings.Contains(a.Repair, stripetest.Key) || !a.Sync.Running() {
			t.Errorf("%q, running: %v", a.Repair, a.Sync.Running())
		}
	})
}

// Whom a customer is: the surest sign decides, and who has a rival is nobody.
func TestMatching(t *testing.T) {
	each(t, func(r *room) {
		r.client("globex", "globex.com")
		r.client("hooli", "hooli.com")
		r.client("cus_own", "")
		r.update(func(tx *store.Tx) error {
			mark := func(id, field, value string, contacts ...string) stanna.Client {
				c := stanna.Client{Workspace: acme, ID: id, Name: id, CreatedAt: time.Now()}
				if field != "" {
					c.Custom = map[string]any{field: value}
				}
				for _, e := range contacts {
					c.Contacts = append(c.Contacts, stanna.Contact{Email: e})
				}
				return c
			}
			return tx.PutClients([]stanna.Client{mark("marked", "stripe_customer_id", "cus_marked"), mark("twice1", "stripe_customer_id", "cus_twice"),
				mark("twice2", "stripe_customer_id", "cus_twice"), mark("contact", "", "", "pat@gmail.com"), mark("both1", "", "", "boss@holding.example"),
				mark("both2", "", "", "boss@holding.example")}, time.Now())
		})
		for id, c := range map[string]struct {
			email, metadata, client string
			how                     stanna.StripeMatch
		}{
			"cus_1":      {"a@hooli.com", `{"client_id":"globex"}`, "globex", stanna.MatchedByMetadata},
			"cus_2":      {"a@hooli.com", `{"client_id":"unknown"}`, "hooli", stanna.MatchedByDomain},
			"cus_marked": {"a@hooli.com", `{}`, "marked", stanna.MatchedByCustom},
			"cus_twice":  {"a@hooli.com", `{}`, "", stanna.Ambiguous},
			"cus_own":    {"", `{}`, "cus_own", stanna.MatchedByID},
			"cus_3":      {"PAT@gmail.com", `{}`, "contact", stanna.MatchedByEmail},
			"cus_4":      {"other@gmail.com", `{}`, "", stanna.NotMatched},
			"cus_5":      {"boss@holding.example", `{}`, "", stanna.Ambiguous},
			"cus_6":      {"A@GLOBEX.COM", `null`, "globex", stanna.MatchedByDomain},
			"cus_7":      {"no address", `{}`, "", stanna.NotMatched},
		} {
			if p := r.event("", "customer.created", time.Now(), customer(id, c.email, c.metadata)); p.State != stanna.ParcelDone {
				t.Errorf("%s: %+v", id, p.Result)
			}
			r.update(func(tx *store.Tx) error {
				got, _, err := tx.StripeCustomer(acme, id)
				if got.ClientID != c.client || got.Match != c.how {
					t.Errorf("%s is %q by %q, not %q by %q", id, got.ClientID, got.Match, c.client, c.how)
				}
				return err
			})
		}
	})
}

// The same events in whatever order, and more than once, come to the same
// MRR and the same standing.
func TestEventsInAnyOrder(t *testing.T) {
	each(t, func(r *room) {
		r.client("globex", "globex.com")
		r.fake.Put("customers", json.RawMessage(customer("cus_1", "a@globex.com", "{}")))
		r.sync()
		start := time.Now().Add(-time.Hour)
		for round := range 6 {
			name := fmt.Sprint(round)
			type sent struct{ id, kind, object string }
			events := []sent{
				{"a", "customer.subscription.created", subscribed("sub_"+name, "cus_1", "trialing", 9000)},
				{"b", "customer.subscription.updated", subscribed("sub_"+name, "cus_1", "active", 9000)},
				{"c", "invoice.payment_failed", owed("in_"+name, "cus_1", 1, start)},
				{"d", "invoice.payment_failed", owed("in_"+name, "cus_1", 2, start)},
				{"e", "customer.subscription.updated", subscribed("sub_"+name, "cus_1", "past_due", 7000)},
				{"f", "invoice.paid", paid("in_"+name, "cus_1")},
				{"g", "customer.subscription.updated", subscribed("sub_"+name, "cus_1", "active", 7000)},
			}
			order := rand.Perm(len(events))
			order = append(order, order[:3]...) // some come twice
			for _, i := range order {
				e := events[i]
				at := start.Add(time.Duration(round*100+i) * time.Second).Truncate(time.Second)
				if p := r.event("evt_"+name+e.id, e.kind, at, e.object); p.State == stanna.ParcelFailed {
					t.Fatalf("%v: %+v", order, p.Result)
				}
			}
			if got, want := r.mrr("globex").Minor, int64(7000*(round+1)); got != want {
				t.Fatalf("order %v: MRR %d, not %d", order, got, want)
			}
			if s := r.state("globex"); s.Payment.Owed() {
				t.Fatalf("order %v: still owed: %+v", order, s.Payment)
			}
		}
	})
}

// The movements of a published story, told by events, to the cent.
func TestMovements(t *testing.T) {
	each(t, func(r *room) {
		r.client("globex", "globex.com")
		r.fake.Put("customers", json.RawMessage(customer("cus_1", "a@globex.com", "{}")))
		r.sync()
		yearly := func(status string) string {
			return strings.NewReplacer(`"quantity":1`, `"quantity":4`, `"interval":"month"`, `"interval":"year"`).Replace(subscribed("sub_gold", "cus_1", status, 50000))
		}
		silver := func(status string) string {
			return strings.Replace(subscribed("sub_silver", "cus_1", status, 3000), `"quantity":1`, `"quantity":2`, 1)
		}
		back := strings.Replace(subscribed("sub_back", "cus_1", "active", 5000), `"quantity":1`, `"quantity":3`, 1)
		at := time.Now().Add(-time.Hour).Truncate(time.Second)
		for i, e := range []struct{ kind, object string }{
			{"created", yearly("active")}, {"created", silver("active")}, {"deleted", silver("canceled")}, {"deleted", yearly("canceled")}, {"created", back},
		} {
			if p := r.event("", "customer.subscription."+e.kind, at.Add(time.Duration(i)*time.Minute), e.object); p.Result.Signals != 1 {
				t.Fatalf("step %d: %+v", i, p.Result)
			}
		}
		var got []string
		for _, m := range r.moved("globex") {
			got = append(got, fmt.Sprintf("%s %+.2f %.2f", m.Movement, m.MRR-m.Before, m.MRR))
		}
		want := []string{"new +166.67 166.67", "expansion +60.00 226.67", "contraction -60.00 166.67", "churn -166.67 0.00", "reactivation +150.00 150.00"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// What was never read has no before, but where Stripe says what it was: the
// only sign of a downgrade.
func TestUnknownSubscriptionThatChanges(t *testing.T) {
	each(t, func(r *room) {
		r.client("globex", "globex.com")
		r.fake.Put("customers", json.RawMessage(customer("cus_1", "a@globex.com", "{}")))
		r.sync()
		before := `{"items":{"data":[{"id":"si_1","quantity":1,"price":{"id":"p","currency":"usd","unit_amount":9000,"recurring":{"interval":"month","interval_count":1,"usage_type":"licensed"}}}]}}`
		r.event("", "customer.subscription.updated", time.Now(), subscribed("sub_1", "cus_1", "active", 4000), before)
		r.event("", "customer.subscription.updated", time.Now(), subscribed("sub_2", "cus_1", "active", 1000))
		moved := r.moved("globex")
		if len(moved) != 1 || moved[0].Movement != stanna.MRRContraction || moved[0].Before != 90 || moved[0].MRR != 40 {
			t.Errorf("%+v", moved)
		}
		if got := r.mrr("globex"); got.Minor != 5000 {
			t.Errorf("MRR %v", got)
		}
	})
}

// What is not for us is passed by with the reason, and what is not signed for
// this account is not taken.
func TestEventsThatSayNothing(t *testing.T) {
	each(t, func(r *room) {
		ctx := context.Background()
		send := func(e stripetest.Event, secret string, signed time.Time) (stanna.Parcel, error) {
			e.Created, e.Object = time.Now(), json.RawMessage(owed("in_1", "cus_1", 1, time.Now()))
			if e.Type == "" {
				e.Type = "invoice.payment_failed"
			}
			body := r.fake.Body(e)
			p, err := r.ReceiveStripe(ctx, acme, http.Header{"Stripe-Signature": {stripetest.Sign(secret, signed, body)}}, body)
			if err == nil {
				p = r.opened(p)
			}
			return p, err
		}
		for name, c := range map[string]struct {
			event stripetest.Event
			why   string
		}{
			"another account": {stripetest.Event{Account: "acct_other"}, "another Stripe account"},
			"test mode":       {stripetest.Event{Test: true}, "test mode"},
			"unknown type":    {stripetest.Event{Type: "product.updated"}, "not used"},
		} {
			p, err := send(c.event, "whsec_test", time.Now())
			if err != nil || p.State != stanna.ParcelPassed || !strings.Contains(strings.Join(p.Result.Passed, " "), c.why) {
				t.Errorf("%s: %v, %+v", name, err, p)
			}
		}
		for name, c := range map[string]struct {
			secret string
			at     time.Time
		}{"another secret": {"whsec_other", time.Now()}, "old": {"whsec_test", time.Now().Add(-6 * time.Minute)}, "ahead": {"whsec_test", time.Now().Add(6 * time.Minute)}} {
			if p, err := send(stripetest.Event{}, c.secret, c.at); stanna.CodeOf(err) != stanna.Unauthenticated {
				t.Errorf("%s: %v, %+v", name, err, p)
			}
		}
		if _, err := r.ReceiveStripe(ctx, "beta.com", http.Header{}, nil); stanna.CodeOf(err) != stanna.NotFound {
			t.Errorf("a workspace without Stripe: %v", err)
		}
	})
}

// What failed because nobody knew whose it is is opened when somebody says so;
// what was left out stays so.
func TestMatchByHand(t *testing.T) {
	each(t, func(r *room) {
		ctx := context.Background()
		r.client("globex", "globex.com")
		r.fake.Put("customers", json.RawMessage(customer("cus_1", "a@elsewhere.example", "{}")))
		r.fake.Put("subscriptions", json.RawMessage(subscribed("sub_1", "cus_1", "active", 5000)))
		r.sync()
		p := r.event("evt_1", "invoice.payment_failed", time.Now(), owed("in_1", "cus_1", 2, time.Now()))
		if p.State != stanna.ParcelFailed || !strings.Contains(strings.Join(p.Result.Errors, " "), "cus_1 is matched to no client") {
			t.Fatalf("%+v", p)
		}
		if _, err := r.Match(ctx, acme, "user:usr_ana", "cus_1", Choice{ClientID: "nobody"}); stanna.CodeOf(err) != stanna.NotFound {
			t.Errorf("an unknown client: %v", err)
		}
		if c, err := r.Match(ctx, acme, "user:usr_ana", "cus_1", Choice{LeaveOut: true}); err != nil || c.Match != stanna.LeftOut {
			t.Fatalf("%+v, %v", c, err)
		}
		if p = r.opened(p); p.State != stanna.ParcelPassed {
			t.Errorf("left out: %+v", p)
		}
		r.event("evt_again", "customer.updated", time.Now(), customer("cus_1", "a@globex.com", "{}"))
		if got := r.mrr("globex"); got.Currency != "" {
			t.Errorf("a customer that was left out pays %v", got)
		}
		if c, err := r.Match(ctx, acme, "user:usr_ana", "cus_1", Choice{ClientID: "globex"}); err != nil || c.Match != stanna.MatchedByHand {
			t.Fatalf("%+v, %v", c, err)
		}
		if got := r.mrr("globex"); got.Minor != 5000 {
			t.Errorf("MRR %v", got)
		}
		if moved := r.moved("globex"); len(moved) != 0 {
			t.Errorf("being matched is no movement: %+v", moved)
		}
		if c, err := r.Match(ctx, acme, "user:usr_ana", "cus_1", Choice{Undo: true}); err != nil || c.Match != stanna.MatchedByDomain {
			t.Fatalf("%+v, %v", c, err)
		}
	})
}
