package stanna_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

func window(from, to string, days ...string) stanna.Window {
	return stanna.Window{Days: days, From: from, To: to}
}

var (
	monToFri  = []string{"mon", "tue", "wed", "thu", "fri"}
	everyDay  = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	nineToSix = stanna.Hours{Windows: []stanna.Window{window("09:00", "18:00", monToFri...)}}
)

// yearly are the dates from one to the other as yearly holidays.
func yearly(from, to string) (dates []string) {
	first, _ := time.Parse(time.DateOnly, "2000-"+from)
	last, _ := time.Parse(time.DateOnly, "2000-"+to)
	for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
		dates = append(dates, d.Format("--01-02"))
	}
	return dates
}

// dated are so many dates on end as holidays of their year.
func dated(from string, n int) (dates []string) {
	first, _ := time.Parse(time.DateOnly, from)
	for i := range n {
		dates = append(dates, first.AddDate(0, 0, i).Format(time.DateOnly))
	}
	return dates
}

// wrongField is the one field that an error names, or "".
func wrongField(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var e *stanna.Error
	if !errors.As(err, &e) || e.Code != stanna.Invalid || len(e.Fields) != 1 {
		t.Fatalf("not an error about one field: %v", err)
	}
	for field := range e.Fields {
		return field
	}
	return ""
}

func TestHoursValidate(t *testing.T) {
	with := func(w ...stanna.Window) stanna.Hours { return stanna.Hours{Windows: w} }
	off := func(dates ...string) stanna.Hours {
		return stanna.Hours{Windows: nineToSix.Windows, Holidays: dates}
	}
	many := func(n int) (w []stanna.Window) {
		for i := range n {
			w = append(w, window("09:00", fmt.Sprintf("10:%02d", i), "mon"))
		}
		return w
	}
	fine := window("09:00", "18:00", "mon")
	for name, c := range map[string]struct {
		hours stanna.Hours
		bad   string
	}{
		"always open":           {stanna.Hours{}, ""},
		"nine to six":           {nineToSix, ""},
		"a zone of their own":   {stanna.Hours{Timezone: "Asia/Kathmandu"}, ""},
		"no zone":               {stanna.Hours{Timezone: "Kathmandu"}, "timezone"},
		"the machine's zone":    {stanna.Hours{Timezone: "Local"}, "timezone"},
		"a whole day":           {with(window("00:00", "24:00", "sun")), ""},
		"over midnight":         {with(window("22:00", "06:00", "fri")), ""},
		"until midnight as 00":  {with(window("22:00", "00:00", "fri")), ""},
		"windows that overlap":  {with(fine, window("12:00", "20:00", "mon")), ""},
		"no days":               {with(fine, window("09:00", "18:00")), "windows[1].days"},
		"unknown day":           {with(window("09:00", "18:00", "mon", "Tue")), "windows[0].days[1]"},
		"a day twice":           {with(window("09:00", "18:00", "mon", "tue", "mon")), "windows[0].days[2]"},
		"empty window":          {with(fine, window("09:00", "09:00", "mon")), "windows[1].to"},
		"empty at midnight":     {with(window("00:00", "00:00", "mon")), "windows[0].to"},
		"no from":               {with(window("", "18:00", "mon")), "windows[0].from"},
		"one digit":             {with(window("9:00", "18:00", "mon")), "windows[0].from"},
		"from the day's end":    {with(window("24:00", "06:00", "mon")), "windows[0].from"},
		"60 minutes":            {with(window("09:00", "17:60", "mon")), "windows[0].to"},
		"after the day's end":   {with(window("09:00", "24:01", "mon")), "windows[0].to"},
		"a sign":                {with(window("09:00", "+7:00", "mon")), "windows[0].to"},
		"other digits":          {with(window("09:00", "१७:00", "mon")), "windows[0].to"},
		"with seconds":          {with(window("09:00:00", "18:00", "mon")), "windows[0].from"},
		"50 windows":            {with(many(50)...), ""},
		"51 windows":            {with(many(51)...), "windows"},
		"holidays":              {off("2026-12-24", "--12-25", "--02-29", "2028-02-29"), ""},
		"no such date":          {off("2026-12-24", "2026-02-29"), "holidays[1]"},
		"no such yearly date":   {off("--02-30"), "holidays[0]"},
		"yearly without zeros":  {off("--1-2"), "holidays[0]"},
		"a date with a time":    {off("2026-12-24T00:00:00Z"), "holidays[0]"},
		"empty date":            {off(""), "holidays[0]"},
		"500 holidays":          {off(append(dated("2026-01-01", 250), dated("2028-01-01", 250)...)...), ""},
		"501 holidays":          {off(append(dated("2026-01-01", 251), dated("2028-01-01", 250)...)...), "holidays"},
		"every date a holiday":  {stanna.Hours{Holidays: yearly("01-01", "12-31")}, "holidays"},
		"all but leap days":     {stanna.Hours{Holidays: append(yearly("01-01", "02-28"), yearly("03-01", "12-31")...)}, "holidays"},
		"all but one date":      {stanna.Hours{Holidays: yearly("01-01", "12-30")}, ""},
		"a date that shifts":    {off(yearly("01-01", "12-30")...), "holidays"}, // 31 December may be a Sunday
		"a week that is never":  {off(append(yearly("01-01", "06-30"), yearly("07-08", "12-31")...)...), ""},
		"closed for a year":     {stanna.Hours{Holidays: dated("2026-03-05", 366)}, ""},
		"closed for longer":     {stanna.Hours{Holidays: dated("2026-03-05", 367)}, "holidays"},
		"closed by both":        {stanna.Hours{Holidays: append(yearly("01-01", "08-31"), dated("2026-09-01", 130)...)}, "holidays"},
		"closed by weekday too": {stanna.Hours{Windows: []stanna.Window{window("09:00", "18:00", "wed")}, Holidays: dated("2026-03-05", 364)}, "holidays"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := wrongField(t, c.hours.Validate("")); got != c.bad {
				t.Errorf("it names %q, want %q: %v", got, c.bad, c.hours.Validate(""))
			}
			want := c.bad
			if want != "" {
				want = "businessHours." + want
			}
			if got := wrongField(t, c.hours.Validate("businessHours")); got != want {
				t.Errorf("it names %q, want %q", got, want)
			}
		})
	}
}

