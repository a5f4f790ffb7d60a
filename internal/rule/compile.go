package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/expr"
)

// Compiled is a rule made ready to judge.
type Compiled struct {
	stanna.Rule
	entry     *Entry
	set       []float64 // every threshold in the entry's order, defaults filled in
	filtered  bool
	condition *expr.Condition  // nil: none
	severity  *expr.SeverityOf // nil: by the type
	hours     stanna.Calendar  // of escalation
	zone      *time.Location   // the workspace's
}

// value is the figure of a threshold, by its place in the entry.
func (c *Compiled) value(threshold int) float64 { return c.set[threshold] }

// on says whether a threshold that 0 switches off is on and reached.
func (c *Compiled) on(threshold int, reached bool) bool { return c.value(threshold) > 0 && reached }

// daysOf is a threshold of days as a duration.
func (c *Compiled) daysOf(threshold int) time.Duration {
	return time.Duration(c.value(threshold) * float64(day))
}

const day = 24 * time.Hour

// Policy is the rules of a workspace, made ready to judge. It is safe for
// concurrent use.
type Policy struct {
	Settings stanna.Settings
	Rules    []*Compiled

	// In each, what may be a risk comes before the good news that it stops.
	bySignal map[stanna.SignalType][]*Compiled // those that look at a signal of that type
	others   []*Compiled                       // those that look at every other type
	timed    []*Compiled                       // those that look when time passes
	all      []*Compiled                       // those that look at a client at all

	account map[stanna.AlertType][]*Compiled // those made for accounts that they name
	byID    map[string]*Compiled
}

// Compile makes rules ready. Rules that are off are left out; a rule that
// [Check] refuses is an error.
func Compile(settings stanna.Settings, rules []stanna.Rule) (*Policy, error) {
	p := &Policy{Settings: settings.WithDefaults(), bySignal: map[stanna.SignalType][]*Compiled{},
		account: map[stanna.AlertType][]*Compiled{}, byID: map[string]*Compiled{}}
	for _, r := range rules {
		if r.Status == stanna.RuleOff {
			continue
		}
		c, err := p.compile(r)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.ID, err)
		}
		p.Rules = append(p.Rules, c)
		p.byID[c.ID] = c
	}
	for _, risk := range []bool{true, false} {
		for _, c := range p.Rules {
			if c.entry.risk() == risk {
				p.index(c)
			}
		}
	}
	return p, nil
}

func (p *Policy) compile(r stanna.Rule) (*Compiled, error) {
	c := &Compiled{Rule: r, entry: EntryOf(r.Type), filtered: !r.Filter.Empty()}
	if err := check(r, c); err != nil {
		return nil, err
	}
	for _, t := range c.entry.Thresholds {
		v, own := r.Thresholds[t.Name]
		if !own {
			v = t.Default
		}
		c.set = append(c.set, v)
	}
	c.zone = p.Settings.Location()
	if len(r.Escalation) == 0 {
		return c, nil // hours take their time to be made ready
	}
	hours := p.Settings.BusinessHours
	if r.Outside.Hours != nil {
		hours = *r.Outside.Hours
	}
	c.hours = hours.In(c.zone)
	return c, nil
}

// index puts a rule where Judge finds it without asking all of them.
func (p *Policy) index(c *Compiled) {
	if c.entry.total {
		return // JudgePortfolio asks it
	}
	for _, t := range c.entry.Signals {
		if c.entry.looksAt(t) {
			if _, known := p.bySignal[t]; !known {
				p.bySignal[t] = slices.Clone(p.others)
			}
			p.bySignal[t] = append(p.bySignal[t], c)
		}
	}
	if len(c.entry.Signals) == 0 && c.entry.look != nil && c.entry.Nature != Event {
		p.others = append(p.others, c)
		for t, list := range p.bySignal {
			p.bySignal[t] = append(list, c)
		}
	}
	if c.entry.look != nil {
		p.all = append(p.all, c)
	}
	if c.entry.due != nil {
		p.timed = append(p.timed, c)
	}
	if c.Account() && c.Status == stanna.RuleActive {
		p.account[c.Type] = append(p.account[c.Type], c)
	}
}

