package backtest

import (
	"slices"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
)

// life is one client under one policy. A worker uses it again for the next
// client, and it gathers what is found.
type life struct {
	run    *run
	plan   *plan
	client int
	of     rule.Case
	newID  func() string
	n      int       // alerts named so far
	taken  time.Time // when the last signal came

	episodes []*episode
	tales    []tale
	holds    []hold
	member   member // as the portfolio counts it

	reasons [][]counted // by the place of the rule; of this client
	found   found
}

// found is what a life gathers over all its clients.
type found struct {
	clients []clientFound
	reasons [][]counted
	untold  map[stanna.Reason]int
	spared  int
	steps   []step
	loss    []float64 // expected loss by hour of the history, as it changed
	sweeps  *hours    // the first moment in each hour at which time alone brought something
}

// clientFound is what became of one client.
type clientFound struct {
	client   int // −1: the whole portfolio
	episodes []*episode
	tales    []tale
}

// counted is how often a reason was given, and about how many clients.
type counted struct {
	reason         stanna.Reason
	times, clients int
}

// episode is an alert with what was seen of it on its way.
type episode struct {
	*stanna.Alert
	trigger  stanna.Reason // why it opened
	gathered stanna.Reason
	worsened int
	told     []Told
	begun    bool // somebody was told of it, or it stands beside what they were told
}

func newLife(r *run, p *plan) *life {
	l := &life{run: r, plan: p, reasons: make([][]counted, len(p.rule.Rules)+1)}
	l.newID = func() string { l.n++; return strconv.Itoa(l.n) }
	l.found = found{reasons: make([][]counted, len(l.reasons)), untold: map[stanna.Reason]int{}}
	if p.watches {
		l.found.sweeps = newHours(r.in)
		l.found.loss = make([]float64, len(l.found.sweeps.at))
	}
	return l
}

// play lets a client live through the history.
func (l *life) play(client int, signals []stanna.Signal) {
	l.begin(client, l.run.in.Clients[client])
	for i := range signals {
		s := &signals[i]
		if s.OccurredAt.After(l.taken) { // what comes at one moment comes together
			l.passTo(s.OccurredAt)
			l.taken = s.OccurredAt
		}
		became, _, changes := l.of.Take(l.plan.rule, *s, s.OccurredAt, l.newID)
		l.note(changes, s, s.OccurredAt)
		if became == stanna.Accepted && l.run.in.within(s.OccurredAt) {
			l.count(l.of.Decisions())
		}
		if l.plan.watches {
			l.watch(s.OccurredAt)
		}
	}
	l.passTo(l.run.in.End)
	l.end()
}

// begin takes another client up: new to the rules, as when the book of
// business was loaded.
func (l *life) begin(client int, c stanna.Client) {
	l.of.Client, l.of.Alerts = c, nil
	l.of.State = stanna.State{Workspace: c.Workspace, ClientID: c.ID, Due: stanna.AtOnce}
	l.client, l.n, l.taken, l.episodes, l.tales, l.holds = client, 0, time.Time{}, nil, nil, l.holds[:0]
	l.member = member{}
	if l.plan.watches {
		l.watch(l.run.in.Begin.Add(-1))
	}
}

// passTo lets time pass to a moment: what is due on the way is done at its own
// time, in order. The rules come before what was held, as in a live sweep.
func (l *life) passTo(t time.Time) {
	for {
		due, held := l.of.State.Due, l.nextHold()
		switch {
		case !due.IsZero() && !due.After(t) && (held.IsZero() || !held.Before(due)):
			relook := stanna.Reason("")
			if due.Equal(stanna.AtOnce) {
				due, relook = l.run.in.Begin, stanna.ReasonFirstContact
			}
			l.swept(due)
			l.note(l.of.Tick(l.plan.rule, due, relook, l.newID), nil, due)
		case !held.IsZero() && !held.After(t):
			if held.Equal(l.taken) {
				l.swept(held.Add(afterSignals))
			} else {
				l.swept(held)
			}
			l.release(held)
		default:
			return
		}
	}
}

// afterSignals marks a moment at which time brought something after the signals
// of that moment, rather than before them: one has made what was held urgent.
const afterSignals = time.Nanosecond

func (l *life) swept(at time.Time) {
	if l.found.sweeps != nil {
		l.found.sweeps.first(at)
	}
}

// note follows what became of alerts.
func (l *life) note(changes []rule.Change, s *stanna.Signal, now time.Time) {
	closed := false
	for i := range changes {
		c := &changes[i]
		switch c.Event {
		case "":
		case stanna.Opened:
			l.episodes = append(l.episodes, &episode{Alert: c.Alert, trigger: c.Alert.Evidence.Trigger, gathered: c.Gather})
			l.call(c, s)
		case stanna.Escalated, stanna.Reminded:
			l.call(c, s)
		case stanna.Worsened:
			e := l.episode(c.Alert)
			l.episodes[e].worsened++
			l.tales = append(l.tales, tale{kind: corrected, at: now, episode: e, rose: c.Rose})
			if c.Rose {
				l.hurry(e, now)
			}
		case stanna.Eased:
			l.tales = append(l.tales, tale{kind: corrected, at: now, episode: l.episode(c.Alert)})
		case stanna.Resolved:
			e := l.episode(c.Alert)
			l.spare(e, now)
			l.tales = append(l.tales, tale{kind: ended, at: now, episode: e, quiet: c.Quiet})
			closed = true
		}
	}
	if closed { // what is over is no longer asked about
		l.of.Alerts = slices.DeleteFunc(l.of.Alerts, func(a *stanna.Alert) bool { return !a.Open() })
	}
}

// episode is the place of an alert among the client's episodes.
func (l *life) episode(a *stanna.Alert) int {
	for i := len(l.episodes) - 1; i >= 0; i-- {
		if l.episodes[i].Alert == a {
			return i
		}
	}
	return -1
}

// count counts why rules were silent about a signal.
func (l *life) count(decisions []rule.Decision) {
	for i := range decisions {
		d := &decisions[i]
		if d.Event != "" {
			continue
		}
		list := &l.reasons[l.plan.place[d.Rule]]
		k := 0
		for k < len(*list) && (*list)[k].reason != d.Reason {
			k++
		}
		if k == len(*list) {
			*list = append(*list, counted{reason: d.Reason, clients: 1})
		}
		(*list)[k].times++
	}
}

// end puts the client's part to that of the others.
func (l *life) end() {
	if len(l.episodes) > 0 {
		l.found.clients = append(l.found.clients, clientFound{l.client, l.episodes, l.tales})
	}
	for i, list := range l.reasons {
		for _, c := range list {
			l.found.reasons[i] = addCount(l.found.reasons[i], c)
		}
		l.reasons[i] = list[:0]
	}
}

func addCount(list []counted, c counted) []counted {
	for i := range list {
		if list[i].reason == c.reason {
			list[i].times += c.times
			list[i].clients += c.clients
			return list
		}
	}
	return append(list, c)
}

// news is a change as the routing sees it.
func (l *life) news(a *stanna.Alert, now time.Time) route.News {
	return route.News{Rule: l.plan.rules[a.RuleID], Alert: *a, Client: l.of.Client, State: &l.of.State, Now: now}
}
