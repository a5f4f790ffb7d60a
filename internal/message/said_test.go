package message

import (
	"strings"
	"testing"

	"github.com/gostanna/stanna"
)

// said is what a thread says of a story that was changed first; of the closed
// one when ended.
func said(kind stanna.AlertType, ended bool, change func(*ThreadView, *AlertView)) string {
	for _, s := range stories() {
		if s.kind != kind {
			continue
		}
		v := s.view()
		if ended {
			v = s.closed()
		}
		change(&v, &v.Alerts[0])
		return Thread(v).Text
	}
	return ""
}

func TestSaid(t *testing.T) {
	pastDue := func(v *ThreadView, a *AlertView) {
		a.Evidence.Payment = owed(func(p *stanna.PaymentStanding) { p.Status, p.NextAttempt = stanna.PaymentPastDue, "" })
	}
	for name, c := range map[string]struct {
		text string
		want []string
		not  string
	}{
		"when every try has failed, another is no hope": {said(stanna.PaymentIssue, false, pastDue), []string{"Soft decline (not enough funds);", "First failed Wed 18 Nov."}, "it may pass"},
		"whom the bill goes to is asked, not the sponsor": {said(stanna.PaymentIssue, false, func(_ *ThreadView, a *AlertView) {
			a.Evidence.Payment = owed(func(p *stanna.PaymentStanding) {
				p.Decline, p.NextAttempt, p.Contact = stanna.HardDecline, "", "Pat Doe <pat@acme.test>"
			})
		}), []string{"contact Pat Doe, pat@acme.test", "ask Pat Doe for another means of payment"}, "Maria"},
		"a name alone is one too": {said(stanna.PaymentIssue, false, func(_ *ThreadView, a *AlertView) {
			a.Evidence.Payment = owed(func(p *stanna.PaymentStanding) { p.Contact = "Accounts payable" })
		}), []string{"contact Accounts payable"}, "Maria"},
		"two currencies have no sum": {said(stanna.PaymentIssue, false, func(_ *ThreadView, a *AlertView) {
			a.Evidence.AlsoOwed = []stanna.PaymentStanding{*owed(func(p *stanna.PaymentStanding) { p.Amount, p.Invoice = stanna.MoneyOf(9, "EUR"), "INV-9" })}
		}), []string{"failed for the second time, and 1 more invoice.", "Also: payment of €9 failed"}, "in all"},
		"what may be no invoice is not called one": {said(stanna.PaymentIssue, false, func(_ *ThreadView, a *AlertView) {
			a.Evidence.AlsoOwed = []stanna.PaymentStanding{*owed(func(p *stanna.PaymentStanding) { p.Invoice = "" })}
		}), []string{"and 1 more payment, $2,400 in all"}, "1 more invoice"},
		"of many, a few are told": {said(stanna.PaymentIssue, false, func(_ *ThreadView, a *AlertView) {
			for range 7 {
				a.Evidence.AlsoOwed = append(a.Evidence.AlsoOwed, *owed(nil))
			}
		}), []string{"and 7 more invoices, $9,600 in all", "and 4 more payments"}, "and 5 more"},
		"a dispute without a date": {said(stanna.PaymentIssue, false, func(_ *ThreadView, a *AlertView) {
			a.Evidence.Payment = owed(func(p *stanna.PaymentStanding) {
				p.Status, p.NextAttempt, p.URL, p.Code = stanna.PaymentDisputed, "", "", "<odd_word>"
			})
		}), []string{"Disputed on Sat 21 Nov: &lt;odd word&gt;", "Do next: see where the dispute stands; ask Maria Costa (sponsor) what is behind it"}, "collect"},
		"all that was owed is paid": {said(stanna.PaymentIssue, true, func(_ *ThreadView, a *AlertView) { a.Evidence.AlsoOwed = []stanna.PaymentStanding{*owed(nil)} }),
			[]string{"Acme Corp paid $2,400 after 9 days"}, "is past due"},
		"a silence that is over was no half": {said(stanna.EngagementDrop, true, func(_ *ThreadView, a *AlertView) { a.Evidence.Worst = 0 }),
			[]string{"recovered: nothing at all to 8% below usual", "Was Medium: there was no engagement at all"}, "47%"},
		"the worst is what was": {said(stanna.EngagementDrop, true, func(_ *ThreadView, a *AlertView) { a.Evidence.Worst = 260 }),
			[]string{"Was Medium: engagement was 75% below usual"}, "47%"},
		"bars are not read out, what was told first is": {said(stanna.EngagementDrop, false, func(_ *ThreadView, a *AlertView) { a.Evidence.Value = 260 }),
			[]string{"75% below usual. First told at 47% below usual."}, "week by week"},
		"nothing at risk any more": {said(stanna.RevenueAtRisk, true, func(_ *ThreadView, a *AlertView) { a.Evidence.Value, a.Evidence.Worst = 0, 300_000 }),
			[]string{"MRR at risk recovered: $300,000 to $0 in", "MRR at risk was $300,000"}, "amount of the rule"},
		"a sum from nothing says what was told first": {said(stanna.RevenueAtRisk, false, func(_ *ThreadView, a *AlertView) {
			a.Evidence.Base, a.Evidence.Opened, a.Evidence.Value = 0, 12_000, 18_000
		}), []string{"First told at $12,000"}, "from $0"},
	} {
		for _, want := range c.want {
			if !strings.Contains(c.text, want) {
				t.Errorf("%s: %q is not in: %s", name, want, c.text)
			}
		}
		if strings.Contains(c.text, c.not) {
			t.Errorf("%s: %q is in: %s", name, c.not, c.text)
		}
	}
}

// What was paid in part is a line of the history, with what remains.
func TestSaidPaidInPart(t *testing.T) {
	v := fullView()
	a := v.Alerts[0]
	a.Type, a.Why, a.Evidence = stanna.PaymentIssue, stanna.ReasonPaidInPart, stanna.Evidence{Payment: owed(nil)}
	text := History(HistoryView{Settings: v.Settings, Client: v.Client, Alerts: []AlertView{a}, Now: v.Now,
		Entries: []stanna.Entry{{At: v.Now, AlertID: a.ID, Event: stanna.Eased, What: a.Why, Severity: a.Severity}}}).Text
	if want := "Paid in part, still open: Acme Corp payment of $1,200 failed for the second time."; text != want {
		t.Errorf("%q, want %q", text, want)
	}
}

// Of two alerts that are closed the one that closed last is the news.
func TestLastToCloseLeads(t *testing.T) {
	v := closedView(stanna.ReasonRecovered, 57)
	paid := v.Alerts[0]
	paid.ID, paid.Type, paid.Why, paid.ClosedAt = "al_2", stanna.PaymentIssue, stanna.ReasonPaid, v.Alerts[0].ClosedAt.Add(-oneDay)
	paid.Evidence = stanna.Evidence{Payment: owed(nil)}
	v.Alerts = []AlertView{paid, v.Alerts[0]}
	if text := Thread(v).Text; !strings.HasPrefix(text, "Acme Corp recovered") {
		t.Error(text)
	}
}
