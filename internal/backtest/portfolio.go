package backtest

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// member is how a client counts in the portfolio's sums.
type member struct {
	part bool // neither excluded nor churned
	red  bool
	loss float64 // churn probability × MRR, in minor units
}

// step is a change of how a client counts.
type step struct {
	at     time.Time
	client int
	part   bool
	red    bool
}

// watch notes how the client counts from a moment on. Expected loss moves with
// every prediction and decides nothing, so it is kept by the hour.
func (l *life) watch(at time.Time) {
	st, s := &l.of.State, &l.plan.rule.Settings
	var m member
	if m.part = !l.of.Client.IsExcluded && st.ChurnedAt.IsZero(); m.part {
		score, known := st.HealthScore()
		m.red = known && score <= s.RiskThreshold
		if st.Churn.Known() && l.of.Client.MRR.Currency == s.Currency {
			m.loss = st.Churn.Value * float64(l.of.Client.MRR.Minor)
		}
	}
	if m.loss != l.member.loss {
		if i := l.found.sweeps.of(at); i >= 0 {
			l.found.loss[i] += m.loss - l.member.loss
		}
	}
	if m.part != l.member.part || m.red != l.member.red {
		l.found.steps = append(l.found.steps, step{at, l.client, m.part, m.red})
	}
	l.member = m
}

// portfolio plays all clients together: what the rules that watch their sums
// say, and how that is told. Signals is the last signal of each hour.
func (f *finish) portfolio(signals *hours) clientFound {
	l := newLife(f.run, f.plan)
	l.client = -1
	p := &book{life: l, in: f.run.in, memory: map[string]stanna.RuleMemory{}, now: map[int]member{}, before: map[int]bool{}}
	slices.SortStableFunc(f.steps, func(a, b step) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.client, b.client)) })
	p.steps = f.steps
	moved := false
	for h := range signals.at {
		start := signals.begin.Add(time.Duration(h) * time.Hour)
		end := start.Add(time.Hour - 1)
		if end.After(f.run.in.End) {
			end = f.run.in.End
		}
		p.lost(f.loss, h)
		var look time.Time
		if moved && !start.After(end) {
			look = start
		}
		if !look.IsZero() {
			p.look(look)
			moved = !signals.at[h].Before(look)
		} else {
			moved = moved || !signals.at[h].IsZero()
		}
		for next := l.nextHold(); !next.IsZero() && !next.After(end); next = l.nextHold() {
			l.release(next)
		}
	}
	f.spared += l.found.spared
	for why, n := range l.found.untold {
		f.untold[why] += n
	}
	return clientFound{-1, l.episodes, l.tales}
}

func soonest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// book is the portfolio as it moves.
type book struct {
	life   *life
	in     *Input
	steps  []step
	memory map[string]stanna.RuleMemory
	now    map[int]member // those that take part
	before map[int]bool   // those that moved since the last look, and whether they were red then

	clients, atRisk, unlike int
	mrr, red, loss, pending float64 // in minor units
}

// lost brings the expected loss up to the beginning of an hour.
func (p *book) lost(loss []float64, hour int) {
	p.loss += p.pending
	p.pending = loss[hour]
}

// move takes one client's step.
func (p *book) move(s step) {
	c := &p.in.Clients[s.client]
	was := p.now[s.client]
	if _, noted := p.before[s.client]; !noted {
		p.before[s.client] = was.red
	}
	p.add(c, was, -1)
	m := member{part: s.part, red: s.red}
	p.add(c, m, 1)
	if m.part {
		p.now[s.client] = m
	} else {
		delete(p.now, s.client)
	}
}

func (p *book) add(c *stanna.Client, m member, sign int) {
	if !m.part {
		return
	}
	own := c.MRR.Currency == p.life.plan.rule.Settings.Currency
	amount := float64(sign) * float64(c.MRR.Minor)
	p.clients += sign
	if m.red {
		p.atRisk += sign
	}
	switch {
	case own:
		p.mrr += amount
		if m.red {
			p.red += amount
		}
	case c.HasMRR():
		p.unlike += sign
	}
}

// look lets the rules judge the portfolio as it stood just before a moment.
func (p *book) look(at time.Time) {
	n := 0
	for n < len(p.steps) && p.steps[n].at.Before(at) {
		p.move(p.steps[n])
		n++
	}
	p.steps = p.steps[n:]
	at = at.Truncate(time.Microsecond) // see afterSignals
	moves := p.moves()
	l, s := p.life, p.life.plan.rule.Settings
	sum := func(minor float64) float64 {
		return stanna.Money{Minor: int64(math.Round(minor)), Currency: s.Currency}.Amount()
	}
	total := rule.Portfolio{At: at, Clients: p.clients, MRR: sum(p.mrr), AtRisk: sum(p.red), AtRiskCount: p.atRisk, ExpectedLoss: sum(p.loss),
		Moves: moves, Moved: len(moves), Unlike: p.unlike}
	find := func(id string) *stanna.Alert {
		for _, a := range l.of.Alerts {
			if a.RuleID == id && a.Open() {
				return a
			}
		}
		return nil
	}
	var changes []rule.Change
	for _, d := range l.plan.rule.JudgePortfolio(total, p.memory, find, nil) {
		if !d.Keep {
			continue
		}
		a, rose := find(d.Alert.RuleID), false
		if a == nil {
			a = &stanna.Alert{}
			l.of.Alerts = append(l.of.Alerts, a)
			d.Alert.ID = l.newID()
		} else {
			rose = d.Alert.Severity.Rank() > a.Severity.Rank()
		}
		*a = d.Alert
		changes = append(changes, rule.Change{Decision: d, Alert: a, Rose: rose, At: at})
	}
	l.note(changes, nil, at)
}

// moves are what the clients that moved since the last look did to the sum.
func (p *book) moves() []stanna.Move {
	var before, now []rule.Member
	for client, red := range p.before {
		c := &p.in.Clients[client]
		if c.MRR.Currency != p.life.plan.rule.Settings.Currency {
			continue
		}
		m := rule.Member{ClientID: c.ID, Name: c.Name, MRR: c.MRR.Amount()}
		if red {
			before = append(before, m)
		}
		if p.now[client].red {
			now = append(now, m)
		}
	}
	clear(p.before)
	return rule.Moves(before, now, nil)
}
