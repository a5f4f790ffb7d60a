package intake

import (
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/digest"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/store"
)

// digestLate is from when on a digest says that it is late.
const digestLate = 15 * time.Minute

// digestBegins is how late the very first digest of a place may come. After
// that it was due before there were digests there.
const digestBegins = 5 * time.Minute

// morning is what a moment brings of digests.
type morning struct {
	mark    string // the local date whose mark is to be taken; "": none is
	marks   *digest.Marks
	digests []dueDigest
}

func (m *morning) empty() bool { return m.mark == "" && len(m.digests) == 0 }

// dueDigest is a digest that is due at a place, and what becomes of it.
type dueDigest struct {
	route.DigestPlace
	record stanna.DigestRecord
	ask    digest.Ask
	said   bool           // that nothing has happened was said already
	says   *stanna.Digest // once it is composed; nil: it is not sent
}

// due finds out which digests are due. It reads little.
func (b *batch) digestsDue(now time.Time) (*morning, error) {
	m := &morning{}
	last, known, err := b.tx.LastMark(b.workspace)
	if err != nil {
		return nil, err
	}
	if due, ok := latest(b.policy.EveryDay(), last.Date, last.At, now); ok && (known || !b.follows || due.At.Equal(now)) {
		m.mark = due.Date
	}
	places, had, err := b.digestPlaces(b.policy.Plan.Settings.Digests, now)
	if err != nil {
		return nil, err
	}
	for _, x := range places {
		if d, ok := b.digestDue(x, had, now); ok {
			m.digests = append(m.digests, d)
		}
	}
	return m, nil
}

// place is a place with digests, and when they are due.
type place struct {
	route.DigestPlace
	calendar stanna.DigestCalendar
	today    string // the local date there
}

// digestPlaces reads who has digests by the plans, and what they had.
func (b *batch) digestPlaces(plans []stanna.DigestPlan, now time.Time) ([]place, map[stanna.Destination]store.DigestsOf, error) {
	if len(plans) == 0 {
		return nil, nil, nil
	}
	p := b.promises()
	if err := p.readRoads(); err != nil {
		return nil, nil, err
	}
	var owners []string
	if slices.ContainsFunc(plans, func(p stanna.DigestPlan) bool { return p.To == stanna.ToOwner }) {
		var err error
		if owners, err = b.tx.Owners(b.workspace); err != nil {
			return nil, nil, err
		}
	}
	var list []place
	for _, x := range b.policy.DigestPlaces(plans, p.roads, owners, now) {
		calendar := b.policy.Digests(p.roads, x.Whose)
		if !x.Plan.Daily {
			calendar = calendar.WeeklyOnly()
		}
		list = append(list, place{x, calendar, b.policy.Today(p.roads, x.Whose, now)})
	}
	had, err := b.tx.LastDigests(b.workspace)
	return list, had, err
}

// latest is the newest digest that is due by now and belongs to a later date
// than the last one did.
func latest(c stanna.DigestCalendar, date string, at, now time.Time) (stanna.DigestDue, bool) {
	if on, ok := c.On(date); ok && on.At.After(at) {
		at = on.At // the time of day was changed since
	}
	due, ok := c.Due(at, now)
	if date == "" { // there was none that it could stand for
		due, ok = c.On(due.Date)
	}
	return due, ok && due.Date > date
}

// digestDue says whether a digest is due at a place.
func (b *batch) digestDue(x place, had map[stanna.Destination]store.DigestsOf, now time.Time) (d dueDigest, ok bool) {
	of, known := had[x.Whose]
	due, ok := latest(x.calendar, of.Last.Date, of.Last.DueAt, now)
	if !ok {
		return d, false
	}
	weekly := x.Plan.Weekly && (due.Weekly || of.Owed.After(of.Weekly))
	d = dueDigest{DigestPlace: x.DigestPlace, record: stanna.DigestRecord{Workspace: b.workspace, ID: store.NewID("dig"), Destination: x.Whose, Date: due.Date,
		DueAt: due.At, Until: now, Weekly: weekly, Late: now.Sub(due.At) > digestLate, Reason: x.Silent, At: b.real}}
	if !known && now.Sub(due.At) > digestBegins {
		d.record.Reason, d.record.Late = stanna.ReasonDigestsBegin, false
		return d, true
	}
	d.ask = x.ask(of, weekly, due.At)
	d.ask.Date, d.ask.Late = due.Date, d.record.Late
	d.said = of.Last.Reason == stanna.ReasonStillNothing || of.Last.Reason == stanna.ReasonNothingToSay && of.Last.Sent()
	return d, true
}

