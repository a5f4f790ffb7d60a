package policy

import (
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// morning is when a day begins for people whose working hours are not known.
const morning = 9 * time.Hour

// PutOff is the moment that a person means by words: an ISO time, or the next
// opening of working hours tomorrow, or on the next day of that name.
func PutOff(s stanna.Settings, words string, now time.Time) (time.Time, error) {
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
			return t, stanna.InvalidField("until", "must be a time such as 2026-11-25T09:00:00Z, tomorrow, or the name of a weekday")
		}
		return t, nil
	}
	y, m, d := local.Date()
	at := func(days int, clock time.Duration) time.Time {
		return time.Date(y, m, d+days, int(clock.Hours()), 0, 0, 0, local.Location())
	}
	hours := s.BusinessHours.In(local.Location())
	if len(s.BusinessHours.Windows) > 0 {
		if opens := hours.NextOpen(at(ahead, 0)); !opens.IsZero() {
			return opens.UTC(), nil
		}
	}
	for day := ahead; day < ahead+365; day++ { // only holidays are closed
		if t := at(day, morning); hours.Open(t) {
			return t.UTC(), nil
		}
	}
	return at(ahead, morning).UTC(), nil
}
