package expr

import (
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// function is something that may be called.
type function struct {
	name    string
	shown   string // as it is written
	args    int    // without what it is called on
	more    int    // that may follow them
	method  bool   // written behind a dot: client.name.contains("x")
	takes   []kind // what its arguments must be, what it is called on first; none: it takes all
	gives   kind
	doc     string
	example string
	options []cel.EnvOption
}

// functions are all that may be called. Every one of them answers for every
// value: what makes no sense is not known.
func functions() []function {
	one := func(t *cel.Type) []*cel.Type { return []*cel.Type{t} }
	return []function{
		{
			name: "known", shown: "known(x)", args: 1, gives: yesNo,
			doc:     "Whether a value is known: false for a number never measured, for empty text, for a field that is not there.",
			example: `known(client.mrr) && client.mrr < 1000`,
			options: []cel.EnvOption{cel.Function("known", cel.Overload("known_dyn", one(cel.DynType), cel.BoolType,
				cel.OverloadIsNonStrict(), cel.UnaryBinding(known)))},
		},
		{
			name: "has", shown: "has(client.custom.x)", args: 1, gives: yesNo,
			doc:     "Whether a field of your own, or of signal.data, is there.",
			example: `has(client.custom.seats)`,
		},
		{
			name: "lower", shown: "lower(text)", args: 1, takes: []kind{textual}, gives: textual,
			doc:     "The text in small letters, to compare it whatever its case.",
			example: `lower(client.tier) == "enterprise"`,
			options: []cel.EnvOption{cel.Function("lower", cel.Overload("lower_string", one(cel.StringType), cel.StringType,
				cel.UnaryBinding(func(v ref.Val) ref.Val { return types.String(strings.ToLower(string(v.(types.String)))) })))},
		},
		{
			name: "contains", shown: "text.contains(part)", args: 1, method: true, takes: []kind{textual, textual}, gives: yesNo,
			doc: "Whether the text has the part in it.", example: `client.name.contains("Labs")`,
		},
		{
			name: "startsWith", shown: "text.startsWith(part)", args: 1, method: true, takes: []kind{textual, textual}, gives: yesNo,
			doc: "Whether the text begins so.", example: `signal.type.startsWith("custom.")`,
		},
		{
			name: "endsWith", shown: "text.endsWith(part)", args: 1, method: true, takes: []kind{textual, textual}, gives: yesNo,
			doc: "Whether the text ends so.", example: `client.owner.endsWith("@acme.com")`,
		},
		{
			name: "matches", shown: "text.matches(pattern)", args: 1, method: true, takes: []kind{textual, textual}, gives: yesNo,
			doc:     "Whether the pattern (a regular expression, RE2) is found in the text.",
			example: `client.name.matches("^Acme( |$)")`,
			options: []cel.EnvOption{
				cel.Function(matchFunction, cel.Overload(matchFunction, []*cel.Type{cel.StringType, cel.StringType}, cel.BoolType,
					cel.BinaryBinding(func(_, _ ref.Val) ref.Val { return types.NewErr("a pattern that is not written out") }))),
				cel.Macros(cel.ReceiverMacro("matches", 1, func(f cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
					return f.NewCall(matchFunction, target, args[0]), nil
				})),
			},
		},
		{
			name: "size", shown: "size(x)", args: 1, gives: number,
			doc: "How many entries a list has, how many characters a text.", example: `size(client.tags) == 0`,
			options: []cel.EnvOption{cel.Function("size",
				cel.Overload(overloads.SizeString, one(cel.StringType), cel.DoubleType, cel.UnaryBinding(func(v ref.Val) ref.Val {
					return types.Double(len([]rune(string(v.(types.String)))))
				})),
				cel.Overload(overloads.SizeList, one(cel.ListType(cel.DynType)), cel.DoubleType, cel.UnaryBinding(sizeOf)),
				cel.Overload(overloads.SizeMap, one(cel.MapType(cel.StringType, cel.DynType)), cel.DoubleType, cel.UnaryBinding(sizeOf)))},
		},
		{
			name: "number", shown: "number(x)", args: 1, gives: number,
			doc: "The number that a text says (\"12.5\"); not known when it says none.", example: `number(client.custom.seats) > 10`,
			options: []cel.EnvOption{cel.Function("number", cel.Overload("number_dyn", one(cel.DynType), cel.DoubleType, cel.UnaryBinding(toNumber)))},
		},
		{
			name: "exists", shown: "list.exists(x, condition)", args: 2, method: true, gives: yesNo,
			doc: "Whether the condition holds for some entry of the list.", example: `client.tags.exists(t, t.startsWith("beta"))`,
		},
		{
			name: "all", shown: "list.all(x, condition)", args: 2, method: true, gives: yesNo,
			doc: "Whether the condition holds for every entry of the list; true for an empty one.", example: `client.tags.all(t, t != "trial")`,
		},
		{
			name: "filter", shown: "list.filter(x, condition)", args: 2, method: true, gives: listed,
			doc: "The entries for which the condition holds.", example: `size(client.tags.filter(t, t.startsWith("beta"))) >= 2`,
		},
		{
			name: "days", shown: "days(n)", args: 1, takes: []kind{number}, gives: span,
			doc: "A length of time, to add to a time or to compare with a difference of two.", example: `now - signal.occurredAt < days(2)`,
			options: lengthOfTime("days", 24*time.Hour),
		},
		{
			name: "hours", shown: "hours(n)", args: 1, takes: []kind{number}, gives: span,
			doc: "A length of time.", example: `now - alert.openedAt >= hours(4)`,
			options: lengthOfTime("hours", time.Hour),
		},
		{
			name: "date", shown: "date(text)", args: 1, takes: []kind{textual}, gives: moment,
			doc: "The beginning of a date (YYYY-MM-DD) where the workspace is.", example: `now >= date("2026-12-24")`,
			options: zoned("date", cel.StringType, cel.TimestampType, toDate),
		},
		{
			name: "hour", shown: "hour(time)", args: 1, takes: []kind{moment}, gives: number,
			doc: "The hour, 0 to 23, where the workspace is.", example: `hour(now) >= 9 && hour(now) < 17`,
			options: zoned("hour", cel.TimestampType, cel.DoubleType, func(v ref.Val, loc *time.Location) ref.Val {
				return types.Double(v.(types.Timestamp).In(loc).Hour())
			}),
		},
		{
			name: "weekday", shown: "weekday(time)", args: 1, takes: []kind{moment}, gives: textual,
			doc: "The day of the week where the workspace is: monday to sunday.", example: `weekday(now) in ["saturday", "sunday"]`,
			options: zoned("weekday", cel.TimestampType, cel.StringType, func(v ref.Val, loc *time.Location) ref.Val {
				return types.String(strings.ToLower(v.(types.Timestamp).In(loc).Weekday().String()))
			}),
		},
	}
}
