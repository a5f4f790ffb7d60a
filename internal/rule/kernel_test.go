package rule_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// fallenTo is a story whose health fell from 75 to a score, with a churn rule
// and a health rule if none are given.
func fallenTo(t *testing.T, score float64, rules ...stanna.Rule) *story {
	t.Helper()
	if len(rules) == 0 {
		rules = []stanna.Rule{healthRule(nil)}
	}
	s := newStory(t, rules...)
	s.healths(75, score)
	return s
}

func TestFilterReasons(t *testing.T) {
	client := stanna.Client{Tier: "growth", CSMOwner: "ana@acme.com", Tags: []string{"pilot", "eu"}, MRR: usd(900), Custom: map[string]any{"seats": 12.0, "plan": "Gold"}}
	for name, c := range map[string]struct {
		filter stanna.Filter
		change func(*stanna.Client)
		want   stanna.Reason
	}{
		"everything fits":    {filter: stanna.Filter{MinMRR: 900, Tiers: []string{"x", "GROWTH"}, Zones: []stanna.Zone{"yellow", "red"}, Owners: []string{"Ana@acme.com"}, Tags: []string{"PILOT"}, Only: []string{"c1"}, Never: []string{"c2"}, Custom: map[string]string{"plan": "gold", "seats": "12"}}},
		"left out":           {filter: stanna.Filter{Never: []string{"c1"}}, want: stanna.ReasonAccountLeftOut},
		"not named":          {filter: stanna.Filter{Only: []string{"c2"}}, want: stanna.ReasonAccountNotNamed},
		"MRR unknown":        {filter: stanna.Filter{MinMRR: 1}, change: func(c *stanna.Client) { c.MRR = stanna.Money{} }, want: stanna.ReasonMRRUnknown},
		"other currency":     {filter: stanna.Filter{MinMRR: 1}, change: func(c *stanna.Client) { c.MRR = stanna.MoneyOf(1e6, "JPY") }, want: stanna.ReasonOtherCurrency},
		"below the minimum":  {filter: stanna.Filter{MinMRR: 900.01}, want: stanna.ReasonBelowMinMRR},
		"other tier":         {filter: stanna.Filter{Tiers: []string{"starter"}}, want: stanna.ReasonOtherTier},
		"other owner":        {filter: stanna.Filter{Owners: []string{"bo@acme.com"}}, want: stanna.ReasonOtherOwner},
		"no owner":           {filter: stanna.Filter{Owners: []string{"bo@acme.com"}}, change: func(c *stanna.Client) { c.CSMOwner = "" }, want: stanna.ReasonOtherOwner},
		"no tag":             {filter: stanna.Filter{Tags: []string{"us"}}, want: stanna.ReasonNoTag},
		"other field":        {filter: stanna.Filter{Custom: map[string]string{"plan": "gold", "seats": "13"}}, want: stanna.ReasonOtherField},
		"field is not there": {filter: stanna.Filter{Custom: map[string]string{"region": ""}}, want: stanna.ReasonOtherField},
		"other zone":         {filter: stanna.Filter{Zones: []stanna.Zone{"green", "red"}}, want: stanna.ReasonOtherZone},
	} {
		t.Run(name, func(t *testing.T) {
			r := healthRule(nil)
			r.Filter = c.filter
			s := newStory(t, r)
			id := s.Client.ID
			s.Client = client
			s.Client.ID = id
			if c.change != nil {
				c.change(&s.Client)
			}
			if got := s.healths(75, 58); c.want == "" {
				want(t, got, stanna.ReasonFellPoints, stanna.Opened)
			} else {
				want(t, got, c.want, "")
			}
		})
	}
	r := healthRule(nil)
	r.Type, r.ID, r.Filter = stanna.ChurnRisk, "rule_churn_risk", stanna.Filter{Zones: []stanna.Zone{"yellow"}}
	s := newStory(t, r)
	want(t, s.facts(chance(40), chance(90)), stanna.ReasonOtherZone, "") // 50, which is shown for unknown, is no zone
}

