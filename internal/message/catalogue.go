package message

import (
	"maps"
	"slices"

	"github.com/gostanna/stanna"
)

// catalogue says who writes about which alert type. A new type is a file and
// a line here.
var catalogue = map[stanna.AlertType]func(chapter) telling{
	stanna.HealthDrop:           healthDrop,
	stanna.ChurnRisk:            churnRisk,
	stanna.PaymentIssue:         paymentIssue,
	stanna.EngagementDrop:       engagementDrop,
	stanna.SentimentNegative:    sentimentNegative,
	stanna.RevenueAtRisk:        revenueAtRisk,
	stanna.ExpansionOpportunity: expansionOpportunity,
	stanna.Milestone:            milestone,
	stanna.RenewalUpcoming:      renewalUpcoming,
	stanna.KeyAccountUpdate:     keyAccountUpdate,
	stanna.Custom:               custom,
}

// Types lists the alert types that have words of their own, in no order.
func Types() []stanna.AlertType { return slices.Collect(maps.Keys(catalogue)) }

// chapter is one alert and what it stands on.
type chapter struct {
	tongue
	client     stanna.Client
	state      stanna.State
	alert      stanna.Alert
	escalation []stanna.EscalationStep
	people     People
	page       string // our page about the alert
}

// telling is what an alert type has to say. The layout of a thread and of a
// summary make their messages from it. All but change may be empty.
type telling struct {
	change phrase   // follows the client's name: "health fell 22 points to 38 (red)"
	apart  bool     // it is no sentence with the name, so a colon stands between them when it is spoken too
	since  phrase   // follows the change in a sentence: "in 7 days"
	course []phrase // small print: "60 → 38 in 7 days ▇▆▃", "first told at 38"
	aloud  bool     // all of the small print is read out; without it not its first part, which the sentence says or which is drawn
	past   phrase   // once it is closed: "health fell from 60 to 38"
	back   phrase   // how it recovered: "38 → 57"
	now    phrase   // where it stands, when it closed without recovering: "41 (yellow)"
	why    reasons
	told   []string // the labels of the account's fields that would say the change again
	said   []string // the labels of those that its sentence says too: shown, and not read out twice
	facts  []fact   // further figures
	four   []string // the labels of the four figures that matter most, in order; nil: the usual four
	lead   phrase   // the first thing to do; nil: call the contact
	steps  []phrase // what we recommend when neither the rule nor the source does
	links  []phrase // where else to look
	good   bool     // it is good news
	symbol string   // of good news, in place of the severity's
}

// reasons are what the source gave, in order of weight.
type reasons struct {
	title  string // "": Why
	source phrase // who measured
	lines  []phrase
	more   func(shown int) phrase // says what the lines that are not shown hold
	also   []phrase               // what else is going on, below a few lines
	spare  bool                   // without lines there is nothing to explain
}

// fact is what is known of a client or a portfolio: a field, and how it is
// said in a row of others.
type fact struct {
	label  string
	value  phrase
	spoken phrase // nil: label and value
	said   bool   // the sentence of the alert says it already
}

// tell lets the alert's type speak; a type without an entry is told by the
// name of its rule.
func (c chapter) tell() telling {
	write, ok := catalogue[c.alert.Type]
	if !ok {
		write = custom
	}
	t := write(c)
	t.course = slices.DeleteFunc(t.course, func(p phrase) bool { return len(p) == 0 })
	if l := c.conversation(); l != nil {
		t.links = append(t.links, l)
	}
	return t
}

// whole says whether the alert is about the whole portfolio.
func (c chapter) whole() bool { return c.alert.ClientID == "" && isNobody(c.client) }

func isNobody(c stanna.Client) bool { return c.ID == "" && c.Name == "" && c.Domain == "" }

// subject is whom or what the alert is about, when it stands before an ending.
func (c chapter) subject() phrase {
	switch {
	case !c.whole():
		return c.nameOf(c.client, 200)
	case c.alert.Type == stanna.RevenueAtRisk:
		return c.phrase("MRR at risk")
	}
	return c.phrase("The portfolio")
}

// headline is the change with the name of the client before it; a change of
// the whole portfolio stands alone.
func (c chapter) headline(t telling) phrase {
	if c.whole() {
		return capital(t.change)
	}
	return say(c.subject(), words(": "), t.change)
}

// sentence is the headline as it is spoken.
func (c chapter) sentence(t telling) phrase {
	if c.whole() {
		return c.changed(t)
	}
	return c.spoken(t, c.subject(), c.changed(t))
}

// spoken is a change with the client's name before it, as one says it.
func (t tongue) spoken(x telling, client, change phrase) phrase {
	if x.apart {
		return say(client, words(": "), change)
	}
	return t.phrase("{client} {change}", with{"client": client, "change": change})
}

// changed is the change and what follows it in a sentence.
func (c chapter) changed(t telling) phrase {
	if len(t.since) == 0 {
		return t.change
	}
	return c.phrase("{change} {since}", with{"change": t.change, "since": t.since})
}

// symbol is that of the severity, or of good news.
func (c chapter) symbol(t telling) string {
	if t.symbol != "" {
		return t.symbol
	}
	return symbolOf(c.alert.Severity)
}

// nameOf is the client's name, or what else it can be known by.
func (t tongue) nameOf(c stanna.Client, most int) phrase {
	for _, s := range []string{c.Name, c.Domain, c.ID} {
		if p := outside(s, most); p != nil {
			return p
		}
	}
	return t.phrase("A client without a name")
}
