package message

import (
	"net/url"
	"strings"

	"github.com/gostanna/stanna"
)

// The labels of a payment's own figures.
const (
	owedField     = "Owed"
	nextTryField  = "Next try"
	answerByField = "Answer by"
	disputedField = "In dispute"
)

// maxAlsoOwed is how many invoices are told beside the foremost one.
const maxAlsoOwed = 3

// paymentIssue tells a payment that did not go through, and what else is owed.
func paymentIssue(c chapter) telling {
	var p stanna.PaymentStanding
	if c.alert.Evidence.Payment != nil {
		p = *c.alert.Evidence.Payment
	}
	owed := c.alert.Evidence.Owes()
	failing, past := say(words(c.failing(c.paymentOf(p), p))), say(words(c.hadFailed(c.paymentOf(p), p)))
	if len(owed) > 1 {
		others := c.andOthers(owed)
		failing = c.phrase("{failure}, and {others}", with{"failure": failing, "others": others})
		past = c.phrase("{failure}, and {others}", with{"failure": past, "others": others})
	}
	t := telling{
		change: failing,
		past:   past,
		why:    c.listed(append(c.reasonsOf(p), c.alsoOwed(owed)...)...),
		lead:   c.askToPay(p),
		steps:  c.payingSteps(p),
		links:  oneLine(c.payment(p)),
		four:   []string{owedField, mrrField, nextTryField, personField},
	}
	if all := c.owedInAll(owed); all != nil {
		t.back = all
		sum := fact{label: english(owedField), value: all, said: true}
		switch {
		case len(owed) > 1:
			sum.value = c.phrase("{amount} in {n} {n|payment|payments}", with{"amount": all, "n": len(owed)})
		case p.Status == stanna.PaymentDisputed:
			sum.label, t.four[0] = english(disputedField), disputedField
		}
		t.facts = append(t.facts, sum)
	}
	if p.Status == stanna.PaymentDisputed {
		t.four[2] = answerByField
		if by, ok := answerBy(p); ok {
			t.facts = append(t.facts, fact{label: english(answerByField), value: say(words(c.Moment(by)))})
		}
	} else if next := c.nextTries(p); next != nil {
		t.facts = append(t.facts, fact{label: english(nextTryField), value: next})
	}
	t.facts = append(t.facts, c.person()...)
	t.why.also = c.troubles()
	if p.Status != stanna.PaymentDisputed && !p.FirstAt.IsZero() && c.DayNumber(p.FirstAt) != c.DayNumber(p.FailedAt) {
		t.aloud = true
		t.course = append(t.course, c.phrase("first failed {day}", with{"day": c.Day(p.FirstAt)}))
	}
	return t
}

// paymentOf names a payment by its amount, as far as that is known.
func (c chapter) paymentOf(p stanna.PaymentStanding) string {
	if amount := c.owed(p.Amount); amount != "" {
		return c.Text("payment of {amount}", with{"amount": amount})
	}
	return c.Text("payment")
}

// failing says of a payment how far it has gone.
func (c chapter) failing(payment string, p stanna.PaymentStanding) string {
	switch {
	case p.Status == stanna.PaymentDisputed:
		return c.Text("{payment} is disputed", with{"payment": payment})
	case p.Status == stanna.PaymentPastDue:
		return c.Text("{payment} is past due", with{"payment": payment})
	case p.Decline == stanna.HardDecline:
		return c.Text("{payment} was declined for good", with{"payment": payment})
	case p.Attempt > 1:
		return c.Text("{payment} failed for the {nth} time", with{"payment": payment, "nth": c.Ordinal(p.Attempt)})
	case p.Tries() > 1:
		return c.Text("{payment} failed again", with{"payment": payment})
	}
	return c.Text("{payment} failed", with{"payment": payment})
}

// hadFailed says the same of one that is over.
func (c chapter) hadFailed(payment string, p stanna.PaymentStanding) string {
	switch p.Status {
	case stanna.PaymentDisputed:
		return c.Text("{payment} was disputed", with{"payment": payment})
	case stanna.PaymentPastDue:
		return c.Text("{payment} was past due", with{"payment": payment})
	}
	return c.failing(payment, p)
}

// reasonsOf is what is known of one payment.
func (c chapter) reasonsOf(p stanna.PaymentStanding) []phrase {
	if p.Status == stanna.PaymentDisputed {
		return []phrase{c.disputed(p), c.invoice(p)}
	}
	return []phrase{c.declined(p), c.tried(p), c.invoice(p)}
}

