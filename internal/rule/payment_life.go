package rule

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
)

// paymentMarks remember how bad each invoice was when it was told.
type paymentMarks map[string]int

// String writes a line for each: "3 in_1".
func (m paymentMarks) String() string {
	lines := make([]string, 0, len(m))
	for _, invoice := range slices.Sorted(maps.Keys(m)) {
		lines = append(lines, strconv.Itoa(m[invoice])+" "+invoice)
	}
	return strings.Join(lines, "\n")
}

func readPaymentMarks(mark string) paymentMarks {
	m := paymentMarks{}
	for line := range strings.SplitSeq(mark, "\n") {
		level, invoice, _ := strings.Cut(line, " ")
		if n, err := strconv.Atoi(level); err == nil {
			m[invoice] = n
		}
	}
	return m
}

// worst is the worst of them.
func (m paymentMarks) worst() (level int) {
	for _, n := range m {
		level = max(level, n)
	}
	return level
}

// of is the worst level of those that are in the other as well. What has no
// name may be any of them.
func (m paymentMarks) of(other paymentMarks) (level int) {
	_, unnamed := m[""]
	if _, ok := other[""]; ok || unnamed {
		return m.worst()
	}
	for invoice, n := range m {
		if _, ok := other[invoice]; ok {
			level = max(level, n)
		}
	}
	return level
}

// another says whether one of them is surely none of the others.
func (m paymentMarks) another(known paymentMarks) bool {
	if _, unnamed := known[""]; unnamed || len(known) == 0 {
		return false
	}
	for invoice := range m {
		if _, ok := known[invoice]; !ok && invoice != "" {
			return true
		}
	}
	return false
}

// followPayment goes on while anything is owed. It gets worse with a further
// invoice, a further attempt at the foremost one, or a worse standing; what is
// paid meanwhile is said without calling anybody.
func followPayment(c *Compiled, sub *Subject, a stanna.Alert) verdict {
	e, was := a.Evidence, a.Evidence.Owes()
	owed, level := c.foremost(sub.State)
	if len(owed) == 0 {
		return verdict{event: stanna.Resolved, reason: overBecause(was), severity: a.Severity, evidence: e}
	}
	told, before, now := readPaymentMarks(sub.State.Memory[c.ID].Until), paymentMarks{}, paymentMarks{}
	for _, p := range was {
		before[p.Invoice] = max(told[p.Invoice], c.paymentLevel(p))
	}
	for _, p := range owed {
		now[p.Invoice] = max(before[p.Invoice], c.paymentLevel(p)) // a retry of a soft kind makes it no better
	}
	p := owed[0]
	amount, first := p.Amount.Amount(), stanna.PaymentStanding{}
	if len(was) > 0 {
		first = was[0]
	}
	same := p.Amount.Currency == first.Amount.Currency
	_, toldOf := before[p.Invoice]
	moved := toldOf && p.Invoice != first.Invoice // another of those that are known is the foremost now
	grew := same && !moved && amount > e.Worst
	if grew || !same || moved {
		e.Worst = amount
	}
	e.Value, e.ValueAt, e.Payment, e.AlsoOwed = amount, p.FailedAt, &p, owed[1:]
	v := verdict{severity: a.Severity, evidence: e, reason: stanna.ReasonStillOpen, keep: !slices.Equal(owed, was), mark: now.String()}
	worse := func(reason stanna.Reason) { v.event, v.reason = stanna.Worsened, reason }
	severity := c.paymentSeverity(sub, level)
	switch {
	case level > before.of(now):
		worse(paymentReason(level))
	case now.another(before), p.Tries() > triesAt(was, p):
		worse(stanna.ReasonPaymentAgain)
	case grew:
		worse(stanna.ReasonWorsened)
	case severity.Rank() > a.Severity.Rank():
		worse(stanna.ReasonSeverityRose)
	case len(owed) < len(was):
		v.event, v.reason = stanna.Eased, stanna.ReasonPaidInPart
		if a.Escalated == 0 { // else it is as urgent as nobody's taking it up has made it
			v.severity = severity
		}
	}
	if severity.Rank() > a.Severity.Rank() {
		v.severity = severity
	}
	if v.event == stanna.Worsened {
		v.evidence.Told, v.evidence.SignalID, v.evidence.Source = amount, sub.Signal.ID, p.Source
	}
	return v
}

// overBecause says what ended: a dispute may as well have been lost, and
// nobody celebrates that.
func overBecause(was []stanna.PaymentStanding) stanna.Reason {
	if len(was) == 0 || slices.ContainsFunc(was, func(p stanna.PaymentStanding) bool { return p.Status != stanna.PaymentDisputed }) {
		return stanna.ReasonPaid
	}
	return stanna.ReasonDisputeOver
}

// triesAt is how often the payment had failed when it was told: what has no
// name may be the one that was told first.
func triesAt(was []stanna.PaymentStanding, p stanna.PaymentStanding) int {
	for _, q := range was {
		if q.Invoice == p.Invoice {
			return q.Tries()
		}
	}
	if len(was) > 0 {
		return was[0].Tries()
	}
	return 0
}
