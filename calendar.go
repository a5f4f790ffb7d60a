package stanna

import (
	"iter"
	"math"
	"time"
)

// Calendar is [Hours] made ready: it answers when people work without
// parsing anything. It never changes, so it may be shared. The zero value is
// always open.
//
// On the days when clocks change a window stays one stretch. It opens when
// the wall clock first shows From or later, and closes when the wall clock
// has reached To for good. So a From that does not exist opens at the jump,
// and a To that does not exist closes there; a From that comes twice opens at
// the first, and a To that comes twice closes at the last. The other choice,
// to go by the wall alone, would shut in the middle of a window and open it
// again, and "while you were away" would be told twice in one night; of the
// two we take the one that holds nothing back. A window that falls into the
// jump altogether does not open that day.
//
// A holiday closes its date: no window begins on it (nor goes on into the
// morning after, for nobody came), and one from the evening before ends at
// midnight.
type Calendar struct {
	limited bool
	clock   clock
	days    [7][]stretch
	off     holidays
}

// stretch is open time in seconds from the midnight on which its day begins;
// to may lie on the day after.
type stretch struct{ from, to int64 }

// unopened is the days without open time after which a calendar counts as
// one that never opens. [Hours.Validate] lets none through.
const unopened = 400

// Holiday says whether a local date ("2026-12-25") is a day off.
func (c Calendar) Holiday(date string) bool {
	d, ok := parseDay(date)
	return ok && c.off.has(d)
}

// Open says whether people work at t.
func (c Calendar) Open(t time.Time) bool {
	if !c.limited {
		return true
	}
	for open := range c.stretches(t.Unix()) {
		return open == t.Unix()
	}
	return false
}

// NextOpen is t itself if people work then, else the instant when they next
// begin. It is the zero time if that is not within 400 days, which no hours
// that passed Validate make happen.
func (c Calendar) NextOpen(t time.Time) time.Time {
	if !c.limited {
		return t
	}
	for open := range c.stretches(t.Unix()) {
		if open == t.Unix() {
			return t
		}
		return time.Unix(open, 0).In(t.Location())
	}
	return time.Time{}
}

// AddOpen is the earliest instant by which d of open time has passed since t.
// Real time counts: a window with an hour less, because clocks went forward
// in it, is an hour shorter. The last of a day's time ends when people leave,
// not when they come back; a d of zero or less has passed at t. It is the
// zero time if 400 days bring no open time, or a century too little of it.
func (c Calendar) AddOpen(t time.Time, d time.Duration) time.Time {
	t = t.Round(0) // what is stored has no monotonic reading, and must add up the same
	if d <= 0 {
		return t
	}
	if !c.limited {
		return t.Add(d)
	}
	at, century := t, t.Unix()+36525*aDay
	for open, shut := range c.stretches(t.Unix()) {
		if open > century {
			break
		}
		if from := time.Unix(open, 0); from.After(at) {
			at = from
		}
		left := time.Unix(shut, 0).Sub(at)
		if d <= left {
			return at.Add(d).In(t.Location())
		}
		d -= left
		at = at.Add(left)
	}
	return time.Time{}
}

// OpenBetween is the open time from a to b: real time, none twice. It is zero
// if b is not after a.
func (c Calendar) OpenBetween(a, b time.Time) time.Duration {
	a, b = a.Round(0), b.Round(0)
	if !a.Before(b) {
		return 0
	}
	if !c.limited {
		return b.Sub(a)
	}
	var sum time.Duration
	for open, shut := range c.stretches(a.Unix()) {
		if open > b.Unix() {
			break
		}
		from, to := time.Unix(open, 0), time.Unix(shut, 0)
		if from.Before(a) {
			from = a
		}
		if to.After(b) {
			to = b
		}
		if sum > math.MaxInt64-to.Sub(from) {
			return math.MaxInt64 // some three centuries, as much as a Duration holds
		}
		sum += to.Sub(from)
	}
	return sum
}

// stretches are the instants between which it is open, from t on, in order
// and apart: where windows of two days overlap, the later one begins when the
// earlier is over. They end after [unopened] days without any.
func (c Calendar) stretches(t int64) iter.Seq2[int64, int64] {
	return func(yield func(open, shut int64) bool) {
		over := c.clock.wall(t) // a window that ends by then on the wall has closed
		if !c.clock.steady(c.clock.era(t), t) {
			over -= farJump
		}
		d := over.day() - 1 // whose windows may last into this one
		for last := d + unopened; d < last; d++ {
			windows := c.days[d.weekday()]
			if len(windows) == 0 || c.off.has(d) {
				continue
			}
			for _, w := range windows {
				to := w.to
				if to > aDay && c.off.has(d+1) {
					to = aDay
				}
				if d.at(to) <= over {
					continue
				}
				open, _ := c.clock.reached(d.at(w.from))
				_, shut := c.clock.reached(d.at(to))
				if open >= shut || shut <= t {
					continue
				}
				if !yield(max(open, t), shut) {
					return
				}
				t, last = shut, d+unopened
			}
		}
	}
}
