package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/policy"
	where "github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
)

// usualHistory is how far back a backtest looks unless told otherwise.
const usualHistory = 90 * 24 * time.Hour

// draftID stands for a rule that is not saved.
const draftID = "draft"

// Played is which history is played, and what is tried with it.
type Played struct {
	From  *time.Time `json:"from,omitempty" doc:"90 days before until, without it"`
	Until *time.Time `json:"until,omitempty" doc:"Now without it"`
	Limit *int       `json:"limit,omitempty" minimum:"0" maximum:"10000" doc:"How many alerts are listed at most, of each list; 1000 without it. The figures count all"`
}

// Varied is which other values of a threshold of the rule are tried as well.
type Varied struct {
	Threshold string    `json:"threshold,omitempty" maxLength:"60" doc:"Try other values of this threshold of the rule"`
	Values    []float64 `json:"values,omitempty" maxItems:"12" doc:"The values to try; without them some around the one in force"`
}

// trial is the policy in question.
type trial func(inForce backtest.Policy) (p backtest.Policy, another bool, err error)

type backtestOutput struct {
	Body struct {
		Report     backtest.Report      `json:"report" doc:"What the policy in question would have done. Of one rule its own alerts are listed; the figures are those of the whole policy with it"`
		InForce    *backtest.Report     `json:"inForce" doc:"What the policy in force would have done, without its alerts; null when it is the one in question"`
		Comparison *backtest.Comparison `json:"comparison" doc:"What changes from the one in force to the one in question"`
		Variants   []backtest.Variant   `json:"variants" doc:"What other values of the threshold would have done"`
		Cut        bool                 `json:"cut" doc:"There are more alerts than are listed"`
	}
}

type backtestRuleInput struct {
	ID   string `path:"id" maxLength:"200" doc:"The rule's id"`
	Body struct {
		Played
		Varied
		Change *ruleInput `json:"change,omitempty" doc:"What would be changed of the rule; nothing is saved"`
	}
}

func (a *api) backtestRule(ctx context.Context, who auth.Caller, in *backtestRuleInput) (*backtestOutput, error) {
	r, err := a.ruleOf(ctx, who.Workspace, in.ID)
	if err != nil {
		return nil, err
	}
	old := r
	if in.Body.Change != nil {
		change, err := a.changeOf(ctx, *in.Body.Change, r, nil)
		if err != nil {
			return nil, err
		}
		if err := change(&r); err != nil {
			return nil, err
		}
		if r.Type != old.Type {
			return nil, stanna.InvalidField("change.type", "cannot be changed")
		}
	}
	return a.try(ctx, who, in.Body.Played, in.Body.Varied, func(p backtest.Policy) (backtest.Policy, bool, error) {
		p, err := withRule(p, r)
		return p, in.Body.Change != nil || r.Status != stanna.RuleActive, err
	})
}

// withRule is a policy with a rule in its place, judged as if it were active.
func withRule(p backtest.Policy, r stanna.Rule) (backtest.Policy, error) {
	if err := rule.Check(r); err != nil {
		return p, err
	}
	p.Rules, p.Draft = slices.Clone(p.Rules), r.ID
	if i := slices.IndexFunc(p.Rules, func(x stanna.Rule) bool { return x.ID == r.ID }); i >= 0 {
		p.Rules[i] = r
	} else {
		p.Rules = append(p.Rules, r)
	}
	return p, nil
}

type backtestDraftInput struct {
	Body struct {
		Played
		Varied
		Rule ruleInput `json:"rule" doc:"The rule that is not saved; it goes by the id draft"`
	}
}

func (a *api) backtestDraft(ctx context.Context, who auth.Caller, in *backtestDraftInput) (*backtestOutput, error) {
	r, err := a.newRule(ctx, who.Workspace, in.Body.Rule, nil)
	if err != nil {
		return nil, err
	}
	r.ID = draftID
	return a.try(ctx, who, in.Body.Played, in.Body.Varied, func(p backtest.Policy) (backtest.Policy, bool, error) {
		p, err := withRule(p, r)
		return p, true, err
	})
}

type backtestPolicyInput struct {
	Body struct {
		Played
		Rules    []ruleInput     `json:"rules,omitempty" maxItems:"200" doc:"Changes of rules that have an id, and new rules without one"`
		Routes   *[]routeLine    `json:"routes,omitempty" doc:"In the place of the routing table"`
		Settings *workspaceInput `json:"settings,omitempty" doc:"What would be changed of the settings (GET /api/settings, workspace)"`
	}
}

