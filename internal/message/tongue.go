package message

import (
	"maps"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// tongue says our sentences in the reader's language. Every sentence of ours
// begins here, written in English; words alone are for symbols and marks, and
// a test sees to that.
type tongue struct{ locale.Local }

// with fills the places of a sentence: phrases, texts of our own, and
// numbers. What came from outside must be a phrase.
type with = locale.With

// english marks a sentence of ours that is said later.
func english(sentence string) string { return sentence }

// phrase is a sentence in the reader's language. Neighbouring words of our own
// become one span, so that the sentence is cut as one that is written in one
// piece.
func (t tongue) phrase(english string, fill ...with) phrase {
	var places with
	if len(fill) > 0 {
		places = fill[0]
	}
	var p phrase
	for _, piece := range t.Sentence(english, places) {
		switch x := places[piece.Place].(type) {
		case nil:
			p = p.and(span{text: piece.Text})
		case phrase:
			for _, s := range x {
				p = p.and(s)
			}
		default:
			p = p.and(span{text: t.Value(x)})
		}
	}
	return p
}

// bold is a heading of ours in the reader's language.
func (t tongue) bold(english string) phrase { return bold(t.Text(english)) }

// known is a text of ours that comes from another room, in English: said in the
// reader's language when it is among ours, else as it came.
func (t tongue) known(s string, most int) phrase {
	if known := s; slices.Contains(ours, known) || slices.Contains(slices.Collect(maps.Values(typeNames)), known) {
		return t.phrase(known)
	}
	return outside(s, most)
}

// typeNames are what the alert types are called, and their first rules.
var typeNames = map[stanna.AlertType]string{
	stanna.HealthDrop: english("Health drop"), stanna.ChurnRisk: english("Churn risk"), stanna.PaymentIssue: english("Payment issue"),
	stanna.EngagementDrop: english("Engagement drop"), stanna.SentimentNegative: english("Negative sentiment"),
	stanna.RevenueAtRisk: english("Revenue at risk"), stanna.ExpansionOpportunity: english("Expansion opportunity"),
	stanna.Milestone: english("Milestone"), stanna.RenewalUpcoming: english("Renewal upcoming"),
	stanna.KeyAccountUpdate: english("Key account update"), stanna.Custom: english("Custom"),
}

// rule is what an alert's rule is called. One that still has the name of its
// type is said in the reader's language; what people wrote is theirs.
func (t tongue) rule(a stanna.Alert) phrase {
	if known := typeNames[a.Type]; known != "" && known == a.RuleName {
		return t.phrase(known)
	}
	return outside(a.RuleName, 100)
}

// ours are why a person or a channel was not reached, and why a template
// could not be written.
var ours = []string{
	english("the owner"), english("is not in Slack"), english("is not known"),
	english("The channel is archived. Unarchive it in Slack, or choose another."),
	english("The app is not in this channel. Type /invite @stanna in it."),
	english("There is no such channel any more, or it is private and the app is not in it. Type /invite @stanna in the channel, or choose another."),
	english("A setting of the Slack workspace keeps the app from posting there. Ask an admin to allow it, or choose another channel."),
	english("Only chosen people may post in this channel. Ask an admin to add the app to them, or choose another channel."),
	english("A setting of the channel keeps the app from posting there. Ask an admin to allow it, or choose another channel."),
	english("The channel is shared with another company, which would read about your customers. Choose another, or allow shared channels in the settings: messages then name no client."),
	english("a field is of another kind than what is done with it"),
	english("there is no such place in the list; ask size(...) first, or write first(...)"),
	english("this is given no currency; write its ISO 4217 code, such as EUR"),
	english("what is in this list has fields of its own; say which of them, such as .map(x, x.name)"),
	english("this has fields of its own; say which of them is to be written"),
	english("the text is too long to look for a pattern in"),
	english("this leads to a time beyond the calendar"),
	english("this is too much work; look through fewer lists"),
	english("this cannot be worked out"),
	english(hangsOnUnknown),
	english(noAddress), english(unreadable),
}

// way is from where to where a value went: "60 → 38" for the eye, "60 to 38"
// for the ear.
func (t tongue) way(from, to string) phrase {
	return phrase{{text: from + " → " + to, heard: t.Text("{from} to {to}", with{"from": from, "to": to})}}
}
