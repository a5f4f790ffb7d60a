package rule_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

func customRule(condition string) stanna.Rule {
	r := ruleOf(stanna.Custom, nil)
	r.Condition = condition
	return r
}

// own is a signal of the company's own.
func own(kind, data string) stanna.Signal {
	return stanna.Signal{Type: stanna.SignalType("custom." + kind), Data: json.RawMessage(data), OccurredAt: start}
}

func TestCustomOpensAndCloses(t *testing.T) {
	const condition = "client.mrr >= 5000 && state.health < 50"
	s := newStory(t, customRule(condition))
	want(t, s.healths(60, 40), stanna.ReasonConditionNot, "") // the revenue is not known
	s.Client.MRR = usd(5000)
	want(t, s.comes(days, stanna.Contacted{}), stanna.ReasonConditionHolds, stanna.Opened) // any signal is looked at
	a := s.last()
	if e := a.Evidence; a.Severity != stanna.Medium || e.Trigger != stanna.ReasonConditionHolds || e.Subject != condition || !e.ValueAt.Equal(start.Add(days)) ||
		e.SignalID == "" || e.Source != "test" || e.Is != "" {
		t.Errorf("%+v", a)
	}
	before := *a
	want(t, s.comes(2*days, stanna.HealthScored{Score: 10}), stanna.ReasonStillOpen, "")
	if diff := cmp.Diff(before, *a); diff != "" {
		t.Errorf("an open alert changed: %s", diff)
	}
	want(t, s.comes(3*days, stanna.HealthScored{Score: 50}), stanna.ReasonConditionOver, stanna.Resolved)
	want(t, s.comes(4*days, stanna.HealthScored{Score: 49}), stanna.ReasonConditionHolds, stanna.Opened)
	s.comes(5*days, stanna.HealthScored{Score: 50})
	s.comes(6*days, stanna.HealthScored{Score: 49})
	if len(s.Alerts) != 3 || !s.last().Unstable {
		t.Errorf("%d alerts, %+v", len(s.Alerts), s.last())
	}
	want(t, s.comes(37*days, stanna.HealthScored{Score: 49}), stanna.ReasonNotRecovered, stanna.Resolved)
	want(t, s.comes(38*days, stanna.HealthScored{Score: 20}), stanna.ReasonKnownState, "")
	want(t, s.comes(39*days, stanna.HealthScored{Score: 90}), stanna.ReasonConditionNot, "")
	want(t, s.comes(40*days, stanna.HealthScored{Score: 20}), stanna.ReasonConditionHolds, stanna.Opened)
	s.closes(41*days, "rule_custom", stanna.AlreadyKnown)
	want(t, s.comes(42*days, stanna.HealthScored{Score: 20}), stanna.ReasonKnownState, "")
}

// A condition may ask for the movement of MRR, and for all that is owed.
func TestCustomAboutMoney(t *testing.T) {
	s := newStory(t, customRule(`state.movement == "contraction" && state.mrrBefore - state.mrrAfter >= 100`))
	moved := func(m stanna.MRRMovement, before, after float64) stanna.Fact {
		return stanna.SubscriptionChanged{Movement: m, Before: before, MRR: after}
	}
	want(t, s.facts(moved(stanna.MRRContraction, 500, 450)), stanna.ReasonConditionNot, "")
	want(t, s.facts(moved(stanna.MRRContraction, 450, 300)), stanna.ReasonConditionHolds, stanna.Opened)
	want(t, s.facts(moved(stanna.MRRExpansion, 300, 500)), stanna.ReasonConditionOver, stanna.Resolved)

	s = newStory(t, customRule(`state.paymentTotal > 500 || state.paymentStatus == "disputed" && state.paymentRespondBy < now + days(3)`))
	want(t, s.facts(failure(1), failure(1, of("in_2", 400))), stanna.ReasonConditionNot, "")
	want(t, s.facts(failure(1, of("in_3", 1))), stanna.ReasonConditionHolds, stanna.Opened)
	want(t, s.facts(stanna.PaymentRecovered{Invoice: "in_2"}), stanna.ReasonConditionOver, stanna.Resolved)
	want(t, s.comes(8*days, failure(0, disputed, of("dp_1", 1))), stanna.ReasonConditionNot, "")
	want(t, s.comes(22*days, failure(0, disputed, of("dp_1", 1))), stanna.ReasonConditionHolds, stanna.Opened)
}

