package internal

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
	"github.com/gostanna/stanna/internal/message"
)

var fenced = regexp.MustCompile("(?s)```(template|json)\n(.*?)\n```")

// docs/templates.md speaks of every function, names every sample, and every
// example in it can be read and says something of every sample.
func TestTemplateDocument(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "docs", "templates.md"))
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	for _, n := range expr.TemplateNames() {
		if line := "| `" + n.Path + "` | " + n.Type + " | " + n.Doc + " | `" + n.Example + "` |"; !strings.Contains(doc, line) {
			t.Errorf("this line is missing: %s", line)
		}
	}
	samples := message.Specimens(stanna.HealthDrop, stanna.Settings{}, time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	for _, s := range samples {
		if !strings.Contains(doc, "*"+s.Name+"*") {
			t.Errorf("the sample %q is missing", s.Name)
		}
	}
	examples := fenced.FindAllStringSubmatch(doc, -1)
	if len(examples) < 8 {
		t.Fatalf("only %d examples were found", len(examples))
	}
	for _, x := range examples {
		w := stanna.Wording{Subject: "x", Body: x[2]}
		if x[1] == "json" {
			if err := json.Unmarshal([]byte(x[2]), &w); err != nil {
				t.Errorf("%v in %s", err, x[2])
			}
		}
		compiled, err := message.CompileTemplate(stanna.Template{Type: stanna.HealthDrop, Wording: w})
		if err != nil {
			t.Errorf("%v in %s", err, x[2])
			continue
		}
		for _, s := range samples {
			s.View.Template = compiled
			if f := message.Thread(s.View).Failed; f != nil {
				t.Errorf("%s: %s in %s", s.Name, f.Why, x[2])
			}
		}
	}
}
