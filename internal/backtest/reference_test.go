package backtest_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
)

// live plays a history as a live workspace would whose time follows its
// signals: one loop over all of them in order of time, with everything that is
// due on the way. It is written the long way, after intake, and is what the
// client by client way is compared with.
type live struct {
	testing.TB
	in     backtest.Input
	rules  *rule.Policy
	routes *route.Plan
	byID   map[string]stanna.Rule
	now    time.Time
	moved  time.Time
	looked time.Time
	ids    int

	order  []string
	cases  map[string]*rule.Case
	whole  *rule.Case // the portfolio
	memory map[string]stanna.RuleMemory
	risky  []rule.Member

	alerts  []*stanna.Alert
	gather  map[string]bool
	worse   map[string]int
	held    []*promise
	threads []*living
	result
}

// result is what is compared.
type result struct {
	Episodes []string
	Messages map[string]int // by destination and date
	Updates  map[string]int // by destination
	Spared   int
}

type promise struct {
	alert    *stanna.Alert
	of       *rule.Case
	intended stanna.Destination
	why      stanna.Reason
	since    time.Time
	until    time.Time
}

// living is a message that stands.
type living struct {
	client   string
	to       stanna.Destination
	intended stanna.Destination
	summary  bool
	carries  []*stanna.Alert // open ones
}

