package rule

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// takeFailure keeps the newest failure of each invoice, and when it failed
// first since it was paid. What was paid then or later is not owed: of one
// moment, the recovery counts.
func takeFailure(st *stanna.State, f stanna.PaymentFailed, s stanna.Signal) (newest bool) {
	at, bill := s.OccurredAt.UTC(), billOf(st, f.Invoice)
	if !at.After(bill.PaidAt) || !at.After(st.PaidAt) {
		return false
	}
	p := stanna.PaymentStanding{FailedAt: at, FirstAt: at, Amount: stanna.MoneyOf(f.Amount, f.Currency), Attempt: f.Attempt, NextAttempt: f.NextAttempt,
		Status: f.Status, Decline: f.Decline, Code: f.Code, Invoice: f.Invoice, Contact: f.Contact, RespondBy: f.RespondBy, URL: f.URL, Source: s.Source}
	owed, newest := st.Owes(), true
	if i := slices.IndexFunc(owed, func(p stanna.PaymentStanding) bool { return p.Invoice == f.Invoice }); i >= 0 {
		was := owed[i]
		if first := firstOf(was); first.Before(at) {
			p.FirstAt = first
		}
		was.FirstAt = p.FirstAt
		if newest = !at.Before(was.FailedAt); !newest || at.Equal(was.FailedAt) && was.Compare(p) < 0 {
			p = was
		}
		owed[i] = p
	} else {
		owed = append(owed, p)
	}
	bill.Failed = failedAt(bill.Failed, at)
	keepBill(st, f.Invoice, bill)
	keepOwed(st, owed)
	return newest
}

// takeRecovery clears what was paid: the invoice that is named, else all.
func takeRecovery(st *stanna.State, f stanna.PaymentRecovered, s stanna.Signal) (newest bool) {
	at := s.OccurredAt.UTC()
	if f.Invoice == "" {
		newest = !at.Before(st.PaidAt)
		st.PaidAt = later(st.PaidAt, at)
	} else {
		bill := billOf(st, f.Invoice)
		newest = !at.Before(bill.PaidAt)
		bill.PaidAt = later(bill.PaidAt, at)
		keepBill(st, f.Invoice, bill)
	}
	var owed []stanna.PaymentStanding
	for _, p := range st.Owes() {
		bill := billOf(st, p.Invoice)
		paid := later(st.PaidAt, bill.PaidAt)
		if !p.FailedAt.After(paid) {
			continue
		}
		if f.Invoice == "" || f.Invoice == p.Invoice {
			newest = false
		}
		if i := slices.IndexFunc(bill.Failed, paid.Before); i >= 0 && !firstOf(p).After(paid) {
			p.FirstAt = bill.Failed[i]
		}
		owed = append(owed, p)
	}
	keepOwed(st, owed)
	return newest
}

// billOf is what is remembered of an invoice; of one that stood before bills
// were kept, what the standing says.
func billOf(st *stanna.State, invoice string) stanna.Bill {
	if b, ok := st.Bills[invoice]; ok {
		return b
	}
	for _, p := range st.Owes() {
		if p.Invoice == invoice {
			return stanna.Bill{Failed: failedAt([]time.Time{firstOf(p)}, p.FailedAt)}
		}
	}
	return stanna.Bill{}
}

// firstOf is when a standing began.
func firstOf(p stanna.PaymentStanding) time.Time {
	if p.FirstAt.IsZero() {
		return p.FailedAt
	}
	return p.FirstAt
}

// failedAt adds a failure to those of an invoice.
func failedAt(all []time.Time, at time.Time) []time.Time {
	all = slices.Compact(slices.SortedFunc(slices.Values(append(slices.Clone(all), at)), time.Time.Compare))
	return all[max(len(all)-stanna.MaxTries, 0):]
}

// keepBill keeps what is remembered of an invoice, in a map of its own: the
// state may be a copy of another.
func keepBill(st *stanna.State, invoice string, b stanna.Bill) {
	bills := maps.Clone(st.Bills)
	if bills == nil {
		bills = map[string]stanna.Bill{}
	}
	bills[invoice] = b
	st.Bills = bills
}

// keepOwed keeps what is owed, and forgets of bills what makes no difference
// any more.
func keepOwed(st *stanna.State, owed []stanna.PaymentStanding) {
	slices.SortFunc(owed, stanna.PaymentStanding.Compare)
	owed = owed[:min(len(owed), stanna.MaxOwed)]
	st.Payment, st.AlsoOwed = stanna.PaymentStanding{}, nil
	if len(owed) > 0 {
		st.Payment, st.AlsoOwed = owed[0], owed[1:len(owed):len(owed)]
	}
	bills := map[string]stanna.Bill{}
	var newest time.Time
	var paid []string // and not owed
	for invoice, b := range st.Bills {
		since := later(st.PaidAt, b.PaidAt)
		b.Failed = slices.DeleteFunc(slices.Clone(b.Failed), func(t time.Time) bool { return !t.After(since) })
		newest = later(newest, b.PaidAt)
		switch {
		case slices.ContainsFunc(owed, func(p stanna.PaymentStanding) bool { return p.Invoice == invoice }):
			bills[invoice] = b
		case b.PaidAt.After(st.PaidAt):
			bills[invoice], paid = stanna.Bill{PaidAt: b.PaidAt}, append(paid, invoice)
		}
	}
	slices.SortFunc(paid, func(a, b string) int {
		return cmp.Or(bills[b].PaidAt.Compare(bills[a].PaidAt), strings.Compare(a, b))
	})
	for i, invoice := range paid {
		if i >= stanna.MaxBills || newest.Sub(bills[invoice].PaidAt) > stanna.BillsKept {
			delete(bills, invoice)
		}
	}
	if st.Bills = bills; len(bills) == 0 {
		st.Bills = nil
	}
}
