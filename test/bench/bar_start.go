package main

import (
	"context"
	"fmt"
	"time"
)

// start measures how soon a server is ready, and the memory it takes when it
// has nothing to do.
func (b *bench) start(ctx context.Context) ([]result, error) {
	const clients = book(1000)
	st, err := b.set(ctx, scenery{book: clients, before: true})
	if err != nil {
		return nil, err
	}
	defer st.clear()
	var took []time.Duration
	starts := 9
	if b.quick {
		starts = 5
	}
	for range starts {
		st.server.stop()
		pause(ctx, 200*time.Millisecond)
		begun := time.Now()
		if st.server, st.address, err = st.serve(ctx, "server"); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begun))
	}
	pause(ctx, b.short(8*time.Second))
	now, peak, err := st.server.memory()
	if err != nil {
		return nil, err
	}
	ready := quantile(took, .5)
	return []result{
		{Bar: "start to ready", Wanted: "≤ 100 ms", Measured: fmt.Sprintf("%.0f ms (%.0f to %.0f)", ms(ready), ms(quantile(took, 0)), ms(quantile(took, 1))),
			Met: ready <= 100*time.Millisecond, Peer: "87 ms",
			Note: fmt.Sprintf("Median of %d starts of the program on a database with 1,000 clients, until /readyz answers 200, asked every millisecond.", starts)},
		{Bar: "memory idle", Wanted: "≤ 60 MB", Measured: fmt.Sprintf("%.0f MB, at most %.0f MB", now, peak), Met: now <= 60, Peer: "36 MB",
			Note: "Resident memory (VmRSS) of a server that is connected to Slack, has 1,000 clients and has been left alone for seconds."},
	}, nil
}
