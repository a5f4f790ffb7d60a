package stanna_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

var ten = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func TestTakeUp(t *testing.T) {
	a := stanna.Alert{Status: stanna.AlertSnoozed, Life: stanna.Life{SnoozedBy: "ben@acme.com", SnoozedUntil: ten.Add(time.Hour)}}
	for i, c := range []struct {
		by      string
		changed bool
	}{{"ana@acme.com", true}, {"ana@acme.com", false}, {"ben@acme.com", true}} {
		changed, err := a.TakeUp(c.by, ten)
		if err != nil || changed != c.changed || a.Status != stanna.AlertTaken || a.TakenBy != c.by || !a.SnoozedUntil.IsZero() || a.Why != stanna.ReasonTakenUp {
			t.Errorf("%d: %v, %v: %+v", i, changed, err, a)
		}
	}
}

func TestAssign(t *testing.T) {
	a := stanna.Alert{Status: stanna.AlertTaken, Life: stanna.Life{TakenBy: "ana@acme.com", TakenAt: ten}}
	if changed, err := a.Assign("ana@acme.com", ten); err != nil || !changed || a.Status != stanna.AlertTaken {
		t.Errorf("given to whoever has it: %+v, %v", a, err)
	}
	if changed, err := a.Assign("ana@acme.com", ten); err != nil || changed {
		t.Errorf("given again: %v, %v", changed, err)
	}
	if changed, err := a.Assign("ben@acme.com", ten.Add(time.Hour)); err != nil || !changed || a.Status != stanna.AlertOpen || a.TakenBy != "" || !a.AssignedAt.Equal(ten.Add(time.Hour)) {
		t.Errorf("given to another, who has not answered yet: %+v, %v", a, err)
	}
}