// backtestPolicy plays the policy in force, or the one that these changes
// would make of it.
func (a *api) backtestPolicy(ctx context.Context, who auth.Caller, in *backtestPolicyInput) (*backtestOutput, error) {
	kept, err := a.Policy.Settings(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	return a.try(ctx, who, in.Body.Played, Varied{}, func(p backtest.Policy) (backtest.Policy, bool, error) {
		if len(in.Body.Rules) == 0 && in.Body.Routes == nil && in.Body.Settings == nil {
			return p, false, nil
		}
		p, err := a.otherPolicy(ctx, who.Workspace, p, kept, in)
		return p, true, err
	})
}

func (a *api) otherPolicy(ctx context.Context, workspace string, p backtest.Policy, kept policy.Kept, in *backtestPolicyInput) (backtest.Policy, error) {
	p.Rules = slices.Clone(p.Rules)
	if in.Body.Settings != nil {
		kept.Rules = slices.Clone(p.Rules)
		if err := (settingsInput{Workspace: in.Body.Settings}).into(&kept); err != nil {
			return p, err
		}
		p.Settings, p.Rules = kept.Workspace.Settings, kept.Rules
		if err := p.Settings.Validate(); err != nil {
			return p, err
		}
	}
	for i, x := range in.Body.Rules {
		r, err := a.triedRule(ctx, workspace, p, x, i)
		if err != nil {
			return p, err
		}
		if p, err = withRule(p, r); err != nil {
			return p, err
		}
		p.Draft = "" // each is what its status says
	}
	if in.Body.Routes != nil {
		lines, err := a.lines(ctx, workspace, *in.Body.Routes)
		if err != nil {
			return p, err
		}
		p.Lines = lines
		return p, where.CheckLines(lines)
	}
	return p, nil
}

// triedRule is a rule of the policy as it would be changed, or a new one.
func (a *api) triedRule(ctx context.Context, workspace string, p backtest.Policy, in ruleInput, n int) (r stanna.Rule, err error) {
	if in.ID == nil || *in.ID == "" {
		r, err = a.newRule(ctx, workspace, in, nil)
		r.ID = fmt.Sprintf("%s_%d", draftID, n+1)
		return r, err
	}
	i := slices.IndexFunc(p.Rules, func(x stanna.Rule) bool { return x.ID == *in.ID })
	if i < 0 {
		return r, stanna.InvalidField(fmt.Sprintf("rules[%d].id", n), "is no rule here; leave it out for a new one")
	}
	r = p.Rules[i]
	change, err := a.changeOf(ctx, in, r, nil)
	if err != nil {
		return r, err
	}
	return r, change(&r)
}

// try plays history through the policy in question, and the one in force if
// that is another. Backtests wait for each other: one needs every processor.
func (a *api) try(ctx context.Context, who auth.Caller, w Played, v Varied, question trial) (*backtestOutput, error) {
	until, limit := a.Clock.Now(who.Workspace).Truncate(time.Second).Add(time.Second), 1000 // what came just now is part of it
	give(&until, w.Until)
	give(&limit, w.Limit)
	from := until.Add(-usualHistory)
	give(&from, w.From)
	if !from.Before(until) {
		return nil, stanna.InvalidField("from", "must be before until")
	}
	free, err := a.takeTurn(ctx)
	if err != nil {
		return nil, err
	}
	defer free()
	in, err := backtest.Load(ctx, a.Store, who.Workspace, from.UTC(), until.UTC())
	if err != nil {
		return nil, err
	}
	if who.OwnAccountsOnly() {
		in.Clients = slices.DeleteFunc(in.Clients, func(c stanna.Client) bool { return !who.Sees(c.CSMOwner) })
	}
	inForce, another := in.Policy, false
	if in.Policy, another, err = question(inForce); err != nil {
		return nil, err
	}
	policies := []backtest.Policy{in.Policy}
	if another {
		policies = append(policies, inForce)
	}
	out := &backtestOutput{}
	out.Body.Variants = []backtest.Variant{}
	if v.Threshold != "" {
		if out.Body.Variants, err = backtest.Vary(ctx, in, backtest.Variation{RuleID: in.Draft, Threshold: v.Threshold, Values: v.Values}); err != nil {
			return nil, err
		}
		for i := range out.Body.Variants {
			out.Body.Variants[i].Outcomes.Missed = all(out.Body.Variants[i].Outcomes.Missed)
		}
	}
	reports, err := backtest.RunAll(ctx, in, policies...)
	if err != nil {
		return nil, err
	}
	if another {
		c := backtest.Compare(reports[1], reports[0])
		gone, added := cut(&c.Gone, limit), cut(&c.Added, limit)
		if c.Changed = all(c.Changed); len(c.Changed) > limit {
			c.Changed, gone = c.Changed[:limit], true
		}
		c.Before.Missed, c.Afterward.Missed = all(c.Before.Missed), all(c.Afterward.Missed)
		before := shownReport(reports[1])
		before.Episodes = []backtest.Episode{}
		out.Body.Comparison, out.Body.InForce, out.Body.Cut = &c, &before, gone || added
	}
	out.Body.Report = shownReport(reports[0])
	if rule := in.Draft; rule != "" { // the rule was asked about; the figures show what the others add
		out.Body.Report.Episodes = slices.DeleteFunc(out.Body.Report.Episodes, func(e backtest.Episode) bool { return e.RuleID != rule })
	}
	out.Body.Cut = cut(&out.Body.Report.Episodes, limit) || out.Body.Cut
	return out, nil
}

// takeTurn waits until no other backtest runs, and gives what ends the turn.
func (a *api) takeTurn(ctx context.Context) (free func(), err error) {
	select {
	case a.trying <- struct{}{}:
		return func() { <-a.trying }, nil
	case <-ctx.Done():
		return nil, stanna.Errorf(stanna.Unavailable, "another backtest is running; try again when it is done")
	}
}

// cut shortens a list of alerts, and says whether it did.
func cut(list *[]backtest.Episode, limit int) bool {
	*list = all(*list)
	for i := range *list {
		(*list)[i].Told = all((*list)[i].Told)
	}
	if len(*list) <= limit {
		return false
	}
	*list = (*list)[:limit]
	return true
}

// shownReport has empty lists where there is nothing, and no null.
func shownReport(r backtest.Report) backtest.Report {
	r.Rules, r.Weeks, r.Traffic, r.Silent, r.Notes = all(r.Rules), all(r.Weeks), all(r.Traffic), all(r.Silent), all(r.Notes)
	r.Outcomes.Missed = all(r.Outcomes.Missed)
	if r.Draft != nil {
		r.Draft.Missed = all(r.Draft.Missed)
	}
	return r
}
