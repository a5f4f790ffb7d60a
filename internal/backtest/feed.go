package backtest

import (
	"context"
	"fmt"
	"sync"

	"github.com/gostanna/stanna"
)

// job is one client with all its signals.
type job struct {
	client  int // its place in the input
	signals []stanna.Signal
}

// batch is several jobs that go to one worker together.
type batch struct{ jobs []job }

// batchSignals is how many signals go to a worker at once: enough that
// handing over costs nothing, few enough that little is held in memory.
const batchSignals = 2_000

// feed reads the history and hands each client to a worker, with its signals
// or without any. Batches that were worked off come back through spent.
func (r *run) feed(ctx context.Context, out chan<- *batch, spent <-chan *batch) error {
	at := make(map[string]int, len(r.in.Clients))
	for i, c := range r.in.Clients {
		at[c.ID] = i
	}
	seen := make([]bool, len(r.in.Clients)) // each is written by the part that has the client
	parts := r.in.Parts
	if len(parts) == 0 {
		parts = append(parts, r.in.Each)
	}
	feeders := make([]*feeder, len(parts))
	errs := make([]error, len(parts))
	var all sync.WaitGroup
	for i, part := range parts {
		f := &feeder{ctx: ctx, out: out, spent: spent, at: at, seen: seen}
		feeders[i] = f
		all.Go(func() { errs[i] = f.read(part) })
	}
	all.Wait()
	for i, f := range feeders {
		if errs[i] != nil {
			return errs[i]
		}
		r.unknown += f.unknown
	}
	f := &feeder{ctx: ctx, out: out, spent: spent}
	for i := range seen { // time passes for them too
		if !seen[i] {
			if err := f.next(i); err != nil {
				return err
			}
		}
	}
	return f.flush()
}

// feeder fills batches.
type feeder struct {
	ctx     context.Context
	out     chan<- *batch
	spent   <-chan *batch
	batch   *batch
	signals int

	at      map[string]int // places of the clients
	seen    []bool
	unknown int // signals of clients that are not in the book
}

// read takes a part of the history in.
func (f *feeder) read(part func(func(stanna.Signal) error) error) error {
	var last stanna.Signal
	first, known := true, false
	err := part(func(s stanna.Signal) error {
		switch {
		case first || s.ClientID != last.ClientID:
			var client int
			if client, known = f.at[s.ClientID]; known {
				if f.seen[client] {
					return fmt.Errorf("the history is not in order: signals of %s stand in two places", s.ClientID)
				}
				f.seen[client] = true
				if err := f.next(client); err != nil {
					return err
				}
			}
			first = false
		case s.OccurredAt.Before(last.OccurredAt):
			return fmt.Errorf("the history is not in order: signal %s of %s comes after a later one", s.ID, s.ClientID)
		}
		last.ID, last.ClientID, last.OccurredAt = s.ID, s.ClientID, s.OccurredAt
		if !known {
			f.unknown++
			return nil
		}
		f.add(s)
		return nil
	})
	if err != nil {
		return err
	}
	return f.flush()
}

// next begins another client.
func (f *feeder) next(client int) error {
	if f.batch != nil && (f.signals >= batchSignals || len(f.batch.jobs) >= 256) {
		if err := f.flush(); err != nil {
			return err
		}
	}
	if f.batch == nil {
		select {
		case f.batch = <-f.spent:
		default:
			f.batch = &batch{}
		}
		f.batch.jobs, f.signals = f.batch.jobs[:0], 0
	}
	n := len(f.batch.jobs)
	if n < cap(f.batch.jobs) { // with the room that an earlier client had
		f.batch.jobs = f.batch.jobs[:n+1]
		f.batch.jobs[n].client, f.batch.jobs[n].signals = client, f.batch.jobs[n].signals[:0]
	} else {
		f.batch.jobs = append(f.batch.jobs, job{client: client})
	}
	return nil
}

func (f *feeder) add(s stanna.Signal) {
	j := &f.batch.jobs[len(f.batch.jobs)-1]
	j.signals = append(j.signals, s)
	f.signals++
}

func (f *feeder) flush() error {
	if f.batch == nil {
		return nil
	}
	select {
	case f.out <- f.batch:
		f.batch = nil
		return nil
	case <-f.ctx.Done():
		return f.ctx.Err()
	}
}
