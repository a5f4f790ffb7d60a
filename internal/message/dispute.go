package message

import (
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// disputes say what a customer tells the bank, as Stripe names it.
// https://docs.stripe.com/disputes/categories
var disputes = map[string]string{
	"credit_not_processed":  english("they expected a refund and have not had it"),
	"debit_not_authorized":  english("they did not allow the debit"),
	"duplicate":             english("they were charged twice"),
	"fraudulent":            english("the cardholder says that it was not them"),
	"general":               english("no reason was given"),
	"product_not_received":  english("they did not get what they paid for"),
	"product_unacceptable":  english("what they got is not what was promised"),
	"subscription_canceled": english("they say that they had cancelled"),
	"unrecognized":          english("they do not recognise the charge"),
}

// disputed says when a payment was disputed, and why.
func (c chapter) disputed(p stanna.PaymentStanding) phrase {
	reason := outside(strings.ReplaceAll(p.Code, "_", " "), 80)
	if known, ok := disputes[declineCode(p)]; ok {
		reason = c.phrase(known)
	}
	fill := with{"day": c.Day(p.FailedAt), "reason": reason}
	switch dated := !p.FailedAt.IsZero(); {
	case dated && reason != nil:
		return c.phrase("Disputed on {day}: {reason}", fill)
	case dated:
		return c.phrase("Disputed on {day}", fill)
	case reason != nil:
		return c.phrase("Disputed: {reason}", fill)
	}
	return nil
}

// answerBy is until when a dispute can be answered, where that is known.
func answerBy(p stanna.PaymentStanding) (time.Time, bool) {
	by, err := time.Parse(time.RFC3339, p.RespondBy)
	return by, err == nil && p.Status == stanna.PaymentDisputed
}

// answer is the first thing to do about a dispute: it is lost without an
// answer. Without a date there may be nothing to answer, or not any more.
func (c chapter) answer(p stanna.PaymentStanding) phrase {
	by, known := answerBy(p)
	fill := with{"day": c.Day(by)}
	switch inside := inStripe(p.URL); {
	case known && by.Before(c.Now):
		return c.phrase("see what became of it: the time to answer ended on {day}", fill)
	case known && inside:
		return c.phrase("answer it in Stripe by {day}", fill)
	case known:
		return c.phrase("answer the dispute by {day}", fill)
	case inside:
		return c.phrase("see in Stripe where the dispute stands")
	}
	return c.phrase("see where the dispute stands")
}

// disputeSteps are what helps to answer, while there is time, and to end it.
func (c chapter) disputeSteps(p stanna.PaymentStanding) (steps []phrase) {
	by, known := answerBy(p)
	switch {
	case known && by.Before(c.Now):
		return nil
	case known:
		steps = append(steps, c.phrase("collect what shows that it was agreed and used: the contract, the invoice, sign-ins, messages"))
	}
	if who := c.contact(); who != nil {
		return append(steps, c.phrase("ask {contact} what is behind it; a dispute that they withdraw ends soonest", with{"contact": who}))
	}
	return append(steps, c.phrase("ask the customer what is behind it; a dispute that they withdraw ends soonest"))
}
