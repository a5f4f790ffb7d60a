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
		line := c.failedPayment(p)
		if owed := c.state.Owes(); len(owed) > 1 {
			line = c.phrase("{failure}, and {others}", with{"failure": line, "others": c.andOthers(owed)})
		}
		lines = append(lines, line)
	}
	if c.complained() {
		lines = append(lines, c.mood(c.state.Sentiment.At))
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
	if p.Status == stanna.PaymentDisputed {
		disputed := c.phrase("{payment} is disputed", with{"payment": payment})
		if by, ok := answerBy(p); ok {
			return c.phrase("{failure}, to be answered by {day}", with{"failure": disputed, "day": c.Day(by)})
		}
		return disputed
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
	m, _ := c.state.Said(c.state.Quote)
	return c.said(quote, m.Author, at)
}

// complained says whether the newest conversation was negative, as far as the
// alert is not about that itself.
func (c chapter) complained() bool {
	mood := c.state.Sentiment
	return mood.Value < 0 && c.recently(mood.At) && c.alert.Type != stanna.SentimentNegative
}

// said is what a customer said, who it was and when, as far as it is known.
func (c chapter) said(quote phrase, author string, at time.Time) phrase {
	who := outside(author, 80)
	switch fill := (with{"author": who, "day": c.Day(at), "quote": quote}); {
	case who != nil && !at.IsZero():
		return c.phrase("Said by {author} on {day}: {quote}", fill)
	case who != nil:
		return c.phrase("Said by {author}: {quote}", fill)
	case !at.IsZero():
		return c.phrase("Said on {day}: {quote}", fill)
	}
	return c.phrase("Said: {quote}", with{"quote": quote})
}

// conversation leads to what the client said: to the words that the alert
// quotes, else to a complaint of these days, else to the last contact.
func (c chapter) conversation() phrase {
	address := c.alert.Evidence.URL
	if m, ok := c.state.Said(c.state.Quote); address == "" && ok && c.complained() {
		address = m.URL
	}
	if l := link(address, c.Text("Open interaction")); l != nil {
		return l
	}
	return link(c.state.LastContactURL, c.Text("Open last contact"))
}

// quoted is what a customer said, in quotation marks, or nothing.
func quoted(s string, most int) phrase {
	quote := outside(strings.Trim(clean(s, most), "“”\" "), most)
	if quote == nil {
		return nil
	}
	return say(words("“"), quote, words("”"))
}
