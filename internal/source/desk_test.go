package source

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
	"github.com/gostanna/stanna/internal/stripe/stripetest"
)

const acme = "acme.com"

// room is a desk that works on real lanes, with a Stripe that is connected.
type room struct {
	*testing.T
	*Desk
	fake *stripetest.Fake
	url  string // of the fake
	stop func() // the queue and the intake, as when the server ends
}

func each(t *testing.T, test func(*room)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := &room{T: t, fake: stripetest.New()}
		server := httptest.NewServer(r.fake)
		t.Cleanup(server.Close)
		r.url = server.URL
		r.begin(s)
		r.update(func(tx *store.Tx) error {
			if err := tx.AddWorkspace(stanna.Workspace{ID: acme, CreatedAt: time.Now()}); err != nil {
				return err
			}
			if err := tx.AddUser(stanna.User{ID: "usr_ana", Email: "ana@acme.com", Roles: map[string]stanna.Role{acme: stanna.CSM}}); err != nil {
				return err
			}
			if err := tx.AddUser(stanna.User{ID: "usr_leo", Email: "leo@acme.com", Roles: map[string]stanna.Role{acme: stanna.Leadership}}); err != nil {
				return err
			}
			return tx.PutStripe(stanna.StripeAccount{Workspace: acme, AccountID: r.fake.Account, Key: stripetest.Key, Livemode: true, Signing: []stanna.Secret{"whsec_test"}, Health: stanna.Healthy})
		})
		test(r)
	})
}

// begin starts a desk on a store, as another server would.
func (r *room) begin(s *store.Store) {
	log := slog.New(slog.NewTextHandler(r.Output(), nil))
	clock := stanna.NewClock(time.Now)
	var q *queue.Queue
	wake := func(lanes ...string) { q.Wake(lanes...) }
	in := intake.New(intake.Options{Store: s, Clock: clock, Wake: wake, Count: func(stanna.Became, int) {}, Log: log})
	r.Desk = New(Options{Store: s, Intake: in, Auth: auth.New(s, auth.Options{Now: time.Now}), Clock: clock, Wake: wake, Count: func(string, stanna.ParcelState) {},
		Log: log, HTTP: http.DefaultClient, StripeURL: r.url, PublicURL: "https://stanna.example.com",
		Signing: func(a stanna.StripeAccount) []stanna.Secret { return a.Signing }})
	q = queue.New(queue.Options{Store: s, Handlers: map[string]queue.Handler{"source": r.Desk, "slack": idle{}}, Now: time.Now, Log: log})
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { in.Run(ctx, 1) })
	queued, end := context.WithCancel(context.Background())
	work.Go(func() { q.Run(queued); cancel() }) // what is being opened is let finish
	r.stop = sync.OnceFunc(func() { end(); work.Wait() })
	r.Cleanup(r.stop)
}

// idle is a road on which nothing travels.
type idle struct{}

func (idle) Plan(*store.Tx, *stanna.Lane, time.Time) (queue.Work, error)    { return nil, nil }
func (idle) Recover(*store.Tx, *stanna.Lane, []stanna.Job, time.Time) error { return nil }

func (r *room) update(fn func(*store.Tx) error) {
	r.Helper()
	if err := r.Store.Update(context.Background(), fn); err != nil {
		r.Fatal(err)
	}
}

// until waits for a condition.
func (r *room) until(what string, ok func() bool) {
	r.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			r.Fatalf("it did not come to pass: %s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func (r *room) client(id, domain string) stanna.Client {
	c := stanna.Client{Workspace: acme, ID: id, Name: id, Domain: domain, CSMOwner: "ana@acme.com", CreatedAt: time.Now()}
	r.update(func(tx *store.Tx) error { return tx.PutClients([]stanna.Client{c}, time.Now()) })
	return c
}

func (r *room) mrr(id string) (m stanna.Money) {
	r.Helper()
	r.update(func(tx *store.Tx) error {
		c, err := tx.Client(acme, id)
		m = c.MRR
		return err
	})
	return m
}

// moved are the movements of a client's MRR, the oldest first, as their
// signals say them.
func (r *room) moved(id string) (list []stanna.SubscriptionChanged) {
	r.Helper()
	r.update(func(tx *store.Tx) error {
		signals, err := tx.ClientSignals(acme, id, 100)
		for i := len(signals) - 1; i >= 0; i-- {
			if signals[i].Type != stanna.SubscriptionChangedType {
				continue
			}
			var m stanna.SubscriptionChanged
			if err := json.Unmarshal(signals[i].Data, &m); err != nil {
				return err
			}
			list = append(list, m)
		}
		return err
	})
	return list
}

func (r *room) state(id string) (s stanna.State) {
	r.Helper()
	r.update(func(tx *store.Tx) error {
		p, err := tx.Portrait(acme, id)
		s = p.State
		return err
	})
	return s
}

// event sends a signed event and gives what became of it.
func (r *room) event(id, kind string, at time.Time, object string, previous ...string) stanna.Parcel {
	r.Helper()
	e := stripetest.Event{ID: id, Type: kind, Created: at, Object: json.RawMessage(object)}
	if len(previous) > 0 {
		e.Previous = json.RawMessage(previous[0])
	}
	body := r.fake.Body(e)
	p, err := r.ReceiveStripe(context.Background(), acme, http.Header{"Stripe-Signature": {stripetest.Sign("whsec_test", time.Now(), body)}}, body)
	if err != nil {
		r.Fatal(err)
	}
	return r.opened(p)
}

// opened gives a parcel once it has been opened.
func (r *room) opened(p stanna.Parcel) stanna.Parcel {
	r.Helper()
	r.until("the body is opened", func() bool {
		r.update(func(tx *store.Tx) (err error) { p, err = tx.Parcel(acme, p.ID); return err })
		return p.State != stanna.ParcelWaiting
	})
	return p
}

// subscribed is a subscription with one item, worth amount a month in cents.
func subscribed(id, customer, status string, amount int) string {
	return fmt.Sprintf(`{"id":%q,"object":"subscription","customer":%q,"status":%q,"items":{"data":[{"id":"si_%s","quantity":1,
		"price":{"id":"price_1","currency":"usd","unit_amount":%d,"recurring":{"interval":"month","interval_count":1,"usage_type":"licensed"}}}]}}`, id, customer, status, id, amount)
}

func customer(id, email, metadata string) string {
	return fmt.Sprintf(`{"id":%q,"object":"customer","name":"Name of %s","email":%q,"metadata":%s}`, id, id, email, metadata)
}

func owed(id, customer string, attempt int, created time.Time) string {
	return fmt.Sprintf(`{"id":%q,"object":"invoice","customer":%q,"status":"open","collection_method":"charge_automatically","attempted":true,"amount_due":5000,"amount_remaining":5000,
		"currency":"usd","attempt_count":%d,"next_payment_attempt":4102444800,"created":%d}`, id, customer, attempt, created.Unix())
}

func paid(id, customer string) string {
	return fmt.Sprintf(`{"id":%q,"object":"invoice","customer":%q,"status":"paid","paid":true,"amount_due":5000,"amount_paid":5000,"currency":"usd","attempt_count":2}`, id, customer)
}
