package message

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/gostanna/stanna/internal/locale"
)

// sentenceOfCall says which arguments of a call are sentences of ours.
var sentenceOfCall = map[string][]int{"phrase": {0}, "Text": {0}, "Sentence": {0}, "bold": {0}, "english": {0}, "reaching": {0, 1}, "byCauseOr": {0}}

// passedOn are arguments that are no literals: parameters of the functions
// above, and what comes from a table whose sentences are marked as english.
var passedOn = []string{"english", "contact", "nobody", "f.label", "known", "why", "remedy", "step",
	"alone", "by", "count", "gap", "open", "said", "sentence", "title", "word"}

// source is the code of the rooms that say something.
type source struct {
	*testing.T
	fset     *token.FileSet
	files    []*ast.File
	consts   map[string]string
	said     map[string]token.Position // our sentences, and where
	passedOn map[string]bool           // those that were found
}

func readSource(t *testing.T) *source {
	s := &source{T: t, fset: token.NewFileSet(), consts: map[string]string{}, said: map[string]token.Position{}, passedOn: map[string]bool{}}
	for _, pattern := range []string{"*.go", "../locale/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(s.fset, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			s.files = append(s.files, file)
		}
	}
	s.each(func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == len(spec.Names) {
			for i, v := range spec.Values {
				if text, ok := literal(v); ok {
					s.consts[spec.Names[i].Name] = text
				}
			}
		}
		return true
	})
	return s
}

func (s *source) each(visit func(ast.Node) bool) {
	for _, f := range s.files {
		ast.Inspect(f, visit)
	}
}

// collect takes down the sentences of a call and holds what it fills against
// their places.
func (s *source) collect(call *ast.CallExpr) {
	name, method := called(call)
	if !method && name != "english" { // the function bold shows what was translated
		return
	}
	for _, i := range sentenceOfCall[name] {
		if i >= len(call.Args) {
			continue
		}
		at := s.fset.Position(call.Args[i].Pos())
		text, ok := s.text(call.Args[i])
		if !ok {
			if expr := inCode(call.Args[i]); slices.Contains(passedOn, expr) {
				s.passedOn[expr] = true
			} else {
				s.Errorf("%s: a sentence must be a literal; one from a table is marked as english there, and how it is named here is listed as passedOn", at)
			}
			continue
		}
		s.said[text] = at
		if name == "english" || name == "reaching" || name == "byCauseOr" {
			continue
		}
		if filled, ok := fills(call.Args[i+1:]); ok && !slices.Equal(filled, places(text)) {
			s.Errorf("%s: %q has the places %v and is given %v", at, text, places(text), filled)
		}
	}
}

// called is the name of what is called.
func called(call *ast.CallExpr) (name string, method bool) {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name, true
	case *ast.Ident:
		return f.Name, false
	}
	return "", false
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

func (s *source) text(e ast.Expr) (string, bool) {
	if id, ok := e.(*ast.Ident); ok {
		text, ok := s.consts[id.Name]
		return text, ok
	}
	return literal(e)
}

// inCode is a name, or a field of one, as it stands in the code.
func inCode(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return inCode(e.X) + "." + e.Sel.Name
	case *ast.IndexExpr:
		return inCode(e.X) + "[]"
	}
	return ""
}

// fills are the names of the places that a call fills, if it says so itself.
func fills(args []ast.Expr) (names []string, ok bool) {
	if len(args) == 0 {
		return nil, true
	}
	list, ok := args[0].(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	for _, e := range list.Elts {
		name, _ := literal(e.(*ast.KeyValueExpr).Key)
		names = append(names, name)
	}
	slices.Sort(names)
	return names, true
}

var place = regexp.MustCompile(`\{([^{}|]*)(\|[^{}]*)?\}`)

// places are the names of a sentence's places, each once.
func places(sentence string) []string {
	names := map[string]bool{}
	for _, m := range place.FindAllStringSubmatch(sentence, -1) {
		names[m[1]] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func checkPlaces(t *testing.T, l *locale.Language, english, said string) {
	if want, got := places(english), places(said); !slices.Equal(want, got) {
		t.Errorf("%s: %q has the places %v, %q has %v", l.Name, english, want, said, got)
	}
	for _, m := range place.FindAllStringSubmatch(said, -1) {
		if n := strings.Count(m[2], "|"); n != 0 && n != len(l.Forms) {
			t.Errorf("%s: %q chooses between %d forms, not %d", l.Name, said, n, len(l.Forms))
		}
	}
	if rest := place.ReplaceAllString(said, ""); said == "" || strings.ContainsAny(rest, "{}§") {
		t.Errorf("%s: %q is said as %q", l.Name, english, said)
	}
}

// Every language says every sentence, and nothing that nobody asks for.
func TestEveryLanguageSaysEverything(t *testing.T) {
	s := readSource(t)
	s.each(func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			s.collect(call)
		}
		return true
	})
	if len(s.said) < 100 {
		t.Fatalf("only %d sentences found", len(s.said))
	}
	for _, expr := range passedOn {
		if !s.passedOn[expr] {
			t.Errorf("%s is not passed on any more", expr)
		}
	}
	for english := range s.said {
		words, _, _ := strings.Cut(english, "§")
		checkPlaces(t, locale.English(), english, words)
	}
	for _, l := range locale.Languages()[1:] {
		for english, at := range s.said {
			if said, ok := l.Sentences[english]; ok {
				checkPlaces(t, l, english, said)
			} else {
				t.Errorf("%s: no words for %q (%s)", l.Name, english, at)
			}
		}
		for english := range l.Sentences {
			if _, ok := s.said[english]; !ok {
				t.Errorf("%s: nobody says %q", l.Name, english)
			}
		}
	}
}

// Words that are no sentence are the same in every language: marks, symbols
// and figures.
func TestWordsAloneHaveNoLetters(t *testing.T) {
	s := readSource(t)
	s.each(func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if name, method := called(call); method || !slices.Contains([]string{"words", "bold", "link", "joined"}, name) {
			return true
		}
		for _, arg := range call.Args {
			ast.Inspect(arg, s.wordless)
		}
		return true
	})
}

// wordless finds text of ours with letters, but for that of the calls inside.
func (s *source) wordless(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr, *ast.IndexExpr:
		return false
	case *ast.BasicLit:
		if text, ok := literal(n); ok && strings.ContainsFunc(text, unicode.IsLetter) {
			s.Errorf("%s: %q is said in English only", s.fset.Position(n.Pos()), text)
		}
	}
	return true
}
