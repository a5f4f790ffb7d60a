package stanna

import (
	"encoding/binary"
	"math"
	"slices"
	"time"
)

// Point is one value at one time, to the second and to the hundredth.
type Point struct {
	At    time.Time
	Value float64
}

// History is a series of values in order of time, long enough to find the
// base of a change and to draw a trend. It is exact for the newest values
// and gets coarser with age: when it grows it keeps one value for each five
// minutes of the last two days, for each hour of the last thirty, for each
// day before, and nothing older than 400 days. The very first value stays as
// long as it is young enough.
type History struct{ points []Point }

const (
	compactEvery  = 128
	historyMaxAge = 400 * 24 * time.Hour
)

// HistoryOf makes a history of the points, which are in order of time.
func HistoryOf(points ...Point) History {
	var h History
	for _, p := range points {
		h.Add(p.At, p.Value)
	}
	return h
}

// Add puts a value in its place in time, behind those of the same second.
func (h *History) Add(at time.Time, value float64) {
	p := Point{At: at.UTC().Truncate(time.Second), Value: math.Round(value*100) / 100}
	i := len(h.points)
	for i > 0 && h.points[i-1].At.After(p.At) {
		i--
	}
	h.points = slices.Insert(h.points, i, p)
	if len(h.points)%compactEvery == 0 {
		h.compact()
	}
}

// compact drops what is too fine for its age.
func (h *History) compact() {
	newest := h.points[len(h.points)-1].At
	slot := func(p Point) int64 {
		width := 24 * time.Hour
		switch age := newest.Sub(p.At); {
		case age <= 48*time.Hour:
			width = 5 * time.Minute
		case age <= 30*24*time.Hour:
			width = time.Hour
		}
		return p.At.UnixNano() / int64(width)
	}
	kept := h.points[:0]
	for i, p := range h.points {
		last := i+1 == len(h.points) || slot(h.points[i+1]) != slot(p)
		if (i == 0 || last) && newest.Sub(p.At) <= historyMaxAge {
			kept = append(kept, p)
		}
	}
	h.points = kept
}

// Len is the number of values kept.
func (h History) Len() int { return len(h.points) }

// Last is the newest value.
func (h History) Last() (Point, bool) {
	if len(h.points) == 0 {
		return Point{}, false
	}
	return h.points[len(h.points)-1], true
}

// AtOrBefore is the last value at or before t.
func (h History) AtOrBefore(t time.Time) (Point, bool) {
	i := h.after(t)
	if i == 0 {
		return Point{}, false
	}
	return h.points[i-1], true
}

// Since lists the values after t. The slice is the history's own: read it,
// do not keep or change it.
func (h History) Since(t time.Time) []Point { return h.points[h.after(t):] }

// after is the index of the first value later than t.
func (h History) after(t time.Time) int {
	i, _ := slices.BinarySearchFunc(h.points, t, func(p Point, t time.Time) int {
		if p.At.After(t) {
			return 1
		}
		return -1
	})
	return i
}

// MarshalBinary packs the history: for each value the seconds since the one
// before and the change in hundredths, as varints; two to six bytes a value.
func (h History) MarshalBinary() ([]byte, error) {
	if len(h.points) == 0 {
		return []byte{}, nil
	}
	b := make([]byte, 0, 8+5*len(h.points))
	var at, value int64
	for _, p := range h.points {
		t, v := p.At.Unix(), int64(math.Round(p.Value*100))
		b = binary.AppendVarint(b, t-at)
		b = binary.AppendVarint(b, v-value)
		at, value = t, v
	}
	return b, nil
}

// UnmarshalBinary unpacks what MarshalBinary packed.
func (h *History) UnmarshalBinary(b []byte) error {
	h.points = make([]Point, 0, len(b)/4+1)
	var at, value int64
	for len(b) > 0 {
		dt, n := binary.Varint(b)
		if n <= 0 {
			return Errorf("", "history is damaged")
		}
		dv, m := binary.Varint(b[n:])
		if m <= 0 {
			return Errorf("", "history is damaged")
		}
		b = b[n+m:]
		at, value = at+dt, value+dv
		h.points = append(h.points, Point{At: time.Unix(at, 0).UTC(), Value: float64(value) / 100})
	}
	return nil
}
