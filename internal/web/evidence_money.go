package web

import (
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

func paymentWords(l locale.Local, p *stanna.PaymentStanding) string {
	if p == nil {
		return ""
	}
	text := l.Money(p.Amount)
	switch {
	case p.Status == stanna.PaymentDisputed:
		return strings.TrimSpace(text + " disputed")
	case p.Status == stanna.PaymentPastDue:
		return strings.TrimSpace(text + " past due")
	case p.Decline == stanna.HardDecline:
		return strings.TrimSpace(text + " declined for good")
	case p.Attempt > 1:
		return strings.TrimSpace(text + " failed, " + l.Ordinal(p.Attempt) + " attempt")
	}
	return strings.TrimSpace(text + " failed")
}

// owedWords are a payment with when it failed and what comes next.
func owedWords(l locale.Local, p stanna.PaymentStanding) string {
	said := []string{paymentWords(l, &p) + ", " + stampOf(l, p.FailedAt).Short}
	if by, err := time.Parse(time.RFC3339, p.RespondBy); err == nil && p.Status == stanna.PaymentDisputed {
		said = append(said, "answer by "+l.Day(by))
	}
	if next, err := time.Parse(time.RFC3339, p.NextAttempt); err == nil {
		said = append(said, "next try "+l.Day(next))
	}
	return joined(append(said, p.Invoice)...)
}

// othersOwed says how many payments there are beside the first.
func othersOwed(l locale.Local, owed []stanna.PaymentStanding) string {
	if len(owed) < 2 {
		return ""
	}
	text := "and " + l.Count(len(owed)-1, "more payment")
	if total, ok := stanna.TotalOwed(owed); ok {
		text += ", " + l.Money(total) + " in all"
	}
	return text
}

// movementWords say how the MRR moved.
func movementWords(l locale.Local, x stanna.Subscription) string {
	words := map[stanna.MRRMovement]string{stanna.MRRNew: "New", stanna.MRRExpansion: "Expansion", stanna.MRRContraction: "Contraction", stanna.MRRChurn: "Churn",
		stanna.MRRReactivation: "Reactivation"}
	return joined(words[x.Movement]+": "+l.Money(x.Before)+" → "+l.Money(x.MRR), x.Plan)
}

// payment are the failures that a payment alert is about, the foremost in
// full.
func (view *evidenceView) payment(l locale.Local, owed []stanna.PaymentStanding, c stanna.Client) {
	pay := owed[0]
	add := func(name, value string) {
		if value != "" {
			view.Facts = append(view.Facts, field{name, value})
		}
	}
	add("Amount", l.Money(pay.Amount))
	if pay.Attempt > 0 && pay.Status != stanna.PaymentDisputed {
		add("Attempt", l.Number(float64(pay.Attempt)))
	}
	switch pay.Decline {
	case stanna.SoftDecline:
		add("Decline", "soft: it may pass when it is tried again")
	case stanna.HardDecline:
		add("Decline", "hard: it will not pass without the customer")
	}
	failed, number := "Failed last", "Invoice"
	if pay.Status == stanna.PaymentDisputed {
		failed, number = "Disputed", "Dispute"
		add("Reason given to the bank", strings.ReplaceAll(pay.Code, "_", " "))
	} else {
		add("Reason of the bank", strings.ReplaceAll(pay.Code, "_", " "))
		if !pay.FirstAt.IsZero() {
			add("First failed", l.Moment(pay.FirstAt))
		}
	}
	if pay.Status == stanna.PaymentDisputed || !pay.FailedAt.Equal(pay.FirstAt) {
		add(failed, l.Moment(pay.FailedAt))
	}
	if next, err := time.Parse(time.RFC3339, pay.NextAttempt); err == nil {
		add("Next try", l.Moment(next))
	}
	if by, err := time.Parse(time.RFC3339, pay.RespondBy); err == nil {
		add("Answer by", l.Moment(by))
	}
	add(number, pay.Invoice)
	if who, ok := pay.Payer(c); ok {
		add("Contact", joined(who.Name, who.Email))
	}
	for _, p := range owed[1:] {
		add("Owed as well", owedWords(l, p))
	}
	if total, ok := stanna.TotalOwed(owed); ok && len(owed) > 1 {
		add("Owed in all", l.Money(total))
	}
}

// movement is what a key account pays, and paid.
func (view *evidenceView) movement(l locale.Local, x stanna.Subscription) {
	add := func(name, value string) {
		if value != "" {
			view.Facts = append(view.Facts, field{name, value})
		}
	}
	add("MRR before", l.Money(x.Before))
	add("MRR after", l.Money(x.MRR))
	add("Plan", x.Plan)
	add("Subscription", strings.ReplaceAll(x.Status, "_", " "))
	add("Moved", l.Moment(x.At))
}
