package web

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

func TestStampsReadLikeSpeech(t *testing.T) {
	now := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	l := locale.For(stanna.Settings{Timezone: "America/New_York"}, now)
	for ago, want := range map[time.Duration]string{10 * time.Second: "just now", 5 * time.Minute: "5 min ago", 3 * time.Hour: "today, 07:00", 20 * time.Hour: "yesterday, 14:00",
		100 * time.Hour: "19 Nov, 06:00", 9000 * time.Hour: "13 Nov 2025, 10:00", -48 * time.Hour: "25 Nov 2026, 10:00"} {
		if got := stampOf(l, now.Add(-ago)).Short; got != want {
			t.Errorf("%s ago reads %q, want %q", ago, got, want)
		}
	}
}
