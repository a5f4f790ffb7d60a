package web

import (
	"errors"

	"github.com/gostanna/stanna/internal/expr"
)

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
