package rule_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

const near = stanna.ReasonRenewalNear

func renewalRule(thresholds map[string]float64) stanna.Rule {
	return ruleOf(stanna.RenewalUpcoming, thresholds)
}

// renews is a client that renews on a date, by the rule, in a zone. It was
// looked at when the story began.
func renews(t failer, zone, date string, rules ...stanna.Rule) *story {
	t.Helper()
	s := storyIn(t, stanna.Settings{Timezone: zone}, rules...)
	s.Client.RenewalDate, s.Client.RenewalMonths = date, 12
	s.tick(start.AddDate(0, -6, 0), "")
	return s
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// The whole ladder by time alone, each step at the beginning of its local
// date, whatever the clocks do there.
func TestRenewalLadder(t *testing.T) {
	for zone, dates := range map[string][]string{ // the steps, and the day after the date
		"UTC":              {"2026-12-01T00:00:00Z", "2026-12-31T00:00:00Z", "2027-01-30T00:00:00Z", "2027-03-01T00:00:00Z", "2027-04-01T00:00:00Z"},
		"America/New_York": {"2026-12-01T05:00:00Z", "2026-12-31T05:00:00Z", "2027-01-30T05:00:00Z", "2027-03-01T05:00:00Z", "2027-04-01T04:00:00Z"},
		"Asia/Tokyo":       {"2026-11-30T15:00:00Z", "2026-12-30T15:00:00Z", "2027-01-29T15:00:00Z", "2027-02-28T15:00:00Z", "2027-03-31T15:00:00Z"},
	} {
		t.Run(zone, func(t *testing.T) {
			s := renews(t, zone, "2027-03-31", renewalRule(nil))
			for i, left := range []float64{120, 90, 60, 30} {
				if !s.State.Due.Equal(at(dates[i])) {
					t.Fatalf("step %d at %v, want %s", i, s.State.Due, dates[i])
				}
				want(t, s.tick(s.State.Due.Add(-time.Second), ""), "", "")
				got := s.tick(at(dates[i]), "")
				want(t, got, near, []stanna.AlertEvent{stanna.Opened, stanna.Worsened}[min(i, 1)])
				e := s.last().Evidence
				if e.Value != left || e.Told != left || e.Worst != left || e.Base != 120 || e.Opened != 120 || e.Date != "2027-03-31" || e.Is != "" || e.Trigger != near || got.changes[0].Gather != "" {
					t.Errorf("%+v", e)
				}
			}
			if s.last().Severity != stanna.Medium {
				t.Error(s.last().Severity)
			}
			want(t, s.tick(at(dates[4]).Add(-time.Second), ""), "", "")
			if !s.State.Due.Equal(at(dates[4])) {
				t.Errorf("over at %v, want %s", s.State.Due, dates[4])
			}
			want(t, s.tick(at(dates[4]), ""), stanna.ReasonRenewalPassed, stanna.Resolved)
			if len(s.Alerts) != 1 || !s.State.Due.IsZero() {
				t.Errorf("%d alerts, due %v", len(s.Alerts), s.State.Due)
			}
			want(t, s.tick(s.now.Add(days), ""), "", "")
		})
	}
}

// A date begins where it begins: clocks may jump over midnight, show it twice,
// or go back at it, and a whole date may be missing.
func TestRenewalWhereClocksChange(t *testing.T) {
	for name, c := range map[string]struct{ zone, date, step string }{
		"over midnight, Cairo":         {"Africa/Cairo", "2026-05-24", "2026-04-23T22:00:00Z"}, // 24 April begins at 01:00
		"over midnight, Santiago":      {"America/Santiago", "2026-10-06", "2026-09-06T04:00:00Z"},
		"midnight twice, Havana":       {"America/Havana", "2026-12-01", "2026-11-01T04:00:00Z"},
		"back at midnight, Santiago":   {"America/Santiago", "2026-05-05", "2026-04-05T04:00:00Z"},
		"in the night, London":         {"Europe/London", "2026-04-28", "2026-03-29T00:00:00Z"},
		"no such date, Apia":           {"Pacific/Apia", "2012-01-29", "2011-12-30T10:00:00Z"},
		"half an hour, Lord Howe":      {"Australia/Lord_Howe", "2026-11-03", "2026-10-03T13:30:00Z"},
		"a zone that nobody knows":     {"Mars/Olympus", "2026-12-01", "2026-11-01T00:00:00Z"},
		"over the leap day":            {"UTC", "2028-03-10", "2028-02-09T00:00:00Z"},
		"over midnight, Beirut, March": {"Asia/Beirut", "2026-04-28", "2026-03-28T22:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			s := storyIn(t, stanna.Settings{Timezone: c.zone}, renewalRule(map[string]float64{"firstDays": 0, "secondDays": 0, "thirdDays": 0}))
			s.Client.RenewalDate = c.date
			step := at(c.step)
			s.tick(step.AddDate(0, 0, -40), "")
			if !s.State.Due.Equal(step) {
				t.Fatalf("at %v, want %v", s.State.Due, step)
			}
			want(t, s.tick(step.Add(-time.Second), ""), "", "")
			want(t, s.tick(step, ""), near, stanna.Opened)
		})
	}
}

