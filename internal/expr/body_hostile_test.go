package expr_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna/internal/expr"
)

// A body is a megabyte at most. Whatever is in it, an expression ends soon,
// and so do all the expressions that are asked of one body.
func TestHostileBody(t *testing.T) {
	const megabyte = 1 << 20
	many := make([]any, 100_000)
	for i := range many {
		many[i] = float64(i)
	}
	deep := any("end")
	for range 100 {
		deep = map[string]any{"a": deep}
	}
	body := map[string]any{
		"list": many, "short": "7", "text": strings.Repeat("x", megabyte), "deep": deep, "number": strings.Repeat("1,", megabyte/2), "digits": strings.Repeat("9", megabyte),
		"tags": strings.Repeat("<b>", megabyte/3), "open": strings.Repeat("<a", megabyte/2), "quotes": strings.Repeat(`<a '><a ">`, megabyte/10), "scripts": strings.Repeat("<script></script>", megabyte/17),
		"comments": strings.Repeat("<!--", megabyte/4), "entities": strings.Repeat("&amp", megabyte/4), "brackets": strings.Repeat("<", megabyte),
	}
	for _, source := range []string{
		"body.list.map(a, body.list.filter(b, a == b))",
		"body.list.map(a, body.list)",
		"body.list.exists(a, a < 0)",
		"size(body.list)",
		strings.TrimSuffix(strings.Repeat("body.text+", 100), "+"),
		"split(body.text, \"\")",
		"join(split(body.text, \"\"), body.text)",
		"join(body.list, \",\")",
		"body.text.contains(body.text)",
		`body.text.matches("(x*)*y")`,
		"[" + strings.TrimSuffix(strings.Repeat("body,", 700), ",") + "]",
		"number(body.number)", "number(body.digits)", "time(body.digits)", "domainOf(body.text)", "lower(body.text)",
		"stripHtml(body.tags)", "stripHtml(body.open)", "stripHtml(body.quotes)", "stripHtml(body.scripts)", "stripHtml(body.comments)", "stripHtml(body.entities)", "stripHtml(body.brackets)",
		"body.deep" + strings.Repeat(".a", 120),
		"body.nothing", "body == item", "body.text < item.text", "body.text in [item.text, item.text]", "body.list.map(x, x)", `item.digits + text(item.list == body.list)`,
	} {
		t.Run(source[:min(len(source), 60)], func(t *testing.T) {
			v, err := expr.CompileValue(source, expr.Anything)
			if err != nil {
				t.Fatal(err)
			}
			const most = 4 * limit
			once := time.Hour
			for try := 0; try < 5 && once > most; try++ { // the machine may be busy with something else
				began := time.Now()
				_, err = v.Any(&expr.Body{Body: body, Item: body})
				once = min(once, time.Since(began))
			}
			if t.Logf("%v: %v", once, err); once > most {
				t.Errorf("took %v", once)
			}
		})
	}
	for _, source := range []string{
		"stripHtml(body.tags)", "lower(body.text)", "number(body.number)", "body == item", "body.text < item.text", "body.list.exists(a, a < 0)", "body.list", "body.nothing", "body.text > 5", "body.short > 5", "body.short.map(x, x)", "now", `body.list.filter(x, x == 5) == [5]`,
		"or(body.a, body.b, body.c)", "[1, 2, 3]", `{"a": body.list}`, "body.list == item.list", `body.text.contains("y")`, "domainOf(body.text)",
	} {
		t.Run("again and again "+source, func(t *testing.T) {
			v, err := expr.CompileValue(source, expr.Anything)
			if err != nil {
				t.Fatal(err)
			}
			b, began, done, last := &expr.Body{Body: body, Item: body}, time.Now(), 0, "line 1, column 1: this body is too much work; what was read of it before stands"
			for ; err == nil || err.Error() != last; done++ {
				_, err = v.Any(b)
			}
			if took := time.Since(began); took > 3*time.Second*slowness {
				t.Errorf("%d of them took %v", done, took)
			} else {
				t.Logf("%d of them in %v", done, took)
			}
		})
	}
}

// FuzzValue: no expression and no body make the program panic, every error
// stands in the text, and the same gives the same twice.
func FuzzValue(f *testing.F) {
	for _, n := range expr.BodyNames() {
		f.Add(n.Example, "text", 1.5)
	}
	for _, source := range hostile() {
		f.Add(source[:min(len(source), 500)], "", 0.0)
	}
	for _, source := range []string{
		`{"a": [1, {"b": item.x}]}`, `{{"a": 1}: 2}`, `{item: 1}`, `item.a[item.b].c`, `item[0][0]`, `item.x == null && null != item.y`, `has(item.a.b) ? item.a.b : {}`, `list(list(body))`, `[{}, []].map(x, {"y": x})`, `stripHtml(item.t)`,
		`or(or(or(item.a, 1), 2), 3)`, `{"a": 1}.a`, `"abc"[0]`, `first([])`, `item.?a`, `a?.b`, `[?item.a]`, `{?"a": 1}`, `null`, `null.a`, `-item.n`, `!item.n`, `item.n ? 1 : 2`, `now - now`, `time(item.n) + hours(item.n)`, `item.list.map(a, item.list.map(b, a + b))`,
		"item.`a b`", `item.t.matches("x")`, `scale(item.n, 0, 1, 2, 3)`, `number(item.t)`, `domainOf(item.t)`, `item.list.map(item2, item2.t)`, `{"@null": 1}`, `@null`, `@get(item, "a")`,
	} {
		f.Add(source, "ana@acme.com", 42.0)
	}
	f.Fuzz(func(t *testing.T, source, text string, n float64) {
		v, err := expr.CompileValue(source, expr.Anything)
		if err != nil {
			within(t, source, err)
			return
		}
		item := map[string]any{"t": text, "n": n, "x": nil, text: "a", "list": []any{n, text, nil, map[string]any{"t": text}}, "a": map[string]any{"b": text}}
		first, err := v.Any(&expr.Body{Body: item, Item: item, Now: time.Unix(1795424400, 0)})
		if err != nil {
			within(t, source, err)
		}
		again, err2 := v.Any(&expr.Body{Body: item, Item: item, Now: time.Unix(1795424400, 0)})
		if (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() || err == nil && !reflect.DeepEqual(first, again) {
			t.Fatalf("%q: once %v %v, then %v %v", source, first, err, again, err2)
		}
	})
}
