package stanna_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
)

// points draws values in any order of time, many of them in the same second.
func points(most int) *rapid.Generator[[]stanna.Point] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) stanna.Point {
		at := noon.Add(time.Duration(rapid.Int64Range(0, 3000).Draw(t, "step")) * 100 * time.Millisecond)
		return stanna.Point{At: at, Value: float64(rapid.IntRange(0, 10_000).Draw(t, "hundredths")) / 100}
	}), 0, most)
}

// Short of the first compaction a history is exactly a sorted list.
func TestHistoryIsAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h stanna.History
		var naive []stanna.Point
		for _, p := range points(127).Draw(t, "points") {
			h.Add(p.At, p.Value)
			naive = append(naive, stanna.Point{At: p.At.Truncate(time.Second), Value: p.Value})
		}
		slices.SortStableFunc(naive, func(a, b stanna.Point) int { return a.At.Compare(b.At) })
		if h.Len() != len(naive) {
			t.Fatalf("%d values of %d", h.Len(), len(naive))
		}
		at := noon.Add(time.Duration(rapid.IntRange(-1, 301).Draw(t, "at")) * time.Second)
		i, _ := slices.BinarySearchFunc(naive, at, func(p stanna.Point, at time.Time) int {
			if p.At.After(at) {
				return 1
			}
			return -1
		})
		if diff := cmp.Diff(append([]stanna.Point{}, naive[i:]...), append([]stanna.Point{}, h.Since(at)...)); diff != "" {
			t.Fatal("since: " + diff)
		}
		got, ok := h.AtOrBefore(at)
		if ok != (i > 0) || ok && got != naive[i-1] {
			t.Fatalf("at or before %v: %v, %v", at, got, ok)
		}
		last, ok := h.Last()
		if ok != (len(naive) > 0) || ok && last != naive[len(naive)-1] {
			t.Fatalf("last: %v, %v", last, ok)
		}
	})
}

func TestHistoryRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := stanna.HistoryOf(points(300).Draw(t, "points")...)
		b, err := h.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var back stanna.History
		if err := back.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(append([]stanna.Point{}, h.Since(time.Time{})...), append([]stanna.Point{}, back.Since(time.Time{})...)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Values are kept to the second and the hundredth, in UTC, so that nothing
// changes by being stored.
func TestHistoryPrecision(t *testing.T) {
	h := stanna.HistoryOf(stanna.Point{At: noon.Add(1700 * time.Millisecond).In(time.FixedZone("", 3600)), Value: 37.654})
	got, _ := h.Last()
	if want := (stanna.Point{At: noon.Add(time.Second), Value: 37.65}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestHistoryCompaction(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		every := rapid.SampledFrom([]time.Duration{time.Second, 7 * time.Minute, time.Hour, 30 * time.Hour}).Draw(t, "every")
		n := rapid.IntRange(129, 20_000).Draw(t, "n")
		var h stanna.History
		for i := range n {
			h.Add(noon.Add(time.Duration(i)*every), float64(i%100))
			if got, _ := h.Last(); got.Value != float64(i%100) {
				t.Fatalf("value %d is not the newest: %v", i, got)
			}
		}
		// 400 days + 30 days of hours + 2 days of five minutes, and what has
		// come since the last compaction.
		if most := 400 + 30*24 + 2*24*12 + 128 + 3; h.Len() > most {
			t.Fatalf("%d values are kept, at most %d should be", h.Len(), most)
		}
		all := h.Since(time.Time{})
		if !slices.IsSortedFunc(all, func(a, b stanna.Point) int { return a.At.Compare(b.At) }) {
			t.Fatal("out of order")
		}
		newest := noon.Add(time.Duration(n-1) * every)
		if newest.Sub(noon) <= 400*24*time.Hour && (!all[0].At.Equal(noon) || all[0].Value != 0) {
			t.Fatalf("the first value is gone: %v", all[0])
		}
		slack := 128 * every // the last compaction was so long ago
		if age := newest.Sub(all[0].At); age > 400*24*time.Hour+slack {
			t.Fatalf("a value of %v ago is kept", age)
		}
		// What a change is counted from is never far off: a value within the
		// width of its age stands at or before any time.
		for _, back := range []time.Duration{24 * time.Hour, 7 * 24 * time.Hour, 90 * 24 * time.Hour} {
			at := newest.Add(-back)
			if !at.After(noon) || back > 400*24*time.Hour {
				continue
			}
			width := map[time.Duration]time.Duration{24 * time.Hour: 5 * time.Minute, 7 * 24 * time.Hour: time.Hour, 90 * 24 * time.Hour: 24 * time.Hour}[back]
			p, ok := h.AtOrBefore(at)
			if !ok || at.Sub(p.At) > width+every {
				t.Fatalf("%v back the value is of %v, want one within %v", back, p.At, width+every)
			}
		}
	})
}

// A late value, even in a full history, finds its place.
func TestHistoryLate(t *testing.T) {
	var h stanna.History
	for i := range 1000 {
		h.Add(noon.Add(time.Duration(i)*time.Hour), 60)
	}
	h.Add(noon.Add(999*time.Hour+30*time.Minute-time.Hour), 12)
	if p, _ := h.AtOrBefore(noon.Add(999*time.Hour - time.Minute)); p.Value != 12 {
		t.Errorf("the late value is not found: %v", p)
	}
	if p, _ := h.Last(); p.Value != 60 {
		t.Errorf("a late value became the newest: %v", p)
	}
}

func FuzzHistoryUnmarshal(f *testing.F) {
	b, _ := stanna.HistoryOf(stanna.Point{At: noon, Value: 60}, stanna.Point{At: noon.Add(time.Hour), Value: 38.5}).MarshalBinary()
	f.Add(b)
	f.Add([]byte{})
	f.Add([]byte{0x80})
	f.Add([]byte{2, 0x80})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		var h stanna.History
		if h.UnmarshalBinary(b) != nil {
			return
		}
		h.AtOrBefore(noon)
		h.Since(noon)
		h.Last()
		for _, p := range h.Since(time.Time{}) {
			if math.Abs(p.Value) > 1e9 || p.At.Year() < 1970 || p.At.Year() > 3000 {
				return // nothing we wrote
			}
		}
		again, err := h.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var back stanna.History
		if err := back.UnmarshalBinary(again); err != nil || back.Len() != h.Len() {
			t.Fatalf("%d values come back as %d: %v", h.Len(), back.Len(), err)
		}
	})
}

func BenchmarkHistoryAdd(b *testing.B) {
	var h stanna.History
	for i := 0; b.Loop(); i++ {
		h.Add(noon.Add(time.Duration(i)*time.Hour), float64(i%100))
	}
}
