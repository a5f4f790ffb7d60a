package expr_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// aBody is what the tables below speak of.
func aBody(t testing.TB) *expr.Body {
	t.Helper()
	var x any
	if err := json.Unmarshal([]byte(`{
		"email": "Ana Ortiz <ana@Acme.com>", "score": "7", "count": 42, "ratio": 0.25, "none": null, "empty": "", "paid": true,
		"user": {"name": "Ann", "plan": "pro", "site": "https://www.acme.com:8443/about?x=1"},
		"lines": [{"sku": "a", "qty": 1}, {"sku": "b", "qty": 2}], "words": ["x", null, 3], "nothing": [],
		"html": "<p>Hi <b>you</b> &amp; me</p><p>Bye</p>", "millis": 1795424400123, "seconds": 1795424400, "labels": "a; b;;c ",
		"deep": {"mrr_usd": "1,492.50"}, "Account Name": "Acme"
	}`), &x); err != nil {
		t.Fatal(err)
	}
	return &expr.Body{Body: x, Item: x, Headers: map[string]string{"x-event": "push"}, Now: time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)}
}

func TestBodyValues(t *testing.T) {
	for source, want := range map[string]string{
		`item.user.name`:                                `"Ann"`,
		`item["Account Name"]`:                          `"Acme"`,
		`headers["x-event"]`:                            `"push"`,
		`item.lines[1].qty`:                             `2`,
		`body.count / 4`:                                `10.5`,
		`text(item.count)`:                              `"42"`,
		`text(item.ratio)`:                              `"0.25"`,
		`text(item.paid)`:                               `"true"`,
		`text(now)`:                                     `"2026-11-23T09:30:00Z"`,
		`"n" + text(item.count)`:                        `"n42"`,
		`number(item.score)`:                            `7`,
		`number(item.deep.mrr_usd)`:                     `1492.5`,
		`number("-1.5e3")`:                              `-1500`,
		`time(item.millis)`:                             `"2026-11-23T09:00:00.123Z"`,
		`time(item.seconds)`:                            `"2026-11-23T09:00:00Z"`,
		`time("1795424400")`:                            `"2026-11-23T09:00:00Z"`,
		`time("2026-11-23")`:                            `"2026-11-23T00:00:00Z"`,
		`time("2026-11-23T10:00:00+02:00")`:             `"2026-11-23T08:00:00Z"`,
		`time("2026-11-23T10:00:00.5+0200")`:            `"2026-11-23T08:00:00.5Z"`,
		`time("2026-11-23 10:00:00")`:                   `"2026-11-23T10:00:00Z"`,
		`now + days(7)`:                                 `"2026-11-30T09:30:00Z"`,
		`lower("ABC") + trim("  d ")`:                   `"abcd"`,
		`domainOf(item.email)`:                          `"acme.com"`,
		`domainOf(item.user.site)`:                      `"acme.com"`,
		`domainOf("WWW.Acme.co.uk.")`:                   `"acme.co.uk"`,
		`optional(domainOf("x@gmail.com"))`:             `null`,
		`optional(domainOf("not one"))`:                 `null`,
		`stripHtml(item.html)`:                          `"Hi you & me\nBye"`,
		`split(item.labels, ";")`:                       `["a","b","c"]`,
		`join(item.words, ", ")`:                        `"x, 3"`,
		`truncate("abcdef", 3)`:                         `"abc…"`,
		`scale(number(item.score), 0, 10, -2, 2)`:       `0.8`,
		`scale(5, 1, 5, -2, 2)`:                         `2`,
		`{"pro": 5.0, "free": 1}[item.user.plan]`:       `5`,
		`{"a": item.none, "b": {"c": [1, item.none]}}`:  `{"a":null,"b":{"c":[1,null]}}`,
		`{item.user.plan: 1}`:                           `{"pro":1}`,
		`list(item.user)`:                               `[{"name":"Ann","plan":"pro","site":"https://www.acme.com:8443/about?x=1"}]`,
		`list(item.words)`:                              `["x",null,3]`,
		`first(item.lines).sku + last(item.lines).sku`:  `"ab"`,
		`size(item.lines) + size(item.user)`:            `5`,
		`item.lines.filter(l, l.qty > 1).map(l, l.sku)`: `["b"]`,
		`item.lines.exists(l, l.sku == "b")`:            `true`,
		`item.lines.all(l, l.qty > 1)`:                  `false`,
		`item.user.plan in ["pro", "max"]`:              `true`,
		`"plan" in item.user`:                           `true`,
		`item.user.name.startsWith("A")`:                `true`,
		`item.user.name.matches("^a")`:                  `false`,

		// What is not there, and null.
		`or(item.gone, item.none, item.empty, item.nothing, item.count)`: `42`,
		`or(item.gone.deeper, lower(item.none), "")`:                     `""`,
		`or(item.gone, null)`:            `null`,
		`optional(item.user.gone.far)`:   `null`,
		`optional(number(item.empty))`:   `null`,
		`optional(number(item.none))`:    `null`,
		`has(item.user.gone)`:            `false`,
		`has(item.gone.deeper)`:          `false`,
		`has(item.none)`:                 `false`,
		`has(item.empty)`:                `true`,
		`known(item.empty)`:              `false`,
		`known(item.gone.deeper)`:        `false`,
		`item.none`:                      `null`,
		`lower(item.none)`:               `null`,
		`item.none * 12`:                 `null`,
		`item.none.deeper`:               `null`,
		`item.none == null`:              `true`,
		`item.gone == null`:              `true`,
		`item.user.gone != null`:         `false`,
		`item.none != "pro"`:             `true`,
		`item.none == item.gone`:         `error: line 1, column 14: item.gone: there is no gone; did you mean none?`,
		`item.none in ["a"]`:             `false`,
		`item.paid ? null : 1`:           `null`,
		`item.count / (item.count - 42)`: `null`,
		`item.gone == "x" || item.paid`:  `true`,
	} {
		t.Run(source, func(t *testing.T) {
			v, err := expr.CompileValue(source, expr.Anything)
			if err != nil {
				t.Fatal(err)
			}
			got, err := v.Any(aBody(t))
			text, _ := json.Marshal(got)
			shown := strings.NewReplacer(`\u0026`, "&").Replace(string(text))
			if err != nil {
				shown = "error: " + err.Error()
			}
			if shown != want {
				t.Errorf("got %s\nwant %s", shown, want)
			}
		})
	}
}

