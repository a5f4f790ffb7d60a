package expr

import (
	"math"
	"reflect"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// writer is an Input as a template sees it, with the ways of the reader.
type writer struct {
	*scene
	Writing
}

// What the functions of templates are given besides their arguments.
const (
	writerName   = "@writer"
	currencyName = "@currency"
)

// ResolveName gives the value of a name.
func (w *writer) ResolveName(path string) (any, bool) {
	switch path {
	case writerName:
		return w, true
	case currencyName:
		return types.String(usualCurrency(w.scene)), true
	}
	return w.scene.ResolveName(path)
}

// maxJoined bounds what is made of a list, in bytes: more than any
// placeholder may give.
const maxJoined = 20_000

// text writes a value; false when there is no way to.
func (w *writer) text(v ref.Val) (string, bool) {
	switch v := v.(type) {
	case types.Double:
		if !isNumber(float64(v)) {
			return w.unknown(), true
		}
		return w.number(float64(v)), true
	case types.String:
		return string(v), true
	case types.Bool:
		return w.yesNo(bool(v)), true
	case types.Timestamp:
		return w.date(w.local(v.Time)), true
	case types.Duration:
		return w.lasting(v.Duration), true
	case types.Null:
		return w.unknown(), true
	case traits.Lister:
		return w.join(v, ", ")
	}
	return "", false
}

// join writes the entries of a list that are known.
func (w *writer) join(list traits.Lister, between string) (string, bool) {
	var b strings.Builder
	for it := list.Iterator(); it.HasNext() == types.True && b.Len() <= maxJoined; {
		v := it.Next()
		if _, nested := v.(traits.Lister); nested {
			return "", false
		}
		if !bool(known(v).(types.Bool)) {
			continue
		}
		text, ok := w.text(v)
		if !ok {
			return "", false
		}
		if b.Len() > 0 {
			b.WriteString(between)
		}
		b.WriteString(text)
	}
	return b.String(), true
}

// local is a time where the workspace is.
func (w *writer) local(t time.Time) time.Time {
	return t.In(theLanguage().location(w.Settings.Timezone))
}

// moment is the time that is meant; text is a date, or a time as JSON has it.
func (w *writer) moment(v ref.Val) (time.Time, bool) {
	switch v := v.(type) {
	case types.Timestamp:
		return w.local(v.Time), true
	case types.String:
		if t, err := time.ParseInLocation(time.DateOnly, string(v), theLanguage().location(w.Settings.Timezone)); err == nil {
			return t, true
		}
		t, err := time.Parse(time.RFC3339, string(v))
		return w.local(t), err == nil
	}
	return time.Time{}, false
}

func isNumber(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func writerType() *cel.Type { return cel.OpaqueType("writer") }

// A writer is a value, so that CEL carries it to the functions.

func (w *writer) ConvertToNative(reflect.Type) (any, error) { return w, nil }
func (w *writer) ConvertToType(ref.Type) ref.Val            { return types.NewErr("no such conversion") }
func (w *writer) Equal(other ref.Val) ref.Val               { return types.Bool(w == other) }
func (w *writer) Type() ref.Type                            { return writerType() }
func (w *writer) Value() any                                { return w }
