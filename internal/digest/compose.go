package digest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Ask says which digest is wanted.
type Ask struct {
	Date    string    // its local date
	From    time.Time // what it covers begins here, by the workspace's clock
	First   bool      // nothing was told before
	Weekly  bool
	Late    bool
	By      string // who sends it by hand
	Edition stanna.DigestEdition
	Owner   string // e-mail: their accounts alone; "" is all of them
}

// Longest is how far back a digest looks at most, however long ago the last
// one was.
const Longest = 92 * 24 * time.Hour

// Compose makes a digest of the book.
func (b *Book) Compose(ask Ask) (stanna.Digest, error) {
	if ask.Edition == "" {
		ask.Edition = stanna.TeamEdition
	}
	if earliest := b.now.Add(-Longest); ask.From.Before(earliest) {
		ask.From = earliest
	}
	s, clients := b.settings, b.of(ask.Owner)
	d := stanna.Digest{Date: ask.Date, From: ask.From.UTC(), To: b.now, First: ask.First, Weekly: ask.Weekly, Late: ask.Late, By: ask.By,
		Edition: ask.Edition, Owner: ask.Owner, Currency: s.Currency}
	d.Risk, d.Others = riskOf(clients, s)
	way, did, err := b.bridge(ask)
	if err != nil {
		return d, err
	}
	alerts, err := b.alerts(ask)
	if err != nil {
		return d, err
	}
	left, err := b.tx.ChurnedSince(b.workspace, ask.From)
	if err != nil {
		return d, err
	}
	moves, better := movement(alerts, clients, did[stanna.NewlyAtRisk], append(left, did[stanna.LeftAtRisk]...), ask.From, s.Currency)
	if d.Movement, err = b.tell(moves, better); err != nil {
		return d, err
	}
	d.Wins = wins(alerts, clients, ask.From, s.Currency)
	d.NotRecovered = notRecovered(alerts, clients, ask.From, s.Currency)
	if err := b.tellMilestones(&d, milestones(alerts, clients, ask.From, s.Currency)); err != nil {
		return d, err
	}
	if d.HeldBack, err = b.heldBack(ask.Owner); err != nil {
		return d, err
	}
	if d.Unowned, err = b.nobodys(ask.Owner); err != nil {
		return d, err
	}
	if ask.Weekly {
		if err := b.status(&d, clients, way); err != nil {
			return d, err
		}
	}
	if ask.Edition == stanna.LeadershipEdition {
		withoutClients(&d)
		return d, nil
	}
	return d, b.name(&d)
}

// status adds what a weekly summary says of where things stand.
func (b *Book) status(d *stanna.Digest, clients []store.Standing, way *stanna.Bridge) error {
	d.Zones, d.Bridge = zonesOf(clients, b.settings), way
	moves, err := b.movements(d.From, d.Owner)
	if err != nil {
		return err
	}
	d.MRRMoved = mrrMoved(moves, b.settings.Currency)
	r := renewals(clients, b.settings, b.today(-renewalDays), b.today(0), b.today(renewalDays))
	d.Renewals = &r
	marks, err := b.marksOf(d.Owner)
	if err != nil {
		return err
	}
	now := store.MarkFigures{Currency: b.settings.Currency, Threshold: b.settings.RiskThreshold, AtRisk: d.Risk.AtRisk.MRR.Minor, Loss: d.Risk.Loss.Minor}
	list := weeks(marks, now, b.now.In(b.zone), rangedWeeks+1)
	d.Risk.Weeks = shown(list[len(list)-shownWeeks:])
	total := d.Risk.Total.MRR.Minor
	d.Risk.AtRiskIn4 = ahead(list, func(w week) int64 { return w.atRisk }, total, b.settings.Currency)
	d.Risk.LossIn4 = ahead(list, func(w week) int64 { return w.loss }, total, b.settings.Currency)
	err = b.once("acted", func() (err error) {
		b.acted, err = b.tx.AlertsActedOn(b.workspace, b.now.AddDate(0, 0, -interventionDays))
		return err
	})
	acted := interventions(filter(b.acted, func(a store.ActedAlert) bool { return b.counts(a.ClientID, d.Owner) }))
	d.Acted = &acted
	return err
}

// counts says whether a client is known, not excluded, and of the owner.
func (b *Book) counts(id, owner string) bool {
	c, ok := b.client(id)
	return ok && !c.Excluded && (owner == "" || c.Owner == owner)
}

// alerts are those that moved since the digest begins, of its clients.
func (b *Book) alerts(ask Ask) ([]store.MovedAlert, error) {
	all, ok := b.moved[ask.From]
	if !ok {
		var err error
		if all, err = b.tx.AlertsMoved(b.workspace, ask.From); err != nil {
			return nil, err
		}
		b.moved[ask.From] = all
	}
	if ask.Owner == "" {
		return all, nil
	}
	return filter(all, func(a store.MovedAlert) bool { return b.counts(a.ClientID, ask.Owner) }), nil
}

