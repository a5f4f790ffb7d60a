package expr

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// misfitPair is about two values that cannot be compared or reckoned with.
func (r *reader) misfitPair(e ast.Expr, sign string, left, right ast.Expr, kindOf func(ast.Expr) kind) *Error {
	l, k := kindOf(left), kindOf(right)
	shownLeft, shownRight := r.show(left), r.show(right)
	if shownLeft == "this" {
		shownLeft = "the left side"
	}
	if shownRight == "this" {
		shownRight = "the right side"
	}
	if isComparison(left) && k == number {
		return r.at(e, "two comparisons cannot be chained", "write "+r.text.chained)
	}
	verb := "cannot be compared with " + sign
	reckoning := strings.Contains("+-*/", sign)
	if reckoning {
		verb = map[string]string{"+": "cannot be added", "-": "cannot be subtracted", "*": "cannot be multiplied", "/": "cannot be divided"}[sign]
	}
	if l == k {
		return r.at(e, fmt.Sprintf("%s and %s are both %s; they %s", shownLeft, shownRight, plural(l), verb), "")
	}
	hint := ""
	if r.language.bodies && sign == "+" && (l == textual || k == textual) {
		word, other := left, right
		if k == textual {
			word, other = right, left
		}
		if hint = "write text(" + r.show(other) + ")"; other.Kind() == ast.LiteralKind {
			hint = "write number(" + r.show(word) + ")"
		}
	} else if !reckoning || r.language.bodies {
		if hint = r.quoteHint(left, l, shownRight, k); hint == "" {
			hint = r.quoteHint(right, k, shownLeft, l)
		}
	}
	return r.at(e, fmt.Sprintf("%s is %s and %s is %s; they %s", shownLeft, a(l), shownRight, a(k), verb), hint)
}

// quoteHint says how x of kind k is brought together with one of another kind.
func (r *reader) quoteHint(x ast.Expr, k kind, other string, otherKind kind) string {
	s, isText := literalText(x)
	switch {
	case r.language.bodies && k == textual && !isText && otherKind == number:
		return "write number(" + r.show(x) + ")"
	case r.language.bodies && k == textual && !isText && otherKind == moment:
		return "write time(" + r.show(x) + ")"
	case isText && otherKind == number && strings.Trim(s, "0123456789.-") == "" && s != "":
		return "write " + s + " without quotes"
	case isText && otherKind == yesNo && (s == "true" || s == "false"):
		return "write " + s + " without quotes"
	case isText && otherKind == moment:
		return `write date("2026-12-24")`
	case k == number && otherKind == span:
		return "write days(" + r.show(x) + ") or hours(" + r.show(x) + ")"
	case k == textual && otherKind == number && !isText:
		if n, ok := r.named(x); ok {
			return "compare it with text, such as " + n.example
		}
		return "put the text in quotes: \"" + other + "\""
	}
	return ""
}

func (r *reader) misfitCall(call ast.CallExpr, op string, kindOf func(ast.Expr) kind) *Error {
	f, _ := r.find(strings.TrimPrefix(op, "@"))
	args := call.Args()
	if call.IsMemberFunction() {
		args = append([]ast.Expr{call.Target()}, args...)
	}
	for i, wants := range f.takes[:min(len(f.takes), len(args))] {
		if k := kindOf(args[i]); wants != "" && k != wants && k != anything && k != "" {
			hint := "for example " + f.example
			if convert := map[kind]string{number: "number", moment: "time", textual: "text"}[wants]; r.language.bodies && convert != "" && args[i].Kind() != ast.LiteralKind && k != listed && k != object {
				hint = "write " + convert + "(" + r.show(args[i]) + ")"
			}
			return r.at(args[i], fmt.Sprintf("%s takes %s, and %s is %s", f.name, a(wants), r.show(args[i]), a(k)), hint)
		}
	}
	if f.name == "size" {
		return r.at(args[0], fmt.Sprintf("size counts the entries of a list or the characters of text, and %s is %s", r.show(args[0]), a(kindOf(args[0]))), "for example "+f.example)
	}
	return r.at(args[0], "this does not fit what "+f.name+" takes", "for example "+f.example)
}

// compareIt is the hint to compare a value that stands alone.
func (r *reader) compareIt(x ast.Expr, k kind) string { return "write " + r.compareExample(x, k) }

func (r *reader) compareExample(x ast.Expr, k kind) string {
	if n, ok := r.named(x); ok && n.kind == k {
		return n.example
	}
	shown := r.show(x)
	if strings.HasPrefix(shown, "this") || x.Kind() == ast.LiteralKind {
		return r.text.condition
	}
	switch k {
	case number:
		return shown + " > 10"
	case textual:
		return shown + ` == "text"`
	case anything:
		return shown + " == true"
	}
	return r.text.condition
}

func (r *reader) named(x ast.Expr) (name, bool) {
	if x.Kind() != ast.IdentKind {
		return name{}, false
	}
	i, ok := r.language.byPath[x.AsIdent()]
	if !ok {
		return name{}, false
	}
	return r.language.names[i], true
}

func isComparison(e ast.Expr) bool {
	if e.Kind() != ast.CallKind {
		return false
	}
	switch e.AsCall().FunctionName() {
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, operators.Equals, operators.NotEquals:
		return true
	}
	return false
}
