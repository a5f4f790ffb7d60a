package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gostanna/stanna/internal/stripe/stripetest"
)

var update = flag.Bool("update", false, "write the answers that examples lack, or that do not fit any more, into examples/*.json")

// TestExamples runs every example of the description against a server with a
// little workspace: the request fits its schema, the answer has the status
// that the example says and fits its schema, and so does the answer that the
// example shows. Every operation has an example. Those that delete come last.
func TestExamples(t *testing.T) {
	billing := stripetest.New()
	st := newStage(t, openStore(t), furnish(t, billing))
	st.stripe = billing
	st.world()
	book := readBook(st)
	table := slices.Clone(st.api.table)
	slices.SortStableFunc(table, func(a, b route) int { return deletes(a) - deletes(b) })
	for _, rt := range table {
		book.try(rt)
	}
	for tag, c := range book.chapters {
		for id := range c.Examples {
			if !book.tried[id] {
				t.Errorf("examples/%s.json has an example of %s, which is no operation of that tag", tag, id)
			}
		}
	}
	if *update {
		book.write()
	}
}

func deletes(rt route) int {
	if strings.HasPrefix(rt.pattern, http.MethodDelete) {
		return 1
	}
	return 0
}

// bookOfExamples is the description, as served, with the examples in it.
type bookOfExamples struct {
	*stage
	doc      map[string]any
	schemas  *jsonschema.Compiler
	chapters map[string]chapter
	tried    map[string]bool
	order    []string // of the operations
}

const docURL = "https://stanna.example.com/openapi.json"

func readBook(st *stage) *bookOfExamples {
	st.Helper()
	b := &bookOfExamples{stage: st, schemas: jsonschema.NewCompiler(), chapters: chapters(), tried: map[string]bool{}}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(st.ask("GET", "/api/openapi.json", nil, nobody).want(200).body))
	st.must(err)
	b.doc = fields(doc)
	b.schemas.DefaultDraft(jsonschema.Draft2020)
	b.schemas.AssertFormat()
	st.must(b.schemas.AddResource(docURL, doc))
	return b
}

// try runs the example of one route.
func (b *bookOfExamples) try(rt route) {
	b.Helper()
	method, path, _ := strings.Cut(rt.pattern, " ")
	where := []string{"paths", path, strings.ToLower(method)}
	op := fields(dig(b.doc, where...))
	id, tag := fmt.Sprint(op["operationId"]), fmt.Sprint(op["tags"].([]any)[0])
	b.tried[id] = true
	b.order = append(b.order, id)
	x := b.chapters[tag].Examples[id]
	if x == nil {
		b.Errorf("%s has no example. Write one into internal/api/examples/%s.json, as %q: {…} under \"examples\": the path, query and request that somebody would send "+
			"(world_test.go says what there is); then `go test ./internal/api -run TestExamples -update` records the answer", rt.pattern, tag, id)
		return
	}
	if b.chapters[tag].About == "" {
		b.Errorf("examples/%s.json does not say what it is about", tag)
	}
	wrong := func(format string, args ...any) {
		b.Helper()
		b.Errorf("the example %s in examples/%s.json: %s", id, tag, fmt.Sprintf(format, args...))
	}
	body, kind := x.body(wrong)
	if content := fields(dig(op, "requestBody", "content")); len(content) > 0 {
		switch {
		case x.Request == nil:
			wrong("has no request, and the operation takes one")
		case content[x.requestType()] == nil:
			wrong("its request is %s, which is not described; these are: %v", x.requestType(), slices.Collect(maps.Keys(content)))
		default:
			b.fits(x.Request, wrong, "the request", append(where, "requestBody", "content", x.requestType(), "schema"))
		}
	}
	address := path
	for name, value := range x.Path {
		address = strings.ReplaceAll(address, "{"+name+"}", url.PathEscape(value))
	}
	if strings.Contains(address, "{") {
		wrong("gives no value for a parameter of %s", path)
		return
	}
	query := url.Values{}
	for name, value := range x.Query {
		query.Set(name, value)
	}
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	options := []with{func(r *http.Request) {
		if r.Header.Del("Content-Type"); kind != "" {
			r.Header.Set("Content-Type", kind)
		}
	}}
	if rt.action == "" {
		options = append(options, nobody)
	}
	if prepare := prepared[id]; prepare != nil {
		body, options = prepare(b.stage, body, options)
	}
	got := b.ask(method, address, body, options...)
	if fmt.Sprint(got.status) != x.status() {
		wrong("%s %s was answered %d, not %s: %s", method, address, got.status, x.status(), clip(string(got.body), 2000))
		return
	}
	described := fields(dig(op, "responses", x.status(), "content"))
	if dig(op, "responses", x.status()) == nil {
		wrong("the status %s is not described", x.status())
	}
	if len(described) == 0 || len(got.body) == 0 {
		return // a redirection, or nothing to say
	}
	media, _, _ := mime.ParseMediaType(got.header.Get("Content-Type"))
	if described[media] == nil {
		wrong("was answered with %s, which is not described", media)
		return
	}
	schema := append(where, "responses", x.status(), "content", media, "schema")
	var answer any = string(got.body)
	if strings.HasSuffix(media, "json") {
		var err error
		if answer, err = jsonschema.UnmarshalJSON(bytes.NewReader(got.body)); err != nil {
			wrong("was answered with no JSON: %v", err)
			return
		}
	}
	if b.fits(answer, wrong, "the answer", schema) && *update && (x.Response == nil || !b.fits(x.Response, func(string, ...any) {}, "", schema)) {
		x.Response = shortened(answer)
	}
	if x.Response == nil {
		wrong("shows no response; `go test ./internal/api -run TestExamples -update` records it")
		return
	}
	b.fits(x.Response, wrong, "the response that it shows (-update takes this answer in its place)", schema)
}