// declined says what a decline means, in plain words.
func (c chapter) declined(p stanna.PaymentStanding) phrase {
	code := outside(strings.ReplaceAll(p.Code, "_", " "), 80)
	if known, ok := declines[declineCode(p)]; ok {
		code = c.phrase(known)
	}
	because := func(decline phrase) phrase {
		if code == nil {
			return decline
		}
		return say(decline, words(" ("), code, words(")"))
	}
	switch {
	case p.Decline == stanna.SoftDecline && p.Status == stanna.PaymentPastDue: // every try failed
		return because(c.phrase("Soft decline"))
	case p.Decline == stanna.SoftDecline && needsCustomer(p):
		return c.phrase("{decline}; it will not pass without the customer", with{"decline": because(c.phrase("Soft decline"))})
	case p.Decline == stanna.SoftDecline:
		return c.phrase("{decline}; it may pass when it is tried again", with{"decline": because(c.phrase("Soft decline"))})
	case p.Decline == stanna.HardDecline:
		return c.phrase("{decline}; it will not pass without the customer", with{"decline": because(c.phrase("Hard decline"))})
	case code != nil:
		return because(c.phrase("Declined"))
	}
	return nil
}

// tried says which try it was and when.
func (c chapter) tried(p stanna.PaymentStanding) phrase {
	switch dated := !p.FailedAt.IsZero(); {
	case dated && p.Attempt > 0:
		return c.phrase("Try {n} failed on {day}", with{"n": p.Attempt, "day": c.Day(p.FailedAt)})
	case dated:
		return c.phrase("Failed on {day}", with{"day": c.Day(p.FailedAt)})
	case p.Attempt > 0:
		return c.phrase("Try {n} failed", with{"n": p.Attempt})
	}
	return nil
}

// nextTries is when the payment is tried again, and after how many tries.
func (c chapter) nextTries(p stanna.PaymentStanding) phrase {
	if !p.Owed() {
		return nil
	}
	next := c.phrase("none is known")
	if at, ok := c.nextTry(p); ok {
		next = say(words(c.Moment(at)))
	}
	if p.Attempt < 1 {
		return next
	}
	return c.phrase("{next}, after {n} failed", with{"next": next, "n": p.Attempt})
}

// payment leads to the payment: in Stripe, or wherever it is kept.
func (c chapter) payment(p stanna.PaymentStanding) phrase {
	if inStripe(p.URL) {
		return link(p.URL, c.Text("Open in Stripe"))
	}
	return link(p.URL, c.Text("Open payment"))
}

// inStripe says whether an address is one of Stripe's.
func inStripe(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Hostname() == "stripe.com" || strings.HasSuffix(u.Hostname(), ".stripe.com"))
}

func (c chapter) invoice(p stanna.PaymentStanding) phrase {
	number := outside(p.Invoice, 80)
	switch {
	case number == nil:
		return nil
	case p.Status == stanna.PaymentDisputed:
		return c.phrase("Dispute {number}", with{"number": number})
	}
	return c.phrase("Invoice {number}", with{"number": number})
}

// waits says whether the next try may settle it without anybody.
func (c chapter) waits(p stanna.PaymentStanding) bool {
	_, ok := c.nextTry(p)
	return ok && !needsCustomer(p)
}

func (c chapter) askToPay(p stanna.PaymentStanding) phrase {
	if p.Status == stanna.PaymentDisputed {
		return c.answer(p)
	}
	if next, ok := c.nextTry(p); ok && c.waits(p) {
		return c.phrase("wait for the next try on {day}", with{"day": c.Day(next)})
	}
	if !needsCustomer(p) || unconfirmed(p) {
		return c.reaching("ask {contact} about the payment", "ask the customer about the payment")
	}
	return c.reaching("ask {contact} for another means of payment", "ask the customer for another means of payment")
}

func (c chapter) payingSteps(p stanna.PaymentStanding) []phrase {
	if p.Status == stanna.PaymentDisputed {
		return c.disputeSteps(p)
	}
	var steps []phrase
	if c.waits(p) {
		step := c.phrase("if it fails again, ask the customer for another means of payment")
		if who := c.contact(); who != nil {
			step = c.phrase("if it fails again, ask {contact} for another means of payment", with{"contact": who})
		}
		steps = append(steps, step)
	}
	switch code := declineCode(p); {
	case code == "lost_card", code == "stolen_card", code == "fraudulent":
		steps = append(steps, c.phrase("do not pass on the bank's reason; say that the payment was declined"))
	case wrongCard(p):
		steps = append(steps, c.phrase("say where the card can be changed; another try of the same card cannot pass"))
	case unconfirmed(p):
		steps = append(steps, c.phrase("the cardholder has to confirm it with the bank; another try alone cannot pass"))
	}
	if score, known := c.state.HealthScore(); known && c.Settings.ZoneOf(score) == stanna.Red {
		steps = append(steps, c.phrase("find out whether they mean to stay before you press for the money"))
	}
	return steps
}
