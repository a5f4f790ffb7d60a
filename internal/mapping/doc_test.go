package mapping_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
	"github.com/gostanna/stanna/internal/mapping"
)

const document = "../../docs/sources.md"

// The document has every name, every ready mapping with its steps, and every
// sample with what it is read as.
func TestDocument(t *testing.T) {
	b, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	for part, text := range map[string]string{"names": namesTable(), "ready": readyText(t)} {
		begin := "<!-- " + part + ": written by go test ./internal/mapping -update -->\n"
		before, rest, ok := strings.Cut(doc, begin)
		_, after, closed := strings.Cut(rest, "<!-- end -->")
		if !ok || !closed {
			t.Fatalf("the document has no part %s", part)
		}
		doc = before + begin + text + "<!-- end -->" + after
	}
	if *update {
		if err := os.WriteFile(document, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(b), doc); d != "" {
		t.Errorf("run go test ./internal/mapping -update: %s", d)
	}
	for _, x := range regexp.MustCompile("(?s)```mapping\n(.*?)```").FindAllStringSubmatch(doc, -1) {
		var m stanna.Mapping
		if err := json.Unmarshal([]byte(x[1]), &m); err != nil {
			t.Fatal(err)
		}
		if _, err := mapping.Compile(m); err != nil {
			t.Error(err)
		}
	}
	for _, f := range stanna.ClientFields() {
		if !strings.Contains(doc, "`"+f+"`") {
			t.Errorf("the field %s is missing", f)
		}
	}
	for _, do := range stanna.Acts() {
		if !strings.Contains(doc, do) {
			t.Errorf("the act %s is missing", do)
		}
	}
}

func namesTable() string {
	var b strings.Builder
	b.WriteString("| written | gives | what it is | example |\n|---|---|---|---|\n")
	for _, n := range expr.BodyNames() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` |\n", n.Path, n.Type, n.Doc, strings.ReplaceAll(n.Example, "|", "\\|"))
	}
	return b.String()
}

func readyText(t *testing.T) string {
	var b strings.Builder
	for _, r := range mapping.Ready() {
		c, err := mapping.Compile(r.Mapping)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\nKind `%s`, scheme `%s`", r.Title, r.Doc, r.Name, r.Scheme)
		if r.Header != "" {
			fmt.Fprintf(&b, ", header `%s`", r.Header)
		}
		b.WriteString(".\n\n")
		for i, step := range r.Steps {
			fmt.Fprintf(&b, "%d. %s\n", i+1, step)
		}
		for _, s := range r.Samples {
			reading := c.Read(s.Body, nil, noon)
			if reading.Err != nil {
				t.Fatal(reading.Err)
			}
			fmt.Fprintf(&b, "\n**%s.** %s\n\n```json\n%s\n```\n\nis read as\n\n```json\n%s```\n", upperFirst(s.Name), s.Doc, dedent(s.Body), golden(reading.Items))
		}
	}
	return b.String()
}

// dedent is the sample as it is written in its file, from the margin on.
func dedent(body []byte) string {
	lines := bytes.Split(bytes.TrimSpace(body), []byte("\n"))
	margin := -1
	for _, line := range lines[1:] {
		if n := len(line) - len(bytes.TrimLeft(line, " ")); margin < 0 || n < margin {
			margin = n
		}
	}
	for i := range lines[1:] {
		lines[i+1] = lines[i+1][margin:]
	}
	return string(bytes.Join(lines, []byte("\n")))
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