func filter[T any](list []T, keep func(T) bool) (kept []T) {
	for _, x := range list {
		if keep(x) {
			kept = append(kept, x)
		}
	}
	return kept
}

// bridge leads here from the newest mark that is not younger than what the
// digest covers, else from the oldest there is. Without one there is none.
func (b *Book) bridge(ask Ask) (*stanna.Bridge, map[stanna.BridgeCause][]string, error) {
	marks, err := b.marksOf("")
	if err != nil {
		return nil, nil, err
	}
	from := startOf(marks, ask.From, b.now)
	if from == nil {
		return nil, nil, nil
	}
	members, ok := b.members[from.Date]
	if !ok {
		data, err := b.tx.MarkMembers(b.workspace, from.Date)
		if err != nil {
			return nil, nil, err
		}
		if members, err = unpack(data); err != nil {
			return nil, nil, err
		}
		b.members[from.Date] = members
	}
	s := b.settings
	before, now := b.concerning(ask.Owner, members)
	way, did := bridge(scope{ask.Owner, s.Currency, s.RiskThreshold, from.Figures.Threshold}, before, now)
	way.Since, way.At = from.Date, from.At
	if was := from.Figures.Threshold; was != s.RiskThreshold {
		way.ThresholdWas = &was
	}
	if was := from.Figures.Currency; was != s.Currency {
		way.CurrencyWas = was
	}
	return &way, did, nil
}

// concerning are the members and the clients that are or were an owner's: the
// few of one among all. Members are by id.
func (b *Book) concerning(owner string, members []Member) ([]Member, []store.Standing) {
	if owner == "" {
		return members, b.clients
	}
	now := slices.Clone(b.of(owner))
	var before []Member
	for _, c := range now {
		if i, ok := slices.BinarySearchFunc(members, c.ID, func(m Member, id string) int { return strings.Compare(m.ID, id) }); ok {
			before = append(before, members[i])
		}
	}
	for _, m := range members {
		if m.Owner != owner {
			continue
		}
		c, ok := b.client(m.ID)
		if !ok || c.Owner != owner {
			before = append(before, m)
		}
		if ok && c.Owner != owner {
			now = append(now, c)
		}
	}
	return before, now
}

// startOf is the mark that a bridge begins at: the newest that is not younger
// than from, else the oldest of an earlier time than now.
func startOf(marks []store.Mark, from, now time.Time) *store.Mark {
	var start *store.Mark
	for i := range marks {
		m := &marks[i]
		if !m.At.After(from) || start == nil && m.At.Before(now) {
			start = m
		}
	}
	return start
}

// marksOf are the marks of an owner, or of all, as far back as anything asks.
func (b *Book) marksOf(owner string) ([]store.Mark, error) {
	if marks, ok := b.marks[owner]; ok {
		return marks, nil
	}
	marks, err := b.tx.Marks(b.workspace, owner, b.today(-7*(rangedWeeks+1)))
	if err == nil {
		b.marks[owner] = marks
	}
	return marks, err
}

// heldBack counts what waits for longer, by what it waits for, most first.
func (b *Book) heldBack(owner string) (list []stanna.HeldBack, err error) {
	err = b.once("held", func() (err error) {
		b.held, err = b.tx.HeldAlerts(b.workspace, b.now)
		return err
	})
	sums := map[stanna.Reason]int{}
	for _, h := range b.held {
		if owner == "" || b.counts(h.ClientID, owner) {
			sums[h.Reason] += h.Alerts
		}
	}
	for why, n := range sums {
		list = append(list, stanna.HeldBack{Reason: why, Alerts: n})
	}
	slices.SortFunc(list, func(x, y stanna.HeldBack) int {
		return cmp.Or(cmp.Compare(y.Alerts, x.Alerts), cmp.Compare(x.Reason, y.Reason))
	})
	return list, err
}

// nobodys lists the clients with an open alert that is nobody's. One CSM has
// none of them.
func (b *Book) nobodys(owner string) (stanna.ClientList, error) {
	if owner != "" {
		return stanna.ClientList{ClientSum: sumOf(b.settings.Currency)}, nil
	}
	err := b.once("unowned", func() (err error) {
		b.unowned, err = b.tx.UnownedClients(b.workspace)
		return err
	})
	var found []store.Standing
	for _, id := range b.unowned {
		if c, ok := b.client(id); ok && c.TakesPart() {
			found = append(found, c)
		}
	}
	return listOf(found, b.settings.Currency), err
}
