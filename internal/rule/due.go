package rule

import (
	"time"

	"github.com/gostanna/stanna"
)

// Due is when the client must be looked at again without a signal: the first
// moment after Now at which time alone may change what a rule says. Zero:
// never.
func (p *Policy) Due(sub *Subject) time.Time {
	sub.Settings = p.Settings
	if over(sub) != "" {
		return time.Time{}
	}
	var due time.Time
	soonest := func(t time.Time) {
		if t.After(sub.Now) && (due.IsZero() || t.Before(due)) {
			due = t
		}
	}
	for _, a := range sub.Alerts {
		c := p.byID[a.RuleID]
		if !a.Open() || c == nil {
			continue
		}
		switch {
		case c.entry.Nature == Event:
			soonest(a.OpenedAt.Add(EventLasts))
		case c.entry.risk():
			soonest(a.OpenedAt.Add(NotRecoveredAfter))
		}
		if a.Status == stanna.AlertSnoozed {
			soonest(a.SnoozedUntil)
		}
		if at := c.escalatesAt(sub, a); !at.IsZero() {
			soonest(later(at, sub.Now.Add(time.Millisecond))) // several may have passed; one is taken at a time
		}
	}
	for _, c := range p.timed {
		soonest(c.entry.due(c, sub))
	}
	return due
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
