package digest

import (
	"cmp"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// winOf says what went well with an alert since a moment, or "".
func winOf(a store.MovedAlert, since time.Time) stanna.WinKind {
	if a.Type == stanna.ExpansionOpportunity {
		if a.Open && !a.Gathered && a.OpenedAt.After(since) {
			return stanna.WonExpansion
		}
		return ""
	}
	if !endedWell(a) || !a.ClosedAt.After(since) {
		return ""
	}
	switch {
	case a.Saved:
		return stanna.WonSave
	case a.Why == stanna.ReasonPaid:
		return stanna.WonPayment
	case a.Why == stanna.ReasonRenewed:
		return stanna.WonRenewal
	}
	return stanna.WonRecovery
}

// wins lists what went well since a moment. Nothing is celebrated with a
// client that has left, nor an end of what has begun again.
func wins(alerts []store.MovedAlert, clients []store.Standing, since time.Time, currency string) (list []stanna.Win) {
	type kind struct {
		client string
		of     stanna.AlertType
	}
	again := map[kind]bool{}
	for _, a := range alerts {
		if worse(a) {
			again[kind{a.ClientID, a.Type}] = true
		}
	}
	won := map[stanna.WinKind]map[string]store.Standing{}
	for _, a := range alerts {
		k := winOf(a, since)
		c, ok := find(clients, a.ClientID)
		if k == "" || !ok || !c.TakesPart() || again[kind{a.ClientID, a.Type}] {
			continue
		}
		if won[k] == nil {
			won[k] = map[string]store.Standing{}
		}
		won[k][c.ID] = c
	}
	for _, k := range stanna.WinKinds() {
		if len(won[k]) > 0 {
			list = append(list, stanna.Win{Kind: k, ClientList: listOf(inOrder(won[k]), currency)})
		}
	}
	return list
}

// notRecovered lists the clients one of whose alerts thirty days did not end.
func notRecovered(alerts []store.MovedAlert, clients []store.Standing, since time.Time, currency string) stanna.ClientList {
	found := map[string]store.Standing{}
	for _, a := range alerts {
		if a.Why == stanna.ReasonNotRecovered && !a.Open && a.ClosedAt.After(since) {
			if c, ok := find(clients, a.ClientID); ok && c.TakesPart() {
				found[c.ID] = c
			}
		}
	}
	return listOf(inOrder(found), currency)
}

// milestones picks the milestones since a moment, those of the largest
// clients first.
func milestones(alerts []store.MovedAlert, clients []store.Standing, since time.Time, currency string) (list []store.MovedAlert) {
	mrr := map[string]int64{}
	for _, a := range alerts {
		if a.Type != stanna.Milestone || a.Gathered || !a.OpenedAt.After(since) {
			continue
		}
		if c, ok := find(clients, a.ClientID); ok && c.TakesPart() {
			mrr[a.ClientID] = minorIn(c.MRR, currency)
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b store.MovedAlert) int {
		return cmp.Or(cmp.Compare(mrr[b.ClientID], mrr[a.ClientID]), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// tellMilestones reads what the first of them are about.
func (b *Book) tellMilestones(d *stanna.Digest, list []store.MovedAlert) error {
	named := list[:min(len(list), stanna.MaxNamed)]
	d.MoreMet = len(list) - len(named)
	ids := make([]string, len(named))
	for i, a := range named {
		ids[i] = a.ID
	}
	alerts, err := b.tx.AlertsByID(b.workspace, ids)
	if err != nil {
		return err
	}
	for _, m := range named {
		i := slices.IndexFunc(alerts, func(a stanna.Alert) bool { return a.ID == m.ID })
		if i < 0 {
			d.MoreMet++
			continue
		}
		e := alerts[i].Evidence
		met := stanna.MilestoneMet{NamedClient: stanna.NamedClient{ID: m.ClientID}, Trigger: e.Trigger, Subject: e.Subject, At: m.OpenedAt}
		if e.Trigger == stanna.ReasonAnniversary {
			met.Years = int(e.Value)
		}
		d.Milestones = append(d.Milestones, met)
	}
	return nil
}

func inOrder(clients map[string]store.Standing) []store.Standing {
	list := make([]store.Standing, 0, len(clients))
	for _, c := range clients {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b store.Standing) int { return cmp.Compare(a.ID, b.ID) })
	return list
}
