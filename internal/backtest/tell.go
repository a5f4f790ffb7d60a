package backtest

import (
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// hold is a telling that waits for its time.
type hold struct {
	episode  int
	event    stanna.AlertEvent
	intended stanna.Destination
	reason   stanna.Reason // why there
	waits    stanna.Reason // for what
	since    time.Time
	until    time.Time
}

// tale is a step in the telling of an alert. What becomes of it, a message or
// another line in one, is known when the tales of all clients are there.
type tale struct {
	kind        taleKind
	at          time.Time
	episode     int
	beside      int // the episode beside which it is told
	destination stanna.Destination
	intended    stanna.Destination
	reason      stanna.Reason
	waited      stanna.Reason
	digest      bool // what it waited for is a digest, and that was due: a summary even of one
	rose        bool
	quiet       bool
}

type taleKind int8

const (
	atOnce    taleKind = iota
	released           // after it had waited
	joined             // beside another alert of the client
	corrected          // what was told is brought up to date
	ended              // the alert is over
)

// call tells a change wherever the routing sends it, now or later. What joins
// an alert that people were told of is told there.
func (l *life) call(c *rule.Change, s *stanna.Signal) {
	e := l.episode(c.Alert)
	if c.Event == stanna.Opened && c.Alert.JoinedTo != "" {
		for i, x := range l.episodes {
			if x.ID == c.Alert.JoinedTo && x.begun {
				l.episodes[e].begun = true
				l.tales = append(l.tales, tale{kind: joined, at: c.At, episode: e, beside: i, reason: stanna.ReasonJoined})
				return
			}
		}
	}
	n := l.news(c.Alert, c.At)
	n.Signal, n.Gather, n.Step = s, c.Gather, c.Step
	if c.Event == stanna.Opened {
		n.Followers = l.run.in.Followers[c.Alert.ClientID]
	}
	choices, silence := l.plan.route.Pick(l.run.in.Roads, n)
	if silence != "" && l.run.in.within(c.At) {
		l.found.untold[silence]++
	}
	for _, x := range choices {
		if x.Manner.Later() {
			l.holds = append(l.holds, hold{e, c.Event, x.Intended, x.Reason, x.Manner.Why, c.At, x.Manner.Until})
			continue
		}
		l.episodes[e].begun = true
		l.tales = append(l.tales, tale{kind: atOnce, at: c.At, episode: e, destination: x.Destination, intended: x.Intended, reason: x.Reason})
	}
}

// nextHold is when the first of what is held is to be looked at.
func (l *life) nextHold() (next time.Time) {
	for i := range l.holds {
		if u := l.holds[i].until; next.IsZero() || u.Before(next) {
			next = u
		}
	}
	return next
}

// release tells what is held and whose time has come, or finds another reason
// to wait.
func (l *life) release(now time.Time) {
	kept := l.holds[:0]
	for _, h := range l.holds {
		if h.until.After(now) {
			kept = append(kept, h)
			continue
		}
		e := l.episodes[h.episode]
		n := l.news(e.Alert, now)
		if h.waits == stanna.ReasonFirstContact || h.waits == stanna.ReasonFoundInBackfill {
			n.Gather = h.waits
		}
		c := l.plan.route.Again(l.run.in.Roads, n, h.intended, h.since)
		if c.Manner.Later() && c.Manner.Until.After(now) {
			h.waits, h.until = c.Manner.Why, c.Manner.Until
			kept = append(kept, h)
			continue
		}
		e.begun = true
		_, due := l.plan.route.Digests(l.run.in.Roads, c.Destination).Due(h.since, now)
		l.tales = append(l.tales, tale{kind: released, at: now, episode: h.episode, destination: c.Destination, intended: c.Intended, reason: h.reason, waited: h.waits,
			digest: due && digested(h.waits)})
	}
	l.holds = kept
}

// hurry has what is held of an alert looked at now: its severity rose, and it
// may be too urgent to wait.
func (l *life) hurry(episode int, now time.Time) {
	for i := range l.holds {
		if l.holds[i].episode == episode {
			l.holds[i].until = now
		}
	}
}

// spare lets what is held of an alert that is over go untold.
func (l *life) spare(episode int, now time.Time) {
	kept := l.holds[:0]
	for _, h := range l.holds {
		if h.episode != episode {
			kept = append(kept, h)
		} else if l.run.in.within(now) {
			l.found.spared++
		}
	}
	l.holds = kept
}
