package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/metrics"
	"github.com/gostanna/stanna/internal/store"
)

// The codes of figures that cannot be given.
const (
	dataNotReady     = "DATA_NOT_READY"
	insufficientData = "INSUFFICIENT_DATA"
)

// figures reads figures of the clients that the caller may see, and says in
// the documented words why there are none.
func (a *api) figures(ctx context.Context, who auth.Caller, read func(*store.Tx, metrics.Scope) error) error {
	err := a.Store.View(ctx, func(tx *store.Tx) error {
		scope, err := a.scope(tx, who)
		if err != nil {
			return err
		}
		return read(tx, scope)
	})
	var few metrics.TooFew
	switch {
	case errors.As(err, &few):
		return &problem{Code: insufficientData, Status: http.StatusNotFound, Message: "Not enough data to generate metrics: figures of fewer than 3 clients say nothing",
			Details: map[string]any{"minimumClients": metrics.MinClients, "currentClients": few.Clients}}
	case errors.Is(err, metrics.Unscored):
		return &problem{Code: dataNotReady, Status: http.StatusNotFound,
			Message: "Metrics data is not there yet: no client has a health score. This server computes none; send health.scored signals (POST /api/signals)",
			Details: map[string]any{"estimatedReadyAt": nil}}
	}
	return err
}

// scope is what the caller may see, now.
func (a *api) scope(tx *store.Tx, who auth.Caller) (metrics.Scope, error) {
	w, err := tx.Workspace(who.Workspace)
	return metrics.Scope{Workspace: w.ID, Owner: ownerFilter(who), Settings: w.Settings, Now: a.Clock.Now(who.Workspace)}, err
}

// optional is a number in a query that may be left out, where 0 is a number
// too.
type optional struct {
	Value float64
	Given bool
}

// Schema, Receiver and OnParamSet are how huma reads it.
func (optional) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: huma.TypeNumber} }

// Receiver is where the number goes.
func (o *optional) Receiver() reflect.Value { return reflect.ValueOf(o).Elem().Field(0) }

// OnParamSet says whether it was there.
func (o *optional) OnParamSet(given bool, _ any) { o.Given = given }

type summaryInput struct {
	WindowDays    int      `query:"windowDays" minimum:"1" maximum:"90" default:"7" doc:"How many days interactions and improvement look back"`
	RiskThreshold optional `query:"riskThreshold" minimum:"0" maximum:"100" doc:"Health at or below it is at risk; the workspace's without it"`
}

type summaryOutput struct{ Body summaryView }

// summaryView has the documented shape.
type summaryView struct {
	Totals  totalsView  `json:"totals"`
	Revenue revenueView `json:"revenue"`
	Health  standsView  `json:"health"`
	Lists   listsView   `json:"lists"`
	AsOf    time.Time   `json:"asOf"`
}

type totalsView struct {
	Clients            int `json:"clients" doc:"Those that are neither excluded nor gone; all figures are of them"`
	Contacts           int `json:"contacts"`
	InteractionsWindow int `json:"interactionsWindow" doc:"Interactions and interventions that were logged in the window"`
	Renewals30d        int `json:"renewals30d" doc:"Contracts that renew within 30 days"`
	OpenTasks          int `json:"openTasks" doc:"Always 0: this server keeps no tasks. What needs doing is in GET /api/alerts"`
}

type revenueView struct {
	MRRTotal         float64 `json:"mrrTotal" doc:"In the workspace's currency, of clients who pay in it; so are the others"`
	MRRAtRisk        float64 `json:"mrrAtRisk" doc:"Of clients at or below the threshold"`
	Renewals30dValue float64 `json:"renewals30dValue"`
	AvgClientValue   float64 `json:"avgClientValue" doc:"Of clients who pay in the currency; 0 when nobody does"`
	Currency         string  `json:"currency"`
}

type standsView struct {
	AvgScore       float64  `json:"avgScore"`
	Change7        *float64 `json:"change7" doc:"Points that the average moved in 7 days, of the clients that had a score then; null when none had"`
	Change7Pct     *float64 `json:"change7Pct"`
	Threshold      float64  `json:"threshold"`
	AtRiskCount    int      `json:"atRiskCount"`
	ImprovingCount int      `json:"improvingCount" doc:"Clients whose score rose in the window"`
}

