package digest

import (
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// scope is what a bridge is about.
type scope struct {
	owner     string // e-mail; "": all
	currency  string
	threshold float64 // of now
	was       float64 // of the mark
}

// bridge leads from those who were at risk at a mark to those who are now.
// Each client whose part of the sum is another now has one cause, and the
// causes together are the difference: it adds up by construction. Who did
// what is in the second answer.
func bridge(s scope, before []Member, clients []store.Standing) (stanna.Bridge, map[stanna.BridgeCause][]string) {
	b := stanna.Bridge{Start: sumOf(s.currency), End: sumOf(s.currency)}
	steps, who := map[stanna.BridgeCause]*stanna.BridgeStep{}, map[stanna.BridgeCause][]part{}
	note := func(cause stanna.BridgeCause, id string, amount int64) {
		st := steps[cause]
		if st == nil {
			st = &stanna.BridgeStep{Cause: cause, Amount: stanna.Money{Currency: s.currency}}
			steps[cause] = st
		}
		st.Clients++
		st.Amount.Minor += amount
		who[cause] = append(who[cause], part{id, amount})
	}
	old := make(map[string]Member, len(before))
	for _, m := range before {
		old[m.ID] = m
		if s.counted(m) {
			add(&b.Start, m.MRR)
		}
	}
	for _, c := range clients {
		m, known := old[c.ID]
		was, is := known && s.counted(m), s.counts(c)
		if is {
			add(&b.End, c.MRR)
		}
		from, to := minorIn(m.MRR, s.currency), minorIn(c.MRR, s.currency)
		switch {
		case was && is:
			if from != to {
				note(changed(m.MRR, c.MRR, from, to), c.ID, to-from)
			}
		case was:
			note(s.wentBecause(c), c.ID, -from)
		case is:
			note(s.cameBecause(c, m, known), c.ID, to)
		}
		delete(old, c.ID)
	}
	for id, m := range old { // whose record is gone
		if s.counted(m) {
			note(stanna.LeftAtRisk, id, -minorIn(m.MRR, s.currency))
		}
	}
	ids := map[stanna.BridgeCause][]string{}
	for _, cause := range stanna.BridgeCauses() {
		st := steps[cause]
		if st == nil {
			continue
		}
		slices.SortFunc(who[cause], part.larger)
		for _, p := range who[cause] {
			ids[cause] = append(ids[cause], p.id)
		}
		for _, id := range ids[cause][:min(len(ids[cause]), stanna.MaxStepNamed)] {
			st.Named = append(st.Named, stanna.NamedClient{ID: id})
		}
		b.Steps = append(b.Steps, *st)
	}
	return b, ids
}

// part is what one client did to a sum.
type part struct {
	id     string
	amount int64
}

func (p part) larger(q part) int {
	a, b := max(p.amount, -p.amount), max(q.amount, -q.amount)
	switch {
	case a != b && a > b, a == b && p.id < q.id:
		return -1
	case a == b && p.id == q.id:
		return 0
	}
	return 1
}

// counted says whether a member counted at the mark, by the owner of then.
func (s scope) counted(m Member) bool {
	return !m.Excluded && (s.owner == "" || m.Owner == s.owner)
}

// counts says whether a client counts now.
func (s scope) counts(c store.Standing) bool {
	return red(c, s.threshold) && (s.owner == "" || c.Owner == s.owner)
}

// changed is why a client that was at risk and is has another part of the
// sum.
func changed(was, is stanna.Money, from, to int64) stanna.BridgeCause {
	switch {
	case was.Currency != is.Currency && was.Currency != "" && is.Currency != "":
		return stanna.CurrencyNew
	case to > from:
		return stanna.MRRRose
	}
	return stanna.MRRFell
}

// wentBecause is why a client that counted at the mark does not count now.
func (s scope) wentBecause(c store.Standing) stanna.BridgeCause {
	switch {
	case c.Churned:
		return stanna.LeftAtRisk
	case c.Excluded:
		return stanna.ExcludedNow
	case s.owner != "" && c.Owner != s.owner:
		return stanna.HandedOver
	case c.Scored && c.Health <= s.was: // by the threshold of then it still would
		return stanna.ThresholdOut
	}
	return stanna.BackFromRisk
}

// cameBecause is why a client that did not count at the mark counts now; m is
// how it was then, if it was at risk at all.
func (s scope) cameBecause(c store.Standing, m Member, known bool) stanna.BridgeCause {
	switch {
	case known && m.Excluded:
		return stanna.IncludedNow
	case known:
		return stanna.TakenOver
	case c.Health > s.was: // by the threshold of then it would not
		return stanna.ThresholdIn
	}
	return stanna.NewlyAtRisk
}
