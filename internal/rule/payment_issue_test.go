package rule_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// failure is a soft decline of an invoice of 100 dollars.
func failure(attempt int, change ...func(*stanna.PaymentFailed)) stanna.PaymentFailed {
	f := stanna.PaymentFailed{Amount: 100, Currency: "USD", Attempt: attempt, Decline: stanna.SoftDecline, Invoice: "in_1"}
	for _, c := range change {
		c(&f)
	}
	return f
}

func hard(f *stanna.PaymentFailed)    { f.Decline = stanna.HardDecline }
func pastDue(f *stanna.PaymentFailed) { f.Status = stanna.PaymentPastDue }
func disputed(f *stanna.PaymentFailed) {
	f.Status, f.Decline, f.Attempt, f.RespondBy = stanna.PaymentDisputed, "", 0, "2026-11-25T23:59:59Z"
}
func unsaid(f *stanna.PaymentFailed) { f.Decline, f.Invoice = "", "" }
func of(invoice string, amount float64) func(*stanna.PaymentFailed) {
	return func(f *stanna.PaymentFailed) { f.Invoice, f.Amount = invoice, amount }
}

// facts come a day apart; the last is what is asked about.
func (s *story) facts(list ...stanna.Fact) (t told) {
	s.Helper()
	for _, f := range list {
		s.n++
		t = s.comes(time.Duration(s.n)*days, f)
	}
	return t
}

const (
	payFirst = stanna.ReasonPaymentFirst
	payAgain = stanna.ReasonPaymentAgain
	payHard  = stanna.ReasonPaymentHard
	payDue   = stanna.ReasonPaymentPastDue
	disputes = stanna.ReasonPaymentDisputed
)

