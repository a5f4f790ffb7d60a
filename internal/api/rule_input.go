package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/rule"
)

// ruleInput changes what it names and leaves the rest. What a GET shows may
// be sent back.
type ruleInput struct {
	Version      *int                                  `json:"version,omitempty" doc:"Of the rule as you read it; refused if it was changed since"`
	Name         *string                               `json:"name,omitempty" maxLength:"200"`
	Type         *stanna.AlertType                     `json:"type,omitempty" doc:"Of a new rule; cannot be changed. /api/alert-types lists them"`
	Status       *string                               `json:"status,omitempty" enum:"active,shadow,off" doc:"active without it, for a new rule"`
	Thresholds   map[string]float64                    `json:"thresholds,omitempty" doc:"Those that are named; /api/alert-types lists them"`
	Filter       *stanna.Filter                        `json:"filter,omitempty" doc:"Replaced whole"`
	Condition    *string                               `json:"condition,omitempty"`
	Severity     *string                               `json:"severity,omitempty" doc:"An expression that gives a severity; a word in quotes is one"`
	Destinations *[]string                             `json:"destinations,omitempty" maxItems:"20" doc:"Channels (ids, names or links), e-mail addresses of people, or owner. None: the routing table, or else the default channel"`
	Frequency    *map[stanna.Severity]stanna.Frequency `json:"frequency,omitempty"`
	Outside      *outsideInput                         `json:"outside,omitempty" doc:"Replaced whole"`
	Escalation   *[]stepInput                          `json:"escalation,omitempty" maxItems:"10"`
	Playbook     *string                               `json:"playbook,omitempty" maxLength:"2000"`

	ID          *string           `json:"id,omitempty" doc:"May be repeated, not changed"`
	ActiveSince *time.Time        `json:"activeSince,omitempty" doc:"May be repeated; not changed by it"`
	CreatedAt   *time.Time        `json:"createdAt,omitempty" doc:"May be repeated; not changed by it"`
	UpdatedAt   *time.Time        `json:"updatedAt,omitempty" doc:"May be repeated; not changed by it"`
	Warnings    *[]policy.Warning `json:"warnings,omitempty" doc:"May be repeated; not changed by it"`
}

type outsideInput struct {
	Do    stanna.OutsideDo `json:"do,omitempty" doc:"hold (the default), send, redirect or digest"`
	To    []string         `json:"to,omitempty" maxItems:"20" doc:"Of a redirect"`
	Hours *stanna.Hours    `json:"hours,omitempty"`
}

type stepInput struct {
	AfterMinutes int             `json:"afterMinutes"`
	To           []string        `json:"to,omitempty" maxItems:"20"`
	Severity     stanna.Severity `json:"severity,omitempty"`
}

// typedPlaces reads destinations as people type them. What stands in the rule
// already is taken as it is. Wrong is given each that is refused; nil makes
// it an error.
type typedPlaces struct {
	*api
	workspace string
	known     []stanna.Destination
	wrong     func(*stanna.Error)
}

func (t typedPlaces) read(ctx context.Context, typed []string, field string) (list []stanna.Destination, err error) {
	for i, text := range typed {
		at := fmt.Sprintf("%s[%d]", field, i)
		d := stanna.Destination(strings.TrimSpace(text))
		if !slices.Contains(t.known, d) {
			if d, err = t.anyDestination(ctx, t.workspace, text, at); err == nil {
				if email, ok := d.Person(); ok {
					t.meet(ctx, t.workspace, email)
				}
			}
		}
		if err != nil {
			refusal := asField(err, at)
			if t.wrong == nil || refusal == nil {
				return nil, err
			}
			t.wrong(refusal)
			err = nil
			continue
		}
		list = append(list, d)
	}
	return list, nil
}

// asField is a refusal as one of a field, or nil when it is trouble of ours.
func asField(err error, field string) *stanna.Error {
	var e *stanna.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		return e
	}
	if p := translate(err); p.Status == 400 {
		return stanna.InvalidField(field, "%s", p.Message)
	}
	return nil
}

