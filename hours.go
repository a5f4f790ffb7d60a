package stanna

import (
	"fmt"
	"slices"
	"time"
)

// Hours are when people work: windows on weekdays in a time zone, and days
// off. The zero value is always open. [Hours.In] makes them ready for use.
type Hours struct {
	Timezone string   `json:"timezone,omitempty"` // IANA name; empty: the workspace's
	Windows  []Window `json:"windows,omitempty"`  // none: open all day, but for the holidays
	Holidays []string `json:"holidays,omitempty"` // local dates, closed all day: "2026-12-25", or "--12-25" for every year
}

// Window is a stretch of open time that begins on each of the days. One
// whose To lies before its From ends on the day after and belongs to the day
// on which it begins.
type Window struct {
	Days []string `json:"days"` // mon to sun
	From string   `json:"from"` // "09:00"
	To   string   `json:"to"`   // "18:00", or "24:00" for the end of the day
}

// More than these is no work plan, and would be slow to look through.
const (
	maxWindows  = 50
	maxHolidays = 500
)

// longestClosed is the days that hours may be closed on end: what is held has
// to be told some day.
const longestClosed = 366

// Validate says what is wrong with the hours, or nil. The field is what they
// are called in the input, so that the error names the exact place.
func (h Hours) Validate(field string) error {
	if field != "" {
		field += "."
	}
	if h.Timezone != "" && !validZone(h.Timezone) {
		return InvalidField(field+"timezone", "%q is no time zone; give an IANA name such as America/New_York", h.Timezone)
	}
	if len(h.Windows) > maxWindows {
		return InvalidField(field+"windows", "%d are too many; at most %d", len(h.Windows), maxWindows)
	}
	for i, w := range h.Windows {
		if name, wrong := w.wrong(); wrong != "" {
			return InvalidField(fmt.Sprintf("%swindows[%d].%s", field, i, name), "%s", wrong)
		}
	}
	if len(h.Holidays) > maxHolidays {
		return InvalidField(field+"holidays", "%d are too many; at most %d", len(h.Holidays), maxHolidays)
	}
	var off holidays
	for i, s := range h.Holidays {
		if !off.add(s) {
			return InvalidField(fmt.Sprintf("%sholidays[%d]", field, i), `%q is no date; give one such as "2026-12-25", or "--12-25" for every year`, s)
		}
	}
	if from, closed := h.In(time.UTC).closedLong(); closed {
		return InvalidField(field+"holidays", "they leave no open time for more than %d days, from %s on", longestClosed, from)
	}
	return nil
}

// wrong says which field of the window is wrong, and how.
func (w Window) wrong() (field, how string) {
	if len(w.Days) == 0 {
		return "days", "name at least one day, such as mon"
	}
	if i, wrong := wrongDay(w.Days); wrong != "" {
		return fmt.Sprintf("days[%d]", i), wrong
	}
	from, ok := parseTime(w.From)
	if !ok || from == aDay {
		return "from", fmt.Sprintf("%q is no time of day; give one from 00:00 to 23:59", w.From)
	}
	to, ok := parseTime(w.To)
	switch {
	case !ok:
		return "to", fmt.Sprintf("%q is no time of day; give one from 00:00 to 24:00", w.To)
	case from == to:
		return "to", "the window is empty; for the whole day give from 00:00 to 24:00"
	}
	return "", ""
}

// wrongDay says which of the days is wrong, and how.
func wrongDay(days []string) (index int, how string) {
	for i, d := range days {
		if _, ok := parseWeekday(d); !ok {
			return i, fmt.Sprintf("%q is no day; give mon, tue, wed, thu, fri, sat or sun", d)
		}
		if slices.Contains(days[:i], d) {
			return i, d + " is named twice"
		}
	}
	return 0, ""
}

// In makes the hours ready, in their own zone or else in that of the
// workspace. What Validate refuses is left out, so that what was stored by
// mistake holds nothing for ever.
func (h Hours) In(workspace *time.Location) Calendar {
	loc := workspace
	if h.Timezone != "" && validZone(h.Timezone) {
		loc, _ = time.LoadLocation(h.Timezone)
	}
	c := Calendar{clock: clockOf(loc)}
	for _, s := range h.Holidays {
		c.limited = c.off.add(s) || c.limited
	}
	windows := slices.DeleteFunc(slices.Clone(h.Windows), func(w Window) bool { _, how := w.wrong(); return how != "" })
	c.limited = c.limited || len(windows) > 0
	if len(windows) == 0 {
		windows = []Window{{Days: weekdays[:], From: "00:00", To: "24:00"}}
	}
	for _, w := range windows {
		from, _ := parseTime(w.From)
		to, _ := parseTime(w.To)
		if to < from {
			to += aDay
		}
		for _, name := range w.Days {
			d, _ := parseWeekday(name)
			c.days[d] = append(c.days[d], stretch{from, to})
		}
	}
	for d := range c.days {
		c.days[d] = merged(c.days[d])
	}
	return c
}

// merged sorts stretches and joins those that touch.
func merged(all []stretch) []stretch {
	slices.SortFunc(all, func(a, b stretch) int { return int(a.from - b.from) })
	var out []stretch
	for _, s := range all {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}
