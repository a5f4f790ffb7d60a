package metrics

import (
	"math"
	"time"

	"github.com/gostanna/stanna"
)

// change is how a score moved since a time: from the last value at or before
// it, if that is not older than twice the window, else from the first value
// inside. It is how rules count a change too. ok is false without a score.
func change(h stanna.History, since, now time.Time) (from, to stanna.Point, ok bool) {
	if to, ok = h.Last(); !ok {
		return from, to, false
	}
	if p, known := h.AtOrBefore(since); known && !p.At.Before(since.Add(-now.Sub(since))) {
		return p, to, true
	}
	if inside := h.Since(since); len(inside) > 0 {
		return inside[0], to, true
	}
	return to, to, true // older than that: it has not moved
}

// points rounds to the hundredth, as scores are kept.
func points(x float64) float64 { return math.Round(x*100) / 100 }

// average is a sum on its way to one.
type average struct {
	sum float64
	n   int
}

func (a *average) add(x float64) { a.sum, a.n = a.sum+x, a.n+1 }

// value is the average; nil of nothing.
func (a average) value() *float64 {
	if a.n == 0 {
		return nil
	}
	x := points(a.sum / float64(a.n))
	return &x
}

// likeForLike is how the scores of those clients moved that had one at both
// ends, so that who came in between moves nothing.
type likeForLike struct{ before, after average }

func (l *likeForLike) add(h stanna.History, since time.Time) {
	from, ok := h.AtOrBefore(since)
	if !ok {
		return
	}
	to, _ := h.Last()
	l.before.add(from.Value)
	l.after.add(to.Value)
}

// change is the difference of the averages in points and in percent of what
// it was; nil when nobody had a score then.
func (l likeForLike) change() (by, percent *float64) {
	if l.before.n == 0 {
		return nil, nil
	}
	before, after := l.before.sum/float64(l.before.n), l.after.sum/float64(l.after.n)
	delta := points(after - before)
	if before == 0 {
		return &delta, nil
	}
	share := points((after - before) / before * 100)
	return &delta, &share
}
