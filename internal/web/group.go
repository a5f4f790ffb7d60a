package web

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// groupView is the alerts that one summary told.
type groupView struct {
	ID          string
	Own         bool
	All         int // of everybody's clients
	Total       int // those that the visitor sees
	Clients     int
	Open        int
	Closed      int
	MRR         string
	Counts      []severityCount
	Rows        []alertRow
	Pages       pager
	Sent        stamp
	Destination string
	Link        string
}

// group is the page that a summary in Slack links to.
func (s *site) group(v *visit, id string) (answer, error) {
	g := groupView{ID: id, Own: v.caller.OwnAccountsOnly()}
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		m, err := tx.Message(v.workspace(), id)
		if err != nil || m.Kind != stanna.Summary {
			return stanna.Errorf(stanna.NotFound, "there is no such summary; it may be of another workspace")
		}
		members, err := tx.SummaryAlerts(v.workspace(), id)
		if err != nil {
			return err
		}
		g.All = len(members)
		members = slices.DeleteFunc(members, func(x store.AlertOfClient) bool { return !v.sees(x.Client) })
		rankGroup(members)
		s.countGroup(v, &g, members)

		page := v.pageNumber()
		first := min((page-1)*perPage, len(members))
		shown := members[first:min(first+perPage, len(members))]
		for _, x := range shown {
			g.Rows = append(g.Rows, v.alertRow(x.Alert, x.Client))
		}
		g.Pages = pagerOf("/alerts", v.r.URL.Query(), page, len(shown), len(members))
		g.Sent = stampOf(v.road, m.PostedAt)
		if v.caller.May(auth.ReadDeliveries) {
			names, err := v.channelsOf(tx, v.caller.May(auth.Connect))
			if err != nil {
				return err
			}
			g.Destination, g.Link = names.destination(m.Destination), s.inSlack(m)
		}
		return nil
	})
	return answer{title: "Summary: " + strconv.Itoa(g.Total) + " alerts", body: groupBody(g)}, err
}

// rankGroup is the order of the summary in Slack: open before closed, then by
// severity, revenue and size of the change.
func rankGroup(members []store.AlertOfClient) {
	slices.SortFunc(members, func(x, y store.AlertOfClient) int {
		a, b := x.Alert, y.Alert
		return cmp.Or(
			cmp.Compare(openFirst(a), openFirst(b)),
			cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
			cmp.Compare(y.Client.MRR.Amount(), x.Client.MRR.Amount()),
			cmp.Compare(fall(b), fall(a)),
			cmp.Compare(x.Client.Name, y.Client.Name),
			cmp.Compare(a.ID, b.ID),
		)
	})
}

func fall(a stanna.Alert) float64 {
	return max(a.Evidence.Base-a.Evidence.Value, a.Evidence.Value-a.Evidence.Base)
}

func (s *site) countGroup(v *visit, g *groupView, members []store.AlertOfClient) {
	counts := map[stanna.Severity]int{}
	seen := map[string]bool{}
	sums := map[string]int64{} // a workspace has one currency, as a rule
	for _, x := range members {
		if !seen[x.Client.ID] {
			seen[x.Client.ID] = true
			if x.Client.HasMRR() {
				sums[x.Client.MRR.Currency] += x.Client.MRR.Minor
			}
		}
		if x.Alert.Open() {
			g.Open++
			counts[x.Alert.Severity]++
		} else {
			g.Closed++
		}
	}
	g.Total, g.Clients = len(members), len(seen)
	if len(sums) == 1 { // different currencies are not added up
		for code, minor := range sums {
			g.MRR = v.local.Money(stanna.Money{Minor: minor, Currency: code})
		}
	}
	for _, sev := range []stanna.Severity{stanna.Critical, stanna.High, stanna.Medium, stanna.Low, stanna.Info} {
		if counts[sev] > 0 {
			g.Counts = append(g.Counts, severityCount{severityMark(sev), counts[sev]})
		}
	}
}