func TestRenewalSeverity(t *testing.T) {
	key := stanna.Client{Tier: "enterprise"}
	for _, c := range []struct {
		health float64
		client stanna.Client
		want   [4]stanna.Severity // at each step
	}{
		{80, stanna.Client{}, [4]stanna.Severity{stanna.Info, stanna.Info, stanna.Info, stanna.Low}},
		{off, stanna.Client{}, [4]stanna.Severity{stanna.Low, stanna.Low, stanna.Low, stanna.Medium}},
		{60, stanna.Client{}, [4]stanna.Severity{stanna.Low, stanna.Low, stanna.Medium, stanna.High}},
		{30, stanna.Client{}, [4]stanna.Severity{stanna.High, stanna.High, stanna.High, stanna.High}},
		{30, key, [4]stanna.Severity{stanna.High, stanna.High, stanna.High, stanna.Critical}},
		{30, stanna.Client{MRR: usd(25_000)}, [4]stanna.Severity{stanna.High, stanna.High, stanna.High, stanna.Critical}},
		{30, stanna.Client{MRR: usd(24_999)}, [4]stanna.Severity{stanna.High, stanna.High, stanna.High, stanna.High}},
		{80, key, [4]stanna.Severity{stanna.Info, stanna.Info, stanna.Info, stanna.Low}},
		{60, key, [4]stanna.Severity{stanna.Low, stanna.Low, stanna.Medium, stanna.High}},
	} {
		t.Run(fmt.Sprint(c.health, c.client.Tier, c.client.MRR), func(t *testing.T) {
			s := renews(t, "UTC", "2027-03-31", renewalRule(map[string]float64{"redDays": 0}))
			s.Client.Tier, s.Client.MRR = c.client.Tier, c.client.MRR
			zone := ""
			if c.health != off {
				s.takes(stanna.Signal{OccurredAt: s.now, Fact: stanna.HealthScored{Score: c.health}}, s.now)
				zone = string(stanna.Settings{}.WithDefaults().ZoneOf(c.health))
			}
			for i, want := range c.want {
				if got := s.tick(s.State.Due, ""); got.reason != near || s.last().Severity != want || s.last().Evidence.Is != zone {
					t.Errorf("step %d: %s %s in %q, want %s", i, got.reason, s.last().Severity, s.last().Evidence.Is, want)
				}
			}
		})
	}
}

