package backtest_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

const delivered = stanna.Delivered

// silences is a way to each reason for which people hear nothing of client
// c1, or nothing more. The rule asked about is the type's.
var silences = []struct {
	why  stanna.Reason
	told bool
	rule stanna.AlertType
	make func(h *house)
}{
	{stanna.ReasonNotMeasured, false, stanna.HealthDrop, func(h *house) { h.keep(stanna.HealthDrop); h.client() }},
	{stanna.ReasonFirstValue, false, stanna.HealthDrop, func(h *house) { h.keep(stanna.HealthDrop); h.client(); h.scores(80) }},
	{stanna.ReasonBelowThreshold, false, stanna.HealthDrop, func(h *house) { h.keep(stanna.HealthDrop); h.client(); h.scores(80, 78) }},
	{stanna.ReasonStillOpen, true, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38)
		h.deliver(delivered, stanna.ReasonSent)
		h.scores(37)
	}},
	{stanna.ReasonPartlyBack, true, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38)
		h.deliver(delivered, stanna.ReasonSent)
		h.scores(44)
	}},
	{stanna.ReasonShadow, false, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop, func(r *stanna.Rule) { r.Status = stanna.RuleShadow })
		h.client()
		h.scores(80, 38)
	}},
	{stanna.ReasonRuleOff, false, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop, func(r *stanna.Rule) { r.Status = stanna.RuleOff })
		h.client()
		h.scores(80, 38)
	}},
	{stanna.ReasonExcluded, false, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client(func(c *stanna.Client) { c.IsExcluded = true })
		h.scores(80, 38)
	}},
	{stanna.ReasonChurned, false, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.send(0, stanna.ClientChurnedType, map[string]any{})
		h.scores(80, 38)
	}},
	{stanna.ReasonAccountLeftOut, false, stanna.HealthDrop, filtered(stanna.Filter{Never: []string{"c1"}})},
	{stanna.ReasonAccountNotNamed, false, stanna.HealthDrop, filtered(stanna.Filter{Only: []string{"c2"}})},
	{stanna.ReasonBelowMinMRR, false, stanna.HealthDrop, filtered(stanna.Filter{MinMRR: 5000})},
	{stanna.ReasonMRRUnknown, false, stanna.HealthDrop, filtered(stanna.Filter{MinMRR: 5000}, func(c *stanna.Client) { c.MRR = stanna.Money{} })},
	{stanna.ReasonOtherCurrency, false, stanna.HealthDrop, filtered(stanna.Filter{MinMRR: 5000}, func(c *stanna.Client) { c.MRR = stanna.MoneyOf(9000, "EUR") })},
	{stanna.ReasonOtherTier, false, stanna.HealthDrop, filtered(stanna.Filter{Tiers: []string{"growth"}})},
	{stanna.ReasonOtherZone, false, stanna.HealthDrop, filtered(stanna.Filter{Zones: []stanna.Zone{stanna.Green}})},
	{stanna.ReasonOtherOwner, false, stanna.HealthDrop, filtered(stanna.Filter{Owners: []string{"bob@acme.com"}})},
	{stanna.ReasonNoTag, false, stanna.HealthDrop, filtered(stanna.Filter{Tags: []string{"vip"}})},
	{stanna.ReasonOtherField, false, stanna.HealthDrop, filtered(stanna.Filter{Custom: map[string]string{"region": "eu"}})},
	{stanna.ReasonOverridden, false, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.keep(stanna.HealthDrop, own)
		h.client()
		h.scores(80, 38)
	}},
	{stanna.ReasonAlreadyOpen, false, "own", func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38)
		h.keep(stanna.HealthDrop, own)
		h.scores(37)
	}},
	{stanna.ReasonConditionNot, false, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop, func(r *stanna.Rule) { r.Condition = "client.mrr > 5000" })
		h.client()
		h.scores(80, 38)
	}},
	{stanna.ReasonConditionFailed, false, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop, func(r *stanna.Rule) { r.Condition = `client.custom.seats > 5` })
		h.client(func(c *stanna.Client) { c.Custom = map[string]any{"seats": "many"} })
		h.scores(80, 38)
	}},
	{stanna.ReasonKnownState, true, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38)
		h.deliver(delivered, stanna.ReasonSent)
		h.resolve(stanna.AlreadyKnown)
		h.scores(37)
	}},
	{stanna.ReasonRiskOpen, false, stanna.ExpansionOpportunity, func(h *house) {
		h.keep(stanna.ExpansionOpportunity)
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38)
		h.send(0, stanna.UsageMeasuredType, map[string]any{"used": 100, "limit": 100})
	}},
	{stanna.ReasonNothingOwed, false, stanna.PaymentIssue, func(h *house) {
		h.keep(stanna.PaymentIssue)
		h.client()
		h.send(0, stanna.PaymentRecoveredType, map[string]any{})
	}},
	{stanna.ReasonSoftFirst, false, stanna.PaymentIssue, func(h *house) {
		h.keep(stanna.PaymentIssue)
		h.client()
		h.send(0, stanna.PaymentFailedType, map[string]any{"amount": 100, "currency": "USD", "attempt": 1, "decline": "soft"})
	}},
	{stanna.ReasonTooLittleData, false, stanna.EngagementDrop, func(h *house) {
		h.keep(stanna.EngagementDrop)
		h.client()
		h.send(0, stanna.EngagementMeasuredType, map[string]any{"value": 10})
	}},
	{stanna.ReasonTooSmall, false, stanna.EngagementDrop, func(h *house) {
		h.keep(stanna.EngagementDrop)
		h.client()
		h.weeks(7, 1)
	}},
	{stanna.ReasonUnfinished, false, stanna.EngagementDrop, func(h *house) {
		h.keep(stanna.EngagementDrop)
		h.client()
		h.weeks(7, 40)
		h.send(0, stanna.EngagementMeasuredType, map[string]any{"value": 10, "periodEnd": h.now.Add(day)})
	}},
	{stanna.ReasonLowConfidence, false, stanna.SentimentNegative, func(h *house) {
		h.keep(stanna.SentimentNegative)
		h.client()
		h.send(0, stanna.SentimentDetectedType, map[string]any{"score": -2, "confidence": 0.2})
	}},
	{stanna.ReasonTooFewMoods, false, stanna.SentimentNegative, func(h *house) {
		h.keep(stanna.SentimentNegative)
		h.client()
		h.send(0, stanna.SentimentDetectedType, map[string]any{"score": -1})
	}},
	{stanna.ReasonTooSoon, false, stanna.RenewalUpcoming, func(h *house) {
		h.keep(stanna.RenewalUpcoming)
		h.client(func(c *stanna.Client) { c.RenewalDate, c.RenewalMonths = "2027-11-01", 12 })
	}},
	{stanna.ReasonShortTerm, false, stanna.RenewalUpcoming, func(h *house) {
		h.keep(stanna.RenewalUpcoming)
		h.client(func(c *stanna.Client) { c.RenewalDate, c.RenewalMonths = "2026-12-01", 1 })
	}},
	{stanna.ReasonNoDate, false, stanna.RenewalUpcoming, func(h *house) { h.keep(stanna.RenewalUpcoming); h.client() }},
	{stanna.ReasonRenewalPassed, false, stanna.RenewalUpcoming, func(h *house) {
		h.keep(stanna.RenewalUpcoming)
		h.client(func(c *stanna.Client) { c.RenewalDate, c.RenewalMonths = "2026-10-01", 12 })
	}},
	{stanna.ReasonAlreadyTold, true, stanna.Milestone, func(h *house) {
		h.keep(stanna.Milestone)
		h.client()
		h.send(0, stanna.MilestoneReachedType, map[string]any{"name": "1,000 projects"})
		h.deliver(delivered, stanna.ReasonSent)
		h.pass(time.Hour)
		h.send(0, stanna.MilestoneReachedType, map[string]any{"name": "1,000 projects"})
	}},
	{stanna.ReasonHealthPoor, false, stanna.Milestone, func(h *house) {
		h.keep(stanna.Milestone)
		h.client()
		h.scores(20)
		h.send(0, stanna.MilestoneReachedType, map[string]any{"name": "1,000 projects"})
	}},
	{stanna.ReasonSameAsBefore, false, stanna.KeyAccountUpdate, func(h *house) {
		h.keep(stanna.KeyAccountUpdate, func(r *stanna.Rule) { r.Filter.Only = []string{"c1"} })
		h.client()
		h.scores(80, 81)
	}},
	{stanna.ReasonBelowAmount, false, stanna.RevenueAtRisk, func(h *house) {
		h.keep(stanna.RevenueAtRisk, func(r *stanna.Rule) { r.Thresholds = map[string]float64{"amount": 5000} })
		h.client()
		h.scores(20)
	}},
	{stanna.ReasonAmountNotSet, false, stanna.RevenueAtRisk, func(h *house) { h.keep(stanna.RevenueAtRisk); h.client() }},
	{stanna.ReasonLate, false, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80)
		h.send(3*time.Hour, stanna.HealthScoredType, map[string]any{"score": 30})
	}},
	{stanna.ReasonBackfill, false, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.send(10*day, stanna.HealthScoredType, map[string]any{"score": 80})
	}},
	{stanna.ReasonFirstContact, false, stanna.HealthDrop, func(h *house) { h.keep(stanna.HealthDrop); h.client(); h.scores(20) }},
	{stanna.ReasonFoundInBackfill, false, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.send(10*day, stanna.HealthScoredType, map[string]any{"score": 80})
		h.send(9*day, stanna.HealthScoredType, map[string]any{"score": 20})
		h.pass(5 * time.Minute)
	}},
	{stanna.ReasonSilenced, false, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.update(func(tx *store.Tx) error {
			return tx.AddSilence(stanna.Silence{Workspace: acme, ID: "sil_1", Matcher: stanna.Matcher{Types: []stanna.AlertType{stanna.HealthDrop}}, Author: "ana@acme.com",
				Comment: "the feed is being rebuilt", StartsAt: monday, EndsAt: monday.Add(day), CreatedAt: monday})
		})
		h.scores(80, 38)
	}},
	{stanna.ReasonOutsideHours, false, stanna.HealthDrop, func(h *house) {
		h.settings(func(s *stanna.Settings) {
			s.BusinessHours.Windows = []stanna.Window{{Days: []string{"mon", "tue"}, From: "09:00", To: "10:20"}}
		})
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38)
	}},
	{stanna.ReasonDailyDigest, false, stanna.HealthDrop, often(stanna.Daily)},
	{stanna.ReasonWeeklyDigest, false, stanna.HealthDrop, often(stanna.Weekly)},
	{stanna.ReasonDigestOnly, false, stanna.HealthDrop, func(h *house) {
		h.settings(func(s *stanna.Settings) { s.DigestOnly = true })
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38)
	}},
	{stanna.ReasonUnstable, false, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38, 80, 38, 80, 38)
	}},
	{stanna.ReasonManyAtOnce, false, stanna.HealthDrop, func(h *house) { h.surge() }},
	{stanna.ReasonDiscarded, false, stanna.HealthDrop, func(h *house) {
		h.surge()
		var id string
		h.must(h.store.View(context.Background(), func(tx *store.Tx) error {
			list, err := tx.HoldingSurges(acme)
			if err == nil {
				id = list[0].ID
			}
			return err
		}))
		_, err := h.intake.EndSurge(context.Background(), acme, id, ana, false)
		h.must(err)
	}},
	{stanna.ReasonEndedBeforeTold, false, stanna.HealthDrop, func(h *house) {
		often(stanna.Daily)(h)
		h.scores(80)
	}},
	{stanna.ReasonSnoozed, true, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38)
		h.deliver(delivered, stanna.ReasonSent)
		_, err := h.intake.Snooze(context.Background(), acme, h.alerts()[0].ID, ana, h.now.Add(3*day))
		h.must(err)
		h.scores(37)
	}},
	{stanna.ReasonWhileSnoozed, true, stanna.HealthDrop, func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38)
		h.deliver(delivered, stanna.ReasonSent)
		_, err := h.intake.Snooze(context.Background(), acme, h.alerts()[0].ID, ana, h.now.Add(3*day))
		h.must(err)
		h.scores(25)
	}},
	{stanna.ReasonTakenUp, false, stanna.HealthDrop, func(h *house) {
		often(stanna.Daily)(h)
		_, err := h.intake.TakeUp(context.Background(), acme, h.alerts()[0].ID, ana)
		h.must(err)
	}},
	{stanna.ReasonJoined, true, stanna.PaymentIssue, func(h *house) {
		h.keep(stanna.ChurnRisk)
		h.keep(stanna.PaymentIssue)
		h.client()
		h.send(0, stanna.ChurnPredictedType, map[string]any{"probability": 0.3})
		h.pass(time.Hour)
		h.send(0, stanna.ChurnPredictedType, map[string]any{"probability": 0.9})
		h.deliver(delivered, stanna.ReasonSent)
		h.send(0, stanna.PaymentFailedType, map[string]any{"amount": 100, "currency": "USD", "attempt": 3, "decline": "hard"})
		h.deliver(delivered, stanna.ReasonUpdatedInPlace)
	}},
	{stanna.ReasonNoDestination, false, stanna.HealthDrop, func(h *house) {
		h.settings(func(s *stanna.Settings) { s.DefaultChannel = "" })
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38)
	}},
	{stanna.ReasonNotConnected, false, stanna.HealthDrop, func(h *house) {
		h.update(func(tx *store.Tx) error { return tx.RemoveConnection(acme, "T1") })
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38)
	}},
	{stanna.ReasonTransport, false, stanna.HealthDrop, stuck(stanna.Waiting, stanna.ReasonTransport)},
	{stanna.ReasonRateLimited, false, stanna.HealthDrop, stuck(stanna.Waiting, stanna.ReasonRateLimited)},
	{stanna.ReasonPaused, false, stanna.HealthDrop, stuck(stanna.Waiting, stanna.ReasonPaused)},
	{stanna.ReasonPermanent, false, stanna.HealthDrop, stuck(stanna.Dead, stanna.ReasonPermanent)},
	{stanna.ReasonEnteredRed, true, stanna.HealthDrop, stuck(stanna.Delivered, stanna.ReasonSent)}, // no silence: it was told
}

