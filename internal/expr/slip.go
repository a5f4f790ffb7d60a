package expr

import (
	"slices"
	"strings"
)

// findSlip finds what people write who come from spreadsheets, SQL or plain
// English, and says what to write instead. CEL's parser would only say that
// it expected something else.
func findSlip(t *text, tokens []token) *Error {
	if err := pairBrackets(t, tokens); err != nil {
		return err
	}
	at := func(i int) token {
		if i < 0 || i >= len(tokens) {
			return token{}
		}
		return tokens[i]
	}
	for i, k := range tokens {
		var message, hint string
		switch k.kind {
		case word:
			if at(i-1).is(symbol, ".") {
				continue // a field may be called anything
			}
			if message, hint = t.wordSlip(k, at(i-1), at(i+1)); k.text == "in" && at(i+1).is(symbol, "(") && comma(tokens[i+1:tokens[i+1].match]) {
				message, hint = "a list stands in square brackets", `write in ["a", "b"]`
			}
		case figure:
			message, hint = figureSlip(tokens, i)
		case symbol:
			message, hint = symbolSlip(k)
			switch before, after := at(i-1), at(i+1); {
			case k.text == "|" && t.whole != nil && after.kind == word:
				hint = "a function stands before its value: " + after.text + "(...); for or write ||"
			case t.objects && k.text == "?" && (before.end == k.start && (before.is(symbol, ".") || before.is(symbol, "[")) || after.start == k.end && after.is(symbol, ".")):
				message, hint = "a field that may be missing is not asked for with ?", `write or(item.email, ""), or optional(item.email) for null`
			}
		}
		if message != "" {
			return t.at(k.start, message, hint)
		}
	}
	return nil
}

// pairBrackets matches brackets with each other.
func pairBrackets(t *text, tokens []token) *Error {
	var open []int
	for i, k := range tokens {
		if k.kind != symbol {
			continue
		}
		switch {
		case k.text == "{{" || k.text == "}}":
			return t.at(k.start, "a condition stands alone here", "leave out the {{ and }}")
		case (k.text == "{" || k.text == "}") && !t.objects:
			return t.at(k.start, "braces have no use here", "write ( and ) to group, [ and ] for a list")
		case k.text == "{" && len(tokens) > i+1 && i == 0 && tokens[1].text == "{" && tokens[1].start == 1:
			return t.at(k.start, "an expression stands alone here", "leave out the {{ and }}")
		case k.text == "(" || k.text == "[" || k.text == "{":
			if open = append(open, i); len(open) > maxBrackets {
				return t.at(k.start, "brackets are nested more than 32 deep", t.split)
			}
		case k.closes():
			if len(open) == 0 {
				return t.at(k.start, "this "+quoted(k.text)+" was never opened", "")
			}
			partner := open[len(open)-1]
			if !strings.Contains("() [] {}", tokens[partner].text+k.text) {
				return t.at(k.start, "this "+quoted(k.text)+" closes a "+quoted(tokens[partner].text), "")
			}
			open = open[:len(open)-1]
			tokens[partner].match, tokens[i].match = i, partner
		}
	}
	if len(open) > 0 {
		k := tokens[open[len(open)-1]]
		return t.at(k.start, "this "+quoted(k.text)+" is never closed", "")
	}
	return nil
}

func comma(tokens []token) bool {
	return slices.ContainsFunc(tokens, func(k token) bool { return k.is(symbol, ",") })
}

// wordSlip knows words that other languages have.
func (t *text) wordSlip(k, before, after token) (message, hint string) {
	isValue := func(t token) bool { return t.kind == word || t.kind == figure || t.kind == quotation || t.closes() }
	plain := strings.ToLower(k.text)
	instead := map[string]string{"and": "&&", "or": "||", "not": "!", "is": "==", "equals": "==", "eq": "==", "ne": "!=", "gt": ">", "gte": ">=", "ge": ">=", "lt": "<", "lte": "<=", "le": "<="}[plain]
	switch {
	case plain == "not" || instead != "" && (isValue(before) || isValue(after)) && !after.is(symbol, "."):
		return "there is no " + quoted(k.text) + " here", "write " + instead
	case (plain == "in" || plain == "true" || plain == "false") && k.text != plain:
		return quoted(k.text) + " is written in small letters here", "write " + plain
	case plain == "contains" || plain == "startswith" || plain == "endswith" || plain == "matches" || plain == "like":
		if isValue(before) || isValue(after) {
			return quoted(k.text) + " does not stand between two values", "write it behind a dot: " + t.contains
		}
	case plain == "between":
		return "there is no " + quoted(k.text) + " here", "write two comparisons: " + t.between
	case t.objects && k.text == "null":
	case plain == "null" || plain == "nil" || plain == "none":
		return "there is no " + quoted(k.text) + " here", t.null
	case plain == "if" || plain == "then" || plain == "else" || plain == "when":
		return "there is no " + quoted(k.text) + " here", "write condition ? this : otherwise"
	}
	return "", ""
}

// figureSlip knows how people write amounts.
func figureSlip(tokens []token, i int) (message, hint string) {
	k := tokens[i]
	var after, third token
	if i+1 < len(tokens) {
		after = tokens[i+1]
	}
	if i+2 < len(tokens) {
		third = tokens[i+2]
	}
	whole := strings.Trim(k.text, "0123456789") == ""
	switch {
	case strings.Count(k.text, ".") > 1:
		return quoted(k.text) + " is no number", "write 1234.56"
	case !whole && strings.Trim(k.text, "0123456789.") != "" && !scientific(k.text):
		return quoted(k.text) + " is no number", "write all its digits, without a unit: 5000"
	case whole && after.is(symbol, ",") && after.start == k.end && third.start == after.end && third.kind == figure && len(third.text) == 3 && !inList(tokens, i):
		return "a number is written without commas", "write " + k.text + third.text
	case after.is(symbol, "%"):
		return "there is no % here", "write " + k.text + " where a name is in percent, a fraction such as 0.7 where it is from 0 to 1"
	}
	return "", ""
}

// scientific says whether a number is written as 1e6.
func scientific(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToLower(s), "e")
	return ok && mantissa != "" && strings.Trim(mantissa, "0123456789.") == "" && strings.Trim(strings.TrimLeft(exponent, "+-"), "0123456789") == "" && strings.Trim(exponent, "+-") != ""
}

// inList says whether token i stands in a list or among arguments, where a
// comma has its meaning.
func inList(tokens []token, i int) bool {
	for j := i - 1; j >= 0; j-- {
		switch {
		case tokens[j].closes():
			j = tokens[j].match
		case tokens[j].is(symbol, "[") || tokens[j].is(symbol, "{"):
			return true
		case tokens[j].is(symbol, "("):
			return j > 0 && tokens[j-1].kind == word && tokens[j-1].text != "in"
		}
	}
	return false
}

// symbolSlip knows signs that other languages have.
func symbolSlip(k token) (message, hint string) {
	instead := map[string]string{"=": "==", "===": "==", ":=": "==", "!==": "!=", "<>": "!=", "=<": "<=", "=>": ">=", "&": "&&", "|": "||"}[k.text]
	switch {
	case k.text == "=":
		return "a single = does not compare", "write =="
	case instead != "":
		return quoted(k.text) + " has no meaning here", "write " + instead
	case k.text == "**" || k.text == "%":
		return quoted(k.text) + " has no meaning here", ""
	case k.text == "$":
		return "an amount is written without its currency", "write 5000"
	case k.text == ";":
		return "\";\" has no meaning here", "leave it out"
	}
	return "", ""
}
