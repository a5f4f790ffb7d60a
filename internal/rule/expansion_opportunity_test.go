package rule_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

const (
	filled = stanna.ReasonLimitFilled
	grows  = stanna.ReasonGrowing
	noMore = stanna.ReasonNoLongerGrowing
)

func expansionRule(thresholds map[string]float64) stanna.Rule {
	return ruleOf(stanna.ExpansionOpportunity, thresholds)
}

// seats are so many of a hundred.
func seats(used float64) stanna.UsageMeasured {
	return stanna.UsageMeasured{Name: "seats", Used: used, Limit: 100}
}

// well is a client whose health is known and yellow, with forty seats used.
func well(t failer, r stanna.Rule) *story {
	t.Helper()
	s := newStory(t, r)
	s.comes(0, stanna.HealthScored{Score: 60})
	s.comes(0, seats(40))
	return s
}

func TestExpansionLimit(t *testing.T) {
	s := well(t, expansionRule(nil))
	want(t, s.comes(1*days, seats(79)), stanna.ReasonBelowThreshold, "")
	if !s.State.Due.IsZero() {
		t.Errorf("looked at again %v", s.State.Due)
	}
	want(t, s.comes(2*days, seats(80)), stanna.ReasonTooSoon, "")
	want(t, s.comes(3*days, seats(79)), stanna.ReasonBelowThreshold, "") // it begins anew
	want(t, s.comes(4*days, seats(85)), stanna.ReasonTooSoon, "")
	due := start.Add(18 * days)
	if !s.State.Due.Equal(due) {
		t.Fatalf("looked at again %v, want %v", s.State.Due, due)
	}
	want(t, s.tick(due.Add(-time.Second), ""), "", "")
	got := s.tick(due, "")
	want(t, got, filled, stanna.Opened)
	a := s.last()
	if diff := cmp.Diff(stanna.Evidence{Trigger: filled, Base: 80, Subject: "seats", Limit: 100, Since: start.Add(4 * days), Opened: 85, Value: 85, ValueAt: start.Add(4 * days),
		Worst: 85, Told: 85, Source: "test"}, a.Evidence); diff != "" || a.Severity != stanna.Low || got.changes[0].Gather != "" {
		t.Errorf("%s %s", a.Severity, diff)
	}
	want(t, s.comes(19*days, seats(90)), stanna.ReasonStillOpen, "")
	want(t, s.comes(20*days, seats(100)), filled, stanna.Worsened) // used up: told again
	if a := s.last(); a.Severity != stanna.Medium || a.Evidence.Value != 100 || a.Evidence.Since != start.Add(4*days) {
		t.Errorf("%+v", a)
	}
	want(t, s.comes(21*days, seats(101)), stanna.ReasonStillOpen, "")
	want(t, s.comes(22*days, seats(70)), stanna.ReasonStillOpen, "")
	if e := s.last().Evidence; e.Value != 70 || e.Worst != 101 {
		t.Errorf("%+v", e)
	}
	want(t, s.passes(80*days), "", "") // good news is not closed by time
	want(t, s.comes(81*days, seats(69.9)), noMore, stanna.Resolved)
}

// Of several limits the one that is due first is waited for.
func TestExpansionDue(t *testing.T) {
	s := well(t, expansionRule(nil))
	s.comes(days, stanna.UsageMeasured{Name: "a", Used: 10, Limit: 100})
	s.comes(days, stanna.UsageMeasured{Name: "b", Used: 10, Limit: 100})
	limit := func(day int, name string, used float64) {
		t.Helper()
		want(t, s.comes(time.Duration(day)*days, stanna.UsageMeasured{Name: name, Used: used, Limit: 100}), stanna.ReasonTooSoon, "")
		if due := start.Add(16 * days); !s.State.Due.Equal(due) {
			t.Fatalf("%s: looked at again %v, want %v", name, s.State.Due, due)
		}
	}
	limit(2, "a", 85)
	limit(3, "b", 85)
	limit(3, "c", 10)
	want(t, s.tick(s.State.Due, ""), filled, stanna.Opened)
	if due := start.Add(17 * days); !s.State.Due.Equal(due) {
		t.Errorf("looked at again %v, want %v", s.State.Due, due)
	}
	want(t, s.tick(s.State.Due, ""), "", "") // one is told; the other is no more than it
	if !s.State.Due.IsZero() {
		t.Errorf("looked at again %v", s.State.Due)
	}
}