func playLive(t testing.TB, in backtest.Input) result {
	t.Helper()
	x := &live{TB: t, in: in, byID: map[string]stanna.Rule{}, cases: map[string]*rule.Case{}, whole: &rule.Case{Client: stanna.Client{}},
		memory: map[string]stanna.RuleMemory{}, gather: map[string]bool{}, worse: map[string]int{},
		result: result{Messages: map[string]int{}, Updates: map[string]int{}}}
	var signals []stanna.Signal
	if err := in.Each(func(s stanna.Signal) error {
		if err := s.Check(s.OccurredAt); err != nil {
			return err
		}
		s.ReceivedAt = s.OccurredAt
		signals = append(signals, s)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(signals, func(a, b stanna.Signal) int { return a.OccurredAt.Compare(b.OccurredAt) })
	begun, ended := signals[0].OccurredAt, signals[len(signals)-1].OccurredAt
	rules := slices.Clone(in.Rules)
	for i := range rules {
		rules[i].ActiveSince = begun
		x.byID[rules[i].ID] = rules[i]
	}
	var err error
	if x.rules, err = rule.Compile(in.Settings, rules); err != nil {
		t.Fatal(err)
	}
	if x.routes, err = route.Compile(in.Settings, in.Lines, nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range in.Clients {
		x.order = append(x.order, c.ID)
		x.cases[c.ID] = &rule.Case{Client: c, State: stanna.State{Workspace: c.Workspace, ClientID: c.ID, Due: stanna.AtOnce}}
	}
	slices.Sort(x.order)
	for i := 0; i < len(signals); {
		at := signals[i].OccurredAt
		x.passTo(at)
		for ; i < len(signals) && signals[i].OccurredAt.Equal(at); i++ {
			if c := x.cases[signals[i].ClientID]; c != nil {
				_, _, changes := c.Take(x.rules, signals[i], at, x.newID)
				x.note(c, changes, &signals[i])
			}
		}
		x.moved = at
	}
	x.passTo(ended)
	for _, a := range x.alerts {
		x.Episodes = append(x.Episodes, show(a.RuleID, a.ClientID, a.Severity, a.OpenedAt, a.ClosedAt, a.Why, x.gather[a.ID], a.Unstable, x.worse[a.ID],
			a.Evidence.Base, a.Evidence.Value))
	}
	slices.Sort(x.Episodes)
	return x.result
}

func show(ruleID, client string, s stanna.Severity, opened, closed time.Time, why stanna.Reason, gathered, unstable bool, worse int, base, value float64) string {
	return fmt.Sprintf("%s %s on %q %s closed %s %s gathered=%v unstable=%v worse=%d %g→%g", opened.UTC().Format(time.RFC3339Nano), ruleID, client, s,
		closed.UTC().Format(time.RFC3339Nano), why, gathered, unstable, worse, base, value)
}

// shown is a report as it is compared.
func shown(r backtest.Report) result {
	x := result{Messages: map[string]int{}, Updates: map[string]int{}, Spared: r.Spared}
	for _, e := range r.Episodes {
		x.Episodes = append(x.Episodes, show(e.RuleID, e.ClientID, e.Severity, e.OpenedAt, e.ClosedAt, e.Why, e.Gathered, e.Unstable, e.Worsened, e.Base, e.Value))
	}
	slices.Sort(x.Episodes)
	for _, t := range r.Traffic {
		for i, n := range t.Weekly {
			if n > 0 {
				x.Messages[string(t.Destination)+" "+r.Weeks[i]] = n
			}
		}
		if t.Updates > 0 {
			x.Updates[string(t.Destination)] = t.Updates
		}
	}
	return x
}

func (x *live) newID() string { x.ids++; return fmt.Sprintf("alr%d", x.ids) }

func (x *live) passTo(t time.Time) {
	for {
		var next time.Time
		sooner := func(u time.Time) {
			if !u.IsZero() && (next.IsZero() || u.Before(next)) {
				next = u
			}
		}
		for _, c := range x.cases {
			sooner(c.State.Due)
		}
		for _, h := range x.held {
			sooner(h.until)
		}
		if !x.moved.IsZero() && x.rules.WatchesPortfolio() && !next.Equal(stanna.AtOnce) {
			sooner(x.moved.Truncate(time.Hour).Add(time.Hour))
		}
		if next.IsZero() || next.After(t) {
			return
		}
		if next.Equal(stanna.AtOnce) {
			next = t
		}
		x.sweep(next)
	}
}

func (x *live) sweep(now time.Time) {
	for _, id := range x.order {
		c := x.cases[id]
		if due := c.State.Due; due.IsZero() || due.After(now) {
			continue
		}
		relook := stanna.Reason("")
		if c.State.Due.Equal(stanna.AtOnce) {
			relook = stanna.ReasonFirstContact
		}
		x.note(c, c.Tick(x.rules, now, relook, x.newID), nil)
	}
	x.look(now)
	x.release(now)
}

// look is the portfolio's.
func (x *live) look(now time.Time) {
	if x.moved.IsZero() || now.Before(x.moved.Truncate(time.Hour).Add(time.Hour)) {
		return // in the middle of a moment the sum is not whole
	}
	if !x.rules.WatchesPortfolio() || !x.looked.IsZero() && x.looked.Truncate(time.Hour).Equal(now.Truncate(time.Hour)) {
		return
	}
	x.looked, x.moved = now, time.Time{}
	s := x.rules.Settings
	total := rule.Portfolio{At: now}
	var risky []rule.Member
	var mrr, red, loss int64
	for _, id := range x.order {
		c := x.cases[id]
		if c.Client.IsExcluded || !c.State.ChurnedAt.IsZero() {
			continue
		}
		total.Clients++
		own := c.Client.MRR.Currency == s.Currency
		score, known := c.State.HealthScore()
		atRisk := known && score <= s.RiskThreshold
		if atRisk {
			total.AtRiskCount++
		}
		switch {
		case own:
			mrr += c.Client.MRR.Minor
			if atRisk {
				red += c.Client.MRR.Minor
				risky = append(risky, rule.Member{ClientID: id, Name: c.Client.Name, MRR: c.Client.MRR.Amount()})
			}
		case c.Client.HasMRR():
			total.Unlike++
		}
	}
	amount := func(minor int64) float64 { return stanna.Money{Minor: minor, Currency: s.Currency}.Amount() }
	total.MRR, total.AtRisk, total.ExpectedLoss = amount(mrr), amount(red), amount(loss)
	total.Moves = rule.Moves(x.risky, risky, nil)
	total.Moved = len(total.Moves)
	x.risky = risky
	find := func(id string) *stanna.Alert {
		for _, a := range x.whole.Alerts {
			if a.RuleID == id && a.Open() {
				return a
			}
		}
		return nil
	}
	for _, d := range x.rules.JudgePortfolio(total, x.memory, find, nil) {
		if !d.Keep {
			continue
		}
		a, rose := find(d.Alert.RuleID), false
		if a == nil {
			a = &stanna.Alert{}
			d.Alert.ID = x.newID()
			x.whole.Alerts = append(x.whole.Alerts, a)
		} else {
			rose = d.Alert.Severity.Rank() > a.Severity.Rank()
		}
		*a = d.Alert
		x.note(x.whole, []rule.Change{{Decision: d, Alert: a, Rose: rose, At: now}}, nil)
	}
}

// note is what intake promises of changes.
func (x *live) note(of *rule.Case, changes []rule.Change, s *stanna.Signal) {
	for i := range changes {
		c := changes[i]
		switch c.Event {
		case stanna.Opened:
			x.alerts = append(x.alerts, c.Alert)
			x.gather[c.Alert.ID] = c.Gather != ""
			x.call(of, c, s)
		case stanna.Escalated, stanna.Reminded:
			x.call(of, c, s)
		case stanna.Worsened:
			x.worse[c.Alert.ID]++
			for _, m := range slices.Clone(x.carriers(c.Alert)) {
				if c.Rose && m.summary {
					x.tell(c.Alert, of.Client.ID, m.to, m.intended, c.At)
				} else {
					x.Updates[string(m.to)]++
				}
			}
			for _, h := range x.held {
				if c.Rose && h.alert == c.Alert {
					h.until = c.At
				}
			}
		case stanna.Resolved:
			x.held = slices.DeleteFunc(x.held, func(h *promise) bool {
				if h.alert == c.Alert {
					x.Spared++
				}
				return h.alert == c.Alert
			})
			for _, m := range x.carriers(c.Alert) {
				if !c.Quiet {
					x.Updates[string(m.to)]++
				}
				m.carries = slices.DeleteFunc(m.carries, func(a *stanna.Alert) bool { return a == c.Alert })
			}
		}
	}
}

func (x *live) carriers(a *stanna.Alert) (list []*living) {
	for _, m := range x.threads {
		if slices.Contains(m.carries, a) {
			list = append(list, m)
		}
	}
	return list
}

func (x *live) call(of *rule.Case, c rule.Change, s *stanna.Signal) {
	if c.Event == stanna.Opened && c.Alert.JoinedTo != "" {
		i := slices.IndexFunc(x.alerts, func(a *stanna.Alert) bool { return a.ID == c.Alert.JoinedTo })
		if beside := x.carriers(x.alerts[i]); len(beside) > 0 {
			for _, m := range beside {
				m.carries = append(m.carries, c.Alert)
				x.Updates[string(m.to)]++
			}
			return
		}
	}
	n := route.News{Rule: x.byID[c.Alert.RuleID], Alert: *c.Alert, Client: of.Client, State: &of.State, Signal: s, Gather: c.Gather, Step: c.Step, Now: c.At}
	if c.Event == stanna.Opened {
		n.Followers = x.in.Followers[c.Alert.ClientID]
	}
	choices, _ := x.routes.Pick(x.in.Roads, n)
	for _, choice := range choices {
		if choice.Manner.Later() {
			x.held = append(x.held, &promise{c.Alert, of, choice.Intended, choice.Manner.Why, c.At, choice.Manner.Until})
			continue
		}
		x.tell(c.Alert, of.Client.ID, choice.Destination, choice.Intended, c.At)
	}
}

// tell is a message, or a line in the one that lives.
func (x *live) tell(a *stanna.Alert, client string, to, intended stanna.Destination, at time.Time) {
	for _, m := range x.threads {
		if m.client == client && m.intended == intended && !m.summary && len(m.carries) > 0 {
			if !slices.Contains(m.carries, a) {
				m.carries = append(m.carries, a)
			}
			x.Updates[string(m.to)]++
			return
		}
	}
	x.threads = append(x.threads, &living{client: client, to: to, intended: intended, carries: []*stanna.Alert{a}})
	x.message(to, at)
}

func (x *live) message(to stanna.Destination, at time.Time) {
	y, w := at.In(x.routes.Settings.Location()).ISOWeek()
	x.Messages[fmt.Sprintf("%s %d-W%02d", to, y, w)]++
}

func (x *live) release(now time.Time) {
	type ready struct {
		*promise
		choice route.Choice
	}
	to := map[stanna.Destination][]ready{}
	var kept []*promise
	for _, h := range x.held {
		if h.until.After(now) {
			kept = append(kept, h)
			continue
		}
		n := route.News{Rule: x.byID[h.alert.RuleID], Alert: *h.alert, Client: h.of.Client, State: &h.of.State, Now: now}
		if h.why == stanna.ReasonFirstContact || h.why == stanna.ReasonFoundInBackfill {
			n.Gather = h.why
		}
		c := x.routes.Again(x.in.Roads, n, h.intended, h.since)
		if c.Manner.Later() && c.Manner.Until.After(now) {
			h.why, h.until = c.Manner.Why, c.Manner.Until
			kept = append(kept, h)
			continue
		}
		to[c.Destination] = append(to[c.Destination], ready{h, c})
	}
	x.held = kept
	for d, list := range to {
		digest := slices.ContainsFunc(list, func(r ready) bool {
			_, due := x.routes.Digests(x.in.Roads, d).Due(r.since, now)
			return due && slices.Contains([]stanna.Reason{stanna.ReasonDailyDigest, stanna.ReasonWeeklyDigest, stanna.ReasonUnstable, stanna.ReasonDigestOnly}, r.why)
		})
		if len(list) == 1 && !digest {
			x.tell(list[0].alert, list[0].of.Client.ID, d, list[0].choice.Intended, now)
			continue
		}
		x.message(d, now)
		slices.SortFunc(list, func(a, b ready) int { return cmp.Compare(a.alert.ID, b.alert.ID) })
		for _, r := range list {
			x.threads = append(x.threads, &living{client: r.of.Client.ID, to: d, intended: r.choice.Intended, summary: true, carries: []*stanna.Alert{r.alert}})
		}
	}
}
