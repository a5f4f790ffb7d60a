package api

import (
	"context"
	"fmt"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/metrics"
	"github.com/gostanna/stanna/internal/store"
)

// hostedNames are what the hosted product calls a group of alerts; others are
// called by their alert type.
var hostedNames = map[stanna.AlertType]string{
	stanna.HealthDrop:           "score_fallers",
	stanna.EngagementDrop:       "latency_risk",
	stanna.ExpansionOpportunity: "expansion_ready",
}

func hostedName(t stanna.AlertType) string {
	if name := hostedNames[t]; name != "" {
		return name
	}
	return string(t)
}

type insightsQuery struct {
	WindowDays int `query:"windowDays" minimum:"1" maximum:"365" default:"7" doc:"How many days changes of scores look back"`
}

type portfolioInsightsOutput struct{ Body insightsView }

// insightsView has the documented shape. What nobody measures here is null.
type insightsView struct {
	RiskAlerts    []riskAlertView   `json:"riskAlerts" doc:"The open alerts, put together by their type, the most severe first"`
	Opportunities []opportunityView `json:"opportunities"`
	Trends        insightTrends     `json:"trends"`
}

type riskAlertView struct {
	Type             string           `json:"type" doc:"score_fallers (health_drop), latency_risk (engagement_drop), or the alert type"`
	Severity         stanna.Severity  `json:"severity" enum:"critical,high,medium,low,info" doc:"The highest of them"`
	ClientCount      int              `json:"clientCount"`
	TotalMRRAtRisk   float64          `json:"totalMrrAtRisk" doc:"In the workspace's currency, of clients who pay in it"`
	Clients          []riskClientView `json:"clients" doc:"At most 100: the most severe, then the largest"`
	AvgResponseDelay *float64         `json:"avgResponseDelay" doc:"Response times are not measured by this server: null"`
	Description      string           `json:"description"`
}

type riskClientView struct {
	ClientID     string   `json:"clientId"`
	Name         string   `json:"name"`
	CurrentScore *float64 `json:"currentScore" doc:"null when it was never measured"`
	ScoreDelta   *float64 `json:"scoreDelta" doc:"In the window"`
	MRRAtRisk    *float64 `json:"mrrAtRisk" doc:"Its MRR; null when not known"`
	PrimaryRisk  string   `json:"primaryRisk" doc:"The strongest reason that the source gives, else what opened the alert"`
}

type opportunityView struct {
	Type         string            `json:"type" doc:"expansion_ready (expansion_opportunity), or the alert type"`
	ClientCount  int               `json:"clientCount"`
	PotentialMRR *float64          `json:"potentialMrr" doc:"What a client would pay more is not known to this server: null"`
	Clients      []readyClientView `json:"clients" doc:"At most 100"`
}

type readyClientView struct {
	ClientID         string   `json:"clientId"`
	Name             string   `json:"name"`
	CurrentScore     *float64 `json:"currentScore"`
	EngagementTrend  *string  `json:"engagementTrend" enum:"improving,stable,declining" doc:"null where the alert says nothing of it"`
	ExpansionSignals []string `json:"expansionSignals" doc:"What the alert stands on"`
}

type insightTrends struct {
	PortfolioHealth    directionView `json:"portfolioHealth"`
	EngagementPatterns patternsView  `json:"engagementPatterns"`
}

type directionView struct {
	Direction     *string  `json:"direction" enum:"improving,stable,declining" doc:"Of the average score over the window, of clients that had one at both ends; null when none had"`
	ChangePercent *float64 `json:"changePercent"`
	Description   string   `json:"description"`
}

// patternsView is what this server does not measure.
type patternsView struct {
	EmailResponseRate  *float64 `json:"emailResponseRate" doc:"Not measured by this server: null"`
	MeetingAttendance  *float64 `json:"meetingAttendance" doc:"Not measured by this server: null"`
	SupportTicketTrend *string  `json:"supportTicketTrend" doc:"Not measured by this server: null"`
}

func (a *api) portfolioInsights(ctx context.Context, who auth.Caller, in *insightsQuery) (*portfolioInsightsOutput, error) {
	out := &portfolioInsightsOutput{}
	return out, a.figures(ctx, who, func(tx *store.Tx, scope metrics.Scope) error {
		found, err := scope.Insights(tx, in.WindowDays)
		if err != nil {
			return err
		}
		out.Body.RiskAlerts = each(found.Risks, viewRisks)
		out.Body.Opportunities = each(found.Opportunities, viewOpportunity)
		out.Body.Trends.PortfolioHealth = directionView{known(string(found.Health.Way)), found.Health.Percent, found.Health.Sentence}
		return nil
	})
}

