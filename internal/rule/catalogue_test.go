package rule_test

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*stanna.Rule)
		bad    string
	}{
		"first":             {func(r *stanna.Rule) {}, ""},
		"shadow":            {func(r *stanna.Rule) { r.Status = stanna.RuleShadow }, ""},
		"off":               {func(r *stanna.Rule) { r.Status = stanna.RuleOff }, ""},
		"no name":           {func(r *stanna.Rule) { r.Name = " " }, "name"},
		"no type":           {func(r *stanna.Rule) { r.Type = "" }, "type"},
		"unknown type":      {func(r *stanna.Rule) { r.Type = "weather" }, "type"},
		"no status":         {func(r *stanna.Rule) { r.Status = "" }, "status"},
		"unknown threshold": {func(r *stanna.Rule) { r.Thresholds = map[string]float64{"points": 1} }, "thresholds.points"},
		"no number":         {func(r *stanna.Rule) { r.Thresholds = map[string]float64{"dropPoints": math.NaN()} }, "thresholds.dropPoints"},
	} {
		t.Run(name, func(t *testing.T) {
			r := healthRule(nil)
			c.change(&r)
			wantField(t, rule.Check(r), c.bad)
		})
	}
}

// anyRule is a rule of a type with all that such a rule needs.
func anyRule(e *rule.Entry) stanna.Rule {
	r := ruleOf(e.Type, nil)
	switch e.Type {
	case stanna.KeyAccountUpdate:
		r.Filter.Only = []string{"c1"}
	case stanna.Custom:
		r.Condition = "state.health < 50"
	}
	return r
}

// Every threshold of every type may be at its ends and not beyond, and its
// default lies between; names and words are there for the pages.
func TestThresholdsOfCatalogue(t *testing.T) {
	types := map[stanna.AlertType]bool{}
	for _, e := range rule.Catalogue() {
		if rule.EntryOf(e.Type) != e || types[e.Type] || e.Name == "" || !strings.HasSuffix(e.Doc, ".") {
			t.Errorf("%s is not complete, or there twice", e.Type)
		}
		types[e.Type] = true
		if e.Nature != rule.Trouble && e.Nature != rule.Chance && e.Nature != rule.Event {
			t.Errorf("%s is %q by nature", e.Type, e.Nature)
		}
		wantField(t, rule.Check(anyRule(e)), "")
		names := map[string]bool{}
		for _, th := range e.Thresholds {
			if th.Name == "" || names[th.Name] || !strings.HasSuffix(th.Doc, ".") || th.Default < th.Min || th.Default > th.Max {
				t.Errorf("%s.%s: %+v", e.Type, th.Name, th)
			}
			names[th.Name] = true
			beyond := 0.001 * max(1, math.Abs(th.Max))
			for v, ok := range map[float64]bool{th.Min: true, th.Max: true, th.Min - 0.001: false, th.Max + beyond: false} {
				r := anyRule(e)
				r.Thresholds = map[string]float64{th.Name: v}
				bad := ""
				if !ok {
					bad = "thresholds." + th.Name
				}
				wantField(t, rule.Check(r), bad)
			}
		}
	}
	if rule.EntryOf("weather") != nil {
		t.Error("an unknown type has an entry")
	}
}

// A workspace begins with one active rule of every type that needs nothing of
// it first.
func TestFirst(t *testing.T) {
	first := rule.First("acme.com")
	if _, err := rule.Compile(stanna.Settings{}, first); err != nil {
		t.Fatal(err)
	}
	types := map[stanna.AlertType]bool{}
	for _, r := range first {
		if types[r.Type] || r.Workspace != "acme.com" || r.ID != "rule_"+string(r.Type) || r.Status != stanna.RuleActive || r.Version != 1 || !r.Terms.Filter.Empty() {
			t.Errorf("%+v", r)
		}
		types[r.Type] = true
	}
	for _, e := range rule.Catalogue() {
		if want := e.Type != stanna.Custom && e.Type != stanna.KeyAccountUpdate; types[e.Type] != want {
			t.Errorf("there at the beginning: %s is %v", e.Type, types[e.Type])
		}
	}
}

func TestCompile(t *testing.T) {
	off, bad := healthRule(nil), healthRule(nil)
	off.Status, off.Type = stanna.RuleOff, "from a newer version"
	p, err := rule.Compile(stanna.Settings{}, []stanna.Rule{off, healthRule(nil)})
	if err != nil || len(p.Rules) != 1 || p.Settings.RiskThreshold != 40 {
		t.Fatalf("%+v, %v", p, err)
	}
	bad.Name = ""
	if _, err := rule.Compile(stanna.Settings{}, []stanna.Rule{bad}); stanna.CodeOf(err) != stanna.Invalid {
		t.Errorf("a bad rule compiles: %v", err)
	}
}

func wantField(t *testing.T, err error, field string) {
	t.Helper()
	if field == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var e *stanna.Error
	if !errors.As(err, &e) || !slices.Equal(slices.Collect(maps.Keys(e.Fields)), []string{field}) {
		t.Errorf("got %v, want %s to be refused", err, field)
	}
}
