package rule

import (
	"maps"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// remember notes that people know of the state in which an alert was closed.
// A rule for this account that has stood back so far need not tell it again.
// An event is no state: the next one is news.
func (p *Policy) remember(sub *Subject, a stanna.Alert) {
	if e := EntryOf(a.Type); e != nil && e.Nature == Event {
		return
	}
	known := stanna.Known{At: sub.Now.UTC(), Base: a.Evidence.Base, Value: a.Evidence.Worst, Mark: sub.State.Memory[a.RuleID].Until}
	know := func(rule string) {
		m, k := sub.State.Memory[rule], known
		m.Known = &k
		memorise(sub.State, rule, m)
	}
	know(a.RuleID)
	for _, own := range p.account[a.Type] {
		if own.ID != a.RuleID && own.Filter.Stops(p.Settings, sub.Client, sub.State) == "" {
			know(own.ID)
		}
	}
}

func memorise(st *stanna.State, rule string, m stanna.RuleMemory) {
	if st.Memory == nil {
		st.Memory = map[string]stanna.RuleMemory{}
	}
	st.Memory[rule] = m
}

// toldBefore says whether a finding is no news to people, or "".
func (c *Compiled) toldBefore(sub *Subject, known *stanna.Known, f finding) stanna.Reason {
	m := sub.State.Memory[c.ID]
	if f.mark != "" && !c.entry.once && m.Until == f.mark {
		return stanna.ReasonAlreadyTold
	}
	if at, told := m.Told[f.mark]; told && sub.Now.Sub(at) < onceWithin {
		return stanna.ReasonAlreadyTold
	}
	if known != nil && (c.entry.worse == nil || !c.entry.worse(c, *known, f)) && (f.mark == "" || f.mark == known.Mark) {
		return stanna.ReasonKnownState
	}
	return ""
}

// cleared says whether a reason not to open means that the state is over,
// rather than that it could not be seen.
func cleared(why stanna.Reason) bool {
	switch why {
	case stanna.ReasonUnfinished, stanna.ReasonLowConfidence, stanna.ReasonOtherSignal, stanna.ReasonTooLittleData, stanna.ReasonNotMeasured, stanna.ReasonConditionFailed:
		return false
	}
	return true
}

// known is the bad state that people know of, or nil when there is none or
// it has cleared. It clears also while a filter keeps the rule from it.
func (c *Compiled) known(sub *Subject) *stanna.Known {
	m := sub.State.Memory[c.ID]
	if m.Known == nil {
		return nil
	}
	if c.entry.settled != nil {
		if !c.entry.settled(c, sub, *m.Known) {
			return m.Known
		}
	} else if _, why := c.entry.look(c, sub); why == "" || !cleared(why) {
		return m.Known
	}
	m.Known = nil
	memorise(sub.State, c.ID, m)
	return nil
}

// gathered says why a finding is no news but stood already, or "".
func (c *Compiled) gathered(sub *Subject, f finding) stanna.Reason {
	switch {
	case f.first:
		return stanna.ReasonFirstContact
	case sub.Relook == "" || !sub.ticked():
		return ""
	case c.entry.due != nil && !f.onset.IsZero() && sub.Now.Sub(f.onset) <= stanna.BackfillAfter && f.onset.After(c.ActiveSince):
		return ""
	}
	return sub.Relook
}

// opens remembers the opening, which tells an unstable client from one in
// trouble.
func (c *Compiled) opens(sub *Subject, a *stanna.Alert, mark string) {
	m := sub.State.Memory[c.ID]
	recent := slices.DeleteFunc(slices.Clone(m.Openings), func(t time.Time) bool { return sub.Now.Sub(t) > unstableWithin })
	recent = append(recent, sub.Now.UTC())
	if extra := len(recent) - unstableOpenings; extra > 0 {
		recent = recent[extra:]
	}
	m.Openings, m.Known = recent, nil
	c.note(&m, mark, sub.Now)
	memorise(sub.State, c.ID, m)
	a.Unstable = len(recent) >= unstableOpenings && c.entry.Nature != Event
}

// note remembers the mark by which something was told.
func (c *Compiled) note(m *stanna.RuleMemory, mark string, now time.Time) {
	if mark == "" {
		return
	}
	m.Until = mark
	if !c.entry.once {
		return
	}
	told := map[string]time.Time{mark: now.UTC()}
	for old, at := range m.Told {
		if old != mark && now.Sub(at) < onceWithin {
			told[old] = at
		}
	}
	for len(told) > maxTold {
		delete(told, slices.MinFunc(slices.Collect(maps.Keys(told)), func(a, b string) int { return told[a].Compare(told[b]) }))
	}
	m.Told = told
}
