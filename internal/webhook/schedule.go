package webhook

import (
	"hash/fnv"
	"time"
)

// Schedule is when a webhook is tried: the waits before each try. There are
// eight in about 28 hours, so that an endpoint that breaks in the evening may
// be mended the next day.
func Schedule() []time.Duration {
	return []time.Duration{
		0, // at once
		5 * time.Second,
		5 * time.Minute,
		30 * time.Minute,
		2 * time.Hour,
		5 * time.Hour,
		10 * time.Hour,
		10 * time.Hour,
	}
}

// RetryAfter is how long to wait before the next try of a webhook that was
// tried so often in vain, or false when it has been tried to the end. The
// wait is the schedule's give or take a tenth, so that what failed together
// does not come back together; it is the same whenever it is asked for. What
// an [Answer] asks for comes first when it is longer.
func RetryAfter(id string, tried int) (wait time.Duration, again bool) {
	schedule := Schedule()
	if tried < 0 || tried >= len(schedule) {
		return 0, false
	}
	h := fnv.New64a()
	h.Write([]byte{byte(tried)})
	h.Write([]byte(id))
	tenth := float64(h.Sum64()%2001)/10000 - 0.1 // from -0.1 to 0.1
	return schedule[tried] + time.Duration(tenth*float64(schedule[tried])), true
}
