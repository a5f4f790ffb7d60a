package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// ruleView is a rule with every threshold, the defaults filled in.
type ruleView struct {
	ID           string             `json:"id"`
	Name         string             `json:"name"`
	Type         stanna.AlertType   `json:"type"`
	Status       stanna.RuleStatus  `json:"status" enum:"active,shadow,off"`
	Version      int                `json:"version" doc:"Rises with every change"`
	Thresholds   map[string]float64 `json:"thresholds"`
	Destinations []string           `json:"destinations" doc:"None: the workspace's default channel"`
	Playbook     string             `json:"playbook" doc:"What to do next: text or a link"`
	CreatedAt    time.Time          `json:"createdAt"`
	UpdatedAt    time.Time          `json:"updatedAt"`
}

func viewRule(r stanna.Rule) ruleView {
	view := ruleView{ID: r.ID, Name: r.Name, Type: r.Type, Status: r.Status, Version: r.Version, Thresholds: map[string]float64{},
		Destinations: each(r.Destinations, func(d stanna.Destination) string { return string(d) }), Playbook: r.Playbook,
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC()}
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

type ruleOutput struct{ Body ruleView }

func (a *api) getRule(ctx context.Context, who auth.Caller, in *ruleID) (*ruleOutput, error) {
	out := &ruleOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		r, err := ruleOf(tx, who.Workspace, in.ID)
		out.Body = viewRule(r)
		return err
	})
}

func ruleOf(tx *store.Tx, workspace, id string) (stanna.Rule, error) {
	rules, err := tx.Rules(workspace)
	if err != nil {
		return stanna.Rule{}, err
	}
	for _, r := range rules {
		if r.ID == id {
			return r, nil
		}
	}
	return stanna.Rule{}, missing("rule", id, stanna.Errorf(stanna.NotFound, "rule not found"))
}

type putRuleInput struct {
	ID   string `path:"id" maxLength:"200" doc:"The rule's id"`
	Body ruleInput
}

// ruleInput changes what it names and leaves the rest.
type ruleInput struct {
	Version      *int               `json:"version,omitempty" doc:"Of the rule as you read it; refused if it was changed since"`
	Name         *string            `json:"name,omitempty" maxLength:"200"`
	Status       *string            `json:"status,omitempty" enum:"active,shadow,off"`
	Thresholds   map[string]float64 `json:"thresholds,omitempty" doc:"Those that are named; /api/alert-types lists them"`
	Destinations *[]string          `json:"destinations,omitempty" maxItems:"20" doc:"Channels: ids, names or links. None: the default channel"`
	Playbook     *string            `json:"playbook,omitempty" maxLength:"2000"`
}

func (a *api) putRule(ctx context.Context, who auth.Caller, in *putRuleInput) (*ruleOutput, error) {
	var to []stanna.Destination
	if in.Body.Destinations != nil {
		for i, typed := range *in.Body.Destinations {
			d, err := a.destination(ctx, who.Workspace, typed, "destinations["+strconv.Itoa(i)+"]")
			if err != nil {
				return nil, err
			}
			to = append(to, d)
		}
	}
	out := &ruleOutput{}
	err := a.Store.Update(ctx, func(tx *store.Tx) error {
		r, err := ruleOf(tx, who.Workspace, in.ID)
		if err != nil {
			return err
		}
		if in.Body.Version != nil && *in.Body.Version != r.Version {
			return stanna.Errorf(stanna.Conflict, "the rule was changed meanwhile and is at version %d; read it again", r.Version)
		}
		in.Body.into(&r, to)
		if err := rule.Check(r); err != nil {
			return err
		}
		if err := tx.PutRule(r, a.Clock.Real()); err != nil {
			return err
		}
		if r, err = ruleOf(tx, who.Workspace, in.ID); err != nil {
			return err
		}
		out.Body = viewRule(r)
		return tx.Audit(stanna.AuditEntry{Workspace: who.Workspace, At: a.Clock.Real(), Actor: who.Actor(), Action: "rule.changed", Subject: r.ID,
			Details: map[string]string{"version": strconv.Itoa(r.Version), "status": string(r.Status)}})
	})
	// What the rule had opened closes with it.
	for more := err == nil && out.Body.Status != stanna.RuleActive; more && err == nil; {
		more, err = a.Intake.Tick(ctx, who.Workspace)
	}
	return out, err
}

func (in ruleInput) into(r *stanna.Rule, to []stanna.Destination) {
	if in.Name != nil {
		r.Name = strings.TrimSpace(*in.Name)
	}
	if in.Status != nil {
		r.Status = stanna.RuleStatus(*in.Status)
	}
	if in.Playbook != nil {
		r.Playbook = strings.TrimSpace(*in.Playbook)
	}
	if in.Destinations != nil {
		r.Destinations = to
	}
	if len(in.Thresholds) > 0 {
		set := make(map[string]float64, len(r.Thresholds)+len(in.Thresholds))
		for name, v := range r.Thresholds {
			set[name] = v
		}
		for name, v := range in.Thresholds {
			set[name] = v
		}
		r.Thresholds = set
	}
}

type alertTypesOutput struct {
	Body struct {
		AlertTypes []alertTypeView `json:"alertTypes"`
	}
}

type alertTypeView struct {
	Type       stanna.AlertType    `json:"type"`
	Name       string              `json:"name"`
	Signals    []stanna.SignalType `json:"signals" doc:"What it looks at"`
	Thresholds []thresholdView     `json:"thresholds"`
}

type thresholdView struct {
	Name    string  `json:"name"`
	Unit    string  `json:"unit"`
	Doc     string  `json:"description"`
	Default float64 `json:"default"`
	Min     float64 `json:"min"`
	Max     float64 `json:"max"`
}

func (a *api) listAlertTypes(context.Context, auth.Caller, *struct{}) (*alertTypesOutput, error) {
	out := &alertTypesOutput{}
	out.Body.AlertTypes = each(rule.Catalogue(), func(e *rule.Entry) alertTypeView {
		return alertTypeView{e.Type, e.Name, e.Signals, each(e.Thresholds, func(t rule.Threshold) thresholdView { return thresholdView(t) })}
	})
	return out, nil
}