type listsView struct {
	TopRisks     []riskView      `json:"topRisks" doc:"At most 10: lowest score first, then highest MRR, then longest since contact"`
	TopImproving []improvingView `json:"topImproving" doc:"At most 10: the largest rise in the window first"`
	Renewals     []renewalView   `json:"renewals" doc:"At most 10: the nearest first"`
}

type riskView struct {
	ClientID string   `json:"clientId"`
	Name     string   `json:"name"`
	Score    float64  `json:"score"`
	MRR      *float64 `json:"mrr" doc:"null when not known"`
	Reason   string   `json:"reason" doc:"The strongest factor that the source of the score gives"`
}

type improvingView struct {
	ClientID    string   `json:"clientId"`
	Name        string   `json:"name"`
	Score       float64  `json:"score"`
	ScoreChange float64  `json:"scoreChange"`
	MRR         *float64 `json:"mrr" doc:"null when not known"`
}

type renewalView struct {
	ClientID    string   `json:"clientId"`
	Name        string   `json:"name"`
	RenewalDate string   `json:"renewalDate" format:"date"`
	MRR         *float64 `json:"mrr" doc:"null when not known"`
	DaysUntil   int      `json:"daysUntil"`
}

func (a *api) metricsSummary(ctx context.Context, who auth.Caller, in *summaryInput) (*summaryOutput, error) {
	out := &summaryOutput{}
	return out, a.figures(ctx, who, func(tx *store.Tx, scope metrics.Scope) error {
		threshold := scope.Settings.RiskThreshold
		if in.RiskThreshold.Given {
			threshold = in.RiskThreshold.Value
		}
		s, err := scope.Summarise(tx, in.WindowDays, threshold)
		if err != nil {
			return err
		}
		out.Body = summaryView{
			Totals:  totalsView{Clients: s.Clients, Contacts: s.Contacts, InteractionsWindow: s.Interactions, Renewals30d: s.Renewals},
			Revenue: revenueView{s.MRR.Amount(), s.AtRisk.Amount(), s.RenewalsValue.Amount(), s.AvgMRR.Amount(), scope.Settings.Currency},
			Health:  standsView{s.AvgScore, s.Change, s.ChangePercent, threshold, s.AtRiskCount, s.Improving},
			Lists: listsView{
				each(s.TopRisks, func(x metrics.Standing) riskView {
					return riskView{x.ClientID, x.Name, x.Score, amount(x.MRR), x.Reason}
				}),
				each(s.TopImproving, func(x metrics.Standing) improvingView {
					return improvingView{x.ClientID, x.Name, x.Score, x.Change, amount(x.MRR)}
				}),
				each(s.Due, func(x metrics.Renewal) renewalView {
					return renewalView{x.ClientID, x.Name, x.Date, amount(x.MRR), x.Days}
				}),
			},
			AsOf: scope.Now.UTC().Truncate(time.Millisecond),
		}
		return nil
	})
}

// amount is an MRR in major units; nil when it is not known.
func amount(m stanna.Money) *float64 {
	if m.Currency == "" {
		return nil
	}
	x := m.Amount()
	return &x
}

type trendInput struct {
	WindowDays int    `query:"windowDays" minimum:"1" maximum:"365" default:"30" doc:"How many days it looks back, today among them"`
	Interval   string `query:"interval" enum:"daily,weekly,monthly" default:"daily" doc:"Weeks begin on Monday; days are those of the workspace's time zone"`
}

type healthTrendOutput struct{ Body []healthPointView }

type healthPointView struct {
	Date        string  `json:"date" format:"date" doc:"The first day of the period"`
	AvgScore    float64 `json:"avgScore" doc:"At the end of the period, each client with its last score by then"`
	ClientCount int     `json:"clientCount" doc:"Clients that had a score by then"`
}

