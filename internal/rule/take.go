package rule

import (
	"slices"
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
		newest = takeEngagement(st, f, s)
	case stanna.ChurnPredicted:
		before := st.Churn
		if newest = read(&st.Churn, f.Probability, s.OccurredAt); newest {
			st.ChurnBefore, st.ChurnFactors, st.ChurnActions, st.ChurnSource = before, f.Factors, f.Actions, s.Source
		}
	case stanna.SentimentDetected:
		newest = takeSentiment(st, f, s)
	case stanna.Contacted:
		if newest = !s.OccurredAt.Before(st.LastContact); newest {
			st.LastContact, st.LastContactKind, st.LastContactAuthor, st.LastContactURL = s.OccurredAt.UTC(), f.Kind, f.Author, f.URL
		}
	case stanna.PaymentFailed:
		newest = takeFailure(st, f, s)
	case stanna.PaymentRecovered:
		newest = takeRecovery(st, f, s)
	case stanna.SubscriptionChanged:
		if newest = !s.OccurredAt.Before(st.Subscription.At); newest {
			st.Subscription = stanna.Subscription{At: s.OccurredAt.UTC(), Movement: f.Movement, MRR: stanna.MoneyOf(f.MRR, f.Currency),
				Before: stanna.MoneyOf(f.Before, f.Currency), Status: f.Status, Plan: f.Plan, URL: f.URL, Source: s.Source}
		}
	case stanna.UsageMeasured:
		newest = takeUsage(st, f, s)
	case stanna.AccountUpdated:
		if newest = !s.OccurredAt.Before(st.StatusAt); newest && f.Status != "" {
			st.StatusBefore, st.Status, st.StatusAt = st.Status, f.Status, s.OccurredAt.UTC()
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

// takeEngagement keeps the value of a period by its end. One that was not
// over when it was measured says nothing yet and is left out.
func takeEngagement(st *stanna.State, f stanna.EngagementMeasured, s stanna.Signal) (newest bool) {
	at := s.OccurredAt
	if !f.PeriodEnd.IsZero() {
		if f.PeriodEnd.After(s.OccurredAt) {
			return true
		}
		at = f.PeriodEnd
	}
	if newest = isNewest(st.Engagement, at); newest {
		st.EngagementUnit = f.Unit
	}
	st.Engagement.Add(at, f.Value)
	return newest
}

// takeSentiment keeps the latest moods in order of time.
func takeSentiment(st *stanna.State, f stanna.SentimentDetected, s stanna.Signal) (newest bool) {
	m := stanna.Mood{At: s.OccurredAt.UTC(), Score: f.Score, Confidence: -1, Quote: f.Quote, Author: f.Author, URL: f.URL, Source: s.Source}
	if f.Confidence != nil {
		m.Confidence = *f.Confidence
	}
	i := len(st.Moods)
	for i > 0 && st.Moods[i-1].At.After(m.At) {
		i--
	}
	st.Moods = slices.Insert(slices.Clone(st.Moods), i, m)
	if extra := len(st.Moods) - stanna.MaxMoods; extra > 0 {
		st.Moods = st.Moods[extra:]
	}
	if newest = read(&st.Sentiment, f.Score, s.OccurredAt); newest {
		st.Quote = f.Quote
	}
	return newest
}

// takeUsage keeps how much of a limit is used, and since when each share of
// it has been filled without a break.
func takeUsage(st *stanna.State, f stanna.UsageMeasured, s stanna.Signal) (newest bool) {
	before, known := st.Usage[f.Name]
	if known && s.OccurredAt.Before(before.At) || !known && len(st.Usage) >= stanna.MaxUsage {
		return false
	}
	u := stanna.Usage{Used: f.Used, Limit: f.Limit, Unit: f.Unit, At: s.OccurredAt.UTC(), Source: s.Source, Since: map[int]time.Time{}}
	if u.First = before.First; !known {
		u.First = u.At
	}
	for _, step := range stanna.UsageSteps() {
		if f.Used < f.Limit*float64(step)/100 {
			break
		}
		if since, already := before.Since[step]; already {
			u.Since[step] = since
		} else {
			u.Since[step] = u.At
		}
	}
	usage := make(map[string]stanna.Usage, len(st.Usage)+1)
	for name, other := range st.Usage {
		usage[name] = other
	}
	usage[f.Name] = u
	st.Usage = usage
	return true
}
