package stanna_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

// vectors reads a file of the shared schedules. Without the folder the test
// is skipped, except where it must run (CI=true).
func vectors(t *testing.T, name string, into any) {
	t.Helper()
	root := os.Getenv("STANNA_SHARED")
	if root == "" {
		root = filepath.Join("..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(root, "data", "schedule-vectors", name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%v; set STANNA_SHARED to the shared folder", err)
		}
		t.Skip(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

// timetable is a recurrence in our words: a DigestTime for each time of day,
// on weekdays, kept to some dates where the recurrence asks for more.
type timetable struct {
	times []stanna.DigestCalendar
	dates func(time.Time) bool
}

func newTimetable(loc *time.Location, minutes []int, days []string, dates func(time.Time) bool) timetable {
	tt := timetable{dates: dates}
	for _, m := range minutes {
		at := time.Time{}.Add(time.Duration(m) * time.Minute).Format("15:04")
		tt.times = append(tt.times, stanna.DigestTime{At: at, Days: days}.In(loc, stanna.Calendar{}))
	}
	return tt
}

// next is the first time after t, or none within six years.
func (tt timetable) next(t time.Time) (first time.Time, ok bool) {
	for _, c := range tt.times {
		for due, found := c.Next(t); found && due.At.Before(t.AddDate(6, 0, 0)) && (!ok || due.At.Before(first)); due, found = c.Next(due.At) {
			if d, _ := time.Parse(time.DateOnly, due.Date); tt.dates(d) {
				first, ok = due.At, true
				break
			}
		}
	}
	return first, ok
}

// cronField is the values of a field of a cron line, and whether it is "all".
func cronField(t *testing.T, field string, first, last int, names ...string) (values []int, all bool) {
	t.Helper()
	number := func(s string) int {
		if i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, s) }); i >= 0 {
			return i + first
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("cron field %q", field)
		}
		return n
	}
	for part := range strings.SplitSeq(field, ",") {
		span, every, stepped := strings.Cut(part, "/")
		from, to := first, last
		if span != "*" && span != "?" {
			a, b, isSpan := strings.Cut(span, "-")
			from = number(a)
			if isSpan {
				to = number(b)
			} else if !stepped {
				to = from
			}
		} else if !stepped {
			all = true
		}
		step := 1
		if stepped {
			step = number(every)
		}
		for v := from; v <= to; v += step {
			values = append(values, v)
		}
	}
	return values, all
}

