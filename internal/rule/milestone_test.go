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
	yearly  = stanna.ReasonAnniversary
	reached = stanna.ReasonGoalReached
)

func milestoneRule(thresholds map[string]float64) stanna.Rule {
	return ruleOf(stanna.Milestone, thresholds)
}

func goalOf(name string) stanna.Fact { return stanna.MilestoneReached{Name: name} }

// since is a client that came at a time, in a zone.
func since(t failer, zone, came string, rules ...stanna.Rule) *story {
	t.Helper()
	s := storyIn(t, stanna.Settings{Timezone: zone}, rules...)
	s.Client.CreatedAt = at(came)
	s.tick(at(came).Add(time.Hour), stanna.ReasonFirstContact)
	return s
}

// Each year at the beginning of the local date on which the client came.
func TestAnniversaries(t *testing.T) {
	for name, c := range map[string]struct {
		zone, came string
		dates      []string
		due        []string
	}{
		"plain":                {"UTC", "2023-11-23T15:00:00Z", []string{"2024-11-23", "2025-11-23"}, []string{"2024-11-23T00:00:00Z", "2025-11-23T00:00:00Z"}},
		"another date there":   {"Asia/Tokyo", "2023-11-23T16:00:00Z", []string{"2024-11-24"}, []string{"2024-11-23T15:00:00Z"}},
		"over New Year":        {"America/New_York", "2024-01-01T02:00:00Z", []string{"2024-12-31"}, []string{"2024-12-31T05:00:00Z"}},
		"summer time":          {"Europe/London", "2023-06-10T10:00:00Z", []string{"2024-06-10"}, []string{"2024-06-09T23:00:00Z"}},
		"over midnight, Cairo": {"Africa/Cairo", "2025-04-24T10:00:00Z", []string{"2026-04-24"}, []string{"2026-04-23T22:00:00Z"}},
		"29 February": {"UTC", "2024-02-29T10:00:00Z", []string{"2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"},
			[]string{"2025-02-28T00:00:00Z", "2026-02-28T00:00:00Z", "2027-02-28T00:00:00Z", "2028-02-29T00:00:00Z"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := since(t, c.zone, c.came, milestoneRule(nil))
			for i, due := range c.due {
				if !s.State.Due.Equal(at(due)) {
					t.Fatalf("due %v, want %s", s.State.Due, due)
				}
				want(t, s.tick(at(due).Add(-time.Second), ""), "", "")
				got := s.tick(at(due), "")
				want(t, got, yearly, stanna.Opened)
				a := s.last()
				if e := a.Evidence; a.Severity != stanna.Info || e.Value != float64(i+1) || e.Date != c.dates[i] || e.Trigger != yearly || e.Subject != "" || got.changes[0].Gather != "" {
					t.Errorf("%+v", a)
				}
				want(t, s.tick(at(due).Add(25*time.Hour), stanna.ReasonFirstContact), "", "")
				got = s.tick(s.State.Due, "")
				if want(t, got, stanna.ReasonEventOver, stanna.Resolved); !got.changes[0].Quiet {
					t.Error("its end is told")
				}
			}
		})
	}
}

func TestAnniversaryNot(t *testing.T) {
	for name, c := range map[string]struct {
		own    map[string]float64
		came   string
		now    string
		want   stanna.Reason // of the alert; "": none
		gather stanna.Reason
	}{
		"the day itself":     {nil, "2025-11-23T15:00:00Z", "2026-11-23T08:00:00Z", yearly, ""},
		"three days late":    {nil, "2025-11-23T15:00:00Z", "2026-11-26T23:59:59Z", yearly, ""},
		"four days late":     {nil, "2025-11-23T15:00:00Z", "2026-11-27T00:00:00Z", "", ""},
		"no grace":           {map[string]float64{"graceDays": 0}, "2025-11-23T15:00:00Z", "2026-11-24T00:00:00Z", "", ""},
		"late over New Year": {nil, "2024-12-30T15:00:00Z", "2026-01-02T00:00:00Z", yearly, ""},
		"it came today":      {nil, "2026-11-23T01:00:00Z", "2026-11-23T08:00:00Z", "", ""},
		"switched off":       {map[string]float64{"years": 0}, "2025-11-23T15:00:00Z", "2026-11-23T08:00:00Z", "", ""},
		"not known":          {nil, "0001-01-01T00:00:00Z", "2026-11-23T08:00:00Z", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, milestoneRule(c.own))
			s.Client.CreatedAt = at(c.came)
			event := stanna.AlertEvent("")
			if c.want != "" {
				event = stanna.Opened
			}
			want(t, s.tick(at(c.now), ""), c.want, event)
		})
	}
	s := newStory(t, milestoneRule(map[string]float64{"years": 0}))
	s.Client.CreatedAt = start
	if s.passes(0); !s.State.Due.IsZero() {
		t.Errorf("due %v", s.State.Due)
	}
	r := milestoneRule(nil)
	r.ActiveSince = at("2026-11-23T06:00:00Z") // after the day began: no news
	s = newStory(t, r)
	s.Client.CreatedAt = at("2025-11-23T15:00:00Z")
	if got := s.tick(at("2026-11-23T08:00:00Z"), stanna.ReasonFirstContact); got.event() != stanna.Opened || got.changes[0].Gather != stanna.ReasonFirstContact {
		t.Errorf("%+v", got.changes)
	}
}

