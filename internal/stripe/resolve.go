package stripe

import (
	"context"
	"net/url"
)

// resolve asks for the coupons, tiers and items that a subscription lacks,
// and leaves the rest of it as it was: what came with an event is of then.
func (a API) resolve(ctx context.Context, s Subscription) (Subscription, error) {
	o, err := a.get(ctx, "subscriptions", s.ID, "discounts.source.coupon.applies_to", "items.data.price.tiers", "items.data.discounts")
	if OutcomeOf(err) == Gone {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	if s.cut {
		if o["items"], err = a.items(ctx, s.ID); err != nil {
			return s, err
		}
	}
	now := readSubscription(o, a.place())
	known := map[string]coupon{}
	for i := range now.items {
		if err := a.redeem(ctx, now.items[i].coupons, known); err != nil {
			return s, err
		}
	}
	if err := a.redeem(ctx, now.coupons, known); err != nil {
		return s, err
	}
	if s.cut {
		s.items, s.cut = now.items, false
	}
	s.coupons = fuller(s.coupons, known)
	tiers := map[string][]tier{}
	for _, i := range now.items {
		tiers[i.price.id] = i.price.tiers
	}
	items := make([]item, len(s.items))
	for n, i := range s.items {
		i.coupons = fuller(i.coupons, known)
		if len(i.price.tiers) == 0 {
			i.price.tiers = tiers[i.price.id]
		}
		items[n] = i
	}
	s.items = items
	return s, nil
}

// redeem looks up the coupons of which only the id is known, and notes all by
// their discount.
func (a API) redeem(ctx context.Context, list []coupon, known map[string]coupon) error {
	for i := range list {
		c := &list[i]
		if !c.known && c.id != "" {
			o, err := a.get(ctx, "coupons", c.id, "applies_to")
			if err != nil && OutcomeOf(err) != Gone {
				return err
			}
			if err == nil {
				c.read(o)
				c.scoped = true
			}
		}
		known[c.discount] = *c
	}
	return nil
}

// fuller gives the coupons with what became known of them.
func fuller(list []coupon, known map[string]coupon) []coupon {
	all := make([]coupon, len(list))
	for i, c := range list {
		all[i] = c
		if found, ok := known[c.discount]; ok && found.known && c.discount != "" {
			all[i] = found
		}
	}
	return all
}

// items reads the items of a subscription that has many.
func (a API) items(ctx context.Context, subscription string) (map[string]any, error) {
	query := url.Values{"subscription": {subscription}, "limit": {"100"}, "expand[]": {"data.price.tiers", "data.discounts"}}
	found, _, err := a.page(ctx, "/v1/subscription_items", query)
	if err != nil {
		return nil, err
	}
	data := make([]any, 0, len(found))
	for _, x := range found {
		if o, err := readObject(x); err == nil {
			data = append(data, map[string]any(o))
		}
	}
	return map[string]any{"data": data}, nil
}
