package message

import (
	"slices"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// story is an alert type as the rules fill its evidence, and how it goes on.
type story struct {
	kind     stanna.AlertType
	name     string // of the rule
	severity stanna.Severity
	evidence stanna.Evidence
	state    func(*stanna.State)
	client   func(*stanna.Client)
	worse    func(*ThreadView, *AlertView)
	why      stanna.Reason // of its end
	end      func(*ThreadView, *AlertView)
}

func readings(values ...float64) (h stanna.History) {
	for i, v := range values {
		h.Add(daysBefore(float64(len(values)-1-i)), v)
	}
	return h
}

func owed(change func(*stanna.PaymentStanding)) *stanna.PaymentStanding {
	p := stanna.PaymentStanding{
		FailedAt: daysBefore(2), FirstAt: daysBefore(5), Amount: stanna.MoneyOf(1200, "USD"), Attempt: 2, NextAttempt: "2026-11-26T10:00:00Z",
		Decline: stanna.SoftDecline, Code: "insufficient_funds", Invoice: "INV-2026-118", URL: "https://dashboard.stripe.com/invoices/in_118", Source: "Stripe",
	}
	if change != nil {
		change(&p)
	}
	return &p
}

// stories tell every alert type but the health drop, which has its own.
func stories() []story {
	return []story{
		{
			kind: stanna.ChurnRisk, name: "Churn risk", severity: stanna.High,
			evidence: stanna.Evidence{
				Trigger: stanna.ReasonChurnLikely, Base: 55, BaseAt: daysBefore(6), Opened: 78, Value: 78, ValueAt: monday, Worst: 78, Told: 78, Source: "Gainsight",
				Factors: []stanna.Factor{
					{Name: "Champion left", Detail: "Jo Day, Head of Operations", Impact: impact(14)},
					{Name: "Usage", Detail: "41% below usual", Impact: impact(21)},
				},
				Actions: []string{"Book an executive call this week", "Offer the onboarding review"},
			},
			worse: func(v *ThreadView, a *AlertView) {
				a.Severity, a.Why = stanna.Critical, stanna.ReasonSeverityRose
				a.Evidence.Value, a.Evidence.Worst, a.Evidence.Told, a.Evidence.Actions = 91, 91, 91, nil
				v.State.Payment = *owed(nil)
				a.Evidence.Factors = nil
			},
			why: stanna.ReasonRecovered,
			end: func(_ *ThreadView, a *AlertView) { a.Evidence.Value = 52 },
		},
		{
			kind: stanna.PaymentIssue, name: "Payment issue", severity: stanna.Medium,
			evidence: stanna.Evidence{Trigger: stanna.ReasonPaymentAgain, BaseAt: daysBefore(5), Opened: 1200, Value: 1200, ValueAt: daysBefore(2), Worst: 1200,
				Told: 1200, Source: "Stripe", Payment: owed(nil)},
			client: func(c *stanna.Client) { c.Contacts[1].Email = "maria@acme.test" },
			worse: func(v *ThreadView, a *AlertView) {
				v.Now = monday.Add(4 * oneDay)
				a.Severity, a.Why = stanna.High, stanna.ReasonPaymentHard
				a.Evidence.Payment = owed(func(p *stanna.PaymentStanding) {
					p.Decline, p.Code, p.Attempt, p.FailedAt, p.NextAttempt = stanna.HardDecline, "stolen_card", 3, monday.Add(3*oneDay), ""
				})
			},
			why: stanna.ReasonPaid,
		},
		{
			kind: stanna.EngagementDrop, name: "Engagement drop", severity: stanna.Medium,
			evidence: stanna.Evidence{Trigger: stanna.ReasonBelowBaseline, Base: 1040, BaseAt: daysBefore(7), Opened: 551.2, Value: 551.2, ValueAt: daysBefore(1),
				Worst: 551.2, Told: 551.2, Source: "Segment"},
			state: func(s *stanna.State) {
				s.EngagementUnit = "sessions"
				s.Engagement = stanna.History{}
				for i := 42; i >= 1; i-- {
					s.Engagement.Add(daysBefore(float64(i)), []float64{78.7, 120, 148, 150, 147, 149}[(i-1)/7])
				}
				s.LastContact = daysBefore(41)
			},
			worse: func(v *ThreadView, a *AlertView) {
				v.Now = monday.Add(9 * oneDay)
				a.Severity, a.Why = stanna.High, stanna.ReasonWentSilent
				a.Evidence.Trigger, a.Evidence.Value, a.Evidence.Worst, a.Evidence.Since = stanna.ReasonWentSilent, 0, 0, daysBefore(7)
			},
			why: stanna.ReasonRecovered,
			end: func(_ *ThreadView, a *AlertView) { a.Evidence.Value = 957 },
		},
		{
			kind: stanna.SentimentNegative, name: "Negative sentiment", severity: stanna.Medium,
			evidence: stanna.Evidence{Trigger: stanna.ReasonNegativeTrend, Base: 0.3, BaseAt: daysBefore(20), Opened: -1, Value: -1, ValueAt: daysBefore(1), Worst: -1,
				Told: -1, Source: "Intercom", Quote: "I am really disappointed, this was promised for September & it still does not work.",
				Author: "Maria Costa", URL: "https://app.intercom.test/a/conversations/118?team=4&tab=all", Count: 3, Since: daysBefore(9)},
			state: func(s *stanna.State) {
				s.Moods = []stanna.Mood{
					{At: daysBefore(24), Score: 0.5}, {At: daysBefore(20), Score: 0.1}, {At: daysBefore(9), Score: -0.5}, {At: daysBefore(4), Score: -0.5},
					{At: daysBefore(1), Score: -1, Quote: "I am really disappointed, this was promised for September & it still does not work.", Author: "Maria Costa",
						URL: "https://app.intercom.test/a/conversations/118?team=4&tab=all"},
				}
				s.Sentiment = stanna.Reading{Value: -1, At: daysBefore(1)}
			},
			worse: func(v *ThreadView, a *AlertView) {
				a.Severity, a.Why = stanna.High, stanna.ReasonVeryNegative
				a.Evidence.Quote, a.Evidence.Value, a.Evidence.Worst, a.Evidence.Count = "We are leaving at the end of the term.", -2, -2, 4
				a.Evidence.Author, a.Evidence.URL = "", "" // nobody knows who, and where
				v.State.Moods = append(v.State.Moods, stanna.Mood{At: monday, Score: -2, Quote: a.Evidence.Quote})
			},
			why: stanna.ReasonRecovered,
			end: func(_ *ThreadView, a *AlertView) { a.Evidence.Value = 0.8 },
		},
		{
			kind: stanna.RevenueAtRisk, name: "MRR at risk above $200,000", severity: stanna.High,
			evidence: stanna.Evidence{
				Trigger: stanna.ReasonSumCrossed, Base: 180_000, BaseAt: monday, Limit: 200_000, Opened: 212_000, Value: 212_000, ValueAt: monday, Worst: 212_000, Told: 212_000,
				Share: 12.4, Loss: 61_300, Clients: 38, Moved: 17,
				Moves: []stanna.Move{
					{ClientID: "acme", Name: "Acme Corp", Amount: 12_400, Why: stanna.ReasonEnteredRed},
					{ClientID: "blue", Name: "Blue Ridge", Amount: 11_000, Why: stanna.ReasonEnteredRed},
					{ClientID: "contoso", Name: "Contoso", Amount: 9_200, Why: stanna.ReasonMRRChanged},
					{ClientID: "delta", Name: "Delta Freight", Amount: -6_000, Why: stanna.ReasonRecovered},
					{ClientID: "evora", Name: "Évora Têxteis", Amount: 2_000, Why: stanna.ReasonEnteredRed},
				},
			},
			worse: func(v *ThreadView, a *AlertView) {
				v.Now = monday.Add(2 * oneDay)
				a.Severity, a.Why = stanna.Critical, stanna.ReasonWorsened
				a.Evidence.Value, a.Evidence.Worst, a.Evidence.Told, a.Evidence.Share, a.Evidence.ValueAt = 431_500.5, 431_500.5, 431_500.5, 25.2, v.Now
			},
			why: stanna.ReasonRecovered,
			end: func(_ *ThreadView, a *AlertView) { a.Evidence.Value = 171_000 },
		},
		{
			kind: stanna.ExpansionOpportunity, name: "Expansion opportunity", severity: stanna.Low,
			evidence: stanna.Evidence{Trigger: stanna.ReasonLimitFilled, Base: 80, Opened: 92, Value: 92, ValueAt: monday, Worst: 92, Told: 92, Limit: 100, Subject: "seats",
				Since: daysBefore(16), Source: "billing"},
			state: func(s *stanna.State) { s.Health, s.Engagement = readings(80, 82, 84, 85), stanna.History{} },
			worse: func(_ *ThreadView, a *AlertView) {
				a.Severity, a.Why, a.Evidence.Value = stanna.Medium, stanna.ReasonSeverityRose, 100
			},
			why: stanna.ReasonNoLongerGrowing,
		},
		{
			kind: stanna.Milestone, name: "Milestones", severity: stanna.Info,
			evidence: stanna.Evidence{Trigger: stanna.ReasonAnniversary, Value: 3, Opened: 3, BaseAt: time.Date(2023, 11, 23, 15, 0, 0, 0, time.UTC), Date: "2026-11-23"},
			state:    func(s *stanna.State) { s.Health, s.Engagement = readings(80, 82, 84, 85), stanna.History{} },
			worse: func(_ *ThreadView, a *AlertView) {
				a.Evidence = stanna.Evidence{Trigger: stanna.ReasonGoalReached, Subject: "1,000 projects", ValueAt: monday}
			},
			why: stanna.ReasonEventOver,
		},
		{
			kind: stanna.RenewalUpcoming, name: "Renewals", severity: stanna.Medium,
			evidence: stanna.Evidence{Trigger: stanna.ReasonRenewalNear, Base: 90, Opened: 90, Value: 90, Told: 90, ValueAt: monday, Date: "2027-02-21", Is: "yellow"},
			client:   func(c *stanna.Client) { c.RenewalDate, c.RenewalMonths = "2027-02-21", 12 },
			state:    func(s *stanna.State) { s.Health = readings(58, 60, 62) },
			worse: func(v *ThreadView, a *AlertView) {
				v.Now = monday.AddDate(0, 0, 60)
				a.Severity, a.Why, a.Evidence.Told, a.Evidence.Is = stanna.Critical, stanna.ReasonRenewalNear, 30, "red"
				v.State.Churn = stanna.Reading{Value: 0.78, At: v.Now}
				v.State.Health.Add(v.Now, 31)
			},
			why: stanna.ReasonRenewed,
			end: func(v *ThreadView, _ *AlertView) { v.Client.RenewalDate = "2028-02-21" },
		},
		{
			kind: stanna.KeyAccountUpdate, name: "The five largest", severity: stanna.Medium,
			evidence: stanna.Evidence{Trigger: stanna.ReasonZoneChanged, Base: 75, BaseAt: daysBefore(1), Opened: 64, Value: 64, ValueAt: monday, Worst: 64, Told: 64,
				Source: "Gainsight", Was: "green", Is: "yellow", Factors: []stanna.Factor{{Name: "Usage", Detail: "118 a day, usually 200", Impact: impact(-11)}}},
			worse: func(_ *ThreadView, a *AlertView) {
				a.Evidence = stanna.Evidence{Trigger: stanna.ReasonStatusChanged, ValueAt: monday, Source: "HubSpot", Was: "Active", Is: "Notice given",
					Subject: "Contract terminated by letter of 20 November"}
			},
			why: stanna.ReasonEventOver,
		},
		{
			kind: stanna.Custom, name: "Large account without a contact in 30 days", severity: stanna.Medium,
			evidence: stanna.Evidence{Trigger: stanna.ReasonConditionHolds, Subject: "client.mrr >= 5000 && days(now - state.lastContact) > 30", ValueAt: monday},
			state:    func(s *stanna.State) { s.LastContact = daysBefore(41) },
			worse:    func(_ *ThreadView, a *AlertView) { a.Severity = stanna.High },
			why:      stanna.ReasonConditionOver,
		},
	}
}

// view is the story's thread, with everything known.
func (s story) view() ThreadView {
	v := fullView()
	a := &v.Alerts[0]
	a.Type, a.RuleName, a.Severity, a.Evidence, a.Why, a.Playbook = s.kind, s.name, s.severity, s.evidence, s.evidence.Trigger, ""
	v.Client.Contacts = slices.Clone(v.Client.Contacts)
	if s.client != nil {
		s.client(&v.Client)
	}
	if s.state != nil {
		s.state(&v.State)
	}
	if s.kind == stanna.RevenueAtRisk {
		v.Client, v.State, v.Owner, a.ClientID = stanna.Client{}, stanna.State{}, Owner{}, ""
		v.Link = "https://stanna.example.com/portfolio"
	}
	return v
}

// bare is the story with nothing known but the type.
func (s story) bare() ThreadView {
	v := s.view()
	if s.kind != stanna.RevenueAtRisk {
		v.Client, v.State, v.Owner = stanna.Client{ID: "acme", Name: "Acme Corp"}, stanna.State{}, Owner{}
	}
	v.Link, v.Alerts[0].Links, v.Alerts[0].Evidence = "", Links{}, stanna.Evidence{Trigger: s.evidence.Trigger}
	return v
}

func (s story) worsened() ThreadView {
	v := s.view()
	s.worse(&v, &v.Alerts[0])
	v.Alerts[0].UpdatedAt = v.Now
	return v
}

func (s story) closed() ThreadView {
	v := s.view()
	a := &v.Alerts[0]
	v.Now = monday.Add(9 * oneDay)
	a.Status, a.Why, a.ClosedAt, a.UpdatedAt = stanna.AlertResolved, s.why, v.Now, v.Now
	if s.end != nil {
		s.end(&v, a)
	}
	return v
}

// Every type has words of its own, and each of them a story here.
func TestEveryTypeHasAStory(t *testing.T) {
	told := []stanna.AlertType{stanna.HealthDrop}
	for _, s := range stories() {
		told = append(told, s.kind)
	}
	types := Types()
	slices.Sort(told)
	slices.Sort(types)
	if !slices.Equal(told, types) {
		t.Errorf("stories of %v, words for %v", told, types)
	}
}

// growing is the other way in which a client may be ready for more.
func growing() ThreadView {
	all := stories()
	v := all[slices.IndexFunc(all, func(s story) bool { return s.kind == stanna.ExpansionOpportunity })].view()
	v.State.Health = readings(71, 74, 78, 82, 85)
	v.Alerts[0].Severity, v.Alerts[0].Why = stanna.Info, stanna.ReasonGrowing
	v.Alerts[0].Evidence = stanna.Evidence{Trigger: stanna.ReasonGrowing, Base: 71, BaseAt: daysBefore(30), Opened: 85, Value: 85, ValueAt: monday, Worst: 85,
		Told: 85, Above: 22, Source: "Gainsight", Factors: []stanna.Factor{{Name: "Adoption", Detail: "two more teams", Impact: impact(9)}}}
	return v
}

// money are the other ways in which payments and MRR are told.
func money() map[string]ThreadView {
	all := stories()
	of := func(kind stanna.AlertType, change func(*ThreadView, *AlertView)) ThreadView {
		v := all[slices.IndexFunc(all, func(s story) bool { return s.kind == kind })].view()
		change(&v, &v.Alerts[0])
		return v
	}
	also := []stanna.PaymentStanding{
		*owed(func(p *stanna.PaymentStanding) {
			p.Amount, p.Invoice, p.Attempt, p.FirstAt = usd(1000), "INV-2026-119", 1, p.FailedAt
		}),
		*owed(func(p *stanna.PaymentStanding) {
			p.Amount, p.Invoice, p.Decline, p.Code = usd(1200), "INV-2026-120", "", ""
		})}
	several := func(v *ThreadView, a *AlertView) {
		a.Severity, a.Why, a.Evidence.AlsoOwed = stanna.High, stanna.ReasonPaymentPastDue, also
		a.Evidence.Payment = owed(func(p *stanna.PaymentStanding) {
			p.Status, p.NextAttempt, p.Attempt, p.Contact = stanna.PaymentPastDue, "", 4, "Pat Doe <pat@acme.test>"
		})
	}
	dispute := func(v *ThreadView, a *AlertView) {
		a.Severity, a.Why = stanna.High, stanna.ReasonPaymentDisputed
		a.Evidence.Payment = owed(func(p *stanna.PaymentStanding) {
			p.Status, p.NextAttempt, p.Attempt, p.Decline, p.Code = stanna.PaymentDisputed, "", 0, "", "unrecognized"
			p.FirstAt, p.Invoice, p.RespondBy, p.Contact, p.URL = p.FailedAt, "dp_118", "2026-11-25T23:59:59Z", "MARIA@acme.test", "https://dashboard.stripe.com/disputes/dp_118"
		})
	}
	moved := func(movement stanna.MRRMovement, before, after float64) func(*ThreadView, *AlertView) {
		return func(_ *ThreadView, a *AlertView) {
			a.Severity, a.Why = stanna.Medium, stanna.ReasonMRRMoved
			a.Evidence = stanna.Evidence{Trigger: stanna.ReasonMRRMoved, Base: before, Opened: after, Value: after, ValueAt: monday, Worst: after, Told: after, Source: "Stripe",
				Subscription: &stanna.Subscription{At: monday, Movement: movement, Before: usd(before), MRR: usd(after), Plan: "Gold, yearly", Status: "past_due",
					URL: "https://dashboard.stripe.com/subscriptions/sub_1"}}
		}
	}
	over := func(v *ThreadView, a *AlertView) {
		dispute(v, a)
		v.Now = monday.Add(9 * oneDay)
		a.Status, a.Why, a.ClosedAt, a.UpdatedAt = stanna.AlertResolved, stanna.ReasonDisputeOver, v.Now, v.Now
	}
	late := func(v *ThreadView, a *AlertView) {
		dispute(v, a)
		v.Now, a.Evidence.AlsoOwed = monday.Add(4*oneDay), also[:1]
	}
	return map[string]ThreadView{
		"payment_issue_several":     of(stanna.PaymentIssue, several),
		"payment_issue_disputed":    of(stanna.PaymentIssue, dispute),
		"payment_issue_unanswered":  of(stanna.PaymentIssue, late),
		"payment_issue_over":        of(stanna.PaymentIssue, over),
		"key_account_contraction":   of(stanna.KeyAccountUpdate, moved(stanna.MRRContraction, 500, 300)),
		"key_account_expansion":     of(stanna.KeyAccountUpdate, moved(stanna.MRRExpansion, 300, 500)),
		"key_account_left":          of(stanna.KeyAccountUpdate, moved(stanna.MRRChurn, 300, 0)),
		"key_account_first_payment": of(stanna.KeyAccountUpdate, moved(stanna.MRRNew, 0, 300)),
	}
}

// everyStory tells all of them from their beginning to their end.
func everyStory() map[string]ThreadView {
	all := map[string]ThreadView{"expansion_opportunity_growing": growing()}
	for name, v := range money() {
		all[name] = v
	}
	for _, s := range stories() {
		for name, v := range map[string]ThreadView{"full": s.view(), "missing_data": s.bare(), "worsened": s.worsened(), "closed": s.closed()} {
			all[string(s.kind)+"_"+name] = v
		}
	}
	return all
}

func TestGoldenTypes(t *testing.T) {
	for name, v := range everyStory() {
		checkGolden(t, name, Thread(v))
	}
}

// What came from outside stays as it is; all else is Spanish.
func TestGoldenTypesInSpanish(t *testing.T) {
	all := everyStory()
	all["health_drop_full"], all["health_drop_not_recovered"] = fullView(), closedView(stanna.ReasonNotRecovered, 41)
	all["health_drop_recovered"] = closedView(stanna.ReasonRecovered, 57)
	for name, v := range all {
		v.Settings.Locale = "es"
		checkGolden(t, "es_"+name, Thread(v))
	}
}
