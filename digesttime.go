package stanna

import (
	"fmt"
	"time"
)

// DigestTime is when digests are due: at a local time, daily on working days
// and weekly on one weekday. On a day with both the two are one message.
type DigestTime struct {
	At       string   `json:"at"`       // "09:00" by default
	Days     []string `json:"days"`     // the working days; mon to fri by default
	WeeklyOn string   `json:"weeklyOn"` // mon by default
}

// WithDefaults fills what was left empty.
func (d DigestTime) WithDefaults() DigestTime {
	if d.At == "" {
		d.At = "09:00"
	}
	if len(d.Days) == 0 {
		d.Days = []string{"mon", "tue", "wed", "thu", "fri"}
	}
	if d.WeeklyOn == "" {
		d.WeeklyOn = "mon"
	}
	return d
}

// Validate says what is wrong with the time, or nil. What is empty has a
// default and is right. The field is what it is called in the input.
func (d DigestTime) Validate(field string) error {
	if field != "" {
		field += "."
	}
	d = d.WithDefaults()
	if at, ok := parseTime(d.At); !ok || at == aDay {
		return InvalidField(field+"at", "%q is no time of day; give one from 00:00 to 23:59", d.At)
	}
	if i, wrong := wrongDay(d.Days); wrong != "" {
		return InvalidField(fmt.Sprintf("%sdays[%d]", field, i), "%s", wrong)
	}
	if _, wrong := wrongDay([]string{d.WeeklyOn}); wrong != "" {
		return InvalidField(field+"weeklyOn", "%s", wrong)
	}
	return nil
}

// DigestDue is one digest that is or was due.
type DigestDue struct {
	Date   string    // the local date it belongs to; with the digest's id it names the digest for ever
	At     time.Time // the instant, in UTC
	Weekly bool      // the weekly summary is part of it
	Missed int       // how many were due before it and after the last one: it covers theirs too
}

// DigestCalendar is a [DigestTime] made ready. It never changes, so it may be
// shared.
//
// Each working date has one digest, at the first instant at which the wall
// clock shows the wanted time or later: a time that does not exist is due at
// the jump, one that comes twice the first time. A date that does not exist
// has none. A weekly summary whose day is no working day, a holiday or does
// not exist comes with the digest of the next working day.
type DigestCalendar struct {
	clock      clock
	at         int64
	days       [7]bool
	weekly     time.Weekday
	off        holidays
	weeklyOnly bool
}

// In makes the time ready for a place, with the holidays of the calendar. What Validate refuses takes its default, so that a digest
// that was stored by mistake still comes.
func (d DigestTime) In(loc *time.Location, calendar Calendar) DigestCalendar {
	standard := DigestTime{}.WithDefaults()
	d = d.WithDefaults()
	if d.Validate("") != nil {
		d = standard
	}
	c := DigestCalendar{clock: clockOf(loc), off: calendar.off}
	c.at, _ = parseTime(d.At)
	c.weekly, _ = parseWeekday(d.WeeklyOn)
	for _, name := range d.Days {
		day, _ := parseWeekday(name)
		c.days[day] = true
	}
	return c
}

// WeeklyOnly is the same calendar without the days that bring no weekly
// summary.
func (c DigestCalendar) WeeklyOnly() DigestCalendar {
	c.weeklyOnly = true
	return c
}

// On is the digest of a local date ("2026-12-24"), if it has one.
func (c DigestCalendar) On(date string) (DigestDue, bool) {
	d, ok := parseDay(date)
	if !ok {
		return DigestDue{}, false
	}
	return c.on(d)
}

// Next is the first digest that is due after t. There is none if 400 days
// bring no working day.
func (c DigestCalendar) Next(t time.Time) (DigestDue, bool) {
	// Yesterday's may be due today, if clocks jumped over its time and midnight.
	for d, n := c.clock.wall(t.Unix()).day()-1, 0; n < unopened; d, n = d+1, n+1 {
		if due, ok := c.on(d); ok && due.At.After(t) {
			return due, true
		}
	}
	return DigestDue{}, false
}

// Due is the latest digest that is due after the one instant and at or before
// the other, if there is any: after a time of silence only the latest is
// sent, and it covers the gap. So it is weekly if any that it stands for is,
// and tells how many it stands for. It looks back 400 days at most.
func (c DigestCalendar) Due(after, until time.Time) (DigestDue, bool) {
	var latest DigestDue
	found := false
	// Tomorrow's may be due, if clocks went back over midnight.
	for d, n := c.clock.wall(until.Unix()).day()+1, 0; n < unopened; d, n = d-1, n+1 {
		due, ok := c.on(d)
		switch {
		case !ok || due.At.After(until):
		case !due.At.After(after):
			return latest, found
		case !found:
			latest, found = due, true
		default:
			latest.Missed++
			latest.Weekly = latest.Weekly || due.Weekly
		}
	}
	return latest, found
}

func (c DigestCalendar) on(d day) (DigestDue, bool) {
	if !c.working(d) {
		return DigestDue{}, false
	}
	// The weekly summary is brought by this day if its own day is this one
	// or one since the last working day.
	weekly := d.weekday() == c.weekly
	for back := d - 1; !weekly && back > d-7 && !c.working(back); back-- {
		weekly = back.weekday() == c.weekly
	}
	if c.weeklyOnly && !weekly {
		return DigestDue{}, false
	}
	first, _ := c.clock.reached(d.at(c.at))
	return DigestDue{Date: d.String(), At: time.Unix(first, 0).UTC(), Weekly: weekly}, true
}

// working says whether d is a working day that comes at all.
func (c DigestCalendar) working(d day) bool {
	if !c.days[d.weekday()] || c.off.has(d) {
		return false
	}
	midnight, _ := c.clock.reached(d.at(0))
	return c.clock.wall(midnight).day() <= d
}
