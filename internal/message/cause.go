package message

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/gostanna/stanna"
)

// maxCauses is how many causes are acted on at once; with more, nothing is.
const maxCauses = 3

// cause is what may be wrong with a client, as far as a next step goes.
type cause int

const (
	unhappy cause = iota
	unpaid
	unused
	alone // nobody there speaks for us any more
	unhelped
	unfinished
	unproven
	unheard
)

// causeWords are the beginnings of the words by which a source names a reason,
// in English and Spanish. What none of them fits suggests nothing.
var causeWords = map[cause][]string{
	unhappy:    {"sentiment", "nps", "csat", "survey", "feedback", "sentimiento", "encuesta"},
	unpaid:     {"invoice", "payment", "billing", "factura", "pago", "cobro"},
	unused:     {"usage", "users", "login", "adoption", "engagement", "activity", "seats", "uso", "adopción", "actividad", "licencias"},
	alone:      {"champion", "sponsor", "stakeholder", "patrocinador"},
	unhelped:   {"support", "ticket", "bug", "incident", "outage", "soporte", "incidencia"},
	unfinished: {"onboarding", "implementation", "setup", "training", "implantación", "formación"},
	unproven:   {"value", "roi", "outcome", "goal", "objetivo", "resultado"},
}

// remedies are what usually helps against a cause, where nothing more is known
// than that the source names it.
var remedies = map[cause]string{
	unhappy:    english("answer what they said before you ask for anything"),
	unpaid:     english("settle the payment apart from the rest, with whoever pays"),
	unused:     english("ask what changed in their use: people, goals or tools"),
	alone:      english("find out who decides now, and win a second contact there"),
	unhelped:   english("have the oldest ticket settled before you call, or know when it will be"),
	unfinished: english("find the step where their start got stuck, and finish it together"),
	unproven:   english("show what they have gained, in their own figures"),
}

// byCause is what usually helps, chosen by what is known to be wrong and by
// what the source blames. What is not known suggests nothing.
func (c chapter) byCause() []phrase {
	var steps []phrase
	taken := map[cause]bool{}
	add := func(why cause, step phrase) {
		if !taken[why] {
			taken[why], steps = true, append(steps, step)
		}
	}
	if mood := c.state.Sentiment; mood.Value < 0 && c.recently(mood.At) && c.alert.Type != stanna.SentimentNegative {
		add(unhappy, c.phrase("begin with what was said on {day}, and listen before you offer anything", with{"day": c.Day(mood.At)}))
	}
	if p := c.state.Payment; p.Owed() {
		if next, ok := c.nextTry(p); ok && c.waits(p) {
			add(unpaid, c.phrase("mention the failed payment; it is tried again on {day}", with{"day": c.Day(next)}))
		} else {
			add(unpaid, c.phrase("settle the failed payment apart from the rest, with whoever pays"))
		}
	}
	for _, why := range c.blamed() {
		remedy := remedies[why]
		add(why, c.phrase(remedy))
	}
	if percent, known := c.againstUsual(c.state.Engagement); known && percent <= bigFall && c.alert.Type != stanna.EngagementDrop {
		add(unused, c.phrase("ask what changed in their use: people, goals or tools"))
	}
	if at := c.state.LastContact; !at.IsZero() && c.DaysAgo(at) > longAgo {
		add(unheard, c.phrase("the last contact was {ago}: call rather than mail", with{"ago": c.Ago(at)}))
	}
	return steps[:min(len(steps), maxCauses)]
}

// byCauseOr is what helps by cause, else what always does.
func (c chapter) byCauseOr(step string) []phrase {
	if steps := c.byCause(); len(steps) > 0 {
		return steps
	}
	return []phrase{c.phrase(step)}
}

// blamed are the causes that the source's reasons name, the heaviest first.
// What pulled the other way is no cause.
func (c chapter) blamed() []cause {
	bad := -1.0 // of a score; a chance of churn gets worse upwards
	if c.alert.Type == stanna.ChurnRisk {
		bad = 1
	}
	factors := slices.DeleteFunc(slices.Clone(c.alert.Evidence.Factors), func(f stanna.Factor) bool { return f.Impact != nil && !(*f.Impact*bad > 0) })
	slices.SortStableFunc(factors, func(a, b stanna.Factor) int { return cmp.Compare(weightOf(b), weightOf(a)) })
	var causes []cause
	for _, f := range factors {
		if why, ok := causeOf(f.Name); ok {
			causes = append(causes, why)
		}
	}
	return causes
}

func weightOf(f stanna.Factor) float64 {
	if f.Impact == nil {
		return 0
	}
	return math.Abs(*f.Impact)
}

// causeOf is what the name of a reason points at: the first of its words that
// is known.
func causeOf(name string) (cause, bool) {
	for word := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) }) {
		for why := unhappy; why <= unproven; why++ {
			if slices.ContainsFunc(causeWords[why], func(begin string) bool { return strings.HasPrefix(word, begin) }) {
				return why, true
			}
		}
	}
	return 0, false
}
