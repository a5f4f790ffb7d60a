package api

import (
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// clientView is a client as it is shown. The first fields are documented and
// keep their names: sentimentScore is the health score.
type clientView struct {
	ID              string     `json:"id"`
	Name            string     `json:"name"`
	Domain          string     `json:"domain"`
	SentimentScore  float64    `json:"sentimentScore" doc:"The health score, 0 to 100; 50 while healthKnown is false"`
	LastInteraction *time.Time `json:"lastInteraction" doc:"null when none is known"`
	MRR             *float64   `json:"mrr" doc:"Monthly recurring revenue in currency; null when not known"`
	RenewalDate     *string    `json:"renewalDate" format:"date" doc:"null when not known"`
	CSMOwner        string     `json:"csmOwner" doc:"E-mail of the customer-success manager"`
	IsExcluded      bool       `json:"isExcluded" doc:"Kept out of every figure, rule and message"`
	CreatedAt       time.Time  `json:"createdAt"`
	UpdatedAt       time.Time  `json:"updatedAt"`

	HealthKnown       bool           `json:"healthKnown" doc:"A score was measured"`
	Zone              *stanna.Zone   `json:"zone" enum:"red,yellow,green" doc:"null while healthKnown is false"`
	Currency          *string        `json:"currency" doc:"Of mrr, ISO 4217"`
	Tier              string         `json:"tier"`
	RenewalTermMonths *int           `json:"renewalTermMonths" doc:"null when not known"`
	Tags              []string       `json:"tags"`
	Custom            map[string]any `json:"custom" doc:"The company's own fields"`
}

func viewClient(p store.Portrait, s stanna.Settings) clientView {
	c := p.Client
	score, measured := p.State.HealthScore()
	view := clientView{
		ID: c.ID, Name: c.Name, Domain: c.Domain, SentimentScore: score, LastInteraction: moment(p.State.LastContact),
		RenewalDate: known(c.RenewalDate), CSMOwner: c.CSMOwner, IsExcluded: c.IsExcluded,
		CreatedAt: c.CreatedAt.UTC().Truncate(time.Millisecond), UpdatedAt: c.UpdatedAt.UTC().Truncate(time.Millisecond),
		HealthKnown: measured, Tier: c.Tier, Tags: all(c.Tags), Custom: c.Custom,
	}
	if measured {
		zone := s.ZoneOf(score)
		view.Zone = &zone
	}
	if c.HasMRR() {
		mrr := c.MRR.Amount()
		view.MRR, view.Currency = &mrr, known(c.MRR.Currency)
	}
	if c.RenewalMonths > 0 {
		view.RenewalTermMonths = &c.RenewalMonths
	}
	if view.Custom == nil {
		view.Custom = map[string]any{}
	}
	return view
}

// contactView is a person at the client.
type contactView struct {
	Email    string     `json:"email"`
	Name     string     `json:"name"`
	Title    string     `json:"title"`
	LastSeen *time.Time `json:"lastSeen"`
	Primary  bool       `json:"primary"`
}

func viewContact(c stanna.Contact) contactView {
	return contactView{c.Email, c.Name, c.Title, moment(c.LastSeen), c.Primary}
}

// stateView is what is known of a client now.
type stateView struct {
	Health     healthView     `json:"health"`
	Engagement engagementView `json:"engagement"`
	Churn      *readingView   `json:"churn" doc:"Probability to leave, 0 to 1"`
	Sentiment  *readingView   `json:"sentiment" doc:"−2 to 2"`
	Payment    *paymentView   `json:"payment" doc:"The failed payment that is owed, of several the foremost; null without one"`
	ChurnedAt  *time.Time     `json:"churnedAt"`

	Owed         []paymentFailureView `json:"owed" doc:"All failed payments that are owed, the worst first and then the largest"`
	Subscription *subscriptionView    `json:"subscription" doc:"The last movement of MRR; null before the first"`
}

type healthView struct {
	Score   *float64        `json:"score" doc:"null while none was measured"`
	Zone    *stanna.Zone    `json:"zone"`
	At      *time.Time      `json:"at"`
	Source  string          `json:"source"`
	Factors []stanna.Factor `json:"factors" doc:"The reasons that the source gave"`
	History []pointView     `json:"history" doc:"The last 90 days, oldest first"`
}

type engagementView struct {
	Value   *float64    `json:"value"`
	Unit    string      `json:"unit"`
	At      *time.Time  `json:"at"`
	History []pointView `json:"history" doc:"The last 90 days, oldest first"`
}

type readingView struct {
	Value float64   `json:"value"`
	At    time.Time `json:"at"`
}

type paymentView struct {
	FailedAt      time.Time `json:"failedAt"`
	Amount        float64   `json:"amount"`
	Currency      string    `json:"currency"`
	Attempt       int       `json:"attempt"`
	NextAttemptAt *string   `json:"nextAttemptAt"`
}

type pointView struct {
	At    time.Time `json:"at"`
	Value float64   `json:"value"`
}

// shownHistory is how far back a trend goes.
const shownHistory = 90 * 24 * time.Hour

func viewState(s stanna.State, settings stanna.Settings, now time.Time) stateView {
	view := stateView{
		Health:     healthView{Source: s.HealthSource, Factors: all(s.HealthFactors), History: viewHistory(s.Health, now)},
		Engagement: engagementView{Unit: s.EngagementUnit, History: viewHistory(s.Engagement, now)},
		Churn:      viewReading(s.Churn), Sentiment: viewReading(s.Sentiment), ChurnedAt: moment(s.ChurnedAt),
		Owed: each(s.Owes(), viewFailure), Subscription: viewSubscription(s.Subscription),
	}
	if p, ok := s.Health.Last(); ok {
		zone := settings.ZoneOf(p.Value)
		view.Health.Score, view.Health.At, view.Health.Zone = &p.Value, moment(p.At), &zone
	}
	if p, ok := s.Engagement.Last(); ok {
		view.Engagement.Value, view.Engagement.At = &p.Value, moment(p.At)
	}
	if p := s.Payment; !p.FailedAt.IsZero() {
		view.Payment = &paymentView{p.FailedAt.UTC(), p.Amount.Amount(), p.Amount.Currency, p.Attempt, known(p.NextAttempt)}
	}
	return view
}

func viewReading(r stanna.Reading) *readingView {
	if r.At.IsZero() {
		return nil
	}
	return &readingView{r.Value, r.At.UTC()}
}

func viewHistory(h stanna.History, now time.Time) []pointView {
	return each(h.Since(now.Add(-shownHistory)), func(p stanna.Point) pointView { return pointView(p) })
}