func viewRisks(g metrics.Group) riskAlertView {
	return riskAlertView{Type: hostedName(g.Type), Severity: g.Severity, ClientCount: g.Count, TotalMRRAtRisk: g.MRR.Amount(), Description: describeGroup(g),
		Clients: each(g.Clients, func(c metrics.Noted) riskClientView {
			return riskClientView{c.ClientID, c.Name, c.Score, c.Change, amount(c.MRR), c.Reason}
		})}
}

func describeGroup(g metrics.Group) string {
	if g.Count == 1 {
		return g.Name + ": one client has an open alert."
	}
	return fmt.Sprintf("%s: %d clients have an open alert.", g.Name, g.Count)
}

func viewOpportunity(g metrics.Group) opportunityView {
	return opportunityView{Type: hostedName(g.Type), ClientCount: g.Count, Clients: each(g.Clients, func(c metrics.Noted) readyClientView {
		return readyClientView{c.ClientID, c.Name, c.Score, known(string(c.Pace)), c.Signals}
	})}
}

type clientInsightsOutput struct{ Body clientInsightsView }

// clientInsightsView has the documented shape.
type clientInsightsView struct {
	ClientID        string               `json:"clientId"`
	Name            string               `json:"name"`
	CurrentScore    *float64             `json:"currentScore" doc:"null when it was never measured"`
	RiskLevel       *string              `json:"riskLevel" enum:"high,medium,low" doc:"By the zone of the score: red, yellow, green; null when it was never measured"`
	Insights        []clientInsightView  `json:"insights" doc:"The most severe first"`
	Recommendations []recommendationView `json:"recommendations" doc:"The most urgent first: what the rules' playbooks, or the sources, say. Where nobody said anything there is none"`
}

type clientInsightView struct {
	Type           string          `json:"type" doc:"The type of the open alert; communication_gap: nobody has spoken with them for 14 days; stakeholder_concentration: fewer contacts on file than stakeholderMinimum"`
	Severity       stanna.Severity `json:"severity" enum:"critical,high,medium,low,info"`
	Description    string          `json:"description"`
	Recommendation *string         `json:"recommendation" doc:"The first line of the rule's playbook, else what the source recommends; null when nobody said anything"`
	AlertID        *string         `json:"alertId" doc:"null for what is no alert"`
	Since          *time.Time      `json:"since"`
}

type recommendationView struct {
	Action            string  `json:"action"`
	Priority          string  `json:"priority" enum:"urgent,high,medium,low" doc:"urgent: the alert is critical"`
	Description       string  `json:"description" doc:"What asks for it"`
	SuggestedApproach *string `json:"suggestedApproach" doc:"The playbook, whole; null without one"`
	AlertID           string  `json:"alertId"`
}

func (a *api) clientInsights(ctx context.Context, who auth.Caller, in *clientID) (*clientInsightsOutput, error) {
	kept, err := a.Policy.Settings(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	minContacts := metrics.MinContacts
	if m := kept.Hosted.StakeholderMinimum; m != nil {
		minContacts = int(*m)
	}
	out := &clientInsightsOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		scope, err := a.scope(tx, who)
		if err != nil {
			return err
		}
		p, err := seenPortrait(tx, who, in.ID)
		if err != nil {
			return err
		}
		found, err := scope.Of(tx, p, minContacts)
		out.Body = clientInsightsView{ClientID: p.Client.ID, Name: p.Client.Name, Insights: each(found.List, viewInsight), Recommendations: each(found.Next, viewStep)}
		if score, measured := p.State.HealthScore(); measured {
			level := map[stanna.Zone]string{stanna.Red: "high", stanna.Yellow: "medium", stanna.Green: "low"}[scope.Settings.ZoneOf(score)]
			out.Body.CurrentScore, out.Body.RiskLevel = &score, &level
		}
		return err
	})
}

func viewInsight(i metrics.Insight) clientInsightView {
	return clientInsightView{i.Type, i.Severity, i.Description, known(i.Recommendation), known(i.AlertID), moment(i.Since)}
}

func viewStep(s metrics.Step) recommendationView {
	priority := string(s.Severity)
	switch s.Severity {
	case stanna.Critical:
		priority = "urgent"
	case stanna.Info:
		priority = string(stanna.Low)
	}
	return recommendationView{s.Action, priority, s.Description, known(s.Approach), s.AlertID}
}
