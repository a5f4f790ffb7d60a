package stripe

import (
	"math/big"
	"slices"
)

// coupon is a discount for good. One that ends (once, repeating) is none, as
// it does not lower MRR.
type coupon struct {
	discount   string   // di_…, where the object names it so
	id         string   // of the coupon, where that is all that is known of it
	known      bool     // what it takes off is known
	forever    bool     //
	percentOff *big.Rat // nil: an amount
	amountOff  *big.Rat // for each invoice, in Stripe's minor unit
	currency   string   // of amountOff
	products   []string // it is for these alone
	scoped     bool     // whether it is for some products alone is known
}

// readCoupons reads what an object is discounted by. By API version that is
// one discount with its coupon in it; several with theirs, or with the
// coupon's id in source; or ids alone.
func readCoupons(o object) (all []coupon) {
	seen := map[string]bool{}
	list := o.list("discounts")
	if one := o.object("discount"); one != nil {
		list = append([]object{one}, list...) // the ids may say less of the same
	}
	for _, d := range list {
		c := coupon{discount: d.id("id")}
		if c.discount != "" && seen[c.discount] {
			continue
		}
		seen[c.discount] = true
		for _, source := range []object{d, d.object("source")} {
			if whole := source.object("coupon"); whole != nil {
				c.read(whole)
			} else if c.id == "" {
				c.id = source.id("coupon")
			}
		}
		all = append(all, c)
	}
	return all
}

// read takes what the coupon itself says.
func (c *coupon) read(o object) {
	c.id, c.known = o.id("id"), true
	c.forever = o.word("duration") == "forever"
	c.percentOff, c.amountOff, c.currency = o.decimal("percent_off"), o.decimal("amount_off"), o.currency("currency")
	c.scoped = o.has("applies_to")
	if array, _ := o.at("applies_to", "products").([]any); array != nil {
		for _, x := range array {
			c.products = append(c.products, object{"id": x}.id("id"))
		}
	}
}

var hundred = big.NewRat(100, 1)

// take lowers the amounts, each of the product beside it, and none below 0.
// An amount off is taken of each invoice, of which there are so many a month.
func (c coupon) take(amounts []*big.Rat, products []string, currency string, invoices *big.Rat) {
	if !c.known || !c.forever {
		return
	}
	left := new(big.Rat)
	if c.percentOff == nil && c.amountOff != nil && c.currency == currency {
		left.Mul(c.amountOff, invoices)
	}
	for i, amount := range amounts {
		if len(c.products) > 0 && !slices.Contains(c.products, products[i]) {
			continue
		}
		off := left
		if c.percentOff != nil {
			off = new(big.Rat).Mul(amount, new(big.Rat).Quo(c.percentOff, hundred))
		}
		if off.Sign() <= 0 {
			continue
		}
		if off.Cmp(amount) > 0 {
			off = new(big.Rat).Set(amount)
		}
		amounts[i] = new(big.Rat).Sub(amount, off)
		if c.percentOff == nil {
			left = new(big.Rat).Sub(left, off)
		}
	}
}
