package rule_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

const hour = time.Hour

// chance is a prediction in percent.
func chance(percent float64) stanna.ChurnPredicted {
	return stanna.ChurnPredicted{Probability: percent / 100, Factors: []stanna.Factor{{Name: "Usage"}}, Actions: []string{"Call them"}}
}

// chances come a day apart; the last is what is asked about.
func (s *story) chances(percents ...float64) (t told) {
	s.Helper()
	for _, p := range percents {
		s.n++
		t = s.comes(time.Duration(s.n)*days, chance(p))
	}
	return t
}

func TestChurnRiskOpens(t *testing.T) {
	for name, c := range map[string]struct {
		thresholds map[string]float64
		series     []float64 // a day apart
		want       stanna.Reason
		opens      bool
		base       float64
		firstSeen  bool
		gather     stanna.Reason
	}{
		"reached":                    {nil, []float64{45, 70}, stanna.ReasonChurnLikely, true, 45, false, ""},
		"just not reached":           {nil, []float64{45, 69.99}, stanna.ReasonBelowThreshold, false, 0, false, ""},
		"in floats less":             {map[string]float64{"percent": 57}, []float64{45, 57}, stanna.ReasonChurnLikely, true, 45, false, ""}, // 0.57 × 100 is 56.99…
		"own percentage":             {map[string]float64{"percent": 50}, []float64{45, 55}, stanna.ReasonChurnLikely, true, 45, false, ""},
		"first contact":              {nil, []float64{88}, stanna.ReasonFirstContact, true, 88, true, stanna.ReasonFirstContact},
		"first, and fine":            {nil, []float64{30}, stanna.ReasonBelowThreshold, false, 0, false, ""},
		"rise off":                   {nil, []float64{5, 60}, stanna.ReasonBelowThreshold, false, 0, false, ""},
		"rise":                       {map[string]float64{"risePoints": 25}, []float64{15, 40}, stanna.ReasonChurnRose, true, 15, false, ""},
		"rise just missed":           {map[string]float64{"risePoints": 25}, []float64{15.01, 40}, stanna.ReasonBelowThreshold, false, 0, false, ""},
		"rise of the first":          {map[string]float64{"risePoints": 25}, []float64{40}, stanna.ReasonBelowThreshold, false, 0, false, ""},
		"the percentage is stronger": {map[string]float64{"risePoints": 5}, []float64{15, 80}, stanna.ReasonChurnLikely, true, 15, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, ruleOf(stanna.ChurnRisk, c.thresholds))
			last := len(c.series) - 1
			if got := s.chances(c.series[:last]...); got.event() != "" {
				t.Fatalf("opened too early: %s", got.reason)
			}
			got := s.chances(c.series[last])
			if !c.opens {
				want(t, got, c.want, "")
				return
			}
			want(t, got, c.want, stanna.Opened)
			a, now := s.last(), c.series[last]
			e := a.Evidence
			trigger := c.want
			if c.gather != "" {
				trigger = stanna.ReasonChurnLikely
			}
			if got.changes[0].Gather != c.gather || got.changes[0].Rose || e.Trigger != trigger || e.Base != c.base || e.FirstSeen != c.firstSeen || e.BaseAt.IsZero() ||
				e.Opened != now || e.Value != now || e.Worst != now || e.Told != now || e.SignalID == "" || e.Source != "test" {
				t.Errorf("gathered %q, %+v", got.changes[0].Gather, e)
			}
			if diff := cmp.Diff([]any{[]stanna.Factor{{Name: "Usage"}}, []string{"Call them"}}, []any{e.Factors, e.Actions}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A prediction that is too old is nothing to count a rise from.
func TestChurnRiskOldBase(t *testing.T) {
	for after, base := range map[time.Duration]float64{14 * days: 40, 14*days + time.Second: 75} {
		s := newStory(t, ruleOf(stanna.ChurnRisk, nil))
		s.comes(0, chance(40))
		want(t, s.comes(after, chance(75)), stanna.ReasonChurnLikely, stanna.Opened)
		if e := s.last().Evidence; e.Base != base || e.FirstSeen != (base == 75) {
			t.Errorf("after %v counted from %g", after, e.Base)
		}
	}
}

func TestChurnRiskSeverity(t *testing.T) {
	for name, c := range map[string]struct {
		client  stanna.Client
		percent float64
		want    stanna.Severity
	}{
		"nothing is known of it":    {stanna.Client{}, 99, stanna.High},
		"an account as any":         {stanna.Client{MRR: usd(500)}, 99, stanna.High},
		"small":                     {stanna.Client{MRR: usd(499.99)}, 99, stanna.Medium},
		"pays nothing":              {stanna.Client{MRR: usd(0)}, 99, stanna.Medium},
		"small, but enterprise":     {stanna.Client{MRR: usd(10), Tier: "Enterprise"}, 84.99, stanna.High},
		"key account":               {stanna.Client{MRR: usd(25_000)}, 84.99, stanna.High},
		"key account, all but gone": {stanna.Client{MRR: usd(25_000)}, 85, stanna.Critical},
		"enterprise, all but gone":  {stanna.Client{Tier: "enterprise"}, 85, stanna.Critical},
		"another currency":          {stanna.Client{MRR: stanna.MoneyOf(30_000_000, "JPY")}, 99, stanna.High},
		"another currency, little":  {stanna.Client{MRR: stanna.MoneyOf(10, "EUR")}, 99, stanna.High},
	} {
		s := newStory(t, ruleOf(stanna.ChurnRisk, nil))
		s.Client.Tier, s.Client.MRR = c.client.Tier, c.client.MRR
		s.chances(40, c.percent)
		if got := s.last().Severity; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestChurnRiskGoesOn(t *testing.T) {
	type step struct {
		percent float64
		reason  stanna.Reason
		event   stanna.AlertEvent
	}
	const still, partly, worsened, recovered = stanna.ReasonStillOpen, stanna.ReasonPartlyBack, stanna.ReasonWorsened, stanna.ReasonRecovered
	for name, c := range map[string]struct {
		thresholds map[string]float64
		tier       string
		opening    []float64
		steps      []step
	}{
		"told again by a step": {nil, "", []float64{50, 72}, []step{{72, still, ""}, {81.99, still, ""}, {82, worsened, stanna.Worsened}, {82, still, ""}, {91.9, still, ""}, {92, worsened, stanna.Worsened}}},
		"severity rises":       {nil, "enterprise", []float64{50, 80}, []step{{84, still, ""}, {85, stanna.ReasonSeverityRose, stanna.Worsened}, {80, partly, ""}, {86, still, ""}, {95, worsened, stanna.Worsened}}},
		"by the margin":        {nil, "", []float64{65, 75}, []step{{69, partly, ""}, {60.01, partly, ""}, {60, recovered, stanna.Resolved}}},
		"the margin, not half": {nil, "", []float64{10, 90}, []step{{60, partly, ""}, {50.01, partly, ""}, {50, recovered, stanna.Resolved}}},
		"half of the worst":    {nil, "", []float64{20, 70}, []step{{90, worsened, stanna.Worsened}, {56, partly, ""}, {55, recovered, stanna.Resolved}}},
		"exactly reached":      {nil, "", []float64{65, 70}, []step{{67, partly, ""}, {60, recovered, stanna.Resolved}}},
		"came so":              {nil, "", []float64{95}, []step{{61, partly, ""}, {60, recovered, stanna.Resolved}}},
		"rose, never reached":  {map[string]float64{"risePoints": 20}, "", []float64{10, 40}, []step{{25.01, partly, ""}, {25, recovered, stanna.Resolved}}},
		"rose, then reached":   {map[string]float64{"risePoints": 20}, "", []float64{10, 40}, []step{{70, worsened, stanna.Worsened}, {41, partly, ""}, {40, recovered, stanna.Resolved}}},
		"no margin":            {map[string]float64{"marginPoints": 0}, "", []float64{95}, []step{{70, partly, ""}, {69.99, recovered, stanna.Resolved}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, ruleOf(stanna.ChurnRisk, c.thresholds))
			s.Client.Tier = c.tier
			if got := s.chances(c.opening...); got.event() != stanna.Opened {
				t.Fatalf("%s", got.reason)
			}
			worst := c.opening[len(c.opening)-1]
			for _, x := range c.steps {
				want(t, s.chances(x.percent), x.reason, x.event)
				worst = max(worst, x.percent)
				e := s.last().Evidence
				if len(s.Alerts) != 1 || e.Worst != worst || e.Value != x.percent || x.event == stanna.Worsened && e.Told != x.percent {
					t.Fatalf("after %g: %+v", x.percent, e)
				}
			}
		})
	}
}

// What a worsening stands on is the prediction that brought it.
func TestChurnRiskEvidenceFollows(t *testing.T) {
	s := newStory(t, ruleOf(stanna.ChurnRisk, nil))
	s.chances(40, 75)
	opened := s.last().Evidence
	s.takes(stanna.Signal{OccurredAt: start.Add(9 * days), Source: "model", Fact: stanna.ChurnPredicted{Probability: 0.9, Actions: []string{"Visit them"}}}, start.Add(9*days))
	e := s.last().Evidence
	if e.Source != "model" || len(e.Factors) != 0 || e.Actions[0] != "Visit them" || e.SignalID == opened.SignalID || e.Base != 40 || e.Opened != 75 {
		t.Errorf("%+v", e)
	}
}

// It stood already when the rule began: listed once; and so is what history
// shows.
func TestChurnRiskStoodAlready(t *testing.T) {
	late := ruleOf(stanna.ChurnRisk, nil)
	late.ActiveSince = start.Add(36 * hour)
	s := newStory(t)
	s.chances(70)
	s.rules(stanna.Settings{}, late)
	if got := s.chances(80); got.reason != stanna.ReasonFirstContact || got.changes[0].Gather == "" {
		t.Errorf("a value that stood when the rule began: %+v", got)
	}
	s = newStory(t)
	s.chances(80)
	s.rules(stanna.Settings{}, late)
	got := s.looks(2*days, stanna.ReasonFirstContact)
	if want(t, got, stanna.ReasonFirstContact, stanna.Opened); got.changes[0].Gather != stanna.ReasonFirstContact {
		t.Errorf("looked at anew: %+v", got.changes)
	}
	want(t, s.looks(2*days, stanna.ReasonFirstContact), "", "") // once

	s = newStory(t, ruleOf(stanna.ChurnRisk, nil))
	old := stanna.Signal{OccurredAt: start.Add(-60 * days), Fact: chance(90)}
	if got := s.takes(old, start); got.became != stanna.Backfill || len(s.Alerts) != 0 || s.State.Due.IsZero() {
		t.Fatalf("%+v, due %v", got, s.State.Due)
	}
	got = s.tick(s.State.Due, "")
	if want(t, got, stanna.ReasonFoundInBackfill, stanna.Opened); got.changes[0].Gather != stanna.ReasonFoundInBackfill {
		t.Errorf("%+v", got.changes)
	}
	s = newStory(t, ruleOf(stanna.ChurnRisk, nil)) // a live one that comes before the history was looked at
	s.takes(old, start)
	if got := s.comes(time.Second, chance(91)); got.changes[0].Gather == "" {
		t.Errorf("told as news: %+v", got.changes)
	}
}

// What a filter or a condition kept back is told when it does so no more.
func TestChurnRiskKeptBack(t *testing.T) {
	r := ruleOf(stanna.ChurnRisk, nil)
	r.Condition = "client.daysToRenewal < 90"
	r.Filter.MinMRR = 1000
	s := newStory(t, r)
	s.Client.MRR, s.Client.RenewalDate = usd(999), "2027-02-10" // 100 days from the start
	s.chances(40)
	want(t, s.chances(80), stanna.ReasonBelowMinMRR, "")
	s.Client.MRR = usd(1000)
	want(t, s.chances(80), stanna.ReasonConditionNot, "")
	s.n = 20
	got := s.chances(80)
	if want(t, got, stanna.ReasonChurnLikely, stanna.Opened); got.changes[0].Gather != "" {
		t.Errorf("%+v", got.changes)
	}
}

// What people know is told again only when it is worse by a step, or after it
// has cleared.
func TestChurnRiskKnown(t *testing.T) {
	for name, close := range map[string]func(*testing.T, *story){
		"closed by a person": func(t *testing.T, s *story) { s.closes(10*days, "rule_churn_risk", stanna.AlreadyKnown); s.n = 11 },
		"not recovered": func(t *testing.T, s *story) {
			want(t, s.passes(40*days), stanna.ReasonNotRecovered, stanna.Resolved)
			s.n = 40
		},
	} {
		t.Run(name, func(t *testing.T) {
			open := func() *story {
				s := newStory(t, ruleOf(stanna.ChurnRisk, nil))
				s.chances(40, 75)
				close(t, s)
				return s
			}
			s := open()
			want(t, s.chances(75), stanna.ReasonKnownState, "")
			want(t, s.chances(84.99), stanna.ReasonKnownState, "")
			want(t, s.chances(60), stanna.ReasonBelowThreshold, "") // not half regained: still the same story
			want(t, s.chances(76), stanna.ReasonKnownState, "")
			want(t, s.chances(85), stanna.ReasonChurnLikely, stanna.Opened)
			s = open()
			want(t, s.chances(57), stanna.ReasonBelowThreshold, "") // cleared
			want(t, s.chances(71), stanna.ReasonChurnLikely, stanna.Opened)
			s = open()
			want(t, s.looks(70*days, stanna.ReasonFirstContact), "", "")
		})
	}
}

func TestChurnRiskUnstable(t *testing.T) {
	s := newStory(t, ruleOf(stanna.ChurnRisk, nil))
	s.chances(50, 75, 50, 75, 50, 75)
	if len(s.Alerts) != 3 || s.Alerts[1].Unstable || !s.Alerts[2].Unstable {
		t.Errorf("%d alerts, %+v", len(s.Alerts), s.last())
	}
}

// A late prediction changes nothing, and an explanation shows what was looked
// at.
func TestChurnRiskLateAndTrace(t *testing.T) {
	s := newStory(t, ruleOf(stanna.ChurnRisk, nil))
	s.comes(2*days, chance(40))
	got := s.takes(stanna.Signal{OccurredAt: start.Add(days), Fact: chance(99)}, start.Add(2*days))
	if got.became != stanna.Late || len(s.Alerts) != 0 {
		t.Errorf("%+v", got)
	}
	for _, c := range []struct {
		state stanna.State
		want  []rule.Value
	}{
		{stanna.State{}, []rule.Value{{Name: "churn", Value: "never predicted"}}},
		{s.State, []rule.Value{{Name: "churn", Value: "40"}}},
	} {
		if diff := cmp.Diff(c.want, measured(t, s.policy, c.state)); diff != "" {
			t.Error(diff)
		}
	}
	s.comes(3*days, chance(45))
	if diff := cmp.Diff([]rule.Value{{Name: "churn", Value: "45"}, {Name: "before", Value: "40"}}, measured(t, s.policy, s.State)); diff != "" {
		t.Error(diff)
	}
}

// measured is what an explanation of the policy's only rule shows beside its
// thresholds when every rule is asked anew.
func measured(t failer, p *rule.Policy, st stanna.State) []rule.Value {
	t.Helper()
	trace := &rule.Trace{}
	p.Tick(&rule.Subject{Client: stanna.Client{ID: "c1"}, State: &st, Now: start, Relook: stanna.ReasonFirstContact, Trace: trace}, nil)
	for _, step := range trace.Steps {
		if step.Name == "alert_type" {
			return step.Values[len(rule.EntryOf(p.Rules[0].Type).Thresholds):]
		}
	}
	t.Fatalf("the alert type was not asked: %+v", trace.Steps)
	return nil
}
