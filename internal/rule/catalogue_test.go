package rule_test

import (
	"errors"
	"maps"
	"math"
	"slices"
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
			r := rule.First("acme.com")
			c.change(&r)
			wantField(t, rule.Check(r), c.bad)
		})
	}
}

// Every threshold of every type may be at its ends and not beyond, and its
// default lies between; unit and words are there for the pages.
func TestThresholdsOfCatalogue(t *testing.T) {
	for _, e := range rule.Catalogue() {
		if rule.EntryOf(e.Type) != e || e.Name == "" || len(e.Signals) == 0 {
			t.Errorf("%s is not complete", e.Type)
		}
		for _, th := range e.Thresholds {
			if th.Doc == "" || th.Default < th.Min || th.Default > th.Max {
				t.Errorf("%s.%s: %+v", e.Type, th.Name, th)
			}
			for v, ok := range map[float64]bool{th.Min: true, th.Max: true, th.Min - 0.001: false, th.Max * 1.001: false} {
				r := stanna.Rule{Name: "x", Type: e.Type, Status: stanna.RuleActive, Thresholds: map[string]float64{th.Name: v}}
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

func TestCompile(t *testing.T) {
	off, bad := rule.First("acme.com"), rule.First("acme.com")
	off.Status, off.Type = stanna.RuleOff, "from a newer version"
	p, err := rule.Compile(stanna.Settings{}, []stanna.Rule{off, rule.First("acme.com")})
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
