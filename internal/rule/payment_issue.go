package rule

import (
	"strconv"
	"strings"

	"github.com/gostanna/stanna"
)

// Where its thresholds stand in the entry.
const (
	paymentAttempts = iota
	paymentFirstFailureMRR
	paymentKeyAccountMRR
)

// paymentIssue watches failed payments. A first soft decline is the bank's
// affair, and tried again by itself: it pages nobody but for an account that
// matters.
var paymentIssue = Entry{
	Type:    stanna.PaymentIssue,
	Name:    "Payment issue",
	Doc:     "Opens when a payment is declined for good, is past due, or fails again; for an account that matters at the first failure. Closes when it is paid.",
	Signals: []stanna.SignalType{stanna.PaymentFailedType, stanna.PaymentRecoveredType},
	Nature:  Trouble,
	Joins:   []stanna.AlertType{stanna.ChurnRisk},
	Thresholds: []Threshold{
		paymentAttempts:        {"attempts", "attempts", "Opens when this many attempts have failed.", 2, 1, 20},
		paymentFirstFailureMRR: {"firstFailureMrr", "currency", "From this MRR on (or of a key account) the first failure opens as well.", 10_000, 0, 1e12},
		paymentKeyAccountMRR:   {"keyAccountMrr", "currency", "From this MRR on (or of tier enterprise) the severity is raised by one.", 25_000, 0, 1e12},
	},
	look:     lookAtPayment,
	follow:   followPayment,
	measured: paymentMeasured,
	settled: func(_ *Compiled, sub *Subject, k stanna.Known) bool {
		p := sub.State.Payment
		return !p.Owed() || p.FirstAt.After(k.At) // paid, or paid meanwhile and failed anew
	},
	worse: func(_ *Compiled, k stanna.Known, f finding) bool {
		wasLevel, was := readPaymentMark(k.Mark)
		level, is := readPaymentMark(f.about)
		return otherInvoice(was, is) || level > wasLevel && level >= paymentHard
	},
}

// How bad a failure is.
const (
	paymentFine  = iota
	paymentFirst // the first attempt, and it may pass the next time
	paymentAgain
	paymentHard
	paymentPastDue
)

// paymentLevel is how bad the open failure is.
func (c *Compiled) paymentLevel(p stanna.PaymentStanding) int {
	switch {
	case !p.Owed():
		return paymentFine
	case p.Status == stanna.PaymentPastDue:
		return paymentPastDue
	case p.Decline == stanna.HardDecline:
		return paymentHard
	case float64(attemptOf(p)) >= c.value(paymentAttempts):
		return paymentAgain
	}
	return paymentFirst
}

// attemptOf is which attempt failed. Where the source does not count, a
// failure after another is the second at least.
func attemptOf(p stanna.PaymentStanding) int {
	if p.Attempt == 0 && p.FailedAt.After(p.FirstAt) {
		return 2
	}
	return max(p.Attempt, 1)
}

func paymentReason(level int) stanna.Reason {
	switch level {
	case paymentPastDue:
		return stanna.ReasonPaymentPastDue
	case paymentHard:
		return stanna.ReasonPaymentHard
	case paymentAgain:
		return stanna.ReasonPaymentAgain
	}
	return stanna.ReasonPaymentFirst
}

// paymentMark remembers which failure was told and how bad it was.
func paymentMark(level int, p stanna.PaymentStanding) string {
	return strconv.Itoa(level) + " " + p.Invoice
}

func readPaymentMark(mark string) (level int, invoice string) {
	word, invoice, _ := strings.Cut(mark, " ")
	level, _ = strconv.Atoi(word)
	return level, invoice
}

// otherInvoice says whether two failures are surely not of the same invoice.
func otherInvoice(was, is string) bool { return was != "" && is != "" && was != is }

