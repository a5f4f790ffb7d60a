package stanna_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // zones, also on a machine that has none
)

// places have every awkward clock: half an hour, two hours, a change at
// midnight, a midnight that comes twice, a date that is skipped, none at all.
var places = []string{
	"America/New_York", "Europe/Berlin", "Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca",
	"Pacific/Apia", "America/St_Johns", "Asia/Tehran", "Antarctica/Troll", "America/Havana", "Asia/Gaza", "America/Nuuk", "UTC",
}

func place(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// changes are the instants in those years at which a place's clock was
// changed, found by looking at it every hour.
var changes = func() func(t testing.TB, name string) []time.Time {
	var mu sync.Mutex
	known := map[string][]time.Time{}
	return func(t testing.TB, name string) []time.Time {
		mu.Lock()
		defer mu.Unlock()
		if _, ok := known[name]; ok {
			return known[name]
		}
		loc, all := place(t, name), []time.Time{}
		at := time.Date(2004, 12, 31, 0, 0, 0, 0, time.UTC)
		for _, last := at.In(loc).Zone(); at.Year() < 2031; at = at.Add(time.Hour) {
			if _, off := at.In(loc).Zone(); off != last {
				minute := at.Add(-time.Hour)
				for _, o := minute.In(loc).Zone(); o == last; _, o = minute.In(loc).Zone() {
					minute = minute.Add(time.Minute)
				}
				all, last = append(all, minute), off
			}
		}
		known[name] = all
		return all
	}
}()

// shown is the wall clock at t as a time in UTC, which can be compared.
func shown(t time.Time, loc *time.Location) time.Time {
	t = t.In(loc)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// minutes are what the wall showed each minute for some days around an
// instant: the definition of everything here, the long way.
type minutes struct {
	at    []time.Time
	shown []int64
}

func around(t time.Time, loc *time.Location) (m minutes) {
	for at := t.Add(-96 * time.Hour); at.Before(t.Add(96 * time.Hour)); at = at.Add(time.Minute) {
		_, off := at.In(loc).Zone()
		m.at = append(m.at, at)
		m.shown = append(m.shown, at.Unix()+int64(off))
	}
	return m
}

// first is the first minute that shows w or later, final the one after the
// last that shows less.
func (m minutes) reached(w time.Time) (first, final int) {
	first, final = slices.IndexFunc(m.shown, func(s int64) bool { return s >= w.Unix() }), len(m.shown)
	for m.shown[final-1] >= w.Unix() {
		final--
	}
	return first, final
}

// dates are those that came, but for the first and the last two.
func (m minutes) dates() []time.Time {
	var all []time.Time
	for i, s := range m.shown {
		if i == 0 || s/86400 != m.shown[i-1]/86400 {
			all = append(all, time.Unix(s, 0).UTC().Truncate(24*time.Hour))
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	all = slices.Compact(all)
	return all[1 : len(all)-2]
}

// clockTime is a time of day ("24:00" is the next midnight) on a date.
func clockTime(t testing.TB, date time.Time, clock string) time.Time {
	t.Helper()
	var hour, minute int
	if _, err := fmt.Sscanf(clock, "%d:%d", &hour, &minute); err != nil {
		t.Fatal(err)
	}
	return date.Add(time.Duration(hour*60+minute) * time.Minute)
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
