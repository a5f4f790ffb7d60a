package stripe

import (
	"strconv"
	"strings"
	"time"
)

// Subscription is what a customer pays again and again.
type Subscription struct {
	ID            string // sub_…
	CustomerID    string
	Status        string // trialing, active, past_due, unpaid, canceled, incomplete, incomplete_expired, paused
	Currency      string // ISO 4217; "" when no price has one
	PeriodEnd     time.Time
	TrialEnd      time.Time
	CancelAt      time.Time // it ends then; zero: it goes on
	LatestInvoice string
	Metadata      map[string]string
	Plan          string // for people: "Gold, yearly"
	URL           string // in Stripe's dashboard

	items   []item
	coupons []coupon // off the whole
	cut     bool     // it has more items than came
}

// item is so many of one price.
type item struct {
	price    price
	quantity int64
	coupons  []coupon // off the item alone
}

func readSubscription(o object, at place) Subscription {
	s := Subscription{
		ID: o.id("id"), CustomerID: o.id("customer"), Status: o.word("status"), Currency: o.currency("currency"),
		PeriodEnd: o.when("current_period_end"), TrialEnd: o.when("trial_end"), CancelAt: o.when("cancel_at"),
		LatestInvoice: o.id("latest_invoice"), Metadata: o.metadata(), coupons: readCoupons(o), cut: o.flag("items", "has_more"),
	}
	list := o.list("items")
	if len(list) == 0 && o.object("plan") != nil {
		list = []object{{"plan": o["plan"]}} // before subscriptions had items
	}
	for _, x := range list {
		if x.flag("deleted") {
			continue
		}
		if end := x.when("current_period_end"); end.After(s.PeriodEnd) {
			s.PeriodEnd = end
		}
		s.items = append(s.items, readItem(x, o, len(list) == 1))
	}
	if s.CancelAt.IsZero() && o.flag("cancel_at_period_end") {
		s.CancelAt = s.PeriodEnd
	}
	for _, i := range s.items {
		if s.Currency == "" {
			s.Currency = i.price.currency
		}
	}
	s.Plan, s.URL = s.plan(), at.of("subscriptions", s.ID)
	return s
}

// readItem reads an item. The only one of a subscription may have its
// quantity there.
func readItem(x, subscription object, only bool) item {
	i := item{quantity: 1, coupons: readCoupons(x)}
	if o := x.object("price"); o != nil {
		i.price = readPrice(o)
	} else {
		i.price = readPrice(x.object("plan"))
	}
	if n, ok := x.whole("quantity"); ok {
		i.quantity = n
	} else if n, ok := subscription.whole("quantity"); ok && only {
		i.quantity = n
	}
	return i
}

// Unresolved says that Stripe has to be asked before [Subscription.Worth] is
// right: a coupon is named only, a price's tiers or some items did not come.
// [API.Complete] asks.
func (s Subscription) Unresolved() bool {
	if s.cut {
		return true
	}
	open := func(list []coupon, several bool) bool {
		for _, c := range list {
			if !c.known && (c.id != "" || c.discount != "") || several && c.forever && !c.scoped {
				return true
			}
		}
		return false
	}
	for _, i := range s.items {
		if i.price.tiered && !i.price.metered && len(i.price.tiers) == 0 || open(i.coupons, false) {
			return true
		}
	}
	return open(s.coupons, len(s.items) > 1)
}

// plan names what is paid for: "2 × Gold, yearly + Silver, monthly".
func (s Subscription) plan() string {
	var parts []string
	for _, i := range s.items {
		p := i.price
		name := p.name
		if name == "" && p.unit != nil && p.unit.Sign() > 0 {
			if m, err := money(p.unit, p.currency); err == nil {
				name = m.String()
			}
		}
		if name == "" {
			name = p.id
		}
		if i.quantity > 1 {
			name = strconv.FormatInt(i.quantity, 10) + " × " + name
		}
		if rhythm := p.rhythm(); rhythm != "" {
			name += ", " + rhythm
		}
		parts = append(parts, name)
	}
	return line(strings.Join(parts, " + "), maxText)
}

func (p price) rhythm() string {
	switch {
	case p.interval == "":
		return ""
	case p.count > 1:
		return "every " + strconv.FormatInt(p.count, 10) + " " + p.interval + "s"
	case p.interval == "day":
		return "daily"
	}
	return p.interval + "ly"
}
