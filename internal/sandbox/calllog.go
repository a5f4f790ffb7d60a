package sandbox

import (
	"maps"
	"time"
)

// Call is one Web API call as it went.
type Call struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Method  string    `json:"method"`
	Channel string    `json:"channel,omitempty"`
	Status  int       `json:"status"` // 0: the connection was cut
	OK      bool      `json:"ok"`
	Error   string    `json:"error,omitempty"`
	Fault   string    `json:"fault,omitempty"` // the id of the fault that was played
}

// Stats counts all calls since the start, also those that the log has forgotten.
type Stats struct {
	Calls    int64                       `json:"calls"`
	Methods  map[string]int64            `json:"methods"`
	Outcomes map[string]map[string]int64 `json:"outcomes"` // method → "ok" or an error → count
}

// callLog remembers the last calls in a ring.
type callLog struct {
	keep     int
	ring     []Call
	seq      int64
	outcomes map[string]map[string]int64
}

func (l *callLog) add(c Call) {
	l.seq++
	c.Seq = l.seq
	if len(l.ring) < l.keep {
		l.ring = append(l.ring, c)
	} else {
		l.ring[(l.seq-1)%int64(l.keep)] = c
	}
	if l.outcomes == nil {
		l.outcomes = map[string]map[string]int64{}
	}
	if l.outcomes[c.Method] == nil {
		l.outcomes[c.Method] = map[string]int64{}
	}
	outcome := "ok"
	if !c.OK {
		outcome = c.Error
	}
	l.outcomes[c.Method][outcome]++
}

func (s *Sandbox) logCall(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls.add(c)
	s.notify()
}

// Calls returns the calls still remembered, oldest first.
func (s *Sandbox) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Call, 0, len(s.calls.ring))
	if s.calls.seq > int64(len(s.calls.ring)) {
		at := int(s.calls.seq % int64(s.calls.keep))
		out = append(out, s.calls.ring[at:]...)
		return append(out, s.calls.ring[:at]...)
	}
	return append(out, s.calls.ring...)
}

// Stats returns the counts per method and outcome.
func (s *Sandbox) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Stats{Calls: s.calls.seq, Methods: map[string]int64{}, Outcomes: map[string]map[string]int64{}}
	for method, counts := range s.calls.outcomes {
		out.Outcomes[method] = maps.Clone(counts)
		for _, n := range counts {
			out.Methods[method] += n
		}
	}
	return out
}
