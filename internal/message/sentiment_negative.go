package message

import (
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// The labels of a conversation's own figures.
const (
	moodField = "Mood"
	saidField = "Said in"
)

// sentimentNegative tells what a client said, in its own words.
func sentimentNegative(c chapter) telling {
	e := c.alert.Evidence
	very := e.Trigger == stanna.ReasonVeryNegative || c.alert.Why == stanna.ReasonVeryNegative
	count := c.phrase("{n} negative {n|conversation|conversations}", with{"n": e.Count})
	how := c.phrase("negative sentiment")
	switch {
	case very:
		how = c.phrase("very negative")
	case e.Count > 1:
		how = count
	}
	t := telling{
		four:   []string{moodField, saidField, contactField, mrrField},
		change: how,
		apart:  true,
		why:    reasons{source: outside(e.Source, 80)},
		now:    c.phrase("mood {score}", with{"score": c.Signed(e.Value)}),
		steps:  c.listening(very, e.Count),
	}
	if short := quoted(atWord(e.Quote, shortQuote), shortQuote); short != nil {
		t.change = say(short, words(" ("), how, words(")"))
	} else if very {
		t.change = c.phrase("a very negative conversation")
	}
	t.past = t.change
	if locale.IsNumber(e.Value) && !e.ValueAt.IsZero() {
		mood := say(words(c.Signed(e.Value)))
		if !e.BaseAt.IsZero() && locale.IsNumber(e.Base) && locale.Tenth(e.Base) != locale.Tenth(e.Value) {
			mood = c.way(c.Signed(e.Base), c.Signed(e.Value))
		}
		t.facts = append(t.facts, fact{label: english(moodField), value: c.phrase("{mood} (scale −2 to +2)", with{"mood": mood}),
			spoken: c.phrase("mood {score} on a scale of −2 to +2", with{"score": mood})})
		if t.aloud = e.Count > 1 && very; t.aloud {
			t.course = append(t.course, count)
		}
		t.back = c.phrase("mood {way}", with{"way": c.way(c.Signed(min(e.Opened, e.Worst)), c.Signed(e.Value))})
	}
	if quote := quoted(e.Quote, 600); quote != nil {
		m, _ := c.state.Said(e.Quote)
		t.why = c.listed(c.said(quote, e.Author, m.At), c.moods())
	} else if row := c.moods(); row != nil {
		t.why = c.listed(row)
	}
	t.facts = append(t.facts, c.saidIn(e)...)
	t.why.also = c.troubles()
	return t
}

// saidIn is where the customer said it, and when.
func (c chapter) saidIn(e stanna.Evidence) []fact {
	where := outside(e.Source, 80)
	if m, ok := c.state.Said(e.Quote); ok && !m.At.IsZero() {
		if source := outside(m.Source, 80); source != nil {
			where = source
		}
		where = joined(", ", where, say(words(c.Ago(m.At))))
	}
	if where == nil {
		return nil
	}
	return []fact{{label: english(saidField), value: where}}
}

// listening is what helps when a customer is unhappy, by how it was said.
func (c chapter) listening(very bool, count int) []phrase {
	steps := []phrase{c.phrase("do not answer by mail; listen before you offer anything")}
	switch {
	case very:
		steps = append(steps, c.phrase("tell whoever leads the account today, before they hear it elsewhere"))
	case count > 1:
		steps = append(steps, c.phrase("find what these conversations have in common, and answer that"))
	}
	causes := c.byCause()
	return append(steps, causes[:min(len(causes), 1)]...)
}

// shortQuote is how much of the customer's words stands in a headline; the
// reasons have more.
const shortQuote = 80

// atWord shortens what was said at the end of a word.
func atWord(s string, most int) string {
	if s = clean(s, most+1); length(s) <= most {
		return s
	}
	s = strings.TrimSuffix(cut(s, most), ellipsis)
	if i := strings.LastIndexByte(s, ' '); i > len(s)/2 {
		s = s[:i]
	}
	return s + ellipsis
}

// shownMoods is how many conversations make a trend that can be taken in.
const shownMoods = 6

// moods are the last conversations in a row, oldest first; one alone is no
// trend.
func (c chapter) moods() phrase {
	last := c.state.Moods[max(0, len(c.state.Moods)-shownMoods):]
	if len(last) < 2 {
		return nil
	}
	scores := make([]string, len(last))
	for i, m := range last {
		scores[i] = c.Signed(m.Score)
	}
	return c.phrase("The last {n} {n|conversation|conversations}: {scores}", with{"n": len(last), "scores": strings.Join(scores, ", ")})
}
