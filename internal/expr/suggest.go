package expr

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

// noSuchRoot guesses what was meant by a word that is no name.
func (r *reader) noSuchRoot(base ast.Expr, parts []ast.Expr) *Error {
	root := base.AsIdent()
	message := "there is no " + quoted(root)
	if len(parts) > 1 {
		field := parts[len(parts)-2].AsSelect().FieldName()
		for _, near := range nearest(root, r.roots()) {
			if _, ok := r.language.byPath[near+"."+field]; ok {
				return r.at(base, message, "did you mean "+near+"."+field+"?")
			}
		}
		return r.at(base, message, didYouMean(root, r.roots(), "names begin with "+wordList(r.roots())))
	}
	var same []string
	for _, n := range r.language.names {
		if _, field, _ := strings.Cut(n.path, "."); strings.EqualFold(field, root) {
			same = append(same, n.path)
		}
	}
	if len(same) > 0 {
		return r.at(base, message, "did you mean "+strings.Join(same, " or ")+"?")
	}
	for _, f := range r.language.functions {
		if f.name == root {
			return r.at(base, quoted(root)+" is a function", "write "+f.shown)
		}
	}
	var all []string
	for _, n := range r.language.names {
		_, field, _ := strings.Cut(n.path, ".")
		all = append(all, field)
	}
	for _, near := range nearest(root, all) {
		i := slices.Index(all, near)
		if near != "" {
			return r.at(base, message, "did you mean "+r.language.names[i].path+"?")
		}
	}
	return r.at(base, message, didYouMean(root, r.roots(), "if it is text, put it in quotes: \""+root+"\""))
}

// unquoted finds text without quotes: client.tier == enterprise.
func (r *reader) unquoted(call ast.CallExpr) *Error {
	args := call.Args()
	switch call.FunctionName() {
	case operators.Equals, operators.NotEquals:
	case operators.In:
		if args[1].Kind() == ast.ListKind {
			args = args[1].AsList().Elements()
		} else {
			args = args[:1]
		}
	default:
		return nil
	}
	for _, e := range args {
		if e.Kind() != ast.IdentKind {
			continue
		}
		w := e.AsIdent()
		if strings.HasPrefix(w, "@") || strings.HasPrefix(w, ".") || slices.Contains(r.locals, w) || slices.Contains(r.roots(), w) || r.isWord(w) {
			continue
		}
		return r.at(e, "there is no "+quoted(w), "if it is text, put it in quotes: \""+w+"\"")
	}
	return nil
}

// isWord says whether a word is a field's or a function's.
func (r *reader) isWord(w string) bool {
	if _, ok := r.find(w); ok {
		return true
	}
	return slices.ContainsFunc(r.language.names, func(n name) bool {
		_, field, _ := strings.Cut(n.path, ".")
		return strings.EqualFold(field, w)
	})
}

func (r *reader) suggestField(root, field string) string {
	if near := nearest(field, r.below(root)); len(near) > 0 {
		return "did you mean " + strings.Join(near, " or ") + "?"
	}
	if longer := slices.DeleteFunc(r.below(root), func(x string) bool { return !strings.HasPrefix(x, field) }); len(longer) > 1 {
		return "did you mean " + orList(longer) + "?"
	}
	for _, other := range r.roots() {
		if _, ok := r.language.byPath[other+"."+field]; ok {
			return "did you mean " + other + "." + field + "?"
		}
	}
	if root == "client" {
		return "a field of your own is written client.custom." + field
	}
	if root == "signal" {
		return "what the signal brought is written signal.data." + field
	}
	return root + " has " + wordList(r.below(root))
}

// nearest are the words that are spelt most alike, two at most.
func nearest(w string, words []string) []string {
	best, found := max(1, len([]rune(w))/3), []string(nil)
	for _, x := range words {
		switch d := distance(strings.ToLower(w), strings.ToLower(x)); {
		case d < best:
			best, found = d, []string{x}
		case d == best:
			found = append(found, x)
		}
	}
	return found[:min(len(found), 2)]
}

// didYouMean names what is spelt most alike, or says otherwise.
func didYouMean(w string, words []string, otherwise string) string {
	if near := nearest(w, words); len(near) > 0 {
		return fmt.Sprintf("did you mean %s?", strings.Join(near, " or "))
	}
	return otherwise
}

// distance counts the letters to add, drop, change or swap with their
// neighbour.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 100 || len(y) > 100 {
		return 100
	}
	var rows [3][]int
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
	}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := range x {
		before, above, row := rows[0], rows[1], rows[2]
		row[0] = i + 1
		for j := range y {
			change := 1
			if x[i] == y[j] {
				change = 0
			}
			row[j+1] = min(above[j+1]+1, row[j]+1, above[j]+change)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		rows[0], rows[1], rows[2] = above, row, before
	}
	return rows[1][len(y)]
}
