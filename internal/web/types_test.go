package web

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// rules gives the workspace every rule that a new one begins with.
func (h *house) rules() {
	h.Helper()
	h.update(func(tx *store.Tx) error {
		for _, r := range rule.First(acme) {
			if err := tx.PutRule(r, stanna.ActorSystem, time.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// everyType opens an alert of every type on one client, and one on the whole
// portfolio, with what each stands on.
func (h *house) everyType() map[stanna.AlertType]string {
	h.Helper()
	h.rules()
	h.client(stanna.Client{ID: "globex", Name: "Globex", MRR: stanna.MoneyOf(12400, "USD"), CSMOwner: carl, Tier: "growth", RenewalDate: time.Now().AddDate(0, 0, 52).Format(time.DateOnly),
		RenewalMonths: 12, Contacts: []stanna.Contact{{Name: "Maria Costa", Email: "maria@globex.example", Title: "COO", Primary: true}}, Tags: []string{"emea"}})
	now := time.Now().UTC().Truncate(time.Second)
	week := now.AddDate(0, 0, -7)
	minus := -8.0
	evidence := map[stanna.AlertType]stanna.Evidence{
		stanna.HealthDrop: {Trigger: stanna.ReasonEnteredRed, Base: 60, BaseAt: week, Opened: 38, Value: 34, ValueAt: now, Worst: 34, Source: "warehouse"},
		stanna.ChurnRisk: {Trigger: stanna.ReasonChurnLikely, Base: 55, BaseAt: week, Opened: 72, Value: 78, ValueAt: now, Worst: 78, Source: "model",
			Factors: []stanna.Factor{{Name: "Champion left", Impact: &minus}}, Actions: []string{"Call the sponsor"}},
		stanna.PaymentIssue: {Trigger: stanna.ReasonPaymentAgain, ValueAt: now, Payment: &stanna.PaymentStanding{FailedAt: now, FirstAt: week, Amount: stanna.MoneyOf(12400, "USD"), Attempt: 2,
			NextAttempt: now.AddDate(0, 0, 3).Format(time.RFC3339), Decline: stanna.SoftDecline, Code: "insufficient_funds", Invoice: "INV-7", Contact: "MARIA@globex.example"},
			AlsoOwed: []stanna.PaymentStanding{{FailedAt: now, FirstAt: now, Amount: stanna.MoneyOf(600, "USD"), Status: stanna.PaymentDisputed, Invoice: "dp_8", RespondBy: "2026-12-24T12:00:00Z"}}},
		stanna.EngagementDrop: {Trigger: stanna.ReasonBelowBaseline, Base: 200, BaseAt: week, Opened: 106, Value: 98, ValueAt: now, Worst: 98},
		stanna.SentimentNegative: {Trigger: stanna.ReasonVeryNegative, Opened: -1.6, Value: -1.6, ValueAt: now, Worst: -1.6, Quote: "Third time I ask for this.", Count: 3, Source: "support",
			Author: "Maria Costa", URL: "https://support.example.com/tickets/118?a=1&b=2"},
		stanna.RevenueAtRisk: {Trigger: stanna.ReasonSumCrossed, Base: 40000, BaseAt: week, Opened: 61000, Value: 62500, ValueAt: now, Worst: 62500, Limit: 50000, Share: 12.4, Loss: 21000, Clients: 9,
			Moves: []stanna.Move{{ClientID: "globex", Name: "Globex", Amount: 12400, Why: stanna.ReasonEnteredRed}}, Moved: 3},
		stanna.ExpansionOpportunity: {Trigger: stanna.ReasonLimitFilled, Base: 80, Opened: 92, Value: 96, ValueAt: now, Worst: 96, Limit: 100, Subject: "seats", Since: week},
		stanna.Milestone:            {Trigger: stanna.ReasonGoalReached, Subject: "1,000 invoices", ValueAt: now},
		stanna.RenewalUpcoming:      {Trigger: stanna.ReasonRenewalNear, Opened: 60, Value: 52, ValueAt: now, Date: now.AddDate(0, 0, 52).Format(time.DateOnly), Is: "yellow"},
		stanna.KeyAccountUpdate:     {Trigger: stanna.ReasonZoneChanged, Subject: "zone", Was: "green", Is: "yellow", ValueAt: now},
		stanna.Custom:               {Trigger: stanna.ReasonConditionHolds, Subject: "client.mrr > 10000 && state.daysSinceContact > 30", ValueAt: now},
	}
	ids := map[stanna.AlertType]string{}
	h.update(func(tx *store.Tx) error {
		var list []stanna.Alert
		for t, e := range evidence {
			a := stanna.Alert{Workspace: acme, ID: store.NewID("alr"), RuleID: "rule_" + string(t), RuleVersion: 1, RuleName: typeName(t), ClientID: "globex", Type: t, Severity: stanna.High,
				Status: stanna.AlertOpen, Evidence: e, OpenedAt: now.Add(-time.Hour), UpdatedAt: now, Why: e.Trigger}
			if t == stanna.RevenueAtRisk {
				a.ClientID = ""
			}
			ids[t] = a.ID
			list = append(list, a)
		}
		return tx.PutAlerts(list)
	})
	return ids
}

func TestEvidenceOfEveryType(t *testing.T) {
	h := newHouse(t)
	ids := h.everyType()
	if len(ids) != len(rule.Catalogue()) {
		t.Fatalf("%d types of %d have an alert here", len(ids), len(rule.Catalogue()))
	}
	b := h.as(ana)
	for kind, texts := range map[stanna.AlertType][]string{
		stanna.HealthDrop:     {"60 → 34", "Fell 22 points in "},
		stanna.ChurnRisk:      {"55 % → 78 %", "Rose 17 points", "Champion left", "Call the sponsor"},
		stanna.PaymentIssue:   {"$12,400 failed, second attempt", "insufficient funds", "soft: it may pass", "INV-7", "Maria Costa", "and 1 more payment, $13,000 in all", "$600 disputed", "answer by ", "dp_8", "Owed in all"},
		stanna.EngagementDrop: {"200 → 98", "47 % below the client", "Usual week"},
		stanna.SentimentNegative: {"−1.6", "Third time I ask for this.", "Conversations",
			`Said by <bdi dir="auto">Maria Costa</bdi>`, `<a href="https://support.example.com/tickets/118?a=1&amp;b=2" rel="noopener noreferrer" target="_blank">`},
		stanna.RevenueAtRisk:        {"The whole portfolio", "$40,000 → $62,500", "Expected loss", "$21,000", "12.4 %", "+$12,400", "and 2 more clients"},
		stanna.ExpansionOpportunity: {"96 of 100 seats", "96 % of the limit", "The line"},
		stanna.Milestone:            {"1,000 invoices"},
		stanna.RenewalUpcoming:      {"in 52 days", "yellow", "12 months"},
		stanna.KeyAccountUpdate:     {"green → yellow"},
		stanna.Custom:               {"daysSinceContact &gt; 30"},
	} {
		b.get("/alerts/"+ids[kind]).ok(texts...).without("TemplFailed", "NaN", "Infinity", "There is no chart")
	}
	b.get("/alerts").ok("The whole portfolio", "1,000 invoices", "$12,400 failed")
	b.get("/alerts?type=payment_issue").ok("$12,400 failed").without("1,000 invoices")
	b.get("/alerts?severity=low").ok("No alert fits")
	b.get("/alerts?rule=rule_milestone").ok("1,000 invoices").without("$12,400 failed")
	b.get("/alerts?type=nonsense&severity=x&status=y").ok("1,000 invoices")
	b.get("/").ok("figure-risk", "figure-loss")

	c := h.as(carl) // whose client it is
	c.get("/alerts").ok("1,000 invoices").without("The whole portfolio")
	c.get("/alerts/" + ids[stanna.RevenueAtRisk]).is(404)
	c.get("/").ok().without("figure-risk", "figure-loss")
	l := h.as(lea)
	l.get("/alerts/"+ids[stanna.SentimentNegative]).ok("−1.6").without("Third time", "Maria Costa", "tickets/118", `id="acts"`, `id="steps"`)
	l.get("/alerts/" + ids[stanna.RevenueAtRisk]).ok("The whole portfolio")
}
