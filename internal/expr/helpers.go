package expr

import (
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// helpers are the functions that only templates have: they write, and what
// they give is of no use to compare with. What they are given that is not
// known makes the whole placeholder not known, unless or stands around it.
func helpers() []function {
	text, entry := cel.StringType, cel.TypeParamType("T")
	return []function{
		{
			name: "or", shown: "or(x, otherwise)", args: 2, gives: anything,
			doc:     "x, or the other where x is not known: a number never measured, empty text, an empty list, a field that is not there.",
			example: `or(client.tier, "no tier")`,
			options: []cel.EnvOption{cel.Function("or", cel.Overload("or_dyn", []*cel.Type{cel.DynType, cel.DynType}, cel.DynType,
				cel.OverloadIsNonStrict(), cel.BinaryBinding(either)))},
		},
		{
			name: "money", shown: "money(amount)", args: 1, more: 1, takes: []kind{number, textual}, gives: textual,
			doc:     "An amount in the client's currency, a payment or a movement of MRR in its own, else in the workspace's; money(x, \"EUR\") in another. Nothing is converted.",
			example: `money(client.mrr)`, options: money(),
		},
		{
			name: "percent", shown: "percent(share)", args: 1, takes: []kind{number}, gives: textual,
			doc: "A share in percent: 0.42 is 42 %.", example: `percent(state.churn)`, options: ofNumber("percent", (*writer).percent),
		},
		{
			name: "signed", shown: "signed(x)", args: 1, takes: []kind{number}, gives: textual,
			doc: "A number with its sign, as changes are written: +3, -11.", example: `signed(alert.change)`, options: ofNumber("signed", signed),
		},
		{
			name: "plural", shown: "plural(n, one, many)", args: 3, more: 2, takes: []kind{number, textual, textual, textual, textual}, gives: textual,
			doc:     "The word that goes with a number, without the number. Languages with more forms take up to four, in their order.",
			example: `plural(client.daysToRenewal, "day", "days")`,
			options: byWriter("plural", text, pluralOf, []*cel.Type{cel.DoubleType, text, text}, []*cel.Type{cel.DoubleType, text, text, text},
				[]*cel.Type{cel.DoubleType, text, text, text, text}),
		},
		{
			name: "date", shown: "date(x)", args: 1, takes: []kind{moment}, gives: moment,
			doc:     "The day of a time, or of text such as 2027-01-14. It is written in full, as every time is.",
			example: `date(client.renewalDate)`,
			options: ofTime("date", cel.TimestampType, func(w *writer, t types.Timestamp) ref.Val {
				return toDate(types.String(t.Format("2006-01-02")), t.Location())
			}),
		},
		{
			name: "day", shown: "day(x)", args: 1, takes: []kind{moment}, gives: textual,
			doc: "A day near now, with its weekday.", example: `day(client.renewalDate)`,
			options: ofTime("day", text, func(w *writer, t types.Timestamp) ref.Val { return types.String(w.day(t.Time)) }),
		},
		{
			name: "clock", shown: "clock(time)", args: 1, takes: []kind{moment}, gives: textual,
			doc: "The time of a day.", example: `clock(alert.openedAt)`,
			options: ofTime("clock", text, func(w *writer, t types.Timestamp) ref.Val { return types.String(w.clock(t.Time)) }),
		},
		{
			name: "ago", shown: "ago(time)", args: 1, takes: []kind{moment}, gives: textual,
			doc: "How many days ago a time was.", example: `ago(state.lastContact)`,
			options: ofTime("ago", text, func(w *writer, t types.Timestamp) ref.Val { return types.String(w.ago(t.Time)) }),
		},
		{
			name: "trend", shown: "trend()", gives: textual,
			doc: "The course of the health score, drawn.", example: `trend()`,
			options: byWriter("trend", text, func(w *writer, _ []ref.Val) ref.Val { return types.String(w.trend()) }, nil),
		},
		{
			name: "upper", shown: "upper(text)", args: 1, takes: []kind{textual}, gives: textual,
			doc: "The text in capital letters.", example: `upper(alert.severity)`,
			options: []cel.EnvOption{cel.Function("upper", cel.Overload("upper_string", []*cel.Type{text}, text,
				cel.UnaryBinding(func(v ref.Val) ref.Val { return types.String(strings.ToUpper(string(v.(types.String)))) })))},
		},
		{
			name: "truncate", shown: "truncate(text, n)", args: 2, takes: []kind{textual, number}, gives: textual,
			doc: "The first n characters of the text, and … where there are more.", example: `truncate(alert.quote, 80)`,
			options: []cel.EnvOption{cel.Function("truncate", cel.Overload("truncate_string", []*cel.Type{text, cel.DoubleType}, text,
				cel.BinaryBinding(truncated)))},
		},
		{
			name: "first", shown: "first(list)", args: 1, takes: []kind{listed}, gives: anything,
			doc: "The first entry of a list; not known when it is empty.", example: `first(alert.reasons)`,
			options: []cel.EnvOption{cel.Function("first", cel.Overload("first_list", []*cel.Type{cel.ListType(entry)}, entry, cel.UnaryBinding(first)))},
		},
		{
			name: "join", shown: "join(list, between)", args: 2, takes: []kind{listed, textual}, gives: textual,
			doc: "The entries of a list, each written as it would be alone, with the text between them. What is not known is left out.", example: `join(client.tags, " · ")`,
			options: byWriter("join", text, joined, []*cel.Type{cel.ListType(cel.DynType), text}),
		},
		{
			name: "map", shown: "list.map(x, value)", args: 2, method: true, gives: listed,
			doc: "A list of what each entry of the list gives.", example: `join(client.tags.map(t, upper(t)), ", ")`,
			options: []cel.EnvOption{cel.Macros(cel.MapMacro)},
		},
	}
}
