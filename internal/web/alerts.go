package web

import (
	"cmp"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// alertsView is the list of alerts.
type alertsView struct {
	Own   bool
	Open  bool // only open ones are shown
	Tabs  []tab
	Rows  []alertRow
	Total int
	Pages pager
}

type alertRow struct {
	Path, Client, ClientPath string
	Severity                 mark
	Status                   mark
	Type                     string
	Change                   string // "64 → 38"; of a closed one "64 → 38 → 70"
	MRR, Owner               string
	Rule                     string
	Opened, Closed           stamp
	Why                      string
	Unstable                 bool
	IsOpen                   bool
}

func (s *site) alerts(v *visit) (answer, error) {
	if group := v.asked("group"); group != "" {
		return s.group(v, group)
	}
	status := map[string]stanna.AlertStatus{"": stanna.AlertOpen, "open": stanna.AlertOpen, "resolved": stanna.AlertResolved, "all": ""}
	wanted, ok := status[v.asked("status")]
	if !ok {
		wanted = stanna.AlertOpen
	}
	a := alertsView{Own: v.caller.OwnAccountsOnly(), Open: wanted == stanna.AlertOpen}
	page := v.pageNumber()
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		counts, err := v.alertCounts(tx)
		if err != nil {
			return err
		}
		count := func(n int) string { return v.local.Number(float64(n)) }
		a.Tabs = []tab{
			{"tab-open", "Open", "/alerts", count(counts[stanna.AlertOpen]), wanted == stanna.AlertOpen},
			{"tab-resolved", "Closed", "/alerts?status=resolved", count(counts[stanna.AlertResolved]), wanted == stanna.AlertResolved},
			{"tab-all", "All", "/alerts?status=all", count(counts[stanna.AlertOpen] + counts[stanna.AlertResolved]), wanted == ""},
		}
		list, total, err := tx.Alerts(v.workspace(), store.AlertQuery{Status: wanted, Owner: v.owner(), Limit: perPage, Offset: (page - 1) * perPage})
		if err != nil {
			return err
		}
		if wanted == "" { // on the page at least, what is open comes first
			slices.SortStableFunc(list, func(x, y stanna.Alert) int { return cmp.Compare(openFirst(x), openFirst(y)) })
		}
		a.Total = total
		a.Pages = pagerOf("/alerts", v.r.URL.Query(), page, len(list), total)
		a.Rows, err = v.alertRows(tx, list)
		return err
	})
	return answer{title: "Alerts", body: alertsBody(a)}, err
}

// alertCounts says how many alerts of each status the visitor sees.
func (v *visit) alertCounts(tx *store.Tx) (map[stanna.AlertStatus]int, error) {
	if v.owner() == "" {
		return tx.AlertCounts(v.workspace())
	}
	counts := map[stanna.AlertStatus]int{}
	for _, status := range []stanna.AlertStatus{stanna.AlertOpen, stanna.AlertResolved} {
		_, n, err := tx.Alerts(v.workspace(), store.AlertQuery{Status: status, Owner: v.owner(), Limit: 1})
		if err != nil {
			return nil, err
		}
		counts[status] = n
	}
	return counts, nil
}

func openFirst(a stanna.Alert) int {
	if a.Open() {
		return 0
	}
	return 1
}

// rankAlerts puts the severest first, and of those the newest.
func rankAlerts(list []stanna.Alert) {
	slices.SortStableFunc(list, func(x, y stanna.Alert) int {
		return cmp.Or(cmp.Compare(y.Severity.Rank(), x.Severity.Rank()), y.OpenedAt.Compare(x.OpenedAt), cmp.Compare(x.ID, y.ID))
	})
}

func (v *visit) alertRows(tx *store.Tx, list []stanna.Alert) ([]alertRow, error) {
	ids := make([]string, len(list))
	for i, a := range list {
		ids[i] = a.ClientID
	}
	clients, err := v.clientsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]alertRow, len(list))
	for i, a := range list {
		rows[i] = v.alertRow(a, clients[a.ClientID])
	}
	return rows, nil
}

func (v *visit) alertRow(a stanna.Alert, c stanna.Client) alertRow {
	return alertRow{Path: alertPath(a.ID), Client: c.Name, ClientPath: clientPath(c.ID), Severity: severityMark(a.Severity), Status: alertMark(a),
		Type: typeName(a.Type), Change: changeOf(v.local, a),
		MRR: v.local.Money(c.MRR), Owner: c.CSMOwner, Rule: a.RuleName, Opened: stampOf(v.local, a.OpenedAt), Closed: stampOf(v.local, a.ClosedAt),
		Why: a.Why.Sentence(), Unstable: a.Unstable, IsOpen: a.Open()}
}

// changeOf is where the measure came from and went.
func changeOf(l locale.Local, a stanna.Alert) string {
	e := a.Evidence
	if !a.Open() && e.Worst != e.Value {
		return l.Number(e.Base) + " → " + l.Number(e.Worst) + " → " + l.Number(e.Value)
	}
	return l.Number(e.Base) + " → " + l.Number(e.Value)
}

// typeName is what people call an alert type; the catalogue knows.
func typeName(t stanna.AlertType) string {
	if e := rule.EntryOf(t); e != nil {
		return e.Name
	}
	return string(t)
}
