package internal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gostanna/stanna/internal/expr"
	"github.com/gostanna/stanna/internal/rule"
)

// docs/policy.md speaks of every alert type, and of every name that a
// condition may use in the words of the language itself.
func TestPolicyDocument(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "docs", "policy.md"))
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	for _, e := range rule.Catalogue() {
		if !strings.Contains(doc, "| `"+string(e.Type)+"` |") {
			t.Errorf("the alert type %s is missing", e.Type)
		}
	}
	for _, n := range expr.Names() {
		if line := "| `" + n.Path + "` | " + n.Type + " | " + n.Doc + " |"; !strings.Contains(doc, line) {
			t.Errorf("this line is missing: %s", line)
		}
	}
}
