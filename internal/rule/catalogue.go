// Package rule answers WHETHER somebody is told: policy, what is known of a
// client, a signal and the time go in; what is known afterwards and a
// decision for every rule, each with its reason, come out.
//
// It is entered by [Take], which brings a state up to date with a signal, and
// by [Policy.Judge] and [Policy.Tick], which decide. All three are pure: the
// same input gives the same output, so that intake, a backtest and an
// explanation run the very same code. It does not know where an alert goes,
// how it is worded, or that anything is stored.
//
// An alert type is one entry of the catalogue, in a file of its own, and
// nothing else in this room knows its name.
package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
)

// Entry describes an alert type: everything that is particular to it.
type Entry struct {
	Type       stanna.AlertType
	Name       string              // as people say it: "Health drop"
	Signals    []stanna.SignalType // what it looks at
	Thresholds []Threshold
	evaluate   func(*Compiled, *Subject, *stanna.Alert) verdict
}

// Threshold is a figure that a rule may set.
type Threshold struct {
	Name     string // as in the API
	Unit     string // points, percent, days, or the workspace's currency
	Doc      string
	Default  float64
	Min, Max float64
}

var catalogue = []*Entry{&healthDrop}

// Catalogue lists the alert types.
func Catalogue() []*Entry { return slices.Clone(catalogue) }

// EntryOf is the catalogue's entry of an alert type, or nil.
func EntryOf(t stanna.AlertType) *Entry {
	for _, e := range catalogue {
		if e.Type == t {
			return e
		}
	}
	return nil
}

// Compiled is a rule made ready to judge.
type Compiled struct {
	stanna.Rule
	entry *Entry
	set   []float64 // every threshold in the entry's order, defaults filled in
}

// value is the figure of a threshold, by its place in the entry.
func (c *Compiled) value(threshold int) float64 { return c.set[threshold] }

// Policy is the rules of a workspace, made ready to judge.
type Policy struct {
	Settings stanna.Settings
	Rules    []*Compiled
}

// Compile makes rules ready. Rules that are off are left out; a rule that
// [Check] refuses is an error.
func Compile(settings stanna.Settings, rules []stanna.Rule) (*Policy, error) {
	p := &Policy{Settings: settings.WithDefaults()}
	for _, r := range rules {
		if r.Status == stanna.RuleOff {
			continue
		}
		if err := Check(r); err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.ID, err)
		}
		c := &Compiled{Rule: r, entry: EntryOf(r.Type)}
		for _, t := range c.entry.Thresholds {
			v, own := r.Thresholds[t.Name]
			if !own {
				v = t.Default
			}
			c.set = append(c.set, v)
		}
		p.Rules = append(p.Rules, c)
	}
	return p, nil
}

// Check says what is wrong with a rule, or nil.
func Check(r stanna.Rule) error {
	e := EntryOf(r.Type)
	if e == nil {
		return stanna.InvalidField("type", "%q is not an alert type", r.Type)
	}
	if strings.TrimSpace(r.Name) == "" {
		return stanna.InvalidField("name", "is required")
	}
	switch r.Status {
	case stanna.RuleActive, stanna.RuleShadow, stanna.RuleOff:
	default:
		return stanna.InvalidField("status", "must be active, shadow or off")
	}
	for name, v := range r.Thresholds {
		i := slices.IndexFunc(e.Thresholds, func(t Threshold) bool { return t.Name == name })
		if i < 0 {
			return stanna.InvalidField("thresholds."+name, "is not a threshold of %s; it has %s", e.Type, e.thresholdNames())
		}
		if t := e.Thresholds[i]; !(v >= t.Min && v <= t.Max) {
			return stanna.InvalidField("thresholds."+name, "must be between %g and %g %s", t.Min, t.Max, t.Unit)
		}
	}
	return nil
}

func (e *Entry) thresholdNames() string {
	names := make([]string, len(e.Thresholds))
	for i, t := range e.Thresholds {
		names[i] = t.Name
	}
	return strings.Join(names, ", ")
}

// First is the rule that a new workspace begins with: every default, active.
func First(workspace string) stanna.Rule {
	return stanna.Rule{Workspace: workspace, ID: "rule_health_drop", Version: 1, Name: healthDrop.Name, Type: stanna.HealthDrop, Status: stanna.RuleActive}
}
