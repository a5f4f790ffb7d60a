package rule_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

func keyRule(thresholds map[string]float64) stanna.Rule {
	r := ruleOf(stanna.KeyAccountUpdate, thresholds)
	r.Filter.Only = []string{"c1"}
	return r
}

// healths come a day apart.
func (s *story) healths(scores ...float64) (t told) {
	s.Helper()
	for _, x := range scores {
		s.n++
		t = s.comes(time.Duration(s.n)*hour, stanna.HealthScored{Score: x, Factors: []stanna.Factor{{Name: "Usage"}}})
	}
	return t
}

func TestKeyAccountZones(t *testing.T) {
	const same, moved, first = stanna.ReasonSameAsBefore, stanna.ReasonZoneChanged, stanna.ReasonFirstValue
	for name, c := range map[string]struct {
		thresholds map[string]float64
		scores     []float64
		want       stanna.Reason
		was, is    string
		severity   stanna.Severity
	}{
		"the first score":           {nil, []float64{20}, first, "", "", ""},
		"within green":              {nil, []float64{90, 72}, same, "", "", ""},
		"green to yellow":           {nil, []float64{90, 68}, moved, "green", "yellow", stanna.Medium},
		"not beyond the border":     {nil, []float64{90, 68.01}, same, "", "", ""},
		"drifting over the border":  {nil, []float64{90, 69.5, 68.5, 67.9}, moved, "green", "yellow", stanna.Medium},
		"wavering about it":         {nil, []float64{90, 69, 71, 69, 71, 69}, same, "", "", ""},
		"wavering below it":         {nil, []float64{60, 71, 69, 72}, same, "", "", ""},
		"yellow to green":           {nil, []float64{60, 72.01}, moved, "yellow", "green", stanna.Info},
		"green to red":              {nil, []float64{90, 38}, moved, "green", "red", stanna.High},
		"green to nearly red":       {nil, []float64{90, 38.01}, moved, "green", "yellow", stanna.Medium},
		"yellow to red":             {nil, []float64{60, 38}, moved, "yellow", "red", stanna.High},
		"red to yellow":             {nil, []float64{20, 42.01}, moved, "red", "yellow", stanna.Info},
		"red to nearly yellow":      {nil, []float64{20, 42}, same, "", "", ""},
		"red to green":              {nil, []float64{20, 73}, moved, "red", "green", stanna.Info},
		"red to nearly green":       {nil, []float64{20, 72}, moved, "red", "yellow", stanna.Info},
		"never clear of the border": {nil, []float64{71, 69, 70, 71}, same, "", "", ""},
		"own margin":                {map[string]float64{"marginPoints": 0}, []float64{71, 70}, moved, "green", "yellow", stanna.Medium},
		"a wide margin":             {map[string]float64{"marginPoints": 20}, []float64{90, 51}, same, "", "", ""},
		"a wide margin, beyond":     {map[string]float64{"marginPoints": 20}, []float64{90, 50}, moved, "green", "yellow", stanna.Medium},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, keyRule(c.thresholds))
			last := len(c.scores) - 1
			if got := s.healths(c.scores[:last]...); got.event() != "" {
				t.Fatalf("told too early: %s", got.reason)
			}
			got := s.healths(c.scores[last])
			if c.severity == "" {
				want(t, got, c.want, "")
				return
			}
			want(t, got, c.want, stanna.Opened)
			e := s.last().Evidence
			if s.last().Severity != c.severity || e.Was != c.was || e.Is != c.is || e.Base != c.scores[last-1] || e.Value != c.scores[last] ||
				e.Trigger != moved || e.SignalID == "" || e.Source != "test" || len(e.Factors) != 1 {
				t.Errorf("%s, %+v", s.last().Severity, e)
			}
		})
	}
}

