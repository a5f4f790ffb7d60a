package intake

import (
	"slices"
	"strconv"

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

// read gathers what is known of the roads, the people and the messages that
// the events concern.
func (p *promises) read() error {
	if err := p.readRoads(); err != nil {
		return err
	}
	var clients, alerts []string
	for _, e := range p.events {
		clients = append(clients, e.Alert.ClientID)
		alerts = append(alerts, e.Alert.ID)
		if e.Alert.JoinedTo != "" {
			alerts = append(alerts, e.Alert.JoinedTo)
		}
	}
	if err := p.readFollowers(clients); err != nil {
		return err
	}
	if err := p.findSurges(); err != nil {
		return err
	}
	if err := p.lockLanes(clients); err != nil {
		return err
	}
	return p.readMessages(clients, alerts)
}

func (p *promises) readRoads() error {
	conn, ok, err := p.tx.Connection(p.workspace)
	if err != nil || !ok {
		return err
	}
	p.roads.Team = conn.TeamID
	if p.roads.Broken, err = p.tx.BrokenDestinations(p.workspace); err != nil {
		return err
	}
	p.roads.People, err = p.tx.People(p.workspace)
	return err
}

func (p *promises) readFollowers(clients []string) error {
	p.followers = map[string][]string{}
	for chunk := range slices.Chunk(unique(clients), Slice) {
		found, err := p.tx.Followers(p.workspace, chunk)
		if err != nil {
			return err
		}
		for id, list := range found {
			p.followers[id] = list
		}
	}
	return nil
}

// readMessages locks the open threads of the clients and whatever carries the
// alerts, and reads what is held of them.
func (p *promises) readMessages(clients, alerts []string) error {
	add := func(list []stanna.Message) {
		for i := range list {
			m := &list[i]
			if known := p.threads[m.ID]; known != nil {
				continue
			}
			p.threads[m.ID] = m
			if m.ClosedAt.IsZero() && m.Kind == stanna.Thread {
				p.open[threadKey{m.ClientID, m.Intended}] = m
			}
		}
	}
	for chunk := range slices.Chunk(unique(clients), Slice) {
		list, err := p.tx.OpenThreads(p.workspace, chunk)
		if err != nil {
			return err
		}
		add(list)
	}
	p.held = map[string][]stanna.Notification{}
	for chunk := range slices.Chunk(unique(alerts), Slice) {
		carries, err := p.tx.ThreadsOf(p.workspace, chunk)
		if err != nil {
			return err
		}
		var ids []string
		for alert, threads := range carries {
			p.carries[alert] = threads
			ids = append(ids, threads...)
		}
		for chunk := range slices.Chunk(unique(ids), Slice) {
			list, err := p.tx.LockMessages(p.workspace, chunk)
			if err != nil {
				return err
			}
			add(list)
		}
		held, err := p.tx.HeldOf(p.workspace, chunk)
		if err != nil {
			return err
		}
		for _, n := range held {
			p.held[n.AlertID] = append(p.held[n.AlertID], n)
		}
	}
	return nil
}

// lockLanes takes the lanes that will have new work before their messages, as
// the couriers do: in the other order they and we could wait for each other.
func (p *promises) lockLanes(clients []string) error {
	var lanes []string
	for chunk := range slices.Chunk(unique(clients), Slice) {
		destinations, err := p.tx.ThreadDestinations(p.workspace, chunk)
		if err != nil {
			return err
		}
		for _, d := range destinations {
			lanes = append(lanes, d.Lane(p.workspace))
		}
	}
	for _, e := range p.events {
		if !calls(e.kind) {
			continue
		}
		choices, _ := p.policy.Pick(p.roads, p.news(e))
		for _, c := range choices {
			lanes = append(lanes, c.Destination.Lane(p.workspace))
		}
	}
	return p.tx.LockLanes(unique(lanes))
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
	if e.kind != stanna.Opened {
		p.revise(e) // what stands says so too
	}
	choices, silence := p.policy.Pick(p.roads, p.news(e))
	if silence != "" {
		entry.Details["untold"] = string(silence)
	}
	surge := p.surgeOf(e)
	for _, c := range choices {
		entry.Details["route"] = string(c.Reason)
		if surge != nil && c.Manner.Why != stanna.ReasonSilenced {
			c.Manner = route.Manner{Why: stanna.ReasonManyAtOnce, Until: surge.Until}
		}
		if c.Manner.Later() {
			entry.Details["held"] = string(c.Manner.Why)
			p.hold(e, c, surge)
			continue
		}
		p.tell(e, p.threadFor(e, c), c.Reason)
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
// anybody.
func (p *promises) revise(e event) {
	for _, id := range p.carries[e.Alert.ID] {
		if m := p.threads[id]; m != nil {
			p.say(m, e.Alert.Severity)
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

// write stores the promises in one go.
func (p *promises) write() error {
	// Closed threads first: the index allows one open thread a client and
	// destination, and a new one may follow.
	var closed, rest []stanna.Message
	for _, m := range p.changed {
		if m.ClosedAt.IsZero() {
			rest = append(rest, *m)
		} else {
			closed = append(closed, *m)
		}
	}
	if err := p.tx.PutMessages(closed...); err != nil {
		return err
	}
	if err := p.tx.PutMessages(rest...); err != nil {
		return err
	}
	if err := p.tx.AddNotifications(p.notifications...); err != nil {
		return err
	}
	if err := p.tx.PutNotifications(p.timed...); err != nil {
		return err
	}
	for why, alerts := range p.spared {
		for chunk := range slices.Chunk(unique(alerts), Slice) {
			if err := p.tx.SpareHeld(p.workspace, chunk, why); err != nil {
				return err
			}
		}
	}
	for _, id := range p.summaries {
		if err := p.tx.Revise(p.workspace, id); err != nil {
			return err
		}
	}
	if p.closing {
		if err := p.closeThreads(); err != nil {
			return err
		}
	}
	jobs := oneEach(p.jobs)
	if err := p.tx.Enqueue(jobs...); err != nil {
		return err
	}
	for _, j := range jobs {
		if !slices.Contains(p.lanes, j.Lane) {
			p.lanes = append(p.lanes, j.Lane)
		}
	}
	return p.tx.Audit(p.trail...)
}

// closeThreads closes the threads that carry no open alert any more.
func (p *promises) closeThreads() error {
	ids := p.over
	for _, m := range p.changed {
		if m.ClosedAt.IsZero() {
			ids = append(ids, m.ID)
		}
	}
	for chunk := range slices.Chunk(unique(ids), Slice) {
		live, err := p.tx.LiveThreads(p.workspace, chunk)
		if err != nil {
			return err
		}
		over := slices.DeleteFunc(slices.Clone(chunk), func(id string) bool { return slices.Contains(live, id) })
		if err := p.tx.CloseThreads(p.workspace, over, p.real); err != nil {
			return err
		}
	}
	return nil
}

// oneEach merges jobs for the same message: a statement may not meet a key
// twice.
func oneEach(jobs []stanna.Job) []stanna.Job {
	at := map[[2]string]int{}
	var out []stanna.Job
	for _, j := range jobs {
		key := [2]string{j.Lane, j.Ref}
		if i, ok := at[key]; ok {
			out[i].Priority = max(out[i].Priority, j.Priority)
			continue
		}
		at[key] = len(out)
		out = append(out, j)
	}
	return out
}

func unique[T ~string](ids []T) []T {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

func figure(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
