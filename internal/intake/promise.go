package intake

import (
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/store"
)

// promise writes down who will be told of the batch's events: threads,
// notifications, jobs and the trail.
func (b *batch) promise() error {
	if len(b.events) == 0 {
		return nil
	}
	p := b.promises()
	if err := p.read(); err != nil {
		return err
	}
	for _, e := range b.events {
		if err := p.promise(e); err != nil {
			return err
		}
	}
	return p.write()
}

func (b *batch) promises() *promises {
	return &promises{batch: b, threads: map[string]*stanna.Message{}, open: map[threadKey]*stanna.Message{}, carries: map[string][]string{}}
}

// promises is what the events of a batch lead to.
type promises struct {
	*batch
	roads     route.Roads
	followers map[string][]string           // by client
	surges    []stanna.Surge                // that hold what belongs to them
	threads   map[string]*stanna.Message    // every message that matters, by id
	open      map[threadKey]*stanna.Message // threads that take further alerts
	carries   map[string][]string           // alert → messages that carry it
	held      map[string][]stanna.Notification

	changed       []*stanna.Message
	notifications []stanna.Notification // new ones
	timed         []stanna.Notification // held ones whose time or place is another now
	spared        map[stanna.Reason][]string
	spent         map[stanna.Destination]*store.Attention // nil: nobody has a budget
	jobs          []stanna.Job
	trail         []stanna.AuditEntry
	summaries     []string // told anew because a client in them changed
	closing       bool     // an alert was resolved: threads may close
	over          []string // threads of which an alert ended without a word
}

// threadKey finds the living thread: one client at one destination.
type threadKey struct {
	client   string
	intended stanna.Destination
}

// calls says whether an event calls people, wherever they are told, rather
// than correcting what they were told.
func calls(kind stanna.AlertEvent) bool {
	return kind == stanna.Opened || kind == stanna.Escalated || kind == stanna.Reminded
}

// news is an event as the routing sees it.
func (p *promises) news(e event) route.News {
	n := route.News{Rule: p.policy.rules[e.Alert.RuleID], Alert: *e.Alert, Client: e.client.Client, State: &e.client.State, Signal: e.signal,
		Gather: e.Gather, Step: e.Step, Now: e.at}
	if e.kind == stanna.Opened {
		n.Followers = p.followers[e.Alert.ClientID]
	}
	return n
}

// promise writes one event down for each place that is to be told.
func (p *promises) promise(e event) error {
	entry := p.entry(e)
	switch {
	case e.kind == stanna.Resolved:
		why := stanna.ReasonEndedBeforeTold
		if e.Alert.Why == stanna.ReasonDiscarded {
			why = stanna.ReasonDiscarded
		}
		p.spare(e.Alert.ID, why)
		if e.Quiet { // what stands stays, and takes nothing further
			p.over = append(p.over, p.carries[e.Alert.ID]...)
		} else {
			p.correct(e)
		}
	case calls(e.kind):
		p.call(e, &entry)
	case e.kind == changedByPerson:
		entry.Action = string(e.Reason)
		p.revise(e)
		if e.Alert.Status == stanna.AlertTaken || e.Alert.Status == stanna.AlertSnoozed {
			p.spare(e.Alert.ID, e.Alert.Why) // they know
		}
	case e.kind == stanna.Eased:
		p.revise(e)
	default:
		p.correct(e)
		if e.Rose { // what waits may be too urgent to wait now
			for _, n := range p.held[e.Alert.ID] {
				n.Hold.Until, n.Severity = e.at, e.Alert.Severity
				p.timed = append(p.timed, n)
			}
		}
	}
	p.closing = p.closing || e.kind == stanna.Resolved
	p.trail = append(p.trail, entry)
	return nil
}

// entry is the event in the audit trail.
func (p *promises) entry(e event) stanna.AuditEntry {
	actor := p.actor
	if actor == "" {
		actor = stanna.ActorSystem
	}
	why := e.Decision.Alert.Why // as it was then: more may have followed in the same transaction
	if why == "" {
		why = e.Alert.Why
	}
	return stanna.AuditEntry{Workspace: p.workspace, At: p.real, Actor: actor, Action: "alert." + string(e.kind),
		Subject: e.Alert.ID, Reason: why, Details: map[string]string{
			"client": e.Alert.ClientID, "rule": e.Alert.RuleID, "severity": string(e.Alert.Severity), "signal": e.Alert.Evidence.SignalID,
			"from": figure(e.Alert.Evidence.Base), "to": figure(e.Alert.Evidence.Value),
		}}
}

// call tells an event at every place that the routing chooses, now or when
// its time comes. What joins an open alert is told where that one is.
func (p *promises) call(e event, entry *stanna.AuditEntry) {
	if beside := p.carries[e.Alert.JoinedTo]; e.kind == stanna.Opened && e.Alert.JoinedTo != "" && len(beside) > 0 {
		entry.Details["joined"] = e.Alert.JoinedTo
		for _, id := range beside {
			if m := p.threads[id]; m != nil {
				p.tell(e, m, stanna.ReasonJoined)
			}
		}
		return
	}
	choices, silence := p.policy.Pick(p.roads, p.news(e))
	if silence != "" {
		entry.Details["untold"] = string(silence)
	}
	surge, told := p.surgeOf(e), []*stanna.Message(nil)
	for _, c := range choices {
		entry.Details["route"] = string(c.Reason)
		if surge != nil && c.Manner.Why != stanna.ReasonSilenced {
			c.Manner = route.Manner{Why: stanna.ReasonManyAtOnce, Until: surge.Until}
		}
		if c.Manner.Later() {
			entry.Details["held"] = string(c.Manner.Why)
			p.hold(e, c, surge)
			if c.Manner.Why == stanna.ReasonBudget {
				p.heldBack(e, c)
			}
			continue
		}
		m := p.callAt(e, c)
		p.tell(e, m, c.Reason)
		told = append(told, m)
	}
	if e.kind == stanna.Escalated {
		p.revise(e, told...) // what stands elsewhere says so too; that it was snoozed until now is true already
	}
}

// hold promises an event for later.
func (p *promises) hold(e event, c route.Choice, surge *stanna.Surge) {
	n := p.notification(e, c.Manner.Why)
	n.Destination, n.Status = c.Destination, stanna.Held
	n.Hold = stanna.Hold{Intended: c.Intended, Since: e.at, Until: c.Manner.Until}
	if surge != nil {
		n.Hold.Surge = surge.ID
	}
	p.notifications = append(p.notifications, n)
	p.held[e.Alert.ID] = append(p.held[e.Alert.ID], n)
}

// spare lets what is held of an alert go untold.
func (p *promises) spare(alert string, why stanna.Reason) {
	if len(p.held[alert]) == 0 {
		return
	}
	// One that was held by this very batch is not stored yet.
	for i := range p.notifications {
		if n := &p.notifications[i]; n.AlertID == alert && n.Status == stanna.Held {
			n.Status, n.Reason = stanna.Spared, why
		}
	}
	if p.spared == nil {
		p.spared = map[stanna.Reason][]string{}
	}
	p.spared[why] = append(p.spared[why], alert)
}