// own makes a rule one for this account alone.
func own(r *stanna.Rule) { r.ID, r.Name, r.Filter.Only = "rule_own", "For Acme", []string{"c1"} }

func filtered(f stanna.Filter, change ...func(*stanna.Client)) func(*house) {
	return func(h *house) {
		h.keep(stanna.HealthDrop, func(r *stanna.Rule) { r.Filter = f })
		h.client(change...)
		h.scores(80, 38)
	}
}

func often(f stanna.Frequency) func(*house) {
	return func(h *house) {
		h.keep(stanna.HealthDrop, func(r *stanna.Rule) {
			for s := range r.Frequency {
				r.Frequency[s] = f
			}
		})
		h.client()
		h.scores(80, 38)
	}
}

func stuck(status stanna.NotificationStatus, why stanna.Reason) func(*house) {
	return func(h *house) {
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 38)
		h.deliver(status, why)
	}
}

func (h *house) resolve(o stanna.Outcome) {
	h.Helper()
	_, err := h.intake.Resolve(context.Background(), acme, h.alerts()[0].ID, ana, o, "")
	h.must(err)
}

// weeks measures engagement daily for so many weeks.
func (h *house) weeks(n int, value float64) {
	h.Helper()
	for range 7 * n {
		h.pass(day)
		h.send(0, stanna.EngagementMeasuredType, map[string]any{"value": value})
	}
}