// ask says what a digest tells at a place: what has happened since the last
// one, or since one before would have been due.
func (x place) ask(of store.DigestsOf, weekly bool, at time.Time) digest.Ask {
	a := digest.Ask{From: of.Told, Weekly: weekly, Edition: x.Plan.Edition, Owner: x.Scope}
	if weekly {
		a.From = of.Weekly
	}
	if a.From.IsZero() {
		a.From, a.First = before(x.calendar, weekly, at), true
	}
	return a
}

// before is where a digest begins that has none before it: when the one
// before it would have been due.
func before(c stanna.DigestCalendar, weekly bool, at time.Time) time.Time {
	if weekly {
		c = c.WeeklyOnly()
	}
	if due, ok := c.Due(at.AddDate(0, 0, -15), at.Add(-time.Second)); ok {
		return due.At
	}
	return at.AddDate(0, 0, -7)
}

// compose makes what is due. It walks along the whole book, which takes up to
// a second where that is very large: so it is done on a snapshot before the
// transaction that sends it, lest the one writer of SQLite keep every sender
// waiting, and what it says is what was true at that moment. Where time
// follows the signals it must see those of its own transaction.
func (b *batch) compose(m *morning, now time.Time) error {
	if m.empty() {
		return nil
	}
	wanted := m.mark != ""
	for _, d := range m.digests {
		wanted = wanted || d.record.Reason == ""
	}
	if !wanted {
		return nil
	}
	book, err := digest.Read(b.tx, b.workspace, b.policy.Plan.Settings, now)
	if err != nil {
		return err
	}
	if m.mark != "" {
		marks, err := book.Marks(m.mark)
		if err != nil {
			return err
		}
		m.marks = &marks
	}
	for i := range m.digests {
		d := &m.digests[i]
		if d.record.Reason != "" {
			continue
		}
		says, err := book.Compose(d.ask)
		if err != nil {
			return err
		}
		d.says = &says
	}
	return nil
}

// keepMorning stores the mark and the digests that are not sent, each with
// the reason.
func (b *batch) keepMorning(m *morning) error {
	if m.marks != nil {
		mine, err := b.tx.PutMarks(b.workspace, m.marks.Whole, m.marks.Owners, m.marks.Members)
		if err != nil {
			return err
		}
		if mine {
			old := m.marks.Whole.At.AddDate(0, 0, -7*digest.Weeks).Format(time.DateOnly)
			if err := b.tx.ForgetMarks(b.workspace, old); err != nil {
				return err
			}
			if err := b.tx.ForgetDigests(b.workspace, old); err != nil {
				return err
			}
		}
	}
	for _, d := range m.digests {
		if d.says == nil {
			if _, err := b.withhold(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// withhold notes that a digest is not sent, and why.
func (b *batch) withhold(d dueDigest) (mine bool, err error) {
	d.record.MessageID = ""
	if mine, err = b.tx.TakeDigest(d.record, nil); err != nil || !mine {
		return mine, err
	}
	return true, b.tx.Audit(stanna.AuditEntry{Workspace: b.workspace, At: b.real, Actor: stanna.ActorSystem, Action: "digest.not_sent", Subject: d.record.ID,
		Reason: d.record.Reason, Details: map[string]string{"destination": string(d.Whose), "date": d.record.Date}})
}

// playMorning composes the digests that are due where time follows the
// signals, if any may be.
func (b *batch) playMorning(now time.Time, seen bool) (*morning, error) {
	next, err := b.nextMorning()
	if err != nil || !seen && (next.IsZero() || next.After(now)) {
		return nil, err
	}
	b.morning = time.Time{}
	m, err := b.digestsDue(now)
	if err != nil {
		return nil, err
	}
	return m, b.compose(m, now)
}

// nextMorning is when the next mark or digest is due, where time follows the
// signals; what was due earlier than this batch began is due with it.
func (b *batch) nextMorning() (time.Time, error) {
	if !b.morning.IsZero() {
		return b.morning, nil
	}
	last, _, err := b.tx.LastMark(b.workspace)
	if err != nil {
		return time.Time{}, err
	}
	next := b.following(b.policy.EveryDay(), last.Date, last.At)
	places, had, err := b.digestPlaces(b.policy.Plan.Settings.Digests, b.began)
	if err != nil {
		return time.Time{}, err
	}
	for _, x := range places {
		of := had[x.Whose].Last
		if at := b.following(x.calendar, of.Date, of.DueAt); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	b.morning = next
	return next, nil
}

// following is when the first digest is due that belongs to a later date than
// the last one did; the zero time: none is.
func (b *batch) following(c stanna.DigestCalendar, date string, at time.Time) time.Time {
	if date == "" {
		at = b.began
	}
	for range 10 { // a date more than once: its time of day was changed, or the zone
		due, ok := c.Next(at)
		if !ok {
			return time.Time{}
		}
		if due.Date > date {
			if due.At.Before(b.began) {
				return b.began
			}
			return due.At
		}
		at = due.At
	}
	return time.Time{}
}
