package rule_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

var start = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

const days = 24 * time.Hour

// failer is a *testing.T or a *rapid.T.
type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// book is one client with its state and alerts, kept as intake keeps them.
type book struct {
	failer
	policy *rule.Policy
	client stanna.Client
	state  stanna.State
	alerts []stanna.Alert
	n      int
}

// healthRule is the health rule that a workspace begins with, with other
// thresholds.
func healthRule(thresholds map[string]float64) stanna.Rule {
	for _, r := range rule.First("acme.com") {
		if r.Type == stanna.HealthDrop {
			r.Thresholds = thresholds
			return r
		}
	}
	panic("a workspace begins without a health rule")
}

func newBook(t failer, rules ...stanna.Rule) *book {
	t.Helper()
	p, err := rule.Compile(stanna.Settings{}, rules)
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	return &book{failer: t, policy: p, client: stanna.Client{Workspace: "acme.com", ID: "c1", Name: "Acme"},
		state: stanna.State{Workspace: "acme.com", ClientID: "c1"}}
}

// take brings a signal into the state and, unless it is history, judges it.
func (b *book) take(s stanna.Signal, now time.Time) (stanna.Became, []rule.Decision) {
	b.Helper()
	b.n++
	s.Workspace, s.ID, s.ClientID = "acme.com", fmt.Sprintf("s%d", b.n), b.client.ID
	became := rule.Take(&b.state, s, now)
	if became != stanna.Accepted {
		return became, nil
	}
	sub := &rule.Subject{Client: b.client, State: &b.state, Alerts: b.alerts, Signal: s, Now: now}
	return became, b.apply(b.policy.Judge(sub, nil))
}

// tick lets time pass.
func (b *book) tick(now time.Time) []rule.Decision {
	return b.apply(b.policy.Tick(&rule.Subject{Client: b.client, State: &b.state, Alerts: b.alerts, Now: now}, nil))
}

func (b *book) apply(decisions []rule.Decision) []rule.Decision {
	for _, d := range decisions {
		if !d.Keep {
			continue
		}
		if i := slices.IndexFunc(b.alerts, func(a stanna.Alert) bool { return a.ID == d.Alert.ID }); d.Alert.ID != "" && i >= 0 {
			b.alerts = slices.Clone(b.alerts)
			b.alerts[i] = d.Alert
			continue
		}
		b.n++
		d.Alert.ID = fmt.Sprintf("alr%d", b.n)
		b.alerts = append(slices.Clone(b.alerts), d.Alert)
	}
	return decisions
}

// score is a health score that came when it was measured; one rule says what
// it decides.
func (b *book) score(at time.Time, value float64) rule.Decision {
	b.Helper()
	became, decisions := b.take(stanna.Signal{Type: stanna.HealthScoredType, OccurredAt: at, Source: "test", Fact: stanna.HealthScored{Score: value}}, at)
	if became != stanna.Accepted || len(decisions) != 1 {
		b.Fatalf("a score became %s with %d decisions", became, len(decisions))
	}
	return decisions[0]
}

func (b *book) open() (open []stanna.Alert) {
	for _, a := range b.alerts {
		if a.Open() {
			open = append(open, a)
		}
	}
	return open
}

// point is a score so many days after the start.
type point struct{ day, score float64 }

func (p point) at() time.Time { return start.Add(time.Duration(p.day * float64(days))) }

// scores takes several and gives the last decision.
func (b *book) scores(points ...point) (d rule.Decision) {
	b.Helper()
	for _, p := range points {
		d = b.score(p.at(), p.score)
	}
	return d
}

func wantDecision(t *testing.T, d rule.Decision, reason stanna.Reason, event stanna.AlertEvent) {
	t.Helper()
	if d.Reason != reason || d.Event != event {
		t.Fatalf("decided %s (event %q), want %s (event %q)", d.Reason, d.Event, reason, event)
	}
}