// surge has c1 fall among many.
func (h *house) surge() {
	h.Helper()
	h.keep(stanna.HealthDrop)
	for i := 1; i <= stanna.SurgeClients+1; i++ {
		h.client(func(c *stanna.Client) { c.ID = fmt.Sprintf("c%d", i) })
		h.sendOf(fmt.Sprintf("c%d", i), 0, stanna.HealthScoredType, map[string]any{"score": 80})
	}
	h.pass(time.Hour)
	for i := stanna.SurgeClients + 1; i >= 1; i-- {
		h.sendOf(fmt.Sprintf("c%d", i), 0, stanna.HealthScoredType, map[string]any{"score": 38})
	}
}

// Every silence can be explained: each of the reasons is found where it was
// made, and says so to a person.
func TestExplainSilences(t *testing.T) {
	for _, c := range silences {
		t.Run(string(c.why), func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, st *store.Store) {
				h := newHouse(t, st)
				c.make(h)
				e := h.explain("c1", "rule_"+string(c.rule), time.Time{})
				if e.Verdict.Reason != c.why || e.Verdict.Told != c.told {
					t.Errorf("the verdict is %s (told %v), want %s (told %v)%s", e.Verdict.Reason, e.Verdict.Told, c.why, c.told, steps(e))
				}
				if e.Verdict.Sentence == string(c.why) || e.Verdict.Sentence == "" {
					t.Errorf("the verdict says %q to a person", e.Verdict.Sentence)
				}
				for _, s := range e.Steps {
					if s.Question == "" {
						t.Errorf("step %s asks nothing", s.Name)
					}
				}
			})
		})
	}
}

