package api

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

type listClientsInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"1000" doc:"How many at most"`
	Offset int    `query:"offset" minimum:"0" default:"0" doc:"How many to skip"`
	Search string `query:"search" maxLength:"200" doc:"Part of a name, a domain or an id; case does not matter"`
	Owner  string `query:"owner" maxLength:"200" doc:"E-mail of the CSM owner"`
}

type listClientsOutput struct {
	Link  string `header:"Link" doc:"rel=next leads to the next page; there is none on the last"`
	Total int    `header:"X-Total-Count" doc:"How many there are in all"`
	Body  []clientView
}

// listClients is a bare array, as documented; what is beyond it is told in
// headers.
func (a *api) listClients(ctx context.Context, who auth.Caller, in *listClientsInput) (*listClientsOutput, error) {
	q := store.ClientQuery{Search: in.Search, Owner: cleanEmail(in.Owner), Limit: in.Limit, Offset: in.Offset}
	if who.OwnAccountsOnly() {
		if q.Owner != "" && q.Owner != who.Email {
			return &listClientsOutput{Body: []clientView{}}, nil
		}
		q.Owner = who.Email
	}
	out := &listClientsOutput{Body: []clientView{}}
	err := a.Store.View(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(who.Workspace)
		if err != nil {
			return err
		}
		list, total, err := tx.Portraits(who.Workspace, q)
		for _, p := range list {
			out.Body = append(out.Body, viewClient(p, w.Settings))
		}
		out.Total = total
		return err
	})
	if next := in.Offset + len(out.Body); err == nil && next < out.Total {
		query := url.Values{"limit": {strconv.Itoa(in.Limit)}, "offset": {strconv.Itoa(next)}}
		if in.Search != "" {
			query.Set("search", in.Search)
		}
		if in.Owner != "" {
			query.Set("owner", in.Owner)
		}
		out.Link = fmt.Sprintf(`<%s/api/clients?%s>; rel="next"`, a.PublicURL, query.Encode())
	}
	return out, err
}

type clientID struct {
	ID string `path:"id" maxLength:"200" doc:"The client's id"`
}

type clientDetailOutput struct{ Body clientDetail }

type clientDetail struct {
	Client     clientView    `json:"client"`
	Metrics    clientMetrics `json:"metrics"`
	Contacts   []contactView `json:"contacts"`
	State      stateView     `json:"state"`
	OpenAlerts []alertView   `json:"openAlerts"`
	URL        *string       `json:"url" doc:"The client in the company's own system, when a template for it is set"`
}

// clientMetrics are the documented figures. What nobody measures here is null.
type clientMetrics struct {
	TotalInteractions     int      `json:"totalInteractions" doc:"Interactions and interventions that were logged"`
	LastMonthInteractions int      `json:"lastMonthInteractions" doc:"Those of the last 30 days"`
	AvgResponseTime       *float64 `json:"avgResponseTime" doc:"Not measured by this server: null"`
	SentimentTrend        *string  `json:"sentimentTrend" enum:"improving,stable,declining" doc:"Of the health score over 30 days; null with too few scores"`
}

func (a *api) getClient(ctx context.Context, who auth.Caller, in *clientID) (*clientDetailOutput, error) {
	now := a.Clock.Now(who.Workspace)
	out := &clientDetailOutput{}
	err := a.Store.View(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(who.Workspace)
		if err != nil {
			return err
		}
		p, err := seenPortrait(tx, who, in.ID)
		if err != nil {
			return err
		}
		open, err := tx.OpenAlerts(who.Workspace, []string{in.ID})
		if err != nil {
			return err
		}
		d := clientDetail{Client: viewClient(p, w.Settings), Contacts: each(p.Client.Contacts, viewContact),
			State: viewState(p.State, w.Settings, now), OpenAlerts: each(open[in.ID], viewAlert), URL: known(p.Client.URL(w.Settings.ClientURLTemplate))}
		d.Metrics.SentimentTrend = trendOf(p.State.Health, now)
		if d.Metrics.TotalInteractions, d.Metrics.LastMonthInteractions, err = tx.InteractionCounts(who.Workspace, in.ID, now.Add(-month)); err != nil {
			return err
		}
		out.Body = d
		return nil
	})
	return out, err
}

// seenPortrait is a client that the caller may see; another's reads as if it
// were not there.
func seenPortrait(tx *store.Tx, who auth.Caller, id string) (store.Portrait, error) {
	p, err := tx.Portrait(who.Workspace, id)
	if err == nil && !who.Sees(p.Client.CSMOwner) {
		err = stanna.Errorf(stanna.NotFound, "client not found")
	}
	return p, missing("client", id, err)
}

const (
	month = 30 * 24 * time.Hour
	// steady is how many points a score may move in a month and be called stable.
	steady = 2
)

// trendOf is where the health score went in the last 30 days.
func trendOf(h stanna.History, now time.Time) *string {
	last, ok := h.Last()
	if !ok {
		return nil
	}
	base, ok := h.AtOrBefore(now.Add(-month))
	if inside := h.Since(now.Add(-month)); !ok && len(inside) > 1 {
		base, ok = inside[0], true
	}
	if !ok {
		return nil
	}
	trend := "stable"
	switch change := last.Value - base.Value; {
	case change > steady:
		trend = "improving"
	case change < -steady:
		trend = "declining"
	}
	return &trend
}