func TestExpansionFull(t *testing.T) {
	s := well(t, expansionRule(nil))
	want(t, s.comes(1*days, seats(99)), stanna.ReasonTooSoon, "")
	want(t, s.comes(2*days, seats(100)), filled, stanna.Opened) // at once
	if s.last().Severity != stanna.Medium || s.last().Evidence.SignalID == "" {
		t.Errorf("%+v", s.last())
	}
	want(t, s.comes(3*days, seats(99)), stanna.ReasonStillOpen, "")
	want(t, s.comes(4*days, seats(100)), stanna.ReasonStillOpen, "") // known
	// More seats were sold: that is what it was about.
	want(t, s.comes(5*days, stanna.UsageMeasured{Name: "seats", Used: 100, Limit: 130}), noMore, stanna.Resolved)
	if e := s.last().Evidence; e.Limit != 130 {
		t.Errorf("%+v", e)
	}
	s = well(t, expansionRule(nil))
	s.comes(2*days, seats(110))
	want(t, s.comes(3*days, stanna.UsageMeasured{Name: "seats", Used: 110, Limit: 120}), stanna.ReasonStillOpen, "") // not enough
}

func TestExpansionLimitTable(t *testing.T) {
	const ok, no = filled, stanna.AlertEvent("")
	for name, c := range map[string]struct {
		thresholds map[string]float64
		health     float64 // off: never measured
		used       []stanna.UsageMeasured
		wait       time.Duration
		want       stanna.Reason
		event      stanna.AlertEvent
		subject    string
	}{
		"health unknown":      {nil, off, []stanna.UsageMeasured{seats(40), seats(100)}, 0, stanna.ReasonHealthPoor, no, ""},
		"red":                 {nil, 40, []stanna.UsageMeasured{seats(40), seats(100)}, 0, stanna.ReasonHealthPoor, no, ""},
		"barely yellow":       {nil, 40.1, []stanna.UsageMeasured{seats(40), seats(100)}, 0, ok, stanna.Opened, "seats"},
		"no usage":            {nil, 80, nil, 0, stanna.ReasonFirstValue, no, ""},
		"a limit of 0.5":      {nil, 80, []stanna.UsageMeasured{{Name: "disk", Used: .1, Limit: .5}, {Name: "disk", Used: .5, Limit: .5}}, 0, ok, stanna.Opened, "disk"},
		"without a name":      {nil, 80, []stanna.UsageMeasured{{Used: 4, Limit: 10}, {Used: 10, Limit: 10}}, 0, ok, stanna.Opened, ""},
		"own percent":         {map[string]float64{"limitPercent": 95, "limitDays": 0}, 80, []stanna.UsageMeasured{seats(40), seats(94.9)}, 0, stanna.ReasonBelowThreshold, no, ""},
		"own percent, filled": {map[string]float64{"limitPercent": 95, "limitDays": 0}, 80, []stanna.UsageMeasured{seats(40), seats(95)}, 0, ok, stanna.Opened, "seats"},
		"the fullest of two": {nil, 80, []stanna.UsageMeasured{seats(40), {Name: "calls", Used: 10, Limit: 1000}, seats(100), {Name: "calls", Used: 1200, Limit: 1000}},
			0, stanna.ReasonLimitFilled, stanna.Worsened, "calls"},
		"own days":            {map[string]float64{"limitDays": 3}, 80, []stanna.UsageMeasured{seats(40), seats(80)}, 3 * days, ok, stanna.Opened, "seats"},
		"own days, too short": {map[string]float64{"limitDays": 3}, 80, []stanna.UsageMeasured{seats(40), seats(80)}, 3*days - time.Second, "", no, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, expansionRule(c.thresholds))
			var got told
			if c.health != off {
				got = s.comes(0, stanna.HealthScored{Score: c.health})
			}
			for i, u := range c.used {
				got = s.comes(time.Duration(i)*time.Hour, u)
			}
			if c.wait > 0 {
				got = s.tick(s.now.Add(c.wait), "")
			}
			want(t, got, c.want, c.event)
			if c.event != "" && s.last().Evidence.Subject != c.subject {
				t.Errorf("%+v", s.last().Evidence)
			}
		})
	}
}

// grown is a green client whose engagement has risen a good deal.
func grown(t failer, r stanna.Rule, rise float64) *story {
	t.Helper()
	s := newStory(t, r)
	for i, v := range []float64{100, 100, 100, 100 + rise} {
		s.comes(time.Duration(7*i)*days, stanna.EngagementMeasured{Value: v})
	}
	return s
}

