package stanna_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

// Every Reason of reason.go has a sentence of its own, and no two have the
// same word.
func TestReasonsHaveSentences(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	words := map[string]string{}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); !ok || typ.Name != "Reason" {
			return true
		}
		name := spec.Names[0].Name
		word, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		n++
		sentence := stanna.Reason(word).Sentence()
		if sentence == word || !strings.HasSuffix(sentence, ".") {
			t.Errorf("%s has no sentence: %q", name, sentence)
		}
		if other, twice := said[sentence]; twice {
			t.Errorf("%s and %s read the same: %q", name, other, sentence)
		}
		if other, twice := words[word]; twice {
			t.Errorf("%s and %s are the same word", name, other)
		}
		said[sentence], words[word] = name, name
		return true
	})
	if n < 30 {
		t.Errorf("only %d reasons were found", n)
	}
	if got := stanna.Reason("from_a_newer_version").Sentence(); got != "from_a_newer_version" {
		t.Errorf("an unknown reason says %q", got)
	}
}
