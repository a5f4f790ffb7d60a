package expr

import (
	"strconv"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

const (
	anything kind = "anything" // your own fields, what a signal brings, what is in a body
	object   kind = "object"
	nullKind kind = "null"
)

// kindOfType says in a person's words what the checker found.
func kindOfType(t *types.Type) kind {
	if t == nil {
		return anything
	}
	switch t.Kind() {
	case types.DoubleKind, types.IntKind, types.UintKind:
		return number
	case types.StringKind:
		return textual
	case types.BoolKind:
		return yesNo
	case types.TimestampKind:
		return moment
	case types.DurationKind:
		return span
	case types.ListKind:
		return listed
	case types.MapKind:
		return fields
	}
	return anything
}

// a puts the article before a kind.
func a(k kind) string {
	switch k {
	case textual, yesNo, fields, nullKind:
		return string(k)
	case anything:
		return "a field of your own, which may be anything"
	case object:
		return "an object"
	}
	return "a " + string(k)
}

// kindOf is kindOfType in the words of the language.
func (r *reader) kindOf(t *types.Type) kind {
	if k := kindOfType(t); k != fields || !r.language.bodies {
		return k
	}
	return object
}

func plural(k kind) string {
	switch k {
	case textual, yesNo, fields, nullKind:
		return string(k)
	case moment:
		return "dates and times"
	case span:
		return "lengths of time"
	}
	return string(k) + "s"
}

// show names a part of the text: as it is written when it is short, else
// what it is.
func (r *reader) show(e ast.Expr) string {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent()
	case ast.SelectKind:
		if root, path := chain(e); root != "" {
			return strings.Join(append([]string{root}, path...), ".")
		}
	case ast.LiteralKind:
		switch v := e.AsLiteral().(type) {
		case types.String:
			return strconv.Quote(clip(string(v), 40))
		case types.Double:
			return figureText(float64(v))
		case types.Bool:
			return strconv.FormatBool(bool(v))
		case types.Int:
			return strconv.FormatInt(int64(v), 10)
		}
	case ast.ListKind:
		return "this list"
	case ast.MapKind:
		return "this object"
	case ast.CallKind:
		if name := e.AsCall().FunctionName(); name == getField || name == getValue || name == testField {
			return r.showPath(e.AsCall())
		}
		if f, ok := r.find(strings.TrimPrefix(e.AsCall().FunctionName(), "@")); ok {
			return r.showCall(f, e.AsCall())
		}
		if isComparison(e) {
			return "this comparison"
		}
	}
	return "this"
}

// showCall names a call as it is written, when that is short.
func (r *reader) showCall(f function, call ast.CallExpr) string {
	if f.method || len(call.Args()) == 0 {
		return f.name + "(...)"
	}
	arg := r.show(call.Args()[0]) // the second, if there is one, is the zone
	if strings.HasPrefix(arg, "this") {
		arg = "..."
	} else if r.language.bodies && len(call.Args()) > 1 {
		arg += ", ..."
	}
	return f.name + "(" + arg + ")"
}

// figureText is a number as it is written in an expression.
func figureText(x float64) string {
	if x >= 1e15 || x <= -1e15 {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if rs := []rune(s); len(rs) > n {
		return string(rs[:n]) + "…"
	}
	return s
}