// A rule made for an account stands in for the general ones of its type.
func TestAccountOverride(t *testing.T) {
	general, special := healthRule(nil), healthRule(map[string]float64{"dropPoints": 40, "fallPoints": 40})
	special.ID, special.Filter.Only = "rule_special", []string{"c1"}
	reasons := func(got told, s *story) (list []stanna.Reason) {
		for _, d := range s.Decisions() {
			list = append(list, d.Reason)
		}
		return list
	}
	s := newStory(t, general, special)
	got := s.healths(75, 55)
	if diff := cmp.Diff([]stanna.Reason{stanna.ReasonOverridden, stanna.ReasonBelowThreshold}, reasons(got, s)); diff != "" || len(s.Alerts) != 0 {
		t.Error(diff)
	}
	trial := special
	trial.Status = stanna.RuleShadow
	other := special
	other.Filter.Only = []string{"c2"}
	picky := special
	picky.Filter.MinMRR = 1000
	for name, r := range map[string]stanna.Rule{"on trial": trial, "another account": other, "its own filter": picky} {
		if s := fallenTo(t, 55, general, r); len(s.Alerts) != 1 || s.Alerts[0].RuleID != general.ID {
			t.Errorf("%s: %+v", name, s.Alerts)
		}
	}

	// The general one has an alert open: that goes on, and is not told twice.
	sharp := healthRule(map[string]float64{"dropPoints": 5})
	sharp.ID, sharp.Filter.Only = "rule_special", []string{"c1"}
	s = fallenTo(t, 55, general)
	s.rules(stanna.Settings{}, general, sharp)
	got = s.healths(44)
	if diff := cmp.Diff([]stanna.Reason{stanna.ReasonSeverityRose, stanna.ReasonAlreadyOpen}, reasons(got, s)); diff != "" || len(s.Alerts) != 1 {
		t.Error(diff)
	}
	s.closes(days, general.ID, stanna.AlreadyKnown)
	s.n = 25
	got = s.healths(44) // what people know of, they know by whatever rule
	if diff := cmp.Diff([]stanna.Reason{stanna.ReasonOverridden, stanna.ReasonKnownState}, reasons(got, s)); diff != "" || len(s.Alerts) != 1 {
		t.Error(diff)
	}
	if want(t, s.healths(30), stanna.ReasonEnteredRed, stanna.Opened); s.last().RuleID != "rule_special" {
		t.Errorf("%+v", s.last())
	}
	s = fallenTo(t, 55, general, other)
	s.closes(days, general.ID, stanna.AlreadyKnown)
	if m, there := s.State.Memory["rule_special"]; there {
		t.Errorf("a rule of another account remembers %+v", m)
	}
}

// What people know of is over when it has cleared, also where the rule's
// filter did not let it see that.
func TestKnownClearsBehindAFilter(t *testing.T) {
	r := healthRule(nil)
	r.Filter.Zones = []stanna.Zone{stanna.Red}
	s := fallenTo(t, 30, r)
	s.closes(days, r.ID, stanna.AlreadyKnown)
	s.n = 24
	want(t, s.healths(31), stanna.ReasonKnownState, "")
	want(t, s.healths(80), stanna.ReasonOtherZone, "")
	want(t, s.healths(30), stanna.ReasonEnteredRed, stanna.Opened)
}

// Where the type does not say when a known state has cleared, it has when
// nothing is found; not when nothing could be seen.
func TestKnownClearsBySight(t *testing.T) {
	rule.WithTestTypes(t)
	s := newStory(t, ruleOf(rule.TestChance, nil))
	s.healths(85)
	s.closes(days, "rule_test_chance", stanna.AlreadyKnown)
	s.n = 24
	want(t, s.healths(85), stanna.ReasonKnownState, "")
	want(t, s.healths(1), stanna.ReasonUnfinished, "")
	want(t, s.healths(85), stanna.ReasonKnownState, "")
	want(t, s.healths(79), stanna.ReasonBelowThreshold, "")
	want(t, s.healths(85), stanna.ReasonGrowing, stanna.Opened)
}

