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
	p := &promises{batch: b, threads: map[string]*stanna.Message{}, open: map[threadKey]*stanna.Message{}, carries: map[string][]string{}}
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

// promises is what the events of a batch lead to.
type promises struct {
	*batch
	roads   route.Map
	threads map[string]*stanna.Message    // every one that matters, by id
	open    map[threadKey]*stanna.Message // those that take further alerts
	carries map[string][]string           // alert → threads that carry it

	changed       []*stanna.Message
	notifications []stanna.Notification
	jobs          []stanna.Job
	trail         []stanna.AuditEntry
	summaries     []string // told anew because a client in them changed
	closing       bool     // an alert was resolved: threads may close
}

// threadKey finds the living thread: one client at one destination.
type threadKey struct {
	client   string
	intended stanna.Destination
}

func (p *promises) read() error {
	conn, ok, err := p.tx.Connection(p.workspace)
	if err != nil {
		return err
	}
	p.roads = route.Map{Settings: p.policy.Settings}
	if ok {
		p.roads.Team = conn.TeamID
		if p.roads.Broken, err = p.tx.BrokenDestinations(p.workspace); err != nil {
			return err
		}
	}
	var clients, alerts []string
	for _, e := range p.events {
		clients = append(clients, e.alert.ClientID)
		alerts = append(alerts, e.alert.ID)
	}
	if err := p.lockLanes(clients); err != nil {
		return err
	}
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
		if e.kind != stanna.Opened {
			continue
		}
		choices, _ := route.Pick(e.rule, p.roads)
		for _, c := range choices {
			lanes = append(lanes, c.Destination.Lane(p.workspace))
		}
	}
	return p.tx.LockLanes(unique(lanes))
}

// promise writes one event down for each place that is to be told.
func (p *promises) promise(e event) error {
	entry := stanna.AuditEntry{Workspace: p.workspace, At: p.real, Actor: stanna.ActorSystem, Action: "alert." + string(e.kind),
		Subject: e.alert.ID, Reason: e.alert.Why, Details: map[string]string{
			"client": e.alert.ClientID, "rule": e.alert.RuleID, "severity": string(e.alert.Severity), "signal": e.alert.Evidence.SignalID,
			"from": figure(e.alert.Evidence.Base), "to": figure(e.alert.Evidence.Value),
		}}
	if e.kind == stanna.Opened {
		choices, silence := route.Pick(e.rule, p.roads)
		if silence != "" {
			entry.Details["untold"] = string(silence)
		}
		for _, c := range choices {
			entry.Details["route"] = string(c.Reason)
			p.tell(e, p.threadFor(e, c), c.Reason)
		}
	}
	for _, id := range p.carries[e.alert.ID] {
		if e.kind == stanna.Opened {
			break
		}
		thread := p.threads[id]
		if thread == nil {
			continue
		}
		if e.rose && thread.SummaryID != "" && thread.ClosedAt.IsZero() {
			// Told among many others so far; now it has earned a message of its own.
			thread.ClosedAt = p.real
			p.change(thread)
			delete(p.open, threadKey{thread.ClientID, thread.Intended})
			thread = p.newThread(e.alert.ClientID, route.Choice{Destination: thread.Destination, Intended: thread.Intended})
		}
		p.tell(e, thread, "")
	}
	p.closing = p.closing || e.kind == stanna.Resolved
	p.trail = append(p.trail, entry)
	return nil
}

// threadFor is the client's living thread at a destination, or a new one.
func (p *promises) threadFor(e event, c route.Choice) *stanna.Message {
	if m := p.open[threadKey{e.alert.ClientID, c.Intended}]; m != nil && (m.SummaryID == "" || e.alert.Severity.Rank() < stanna.High.Rank()) {
		return m
	} else if m != nil {
		m.ClosedAt = p.real
		p.change(m)
	}
	return p.newThread(e.alert.ClientID, c)
}

func (p *promises) newThread(client string, c route.Choice) *stanna.Message {
	m := &stanna.Message{Workspace: p.workspace, ID: store.NewID("msg"), Kind: stanna.Thread, ClientID: client,
		Destination: c.Destination, Intended: c.Intended, CreatedAt: p.real}
	p.threads[m.ID] = m
	p.open[threadKey{client, c.Intended}] = m
	return m
}

// tell promises an event at a thread: the thread says something new, and a
// job on its lane makes it true.
func (p *promises) tell(e event, thread *stanna.Message, why stanna.Reason) {
	thread.Revision++
	p.change(thread)
	p.notifications = append(p.notifications, stanna.Notification{
		Workspace: p.workspace, ID: store.NewID("ntf"), AlertID: e.alert.ID, ClientID: e.alert.ClientID, MessageID: thread.ID,
		Destination: thread.Destination, Event: e.kind, Severity: e.alert.Severity, Revision: thread.Revision,
		Status: stanna.Waiting, Reason: why, CreatedAt: p.real,
	})
	if !slices.Contains(p.carries[e.alert.ID], thread.ID) {
		p.carries[e.alert.ID] = append(p.carries[e.alert.ID], thread.ID)
	}
	ref := thread.ID
	if thread.SummaryID != "" {
		ref = thread.SummaryID
		if !slices.Contains(p.summaries, ref) {
			p.summaries = append(p.summaries, ref)
		}
	}
	p.jobs = append(p.jobs, stanna.Job{Lane: thread.Destination.Lane(p.workspace), Kind: stanna.MessageJob, Ref: ref,
		Priority: e.alert.Severity.Rank(), Due: p.real, CreatedAt: p.real})
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
	var ids []string
	for _, m := range p.changed {
		if m.ClosedAt.IsZero() {
			ids = append(ids, m.ID)
		}
	}
	for chunk := range slices.Chunk(ids, Slice) {
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

func unique(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

func figure(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