func lookAtPayment(c *Compiled, sub *Subject) (finding, stanna.Reason) {
	p := sub.State.Payment
	level := c.paymentLevel(p)
	switch {
	case level == paymentFine:
		return finding{}, stanna.ReasonNothingOwed
	case level == paymentFirst && !c.mattersAtFirst(sub):
		return finding{}, stanna.ReasonSoftFirst
	}
	amount := p.Amount.Amount()
	return finding{
		trigger: paymentReason(level), severity: c.paymentSeverity(sub, level), onset: p.FailedAt, about: paymentMark(level, p),
		evidence: stanna.Evidence{
			Trigger: paymentReason(level), BaseAt: p.FirstAt, Opened: amount, Value: amount, ValueAt: p.FailedAt, Worst: amount, Told: amount,
			SignalID: sub.Signal.ID, Source: p.Source, Payment: &p,
		},
	}, ""
}

// mattersAtFirst says whether an account is worth a look at the first
// failure.
func (c *Compiled) mattersAtFirst(sub *Subject) bool {
	worth, known := sub.worth()
	return sub.keyAccount(c.value(paymentKeyAccountMRR)) || known && worth >= c.value(paymentFirstFailureMRR)
}

func (c *Compiled) paymentSeverity(sub *Subject, level int) stanna.Severity {
	severity := stanna.Medium
	switch {
	case level == paymentFirst:
		return severity
	case level >= paymentHard:
		severity = stanna.High
	}
	if sub.keyAccount(c.value(paymentKeyAccountMRR)) {
		return severity.Raised(1)
	}
	return severity
}

func followPayment(c *Compiled, sub *Subject, a stanna.Alert) verdict {
	p, e := sub.State.Payment, a.Evidence
	if !p.Owed() {
		return verdict{event: stanna.Resolved, reason: stanna.ReasonPaid, severity: a.Severity, evidence: e}
	}
	var was stanna.PaymentStanding
	if e.Payment != nil {
		was = *e.Payment
	}
	amount, same := p.Amount.Amount(), p.Amount.Currency == was.Amount.Currency
	grew := same && amount > e.Worst
	if grew || !same {
		e.Worst = amount
	}
	e.Value, e.ValueAt, e.Payment = amount, p.FailedAt, &p
	level := c.paymentLevel(p)
	told, _ := readPaymentMark(sub.State.Memory[c.ID].Until) // retries of two invoices may come by turns
	before := max(told, c.paymentLevel(was))
	v := verdict{severity: a.Severity, evidence: e, reason: stanna.ReasonStillOpen, keep: p != was, mark: paymentMark(max(level, before), p)}
	worse := func(reason stanna.Reason) { v.event, v.reason = stanna.Worsened, reason }
	switch other := otherInvoice(was.Invoice, p.Invoice); {
	case level > before:
		worse(paymentReason(level))
	case other && p.Attempt == 1, !other && attemptOf(p) > attemptOf(was):
		worse(stanna.ReasonPaymentAgain)
	case grew:
		worse(stanna.ReasonWorsened)
	}
	if severity := c.paymentSeverity(sub, level); severity.Rank() > a.Severity.Rank() {
		v.severity = severity
		if v.event == "" {
			worse(stanna.ReasonSeverityRose)
		}
	}
	if v.event == stanna.Worsened {
		v.evidence.Told, v.evidence.SignalID, v.evidence.Source = amount, sub.Signal.ID, p.Source
	}
	return v
}

// paymentMeasured is what an explanation shows.
func paymentMeasured(_ *Compiled, sub *Subject) []Value {
	p := sub.State.Payment
	if !p.Owed() {
		return []Value{{"payment", "nothing owed"}}
	}
	list := []Value{{"amount", p.Amount.String()}, {"attempt", strconv.Itoa(attemptOf(p))}}
	if p.Status != "" {
		list = append(list, Value{"status", p.Status})
	}
	if p.Decline != "" {
		list = append(list, Value{"decline", string(p.Decline)})
	}
	return list
}