func TestGoals(t *testing.T) {
	s := newStory(t, milestoneRule(nil))
	want(t, s.comes(0, goalOf(" 1,000 projects ")), reached, stanna.Opened)
	a := s.last()
	if diff := cmp.Diff(stanna.Evidence{Trigger: reached, Subject: "1,000 projects", ValueAt: start, SignalID: a.Evidence.SignalID, Source: "test"}, a.Evidence); diff != "" ||
		a.Severity != stanna.Info || a.Evidence.SignalID == "" {
		t.Errorf("%s %s", a.Severity, diff)
	}
	want(t, s.comes(days, goalOf("1,000 Projects")), stanna.ReasonAlreadyTold, "")
	want(t, s.comes(2*days, goalOf("2,000 projects")), reached, stanna.Worsened) // the next is told in its place
	if s.last().Evidence.Subject != "2,000 projects" || len(s.Alerts) != 1 {
		t.Errorf("%+v", s.last())
	}
	want(t, s.comes(3*days, goalOf("1,000 projects")), stanna.ReasonAlreadyTold, "")
	want(t, s.tick(s.State.Due, ""), stanna.ReasonEventOver, stanna.Resolved)
	want(t, s.comes(300*days, goalOf("1,000 projects")), stanna.ReasonAlreadyTold, "")
	want(t, s.comes(365*days, goalOf("1,000 projects")), reached, stanna.Opened) // another year
	if n := len(s.State.Memory["rule_milestone"].Told); n != 2 {
		t.Errorf("%d are remembered: %v", n, s.State.Memory)
	}
	s.closes(366*days, "rule_milestone", stanna.AlreadyKnown)
	want(t, s.comes(367*days, goalOf("3,000 projects")), reached, stanna.Opened)
	if s.last().Unstable {
		t.Error("events are unstable")
	}
	long := fmt.Sprintf("%0200d", 1)
	want(t, s.comes(368*days, goalOf(long)), reached, stanna.Worsened)
	if s.last().Evidence.Subject != long {
		t.Error("the name was cut")
	}
}

// A goal and an anniversary in one week.
func TestGoalBesideAnniversary(t *testing.T) {
	s := since(t, "UTC", "2025-11-05T10:00:00Z", milestoneRule(nil))
	want(t, s.comes(0, goalOf("1,000 projects")), reached, stanna.Opened)
	want(t, s.tick(at("2026-11-05T00:00:00Z"), ""), yearly, stanna.Worsened)
	want(t, s.tick(at("2026-11-06T00:00:00Z"), ""), "", "")
	if s.last().Evidence.Subject != "" || s.last().Evidence.Value != 1 {
		t.Errorf("%+v", s.last().Evidence)
	}
	want(t, s.comes(5*days, goalOf("1,000 projects")), stanna.ReasonAlreadyTold, "")
}

// Nobody is congratulated while something is wrong, nor when it is over.
func TestMilestoneAndRisk(t *testing.T) {
	both := []stanna.Rule{milestoneRule(nil), healthRule(nil)}
	day := at("2026-11-05T00:00:00Z")
	fallen := func() *story {
		s := since(t, "UTC", "2025-11-05T10:00:00Z", both...)
		s.comes(0, stanna.HealthScored{Score: 80})
		want(t, s.comes(days, stanna.HealthScored{Score: 60}), stanna.ReasonFellFar, stanna.Opened)
		return s
	}
	s := fallen()
	want(t, s.comes(days, goalOf("1,000 projects")), stanna.ReasonRiskOpen, "")
	want(t, s.tick(day, ""), "", "")
	want(t, s.comes(3*days+time.Hour, stanna.HealthScored{Score: 80}), stanna.ReasonRecovered, stanna.Resolved)
	want(t, s.comes(3*days+2*time.Hour, goalOf("1,000 projects")), stanna.ReasonAlreadyTold, "")
	want(t, s.tick(day.Add(20*time.Hour), ""), "", "")
	want(t, s.tick(day.Add(50*time.Hour), stanna.ReasonFirstContact), "", "")
	if !s.Dirty {
		t.Error("what was passed over is not kept")
	}
	want(t, s.tick(at("2027-11-05T00:00:00Z"), ""), yearly, stanna.Opened)

	s = since(t, "UTC", "2025-11-05T10:00:00Z", milestoneRule(nil)) // no rule tells of the risk
	s.comes(0, stanna.HealthScored{Score: 40})
	want(t, s.comes(0, goalOf("x")), stanna.ReasonHealthPoor, "")
	want(t, s.tick(day, ""), "", "")
	if !s.State.Due.Equal(at("2027-11-05T00:00:00Z")) {
		t.Errorf("due %v", s.State.Due)
	}
	s.comes(4*days, stanna.HealthScored{Score: 41})
	want(t, s.tick(day.Add(30*time.Hour), ""), "", "")
	want(t, s.comes(5*days, goalOf("y")), reached, stanna.Opened)

	s = fallen()
	s.comes(2*days, stanna.ClientChurned{})
	want(t, s.comes(2*days, goalOf("x")), stanna.ReasonChurned, "")
	want(t, s.tick(day, ""), "", "")

	// A renewal is no risk.
	s = since(t, "UTC", "2025-11-05T10:00:00Z", milestoneRule(nil), renewalRule(nil))
	s.Client.RenewalDate = "2026-12-01"
	want(t, s.passes(0), near, stanna.Opened)
	want(t, s.tick(day, ""), yearly, stanna.Opened)
}

