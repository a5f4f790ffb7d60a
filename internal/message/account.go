package message

import (
	"strings"
	"unicode/utf8"

	"github.com/gostanna/stanna"
)

// account writes what one wants to know of a client before calling: as
// fields and as one sentence. What is not known is left out.
func (c chapter) account() (fields []phrase, sentence phrase) {
	var facts []phrase
	add := func(label, value string, fact string) {
		if value != "" {
			fields = append(fields, say(bold(label), words(" "+value)))
			facts = append(facts, say(words(fact)))
		}
	}
	if c.client.HasMRR() {
		mrr := c.Money(c.client.MRR)
		add("MRR", mrr, mrr+" MRR")
	}
	renewal, renews := c.renewal()
	add("Renews", renewal, renews)
	engagement := c.engagement(c.state.Engagement)
	add("Engagement", engagement, "engagement "+engagement)
	if at := c.state.LastContact; !at.IsZero() {
		kind := outside(contactKind(c.state.LastContactKind), 40)
		value, fact := say(words(c.Ago(at))), say(words("last contact "+c.Ago(at)))
		if kind != nil {
			value, fact = say(value, words(" ("), kind, words(")")), say(fact, words(" ("), kind, words(")"))
		}
		fields = append(fields, say(bold("Last contact"), words(" "), value))
		facts = append(facts, fact)
	}
	if len(facts) == 0 {
		return fields, nil
	}
	return fields, sentenceOf(joined(", ", facts...))
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
