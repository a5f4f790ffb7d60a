package stanna

import "time"

// Digest is what a digest says beside the alerts that waited for it. It is
// frozen when it is composed, so that a retry or an edit says the same.
//
// Money is in the minor units of the digest's currency, which is the
// workspace's. What clients pay in another one is never added to it; it is
// counted apart.
type Digest struct {
	Date     string        `json:"date"`            // its local date
	From     time.Time     `json:"from"`            // what it covers, by the workspace's clock
	To       time.Time     `json:"to"`              //
	First    bool          `json:"first,omitempty"` // From is not where the last one ended: there was none, or it is by hand
	Weekly   bool          `json:"weekly,omitempty"`
	Late     bool          `json:"late,omitempty"`
	By       string        `json:"by,omitempty"` // who sent it by hand
	Edition  DigestEdition `json:"edition"`
	Owner    string        `json:"owner,omitempty"` // e-mail: their accounts alone
	Currency string        `json:"currency"`

	Movement     Movement         `json:"movement"`
	Wins         []Win            `json:"wins,omitempty"`
	NotRecovered ClientList       `json:"notRecovered"`         // alerts that thirty days did not end
	Milestones   []MilestoneMet   `json:"milestones,omitempty"` // at most MaxNamed
	MoreMet      int              `json:"moreMet,omitempty"`    // milestones that are not named
	HeldBack     []HeldBack       `json:"heldBack,omitempty"`   // what waits, beside what this digest releases
	Unowned      ClientList       `json:"unowned"`              // clients with an open alert that is nobody's
	Risk         Risk             `json:"risk"`
	Others       []OtherCurrency  `json:"others,omitempty"`
	Zones        []ZoneShare      `json:"zones,omitempty"`         // of a weekly one: red, yellow, green, not scored
	Bridge       *Bridge          `json:"bridge,omitempty"`        // of a weekly one
	MRRMoved     *MRRMoved        `json:"mrrMoved,omitempty"`      // of a weekly one; nil: no source told of a movement
	Renewals     *Renewals        `json:"renewals,omitempty"`      // of a weekly one
	Acted        *InterventionSum `json:"interventions,omitempty"` // of a weekly one
}

// Nothing says whether nothing has happened. Where things stand is no event;
// but a weekly summary is there to say it, unless there is no client at all.
func (d Digest) Nothing() bool {
	quiet := d.Movement.All == 0 && len(d.Wins) == 0 && d.NotRecovered.Clients == 0 && len(d.Milestones)+d.MoreMet == 0
	return quiet && (!d.Weekly || d.Risk.Total.Clients == 0)
}

// Named are all the places where a client is named.
func (d *Digest) Named() (list []*NamedClient) {
	all := func(names []NamedClient) {
		for i := range names {
			list = append(list, &names[i])
		}
	}
	for i := range d.Movement.Moves {
		list = append(list, &d.Movement.Moves[i].NamedClient)
	}
	for i := range d.Wins {
		all(d.Wins[i].Named)
	}
	all(d.NotRecovered.Named)
	for i := range d.Milestones {
		list = append(list, &d.Milestones[i].NamedClient)
	}
	all(d.Unowned.Named)
	if d.Bridge != nil {
		for i := range d.Bridge.Steps {
			all(d.Bridge.Steps[i].Named)
		}
	}
	if d.MRRMoved != nil {
		for i := range d.MRRMoved.Steps {
			all(d.MRRMoved.Steps[i].Named)
		}
	}
	if d.Renewals != nil {
		for i := range d.Renewals.Nearest {
			list = append(list, &d.Renewals.Nearest[i].NamedClient)
		}
	}
	return list
}

// ClientSum is a number of clients with what they pay together.
type ClientSum struct {
	Clients int   `json:"clients"`
	MRR     Money `json:"mrr"`               // of those whose MRR is known and in the digest's currency
	Unlike  int   `json:"unlike,omitempty"`  // of the clients, those who pay in another currency
	Unknown int   `json:"unknown,omitempty"` // of the clients, those whose MRR is not known
}

