package expr_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gostanna/stanna/internal/expr"
)

func TestTemplateErrors(t *testing.T) {
	const stands = `between {{ and }} stands what is to be written: text, a number, yes or no, a date, or a list of them, such as `
	for _, c := range []wrong{
		// Nothing, or too much.
		{``, `1, column 1: there is nothing here; write what the message says, such as Health of {{ client.name }} fell`},
		{" \n", `1, column 1: there is nothing here; write what the message says, such as Health of {{ client.name }} fell`},
		{`Dear {{ }}`, `1, column 8: there is nothing here; ` + stands + `client.name`},
		{`Dear {{}}`, `1, column 8: there is nothing here; ` + stands + `client.name`},
		{"ab\n" + strings.Repeat("x", most), `2, column 2998: this is longer than 3,000 characters; shorten it`},
		{strings.Repeat("{{ 1 }}", 40) + "\n {{ 2 }}", `2, column 2: there are more than 40 {{ }} here`},
		{"one\ntwo \xff", `2, column 5: this is not valid text`},
		{"one\ntwo\x00", `2, column 4: there is a control character here; delete it`},
		{"one\n{{ 1 }} \x1b[1m", `2, column 9: there is a control character here; delete it`},

		// Braces.
		{`Dear {{ client.name`, `1, column 6: this "{{" is never closed; end it with }}; for the two braces themselves write {{ "{{" }}`},
		{"a\nb {{ client.name }\n", `2, column 3: this "{{" is never closed; end it with }}; for the two braces themselves write {{ "{{" }}`},
		{`{{ client.name {{ client.id }}`, `1, column 1: this "{{" is never closed; end it with }}; for the two braces themselves write {{ "{{" }}`},
		{"a\n}} b", `2, column 1: this "}}" was never opened; for the two braces themselves write {{ "}}" }}`},
		{`{{ 1 }}}}`, `1, column 8: this "}}" was never opened; for the two braces themselves write {{ "}}" }}`},
		{`{{{ client.name }}}`, `1, column 3: braces have no use here; write ( and ) to group, [ and ] for a list`},
		{`{{ client.name + "x }}`, `1, column 18: this text has no closing quote; end it with "`},
		{"{{ client.name + \"x }}\n\"", `1, column 18: this text has no closing quote on its line`},
		{"{{ it's }}", `1, column 6: this text has no closing quote; end it with '`},

		// The place is one in the whole template.
		{"Dear {{ client.name }},\r\n\n\thealth {{\n  state.helth }}", `4, column 9: there is no "helth" in state; did you mean health?`},
		{"ü {{ client.nmae }}", `1, column 13: there is no "nmae" in client; did you mean name?`},
		{"日本 {{ client.mrr\n  + client.name }}", `2, column 3: client.mrr is a number and client.name is text; they cannot be added`},
		{"a {{ client.id +\n }} b", `1, column 17: something is missing after "+"`},
		{"{{ 1 }} {{ client.name client.mrr }}", `1, column 24: something is missing between "name" and "client"; join text with +, or write each into its own {{ }}`},
		{"{{ 1 }}\n{{ (1 }}", `2, column 4: this "(" is never closed`},
		{"{{ 1 }} {{ " + strings.Repeat("(", 40) + strings.Repeat(")", 40) + " }}", `1, column 44: brackets are nested more than 32 deep; split it into several {{ }}`},

		// Other languages' templates.
		{`{{ client.name | upper }}`, `1, column 16: "|" has no meaning here; a function stands before its value: upper(...); for or write ||`},
		{`{{#if state.churned}}gone{{/if}}`, `1, column 3: there are no blocks here; write state.zone == "red" ? "this" : "otherwise"`},
		{`{{ if state.churned }}gone`, `1, column 4: there is no "if" here; write condition ? this : otherwise`},
		{`{{ .client.name }}`, `1, column 5: there is no ".client"; did you mean client.name?`},
		{`{{ client.contact.name }}`, `1, column 11: there is no "contact" in client; did you mean contactName, contactEmail or contactTitle?`},
		{`{{ state.payment }}`, `1, column 10: there is no "payment" in state; did you mean paymentFailed, paymentAmount, paymentCurrency, paymentInvoice, paymentCount, paymentTotal, paymentContact, paymentRespondBy, paymentNextTry, paymentAttempt, paymentStatus or paymentDecline?`},
		{`{{ coalesce(client.mrr, 0) }}`, `1, column 4: there is no function "coalesce"; write or(x, otherwise), such as or(client.tier, "no tier")`},
		{`{{ formatDate(now) }}`, `1, column 4: there is no function "formatDate"; write date(x), such as date(client.renewalDate)`},
		{`{{ mony(client.mrr) }}`, `1, column 4: there is no function "mony"; did you mean money?`},

		// Functions used otherwise.
		{`{{ money() }}`, `1, column 4: money is used as money(amount), such as money(client.mrr)`},
		{`{{ money(1, "EUR", 2) }}`, `1, column 4: money is used as money(amount), such as money(client.mrr)`},
		{`{{ money(client.name) }}`, `1, column 10: money takes a number, and client.name is text; for example money(client.mrr)`},
		{`{{ money(client.mrr, 5) }}`, `1, column 22: money takes text, and 5 is a number; for example money(client.mrr)`},
		{`{{ money(client.mrr, "euro") }}`, `1, column 22: "euro" is no currency; write its ISO 4217 code, such as money(client.mrr, "EUR")`},
		{`{{ plural(client.mrr, "a") }}`, `1, column 4: plural is used as plural(n, one, many), such as plural(client.daysToRenewal, "day", "days")`},
		{`{{ plural(client.mrr, "a", 2) }}`, `1, column 28: plural takes text, and 2 is a number; for example plural(client.daysToRenewal, "day", "days")`},
		{`{{ day(client.mrr) }}`, `1, column 8: day takes a date and time, and client.mrr is a number; for example day(client.renewalDate)`},
		{`{{ day("soon") }}`, `1, column 8: "soon" is no date; write date("2026-12-24")`},
		{`{{ percent(client.tier) }}`, `1, column 12: percent takes a number, and client.tier is text; for example percent(state.churn)`},
		{`{{ join(client.name, ",") }}`, `1, column 9: join takes a list, and client.name is text; for example join(client.tags, " · ")`},
		{`{{ first(client.name) }}`, `1, column 10: first takes a list, and client.name is text; for example first(alert.reasons)`},
		{`{{ truncate(client.name, "5") }}`, `1, column 26: truncate takes a number, and "5" is text; for example truncate(alert.quote, 80)`},
		{`{{ trend(30) }}`, `1, column 4: trend is used as trend(), such as trend()`},
		{`{{ client.tags.map(t) }}`, `1, column 16: map is used as list.map(x, value), such as join(client.tags.map(t, upper(t)), ", ")`},
		{`{{ client.mrr.map(t, t) }}`, `1, column 4: exists, all, filter and map look through a list, and client.mrr is a number; for example client.tags.exists(t, t == "pilot")`},
		{`{{ [1].map(a, [1].map(b, [1].map(c, c))) }}`, `1, column 33: exists, all, filter and map are nested more than two deep; split it into several {{ }}`},
		{`{{ client.name.upper() }}`, `1, column 16: upper is not written behind a dot; write upper(text), such as upper(alert.severity)`},

		// What there is no way to write.
		{`{{ client.custom }}`, `1, column 4: this gives fields of your own; ` + stands + `client.custom.seats`},
		{`{{ client }}`, `1, column 4: client alone is no value; write what of it, such as client.name`},
		{`{{ [client.tags] }}`, `1, column 4: what is in this list is of many parts; say what of each entry, such as .map(x, x.name)`},
		{`{{ {"a": 1} }}`, `1, column 4: braces have no use here; write ( and ) to group, [ and ] for a list`},

		// What would fail.
		{`{{ 1 }} {{ client.tags[0] }}`, `1, column 23: on a client with nothing but zeros and empty lists, there is no such place in the list; ask size(...) first, or write first(...)`},
		{`{{ or(client.id, 1) + 5 }}`, `1, column 21: on an ordinary client, a field is of another kind than what is done with it`},
		{`{{ money(client.mrr, client.id) }}`, `1, column 4: on an ordinary client, this is given no currency; write its ISO 4217 code, such as EUR`},
		{`{{ or(signal.data, "x") }}`, `1, column 4: on an ordinary client, this has fields of its own; say which of them is to be written`},
		{`{{ client.mrr / 0 }}`, `1, column 15: nothing can be divided by 0`},
	} {
		_, err := expr.CompileTemplate(c.source, most)
		complains(t, c, err)
	}
}

func TestTemplateErrorIn(t *testing.T) {
	_, err := expr.CompileTemplate("Dear {{ client.name }},\n\thealth: {{ state.helth }} now\nBye", most)
	var e *expr.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if want := "\thealth: {{ state.helth }} now\n\t                 ^"; e.Excerpt() != want {
		t.Errorf("%s", e.Excerpt())
	}
	if e.Kind != expr.Wrong || e.Line != 2 || e.Column != 19 {
		t.Errorf("%+v", e)
	}
	if got := e.In("body").Error(); got != `body: line 2, column 19: there is no "helth" in state; did you mean health?` {
		t.Error(got)
	}
}

// Conditions do not know what only templates do.
func TestTemplateFunctionsInConditions(t *testing.T) {
	for _, n := range expr.TemplateNames() {
		source := strings.Trim(n.Example, "{} ")
		if strings.HasPrefix(source, "date(") {
			continue // which both have
		}
		if _, err := expr.CompileCondition(source + ` == ""`); err == nil || !strings.Contains(err.Error(), "there is no function") {
			t.Errorf("%s: %v", source, err)
		}
	}
}
