package backtest

import (
	"context"
	"runtime"
	"sync"

	"github.com/gostanna/stanna"
)

// Run plays the history through the input's policy.
func Run(ctx context.Context, in Input) (Report, error) {
	reports, err := RunAll(ctx, in, in.Policy)
	if err != nil {
		return Report{}, err
	}
	return reports[0], nil
}

// RunAll plays the history once through several policies, and reports on each
// in their order.
func RunAll(ctx context.Context, in Input, policies ...Policy) ([]Report, error) {
	if err := in.span(ctx); err != nil {
		return nil, err
	}
	r := &run{in: &in}
	trials := make([]int, len(policies)) // the plan that hears the shadow rules; 0: none
	for _, p := range policies {
		x, err := in.ready(p, false)
		if err != nil {
			return nil, err
		}
		r.plans = append(r.plans, x)
	}
	for i, p := range policies {
		if len(p.shadows()) == 0 {
			continue
		}
		x, err := in.ready(p, true)
		if err != nil {
			return nil, err
		}
		trials[i] = len(r.plans)
		r.plans = append(r.plans, x)
	}
	if err := r.play(ctx); err != nil {
		return nil, err
	}
	reports := make([]Report, len(policies))
	for i, p := range policies {
		f := r.finish(i)
		if t := trials[i]; t > 0 {
			f.addTrial(r.finish(t), p.shadows())
		}
		reports[i] = f.report(p)
	}
	return reports, nil
}

// run is one pass over a history.
type run struct {
	in      *Input
	plans   []*plan
	unknown int // signals of clients that are not in the book
	workers []*worker
}

// play works all clients off.
func (r *run) play(ctx context.Context) error {
	n := r.in.Workers
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	jobs, spent := make(chan *batch, n), make(chan *batch, 2*n)
	var all sync.WaitGroup
	var told sync.Mutex
	done := 0
	for range n {
		w := newWorker(r)
		r.workers = append(r.workers, w)
		all.Go(func() {
			for b := range jobs {
				for i := range b.jobs {
					w.client(&b.jobs[i])
				}
				told.Lock()
				done += len(b.jobs)
				if r.in.Progress != nil {
					r.in.Progress(done, len(r.in.Clients))
				}
				told.Unlock()
				select {
				case spent <- b:
				default:
				}
			}
		})
	}
	err := r.feed(ctx, jobs, spent)
	close(jobs)
	all.Wait()
	return err
}

// worker plays one client after the other, each through every policy.
type worker struct {
	run     *run
	lives   []*life // one for each plan
	signals int     // that were judged
	damaged int     // that could not be understood
	churned []churn
	hours   *hours
}

func newWorker(r *run) *worker {
	w := &worker{run: r, hours: newHours(r.in)}
	for _, p := range r.plans {
		w.lives = append(w.lives, newLife(r, p))
	}
	return w
}

// client plays one client.
func (w *worker) client(j *job) {
	j.signals = w.understand(j.signals)
	w.signals += len(j.signals)
	for i := range j.signals {
		s := &j.signals[i]
		w.hours.last(s.OccurredAt)
		if s.Type == stanna.ClientChurnedType {
			w.churned = append(w.churned, churn{j.client, s.OccurredAt})
		}
	}
	for _, l := range w.lives {
		l.play(j.client, j.signals)
	}
}

// understand fills the facts in, leaves out what cannot be understood, and has
// each signal received when it occurred.
func (w *worker) understand(list []stanna.Signal) []stanna.Signal {
	kept := list[:0]
	for i := range list {
		s := &list[i]
		s.ReceivedAt = s.OccurredAt
		if s.Fact == nil && s.Check(s.OccurredAt) != nil {
			w.damaged++
			continue
		}
		kept = append(kept, *s)
	}
	return kept
}
