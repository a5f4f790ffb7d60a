package metrics

import (
	"cmp"
	"math"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// maxMoved is how many clients of one reason are named.
const maxMoved = 100

// Delta is what one reason did to scores.
type Delta struct {
	Reason  string
	Total   float64
	Average float64
	Count   int
	Clients []Moved // the largest moves first, 100 at most
}

// Moved is a client whose score moved.
type Moved struct {
	ClientID      string
	Name          string
	Delta         float64
	Score, Before float64
}

// Deltas groups the clients whose score moved by some points or more within
// a window by the strongest factor of their newest score in the direction that
// it moved, the reasons that moved most first.
func (s Scope) Deltas(tx *store.Tx, window int, least float64) ([]Delta, error) {
	by := map[string]*Delta{}
	err := s.series(tx, func(c *store.Series) error {
		from, to, ok := change(c.Health, s.ago(window), s.Now)
		m := Moved{c.ID, c.Name, points(to.Value - from.Value), to.Value, from.Value}
		if !ok || m.Delta == 0 || math.Abs(m.Delta) < least {
			return nil
		}
		facts, err := c.Facts()
		if err != nil {
			return err
		}
		reason := factorName(facts, m.Delta)
		d := by[reason]
		if d == nil {
			d = &Delta{Reason: reason}
			by[reason] = d
		}
		d.Count++
		d.Total += m.Delta
		d.Clients = append(d.Clients, m)
		return nil
	})
	list := make([]Delta, 0, len(by))
	for _, d := range by {
		d.Total = points(d.Total)
		d.Average = points(d.Total / float64(d.Count))
		slices.SortFunc(d.Clients, func(a, b Moved) int {
			return cmp.Or(cmp.Compare(math.Abs(b.Delta), math.Abs(a.Delta)), cmp.Compare(a.ClientID, b.ClientID))
		})
		d.Clients = d.Clients[:min(maxMoved, len(d.Clients))]
		list = append(list, *d)
	}
	slices.SortFunc(list, func(a, b Delta) int {
		return cmp.Or(cmp.Compare(math.Abs(b.Total), math.Abs(a.Total)), cmp.Compare(a.Reason, b.Reason))
	})
	return list, err
}

// factorName is the reason by which clients are put together: a factor's
// name, since its detail is the client's own.
func factorName(facts stanna.StateFacts, direction float64) string {
	if f, ok := strongest(facts.HealthFactors, direction); ok {
		return f.Name
	}
	return unexplained(facts.HealthSource)
}
