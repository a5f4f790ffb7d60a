package mapping

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
)

// faults gathers what is wrong, by where.
type faults struct {
	first  string
	fields map[string]string
}

// add notes what is wrong with a field; nil is nothing. Of an error that
// speaks of fields itself, they stand below this one.
func (f *faults) add(field string, err error) {
	var known *stanna.Error
	switch {
	case err == nil:
	case errors.As(err, &known) && len(known.Fields) > 0:
		for _, name := range slices.Sorted(maps.Keys(known.Fields)) {
			f.note(strings.TrimPrefix(strings.TrimSuffix(field, ".")+"."+name, "."), known.Fields[name])
		}
	default:
		f.note(field, err.Error())
	}
}

func (f *faults) note(field, message string) {
	if f.fields == nil {
		f.first, f.fields = field, map[string]string{}
	}
	f.fields[field] = message
}

// err is all of it, nil when nothing is wrong. Its message has the first
// fault in full.
func (f *faults) err() error {
	if len(f.fields) == 0 {
		return nil
	}
	message := f.first + ": " + f.fields[f.first]
	if others := slices.DeleteFunc(slices.Sorted(maps.Keys(f.fields)), func(name string) bool { return name == f.first }); len(others) > 3 {
		message += fmt.Sprintf(" (and %d more: %s, …)", len(others), strings.Join(others[:3], ", "))
	} else if len(others) > 0 {
		message += fmt.Sprintf(" (and %d more: %s)", len(others), strings.Join(others, ", "))
	}
	return &stanna.Error{Code: stanna.Invalid, Message: message, Fields: f.fields}
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