func TestRenewalNo(t *testing.T) {
	for name, c := range map[string]struct {
		date   string
		months int
		score  float64
		own    map[string]float64
		want   stanna.Reason
	}{
		"no date":              {"", 12, 60, nil, stanna.ReasonNoDate},
		"no date that is one":  {"soon", 12, 60, nil, stanna.ReasonNoDate},
		"not near yet":         {"2027-03-03", 12, 60, nil, stanna.ReasonTooSoon}, // 121 days
		"near":                 {"2027-03-02", 12, 60, nil, near},
		"red, not near yet":    {"2027-05-02", 12, 30, nil, stanna.ReasonTooSoon}, // 181 days
		"red, near":            {"2027-05-01", 12, 30, nil, near},
		"red, without its own": {"2027-05-01", 12, 30, map[string]float64{"redDays": 0}, stanna.ReasonTooSoon},
		"today":                {"2026-11-02", 12, 60, nil, near},
		"yesterday":            {"2026-11-01", 12, 60, nil, stanna.ReasonRenewalPassed},
		"by the month":         {"2026-11-20", 1, 60, nil, stanna.ReasonShortTerm},
		"five months":          {"2026-11-20", 5, 60, nil, stanna.ReasonShortTerm},
		"six months":           {"2026-11-20", 6, 60, nil, near},
		"term unknown":         {"2026-11-20", 0, 60, nil, near},
		"own term":             {"2026-11-20", 12, 60, map[string]float64{"minTermMonths": 13}, stanna.ReasonShortTerm},
		"no ladder":            {"2026-11-20", 12, 60, map[string]float64{"firstDays": 0, "secondDays": 0, "thirdDays": 0, "lastDays": 0}, stanna.ReasonTooSoon},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, renewalRule(c.own))
			s.Client.RenewalDate, s.Client.RenewalMonths = c.date, c.months
			event := stanna.AlertEvent("")
			if c.want == near {
				event = stanna.Opened
			}
			want(t, s.comes(0, stanna.HealthScored{Score: c.score}), c.want, event) // by a signal
			s = newStory(t, renewalRule(c.own))
			s.Client.RenewalDate, s.Client.RenewalMonths = c.date, c.months
			s.State.Health.Add(start, c.score)
			if got := s.passes(0); got.event() != event { // and by time
				t.Errorf("%+v", got)
			}
		})
	}
}

// What is told between the steps is that it got more severe, and nothing is
// told twice: an account that leaves the red zone and comes back to it.
func TestRenewalZoneChanges(t *testing.T) {
	s := renews(t, "UTC", "2027-03-31", renewalRule(nil))
	score := func(date string, v float64) told {
		return s.takes(stanna.Signal{OccurredAt: at(date + "T12:00:00Z"), Fact: stanna.HealthScored{Score: v}}, at(date+"T12:00:00Z"))
	}
	want(t, score("2026-08-30", 30), stanna.ReasonTooSoon, "")
	if !s.State.Due.Equal(at("2026-10-02T00:00:00Z")) { // the step of red accounts
		t.Errorf("due %v", s.State.Due)
	}
	want(t, score("2026-09-01", 80), stanna.ReasonTooSoon, "")
	if !s.State.Due.Equal(at("2026-12-01T00:00:00Z")) {
		t.Errorf("due %v", s.State.Due)
	}
	want(t, score("2026-10-20", 30), near, stanna.Opened) // 162 days before: the step of red accounts
	if a := s.last(); a.Severity != stanna.High || a.Evidence.Value != 162 || a.Evidence.Is != "red" {
		t.Errorf("%+v", a)
	}
	want(t, score("2026-10-25", 50), stanna.ReasonStillOpen, "")
	if a := s.last(); a.Severity != stanna.High || a.Evidence.Is != "yellow" || a.Evidence.Value != 157 {
		t.Errorf("%+v", a)
	}
	want(t, score("2026-10-30", 20), stanna.ReasonStillOpen, "")
	want(t, score("2026-11-05", 90), stanna.ReasonStillOpen, "")
	want(t, s.tick(s.State.Due, ""), near, stanna.Worsened)
	if s.last().Severity != stanna.Info || s.last().Evidence.Told != 120 {
		t.Errorf("%+v", s.last())
	}
	before := s.last().UpdatedAt
	want(t, score("2026-12-20", 91), stanna.ReasonStillOpen, "")
	if s.last().UpdatedAt != before {
		t.Error("an alert that did not change was changed")
	}
	want(t, s.tick(s.State.Due, ""), near, stanna.Worsened)
	want(t, score("2027-01-05", 39), stanna.ReasonSeverityRose, stanna.Worsened)
	want(t, score("2027-01-06", 38), stanna.ReasonStillOpen, "")
	if len(s.Alerts) != 1 {
		t.Errorf("%d alerts", len(s.Alerts))
	}
}