func TestMilestoneFilterAndHistory(t *testing.T) {
	r := milestoneRule(nil)
	r.Filter.Tags = []string{"vip"}
	r.Condition = "client.mrr > 100"
	s := newStory(t, r)
	want(t, s.comes(0, goalOf("x")), stanna.ReasonNoTag, "")
	s.Client.Tags = []string{"vip"}
	want(t, s.comes(0, goalOf("x")), stanna.ReasonConditionNot, "")
	s.Client.MRR = usd(200)
	want(t, s.comes(0, goalOf("x")), reached, stanna.Opened)
	old := stanna.Signal{OccurredAt: start.AddDate(0, 0, -3), Fact: goalOf("y")}
	if got := s.takes(old, start); got.became != stanna.Backfill || got.event() != "" {
		t.Errorf("%+v", got)
	}
	want(t, s.tick(s.State.Due, ""), "", "")

	s = since(t, "UTC", "2024-02-29T10:00:00Z", milestoneRule(nil))
	if diff := cmp.Diff([]rule.Value{{Name: "goal", Value: "x"}, {Name: "clientSince", Value: "2024-02-29"}, {Name: "nextAnniversary", Value: "2027-02-28"}}, explained(s, goalOf("x"))); diff != "" {
		t.Error(diff)
	}
}

// explained are the figures that an explanation shows of a fact that comes at
// the start, but for the thresholds.
func explained(s *story, f stanna.Fact) []rule.Value {
	trace := &rule.Trace{}
	s.policy.Judge(&rule.Subject{Client: s.Client, State: &s.State, Now: start, Trace: trace,
		Signal: stanna.Signal{ID: "x", Type: typeOf(f), OccurredAt: start, Fact: f}}, nil)
	e := rule.EntryOf(s.policy.Rules[0].Type)
	return trace.Steps[len(trace.Steps)-1].Values[len(e.Thresholds):]
}

// Whenever it is looked at: an anniversary is told once, on its date or
// within the days of grace.
func TestAnniversaryProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]string{"UTC", "Africa/Cairo", "Pacific/Kiritimati", "America/Los_Angeles"}).Draw(t, "zone")
		loc, _ := time.LoadLocation(zone)
		came := at("2024-01-01T00:00:00Z").Add(time.Duration(rapid.Int64Range(0, int64(800*days)).Draw(t, "came")))
		s := storyIn(t, stanna.Settings{Timezone: zone}, milestoneRule(nil))
		s.Client.CreatedAt = came
		told := map[float64]bool{}
		now := came
		for range rapid.IntRange(1, 40).Draw(t, "looks") {
			if s.State.Due.After(now) && rapid.Bool().Draw(t, "due") {
				now = s.State.Due
			} else {
				now = now.Add(time.Duration(rapid.Int64Range(0, int64(60*days)).Draw(t, "later")))
			}
			for _, c := range s.tick(now, "").events() {
				if c.Quiet {
					continue
				}
				e := c.Alert.Evidence
				local, first := now.In(loc), came.In(loc)
				day := time.Date(first.Year()+int(e.Value), first.Month(), first.Day(), 0, 0, 0, 0, loc)
				if day.Month() != first.Month() {
					day = day.AddDate(0, 0, -1)
				}
				if late := local.Sub(day); told[e.Value] || e.Value < 1 || late < -time.Hour || late >= 4*days+time.Hour || e.Date != day.Format(time.DateOnly) && zone != "Africa/Cairo" {
					t.Fatalf("%g years at %v (twice: %v)", e.Value, local, told[e.Value])
				}
				told[e.Value] = true
			}
		}
	})
}

// However many goals a sender makes up, only the latest hundred are remembered.
func TestGoalsRemembered(t *testing.T) {
	s := newStory(t, milestoneRule(nil))
	for n := range 150 {
		want(t, s.comes(time.Duration(n)*time.Minute, goalOf(fmt.Sprint(n))), reached, []stanna.AlertEvent{stanna.Opened, stanna.Worsened}[min(n, 1)])
	}
	told := s.State.Memory["rule_milestone"].Told
	if _, first := told["goal:49"]; len(told) != 100 || first || told["goal:50"].IsZero() {
		t.Errorf("%d are remembered", len(told))
	}
}
