package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// many measures signals that come many a request: arrays, and one stream of
// lines.
func (b *bench) many(ctx context.Context) ([]result, error) {
	const clients = book(1000)
	st, err := b.set(ctx, scenery{book: clients})
	if err != nil {
		return nil, err
	}
	defer st.clear()
	var measured, notes string
	worst := 0.0
	add := func(what string, rate float64, u usage) {
		if worst == 0 || rate < worst {
			worst = rate
		}
		measured += fmt.Sprintf("%s %s, ", what, perSecond(rate))
		notes += fmt.Sprintf("%s: %s of server CPU a signal, %s. ", what, u.each(rate).Round(100*time.Nanosecond), u)
	}
	for _, size := range []int{64, 256} {
		series := fmt.Sprintf("a%d-", size)
		rate, u, err := st.flood(ctx, 4, b.short(4*time.Second),
			func(out []byte, i int64) []byte { return clients.batch(out, series, i*int64(size), size) },
			func(_ int64, status int, answer []byte) error { return allAccepted(status, answer, size) })
		if err != nil {
			return nil, err
		}
		rate *= float64(size)
		add(fmt.Sprintf("arrays of %d", size), rate, u)
	}
	rate, u, err := st.stream(ctx, clients, b.short(4*time.Second))
	if err != nil {
		return nil, err
	}
	add("NDJSON", rate, u)
	return []result{{
		Bar: "signals accepted, NDJSON or batches of 64 and up", Wanted: "≥ 30,000/s", Measured: measured[:len(measured)-2], Met: worst >= 30_000,
		Peer: "1.3–1.6 k/s", Note: "The slowest counts. Arrays over 4 connections; NDJSON is one stream. " + notes + whyBatches,
	}}, nil
}

// whyBatches is what a profile of the server says about the bar.
const whyBatches = "One transaction at a time can write to SQLite, so that one core does nearly all the work: of it about a fifth reads the clients and their states, " +
	"a fifth inserts the signals, a tenth writes the states, and a sixth commits. Larger slices would share more of it, at the price of live signals that wait behind an import; " +
	"states kept in memory between transactions would save the reading."

// stream sends one stream of lines, as many as should take so long at the
// rate of the bar and a half.
func (st *stage) stream(ctx context.Context, clients book, d time.Duration) (float64, usage, error) {
	n := int(45_000 * d.Seconds())
	var body bytes.Buffer
	for i := range n {
		body.Write(append(clients.quietly(nil, "n", int64(i)), '\n'))
	}
	m, begun := st.meter(), time.Now()
	err := st.lines(ctx, body.Bytes(), n)
	return float64(n) / time.Since(begun).Seconds(), m.read(), err
}

func allAccepted(status int, answer []byte, want int) error {
	var report struct{ Accepted int }
	if err := json.Unmarshal(answer, &report); err != nil || report.Accepted != want {
		return fmt.Errorf("an array was answered %d %.200s", status, answer)
	}
	return nil
}