// What cannot be worked out is said by names and kinds, and never by values:
// those are other people's.
func TestBodyErrors(t *testing.T) {
	const missing, failed = expr.Missing, expr.Failed
	for _, test := range []struct {
		source string
		kind   expr.Kind
		want   string
	}{
		{`item.user.email`, missing, `line 1, column 1: item.user.email: there is no email; there are name, plan and site`},
		{`lower(item.user.plam)`, missing, `line 1, column 7: item.user.plam: there is no plam; did you mean plan?`},
		{`item.deep.x`, missing, `line 1, column 1: item.deep.x: there is no x; there is only mrr_usd`},
		{`item.user.name.first`, missing, `line 1, column 1: item.user.name.first: item.user.name is text and has no fields`},
		{`item.lines.sku`, missing, `line 1, column 1: item.lines.sku: item.lines is a list and has no fields; say which entry, such as first(item.lines).sku`},
		{`item.lines[2]`, missing, `line 1, column 1: item.lines[2]: there is no such place; the list has 2 entries, counted from 0`},
		{`item.lines.map(l, l.price)`, missing, `line 1, column 19: l.price: there is no price; there are qty and sku`},
		{`{"free": 1}[item.user.plan]`, missing, `line 1, column 1: this object[item.user.plan]: there is nothing by this name; there is only free`},
		{`first(item.nothing)`, missing, `line 1, column 1: item.nothing is empty`},
		{`first(item.lines.filter(l, l.qty > 9)).sku`, missing, `line 1, column 1: first(...): what it is given is empty`},
		{`number(item.empty)`, missing, `line 1, column 1: item.empty is empty`},
		{`domainOf(item.user.name)`, missing, `line 1, column 1: item.user.name has no company's domain in it`},
		{`number(item.user.name)`, failed, `line 1, column 8: item.user.name is text that is no number; a number is written 1492.5 or 1,492.50`},
		{`number("1.492,50")`, failed, `line 1, column 8: "1.492,50" is text that is no number; a number is written 1492.5 or 1,492.50`},
		{`number(item.user)`, failed, `line 1, column 8: item.user is an object and no number`},
		{`time(item.user.name)`, failed, `line 1, column 6: item.user.name is text that is no time; a time is written 2026-11-23T09:30:00Z`},
		{`time(item.count)`, failed, `line 1, column 6: item.count is no time: it would be before the year 2000 or after 2286; a number is read as seconds or milliseconds since 1970`},
		{`text(item.user)`, failed, `line 1, column 6: item.user is an object, which has many parts; say which of them, or join(list, ", ")`},
		{`join(item.lines, ",")`, failed, `line 1, column 6: item.lines is a list of what has many parts; say which of them, such as .map(x, x.name)`},
		{`scale(1, 5, 5, 0, 1)`, failed, `line 1, column 7: 1 is put on a scale that has no length`},
		{`lower(item.count)`, failed, `line 1, column 7: lower takes text, and item.count is a number; write text(item.count)`},
		{`item.score > 5`, failed, `line 1, column 12: item.score is text and 5 is a number; they cannot be compared with >; write number(item.score)`},
		{`item.score + 1`, failed, `line 1, column 12: item.score is text and 1 is a number; they cannot be added; write number(item.score)`},
		{`item.user.name + item.count`, failed, `line 1, column 16: item.user.name is text and item.count is a number; they cannot be added; write text(item.count)`},
		{`item.user && item.paid`, failed, `line 1, column 1: item.user is an object; && stands between comparisons; write item.type == "closed"`},
		{`item.user.name.map(x, x)`, failed, `line 1, column 1: exists, all, filter and map look through a list, and item.user.name is text; for example item.tags.exists(t, t == "pilot")`},
		{`item.words.map(w, lower(w))`, missing, `line 1, column 19: w is null`},
		{`now + days(9e9)`, failed, `line 1, column 12: this is longer than a hundred years`},
	} {
		t.Run(test.source, func(t *testing.T) {
			v, err := expr.CompileValue(test.source, expr.Anything)
			if err == nil {
				_, err = v.Any(aBody(t))
			}
			var e *expr.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Kind == expr.Wrong {
				e.Kind = failed // found when it was compiled
			}
			if e.Error() != test.want || e.Kind != test.kind {
				t.Errorf("got  %s (%s)\nwant %s (%s)", e, e.Kind, test.want, test.kind)
			}
		})
	}
}

