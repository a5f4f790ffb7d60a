package stripe

import (
	"net/url"

	"github.com/gostanna/stanna"
)

// place is where objects are in Stripe's dashboard.
type place struct {
	account string // acct_…; "": whichever the reader has open there
	test    bool
}

// of is the address of an object's page: of is "invoices", "payments",
// "disputes", "customers" or "subscriptions". The account comes before the
// mode: dashboard.stripe.com/acct_1/test/invoices/in_1.
func (p place) of(kind, id string) string {
	if id == "" {
		return ""
	}
	address := "https://dashboard.stripe.com/"
	if p.account != "" {
		address += url.PathEscape(p.account) + "/"
	}
	if p.test {
		address += "test/"
	}
	address += kind + "/" + url.PathEscape(id)
	if stanna.ValidAddress(address) != nil {
		return ""
	}
	return address
}