func TestExpansionGrowing(t *testing.T) {
	for name, c := range map[string]struct {
		thresholds map[string]float64
		rise       float64
		scores     []float64 // on day 22 and after
		want       stanna.Reason
	}{
		"grows":                  {nil, 15, []float64{70, 80}, grows},
		"in two steps":           {nil, 15, []float64{70, 75, 80}, grows},
		"not enough":             {nil, 15, []float64{71, 80.9}, stanna.ReasonBelowThreshold},
		"yellow":                 {nil, 15, []float64{50, 70}, stanna.ReasonHealthPoor},
		"own level":              {map[string]float64{"health": 70}, 15, []float64{50, 70}, grows},
		"below its own level":    {map[string]float64{"health": 90}, 15, []float64{70, 89}, stanna.ReasonHealthPoor},
		"first score":            {nil, 15, []float64{90}, stanna.ReasonFirstValue},
		"engagement as usual":    {nil, 14.9, []float64{70, 80}, stanna.ReasonBelowThreshold},
		"own engagement":         {map[string]float64{"engagementPercent": 0}, 0, []float64{70, 80}, grows},
		"engagement of too few":  {map[string]float64{"minVolume": 101}, 50, []float64{70, 80}, stanna.ReasonTooSmall},
		"too few weeks":          {nil, off, []float64{70, 80}, stanna.ReasonTooLittleData},
		"engagement unknown":     {nil, -2, []float64{70, 80}, stanna.ReasonNotMeasured},
		"switched off":           {map[string]float64{"risePoints": 0}, 15, []float64{70, 99}, stanna.ReasonBelowThreshold},
		"it rose and fell again": {nil, 15, []float64{60, 65, 75, 61, 72}, grows}, // 60 to 72
	} {
		t.Run(name, func(t *testing.T) {
			s := grown(t, expansionRule(c.thresholds), max(c.rise, 0))
			if c.rise < 0 {
				s = newStory(t, expansionRule(c.thresholds))
				if c.rise == off {
					s.comes(0, stanna.EngagementMeasured{Value: 100})
				}
			}
			var got told
			for i, v := range c.scores {
				got = s.comes(time.Duration(22+i)*days, stanna.HealthScored{Score: v, Factors: []stanna.Factor{{Name: "Usage"}}})
				if got.event() != "" {
					break
				}
			}
			if c.want != grows {
				want(t, got, c.want, "")
				return
			}
			want(t, got, grows, stanna.Opened)
			e := s.last().Evidence
			if s.last().Severity != stanna.Info || e.Base != c.scores[0] || e.Above != c.rise || e.Trigger != grows || e.Told != e.Value || len(e.Factors) != 1 || e.Limit != 0 || !e.FirstSeen {
				t.Errorf("%+v", s.last())
			}
		})
	}
	// The engagement may come last as well, but a part of a week says nothing.
	s := grown(t, expansionRule(nil), 0)
	s.comes(22*days, stanna.HealthScored{Score: 70})
	s.comes(23*days, stanna.HealthScored{Score: 80})
	part := stanna.EngagementMeasured{Value: 500, PeriodEnd: start.Add(28 * days)}
	want(t, s.comes(27*days, part), stanna.ReasonUnfinished, "")
	part.Value = 116
	want(t, s.comes(28*days, part), grows, stanna.Opened)
}

func TestExpansionGrowthGoesOn(t *testing.T) {
	opened := func(from, to float64) *story {
		s := grown(t, expansionRule(nil), 30)
		s.comes(22*days, stanna.HealthScored{Score: from})
		want(t, s.comes(23*days, stanna.HealthScored{Score: to}), grows, stanna.Opened)
		return s
	}
	s := opened(70, 90)
	want(t, s.comes(24*days, stanna.HealthScored{Score: 95}), stanna.ReasonStillOpen, "")
	want(t, s.comes(25*days, stanna.HealthScored{Score: 82.5}), stanna.ReasonStillOpen, "")
	want(t, s.comes(90*days, stanna.HealthScored{Score: 90}), stanna.ReasonStillOpen, "") // the window moved on: it still stands
	want(t, s.comes(91*days, stanna.HealthScored{Score: 82.4}), noMore, stanna.Resolved)  // half of 70 to 95 is lost
	s = opened(20, 80)
	want(t, s.comes(24*days, stanna.HealthScored{Score: 65.1}), stanna.ReasonStillOpen, "")
	want(t, s.comes(25*days, stanna.HealthScored{Score: 65}), noMore, stanna.Resolved) // not green, by five points
	s = grown(t, expansionRule(map[string]float64{"health": 60}), 30)
	s.comes(22*days, stanna.HealthScored{Score: 20})
	want(t, s.comes(23*days, stanna.HealthScored{Score: 80}), grows, stanna.Opened)
	want(t, s.comes(24*days, stanna.HealthScored{Score: 55}), stanna.ReasonStillOpen, "")
	want(t, s.comes(25*days, stanna.HealthScored{Score: 54.9}), noMore, stanna.Resolved)
	// A limit that is filled meanwhile is told in its place.
	s = opened(70, 90)
	s.comes(24*days, seats(10))
	s.comes(25*days, seats(80))
	want(t, s.passes(39*days), filled, stanna.Worsened)
	if a := s.last(); a.Severity != stanna.Low || a.Evidence.Subject != "seats" || a.Evidence.Above != 0 || len(s.Alerts) != 1 {
		t.Errorf("%+v", a)
	}
	want(t, s.comes(40*days, stanna.HealthScored{Score: 71}), stanna.ReasonStillOpen, "") // it is about the seats now
}

