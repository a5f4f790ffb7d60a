package digest

import (
	"cmp"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// move is a client that got worse or left, before it is named.
type move struct {
	store.Standing
	left   bool
	lead   store.MovedAlert // that matters most; without an id there is none
	alerts int
}

// movement finds the clients that got worse or left since a moment, those
// that matter most first, and counts those that got better. Newly are clients
// that came to be at risk, with or without an alert, left those of whom it was
// heard.
func movement(alerts []store.MovedAlert, clients []store.Standing, newly, left []string, since time.Time, currency string) (moves []move, better int) {
	found := map[string]*move{}
	at := func(id string) *move {
		m := found[id]
		if m == nil {
			c, ok := find(clients, id)
			if !ok || c.Excluded {
				return nil
			}
			m = &move{Standing: c}
			found[id] = m
		}
		return m
	}
	well := map[string]bool{}
	for _, a := range alerts {
		switch {
		case a.Why == stanna.ReasonChurned && a.ClosedAt.After(since):
			if m := at(a.ClientID); m != nil && m.Churned {
				m.left = true
				m.take(a)
			}
		case worse(a):
			if m := at(a.ClientID); m != nil && !m.Churned {
				m.take(a)
			}
		case endedWell(a) && a.ClosedAt.After(since):
			if c, ok := find(clients, a.ClientID); ok && c.TakesPart() {
				well[a.ClientID] = true
			}
		}
	}
	fell := map[string]bool{}
	for _, id := range newly {
		fell[id] = at(id) != nil
	}
	for _, id := range left {
		if m := at(id); m != nil && m.Churned {
			m.left = true
		}
	}
	for id, m := range found {
		if !m.left && m.lead.ID == "" && !fell[id] {
			continue
		}
		delete(well, id)
		moves = append(moves, *m)
	}
	slices.SortFunc(moves, func(a, b move) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(minorIn(b.MRR, currency), minorIn(a.MRR, currency)), cmp.Compare(a.ID, b.ID))
	})
	return moves, len(well)
}

// worse says whether an alert that moved says that its client got worse, and
// it still is. What was so when the rule began is no movement.
func worse(a store.MovedAlert) bool {
	if !a.Open || a.Gathered {
		return false
	}
	switch a.Type {
	case stanna.RenewalUpcoming: // has a part of its own
		return false
	case stanna.KeyAccountUpdate: // somebody asked to hear of it
		return true
	}
	e := rule.EntryOf(a.Type)
	return e != nil && e.Nature == rule.Trouble
}

// endedWell says whether an alert of a risk ended well.
func endedWell(a store.MovedAlert) bool {
	e := rule.EntryOf(a.Type)
	risk := e != nil && e.Nature == rule.Trouble
	return !a.Open && risk && (a.Saved || a.Why == stanna.ReasonRecovered || a.Why == stanna.ReasonPaid || a.Why == stanna.ReasonRenewed)
}

// take counts an alert, and lets it lead when it matters more than the one
// that does.
func (m *move) take(a store.MovedAlert) {
	m.alerts++
	if m.lead.ID == "" || cmp.Or(cmp.Compare(a.Severity.Rank(), m.lead.Severity.Rank()), a.OpenedAt.Compare(m.lead.OpenedAt)) > 0 {
		m.lead = a
	}
}

// weight is what a move is ranked by before its revenue: who left comes
// first, then by severity; who fell without an alert counts as medium.
func (m move) weight() int {
	switch {
	case m.left:
		return stanna.Critical.Rank() + 1
	case m.lead.ID == "":
		return stanna.Medium.Rank()
	}
	return m.lead.Severity.Rank()
}

// tell writes the moves that are told in detail.
func (b *Book) tell(moves []move, better int) (stanna.Movement, error) {
	out := stanna.Movement{All: len(moves), Better: better}
	for _, m := range moves {
		if m.left {
			out.Left++
		}
	}
	moves = moves[:min(len(moves), stanna.MaxMoves)]
	var ids []string
	for _, m := range moves {
		if m.lead.ID != "" {
			ids = append(ids, m.lead.ID)
		}
	}
	list, err := b.tx.AlertsByID(b.workspace, ids)
	if err != nil {
		return out, err
	}
	if err := b.readRules(); err != nil {
		return out, err
	}
	for _, m := range moves {
		x := stanna.ClientMove{NamedClient: stanna.NamedClient{ID: m.ID}, Health: m.Health, Scored: m.Scored, Left: m.left, Alerts: m.alerts}
		if i := slices.IndexFunc(list, func(a stanna.Alert) bool { return a.ID == m.lead.ID }); i >= 0 {
			a := list[i]
			x.Alert = &stanna.MovedAlert{ID: a.ID, Type: a.Type, RuleName: a.RuleName, Severity: a.Severity, Why: a.Why, OpenedAt: a.OpenedAt, Evidence: a.Evidence}
			x.Playbook = b.rules[a.RuleID].Playbook
		}
		out.Moves = append(out.Moves, x)
	}
	return out, nil
}

func (b *Book) readRules() error {
	return b.once("rules", func() error {
		list, err := b.tx.Rules(b.workspace)
		b.rules = make(map[string]stanna.Rule, len(list))
		for _, r := range list {
			b.rules[r.ID] = r
		}
		return err
	})
}
