package expr

import (
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// purpose is what an expression is for.
type purpose struct {
	language *language
	gives    *types.Type // nil: anything that can be written, or one of kinds
	must     string      // what it must be
	example  string
	kinds    []kind // of bodies: what it may be
}

func aCondition() purpose {
	return purpose{theLanguage(), types.BoolType, "a condition must be a comparison", "client.mrr > 5000", nil}
}

func aSeverity() purpose {
	return purpose{theLanguage(), types.StringType, "a severity must be one of the words " + wordList(severityWords()), `state.zone == "red" ? "high" : "medium"`, nil}
}

func aPlaceholder() purpose {
	return purpose{templateLanguage(), nil, "between {{ and }} stands what is to be written: text, a number, yes or no, a date, or a list of them", "client.name", nil}
}

// compile reads an expression step by step. Each step has its own words for
// what it refuses, and leaves less to the next.
func compile(t *text, want purpose) (*program, error) {
	switch {
	case !utf8.ValidString(t.source):
		return nil, t.invalid()
	case strings.TrimSpace(t.source) == "":
		return nil, t.at(0, "there is nothing here", want.must+", such as "+want.example)
	case len(t.runes) > MaxLength:
		return nil, t.at(MaxLength, "this is longer than 4,000 characters", t.split)
	}
	tokens, slip := tokenize(t)
	if slip == nil {
		slip = findSlip(t, tokens)
	}
	if slip != nil {
		return nil, slip
	}
	l := want.language
	parsed, issues := l.env.Parse(t.source)
	if errs := issues.Errors(); len(errs) > 0 {
		return nil, syntaxError(t, tokens, errs[0])
	}
	tree := parsed.NativeRep()
	r := &reader{text: t, info: tree.SourceInfo(), factory: ast.NewExprFactory(), language: l, place: map[int64]int{}, newest: ast.MaxID(tree)}
	if err := r.read(tree.Expr(), want); err != nil {
		return nil, err
	}
	r.places(tree)
	checked, errs := checker.Check(tree, common.NewTextSource(t.source), l.check)
	if list := errs.GetErrors(); len(list) > 0 {
		return nil, r.typeError(checked, list)
	}
	if err := r.wantType(checked, want); err != nil {
		return nil, err
	}
	options, err := r.limits(checked)
	if err != nil {
		return nil, err
	}
	run, planErr := l.env.PlanProgram(checked, options...)
	if planErr != nil {
		return nil, t.at(0, "this cannot be worked out", "write it more simply")
	}
	p := &program{text: t, run: run, names: r.mentions(), place: r.place, tree: checked, costly: r.costly}
	if l.bodies {
		return p, nil // there are no samples of what may come from outside
	}
	if err := p.try(want); err != nil {
		return nil, err
	}
	return p, nil
}

// syntaxError says what cel-go's parser stumbled over, in our words: it lists
// the tokens it knows.
func syntaxError(t *text, tokens []token, e *cel.Error) *Error {
	place := t.offset(e.Location.Line(), e.Location.Column())
	if e.Location.Line() < 1 {
		return t.at(0, "this is nested too deeply or chained too long", t.split+", or write a list: "+t.list)
	}
	switch {
	case strings.Contains(e.Message, "has() macro"):
		return t.at(place, "has asks whether a field is there", "write "+t.there)
	case strings.Contains(e.Message, "simple name"):
		return t.at(place, t.loops+" give each entry a name first", "write "+t.loop)
	case strings.Contains(e.Message, "literal"):
		return t.at(place, "this number is too large", "")
	}
	i := 0
	for i < len(tokens) && tokens[i].end <= place {
		i++
	}
	var before token
	if i > 0 {
		before = tokens[i-1]
	}
	if i == len(tokens) {
		if before.kind == symbol && !before.closes() {
			return t.at(-1, "something is missing after "+quoted(before.text), "")
		}
		return t.at(-1, "something is missing at the end", "")
	}
	here := tokens[i]
	switch {
	case here.kind != symbol && (before.kind == word || before.kind == figure || before.kind == quotation || before.closes()):
		return t.at(here.start, "something is missing between "+quoted(before.text)+" and "+quoted(here.text), t.joint)
	case here.kind == symbol && before.kind == symbol && !before.closes() && here.text != "[" && here.text != "(":
		return t.at(here.start, "a value is missing between "+quoted(before.text)+" and "+quoted(here.text), "")
	case here.kind == word && reserved(here.text):
		return t.at(here.start, quoted(here.text)+" has no meaning here", "")
	case here.text == "?":
		return t.at(-1, "a \"?\" has no \":\"", "write condition ? this : otherwise")
	}
	return t.at(here.start, quoted(here.text)+" cannot stand here", "")
}

func reserved(w string) bool {
	return strings.Contains(" as break const continue else false for function if import in let loop package namespace null return true var void while ", " "+w+" ")
}
