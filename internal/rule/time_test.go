package rule_test

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// office is Monday to Friday, nine to five; start is a Monday at nine.
var office = stanna.Hours{Windows: []stanna.Window{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00"}}}

func escalating(steps ...stanna.EscalationStep) stanna.Rule {
	r := healthRule(nil)
	r.Escalation = steps
	return r
}

var boss = []stanna.Destination{"slack:T1:C1"}

// Nobody took it up in so much working time: the next step is taken, and
// nothing more once somebody is on it.
func TestEscalation(t *testing.T) {
	r := escalating(stanna.EscalationStep{After: 60, To: boss}, stanna.EscalationStep{After: 120, To: boss, Raise: stanna.Critical})
	friday := 4*days + 7*hour + 30*time.Minute // 16:30
	open := func(hours stanna.Hours, r stanna.Rule) *story {
		s := storyIn(t, stanna.Settings{BusinessHours: hours}, r)
		s.comes(4*days, stanna.HealthScored{Score: 75})
		want(t, s.comes(friday, stanna.HealthScored{Score: 58}), stanna.ReasonFellPoints, stanna.Opened)
		return s
	}
	t.Run("in working time", func(t *testing.T) {
		s := open(office, r)
		monday := start.Add(7*days + 30*time.Minute)
		if !s.State.Due.Equal(monday) {
			t.Fatalf("due %v, want %v", s.State.Due, monday)
		}
		want(t, s.tick(monday.Add(-time.Second), ""), "", "")
		got := s.tick(monday, "")
		if want(t, got, stanna.ReasonNotTakenUp, stanna.Escalated); got.changes[0].Step != 1 || got.changes[0].Rose || s.last().Severity != stanna.Medium || s.last().Escalated != 1 {
			t.Errorf("%+v", got.changes)
		}
		got = s.tick(s.State.Due, "")
		if want(t, got, stanna.ReasonNotTakenUp, stanna.Escalated); !s.now.Equal(monday.Add(hour)) || got.changes[0].Step != 2 || !got.changes[0].Rose || s.last().Severity != stanna.Critical {
			t.Errorf("at %v: %+v", s.now, got.changes)
		}
		if due := s.last().OpenedAt.Add(30 * days); !s.State.Due.Equal(due) {
			t.Errorf("then due %v, want %v", s.State.Due, due)
		}
		want(t, s.comes(8*days, stanna.HealthScored{Score: 57}), stanna.ReasonStillOpen, "") // critical stays
		if s.last().Severity != stanna.Critical {
			t.Error(s.last().Severity)
		}
	})
	t.Run("the rule's own hours", func(t *testing.T) {
		own := r
		own.Outside.Hours = &stanna.Hours{}
		if s := open(office, own); !s.State.Due.Equal(start.Add(friday + hour)) {
			t.Errorf("due %v", s.State.Due)
		}
	})
	t.Run("after downtime, one by one", func(t *testing.T) {
		s := open(stanna.Hours{}, r)
		want(t, s.passes(6*days), stanna.ReasonNotTakenUp, stanna.Escalated)
		if s.last().Escalated != 1 || s.State.Due.Sub(s.now) > time.Second {
			t.Fatalf("due %v", s.State.Due)
		}
		want(t, s.tick(s.State.Due, ""), stanna.ReasonNotTakenUp, stanna.Escalated)
		want(t, s.tick(s.now.Add(days), ""), "", "")
	})
	t.Run("never lowers", func(t *testing.T) {
		s := open(stanna.Hours{}, escalating(stanna.EscalationStep{After: 60, To: boss, Raise: stanna.Low}))
		s.tick(s.State.Due, "")
		if a := s.last(); a.Severity != stanna.Medium || a.Escalated != 1 {
			t.Errorf("%+v", a)
		}
	})
	for name, do := range map[string]func(*testing.T, *story){
		"taken up":    func(t *testing.T, s *story) { mustChange(t)(s.last().TakeUp("ana@acme.com", s.now)) },
		"spoken with": func(_ *testing.T, s *story) { s.comes(friday+time.Minute, stanna.Contacted{}) },
		"an intervention": func(_ *testing.T, s *story) {
			s.takes(stanna.Signal{Type: stanna.InterventionLogged, OccurredAt: start.Add(friday + time.Minute), Fact: stanna.Contacted{}}, start.Add(friday+time.Minute))
		},
		"resolved": func(_ *testing.T, s *story) { s.closes(friday+time.Minute, r.ID, stanna.Saved) },
	} {
		t.Run(name, func(t *testing.T) {
			s := open(stanna.Hours{}, r)
			do(t, s)
			s.Look(s.policy, s.now)
			want(t, s.passes(friday+2*days), "", "")
			if s.last().Open() && !s.State.Due.Equal(s.last().OpenedAt.Add(30*days)) {
				t.Errorf("due %v", s.State.Due)
			}
		})
	}
	t.Run("spoken with before", func(t *testing.T) {
		s := open(stanna.Hours{}, r)
		s.takes(stanna.Signal{OccurredAt: start.Add(friday - time.Minute), Fact: stanna.Contacted{}}, start.Add(friday+time.Minute))
		want(t, s.passes(friday+hour), stanna.ReasonNotTakenUp, stanna.Escalated)
	})
	t.Run("snoozed", func(t *testing.T) {
		s := open(stanna.Hours{}, r)
		s.snooze(friday + 2*days)
		want(t, s.passes(friday+days), "", "")
		want(t, s.tick(s.State.Due, ""), stanna.ReasonSnoozeOver, stanna.Reminded)
		want(t, s.passes(friday+3*days), "", "")                                                                    // who snoozed it has seen it
		want(t, s.comes(friday+3*days, stanna.HealthScored{Score: 45}), stanna.ReasonSeverityRose, stanna.Worsened) // but now
		want(t, s.tick(s.State.Due, ""), stanna.ReasonNotTakenUp, stanna.Escalated)
	})
}

func mustChange(t *testing.T) func(bool, error) {
	return func(changed bool, err error) {
		t.Helper()
		if !changed || err != nil {
			t.Fatalf("%v, %v", changed, err)
		}
	}
}

// snooze puts the last alert off, as a person does.
func (s *story) snooze(until time.Duration) {
	s.Helper()
	if err := s.last().Snooze("ana@acme.com", start.Add(until), s.now); err != nil {
		s.Fatalf("%v", err)
	}
	s.Look(s.policy, s.now)
}

func TestSnoozeEnds(t *testing.T) {
	s := fallenTo(t, 58)
	s.snooze(2 * days)
	if !s.State.Due.Equal(start.Add(2 * days)) {
		t.Fatalf("due %v", s.State.Due)
	}
	want(t, s.passes(2*days-time.Second), "", "")
	want(t, s.comes(2*days-time.Second, stanna.HealthScored{Score: 45}), stanna.ReasonWhileSnoozed, "")
	if a := s.last(); a.Evidence.Told != 58 || a.Evidence.Value != 45 || a.Severity != stanna.High {
		t.Errorf("%+v", a)
	}
	want(t, s.passes(2*days), stanna.ReasonSnoozeOver, stanna.Reminded)
	if a := s.last(); a.Status != stanna.AlertOpen || !a.SnoozedUntil.IsZero() || a.Why != stanna.ReasonSnoozeOver || a.Evidence.Told != 45 {
		t.Errorf("%+v", a)
	}
	want(t, s.passes(2*days), "", "")
	want(t, s.comes(3*days, stanna.HealthScored{Score: 36}), stanna.ReasonSeverityRose, stanna.Worsened) // red; the reminder had told 45
	want(t, s.comes(4*days, stanna.HealthScored{Score: 36}), stanna.ReasonStillOpen, "")

	s = fallenTo(t, 58) // it is over before
	s.snooze(2 * days)
	want(t, s.comes(days, stanna.HealthScored{Score: 75}), stanna.ReasonRecovered, stanna.Resolved)
	want(t, s.passes(2*days), "", "")
}

// What time and a rule say of one alert at the same moment is told once.
func TestSnoozeEndsAndMore(t *testing.T) {
	timed := customRule("client.daysToRenewal > 20")
	s := newStory(t, timed)
	s.Client.RenewalDate = "2026-11-24" // 21 days from the third
	s.comes(hour, stanna.Contacted{})
	s.snooze(2*days - 9*hour) // the midnight on which the condition ends
	got := s.tick(start.Add(2*days-9*hour), "")
	if want(t, got, stanna.ReasonConditionOver, stanna.Resolved); len(s.Alerts) != 1 || s.last().Open() {
		t.Errorf("%+v", got.changes)
	}

	s = fallenTo(t, 58) // history came in, and shows it worse
	s.snooze(3 * days)
	s.takes(stanna.Signal{OccurredAt: start.Add(2 * days), Fact: stanna.HealthScored{Score: 45}}, start.Add(5*days))
	got = s.passes(6 * days)
	if want(t, got, stanna.ReasonSnoozeOver, stanna.Reminded); s.last().Status != stanna.AlertOpen || s.last().Evidence.Told != 45 || !got.changes[0].Rose || s.last().Why != stanna.ReasonSnoozeOver {
		t.Errorf("%+v", s.last())
	}

	r := escalating(stanna.EscalationStep{After: 60, To: boss})
	s = fallenTo(t, 58, r) // escalated and worse: others are told the one, who knew the other
	s.takes(stanna.Signal{OccurredAt: start.Add(4 * hour), Fact: stanna.HealthScored{Score: 45}}, start.Add(5*days))
	got = s.passes(6 * days)
	if e := got.events(); len(e) != 2 || e[0].Event != stanna.Escalated || e[1].Event != stanna.Worsened || s.last().Escalated != 1 || s.last().Severity != stanna.High {
		t.Errorf("%+v", e)
	}
}

// What is due stays due until time has done it, whatever comes in between.
func TestWhatIsDueStaysDue(t *testing.T) {
	s := fallenTo(t, 58)
	s.snooze(2 * days)
	s.comes(3*days, stanna.HealthScored{Score: 57}) // before anybody looked
	if due := start.Add(2 * days); !s.State.Due.Equal(due) {
		t.Errorf("due %v, want %v", s.State.Due, due)
	}
	want(t, s.passes(3*days), stanna.ReasonSnoozeOver, stanna.Reminded)

	s = newStory(t, healthRule(nil))
	s.State.Due = stanna.AtOnce
	s.healths(60)
	if !s.State.Due.Equal(stanna.AtOnce) {
		t.Errorf("a new rule is forgotten: due %v", s.State.Due)
	}
	s = fallenTo(t, 58)
	s.comes(32*days, stanna.Contacted{})
	s.assigns(t)
	want(t, s.passes(33*days), stanna.ReasonNotRecovered, stanna.Resolved)

	s = newStory(t, healthRule(nil)) // a live stream does not put history off
	s.takes(stanna.Signal{OccurredAt: start.Add(-9 * days), Fact: stanna.HealthScored{Score: 30}}, start)
	due := s.State.Due
	for i := range 30 {
		s.comes(time.Duration(i)*time.Second, stanna.HealthScored{Score: 30})
	}
	if !s.State.Due.Equal(due) || due.Sub(start) != time.Minute {
		t.Errorf("due %v, was %v", s.State.Due, due)
	}
}

// assigns has a person give the alert to somebody while it is due, which changes
// nothing of that.
func (s *story) assigns(t *testing.T) {
	t.Helper()
	due := s.State.Due
	mustChange(t)(s.last().Assign("bo@acme.com", s.now))
	s.Look(s.policy, s.now)
	if !s.State.Due.Equal(due) {
		t.Errorf("due %v, was %v", s.State.Due, due)
	}
}
