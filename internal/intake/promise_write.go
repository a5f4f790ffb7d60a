package intake

import (
	"slices"
	"strconv"

	"github.com/gostanna/stanna"
)

// write stores the promises in one go.
func (p *promises) write() error {
	// Closed threads first: the index allows one open thread a client and
	// destination, and a new one may follow.
	var closed, rest []stanna.Message
	for _, m := range p.changed {
		if m.ClosedAt.IsZero() {
			rest = append(rest, *m)
		} else {
			closed = append(closed, *m)
		}
	}
	if err := p.tx.PutMessages(closed...); err != nil {
		return err
	}
	if err := p.tx.PutMessages(rest...); err != nil {
		return err
	}
	if err := p.tx.AddNotifications(p.notifications...); err != nil {
		return err
	}
	if err := p.tx.PutNotifications(p.timed...); err != nil {
		return err
	}
	for why, alerts := range p.spared {
		for chunk := range slices.Chunk(unique(alerts), Slice) {
			if err := p.tx.SpareHeld(p.workspace, chunk, why); err != nil {
				return err
			}
		}
	}
	if err := p.writeSpent(); err != nil {
		return err
	}
	for _, id := range p.summaries {
		if err := p.tx.Revise(p.workspace, id); err != nil {
			return err
		}
	}
	if p.closing {
		if err := p.closeThreads(); err != nil {
			return err
		}
	}
	jobs := oneEach(p.jobs)
	if err := p.tx.Enqueue(jobs...); err != nil {
		return err
	}
	for _, j := range jobs {
		if !slices.Contains(p.lanes, j.Lane) {
			p.lanes = append(p.lanes, j.Lane)
		}
	}
	return p.tx.Audit(p.trail...)
}

// closeThreads closes the threads that carry no open alert any more.
func (p *promises) closeThreads() error {
	ids := p.over
	for _, m := range p.changed {
		if m.ClosedAt.IsZero() {
			ids = append(ids, m.ID)
		}
	}
	for chunk := range slices.Chunk(unique(ids), Slice) {
		live, err := p.tx.LiveThreads(p.workspace, chunk)
		if err != nil {
			return err
		}
		over := slices.DeleteFunc(slices.Clone(chunk), func(id string) bool { return slices.Contains(live, id) })
		if err := p.tx.CloseThreads(p.workspace, over, p.real); err != nil {
			return err
		}
	}
	return nil
}

// oneEach merges jobs for the same message: a statement may not meet a key
// twice.
func oneEach(jobs []stanna.Job) []stanna.Job {
	at := map[[2]string]int{}
	var out []stanna.Job
	for _, j := range jobs {
		key := [2]string{j.Lane, j.Ref}
		if i, ok := at[key]; ok {
			out[i].Priority = max(out[i].Priority, j.Priority)
			continue
		}
		at[key] = len(out)
		out = append(out, j)
	}
	return out
}

func unique[T ~string](ids []T) []T {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

func figure(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
