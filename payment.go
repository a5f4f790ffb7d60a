package stanna

import (
	"cmp"
	"fmt"
	"net/mail"
	"strings"
	"time"
)

// PaymentStanding is a failed payment that a client owes: one invoice, or one
// dispute. The zero value says that nothing is owed.
type PaymentStanding struct {
	FailedAt    time.Time `json:"failedAt"`
	FirstAt     time.Time `json:"firstAt,omitzero"` // its first failure since it was paid last
	Amount      Money     `json:"amount"`
	Attempt     int       `json:"attempt"`
	NextAttempt string    `json:"nextAttempt"`
	Status      string    `json:"status,omitempty"` // failed, past_due or disputed
	Decline     Decline   `json:"decline,omitempty"`
	Code        string    `json:"code,omitempty"`
	Invoice     string    `json:"invoice,omitempty"` // "": the source does not say
	Contact     string    `json:"contact,omitempty"` // whom the bill goes to
	RespondBy   string    `json:"respondBy,omitempty"`
	URL         string    `json:"url,omitempty"`
	Source      string    `json:"source,omitempty"`
}

// Owed says whether a failure is open.
func (p PaymentStanding) Owed() bool { return !p.FailedAt.IsZero() }

// Tries is how often it failed. Where the source does not count, a failure
// after another is the second at least.
func (p PaymentStanding) Tries() int {
	if p.Attempt == 0 && p.FailedAt.After(p.FirstAt) && !p.FirstAt.IsZero() {
		return 2
	}
	return max(p.Attempt, 1)
}

// Payer is whom to talk with about it: whom its bill goes to, by the source,
// else the client's contact.
func (p PaymentStanding) Payer(c Client) (Contact, bool) {
	if strings.TrimSpace(p.Contact) == "" {
		return c.PrimaryContact()
	}
	address, err := mail.ParseAddress(p.Contact)
	if err != nil {
		return Contact{Name: strings.TrimSpace(p.Contact)}, true
	}
	for _, known := range c.Contacts {
		if strings.EqualFold(known.Email, address.Address) {
			return known, true
		}
	}
	return Contact{Name: address.Name, Email: address.Address}, true
}

// Compare is below 0 when p comes before q: the worse first (disputed, past
// due, declined for good, failed again), then the larger, then the newer. Of
// two currencies it compares the figures alone. It is 0 for the same only, so
// that every order of arrival leads to one order.
func (p PaymentStanding) Compare(q PaymentStanding) int {
	if n := cmp.Or(cmp.Compare(q.rank(), p.rank()), cmp.Compare(q.Amount.Amount(), p.Amount.Amount()), cmp.Compare(q.Attempt, p.Attempt),
		q.FailedAt.Compare(p.FailedAt), strings.Compare(p.Invoice, q.Invoice)); n != 0 || p == q {
		return n
	}
	return strings.Compare(fmt.Sprint(p), fmt.Sprint(q))
}

func (p PaymentStanding) rank() int {
	switch {
	case p.Status == PaymentDisputed:
		return 4
	case p.Status == PaymentPastDue:
		return 3
	case p.Decline == HardDecline:
		return 2
	case p.Tries() > 1:
		return 1
	}
	return 0
}

// Bill is what is remembered of one invoice, so that it does not matter in
// which order its failures and recoveries come.
type Bill struct {
	PaidAt time.Time   `json:"paidAt,omitzero"`  // of its newest recovery
	Failed []time.Time `json:"failed,omitempty"` // when it failed since, the oldest first; the latest MaxTries
}

// How much a state remembers of payments. A recovery is forgotten BillsKept
// after the newest, so that a history may come in with the newest first.
const (
	MaxOwed   = 20
	MaxBills  = 60
	MaxTries  = 20
	BillsKept = 400 * 24 * time.Hour
)

// Owes lists what is owed, the foremost first; MaxOwed at most.
func (s StateFacts) Owes() []PaymentStanding { return owes(&s.Payment, s.AlsoOwed) }

// Owes lists what was owed, the foremost first.
func (e Evidence) Owes() []PaymentStanding { return owes(e.Payment, e.AlsoOwed) }

func owes(foremost *PaymentStanding, others []PaymentStanding) []PaymentStanding {
	if foremost == nil || !foremost.Owed() {
		return nil
	}
	return append([]PaymentStanding{*foremost}, others...)
}

// TotalOwed is what payments come to; ok is false where they are of several
// currencies, or the amount of one is not known.
func TotalOwed(payments []PaymentStanding) (total Money, ok bool) {
	for i, p := range payments {
		if i == 0 {
			total.Currency = p.Amount.Currency
		}
		if p.Amount.Minor <= 0 || p.Amount.Currency != total.Currency {
			return Money{}, false
		}
		total.Minor += p.Amount.Minor
	}
	return total, len(payments) > 0
}

// Subscription is the last movement of what a client pays each month. The
// zero value says that none is known.
type Subscription struct {
	At       time.Time   `json:"at"`
	Movement MRRMovement `json:"movement"`
	MRR      Money       `json:"mrr"` // after it
	Before   Money       `json:"previousMrr"`
	Status   string      `json:"status,omitempty"`
	Plan     string      `json:"plan,omitempty"`
	URL      string      `json:"url,omitempty"`
	Source   string      `json:"source,omitempty"`
}

// Known says whether any movement is known.
func (s Subscription) Known() bool { return !s.At.IsZero() }

// Change is by how much the MRR moved.
func (s Subscription) Change() Money { return Money{s.MRR.Minor - s.Before.Minor, s.MRR.Currency} }
