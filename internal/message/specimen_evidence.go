package message

import (
	"time"

	"github.com/gostanna/stanna"
)

// specimen is when and in which money the alerts of specimens are.
type specimen struct {
	now      time.Time
	currency string
}

func (s specimen) day(n int) time.Time { return s.now.AddDate(0, 0, n) }

// evidences fill the alert of each type as its rules do.
var evidences = map[stanna.AlertType]func(specimen, *ThreadView, *AlertView){
	stanna.HealthDrop: func(s specimen, v *ThreadView, a *AlertView) {
		a.Evidence = stanna.Evidence{Trigger: stanna.ReasonFellFar, Base: 61, BaseAt: s.day(-7), Opened: 38, Value: 38, ValueAt: s.now, Worst: 38, Told: 38,
			Source: "Gainsight", Factors: someFactors(-13, -6, -4)}
	},
	stanna.ChurnRisk: func(s specimen, v *ThreadView, a *AlertView) {
		a.Evidence = stanna.Evidence{Trigger: stanna.ReasonChurnLikely, Base: 55, BaseAt: s.day(-6), Opened: 78, Value: 78, ValueAt: s.now, Worst: 78, Told: 78,
			Source: "Gainsight", Factors: someFactors(13, 6, 4), Actions: []string{"Book an executive call this week", "Offer the onboarding review"}}
		v.State.Churn = stanna.Reading{Value: 0.78, At: s.now}
	},
	stanna.PaymentIssue: func(s specimen, v *ThreadView, a *AlertView) {
		p := stanna.PaymentStanding{FailedAt: s.day(-2), FirstAt: s.day(-5), Amount: stanna.MoneyOf(1_200, s.currency), Attempt: 2,
			NextAttempt: s.day(3).UTC().Format(time.RFC3339), Status: stanna.PaymentFailing, Decline: stanna.SoftDecline, Code: "insufficient_funds",
			Invoice: "INV-118", Contact: "Pat Doe <billing@acme.example>", URL: "https://billing.example.com/INV-118", Source: "Stripe"}
		also := []stanna.PaymentStanding{{FailedAt: s.day(-1), FirstAt: s.day(-1), Amount: stanna.MoneyOf(2_200, s.currency), Attempt: 1, Decline: stanna.SoftDecline, Invoice: "INV-119", Source: "Stripe"}}
		a.Evidence = stanna.Evidence{Trigger: stanna.ReasonPaymentAgain, BaseAt: p.FirstAt, Opened: 1_200, Value: 1_200, ValueAt: p.FailedAt, Worst: 1_200, Told: 1_200,
			Source: "Stripe", Payment: &p, AlsoOwed: also}
		v.State.Payment, v.State.AlsoOwed = p, also
	},
	stanna.EngagementDrop: func(s specimen, v *ThreadView, a *AlertView) {
		a.Evidence = stanna.Evidence{Trigger: stanna.ReasonBelowBaseline, Base: 1_400, BaseAt: s.day(-7), Opened: 770, Value: 770, ValueAt: s.day(-1), Worst: 770, Told: 770,
			Source: "Segment"}
	},
	stanna.SentimentNegative: func(s specimen, v *ThreadView, a *AlertView) {
		quote := "I am really disappointed, this was promised for September & it still does not work."
		author, address := "Maria Costa", "https://app.intercom.example/conversations/118"
		a.Evidence = stanna.Evidence{Trigger: stanna.ReasonNegativeTrend, Base: 0.3, BaseAt: s.day(-20), Opened: -1, Value: -1, ValueAt: s.day(-1), Worst: -1, Told: -1,
			Source: "Intercom", Quote: quote, Author: author, URL: address, Count: 3, Since: s.day(-9)}
		v.State.Sentiment, v.State.Quote = stanna.Reading{Value: -1, At: s.day(-1)}, quote
		v.State.Moods = []stanna.Mood{{At: s.day(-20), Score: 0.3}, {At: s.day(-9), Score: -0.5}, {At: s.day(-1), Score: -1, Quote: quote, Author: author, URL: address}}
	},
	stanna.RevenueAtRisk: func(s specimen, v *ThreadView, a *AlertView) {
		a.Evidence = stanna.Evidence{Trigger: stanna.ReasonSumCrossed, Base: 180_000, BaseAt: s.day(-7), Limit: 200_000, Opened: 212_000, Value: 212_000, ValueAt: s.now,
			Worst: 212_000, Told: 212_000, Share: 12.4, Loss: 61_300, Clients: 38, Moved: 17, Moves: []stanna.Move{
				{ClientID: "acme", Name: "Acme Corp", Amount: 12_400, Why: stanna.ReasonEnteredRed},
				{ClientID: "blue", Name: "Blue Ridge", Amount: -6_000, Why: stanna.ReasonRecovered}}}
	},
	stanna.ExpansionOpportunity: func(s specimen, v *ThreadView, a *AlertView) {
		a.Severity = stanna.Low
		a.Evidence = stanna.Evidence{Trigger: stanna.ReasonLimitFilled, Base: 80, Opened: 92, Value: 92, ValueAt: s.now, Worst: 92, Told: 92, Limit: 100, Subject: "seats",
			Since: s.day(-16), Source: "billing"}
		v.State.Health.Add(s.now, 84)
	},
	stanna.Milestone: func(s specimen, v *ThreadView, a *AlertView) {
		a.Severity = stanna.Info
		a.Evidence = stanna.Evidence{Trigger: stanna.ReasonAnniversary, Opened: 3, Value: 3, BaseAt: s.now.AddDate(-3, 0, 0), Date: s.now.Format(time.DateOnly), Subject: "3 years"}
		v.State.Health.Add(s.now, 84)
	},
	stanna.RenewalUpcoming: func(s specimen, v *ThreadView, a *AlertView) {
		a.Severity = stanna.Medium
		a.Evidence = stanna.Evidence{Trigger: stanna.ReasonRenewalNear, Base: 60, Opened: 52, Value: 52, Told: 60, ValueAt: s.now, Date: v.Client.RenewalDate, Is: "red"}
	},
	stanna.KeyAccountUpdate: func(s specimen, v *ThreadView, a *AlertView) {
		a.Severity = stanna.Medium
		a.Evidence = stanna.Evidence{Trigger: stanna.ReasonZoneChanged, Base: 61, BaseAt: s.day(-1), Opened: 38, Value: 38, ValueAt: s.now, Worst: 38, Told: 38,
			Source: "Gainsight", Was: "yellow", Is: "red", Factors: someFactors(-13, -6, -4)}
	},
	stanna.Custom: func(s specimen, v *ThreadView, a *AlertView) {
		a.Severity = stanna.Medium
		a.Evidence = stanna.Evidence{Trigger: stanna.ReasonConditionHolds, Subject: "client.mrr >= 5000 && state.daysSinceContact > 14", ValueAt: s.now}
	},
}

func someFactors(impacts ...float64) (list []stanna.Factor) {
	all := []stanna.Factor{{Name: "Usage", Detail: "118 a day, usually 200"}, {Name: "Invoice", Detail: "failed last Saturday"},
		{Name: "Support", Detail: "3 tickets open, the oldest for 9 days"}}
	for i, x := range impacts {
		f := all[i]
		f.Impact = &x
		list = append(list, f)
	}
	return list
}