// A condition about the signal is a question about that one.
func TestCustomAboutTheSignal(t *testing.T) {
	s := newStory(t, customRule(`signal.type == "custom.nps" && signal.data.score <= 6`))
	nps := func(after time.Duration, data string) told {
		sig := own("nps", data)
		sig.OccurredAt = start.Add(after)
		return s.takes(sig, start.Add(after))
	}
	want(t, nps(0, `{"score": 7}`), stanna.ReasonConditionNot, "")
	want(t, nps(hour, `{}`), stanna.ReasonConditionNot, "")
	want(t, nps(days, `{"score": 3}`), stanna.ReasonConditionHolds, stanna.Opened)
	opened := s.last().Evidence
	if opened.Is != "custom.nps" {
		t.Errorf("%+v", opened)
	}
	want(t, s.comes(2*days, stanna.HealthScored{Score: 90}), stanna.ReasonStillOpen, "") // says nothing about it
	want(t, s.looks(2*days, stanna.ReasonFirstContact), "", "")
	want(t, nps(3*days, `{"score": 2}`), stanna.ReasonStillOpen, "") // not told again, but kept
	if e := s.last().Evidence; e.SignalID == opened.SignalID || !e.ValueAt.Equal(start.Add(3*days)) {
		t.Errorf("%+v", e)
	}
	want(t, nps(4*days, `{"score": 9}`), stanna.ReasonConditionOver, stanna.Resolved)
	want(t, nps(5*days, `{"score": 1}`), stanna.ReasonConditionHolds, stanna.Opened)
	s.closes(6*days, "rule_custom", stanna.Saved)
	want(t, s.looks(7*days, stanna.ReasonFirstContact), "", "")
	want(t, nps(8*days, `{"score": 1}`), stanna.ReasonConditionHolds, stanna.Opened) // another answer is news
	want(t, s.passes(38*days), stanna.ReasonNotRecovered, stanna.Resolved)
	if !s.State.Due.IsZero() {
		t.Errorf("looked at again %v", s.State.Due)
	}
}

// What cannot be worked out neither opens nor closes.
func TestCustomFailed(t *testing.T) {
	s := newStory(t, customRule(`number(client.custom.seats) > 10 && client.custom.plan.startsWith("gold")`))
	seats := func(after time.Duration, seats, plan any) told {
		s.Client.Custom = map[string]any{"seats": seats, "plan": plan}
		return s.comes(after, stanna.Contacted{})
	}
	want(t, seats(0, 20.0, 5.0), stanna.ReasonConditionFailed, "")
	want(t, seats(hour, 20.0, "golden"), stanna.ReasonConditionHolds, stanna.Opened)
	want(t, seats(2*hour, 20.0, 5.0), stanna.ReasonConditionFailed, "")
	want(t, seats(3*hour, 5.0, "golden"), stanna.ReasonConditionOver, stanna.Resolved)
	s.comes(4*hour, stanna.Contacted{})
	seats(5*hour, 20.0, "golden")
	s.closes(6*hour, "rule_custom", stanna.AlreadyKnown)
	want(t, seats(7*hour, 20.0, 5.0), stanna.ReasonConditionFailed, "")
	want(t, seats(8*hour, 20.0, "golden"), stanna.ReasonKnownState, "") // that it failed between did not clear it
}

// Who comes with a whole book, or stands so when the rule begins, is listed.
func TestCustomFirstContact(t *testing.T) {
	for name, c := range map[string]struct {
		condition string
		do        func(*story) told
		gather    stanna.Reason
	}{
		"the first score":             {"state.health < 50", func(s *story) told { return s.healths(40) }, stanna.ReasonFirstContact},
		"the second score":            {"state.health < 50", func(s *story) told { return s.healths(60, 40) }, ""},
		"the first prediction":        {"state.churn > 0.5", func(s *story) told { return s.facts(chance(60)) }, stanna.ReasonFirstContact},
		"the first mood":              {"state.sentiment < 0", func(s *story) told { return s.moods(mood{0, -1, 0}) }, ""},
		"a signal of its own":         {`signal.type == "custom.left"`, func(s *story) told { return s.takes(own("left", "{}"), start) }, ""},
		"before anybody has looked":   {"state.health < 50", func(s *story) told { s.healths(60); s.State.Due = stanna.AtOnce; return s.healths(40) }, stanna.ReasonFirstContact},
		"a signal of its own, unseen": {`signal.type == "custom.left"`, func(s *story) told { s.State.Due = stanna.AtOnce; return s.takes(own("left", "{}"), start) }, ""},
		"the rule begins": {"state.health < 50", func(s *story) told {
			rules := s.policy
			s.rules(stanna.Settings{})
			s.healths(60, 40)
			s.policy = rules
			return s.looks(days, stanna.ReasonFirstContact)
		}, stanna.ReasonFirstContact},
		"history shows it": {"state.health < 50", func(s *story) told {
			s.takes(stanna.Signal{OccurredAt: start, Fact: stanna.HealthScored{Score: 40}}, start.Add(9*days))
			return s.tick(s.State.Due, "")
		}, stanna.ReasonFoundInBackfill},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.do(newStory(t, customRule(c.condition)))
			if got.event() != stanna.Opened || got.changes[0].Gather != c.gather {
				t.Errorf("%s, gathered %q", got.reason, got.changes[0].Gather)
			}
		})
	}
}

