package intake

import (
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/store"
)

// maxInDigest is how many alerts one digest takes; it is one message, so that
// it does not come in slices.
const maxInDigest = 4096

// gather adds to a slice of what is due whatever else waits for a digest that
// this release tells: a date has one.
func (r *release) gather(slice []stanna.Notification) ([]stanna.Notification, error) {
	var whole []stanna.Destination
	for _, n := range slice {
		if waitsForDigest(n.Reason) {
			whole = append(whole, n.Destination)
		}
	}
	for _, d := range r.digests {
		whole = append(whole, d.Whose, d.To)
	}
	due := slices.Clone(slice)
	known := make(map[string]bool, len(slice))
	for _, n := range slice {
		known[n.ID] = true
	}
	for _, d := range unique(whole) {
		list, err := r.tx.HeldDueAt(r.workspace, d, r.now, maxInDigest)
		if err != nil {
			return nil, err
		}
		for _, n := range list {
			if !known[n.ID] {
				known[n.ID] = true
				due = append(due, n)
			}
		}
	}
	return due, nil
}

// waitsForDigest says whether a reason to wait ends with a digest.
func waitsForDigest(why stanna.Reason) bool {
	switch why {
	case stanna.ReasonDailyDigest, stanna.ReasonWeeklyDigest, stanna.ReasonUnstable, stanna.ReasonDigestOnly, stanna.ReasonBudget:
		return true
	}
	return false
}

// digestFor is the digest that is due at a place and tells what waited there
// since then: one that says more by a plan, or only what waited.
func (r *release) digestFor(d stanna.Destination, since time.Time, list []held) *dueDigest {
	if x := r.digests[d]; x != nil {
		return x
	}
	meant := list[0].choice.Intended
	if x := r.digests[meant]; x != nil && x.To == d && !slices.ContainsFunc(list, func(h held) bool { return h.choice.Intended != meant }) {
		return x
	}
	due, ok := r.policy.Digests(r.roads, d).Due(since, r.now)
	if !ok {
		return nil
	}
	return &dueDigest{DigestPlace: route.DigestPlace{Whose: d, To: d}, record: stanna.DigestRecord{Workspace: r.workspace, ID: store.NewID("dig"), Destination: d,
		Date: due.Date, DueAt: due.At, Until: r.now, Weekly: due.Weekly, Late: r.now.Sub(due.At) > digestLate, At: r.real}}
}

// take makes a message the digest of its place and date, if no other is.
func (r *release) take(x *dueDigest, m *stanna.Message) (mine bool, err error) {
	x.record.MessageID = m.ID
	if mine, err = r.tx.TakeDigest(x.record, x.says); err != nil || !mine {
		return mine, err
	}
	m.Destination, m.Intended = x.To, x.Whose
	m.Occasion.Why, m.Occasion.Date, m.Occasion.Late = stanna.ReasonDailyDigest, x.record.Date, x.record.Late
	if x.record.Weekly {
		m.Occasion.Why = stanna.ReasonWeeklyDigest
	}
	details := map[string]string{"destination": string(x.Whose), "date": x.record.Date, "message": m.ID}
	if x.says != nil {
		m.Occasion.Digest, m.Occasion.Since = x.record.ID, x.says.From
	}
	r.trail = append(r.trail, stanna.AuditEntry{Workspace: r.workspace, At: r.real, Actor: stanna.ActorSystem, Action: "digest.promised", Subject: x.record.ID,
		Reason: m.Occasion.Why, Details: details})
	return true, nil
}

// tellAlone tells a digest for which no alert has waited, unless it has
// nothing to say and its plan would rather be silent.
func (r *release) tellAlone(x *dueDigest) error {
	if x.says.Nothing() {
		x.record.Reason = stanna.ReasonNothingToSay
		if x.said {
			x.record.Reason = stanna.ReasonStillNothing
		}
		if x.Plan.Empty != stanna.SayNothing || x.said {
			_, err := r.withhold(*x)
			return err
		}
	}
	m := &stanna.Message{Workspace: r.workspace, ID: store.NewID("sum"), Kind: stanna.Summary, Destination: x.To, Intended: x.Whose, CreatedAt: r.real}
	if mine, err := r.take(x, m); err != nil || !mine {
		return err
	}
	r.threads[m.ID] = m
	r.say(m, stanna.Medium)
	r.notifications = append(r.notifications, digestNotification(m))
	return nil
}

// digestNotification is the promise to tell a digest that carries no alert.
func digestNotification(m *stanna.Message) stanna.Notification {
	return stanna.Notification{Workspace: m.Workspace, ID: store.NewID("ntf"), MessageID: m.ID, Destination: m.Destination, Event: stanna.Digested,
		Severity: stanna.Info, Revision: m.Revision, Status: stanna.Waiting, Reason: m.Occasion.Why, CreatedAt: m.CreatedAt}
}
