package stanna

import "time"

// AlertNews is the data of an event about an alert, as it is given to other
// programs: what was true when it happened. What is not known, or not so, is
// null. Fields may be added; none changes its meaning.
type AlertNews struct {
	Alert  AlertFacts   `json:"alert"`
	Client *ClientFacts `json:"client"` // null: it is about the whole portfolio
}

// AlertFacts is an alert as other programs see it.
type AlertFacts struct {
	ID           string        `json:"id"`
	Type         AlertType     `json:"type"`
	RuleID       string        `json:"ruleId"`
	RuleName     string        `json:"ruleName"`
	Severity     Severity      `json:"severity"`
	Status       AlertStatus   `json:"status"`
	Reason       Reason        `json:"reason"` // of this change
	OpenedAt     time.Time     `json:"openedAt"`
	ClosedAt     *time.Time    `json:"closedAt"`
	TakenBy      *string       `json:"takenBy"`
	AssignedTo   *string       `json:"assignedTo"`
	SnoozedUntil *time.Time    `json:"snoozedUntil"`
	Outcome      *Outcome      `json:"outcome"`
	Note         *string       `json:"note"` // what a person said when they closed it
	Evidence     EvidenceFacts `json:"evidence"`
}

// EvidenceFacts is what an alert stands on, in short: figures in the type's
// own unit, and no words of the customer's.
type EvidenceFacts struct {
	Trigger Reason  `json:"trigger"`
	Base    float64 `json:"base"`
	Value   float64 `json:"value"`
	Worst   float64 `json:"worst"`
	Source  *string `json:"source"`
}

// ClientFacts is a client as other programs see it.
type ClientFacts struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Domain   *string     `json:"domain"`
	MRR      *MoneyFacts `json:"mrr"`
	Tier     *string     `json:"tier"`
	CSMOwner *string     `json:"csmOwner"`
}

// MoneyFacts is an amount in major units: 12400.5.
type MoneyFacts struct {
	Amount   float64 `json:"amount"`
	Currency string  `json:"currency"`
}

// NewsOf is what is told of an alert of a client; of the whole portfolio the
// client is not looked at.
func NewsOf(a Alert, c Client) AlertNews {
	n := AlertNews{Alert: AlertFacts{ID: a.ID, Type: a.Type, RuleID: a.RuleID, RuleName: a.RuleName, Severity: a.Severity, Status: a.Status, Reason: a.Why,
		OpenedAt: a.OpenedAt.UTC(), ClosedAt: orNull(a.ClosedAt.UTC()), TakenBy: orNull(a.TakenBy), AssignedTo: orNull(a.AssignedTo),
		SnoozedUntil: orNull(a.SnoozedUntil.UTC()), Outcome: orNull(a.Outcome), Note: orNull(a.Note),
		Evidence: EvidenceFacts{Trigger: a.Evidence.Trigger, Base: a.Evidence.Base, Value: a.Evidence.Value, Worst: a.Evidence.Worst, Source: orNull(a.Evidence.Source)}}}
	if a.ClientID == "" {
		return n
	}
	n.Client = &ClientFacts{ID: a.ClientID, Name: c.Name, Domain: orNull(c.Domain), Tier: orNull(c.Tier), CSMOwner: orNull(c.CSMOwner)}
	if c.HasMRR() {
		n.Client.MRR = &MoneyFacts{c.MRR.Amount(), c.MRR.Currency}
	}
	return n
}

// orNull is nil for the zero value, so that it reads null.
func orNull[T comparable](x T) *T {
	var none T
	if x == none {
		return nil
	}
	return &x
}

// DigestNews is the data of an event about a digest that was posted.
type DigestNews struct {
	Digest DigestFacts `json:"digest"`
}

// DigestFacts is a digest as other programs see it.
type DigestFacts struct {
	MessageID   string      `json:"messageId"`
	Destination Destination `json:"destination"`
	Date        string      `json:"date"` // the local date that it belongs to
	Weekly      bool        `json:"weekly"`
	Late        bool        `json:"late"`  // the server was down when it was due
	Since       *time.Time  `json:"since"` // since when it tells
}