func (a *api) healthTrend(ctx context.Context, who auth.Caller, in *trendInput) (*healthTrendOutput, error) {
	out := &healthTrendOutput{}
	return out, a.figures(ctx, who, func(tx *store.Tx, scope metrics.Scope) error {
		list, err := scope.HealthTrend(tx, in.WindowDays, metrics.Interval(in.Interval))
		out.Body = each(list, func(p metrics.HealthPoint) healthPointView { return healthPointView{p.Date, p.Average, p.Clients} })
		return err
	})
}

type sentimentTrendOutput struct{ Body []sentimentPointView }

type sentimentPointView struct {
	Date         string  `json:"date" format:"date" doc:"The first day of the period; periods without a conversation are left out"`
	AvgSentiment float64 `json:"avgSentiment" minimum:"0" maximum:"1" doc:"0.5 is neither good nor bad"`
	Volume       int     `json:"volume" doc:"Conversations whose sentiment was detected"`
	Positive     int     `json:"positive" doc:"Those of 0.5 and more on the scale from −2 to 2"`
	Neutral      int     `json:"neutral"`
	Negative     int     `json:"negative" doc:"Those of −0.5 and less"`
}

func (a *api) sentimentTrend(ctx context.Context, who auth.Caller, in *trendInput) (*sentimentTrendOutput, error) {
	out := &sentimentTrendOutput{}
	return out, a.figures(ctx, who, func(tx *store.Tx, scope metrics.Scope) error {
		list, err := scope.SentimentTrend(tx, in.WindowDays, metrics.Interval(in.Interval))
		out.Body = each(list, func(p metrics.SentimentPoint) sentimentPointView {
			return sentimentPointView{p.Date, p.Average, p.Volume, p.Positive, p.Neutral, p.Negative}
		})
		return err
	})
}

type windowInput struct {
	WindowDays int `query:"windowDays" minimum:"1" maximum:"365" default:"30" doc:"How many days it looks back, today among them"`
}

type mixOutput struct{ Body []shareView }

type shareView struct {
	Source     string  `json:"source" doc:"The kind of interaction: email, call, meeting, support_ticket, …"`
	Count      int     `json:"count"`
	Percentage float64 `json:"percentage"`
}

func (a *api) interactionMix(ctx context.Context, who auth.Caller, in *windowInput) (*mixOutput, error) {
	out := &mixOutput{}
	return out, a.figures(ctx, who, func(tx *store.Tx, scope metrics.Scope) error {
		list, err := scope.InteractionMix(tx, in.WindowDays)
		out.Body = each(list, func(s metrics.Share) shareView { return shareView{s.Kind, s.Count, s.Percent} })
		return err
	})
}

type deltasInput struct {
	WindowDays int     `query:"windowDays" minimum:"1" maximum:"365" default:"7" doc:"How many days changes look back"`
	MinDelta   float64 `query:"minDelta" minimum:"0" maximum:"100" default:"10" doc:"The least points that a score must have moved, up or down"`
}

type deltasOutput struct{ Body []deltaView }

type deltaView struct {
	Reason     string      `json:"reason" doc:"The strongest factor of the newest score in the direction that it moved"`
	TotalDelta float64     `json:"totalDelta"`
	Count      int         `json:"count" doc:"Clients"`
	AvgDelta   float64     `json:"avgDelta"`
	Clients    []movedView `json:"clients" doc:"At most 100, the largest moves first"`
}

type movedView struct {
	ID            string  `json:"id"`
	Name          string  `json:"name"`
	Delta         float64 `json:"delta"`
	CurrentScore  float64 `json:"currentScore"`
	PreviousScore float64 `json:"previousScore"`
}

func (a *api) metricsDeltas(ctx context.Context, who auth.Caller, in *deltasInput) (*deltasOutput, error) {
	out := &deltasOutput{}
	return out, a.figures(ctx, who, func(tx *store.Tx, scope metrics.Scope) error {
		list, err := scope.Deltas(tx, in.WindowDays, in.MinDelta)
		out.Body = each(list, func(d metrics.Delta) deltaView {
			return deltaView{d.Reason, d.Total, d.Count, d.Average, each(d.Clients, func(m metrics.Moved) movedView {
				return movedView{m.ClientID, m.Name, m.Delta, m.Score, m.Before}
			})}
		})
		return err
	})
}