// Good news waits while a risk is open, and ends when one opens, also by the
// same signal. What lasts until a date is no risk.
func TestChanceAndTrouble(t *testing.T) {
	rule.WithTestTypes(t)
	s := newStory(t, ruleOf(rule.TestChance, nil), healthRule(nil))
	s.healths(75, 55)
	got := s.healths(100) // recovers: the risk is closed by the very signal
	if events := got.events(); len(events) != 1 || events[0].Event != stanna.Resolved {
		t.Fatalf("%+v", events)
	}
	want(t, s.healths(100), stanna.ReasonGrowing, stanna.Opened)

	s = newStory(t, ruleOf(rule.TestChance, nil), healthRule(nil))
	want(t, s.healths(100), stanna.ReasonGrowing, stanna.Opened)
	got = s.healths(80) // 20 points: still good enough for the one, a fall for the other
	events := got.events()
	if len(events) != 2 || events[0].Event != stanna.Opened || events[0].Alert.Type != stanna.HealthDrop ||
		events[1].Event != stanna.Resolved || events[1].Reason != stanna.ReasonRiskOpened || events[1].Alert.Type != rule.TestChance {
		t.Fatalf("%+v", events)
	}
	got = s.healths(81)
	if got.event() != "" || !slices.ContainsFunc(s.Decisions(), func(d rule.Decision) bool { return d.Reason == stanna.ReasonRiskOpen }) {
		t.Errorf("%+v", s.Decisions())
	}

	s = newStory(t, ruleOf(rule.TestChance, nil), healthRule(nil), customRule("state.health >= 90"))
	got = s.healths(70, 100) // both at once
	if got.event() != stanna.Opened || s.last().Type != stanna.Custom || len(s.State.Memory["rule_test_chance"].Openings) != 0 {
		t.Errorf("%+v", got.events())
	}

	s = newStory(t, ruleOf(rule.TestLasting, nil), ruleOf(rule.TestChance, nil))
	s.healths(40)
	want(t, s.healths(90), stanna.ReasonGrowing, stanna.Opened)
	s = newStory(t, ruleOf(rule.TestLasting, nil), ruleOf(rule.TestChance, nil))
	s.healths(90)
	if got := s.looks(days, stanna.ReasonFirstContact); got.event() != "" {
		t.Errorf("%+v", got.events())
	}
}

// What lasts until its date is never closed as not recovered, and nobody
// looks for it.
func TestLasting(t *testing.T) {
	rule.WithTestTypes(t)
	s := newStory(t, ruleOf(rule.TestLasting, nil))
	s.healths(40)
	if !s.State.Due.IsZero() {
		t.Errorf("looked at again %v", s.State.Due)
	}
	want(t, s.passes(40*days), "", "")
	want(t, s.comes(50*days, stanna.HealthScored{Score: 40}), stanna.ReasonStillOpen, "")
	if !s.last().Open() {
		t.Error("closed")
	}
}

