package stanna

import (
	"math"
	"sort"
	"time"
)

// wall is what the clock on the wall and the calendar beside it show: the
// seconds since 1970-01-01 00:00 as if they had never been changed.
type wall int64

// day is a date: the days since 1970-01-01.
type day int64

const (
	aMinute = 60
	aDay    = 24 * 60 * 60

	// farJump is more than any clock was ever moved by (Samoa's by 24 hours).
	farJump = 26 * 60 * 60
)

func (w wall) day() day {
	d := day(w / aDay)
	if w%aDay < 0 {
		d--
	}
	return d
}

func (d day) at(seconds int64) wall { return wall(int64(d)*aDay + seconds) }

func (d day) utc() time.Time { return time.Unix(int64(d)*aDay, 0).UTC() }

func (d day) String() string { return d.utc().Format(time.DateOnly) }

// weekday counts from Sunday, as package time does; 1970-01-01 was a Thursday.
func (d day) weekday() time.Weekday { return time.Weekday(((d+4)%7 + 7) % 7) }

func parseDay(s string) (day, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return wall(t.Unix()).day(), err == nil
}

// weekdays are the days as they are written, in the order of package time.
var weekdays = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func parseWeekday(s string) (time.Weekday, bool) {
	for i, name := range weekdays {
		if s == name {
			return time.Weekday(i), true
		}
	}
	return 0, false
}

// parseTime reads "09:00" as seconds from midnight, up to and including
// "24:00". It is strict: one time has one spelling.
func parseTime(s string) (int64, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	var digits [4]int64
	for i, at := range [4]int{0, 1, 3, 4} {
		if s[at] < '0' || s[at] > '9' {
			return 0, false
		}
		digits[i] = int64(s[at] - '0')
	}
	hour, minute := digits[0]*10+digits[1], digits[2]*10+digits[3]
	if minute > 59 || hour > 24 || hour == 24 && minute > 0 {
		return 0, false
	}
	return (hour*60 + minute) * aMinute, true
}

// validZone says whether a name is of an IANA zone. "Local" would be the
// machine's and mean another thing after a move.
func validZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local"
}

// clock is what the clocks of a place show: the eras between their changes,
// in order. They are written down once, from 1970 to 2100, so that a question
// costs no more than a search; earlier and later times count like the nearest
// that are known.
type clock []era

// era begins at an instant from which on clocks are off seconds ahead of UTC.
type era struct{ start, off int64 }

const (
	year1970 = 0
	year2101 = 4133980800
)

func clockOf(loc *time.Location) clock {
	if loc == nil {
		loc = time.UTC
	}
	c := clock{{start: math.MinInt64 / 2, off: offset(loc, year1970)}}
	for at := int64(year1970); at < year2101; {
		_, end := time.Unix(at, 0).In(loc).ZoneBounds()
		if end.IsZero() {
			break
		}
		// ZoneBounds may end at a new year without a change, and on the last
		// day of a leap year before it begins (golang.org/issue/81583). Its
		// start may be before a change of the rules, and is not used.
		if end.Unix() <= at {
			at += aDay
		} else {
			at = end.Unix()
		}
		if off := offset(loc, at); off != c[len(c)-1].off {
			c = append(c, era{at, off})
		}
	}
	return c
}

func offset(loc *time.Location, instant int64) int64 {
	_, off := time.Unix(instant, 0).In(loc).Zone()
	return int64(off)
}

// era is the number of the one that the instant is in.
func (c clock) era(instant int64) int {
	return max(sort.Search(len(c), func(i int) bool { return c[i].start > instant })-1, 0)
}

// end is when an era is over.
func (c clock) end(era int) int64 {
	if era+1 < len(c) {
		return c[era+1].start
	}
	return math.MaxInt64 / 2
}

// steady says that no change of clocks is near an instant of the era, so that
// later means later on the wall as well.
func (c clock) steady(era int, instant int64) bool {
	return instant >= c[era].start+farJump && instant < c.end(era)-farJump
}

func (c clock) wall(instant int64) wall {
	if len(c) == 0 {
		return wall(instant) // of nowhere
	}
	return wall(instant + c[c.era(instant)].off)
}

// reached gives two instants: the first at which the wall shows w or later,
// and the first from which on it never shows less again. They are the same
// but where clocks go back over w. Where clocks jump over w, both are the jump.
func (c clock) reached(w wall) (first, final int64) {
	i := c.era(int64(w))
	if u := int64(w) - c[i].off; c.steady(i, u) {
		return u, u
	}
	found := false
	for i = c.era(int64(w) - 2*farJump); i < len(c) && c[i].start < int64(w)+2*farJump; i++ {
		u := int64(w) - c[i].off
		if !found && u < c.end(i) {
			first, found = max(c[i].start, u), true
		}
		if c[i].start < u {
			final = min(c.end(i), u)
		}
	}
	return first, final
}
