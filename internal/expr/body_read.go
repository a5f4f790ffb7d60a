package expr

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// What the reader writes into the tree of an expression over a body. CEL's own
// way to a field cannot say what there is instead, and takes null for a value
// like any other.
const (
	getField  = "@get"   // what is below a value; null is not there
	getValue  = "@value" // the same, where null is a value
	testField = "@has"
	nullName  = "@null"
)

// visitPath reads a word and what is written behind it with dots.
func (r *reader) visitPath(e ast.Expr) *Error {
	if e.Kind() == ast.IdentKind {
		word := e.AsIdent()
		if slices.Contains(r.locals, word) || hidden(word) {
			return nil
		}
		i, ok := r.language.byPath[word]
		if !ok {
			return r.noSuchWord(e, word)
		}
		r.found = append(r.found, mention{shown: word, index: i, start: r.start(e.ID())})
		return nil
	}
	s := e.AsSelect()
	if err := r.visit(s.Operand()); err != nil {
		return err
	}
	r.get(e, s.Operand(), r.part(r.factory.NewLiteral(r.newID(), types.String(s.FieldName()))), s.IsTestOnly())
	return nil
}

// visitIndex reads what is written behind a value in square brackets.
func (r *reader) visitIndex(e ast.Expr, args []ast.Expr) *Error {
	if err := r.visitAll(args); err != nil {
		return err
	}
	r.get(e, args[0], args[1], false)
	return nil
}

func (r *reader) get(e, operand, key ast.Expr, test bool) {
	name := getField
	if test {
		name = testField
	}
	r.place[e.ID()] = r.start(operand.ID()) // the whole path stands where it begins
	e.SetKindCase(r.factory.NewCall(e.ID(), name, operand, key))
}

func (r *reader) newID() int64 {
	r.newest++
	return r.newest
}

// part notes where a part stands that the reader has made.
func (r *reader) part(e ast.Expr) ast.Expr {
	r.place[e.ID()] = 0
	return e
}

func (r *reader) visitList(entries []ast.Expr) *Error {
	if err := r.visitAll(entries); err != nil {
		return err
	}
	for _, e := range entries {
		r.takeNull(e)
	}
	return nil
}

// visitObject reads { and } with names and values between them.
func (r *reader) visitObject(e ast.Expr) *Error {
	for _, entry := range e.AsMap().Entries() {
		key, value := entry.AsMapEntry().Key(), entry.AsMapEntry().Value()
		if key.Kind() == ast.LiteralKind {
			if _, ok := literalText(key); !ok {
				return r.at(key, "a name in an object is text in quotes", "write {\""+strings.Trim(r.show(key), `"`)+"\": ...}")
			}
		}
		if key.Kind() == ast.IdentKind && !slices.Contains(r.locals, key.AsIdent()) && !r.isWord(key.AsIdent()) {
			return r.at(key, "a name in an object is text in quotes", "write {\""+key.AsIdent()+"\": ...}")
		}
		if err := r.visitAll([]ast.Expr{key, value}); err != nil {
			return err
		}
		r.takeNull(value)
	}
	return nil
}

// visitBodyCall reads a call and lets null be compared: two values may be
// asked whether they are the same, whatever they are.
func (r *reader) visitBodyCall(e ast.Expr, call ast.CallExpr) *Error {
	args := slices.Clone(call.Args())
	if err := r.visitAll(args); err != nil {
		return err
	}
	switch name := call.FunctionName(); name {
	case operators.Equals, operators.NotEquals:
		for i, x := range args {
			r.takeNull(x)
			if other := args[1-i]; other.Kind() == ast.IdentKind && other.AsIdent() == nullName {
				args[i] = r.part(r.factory.NewCall(r.newID(), "optional", x))
			}
		}
		e.SetKindCase(r.factory.NewCall(e.ID(), name, args...))
		r.costly = true
	case operators.In:
		r.takeNull(args[0])
		r.costly = true
	case operators.Conditional, operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, "or", "optional", "known":
	default:
		r.costly = true
	}
	return nil
}

// takeNull lets a field that is null be null.
func (r *reader) takeNull(e ast.Expr) {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == getField {
		e.SetKindCase(r.factory.NewCall(e.ID(), getValue, e.AsCall().Args()...))
	}
}

// noSuchWord guesses what was meant by a word that is no name.
func (r *reader) noSuchWord(e ast.Expr, word string) *Error {
	if f, ok := r.find(word); ok {
		return r.at(e, quoted(word)+" is a function", "write "+f.shown+", such as "+f.example)
	}
	if near := nearest(word, r.roots()); len(near) > 0 && len(word) > 2 {
		return r.at(e, "there is no "+quoted(word), "did you mean "+strings.Join(near, " or ")+"?")
	}
	return r.at(e, "there is no "+quoted(word), "a field is written item."+word+"; text stands in quotes: \""+word+"\"")
}
