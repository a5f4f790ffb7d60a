package message

import (
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// longAgo is after how many days without a word the relationship itself may
// be what is wrong.
const longAgo = 30

// recently says whether something said about a client still belongs to now.
func (c chapter) recently(at time.Time) bool {
	n := c.DaysAgo(at)
	return !at.IsZero() && n >= -1 && n <= 30
}

// atTheSameTime lists what else is known to be wrong. It claims no cause, and
// leaves out what the alert itself is about.
func (c chapter) atTheSameTime() []phrase {
	lines := c.troubles()
	if percent, known := c.againstUsual(c.state.Engagement); known && percent <= bigFall && c.alert.Type != stanna.EngagementDrop {
		lines = append(lines, say(words("Engagement "+c.engagement(c.state.Engagement))))
	}
	return lines
}

// troubles are those of the same that no field shows.
func (c chapter) troubles() []phrase {
	var lines []phrase
	if p := c.state.Payment; p.Owed() && c.alert.Type != stanna.PaymentIssue {
		lines = append(lines, c.failedPayment(p))
	}
	if mood := c.state.Sentiment; mood.Value < 0 && c.recently(mood.At) && c.alert.Type != stanna.SentimentNegative {
		lines = append(lines, c.mood(mood.At))
	}
	if churn := c.state.Churn; churn.Known() && churn.Value >= 0.5 && c.recently(churn.At) && c.alert.Type != stanna.ChurnRisk {
		lines = append(lines, say(words("Churn risk "+c.percent(churn.Value*100))))
	}
	return lines
}

func (c chapter) failedPayment(p stanna.PaymentStanding) phrase {
	line := "A payment" + c.of(p.Amount) + " failed"
	if !p.FailedAt.IsZero() {
		line += " on " + c.Day(p.FailedAt)
	}
	if next, ok := c.nextTry(p); ok {
		line += ", next try " + c.Day(next)
	}
	return say(words(line))
}

// of is the amount of a payment as it follows the word: " of $1,200".
func (c chapter) of(m stanna.Money) string {
	if amount := c.Money(m); amount != "" && m.Minor > 0 {
		return " of " + amount
	}
	return ""
}

// nextTry is when a failed payment is tried again, if that is known and still
// ahead.
func (c chapter) nextTry(p stanna.PaymentStanding) (time.Time, bool) {
	next, err := time.Parse(time.RFC3339, p.NextAttempt)
	return next, err == nil && next.After(c.Now)
}

func (c chapter) mood(at time.Time) phrase {
	quote := quoted(c.state.Quote, 240)
	if quote == nil {
		return say(words("A conversation on " + c.Day(at) + " was negative"))
	}
	return say(words("Said on "+c.Day(at)+": "), quote)
}

// quoted is what a customer said, in quotation marks, or nothing.
func quoted(s string, most int) phrase {
	quote := outside(strings.Trim(clean(s, most), "“”\" "), most)
	if quote == nil {
		return nil
	}
	return say(words("“"), quote, words("”"))
}

// byCause is what usually helps, chosen by what is known to be wrong. What is
// not known suggests nothing.
func (c chapter) byCause() []phrase {
	var steps []phrase
	if mood := c.state.Sentiment; mood.Value < 0 && c.recently(mood.At) {
		steps = append(steps, say(words("begin with what was said on "+c.Day(mood.At)+", and listen before you offer anything")))
	}
	if p := c.state.Payment; p.Owed() {
		if next, ok := c.nextTry(p); ok && p.Decline != stanna.HardDecline && p.Status != stanna.PaymentPastDue {
			steps = append(steps, say(words("mention the failed payment; it is tried again on "+c.Day(next))))
		} else {
			steps = append(steps, say(words("settle the failed payment apart from the rest, with whoever pays")))
		}
	}
	if percent, known := c.againstUsual(c.state.Engagement); known && percent <= bigFall && c.alert.Type != stanna.EngagementDrop {
		steps = append(steps, say(words("ask what changed in their use: people, goals or tools")))
	}
	if at := c.state.LastContact; !at.IsZero() && c.DaysAgo(at) > longAgo {
		steps = append(steps, say(words("the last contact was "+c.Ago(at)+": call rather than mail")))
	}
	return steps[:min(len(steps), 3)]
}
