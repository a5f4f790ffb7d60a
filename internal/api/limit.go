package api

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gostanna/stanna/internal/auth"
)

// limiter counts what callers ask for in windows of time. A window begins
// with the first request and the whole of it is known from then on, so that
// Remaining and Reset are exact; the day's begins at midnight UTC.
type limiter struct {
	now func() time.Time

	mu      sync.Mutex
	windows map[windowKey]*window
	sweep   time.Time // when windows that are over are next forgotten
}

type windowKey struct {
	kind byte
	id   string
}

// The kinds of window.
const (
	minuteOfCaller byte = iota
	dayOfWorkspace
	minuteOfSignals
	minuteOfAddress
)

type window struct {
	ends time.Time
	used int
}

// allowance is what is left of a limit.
type allowance struct {
	limit, remaining int
	resets           time.Time
	wait             time.Duration // until then
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, windows: map[windowKey]*window{}}
}

// take uses n of a limit if any of it is left. A large n may use more than
// there is: the window is then closed until it ends.
func (l *limiter) take(kind byte, id string, limit, n int) (allowance, bool) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.After(l.sweep) {
		for k, w := range l.windows {
			if !now.Before(w.ends) {
				delete(l.windows, k)
			}
		}
		l.sweep = now.Add(time.Minute)
	}
	key := windowKey{kind, id}
	w := l.windows[key]
	if w == nil {
		w = &window{}
		l.windows[key] = w
	}
	if !now.Before(w.ends) {
		w.ends, w.used = endOf(kind, now), 0
	}
	ok := w.used < limit
	if ok {
		w.used += n
	}
	return allowance{limit, max(0, limit-w.used), w.ends, w.ends.Sub(now)}, ok
}

func endOf(kind byte, now time.Time) time.Time {
	if kind == dayOfWorkspace {
		return now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	}
	return now.Add(time.Minute)
}

// allow takes one request out of the caller's allowance.
func (a *api) allow(v *visit, rt route) error {
	if rt.signals {
		return a.allowSignals(v, 1)
	}
	var minute, day allowance
	ok := true
	if limit := a.Limits.PerMinute; limit > 0 {
		if minute, ok = a.limiter.take(minuteOfCaller, callerID(v.caller), limit, 1); !ok {
			return limited(v, minute, "1 minute")
		}
	}
	if limit := a.Limits.PerDay; limit > 0 {
		if day, ok = a.limiter.take(dayOfWorkspace, v.caller.Workspace, limit, 1); !ok {
			return limited(v, day, "1 day")
		}
	}
	// The one that ends first is the one to know of.
	if minute.limit == 0 || day.limit > 0 && day.remaining < minute.remaining {
		minute = day
	}
	tell(v, minute)
	return nil
}

// allowSignals takes n signals out of the caller's allowance.
func (a *api) allowSignals(v *visit, n int) error {
	limit := a.Limits.SignalsPerMinute
	if limit <= 0 {
		return nil
	}
	left, ok := a.limiter.take(minuteOfSignals, callerID(v.caller), limit, n)
	if !ok {
		return limited(v, left, "1 minute")
	}
	tell(v, left)
	return nil
}

// allowStranger takes one request out of the allowance of an address of which
// we do not know who is behind it.
func (a *api) allowStranger(v *visit, r *http.Request) error {
	if a.Limits.PerMinute <= 0 {
		return nil
	}
	left, ok := a.limiter.take(minuteOfAddress, addressOf(r), a.Limits.PerMinute, 1)
	if !ok {
		return limited(v, left, "1 minute")
	}
	tell(v, left)
	return nil
}

// callerID tells callers apart. A person has one allowance in each workspace.
func callerID(c auth.Caller) string {
	if c.Kind == auth.Person {
		return c.Workspace + "/" + c.ID
	}
	return c.ID
}

// tell writes an allowance into the headers, spelt as documented.
func tell(v *visit, left allowance) {
	if left.limit == 0 {
		return
	}
	h := v.Header()
	values := []string{strconv.Itoa(left.limit), strconv.Itoa(left.remaining), strconv.FormatInt(ceilUnix(left.resets), 10)}
	h["X-RateLimit-Limit"], h["X-RateLimit-Remaining"], h["X-RateLimit-Reset"] = values[0:1:1], values[1:2:2], values[2:3:3]
}

func limited(v *visit, left allowance, window string) error {
	tell(v, left)
	seconds := max(1, int((left.wait+time.Second-1)/time.Second))
	return &problem{Code: "RATE_LIMIT_EXCEEDED", Status: http.StatusTooManyRequests, Message: "Rate limit exceeded", retryAfter: seconds,
		Details: map[string]any{"limit": left.limit, "window": window, "remaining": left.remaining,
			"resetAt": left.resets.UTC().Format(time.RFC3339), "retryAfter": seconds}}
}

func ceilUnix(t time.Time) int64 { return t.Add(time.Second - 1).Unix() }
