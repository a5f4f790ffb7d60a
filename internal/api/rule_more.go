package api

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/expr"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/rule"
)

// Page is which part of a list is wanted.
type Page struct {
	Limit  int `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Offset int `query:"offset" minimum:"0" default:"0" doc:"How many to skip"`
}

type ruleHistoryInput struct {
	ID string `path:"id" maxLength:"200" doc:"The rule's id"`
	Page
}

type ruleHistoryOutput struct {
	Body struct {
		Versions   []ruleVersionView `json:"versions" doc:"Newest first"`
		Pagination pagination        `json:"pagination"`
	}
}

type ruleVersionView struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	Author  string    `json:"author" doc:"system, user:… or key:…"`
	Deleted bool      `json:"deleted" doc:"It was deleted then"`
	Rule    ruleView  `json:"rule"`
}

func (a *api) ruleHistory(ctx context.Context, who auth.Caller, in *ruleHistoryInput) (*ruleHistoryOutput, error) {
	list, total, err := a.Policy.RuleHistory(ctx, who.Workspace, in.ID, in.Limit, in.Offset)
	if err != nil {
		return nil, missing("rule", in.ID, err)
	}
	out := &ruleHistoryOutput{}
	out.Body.Pagination = paginationOf(in.Limit, in.Offset, total, len(list))
	out.Body.Versions = each(list, func(v policy.RuleVersion) ruleVersionView {
		r := stanna.Rule{ID: in.ID, Name: v.Name, Type: v.Type, Status: v.Status, Version: v.Version, Terms: v.Terms, UpdatedAt: v.At}
		return ruleVersionView{v.Version, v.At.UTC(), v.Author, v.Deleted, viewRule(r)}
	})
	return out, nil
}

type restoreRuleInput struct {
	IfRead
	ID   string `path:"id" maxLength:"200" doc:"The rule's id"`
	Body struct {
		Version int `json:"version" doc:"The version to go back to. It becomes the next one"`
	}
}

func (a *api) restoreRule(ctx context.Context, who auth.Caller, in *restoreRuleInput) (*ruleOutput, error) {
	saved, err := a.Policy.RestoreRule(ctx, who.Workspace, actor(who), in.ID, in.Body.Version, in.version(nil))
	if err != nil {
		return nil, missing("version", in.ID, in.refused(err))
	}
	return ruleAnswer(http.StatusOK, saved), nil
}

type checkRuleInput struct {
	Body ruleInput
}

type checkRuleOutput struct {
	Body struct {
		OK       bool             `json:"ok" doc:"It could be saved"`
		Problems []draftProblem   `json:"problems" doc:"Everything that would refuse it, by field"`
		Warnings []policy.Warning `json:"warnings" doc:"What may be saved and is probably not what was meant"`
	}
}

// draftProblem is one thing that is wrong with a draft.
type draftProblem struct {
	Field   string `json:"field"`
	Message string `json:"message"`
	Line    int    `json:"line,omitempty" doc:"Of an expression, from 1"`
	Column  int    `json:"column,omitempty" doc:"Of an expression, from 1"`
	Excerpt string `json:"excerpt,omitempty" doc:"The line of an expression, with a caret below the place"`
}

// checkRule says all that is wrong with a draft: of a new rule, or, with an
// id, of a change.
func (a *api) checkRule(ctx context.Context, who auth.Caller, in *checkRuleInput) (*checkRuleOutput, error) {
	out := &checkRuleOutput{}
	wrong := func(e *stanna.Error) {
		for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
			out.Body.Problems = append(out.Body.Problems, draftProblem{Field: field, Message: e.Fields[field]})
		}
	}
	var draft stanna.Rule
	var err error
	if in.Body.ID != nil && *in.Body.ID != "" {
		if draft, err = a.ruleOf(ctx, who.Workspace, *in.Body.ID); err != nil {
			return nil, err
		}
		var change func(*stanna.Rule) error
		if change, err = a.changeOf(ctx, in.Body, draft, wrong); err == nil {
			err = change(&draft)
		}
	} else {
		draft, err = a.newRule(ctx, who.Workspace, in.Body, wrong)
	}
	if err != nil {
		return nil, err
	}
	problems, warnings, err := a.Policy.CheckRule(ctx, who.Workspace, draft)
	if err != nil {
		return nil, err
	}
	typed := len(out.Body.Problems) > 0 // what was not understood was left out of the draft
	for _, p := range problems {
		if typed && p.Field == "destinations" {
			continue
		}
		out.Body.Problems = append(out.Body.Problems, draftProblem(p))
	}
	out.Body.Problems, out.Body.Warnings = all(out.Body.Problems), all(warnings)
	out.Body.OK = len(out.Body.Problems) == 0
	return out, nil
}

type expressionsOutput struct {
	Body struct {
		Names []expressionName `json:"names"`
	}
}

// expressionName is something that may be written in a condition, a severity
// or a matcher.
type expressionName struct {
	Name        string `json:"name" doc:"client.mrr, or a call such as lower(text)"`
	Type        string `json:"type" doc:"number, text, yes or no, date and time, …"`
	Description string `json:"description"`
	Example     string `json:"example" doc:"A whole condition"`
}

func (a *api) listExpressions(context.Context, auth.Caller, *struct{}) (*expressionsOutput, error) {
	out := &expressionsOutput{}
	out.Body.Names = each(expr.Names(), func(n expr.Name) expressionName { return expressionName{n.Path, n.Type, n.Doc, n.Example} })
	return out, nil
}

type alertTypesOutput struct {
	Body struct {
		AlertTypes []alertTypeView `json:"alertTypes"`
	}
}

type alertTypeView struct {
	Type        stanna.AlertType    `json:"type"`
	Name        string              `json:"name"`
	Description string              `json:"description" doc:"When it opens and when it closes"`
	Nature      rule.Nature         `json:"nature" enum:"trouble,chance,event" doc:"Trouble asks for action until it is over; a chance waits while a trouble is open; an event ends by itself"`
	Signals     []stanna.SignalType `json:"signals" doc:"What it looks at; none: everything, or time alone"`
	Joins       []stanna.AlertType  `json:"joins" doc:"Open alerts beside which it is told rather than alone"`
	Thresholds  []thresholdView     `json:"thresholds"`
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
		return alertTypeView{e.Type, e.Name, e.Doc, e.Nature, all(e.Signals), all(e.Joins),
			each(e.Thresholds, func(t rule.Threshold) thresholdView { return thresholdView(t) })}
	})
	return out, nil
}