// NamedClient is a client as a digest names it.
type NamedClient struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Domain string `json:"domain,omitempty"`
	MRR    Money  `json:"mrr,omitzero"` // in the client's own currency; the zero Money: not known
	Owner  string `json:"owner,omitempty"`
}

// ClientList is a sum of clients of whom the largest are named.
type ClientList struct {
	ClientSum
	Named []NamedClient `json:"named,omitempty"` // at most MaxNamed
}

// MaxMoves is how many clients a digest tells in detail, and MaxNamed how
// many it names of any other kind.
const (
	MaxMoves = 10
	MaxNamed = 5
)

// Movement is what moved: the clients that got worse or left, those that
// matter most first.
type Movement struct {
	All    int          `json:"all"`              // clients that got worse or left
	Left   int          `json:"left,omitempty"`   // of those
	Better int          `json:"better,omitempty"` // clients one of whose risks ended well
	Moves  []ClientMove `json:"moves,omitempty"`  // at most MaxMoves
}

// ClientMove is one client that got worse or left: what changed, why, and
// what to do next.
type ClientMove struct {
	NamedClient
	Health   float64     `json:"health"`
	Scored   bool        `json:"scored"` // Health is known
	Left     bool        `json:"left,omitempty"`
	Alert    *MovedAlert `json:"alert,omitempty"`    // the one that matters most; nil: there is none, and the client is newly at risk
	Alerts   int         `json:"alerts,omitempty"`   // how many alerts say so
	Playbook string      `json:"playbook,omitempty"` // of the alert's rule
	Contact  *Contact    `json:"contact,omitempty"`  // whom to call
}

// MovedAlert is an alert as it was when the digest was composed.
type MovedAlert struct {
	ID       string    `json:"id"`
	Type     AlertType `json:"type"`
	RuleName string    `json:"ruleName,omitempty"`
	Severity Severity  `json:"severity"`
	Why      Reason    `json:"why"`
	OpenedAt time.Time `json:"openedAt"`
	Evidence Evidence  `json:"evidence"`
}

// Win is what went well.
type Win struct {
	Kind WinKind `json:"kind"`
	ClientList
}

// WinKind says what went well.
type WinKind string

// The wins, as they are told. An expansion is a chance for one.
const (
	WonRecovery  WinKind = "recovered"
	WonSave      WinKind = "saved" // a person says so
	WonPayment   WinKind = "paid"
	WonRenewal   WinKind = "renewed"
	WonExpansion WinKind = "expansion"
)

// WinKinds lists them in that order.
func WinKinds() []WinKind {
	return []WinKind{WonRecovery, WonSave, WonPayment, WonRenewal, WonExpansion}
}

// MilestoneMet is a goal that a client reached, or an anniversary.
type MilestoneMet struct {
	NamedClient
	Trigger Reason    `json:"trigger"` // ReasonAnniversary or ReasonGoalReached
	Subject string    `json:"subject,omitempty"`
	Years   int       `json:"years,omitempty"`
	At      time.Time `json:"at"`
}

// HeldBack is how many alerts wait for another reason than this digest.
type HeldBack struct {
	Reason Reason `json:"reason"`
	Alerts int    `json:"alerts"`
}

// Risk is how much is at risk now, in the two ways of saying it. MRR at risk
// is what the clients in the red zone pay; the expected loss is the sum of
// churn probability × MRR of those whose probability is known.
type Risk struct {
	Total     ClientSum  `json:"total"` // all clients that take part
	AtRisk    ClientSum  `json:"atRisk"`
	Loss      Money      `json:"expectedLoss"`
	Predicted int        `json:"predicted"`           // clients whose churn probability is known
	Weeks     []RiskWeek `json:"weeks,omitempty"`     // of a weekly one: the last eight, the last of them now
	AtRiskIn4 *RiskRange `json:"atRiskIn4,omitempty"` // of a weekly one: a range for four weeks from now
	LossIn4   *RiskRange `json:"lossIn4,omitempty"`
}

