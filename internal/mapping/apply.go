package mapping

import (
	"maps"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
)

// Apply makes the changes that an item wants to a client, and checks the
// result. An amount without a currency is in that of the client's MRR, else in
// the one given. A client without a name is called by its domain.
func (c *Compiled) Apply(item Item, client stanna.Client, currency string) (stanna.Client, error) {
	changed := client
	changed.Custom = maps.Clone(client.Custom)
	for _, name := range slices.Sorted(maps.Keys(item.Fields)) {
		setField(&changed, name, item.Fields[name])
	}
	var f faults
	money, err := revenue(item.Fields, client.MRR, currency)
	if changed.MRR = money; err != nil {
		f.add("fields", err)
		return client, f.err()
	}
	if changed.Name == "" {
		changed.Name = changed.Domain
	}
	if err := changed.Validate(); err != nil {
		f.add("fields", err)
		return client, f.err()
	}
	return changed, nil
}

func setField(c *stanna.Client, name string, x any) {
	if own, is := strings.CutPrefix(name, "custom."); is {
		setOwn(c, own, x)
		return
	}
	text, _ := x.(string)
	switch name {
	case "name":
		c.Name = text
	case "domain":
		c.Domain = text
	case "tier":
		c.Tier = text
	case "csmOwner":
		c.CSMOwner = text
	case "renewalDate":
		c.RenewalDate = text
	case "renewalTermMonths":
		c.RenewalMonths, _ = x.(int)
	case "tags":
		c.Tags, _ = x.([]string)
	case "isExcluded":
		c.IsExcluded, _ = x.(bool)
	}
}

func setOwn(c *stanna.Client, name string, x any) {
	switch {
	case x == "":
		delete(c.Custom, name)
	case c.Custom == nil:
		c.Custom = map[string]any{name: x}
	default:
		c.Custom[name] = x
	}
}

// revenue is the MRR after the fields mrr and currency.
func revenue(fields map[string]any, now stanna.Money, currency string) (stanna.Money, error) {
	mrr, isSet := fields["mrr"]
	own, _ := fields["currency"].(string)
	if now.Currency != "" {
		currency = now.Currency
	}
	amount, known := mrr.(float64)
	switch {
	case known:
		return stanna.MRROf(amount, own, currency)
	case isSet: // it is not known any more
		return stanna.Money{}, nil
	case own == "" || own == now.Currency:
		return now, nil
	case now.Currency == "":
		return now, stanna.InvalidField("currency", "is given, though there is no mrr")
	}
	return stanna.MRROf(now.Amount(), own, own)
}
