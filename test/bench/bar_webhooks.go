package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// receiver takes webhooks on loopback, as quickly as it can.
type receiver struct {
	address string
	server  *http.Server

	mu   sync.Mutex
	seen map[string]bool // by endpoint and id of the event
	came int
}

func openReceiver() (*receiver, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{address: "http://" + l.Addr().String(), seen: map[string]bool{}}
	r.server = &http.Server{Handler: r}
	go func() { _ = r.server.Serve(l) }() // until it is closed
	return r, nil
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(_ http.ResponseWriter, req *http.Request) {
	_, _ = io.Copy(io.Discard, req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.came++
	r.seen[req.URL.Path+" "+req.Header.Get("webhook-id")] = true
}

// await waits until so many different ones have come, and says how many came
// in all.
func (r *receiver) await(ctx context.Context, want int) (came int, err error) {
	for {
		r.mu.Lock()
		n, came := len(r.seen), r.came
		r.mu.Unlock()
		if n >= want {
			return came, nil
		}
		select {
		case <-ctx.Done():
			return came, fmt.Errorf("%d of %d webhooks came: %w", n, want, context.Cause(ctx))
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// webhooks measures how quickly what waits is sent to one endpoint, and to
// twenty at once.
func (b *bench) webhooks(ctx context.Context) ([]result, error) {
	const alerts, many = book(2_000), 20
	to, err := openReceiver()
	if err != nil {
		return nil, err
	}
	defer to.server.Close()
	st, err := b.set(ctx, scenery{book: alerts, before: true, prepare: func(_ context.Context, st *stage) error {
		st.env = append(st.env, "STANNA_WEBHOOK_ALLOW=127.0.0.0/8")
		return nil
	}})
	if err != nil {
		return nil, err
	}
	defer st.clear()
	ids := make([]string, 1+many)
	for i := range ids {
		if ids[i], err = st.pausedEndpoint(ctx, fmt.Sprintf("%s/%d", to.address, i)); err != nil {
			return nil, err
		}
	}
	if err := st.lines(ctx, alerts.falls(), int(alerts)); err != nil {
		return nil, err
	}
	if err := st.delivered(ctx, int(alerts)); err != nil { // Slack's share of the work is over
		return nil, err
	}
	send := func(ids []string, want int) (rate float64, u usage, err error) {
		m, begun := st.meter(), time.Now()
		for _, id := range ids {
			if err := st.ask(ctx, "POST", "/api/webhooks/"+id+"/resume", "", nil, nil); err != nil {
				return 0, u, err
			}
		}
		if came, err := to.await(ctx, want); err != nil || came != want {
			return 0, u, errors.Join(err, fmt.Errorf("%d webhooks came, of which %d are different", came, want))
		}
		return float64(len(ids)*int(alerts)) / time.Since(begun).Seconds(), m.read(), nil
	}
	one, u1, err := send(ids[:1], int(alerts))
	if err != nil {
		return nil, err
	}
	twenty, u20, err := send(ids[1:], (1+many)*int(alerts))
	if err != nil {
		return nil, err
	}
	return []result{{
		Bar: "webhooks to one endpoint, and to 20", Wanted: "≥ 500/s and ≥ 1,000/s", Met: one >= 500 && twenty >= 1_000,
		Measured: fmt.Sprintf("%s and %s", perSecond(one), perSecond(twenty)),
		Note: fmt.Sprintf("2,000 alerts wait for each endpoint when it is resumed; until the last has come, each once. Signed, up to 16 at once to an endpoint, with every answer written down durably. "+
			"To one: %s of server CPU a webhook, %s. To twenty: %s, %s.", u1.each(one).Round(time.Microsecond), u1, u20.each(twenty).Round(time.Microsecond), u20),
	}}, nil
}

// pausedEndpoint makes an endpoint that gets opened alerts, once it is
// resumed.
func (st *stage) pausedEndpoint(ctx context.Context, address string) (id string, err error) {
	body, err := json.Marshal(map[string]any{"address": address, "types": []string{"alert.opened"}})
	if err != nil {
		return "", err
	}
	var made struct{ ID string }
	if err := st.ask(ctx, "POST", "/api/webhooks", "application/json", body, &made); err != nil {
		return "", err
	}
	return made.ID, st.ask(ctx, "POST", "/api/webhooks/"+made.ID+"/pause", "", nil, nil)
}
