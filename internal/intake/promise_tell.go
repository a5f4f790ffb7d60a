package intake

import (
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/store"
)

// correct tells an event in the messages that carry the alert. One that was
// told among many others and whose severity rises has earned a message of its
// own.
func (p *promises) correct(e event) {
	var carriers []*stanna.Message
	for _, id := range p.carries[e.Alert.ID] {
		if m := p.threads[id]; m != nil {
			carriers = append(carriers, m)
		}
	}
	for _, m := range carriers {
		if !e.Rose || e.kind == stanna.Resolved || !amongOthers(m) {
			p.tell(e, m, "")
			continue
		}
		if m.Kind == stanna.Thread {
			p.close(m)
		} else {
			p.say(m, e.Alert.Severity)
		}
		own := slices.ContainsFunc(carriers, func(x *stanna.Message) bool {
			return !amongOthers(x) && x.Intended == m.Intended && x.ClosedAt.IsZero()
		})
		if own {
			continue
		}
		c := p.policy.Again(p.roads, p.news(e), m.Intended, e.at)
		if c.Manner.Later() { // also what rises waits for hours to begin, and for a silence to end
			p.hold(e, c, nil)
			continue
		}
		p.tell(e, p.threadFor(e, c), "")
	}
}

// amongOthers says whether a message tells many alerts, or is told by one that
// does.
func amongOthers(m *stanna.Message) bool {
	return m.Kind == stanna.Summary || m.SummaryID != "" && m.ClosedAt.IsZero()
}

// revise brings the messages that carry the alert up to date without telling
// anybody; those that are told are up to date.
func (p *promises) revise(e event, told ...*stanna.Message) {
	for _, id := range p.carries[e.Alert.ID] {
		if m := p.threads[id]; m != nil && !slices.Contains(told, m) {
			p.say(m, e.Alert.Severity)
			p.remember(e, m, false)
		}
	}
}

func (p *promises) close(m *stanna.Message) {
	m.ClosedAt = p.real
	p.change(m)
	if key := (threadKey{m.ClientID, m.Intended}); p.open[key] == m {
		delete(p.open, key)
	}
}

// callAt is the message that calls people at a place: the client's living
// thread, whose history says it aloud. What was told among many others gets a
// thread of its own.
func (p *promises) callAt(e event, c route.Choice) *stanna.Message {
	if m := p.open[threadKey{e.Alert.ClientID, c.Intended}]; m != nil && m.SummaryID != "" && e.kind != stanna.Opened && e.kind != stanna.Worsened {
		p.close(m)
	}
	return p.threadFor(e, c)
}

// threadFor is the client's living thread at a destination, or a new one.
func (p *promises) threadFor(e event, c route.Choice) *stanna.Message {
	if m := p.open[threadKey{e.Alert.ClientID, c.Intended}]; m != nil && (m.SummaryID == "" || e.Alert.Severity.Rank() < stanna.High.Rank()) {
		return m
	} else if m != nil {
		p.close(m)
	}
	return p.newThread(e.Alert.ClientID, c)
}

func (p *promises) newThread(client string, c route.Choice) *stanna.Message {
	m := &stanna.Message{Workspace: p.workspace, ID: store.NewID("msg"), Kind: stanna.Thread, ClientID: client,
		Destination: c.Destination, Intended: c.Intended, CreatedAt: p.real}
	p.threads[m.ID] = m
	p.open[threadKey{client, c.Intended}] = m
	return m
}

// notification is the promise to tell an event, without a place.
func (p *promises) notification(e event, why stanna.Reason) stanna.Notification {
	return stanna.Notification{Workspace: p.workspace, ID: store.NewID("ntf"), AlertID: e.Alert.ID, ClientID: e.Alert.ClientID,
		Event: e.kind, Severity: e.Alert.Severity, Reason: why, CreatedAt: p.real}
}

// tell promises an event at a message: it says something new, and a job on
// its lane makes it true.
func (p *promises) tell(e event, m *stanna.Message, why stanna.Reason) {
	p.say(m, e.Alert.Severity)
	p.remember(e, m, aloud(e))
	p.spend(e, m.Destination)
	n := p.notification(e, why)
	n.MessageID, n.Destination, n.Revision, n.Status = m.ID, m.Destination, m.Revision, stanna.Waiting
	p.notifications = append(p.notifications, n)
	if !slices.Contains(p.carries[e.Alert.ID], m.ID) {
		p.carries[e.Alert.ID] = append(p.carries[e.Alert.ID], m.ID)
	}
}

// say raises the revision of a message and puts it on its lane.
func (p *promises) say(m *stanna.Message, severity stanna.Severity) {
	m.Revision++
	p.change(m)
	ref := m.ID
	if m.SummaryID != "" {
		ref = m.SummaryID
		if !slices.Contains(p.summaries, ref) {
			p.summaries = append(p.summaries, ref)
		}
	}
	p.jobs = append(p.jobs, stanna.Job{Lane: m.Destination.Lane(p.workspace), Kind: stanna.MessageJob, Ref: ref,
		Priority: severity.Rank(), Due: p.real, CreatedAt: p.real})
}

func (p *promises) change(m *stanna.Message) {
	if !slices.Contains(p.changed, m) {
		p.changed = append(p.changed, m)
	}
}