// changeOf is what the input makes of a rule.
func (a *api) changeOf(ctx context.Context, in ruleInput, old stanna.Rule, wrong func(*stanna.Error)) (func(*stanna.Rule) error, error) {
	if in.ID != nil && *in.ID != old.ID {
		return nil, stanna.InvalidField("id", "cannot be changed")
	}
	t := typedPlaces{a, old.Workspace, slices.Concat(old.Destinations, old.Outside.To), wrong}
	for _, s := range old.Escalation {
		t.known = append(t.known, s.To...)
	}
	var to []stanna.Destination
	var outside stanna.Outside
	var steps []stanna.EscalationStep
	var err error
	if in.Destinations != nil {
		if to, err = t.read(ctx, *in.Destinations, "destinations"); err != nil {
			return nil, err
		}
	}
	if in.Outside != nil {
		outside = stanna.Outside{Do: in.Outside.Do, Hours: in.Outside.Hours}
		if outside.To, err = t.read(ctx, in.Outside.To, "outside.to"); err != nil {
			return nil, err
		}
	}
	if in.Escalation != nil {
		for i, s := range *in.Escalation {
			step := stanna.EscalationStep{After: s.AfterMinutes, Raise: s.Severity}
			if step.To, err = t.read(ctx, s.To, fmt.Sprintf("escalation[%d].to", i)); err != nil {
				return nil, err
			}
			steps = append(steps, step)
		}
	}
	return func(r *stanna.Rule) error {
		in.into(r)
		if in.Destinations != nil {
			r.Destinations = to
		}
		if in.Outside != nil {
			r.Outside = outside
			if outside.Do == stanna.OutsideHold {
				r.Outside.Do = "" // the default, as a GET shows it
			}
		}
		if in.Escalation != nil {
			r.Escalation = steps
		}
		return nil
	}, nil
}

// newRule is the rule that the input makes of nothing.
func (a *api) newRule(ctx context.Context, workspace string, in ruleInput, wrong func(*stanna.Error)) (r stanna.Rule, err error) {
	r.Workspace, r.Status = workspace, stanna.RuleActive
	if in.Type == nil {
		return r, stanna.InvalidField("type", "is required; GET /api/alert-types lists them")
	}
	if in.ID != nil && *in.ID != "" {
		return r, stanna.InvalidField("id", "is given by the server; PUT /api/rules/{id} changes a rule that is there")
	}
	in.ID = nil
	r.Type = *in.Type
	change, err := a.changeOf(ctx, in, r, wrong)
	if err != nil {
		return r, err
	}
	if e := rule.EntryOf(r.Type); e != nil {
		r.Name = e.Name // unless it is given one
	}
	return r, change(&r)
}

// into sets what needs no look at Slack.
func (in ruleInput) into(r *stanna.Rule) {
	give(&r.Name, in.Name)
	give(&r.Type, in.Type)
	give(&r.Filter, in.Filter)
	give(&r.Condition, in.Condition)
	give(&r.SeverityAs, in.Severity)
	give(&r.Frequency, in.Frequency)
	give(&r.Playbook, in.Playbook)
	if in.Status != nil {
		r.Status = stanna.RuleStatus(*in.Status)
	}
	for name, v := range in.Thresholds {
		setThreshold(r, name, v)
	}
}

func give[T any](into, given *T) {
	if given != nil {
		*into = *given
	}
}

// setThreshold sets a threshold of a rule. One that is sent back as its
// default stays the default, also when that is another some day.
func setThreshold(r *stanna.Rule, name string, v float64) {
	if _, own := r.Thresholds[name]; !own {
		if e := rule.EntryOf(r.Type); e != nil && slices.ContainsFunc(e.Thresholds, func(t rule.Threshold) bool { return t.Name == name && t.Default == v }) {
			return
		}
	}
	set := make(map[string]float64, len(r.Thresholds)+1)
	for name, v := range r.Thresholds {
		set[name] = v
	}
	set[name] = v
	r.Thresholds = set
}
