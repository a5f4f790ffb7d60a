package message

import (
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
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
		change: how,
		apart:  true,
		why:    reasons{source: outside(e.Source, 80)},
		now:    c.phrase("mood {score}", with{"score": c.Signed(e.Value)}),
		steps:  []phrase{c.phrase("do not answer by mail; listen before you offer anything")},
	}
	if short := quoted(e.Quote, 120); short != nil {
		t.change = say(short, words(" ("), how, words(")"))
	} else if very {
		t.change = c.phrase("a very negative conversation")
	}
	t.past = t.change
	if locale.IsNumber(e.Value) && !e.ValueAt.IsZero() {
		t.course = append(t.course, c.phrase("mood {score} on a scale of −2 to +2", with{"score": c.Signed(e.Value)}))
		if !e.BaseAt.IsZero() {
			t.course = append(t.course, c.phrase("mood {score} before", with{"score": c.Signed(e.Base)}))
		}
		if e.Count > 1 && very {
			t.course = append(t.course, count)
		}
		t.back = c.phrase("mood {way}", with{"way": c.way(c.Signed(min(e.Opened, e.Worst)), c.Signed(e.Value))})
	}
	if quote := quoted(e.Quote, 600); quote != nil {
		said := c.phrase("Said: {quote}", with{"quote": quote})
		if m, ok := c.moodOf(e.Quote); ok {
			said = c.phrase("Said on {day}: {quote}", with{"day": c.Day(m.At), "quote": quote})
		}
		t.why = c.listed(said, c.moods())
	} else if row := c.moods(); row != nil {
		t.why = c.listed(row)
	}
	t.why.also = c.troubles()
	return t
}

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
	scores := make([]string, len(last))
	for i, m := range last {
		scores[i] = c.Signed(m.Score)
	}
	return c.phrase("The last {n} {n|conversation|conversations}: {scores}", with{"n": len(last), "scores": strings.Join(scores, ", ")})
}