// Nobody sells to a client at risk, and what was told is not told again when
// the risk is over.
func TestExpansionAndRisk(t *testing.T) {
	s := well(t, expansionRule(nil))
	s.rules(stanna.Settings{}, expansionRule(nil), healthRule(nil))
	want(t, s.comes(days, seats(100)), filled, stanna.Opened)
	got := s.comes(2*days, stanna.HealthScored{Score: 44}) // 16 points, yellow
	events := got.events()
	if len(events) != 2 || events[1].Event != stanna.Resolved || events[1].Reason != stanna.ReasonRiskOpened {
		t.Fatalf("%+v", events)
	}
	want(t, s.comes(3*days, seats(120)), stanna.ReasonRiskOpen, "")
	s.comes(4*days, stanna.HealthScored{Score: 60})
	want(t, s.comes(5*days, seats(130)), stanna.ReasonAlreadyTold, "")
	s.comes(6*days, seats(79))
	want(t, s.comes(7*days, seats(100)), filled, stanna.Opened) // another time

	s = well(t, expansionRule(nil))
	s.comes(days, seats(100))
	want(t, s.comes(2*days, stanna.HealthScored{Score: 40}), noMore, stanna.Resolved) // without a rule for health
}

func TestExpansionFirstContactAndRelook(t *testing.T) {
	s := newStory(t, expansionRule(nil))
	s.comes(0, stanna.HealthScored{Score: 80})
	got := s.comes(0, seats(100)) // the first that is ever heard
	if want(t, got, stanna.ReasonFirstContact, stanna.Opened); got.changes[0].Gather != stanna.ReasonFirstContact {
		t.Errorf("%+v", got.changes)
	}
	s = newStory(t, expansionRule(nil))
	s.comes(0, stanna.HealthScored{Score: 80})
	s.comes(0, seats(85))
	want(t, s.passes(14*days), stanna.ReasonFirstContact, stanna.Opened)

	s = newStory(t)
	for i, v := range []float64{40, 85} {
		s.comes(time.Duration(i)*days, stanna.HealthScored{Score: 80})
		s.comes(time.Duration(i)*days, seats(v))
	}
	s.rules(stanna.Settings{}, expansionRule(nil))
	want(t, s.looks(10*days, stanna.ReasonFirstContact), "", "")
	want(t, s.tick(s.State.Due, ""), filled, stanna.Opened)
	s = grown(t, expansionRule(nil), 50)
	s.rules(stanna.Settings{})
	s.comes(22*days, stanna.HealthScored{Score: 60})
	s.comes(23*days, stanna.HealthScored{Score: 80})
	s.rules(stanna.Settings{}, expansionRule(nil))
	want(t, s.passes(24*days), "", "") // time alone brings no growth
	got = s.looks(25*days, stanna.ReasonFirstContact)
	if want(t, got, stanna.ReasonFirstContact, stanna.Opened); s.last().Evidence.Trigger != grows {
		t.Errorf("%+v", got.changes)
	}
	want(t, s.comes(26*days, stanna.UsageMeasured{Used: 1, Limit: 10}), stanna.ReasonStillOpen, "")
}

