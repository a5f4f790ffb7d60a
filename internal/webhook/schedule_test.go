package webhook

import (
	"fmt"
	"testing"
	"time"
)

func TestSchedule(t *testing.T) {
	var total time.Duration
	for _, wait := range Schedule() {
		total += wait
	}
	if want := 27*time.Hour + 35*time.Minute + 5*time.Second; total != want || len(Schedule()) != 8 {
		t.Errorf("%d tries in %v, want 8 in %v", len(Schedule()), total, want)
	}
	for tried, wait := range Schedule() {
		least, most := wait, wait
		var sum time.Duration
		for i := range 1000 {
			id := fmt.Sprintf("msg_%d", i)
			got, again := RetryAfter(id, tried)
			if repeat, _ := RetryAfter(id, tried); !again || repeat != got {
				t.Fatalf("%d tries: %v, then %v", tried, got, repeat)
			}
			least, most, sum = min(least, got), max(most, got), sum+got
		}
		if least < wait*9/10 || most > wait*11/10 {
			t.Errorf("%d tries: from %v to %v, more than a tenth from %v", tried, least, most, wait)
		}
		if mean := sum / 1000; wait > 0 && (least > wait*91/100 || most < wait*109/100 || mean < wait*99/100 || mean > wait*101/100) {
			t.Errorf("%d tries: from %v to %v, %v on average, hardly spread around %v", tried, least, most, mean, wait)
		}
	}
	for _, tried := range []int{-1, 8, 9, 1 << 40} {
		if wait, again := RetryAfter("msg_1", tried); again || wait != 0 {
			t.Errorf("%d tries: %v", tried, wait)
		}
	}
}
