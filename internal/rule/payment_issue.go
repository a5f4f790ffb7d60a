package rule

import (
	"slices"
	"strconv"

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
	Doc:     "Opens when a payment is disputed, declined for good, is past due, or fails again; for an account that matters at the first failure. Closes when nothing is owed any more.",
	Signals: []stanna.SignalType{stanna.PaymentFailedType, stanna.PaymentRecoveredType},
	Nature:  Trouble,
	Joins:   []stanna.AlertType{stanna.ChurnRisk},
	Thresholds: []Threshold{
		paymentAttempts:        {"attempts", "attempts", "Opens when this many attempts have failed.", 2, 1, 20},
		paymentFirstFailureMRR: {"firstFailureMrr", "currency", "From this MRR on (or of a key account) the first failure opens as well.", 10_000, 0, 1e12},
		paymentKeyAccountMRR:   {"keyAccountMrr", "currency", "From this MRR on (or of tier enterprise) the severity is raised by one; of a dispute only in the red zone.", 25_000, 0, 1e12},
	},
	look:     lookAtPayment,
	follow:   followPayment,
	measured: paymentMeasured,
	settled: func(_ *Compiled, sub *Subject, k stanna.Known) bool {
		return !slices.ContainsFunc(sub.State.Owes(), func(p stanna.PaymentStanding) bool { return !p.FirstAt.After(k.At) }) // paid, perhaps failed anew since
	},
	worse: func(_ *Compiled, k stanna.Known, f finding) bool {
		was, is := readPaymentMarks(k.Mark), readPaymentMarks(f.about)
		level := is.worst()
		return is.another(was) || level > was.of(is) && level >= paymentHard
	},
}

// How bad a failure is. A dispute is the worst: the money is gone already, and
// stays gone unless somebody answers in time.
const (
	paymentFine  = iota
	paymentFirst // the first attempt, and it may pass the next time
	paymentAgain
	paymentHard
	paymentPastDue
	paymentDisputed
)

// paymentLevel is how bad one failure is.
func (c *Compiled) paymentLevel(p stanna.PaymentStanding) int {
	switch {
	case !p.Owed():
		return paymentFine
	case p.Status == stanna.PaymentDisputed:
		return paymentDisputed
	case p.Status == stanna.PaymentPastDue:
		return paymentPastDue
	case p.Decline == stanna.HardDecline:
		return paymentHard
	case float64(p.Tries()) >= c.value(paymentAttempts):
		return paymentAgain
	}
	return paymentFirst
}

// foremost is what is owed with the worst of it first, by the rule's own
// number of attempts.
func (c *Compiled) foremost(st *stanna.State) (owed []stanna.PaymentStanding, level int) {
	owed = st.Owes()
	slices.SortStableFunc(owed, func(a, b stanna.PaymentStanding) int { return c.paymentLevel(b) - c.paymentLevel(a) })
	if len(owed) > 0 {
		level = c.paymentLevel(owed[0])
	}
	return owed, level
}

func paymentReason(level int) stanna.Reason {
	switch level {
	case paymentDisputed:
		return stanna.ReasonPaymentDisputed
	case paymentPastDue:
		return stanna.ReasonPaymentPastDue
	case paymentHard:
		return stanna.ReasonPaymentHard
	case paymentAgain:
		return stanna.ReasonPaymentAgain
	}
	return stanna.ReasonPaymentFirst
}

func lookAtPayment(c *Compiled, sub *Subject) (finding, stanna.Reason) {
	owed, level := c.foremost(sub.State)
	first := c.mattersAtFirst(sub)
	switch {
	case level == paymentFine:
		return finding{}, stanna.ReasonNothingOwed
	case level == paymentFirst && !first:
		return finding{}, stanna.ReasonSoftFirst
	}
	marks := paymentMarks{}
	for _, p := range owed {
		if level := c.paymentLevel(p); level > paymentFirst || first {
			marks[p.Invoice] = level
		}
	}
	p := owed[0]
	amount := p.Amount.Amount()
	return finding{
		trigger: paymentReason(level), severity: c.paymentSeverity(sub, level), onset: p.FailedAt, about: marks.String(),
		evidence: stanna.Evidence{
			Trigger: paymentReason(level), BaseAt: p.FirstAt, Opened: amount, Value: amount, ValueAt: p.FailedAt, Worst: amount, Told: amount,
			SignalID: sub.Signal.ID, Source: p.Source, Payment: &p, AlsoOwed: owed[1:],
		},
	}, ""
}

// mattersAtFirst says whether an account is worth a look at the first
// failure.
func (c *Compiled) mattersAtFirst(sub *Subject) bool {
	worth, known := sub.worth()
	return sub.keyAccount(c.value(paymentKeyAccountMRR)) || known && worth >= c.value(paymentFirstFailureMRR)
}

// paymentSeverity is how urgent it is. A dispute has a date to be answered
// by, and many an account that disputes a charge is well otherwise: it is
// critical only where the red zone says that there is more to it.
func (c *Compiled) paymentSeverity(sub *Subject, level int) stanna.Severity {
	severity := stanna.Medium
	switch {
	case level == paymentFirst:
		return severity
	case level >= paymentHard:
		severity = stanna.High
	}
	score, known := sub.State.HealthScore()
	calm := level == paymentDisputed && !(known && sub.Settings.ZoneOf(score) == stanna.Red)
	if sub.keyAccount(c.value(paymentKeyAccountMRR)) && !calm {
		return severity.Raised(1)
	}
	return severity
}

// paymentMeasured is what an explanation shows.
func paymentMeasured(c *Compiled, sub *Subject) []Value {
	owed, _ := c.foremost(sub.State)
	if len(owed) == 0 {
		return []Value{{"payment", "nothing owed"}}
	}
	p := owed[0]
	list := []Value{{"amount", p.Amount.String()}, {"attempt", strconv.Itoa(p.Tries())}}
	add := func(name, value string) {
		if value != "" {
			list = append(list, Value{name, value})
		}
	}
	add("status", p.Status)
	add("decline", string(p.Decline))
	add("respondBy", p.RespondBy)
	if len(owed) > 1 {
		add("invoices", strconv.Itoa(len(owed)))
		if total, ok := stanna.TotalOwed(owed); ok {
			add("total", total.String())
		}
	}
	return list
}
