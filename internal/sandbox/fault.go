package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultKind is a way in which Slack can go wrong.
type FaultKind string

const (
	FaultOKFalse     FaultKind = "ok_false"     // 200 with ok:false and Error
	FaultStatus      FaultKind = "status"       // the HTTP Status, 500 if none is given
	FaultRateLimit   FaultKind = "ratelimit"    // 429 with RetryAfter
	FaultSlow        FaultKind = "slow"         // answered rightly, after DelayMS
	FaultResetBefore FaultKind = "reset_before" // cut without having done anything
	FaultResetAfter  FaultKind = "reset_after"  // done and stored, then cut without an answer
	FaultOutage      FaultKind = "outage"       // everything is 503, or with Mode "close" cut
	FaultGarbage     FaultKind = "garbage"      // 200 with a page (Mode "html"), half an answer ("truncated") or nothing ("empty")
)

// Fault is one order to go wrong. Zero values mean: every method, every channel, always, at once, until cleared.
type Fault struct {
	ID      string    `json:"id"`
	Kind    FaultKind `json:"kind"`
	Method  string    `json:"method"`            // "*" or empty: every method
	Channel string    `json:"channel,omitempty"` // the channel argument of the call, as the app sent it
	// After plays the fault after the deed: with ok_false or status the message is stored and the answer is a failure.
	After       bool    `json:"after,omitempty"`
	Error       string  `json:"error,omitempty"`
	Status      int     `json:"status,omitempty"`
	RetryAfter  int     `json:"retry_after,omitempty"`
	Mode        string  `json:"mode,omitempty"`
	DelayMS     int     `json:"delay_ms,omitempty"`
	Count       int     `json:"count,omitempty"`
	ForMS       int     `json:"for_ms,omitempty"`
	Probability float64 `json:"probability,omitempty"`

	Struck int       `json:"struck"` // how often it has been played
	Until  time.Time `json:"until,omitzero"`
}

func (f *Fault) validate() error {
	modes := map[FaultKind][]string{FaultOutage: {"503", "close"}, FaultGarbage: {"html", "truncated", "empty"}}
	switch f.Kind {
	case FaultOKFalse:
		if !regexp.MustCompile(`^[a-z0-9_]+$`).MatchString(f.Error) {
			return errors.New(`kind "ok_false" needs "error", a code such as "channel_not_found"`)
		}
	case FaultStatus, FaultRateLimit, FaultSlow, FaultResetBefore, FaultResetAfter, FaultOutage, FaultGarbage:
	default:
		return fmt.Errorf("kind %q is unknown; it is one of ok_false, status, ratelimit, slow, reset_before, reset_after, outage, garbage", f.Kind)
	}
	if f.Kind == FaultSlow && f.DelayMS == 0 {
		return errors.New(`kind "slow" needs "delay_ms"`)
	}
	if f.Mode != "" && !slices.Contains(modes[f.Kind], f.Mode) {
		return fmt.Errorf("mode %q does not go with kind %q", f.Mode, f.Kind)
	}
	if f.Status != 0 && (f.Status < 400 || f.Status > 599) {
		return errors.New(`"status" must be an HTTP status from 400 to 599`)
	}
	if f.Probability < 0 || f.Probability > 1 || f.Count < 0 || f.ForMS < 0 || f.DelayMS < 0 || f.RetryAfter < 0 {
		return errors.New("probability must be from 0 to 1, and count, for_ms, delay_ms and retry_after not negative")
	}
	return nil
}

// SetFault orders a fault and returns it with its id. Orders are obeyed in turn: the first that fits a call is played.
func (s *Sandbox) SetFault(f Fault) (Fault, error) {
	if err := f.validate(); err != nil {
		return Fault{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faultSeq++
	f.ID, f.Struck = "fault-"+strconv.Itoa(s.faultSeq), 0
	if f.Method == "" {
		f.Method = "*"
	}
	if f.ForMS > 0 {
		f.Until = s.now().Add(time.Duration(f.ForMS) * time.Millisecond)
	}
	s.faults = append(s.faults, &f)
	s.notify()
	return f, nil
}

// ClearFaults withdraws one fault, or all of them if id is empty, and says how many.
func (s *Sandbox) ClearFaults(id string) (cleared int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.faults)
	s.faults = slices.DeleteFunc(s.faults, func(f *Fault) bool { return id == "" || f.ID == id })
	s.notify()
	return before - len(s.faults)
}

// Faults are the orders still in force.
func (s *Sandbox) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetSpent()
	out := make([]Fault, len(s.faults))
	for i, f := range s.faults {
		out[i] = *f
	}
	return out
}

