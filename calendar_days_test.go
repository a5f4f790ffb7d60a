package stanna_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
)

// Around every change of a clock, windows open and close as promised, to the
// minute and on every date.
func TestCalendarOnChangeDays(t *testing.T) {
	for _, name := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := place(t, name)
			for _, change := range changes(t, name) {
				m := around(change, loc)
				dates := m.dates()
				for _, w := range []stanna.Window{
					window("09:00", "18:00"), window("00:00", "24:00"), window("22:00", "06:00"), window("01:30", "02:30"),
					window("02:00", "04:00"), window("23:30", "00:30"), window("00:00", "01:00"), window("02:15", "02:00"),
				} {
					w.Days = everyDay
					c := stanna.Hours{Windows: []stanna.Window{w}}.In(loc)
					open := make([]bool, len(m.at))
					for d := dates[0]; !d.After(dates[len(dates)-1]); d = d.AddDate(0, 0, 1) {
						from, to := clockTime(t, d, w.From), clockTime(t, d, w.To)
						if to.Before(from) {
							to = to.AddDate(0, 0, 1)
						}
						opens, _ := m.reached(from)
						_, closes := m.reached(to)
						for i := opens; i < closes; i++ {
							open[i] = true
						}
					}
					// The middle days, which all windows that touch them are known of:
					// each edge, and between them now and then.
					begin, end, next := 48*60, len(m.at)-60*60, -1
					var sum time.Duration
					for i := end - 1; i >= begin; i-- {
						if open[i] {
							sum += time.Minute
							next = i
						}
						edge := open[i] != open[i-1] || open[i] != open[i+1]
						if !edge && i%15 > 0 {
							continue
						}
						if c.Open(m.at[i]) != open[i] {
							t.Fatalf("%s to %s: at %v open is %v", w.From, w.To, m.at[i].In(loc), !open[i])
						}
						if next < 0 {
							continue
						}
						if got := c.NextOpen(m.at[i]); !got.Equal(m.at[next]) {
							t.Fatalf("%s to %s: after %v it opens %v, want %v", w.From, w.To, m.at[i].In(loc), got, m.at[next].In(loc))
						}
					}
					if got := c.OpenBetween(m.at[begin], m.at[end]); got != sum {
						t.Fatalf("%s to %s: open for %v around %v, want %v", w.From, w.To, got, change.In(loc), sum)
					}
				}
			}
		})
	}
}

// drawHours draws hours that Validate lets through.
func drawHours(t *rapid.T) stanna.Hours {
	clock := func(label string, last int) string {
		m := rapid.IntRange(0, last).Draw(t, label) * 15
		return fmt.Sprintf("%02d:%02d", m/60, m%60)
	}
	h := stanna.Hours{Timezone: rapid.SampledFrom(places).Draw(t, "place")}
	for range rapid.IntRange(0, 5).Draw(t, "windows") {
		h.Windows = append(h.Windows, stanna.Window{
			Days: rapid.SliceOfNDistinct(rapid.SampledFrom(everyDay), 1, 7, rapid.ID[string]).Draw(t, "days"),
			From: clock("from", 95), To: clock("to", 96),
		})
	}
	h.Holidays = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
		d := time.Date(rapid.IntRange(2011, 2030).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		return d.Format(rapid.SampledFrom([]string{time.DateOnly, "--01-02"}).Draw(t, "form"))
	}), 0, 40).Draw(t, "holidays")
	if h.Validate("h") != nil {
		t.Skip("not a work plan")
	}
	return h
}

// drawTime draws a time, often near a change of the clock.
func drawTime(t *rapid.T, name, label string) time.Time {
	step := time.Duration(rapid.Int64Range(-72*3600, 72*3600).Draw(t, label+" seconds"))*time.Second + rapid.SampledFrom([]time.Duration{0, 1, 999_999_999}).Draw(t, label+" ns")
	if all := changes(pass{}, name); len(all) > 0 && rapid.Bool().Draw(t, label+" near a change") {
		return rapid.SampledFrom(all).Draw(t, label).Add(step)
	}
	return time.Date(rapid.IntRange(2005, 2030).Draw(t, label+" year"), 1, rapid.IntRange(1, 366).Draw(t, label+" day"), 12, 0, 0, 0, time.UTC).Add(step)
}

