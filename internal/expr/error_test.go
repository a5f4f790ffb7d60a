package expr_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// wrong is a text and what is said about it, after "line ".
type wrong struct{ source, want string }

func TestConditionErrors(t *testing.T) {
	for _, c := range []wrong{
		// Nothing, or too much.
		{``, `1, column 1: there is nothing here; a condition must be a comparison, such as client.mrr > 5000`},
		{"  \n ", `1, column 1: there is nothing here; a condition must be a comparison, such as client.mrr > 5000`},

		// Names that are not there.
		{`state.helth < 50`, `1, column 7: there is no "helth" in state; did you mean health?`},
		{"client.mrr > 5 &&\n  state.helth < 3", `2, column 9: there is no "helth" in state; did you mean health?`},
		{`clinet.mrr > 5`, `1, column 1: there is no "clinet"; did you mean client.mrr?`},
		{`customer.mrr > 5`, `1, column 1: there is no "customer"; names begin with client, state, signal, alert, workspace and now`},
		{`mrr > 5`, `1, column 1: there is no "mrr"; did you mean client.mrr?`},
		{`health < 40`, `1, column 1: there is no "health"; did you mean state.health?`},
		{`helth < 40`, `1, column 1: there is no "helth"; did you mean state.health?`},
		{`type == "x"`, `1, column 1: there is no "type"; did you mean signal.type or alert.type?`},
		{`foo`, `1, column 1: there is no "foo"; if it is text, put it in quotes: "foo"`},
		{`client.seats > 5`, `1, column 8: there is no "seats" in client; a field of your own is written client.custom.seats`},
		{`client.health > 5`, `1, column 8: there is no "health" in client; did you mean state.health?`},
		{`signal.score > 5`, `1, column 8: there is no "score" in signal; what the signal brought is written signal.data.score`},
		{`alert.wrost > 5`, `1, column 7: there is no "wrost" in alert; did you mean worst?`},
		{`now.hour > 5`, `1, column 5: now is a date and time and has no "hour" in it`},
		{`client`, `1, column 1: client alone is no value; write what of it, such as client.name`},
		{`client > 5`, `1, column 1: client alone is no value; write what of it, such as client.name`},
		{`state.health.x > 4`, `1, column 14: state.health is a number and has no "x" in it`},
		{`client.tags.first == "a"`, `1, column 13: client.tags is a list of text and has no "first" in it`},
		{`lower == "a"`, `1, column 1: "lower" is a function; write lower(text)`},
		{`xyz(3) > 2`, `1, column 1: there is no function "xyz"; there are known, has, lower, contains, startsWith, endsWith, matches, size, number, exists, all, filter, days, hours, date, hour and weekday`},
		{`client.name.contain("x")`, `1, column 13: there is no function "contain"; did you mean contains?`},
		{`client.tags.map(t, t) == []`, `1, column 13: there is no function "map"; write list.filter(x, condition), such as size(client.tags.filter(t, t.startsWith("beta"))) >= 2`},
		{`timestamp("2026-01-01T00:00:00Z") < now`, `1, column 1: there is no function "timestamp"; write date(text), such as now >= date("2026-12-24")`},
		{`double(client.custom.seats) > 5`, `1, column 1: there is no function "double"; write number(x), such as number(client.custom.seats) > 10`},
		{`upper(client.name) == "X"`, `1, column 1: there is no function "upper"; write lower(text), such as lower(client.tier) == "enterprise"`},
		{`math.abs(client.mrr) > 5`, `1, column 6: there is no function "abs"; there are known, has, lower, contains, startsWith, endsWith, matches, size, number, exists, all, filter, days, hours, date, hour and weekday`},
		{`.client.mrr > 5`, `1, column 2: there is no ".client"; did you mean client.mrr?`},

		// Functions used otherwise.
		{`contains(client.name, "x")`, `1, column 1: contains is written behind a dot; write text.contains(part), such as client.name.contains("Labs")`},
		{`client.name.lower()`, `1, column 13: lower is not written behind a dot; write lower(text), such as lower(client.tier) == "enterprise"`},
		{`lower(client.name, "x")`, `1, column 1: lower is used as lower(text), such as lower(client.tier) == "enterprise"`},
		{`lower()`, `1, column 1: lower is used as lower(text), such as lower(client.tier) == "enterprise"`},
		{`hour(now, "x") > 4`, `1, column 1: hour is used as hour(time), such as hour(now) >= 9 && hour(now) < 17`},
		{`client.tags.exists("x")`, `1, column 13: exists is used as list.exists(x, condition), such as client.tags.exists(t, t.startsWith("beta"))`},
		{`client.tags.exists(t.x, true)`, `1, column 21: exists, all and filter give each entry a name first; write client.tags.exists(t, t == "pilot")`},
		{`client.tags.exists(client, client == "x")`, `1, column 20: "client" is taken; call the entry something else, such as t: client.tags.exists(t, t == "pilot")`},
		{`client.tags.exists(t, client.tags.exists(t, true))`, `1, column 42: "t" is taken; call the entry something else, such as t: client.tags.exists(t, t == "pilot")`},
		{`[1].exists(x, [2].all(y, [3].all(z, x > y)))`, `1, column 33: exists, all and filter are nested more than two deep; split it into several rules`},
		{`has(client)`, `1, column 5: has asks whether a field is there; write has(client.custom.seats)`},
		{`has(client.mrr)`, `1, column 5: client.mrr is always there, known or not; ask known(client.mrr)`},
		{`has(state.helth)`, `1, column 11: there is no "helth" in state; did you mean health?`},
		{`has()`, `1, column 1: has is used as has(client.custom.x), such as has(client.custom.seats)`},

		// Text without quotes, and words that there are only a few of.
		{`client.tier == enterprise`, `1, column 16: there is no "enterprise"; if it is text, put it in quotes: "enterprise"`},
		{`client.tier in [enterprise, "growth"]`, `1, column 17: there is no "enterprise"; if it is text, put it in quotes: "enterprise"`},
		{`state.zone == red`, `1, column 15: there is no "red"; if it is text, put it in quotes: "red"`},
		{`state.zone == "Red"`, `1, column 15: state.zone is never "Red"; did you mean red?`},
		{`state.zone != "amber"`, `1, column 15: state.zone is never "amber"; it is red, yellow or green`},
		{`"redd" == state.zone`, `1, column 1: state.zone is never "redd"; did you mean red?`},
		{`alert.severity in ["critical", "urgent"]`, `1, column 32: alert.severity is never "urgent"; it is critical, high, medium, low or info`},
		{`alert.status == "closed"`, `1, column 17: alert.status is never "closed"; it is open, taken_up, snoozed or resolved`},
		{`weekday(now) == "Monday"`, `1, column 17: weekday is never "Monday"; did you mean monday?`},
		{`state.paymentStatus == "past due"`, `1, column 24: state.paymentStatus is never "past due"; did you mean past_due?`},

		// Other languages.
		{`state.health < 50 and client.mrr > 5`, `1, column 19: there is no "and" here; write &&`},
		{`state.churned AND client.mrr > 5`, `1, column 15: there is no "AND" here; write &&`},
		{`state.churned OR client.mrr > 5`, `1, column 15: there is no "OR" here; write ||`},
		{`not state.churned`, `1, column 1: there is no "not" here; write !`},
		{`client.mrr is 5`, `1, column 12: there is no "is" here; write ==`},
		{`client.mrr = 5`, `1, column 12: a single = does not compare; write ==`},
		{`client.mrr === 5`, `1, column 12: "===" has no meaning here; write ==`},
		{`client.mrr <> 5`, `1, column 12: "<>" has no meaning here; write !=`},
		{`client.mrr => 5`, `1, column 12: "=>" has no meaning here; write >=`},
		{`client.mrr =< 5`, `1, column 12: "=<" has no meaning here; write <=`},
		{`state.churned & true`, `1, column 15: "&" has no meaning here; write &&`},
		{`state.churned | true`, `1, column 15: "|" has no meaning here; write ||`},
		{`client.mrr ≥ 5`, `1, column 12: "≥" has no meaning here; write >=`},
		{`client.tier == “enterprise”`, `1, column 16: this is a printed quote, “; write a straight one: "`},
		{`client.mrr − 5 > 3`, `1, column 12: "−" has no meaning here; write -`},
		{`client.mrr > 5,000`, `1, column 14: a number is written without commas; write 5000`},
		{`client.mrr > 5k`, `1, column 14: "5k" is no number; write all its digits, without a unit: 5000`},
		{`client.mrr > 1.2.3`, `1, column 14: "1.2.3" is no number; write 1234.56`},
		{`client.mrr > $5000`, `1, column 14: an amount is written without its currency; write 5000`},
		{`client.mrr > €5000`, `1, column 14: an amount is written without its currency; write 5000`},
		{`state.churn > 70%`, `1, column 15: there is no % here; write 70 where a name is in percent, a fraction such as 0.7 where it is from 0 to 1`},
		{`client.mrr % 2 > 1`, `1, column 12: "%" has no meaning here`},
		{`client.mrr ** 2 > 1`, `1, column 12: "**" has no meaning here`},
		{`client.tier IN ["a"]`, `1, column 13: "IN" is written in small letters here; write in`},
		{`state.churned == TRUE`, `1, column 18: "TRUE" is written in small letters here; write true`},
		{`client.mrr == null`, `1, column 15: there is no "null" here; ask whether a value is known: known(client.mrr)`},
		{`client.mrr == None`, `1, column 15: there is no "None" here; ask whether a value is known: known(client.mrr)`},
		{`if client.mrr > 5`, `1, column 1: there is no "if" here; write condition ? this : otherwise`},
		{`client.mrr between 1 and 5`, `1, column 12: there is no "between" here; write two comparisons: state.health >= 40 && state.health <= 70`},
		{`client.name contains "x"`, `1, column 13: "contains" does not stand between two values; write it behind a dot: client.name.contains("Labs")`},
		{`client.name like "x"`, `1, column 13: "like" does not stand between two values; write it behind a dot: client.name.contains("Labs")`},
		{`client.tier in ("enterprise", "growth")`, `1, column 13: a list stands in square brackets; write in ["a", "b"]`},
		{`client.tier in "enterprise"`, `1, column 16: "enterprise" is text; after in stands a list; write ["enterprise"]`},
		{`40 < state.health < 70`, `1, column 19: two comparisons cannot be chained; write 40 < state.health && state.health < 70`},
		{`client.owner == ana@example.com`, `1, column 20: "@" has no meaning here; text such as an e-mail address stands in quotes`},
		{`client.mrr > 5;`, `1, column 15: ";" has no meaning here; leave it out`},
		{`{{ client.mrr > 5 }}`, `1, column 1: a condition stands alone here; leave out the {{ and }}`},
		{`{"a": 1}`, `1, column 1: braces have no use here; write ( and ) to group, [ and ] for a list`},
		{`client.name == 'É' && é`, `1, column 23: "é" cannot be part of a name; if it is text, put it in quotes`},
		{"client.mrr\u00a0> 5", `1, column 11: there is an invisible character here; delete it, or write a plain space`},
		{"client.mrr\x00> 5", `1, column 11: there is a control character here; delete it`},
		{`client.mrr # 5`, `1, column 12: "#" has no meaning here`},

		// Quotes and brackets.
		{`client.tier == "enterprise`, `1, column 16: this text has no closing quote; end it with "`},
		{"client.tier == \"enterprise\n\" && true", `1, column 16: this text has no closing quote on its line`},
		{`client.tier == 'it's'`, `1, column 21: this text has no closing quote; end it with '`},
		{`client.name == "\d"`, `1, column 17: a single backslash has no meaning in text; write two: \\d`},
		{`client.name == b"x"`, `1, column 16: text stands in quotes without a letter before them`},
		{`(client.mrr > 5`, `1, column 1: this "(" is never closed`},
		{`client.mrr > 5)`, `1, column 15: this ")" was never opened`},
		{`client.mrr > 5]`, `1, column 15: this "]" was never opened`},
		{`(client.mrr > 5]`, `1, column 16: this "]" closes a "("`},
		{`client.tier in ["a", "b"`, `1, column 16: this "[" is never closed`},

		// Pieces that are missing.
		{`client.mrr >`, `1, column 13: something is missing after ">"`},
		{`client.mrr > 5 &&`, `1, column 18: something is missing after "&&"`},
		{`&& client.mrr > 5`, `1, column 1: "&&" cannot stand here`},
		{`client.mrr > && 5`, `1, column 14: a value is missing between ">" and "&&"`},
		{`client.mrr > 5 client.mrr < 7`, `1, column 16: something is missing between "5" and "client"; join them with && (and), || (or), == (is) or another comparison`},
		{`client.name "x"`, `1, column 13: something is missing between "name" and "x"; join them with && (and), || (or), == (is) or another comparison`},
		{`client.mrr > 5 ?`, `1, column 17: something is missing after "?"`},
		{`client.mrr > 5 ? true`, `1, column 22: something is missing at the end`},
		{`client.mrr ? > 5`, `1, column 14: a value is missing between "?" and ">"`},
		{`client.mrr >> 5`, `1, column 13: a value is missing between ">" and ">"`},
		{`client. > 5`, `1, column 9: a value is missing between "." and ">"`},
		{`lower(client.name`, `1, column 6: this "(" is never closed`},
		{`()`, `1, column 2: a value is missing between "(" and ")"`},
		{`client.mrr > 99999999999999999999999`, `1, column 14: this number is too large`},
		{`import > 5`, `1, column 1: "import" has no meaning here`},

		// Kinds that do not fit.
		{`client.tier > 5`, `1, column 13: client.tier is text and 5 is a number; they cannot be compared with >; compare it with text, such as client.tier in ["enterprise", "growth"]`},
		{`client.renewalDate > 2027`, `1, column 20: client.renewalDate is text and 2027 is a number; they cannot be compared with >; compare it with text, such as client.renewalDate < "2027-01-01" && known(client.renewalDate)`},
		{`client.mrr > "5000"`, `1, column 12: client.mrr is a number and "5000" is text; they cannot be compared with >; write 5000 without quotes`},
		{`client.mrr == "a lot"`, `1, column 12: client.mrr is a number and "a lot" is text; they cannot be compared with ==`},
		{`state.churned == "true"`, `1, column 15: state.churned is yes or no and "true" is text; they cannot be compared with ==; write true without quotes`},
		{`state.churned > state.paymentFailed`, `1, column 15: state.churned and state.paymentFailed are both yes or no; they cannot be compared with >`},
		{`signal.occurredAt > "2026-01-01"`, `1, column 19: signal.occurredAt is a date and time and "2026-01-01" is text; they cannot be compared with >; write date("2026-12-24")`},
		{`now - alert.openedAt > 3`, `1, column 22: the left side is a length of time and 3 is a number; they cannot be compared with >; write days(3) or hours(3)`},
		{`now - days(3) > "x"`, `1, column 15: the left side is a date and time and "x" is text; they cannot be compared with >; write date("2026-12-24")`},
		{`now + 3 > now`, `1, column 5: now is a date and time and 3 is a number; they cannot be added`},
		{`client.name + 5 == "x"`, `1, column 13: client.name is text and 5 is a number; they cannot be added`},
		{`client.mrr * client.name > 5`, `1, column 12: client.mrr is a number and client.name is text; they cannot be multiplied`},
		{`-client.name == "x"`, `1, column 2: client.name is text and cannot be negative`},
		{`client.mrr && state.churned`, `1, column 1: client.mrr is a number; && stands between comparisons; write client.mrr >= 5000`},
		{`state.churned || client.tier`, `1, column 18: client.tier is text; || stands between comparisons; write client.tier in ["enterprise", "growth"]`},
		{`size(client.tags) && true`, `1, column 1: size(client.tags) is a number; && stands between comparisons; write size(client.tags) > 10`},
		{`!client.mrr`, `1, column 2: client.mrr is a number; ! denies a comparison; write !(client.mrr >= 5000)`},
		{`client.tier ? true : false`, `1, column 1: client.tier is text; before ? stands a comparison; write client.tier in ["enterprise", "growth"]`},
		{`state.churned ? client.mrr > 5 : "x"`, `1, column 34: before the : stands yes or no and after it text; they must be of one kind`},
		{`1 in client.tags`, `1, column 1: 1 is a number, and the list has something else in it`},
		{`client.tags.exists(t, t)`, `1, column 23: t is text; after the comma stands a comparison; for example client.tags.exists(t, t == "pilot")`},
		{`client.tags.filter(t, t) == []`, `1, column 23: t is text; after the comma stands a comparison; for example client.tags.exists(t, t == "pilot")`},
		{`client.tags.exists(t, t.x == 1)`, `1, column 23: t is text and has no "x" in it`},
		{`client.mrr.exists(x, x > 5)`, `1, column 1: exists, all and filter look through a list, and client.mrr is a number; for example client.tags.exists(t, t == "pilot")`},
		{`lower(client.mrr) == "x"`, `1, column 7: lower takes text, and client.mrr is a number; for example lower(client.tier) == "enterprise"`},
		{`client.name.contains(5)`, `1, column 22: contains takes text, and 5 is a number; for example client.name.contains("Labs")`},
		{`client.mrr.contains("x")`, `1, column 1: contains takes text, and client.mrr is a number; for example client.name.contains("Labs")`},
		{`days("5") > days(4)`, `1, column 6: days takes a number, and "5" is text; for example now - signal.occurredAt < days(2)`},
		{`hour(client.renewalDate) > 4`, `1, column 6: hour takes a date and time, and client.renewalDate is text; for example hour(now) >= 9 && hour(now) < 17`},
		{`size(client.mrr) > 4`, `1, column 6: size counts the entries of a list or the characters of text, and client.mrr is a number; for example size(client.tags) == 0`},
		{`client.tags["a"] == "a"`, `1, column 12: in square brackets stands the place in a list, from 0, or the name of a field in quotes`},
		{`state.zone["x"] == "a"`, `1, column 11: in square brackets stands the place in a list, from 0, or the name of a field in quotes`},

		// What it gives.
		{`client.mrr`, `1, column 1: this gives a number; a condition must be a comparison, such as client.mrr >= 5000`},
		{`client.tier`, `1, column 1: this gives text; a condition must be a comparison, such as client.tier in ["enterprise", "growth"]`},
		{`client.tags`, `1, column 1: this gives a list; a condition must be a comparison, such as client.mrr > 5000`},
		{`client.custom`, `1, column 1: this gives fields of your own; a condition must be a comparison, such as client.custom.seats > 10`},
		{`client.custom.vip`, `1, column 1: this gives a field of your own, which may be anything; a condition must be a comparison, such as client.custom.vip == true`},
		{`now`, `1, column 1: this gives a date and time; a condition must be a comparison, such as hour(now) >= 9`},
		{`size(client.tags)`, `1, column 1: this gives a number; a condition must be a comparison, such as size(client.tags) > 10`},
		{`client.mrr + 5`, `1, column 1: this gives a number; a condition must be a comparison, such as client.mrr > 5000`},
		{`"x"`, `1, column 1: this gives text; a condition must be a comparison, such as client.mrr > 5000`},

		// What would fail.
		{`client.mrr / 0 > 5`, `1, column 12: nothing can be divided by 0`},
		{`client.mrr / 0.0 > 5`, `1, column 12: nothing can be divided by 0`},
		{`client.tags[0] == "a"`, `1, column 12: on a client with nothing but zeros and empty lists, there is no such place in the list; ask size(...) first, or use in or exists`},
		{`date("2026-13-45") < now`, `1, column 6: "2026-13-45" is no date; write date("2026-12-24")`},
		{`date("soon") < now`, `1, column 6: "soon" is no date; write date("2026-12-24")`},
		{`now - days(1000000) < now`, `1, column 12: this is longer than a hundred years`},
		{`client.name.matches("(")`, `1, column 21: this is no pattern that can be used; patterns are regular expressions as RE2 knows them; to look for plain text write .contains("...")`},
		{`client.name.matches("(a{1,1000}){1,10}")`, `1, column 21: this pattern is too large; repeat less: {1,1000} makes a thousand steps`},
		{`client.name.matches("(a|b{1,300}){3}")`, `1, column 21: this pattern is too large; repeat less: {1,1000} makes a thousand steps`},
		{`client.name.matches(client.tier)`, `1, column 21: a pattern must be written out as text in quotes, such as client.name.matches("^Acme")`},
		{`signal.data.a.all(x, signal.data.b.all(y, x.contains(y)))`, `1, column 1: this may be too much work for a large account; look through fewer lists, or write a shorter pattern`},
	} {
		_, err := expr.CompileCondition(c.source)
		complains(t, c, err)
	}
}