func TestSnoozeAndWake(t *testing.T) {
	for name, c := range map[string]struct {
		until time.Time
		field string
	}{
		"past":     {ten, "until"},
		"too long": {ten.Add(stanna.MaxSnooze + time.Second), "until"},
		"a day":    {ten.Add(24 * time.Hour), ""},
		"longest":  {ten.Add(stanna.MaxSnooze), ""},
	} {
		a := stanna.Alert{Status: stanna.AlertTaken, Life: stanna.Life{TakenBy: "ana@acme.com"}}
		err := a.Snooze("ben@acme.com", c.until, ten)
		if c.field != "" {
			wantField(t, err, c.field)
			continue
		}
		if err != nil || a.Status != stanna.AlertSnoozed || a.SnoozedBy != "ben@acme.com" || a.TakenBy != "" || !a.SnoozedUntil.Equal(c.until) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
		if a.Wake(c.until); a.Status != stanna.AlertOpen || !a.SnoozedUntil.IsZero() || a.Why != stanna.ReasonSnoozeOver {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestResolve(t *testing.T) {
	a := stanna.Alert{Status: stanna.AlertOpen}
	wantField(t, a.Resolve("ana@acme.com", "great", "", ten), "outcome")
	wantField(t, a.Resolve("ana@acme.com", stanna.Saved, strings.Repeat("x", stanna.MaxNote+1), ten), "note")
	if !a.Open() {
		t.Fatal("a refused end has ended it")
	}
	for _, o := range stanna.Outcomes() {
		a := stanna.Alert{Status: stanna.AlertTaken}
		if err := a.Resolve("ana@acme.com", o, "note", ten); err != nil || a.Open() || a.Outcome != o || a.ClosedBy != "ana@acme.com" || !a.ClosedAt.Equal(ten) || a.Note != "note" {
			t.Errorf("%s: %+v, %v", o, a, err)
		}
		again := []error{a.Resolve("ben@acme.com", o, "", ten), a.Snooze("ben@acme.com", ten.Add(time.Hour), ten)}
		_, err := a.TakeUp("ben@acme.com", ten)
		again = append(again, err)
		_, err = a.Assign("ben@acme.com", ten)
		for _, err := range append(again, err) {
			if stanna.CodeOf(err) != stanna.Conflict {
				t.Errorf("%s: after its end: %v", o, err)
			}
		}
	}
}

func TestSilenceIsChecked(t *testing.T) {
	good := stanna.Silence{Comment: "migration", StartsAt: ten, EndsAt: ten.Add(time.Hour), Matcher: stanna.Matcher{Filter: stanna.Filter{Only: []string{"c1"}}}}
	if err := good.Validate(ten); err != nil {
		t.Error(err)
	}
	if good.Active(ten.Add(-time.Second)) || !good.Active(ten) || good.Active(ten.Add(time.Hour)) {
		t.Error("it is in force from its start until its end, and not at it")
	}
	for field, change := range map[string]func(*stanna.Silence){
		"endsAt":                func(s *stanna.Silence) { s.EndsAt = time.Time{} },
		"endsAt ":               func(s *stanna.Silence) { s.EndsAt = s.StartsAt },
		"endsAt  ":              func(s *stanna.Silence) { s.EndsAt = ten.Add(stanna.MaxSilence + time.Hour) },
		"comment":               func(s *stanna.Silence) { s.Comment = " " },
		"matcher":               func(s *stanna.Silence) { s.Matcher = stanna.Matcher{} },
		"matcher.severities":    func(s *stanna.Silence) { s.Matcher.Severities = []stanna.Severity{"loud"} },
		"matcher.filter.never":  func(s *stanna.Silence) { s.Matcher.Filter.Never = []string{"c1"} },
		"matcher.filter.owners": func(s *stanna.Silence) { s.Matcher.Filter.Owners = []string{"ana"} },
	} {
		s := good
		change(&s)
		wantField(t, s.Validate(ten), strings.TrimSpace(field))
	}
}

// Each filter stops for its own reason, and what is not known does not pass.
func TestFilterStops(t *testing.T) {
	var scored stanna.State
	scored.Health.Add(ten, 50)
	s := stanna.Settings{}.WithDefaults()
	client := stanna.Client{ID: "c1", Tier: "Growth", CSMOwner: "Ana@acme.com", Tags: []string{"eu"}, MRR: stanna.MoneyOf(500, "USD"), Custom: map[string]any{"seats": 12.0, "beta": true}}
	for name, c := range map[string]struct {
		filter stanna.Filter
		change func(*stanna.Client)
		state  stanna.State
		want   stanna.Reason
	}{
		"empty":            {stanna.Filter{}, nil, stanna.State{}, ""},
		"everything fits":  {stanna.Filter{MinMRR: 500, Tiers: []string{"growth"}, Zones: []stanna.Zone{"yellow"}, Owners: []string{"ana@acme.com"}, Tags: []string{"EU"}, Only: []string{"c1"}, Custom: map[string]string{"seats": "12", "beta": "true"}}, nil, scored, ""},
		"left out":         {stanna.Filter{Never: []string{"c1"}}, nil, scored, stanna.ReasonAccountLeftOut},
		"not named":        {stanna.Filter{Only: []string{"c2"}}, nil, scored, stanna.ReasonAccountNotNamed},
		"below":            {stanna.Filter{MinMRR: 500.01}, nil, scored, stanna.ReasonBelowMinMRR},
		"no MRR":           {stanna.Filter{MinMRR: 1}, func(c *stanna.Client) { c.MRR = stanna.Money{} }, scored, stanna.ReasonMRRUnknown},
		"another currency": {stanna.Filter{MinMRR: 1}, func(c *stanna.Client) { c.MRR.Currency = "EUR" }, scored, stanna.ReasonOtherCurrency},
		"tier":             {stanna.Filter{Tiers: []string{"enterprise"}}, nil, scored, stanna.ReasonOtherTier},
		"owner":            {stanna.Filter{Owners: []string{"ben@acme.com"}}, nil, scored, stanna.ReasonOtherOwner},
		"tag":              {stanna.Filter{Tags: []string{"us"}}, nil, scored, stanna.ReasonNoTag},
		"field":            {stanna.Filter{Custom: map[string]string{"seats": "13"}}, nil, scored, stanna.ReasonOtherField},
		"no such field":    {stanna.Filter{Custom: map[string]string{"plan": "pro"}}, nil, scored, stanna.ReasonOtherField},
		"zone":             {stanna.Filter{Zones: []stanna.Zone{"red"}}, nil, scored, stanna.ReasonOtherZone},
		"never scored":     {stanna.Filter{Zones: []stanna.Zone{"yellow"}}, nil, stanna.State{}, stanna.ReasonOtherZone},
	} {
		cl := client
		if c.change != nil {
			c.change(&cl)
		}
		if got := c.filter.Stops(s, cl, &c.state); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAway(t *testing.T) {
	for name, c := range map[string]struct {
		habits stanna.Habits
		want   bool
	}{
		"here":            {stanna.Habits{}, false},
		"until they say":  {stanna.Habits{AwayAt: ten}, true},
		"not yet":         {stanna.Habits{AwayAt: ten.Add(time.Second)}, false},
		"back by now":     {stanna.Habits{AwayAt: ten.Add(-time.Hour), BackAt: ten}, false},
		"back in a while": {stanna.Habits{AwayAt: ten.Add(-time.Hour), BackAt: ten.Add(time.Second)}, true},
	} {
		if got := c.habits.Away(ten); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
