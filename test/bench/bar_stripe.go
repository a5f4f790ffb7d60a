package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gostanna/stanna/internal/stripe/stripetest"
)

// stripe measures the first reading of a large Stripe account, and how many
// signed events are taken in when Stripe sends many at once. No bar is set
// for either; what is wanted is what a team would not wait for.
func (b *bench) stripe(ctx context.Context) (results []result, err error) {
	customers := 10_000
	if b.quick {
		customers = 2_000
	}
	fake := stripetest.New()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: fake, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }() // ends with Close
	defer server.Close()
	address := "http://" + listener.Addr().String()
	st, err := b.set(ctx, scenery{book: book(customers), prepare: func(_ context.Context, st *stage) error {
		st.env = append(st.env, "STANNA_STRIPE_URL="+address)
		return nil
	}})
	if err != nil {
		return nil, err
	}
	defer st.clear()
	for i := range customers {
		fake.Put("customers", json.RawMessage(fmt.Sprintf(`{"id":"cus_%d","object":"customer","name":"Customer %d","email":"x@elsewhere.example","metadata":{"client_id":%q}}`, i, i, clientID(i))))
		fake.Put("subscriptions", json.RawMessage(subscription(i, "active")))
	}
	st.settle(ctx)
	begun := time.Now()
	if err := st.ask(ctx, "POST", "/api/integrations/stripe/connect", "application/json", []byte(`{"key":"`+stripetest.Key+`"}`), nil); err != nil {
		return nil, err
	}
	pages, err := st.synced(ctx)
	if err != nil {
		return nil, err
	}
	took := time.Since(begun)
	results = append(results, result{Bar: "first sync of Stripe, 10,000 customers", Wanted: "≤ 60 s",
		Measured: fmt.Sprintf("%.1f s for %s customers, %.0f a second", took.Seconds(), thousands(customers), float64(customers)/took.Seconds()),
		Met:      took.Seconds()*10_000/float64(customers) <= 60,
		Note: fmt.Sprintf("%d pages of 100 from a Stripe of our own that answers at once: each customer matched, each subscription's MRR stored in its client. "+
			"A real Stripe takes a few hundred milliseconds a page.", pages)})

	events := customers / 5
	rate, slowest, err := st.events(ctx, fake, events)
	if err != nil {
		return results, err
	}
	return append(results, result{Bar: "signed events of Stripe, 8 at once", Wanted: "≥ 100/s",
		Measured: fmt.Sprintf("%.0f/s, slowest %s", rate, slowest.Round(time.Millisecond)), Met: rate >= 100,
		Note: fmt.Sprintf("%s subscription updates: stored before they are answered, opened one after the other on one lane, each a movement of MRR and a change of its client. "+
			"Stripe itself sends at most some tens a second to an endpoint.", thousands(events))}), nil
}

func subscription(i int, status string) string {
	return fmt.Sprintf(`{"id":"sub_%d","object":"subscription","customer":"cus_%d","status":%q,"items":{"data":[{"id":"si_%d","quantity":%d,
		"price":{"id":"price_1","currency":"usd","unit_amount":5000,"recurring":{"interval":"month","interval_count":1,"usage_type":"licensed"}}}]}}`, i, i, status, i, i%9+1)
}

// synced waits until Stripe was read, and says in how many pages.
func (st *stage) synced(ctx context.Context) (pages int, err error) {
	for {
		var s struct {
			Sync struct {
				Running bool
				Pages   int
				Trouble string
			}
		}
		if err := st.ask(ctx, "GET", "/api/integrations/stripe/status", "", nil, &s); err != nil || !s.Sync.Running && s.Sync.Pages > 0 {
			return s.Sync.Pages, err
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("after %d pages, %s: %w", s.Sync.Pages, s.Sync.Trouble, context.Cause(ctx))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// events sends updates of subscriptions, eight at once, and says how many
// were answered a second.
func (st *stage) events(ctx context.Context, fake *stripetest.Fake, n int) (rate float64, slowest time.Duration, err error) {
	to := fake.Endpoints()
	if len(to) != 1 {
		return 0, 0, fmt.Errorf("there are %d webhook endpoints", len(to))
	}
	var next atomic.Int64
	var mu sync.Mutex
	var work sync.WaitGroup
	begun := time.Now()
	for range 8 {
		work.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				object := strings.Replace(subscription(i, "active"), `"unit_amount":5000`, `"unit_amount":7000`, 1)
				body := fake.Body(stripetest.Event{Type: "customer.subscription.updated", Created: time.Now(), Object: json.RawMessage(object)})
				sent := time.Now()
				status, answer, failed := stripetest.Post(to[0].URL, stripetest.Sign(to[0].Secret, sent, body), body)
				mu.Lock()
				slowest = max(slowest, time.Since(sent))
				if failed == nil && status >= 300 {
					failed = fmt.Errorf("an event was answered %d: %.200s", status, answer)
				}
				if err == nil {
					err = failed
				}
				mu.Unlock()
			}
		})
	}
	work.Wait()
	return float64(n) / time.Since(begun).Seconds(), slowest, err
}