// A condition that speaks of time is looked at when it may change.
func TestCustomDue(t *testing.T) {
	for name, c := range map[string]struct {
		zone, condition string
		now, due        string
	}{
		"no time":             {"UTC", "state.health < 50", "2026-11-02T09:10:00Z", ""},
		"about the signal":    {"UTC", `signal.type == "custom.x" && hour(now) > 9`, "2026-11-02T09:10:00Z", ""},
		"the hour":            {"UTC", "hour(now) >= 9", "2026-11-02T09:10:11Z", "2026-11-02T10:00:00Z"},
		"on the hour":         {"UTC", "hour(now) >= 9", "2026-11-02T09:00:00Z", "2026-11-02T10:00:00Z"},
		"half an hour off":    {"Asia/Kolkata", "hour(now) >= 9", "2026-11-02T09:10:00Z", "2026-11-02T09:30:00Z"},
		"an hour is skipped":  {"America/New_York", "hour(now) >= 9", "2026-03-08T06:40:00Z", "2026-03-08T07:00:00Z"},
		"an hour comes twice": {"America/New_York", "hour(now) >= 9", "2026-11-01T05:40:00Z", "2026-11-01T06:00:00Z"},
		"the day":             {"America/New_York", "client.ageDays > 30", "2026-11-02T09:10:00Z", "2026-11-03T05:00:00Z"},
		"the day of a change": {"America/New_York", "client.ageDays > 30", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
		"no midnight":         {"America/Sao_Paulo", "client.ageDays > 30", "2018-11-03T12:00:00Z", "2018-11-04T03:00:00Z"},
		"both":                {"UTC", "client.ageDays > 30 && weekday(now) == \"monday\"", "2026-11-02T09:10:00Z", "2026-11-02T10:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			s := storyIn(t, stanna.Settings{Timezone: c.zone}, customRule(c.condition))
			now, err := time.Parse(time.RFC3339, c.now)
			if err != nil {
				t.Fatal(err)
			}
			s.tick(now, stanna.ReasonFirstContact)
			if got := s.State.Due; c.due == "" && !got.IsZero() || c.due != "" && got.Format(time.RFC3339) != c.due {
				t.Errorf("due %v, want %s", got, c.due)
			}
		})
	}
}

// The soonest of all moments counts.
func TestCustomDueSoonest(t *testing.T) {
	daily := customRule("client.ageDays > 30")
	daily.ID = "rule_daily"
	for _, rules := range [][]stanna.Rule{{daily, customRule("hour(now) >= 9")}, {customRule("hour(now) >= 9"), daily}} {
		s := newStory(t, rules...)
		if s.passes(time.Minute); !s.State.Due.Equal(start.Add(hour)) {
			t.Errorf("due %v", s.State.Due)
		}
	}
}

// Time alone opens and closes; that is news, and nobody need send anything.
func TestCustomByTime(t *testing.T) {
	s := storyIn(t, stanna.Settings{Timezone: "America/New_York"}, customRule("state.daysSinceContact >= 30 && state.daysSinceContact < 32"))
	s.comes(0, stanna.Contacted{})
	var opened, closed time.Time
	for range 60 {
		got := s.tick(s.State.Due, "")
		switch got.event() {
		case stanna.Opened:
			if opened = s.now; got.changes[0].Gather != "" || s.last().Evidence.SignalID != "" || !s.last().Evidence.ValueAt.Equal(s.now) {
				t.Errorf("%+v", got.changes[0])
			}
		case stanna.Resolved:
			closed = s.now
		}
	}
	if want := "2026-12-02T05:00:00Z 2026-12-04T05:00:00Z"; opened.Format(time.RFC3339)+" "+closed.Format(time.RFC3339) != want {
		t.Errorf("opened %v, closed %v, want %s", opened, closed, want)
	}
	s = newStory(t, customRule("now < date(\"2030-01-01\")")) // it closes after thirty days though time concerns it
	s.comes(0, stanna.Contacted{})
	want(t, s.passes(30*days), stanna.ReasonNotRecovered, stanna.Resolved)
}

func TestCustomSeverityAndFilter(t *testing.T) {
	r := customRule("state.health < 50")
	r.SeverityAs = `state.health < 20 ? "critical" : "low"`
	s := newStory(t, r)
	s.healths(60, 40)
	if s.last().Severity != stanna.Low {
		t.Error(s.last().Severity)
	}
	want(t, s.healths(40), stanna.ReasonStillOpen, "") // the words are the rule's, not the type's
	want(t, s.healths(19), stanna.ReasonSeverityRose, stanna.Worsened)
	want(t, s.healths(18), stanna.ReasonStillOpen, "")
	want(t, s.healths(40), stanna.ReasonStillOpen, "")
	if s.last().Severity != stanna.Critical {
		t.Error(s.last().Severity)
	}
	r.Filter.Owners = []string{"ana@acme.com"}
	s = newStory(t, r)
	want(t, s.healths(60, 40), stanna.ReasonOtherOwner, "")
}

func TestCustomCheck(t *testing.T) {
	for condition, bad := range map[string]string{"": "condition", "client.mrr >": "condition", "alert.value > 5": "condition", "state.health < 50": ""} {
		wantField(t, rule.Check(customRule(condition)), bad)
	}
	p := newStory(t, customRule("client.mrr > 5 && state.health < 40")).policy
	if diff := cmp.Diff([]rule.Value{{Name: "client.mrr", Value: "not known"}, {Name: "state.health", Value: "not known"}}, measured(t, p, stanna.State{})); diff != "" {
		t.Error(diff)
	}
}
