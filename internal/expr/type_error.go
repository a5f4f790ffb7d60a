package expr

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// typeError says in our words what CEL's checker found not to fit together.
// It looks at the tree and at the kinds of its parts, never at the checker's
// own words.
func (r *reader) typeError(checked *ast.AST, list []*common.Error) *Error {
	for _, e := range list {
		if x, parent := findExpr(checked.Expr(), e.ExprID); x != nil {
			return r.misfit(func(x ast.Expr) kind { return r.kindOf(checked.GetType(x.ID())) }, x, parent)
		}
	}
	return r.text.at(0, "the kinds of values do not fit together here", "")
}

// findExpr finds a part of the tree, and what it is a part of (nil: of
// nothing).
func findExpr(root ast.Expr, id int64) (found, parent ast.Expr) {
	ast.PreOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if e.ID() == id {
			found = e
		}
		for _, x := range partsOf(e) {
			if x.ID() == id {
				parent = e
			}
		}
	}))
	return found, parent
}

func partsOf(e ast.Expr) []ast.Expr {
	switch e.Kind() {
	case ast.CallKind:
		return e.AsCall().Args()
	case ast.ComprehensionKind:
		return []ast.Expr{e.AsComprehension().IterRange()}
	}
	return nil
}

// inLoop says whether a call is what exists, all or filter made of the
// comparison in their brackets.
func inLoop(call ast.CallExpr) bool {
	return slices.ContainsFunc(call.Args(), func(x ast.Expr) bool { return x.Kind() == ast.IdentKind && x.AsIdent() == "@result" })
}

func (r *reader) misfit(kindOf func(ast.Expr) kind, e, parent ast.Expr) *Error {
	if parent != nil && parent.Kind() == ast.ComprehensionKind {
		return r.at(e, fmt.Sprintf("%s look through a list, and %s is %s", r.text.loops, r.show(e), a(kindOf(e))), "for example "+r.text.loop)
	}
	if parent != nil && parent.Kind() == ast.CallKind && kindOf(e) != yesNo {
		if op := parent.AsCall().FunctionName(); op == operators.LogicalAnd || op == operators.LogicalOr {
			e = parent // the checker blames the part
		}
	}
	if e.Kind() == ast.SelectKind {
		operand := e.AsSelect().Operand()
		return r.at(operand, fmt.Sprintf("%s is %s and has no %s in it", r.show(operand), a(kindOf(operand)), quoted(e.AsSelect().FieldName())), "")
	}
	if e.Kind() != ast.CallKind {
		return r.at(e, fmt.Sprintf("%s is %s, and something else is wanted here", r.show(e), a(kindOf(e))), "")
	}
	call := e.AsCall()
	args := call.Args()
	switch op := call.FunctionName(); op {
	case operators.LogicalAnd, operators.LogicalOr:
		sign := strings.Trim(op, "_")
		for _, x := range args {
			if k := kindOf(x); k != yesNo && k != anything {
				if inLoop(call) {
					return r.afterComma(x, k)
				}
				return r.at(x, fmt.Sprintf("%s is %s; %s stands between comparisons", r.show(x), a(k), sign), r.compareIt(x, k))
			}
		}
	case operators.LogicalNot:
		return r.at(args[0], fmt.Sprintf("%s is %s; ! denies a comparison", r.show(args[0]), a(kindOf(args[0]))), "write !("+r.compareExample(args[0], kindOf(args[0]))+")")
	case operators.Conditional:
		if k := kindOf(args[0]); k != yesNo && k != anything {
			if inLoop(call) {
				return r.afterComma(args[0], k)
			}
			return r.at(args[0], fmt.Sprintf("%s is %s; before ? stands a comparison", r.show(args[0]), a(k)), r.compareIt(args[0], k))
		}
		return r.at(args[2], fmt.Sprintf("before the : stands %s and after it %s; they must be of one kind", a(kindOf(args[1])), a(kindOf(args[2]))), "")
	case operators.In:
		if k := kindOf(args[1]); k == textual || k == number || k == yesNo {
			return r.at(args[1], fmt.Sprintf("%s is %s; after in stands a list", r.show(args[1]), a(k)), "write ["+r.show(args[1])+"]")
		}
		return r.at(args[0], fmt.Sprintf("%s is %s, and the list has something else in it", r.show(args[0]), a(kindOf(args[0]))), r.quoteHint(args[0], kindOf(args[0]), "", ""))
	case operators.Index:
		return r.at(e, "in square brackets stands the place in a list, from 0, or the name of a field in quotes", "")
	case operators.Negate:
		return r.at(args[0], fmt.Sprintf("%s is %s and cannot be negative", r.show(args[0]), a(kindOf(args[0]))), "")
	default:
		if len(args) == 2 && !call.IsMemberFunction() && strings.HasPrefix(op, "_") {
			return r.misfitPair(e, strings.Trim(op, "_"), args[0], args[1], kindOf)
		}
		return r.misfitCall(call, op, kindOf)
	}
	return r.at(e, "the kinds of values do not fit together here", "")
}

func (r *reader) afterComma(x ast.Expr, k kind) *Error {
	return r.at(x, fmt.Sprintf("%s is %s; after the comma stands a comparison", r.show(x), a(k)), "for example "+r.text.loop)
}

// wantType checks that the whole gives what it is for.
func (r *reader) wantType(checked *ast.AST, want purpose) *Error {
	e := checked.Expr()
	gives := checked.GetType(e.ID())
	if want.kinds != nil {
		if k := r.kindOf(gives); k != anything && !slices.Contains(want.kinds, k) {
			return r.text.at(r.firstPlace(e), fmt.Sprintf("this gives %s; %s", a(k), want.must), "such as "+want.example)
		}
		return nil
	}
	if want.gives == nil && writable(gives) || want.gives != nil && gives.IsExactType(want.gives) {
		return nil
	}
	k := kindOfType(gives)
	if want.gives == nil && k == listed {
		return r.text.at(r.firstPlace(e), "what is in this list is of many parts", "say what of each entry, such as .map(x, x.name)")
	}
	hint := "such as " + want.example
	switch {
	case want.gives == types.BoolType:
		hint = "such as " + r.compareExample(e, k)
	case k == fields:
		hint = "such as client.custom.seats"
	}
	return r.text.at(r.firstPlace(e), fmt.Sprintf("this gives %s; %s", a(k), want.must), hint)
}

// writable says whether there is a way to write such a value, as far as that
// can be seen before it is there.
func writable(t *types.Type) bool {
	switch kindOfType(t) {
	case fields:
		return false
	case listed:
		inner := kindOfType(t.Parameters()[0])
		return inner != fields && inner != listed
	}
	return true
}

func (r *reader) firstPlace(e ast.Expr) int {
	first := r.start(e.ID())
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(x ast.Expr) {
		if at, ok := r.place[x.ID()]; ok {
			first = min(first, at)
		}
	}))
	return first
}