func TestPaymentIssueOpens(t *testing.T) {
	key, large := stanna.Client{Tier: "enterprise"}, stanna.Client{MRR: usd(10_000)}
	for name, c := range map[string]struct {
		client     stanna.Client
		thresholds map[string]float64
		series     []stanna.Fact
		want       stanna.Reason
		severity   stanna.Severity // "": it does not open
	}{
		"first, small":               {stanna.Client{}, nil, []stanna.Fact{failure(1)}, stanna.ReasonSoftFirst, ""},
		"first, kind unsaid":         {stanna.Client{MRR: usd(9_999.99)}, nil, []stanna.Fact{failure(1, unsaid)}, stanna.ReasonSoftFirst, ""},
		"first, attempt unsaid":      {stanna.Client{}, nil, []stanna.Fact{failure(0)}, stanna.ReasonSoftFirst, ""},
		"first, revenue in yen":      {stanna.Client{MRR: stanna.MoneyOf(3_000_000, "JPY")}, nil, []stanna.Fact{failure(1)}, stanna.ReasonSoftFirst, ""},
		"first, large":               {large, nil, []stanna.Fact{failure(1)}, payFirst, stanna.Medium},
		"first, key account":         {key, nil, []stanna.Fact{failure(1, unsaid)}, payFirst, stanna.Medium},
		"first, own minimum":         {stanna.Client{MRR: usd(50)}, map[string]float64{"firstFailureMrr": 50}, []stanna.Fact{failure(1)}, payFirst, stanna.Medium},
		"again":                      {stanna.Client{}, nil, []stanna.Fact{failure(2)}, payAgain, stanna.Medium},
		"again, key account":         {key, nil, []stanna.Fact{failure(2)}, payAgain, stanna.High},
		"again, uncounted":           {stanna.Client{}, nil, []stanna.Fact{failure(0), failure(0)}, payAgain, stanna.Medium},
		"own attempts, not yet":      {stanna.Client{}, map[string]float64{"attempts": 3}, []stanna.Fact{failure(1), failure(2)}, stanna.ReasonSoftFirst, ""},
		"own attempts":               {stanna.Client{}, map[string]float64{"attempts": 3}, []stanna.Fact{failure(1), failure(2), failure(3)}, payAgain, stanna.Medium},
		"hard":                       {stanna.Client{}, nil, []stanna.Fact{failure(1, hard)}, payHard, stanna.High},
		"hard, key account":          {key, nil, []stanna.Fact{failure(1, hard)}, payHard, stanna.Critical},
		"past due":                   {stanna.Client{}, nil, []stanna.Fact{failure(1, pastDue)}, payDue, stanna.High},
		"past due and hard":          {key, nil, []stanna.Fact{failure(4, pastDue, hard)}, payDue, stanna.Critical},
		"disputed":                   {stanna.Client{}, nil, []stanna.Fact{failure(1, disputed)}, disputes, stanna.High},
		"disputed, key account":      {key, nil, []stanna.Fact{failure(1, disputed)}, disputes, stanna.High},
		"first, beside another":      {stanna.Client{}, nil, []stanna.Fact{failure(1), failure(1, of("in_2", 500))}, stanna.ReasonSoftFirst, ""},
		"again, beside a larger":     {stanna.Client{}, nil, []stanna.Fact{failure(1, of("in_2", 500)), failure(2)}, payAgain, stanna.Medium},
		"paid, another still first":  {stanna.Client{}, nil, []stanna.Fact{failure(1), failure(1, of("in_2", 500)), stanna.PaymentRecovered{Invoice: "in_1"}}, stanna.ReasonSoftFirst, ""},
		"paid before it mattered":    {stanna.Client{}, nil, []stanna.Fact{failure(1), stanna.PaymentRecovered{}}, stanna.ReasonNothingOwed, ""},
		"paid, and the next a first": {stanna.Client{}, nil, []stanna.Fact{failure(0), stanna.PaymentRecovered{}, failure(0)}, stanna.ReasonSoftFirst, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, ruleOf(stanna.PaymentIssue, c.thresholds))
			s.Client.Tier, s.Client.MRR = c.client.Tier, c.client.MRR
			last := len(c.series) - 1
			if got := s.facts(c.series[:last]...); got.event() != "" {
				t.Fatalf("opened too early: %s", got.reason)
			}
			got := s.facts(c.series[last])
			if c.severity == "" {
				want(t, got, c.want, "")
				return
			}
			want(t, got, c.want, stanna.Opened)
			e := s.last().Evidence
			if got.changes[0].Gather != "" || s.last().Severity != c.severity || e.Trigger != c.want || e.Base != 0 || e.Value != 100 || e.Opened != 100 || e.Told != 100 || e.Worst != 100 || e.SignalID == "" {
				t.Errorf("%s, %+v", s.last().Severity, e)
			}
			if diff := cmp.Diff(&s.State.Payment, e.Payment); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPaymentIssueGoesOn(t *testing.T) {
	type step struct {
		fact     stanna.Fact
		reason   stanna.Reason
		event    stanna.AlertEvent
		severity stanna.Severity
	}
	const still, inPart = stanna.ReasonStillOpen, stanna.ReasonPaidInPart
	worse, eased, closed := stanna.Worsened, stanna.Eased, stanna.Resolved
	for name, c := range map[string]struct {
		opening stanna.Fact
		steps   []step
	}{
		"paid":                       {failure(2), []step{{stanna.PaymentRecovered{}, stanna.ReasonPaid, closed, stanna.Medium}}},
		"every attempt":              {failure(2), []step{{failure(3), payAgain, worse, stanna.Medium}, {failure(3), still, "", stanna.Medium}, {failure(2), still, "", stanna.Medium}, {failure(4), payAgain, worse, stanna.Medium}}},
		"soft to hard to past due":   {failure(2), []step{{failure(2, hard), payHard, worse, stanna.High}, {failure(2, hard), still, "", stanna.High}, {failure(2, pastDue), payDue, worse, stanna.High}, {failure(2, pastDue), still, "", stanna.High}}},
		"hard to soft is not better": {failure(2, hard), []step{{failure(2), still, "", stanna.High}}},
		"the amount grew":            {failure(2), []step{{failure(2, of("in_1", 100.01)), stanna.ReasonWorsened, worse, stanna.Medium}, {failure(2, of("in_1", 90)), still, "", stanna.Medium}, {failure(2, of("in_1", 100.01)), still, "", stanna.Medium}}},
		"another invoice": {failure(3), []step{{failure(1, of("in_2", 50)), payAgain, worse, stanna.Medium}, {failure(1, of("in_2", 50)), still, "", stanna.Medium},
			{failure(2, of("in_2", 50)), still, "", stanna.Medium}, {failure(4), payAgain, worse, stanna.Medium}, {failure(4), still, "", stanna.Medium}}},
		"two, one paid": {failure(2, pastDue), []step{{failure(1, of("in_2", 500)), payAgain, worse, stanna.High}, {stanna.PaymentRecovered{Invoice: "in_1"}, inPart, eased, stanna.Medium},
			{failure(1, of("in_2", 500)), still, "", stanna.Medium}, {failure(2, of("in_2", 500)), payAgain, worse, stanna.Medium}, {failure(3, of("in_2", 500), pastDue), payDue, worse, stanna.High},
			{stanna.PaymentRecovered{Invoice: "in_2"}, stanna.ReasonPaid, closed, stanna.High}}},
		"two, the other paid":         {failure(2, pastDue), []step{{failure(1, of("in_2", 500)), payAgain, worse, stanna.High}, {stanna.PaymentRecovered{Invoice: "in_2"}, inPart, eased, stanna.High}}},
		"two, both paid":              {failure(2), []step{{failure(1, of("in_2", 500)), payAgain, worse, stanna.Medium}, {stanna.PaymentRecovered{}, stanna.ReasonPaid, closed, stanna.Medium}}},
		"one that is not owed":        {failure(2), []step{{stanna.PaymentRecovered{Invoice: "in_9"}, still, "", stanna.Medium}}},
		"paid and failed anew":        {failure(2), []step{{failure(2, of("in_2", 50)), payAgain, worse, stanna.Medium}, {stanna.PaymentRecovered{Invoice: "in_2"}, inPart, eased, stanna.Medium}, {failure(1, of("in_2", 50)), payAgain, worse, stanna.Medium}}},
		"a dispute beside it":         {failure(2, pastDue), []step{{failure(0, disputed, of("dp_1", 80)), disputes, worse, stanna.High}, {failure(3, pastDue), still, "", stanna.High}, {stanna.PaymentRecovered{Invoice: "dp_1"}, inPart, eased, stanna.High}}},
		"a dispute that is over":      {failure(0, disputed, of("dp_1", 80)), []step{{stanna.PaymentRecovered{Invoice: "dp_1"}, stanna.ReasonDisputeOver, closed, stanna.High}}},
		"the larger turns up late":    {failure(2, hard), []step{{failure(2, of("in_2", 500)), payAgain, worse, stanna.High}, {failure(2, of("in_2", 500), hard), still, "", stanna.High}, {failure(3, of("in_2", 500), hard), payAgain, worse, stanna.High}}},
		"uncounted, no invoice":       {failure(2), []step{{failure(0, unsaid), still, "", stanna.Medium}, {failure(0, unsaid), still, "", stanna.Medium}}},
		"amounts of other currencies": {failure(2), []step{{stanna.PaymentFailed{Amount: 9_000, Currency: "JPY", Attempt: 2, Invoice: "in_1"}, still, "", stanna.Medium}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, ruleOf(stanna.PaymentIssue, nil))
			if got := s.facts(c.opening); got.event() != stanna.Opened {
				t.Fatal(got.reason)
			}
			for i, x := range c.steps {
				got := s.facts(x.fact)
				if want(t, got, x.reason, x.event); s.last().Severity != x.severity || len(s.Alerts) != 1 {
					t.Fatalf("step %d: %+v", i, s.last())
				}
				if x.event != closed {
					if diff := cmp.Diff(s.State.Owes(), s.last().Evidence.Owes()); diff != "" {
						t.Fatalf("step %d: %s", i, diff)
					}
				}
			}
		})
	}
	// What has become a key account matters more with the next failure.
	s := newStory(t, ruleOf(stanna.PaymentIssue, nil))
	s.facts(failure(2))
	s.Client.Tier = "enterprise"
	want(t, s.facts(failure(2)), stanna.ReasonSeverityRose, stanna.Worsened)
	if s.last().Severity != stanna.High {
		t.Error(s.last().Severity)
	}
}

// A key account's dispute is critical only where the account is in the red
// zone.
func TestPaymentDisputedInTheRedZone(t *testing.T) {
	s := newStory(t, ruleOf(stanna.PaymentIssue, nil))
	s.Client.Tier = "enterprise"
	s.comes(hour, stanna.HealthScored{Score: 20})
	want(t, s.facts(failure(0, disputed)), disputes, stanna.Opened)
	if s.last().Severity != stanna.Critical {
		t.Error(s.last().Severity)
	}
}

// What the alert says it stands on, with two invoices and after one of them is
// paid: the foremost, and all that is owed.
func TestPaymentIssueSumsUp(t *testing.T) {
	s := newStory(t, ruleOf(stanna.PaymentIssue, nil))
	s.facts(failure(2), failure(2, of("in_2", 300)))
	e := s.last().Evidence
	if total, ok := stanna.TotalOwed(e.Owes()); !ok || total != usd(400) || e.Payment.Invoice != "in_2" || e.Value != 300 || e.Worst != 300 || e.Opened != 100 || e.Told != 300 {
		t.Errorf("%+v", e)
	}
	s.facts(stanna.PaymentRecovered{Invoice: "in_2"})
	if e := s.last().Evidence; len(e.Owes()) != 1 || e.Payment.Invoice != "in_1" || e.Value != 100 || e.Worst != 100 || s.last().Why != stanna.ReasonPaidInPart {
		t.Errorf("%+v", e)
	}
	s.facts(failure(2, of("in_3", 50), func(f *stanna.PaymentFailed) { f.Currency = "EUR" }))
	if total, ok := stanna.TotalOwed(s.State.Owes()); ok {
		t.Errorf("two currencies come to %v", total)
	}
	want := []rule.Value{{Name: "amount", Value: "100.00 USD"}, {Name: "attempt", Value: "2"}, {Name: "decline", Value: "soft"}, {Name: "invoices", Value: "2"}}
	if diff := cmp.Diff(want, measured(t, s.policy, s.State)); diff != "" {
		t.Error(diff)
	}
}

// A part that is paid while it is snoozed is no end of the snooze; when that
// is over it is told as it is then. What an escalation raised stays raised.
func TestPaymentIssuePaidInPart(t *testing.T) {
	s := newStory(t, ruleOf(stanna.PaymentIssue, nil))
	s.facts(failure(2, hard), failure(2, of("in_2", 300)))
	if err := s.last().Snooze("ana@acme.com", start.Add(10*days), s.now); err != nil {
		t.Fatal(err)
	}
	want(t, s.facts(stanna.PaymentRecovered{Invoice: "in_1"}), stanna.ReasonPaidInPart, stanna.Eased)
	if a := s.last(); a.Status != stanna.AlertSnoozed || a.Severity != stanna.Medium {
		t.Errorf("%+v", a)
	}
	want(t, s.tick(start.Add(10*days), ""), stanna.ReasonSnoozeOver, stanna.Reminded)

	s = newStory(t, ruleOf(stanna.PaymentIssue, nil))
	s.facts(failure(2, hard), failure(2, of("in_2", 300)))
	s.last().Escalated, s.last().Severity = 1, stanna.Critical
	want(t, s.facts(stanna.PaymentRecovered{Invoice: "in_1"}), stanna.ReasonPaidInPart, stanna.Eased)
	if s.last().Severity != stanna.Critical {
		t.Error(s.last().Severity)
	}

	r := ruleOf(stanna.PaymentIssue, nil)
	r.SeverityAs = `state.paymentCount > 1 ? "high" : "low"`
	s = newStory(t, r)
	s.facts(failure(2), failure(2, of("in_2", 300)))
	if s.last().Severity != stanna.High {
		t.Error(s.last().Severity)
	}
	want(t, s.facts(stanna.PaymentRecovered{Invoice: "in_1"}), stanna.ReasonPaidInPart, stanna.Eased)
	if s.last().Severity != stanna.Low {
		t.Error(s.last().Severity)
	}

	// While the snooze ends, history shows that a part was paid: the reminder
	// says both.
	s = newStory(t, ruleOf(stanna.PaymentIssue, nil))
	s.facts(failure(2, hard), failure(2, of("in_2", 300)))
	if err := s.last().Snooze("ana@acme.com", start.Add(10*days), s.now); err != nil {
		t.Fatal(err)
	}
	s.takes(stanna.Signal{OccurredAt: start.Add(4 * days), Fact: stanna.PaymentRecovered{Invoice: "in_1"}}, start.Add(9*days))
	want(t, s.tick(start.Add(10*days), stanna.ReasonFirstContact), stanna.ReasonSnoozeOver, stanna.Reminded)
	if e := s.last().Evidence; len(e.Owes()) != 1 {
		t.Errorf("%+v", e)
	}
}

// It is told beside an open churn risk; and stands alone when that closes.
func TestPaymentIssueJoins(t *testing.T) {
	s := newStory(t, ruleOf(stanna.ChurnRisk, nil), ruleOf(stanna.PaymentIssue, nil))
	s.facts(chance(40), chance(80), failure(2))
	churn, payment := s.Alerts[0], s.last()
	if payment.JoinedTo != churn.ID {
		t.Fatalf("%+v", payment)
	}
	s.facts(chance(50))
	if churn.Open() || payment.JoinedTo != "" || !payment.Open() {
		t.Errorf("%+v, %+v", churn, payment)
	}
	s = newStory(t, ruleOf(stanna.ChurnRisk, nil), ruleOf(stanna.PaymentIssue, nil))
	s.facts(failure(2), chance(40), chance(80))
	if s.Alerts[0].JoinedTo != "" || s.last().JoinedTo != "" {
		t.Error("what came first joins what came after it")
	}
}

// After a person has closed it, the same failure is told again only when it is
// worse; another one is news.
func TestPaymentIssueKnown(t *testing.T) {
	open := func(t *testing.T, first stanna.Fact) *story {
		s := newStory(t, ruleOf(stanna.PaymentIssue, nil))
		s.facts(first)
		s.closes(2*days, "rule_payment_issue", stanna.AlreadyKnown)
		s.n = 3
		return s
	}
	s := open(t, failure(2))
	want(t, s.facts(failure(3)), stanna.ReasonKnownState, "")
	want(t, s.facts(failure(4, unsaid)), stanna.ReasonKnownState, "")
	want(t, s.facts(failure(4, hard)), payHard, stanna.Opened)
	s = open(t, failure(2, hard))
	want(t, s.facts(failure(3, hard)), stanna.ReasonKnownState, "")
	want(t, s.facts(failure(4)), stanna.ReasonKnownState, "")
	want(t, s.facts(failure(4, pastDue)), payDue, stanna.Opened)
	s = open(t, failure(2, pastDue))
	want(t, s.facts(failure(1, of("in_2", 50))), stanna.ReasonKnownState, "") // as quiet as a first failure alone
	want(t, s.facts(failure(2, of("in_2", 50))), payDue, stanna.Opened)       // another invoice
	s = open(t, failure(2, pastDue))
	s.facts(failure(1, of("in_2", 50)))
	want(t, s.facts(stanna.PaymentRecovered{Invoice: "in_1"}), stanna.ReasonSoftFirst, "") // what was known is paid
	want(t, s.facts(failure(2, of("in_2", 50))), payAgain, stanna.Opened)
	s = open(t, failure(2))
	want(t, s.facts(stanna.PaymentRecovered{}), stanna.ReasonNothingOwed, "")
	want(t, s.facts(failure(2)), payAgain, stanna.Opened) // it failed anew after it was paid
	s = open(t, failure(2))
	s.takes(stanna.Signal{OccurredAt: start.Add(4 * days), Fact: stanna.PaymentRecovered{}}, start.Add(7*days)) // found out late
	want(t, s.comes(8*days, failure(2)), payAgain, stanna.Opened)

	s = newStory(t, ruleOf(stanna.PaymentIssue, nil))
	s.facts(failure(2))
	want(t, s.passes(40*days), stanna.ReasonNotRecovered, stanna.Resolved)
	want(t, s.comes(41*days, failure(3)), stanna.ReasonKnownState, "")
	want(t, s.comes(42*days, failure(4, pastDue)), payDue, stanna.Opened)
}

// The mark of the worst is remembered: after a soft retry, past due was told
// already.
func TestPaymentIssueKnownIsTheWorst(t *testing.T) {
	s := newStory(t, ruleOf(stanna.PaymentIssue, nil))
	s.facts(failure(2), failure(3, pastDue), failure(4))
	s.closes(20*days, "rule_payment_issue", stanna.AlreadyKnown)
	want(t, s.comes(21*days, failure(5, pastDue)), stanna.ReasonKnownState, "")
}

// A failure that stood when the rule began, or that history shows, is listed.
func TestPaymentIssueFoundLater(t *testing.T) {
	s := newStory(t)
	s.facts(failure(2, hard))
	s.rules(stanna.Settings{}, ruleOf(stanna.PaymentIssue, nil))
	got := s.looks(20*days, stanna.ReasonFirstContact)
	if want(t, got, stanna.ReasonFirstContact, stanna.Opened); got.changes[0].Gather != stanna.ReasonFirstContact || s.last().Evidence.Trigger != payHard {
		t.Errorf("%+v", got.changes)
	}
	s = newStory(t, ruleOf(stanna.PaymentIssue, nil))
	s.takes(stanna.Signal{OccurredAt: start, Fact: failure(3)}, start.Add(5*days))
	want(t, s.tick(s.State.Due, ""), stanna.ReasonFoundInBackfill, stanna.Opened)
	s.takes(stanna.Signal{OccurredAt: start.Add(days), Fact: stanna.PaymentRecovered{}}, start.Add(8*days)) // paid, found out late
	want(t, s.tick(s.State.Due, ""), stanna.ReasonPaid, stanna.Resolved)

	s = newStory(t, ruleOf(stanna.PaymentIssue, nil)) // an old failure that was paid since
	s.comes(5*days, stanna.PaymentRecovered{})
	if got := s.takes(stanna.Signal{OccurredAt: start.Add(4 * days), Fact: failure(3)}, start.Add(5*days)); got.became != stanna.Late || len(s.Alerts) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestPaymentIssueSnoozed(t *testing.T) {
	s := newStory(t, ruleOf(stanna.PaymentIssue, nil))
	s.facts(failure(2))
	if err := s.last().Snooze("ana@acme.com", start.Add(10*days), s.now); err != nil {
		t.Fatal(err)
	}
	s.Look(s.policy, s.now)
	want(t, s.facts(failure(3, hard)), stanna.ReasonWhileSnoozed, "")
	want(t, s.tick(s.State.Due, ""), stanna.ReasonSnoozeOver, stanna.Reminded)
	if a := s.last(); !s.now.Equal(start.Add(10*days)) || a.Severity != stanna.High || a.Evidence.Payment.Attempt != 3 {
		t.Errorf("at %v: %+v", s.now, a)
	}
	want(t, s.comes(11*days, failure(3, hard)), stanna.ReasonStillOpen, "")
}

func TestPaymentIssueFilterAndTrace(t *testing.T) {
	r := ruleOf(stanna.PaymentIssue, nil)
	r.Filter.Tiers = []string{"growth"}
	s := newStory(t, r)
	want(t, s.facts(failure(5, hard)), stanna.ReasonOtherTier, "")
	p := newStory(t, ruleOf(stanna.PaymentIssue, nil)).policy
	if diff := cmp.Diff([]rule.Value{{Name: "payment", Value: "nothing owed"}}, measured(t, p, stanna.State{})); diff != "" {
		t.Error(diff)
	}
	want := []rule.Value{{Name: "amount", Value: "100.00 USD"}, {Name: "attempt", Value: "5"}, {Name: "decline", Value: "hard"}}
	if diff := cmp.Diff(want, measured(t, p, s.State)); diff != "" {
		t.Error(diff)
	}
}

// An amount without a currency is one of the workspace's, as an MRR is.
func TestPaymentInTheCurrencyOfTheWorkspace(t *testing.T) {
	s := storyIn(t, stanna.Settings{Currency: "EUR"}, ruleOf(stanna.PaymentIssue, nil))
	s.comes(hour, stanna.PaymentFailed{Amount: 100, Attempt: 1, Decline: stanna.HardDecline})
	if got, want := s.State.Payment.Amount, stanna.MoneyOf(100, "EUR"); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}