// The date is the customer's word on it: a new one ends the alert or moves it.
func TestRenewalDateChanges(t *testing.T) {
	opened := func() *story {
		s := renews(t, "UTC", "2027-03-31", renewalRule(nil))
		want(t, s.tick(s.State.Due, ""), near, stanna.Opened)
		return s
	}
	change := func(s *story, date string, months int, now string) told {
		s.Client.RenewalDate, s.Client.RenewalMonths = date, months
		return s.tick(at(now), stanna.ReasonFirstContact)
	}
	s := opened()
	want(t, change(s, "2028-03-31", 12, "2027-01-10T09:00:00Z"), stanna.ReasonRenewed, stanna.Resolved)
	if due := at("2027-12-02T00:00:00Z"); !s.State.Due.Equal(due) {
		t.Errorf("next %v, want %v", s.State.Due, due)
	}
	want(t, s.tick(s.State.Due, ""), near, stanna.Opened)
	want(t, change(opened(), "", 12, "2027-01-10T09:00:00Z"), stanna.ReasonNoDate, stanna.Resolved)
	want(t, change(opened(), "2027-03-31", 1, "2027-01-10T09:00:00Z"), stanna.ReasonShortTerm, stanna.Resolved)
	want(t, change(opened(), "2027-04-28", 12, "2026-12-02T09:00:00Z"), stanna.ReasonRenewed, stanna.Resolved)

	s = opened()
	if got := change(s, "2027-04-27", 12, "2026-12-02T09:00:00Z"); got.event() != "" { // 27 days later: it was put right
		t.Fatalf("%+v", got.changes)
	}
	if e := s.last().Evidence; e.Date != "2027-04-27" || e.Value != 146 || !s.last().Open() {
		t.Errorf("%+v", e)
	}
	want(t, s.tick(s.State.Due, ""), "", "") // the first step was told
	want(t, s.tick(s.State.Due, ""), near, stanna.Worsened)
	s = opened()
	change(s, "2027-04-02", 12, "2026-12-04T09:00:00Z")
	if until := s.State.Memory["rule_renewal_upcoming"].Until; until != "2027-04-02/120" {
		t.Error(until)
	}
	s = opened()
	want(t, change(s, "2026-12-31", 12, "2026-12-02T09:00:00Z"), near, stanna.Worsened) // nearer
	if e := s.last().Evidence; e.Date != "2026-12-31" || e.Value != 29 {
		t.Errorf("%+v", e)
	}
}

// After the rule began, or while Stanna was not running.
func TestRenewalLooksLate(t *testing.T) {
	r := renewalRule(nil)
	r.ActiveSince = at("2026-11-02T00:00:00Z")
	for name, c := range map[string]struct {
		date   string
		relook stanna.Reason
		gather stanna.Reason
	}{
		"stood already":                  {"2026-12-20", stanna.ReasonFirstContact, stanna.ReasonFirstContact},
		"the step is of today":           {"2027-03-06", stanna.ReasonFirstContact, ""},
		"of before the rule began":       {"2027-03-01", stanna.ReasonFirstContact, stanna.ReasonFirstContact},
		"by time, five days late":        {"2027-03-01", "", ""},
		"history came in":                {"2026-12-20", stanna.ReasonFoundInBackfill, stanna.ReasonFoundInBackfill},
		"the first score, a signal, new": {"2027-03-06", "signal", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, r)
			s.Client.RenewalDate = c.date
			now := at("2026-11-06T09:00:00Z")
			var got told
			if c.relook == "signal" {
				got = s.takes(stanna.Signal{OccurredAt: now, Fact: stanna.HealthScored{Score: 60}}, now)
			} else {
				got = s.tick(now, c.relook)
			}
			if got.event() != stanna.Opened || got.changes[0].Gather != c.gather {
				t.Errorf("%+v", got.changes)
			}
			if got := s.tick(now.Add(time.Hour), stanna.ReasonFirstContact); got.event() != "" {
				t.Errorf("told again: %+v", got.changes)
			}
		})
	}
	// Two steps passed meanwhile: the nearer one is told.
	s := renews(t, "UTC", "2027-03-31", r)
	want(t, s.tick(at("2027-02-05T12:00:00Z"), ""), near, stanna.Opened)
	if e := s.last().Evidence; e.Value != 54 || s.State.Memory[r.ID].Until != "2027-03-31/60" {
		t.Errorf("%+v %+v", e, s.State.Memory)
	}
	s = renews(t, "UTC", "2027-03-31", r)
	s.tick(s.State.Due, "")
	want(t, s.tick(at("2027-02-05T12:00:00Z"), ""), near, stanna.Worsened)
	want(t, s.tick(s.State.Due, ""), near, stanna.Worsened)
	want(t, s.tick(at("2027-09-05T12:00:00Z"), ""), stanna.ReasonRenewalPassed, stanna.Resolved)
}