func TestKeyAccountStatus(t *testing.T) {
	status := func(word string) stanna.Fact { return stanna.AccountUpdated{Status: word, What: "the contract"} }
	s := newStory(t, keyRule(nil))
	want(t, s.facts(stanna.AccountUpdated{What: "a new address"}), stanna.ReasonSameAsBefore, "")
	want(t, s.facts(status("active")), stanna.ReasonSameAsBefore, "") // the first is no change
	want(t, s.facts(status("Active ")), stanna.ReasonSameAsBefore, "")
	want(t, s.facts(status("paused")), stanna.ReasonStatusChanged, stanna.Opened)
	if e := s.last().Evidence; s.last().Severity != stanna.Medium || e.Was != "Active " || e.Is != "paused" || e.Subject != "the contract" || e.SignalID == "" || e.Source != "test" {
		t.Errorf("%s, %+v", s.last().Severity, e)
	}
	want(t, s.facts(status("paused")), stanna.ReasonSameAsBefore, "")
	want(t, s.facts(stanna.AccountUpdated{What: "a new address"}), stanna.ReasonSameAsBefore, "")
}

// While one update stands, the next is told in its place; after a week it ends
// without a word, and what a person closed keeps nothing back.
func TestKeyAccountGoesOn(t *testing.T) {
	s := newStory(t, keyRule(nil))
	want(t, s.healths(90, 60), stanna.ReasonZoneChanged, stanna.Opened)
	want(t, s.healths(61), stanna.ReasonSameAsBefore, "")
	want(t, s.healths(71, 69), stanna.ReasonSameAsBefore, "")
	want(t, s.healths(30), stanna.ReasonZoneChanged, stanna.Worsened)
	if a := s.last(); a.Severity != stanna.High || a.Evidence.Was != "yellow" || a.Evidence.Is != "red" || len(s.Alerts) != 1 || a.Why != stanna.ReasonZoneChanged {
		t.Errorf("%+v", a)
	}
	want(t, s.healths(95), stanna.ReasonZoneChanged, stanna.Worsened) // news as well, though good
	if a := s.last(); a.Severity != stanna.Info || a.Evidence.Is != "green" {
		t.Errorf("%+v", a)
	}
	s.comes(2*days, stanna.AccountUpdated{Status: "active"})
	want(t, s.comes(3*days, stanna.AccountUpdated{Status: "paused"}), stanna.ReasonStatusChanged, stanna.Worsened)
	if e := s.last().Evidence; e.Was != "active" || e.Value != 0 || len(e.Factors) != 0 {
		t.Errorf("%+v", e)
	}
	if due := s.last().OpenedAt.Add(7 * days); !s.State.Due.Equal(due) {
		t.Errorf("looked at again %v, want %v", s.State.Due, due)
	}
	got := s.tick(s.State.Due, "")
	if want(t, got, stanna.ReasonEventOver, stanna.Resolved); !got.changes[0].Quiet || !s.State.Due.IsZero() {
		t.Errorf("%+v, due %v", got.changes, s.State.Due)
	}
	want(t, s.comes(12*days, stanna.HealthScored{Score: 20}), stanna.ReasonZoneChanged, stanna.Opened)
	s.closes(13*days, "rule_key_account_update", stanna.AlreadyKnown)
	want(t, s.comes(14*days, stanna.HealthScored{Score: 90}), stanna.ReasonZoneChanged, stanna.Opened)
	if s.last().Unstable {
		t.Error("events are not unstable")
	}
}

// The next update is told only if the rule still is about the account and its
// condition holds; and in the rule's own severity.
func TestKeyAccountNextUpdate(t *testing.T) {
	r := keyRule(nil)
	r.Filter = stanna.Filter{Tags: []string{"vip"}}
	r.Condition, r.SeverityAs = "client.mrr > 100", `state.health < 50 ? "critical" : "low"`
	s := newStory(t, r)
	want(t, s.healths(90, 60), stanna.ReasonNoTag, "")
	s.Client.Tags, s.Client.MRR = []string{"VIP"}, usd(200)
	want(t, s.healths(90), stanna.ReasonZoneChanged, stanna.Opened)
	if s.last().Severity != stanna.Low {
		t.Error(s.last().Severity)
	}
	s.Client.MRR = usd(50)
	want(t, s.healths(60), stanna.ReasonConditionNot, "")
	s.Client.MRR, s.Client.Tags = usd(200), nil
	want(t, s.healths(90), stanna.ReasonNoTag, "")
	s.Client.Tags = []string{"vip"}
	want(t, s.healths(20), stanna.ReasonZoneChanged, stanna.Worsened)
	if s.last().Severity != stanna.Critical {
		t.Error(s.last().Severity)
	}
	want(t, s.healths(90), stanna.ReasonZoneChanged, stanna.Worsened)
	if s.last().Severity != stanna.Low {
		t.Error(s.last().Severity)
	}
}