// An event of the calendar is told once for each date, the next in its place
// while one stands; a relook lists what is old and tells what is fresh.
func TestEventsOfTheCalendar(t *testing.T) {
	rule.WithTestTypes(t)
	r := ruleOf(rule.TestDay, nil)
	r.ActiveSince = start.Add(-5 * days)
	s := newStory(t, r)
	s.looks(0, stanna.ReasonFirstContact)
	for _, event := range []stanna.AlertEvent{stanna.Opened, stanna.Worsened, stanna.Worsened} {
		got := s.tick(s.State.Due, "")
		if want(t, got, stanna.ReasonAnniversary, event); s.now.Hour() != 12 || got.changes[0].Gather != "" {
			t.Fatalf("%+v at %v", got.changes, s.now)
		}
		want(t, s.tick(s.now.Add(hour), stanna.ReasonFirstContact), "", "")
	}
	if len(s.Alerts) != 1 || s.State.Memory["rule_test_day"].Until != "2026-11-04" {
		t.Errorf("%d alerts, %+v", len(s.Alerts), s.State.Memory)
	}
	// The server was down until the alert of the first day is over: it ends, and today's is told.
	got := s.passes(8 * days)
	if e := got.events(); len(e) != 1 || !e[0].Quiet { // 09:00: too soon for today's
		t.Fatalf("%+v", e)
	}
	s.tick(s.State.Due, "")
	s.tick(s.State.Due.Add(5*days), "")
	got = s.tick(s.now.Add(days), "")
	if e := got.events(); len(e) != 2 || !e[0].Quiet || e[1].Event != stanna.Opened || len(s.Alerts) != 3 {
		t.Fatalf("%+v", e)
	}

	for name, c := range map[string]struct {
		active time.Duration // before the start
		now    time.Duration
		gather stanna.Reason
	}{"fresh": {5 * days, 4 * hour, ""}, "the rule began after it": {-4 * hour, 5 * hour, stanna.ReasonFirstContact}} {
		r.ActiveSince = start.Add(-c.active)
		s := newStory(t, r)
		if got := s.looks(c.now, stanna.ReasonFirstContact); got.event() != stanna.Opened || got.changes[0].Gather != c.gather {
			t.Errorf("%s: %+v", name, got.changes)
		}
	}
}

// The rule or the client was changed, and the one is not about the other any
// more: its alert closes. A zone that was recovered from is no such change.
func TestFilterChangeCloses(t *testing.T) {
	r := healthRule(nil)
	r.Filter.MinMRR, r.Filter.Zones = 1000, []stanna.Zone{stanna.Red}
	s := newStory(t, r)
	s.Client.MRR = usd(1000)
	s.healths(75, 30)
	s.healths(43)
	want(t, s.looks(days, stanna.ReasonFirstContact), "", "")
	s.Client.MRR = usd(999)
	want(t, s.passes(days), "", "") // only a change asks
	want(t, s.comes(2*days, stanna.HealthScored{Score: 42}), stanna.ReasonPartlyBack, "")
	want(t, s.looks(2*days, stanna.ReasonFirstContact), stanna.ReasonBelowMinMRR, stanna.Resolved)
	want(t, s.looks(3*days, stanna.ReasonFirstContact), "", "")
}

// The rule's own words for the severity: they stand in for the type's, rise
// and never fall, and leave it to the type when they cannot be worked out.
func TestSeverityExpression(t *testing.T) {
	r := healthRule(nil)
	r.SeverityAs = `"low"`
	s := fallenTo(t, 55, r)
	if s.last().Severity != stanna.Low {
		t.Error(s.last().Severity)
	}
	want(t, s.healths(54), stanna.ReasonStillOpen, "") // medium by the type, which does not count
	want(t, s.healths(30), stanna.ReasonWorsened, stanna.Worsened)
	if s.last().Severity != stanna.Low {
		t.Error(s.last().Severity)
	}
	r.SeverityAs = `alert.value < 45 ? "critical" : alert.value < 50 ? "high" : "info"`
	s = fallenTo(t, 55, r)
	want(t, s.healths(49), stanna.ReasonSeverityRose, stanna.Worsened)
	if a := s.last(); a.Severity != stanna.High || a.Evidence.Told != 49 || a.Why != stanna.ReasonSeverityRose {
		t.Errorf("%+v", a)
	}
	want(t, s.healths(49), stanna.ReasonStillOpen, "")
	want(t, s.healths(59), stanna.ReasonPartlyBack, "")
	if s.last().Severity != stanna.High {
		t.Error("it fell with the score")
	}
	want(t, s.healths(39), stanna.ReasonWorsened, stanna.Worsened) // by a step; and more severe as well
	if s.last().Severity != stanna.Critical {
		t.Error(s.last().Severity)
	}
	r.SeverityAs = `client.custom.important ? "critical" : "low"`
	s = fallenTo(t, 55, r)
	if s.last().Severity != stanna.Medium {
		t.Errorf("a severity that cannot be worked out: %s", s.last().Severity)
	}
	want(t, s.healths(54), stanna.ReasonStillOpen, "")
}

