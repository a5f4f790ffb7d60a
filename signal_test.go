package stanna_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestSignalFacts(t *testing.T) {
	impact := -11.0
	for _, c := range []struct {
		typ  stanna.SignalType
		data string
		want stanna.Fact // nil: refused, when bad is set
		bad  string      // the field
	}{
		{"health.scored", `{"score":38,"factors":[{"name":"Usage","detail":"118 a day","impact":-11}]}`, stanna.HealthScored{Score: 38,
			Factors: []stanna.Factor{{Name: "Usage", Detail: "118 a day", Impact: &impact}}}, ""},
		{"health.scored", `{"score":0}`, stanna.HealthScored{}, ""},
		{"health.scored", `{"score":100,"unknown":{"x":1}}`, stanna.HealthScored{Score: 100}, ""},
		{"health.scored", `{}`, nil, "data.score"},
		{"health.scored", ``, nil, "data.score"},
		{"health.scored", `null`, nil, "data.score"},
		{"health.scored", `{"score":null}`, nil, "data.score"},
		{"health.scored", `{"factors":[{"name":"score"}]}`, nil, "data.score"}, // the word elsewhere is no score
		{"health.scored", `{"score":-0.01}`, nil, "data.score"},
		{"health.scored", `{"score":100.5}`, nil, "data.score"},
		{"health.scored", `{"score":1e999}`, nil, "data.score"},
		{"health.scored", `{"score":"38"}`, nil, "data.score"},
		{"health.scored", `{"score":38,"factors":[{"name":" "}]}`, nil, "data.factors"},
		{"health.scored", `{"score":38,"factors":[` + strings.Repeat(`{"name":"x"},`, stanna.MaxFactors) + `{"name":"x"}]}`, nil, "data.factors"},
		{"health.scored", `{"score":38,"factors":{}}`, nil, "data.factors"},
		{"health.scored", `[38]`, nil, "data"},
		{"health.scored", `{"score":`, nil, "data"},
		{"engagement.measured", `{"value":282,"unit":"events"}`, stanna.EngagementMeasured{Value: 282, Unit: "events"}, ""},
		{"engagement.measured", `{"unit":"value"}`, nil, "data.value"},
		{"engagement.measured", `{"value":-1}`, nil, "data.value"},
		{"engagement.measured", `{"value":1e12}`, nil, "data.value"},
		{"churn.predicted", `{"probability":0.7}`, stanna.ChurnPredicted{Probability: 0.7}, ""},
		{"churn.predicted", `{"probability":70}`, nil, "data.probability"},
		{"churn.predicted", `{}`, nil, "data.probability"},
		{"sentiment.detected", `{"score":-2,"quote":"we leave"}`, stanna.SentimentDetected{Score: -2, Quote: "we leave"}, ""},
		{"sentiment.detected", `{"score":-2,"author":"Maria Costa","url":"https://support.example.com/118?a=1&b=2"}`,
			stanna.SentimentDetected{Score: -2, Author: "Maria Costa", URL: "https://support.example.com/118?a=1&b=2"}, ""},
		{"sentiment.detected", `{"score":-2,"author":null,"url":null}`, stanna.SentimentDetected{Score: -2}, ""},
		{"sentiment.detected", `{"score":-2,"author":"\u202e\u200bשרה"}`, stanna.SentimentDetected{Score: -2, Author: "\u202e\u200bשרה"}, ""},
		{"sentiment.detected", `{"score":-2,"author":"` + strings.Repeat("é", 200) + `"}`, stanna.SentimentDetected{Score: -2, Author: strings.Repeat("é", 200)}, ""},
		{"sentiment.detected", `{"score":-2,"author":"` + strings.Repeat("é", 201) + `"}`, nil, "data.author"},
		{"sentiment.detected", `{"score":-2,"author":"` + strings.Repeat("x", 5000) + `"}`, nil, "data.author"},
		{"sentiment.detected", `{"score":-2,"author":"a\nb"}`, nil, "data.author"},
		{"sentiment.detected", `{"score":-2,"author":{"name":"Maria"}}`, nil, "data.author"},
		{"sentiment.detected", `{"score":-2,"url":"javascript:alert(1)"}`, nil, "data.url"},
		{"sentiment.detected", `{"score":-2,"url":118}`, nil, "data.url"},
		{"interaction.logged", `{"author":"Maria Costa","url":"http://crm.intern/7"}`, stanna.Contacted{Author: "Maria Costa", URL: "http://crm.intern/7"}, ""},
		{"interaction.logged", `{"url":"/interactions/7"}`, nil, "data.url"},
		{"intervention.logged", `{"author":"a\u0000b"}`, nil, "data.author"},
		{"sentiment.detected", `{"score":2.1}`, nil, "data.score"},
		{"sentiment.detected", `{"quote":"score"}`, nil, "data.score"},
		{"interaction.logged", `{"type":"call","summary":"fine"}`, stanna.Contacted{Kind: "call", Summary: "fine"}, ""},
		{"intervention.logged", ``, stanna.Contacted{}, ""},
		{"payment.failed", `{"amount":12400.5,"currency":"usd","attempt":2,"nextAttemptAt":"2026-11-26T10:00:00Z"}`,
			stanna.PaymentFailed{Amount: 12400.5, Currency: "usd", Attempt: 2, NextAttempt: "2026-11-26T10:00:00Z"}, ""},
		{"payment.failed", `{"amount":-1}`, nil, "data.amount"},
		{"payment.failed", `{"amount":1e300}`, nil, "data.amount"},
		{"payment.failed", `{"attempt":1.5}`, nil, "data.attempt"},
		{"payment.recovered", ``, stanna.PaymentRecovered{}, ""},
		{"client.churned", `{"reason":"price"}`, stanna.ClientChurned{}, ""},
		{"usage.measured", `{"used":1,"limit":2,"name":"seats"}`, stanna.UsageMeasured{Used: 1, Limit: 2, Name: "seats"}, ""},
		{"usage.measured", `{"used":1}`, nil, "data.limit"},
		{"usage.measured", `{"used":1,"limit":0}`, nil, "data.limit"},
		{"usage.measured", `{"limit":5}`, nil, "data.used"},
		{"subscription.changed", ``, nil, ""},
		{"milestone.reached", ` {}`, nil, "data.name"},
		{"milestone.reached", `{"name":"1,000 projects"}`, stanna.MilestoneReached{Name: "1,000 projects"}, ""},
		{"account.updated", `{"status":"onboarding"}`, stanna.AccountUpdated{Status: "onboarding"}, ""},
		{"sentiment.detected", `{"score":-1,"confidence":1.2}`, nil, "data.confidence"},
		{"payment.failed", `{"decline":"weak"}`, nil, "data.decline"},
		{"payment.failed", `{"status":"late"}`, nil, "data.status"},
		{"engagement.measured", `{"value":1,"periodEnd":"yesterday"}`, nil, "data"},
		{"account.updated", `[]`, nil, "data"},
		{"account.updated", `{"broken`, nil, "data"},
		{"custom.nps", `{"score":9}`, nil, ""},
		{"custom.nps", `"nine"`, nil, "data"},
		{"custom.nps", `null`, nil, "data"},
		{"custom.", `{}`, nil, "type"},
		{"custom.a b", `{}`, nil, "type"},
		{"", `{}`, nil, "type"},
		{"health", `{}`, nil, "type"},
		{"Health.Scored", `{"score":1}`, nil, "type"},
	} {
		t.Run(string(c.typ)+" "+c.data[:min(len(c.data), 40)], func(t *testing.T) {
			s := stanna.Signal{ID: "s1", ClientID: "c1", Type: c.typ, OccurredAt: noon, Data: json.RawMessage(c.data)}
			err := s.Check(noon)
			if c.bad != "" {
				wantField(t, err, c.bad)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, s.Fact); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func wantField(t *testing.T, err error, field string) {
	t.Helper()
	var e *stanna.Error
	if !errors.As(err, &e) || e.Code != stanna.Invalid {
		t.Fatalf("got %v, want %s to be invalid", err, field)
	}
	if got := slices.Collect(maps.Keys(e.Fields)); !slices.Equal(got, []string{field}) {
		t.Errorf("the error names %v, want %s: %s", got, field, e.Message)
	}
}

func TestSignalEnvelope(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*stanna.Signal)
		bad    string
	}{
		"good":                     {func(s *stanna.Signal) {}, ""},
		"no id":                    {func(s *stanna.Signal) { s.ID = "" }, "id"},
		"id with a space":          {func(s *stanna.Signal) { s.ID = "a b" }, "id"},
		"no client":                {func(s *stanna.Signal) { s.ClientID = "" }, "clientId"},
		"slightly in the future":   {func(s *stanna.Signal) { s.OccurredAt = noon.Add(stanna.MaxSkew) }, ""},
		"in the future":            {func(s *stanna.Signal) { s.OccurredAt = noon.Add(stanna.MaxSkew + time.Second) }, "occurredAt"},
		"future in another zone":   {func(s *stanna.Signal) { s.OccurredAt = noon.Add(time.Hour).In(time.FixedZone("", -12*3600)) }, "occurredAt"},
		"no time":                  {func(s *stanna.Signal) { s.OccurredAt = time.Time{} }, "occurredAt"},
		"unix zero":                {func(s *stanna.Signal) { s.OccurredAt = time.Unix(0, 0) }, "occurredAt"},
		"the year 2000":            {func(s *stanna.Signal) { s.OccurredAt = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }, ""},
		"long source":              {func(s *stanna.Signal) { s.Source = strings.Repeat("x", 101) }, "source"},
		"source with NUL":          {func(s *stanna.Signal) { s.Source = "a\x00" }, "source"},
		"source with a line break": {func(s *stanna.Signal) { s.Source = "a\nb" }, "source"},
		"source is no text":        {func(s *stanna.Signal) { s.Source = "\xff" }, "source"},
	} {
		t.Run(name, func(t *testing.T) {
			s := stanna.Signal{ID: "s1", ClientID: "c1", Type: stanna.ClientChurnedType, OccurredAt: noon, Source: "crm é"}
			c.change(&s)
			err := s.Check(noon)
			if c.bad == "" && err != nil {
				t.Fatal(err)
			}
			if c.bad != "" {
				wantField(t, err, c.bad)
			}
		})
	}
}

// The refusal of an unknown type lists those that are known, and does not
// repeat a long wrong one in full.
func TestSignalUnknownType(t *testing.T) {
	s := stanna.Signal{ID: "s1", ClientID: "c1", Type: stanna.SignalType(strings.Repeat("é", 500)), OccurredAt: noon}
	err := s.Check(noon)
	if err == nil || !strings.Contains(err.Error(), "payment.recovered") || len(err.Error()) > 600 {
		t.Errorf("got %v", err)
	}
}
