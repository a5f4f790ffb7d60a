package expr_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gostanna/stanna/internal/expr"
)

// FuzzCondition: no text makes the program panic, every error stands in the
// text, and the same text gives the same twice.
func FuzzCondition(f *testing.F) {
	for _, n := range expr.Names() {
		f.Add(n.Example)
	}
	for _, source := range hostile() {
		f.Add(source[:min(len(source), 500)])
	}
	for _, source := range []string{
		"", " ", "\n\n", "client.mrr", "client.mrr > 5 and true", `client.name == "é" && foo`, "state.helth\n< 5", "client.tags.exists(t, t.x)", "a\r\nb", "\u202e", "日本 > 5", "client.名 == 1",
		`has(client.custom.x.y)`, `client.custom["a b"].c[0] == {}`, `"\u00e9" == 'é'`, `"""a"b""" == 'x'`, `r'\d' == ""`, "1 / 0", "-9223372036854775808 < 1u", "0x1F > .5e3", "client.tags[-1]", "!!(true)", "[]", "[[]] == []",
		`size(1)`, `weekday(now) in [1]`, `known(known(known(1)))`, `"a" "b"`, "x.exists(y, z)", "true ? 1 : 'a'", "`a`", "a.`b`", "@zone", "a?.b", "[?a]", "now - now - now", "days(days(1))", "1.e", "1..2",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		c, err := expr.CompileCondition(source)
		again, err2 := expr.CompileCondition(source)
		if (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
			t.Fatalf("%q: once %v, then %v", source, err, err2)
		}
		if err != nil {
			within(t, source, err)
			_, _ = expr.CompileSeverity(source)
			return
		}
		for _, in := range []*expr.Input{dayOne(), stranger(), {}} {
			ok, err := c.Holds(in)
			ok2, err2 := again.Holds(in)
			if ok != ok2 || (err == nil) != (err2 == nil) {
				t.Fatalf("%q: once %v %v, then %v %v", source, ok, err, ok2, err2)
			}
			if err != nil {
				within(t, source, err)
			}
			c.Values(in)
		}
	})
}

func within(t *testing.T, source string, err error) {
	t.Helper()
	var e *expr.Error
	if !errors.As(err, &e) {
		t.Fatalf("%q: %T %v", source, err, err)
	}
	lines := strings.Split(string([]rune(source)), "\n")
	if e.Line < 1 || e.Line > len(lines) || e.Column < 1 || e.Column > utf8.RuneCountInString(lines[e.Line-1])+1 {
		t.Fatalf("%q: %v stands outside", source, err)
	}
	if e.Message == "" || !utf8.ValidString(e.Error()) {
		t.Fatalf("%q: %v", source, err)
	}
	for _, foreign := range []string{"Syntax error", "overload", "<EOF>", "@result", "cannot be worked out"} {
		if strings.Contains(e.Error(), foreign) && !strings.Contains(source, foreign) {
			t.Fatalf("%q: words that are not ours: %v", source, err)
		}
	}
	e.Excerpt()
}
