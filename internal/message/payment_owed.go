package message

import "github.com/gostanna/stanna"

// andOthers says how many payments are owed beside the foremost, and what all
// come to: "2 more invoices, $3,400 in all".
func (c chapter) andOthers(owed []stanna.PaymentStanding) phrase {
	others := c.phrase("{n} more {n|invoice|invoices}", with{"n": len(owed) - 1})
	for _, p := range owed[1:] {
		if p.Status == stanna.PaymentDisputed || p.Invoice == "" { // that is no invoice, or may be none
			others = c.phrase("{n} more {n|payment|payments}", with{"n": len(owed) - 1})
		}
	}
	if total, ok := stanna.TotalOwed(owed); ok && c.owed(total) != "" {
		return c.phrase("{others}, {amount} in all", with{"others": others, "amount": c.owed(total)})
	}
	return others
}

// owedInAll is what all payments come to; nothing where that is not known.
func (c chapter) owedInAll(owed []stanna.PaymentStanding) phrase {
	total, ok := stanna.TotalOwed(owed)
	if amount := c.owed(total); ok && amount != "" {
		return say(words(amount))
	}
	return nil
}

// alsoOwed tells the payments beside the foremost, those that matter most.
func (c chapter) alsoOwed(owed []stanna.PaymentStanding) (lines []phrase) {
	for i, p := range owed {
		if i == 0 {
			continue
		}
		if left := len(owed) - i; i > maxAlsoOwed && left > 0 {
			return append(lines, c.phrase("and {n} more {n|payment|payments}", with{"n": left}))
		}
		failure := say(words(c.failing(c.paymentOf(p), p)))
		if number := c.invoice(p); number != nil {
			failure = say(failure, words(" ("), number, words(")"))
		}
		lines = append(lines, c.phrase("Also: {failure}", with{"failure": failure}))
	}
	return lines
}

// whom is the person to talk with: about a payment, the one that the bill goes
// to.
func (c chapter) whom() (stanna.Contact, bool) {
	if p := c.alert.Evidence.Payment; p != nil && c.alert.Type == stanna.PaymentIssue && clean(p.Contact, 1) != "" {
		return p.Payer(c.client)
	}
	return c.client.PrimaryContact()
}