// What was stored by mistake neither panics nor holds anything for ever.
func TestHoursThatAreWrong(t *testing.T) {
	c := stanna.Hours{
		Timezone: "Nowhere/Land",
		Windows:  []stanna.Window{window("9", "18:00", "mon"), window("09:00", "18:00"), window("09:00", "18:00", "mo")},
		Holidays: []string{"Christmas"},
	}.In(time.UTC)
	if !c.Open(noon) || !c.NextOpen(noon).Equal(noon) {
		t.Error("hours without a window that can be read are closed")
	}
	var zero stanna.Calendar
	if !zero.Open(noon) || zero.OpenBetween(noon, noon.Add(time.Hour)) != time.Hour || !zero.AddOpen(noon, time.Hour).Equal(noon.Add(time.Hour)) {
		t.Error("the zero calendar is not always open")
	}
	never := stanna.Hours{Holidays: yearly("01-01", "12-31")}.In(nil)
	if never.Open(noon) || !never.NextOpen(noon).IsZero() || !never.AddOpen(noon, 1).IsZero() || never.OpenBetween(noon, noon.AddDate(5, 0, 0)) != 0 {
		t.Error("hours that are never open are open")
	}
}

func TestHoursJSON(t *testing.T) {
	const text = `{"timezone":"Europe/Berlin","windows":[{"days":["mon"],"from":"09:00","to":"18:00"}],"holidays":["--12-25"]}`
	var h stanna.Hours
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		t.Fatal(err)
	}
	if b, _ := json.Marshal(h); string(b) != text {
		t.Error(cmp.Diff(text, string(b)))
	}
	if b, _ := json.Marshal(stanna.Hours{}); string(b) != "{}" {
		t.Errorf("always open is %s", b)
	}
}
