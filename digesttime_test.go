package stanna_test

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
)

func TestDigestTimeDefaults(t *testing.T) {
	want := stanna.DigestTime{At: "09:00", Days: monToFri, WeeklyOn: "mon"}
	if diff := cmp.Diff(want, stanna.DigestTime{}.WithDefaults()); diff != "" {
		t.Error(diff)
	}
	own := stanna.DigestTime{At: "16:30", Days: []string{"sun"}, WeeklyOn: "thu"}
	if diff := cmp.Diff(own, own.WithDefaults()); diff != "" {
		t.Error(diff)
	}
}

func TestDigestTimeValidate(t *testing.T) {
	for name, c := range map[string]struct {
		time stanna.DigestTime
		bad  string
	}{
		"nothing":          {stanna.DigestTime{}, ""},
		"midnight":         {stanna.DigestTime{At: "00:00"}, ""},
		"the last minute":  {stanna.DigestTime{At: "23:59"}, ""},
		"the day's end":    {stanna.DigestTime{At: "24:00"}, "at"},
		"no time":          {stanna.DigestTime{At: "9am"}, "at"},
		"an unknown day":   {stanna.DigestTime{Days: []string{"mon", "Tuesday"}}, "days[1]"},
		"a day twice":      {stanna.DigestTime{Days: []string{"mon", "mon"}}, "days[1]"},
		"weekly on no day": {stanna.DigestTime{WeeklyOn: "never"}, "weeklyOn"},
	} {
		if got := wrongField(t, c.time.Validate("")); got != c.bad {
			t.Errorf("%s: it names %q, want %q", name, got, c.bad)
		}
		if got := wrongField(t, c.time.Validate("digest")); c.bad != "" && got != "digest."+c.bad {
			t.Errorf("%s: it names %q", name, got)
		}
	}
	wrong := stanna.DigestTime{At: "9am"}.In(nil, stanna.Calendar{})
	if due, ok := wrong.Next(noon); !ok || due.At.Hour() != 9 {
		t.Error("a digest that was stored by mistake does not come")
	}
	var zero stanna.DigestCalendar
	if _, ok := zero.Next(noon); ok {
		t.Error("no digest is due")
	}
	if _, ok := zero.Due(time.Time{}, noon); ok {
		t.Error("no digest was due")
	}
}

// nexts are the digests that Next leads to, as "date weekly" where it is.
func nexts(c stanna.DigestCalendar, from string, n int) (dates []string) {
	at, _ := time.Parse(time.DateOnly, from)
	for range n {
		due, ok := c.Next(at)
		if !ok {
			break
		}
		if at = due.At; due.Weekly {
			due.Date += " weekly"
		}
		dates = append(dates, due.Date)
	}
	return dates
}

