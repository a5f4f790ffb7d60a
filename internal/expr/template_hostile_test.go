package expr_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// hostileTemplates mean harm, or are what a careless hand pastes.
func hostileTemplates() map[string]string {
	out := map[string]string{
		"placeholders":       strings.Repeat("{{ 1 }}", 10_000),
		"forty":              strings.Repeat("{{ upper(client.name) }}", 40),
		"open braces":        strings.Repeat("{{", 5_000),
		"closing braces":     strings.Repeat("}}", 5_000),
		"braces":             strings.Repeat("{", 4_001) + strings.Repeat("}", 4_001),
		"open quotes":        strings.Repeat(`{{ "`, 5_000),
		"comments":           "{{ " + strings.Repeat("// {\n", 1_500) + " 1 }}",
		"own words":          strings.Repeat("x", 100_000),
		"one long":           "{{ " + strings.Repeat("1 + ", 1_500) + "1 }}",
		"doubled text":       "{{ client.name" + strings.Repeat("+client.name", 300) + " }}",
		"joins":              "{{ " + strings.Repeat(`join(signal.data.a, "") + `, 140) + `"" }}`,
		"joins in a loop":    `{{ signal.data.a.map(x, join(signal.data.a, "")) }}`,
		"nulls in a loop":    `{{ signal.data.n.map(x, join(signal.data.n, "")) }}`,
		"growing":            `{{ signal.data.a.map(x, signal.data.a.map(y, client.name + client.name)).map(z, join(z, "")) }}`,
		"maps of maps":       `{{ join([1,2,3].map(x, join([1,2,3].map(y, client.name + client.name + client.name), "")), "") }}`,
		"upper in a loop":    `{{ signal.data.a.map(x, upper(client.name)) }}`,
		"ors":                "{{ " + strings.Repeat("or(client.custom.a, ", 30) + `""` + strings.Repeat(")", 30) + " }}",
		"direction":          "\u202e{{ client.name }}\u2066\u200f",
		"zero width":         "\u200b{\u200b{ client.name }}",
		"long separators":    `{{ join(signal.data.a, "` + strings.Repeat("x", 3_000) + `") }}`,
		"forty joins":        strings.Repeat(`{{ join(signal.data.n, "") }}`, 40),
		"joins of nulls":     "{{ " + strings.Repeat(`size(join(signal.data.n, "")) + `, 120) + `0 }}`,
		"forty joined loops": strings.Repeat(`{{ signal.data.a.map(x, join(signal.data.a, "")) }}`, 40),
	}
	for name, source := range hostile() {
		out["condition: "+name] = "{{ " + source + " }}"
	}
	return out
}

// drowned is a client of whom far too much is said.
func drowned() *expr.Input {
	in := wellKnown()
	in.Client.Name = strings.Repeat("اسم ", stanna.MaxNameLength/4)
	in.Signal.Data = []byte(`{"a":[` + strings.TrimSuffix(strings.Repeat("1,", 100_000), ",") + `],"b":[1],"n":[` + strings.TrimSuffix(strings.Repeat("null,", 100_000), ",") + `]}`)
	return in
}

func TestHostileTemplates(t *testing.T) {
	in := drowned()
	for name, source := range hostileTemplates() {
		t.Run(name, func(t *testing.T) {
			tmpl, err := expr.CompileTemplate(source, 1<<20)
			compiled := quickest(func() { _, _ = expr.CompileTemplate(source, 1<<20) })
			var written time.Duration
			if err == nil {
				var out []expr.Piece
				out, err = tmpl.Write(in, expr.Writing{}) // decodes the data, once
				written = quickest(func() { _, _ = tmpl.Write(in, expr.Writing{}) })
				sound(t, source, out, err)
			}
			t.Logf("compiled in %v, written in %v: %v", compiled, written, err)
			if compiled > limit*4 || written > limit*4 { // of forty placeholders
				t.Errorf("compiling took %v, writing %v", compiled, written)
			}
		})
	}
}

// What goes through lists is counted, with and without a loop.
func TestTemplateCostLimit(t *testing.T) {
	for _, source := range []string{
		`{{ ` + strings.Repeat(`size(join(signal.data.n, "")) + `, 20) + `0 }}`,
		`{{ signal.data.a.map(x, upper(client.name)) }}`,
		`{{ signal.data.a.map(x, truncate(client.name, 9000)) }}`,
	} {
		tmpl, err := expr.CompileTemplate("a "+source, most)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tmpl.Write(drowned(), expr.Writing{}); err == nil || err.Error() != "line 1, column 6: this is too much work; look through fewer lists" {
			t.Errorf("%s: %v", source, err)
		}
		if _, err := tmpl.Write(wellKnown(), expr.Writing{}); err != nil {
			t.Errorf("%s of little: %v", source, err)
		}
	}
}