func steps(e backtest.Explanation) string {
	var b strings.Builder
	for _, s := range e.Steps {
		fmt.Fprintf(&b, "\n  %v %s %s %v", s.Passed, s.Question, s.Reason, s.Values)
	}
	for _, d := range e.Deliveries {
		fmt.Fprintf(&b, "\n  %s to %s: %s %s", d.Event, d.Destination, d.Status, d.Reason)
	}
	if e.Alert != nil {
		fmt.Fprintf(&b, "\n  alert %s %s closed %s", e.Alert.Status, e.Alert.Why, e.Alert.ClosedAt)
	}
	return b.String()
}

// A past moment is explained by what was known, and by the rule that was in
// force, then.
func TestExplainThePast(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := newHouse(t, st)
		h.keep(stanna.HealthDrop, func(r *stanna.Rule) { r.Filter.MinMRR = 5000 })
		h.client()
		h.scores(80, 38)
		then := h.now
		h.pass(time.Hour)
		h.keep(stanna.HealthDrop)
		h.scores(80, 38)
		h.deliver(delivered, stanna.ReasonSent)
		if e := h.explain("c1", "rule_health_drop", then); e.Verdict.Reason != stanna.ReasonBelowMinMRR || e.Rule.Version != 1 || e.Alert != nil {
			t.Errorf("then it was %s by version %d, and the alert %v%s", e.Verdict.Reason, e.Rule.Version, e.Alert, steps(e))
		}
		e := h.explain("c1", "rule_health_drop", time.Time{})
		if !e.Verdict.Told || e.Alert == nil || e.Rule.Version != 2 || len(e.Deliveries) != 1 || len(e.Routing.Choices) != 1 {
			t.Errorf("now it is %+v by version %d, and the alert %v%s", e.Verdict, e.Rule.Version, e.Alert, steps(e))
		}
		if e := h.explain("c1", "rule_health_drop", then.Add(-10*time.Minute)); e.Verdict.Reason != stanna.ReasonBelowMinMRR || e.LastSignal == nil {
			t.Errorf("before it was %s%s", e.Verdict.Reason, steps(e))
		}
	})
}

