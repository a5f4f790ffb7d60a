package message

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// The labels of the figures that are known of many clients.
const (
	mrrField        = "MRR"
	renewalField    = "Renews"
	healthField     = "Health"
	engagementField = "Engagement"
	contactField    = "Last contact"
	personField     = "Contact"
)

// account is what one wants to know of a client before calling. What is not
// known is left out.
func (c chapter) account() []fact {
	var facts []fact
	add := func(label, value string, spoken phrase) {
		if value != "" {
			facts = append(facts, fact{label: label, value: say(words(value)), spoken: spoken})
		}
	}
	if c.client.HasMRR() {
		if mrr := c.Money(c.client.MRR); mrr != "" {
			add(english(mrrField), mrr, c.phrase("{amount} MRR", with{"amount": mrr}))
		}
	}
	renewal, renews := c.renewal()
	add(english(renewalField), renewal, say(words(renews)))
	if score, known := c.state.HealthScore(); known && locale.IsNumber(score) {
		standing := c.standing(score)
		add(english(healthField), standing, c.phrase("health {standing}", with{"standing": standing}))
	}
	engagement := c.engagement(c.state.Engagement)
	add(english(engagementField), engagement, c.phrase("engagement {level}", with{"level": engagement}))
	if at := c.state.LastContact; !at.IsZero() {
		value := say(words(c.Ago(at)))
		if how := joined(", ", c.contactKind(c.state.LastContactKind), outside(c.state.LastContactAuthor, 60)); how != nil {
			value = say(value, words(" ("), how, words(")"))
		}
		facts = append(facts, fact{label: english(contactField), value: value, spoken: c.phrase("last contact {when}", with{"when": value})})
	}
	return facts
}

// renewal writes when the contract renews, for the field and as a sentence.
func (c chapter) renewal() (field, sentence string) {
	t, ok := c.DayOf(c.client.RenewalDate)
	if !ok {
		return "", ""
	}
	date := c.Date(t)
	switch n := -c.DaysAgo(t); {
	case n == 0:
		return c.Text("{date} (today)", with{"date": date}), c.Text("renews today")
	case n == 1:
		return c.Text("{date} (tomorrow)", with{"date": date}), c.Text("renews tomorrow")
	case n < 0:
		return c.Text("{date} ({n} {n|day|days} ago)", with{"date": date, "n": -n}), c.Text("renewal was due {n} {n|day|days} ago", with{"n": -n})
	default:
		return c.Text("{date} ({n} {n|day|days})", with{"date": date, "n": n}), c.Text("renews in {n} {n|day|days}", with{"n": n})
	}
}

// contactKind is how the client was last spoken to; a kind that we have no
// word for is said as it was given.
func (t tongue) contactKind(kind string) phrase {
	switch kind = strings.ReplaceAll(strings.ToLower(kind), "_", " "); kind {
	case "email":
		return t.phrase("e-mail")
	case "call":
		return t.phrase("call§by phone")
	case "meeting":
		return t.phrase("meeting")
	}
	return outside(kind, 40)
}

// sentenceOf makes a phrase a sentence: a capital and a full stop. A capital
// is given to our own words only; a client may write its name as it likes.
// What ends as a sentence does is one.
func sentenceOf(p phrase) phrase {
	if p = capital(p); len(p) > 0 && p[len(p)-1].kind == spanText && strings.HasSuffix(p[len(p)-1].text, ".") {
		return p
	}
	return say(p, words("."))
}

func capital(p phrase) phrase {
	if len(p) == 0 || p[0].elastic || p[0].text == "" {
		return p
	}
	first := p[0]
	first.text, first.heard = upper(first.text), upper(first.heard)
	return say(phrase{first}, p[1:])
}

func upper(s string) string {
	letter, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(letter)) + s[size:]
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
func (t tongue) called(o Owner, pressing bool) phrase {
	name := o.name()
	if !pressing || !isSlackID(o.SlackID) {
		return name
	}
	if name == nil {
		name = t.phrase("the owner")
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
