package expr

import (
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common/ast"
)

// function checks a call that is not written behind a dot.
func (r *reader) function(e ast.Expr, call ast.CallExpr) *Error {
	name := call.FunctionName()
	if strings.ContainsAny(name, "@_") && !plainName(name) { // an operator, or what a macro became
		if shown, ok := strings.CutPrefix(name, "@"); ok && shown != "in" && shown != "not_strictly_false" {
			r.place[e.ID()] = r.nameStart(e, shown)
		}
		return nil
	}
	f, ok := r.find(name)
	switch {
	case !ok:
		return r.noSuchFunction(e, name)
	case f.method:
		return r.atCall(e, name, name+" is written behind a dot", "write "+f.shown+", such as "+f.example)
	}
	r.place[e.ID()] = r.nameStart(e, name)
	return r.arguments(e, f, len(call.Args()))
}

// method checks a call behind a dot.
func (r *reader) method(e ast.Expr, call ast.CallExpr) *Error {
	name := call.FunctionName()
	f, ok := r.find(name)
	switch {
	case !ok:
		return r.noSuchFunction(e, name)
	case !f.method:
		return r.atCall(e, name, name+" is not written behind a dot", "write "+f.shown+", such as "+f.example)
	}
	r.place[e.ID()] = r.nameStart(e, name)
	return r.arguments(e, f, len(call.Args()))
}

func (r *reader) arguments(e ast.Expr, f function, given int) *Error {
	if given < f.args || given > f.args+f.more || f.name == "exists" || f.name == "all" || f.name == "filter" || f.name == "map" || f.name == "has" {
		return r.atCall(e, f.name, f.name+" is used as "+f.shown, "such as "+f.example)
	}
	return nil
}

func (r *reader) find(name string) (function, bool) {
	for _, f := range r.language.functions {
		if f.name == name {
			return f, true
		}
	}
	return function{}, false
}

func (r *reader) noSuchFunction(e ast.Expr, name string) *Error {
	instead := map[string]string{ // the first of them that the language has
		"timestamp": "date time", "datetime": "date time", "toDate": "date time", "parseTime": "time", "unix": "time", "string": "text", "str": "text", "toString": "text",
		"get": "or", "orValue": "or", "ifNull": "or", "try": "optional", "maybe": "optional", "strip": "trim", "trimSpace": "trim", "stripTags": "stripHtml", "html": "stripHtml",
		"domain": "domainOf", "host": "domainOf", "array": "list", "find": "filter", "parseFloat": "number", "parseInt": "number", "duration": "days", "double": "number", "int": "number", "uint": "number", "float": "number",
		"toLowerCase": "lower", "lowercase": "lower", "lowerAscii": "lower", "len": "size", "length": "size", "count": "size",
		"getHours": "hour", "getDayOfWeek": "weekday", "today": "date", "any": "exists", "some": "exists", "exists_one": "exists", "includes": "contains",
		"isset": "known", "exist": "known", "defined": "known", "map": "filter", "date": "time", "upper": "lower",
		"uppercase": "upper", "upperAscii": "upper", "toUpperCase": "upper", "capitalize": "upper", "default": "or", "coalesce": "or", "orElse": "or",
		"currency": "money", "format": "number", "formatDate": "date", "longDate": "date", "shortDate": "day", "time": "clock", "since": "ago", "timeAgo": "ago",
		"pluralize": "plural", "sparkline": "trend", "implode": "join", "concat": "join", "substring": "truncate", "shorten": "truncate",
	}[name]
	for other := range strings.FieldsSeq(instead) {
		if f, ok := r.find(other); ok {
			return r.atCall(e, name, "there is no function "+quoted(name), "write "+f.shown+", such as "+f.example)
		}
	}
	var all []string
	for _, f := range r.language.functions {
		all = append(all, f.name)
	}
	return r.atCall(e, name, "there is no function "+quoted(name), didYouMean(name, all, "there are "+wordList(all)))
}

func (r *reader) atCall(e ast.Expr, name, message, hint string) *Error {
	return r.text.at(r.nameStart(e, name), message, hint)
}

// nameStart is where the name of a function begins: the tree knows its
// bracket.
func (r *reader) nameStart(e ast.Expr, name string) int {
	at := r.start(e.ID())
	before := string(r.text.runes[:min(at, len(r.text.runes))])
	if i := strings.LastIndex(before, name); i >= 0 {
		return utf8.RuneCountInString(before[:i])
	}
	return at
}

func plainName(s string) bool {
	return strings.Trim(s, "_") != "" && !strings.ContainsFunc(s, func(r rune) bool { return !letter(r) && !digit(r) })
}
