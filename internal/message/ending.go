package message

import (
	"time"

	"github.com/gostanna/stanna"
)

// endings are how an alert closed that did not recover, as it follows the
// client's name.
var endings = map[stanna.Reason]string{
	stanna.ReasonNotRecovered:    ": closed, not recovered",
	stanna.ReasonChurned:         ": closed, the client has left",
	stanna.ReasonExcluded:        ": closed, the client is excluded",
	stanna.ReasonRuleOff:         ": closed, its rule was switched off",
	stanna.ReasonRenewalPassed:   ": closed, the renewal date has passed and no new one is known",
	stanna.ReasonNoDate:          ": closed, there is no renewal date any more",
	stanna.ReasonShortTerm:       ": closed, the term is too short now for a ladder",
	stanna.ReasonTooSoon:         ": closed, the renewal date was moved",
	stanna.ReasonNoLongerGrowing: ": closed, what spoke for an expansion is over",
	stanna.ReasonRiskOpened:      ": closed, a risk has opened since",
	stanna.ReasonEventOver:       ": closed, the news is old",
	stanna.ReasonAccountLeftOut:  ": closed, its rule leaves this account out now",
	stanna.ReasonAccountNotNamed: ": closed, its rule is for other accounts now",
	stanna.ReasonOverridden:      ": closed, another rule stands in for its rule now",
	stanna.ReasonMRRUnknown:      ": closed, its rule asks for an MRR and none is known",
	stanna.ReasonOtherCurrency:   ": closed, the MRR is in another currency than its rule asks for",
	stanna.ReasonBelowMinMRR:     ": closed, the MRR is below what its rule asks for now",
	stanna.ReasonOtherTier:       ": closed, its rule is for other tiers now",
	stanna.ReasonOtherZone:       ": closed, its rule is for other zones now",
	stanna.ReasonOtherOwner:      ": closed, its rule is for other owners now",
	stanna.ReasonNoTag:           ": closed, its rule is for other tags now",
	stanna.ReasonOtherField:      ": closed, a field is not what its rule asks for any more",
	stanna.ReasonAmountNotSet:    ": closed, its rule has no amount to watch any more",
	stanna.ReasonEndedBeforeTold: ": closed, it was over before it was told",
	stanna.ReasonDiscarded:       ": closed, somebody discarded it",
}

// ending follows the client's name: " recovered: 38 → 57 in 9 days".
func (c chapter) ending(t telling) (ending phrase, symbol string) {
	switch c.alert.Why {
	case stanna.ReasonRecovered:
		return c.well(" recovered", t.back), recoveredSymbol
	case stanna.ReasonPaid:
		return joined(" ", say(words(" paid")), t.back, c.after()), recoveredSymbol
	case stanna.ReasonRenewed:
		if t.back == nil {
			return say(words(" renewed")), recoveredSymbol
		}
		return say(words(" renewed: "), t.back), recoveredSymbol
	case stanna.ReasonConditionOver:
		return joined(" ", say(words(": the condition is over")), c.after()), recoveredSymbol
	case stanna.ReasonEventOver:
		if c.lasted() > 0 {
			return say(words(": closed, the news is " + c.Lasting(c.lasted()) + " old")), closedSymbol
		}
	case stanna.ReasonResolvedByPerson:
		return c.closedBy(t)
	}
	if how, ok := endings[c.alert.Why]; ok {
		return say(words(how)), closedSymbol
	}
	return say(words(": closed")), closedSymbol
}

// well is a good end, with how it came and how long it took.
func (c chapter) well(what string, how phrase) phrase {
	var took phrase
	if !c.alert.OpenedAt.IsZero() && !c.alert.ClosedAt.IsZero() {
		took = say(words("in " + c.Lasting(c.lasted())))
	}
	if how = joined(" ", how, took); how == nil {
		return say(words(what))
	}
	return say(words(what+": "), how)
}

// after says how long it took, when that is known.
func (c chapter) after() phrase {
	if c.lasted() <= 0 {
		return nil
	}
	return say(words("after " + c.Lasting(c.lasted())))
}

func (c chapter) lasted() time.Duration {
	if c.alert.OpenedAt.IsZero() || c.alert.ClosedAt.IsZero() {
		return 0
	}
	return c.alert.ClosedAt.Sub(c.alert.OpenedAt)
}

// closedBy is what a person said became of it.
func (c chapter) closedBy(t telling) (phrase, string) {
	by, says := phrase(nil), phrase(nil)
	if c.alert.ClosedBy != "" {
		by = say(words(" by "), c.people.who(c.alert.ClosedBy))
		says = say(words(", says "), c.people.who(c.alert.ClosedBy))
	}
	switch c.alert.Outcome {
	case stanna.Saved:
		if t.good {
			return say(words(": taken care of"), by), recoveredSymbol
		}
		return say(words(": saved"), says), recoveredSymbol
	case stanna.Lost:
		return say(words(": lost"), says), closedSymbol
	case stanna.Noise:
		return say(words(": closed as noise"), by), closedSymbol
	case stanna.AlreadyKnown:
		return say(words(": closed as already known"), by), closedSymbol
	}
	return say(words(": closed"), by), closedSymbol
}
