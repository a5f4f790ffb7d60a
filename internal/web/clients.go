package web

import (
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// clientsView is the list of clients.
type clientsView struct {
	Search string
	Own    bool
	Write  bool // the visitor may import
	Rows   []clientRow
	Total  int
	Pages  pager
}

type clientRow struct {
	Path, Name, Domain string
	Health             score
	MRR, Tier, Owner   string
	Renews, RenewsIn   string
	Excluded, Gone     bool
	Open               mark // of the worst open alert
	HasOpen            bool
}

func (s *site) clients(v *visit) (answer, error) {
	c := clientsView{Search: v.asked("q"), Own: v.caller.OwnAccountsOnly(), Write: v.caller.May(auth.WriteClients)}
	page := v.pageNumber()
	q := store.ClientQuery{Search: c.Search, Owner: v.owner(), Limit: perPage, Offset: (page - 1) * perPage}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		list, total, err := tx.Portraits(v.workspace(), q)
		if err != nil {
			return err
		}
		c.Total = total
		c.Pages = pagerOf("/clients", v.r.URL.Query(), page, len(list), total)
		ids := make([]string, len(list))
		for i, p := range list {
			ids[i] = p.Client.ID
		}
		open, err := tx.OpenAlerts(v.workspace(), ids)
		if err != nil {
			return err
		}
		for _, p := range list {
			c.Rows = append(c.Rows, v.clientRow(p, open[p.Client.ID]))
		}
		return nil
	})
	return answer{title: "Clients", body: clientsBody(c)}, err
}

func (v *visit) clientRow(p store.Portrait, open []stanna.Alert) clientRow {
	r := clientRow{Path: clientPath(p.Client.ID), Name: p.Client.Name, Domain: p.Client.Domain, Health: scoreOf(v.local, p.State),
		MRR: v.local.Money(p.Client.MRR), Tier: p.Client.Tier, Owner: p.Client.CSMOwner,
		Excluded: p.Client.IsExcluded, Gone: !p.State.ChurnedAt.IsZero()}
	r.Renews, r.RenewsIn = renewalOf(v.local, p.Client.RenewalDate)
	worst := stanna.Severity("")
	for _, a := range open {
		if a.Severity.Rank() > worst.Rank() {
			worst = a.Severity
		}
	}
	if r.HasOpen = len(open) > 0; r.HasOpen {
		r.Open = severityMark(worst)
	}
	return r
}
