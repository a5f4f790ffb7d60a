package expr

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// roots are the words that names begin with.
func (r *reader) roots() []string {
	var out []string
	for _, n := range r.language.names {
		root, _, _ := strings.Cut(n.path, ".")
		if !slices.Contains(out, root) {
			out = append(out, root)
		}
	}
	return out
}

// below lists what follows a root: id, name, mrr, ...
func (r *reader) below(root string) []string {
	var out []string
	for _, n := range r.language.names {
		if rest, ok := strings.CutPrefix(n.path, root+"."); ok {
			out = append(out, rest)
		}
	}
	return out
}

// chain takes client.custom.seats apart: its root and what follows. The root
// is "" when it does not begin with a word.
func chain(e ast.Expr) (root string, path []string) {
	for {
		switch e.Kind() {
		case ast.IdentKind:
			slices.Reverse(path)
			return e.AsIdent(), path
		case ast.SelectKind:
			path = append(path, e.AsSelect().FieldName())
			e = e.AsSelect().Operand()
		case ast.CallKind:
			call := e.AsCall()
			key, ok := "", false
			if call.FunctionName() == operators.Index && len(call.Args()) == 2 {
				key, ok = literalText(call.Args()[1])
			}
			if !ok {
				return "", nil
			}
			path = append(path, key)
			e = call.Args()[0]
		default:
			return "", nil
		}
	}
}

// visitName reads a word and what is written behind it with dots.
func (r *reader) visitName(e ast.Expr) *Error {
	parts := []ast.Expr{e} // outermost first
	for parts[len(parts)-1].Kind() == ast.SelectKind {
		parts = append(parts, parts[len(parts)-1].AsSelect().Operand())
	}
	base := parts[len(parts)-1]
	if base.Kind() != ast.IdentKind {
		for _, x := range parts[:len(parts)-1] {
			r.place[x.ID()] = r.start(base.ID())
		}
		return r.visit(base)
	}
	root := base.AsIdent()
	if slices.Contains(r.locals, root) || hidden(root) {
		return nil
	}
	if !slices.Contains(r.roots(), root) {
		return r.noSuchRoot(base, parts)
	}
	path, below := root, r.below(root)
	if len(below) > 0 {
		if len(parts) == 1 {
			return r.at(base, fmt.Sprintf("%s alone is no value", root), "write what of it, such as "+root+"."+below[min(1, len(below)-1)])
		}
		first := parts[len(parts)-2]
		field := first.AsSelect().FieldName()
		path = root + "." + field
		if _, ok := r.language.byPath[path]; !ok {
			return r.text.at(r.fieldStart(first), fmt.Sprintf("there is no %s in %s", quoted(field), root), r.suggestField(root, field))
		}
		if first.AsSelect().IsTestOnly() {
			return r.at(base, path+" is always there, known or not", "ask known("+path+")")
		}
		parts = parts[:len(parts)-1]
	}
	index := r.language.byPath[path]
	n := r.language.names[index]
	start := r.start(base.ID())
	if len(parts) > 1 && n.kind != fields {
		next := parts[len(parts)-2]
		return r.text.at(r.fieldStart(next), fmt.Sprintf("%s is %s and has no %s in it", path, a(n.kind), quoted(next.AsSelect().FieldName())), "")
	}
	_, rest := chain(e)
	if len(below) > 0 {
		rest = rest[1:]
	}
	for x := e; x.Kind() == ast.SelectKind; x = x.AsSelect().Operand() {
		r.place[x.ID()] = start // the whole name stands where it begins, not at its dot
	}
	r.found = append(r.found, mention{shown: strings.Join(append([]string{path}, rest...), "."), index: index, path: rest, start: start})
	return nil
}

// mentionIndex notes client.custom["seats on paper"] with all of its path.
func (r *reader) mentionIndex(e ast.Expr) {
	root, rest := chain(e)
	if root == "" || slices.Contains(r.locals, root) || len(rest) < 2 || len(r.found) == 0 {
		return
	}
	last := &r.found[len(r.found)-1]
	key := rest[len(rest)-1]
	if slices.Equal(last.path, rest[1:len(rest)-1]) {
		last.shown += fmt.Sprintf("[%q]", key)
		last.path = append(slices.Clone(last.path), key)
	}
}

// mentions lists the names in order of appearance, each once.
func (r *reader) mentions() []mention {
	slices.SortStableFunc(r.found, func(a, b mention) int { return a.start - b.start })
	var out []mention
	for _, m := range r.found {
		if !slices.ContainsFunc(out, func(o mention) bool { return o.shown == m.shown }) {
			out = append(out, m)
		}
	}
	return out
}

// fieldStart is where the word behind the dot begins: the tree knows the dot.
func (r *reader) fieldStart(e ast.Expr) int {
	rs := r.text.runes
	if e.AsSelect().IsTestOnly() { // CEL forgets where has(...) has its field
		return r.operandEnd(e)
	}
	i := r.start(e.ID())
	for i < len(rs) && !letter(rs[i]) {
		i++
	}
	return i
}

func (r *reader) operandEnd(e ast.Expr) int {
	operand := e.AsSelect().Operand()
	i := r.start(operand.ID())
	if operand.Kind() == ast.SelectKind {
		i = r.fieldStart(operand)
	}
	rs := r.text.runes
	for i < len(rs) && rs[i] != '.' {
		i++
	}
	for i < len(rs) && !letter(rs[i]) {
		i++
	}
	return min(i, len(rs))
}
