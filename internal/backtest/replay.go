package backtest

import (
	"slices"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// replay is one client played again, with every question taken down.
type replay struct {
	*facts
	of    rule.Case
	trace rule.Trace
	n     int

	agreed  time.Time
	steps   []rule.Step // what the rule was asked last
	asked   time.Time
	signal  *SeenSignal // the newest that the rule looks at
	history *SeenSignal // that one, when it was history
	heard   int         // signals that the rule looks at
}

// play plays the client's signals, with what people did about its alerts, up
// to the moment.
func (x *facts) play() *replay {
	p := &replay{facts: x}
	p.of = rule.Case{Client: x.client, State: stanna.State{Workspace: x.client.Workspace, ClientID: x.client.ID}, Trace: &p.trace}
	entry := rule.EntryOf(x.rule.Type)
	for i := range x.signals {
		s := &x.signals[i]
		p.passTo(s.ReceivedAt)
		p.agree(s.ReceivedAt)
		p.trace.Steps = p.trace.Steps[:0]
		became, _, _ := p.of.Take(x.policy, s.Signal, s.ReceivedAt, p.newID)
		asked := p.note(s.ReceivedAt)
		if asked || slices.Contains(entry.Signals, s.Type) {
			p.heard++
			p.signal, p.history = &SeenSignal{s.ID, s.Type, s.OccurredAt, s.ReceivedAt, became}, nil
			if became != stanna.Accepted {
				p.history = p.signal
			}
		}
	}
	p.passTo(x.at)
	p.agree(x.at)
	if p.signal == nil || p.asked.After(p.signal.ReceivedAt) || len(p.steps) == 0 && p.history == nil {
		p.askNow()
	}
	return p
}

func (p *replay) newID() string { p.n++; return "replay" + strconv.Itoa(p.n) }

// note keeps what the rule was just asked, and says whether it was.
func (p *replay) note(at time.Time) bool {
	var own []rule.Step
	for _, s := range p.trace.Steps {
		if s.RuleID == p.rule.ID {
			own = append(own, s)
		}
	}
	if len(own) > 0 {
		p.steps, p.asked = own, at
	}
	return len(own) > 0
}

// maxTicks bounds what time brings between two signals.
const maxTicks = 10_000

// passTo lets time pass.
func (p *replay) passTo(t time.Time) {
	for range maxTicks {
		due := p.of.State.Due
		if due.IsZero() || due.After(t) {
			return
		}
		p.agree(due)
		p.trace.Steps = p.trace.Steps[:0]
		p.of.Tick(p.policy, due, "", p.newID)
		p.note(due)
		if p.history != nil && !p.asked.Before(p.history.ReceivedAt) {
			p.history = nil // it was looked at after all
		}
	}
}

// askNow asks the rule at the moment itself, for what time alone decides or
// was never asked. What it finds is not kept.
func (p *replay) askNow() {
	c := p.of
	c.State.Memory = map[string]stanna.RuleMemory{}
	for id, m := range p.of.State.Memory {
		c.State.Memory[id] = m
	}
	c.Alerts = nil
	for _, a := range p.of.Alerts {
		if a.Open() {
			own := *a
			c.Alerts = append(c.Alerts, &own)
		}
	}
	p.trace.Steps = nil
	c.Tick(p.policy, p.at, stanna.ReasonFirstContact, p.newID)
	p.note(p.at)
}

// agree brings the alerts of the replay to what was really open just before a
// moment: people close alerts, and rules were others then. What people know,
// because one was closed without recovery, is remembered.
func (p *replay) agree(t time.Time) {
	if !t.After(p.agreed) {
		return // no time has passed
	}
	kept := p.of.Alerts[:0]
	for _, a := range p.of.Alerts {
		if own := p.real(a.RuleID, t); a.Open() && own != nil {
			a.ID, a.Status, a.Life = own.ID, own.Status, own.Life
			kept = append(kept, a)
		}
	}
	p.of.Alerts = kept
	for i := range p.alerts {
		a := p.alerts[i]
		switch known := a.ClosedBy != "" || a.Why == stanna.ReasonNotRecovered; {
		case known && !a.Open() && a.ClosedAt.Before(t) && !a.ClosedAt.Before(p.agreed):
			p.of.Close(p.policy, &a, a.ClosedAt)
		case openThen(a, t.Add(-1)) && !slices.ContainsFunc(kept, func(x *stanna.Alert) bool { return x.RuleID == a.RuleID }):
			own := p.real(a.RuleID, t)
			p.of.Alerts = append(p.of.Alerts, own)
		}
	}
	p.agreed = t
	p.of.Look(p.policy, t)
}

// real is a rule's alert that was open just before a moment, as it was then as
// far as that is known.
func (p *replay) real(ruleID string, t time.Time) *stanna.Alert {
	for _, a := range p.alerts {
		if a.RuleID != ruleID || !openThen(a, t.Add(-1)) {
			continue
		}
		if !a.Open() { // it closed later
			a.Status, a.ClosedAt = stanna.AlertOpen, time.Time{}
		}
		return &a
	}
	return nil
}