// People who know of a step hear of the next one.
func TestRenewalKnown(t *testing.T) {
	s := renews(t, "UTC", "2027-03-31", renewalRule(nil))
	s.tick(s.State.Due, "")
	for _, a := range s.Alerts {
		if err := a.Resolve("ana@acme.com", stanna.AlreadyKnown, "", s.now); err != nil {
			t.Fatal(err)
		}
		s.Close(s.policy, a, s.now)
	}
	score := stanna.Signal{OccurredAt: s.now.Add(days), Fact: stanna.HealthScored{Score: 20}}
	want(t, s.takes(score, s.now.Add(days)), stanna.ReasonAlreadyTold, "")
	want(t, s.tick(s.now.Add(days), stanna.ReasonFirstContact), "", "")
	want(t, s.tick(s.State.Due, ""), near, stanna.Opened)
	if len(s.Alerts) != 2 || s.last().Evidence.Base != 90 {
		t.Errorf("%+v", s.last())
	}
}

// It lasts until its date, is told at its steps while it is snoozed when that
// is over, and is no risk that keeps good news back.
func TestRenewalLasts(t *testing.T) {
	s := renews(t, "UTC", "2027-03-31", renewalRule(map[string]float64{"secondDays": 0, "thirdDays": 0}), expansionRule(nil))
	s.tick(s.State.Due, "")
	want(t, s.tick(s.State.Due.Add(-time.Hour), ""), "", "") // 89 days later
	if !s.last().Open() {
		t.Fatal("it closed")
	}
	s.takes(stanna.Signal{OccurredAt: s.now, Fact: stanna.HealthScored{Score: 60}}, s.now)
	s.takes(stanna.Signal{OccurredAt: s.now, Fact: seats(10)}, s.now)
	if got := s.takes(stanna.Signal{OccurredAt: s.now, Fact: seats(100)}, s.now); got.event() != stanna.Opened {
		t.Errorf("%+v", got)
	}

	s = renews(t, "UTC", "2027-03-31", renewalRule(nil))
	s.tick(s.State.Due, "")
	if err := s.last().Snooze("ana@acme.com", s.now.AddDate(0, 0, 40), s.now); err != nil {
		t.Fatal(err)
	}
	s.Look(s.policy, s.now)
	want(t, s.tick(s.State.Due, ""), stanna.ReasonWhileSnoozed, "")
	got := s.tick(s.State.Due, "")
	want(t, got, stanna.ReasonSnoozeOver, stanna.Reminded)
	want(t, s.tick(s.now.Add(time.Hour), ""), "", "") // that was the step of 90 days as well
	want(t, s.tick(s.State.Due, ""), near, stanna.Worsened)
	if e := s.last().Evidence; e.Told != 60 {
		t.Errorf("%+v", e)
	}
}

