package stanna

// DigestPlan says who gets a digest, and which. When it comes is the
// workspace's DigestTime, or the person's own.
type DigestPlan struct {
	To      Destination   `json:"to"`                // a channel, a person, or ToOwner: every CSM, about their own accounts
	Daily   bool          `json:"daily,omitempty"`   // on working days, since the last one
	Weekly  bool          `json:"weekly,omitempty"`  // the portfolio; on its day the two are one
	Edition DigestEdition `json:"edition,omitempty"` // TeamEdition by default
	Owner   string        `json:"owner,omitempty"`   // e-mail of a CSM: their accounts alone. Of a person's digest always that person
	Empty   EmptyDigest   `json:"empty,omitempty"`   // StaySilent by default
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

// A digest that has nothing to say is not sent, or says so.
const (
	StaySilent EmptyDigest = "silent"
	SayNothing EmptyDigest = "say"
)

// MaxDigestPlans bounds the plans of a workspace.
const MaxDigestPlans = 50
