package table

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// Dates is how a file writes the dates that could be read in two ways.
type Dates string

// The ways. Where none is said, 05/06/2026 is refused.
const (
	DayFirst   Dates = "dmy"   // 31/01/2026
	MonthFirst Dates = "mdy"   // 01/31/2026
	Serial     Dates = "excel" // 46053, the days that a spreadsheet counts
)

// Validate says whether it is one of them, or "".
func (d Dates) Validate() error {
	switch d {
	case "", DayFirst, MonthFirst, Serial:
		return nil
	}
	return stanna.InvalidField("dates", "must be dmy (31/01/2026), mdy (01/31/2026) or excel (46053)")
}

var (
	errDate    = errors.New("is no date; write it as 2026-01-31")
	inFigures  = regexp.MustCompile(`^(\d{1,4})([-/.])(\d{1,2})([-/.])(\d{1,4})$`)
	dayMonth   = regexp.MustCompile(`^(\d{1,2})\.?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})$`)
	monthDay   = regexp.MustCompile(`^([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$`)
	timeOfDay  = regexp.MustCompile(`^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)? ?([AaPp][Mm])? ?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$`)
	serialDate = regexp.MustCompile(`^(\d{1,7})(?:[.,](\d{1,12}))?$`)
)

// Instant reads a moment in the forms that files write it in; one without a
// zone is of the zone given.
func Instant(s string, d Dates, zone *time.Location) (time.Time, error) {
	return forms{dates: d, zone: zone}.instant(s)
}

// instant reads a moment. One without a zone is the workspace's, and one
// without a time of day is its midnight.
func (f forms) instant(s string) (time.Time, error) {
	t, err := f.written(s, f.zone)
	return t.UTC(), err
}

// day reads a date. Of a moment it is the date that is written.
func (f forms) day(s string) (string, error) {
	t, err := f.written(s, time.UTC)
	if err != nil {
		return "", err
	}
	return t.Format(time.DateOnly), nil
}

// written is what is written, on a clock of that zone where it names none.
func (f forms) written(s string, zone *time.Location) (time.Time, error) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "=") {
		return time.Time{}, errors.New("is a formula; save the file with values in the place of formulas")
	}
	if told := serialDate.FindStringSubmatch(s); told != nil {
		return f.serial(told, zone)
	}
	date, clock := s, ""
	if colon := strings.IndexByte(s, ':'); colon > 0 {
		if at := strings.LastIndexAny(s[:colon], " Tt"); at > 0 {
			date, clock = strings.TrimRight(s[:at], " ,"), s[at+1:]
		}
	}
	y, m, d, err := f.date(date)
	if err != nil {
		return time.Time{}, err
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Month() != time.Month(m) || t.Day() != d {
		return time.Time{}, fmt.Errorf("is no date: the month has no such day, or the year no such month: %q", clip(s, 40))
	}
	if clock == "" {
		return time.Date(y, time.Month(m), d, 0, 0, 0, 0, zone), nil
	}
	return onClock(t, clock, zone)
}

// date reads a date without a time of day.
func (f forms) date(s string) (y, m, d int, err error) {
	if p := inFigures.FindStringSubmatch(s); p != nil && p[2] == p[4] {
		a, b, c := figures(p[1]), figures(p[3]), figures(p[5])
		switch {
		case len(p[1]) == 4 && len(p[5]) <= 2:
			return a, b, c, nil
		case len(p[1]) > 2 || len(p[5]) != 4:
			return 0, 0, 0, fmt.Errorf("%s, with a year of four figures", errDate)
		case p[2] == ".":
			return c, b, a, nil // nobody writes the month first with dots
		}
		d, m, err = f.order(a, b)
		return c, m, d, err
	}
	if p := dayMonth.FindStringSubmatch(s); p != nil {
		return figures(p[3]), month(p[2]), figures(p[1]), nil
	}
	if p := monthDay.FindStringSubmatch(s); p != nil {
		return figures(p[3]), month(p[1]), figures(p[2]), nil
	}
	return 0, 0, 0, errDate
}

// order says which of two figures is the day.
func (f forms) order(a, b int) (day, month int, err error) {
	switch {
	case f.dates == DayFirst && b > 12, f.dates == MonthFirst && a > 12:
		return 0, 0, fmt.Errorf("has no month %d, and the dates of the file are said to be %s", max(a, b), f.dates)
	case f.dates == DayFirst, a > 12, a == b:
		return a, b, nil
	case f.dates == MonthFirst, b > 12:
		return b, a, nil
	}
	return 0, 0, errors.New("may have the day or the month first; say with the option dates which, dmy or mdy")
}

// month is the number of an English month's name, whole or short; 0 for
// another word.
func month(name string) int {
	name = strings.ToLower(name)
	for m := time.January; m <= time.December; m++ {
		whole := strings.ToLower(m.String())
		if name == whole || name == whole[:3] || name == "sept" && m == time.September {
			return int(m)
		}
	}
	return 0
}

// onClock puts a time of day on a date.
func onClock(date time.Time, clock string, zone *time.Location) (time.Time, error) {
	p := timeOfDay.FindStringSubmatch(clock)
	if p == nil {
		return time.Time{}, errors.New("has no time of day that can be read; write it as 2026-01-31 09:00:00 or 2026-01-31T09:00:00+01:00")
	}
	hour, minute, second := figures(p[1]), figures(p[2]), figures(p[3])
	if half := strings.ToLower(p[5]); half != "" {
		if hour < 1 || hour > 12 {
			return time.Time{}, errors.New("has no such hour of half a day")
		}
		if hour %= 12; half == "pm" {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, errors.New("has no such time of day")
	}
	switch z := p[6]; {
	case z == "":
	case z[0] != '+' && z[0] != '-':
		zone = time.UTC
	default:
		ahead := figures(z[1:3])*3600 + figures(strings.TrimPrefix(z[3:], ":"))*60
		if z[0] == '-' {
			ahead = -ahead
		}
		zone = time.FixedZone("", ahead)
	}
	nanos := figures((p[4] + "000000000")[:9])
	return time.Date(date.Year(), date.Month(), date.Day(), hour, minute, second, nanos, zone), nil
}

// serial reads the days since the end of 1899 that spreadsheets count.
func (f forms) serial(told []string, zone *time.Location) (time.Time, error) {
	if f.dates != Serial {
		if len(told[1]) == 5 {
			return time.Time{}, errors.New("looks like the day that a spreadsheet counts; format the column as a date, or say so with the option dates: excel")
		}
		return time.Time{}, errDate
	}
	days := figures(told[1])
	if days < 61 || days > 2_958_465 { // before March 1900 spreadsheets count a day that never was; the last is of 9999
		return time.Time{}, errDate
	}
	part, err := strconv.ParseFloat("0."+told[2]+"0", 64)
	if err != nil {
		return time.Time{}, errDate
	}
	second := int(part*24*60*60 + .5)
	return time.Date(1899, time.December, 30+days, 0, 0, second, 0, zone), nil
}

// figures is the number that a few digits are; 0 for none.
func figures(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
