package main

import (
	"context"
	"fmt"
	"time"
)

// single measures signals that come one a request.
func (b *bench) single(ctx context.Context) ([]result, error) {
	const clients = book(1000)
	st, err := b.set(ctx, scenery{book: clients})
	if err != nil {
		return nil, err
	}
	defer st.clear()
	rate, u, err := st.singles(ctx, clients, "s", b.short(8*time.Second))
	if err != nil {
		return nil, err
	}
	return []result{{
		Bar: "signals accepted, one a request, 16 connections, each durable and evaluated", Wanted: "≥ 7,000/s",
		Measured: perSecond(rate), Met: rate >= 7000, Peer: "1.3–1.6 k/s",
		Note: fmt.Sprintf("%d clients, one rule, no alert opens; every answer said accepted. %s of server CPU a signal; %s.", clients, u.each(rate).Round(time.Microsecond), u),
	}}, nil
}