// A weekly summary whose day is off comes on the next working day.
func TestWeeklyDigest(t *testing.T) {
	for name, c := range map[string]struct {
		time     stanna.DigestTime
		holidays []string
		want     []string
	}{
		"on Monday":             {stanna.DigestTime{}, nil, []string{"2026-05-01", "2026-05-04 weekly", "2026-05-05", "2026-05-06", "2026-05-07", "2026-05-08", "2026-05-11 weekly"}},
		"Monday is a holiday":   {stanna.DigestTime{}, []string{"2026-05-04"}, []string{"2026-05-01", "2026-05-05 weekly", "2026-05-06"}},
		"a long weekend":        {stanna.DigestTime{}, []string{"--05-01", "2026-05-04", "2026-05-05"}, []string{"2026-05-06 weekly", "2026-05-07"}},
		"Friday is a holiday":   {stanna.DigestTime{WeeklyOn: "fri"}, []string{"2026-05-01"}, []string{"2026-05-04 weekly", "2026-05-05", "2026-05-06", "2026-05-07", "2026-05-08 weekly"}},
		"on no working day":     {stanna.DigestTime{WeeklyOn: "sun"}, nil, []string{"2026-05-01", "2026-05-04 weekly", "2026-05-05"}},
		"on a Sunday":           {stanna.DigestTime{WeeklyOn: "sun", Days: []string{"sun", "mon"}}, nil, []string{"2026-05-03 weekly", "2026-05-04", "2026-05-10 weekly"}},
		"one day a week":        {stanna.DigestTime{WeeklyOn: "tue", Days: []string{"mon"}}, nil, []string{"2026-05-04 weekly", "2026-05-11 weekly"}},
		"two weeks of holidays": {stanna.DigestTime{}, dated("2026-05-02", 14), []string{"2026-05-01", "2026-05-18 weekly", "2026-05-19"}},
	} {
		t.Run(name, func(t *testing.T) {
			cal := c.time.In(time.UTC, stanna.Hours{Holidays: c.holidays}.In(time.UTC))
			if diff := cmp.Diff(c.want, nexts(cal, "2026-05-01", len(c.want))); diff != "" {
				t.Error(diff)
			}
			weekly := slices.DeleteFunc(slices.Clone(c.want), func(s string) bool { return len(s) == len(time.DateOnly) })
			if diff := cmp.Diff(weekly, nexts(cal.WeeklyOnly(), "2026-05-01", len(weekly))); diff != "" {
				t.Error("weekly only: " + diff)
			}
		})
	}
}

// After downtime there is one, and it stands for what was missed.
func TestDigestAfterDowntime(t *testing.T) {
	c := stanna.DigestTime{}.In(place(t, "Europe/Berlin"), stanna.Hours{Holidays: []string{"2026-05-01"}}.In(time.UTC))
	due := func(date string, weekly bool, missed int) stanna.DigestDue {
		return stanna.DigestDue{Date: date, At: instant(t, date+"T07:00:00Z"), Weekly: weekly, Missed: missed}
	}
	for name, c := range map[string]struct {
		calendar     stanna.DigestCalendar
		after, until string
		want         stanna.DigestDue
	}{
		"nothing yet":          {c, "2026-05-05T07:00:00Z", "2026-05-06T06:59:59Z", stanna.DigestDue{}},
		"on the dot":           {c, "2026-05-05T07:00:00Z", "2026-05-06T07:00:00Z", due("2026-05-06", false, 0)},
		"one is missed":        {c, "2026-05-05T06:59:59Z", "2026-05-06T20:00:00Z", due("2026-05-06", false, 1)},
		"a weekly one too":     {c, "2026-04-30T07:00:00Z", "2026-05-06T20:00:00Z", due("2026-05-06", true, 2)},
		"a holiday has none":   {c, "2026-04-30T07:00:00Z", "2026-05-03T20:00:00Z", stanna.DigestDue{}},
		"weekly only":          {c.WeeklyOnly(), "2026-04-21T07:00:00Z", "2026-05-06T20:00:00Z", due("2026-05-04", true, 1)},
		"time stands still":    {c, "2026-05-06T07:00:00Z", "2026-05-06T07:00:00Z", stanna.DigestDue{}},
		"time went back":       {c, "2026-05-08T07:00:00Z", "2026-05-06T07:00:00Z", stanna.DigestDue{}},
		"since the beginning":  {c, "0001-01-01T00:00:00Z", "2026-05-06T07:00:00Z", due("2026-05-06", true, 283)}, // as far as it looks
		"a night of no digest": {c, "2026-05-05T07:00:00Z", "2026-05-06T00:00:00Z", stanna.DigestDue{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := c.calendar.Due(instant(t, c.after), instant(t, c.until))
			if diff := cmp.Diff(c.want, got); diff != "" || ok != !c.want.At.IsZero() {
				t.Errorf("%v: %s", ok, diff)
			}
		})
	}
}

