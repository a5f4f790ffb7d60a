package stripe

import (
	"strings"

	"github.com/gostanna/stanna"
)

// CheckKey says why a text is no key that we can use, or nil. The error names
// the field apiKey.
func CheckKey(key stanna.Secret) error {
	text := key.Reveal()
	switch {
	case text == "":
		return stanna.InvalidField("apiKey", "is required: a restricted key from https://dashboard.stripe.com/apikeys")
	case strings.HasPrefix(text, "pk_"):
		return stanna.InvalidField("apiKey", "is a publishable key, which may not read anything; make a restricted key (rk_…) at https://dashboard.stripe.com/apikeys")
	case strings.HasPrefix(text, "whsec_"):
		return stanna.InvalidField("apiKey", "is the signing secret of a webhook endpoint; make a restricted key (rk_…) at https://dashboard.stripe.com/apikeys")
	case !strings.HasPrefix(text, "rk_") && !strings.HasPrefix(text, "sk_"):
		return stanna.InvalidField("apiKey", "is no key of Stripe's: a restricted key begins with rk_live_ or rk_test_")
	case len(text) > 300 || strings.Trim(text, keyLetters) != "":
		return stanna.InvalidField("apiKey", "has characters that no key of Stripe's has; copy it once more, without spaces and without dots in its middle")
	}
	return nil
}

const keyLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

// KeyWarning says what is unwise about a key that works; "" when nothing is.
func KeyWarning(key stanna.Secret) string {
	if strings.HasPrefix(key.Reveal(), "sk_") {
		return "This is a full secret key: whoever has it may charge cards and pay out money. We only read; " +
			"make a restricted key with read access to customers, subscriptions, invoices, charges, payment intents and disputes instead, and roll this one."
	}
	return ""
}

// Livemode says whether the key is of live mode, and not of a test mode.
func Livemode(key stanna.Secret) bool {
	return !strings.HasPrefix(key.Reveal(), "rk_test_") && !strings.HasPrefix(key.Reveal(), "sk_test_")
}
