package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// killed measures what is lost and what is told twice when the server is
// ended by SIGKILL in the middle of its work, again and again.
func (b *bench) killed(ctx context.Context) ([]result, error) {
	const lanes, clients, everyNth = 8, book(4000), 40
	rounds := 6
	if b.quick {
		rounds = 3
	}
	st, err := b.set(ctx, scenery{channels: lanes, tell: lanes, book: clients, before: true})
	if err != nil {
		return nil, err
	}
	defer st.clear()
	v := victim{stage: st, book: clients, everyNth: everyNth, accepted: map[int64]bool{}}
	for range rounds {
		stop := v.send(ctx)
		pause(ctx, 300*time.Millisecond+rand.N(900*time.Millisecond))
		st.server.kill()
		stop()
		if st.server, st.address, err = st.serve(ctx, "server"); err != nil {
			return nil, err
		}
	}
	told := int(v.falls.Load())
	lost, err := v.again(ctx)
	if err != nil {
		return nil, err
	}
	alerts, err := st.total(ctx, "/api/alerts")
	if err != nil {
		return nil, err
	}
	if err := st.delivered(ctx, alerts*lanes); err != nil {
		return nil, err
	}
	repeats, missing, err := st.repeats(ctx, alerts, lanes)
	if err != nil {
		return nil, err
	}
	// And once more, now that everything is told.
	if _, err := v.again(ctx); err != nil {
		return nil, err
	}
	pause(ctx, 500*time.Millisecond)
	later, _, err := st.repeats(ctx, alerts, lanes)
	if err != nil {
		return nil, err
	}
	return []result{{
		Bar: "SIGKILL at any point", Wanted: "0 accepted signals lost; repeats ≤ sends in flight (one a lane); the same signals again: 0 repeats",
		Measured: fmt.Sprintf("%d of %d accepted signals lost, %d alerts untold, %d repeats, the same signals again: %d repeats",
			lost, len(v.accepted), missing, repeats, later-repeats),
		Met: lost == 0 && missing == 0 && repeats <= lanes*rounds && later == repeats, Peer: "841 of 1,250 lost",
		Note: fmt.Sprintf("%d times, at a random moment under load over 16 connections: one signal a request, every %dth opens an alert that is told on %d lanes (%d alerts, %d falls sent). "+
			"Up to %d sends were in flight at the kills. Lost is what was answered as accepted and is accepted again when sent again. A killed process, not a power cut.",
			rounds, everyNth, lanes, alerts, told, lanes*rounds),
	}}, nil
}

// victim sends signals and remembers which were accepted.
type victim struct {
	*stage
	book     book
	everyNth int64
	next     atomic.Int64
	falls    atomic.Int64

	mu       sync.Mutex
	accepted map[int64]bool
}

// body is the i-th signal. The clients of the first half fall, each at most
// once; the others stay well, and none recovers.
func (v *victim) body(out []byte, i int64) []byte {
	half := int64(v.book) / 2
	if k := i / v.everyNth; i%v.everyNth == 0 && k < half {
		return append(out, fall(int(k))...)
	}
	return quiet(out, "k", i, half+i*7919%half)
}

// send keeps 16 connections busy until the server is gone; the function that
// it gives waits for them.
func (v *victim) send(ctx context.Context) (stop func()) {
	head, address := head(v.address, v.key, "application/json"), v.address
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() { // ends with the server
			w, err := dial(address)
			if err != nil {
				return
			}
			defer w.close()
			var body []byte
			for ctx.Err() == nil {
				i := v.next.Add(1) - 1
				body = v.body(body[:0], i)
				if i%v.everyNth == 0 {
					v.falls.Add(1)
				}
				_, answer, err := w.post(head, body)
				if err != nil {
					return
				}
				if bytes.Contains(answer, accepted) {
					v.mu.Lock()
					v.accepted[i] = true
					v.mu.Unlock()
				}
			}
		})
	}
	return all.Wait
}

// again sends everything once more and counts what was accepted before and is
// not known any more.
func (v *victim) again(ctx context.Context) (lost int, err error) {
	w, err := dial(v.address)
	if err != nil {
		return 0, err
	}
	defer w.close()
	head := head(v.address, v.key, "application/json")
	// As arrays, which are quick; their report tells sums, so those that were
	// accepted go by themselves.
	var known, other []int64
	for i := range v.next.Load() {
		if v.accepted[i] {
			known = append(known, i)
		} else {
			other = append(other, i)
		}
	}
	for k, list := range [][]int64{known, other} {
		for len(list) > 0 {
			n := min(len(list), 256)
			fresh, err := v.sendArray(w, head, list[:n])
			if err != nil {
				return lost, err
			}
			if k == 0 {
				lost += fresh
			}
			list = list[n:]
		}
		if ctx.Err() != nil {
			return lost, context.Cause(ctx)
		}
	}
	return lost, nil
}

// repeats counts the messages that stand in Slack more than once, and the
// alerts that are not told everywhere.
func (st *stage) repeats(ctx context.Context, alerts, lanes int) (repeats, missing int, err error) {
	posts, err := st.slack.posts(ctx)
	if err != nil {
		return 0, 0, err
	}
	count := map[[2]string]int{}
	for _, p := range posts {
		count[[2]string{p.Channel, nameIn(p.Text)}]++
	}
	return len(posts) - len(count), alerts*lanes - len(count), nil
}

// sendArray sends signals that were sent before and counts those that the
// server takes as new.
func (v *victim) sendArray(w *wire, head []byte, list []int64) (fresh int, err error) {
	body := []byte{'['}
	for k, i := range list {
		if k > 0 {
			body = append(body, ',')
		}
		body = v.body(body, i)
	}
	status, answer, err := w.post(head, append(body, ']'))
	if err != nil {
		return 0, err
	}
	var report struct{ Accepted, Late, Backfill, Duplicate, Rejected int }
	if err := json.Unmarshal(answer, &report); err != nil {
		return 0, fmt.Errorf("signals sent again were answered %d %.200s", status, answer)
	}
	if report.Accepted+report.Late+report.Backfill+report.Duplicate != len(list) {
		return 0, fmt.Errorf("of %d signals sent again: %+v", len(list), report)
	}
	return report.Accepted + report.Late + report.Backfill, nil
}
