package stanna_test

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// The choices at a clock change, one by one and in words.
func TestCalendarChoices(t *testing.T) {
	for name, c := range map[string]struct {
		place  string
		window stanna.Window
		after  string // an instant in the closed time before
		opens  string
		lasts  time.Duration
	}{
		"a gap outside the window":      {"America/New_York", window("09:00", "18:00"), "2026-03-08T00:00:00-05:00", "2026-03-08T09:00:00-04:00", 9 * time.Hour},
		"a gap inside the window":       {"America/New_York", window("00:00", "09:00"), "2026-03-07T12:00:00-05:00", "2026-03-08T00:00:00-05:00", 8 * time.Hour},
		"from does not exist":           {"America/New_York", window("02:30", "09:00"), "2026-03-08T00:00:00-05:00", "2026-03-08T03:00:00-04:00", 6 * time.Hour},
		"to does not exist":             {"America/New_York", window("00:30", "02:30"), "2026-03-08T00:00:00-05:00", "2026-03-08T00:30:00-05:00", 90 * time.Minute},
		"all of it does not exist":      {"America/New_York", window("02:15", "02:45"), "2026-03-08T00:00:00-05:00", "2026-03-09T02:15:00-04:00", 30 * time.Minute},
		"from comes twice":              {"America/New_York", window("01:30", "09:00"), "2026-11-01T00:00:00-04:00", "2026-11-01T01:30:00-04:00", 8*time.Hour + 30*time.Minute},
		"to comes twice":                {"America/New_York", window("00:00", "01:30"), "2026-10-31T12:00:00-04:00", "2026-11-01T00:00:00-04:00", 2*time.Hour + 30*time.Minute},
		"both come twice":               {"America/New_York", window("01:15", "01:45"), "2026-11-01T00:00:00-04:00", "2026-11-01T01:15:00-04:00", 90 * time.Minute},
		"half an hour more":             {"Australia/Lord_Howe", window("00:00", "09:00"), "2026-04-04T12:00:00+11:00", "2026-04-05T00:00:00+11:00", 9*time.Hour + 30*time.Minute},
		"two hours less":                {"Antarctica/Troll", window("00:00", "09:00"), "2026-03-28T12:00:00+00:00", "2026-03-29T00:00:00+00:00", 7 * time.Hour},
		"no midnight":                   {"America/Sao_Paulo", window("00:00", "09:00"), "2018-11-03T12:00:00-03:00", "2018-11-04T01:00:00-02:00", 8 * time.Hour},
		"midnight comes twice":          {"America/Havana", window("00:00", "09:00"), "2026-10-31T12:00:00-04:00", "2026-11-01T00:00:00-04:00", 10 * time.Hour},
		"the evening before comes back": {"America/Nuuk", window("22:00", "24:00"), "2024-10-26T12:00:00-01:00", "2024-10-26T22:00:00-01:00", 3 * time.Hour},
		"the date does not exist":       {"Pacific/Apia", window("09:00", "18:00"), "2011-12-29T20:00:00-10:00", "2011-12-31T09:00:00+14:00", 9 * time.Hour},
		"a night into no date":          {"Pacific/Apia", window("20:00", "06:00"), "2011-12-29T12:00:00-10:00", "2011-12-29T20:00:00-10:00", 10 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			c.window.Days = everyDay
			cal := stanna.Hours{Timezone: c.place, Windows: []stanna.Window{c.window}}.In(time.UTC)
			after, opens := instant(t, c.after), instant(t, c.opens)
			if cal.Open(after) {
				t.Fatalf("open at %v", after)
			}
			got := cal.NextOpen(after)
			if !got.Equal(opens) {
				t.Errorf("opens %v, want %v", got, opens)
			}
			closes := opens.Add(c.lasts)
			if !cal.Open(opens) || !cal.Open(closes.Add(-1)) || cal.Open(closes) || cal.OpenBetween(after, closes) != c.lasts {
				t.Errorf("open for %v, want %v", cal.OpenBetween(after, closes.Add(time.Hour)), c.lasts)
			}
			if got := cal.AddOpen(after, c.lasts); !got.Equal(closes) {
				t.Errorf("it has passed at %v, want %v", got, closes)
			}
		})
	}
}

func TestCalendarHolidays(t *testing.T) {
	night := stanna.Hours{Timezone: "Europe/Berlin", Holidays: []string{"2026-12-24", "--12-25", "--02-29"}, Windows: []stanna.Window{
		window("09:00", "18:00", everyDay...), window("22:00", "06:00", everyDay...),
	}}.In(time.UTC)
	for at, open := range map[string]bool{
		"2026-12-23T17:59:59+01:00": true,
		"2026-12-23T23:59:59+01:00": true,
		"2026-12-24T00:00:00+01:00": false, // the night before ends at midnight
		"2026-12-24T12:00:00+01:00": false,
		"2026-12-24T23:00:00+01:00": false,
		"2026-12-25T12:00:00+01:00": false,
		"2026-12-26T03:00:00+01:00": false, // nobody came the evening before
		"2026-12-26T09:00:00+01:00": true,
		"2027-12-24T12:00:00+01:00": true, // of one year
		"2027-12-25T12:00:00+01:00": false,
		"2028-02-29T12:00:00+01:00": false,
		"2027-02-28T12:00:00+01:00": true,
		"2027-03-01T12:00:00+01:00": true,
	} {
		if got := night.Open(instant(t, at)); got != open {
			t.Errorf("%s: open is %v", at, got)
		}
	}
	if got, want := night.NextOpen(instant(t, "2026-12-24T00:00:00+01:00")), instant(t, "2026-12-26T09:00:00+01:00"); !got.Equal(want) {
		t.Errorf("opens %v, want %v", got, want)
	}
	if !night.Holiday("2026-12-24") || !night.Holiday("2031-12-25") || night.Holiday("2027-12-24") || night.Holiday("tomorrow") {
		t.Error("the days off are others")
	}
	// Without windows the holidays alone are closed.
	day := stanna.Hours{Timezone: "Europe/Berlin", Holidays: []string{"2026-12-24"}}.In(time.UTC)
	if got := day.OpenBetween(instant(t, "2026-12-23T12:00:00+01:00"), instant(t, "2026-12-25T12:00:00+01:00")); got != 24*time.Hour {
		t.Errorf("two days with a holiday between have %v", got)
	}
}

