package expr

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/gostanna/stanna"
)

// byWriter is a function that gets the writer behind its arguments. Each of
// the lists that follow is what it may be given.
func byWriter(name string, gives *cel.Type, call func(*writer, []ref.Val) ref.Val, takes ...[]*cel.Type) []cel.EnvOption {
	inner := "@" + name
	var overloads []cel.FunctionOpt
	var macros []cel.Macro
	for i, kinds := range takes {
		n := len(kinds)
		overloads = append(overloads, cel.Overload(inner+strconv.Itoa(i), append(slices.Clone(kinds), writerType()), gives,
			cel.FunctionBinding(func(args ...ref.Val) ref.Val { return call(args[n].(*writer), args[:n]) })))
		macros = append(macros, cel.GlobalMacro(name, n, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
			return f.NewCall(inner, append(slices.Clone(args), f.NewIdent(writerName))...), nil
		}))
	}
	return []cel.EnvOption{cel.Function(inner, overloads...), cel.Macros(macros...)}
}

// ofNumber is a function that writes a number.
func ofNumber(name string, write func(*writer, float64) string) []cel.EnvOption {
	return byWriter(name, cel.StringType, func(w *writer, args []ref.Val) ref.Val {
		x := float64(args[0].(types.Double))
		if !isNumber(x) {
			return missing("a number")
		}
		return types.String(write(w, x))
	}, []*cel.Type{cel.DoubleType})
}

// ofTime is a function of a time, or of text that says a date.
func ofTime(name string, gives *cel.Type, write func(*writer, types.Timestamp) ref.Val) []cel.EnvOption {
	return byWriter(name, gives, func(w *writer, args []ref.Val) ref.Val {
		t, ok := w.moment(args[0])
		if !ok {
			return missing("a date")
		}
		return write(w, types.Timestamp{Time: t})
	}, []*cel.Type{cel.TimestampType}, []*cel.Type{cel.StringType})
}

// money writes an amount. Without a currency of its own it is in that of what
// it speaks of.
func money() []cel.EnvOption {
	call := func(w *writer, args []ref.Val) ref.Val {
		amount, currency := float64(args[0].(types.Double)), strings.ToUpper(string(args[1].(types.String)))
		switch {
		case !isNumber(amount):
			return missing("an amount")
		case currency != "" && !stanna.ValidCurrency(currency):
			return types.NewErr("%s", noCurrency)
		}
		return types.String(w.money(amount, currency))
	}
	return append(byWriter("money", cel.StringType, call, []*cel.Type{cel.DoubleType, cel.StringType}),
		cel.Macros(cel.GlobalMacro("money", 1, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
			return f.NewCall("@money", args[0], currencyOf(f, args[0]), f.NewIdent(writerName)), nil
		})))
}

// currencyOf is the currency of an amount: a failed payment, a movement of MRR
// and an alert's values have their own.
func currencyOf(f cel.MacroExprFactory, amount ast.Expr) ast.Expr {
	out := f.NewIdent(currencyName)
	ast.PreOrderVisit(amount, ast.NewExprVisitor(func(e ast.Expr) {
		switch root, path := chain(e); {
		case root == "alert" && len(path) > 0:
			out = f.NewSelect(f.NewIdent(root), "currency")
		case root == "state" && len(path) > 0 && (path[0] == "paymentAmount" || path[0] == "paymentTotal"):
			out = f.NewSelect(f.NewIdent(root), "paymentCurrency")
		case root == "state" && len(path) > 0 && (path[0] == "mrrBefore" || path[0] == "mrrAfter"):
			out = f.NewSelect(f.NewIdent(root), "mrrCurrency")
		}
	}))
	return out
}

func signed(w *writer, x float64) string {
	if s := w.number(x); x <= 0 || s == w.number(0) {
		return s
	}
	return "+" + w.number(x)
}

// pluralOf is the form of a word; the last one where the number is not known.
func pluralOf(w *writer, args []ref.Val) ref.Val {
	var forms []string
	for _, form := range args[1:] {
		forms = append(forms, string(form.(types.String)))
	}
	n := float64(args[0].(types.Double))
	if !isNumber(n) {
		return types.String(forms[len(forms)-1])
	}
	return types.String(w.plural(n, forms))
}

// either is the first value, or the second where the first is not known.
func either(v, otherwise ref.Val) ref.Val {
	switch v := v.(type) {
	case types.Double:
		if !isNumber(float64(v)) {
			return otherwise
		}
	case *types.Err:
		if isMissing(v) {
			return otherwise
		}
	case traits.Lister:
		if v.Size() == types.IntZero {
			return otherwise
		}
	default:
		if known(v) == types.False {
			return otherwise
		}
	}
	return v
}

func first(v ref.Val) ref.Val {
	if it := v.(traits.Lister).Iterator(); it.HasNext() == types.True {
		return it.Next()
	}
	return missing("the first of a list")
}

func joined(w *writer, args []ref.Val) ref.Val {
	text, ok := w.join(args[0].(traits.Lister), string(args[1].(types.String)))
	if !ok {
		return types.NewErr("%s", notWritable)
	}
	return types.String(text)
}

// truncated is text of n characters and "…", where there are more.
func truncated(v, most ref.Val) ref.Val {
	n := float64(most.(types.Double))
	if math.IsNaN(n) {
		return missing("a length")
	}
	return types.String(clip(string(v.(types.String)), int(min(max(n, 0), maxJoined))))
}