func TestExpansionKnown(t *testing.T) {
	s := well(t, expansionRule(nil))
	s.comes(days, seats(85))
	want(t, s.passes(15*days), filled, stanna.Opened)
	s.closes(16*days, "rule_expansion_opportunity", stanna.AlreadyKnown)
	want(t, s.comes(17*days, seats(95)), stanna.ReasonAlreadyTold, "")
	want(t, s.comes(18*days, seats(100)), filled, stanna.Opened) // used up is more
	s.closes(19*days, "rule_expansion_opportunity", stanna.AlreadyKnown)
	want(t, s.comes(20*days, seats(99)), stanna.ReasonAlreadyTold, "") // and not less
	want(t, s.comes(21*days, seats(100)), stanna.ReasonAlreadyTold, "")
	s.comes(22*days, stanna.UsageMeasured{Name: "calls", Used: 1, Limit: 10})
	want(t, s.comes(23*days, stanna.UsageMeasured{Name: "calls", Used: 12, Limit: 10}), filled, stanna.Opened) // another limit

	s = grown(t, expansionRule(nil), 30)
	s.comes(22*days, stanna.HealthScored{Score: 70})
	s.comes(23*days, stanna.HealthScored{Score: 90})
	s.closes(24*days, "rule_expansion_opportunity", stanna.Noise)
	want(t, s.comes(25*days, stanna.HealthScored{Score: 95}), stanna.ReasonKnownState, "")
	s.comes(60*days, stanna.HealthScored{Score: 75}) // over
	want(t, s.comes(92*days, stanna.HealthScored{Score: 90}), grows, stanna.Opened)
}

func TestExpansionCheckAndFilter(t *testing.T) {
	for v, bad := range map[float64]string{50: "", 75: "", 100: "", 55: "thresholds.limitPercent", 80.5: "thresholds.limitPercent"} {
		wantField(t, rule.Check(expansionRule(map[string]float64{"limitPercent": v})), bad)
	}
	r := expansionRule(nil)
	r.Filter.MinMRR = 500
	s := well(t, r)
	want(t, s.comes(days, seats(100)), stanna.ReasonMRRUnknown, "")
	s.Client.MRR = usd(500)
	want(t, s.comes(2*days, seats(100)), filled, stanna.Opened)
	r.SeverityAs = `"high"`
	s = newStory(t, r)
	s.Client.MRR = usd(500)
	for i, used := range []float64{40, 85, 100} {
		s.comes(time.Duration(i)*days, stanna.HealthScored{Score: 60})
		s.comes(time.Duration(i)*20*days, seats(used))
		s.tick(s.now.Add(15*days), "")
	}
	if a := s.last(); a.Severity != stanna.High || a.Evidence.Value != 100 || a.Evidence.Told != 100 {
		t.Errorf("%+v", a)
	}
	if diff := cmp.Diff([]rule.Value{{Name: "healthRose", Value: "0"}, {Name: "health", Value: "60"}, {Name: "used.seats", Value: "40 percent"}},
		measured(t, well(t, expansionRule(nil)).policy, well(t, expansionRule(nil)).State)); diff != "" {
		t.Error(diff)
	}
}

// Whatever is used: an episode of a limit is told at most twice, nearly used
// up and used up, and nothing that stands open is below the line.
func TestExpansionProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := well(t, expansionRule(nil))
		opened := map[string]int{}
		for n := range rapid.IntRange(1, 60).Draw(t, "days") {
			f := stanna.Fact(stanna.UsageMeasured{Name: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name"), Limit: rapid.SampledFrom([]float64{100, 100, 120}).Draw(t, "limit"),
				Used: rapid.SampledFrom([]float64{10, 65, 75, 81, 90, 99, 100, 110}).Draw(t, "used")})
			if rapid.IntRange(0, 9).Draw(t, "health") == 0 {
				f = stanna.HealthScored{Score: rapid.Float64Range(30, 100).Draw(t, "score")}
			}
			for !s.State.Due.IsZero() && s.State.Due.Before(start.Add(time.Duration(n)*2*days)) {
				s.tick(s.State.Due, "")
			}
			got := s.comes(time.Duration(n)*2*days, f)
			for _, c := range got.events() {
				e := c.Alert.Evidence
				if c.Event == stanna.Resolved || e.Trigger != filled {
					continue
				}
				key := fmt.Sprint(e.Subject, e.Since, e.Value >= e.Limit)
				if opened[key]++; opened[key] > 1 || e.Value < .8*e.Limit {
					t.Fatalf("told %d times: %+v", opened[key], e)
				}
			}
			for _, a := range s.Alerts {
				if e := a.Evidence; a.Open() && e.Trigger == filled && e.Value < .7*e.Limit {
					t.Fatalf("still open: %+v", e)
				}
			}
		}
	})
}
