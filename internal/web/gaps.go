package web

import (
	"math"
	"net/url"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// gapsPath is the page of what is not known of clients.
const gapsPath = sourcesPath + "/gaps"

// gapsView says how many clients lack what, and which they are.
type gapsView struct {
	Own     bool
	Clients int
	Rows    []gapRow
	Chosen  *gapRow
	List    []lackingRow
	Pages   pager
}

// gapRow is something that clients lack.
type gapRow struct {
	ID, Label, Means string
	Path             string
	Lacking          int
	Share            string
	Here             bool
	Tell, TellPath   string // what would tell it; "" where a person writes it down
}

// lackingRow is a client that lacks it.
type lackingRow struct {
	Name, Path, Domain string
	MRR, Owner         string
}

// gapWords say what is not known, what it is for, and what would tell it.
var gapWords = map[stanna.Gap]struct{ label, means, tell, path string }{
	stanna.LacksHealth:      {"Health score", "Most alerts stand on it.", "Send health.scored signals", "/integrations/keys"},
	stanna.LacksMRR:         {"MRR", "What is worth most comes first, and filters ask for it.", "Connect Stripe, or import it", stripePath},
	stanna.LacksOwner:       {"Owner", "Nobody is mentioned, and no owner is told.", "Map it from your CRM, or import it", sourcesPath},
	stanna.LacksContact:     {"Contacts", "Messages name nobody to call, and a sender is known by the domain alone.", "Map them from your CRM, or import them", sourcesPath},
	stanna.LacksRenewal:     {"Renewal date", "No renewal alert can come.", "Map it from your CRM, or import it", sourcesPath},
	stanna.LacksDomain:      {"Domain", "Customers and senders cannot be matched by it.", "Map it from your CRM, or import it", sourcesPath},
	stanna.LacksEngagement:  {"Engagement", "No drop of engagement can be seen.", "Send engagement.measured signals", "/integrations/keys"},
	stanna.LacksSentiment:   {"Sentiment", "Nobody hears that a customer is angry.", "Add your support tool or a survey", sourcesPath + "/new"},
	stanna.LacksUsage:       {"Usage of limits", "No chance to expand can be seen.", "Add Segment, or send usage.measured signals", sourcesPath + "/new"},
	stanna.LacksLastContact: {"Last contact", "Silence is not noticed.", "Add the tool in which people talk with customers", sourcesPath + "/new"},
	stanna.LacksPayments:    {"Payments", "No failed payment is heard of.", "Connect Stripe, and match its customers", stripePath},
}

func (s *site) gaps(v *visit) (answer, error) {
	view := gapsView{Own: v.caller.OwnAccountsOnly()}
	wanted := stanna.Gap(v.asked("lacks"))
	page := v.pageNumber()
	err := s.store.View(v.ctx, func(tx *store.Tx) error {
		counts, clients, err := tx.GapCounts(v.workspace(), v.owner())
		if err != nil {
			return err
		}
		view.Clients = clients
		for _, g := range stanna.Gaps() {
			w := gapWords[g]
			row := gapRow{ID: string(g), Label: w.label, Means: w.means, Lacking: counts[g], Here: g == wanted, Path: pathWith(gapsPath, url.Values{"lacks": {string(g)}})}
			if v.caller.May(auth.Connect) {
				row.Tell, row.TellPath = w.tell, w.path
			}
			if clients > 0 {
				row.Share = v.local.Percent(math.Round(100*float64(counts[g])/float64(clients)) / 100)
			}
			view.Rows = append(view.Rows, row)
		}
		i := slices.IndexFunc(view.Rows, func(r gapRow) bool { return r.Here })
		if i < 0 {
			return nil
		}
		view.Chosen = &view.Rows[i]
		list, err := tx.Lacking(v.workspace(), v.owner(), wanted, perPage, (page-1)*perPage)
		for _, c := range list {
			view.List = append(view.List, lackingRow{Name: c.Name, Path: clientPath(c.ID), Domain: c.Domain, MRR: v.local.Money(c.MRR), Owner: c.CSMOwner})
		}
		view.Pages = pagerOf(gapsPath, v.r.URL.Query(), page, len(list), counts[wanted])
		return err
	})
	return answer{title: "What clients lack", body: gapsBody(view)}, err
}
