package policy

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
	"github.com/gostanna/stanna/internal/store"
)

// Problem is one thing that is wrong with a draft. Of an expression it says
// the place.
type Problem struct {
	Field   string `json:"field"`
	Message string `json:"message"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Excerpt string `json:"excerpt,omitempty"` // the line, with a caret below the place
}

// CheckRule says everything that is wrong with a draft, as SaveRule would
// find it one after the other, and what it would warn of. It saves nothing.
func (k *Keeper) CheckRule(ctx context.Context, workspace string, draft stanna.Rule) (problems []Problem, warnings []Warning, err error) {
	err = k.look(ctx, workspace, func(e *edit) error {
		var old *stanna.Rule
		if draft.ID != "" {
			r, err := e.tx.Rule(workspace, draft.ID)
			if err != nil {
				return err
			}
			old = &r
		}
		r, err := copyOf(tidied(draft))
		if err != nil {
			return err
		}
		r.Workspace = workspace
		whole := r
		seen := map[string]bool{}
		for {
			err := e.checkRule(r, old)
			p, ok := problemOf(err)
			if err != nil && !ok {
				return err
			}
			if err == nil || seen[p.Field] {
				break
			}
			seen[p.Field] = true
			problems = append(problems, place(whole, p))
			without(&r, p.Field, old)
		}
		warnings, err = e.warnings(whole)
		return err
	})
	return problems, warnings, err
}

// problemOf is what a refusal says of one field.
func problemOf(err error) (Problem, bool) {
	var e *stanna.Error
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return Problem{}, false
	}
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		return Problem{Field: field, Message: e.Fields[field]}, true
	}
	return Problem{}, false
}

// place finds the line and the column of a wrong expression.
func place(r stanna.Rule, p Problem) Problem {
	var err error
	switch p.Field {
	case "condition":
		_, err = expr.CompileCondition(r.Condition)
	case "severity":
		_, err = expr.CompileSeverity(r.SeverityAs)
	}
	var e *expr.Error
	if errors.As(err, &e) {
		p.Line, p.Column, p.Excerpt = e.Line, e.Column, e.Excerpt()
	}
	return p
}

// without takes a wrong field out of a draft, so that the next is found.
func without(r *stanna.Rule, field string, old *stanna.Rule) {
	top, rest, _ := strings.Cut(field, ".")
	top, _, _ = strings.Cut(top, "[")
	switch top {
	case "name":
		r.Name = "x"
	case "type":
		if old != nil {
			r.Type = old.Type
		}
	case "status":
		r.Status = stanna.RuleOff
	case "thresholds":
		if delete(r.Thresholds, rest); rest == "" {
			r.Thresholds = nil
		}
	case "filter":
		r.Filter = stanna.Filter{}
	case "condition":
		r.Condition = ""
		if r.Type == stanna.Custom {
			r.Condition = "client.id != \"\""
		}
	case "severity":
		r.SeverityAs = ""
	case "frequency":
		r.Frequency = nil
	case "playbook":
		r.Playbook = ""
	case "outside":
		r.Outside = stanna.Outside{}
	case "escalation":
		r.Escalation = nil
	case "destinations":
		r.Destinations, r.Status = nil, stanna.RuleOff
	}
}

// ownedBy asks for the clients of an owner, of whom one is enough to know.
func ownedBy(email string) store.ClientQuery { return store.ClientQuery{Owner: email, Limit: 1} }
