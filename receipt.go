package stanna

import "time"

// Receipt is what somebody who was told says about having been told. It is
// how a rule learns how often it was right. A person has one word about an
// alert; the newest stands.
type Receipt struct {
	Workspace string
	AlertID   string
	RuleID    string
	By        string // e-mail, or the name of a program
	Verdict   Verdict
	At        time.Time // by the workspace's clock
}

// Verdict is what a receipt says.
type Verdict string

// The verdicts. All but VerdictNotUseful say that the rule was right.
const (
	VerdictUseful    Verdict = "useful"
	VerdictNotUseful Verdict = "not_useful"
	VerdictKnown     Verdict = "known" // right, and not news
	VerdictTooLate   Verdict = "late"  // right, when nothing could be done any more
)

// Verdicts lists the verdicts.
func Verdicts() []Verdict {
	return []Verdict{VerdictUseful, VerdictNotUseful, VerdictKnown, VerdictTooLate}
}

// Valid says whether it is one of them.
func (v Verdict) Valid() bool { return v.Right() || v == VerdictNotUseful }

// Right says whether the alert was true, whether or not it helped.
func (v Verdict) Right() bool { return v == VerdictUseful || v == VerdictKnown || v == VerdictTooLate }

// Verdict is what an outcome says about having been told.
func (o Outcome) Verdict() Verdict {
	switch o {
	case Noise:
		return VerdictNotUseful
	case AlreadyKnown:
		return VerdictKnown
	}
	return VerdictUseful
}