func TestCompileValue(t *testing.T) {
	for _, test := range []struct {
		source string
		want   expr.Wanted
		err    string
	}{
		{``, expr.Text, `line 1, column 1: there is nothing here; text is wanted here, such as item.email`},
		{`email`, expr.Text, `line 1, column 1: there is no "email"; a field is written item.email; text stands in quotes: "email"`},
		{`itm.email`, expr.Text, `line 1, column 1: there is no "itm"; did you mean item?`},
		{`client.mrr`, expr.Text, `line 1, column 1: there is no "client"; a field is written item.client; text stands in quotes: "client"`},
		{`lower == "x"`, expr.YesNo, `line 1, column 1: "lower" is a function; write lower(text), such as lower(item.plan) == "enterprise"`},
		{`item.type == closed`, expr.YesNo, `line 1, column 14: there is no "closed"; a field is written item.closed; text stands in quotes: "closed"`},
		{`{{ item.email }}`, expr.Text, `line 1, column 1: an expression stands alone here; leave out the {{ and }}`},
		{`item.?email`, expr.Text, `line 1, column 6: a field that may be missing is not asked for with ?; write or(item.email, ""), or optional(item.email) for null`},
		{`item?.email`, expr.Text, `line 1, column 5: a field that may be missing is not asked for with ?; write or(item.email, ""), or optional(item.email) for null`},
		{`{email: 1}`, expr.Anything, `line 1, column 2: a name in an object is text in quotes; write {"email": ...}`},
		{`{1: 1}`, expr.Anything, `line 1, column 2: a name in an object is text in quotes; write {"1": ...}`},
		{`{"a": 1`, expr.Anything, `line 1, column 1: this "{" is never closed`},
		{`{"a": 1)`, expr.Anything, `line 1, column 8: this ")" closes a "{"`},
		{`Thing{a: 1}`, expr.Anything, `line 1, column 6: braces have no use here`},
		{`item.x == nil`, expr.YesNo, `line 1, column 11: there is no "nil" here; write null in small letters`},
		{`item.a and item.b`, expr.YesNo, `line 1, column 8: there is no "and" here; write &&`},
		{`string(item.id)`, expr.Text, `line 1, column 1: there is no function "string"; write text(x), such as "deal-" + text(item.dealId)`},
		{`timestamp(item.at)`, expr.Time, `line 1, column 1: there is no function "timestamp"; write time(x), such as time(item.occurredAt)`},
		{`lower(5)`, expr.Text, `line 1, column 7: lower takes text, and 5 is a number; for example lower(item.plan) == "enterprise"`},
		{`scale(item.x)`, expr.Anything, `line 1, column 1: scale is used as scale(x, from, to, low, high), such as scale(number(item.score), 0, 10, -2, 2)`},
		{`item.a == 1`, expr.Text, `line 1, column 1: this gives yes or no; text is wanted here, such as item.email`},
		{`"yes"`, expr.YesNo, `line 1, column 1: this gives text; a comparison is wanted here, such as item.type == "closed"`},
		{`days(3)`, expr.Anything, `line 1, column 1: this gives a length of time; this must say a value, such as item.score`},
		{`{"a": 1}`, expr.List, `line 1, column 1: this gives an object; a list is wanted here, such as list(body)`},
		{`[1]`, expr.Object, `line 1, column 1: this gives a list; an object is wanted here, such as item.fields`},
		{`item.list.exists(item, item.a)`, expr.YesNo, `line 1, column 18: "item" is taken; call the entry something else, such as t: item.tags.exists(t, t == "pilot")`},
		{`has(item)`, expr.YesNo, `line 1, column 5: has asks whether a field is there; write has(item.email)`},
		{`item.subject.matches(item.pattern)`, expr.YesNo, `line 1, column 22: a pattern must be written out as text in quotes, such as item.subject.matches("^Re:")`},
		{strings.Repeat("[", 33) + strings.Repeat("]", 33), expr.Anything, `line 1, column 33: brackets are nested more than 32 deep; write it more simply`},
		{`"` + strings.Repeat("x", 4000) + `"`, expr.Text, `line 1, column 4001: this is longer than 4,000 characters; write it more simply`},
		{"item.a\n  .b(", expr.Text, `line 2, column 5: this "(" is never closed`},
	} {
		t.Run(test.source[:min(len(test.source), 40)], func(t *testing.T) {
			_, err := expr.CompileValue(test.source, test.want)
			if err == nil || err.Error() != test.err {
				t.Errorf("got  %v\nwant %s", err, test.err)
			}
			if stanna.CodeOf(err) != stanna.Invalid {
				t.Errorf("the code is %q", stanna.CodeOf(err))
			}
		})
	}
}