func TestRenewalFilterAndMeasured(t *testing.T) {
	r := renewalRule(nil)
	r.Filter.Zones = []stanna.Zone{stanna.Red}
	s := renews(t, "UTC", "2027-03-31", r)
	for !s.State.Due.IsZero() && s.State.Due.Before(at("2027-05-01T00:00:00Z")) {
		if got := s.tick(s.State.Due, ""); got.event() != "" {
			t.Fatalf("%+v", got)
		}
	}
	s = renews(t, "UTC", "2027-03-31", renewalRule(nil))
	s.State.Health.Add(start, 30)
	for i, want := range []string{"90", "180"} {
		trace := &rule.Trace{}
		now := at([]string{"2027-01-10T09:00:00Z", "2026-11-10T09:00:00Z"}[i])
		s.policy.Tick(&rule.Subject{Client: s.Client, State: &s.State, Now: now, Trace: trace}, nil)
		if got := slices.ContainsFunc(trace.Steps, func(x rule.Step) bool { return slices.Contains(x.Values, rule.Value{Name: "step", Value: want}) }); !got {
			t.Errorf("%+v", trace.Steps)
		}
	}
	s.State.Health = stanna.History{}
	for date, want := range map[string][]rule.Value{
		"2027-03-31": {{Name: "renewalDate", Value: "2027-03-31"}, {Name: "termMonths", Value: "12"}, {Name: "zone", Value: "not known"}, {Name: "daysLeft", Value: "149"}},
		"2027-01-01": {{Name: "renewalDate", Value: "2027-01-01"}, {Name: "termMonths", Value: "12"}, {Name: "zone", Value: "red"}, {Name: "daysLeft", Value: "60"}, {Name: "step", Value: "60"}},
		"2027-01-02": {{Name: "renewalDate", Value: "2027-01-02"}, {Name: "termMonths", Value: "not known"}, {Name: "zone", Value: "not known"}, {Name: "daysLeft", Value: "61"}, {Name: "step", Value: "90"}},
		"2027-01-03": {{Name: "renewalDate", Value: "2027-01-03"}, {Name: "termMonths", Value: "1"}, {Name: "zone", Value: "not known"}},
	} {
		x := renews(t, "UTC", date, renewalRule(nil))
		x.Client.RenewalMonths = map[string]int{"2027-01-02": 0, "2027-01-03": 1}[date]
		if x.Client.RenewalMonths == 0 && date != "2027-01-02" {
			x.Client.RenewalMonths = 12
		}
		f := stanna.Fact(stanna.HealthScored{Score: 30})
		if date == "2027-01-01" {
			x.State.Health.Add(start, 30)
		}
		if diff := cmp.Diff(want, explained(x, f)); diff != "" {
			t.Error(diff)
		}
	}
	if diff := cmp.Diff([]rule.Value{{Name: "renewalDate", Value: "not known"}}, measured(t, s.policy, stanna.State{})); diff != "" {
		t.Error(diff)
	}
}

// Whatever date, zone, ladder and moments: each step is told once, in order,
// and never before its local date.
func TestRenewalProperties(t *testing.T) {
	zones := []string{"UTC", "America/New_York", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe", "Pacific/Kiritimati"}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		s := storyIn(t, stanna.Settings{Timezone: zone}, renewalRule(map[string]float64{"lastDays": float64(rapid.IntRange(0, 200).Draw(t, "last"))}))
		day := start.AddDate(0, 0, rapid.IntRange(0, 500).Draw(t, "date"))
		s.Client.RenewalDate = day.Format(time.DateOnly)
		now, told := start, 1000.0
		for range rapid.IntRange(1, 40).Draw(t, "looks") {
			if s.State.Due.After(now) && rapid.Bool().Draw(t, "due") {
				now = s.State.Due
			} else {
				now = now.Add(time.Duration(rapid.Int64Range(0, int64(20*days)).Draw(t, "later")))
			}
			for _, c := range s.tick(now, "").events() {
				e := c.Alert.Evidence
				y, m, d := now.In(loc).Date()
				left := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC).Sub(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)).Hours() / 24
				if c.Event == stanna.Resolved {
					if left >= 0 {
						t.Fatalf("closed %g days before", left)
					}
					continue
				}
				if e.Value != left || e.Value >= told || left < 0 {
					t.Fatalf("told %g, at %g, after %g", e.Value, left, told)
				}
				told = e.Value
			}
		}
	})
}
