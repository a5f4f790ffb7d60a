package stanna

import "time"

// DigestPlan says who gets a digest, and which. When it comes is the
// workspace's DigestTime, or the person's own.
type DigestPlan struct {
	To      Destination   `json:"to"`                // a channel, a person, or ToOwner: every CSM, about their own accounts
	Daily   bool          `json:"daily,omitempty"`   // on working days, since the last one
	Weekly  bool          `json:"weekly,omitempty"`  // the portfolio; on its day the two are one
	Edition DigestEdition `json:"edition,omitempty"` // TeamEdition by default
	Owner   string        `json:"owner,omitempty"`   // of a channel's: e-mail of a CSM, whose accounts alone it is about
	Empty   EmptyDigest   `json:"empty,omitempty"`   // StaySilent by default
}

// Scope is whose accounts the plan is about: "" is all of them. The digest of
// a person is about their own accounts; in the edition for leadership, which
// names no client, about all.
func (p DigestPlan) Scope() string {
	if email, ok := p.To.Person(); ok && p.Edition != LeadershipEdition {
		return email
	}
	return p.Owner
}

// DigestEdition is for whom a digest is written.
type DigestEdition string

// The editions.
const (
	TeamEdition       DigestEdition = "team"
	LeadershipEdition DigestEdition = "leadership" // figures of the portfolio, without the details of clients
)

// EmptyDigest is what becomes of a digest that has nothing to say.
type EmptyDigest string

// A digest that has nothing to say is not sent, or says so on the first of
// several such days.
const (
	StaySilent EmptyDigest = "silent"
	SayNothing EmptyDigest = "say"
)

// MaxDigestPlans bounds the plans of a workspace.
const MaxDigestPlans = 50

// DigestRecord says what became of a digest: the log. Of those that came by
// their time a destination has one for each local date.
type DigestRecord struct {
	Workspace   string
	ID          string
	Destination Destination // whose it is, which may be broken: the message says where it went
	Date        string      // the local date it belongs to
	DueAt       time.Time   // by the workspace's clock, like Until
	Until       time.Time   // how far it tells; the next one goes on from there
	Weekly      bool        // the weekly summary is part of it
	Late        bool
	MessageID   string // "": it was not sent
	Reason      Reason // why it was not sent, or that it said nothing
	By          string // who sent it by hand; "" when it came by its time
	At          time.Time
}

// Sent says whether a message carries it.
func (r DigestRecord) Sent() bool { return r.MessageID != "" }
