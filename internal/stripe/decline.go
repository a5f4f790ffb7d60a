package stripe

import (
	"cmp"

	"github.com/gostanna/stanna"
)

// Decline is why a payment was declined, as far as anybody says.
type Decline struct {
	Kind stanna.Decline // soft, hard or ""
	Code string         // Stripe's word for it; "" when there is none
}

// advice is what the bank says of trying again; it is about this payment, and
// so outweighs what is usual for a code
// (https://docs.stripe.com/declines/card#retrying-issuer-declines).
var advice = map[string]stanna.Decline{
	"try_again_later":   stanna.SoftDecline,
	"confirm_card_data": stanna.HardDecline,
	"do_not_try_again":  stanna.HardDecline,
}

// declines is the kind of each code of
// https://docs.stripe.com/declines/codes, and of bank debits
// (https://docs.stripe.com/payments/ach-direct-debit/blocked). Hard are those
// that Stripe never tries again without another card
// (https://docs.stripe.com/billing/revenue-recovery/smart-retries#non-retryable-decline-codes)
// and those whose next step is another card, other details or the customer's
// own consent. Soft are a lack of money, a passing fault, and a bank that does
// not say why. A code that is not here is of no known kind.
var declines = map[string]stanna.Decline{
	"approve_with_id": stanna.SoftDecline, "call_issuer": stanna.SoftDecline, "card_velocity_exceeded": stanna.SoftDecline,
	"do_not_honor": stanna.SoftDecline, "duplicate_transaction": stanna.SoftDecline, "generic_decline": stanna.SoftDecline,
	"insufficient_funds": stanna.SoftDecline, "issuer_not_available": stanna.SoftDecline, "low_probability_of_authorization": stanna.SoftDecline,
	"no_action_taken": stanna.SoftDecline, "processing_error": stanna.SoftDecline, "reenter_transaction": stanna.SoftDecline,
	"security_violation": stanna.SoftDecline, "service_not_allowed": stanna.SoftDecline, "try_again_later": stanna.SoftDecline,
	"withdrawal_count_limit_exceeded": stanna.SoftDecline,

	// never tried again
	"authentication_required": stanna.HardDecline, "highest_risk_level": stanna.HardDecline, "incorrect_number": stanna.HardDecline,
	"lost_card": stanna.HardDecline, "pickup_card": stanna.HardDecline, "revocation_of_all_authorizations": stanna.HardDecline,
	"revocation_of_authorization": stanna.HardDecline, "stolen_card": stanna.HardDecline, "transaction_not_allowed": stanna.HardDecline,

	// another card, or other details
	"card_not_supported": stanna.HardDecline, "currency_not_supported": stanna.HardDecline, "do_not_try_again": stanna.HardDecline,
	"expired_card": stanna.HardDecline, "fraudulent": stanna.HardDecline, "incorrect_address": stanna.HardDecline,
	"incorrect_cvc": stanna.HardDecline, "incorrect_pin": stanna.HardDecline, "incorrect_zip": stanna.HardDecline,
	"invalid_account": stanna.HardDecline, "invalid_amount": stanna.HardDecline, "invalid_cvc": stanna.HardDecline,
	"invalid_expiry_month": stanna.HardDecline, "invalid_expiry_year": stanna.HardDecline, "invalid_number": stanna.HardDecline,
	"invalid_pin": stanna.HardDecline, "live_mode_test_card": stanna.HardDecline, "merchant_blacklist": stanna.HardDecline,
	"new_account_information_available": stanna.HardDecline, "not_permitted": stanna.HardDecline, "offline_pin_required": stanna.HardDecline,
	"online_or_offline_pin_required": stanna.HardDecline, "payment_intent_authentication_failure": stanna.HardDecline,
	"pin_try_exceeded": stanna.HardDecline, "restricted_card": stanna.HardDecline, "stop_payment_order": stanna.HardDecline,
	"test_mode_live_card": stanna.HardDecline, "testmode_decline": stanna.HardDecline,

	// bank debits
	"account_closed": stanna.HardDecline, "account_frozen": stanna.HardDecline, "bank_account_restricted": stanna.HardDecline,
	"bank_ownership_changed": stanna.HardDecline, "could_not_process": stanna.SoftDecline, "debit_not_authorized": stanna.HardDecline,
	"incorrect_account_holder_name": stanna.HardDecline, "invalid_account_number": stanna.HardDecline, "no_account": stanna.HardDecline,
}

// declined gives the first code that says something, with its kind.
func declined(advised string, codes ...string) Decline {
	d := Decline{Code: cmp.Or(codes...)}
	d.Kind = cmp.Or(advice[advised], declines[d.Code])
	return d
}

// chargeDecline reads why a charge failed. The outcome has the bank's word,
// the charge itself often no more than card_declined.
func chargeDecline(o object) Decline {
	return declined(o.word("outcome", "advice_code"), o.word("outcome", "reason"), o.word("failure_code"))
}

// intentDecline reads why a payment intent was not paid.
func intentDecline(o object) Decline {
	if o.word("status") == "requires_action" {
		return declined("", "authentication_required")
	}
	e := o.object("last_payment_error")
	return declined(e.word("advice_code"), e.word("decline_code"), e.word("code"))
}
