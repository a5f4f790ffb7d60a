package message

import (
	"strings"

	"github.com/gostanna/stanna"
)

// paymentIssue tells a payment that did not go through.
func paymentIssue(c chapter) telling {
	var p stanna.PaymentStanding
	if c.alert.Evidence.Payment != nil {
		p = *c.alert.Evidence.Payment
	}
	payment := "payment" + c.of(p.Amount)
	t := telling{
		change: say(words(payment + " " + c.failing(p))),
		past:   say(words(payment + " " + c.failing(p))),
		why:    c.listed(c.declined(p), c.tried(p), c.nextLine(p), c.invoice(p)),
		lead:   c.askToPay(p),
		steps:  c.payingSteps(p),
		links:  oneLine(link(p.URL, "Open payment")),
	}
	if amount := strings.TrimPrefix(c.of(p.Amount), " of "); amount != "" {
		t.back = say(words(amount))
	}
	t.why.also = c.troubles()
	if !p.FirstAt.IsZero() && c.DayNumber(p.FirstAt) != c.DayNumber(p.FailedAt) {
		t.aloud = true
		t.course = append(t.course, say(words("first failed "+c.Day(p.FirstAt))))
	}
	if person, ok := c.client.PrimaryContact(); ok {
		who, mail := c.contact(), outside(person.Email, 100)
		if who != nil && clean(person.Name, 1) == "" {
			mail = nil // the e-mail is the name already
		}
		if who != nil {
			t.facts = append(t.facts, fact{"Contact", joined(", ", who, mail), nil})
		}
	}
	return t
}

// failing says how far it has gone.
func (c chapter) failing(p stanna.PaymentStanding) string {
	switch {
	case p.Status == stanna.PaymentPastDue:
		return "is past due"
	case p.Decline == stanna.HardDecline:
		return "was declined for good"
	case p.Attempt > 1:
		return "failed for the " + c.Ordinal(p.Attempt) + " time"
	case p.Attempt == 0 && p.FailedAt.After(p.FirstAt) && !p.FirstAt.IsZero():
		return "failed again"
	}
	return "failed"
}

// declined says what a decline means, in plain words.
func (c chapter) declined(p stanna.PaymentStanding) phrase {
	var code phrase
	if known, ok := declines[strings.ToLower(strings.TrimSpace(p.Code))]; ok {
		code = say(words(" (" + known + ")"))
	} else if other := outside(strings.ReplaceAll(p.Code, "_", " "), 80); other != nil {
		code = say(words(" ("), other, words(")"))
	}
	switch {
	case p.Decline == stanna.SoftDecline && p.Status == stanna.PaymentPastDue: // every try failed
		return say(words("Soft decline"), code)
	case p.Decline == stanna.SoftDecline:
		return say(words("Soft decline"), code, words("; it may pass when it is tried again"))
	case p.Decline == stanna.HardDecline:
		return say(words("Hard decline"), code, words("; it will not pass without the customer"))
	}
	if code != nil {
		return say(words("Declined"), code)
	}
	return nil
}

// declines say the words of banks and of Stripe to people.
// https://docs.stripe.com/declines/codes
var declines = map[string]string{
	"insufficient_funds":      "not enough funds",
	"expired_card":            "the card has expired",
	"authentication_required": "the bank wants the cardholder to confirm it",
	"incorrect_number":        "the card number is wrong",
	"invalid_number":          "the card number is wrong",
	"incorrect_cvc":           "the security code is wrong",
	"invalid_cvc":             "the security code is wrong",
	"card_declined":           "the bank gave no reason",
	"generic_decline":         "the bank gave no reason",
	"do_not_honor":            "the bank gave no reason",
	"card_velocity_exceeded":  "over the limit of the card",
	"card_not_supported":      "the card does not allow this kind of payment",
	"currency_not_supported":  "the card does not allow this currency",
	"processing_error":        "it could not be processed",
	"issuer_not_available":    "the bank could not be reached",
	"try_again_later":         "the bank asks to try again later",
	"lost_card":               "the card was reported lost",
	"stolen_card":             "the card was reported stolen",
	"fraudulent":              "the bank suspects fraud",
}

// tried says which try it was and when.
func (c chapter) tried(p stanna.PaymentStanding) phrase {
	line := ""
	if p.Attempt > 0 {
		line = "Try " + c.Number(float64(p.Attempt))
	}
	switch {
	case !p.FailedAt.IsZero() && line != "":
		line += " failed on " + c.Day(p.FailedAt)
	case !p.FailedAt.IsZero():
		line = "Failed on " + c.Day(p.FailedAt)
	case line != "":
		line += " failed"
	default:
		return nil
	}
	return say(words(line))
}

func (c chapter) nextLine(p stanna.PaymentStanding) phrase {
	if !p.Owed() {
		return nil
	}
	if next, ok := c.nextTry(p); ok {
		return say(words("Next try " + c.Moment(next)))
	}
	return say(words("No further try is known"))
}

func (c chapter) invoice(p stanna.PaymentStanding) phrase {
	if number := outside(p.Invoice, 80); number != nil {
		return say(words("Invoice "), number)
	}
	return nil
}

// waits says whether the next try may settle it without anybody.
func (c chapter) waits(p stanna.PaymentStanding) bool {
	_, ok := c.nextTry(p)
	return ok && p.Decline != stanna.HardDecline && p.Status != stanna.PaymentPastDue
}

func (c chapter) askToPay(p stanna.PaymentStanding) phrase {
	if next, ok := c.nextTry(p); ok && c.waits(p) {
		return say(words("wait for the next try on " + c.Day(next)))
	}
	what := " for another means of payment"
	if p.Decline != stanna.HardDecline && p.Status != stanna.PaymentPastDue {
		what = " about the payment"
	}
	return c.reach("ask", "ask the customer", what)
}

func (c chapter) payingSteps(p stanna.PaymentStanding) []phrase {
	var steps []phrase
	if c.waits(p) {
		who := c.contact()
		if who == nil {
			who = say(words("the customer"))
		}
		steps = append(steps, say(words("if it fails again, ask "), who, words(" for another means of payment")))
	}
	switch strings.ToLower(p.Code) {
	case "lost_card", "stolen_card", "fraudulent":
		steps = append(steps, say(words("do not pass on the bank's reason; say that the payment was declined")))
	}
	return steps
}