// What a value is wanted for is asked again when it is there.
func TestWanted(t *testing.T) {
	compile := func(source string, want expr.Wanted) *expr.Value {
		v, err := expr.CompileValue(source, want)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	is := func(what string, got, want any, err error) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", what, got, err, want)
		}
	}
	refuses := func(want string, err error) {
		t.Helper()
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	b := aBody(t)
	s, err := compile("item.count", expr.Text).Text(b)
	is("a number as text", s, "42", err)
	s, err = compile("item.none", expr.Text).Text(b)
	is("null as text", s, "", err)
	_, err = compile("item.user", expr.Text).Text(b)
	refuses("line 1, column 1: item.user is an object, and text is wanted here", err)
	yes, err := compile("item.paid", expr.YesNo).Holds(b)
	is("yes", yes, true, err)
	yes, err = compile("item.none", expr.YesNo).Holds(b)
	is("null as yes or no", yes, false, err)
	_, err = compile("item.score", expr.YesNo).Holds(b)
	refuses("line 1, column 1: item.score is text, and yes or no is wanted here", err)
	at, err := compile("item.millis", expr.Time).Time(b)
	is("a time", at, time.Date(2026, 11, 23, 9, 0, 0, 123e6, time.UTC), err)
	at, err = compile("item.empty", expr.Time).Time(b)
	is("no time", at, time.Time{}, err)
	_, err = compile("item.score", expr.Time).Time(b)
	refuses("line 1, column 1: item.score is no time: it would be before the year 2000 or after 2286; a number is read as seconds or milliseconds since 1970", err)
	list, err := compile("item.lines", expr.List).List(b)
	is("a list", len(list), 2, err)
	list, err = compile("item.none", expr.List).List(b)
	is("no list", len(list), 0, err)
	_, err = compile("item.score", expr.List).List(b)
	refuses("line 1, column 1: item.score is text, and a list is wanted here", err)
	fields, err := compile("item.deep", expr.Object).Object(b)
	is("an object", len(fields), 1, err)
	_, err = compile("item.lines", expr.Object).Object(b)
	refuses("line 1, column 1: item.lines is a list, and an object is wanted here", err)
	_, err = compile(`{"a": days(3)}`, expr.Anything).Any(b)
	refuses("line 1, column 1: this gives what cannot be written down: a length of time, an object whose names are no text, or too much", err)
}

