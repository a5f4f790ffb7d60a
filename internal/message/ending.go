package message

import (
	"time"

	"github.com/gostanna/stanna"
)

// ending is how an alert ended.
type ending struct {
	symbol string
	what   phrase // "recovered: 38 → 57 in 9 days"
	verb   bool   // it makes a sentence with the name of the client; else a colon stands between them
}

// endings are how an alert closed that did not recover.
var endings = map[stanna.Reason]string{
	stanna.ReasonNotRecovered:    english("closed, not recovered"),
	stanna.ReasonDisputeOver:     english("closed, the dispute is over"),
	stanna.ReasonChurned:         english("closed, the client has left"),
	stanna.ReasonExcluded:        english("closed, the client is excluded"),
	stanna.ReasonRuleOff:         english("closed, its rule was switched off"),
	stanna.ReasonRenewalPassed:   english("closed, the renewal date has passed and no new one is known"),
	stanna.ReasonNoDate:          english("closed, there is no renewal date any more"),
	stanna.ReasonShortTerm:       english("closed, the term is too short now for a ladder"),
	stanna.ReasonTooSoon:         english("closed, the renewal date was moved"),
	stanna.ReasonNoLongerGrowing: english("closed, what spoke for an expansion is over"),
	stanna.ReasonRiskOpened:      english("closed, a risk has opened since"),
	stanna.ReasonEventOver:       english("closed, the news is old"),
	stanna.ReasonAccountLeftOut:  english("closed, its rule leaves this account out now"),
	stanna.ReasonAccountNotNamed: english("closed, its rule is for other accounts now"),
	stanna.ReasonOverridden:      english("closed, another rule stands in for its rule now"),
	stanna.ReasonMRRUnknown:      english("closed, its rule asks for an MRR and none is known"),
	stanna.ReasonOtherCurrency:   english("closed, the MRR is in another currency than its rule asks for"),
	stanna.ReasonBelowMinMRR:     english("closed, the MRR is below what its rule asks for now"),
	stanna.ReasonOtherTier:       english("closed, its rule is for other tiers now"),
	stanna.ReasonOtherZone:       english("closed, its rule is for other zones now"),
	stanna.ReasonOtherOwner:      english("closed, its rule is for other owners now"),
	stanna.ReasonNoTag:           english("closed, its rule is for other tags now"),
	stanna.ReasonOtherField:      english("closed, a field is not what its rule asks for any more"),
	stanna.ReasonAmountNotSet:    english("closed, its rule has no amount to watch any more"),
	stanna.ReasonEndedBeforeTold: english("closed, it was over before it was told"),
	stanna.ReasonDiscarded:       english("closed, somebody discarded it"),
}

// ending says how the alert ended.
func (c chapter) ending(t telling) ending {
	switch c.alert.Why {
	case stanna.ReasonRecovered:
		return ending{recoveredSymbol, c.recovered(t.back), true}
	case stanna.ReasonPaid:
		if t.back == nil {
			return ending{recoveredSymbol, c.after(c.phrase("paid")), true}
		}
		return ending{recoveredSymbol, c.after(c.phrase("paid {amount}", with{"amount": t.back})), true}
	case stanna.ReasonRenewed:
		if t.back == nil {
			return ending{recoveredSymbol, c.phrase("renewed"), true}
		}
		return ending{recoveredSymbol, c.phrase("renewed: {next}", with{"next": t.back}), true}
	case stanna.ReasonConditionOver:
		return ending{recoveredSymbol, c.after(c.phrase("the condition is over")), false}
	case stanna.ReasonEventOver:
		if c.lasted() > 0 {
			return ending{closedSymbol, c.phrase("closed, the news is {time} old", with{"time": c.Lasting(c.lasted())}), false}
		}
	case stanna.ReasonResolvedByPerson:
		return c.closedBy(t)
	}
	if why, ok := endings[c.alert.Why]; ok {
		return ending{closedSymbol, c.phrase(why), false}
	}
	return ending{closedSymbol, c.phrase("closed"), false}
}

// withName is the ending with the client's name before it.
func (c chapter) withName(name phrase, e ending) phrase {
	if e.verb {
		return c.phrase("{client} {change}", with{"client": name, "change": e.what})
	}
	return say(name, words(": "), e.what)
}

// recovered is a good end, with how it came and how long it took.
func (c chapter) recovered(way phrase) phrase {
	known := !c.alert.OpenedAt.IsZero() && !c.alert.ClosedAt.IsZero()
	fill := with{"way": way, "time": c.Lasting(c.lasted())}
	switch {
	case known && way != nil:
		return c.phrase("recovered: {way} in {time}", fill)
	case known:
		return c.phrase("recovered: in {time}", fill)
	case way != nil:
		return c.phrase("recovered: {way}", fill)
	}
	return c.phrase("recovered")
}

// after says how long it took, when that is known.
func (c chapter) after(ending phrase) phrase {
	if c.lasted() <= 0 {
		return ending
	}
	return c.phrase("{ending} after {time}", with{"ending": ending, "time": c.Lasting(c.lasted())})
}

func (c chapter) lasted() time.Duration {
	if c.alert.OpenedAt.IsZero() || c.alert.ClosedAt.IsZero() {
		return 0
	}
	return c.alert.ClosedAt.Sub(c.alert.OpenedAt)
}

// closedBy is what a person said became of it.
func (c chapter) closedBy(t telling) ending {
	symbol, by, alone := closedSymbol, english("closed by {who}"), english("closed")
	switch c.alert.Outcome {
	case stanna.Saved:
		symbol, by, alone = recoveredSymbol, english("saved, says {who}"), english("saved")
		if t.good {
			by, alone = english("taken care of by {who}"), english("taken care of")
		}
	case stanna.Lost:
		by, alone = english("lost, says {who}"), english("lost")
	case stanna.Noise:
		by, alone = english("closed as noise by {who}"), english("closed as noise")
	case stanna.AlreadyKnown:
		by, alone = english("closed as already known by {who}"), english("closed as already known")
	}
	if c.alert.ClosedBy == "" {
		return ending{symbol, c.phrase(alone), false}
	}
	return ending{symbol, c.phrase(by, with{"who": c.who(c.alert.ClosedBy)}), false}
}
