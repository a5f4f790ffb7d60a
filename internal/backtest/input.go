package backtest

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
)

// Policy is what is tried: who is told what, when and where.
type Policy struct {
	Settings stanna.Settings
	Rules    []stanna.Rule
	Lines    []stanna.RouteLine
	Draft    string // id of a rule that is judged as if it were active
}

// Input is a history with what is known beside it.
type Input struct {
	Policy
	Roads     route.Roads
	Followers map[string][]string // e-mails by client
	Clients   []stanna.Client

	// Each gives the signals client by client, and those of a client in order
	// of time and id. What has no Fact is checked and understood first. It may
	// be called twice.
	Each func(fn func(stanna.Signal) error) error

	// Parts is the same history in parts of different clients, which can be
	// read at the same time; none: Each alone is read.
	Parts []func(fn func(stanna.Signal) error) error

	// Begin and End are when this history begins and ends: every client is
	// looked at for the first time at the one, and what is due after the other
	// has not happened yet. Zero: the first and the last signal of all.
	Begin, End time.Time

	// From and Until are the window that is reported: alerts that open, and
	// messages that are sent, at From or later and before Until. What comes
	// before only builds up what is known. Zero: no bound.
	From, Until time.Time

	// Outcomes are clients known to have left, beside those whose signals say
	// so, and Lead is how long before that an alert counts as a warning.
	Outcomes map[string]time.Time
	Lead     time.Duration // zero: 90 days

	Progress func(done, total int) // clients; called by one goroutine at a time; may be nil
	Workers  int                   // 0: one for each processor
}

// within says whether a moment lies in the window that is reported.
func (in *Input) within(t time.Time) bool {
	return !t.Before(in.From) && (in.Until.IsZero() || t.Before(in.Until))
}

// plan is a policy made ready.
type plan struct {
	rule    *rule.Policy
	route   *route.Plan
	rules   map[string]stanna.Rule
	place   map[*rule.Compiled]int // of a rule among the counts
	watches bool                   // some rule watches all clients together

	// trial is of the same policy with its shadow rules heard; it says what
	// those would have raised, and nothing else of it counts.
	trial bool
}

// ready compiles a policy whose rules began when history does.
func (in *Input) ready(p Policy, trial bool) (*plan, error) {
	rules := make([]stanna.Rule, len(p.Rules))
	x := &plan{rules: make(map[string]stanna.Rule, len(rules)), place: map[*rule.Compiled]int{}, trial: trial}
	for i, r := range p.Rules {
		r.ActiveSince = in.Begin
		if r.ID == p.Draft || trial && r.Status == stanna.RuleShadow {
			r.Status = stanna.RuleActive
		}
		rules[i], x.rules[r.ID] = r, r
	}
	var err error
	if x.rule, err = rule.Compile(p.Settings, rules); err != nil {
		return nil, err
	}
	if x.route, err = route.Compile(p.Settings, p.Lines, nil); err != nil {
		return nil, err
	}
	for i, c := range x.rule.Rules {
		x.place[c] = i + 1 // 0 is no rule's
	}
	x.watches = x.rule.WatchesPortfolio()
	return x, nil
}

// shadows are the rules of a policy that are judged on trial.
func (p Policy) shadows() map[string]bool {
	ids := map[string]bool{}
	for _, r := range p.Rules {
		if r.Status == stanna.RuleShadow && r.ID != p.Draft {
			ids[r.ID] = true
		}
	}
	return ids
}

// span fills Begin and End in from the signals.
func (in *Input) span(ctx context.Context) error {
	if !in.Begin.IsZero() && !in.End.IsZero() {
		return nil
	}
	var first, last time.Time
	n := 0
	if err := in.Each(func(s stanna.Signal) error {
		if n++; n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if first.IsZero() || s.OccurredAt.Before(first) {
			first = s.OccurredAt
		}
		if s.OccurredAt.After(last) {
			last = s.OccurredAt
		}
		return nil
	}); err != nil {
		return err
	}
	if in.Begin.IsZero() {
		in.Begin = first
	}
	if in.End.IsZero() {
		in.End = last
	}
	return nil
}
