package sandbox

import "time"

// pacer is a rate limit: it lets one pass each interval on the long run, and burst at once after a rest.
type pacer struct {
	due time.Time // when the next would pass if there were no burst
}

// take lets one pass and returns zero, or returns how long to wait.
func (p *pacer) take(now time.Time, perSecond, burst float64) time.Duration {
	if perSecond <= 0 {
		return 0
	}
	interval := time.Duration(float64(time.Second) / perSecond)
	ahead := time.Duration(float64(interval) * (burst - 1))
	if wait := p.due.Add(-ahead).Sub(now); wait > 0 {
		return wait
	}
	if p.due.Before(now) {
		p.due = now
	}
	p.due = p.due.Add(interval)
	return 0
}

// retryAfter is the header's value: whole seconds, at least one.
func retryAfter(wait time.Duration) int {
	return max(1, int((wait+time.Second-1)/time.Second))
}
