package intake

import (
	"maps"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// release looks at what is held and whose time has come: it is told now, or
// timed anew when another reason to wait has come meanwhile. Several for one
// destination are told in one message, and with the digest that is due there.
// It says how many it looked at.
func (b *batch) release(now time.Time, digests []dueDigest) (int, error) {
	slice, err := b.tx.HeldDue(b.workspace, now, Slice)
	if err != nil {
		return 0, err
	}
	r := &release{promises: b.promises(), now: now, to: map[stanna.Destination][]held{}, digests: map[stanna.Destination]*dueDigest{}}
	for i := range digests {
		if d := &digests[i]; d.says != nil {
			r.digests[d.Whose] = d
		}
	}
	if len(slice)+len(r.digests) == 0 {
		return 0, nil
	}
	due, err := r.gather(slice)
	if err != nil {
		return 0, err
	}
	if due, err = r.read(due); err != nil {
		return 0, err
	}
	for _, n := range due {
		r.sort(n)
	}
	for _, d := range r.order {
		if err := r.tell(d); err != nil {
			return 0, err
		}
	}
	for _, d := range slices.Sorted(maps.Keys(r.digests)) {
		if err := r.tellAlone(r.digests[d]); err != nil {
			return 0, err
		}
	}
	err = r.write()
	b.files, b.due, b.alerts, b.events = nil, nil, nil, nil
	return len(slice), err
}

// release is the telling of what was held.
type release struct {
	*promises
	now   time.Time
	to    map[stanna.Destination][]held
	order []stanna.Destination
	known map[string]*stanna.Alert
	going map[string]stanna.Surge // that still hold

	digests map[stanna.Destination]*dueDigest // composed and not told yet, by whose they are
}

// held is a notification whose time has come, with what it is about.
type held struct {
	stanna.Notification
	alert  *stanna.Alert
	client *rule.Case
	choice route.Choice
	waited stanna.Reason // what it had waited for
}

// read reads what the notifications are about, and holds the clients. It
// gives those of them that are due still: another replica may have told the
// others meanwhile.
func (r *release) read(due []stanna.Notification) ([]stanna.Notification, error) {
	var clients, alerts, ids []string
	for _, n := range due {
		clients = append(clients, n.ClientID)
		alerts = append(alerts, n.AlertID)
		ids = append(ids, n.ID)
	}
	if err := r.batch.open(clients); err != nil {
		return nil, err
	}
	still, err := r.tx.LockHeld(r.workspace, ids, r.now)
	if err != nil {
		return nil, err
	}
	due = slices.DeleteFunc(due, func(n stanna.Notification) bool { return !still[n.ID] })
	if err := r.readRoads(); err != nil {
		return nil, err
	}
	r.known = map[string]*stanna.Alert{}
	for chunk := range slices.Chunk(unique(alerts), Slice) {
		list, err := r.tx.AlertsByID(r.workspace, chunk)
		if err != nil {
			return nil, err
		}
		for i := range list {
			r.known[list[i].ID] = &list[i]
		}
	}
	surges, err := r.tx.HoldingSurges(r.workspace)
	if err != nil {
		return nil, err
	}
	r.going = map[string]stanna.Surge{}
	for _, s := range surges {
		r.going[s.ID] = s
	}
	if err := r.lockLanes(clients); err != nil {
		return nil, err
	}
	return due, r.readMessages(clients, nil)
}

// sort finds out what becomes of a held notification.
func (r *release) sort(n stanna.Notification) {
	a := r.known[n.AlertID]
	if a == nil || !a.Open() {
		n.Status, n.Reason = stanna.Spared, stanna.ReasonEndedBeforeTold
		r.timed = append(r.timed, n)
		return
	}
	c := r.caseOf(a)
	news := route.News{Rule: r.policy.rules[a.RuleID], Alert: *a, Client: c.Client, State: &c.State, Now: r.now}
	if n.Reason == stanna.ReasonFirstContact || n.Reason == stanna.ReasonFoundInBackfill {
		news.Gather = n.Reason
	}
	choice := r.policy.Again(r.roads, news, n.Hold.Intended, n.Hold.Since)
	if s, ok := r.going[n.Hold.Surge]; ok && n.Hold.Surge != "" && s.Until.After(r.now) {
		choice.Manner = route.Manner{Why: stanna.ReasonManyAtOnce, Until: s.Until}
	}
	if choice.Manner.Later() && choice.Manner.Until.After(r.now) {
		n.Reason, n.Hold.Until, n.Severity = choice.Manner.Why, choice.Manner.Until, a.Severity
		r.timed = append(r.timed, n)
		return
	}
	d := choice.Destination
	if _, ok := r.to[d]; !ok {
		r.order = append(r.order, d)
	}
	r.to[d] = append(r.to[d], held{n, a, c, choice, n.Reason})
}

// tell tells what was held for one destination: a single alert in its thread,
// several in one summary. A digest is a summary even of one.
func (r *release) tell(d stanna.Destination) error {
	list := r.to[d]
	why := r.weightiest(list)
	digest := why == stanna.ReasonDailyDigest || why == stanna.ReasonWeeklyDigest
	if len(list) == 1 && !digest {
		h := list[0]
		e := event{Change: rule.Change{Alert: h.alert}, kind: h.Event, client: h.client, at: r.now}
		m := r.callAt(e, h.choice)
		r.say(m, h.alert.Severity)
		r.remember(e, m, aloud(e))
		r.carry(h, m)
		return nil
	}
	m := &stanna.Message{Workspace: r.workspace, ID: store.NewID("sum"), Kind: stanna.Summary, Destination: d, Intended: d, CreatedAt: r.real,
		Occasion: stanna.Occasion{Why: why, Since: list[0].Hold.Since}}
	r.threads[m.ID] = m
	severity := stanna.Info
	for _, h := range list {
		if h.Hold.Since.Before(m.Occasion.Since) {
			m.Occasion.Since = h.Hold.Since
		}
		if h.alert.Severity.Rank() > severity.Rank() {
			severity = h.alert.Severity
		}
	}
	if err := r.occasion(m, d, list); err != nil {
		return err
	}
	r.say(m, severity)
	for _, h := range list {
		r.carry(h, m)
	}
	return nil
}

// occasion completes what the summary says about itself: how many recovered
// while they waited, and of a digest its date and what else it says.
func (r *release) occasion(m *stanna.Message, d stanna.Destination, list []held) error {
	var x *dueDigest
	if m.Occasion.Why == stanna.ReasonDailyDigest || m.Occasion.Why == stanna.ReasonWeeklyDigest {
		x = r.digestFor(d, m.Occasion.Since, list)
	}
	recovered, err := r.tx.SparedSince(r.workspace, d, m.Occasion.Since)
	if err != nil {
		return err
	}
	m.Occasion.Recovered = recovered
	if x == nil {
		return nil
	}
	delete(r.digests, x.Whose)
	// A date has one digest at a destination. What comes after it on the same
	// date (a switch was turned meanwhile) is told all the same, as a summary.
	mine, err := r.take(x, m)
	if err == nil && !mine {
		m.Occasion = stanna.Occasion{Why: stanna.ReasonReleased, Since: m.Occasion.Since, Recovered: m.Occasion.Recovered}
	}
	return err
}

// carry promises a notification that was held at the message that tells it.
func (r *release) carry(h held, m *stanna.Message) {
	n := h.Notification
	n.Status, n.MessageID, n.Destination, n.Revision, n.Severity = stanna.Waiting, m.ID, m.Destination, m.Revision, h.alert.Severity
	n.Hold.Until = time.Time{}
	r.timed = append(r.timed, n)
	r.trail = append(r.trail, stanna.AuditEntry{Workspace: r.workspace, At: r.real, Actor: stanna.ActorSystem, Action: "notification.released",
		Subject: n.ID, Reason: h.waited, Details: map[string]string{"alert": n.AlertID, "message": m.ID}})
}

// weightiest is what a summary says its alerts had waited for, when they had
// waited for different things. What waited for a digest and goes before it was
// due, because it rose or the switch was turned back, is none.
func (r *release) weightiest(list []held) stanna.Reason {
	order := []stanna.Reason{stanna.ReasonDailyDigest, stanna.ReasonWeeklyDigest, stanna.ReasonOutsideHours, stanna.ReasonManyAtOnce,
		stanna.ReasonSilenced, stanna.ReasonFirstContact, stanna.ReasonFoundInBackfill}
	best := len(order)
	for _, h := range list {
		why := h.waited
		if waitsForDigest(why) && why != stanna.ReasonWeeklyDigest {
			why = stanna.ReasonDailyDigest
		}
		if waitsForDigest(why) {
			if _, due := r.policy.Digests(r.roads, h.choice.Destination).Due(h.Hold.Since, r.now); !due {
				continue
			}
		}
		if i := slices.Index(order, why); i >= 0 {
			best = min(best, i)
		}
	}
	if best == len(order) {
		return stanna.ReasonReleased
	}
	return order[best]
}
