package expr

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

func bodyLanguage() *language {
	builtForBodies.once.Do(func() {
		builtForBodies.language = newLanguage(bodyNames(), bodyFunctions(), append(paths(), cel.Variable(nullName, cel.DynType))...)
		builtForBodies.bodies = true
	})
	return builtForBodies.language
}

// BodyNames lists everything that may be written of a body, for pages, docs
// and the API. Each example is a whole expression.
func BodyNames() []Name {
	var all []Name
	for _, n := range bodyNames() {
		all = append(all, Name{n.path, string(n.kind), n.doc, n.example})
	}
	for _, f := range bodyFunctions() {
		all = append(all, Name{f.shown, string(f.gives), f.doc, f.example})
	}
	return all
}

func bodyNames() []name {
	return []name{
		{path: "item", kind: anything, doc: "One of the items of the body; the body itself where it is not taken apart.", example: "item.email"},
		{path: "body", kind: anything, doc: "The whole body, as it came.", example: "body.account.id"},
		{path: "headers", kind: anything, doc: "The headers that came with it, by their names in small letters.", example: `headers["x-github-event"]`},
		{path: "now", kind: moment, doc: "When the body came.", example: "now"},
	}
}

// bodyFunctions are all that may be called on what comes from outside. Those
// that conditions have too mean the same here.
func bodyFunctions() []function {
	text, entry := cel.StringType, cel.TypeParamType("T")
	list := []function{
		{
			name: "or", shown: "or(x, y, ...)", args: 2, more: 4, gives: anything,
			doc:     "The first of up to six values that is known: there, not null and not empty. Without one, the last.",
			example: `or(item.name, item.company.name, "no name")`,
			options: []cel.EnvOption{cel.Function("or", ofValues("or", 2, 6, firstKnown)...)},
		},
		{
			name: "optional", shown: "optional(x)", args: 1, gives: anything,
			doc:     "x, or null where something that it hangs on is not there.",
			example: `optional(number(item.properties.mrr))`,
			options: []cel.EnvOption{cel.Function("optional", cel.Overload("optional_dyn", []*cel.Type{cel.DynType}, cel.DynType,
				cel.OverloadIsNonStrict(), cel.UnaryBinding(optional)))},
		},
		shared("known", "Whether a value is known: there, not null and not empty.", "known(item.email)"),
		shared("has", "Whether a field is there, and not null.", "has(item.user.email)"),
		{
			name: "text", shown: "text(x)", args: 1, gives: textual,
			doc:     "A number, a time, or yes or no, as text; a whole number without decimals, so that it can be an id.",
			example: `"deal-" + text(item.dealId)`, options: ofAnything("text", text, toText),
		},
		{
			name: "number", shown: "number(x)", args: 1, gives: number,
			doc:     "The number that a text says, as 1492.5, 1,492.50 or 1.5e3. Empty text is as if it were not there.",
			example: `number(item.properties.mrr)`, options: ofAnything("number", cel.DoubleType, readNumber),
		},
		{
			name: "time", shown: "time(x)", args: 1, gives: moment,
			doc:     "The time that is meant: 2026-11-23T09:30:00Z (UTC where it names no zone), 2026-11-23, or seconds or milliseconds since 1970.",
			example: `time(item.occurredAt)`, options: ofAnything("time", cel.TimestampType, readTime),
		},
		shared("lower", "The text in small letters.", `lower(item.plan) == "enterprise"`),
		{
			name: "trim", shown: "trim(text)", args: 1, takes: []kind{textual}, gives: textual,
			doc: "The text without the space around it.", example: `trim(item.company)`, options: ofText("trim", strings.TrimSpace),
		},
		shared("truncate", "The first n characters of the text, and … where there are more.", `truncate(item.comment, 500)`),
		{
			name: "stripHtml", shown: "stripHtml(text)", args: 1, takes: []kind{textual}, gives: textual,
			doc: "What a reader sees of HTML: without tags, a line for each paragraph.", example: `stripHtml(item.source.body)`, options: ofText("stripHtml", stripHTML),
		},
		{
			name: "domainOf", shown: "domainOf(text)", args: 1, takes: []kind{textual}, gives: textual,
			doc:     "The domain in an e-mail or a web address, without www. As if it were not there where the text has none, or one at which anybody may have an address, such as gmail.com.",
			example: `domainOf(item.email)`,
			options: []cel.EnvOption{cel.Function("domainOf", cel.Overload("domainOf_string", []*cel.Type{text}, text, cel.UnaryBinding(domainOf)))},
		},
		{
			name: "split", shown: "split(text, between)", args: 2, takes: []kind{textual, textual}, gives: textList,
			doc: "The parts of a text that stand between separators, trimmed; empty ones are left out.", example: `split(item.labels, ";")`,
			options: []cel.EnvOption{cel.Function("split", cel.Overload("split_string", []*cel.Type{text, text}, cel.ListType(text), cel.BinaryBinding(split)))},
		},
		{
			name: "join", shown: "join(list, between)", args: 2, takes: []kind{listed, textual}, gives: textual,
			doc: "The entries of a list as one text, with the other text between them; null is left out.", example: `join(item.reasons, ", ")`,
			options: []cel.EnvOption{cel.Function("join", cel.Overload("join_list", []*cel.Type{cel.ListType(cel.DynType), text}, text, cel.BinaryBinding(join)))},
		},
		{
			name: "scale", shown: "scale(x, from, to, low, high)", args: 5, takes: []kind{number, number, number, number, number}, gives: number,
			doc:     "x of a scale as the same place on another: from becomes low, and to becomes high.",
			example: `scale(number(item.score), 0, 10, -2, 2)`,
			options: []cel.EnvOption{cel.Function("scale", cel.Overload("scale_double", slices.Repeat([]*cel.Type{cel.DoubleType}, 5), cel.DoubleType, cel.FunctionBinding(scale)))},
		},
		{
			name: "list", shown: "list(x)", args: 1, gives: listed,
			doc:     "A list as it is, and anything else as a list of one: for senders that post one object or several.",
			example: `list(body)`,
			options: []cel.EnvOption{cel.Function("list", cel.Overload("list_dyn", []*cel.Type{cel.DynType}, cel.ListType(cel.DynType), cel.UnaryBinding(toList)))},
		},
		{
			name: "first", shown: "first(list)", args: 1, takes: []kind{listed}, gives: anything,
			doc: "The first entry of a list; as if it were not there when the list is empty.", example: `first(item.contacts).email`,
			options: []cel.EnvOption{cel.Function("first", cel.Overload("first_list", []*cel.Type{cel.ListType(entry)}, entry, cel.UnaryBinding(firstOf)))},
		},
		{
			name: "last", shown: "last(list)", args: 1, takes: []kind{listed}, gives: anything,
			doc: "The last entry of a list; as if it were not there when the list is empty.", example: `last(item.messages).text`,
			options: []cel.EnvOption{cel.Function("last", cel.Overload("last_list", []*cel.Type{cel.ListType(entry)}, entry, cel.UnaryBinding(lastOf)))},
		},
		shared("size", "How many entries a list has, how many characters a text, how many fields an object.", "size(item.tags)"),
		shared("contains", "Whether the text has the part in it.", `item.subject.contains("cancel")`),
		shared("startsWith", "Whether the text begins so.", `item.type.startsWith("company.")`),
		shared("endsWith", "Whether the text ends so.", `item.email.endsWith("@acme.com")`),
		shared("matches", "Whether the pattern (a regular expression, RE2) is found in the text.", `item.subject.matches("^Re:")`),
		shared("exists", "Whether the condition holds for some entry of the list.", `item.tags.exists(t, t == "churn-risk")`),
		shared("all", "Whether the condition holds for every entry of the list; true for an empty one.", `item.lines.all(l, l.paid)`),
		shared("filter", "The entries for which the condition holds.", `item.parts.filter(p, p.author.type == "user")`),
		shared("map", "A list of what each entry of the list gives.", `item.reasons.map(r, {"name": r.title, "impact": r.points})`),
		shared("days", "A length of time, to add to a time or to compare with a difference of two.", "now + days(7)"),
		shared("hours", "A length of time.", "now + hours(4)"),
	}
	return list
}