// cron translates a cron line of five or six fields, if it is said in whole
// minutes: our times of day have no seconds.
func cron(t *testing.T, spec string, loc *time.Location) (tt timetable, ok bool) {
	t.Helper()
	if zone, rest, found := strings.Cut(spec, " "); found && strings.Contains(zone, "TZ=") {
		_, name, _ := strings.Cut(zone, "=")
		loc, spec = place(t, name), rest
	}
	if line, found := map[string]string{"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *"}[spec]; found {
		spec = line
	}
	fields := strings.Fields(spec)
	if len(fields) == 6 {
		if fields[0] != "0" {
			return tt, false
		}
		fields = fields[1:]
	}
	if len(fields) != 5 {
		t.Fatalf("cron line %q", spec)
	}
	var minutes []int
	of, _ := cronField(t, fields[0], 0, 59)
	hours, _ := cronField(t, fields[1], 0, 23)
	for _, h := range hours {
		for _, m := range of {
			minutes = append(minutes, h*60+m)
		}
	}
	dates, allDates := cronField(t, fields[2], 1, 31)
	months, _ := cronField(t, fields[3], 1, 12, "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
	weekdays, allWeekdays := cronField(t, fields[4], 0, 6, "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
	// Where both are restricted, cron takes a day that is right by either.
	days := everyDay
	if allDates && !allWeekdays {
		days = nil
		for _, d := range weekdays {
			days = append(days, everyDay[(d+6)%7])
		}
	}
	return newTimetable(loc, minutes, days, func(d time.Time) bool {
		byDate, byWeekday := slices.Contains(dates, d.Day()), slices.Contains(weekdays, int(d.Weekday()))
		right := byDate && byWeekday
		if !allDates && !allWeekdays {
			right = byDate || byWeekday
		}
		return right && slices.Contains(months, int(d.Month()))
	}), true
}

// cronTime reads the forms of time in the file; without an offset it is UTC.
func cronTime(t *testing.T, s string) (time.Time, *time.Location) {
	t.Helper()
	loc := time.UTC
	if zone, rest, found := strings.Cut(s, " "); found && strings.HasPrefix(zone, "TZ=") {
		loc, s = place(t, zone[3:]), rest
	}
	for _, form := range []string{"Mon Jan 2 15:04 2006", "Mon Jan 2 15:04:05 2006", "2006-01-02T15:04:05-0700"} {
		if at, err := time.Parse(form, s); err == nil {
			return at, loc
		}
	}
	t.Fatalf("time %q", s)
	return time.Time{}, nil
}

// Where clocks change we answer otherwise than cron, and on purpose: a time
// comes once a date, at the first instant that shows it or more. Cron skips
// what does not exist and repeats what comes twice.
var unlikeCron = map[string]string{
	"2012-03-11T00:00:00-0500 TZ=America/New_York 0 30 2 11 Mar ?": "2012-03-11T03:00:00-0400",
	"2012-03-11T00:00:00-0500 TZ=America/New_York 0 0 2 * * ?":     "2012-03-11T03:00:00-0400",
	"2012-11-04T01:45:00-0400 TZ=America/New_York 0 30 1 04 Nov ?": "2013-11-04T01:30:00-0500",
	"2012-11-04T01:00:00-0400 TZ=America/New_York 0 0 * * * ?":     "2012-11-04T02:00:00-0500",
	"2012-11-04T01:00:00-0400 TZ=America/New_York 0 0 1 * * ?":     "2012-11-05T01:00:00-0500",
	"TZ=America/New_York 2012-11-04T01:00:00-0400 0 0 * * * ?":     "2012-11-04T02:00:00-0500",
	"TZ=America/New_York 2012-11-04T01:00:00-0400 0 0 1 * * ?":     "2012-11-05T01:00:00-0500",
}

func TestCronVectors(t *testing.T) {
	var file struct {
		Next []struct {
			From, Spec string
			Next       *string
		}
		Activation []struct {
			Time, Spec string
			Fires      bool
		}
	}
	vectors(t, "cron_next.json", &file)
	var same, unlike, seconds int
	for _, c := range file.Next {
		from, loc := cronTime(t, c.From)
		tt, ok := cron(t, c.Spec, loc)
		if !ok {
			seconds++
			continue
		}
		var want time.Time
		if ours, differs := unlikeCron[c.From+" "+c.Spec]; differs {
			want, _ = cronTime(t, ours)
			unlike++
		} else if same++; c.Next != nil {
			want, _ = cronTime(t, *c.Next)
		}
		got, ok := tt.next(from)
		if ok != !want.IsZero() || !got.Equal(want) {
			t.Errorf("%s after %s is %v, want %v", c.Spec, c.From, got.In(loc), want)
		}
	}
	// Nothing is passed over in silence: 6 lines name seconds.
	if same != 45 || unlike != len(unlikeCron) || seconds != 6 {
		t.Errorf("%d as cron, %d otherwise, %d with seconds, of %d", same, unlike, seconds, len(file.Next))
	}
	fires := 0
	for _, c := range file.Activation {
		at, loc := cronTime(t, c.Time)
		tt, ok := cron(t, c.Spec, loc)
		if !ok {
			t.Errorf("%s is not translated", c.Spec)
			continue
		}
		if got, ok := tt.next(at.Add(-1)); (ok && got.Equal(at)) != c.Fires {
			t.Errorf("%s at %s: the next is %v", c.Spec, c.Time, got)
		}
		fires++
	}
	if fires != 29 {
		t.Errorf("%d of 29 does-it-fire cases were looked at", fires)
	}
}

// rrule translates a recurrence rule: its times of day and weekdays become
// DigestTimes, and what is more (every other week, the last of a month)
// becomes a choice of dates.
func rrule(t *testing.T, rule string, start time.Time, loc *time.Location) timetable {
	t.Helper()
	part := map[string]string{"INTERVAL": "1", "WKST": "MO"}
	for p := range strings.SplitSeq(rule, ";") {
		key, value, _ := strings.Cut(p, "=")
		part[key] = value
	}
	list := func(key string) []string {
		return strings.FieldsFunc(part[key], func(r rune) bool { return r == ',' })
	}
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	two := []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}
	interval := number(part["INTERVAL"])
	minutes, days := []int{start.Hour()*60 + start.Minute()}, everyDay
	var byDay []func(time.Time) bool // with the place in the month, which a DigestTime does not know
	var plain []string
	for _, d := range list("BYDAY") {
		day := time.Weekday(slices.Index(two, d[len(d)-2:]))
		if nth := d[:len(d)-2]; nth != "" {
			n := number(nth)
			byDay = append(byDay, func(d time.Time) bool {
				if n < 0 { // counted from the end
					return d.Weekday() == day && d.AddDate(0, 0, -7*n).AddDate(0, 0, -7).Month() == d.Month() && d.AddDate(0, 0, -7*n).Month() != d.Month()
				}
				return d.Weekday() == day && (d.Day()-1)/7+1 == n
			})
			continue
		}
		plain = append(plain, everyDay[(day+6)%7])
	}
	if plain != nil {
		days = plain
	}
	dates := func(time.Time) bool { return true }
	switch part["FREQ"] {
	case "DAILY":
	case "WEEKLY":
		if plain == nil {
			days = []string{everyDay[(start.Weekday()+6)%7]}
		}
		week := func(d time.Time) int { // since some first day of a week
			first := time.Date(1989, 12, 31+slices.Index(two, part["WKST"]), 0, 0, 0, 0, time.UTC) // 1989 ended on a Sunday
			return int(d.Sub(first)/(24*time.Hour)) / 7
		}
		dates = func(d time.Time) bool { return (week(d)-week(start))%interval == 0 }
	case "MONTHLY":
		dates = func(d time.Time) bool {
			end := time.Date(d.Year(), d.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
			if on := list("BYMONTHDAY"); len(on) > 0 && !slices.ContainsFunc(on, func(s string) bool { return number(s) == d.Day() || number(s) == d.Day()-end-1 }) {
				return false
			}
			if byDay != nil && !slices.ContainsFunc(byDay, func(f func(time.Time) bool) bool { return f(d) }) {
				return false
			}
			for later := d.Day() + 1; part["BYSETPOS"] == "-1" && later <= end; later++ {
				if slices.Contains(days, everyDay[(d.AddDate(0, 0, later-d.Day()).Weekday()+6)%7]) {
					return false
				}
			}
			return true
		}
	case "MINUTELY":
		minutes = nil
		for _, h := range list("BYHOUR") {
			for m := 0; m < 60; m += interval {
				minutes = append(minutes, number(h)*60+m)
			}
		}
	default:
		t.Fatalf("rule %q", rule)
	}
	return newTimetable(loc, minutes, days, dates)
}

// All of the recurrences are said in our words, and every occurrence is right.
func TestRecurrenceVectors(t *testing.T) {
	var file []struct {
		Name, Zone, DTStart, RRule string
		Occurrences                []string
	}
	vectors(t, "rfc5545_examples.json", &file)
	occurrences := 0
	for _, c := range file {
		t.Run(c.Name, func(t *testing.T) {
			loc := place(t, c.Zone)
			start, err := time.Parse("2006-01-02T15:04:05", c.DTStart)
			if err != nil {
				t.Fatal(err)
			}
			tt := rrule(t, c.RRule, start, loc)
			at, _ := time.ParseInLocation("2006-01-02T15:04:05", c.DTStart, loc)
			var got []string
			for at = at.Add(-1); len(got) < len(c.Occurrences); {
				next, ok := tt.next(at)
				if !ok {
					break
				}
				at = next
				got = append(got, next.In(loc).Format(time.RFC3339))
			}
			if diff := cmp.Diff(c.Occurrences, got); diff != "" {
				t.Error(diff)
			}
			occurrences += len(got)
		})
	}
	if len(file) != 14 || occurrences != 121 {
		t.Errorf("%d rules with %d occurrences were looked at", len(file), occurrences)
	}
}
