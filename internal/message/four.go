package message

import (
	"slices"
	"strings"
)

// maxFigures is how many figures an alert shows: the four of its type, and two
// more that may help. Who wants all of them opens the account.
const maxFigures = 6

// maxGaps is how many gaps are named; a list of everything is no hint.
const maxGaps = 3

// usualFour are what one wants to know before a call, whatever it is about.
var usualFour = []string{mrrField, renewalField, healthField, contactField}

// withoutHealth is for an alert whose headline is the health already.
var withoutHealth = []string{mrrField, renewalField, engagementField, contactField}

// gapWords name a figure that is not known and could be.
var gapWords = map[string]string{
	mrrField:        english("MRR"),
	renewalField:    english("renewal date"),
	healthField:     english("health"),
	engagementField: english("usage"),
	contactField:    english("last contact"),
	personField:     english("a contact"),
}

// facts are the figures of an alert, the four of its type first. What the
// alert says already is not among them.
func (c chapter) facts(t telling) []fact {
	if c.whole() {
		return t.facts
	}
	account := slices.DeleteFunc(c.account(), func(f fact) bool { return slices.Contains(t.told, f.label) })
	for i := range account {
		account[i].said = slices.Contains(t.said, account[i].label)
	}
	facts := append(account, t.facts...)
	four := t.figures()
	slices.SortStableFunc(facts, func(a, b fact) int { return placeIn(four, a.label) - placeIn(four, b.label) })
	return facts[:min(len(facts), maxFigures)]
}

// figures are the four that matter for the alert's type.
func (t telling) figures() []string {
	if t.four == nil {
		return usualFour
	}
	return t.four
}

func placeIn(list []string, label string) int {
	if i := slices.Index(list, label); i >= 0 {
		return i
	}
	return len(list)
}

// gaps are those of the alert's figures that nobody has told us, in words.
func (c chapter) gaps(t telling) string {
	if c.whole() {
		return ""
	}
	known := map[string]bool{}
	for _, f := range c.facts(t) {
		known[f.label] = true
	}
	var gaps []string
	for _, label := range t.figures() {
		gap, named := gapWords[label]
		if named && !known[label] && !slices.Contains(t.told, label) && len(gaps) < maxGaps {
			gaps = append(gaps, c.Text(gap))
		}
	}
	return strings.Join(gaps, ", ")
}

// hint says what could be told here if somebody gave it to us.
func (c chapter) hint(t telling, page string) (shown, heard phrase) {
	gaps := c.gaps(t)
	if gaps == "" {
		return nil, nil
	}
	missing := c.phrase("Not known yet: {what}", with{"what": gaps})
	return joined(" · ", missing, link(page, c.Text("Add them"))), sentenceOf(missing)
}

// shown writes facts as fields and as one sentence.
func (t tongue) shown(facts []fact) (fields []phrase, sentence phrase) {
	var row []phrase
	for _, f := range facts {
		fields = append(fields, say(t.bold(f.label), words(" "), f.value))
		switch {
		case f.said:
		case f.spoken != nil:
			row = append(row, f.spoken)
		default:
			row = append(row, say(words(strings.ToLower(t.Text(f.label))+" "), f.value))
		}
	}
	if len(row) == 0 {
		return fields, nil
	}
	return fields, sentenceOf(joined(", ", row...))
}