func TestDigestOfADate(t *testing.T) {
	c := stanna.DigestTime{At: "02:30"}.In(place(t, "America/New_York"), stanna.Hours{Holidays: []string{"--12-25"}}.In(time.UTC))
	for date, want := range map[string]string{
		"2026-03-06": "2026-03-06T02:30:00-05:00",
		"2026-03-08": "", // a Sunday
		"2026-03-09": "2026-03-09T02:30:00-04:00",
		"2026-12-25": "",
		"2026-13-01": "",
		"today":      "",
	} {
		due, ok := c.On(date)
		if ok != (want != "") || ok && (!due.At.Equal(instant(t, want)) || due.Date != date || due.At.Location() != time.UTC) {
			t.Errorf("%s: %v, %v", date, due, ok)
		}
	}
}

// The choices at a clock change, one by one.
func TestDigestChoices(t *testing.T) {
	for _, c := range []struct{ place, at, date, want string }{
		{"America/New_York", "02:30", "2026-03-08", "2026-03-08T03:00:00-04:00"}, // does not exist: at the jump
		{"America/New_York", "01:30", "2026-11-01", "2026-11-01T01:30:00-04:00"}, // comes twice: the first
		{"Australia/Lord_Howe", "02:15", "2026-10-04", "2026-10-04T02:30:00+11:00"},
		{"Australia/Lord_Howe", "01:45", "2026-04-05", "2026-04-05T01:45:00+11:00"},
		{"Antarctica/Troll", "02:30", "2026-03-29", "2026-03-29T03:00:00+02:00"},
		{"America/Sao_Paulo", "00:00", "2018-11-04", "2018-11-04T01:00:00-02:00"}, // no midnight
		{"America/Havana", "00:00", "2026-11-01", "2026-11-01T00:00:00-04:00"},    // two
		{"America/Nuuk", "23:30", "2024-10-26", "2024-10-26T23:30:00-01:00"},
		{"Pacific/Apia", "09:00", "2011-12-29", "2011-12-29T09:00:00-10:00"},
		{"Pacific/Apia", "09:00", "2011-12-30", ""}, // no such date
		{"Pacific/Apia", "00:00", "2011-12-31", "2011-12-31T00:00:00+14:00"},
	} {
		due, ok := stanna.DigestTime{At: c.at, Days: everyDay}.In(place(t, c.place), stanna.Calendar{}).On(c.date)
		if ok != (c.want != "") || ok && !due.At.Equal(instant(t, c.want)) {
			t.Errorf("%s of %s in %s: %v, want %s", c.at, c.date, c.place, due.At.In(place(t, c.place)), c.want)
		}
	}
	// The weekly summary of a Friday that Samoa never had comes on Monday.
	apia := stanna.DigestTime{WeeklyOn: "fri"}.In(place(t, "Pacific/Apia"), stanna.Calendar{})
	if diff := cmp.Diff([]string{"2011-12-28", "2011-12-29", "2012-01-02 weekly", "2012-01-03"}, nexts(apia, "2011-12-28", 4)); diff != "" {
		t.Error(diff)
	}
}

// Around every change of a clock each date that exists has exactly one
// digest, at the first minute that shows the wanted time or later.
func TestDigestOnChangeDays(t *testing.T) {
	var days atomic.Int64
	t.Run("places", func(t *testing.T) {
		for _, name := range places {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				loc := place(t, name)
				for _, change := range changes(t, name) {
					m := around(change, loc)
					dates := m.dates()
					for _, at := range []string{"00:00", "00:30", "01:00", "01:30", "02:00", "02:15", "02:30", "03:00", "09:00", "12:00", "23:00", "23:30", "23:59"} {
						c := stanna.DigestTime{At: at, Days: everyDay}.In(loc, stanna.Calendar{})
						var want, got, latest []string
						for _, d := range dates {
							first, _ := m.reached(clockTime(t, d, at))
							want = append(want, d.Format(time.DateOnly)+" "+m.at[first].In(loc).Format(time.RFC3339))
						}
						line := func(due stanna.DigestDue) string { return due.Date + " " + due.At.In(loc).Format(time.RFC3339) }
						for on := m.at[0]; ; {
							due, ok := c.Next(on)
							if !ok || due.Date > dates[len(dates)-1].Format(time.DateOnly) {
								break
							}
							if on = due.At; due.Date >= dates[0].Format(time.DateOnly) {
								got = append(got, line(due))
								due, _ = c.Due(due.At.Add(-1), due.At)
								latest = append(latest, line(due))
							}
						}
						if diff := cmp.Diff(want, got); diff != "" {
							t.Fatalf("%s: %s", at, diff)
						}
						if diff := cmp.Diff(want, latest); diff != "" {
							t.Fatalf("due %s: %s", at, diff)
						}
						days.Add(int64(len(want)))
					}
				}
			})
		}
	})
	if days.Load() < 10_000 {
		t.Errorf("only %d digests were looked at", days.Load())
	}
}

