package stanna

import (
	"strings"
	"time"
)

// PutOff is the moment that a person means by words: an ISO time, or the
// morning of tomorrow, or of the next day of that name.
func (s Settings) PutOff(words string, now time.Time) (time.Time, error) {
	words = strings.ToLower(strings.TrimSpace(words))
	local := now.In(s.Location())
	ahead := 0
	if words == "tomorrow" {
		ahead = 1
	}
	for d := time.Sunday; d <= time.Saturday && ahead == 0; d++ {
		if name := strings.ToLower(d.String()); words == name || words == name[:3] {
			if ahead = (int(d-local.Weekday()) + 7) % 7; ahead == 0 {
				ahead = 7
			}
		}
	}
	if ahead == 0 {
		t, err := time.Parse(time.RFC3339, strings.ToUpper(words))
		if err != nil {
			return t, InvalidField("until", "must be a time such as 2026-11-25T09:00:00Z, tomorrow, or the name of a weekday")
		}
		return t, nil
	}
	y, m, d := local.Date()
	return s.Morning(time.Date(y, m, d+ahead, 0, 0, 0, 0, local.Location())), nil
}

// Morning is when people are there on a local day, or on the next on which
// they are: when working hours begin, or, where none are set, when digests
// come.
func (s Settings) Morning(day time.Time) time.Time {
	hours := s.BusinessHours.In(day.Location())
	if len(s.BusinessHours.Windows) > 0 {
		if opens := hours.NextOpen(day); !opens.IsZero() {
			return opens.UTC()
		}
	}
	seconds, _ := parseTime(s.Digest.WithDefaults().At) // Validate refuses another
	y, m, d := day.Date()
	at := func(days int) time.Time { return time.Date(y, m, d+days, 0, 0, int(seconds), 0, day.Location()).UTC() }
	for ahead := range 365 { // only holidays are closed
		if t := at(ahead); hours.Open(t) {
			return t
		}
	}
	return at(0)
}