// Every name's example can be compiled, and so can a use of each kind.
func TestBodyNames(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range expr.BodyNames() {
		if seen[n.Path] {
			t.Errorf("%s is listed twice", n.Path)
		}
		seen[n.Path] = true
		if _, err := expr.CompileValue(n.Example, expr.Anything); err != nil {
			t.Errorf("%s: %v", n.Example, err)
		}
		if n.Doc == "" || n.Type == "" || strings.Contains(n.Doc+n.Example, "client.") {
			t.Errorf("%+v", n)
		}
	}
}

func TestStripHTML(t *testing.T) {
	v, err := expr.CompileValue("stripHtml(item)", expr.Text)
	if err != nil {
		t.Fatal(err)
	}
	for html, want := range map[string]string{
		"":                               "",
		"  plain text ":                  "plain text",
		"a < b and b > c, 3 <4 && x<y":   "a < b and b > c, 3 <4 && x<y",
		"<p>One</p><p>Two<br/>Three</p>": "One\nTwo\nThree",
		"<ul><li>a</li><li>b</li></ul>":  "• a\n• b",
		`<a href="x>y" title='a"b'>link</a> here`:           "link here",
		"<script>alert('x')</script>ok<style>p{}</STYLE >!": "ok!",
		"&lt;b&gt; &amp;amp; &nbsp;x":                       "<b> &amp; x",
		"<!-- hidden --> seen <!-- open":                    "seen <!-- open",
		"<P CLASS=big>Big</P>\n\n\n<div>\n small \n</div>":  "Big\nsmall",
		`<a href=it's>still here</a>`:                       "still here",
		"<h1>Title</h1>text":                                "Title\ntext",
		"<table><tr><td>a</td><td>b</td></tr></table>":      "a b",
		"text <b": "text <b",
		"<":       "<",
		"<<b>>":   "<>",
	} {
		if got, err := v.Text(&expr.Body{Item: html}); err != nil || got != want {
			t.Errorf("%q gave %q, %v; want %q", html, got, err, want)
		}
	}
}