func TestCondition(t *testing.T) {
	r := healthRule(nil)
	r.Condition = "alert.change <= -30 && client.custom.seats > 10"
	for name, c := range map[string]struct {
		score float64
		seats any
		want  stanna.Reason
		event stanna.AlertEvent
	}{
		"holds":                     {40, 11.0, stanna.ReasonEnteredRed, stanna.Opened},
		"does not":                  {46, 11.0, stanna.ReasonConditionNot, ""},
		"hangs on what is unknown":  {40, nil, stanna.ReasonConditionNot, ""},
		"cannot be worked out":      {40, "many", stanna.ReasonConditionFailed, ""},
		"is not asked without need": {60.5, "many", stanna.ReasonBelowThreshold, ""},
	} {
		s := newStory(t, r)
		s.Client.Custom = map[string]any{}
		if c.seats != nil {
			s.Client.Custom["seats"] = c.seats
		}
		if got := s.healths(75, c.score); got.reason != c.want || got.event() != c.event {
			t.Errorf("%s: %s (%q)", name, got.reason, got.event())
		}
	}
}

// A rule on trial shows the alert that it would open; one that goes on trial,
// or is switched off, closes what it has open.
func TestOnTrial(t *testing.T) {
	trial := healthRule(nil)
	trial.Status, trial.SeverityAs = stanna.RuleShadow, `"critical"`
	s := fallenTo(t, 55, trial)
	d := s.Decisions()[0]
	if len(s.Alerts) != 0 || !d.Shadow || d.Alert.Severity != stanna.Critical || d.Alert.Evidence.Base != 75 {
		t.Errorf("%+v", d)
	}
	for name, rules := range map[string][]stanna.Rule{"on trial": {trial}, "off": nil} {
		s := fallenTo(t, 55)
		s.rules(stanna.Settings{}, rules...)
		if got := s.comes(12*hour, stanna.Contacted{}); got.event() != "" || !s.State.Due.IsZero() && name == "off" {
			t.Errorf("%s: %+v, due %v", name, got, s.State.Due)
		}
		want(t, s.looks(days, stanna.ReasonFirstContact), stanna.ReasonRuleOff, stanna.Resolved)
		if len(s.Alerts) != 1 || s.last().Open() {
			t.Errorf("%s: %+v", name, s.last())
		}
	}
}

// A person closes an alert that others were told beside: they stand alone.
func TestPartedByAPerson(t *testing.T) {
	s := newStory(t, ruleOf(stanna.ChurnRisk, nil), ruleOf(stanna.PaymentIssue, nil), ruleOf(stanna.SentimentNegative, nil))
	s.facts(chance(40), chance(80), stanna.SentimentDetected{Score: -2}, failure(2))
	changes := s.closes(9*days, "rule_churn_risk", stanna.Saved)
	if len(changes) != 1 || changes[0].Alert != s.last() || changes[0].Event != "" || !changes[0].Keep || s.last().JoinedTo != "" {
		t.Errorf("%+v", changes)
	}
}

// Whoever keeps the case is told that there is something to keep.
func TestDirty(t *testing.T) {
	for name, do := range map[string]func(*story){
		"a signal": func(s *story) { s.comes(days, stanna.Contacted{}) },
		"history":  func(s *story) { s.takes(stanna.Signal{OccurredAt: start, Fact: stanna.Contacted{}}, start.Add(9*days)) },
		"time":     func(s *story) { s.passes(days) },
		"a person": func(s *story) { s.closes(days, "rule_health_drop", stanna.Saved) },
	} {
		s := fallenTo(t, 55)
		s.Dirty = false
		if do(s); !s.Dirty {
			t.Errorf("%s: nothing to keep", name)
		}
	}
}

