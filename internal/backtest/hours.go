package backtest

import "time"

// hours keeps one moment for each hour of a history: the portfolio is looked
// at once an hour, so that nothing finer is needed of what may bring a look.
type hours struct {
	begin time.Time // a full hour
	at    []time.Time
}

func newHours(in *Input) *hours {
	begin := in.Begin.Truncate(time.Hour)
	n := 0
	if !in.End.Before(begin) {
		n = int(in.End.Sub(begin)/time.Hour) + 1
	}
	return &hours{begin, make([]time.Time, n)}
}

// of is the hour of a moment, or −1 outside the history.
func (h *hours) of(t time.Time) int {
	if t.Before(h.begin) {
		return -1
	}
	if i := int(t.Sub(h.begin) / time.Hour); i < len(h.at) {
		return i
	}
	return -1
}

// first keeps the first moment of an hour.
func (h *hours) first(t time.Time) {
	if i := h.of(t); i >= 0 && (h.at[i].IsZero() || t.Before(h.at[i])) {
		h.at[i] = t
	}
}

// last keeps the last moment of an hour.
func (h *hours) last(t time.Time) {
	if i := h.of(t); i >= 0 && t.After(h.at[i]) {
		h.at[i] = t
	}
}
