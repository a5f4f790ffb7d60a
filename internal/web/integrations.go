package web

import (
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// integrationsView is what the workspace is joined to.
type integrationsView struct {
	Line      lineView
	Manages   bool
	Keys      bool  // the visitor may make API keys
	Last      stamp // the newest message that arrived
	API       string
	Stripe    stripeCard
	Sources   []sourceRow
	Endpoints []endpointRow // for who manages them
}

// stripeCard is the connection to Stripe in short.
type stripeCard struct {
	Mark      mark
	Connected bool
	Name      string
	Test      bool
	Heard     stamp
	Read      stamp
	Repair    string
	Unmatched int
	Running   bool
}

// carded is how many sources or endpoints a card names.
const carded = 6

func (s *site) integrations(v *visit) (answer, error) {
	i := integrationsView{Manages: v.caller.May(auth.Connect), Keys: v.caller.May(auth.ManageKeys), API: s.publicURL + "/api/signals"}
	status, err := s.line.Status(v.ctx, v.workspace())
	if err != nil {
		return answer{}, err
	}
	if status.LastDelivery != nil {
		i.Last = stampOf(v.road, *status.LastDelivery)
	}
	err = s.store.View(v.ctx, func(tx *store.Tx) error {
		lines, err := tx.Connections(v.workspace())
		if err != nil {
			return err
		}
		names, err := v.channelsOf(tx, i.Manages)
		if err != nil {
			return err
		}
		i.Line = *lineOf(v, lines, names)
		account, connected, err := tx.Stripe(v.workspace())
		if err != nil {
			return err
		}
		if i.Stripe, err = v.stripeCard(tx, account, connected); err != nil {
			return err
		}
		if i.Sources, err = v.sourceRows(tx); err != nil || !i.Manages {
			return err
		}
		i.Endpoints, err = v.endpointRows(tx)
		return err
	})
	return answer{title: "Integrations", body: integrationsBody(i)}, err
}

func (v *visit) stripeCard(tx *store.Tx, a stanna.StripeAccount, connected bool) (stripeCard, error) {
	c := stripeCard{Mark: stripeMark(a, connected), Connected: connected, Name: a.Name, Test: connected && !a.Livemode, Heard: stampOf(v.road, a.HeardAt), Read: stampOf(v.road, a.Sync.Done),
		Repair: a.Repair, Running: a.Sync.Running()}
	if !connected || v.caller.OwnAccountsOnly() {
		return c, nil
	}
	counts, err := customerCountsOf(tx, v.workspace())
	c.Unmatched = counts.Unmatched
	return c, err
}
