package web

import (
	"errors"
	"strings"

	"github.com/gostanna/stanna/internal/expr"
)

// exprField is an expression in a form.
type exprField struct {
	Field, Text   string
	Kind          string // condition or severity
	Hint, Example string
	Wrong         string
	Live          bool // it is checked while it is written
	Said          exprSaid
}

// exprSaid is what is wrong with an expression, and where.
type exprSaid struct {
	Field, ID string
	Checked   bool
	Empty     bool
	Message   string
	Hint      string
	Line      int
	Column    int
	Excerpt   string
	Good      string
}

// judge finds the place of what is wrong.
func (f *exprField) judge(w wrongs) {
	if f.Wrong = w.at(f.Field); f.Wrong == "" {
		f.Said = exprSaid{ID: fieldID(f.Field) + "-said"}
		return
	}
	f.Said = sayExpr(f.Field, f.Kind, f.Text)
	if f.Said.Message == "" { // it is wrong in another way than its language
		f.Said.Message = f.Wrong
	}
}

// sayExpr checks an expression as it is written.
func sayExpr(field, kind, text string) exprSaid {
	said := exprSaid{Field: field, ID: fieldID(field) + "-said", Checked: true}
	if strings.TrimSpace(text) == "" {
		said.Empty = true
		return said
	}
	var err error
	if kind == "severity" {
		_, err = expr.CompileSeverity(text)
	} else {
		_, err = expr.CompileCondition(text)
	}
	e, ok := exprError(err)
	switch {
	case err == nil && kind == "severity":
		said.Good = "It can be read, and gives a severity."
	case err == nil:
		said.Good = "It can be read."
	case ok:
		said.Message, said.Hint, said.Line, said.Column, said.Excerpt = e.Message, e.Hint, e.Line, e.Column, e.Excerpt()
	default:
		said.Message = err.Error()
	}
	return said
}

func exprError(err error) (*expr.Error, bool) {
	var e *expr.Error
	ok := errors.As(err, &e)
	return e, ok
}

func anyChosen(list []option) bool {
	for _, o := range list {
		if o.Chosen {
			return true
		}
	}
	return false
}

// invalid is the value of aria-invalid of a field.
func invalid(wrong string) string {
	if wrong != "" {
		return "true"
	}
	return "false"
}

// nameRow is one name of the language, as a page lists it.
type nameRow struct{ Path, Type, Doc, Example string }

func nameRows() (list []nameRow) {
	for _, n := range expr.Names() {
		list = append(list, nameRow(n))
	}
	return list
}
