package message

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// The labels of fields that an alert may tell already.
const (
	healthField     = "Health"
	engagementField = "Engagement"
	renewalField    = "Renews"
)

// account is what one wants to know of a client before calling. What is not
// known is left out.
func (c chapter) account() []fact {
	var facts []fact
	add := func(label, value, spoken string) {
		if value != "" {
			facts = append(facts, fact{label, say(words(value)), say(words(spoken))})
		}
	}
	if c.client.HasMRR() {
		if mrr := c.Money(c.client.MRR); mrr != "" {
			add("MRR", mrr, mrr+" MRR")
		}
	}
	renewal, renews := c.renewal()
	add(renewalField, renewal, renews)
	if score, known := c.state.HealthScore(); known && locale.IsNumber(score) {
		add(healthField, c.standing(score), "health "+c.standing(score))
	}
	engagement := c.engagement(c.state.Engagement)
	add(engagementField, engagement, "engagement "+engagement)
	if at := c.state.LastContact; !at.IsZero() {
		value := say(words(c.Ago(at)))
		if kind := outside(contactKind(c.state.LastContactKind), 40); kind != nil {
			value = say(value, words(" ("), kind, words(")"))
		}
		facts = append(facts, fact{"Last contact", value, say(words("last contact "), value)})
	}
	return facts
}

// facts are the fields of an alert: what its type adds, and the account but
// for what the alert says already.
func (c chapter) facts(t telling) []fact {
	if c.whole() {
		return t.facts
	}
	account := slices.DeleteFunc(c.account(), func(f fact) bool { return slices.Contains(t.told, f.label) })
	return append(account, t.facts...)
}

// shown writes facts as fields and as one sentence.
func shown(facts []fact) (fields []phrase, sentence phrase) {
	var row []phrase
	for _, f := range facts {
		fields = append(fields, say(bold(f.label), words(" "), f.value))
		if f.spoken == nil {
			f.spoken = say(words(strings.ToLower(f.label)+" "), f.value)
		}
		row = append(row, f.spoken)
	}
	if len(row) == 0 {
		return nil, nil
	}
	return fields, sentenceOf(joined(", ", row...))
}

// renewal writes when the contract renews, for the field and as a sentence.
func (c chapter) renewal() (field, sentence string) {
	t, ok := c.DayOf(c.client.RenewalDate)
	if !ok {
		return "", ""
	}
	switch n := -c.DaysAgo(t); {
	case n == 0:
		return c.Date(t) + " (today)", "renews today"
	case n == 1:
		return c.Date(t) + " (tomorrow)", "renews tomorrow"
	case n < 0:
		return c.Date(t) + " (" + c.Count(-n, "day") + " ago)", "renewal was due " + c.Count(-n, "day") + " ago"
	default:
		return c.Date(t) + " (" + c.Count(n, "day") + ")", "renews in " + c.Count(n, "day")
	}
}

func contactKind(kind string) string {
	kind = strings.ReplaceAll(strings.ToLower(kind), "_", " ")
	if kind == "email" {
		return "e-mail"
	}
	return kind
}

// sentenceOf makes a phrase a sentence: a capital and a full stop. A capital
// is given to our own words only; a client may write its name as it likes.
func sentenceOf(p phrase) phrase { return say(capital(p), words(".")) }

func capital(p phrase) phrase {
	if len(p) == 0 || p[0].elastic || p[0].text == "" || p[0].text[0] >= utf8.RuneSelf {
		return p
	}
	first := p[0]
	first.text = strings.ToUpper(first.text[:1]) + first.text[1:]
	return say(phrase{first}, p[1:])
}

// name is how the owner is called: by name, else by e-mail.
func (o Owner) name() phrase {
	if p := outside(o.Name, 80); p != nil {
		return p
	}
	return outside(o.Email, 80)
}

// or is the owner, or who the client's record names.
func (o Owner) or(c stanna.Client) Owner {
	if o.name() == nil {
		o.Email = c.CSMOwner
	}
	return o
}

// called mentions the owner when it is pressing, so that Slack tells them,
// and names them otherwise. It is empty when nobody owns the account.
func (o Owner) called(pressing bool) phrase {
	name := o.name()
	if !pressing || !isSlackID(o.SlackID) {
		return name
	}
	if name == nil {
		name = say(words("the owner"))
	}
	return phrase{{kind: spanMention, text: name[0].text, target: o.SlackID, elastic: true}}
}

// isSlackID says whether s is the id of a person in Slack, so that nothing
// else ("!channel") can come to stand in a mention.
func isSlackID(s string) bool {
	if len(s) < 2 || len(s) > 30 || s[0] != 'U' && s[0] != 'W' {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
