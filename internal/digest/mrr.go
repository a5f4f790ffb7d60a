package digest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// mrrMove is a movement of the MRR of one client.
type mrrMove struct {
	client   string
	movement stanna.MRRMovement
	amount   stanna.Money // below 0: lost
}

// mrrMoved adds movements up by their kind. Only what moved in the currency is
// added; what moved in others is told apart. Without any movement there is
// nothing to tell.
func mrrMoved(list []mrrMove, currency string) *stanna.MRRMoved {
	if len(list) == 0 {
		return nil
	}
	m := stanna.MRRMoved{Net: stanna.Money{Currency: currency}}
	steps, apart := map[stanna.MRRMovement]map[string]int64{}, map[string]map[string]int64{} // by client
	put := func(in map[string]int64, x mrrMove) map[string]int64 {
		if in == nil {
			in = map[string]int64{}
		}
		in[x.client] += x.amount.Minor
		return in
	}
	for _, x := range list {
		if x.amount.Currency != currency {
			apart[x.amount.Currency] = put(apart[x.amount.Currency], x)
			continue
		}
		steps[x.movement] = put(steps[x.movement], x)
		m.Net.Minor += x.amount.Minor
	}
	for _, kind := range stanna.MRRMovements() {
		if by := steps[kind]; by != nil {
			m.Steps = append(m.Steps, stanna.MRRStep{Movement: kind, Clients: len(by), Amount: stanna.Money{Minor: total(by), Currency: currency}, Named: most(by)})
		}
	}
	for other, by := range apart {
		m.Apart = append(m.Apart, stanna.MRRUnlike{Clients: len(by), Net: stanna.Money{Minor: total(by), Currency: other}})
	}
	slices.SortFunc(m.Apart, func(a, b stanna.MRRUnlike) int {
		return cmp.Or(cmp.Compare(b.Clients, a.Clients), strings.Compare(a.Net.Currency, b.Net.Currency))
	})
	return &m
}

func total(by map[string]int64) (sum int64) {
	for _, n := range by {
		sum += n
	}
	return sum
}

// most names the clients that moved most; only their ids are known yet.
func most(by map[string]int64) (named []stanna.NamedClient) {
	parts := make([]part, 0, len(by))
	for id, amount := range by {
		parts = append(parts, part{id, amount})
	}
	slices.SortFunc(parts, part.larger)
	for _, p := range parts[:min(len(parts), stanna.MaxStepNamed)] {
		named = append(named, stanna.NamedClient{ID: p.id})
	}
	return named
}

// movements are those that came in since the digest begins, of its clients. A
// client that is excluded does not count; one that has left does.
func (b *Book) movements(since time.Time, owner string) ([]mrrMove, error) {
	all, ok := b.mrr[since]
	if !ok {
		signals, err := b.tx.MRRSignals(b.workspace, since, b.now)
		if err != nil {
			return nil, err
		}
		for _, s := range signals {
			if s.Check(s.OccurredAt) != nil {
				continue
			}
			if f, ok := s.Fact.(stanna.SubscriptionChanged); ok { // else it names no movement
				currency := cmp.Or(f.Currency, b.settings.Currency)
				before, after := stanna.MoneyOf(f.Before, currency), stanna.MoneyOf(f.MRR, currency)
				all = append(all, mrrMove{s.ClientID, f.Movement, stanna.Money{Minor: after.Minor - before.Minor, Currency: after.Currency}})
			}
		}
		b.mrr[since] = all
	}
	return filter(all, func(x mrrMove) bool { return b.counts(x.client, owner) }), nil
}
