package expr

import (
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/gostanna/stanna"
)

// reader goes through a parsed tree before CEL checks it: names and functions
// must exist, what makes no sense is refused in our own words, and every
// number becomes a double.
type reader struct {
	text     *text
	info     *ast.SourceInfo
	factory  ast.ExprFactory
	language *language

	locals []string // the variables of the comprehensions around
	depth  int      // how many comprehensions are around
	newest int64    // the highest id of a part
	costly bool     // the work must be counted while it is done
	found  []mention
	place  map[int64]int
}

// mention is a name that stands in the text: client.custom.seats.
type mention struct {
	shown string
	index int      // in the language's names
	path  []string // what follows it
	start int
}

func (r *reader) read(e ast.Expr, want purpose) *Error {
	if want.gives == types.StringType {
		if err := r.outcomes(e); err != nil {
			return err
		}
	}
	return r.visit(e)
}

func (r *reader) visit(e ast.Expr) *Error {
	switch e.Kind() {
	case ast.LiteralKind:
		return r.visitLiteral(e)
	case ast.IdentKind, ast.SelectKind:
		if r.language.bodies {
			return r.visitPath(e)
		}
		return r.visitName(e)
	case ast.CallKind:
		return r.visitCall(e)
	case ast.ListKind:
		return r.visitList(e.AsList().Elements())
	case ast.MapKind:
		return r.visitObject(e)
	case ast.ComprehensionKind:
		return r.visitLoop(e)
	}
	return r.at(e, "braces have no use here", "")
}

func (r *reader) visitAll(list []ast.Expr) *Error {
	for _, e := range list {
		if err := r.visit(e); err != nil {
			return err
		}
	}
	return nil
}

// visitLiteral makes every number a double: there is one kind of number.
func (r *reader) visitLiteral(e ast.Expr) *Error {
	switch v := e.AsLiteral().(type) {
	case types.Int:
		e.SetKindCase(r.factory.NewLiteral(e.ID(), types.Double(v)))
	case types.Uint:
		e.SetKindCase(r.factory.NewLiteral(e.ID(), types.Double(v)))
	case types.Bytes:
		return r.at(e, "text stands in quotes without a letter before them", "")
	case types.Null:
		e.SetKindCase(r.factory.NewIdent(e.ID(), nullName)) // CEL's own fits no other kind
	}
	return nil
}

// visitLoop reads exists, all, filter and map.
func (r *reader) visitLoop(e ast.Expr) *Error {
	c := e.AsComprehension()
	if err := r.visit(c.IterRange()); err != nil {
		return err
	}
	r.costly = true
	if r.depth++; r.depth > maxLoops {
		return r.at(e, r.text.loops+" are nested more than two deep", r.text.split)
	}
	if slices.Contains(r.roots(), c.IterVar()) || slices.Contains(r.locals, c.IterVar()) {
		return r.text.at(r.start(e.ID())+1, quoted(c.IterVar())+" is taken", "call the entry something else, such as t: "+r.text.loop)
	}
	r.locals = append(r.locals, c.IterVar(), c.AccuVar())
	for _, part := range []ast.Expr{c.AccuInit(), c.LoopCondition(), c.LoopStep(), c.Result()} {
		if err := r.visit(part); err != nil {
			return err
		}
	}
	r.locals = r.locals[:len(r.locals)-2]
	r.depth--
	return nil
}

func (r *reader) visitCall(e ast.Expr) *Error {
	call := e.AsCall()
	args := call.Args()
	if call.IsMemberFunction() {
		if err := r.method(e, call); err != nil {
			return err
		}
		if err := r.visit(call.Target()); err != nil {
			return err
		}
	} else if err := r.function(e, call); err != nil {
		return err
	}
	switch name := call.FunctionName(); name {
	case operators.Index:
		if r.language.bodies {
			return r.visitIndex(e, args)
		}
		if args[1].Kind() == ast.LiteralKind {
			if err := r.visit(args[0]); err != nil {
				return err
			}
			r.mentionIndex(e)
			return nil // the place in a list stays a whole number
		}
	case operators.Divide:
		if isZero(args[1]) {
			return r.at(e, "nothing can be divided by 0", "")
		}
	case operators.Equals, operators.NotEquals, operators.In:
		if err := r.words(args[0], args[1]); err != nil {
			return err
		}
		if err := r.words(args[1], args[0]); err != nil {
			return err
		}
	case matchFunction:
		if err := r.pattern(args[1]); err != nil {
			return err
		}
	case "@money":
		if s, ok := literalText(args[1]); ok && !stanna.ValidCurrency(strings.ToUpper(s)) {
			return r.at(args[1], quoted(s)+" is no currency", `write its ISO 4217 code, such as money(client.mrr, "EUR")`)
		}
	case "@join":
		r.costly = true
	case "@date", "@day", "@ago":
		if s, ok := literalText(args[0]); ok {
			if _, err := time.Parse(time.DateOnly, s); err != nil {
				return r.at(args[0], quoted(s)+" is no date", `write date("2026-12-24")`)
			}
		}
	case "days", "hours":
		if err := r.longTime(name, args[0]); err != nil {
			return err
		}
	}
	if r.language.bodies {
		return r.visitBodyCall(e, call)
	}
	if err := r.unquoted(call); err != nil {
		return err
	}
	return r.visitAll(args)
}

// at is an error at a part of the tree.
func (r *reader) at(e ast.Expr, message, hint string) *Error {
	for e.Kind() == ast.SelectKind {
		e = e.AsSelect().Operand()
	}
	return r.text.at(r.start(e.ID()), message, hint)
}

// start is where a part of the tree stands in the text.
func (r *reader) start(id int64) int {
	if at, ok := r.place[id]; ok {
		return at
	}
	loc := r.info.GetStartLocation(id)
	return max(r.text.offset(loc.Line(), loc.Column()), 0)
}

// places notes where everything stands: CEL's checker forgets some of it.
func (r *reader) places(tree *ast.AST) {
	for id := range tree.IDs() {
		if _, ok := r.info.GetOffsetRange(id); ok {
			r.place[id] = r.start(id)
		}
	}
}