// A workspace that plays the past has rules that were written long after what
// it plays; they are in force all the same.
func TestExplainAPlayedPast(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := newHouse(t, st)
		now := h.now
		h.now = now.AddDate(1, 0, 0)
		h.keep(stanna.HealthDrop)
		h.keep(stanna.HealthDrop, own)
		h.now = now
		h.client()
		h.scores(80, 38)
		if e := h.explain("c1", "rule_health_drop", time.Time{}); e.Verdict.Reason != stanna.ReasonOverridden {
			t.Errorf("it is %s%s", e.Verdict.Reason, steps(e))
		}
	})
}

// A silence is shown with who made it, and until when.
func TestExplainShowsTheSilence(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := newHouse(t, st)
		i := slices.IndexFunc(silences, func(c struct {
			why  stanna.Reason
			told bool
			rule stanna.AlertType
			make func(h *house)
		}) bool {
			return c.why == stanna.ReasonSilenced
		})
		silences[i].make(h)
		e := h.explain("c1", "rule_health_drop", time.Time{})
		if e.Routing.Silence == nil || e.Routing.Silence.Author != "ana@acme.com" || !e.Verdict.Until.Equal(monday.Add(day)) {
			t.Errorf("%+v until %s", e.Routing.Silence, e.Verdict.Until)
		}
		if shown := steps(e); !strings.Contains(shown, "ana@acme.com") || !strings.Contains(shown, "the feed is being rebuilt") {
			t.Errorf("who asked for the quiet, and why, is not said:%s", shown)
		}
	})
}

// What is not there is said.
func TestExplainRefuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := newHouse(t, st)
		h.keep(stanna.HealthDrop)
		h.client()
		for name, ask := range map[string][2]string{"client": {"nobody", "rule_health_drop"}, "rule": {"c1", "rule_none"}, "no client": {"", "rule_health_drop"}} {
			_, err := backtest.Explain(context.Background(), h.store, acme, ask[0], ask[1], time.Time{}, h.now)
			if code := stanna.CodeOf(err); code != stanna.NotFound && code != stanna.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
