package stripe

import (
	"math/big"
)

// price is what an item costs a period, in Stripe's minor unit.
type price struct {
	id       string
	name     string // for people; "" when there is none
	product  string
	currency string
	interval string // day, week, month or year; "": it is paid once
	count    int64  // intervals a period, 1 or more
	metered  bool   // billed by what was used
	unit     *big.Rat
	tiered   bool
	volume   bool   // all units cost what the last one does; else each what its tier says
	tiers    []tier // only there when they were asked for
	divide   int64  // units are sold in packages of so many; 0: they are not
	up       bool   // a package that was begun counts
}

// tier is what units up to a number cost.
type tier struct {
	upTo       int64 // 0: all that are left
	unit, flat *big.Rat
}

// readPrice reads a price, or a plan, which it was called before: the
// recurring part may lie in the price itself, and the amount have its old
// name.
func readPrice(o object) price {
	p := price{id: o.id("id"), name: o.text("nickname"), product: o.id("product"), currency: o.currency("currency"), count: 1}
	for _, name := range []string{o.text("product", "name"), o.text("name")} {
		if p.name == "" {
			p.name = name
		}
	}
	period := o
	if r := o.object("recurring"); r != nil {
		period = r
	}
	p.interval, p.metered = period.word("interval"), period.word("usage_type") == "metered"
	if n, ok := period.whole("interval_count"); ok && n > 0 {
		p.count = n
	}
	for _, field := range []string{"unit_amount_decimal", "unit_amount", "amount_decimal", "amount"} {
		if p.unit == nil {
			p.unit = o.decimal(field)
		}
	}
	p.tiered, p.volume = o.word("billing_scheme") == "tiered", o.word("tiers_mode") == "volume"
	for _, t := range o.list("tiers") {
		p.tiers = append(p.tiers, readTier(t))
	}
	for _, field := range []string{"transform_quantity", "transform_usage"} {
		if n, ok := o.whole(field, "divide_by"); ok && n > 0 {
			p.divide, p.up = n, o.word(field, "round") == "up"
		}
	}
	return p
}

func readTier(o object) tier {
	amount := func(fields ...string) *big.Rat {
		for _, field := range fields {
			if r := o.decimal(field); r != nil {
				return r
			}
		}
		return new(big.Rat)
	}
	t := tier{unit: amount("unit_amount_decimal", "unit_amount", "amount"), flat: amount("flat_amount_decimal", "flat_amount")}
	t.upTo, _ = o.whole("up_to")
	return t
}

// of is what so many units cost a period.
func (p price) of(quantity int64) *big.Rat {
	if quantity <= 0 {
		return new(big.Rat)
	}
	if p.tiered {
		return p.byTier(quantity)
	}
	units := quantity
	if p.divide > 0 {
		units = quantity / p.divide
		if p.up && quantity%p.divide > 0 {
			units++
		}
	}
	return times(p.unit, units)
}

func (p price) byTier(quantity int64) *big.Rat {
	sum, before := new(big.Rat), int64(0)
	for _, t := range p.tiers {
		last := t.upTo == 0 || quantity <= t.upTo
		switch {
		case p.volume && last:
			return sum.Add(times(t.unit, quantity), t.flat)
		case p.volume:
			continue
		case last:
			return sum.Add(sum, new(big.Rat).Add(times(t.unit, quantity-before), t.flat))
		case t.upTo > before:
			sum.Add(sum, new(big.Rat).Add(times(t.unit, t.upTo-before), t.flat))
			before = t.upTo
		}
	}
	return sum
}

func times(r *big.Rat, n int64) *big.Rat {
	return new(big.Rat).Mul(r, new(big.Rat).SetInt64(n))
}
