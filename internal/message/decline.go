package message

import (
	"strings"

	"github.com/gostanna/stanna"
)

// declines say the words of banks and of Stripe to people.
// https://docs.stripe.com/declines/codes
var declines = map[string]string{
	"insufficient_funds":      english("not enough funds"),
	"expired_card":            english("the card has expired"),
	"authentication_required": english("the bank wants the cardholder to confirm it"),
	"incorrect_number":        english("the card number is wrong"),
	"invalid_number":          english("the card number is wrong"),
	"incorrect_cvc":           english("the security code is wrong"),
	"invalid_cvc":             english("the security code is wrong"),
	"card_declined":           english("the bank gave no reason"),
	"generic_decline":         english("the bank gave no reason"),
	"do_not_honor":            english("the bank gave no reason"),
	"card_velocity_exceeded":  english("over the limit of the card"),
	"card_not_supported":      english("the card does not allow this kind of payment"),
	"currency_not_supported":  english("the card does not allow this currency"),
	"processing_error":        english("it could not be processed"),
	"issuer_not_available":    english("the bank could not be reached"),
	"try_again_later":         english("the bank asks to try again later"),
	"lost_card":               english("the card was reported lost"),
	"stolen_card":             english("the card was reported stolen"),
	"fraudulent":              english("the bank suspects fraud"),
}

// declineCode is the bank's or Stripe's word for a decline.
func declineCode(p stanna.PaymentStanding) string { return strings.ToLower(strings.TrimSpace(p.Code)) }

// wrongCard says whether the card itself is what is wrong.
func wrongCard(p stanna.PaymentStanding) bool {
	switch declineCode(p) {
	case "expired_card", "incorrect_number", "invalid_number", "incorrect_cvc", "invalid_cvc":
		return true
	}
	return false
}

// unconfirmed says whether the bank waits for the cardholder.
func unconfirmed(p stanna.PaymentStanding) bool { return declineCode(p) == "authentication_required" }

// needsCustomer says whether no further try can pass by itself.
func needsCustomer(p stanna.PaymentStanding) bool {
	return p.Decline == stanna.HardDecline || p.Status == stanna.PaymentPastDue || p.Status == stanna.PaymentDisputed || wrongCard(p) || unconfirmed(p)
}
