package expr

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/gostanna/stanna"
)

// outcomes checks the words that a severity can be.
func (r *reader) outcomes(e ast.Expr) *Error {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.Conditional {
		for _, arg := range e.AsCall().Args()[1:] {
			if err := r.outcomes(arg); err != nil {
				return err
			}
		}
		return nil
	}
	if s, ok := literalText(e); ok && stanna.Severity(s).Rank() < 0 {
		return r.at(e, quoted(s)+" is no severity", didYouMean(s, severityWords(), "they are "+wordList(severityWords())))
	}
	return nil
}

func isZero(e ast.Expr) bool {
	if e.Kind() != ast.LiteralKind {
		return false
	}
	switch v := e.AsLiteral().(type) {
	case types.Int:
		return v == 0
	case types.Uint:
		return v == 0
	case types.Double:
		return v == 0
	}
	return false
}

// longTime refuses a length of time that is longer than any could be.
func (r *reader) longTime(unit string, e ast.Expr) *Error {
	if e.Kind() != ast.LiteralKind {
		return nil
	}
	n, ok := e.AsLiteral().ConvertToType(types.DoubleType).(types.Double)
	if unit == "days" {
		n *= 24
	}
	if ok && math.Abs(float64(n)) > maxSpan.Hours() {
		return r.at(e, "this is longer than a hundred years", "")
	}
	return nil
}

// pattern must be written out, so that it is read once, and be short.
func (r *reader) pattern(e ast.Expr) *Error {
	s, ok := literalText(e)
	if !ok {
		return r.at(e, "a pattern must be written out as text in quotes", "such as "+r.text.pattern)
	}
	n, err := patternSize(s)
	switch {
	case err != nil && !tooLarge(err):
		return r.at(e, "this is no pattern that can be used", "patterns are regular expressions as RE2 knows them; to look for plain text write .contains(\"...\")")
	case err != nil || n > maxPattern:
		return r.at(e, "this pattern is too large", "repeat less: {1,1000} makes a thousand steps")
	}
	return nil
}

// words checks text that is compared with a name that can only be one of a
// few words: state.zone is never "amber".
func (r *reader) words(e, other ast.Expr) *Error {
	var shown string
	var words []string
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == "@weekday" {
		shown, words = "weekday", weekdays()
	} else if root, path := chain(e); root != "" && !slices.Contains(r.locals, root) && len(path) == 1 {
		if i, ok := r.language.byPath[root+"."+path[0]]; ok {
			shown, words = r.language.names[i].path, r.language.names[i].words
		}
	}
	if words == nil {
		return nil
	}
	list := []ast.Expr{other}
	if other.Kind() == ast.ListKind {
		list = other.AsList().Elements()
	}
	for _, x := range list {
		if s, ok := literalText(x); ok && s != "" && !slices.Contains(words, s) {
			return r.at(x, fmt.Sprintf("%s is never %s", shown, quoted(s)), didYouMean(s, words, "it is "+orList(words)))
		}
	}
	return nil
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

// wordList is "a, b and c".
func wordList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// orList is "a, b or c".
func orList(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
