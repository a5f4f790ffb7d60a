package digest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// monday is Monday 23 November 2026, ten in the morning, UTC.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func figures(risk int64) store.MarkFigures {
	return store.MarkFigures{Currency: "USD", Threshold: 40, AtRisk: risk, Loss: risk / 2}
}

func mark(daysAgo int, f store.MarkFigures) store.Mark {
	return store.Mark{Date: monday.AddDate(0, 0, -daysAgo).Format(time.DateOnly), Figures: f}
}

func TestWeeks(t *testing.T) {
	euro := figures(9)
	euro.Currency = "EUR"
	marks := []store.Mark{mark(28, figures(1)), mark(21, euro), mark(16, figures(3)), mark(14, figures(4)), mark(8, figures(5)), mark(3, figures(6))}
	type point struct {
		Date   string
		Known  bool
		AtRisk int64
	}
	var got []point
	for _, w := range weeks(marks, figures(100), monday, 5) {
		got = append(got, point{w.date, w.known, w.atRisk})
	}
	want := []point{
		{"2026-10-26", true, 1},
		{"2026-11-02", false, 0}, // in another currency
		{"2026-11-09", true, 4},  // the last of its week
		{"2026-11-16", true, 5},  // not on the day itself
		{"2026-11-23", true, 100},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAhead(t *testing.T) {
	series := func(values ...int64) (list []week) {
		for _, v := range values {
			list = append(list, week{known: v >= 0, atRisk: v, mark: figures(v)})
		}
		return list
	}
	stricter := series(100, 200, 100, 200, 100, 200, 100)
	stricter[3].mark.Threshold = 50
	for name, c := range map[string]struct {
		list      []week
		most      int64
		weeks     int
		low, high int64
	}{
		"steady":                    {series(100, 100, 100, 100, 100, 100, 100), 1000, 6, 100, 100},
		"up and down by a hundred":  {series(1000, 1100, 1000, 1100, 1000, 1100, 1000), 5000, 6, 744, 1256}, // 1.2816 × 100 × √4
		"no more than there is":     {series(1000, 1100, 1000, 1100, 1000, 1100, 1000), 1050, 6, 744, 1050},
		"no less than nothing":      {series(100, 200, 100, 200, 100, 200, 100), 1000, 6, 0, 356},
		"too few weeks":             {series(100, 200, 100, 200, 100, 200), 1000, 5, 0, 0},
		"a gap counts for nothing":  {series(100, -1, 100, 200, 100, 200, 100, 200), 1000, 5, 0, 0},
		"nor a change of threshold": {stricter, 1000, 4, 0, 0},
		"none at all":               {series(100), 1000, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := ahead(c.list, func(w week) int64 { return w.atRisk }, c.most, "USD")
			if want := (stanna.RiskRange{Low: usd(c.low), High: usd(c.high), Weeks: c.weeks, Needed: 6}); *r != want || r.Known() != (c.weeks >= 6) {
				t.Errorf("%+v, want %+v", *r, want)
			}
		})
	}
}

func TestStartOf(t *testing.T) {
	at := func(days ...int) (list []store.Mark) {
		for _, d := range days {
			list = append(list, store.Mark{Date: monday.AddDate(0, 0, -d).Format(time.DateOnly), At: monday.AddDate(0, 0, -d)})
		}
		return list
	}
	for want, marks := range map[string][]store.Mark{
		"":           nil,
		"2026-11-16": at(8, 7, 6, 0),
		"2026-11-12": at(20, 11, 2),
		"2026-11-20": at(3, 2),
	} {
		got := ""
		if m := startOf(marks, monday.AddDate(0, 0, -7), monday); m != nil {
			got = m.Date
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if m := startOf(at(0), monday.AddDate(0, 0, -7), monday); m != nil {
		t.Errorf("it begins where it ends: %+v", m)
	}
}