// sound checks what holds of whatever a template says.
func sound(t interface{ Fatalf(string, ...any) }, source string, out []expr.Piece, err error) {
	var e *expr.Error
	if err != nil && (!errors.As(err, &e) || e.Kind != expr.Failed || out != nil) {
		t.Fatalf("%q: %v, %v", source, out, err)
	}
	for _, p := range out {
		if !utf8.ValidString(p.Text) || p.Outside && utf8.RuneCountInString(p.Text) > 2_001 {
			t.Fatalf("%q gives %q", source, p.Text)
		}
	}
}

// Whatever stands between the placeholders is said word for word, and what is
// in them never panics.
func TestTemplateKeepsItsWords(t *testing.T) {
	words := rapid.StringMatching(`[ a-zé{}\n"'/\\<>&*_]{0,20}|\{|\}|𝒳\x{202e}?`).Filter(func(s string) bool {
		return !strings.Contains(s, "{{") && !strings.Contains(s, "}}")
	})
	var examples []string
	for _, n := range expr.TemplateNames() {
		examples = append(examples, n.Example)
	}
	for _, n := range expr.Names() {
		examples = append(examples, "{{ "+n.Example+" }}")
	}
	examples = append(examples, `{{ "}}" }}`, `{{ '{{' }}`, `{{ client.name // "}}`, "{{\nclient.tags\n}}", `{{ client.custom.plan > 1 }}`)
	inputs := []*expr.Input{wellKnown(), stranger(), {}}
	rapid.Check(t, func(t *rapid.T) {
		source := ""
		var want []string
		say := func(s string) {
			if s != "" {
				want = append(want, s)
				source += s
			}
		}
		if s := words.Draw(t, "words"); !strings.HasSuffix(s, "{") {
			say(s)
		}
		for range rapid.IntRange(0, 5).Draw(t, "placeholders") {
			source += rapid.SampledFrom(examples).Draw(t, "placeholder")
			if s := words.Draw(t, "words"); !strings.HasPrefix(s, "}") && !strings.HasSuffix(s, "{") {
				say(s)
			}
		}
		tmpl, err := expr.CompileTemplate(source, most)
		if err != nil {
			if strings.TrimSpace(source) == "" {
				return
			}
			t.Fatalf("%q: %v", source, err)
		}
		for _, in := range inputs {
			out, err := tmpl.Write(in, expr.Writing{})
			sound(t, source, out, err)
			var got []string
			for _, p := range out {
				if !p.Outside {
					got = append(got, p.Text)
				}
			}
			if err == nil && !slices.Equal(got, want) {
				t.Fatalf("%q: its own words are %q, want %q", source, got, want)
			}
		}
	})
}

// FuzzTemplate: no text makes the program panic, every error stands in the
// text, and its own words are kept.
func FuzzTemplate(f *testing.F) {
	for _, n := range expr.TemplateNames() {
		f.Add("a " + n.Example + "\nb")
	}
	all := hostileTemplates()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f.Add(all[name][:min(len(all[name]), 500)])
	}
	for _, source := range []string{
		"", "{{", "}}", "{{}}", "{{{}}}", "{{{{}}}}", "{{ }}", "{{ 1 }", "{ { 1 } }", `{{ "}}" }}`, `{{ '''}}''' }}`, `{{ r"\" }}`, `{{ b"}}" }}`, "{{ // }}", "{{ 1 // }}\n}}", "é{{ client.naem }}", "\r\n{{ 1\r\n+ }}",
		"{{ or(or(1,2),3) }}", "{{ first(first([[1]])) }}", "{{ [].map(x, x) }}", "{{ [1].map(x, [x]) }}", "{{ money(1, first(client.tags)) }}", "{{ plural(1/0, 'a', 'b') }}", "{{ date(date(date(now))) }}", "{{ truncate('a', -1/client.mrr) }}",
		"{{ [[]] }}", "{{ days(1) }}", "{{ join([now, days(1), true, 'a'], client.name) }}", "{{ signal.data }}", "{{ signal.data.who.map(k, k) }}", "{{ @writer }}", "{{ client.tags.map(client, client) }}", "\x00", "\xff", "{{ \"\xff\" }}",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		tmpl, err := expr.CompileTemplate(source, 5_000)
		if err != nil {
			within(t, source, err)
			return
		}
		for _, in := range []*expr.Input{wellKnown(), stranger(), {}} {
			out, err := tmpl.Write(in, expr.Writing{})
			sound(t, source, out, err)
			if err != nil {
				within(t, source, err)
			}
			rest := source
			for _, p := range out {
				if p.Outside {
					continue
				}
				_, after, found := strings.Cut(rest, p.Text)
				if !found {
					t.Fatalf("%q: %q is not said", source, p.Text)
				}
				rest = after
			}
		}
	})
}