// Every date of 130 years has its digest, at noon on the wall: the table of
// changes is whole, also where package time answers oddly.
func TestDigestOfEveryDate(t *testing.T) {
	for _, name := range places {
		loc := place(t, name)
		c := stanna.DigestTime{At: "12:00", Days: everyDay}.In(loc, stanna.Calendar{})
		for d := time.Date(1970, 1, 2, 12, 0, 0, 0, time.UTC); d.Year() < 2101; d = d.AddDate(0, 0, 1) {
			due, ok := c.On(d.Format(time.DateOnly))
			if !ok && name == "Pacific/Apia" && d.Format(time.DateOnly) == "2011-12-30" {
				continue
			}
			if !ok || !shown(due.At, loc).Equal(d) {
				t.Fatalf("%s: of %v it is %v", name, d, due.At.In(loc))
			}
		}
	}
}

func TestDigestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHours(t)
		d := stanna.DigestTime{
			At:       rapid.SampledFrom([]string{"00:00", "02:30", "09:00", "23:59"}).Draw(t, "at"),
			Days:     rapid.SliceOfNDistinct(rapid.SampledFrom(everyDay), 1, 7, rapid.ID[string]).Draw(t, "days"),
			WeeklyOn: rapid.SampledFrom(everyDay).Draw(t, "weekly"),
		}
		c := d.In(place(pass{}, h.Timezone), h.In(time.UTC))
		if rapid.Bool().Draw(t, "weekly only") {
			c = c.WeeklyOnly()
		}
		at := drawTime(t, h.Timezone, "from")
		end := at.Add(60 * 24 * time.Hour)
		last, weekly, n := stanna.DigestDue{Date: "0"}, false, 0
		for on := at; ; n++ {
			due, ok := c.Next(on)
			if !ok || due.At.After(end) {
				break
			}
			if !due.At.After(on) || due.Date <= last.Date {
				t.Fatalf("after %v of %s comes %v of %s", on, last.Date, due.At, due.Date)
			}
			if again, ok := c.On(due.Date); !ok || again != due {
				t.Fatalf("of %s there is %v, not %v", due.Date, again, due)
			}
			on, last, weekly = due.At, due, weekly || due.Weekly
		}
		got, ok := c.Due(at, end)
		if n == 0 {
			last = stanna.DigestDue{}
		} else {
			last.Weekly, last.Missed = weekly, n-1
		}
		if ok != (n > 0) || got != last {
			t.Fatalf("the latest is %v, want %v", got, last)
		}
	})
}

func BenchmarkDigest(b *testing.B) {
	c := stanna.DigestTime{}.In(place(b, "America/New_York"), stanna.Hours{Holidays: append(dated("2026-01-01", 20), "--12-25")}.In(time.UTC))
	b.Run("Next", func(b *testing.B) {
		for b.Loop() {
			c.Next(noon)
		}
	})
	b.Run("Due", func(b *testing.B) {
		for b.Loop() {
			c.Due(noon.AddDate(0, 0, -3), noon)
		}
	})
}