func (s *Sandbox) forgetSpent() {
	now := s.now()
	s.faults = slices.DeleteFunc(s.faults, func(f *Fault) bool {
		return f.Count > 0 && f.Struck >= f.Count || !f.Until.IsZero() && !now.Before(f.Until)
	})
}

// strike picks the fault that a call meets, or nil.
func (s *Sandbox) strike(c *call) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) == 0 {
		return nil
	}
	s.forgetSpent()
	for _, f := range s.faults {
		fits := (f.Method == "*" || f.Method == c.method) && (f.Channel == "" || f.Channel == c.arg("channel"))
		if fits && (f.Probability == 0 || chance(f.Probability)) {
			f.Struck++
			struck := *f
			return &struck
		}
	}
	return nil
}

// wait plays the fault's delay; it reports whether the caller is still there.
func (f *Fault) wait(ctx context.Context) bool {
	if f.DelayMS == 0 {
		return true
	}
	timer := time.NewTimer(time.Duration(f.DelayMS) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// sparesDeed says whether the method runs all the same.
func (f *Fault) sparesDeed() bool {
	return f.After || f.Kind == FaultSlow || f.Kind == FaultResetAfter || f.Kind == FaultGarbage && f.Mode == "truncated"
}

// twist turns the true reply into the fault's; without a deed the true reply is empty.
func (f *Fault) twist(truth reply) reply {
	const page, object = "text/html; charset=utf-8", "application/json; charset=utf-8"
	out := reply{header: map[string]string{}}
	if f.RetryAfter > 0 {
		out.header["Retry-After"] = strconv.Itoa(f.RetryAfter)
	}
	lie := func(status int, code, contentType, body string) reply {
		out.status, out.code, out.body, out.header["Content-Type"] = status, code, []byte(body), contentType
		return out
	}
	switch f.Kind {
	case FaultOKFalse:
		return lie(http.StatusOK, f.Error, object, fmt.Sprintf(`{"ok":false,"error":%q}`, f.Error))
	case FaultRateLimit:
		out.header["Retry-After"] = strconv.Itoa(max(1, f.RetryAfter))
		return lie(http.StatusTooManyRequests, "ratelimited", object, `{"ok":false,"error":"ratelimited"}`)
	case FaultStatus, FaultOutage:
		if f.Mode == "close" {
			return reply{code: "reset", reset: true}
		}
		status := f.Status
		if status == 0 {
			status = map[FaultKind]int{FaultStatus: 500, FaultOutage: 503}[f.Kind]
		}
		return lie(status, "http_"+strconv.Itoa(status), page, "<html><body><h1>Server Error</h1></body></html>")
	case FaultResetBefore, FaultResetAfter:
		return reply{code: "reset", reset: true}
	case FaultGarbage:
		switch f.Mode {
		case "truncated":
			return lie(http.StatusOK, "garbage", object, string(truth.body[:len(truth.body)/2]))
		case "empty":
			return lie(http.StatusOK, "garbage", object, "")
		}
		return lie(http.StatusOK, "garbage", page, "<!DOCTYPE html><html><body>Something went wrong, and this is not JSON.</body></html>")
	}
	return truth
}

// sentence is the fault in a sentence, for the page.
func (f Fault) sentence() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s on %s", f.Kind, f.Method)
	for _, part := range []string{f.Channel, f.Error, f.Mode} {
		if part != "" {
			b.WriteString(" " + part)
		}
	}
	if f.Count > 0 {
		fmt.Fprintf(&b, ", %d of %d played", f.Struck, f.Count)
	} else {
		fmt.Fprintf(&b, ", played %d times", f.Struck)
	}
	return b.String()
}
