package backtest

import (
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// thread is the living message about one client at one place.
type thread struct {
	to, intended stanna.Destination
	alerts       []int // open ones that it carries
	summary      bool  // it is a line in a message about many
}

// mailbox is what a destination gets.
type mailbox struct {
	messages map[string]int // by local date
	updates  int
}

// mail counts messages by destination.
type mail struct {
	run    *run
	zone   *time.Location
	boxes  map[stanna.Destination]*mailbox
	groups map[group]*summary
}

// group is what is released for one place at one moment: one message.
type group struct {
	to stanna.Destination
	at int64
}

type summary struct {
	alerts  int
	digest  bool
	counted bool
}

// deliver makes messages of the tales: what is released together is one
// message, and what a client has a living thread for is another line in it.
func (f *finish) deliver() *mail {
	m := &mail{run: f.run, zone: f.plan.route.Settings.Location(), boxes: map[stanna.Destination]*mailbox{}, groups: map[group]*summary{}}
	for _, c := range f.clients {
		for _, t := range c.tales {
			if t.kind != released {
				continue
			}
			k := group{t.destination, t.at.UnixNano()}
			g := m.groups[k]
			if g == nil {
				g = &summary{}
				m.groups[k] = g
			}
			g.alerts++
			g.digest = g.digest || t.digest
		}
	}
	for i := range f.clients {
		m.client(&f.clients[i])
	}
	return m
}

// digested says whether what was waited for is a digest.
func digested(waited stanna.Reason) bool {
	switch waited {
	case stanna.ReasonDailyDigest, stanna.ReasonWeeklyDigest, stanna.ReasonUnstable, stanna.ReasonDigestOnly, stanna.ReasonBudget:
		return true
	}
	return false
}

// client makes messages of one client's tales.
func (m *mail) client(c *clientFound) {
	var threads []*thread
	carried := make([][]*thread, len(c.episodes))
	tell := func(t tale) {
		e := c.episodes[t.episode]
		i := slices.IndexFunc(threads, func(x *thread) bool { return !x.summary && x.intended == t.intended && len(x.alerts) > 0 })
		fresh := i < 0
		if fresh {
			threads = append(threads, &thread{to: t.destination, intended: t.intended})
			i = len(threads) - 1
			m.message(t.destination, t.at)
		} else {
			m.update(threads[i].to, t.at)
		}
		x := threads[i]
		if !slices.Contains(x.alerts, t.episode) {
			x.alerts = append(x.alerts, t.episode)
			carried[t.episode] = append(carried[t.episode], x)
		}
		if t.reason != "" {
			e.told = append(e.told, Told{Destination: x.to, Reason: t.reason, At: t.at, Waited: t.waited, Message: fresh})
		}
	}
	for _, t := range c.tales {
		switch t.kind {
		case atOnce:
			tell(t)
		case released:
			g := m.groups[group{t.destination, t.at.UnixNano()}]
			if g.alerts == 1 && !g.digest {
				tell(t)
				continue
			}
			if !g.counted {
				g.counted = true
				m.message(t.destination, t.at)
			}
			x := &thread{to: t.destination, intended: t.intended, alerts: []int{t.episode}, summary: true}
			carried[t.episode] = append(carried[t.episode], x)
			c.episodes[t.episode].told = append(c.episodes[t.episode].told, Told{Destination: t.destination, Reason: t.reason, At: t.at, Waited: t.waited})
		case joined:
			for _, x := range carried[t.beside] {
				m.update(x.to, t.at)
				x.alerts = append(x.alerts, t.episode)
				carried[t.episode] = append(carried[t.episode], x)
				c.episodes[t.episode].told = append(c.episodes[t.episode].told, Told{Destination: x.to, Reason: t.reason, At: t.at})
			}
		case corrected:
			for _, x := range slices.Clone(carried[t.episode]) {
				if t.rose && x.summary { // told among many so far; now it has earned a message of its own
					tell(tale{at: t.at, episode: t.episode, destination: x.to, intended: x.intended})
					continue
				}
				m.update(x.to, t.at)
			}
		case ended:
			for _, x := range carried[t.episode] {
				if !t.quiet {
					m.update(x.to, t.at)
				}
				x.alerts = slices.DeleteFunc(x.alerts, func(e int) bool { return e == t.episode })
			}
		}
	}
}

func (m *mail) box(to stanna.Destination) *mailbox {
	b := m.boxes[to]
	if b == nil {
		b = &mailbox{messages: map[string]int{}}
		m.boxes[to] = b
	}
	return b
}

func (m *mail) message(to stanna.Destination, at time.Time) {
	if m.run.in.within(at) {
		m.box(to).messages[at.In(m.zone).Format(time.DateOnly)]++
	}
}

func (m *mail) update(to stanna.Destination, at time.Time) {
	if m.run.in.within(at) {
		m.box(to).updates++
	}
}

// person is the e-mail of whom a direct message goes to, or "".
func (m *mail) person(to stanna.Destination) string {
	_, id, _ := to.Slack()
	if !to.Direct() {
		return ""
	}
	best := ""
	for email, p := range m.run.in.Roads.People {
		if p.SlackID == id && (best == "" || strings.Compare(email, best) < 0) {
			best = email
		}
	}
	return best
}