// body is what the example sends, and its media type.
func (x *example) body(wrong func(string, ...any)) (text any, kind string) {
	switch r := x.Request.(type) {
	case nil:
		return nil, ""
	case string:
		return r, x.requestType()
	case map[string]any:
		if x.Type == "application/x-www-form-urlencoded" {
			form := url.Values{}
			for name, value := range r {
				form.Set(name, fmt.Sprint(value))
			}
			return form.Encode(), x.Type
		}
	}
	b, err := json.Marshal(x.Request)
	if err != nil {
		wrong("%v", err)
	}
	return string(b), x.requestType()
}

// fits checks a value against the schema at a place of the description.
func (b *bookOfExamples) fits(v any, wrong func(string, ...any), what string, at []string) bool {
	b.Helper()
	at = slices.Clone(at)
	for i := range at {
		at[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(at[i])
	}
	schema, err := b.schemas.Compile(docURL + "#/" + (&url.URL{Fragment: strings.Join(at, "/")}).EscapedFragment())
	if err != nil {
		wrong("the schema of %s: %v", what, err)
		return false
	}
	text, err := json.Marshal(v) // numbers as the library wants them
	if err == nil {
		v, err = jsonschema.UnmarshalJSON(bytes.NewReader(text))
	}
	if err == nil {
		err = schema.Validate(v)
	}
	if err != nil {
		wrong("%s does not fit its schema: %v\n%s", what, err, clip(string(text), 1500))
	}
	return err == nil
}

func dig(v any, path ...string) any {
	for _, step := range path {
		v = fields(v)[step]
	}
	return v
}

// shortened keeps two elements of each list, so that an example can be read.
func shortened(v any) any {
	switch v := v.(type) {
	case []any:
		v = v[:min(2, len(v))]
		for i := range v {
			v[i] = shortened(v[i])
		}
		return v
	case map[string]any:
		for name := range v {
			v[name] = shortened(v[name])
		}
	}
	return v
}

// write writes the chapters back, in the order of the routes.
func (b *bookOfExamples) write() {
	b.Helper()
	for tag, c := range b.chapters {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		object := func(indent string, v any) string {
			out.Reset()
			enc.SetIndent(indent, "  ")
			b.must(enc.Encode(v))
			return strings.TrimRight(out.String(), "\n")
		}
		var text strings.Builder
		fmt.Fprintf(&text, "{\n  \"about\": %s,\n  \"examples\": {", object("", c.About))
		between := "\n"
		for _, id := range b.order {
			if x := c.Examples[id]; x != nil {
				fmt.Fprintf(&text, "%s    %q: %s", between, id, object("    ", x))
				between = ",\n"
			}
		}
		text.WriteString("\n  }\n}\n")
		b.must(os.WriteFile(filepath.Join("examples", tag+".json"), []byte(text.String()), 0o644))
	}
}
