package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// ruleView is a rule with every threshold, the defaults filled in.
type ruleView struct {
	ID           string                               `json:"id"`
	Name         string                               `json:"name"`
	Type         stanna.AlertType                     `json:"type"`
	Status       stanna.RuleStatus                    `json:"status" enum:"active,shadow,off"`
	Version      int                                  `json:"version" doc:"Rises with every change"`
	Thresholds   map[string]float64                   `json:"thresholds"`
	Filter       stanna.Filter                        `json:"filter" doc:"The clients it is about; what is left out lets everybody pass"`
	Condition    string                               `json:"condition" doc:"Must hold as well; GET /api/expressions lists what may be written"`
	Severity     string                               `json:"severity" doc:"An expression that gives a severity; empty: by the alert type"`
	Destinations []string                             `json:"destinations" doc:"None: the routing table, or else the workspace's default channel"`
	Frequency    map[stanna.Severity]stanna.Frequency `json:"frequency" doc:"By severity: realtime, daily or weekly. What is left out has the workspace's"`
	Outside      outsideView                          `json:"outside" doc:"What becomes of an alert outside working hours"`
	Escalation   []stepView                           `json:"escalation" doc:"Who is told as well when nobody takes an alert up"`
	Playbook     string                               `json:"playbook" doc:"What to do next: text or a link"`
	ActiveSince  *time.Time                           `json:"activeSince" doc:"What was so before is no news"`
	CreatedAt    time.Time                            `json:"createdAt"`
	UpdatedAt    time.Time                            `json:"updatedAt"`
	Warnings     []policy.Warning                     `json:"warnings,omitempty" doc:"In the answer to a change: what may be saved and is probably not what was meant"`
}

type outsideView struct {
	Do    stanna.OutsideDo `json:"do" enum:"hold,send,redirect,digest"`
	To    []string         `json:"to" doc:"Of a redirect"`
	Hours *stanna.Hours    `json:"hours,omitempty" doc:"The rule's own; without them the workspace's"`
}

type stepView struct {
	AfterMinutes int             `json:"afterMinutes" doc:"Of working time since the alert opened"`
	To           []string        `json:"to"`
	Severity     stanna.Severity `json:"severity" doc:"What it is raised to; empty: as it is"`
}

func viewRule(r stanna.Rule) ruleView {
	view := ruleView{ID: r.ID, Name: r.Name, Type: r.Type, Status: r.Status, Version: r.Version, Thresholds: map[string]float64{},
		Filter: r.Filter, Condition: r.Condition, Severity: r.SeverityAs, Destinations: places(r.Destinations), Frequency: r.Frequency,
		Outside:    outsideView{Do: r.Outside.Do, To: places(r.Outside.To), Hours: r.Outside.Hours},
		Escalation: each(r.Escalation, func(s stanna.EscalationStep) stepView { return stepView{s.After, places(s.To), s.Raise} }),
		Playbook:   r.Playbook, ActiveSince: moment(r.ActiveSince), CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC()}
	if view.Outside.Do == "" {
		view.Outside.Do = stanna.OutsideHold
	}
	if view.Frequency == nil {
		view.Frequency = map[stanna.Severity]stanna.Frequency{}
	}
	if e := rule.EntryOf(r.Type); e != nil {
		for _, t := range e.Thresholds {
			view.Thresholds[t.Name] = t.Default
		}
	}
	for name, v := range r.Thresholds {
		view.Thresholds[name] = v
	}
	return view
}

func places(list []stanna.Destination) []string {
	return each(list, func(d stanna.Destination) string { return string(d) })
}

type listRulesOutput struct {
	Body struct {
		Rules []ruleView `json:"rules"`
	}
}

func (a *api) listRules(ctx context.Context, who auth.Caller, _ *struct{}) (*listRulesOutput, error) {
	out := &listRulesOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		rules, err := tx.Rules(who.Workspace)
		out.Body.Rules = each(rules, viewRule)
		return err
	})
}

type ruleID struct {
	ID string `path:"id" maxLength:"200" doc:"The rule's id"`
}

type ruleOutput struct {
	Status int
	ETag   string `header:"ETag" doc:"Its version, for If-Match"`
	Body   ruleView
}

func ruleAnswer(status int, saved policy.Saved) *ruleOutput {
	out := &ruleOutput{Status: status, ETag: etag(saved.Rule.Version), Body: viewRule(saved.Rule)}
	out.Body.Warnings = saved.Warnings
	return out
}

func (a *api) getRule(ctx context.Context, who auth.Caller, in *ruleID) (*ruleOutput, error) {
	r, err := a.ruleOf(ctx, who.Workspace, in.ID)
	return ruleAnswer(http.StatusOK, policy.Saved{Rule: r}), err
}

func (a *api) ruleOf(ctx context.Context, workspace, id string) (r stanna.Rule, err error) {
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		r, err = tx.Rule(workspace, id)
		return missing("rule", id, err)
	})
	return r, err
}

type postRuleInput struct{ Body ruleInput }

func (a *api) postRule(ctx context.Context, who auth.Caller, in *postRuleInput) (*ruleOutput, error) {
	draft, err := a.newRule(ctx, who.Workspace, in.Body, nil)
	if err != nil {
		return nil, err
	}
	saved, err := a.Policy.SaveRule(ctx, who.Workspace, actor(who), draft, nil)
	if err != nil {
		return nil, err
	}
	return ruleAnswer(http.StatusCreated, saved), nil
}

type putRuleInput struct {
	IfRead
	ID   string `path:"id" maxLength:"200" doc:"The rule's id"`
	Body ruleInput
}

func (a *api) putRule(ctx context.Context, who auth.Caller, in *putRuleInput) (*ruleOutput, error) {
	old, err := a.ruleOf(ctx, who.Workspace, in.ID)
	if err != nil {
		return nil, err
	}
	change, err := a.changeOf(ctx, in.Body, old, nil)
	if err != nil {
		return nil, err
	}
	saved, err := a.Policy.ChangeRule(ctx, who.Workspace, actor(who), in.ID, in.version(in.Body.Version), change)
	if err != nil {
		return nil, missing("rule", in.ID, in.refused(err))
	}
	return ruleAnswer(http.StatusOK, saved), nil
}

type deleteRuleInput struct {
	IfRead
	ID      string `path:"id" maxLength:"200" doc:"The rule's id"`
	Version int    `query:"version" minimum:"0" doc:"Of the rule as you read it; refused if it was changed since"`
}

func (a *api) deleteRule(ctx context.Context, who auth.Caller, in *deleteRuleInput) (*doneOutput, error) {
	var version *int
	if in.Version > 0 {
		version = &in.Version
	}
	if err := a.Policy.DeleteRule(ctx, who.Workspace, actor(who), in.ID, in.version(version)); err != nil {
		return nil, missing("rule", in.ID, in.refused(err))
	}
	return did("Rule deleted; its open alerts close. Its history stays, and it can be restored"), nil
}
