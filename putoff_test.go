package stanna_test

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

func TestPutOff(t *testing.T) {
	s := stanna.Settings{Timezone: "America/New_York", BusinessHours: stanna.Hours{Windows: []stanna.Window{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "08:30", To: "18:00"}},
		Holidays: []string{"2026-11-26"}}}.WithDefaults()
	wednesday := time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC) // 20:00 on the 25th in New York
	for _, x := range []struct {
		words, want string
		settings    stanna.Settings
	}{
		{"tomorrow", "2026-11-27T13:30:00Z", s}, // the 26th is a holiday
		{"Friday", "2026-11-27T13:30:00Z", s},
		{"wednesday", "2026-12-02T13:30:00Z", s}, // not today
		{"sat", "2026-11-30T13:30:00Z", s},       // nobody is there until Monday
		{"2026-11-26T15:00:00Z", "2026-11-26T15:00:00Z", s},
		{"2026-11-26T15:00:00+01:00", "2026-11-26T14:00:00Z", s},
		{"tomorrow", "2026-11-27T09:00:00Z", stanna.Settings{Timezone: "UTC"}},
		{"tomorrow", "2026-11-27T07:30:00Z", stanna.Settings{Timezone: "UTC", Digest: stanna.DigestTime{At: "07:30"}}},
		{"tomorrow", "2026-11-28T09:00:00Z", stanna.Settings{Timezone: "UTC", BusinessHours: stanna.Hours{Holidays: []string{"2026-11-27"}}}},
	} {
		got, err := x.settings.PutOff(x.words, wednesday)
		if err != nil || got.UTC().Format(time.RFC3339) != x.want {
			t.Errorf("%s: %v %v, want %s", x.words, got.UTC(), err, x.want)
		}
	}
	for _, bad := range []string{"", "soon", "2026-11-26", "someday"} {
		if _, err := s.PutOff(bad, wednesday); stanna.CodeOf(err) != stanna.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