// An explanation names the rule that stands in for another.
func TestTraceNamesTheOther(t *testing.T) {
	general, special := healthRule(nil), healthRule(nil)
	special.ID, special.Name, special.Filter.Only = "rule_special", "VIP health", []string{"c1"}
	s := newStory(t, general, special)
	s.Trace = &rule.Trace{}
	s.healths(80)
	step := s.Trace.Steps[0]
	if diff := cmp.Diff([]rule.Value{{Name: "rule", Value: "VIP health"}}, step.Values); diff != "" || step.Reason != stanna.ReasonOverridden {
		t.Errorf("%+v %s", step, diff)
	}
}

// The steps of an explanation.
func TestTraceSteps(t *testing.T) {
	r := healthRule(nil)
	r.Filter.MinMRR, r.Condition = 100, "client.tier == \"growth\""
	type step struct {
		name   string
		passed bool
		reason stanna.Reason
		event  stanna.AlertEvent
	}
	steps := func(s *story, score float64) (list []step) {
		s.n++
		at := start.Add(time.Duration(s.n) * hour)
		sig := stanna.Signal{ID: "x", Type: stanna.HealthScoredType, OccurredAt: at, Fact: stanna.HealthScored{Score: score}}
		trace := &rule.Trace{}
		rule.Take(&s.State, sig, at)
		sub := &rule.Subject{Client: s.Client, State: &s.State, Signal: sig, Now: at, Trace: trace}
		for _, a := range s.Alerts {
			sub.Alerts = append(sub.Alerts, *a)
		}
		s.policy.Judge(sub, nil)
		for _, x := range trace.Steps {
			if x.RuleID != r.ID {
				t.Errorf("a step of %q", x.RuleID)
			}
			list = append(list, step{x.Name, x.Passed, x.Reason, x.Event})
		}
		if len(trace.Steps) > 0 {
			if v := trace.Steps[0].Values; len(v) == 0 {
				t.Errorf("%s shows nothing", trace.Steps[0].Name)
			}
		}
		return list
	}
	passed := func(name string) step { return step{name, true, "", ""} }
	stopped := func(name string, why stanna.Reason) step { return step{name, false, why, ""} }
	for name, c := range map[string]struct {
		score  float64
		change func(*story)
		want   []step
	}{
		"the filter":    {55, func(s *story) { s.Client.MRR = usd(99) }, []step{stopped("filter", stanna.ReasonBelowMinMRR)}},
		"the type":      {74, nil, []step{passed("filter"), stopped("alert_type", stanna.ReasonBelowThreshold)}},
		"the condition": {55, func(s *story) { s.Client.Tier = "" }, []step{passed("filter"), passed("alert_type"), stopped("condition", stanna.ReasonConditionNot)}},
		"it opens":      {58, nil, []step{passed("filter"), passed("alert_type"), passed("condition"), {"opens", true, stanna.ReasonFellPoints, stanna.Opened}}},
		"still open":    {54, func(s *story) { s.healths(55, 54) }, []step{stopped("open_alert", stanna.ReasonStillOpen)}},
		"it worsens":    {30, func(s *story) { s.healths(55) }, []step{{"open_alert", true, stanna.ReasonSeverityRose, stanna.Worsened}}},
		"known": {39, func(s *story) { s.healths(39); s.closes(days, r.ID, stanna.AlreadyKnown); s.n = 30 },
			[]step{passed("filter"), passed("alert_type"), stopped("told_before", stanna.ReasonKnownState)}},
		"on trial": {55, func(s *story) {
			trial := r
			trial.Status = stanna.RuleShadow
			s.rules(stanna.Settings{}, trial)
		}, []step{passed("filter"), passed("alert_type"), passed("condition"), stopped("status", stanna.ReasonShadow)}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, r)
			s.Client.MRR, s.Client.Tier = usd(100), "growth"
			s.healths(75)
			if c.change != nil {
				c.change(s)
			}
			if diff := cmp.Diff(c.want, steps(s, c.score), cmp.AllowUnexported(step{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}