// Rule is the rule of that id, or nil when it is off or unknown.
func (p *Policy) Rule(id string) *Compiled { return p.byID[id] }

// Check says what is wrong with a rule, or nil.
func Check(r stanna.Rule) error { return check(r, &Compiled{entry: EntryOf(r.Type)}) }

// maxPlaybook and maxSteps bound what a rule carries.
const (
	maxPlaybook = 2_000
	maxSteps    = 10
)

// check is Check, which leaves the compiled expressions in c.
func check(r stanna.Rule, c *Compiled) (err error) {
	e := c.entry
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
	if err := r.Filter.Validate("filter"); err != nil {
		return err
	}
	if r.Condition != "" {
		if c.condition, err = expr.CompileCondition(r.Condition); err != nil {
			return field("condition", err)
		}
	}
	if r.SeverityAs != "" {
		if c.severity, err = expr.CompileSeverity(r.SeverityAs); err != nil {
			return field("severity", err)
		}
	}
	if err := checkTelling(r); err != nil {
		return err
	}
	if e.check != nil {
		return e.check(r)
	}
	return nil
}

// field says in which field of a rule an expression is wrong.
func field(name string, err error) error {
	var e *expr.Error
	if errors.As(err, &e) {
		return stanna.InvalidField(name, "%s", e.Error())
	}
	return err
}

// checkTelling checks what a rule says about when it is told.
func checkTelling(r stanna.Rule) error {
	if err := stanna.ValidFrequency("frequency", r.Frequency); err != nil {
		return err
	}
	if len(r.Playbook) > maxPlaybook {
		return stanna.InvalidField("playbook", "is longer than %d bytes", maxPlaybook)
	}
	switch o := r.Outside; {
	case o.Do != "" && o.Do != stanna.OutsideHold && o.Do != stanna.OutsideSend && o.Do != stanna.OutsideRedirect && o.Do != stanna.OutsideDigest:
		return stanna.InvalidField("outside.do", "must be hold, send, redirect or digest")
	case o.Do == stanna.OutsideRedirect && len(o.To) == 0:
		return stanna.InvalidField("outside.to", "is required: say where it goes outside hours")
	case o.Do != stanna.OutsideRedirect && len(o.To) > 0:
		return stanna.InvalidField("outside.to", "is only for redirect")
	case o.Hours != nil:
		if err := o.Hours.Validate("outside.hours"); err != nil {
			return err
		}
	}
	return checkEscalation(r.Escalation)
}

// maxEscalation is how long a step may wait: 30 days of working time.
const maxEscalation = 30 * 24 * 60

func checkEscalation(steps []stanna.EscalationStep) error {
	if len(steps) > maxSteps {
		return stanna.InvalidField("escalation", "may have %d steps", maxSteps)
	}
	for i, s := range steps {
		at := fmt.Sprintf("escalation[%d]", i)
		switch {
		case s.After < 1 || s.After > maxEscalation:
			return stanna.InvalidField(at+".afterMinutes", "must be between 1 and %d minutes of working time", maxEscalation)
		case i > 0 && s.After <= steps[i-1].After:
			return stanna.InvalidField(at+".afterMinutes", "must be later than the step before, which is at %d", steps[i-1].After)
		case len(s.To) == 0 && s.Raise == "":
			return stanna.InvalidField(at, "does nothing: name somebody to tell, or a severity")
		case s.Raise != "" && s.Raise.Rank() < 0:
			return stanna.InvalidField(at+".severity", "must be critical, high, medium, low or info")
		}
	}
	return nil
}

// First lists the rules that a new workspace begins with.
func First(workspace string) []stanna.Rule {
	var rules []stanna.Rule
	for _, e := range catalogue {
		if e.Type == stanna.Custom {
			continue
		}
		r := stanna.Rule{Workspace: workspace, ID: "rule_" + string(e.Type), Version: 1, Name: e.Name, Type: e.Type, Status: stanna.RuleActive}
		if e.check != nil && e.check(r) != nil {
			continue // it needs something of the workspace first
		}
		rules = append(rules, r)
	}
	return rules
}
