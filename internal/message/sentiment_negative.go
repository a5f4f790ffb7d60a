package message

import (
	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// sentimentNegative tells what a client said, in its own words.
func sentimentNegative(c chapter) telling {
	e := c.alert.Evidence
	how := "negative sentiment"
	switch {
	case e.Trigger == stanna.ReasonVeryNegative || c.alert.Why == stanna.ReasonVeryNegative:
		how = "very negative"
	case e.Count > 1:
		how = c.Count(e.Count, "negative conversation")
	}
	t := telling{
		change: say(words(how)),
		apart:  true,
		why:    reasons{source: outside(e.Source, 80)},
		now:    say(words("mood " + c.Signed(e.Value))),
		steps:  []phrase{say(words("do not answer by mail; listen before you offer anything"))},
	}
	if short := quoted(e.Quote, 120); short != nil {
		t.change = say(short, words(" ("+how+")"))
	} else if how == "very negative" {
		t.change = say(words("a very negative conversation"))
	}
	t.past = t.change
	if locale.IsNumber(e.Value) && !e.ValueAt.IsZero() {
		t.course = append(t.course, say(words("mood "+c.Signed(e.Value)+" on a scale of −2 to +2")))
		if !e.BaseAt.IsZero() {
			t.course = append(t.course, say(words("mood "+c.Signed(e.Base)+" before")))
		}
		if e.Count > 1 && how == "very negative" {
			t.course = append(t.course, say(words(c.Count(e.Count, "negative conversation"))))
		}
		t.back = say(words("mood " + c.arrowed(min(e.Opened, e.Worst), e.Value)))
	}
	if quote := quoted(e.Quote, 600); quote != nil {
		said := say(words("Said: "), quote)
		if m, ok := c.moodOf(e.Quote); ok {
			said = say(words("Said on "+c.Day(m.At)+": "), quote)
		}
		t.why = c.listed(said, c.moods())
	} else if row := c.moods(); row != nil {
		t.why = c.listed(row)
	}
	t.why.also = c.troubles()
	return t
}

// arrowed is a way between two moods.
func (c chapter) arrowed(from, to float64) string { return c.Signed(from) + " → " + c.Signed(to) }

// moodOf finds the conversation in which something was said.
func (c chapter) moodOf(quote string) (stanna.Mood, bool) {
	for i := len(c.state.Moods) - 1; i >= 0; i-- {
		if m := c.state.Moods[i]; m.Quote == quote && !m.At.IsZero() {
			return m, true
		}
	}
	return stanna.Mood{}, false
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
	line := "The last " + c.Count(len(last), "conversation") + ": "
	for i, m := range last {
		if i > 0 {
			line += ", "
		}
		line += c.Signed(m.Score)
	}
	return say(words(line))
}
