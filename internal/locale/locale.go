// Package locale answers one question: how is it written here? It knows how a
// workspace writes figures, money, days and durations, which day it is there,
// and how far other days lie from it. Messages and pages ask the same room, so
// that a client's revenue or age reads the same in Slack and on our pages.
//
// Figures and money follow the locale (figures.go, currency.go), days the time zone (this
// file), words the locale's language (words.go). Sentences are written in
// English where they are needed, and are said in another language by the one
// file that holds it (sentence.go, spanish.go).
//
// It is pure: the same moment in the same workspace is written the same way.
// What it deliberately does not know: what a figure means, who reads it and
// where, Slack's marks and HTML's, and any clock.
package locale

import (
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/gostanna/stanna"
)

// Local is how one workspace writes, and what time it is there.
type Local struct {
	Settings stanna.Settings // what the workspace left open is filled in
	Zone     *time.Location
	Now      time.Time // in Zone
	Language *Language
	print    *message.Printer
	sign     place // of a currency
}

// For is how a workspace with these settings writes. A locale or a time zone
// that does not exist is no reason to say nothing: English and UTC take their
// place.
func For(s stanna.Settings, now time.Time) Local {
	s = s.WithDefaults()
	tag, err := language.Parse(s.Locale)
	if err != nil {
		tag = language.English
	}
	zone := s.Location()
	return Local{Settings: s, Zone: zone, Now: now.In(zone), Language: LanguageOf(s.Locale),
		print: message.NewPrinter(tag), sign: placeIn(tag)}
}

// InEnglish keeps the figures of the place and says its words in English, as
// our pages do.
func (l Local) InEnglish() Local {
	l.Language = English()
	return l
}

// DayNumber counts the days of the workspace, so that two of them can be
// subtracted whatever the clocks did in between.
func (l Local) DayNumber(t time.Time) int {
	y, m, d := t.In(l.Zone).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DaysAgo is how many local days lie between t and today; it is negative for
// a day to come.
func (l Local) DaysAgo(t time.Time) int { return l.DayNumber(l.Now) - l.DayNumber(t) }

// DayOf reads a day that was given as YYYY-MM-DD and means that day wherever
// the workspace is, as the day on which a contract renews does.
func (l Local) DayOf(date string) (t time.Time, ok bool) {
	t, err := time.ParseInLocation(time.DateOnly, date, l.Zone)
	return t, err == nil
}