func TestSeverityErrors(t *testing.T) {
	for _, c := range []wrong{
		{``, `1, column 1: there is nothing here; a severity must be one of the words critical, high, medium, low and info, such as state.zone == "red" ? "high" : "medium"`},
		{`"urgent"`, `1, column 1: "urgent" is no severity; they are critical, high, medium, low and info`},
		{`"High"`, `1, column 1: "High" is no severity; did you mean high?`},
		{`state.health < 20 ? "critcal" : "high"`, `1, column 21: "critcal" is no severity; did you mean critical?`},
		{`state.health < 20 ? "critical" : 5`, `1, column 34: before the : stands text and after it a number; they must be of one kind`},
		{`client.mrr`, `1, column 1: this gives a number; a severity must be one of the words critical, high, medium, low and info, such as state.zone == "red" ? "high" : "medium"`},
		{`client.mrr > 5`, `1, column 1: this gives yes or no; a severity must be one of the words critical, high, medium, low and info, such as state.zone == "red" ? "high" : "medium"`},
		{`client.custom.severity`, `1, column 1: this gives a field of your own, which may be anything; a severity must be one of the words critical, high, medium, low and info, such as state.zone == "red" ? "high" : "medium"`},
		{`client.tier`, `1, column 1: on an ordinary client, this gives "enterprise", which is no severity; they are critical, high, medium, low and info`},
		{`state.zone`, `1, column 1: on an ordinary client, this gives "red", which is no severity; they are critical, high, medium, low and info`},
		{`state.helth < 20 ? "critical" : "high"`, `1, column 7: there is no "helth" in state; did you mean health?`},
	} {
		_, err := expr.CompileSeverity(c.source)
		complains(t, c, err)
	}
}

