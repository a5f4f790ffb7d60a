package main

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// accepted is how the answer to one signal says that it was stored and judged.
var accepted = []byte(`"status":"accepted"`)

// flood keeps so many connections busy, each with one request at a time, and
// gives the rate of requests over the time after a warm-up. body appends the
// i-th body; check looks at its answer.
func (st *stage) flood(ctx context.Context, connections int, d time.Duration, body func(out []byte, i int64) []byte,
	check func(i int64, status int, answer []byte) error) (perSecond float64, u usage, err error) {
	var next, done atomic.Int64
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	head := head(st.address, st.key, "application/json")
	var all sync.WaitGroup
	for range connections {
		w, err := dial(st.address)
		if err != nil {
			cancel(err)
			break
		}
		all.Go(func() {
			defer w.close()
			var buffer []byte
			for ctx.Err() == nil {
				i := next.Add(1) - 1
				buffer = body(buffer[:0], i)
				status, answer, err := w.post(head, buffer)
				if err == nil {
					err = check(i, status, answer)
				}
				if err != nil {
					cancel(err)
					return
				}
				done.Add(1)
			}
		})
	}
	pause(ctx, min(time.Second, d/4))
	m, from, begun := st.meter(), done.Load(), time.Now()
	pause(ctx, d)
	took, n := time.Since(begun), done.Load()-from
	u = m.read()
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	cancel(nil)
	all.Wait()
	return float64(n) / took.Seconds(), u, err
}

// oneAccepted checks the answer to a single signal.
func oneAccepted(_ int64, status int, answer []byte) error {
	if !bytes.Contains(answer, accepted) {
		return fmt.Errorf("a signal was answered %d %s", status, answer)
	}
	return nil
}

// singles floods with one quiet signal a request and gives the rate.
func (st *stage) singles(ctx context.Context, n book, series string, d time.Duration) (float64, usage, error) {
	return st.flood(ctx, 16, d, func(out []byte, i int64) []byte { return n.quietly(out, series, i) }, oneAccepted)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