// A movement of MRR is told: what is lost asks for action, what is won is good
// to know. A change that names no movement says nothing.
func TestKeyAccountMRR(t *testing.T) {
	moved := func(m stanna.MRRMovement, before, after float64) stanna.Fact {
		return stanna.SubscriptionChanged{Movement: m, Before: before, MRR: after, Plan: "Gold"}
	}
	for movement, severity := range map[stanna.MRRMovement]stanna.Severity{stanna.MRRNew: stanna.Info, stanna.MRRExpansion: stanna.Info, stanna.MRRContraction: stanna.Medium,
		stanna.MRRChurn: stanna.High, stanna.MRRReactivation: stanna.Info} {
		s := storyIn(t, stanna.Settings{Currency: "EUR"}, keyRule(nil))
		want(t, s.facts(moved(movement, 500, 300)), stanna.ReasonMRRMoved, stanna.Opened)
		e := s.last().Evidence
		if s.last().Severity != severity || e.Base != 500 || e.Value != 300 || e.Subscription == nil || *e.Subscription != s.State.Subscription ||
			e.Subscription.MRR != stanna.MoneyOf(300, "EUR") || e.SignalID == "" || e.Source != "test" {
			t.Errorf("%s: %s, %+v", movement, s.last().Severity, e)
		}
	}
	s := newStory(t, keyRule(nil))
	want(t, s.takes(stanna.Signal{Type: stanna.SubscriptionChangedType, OccurredAt: start}, start), stanna.ReasonSameAsBefore, "")
	want(t, s.facts(moved(stanna.MRRContraction, 500, 300)), stanna.ReasonMRRMoved, stanna.Opened)
	want(t, s.facts(moved(stanna.MRRChurn, 300, 0)), stanna.ReasonMRRMoved, stanna.Worsened)
	if got := s.takes(stanna.Signal{OccurredAt: s.now.Add(-hour), Fact: moved(stanna.MRRNew, 0, 500)}, s.now); got.became != stanna.Late || s.State.Subscription.Movement != stanna.MRRChurn {
		t.Errorf("an older movement became %s: %+v", got.became, s.State.Subscription)
	}
	values := []rule.Value{{Name: "movement", Value: "churn"}, {Name: "mrrBefore", Value: "300.00 USD"}, {Name: "mrrAfter", Value: "0.00 USD"}}
	if diff := cmp.Diff(values, measured(t, s.policy, s.State)); diff != "" {
		t.Error(diff)
	}
}

// It must say which accounts; what stands when the rule begins is no update.
func TestKeyAccountCheck(t *testing.T) {
	wantField(t, rule.Check(ruleOf(stanna.KeyAccountUpdate, nil)), "filter.only")
	tagged := ruleOf(stanna.KeyAccountUpdate, nil)
	tagged.Filter.Tags = []string{"vip"}
	wantField(t, rule.Check(tagged), "")
	s := newStory(t)
	s.healths(90, 20)
	s.rules(stanna.Settings{}, keyRule(nil))
	want(t, s.looks(days, stanna.ReasonFirstContact), "", "")
	if diff := cmp.Diff([]rule.Value{{Name: "health", Value: "20"}, {Name: "zone", Value: "red"}, {Name: "zoneBefore", Value: "green"}}, measured(t, s.policy, s.State)); diff != "" {
		t.Error(diff)
	}
}

// However a score moves: what is told as the zone before is what was told as
// the zone then, and a zone is told only when the score has left the other by
// the margin.
func TestKeyAccountProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStory(t, keyRule(nil))
		last := ""
		for _, tenth := range rapid.SliceOfN(rapid.IntRange(300, 800), 1, 80).Draw(t, "scores") {
			score := float64(tenth) / 10
			got := s.healths(score)
			if got.event() == "" {
				continue
			}
			e := s.last().Evidence
			if last != "" && e.Was != last || e.Was == e.Is {
				t.Fatalf("%q to %q after %q", e.Was, e.Is, last)
			}
			if e.Is == "red" && score > 38 || e.Is == "green" && score <= 72 || e.Is == "yellow" && (score <= 38 || score > 72) {
				t.Fatalf("%g is told as %s", score, e.Is)
			}
			last = e.Is
		}
	})
}