// shared is a function that conditions or templates have.
func shared(name, doc, example string) function {
	all := append(functions(), helpers()...)
	f := all[slices.IndexFunc(all, func(f function) bool { return f.name == name })]
	f.doc, f.example = doc, example
	if name == "has" {
		f.shown = "has(item.x)"
	}
	return f
}

// paths are the functions that the reader writes where somebody wrote a dot
// or square brackets.
func paths() []cel.EnvOption {
	both := []*cel.Type{cel.DynType, cel.DynType}
	return []cel.EnvOption{
		cel.Function(getField, cel.Overload(getField, both, cel.DynType, cel.BinaryBinding(func(v, key ref.Val) ref.Val {
			if v = below(v, key); v == types.NullValue {
				return types.WrapErr(errNull)
			}
			return v
		}))),
		cel.Function(getValue, cel.Overload(getValue, both, cel.DynType, cel.BinaryBinding(below))),
		cel.Function(testField, cel.Overload(testField, both, cel.BoolType, cel.OverloadIsNonStrict(), cel.BinaryBinding(func(v, key ref.Val) ref.Val {
			if !types.IsUnknownOrError(v) {
				v = below(v, key)
			}
			return types.Bool(!types.IsUnknownOrError(v) && v != types.NullValue)
		}))),
	}
}

// below is what stands in an object by a name, or in a list at a place.
func below(v, key ref.Val) ref.Val {
	switch in := v.(type) {
	case traits.Mapper:
		if name, ok := key.(types.String); ok {
			if found, ok := in.Find(name); ok {
				return found
			}
		}
	case traits.Lister:
		if n, ok := key.(types.Double); ok && n >= 0 && n == types.Double(int64(n)) {
			if size, ok := in.Size().(types.Int); ok && int64(n) < int64(size) {
				return in.Get(types.Int(n))
			}
		}
	}
	return types.WrapErr(&noField{in: v, key: key})
}
