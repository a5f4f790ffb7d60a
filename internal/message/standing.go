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
		lines = append(lines, c.phrase("Engagement {level}", with{"level": c.engagement(c.state.Engagement)}))
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
		lines = append(lines, c.phrase("Churn risk {percent}", with{"percent": c.percent(churn.Value * 100)}))
	}
	return lines
}

func (c chapter) failedPayment(p stanna.PaymentStanding) phrase {
	payment := c.Text("A payment")
	if amount := c.owed(p.Amount); amount != "" {
		payment = c.Text("A payment of {amount}", with{"amount": amount})
	}
	failed := c.phrase("{payment} failed", with{"payment": payment})
	if !p.FailedAt.IsZero() {
		failed = c.phrase("{payment} failed on {day}", with{"payment": payment, "day": c.Day(p.FailedAt)})
	}
	if next, ok := c.nextTry(p); ok {
		return c.phrase("{failed}, next try {day}", with{"failed": failed, "day": c.Day(next)})
	}
	return failed
}

// owed is the amount of a payment, "" when it is not known.
func (c chapter) owed(m stanna.Money) string {
	if m.Minor <= 0 {
		return ""
	}
	return c.Money(m)
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
		return c.phrase("A conversation on {day} was negative", with{"day": c.Day(at)})
	}
	return c.phrase("Said on {day}: {quote}", with{"day": c.Day(at), "quote": quote})
}

// quoted is what a customer said, in quotation marks, or nothing.
func quoted(s string, most int) phrase {
	quote := outside(strings.Trim(clean(s, most), "“”\" "), most)
	if quote == nil {
		return nil
	}
	return say(words("“"), quote, words("”"))
}
