package backtest

import (
	"cmp"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// finish is what all workers found under one plan, put together in an order
// that does not hang on who found it.
type finish struct {
	run  *run
	plan *plan
	found
	signals, damaged int
	churned          map[int]time.Time // by client
	mail             *mail
	trial            []clientFound // what shadow rules would have raised
	shadows          map[string]bool
}

func (r *run) finish(i int) *finish {
	f := &finish{run: r, plan: r.plans[i], churned: map[int]time.Time{}}
	f.reasons = make([][]counted, len(f.plan.rule.Rules)+1)
	f.untold = map[stanna.Reason]int{}
	signals := newHours(r.in)
	if f.plan.watches {
		f.sweeps = newHours(r.in)
		f.loss = make([]float64, len(f.sweeps.at))
	}
	for _, w := range r.workers {
		f.signals += w.signals
		f.damaged += w.damaged
		for _, c := range w.churned {
			if at, ok := f.churned[c.client]; !ok || c.at.Before(at) {
				f.churned[c.client] = c.at
			}
		}
		f.add(&w.lives[i].found)
		for _, t := range w.hours.at {
			signals.last(t)
		}
	}
	if f.plan.watches {
		f.clients = append(f.clients, f.portfolio(signals))
	}
	slices.SortFunc(f.clients, func(a, b clientFound) int { return cmp.Compare(a.client, b.client) })
	f.mail = f.deliver()
	return f
}

// add puts a worker's part to that of the others.
func (f *finish) add(x *found) {
	f.clients = append(f.clients, x.clients...)
	for i, list := range x.reasons {
		for _, c := range list {
			f.reasons[i] = addCount(f.reasons[i], c)
		}
	}
	for why, n := range x.untold {
		f.untold[why] += n
	}
	f.spared += x.spared
	if !f.plan.watches {
		return
	}
	f.steps = append(f.steps, x.steps...)
	for i, loss := range x.loss {
		f.loss[i] += loss
	}
	for _, t := range x.sweeps.at {
		if !t.IsZero() {
			f.sweeps.first(t)
		}
	}
}

// addTrial takes over what the shadow rules would have raised.
func (f *finish) addTrial(t *finish, shadows map[string]bool) {
	f.trial, f.shadows = t.clients, shadows
}