// Windows may overlap, lie in one another and touch, also over midnight: open
// time is not counted twice.
func TestOverlappingWindows(t *testing.T) {
	c := stanna.Hours{Windows: []stanna.Window{
		window("12:00", "13:00", "mon"), window("09:00", "18:00", "mon"), window("18:00", "19:00", "mon"), window("17:00", "18:30", "mon"),
		window("22:00", "10:00", "tue"), window("09:00", "09:30", "wed"), window("08:00", "11:00", "wed"),
	}}.In(time.UTC)
	for day, want := range map[string]time.Duration{"2026-06-01": 10 * time.Hour, "2026-06-02": 2 * time.Hour, "2026-06-03": 11 * time.Hour, "2026-06-04": 0} {
		from := instant(t, day+"T00:00:00Z")
		if got := c.OpenBetween(from, from.AddDate(0, 0, 1)); got != want {
			t.Errorf("%s is open for %v, want %v", day, got, want)
		}
		if got := c.AddOpen(from, want); want > 0 && c.OpenBetween(from, got) != want {
			t.Errorf("%v have passed at %v", want, got)
		}
	}
}

// Escalation counts working time: an alert of Friday evening is two working
// hours old on Monday morning.
func TestAddOpen(t *testing.T) {
	c := nineToSix.In(place(t, "Europe/Berlin"))
	friday := instant(t, "2026-03-27T17:00:00+01:00") // clocks change on Sunday
	for d, want := range map[time.Duration]string{
		-time.Hour:      "2026-03-27T17:00:00+01:00",
		0:               "2026-03-27T17:00:00+01:00",
		time.Hour:       "2026-03-27T18:00:00+01:00", // when they leave, not when they come back
		time.Hour + 1e9: "2026-03-30T09:00:01+02:00",
		2 * time.Hour:   "2026-03-30T10:00:00+02:00",
		46 * time.Hour:  "2026-04-03T18:00:00+02:00",
	} {
		if got := c.AddOpen(friday, d); !got.Equal(instant(t, want)) {
			t.Errorf("%v after is %v, want %s", d, got, want)
		}
	}
	if got := c.AddOpen(friday, 1<<62); !got.IsZero() {
		t.Errorf("146 years of work end %v", got)
	}
	if c.OpenBetween(friday, friday) != 0 || c.OpenBetween(friday, friday.Add(-time.Hour)) != 0 {
		t.Error("there is time between a time and an earlier one")
	}
	if got := c.OpenBetween(time.Time{}, friday); got != 1<<63-1 {
		t.Errorf("since the beginning: %v", got)
	}
}

// A result stands in the zone that the question came in, as t.Add would.
func TestCalendarKeepsLocation(t *testing.T) {
	c := nineToSix.In(place(t, "Asia/Tehran"))
	sunday := time.Date(2026, 5, 3, 12, 0, 0, 5, time.UTC)
	if c.NextOpen(sunday).Location() != time.UTC || c.AddOpen(sunday, time.Hour).Location() != time.UTC {
		t.Error("the zone of the question is lost")
	}
}

func BenchmarkCalendar(b *testing.B) {
	h := stanna.Hours{Timezone: "America/New_York", Windows: nineToSix.Windows, Holidays: append(dated("2026-01-01", 20), "--12-25", "--12-26", "--01-01")}
	c := h.In(time.UTC)
	for name, at := range map[string]string{
		"this evening": "2026-06-03T20:00:00-04:00", "at work": "2026-06-03T12:00:00-04:00", "over Christmas": "2026-12-24T18:00:00-05:00",
		"in ten years": "2036-06-03T20:00:00-04:00", "clocks change": "2026-03-08T01:00:00-05:00",
	} {
		t := instant(b, at)
		b.Run("Open/"+name, func(b *testing.B) {
			for b.Loop() {
				c.Open(t)
			}
		})
		b.Run("NextOpen/"+name, func(b *testing.B) {
			for b.Loop() {
				c.NextOpen(t)
			}
		})
		b.Run("AddOpen 8h/"+name, func(b *testing.B) {
			for b.Loop() {
				c.AddOpen(t, 8*time.Hour)
			}
		})
	}
	b.Run("In", func(b *testing.B) {
		for b.Loop() {
			h.In(time.UTC)
		}
	})
	b.Run("Validate", func(b *testing.B) {
		for b.Loop() {
			_ = h.Validate("h")
		}
	})
}