// pass lets the helpers be used where there is no testing.TB: it only panics.
type pass struct{ testing.TB }

func (pass) Helper() {}

func TestCalendarProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		c := h.In(time.UTC)
		at := drawTime(t, h.Timezone, "at")
		next := c.NextOpen(at)
		if next.IsZero() {
			t.Skip("its windows fall into jumps")
		}
		if !c.Open(next) || next.Before(at) || c.Open(at) != next.Equal(at) {
			t.Fatalf("next after %v is %v", at, next)
		}
		for s := at; s.Before(next) && s.Before(at.Add(10*24*time.Hour)); s = s.Add(time.Minute) {
			if c.Open(s) {
				t.Fatalf("open at %v, before %v", s, next)
			}
		}
		if next.After(at) && c.Open(next.Add(-1)) {
			t.Fatalf("open just before %v", next)
		}
		if later := at.Add(time.Duration(rapid.Int64Range(0, 1e15).Draw(t, "later"))); c.NextOpen(later).Before(next) {
			t.Fatalf("%v opens before %v", later, at)
		}
	})
}

func TestOpenTimeAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		c := h.In(time.UTC)
		a := drawTime(t, h.Timezone, "a")
		d := time.Duration(rapid.Int64Range(1, int64(90*24*time.Hour)).Draw(t, "d"))
		end := c.AddOpen(a, d)
		if end.IsZero() {
			t.Skip("its windows fall into jumps")
		}
		if got := c.OpenBetween(a, end); got != d {
			t.Fatalf("%v to %v has %v, want %v", a, end, got, d)
		}
		if got := c.OpenBetween(a, end.Add(-1)); got != d-1 {
			t.Fatalf("%v is not the earliest: %v", end, got)
		}
		b := a.Add(time.Duration(rapid.Int64Range(0, int64(end.Sub(a))).Draw(t, "b")))
		if ab, bc := c.OpenBetween(a, b), c.OpenBetween(b, end); ab+bc != d {
			t.Fatalf("%v + %v is not %v", ab, bc, d)
		}
		if p := c.OpenBetween(a, b); p > 0 && c.OpenBetween(a, c.AddOpen(a, p)) != p {
			t.Fatalf("%v passes at %v", p, c.AddOpen(a, p))
		}
	})
}

// Where no clock is changed within two days, being open is what the wall
// says; and it is never open on a holiday.
func TestOpenIsWhatTheWallSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		c := h.In(time.UTC)
		at := drawTime(t, h.Timezone, "at")
		loc := place(pass{}, h.Timezone)
		wall := shown(at, loc)
		off := func(d time.Time) bool {
			return slices.Contains(h.Holidays, d.Format(time.DateOnly)) || slices.Contains(h.Holidays, d.Format("--01-02"))
		}
		// In Newfoundland Sunday began, for a minute, before Saturday was over.
		if off(wall) && c.Open(at) && (h.Timezone != "America/St_Johns" || wall.Year() > 2011) {
			t.Fatalf("open on the holiday %v", wall)
		}
		for _, change := range changes(pass{}, h.Timezone) {
			if change.Sub(at).Abs() < 48*time.Hour {
				t.Skip("a clock changes")
			}
		}
		open := len(h.Windows) == 0 && !off(wall)
		for back := range 2 {
			midnight := wall.Truncate(24*time.Hour).AddDate(0, 0, -back)
			for _, w := range h.Windows {
				from, to := clockTime(pass{}, midnight, w.From), clockTime(pass{}, midnight, w.To)
				if to.Before(from) {
					to = to.AddDate(0, 0, 1)
				}
				if slices.Contains(w.Days, everyDay[(midnight.Weekday()+6)%7]) && !wall.Before(from) && wall.Before(to) && !off(midnight) && !off(wall) {
					open = true
				}
			}
		}
		if c.Open(at) != open {
			t.Fatalf("%v: open is %v", wall, !open)
		}
	})
}
