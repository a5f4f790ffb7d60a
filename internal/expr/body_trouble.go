package expr

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// trouble says what went wrong with a body, by names and kinds: its values are
// other people's.
func (v *Value) trouble(b *Body, err error) *Error {
	var cancelled interpreter.EvalCancelledError
	if errors.As(err, &cancelled) {
		return v.text.failed(Failed, 0, "this is too much work; look through fewer lists")
	}
	var celErr *types.Err
	e := v.tree.Expr()
	if errors.As(err, &celErr) {
		if found, _ := findExpr(e, celErr.NodeID()); found != nil {
			e = found
		}
	}
	var none *noField
	var refused *refusal
	var gone *nothingIn
	switch message := err.Error(); {
	case errors.As(err, &none):
		return v.noField(e, none)
	case errors.As(err, &refused):
		return v.refused(within(firstArg(e)), err)
	case errors.As(err, &gone):
		if what := v.shown(firstArg(e)); !strings.HasPrefix(what, "this") {
			return v.at(e, Missing, what+" "+gone.message, "")
		}
		return v.at(e, Missing, v.shown(e)+": what it is given "+gone.message, "")
	case isMissing(err):
		return v.at(e, Missing, v.shown(e)+": "+message, "")
	case strings.HasPrefix(message, tooLong):
		return v.at(e, Failed, v.shown(firstArg(e))+": "+tooLongText, "")
	case strings.Contains(message, "overflow") || strings.Contains(message, "range"):
		return v.at(e, Failed, beyondTime, "")
	}
	return v.mismatch(b, e)
}

// noField names the path that leads nowhere, and what there is.
func (v *Value) noField(e ast.Expr, none *noField) *Error {
	path, parent := v.shown(e), v.shown(firstArg(e))
	key, isName := none.key.(types.String)
	switch in := none.in.(type) {
	case traits.Mapper:
		if !isName {
			return v.at(e, Missing, path+": an object has names and no places", "")
		}
		if _, written := literalText(e.AsCall().Args()[1]); !written { // it is a value, and not ours to show
			return v.at(e, Missing, path+": there is nothing by this name", v.near("", in))
		}
		return v.at(e, Missing, path+": there is no "+nameText(string(key)), v.near(string(key), in))
	case traits.Lister:
		if isName {
			return v.at(e, Missing, path+": "+parent+" is a list and has no fields", "say which entry, such as first("+parent+")."+string(key))
		}
		n, _ := in.Size().(types.Int)
		return v.at(e, Missing, fmt.Sprintf("%s: there is no such place; the list has %d entries, counted from 0", path, int64(n)), "")
	}
	return v.at(e, Missing, path+": "+parent+" is "+a(kindOfValue(none.in))+" and has no fields", "")
}

// near guesses which field was meant, or lists what there is.
func (v *Value) near(key string, in traits.Mapper) string {
	const most = 12
	var names []string
	for it := in.Iterator(); it.HasNext() == types.True && len(names) < 200; {
		if name, ok := it.Next().(types.String); ok && string(name) != key {
			names = append(names, nameText(string(name)))
		}
	}
	slices.Sort(names)
	switch {
	case len(names) == 0:
		return "it is empty"
	case len(key) > 2 && len(nearest(key, names)) > 0:
		return didYouMean(key, names, "")
	case len(names) == 1:
		return "there is only " + names[0]
	case len(names) > most:
		return "there are " + strings.Join(names[:most], ", ") + " and others"
	}
	return "there are " + wordList(names)
}

// refused is what a function says of a value.
func (v *Value) refused(e ast.Expr, err error) *Error {
	var r *refusal
	if !errors.As(err, &r) {
		return v.at(e, Missing, v.shown(e)+" "+err.Error(), "")
	}
	return v.at(e, Failed, v.shown(e)+" "+r.message, r.hint)
}

// unwanted is a value of a kind that has no use here.
func (v *Value) unwanted(out ref.Val, wanted string) *Error {
	e := within(v.tree.Expr())
	return v.at(e, Failed, v.shown(e)+" is "+a(kindOfValue(out))+", and "+wanted, "")
}

// mismatch is about values that do not fit together. Of which kinds they are
// is found out by doing it again with every step noted.
func (v *Value) mismatch(b *Body, e ast.Expr) *Error {
	run, err := bodyLanguage().env.PlanProgram(v.tree, cel.OptimizeRegex(matching()), cel.CostTracking(bodyCost{}), cel.CostLimit(maxBodyCost),
		cel.EvalOptions(cel.OptTrackState))
	if err != nil {
		return v.at(e, Failed, noResult, "")
	}
	_, details, _ := run.Eval(b)
	b.spent += v.weight * 10
	empty := ""
	kindOf := func(x ast.Expr) kind {
		if details != nil && details.State() != nil {
			if out, ok := details.State().Value(x.ID()); ok && !types.IsUnknownOrError(out) {
				if out == types.NullValue && empty == "" {
					empty = v.shown(x)
				}
				return kindOfValue(out)
			}
		}
		return v.reader().kindOf(v.tree.GetType(x.ID()))
	}
	var parent ast.Expr
	ast.PreOrderVisit(v.tree.Expr(), ast.NewExprVisitor(func(x ast.Expr) { // what a loop cannot look through
		if x.Kind() == ast.ComprehensionKind && parent == nil {
			if k := kindOf(x.AsComprehension().IterRange()); k != listed && k != object && k != anything {
				e, parent = x.AsComprehension().IterRange(), x
			}
		}
	}))
	empty = ""
	out := v.reader().misfit(kindOf, e, parent)
	if out.Kind = Failed; empty != "" {
		return v.at(e, Missing, empty+" is null", "")
	}
	return out
}

func (v *Value) reader() *reader {
	return &reader{text: v.text, language: bodyLanguage(), place: v.place}
}

// at is an error at a part of the tree.
func (v *Value) at(e ast.Expr, kind Kind, message, hint string) *Error {
	out := v.text.at(v.place[e.ID()], message, hint)
	out.Kind = kind
	return out
}

// within is what a value comes from that may be missing.
func within(e ast.Expr) ast.Expr {
	for e.Kind() == ast.CallKind && e.AsCall().FunctionName() == "optional" {
		e = e.AsCall().Args()[0]
	}
	return e
}

func (v *Value) shown(e ast.Expr) string { return clip(v.reader().show(e), 200) }

// nameText shows a name of the body's.
func nameText(s string) string {
	if s = clip(s, 40); !plainName(s) {
		return strconv.Quote(s)
	}
	return s
}

// firstArg is what a call is about.
func firstArg(e ast.Expr) ast.Expr {
	if e.Kind() == ast.CallKind {
		if call := e.AsCall(); call.IsMemberFunction() {
			return call.Target()
		} else if len(call.Args()) > 0 {
			return call.Args()[0]
		}
	}
	return e
}

// showPath names a field as it is written.
func (r *reader) showPath(call ast.CallExpr) string {
	operand, key := r.show(call.Args()[0]), call.Args()[1]
	name, ok := literalText(key)
	switch {
	case ok && plainName(name):
		return operand + "." + name
	case ok:
		return operand + "[" + strconv.Quote(clip(name, 40)) + "]"
	}
	return operand + "[" + r.show(key) + "]"
}

func kindOfValue(v ref.Val) kind {
	switch v.(type) {
	case types.Null:
		return nullKind
	case types.Double:
		return number
	case types.String:
		return textual
	case types.Bool:
		return yesNo
	case types.Timestamp:
		return moment
	case types.Duration:
		return span
	case traits.Mapper:
		return object
	case traits.Lister:
		return listed
	}
	return anything
}
