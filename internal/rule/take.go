package rule

import (
	"time"

	"github.com/gostanna/stanna"
)

// Take brings a client's state up to date with a signal and says what became
// of it: accepted, or history: late when it is older than what the state
// already says, backfill when it came more than 48 hours after it occurred.
// History builds the state and must not be judged. The signal was checked.
func Take(st *stanna.State, s stanna.Signal, now time.Time) stanna.Became {
	newest := true
	switch f := s.Fact.(type) {
	case stanna.HealthScored:
		newest = isNewest(st.Health, s.OccurredAt)
		st.Health.Add(s.OccurredAt, f.Score)
		if newest {
			st.HealthFactors, st.HealthSource = f.Factors, s.Source
		}
	case stanna.EngagementMeasured:
		newest = isNewest(st.Engagement, s.OccurredAt)
		st.Engagement.Add(s.OccurredAt, f.Value)
		if newest {
			st.EngagementUnit = f.Unit
		}
	case stanna.ChurnPredicted:
		newest = read(&st.Churn, f.Probability, s.OccurredAt)
	case stanna.SentimentDetected:
		if newest = read(&st.Sentiment, f.Score, s.OccurredAt); newest {
			st.Quote = f.Quote
		}
	case stanna.Contacted:
		if newest = !s.OccurredAt.Before(st.LastContact); newest {
			st.LastContact, st.LastContactKind = s.OccurredAt.UTC(), f.Kind
		}
	case stanna.PaymentFailed:
		if newest = !s.OccurredAt.Before(st.Payment.FailedAt) && !s.OccurredAt.Before(st.PaidAt); newest {
			st.Payment = stanna.PaymentStanding{FailedAt: s.OccurredAt.UTC(), Amount: stanna.MoneyOf(f.Amount, f.Currency), Attempt: f.Attempt, NextAttempt: f.NextAttempt}
		}
	case stanna.PaymentRecovered:
		if newest = !s.OccurredAt.Before(st.Payment.FailedAt) && !s.OccurredAt.Before(st.PaidAt); newest {
			st.Payment, st.PaidAt = stanna.PaymentStanding{}, s.OccurredAt.UTC()
		}
	case stanna.ClientChurned:
		st.ChurnedAt = s.OccurredAt.UTC()
	}
	switch {
	case now.Sub(s.OccurredAt) > stanna.BackfillAfter:
		return stanna.Backfill
	case !newest:
		return stanna.Late
	}
	return stanna.Accepted
}

// isNewest compares to the second, which is how a history keeps time.
func isNewest(h stanna.History, at time.Time) bool {
	last, ok := h.Last()
	return !ok || !at.Truncate(time.Second).Before(last.At)
}

func read(r *stanna.Reading, value float64, at time.Time) bool {
	if at.Before(r.At) {
		return false
	}
	*r = stanna.Reading{Value: value, At: at.UTC()}
	return true
}
