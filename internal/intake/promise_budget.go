package intake

import (
	"maps"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/store"
)

// readSpent reads how much places have had today, where any of them has a
// budget; its rows are held, so that two replicas count one after the other.
func (p *promises) readSpent(now time.Time) error {
	if !p.policy.HasBudgets(p.roads) {
		return nil
	}
	p.spent = map[stanna.Destination]*store.Attention{}
	p.roads.Spent = route.Spent{}
	// A date is some people's yesterday and others' tomorrow.
	at := now.UTC()
	list, err := p.tx.AttentionOn(p.workspace, at.AddDate(0, 0, -1).Format(time.DateOnly), at.Format(time.DateOnly), at.AddDate(0, 0, 1).Format(time.DateOnly))
	if err != nil {
		return err
	}
	var notices []string
	for _, a := range list {
		if a.Date != p.policy.Today(p.roads, a.Destination, now) {
			continue
		}
		p.roads.Spent[a.Destination] = a.Told
		if a.Held > 0 {
			notices = append(notices, budgetNotice(a.Destination, a.Date))
		}
	}
	for chunk := range slices.Chunk(notices, Slice) {
		list, err := p.tx.LockMessages(p.workspace, chunk)
		if err != nil {
			return err
		}
		for i := range list {
			p.threads[list[i].ID] = &list[i]
		}
	}
	return nil
}

// spend counts a message that calls somebody.
func (p *promises) spend(e event, to stanna.Destination) {
	if p.spent == nil || !aloud(e) {
		return
	}
	p.roads.Spent[to]++
	p.counted(e, to).Told++
}

// heldBack counts an alert that a place has no budget for, and has the place
// told so: once a day, in a notice that is kept true.
func (p *promises) heldBack(e event, c route.Choice) {
	a := p.counted(e, c.Destination)
	a.Held++
	id := budgetNotice(c.Destination, a.Date)
	if p.threads[id] == nil {
		p.threads[id] = &stanna.Message{Workspace: p.workspace, ID: id, Kind: stanna.Notice, Destination: c.Destination, Intended: c.Destination,
			CreatedAt: p.real, Occasion: stanna.Occasion{Why: stanna.ReasonBudget, Until: c.Manner.Until, Date: a.Date}}
	}
	p.say(p.threads[id], stanna.Low)
}

// budgetNotice names the notice of a place and a local date for ever.
func budgetNotice(to stanna.Destination, date string) string {
	return "bud_" + date + "_" + string(to)
}

func (p *promises) counted(e event, to stanna.Destination) *store.Attention {
	a := p.spent[to]
	if a == nil {
		a = &store.Attention{Destination: to, Date: p.policy.Today(p.roads, to, e.at)}
		p.spent[to] = a
	}
	return a
}

// writeSpent stores what was counted.
func (p *promises) writeSpent() error {
	if len(p.spent) == 0 {
		return nil
	}
	var list []store.Attention
	for _, to := range slices.Sorted(maps.Keys(p.spent)) {
		list = append(list, *p.spent[to])
	}
	return p.tx.AddAttention(p.workspace, list)
}