func complains(t *testing.T, c wrong, err error) {
	t.Helper()
	if err == nil {
		t.Errorf("%q compiles", c.source)
		return
	}
	if got := strings.TrimPrefix(err.Error(), "line "); got != c.want {
		t.Errorf("%q\n got %s\nwant %s", c.source, got, c.want)
	}
	if stanna.CodeOf(err) != stanna.Invalid {
		t.Errorf("%q: its code is %q", c.source, stanna.CodeOf(err))
	}
}

func TestTooLong(t *testing.T) {
	_, err := expr.CompileCondition("client.mrr > 5 ||\n" + strings.Repeat("x", expr.MaxLength))
	complains(t, wrong{"4,000 characters and more", "2, column 3983: this is longer than 4,000 characters; split it into several rules"}, err)
	_, err = expr.CompileCondition("client.name == \"\xff\"")
	complains(t, wrong{"half a character", "1, column 17: this is not valid text"}, err)
}

func TestErrorIn(t *testing.T) {
	_, err := expr.CompileCondition("client.mrr > 5 &&\n\tstate.helth < 3")
	var e *expr.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	if want := "\tstate.helth < 3\n\t      ^"; e.Excerpt() != want {
		t.Errorf("%q", e.Excerpt())
	}
	if e.Kind != expr.Wrong || e.Line != 2 || e.Column != 8 || e.Message != `there is no "helth" in state` || e.Hint != "did you mean health?" {
		t.Errorf("%+v", e)
	}
	in := e.In("condition")
	if want := `condition: line 2, column 8: there is no "helth" in state; did you mean health?`; in.Error() != want || in.Code != stanna.Invalid || len(in.Fields) != 1 {
		t.Errorf("%v", in)
	}
	var again *expr.Error
	if !errors.As(error(in), &again) || again != e {
		t.Error("the place is lost on the way")
	}
}