// Share is how many percent of all MRR are at risk.
func (r Risk) Share() float64 {
	if r.Total.MRR.Minor <= 0 {
		return 0
	}
	return float64(r.AtRisk.MRR.Minor) / float64(r.Total.MRR.Minor) * 100
}

// RiskWeek is how much was at risk a number of weeks ago.
type RiskWeek struct {
	Date   string `json:"date"`
	Known  bool   `json:"known"` // the portfolio was looked at then, in this currency
	AtRisk int64  `json:"atRisk"`
	Loss   int64  `json:"expectedLoss"`
}

// RiskRange is where a sum will probably be in four weeks: eight times out of
// ten, if weeks go on as unevenly as those that it is made from. Without
// enough of them it says so.
type RiskRange struct {
	Low    Money `json:"low"`
	High   Money `json:"high"`
	Weeks  int   `json:"weeks"`  // changes from week to week that it is made from
	Needed int   `json:"needed"` // fewer are too little history
}

// Known says whether there is a range.
func (r RiskRange) Known() bool { return r.Weeks >= r.Needed }

// OtherCurrency is what clients pay in a currency that is not the digest's.
type OtherCurrency struct {
	Clients     int   `json:"clients"`
	MRR         Money `json:"mrr"`
	AtRisk      Money `json:"atRisk"`
	AtRiskCount int   `json:"atRiskCount"`
}

// ZoneShare is a zone with its clients.
type ZoneShare struct {
	Zone Zone `json:"zone"` // "": not scored
	ClientSum
}

// MRRMoved is how what clients pay each month moved, by the movements that
// sources told of. The steps add up to the net change.
type MRRMoved struct {
	Net   Money       `json:"net"`
	Steps []MRRStep   `json:"steps,omitempty"` // in the order of MRRMovements; those that nobody made are left out
	Apart []MRRUnlike `json:"apart,omitempty"` // most clients first
}

// MRRStep is one kind of movement.
type MRRStep struct {
	Movement MRRMovement   `json:"movement"`
	Clients  int           `json:"clients"`
	Amount   Money         `json:"amount"`          // below 0: lost
	Named    []NamedClient `json:"named,omitempty"` // that moved it most; at most MaxStepNamed
}

// MRRUnlike is what moved in a currency that is not the digest's.
type MRRUnlike struct {
	Clients int   `json:"clients"`
	Net     Money `json:"net"`
}

// Renewals are the contracts that renew in the next 90 days, and those whose
// date has passed in the last 90 without a new one.
type Renewals struct {
	Due     ClientSum     `json:"due"`
	Overdue ClientSum     `json:"overdue"`
	Nearest []RenewalDate `json:"nearest,omitempty"` // of both, the longest overdue first; at most MaxNamed
}

// RenewalDate is when a client renews, and how it is.
type RenewalDate struct {
	NamedClient
	Date string `json:"date"`
	Zone Zone   `json:"zone,omitempty"` // "": not scored
}

// InterventionSum is what became of the risks that opened in the last 90
// days, of those that somebody acted on and of the others. It is not proof of
// cause: people choose whom they help.
type InterventionSum struct {
	Days       int          `json:"days"` // the window
	Acted      RiskEnd      `json:"actedOn"`
	Not        RiskEnd      `json:"notActedOn"`
	DaysToAct  MedianOfDays `json:"daysToFirstAct"`
	DaysToWell MedianOfDays `json:"daysToRecovery"` // of those that were acted on
	Alone      MedianOfDays `json:"daysToRecoveryUntouched"`
}

// RiskEnd is what became of risks.
type RiskEnd struct {
	Alerts    int `json:"alerts"`
	Recovered int `json:"recovered"`
	Churned   int `json:"churned"`
	Open      int `json:"open"`
	Other     int `json:"other"` // closed otherwise: not recovered in thirty days, noise, the rule switched off
}

// MedianOfDays is a median, and of how many.
type MedianOfDays struct {
	Days float64 `json:"days"`
	Of   int     `json:"of"` // 0: there is none
}
