package rule_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

// mood is the mood of a conversation so many days after the start; sure is in
// percent, 0 for a source that does not say.
type mood struct{ day, score, sure float64 }

func (s *story) moods(list ...mood) (t told) {
	s.Helper()
	for _, m := range list {
		f := stanna.SentimentDetected{Score: m.score, Quote: fmt.Sprintf("it is %g", m.score)}
		if m.sure > 0 {
			sure := m.sure / 100
			f.Confidence = &sure
		}
		t = s.comes(time.Duration(m.day*float64(days)), f)
	}
	return t
}

func TestSentimentOpens(t *testing.T) {
	const very, trend = stanna.ReasonVeryNegative, stanna.ReasonNegativeTrend
	for name, c := range map[string]struct {
		thresholds map[string]float64
		series     []mood
		want       stanna.Reason
		severity   stanna.Severity // "": it does not open
		base       float64
		count      int
		quote      string
	}{
		"one polite complaint":       {nil, []mood{{0, -1, 90}}, stanna.ReasonTooFewMoods, "", 0, 0, ""},
		"two of them":                {nil, []mood{{0, -1, 90}, {1, -1.4, 90}}, stanna.ReasonTooFewMoods, "", 0, 0, ""},
		"one clear word":             {nil, []mood{{0, -1.5, 90}}, very, stanna.High, 0, 1, "it is -1.5"},
		"nearly clear":               {nil, []mood{{0, -1.49, 90}}, stanna.ReasonTooFewMoods, "", 0, 0, ""},
		"clear after good ones":      {nil, []mood{{0, 1, 90}, {1, 0.5, 90}, {2, -2, 65}}, very, stanna.High, 0.75, 1, "it is -2"},
		"clear, but unsure":          {nil, []mood{{0, -2, 64.9}}, stanna.ReasonLowConfidence, "", 0, 0, ""},
		"clear, sureness unsaid":     {nil, []mood{{0, -2, 0}}, very, stanna.High, 0, 1, "it is -2"},
		"own floor":                  {map[string]float64{"minConfidence": 30}, []mood{{0, -2, 30}}, very, stanna.High, 0, 1, "it is -2"},
		"unsure in floats":           {map[string]float64{"minConfidence": 57}, []mood{{0, -2, 57}}, very, stanna.High, 0, 1, "it is -2"},
		"clear switched off":         {map[string]float64{"veryNegative": 0}, []mood{{0, -2, 90}}, stanna.ReasonTooFewMoods, "", 0, 0, ""},
		"a trend":                    {nil, []mood{{0, -0.5, 90}, {1, -0.6, 90}, {2, -0.4, 90}}, trend, stanna.Medium, 0, 3, "it is -0.6"},
		"nearly a trend":             {nil, []mood{{0, -0.5, 90}, {1, -0.6, 90}, {2, -0.37, 90}}, stanna.ReasonBelowThreshold, "", 0, 0, ""},
		"a trend after good ones":    {nil, []mood{{0, 2, 90}, {1, 1, 90}, {2, -0.5, 90}, {3, -0.6, 90}, {4, -0.4, 90}}, trend, stanna.Medium, 1.5, 3, "it is -0.6"},
		"a neutral one between":      {nil, []mood{{0, -1.4, 90}, {1, 0, 90}, {2, -1.4, 90}}, trend, stanna.Medium, 0, 2, "it is -1.4"},
		"the newest is unsure":       {nil, []mood{{0, -1, 90}, {1, -1, 90}, {2, -1, 50}}, stanna.ReasonLowConfidence, "", 0, 0, ""},
		"the newest is not negative": {nil, []mood{{0, -1.4, 90}, {1, -1.4, 90}, {2, 0, 90}}, stanna.ReasonBelowThreshold, "", 0, 0, ""},
		"a good one between":         {nil, []mood{{0, -1.4, 90}, {1, 0.2, 90}, {2, -1.4, 90}}, trend, stanna.Medium, 0, 2, "it is -1.4"},
		"the unsure do not count":    {nil, []mood{{0, -1, 90}, {1, -1, 50}, {2, -1, 90}}, stanna.ReasonTooFewMoods, "", 0, 0, ""},
		"just within the days":       {nil, []mood{{0, -1, 90}, {1, -1, 90}, {13.9, -1, 90}}, trend, stanna.Medium, 0, 3, "it is -1"},
		"beyond the days":            {nil, []mood{{0, -1, 90}, {1, -1, 90}, {14, -1, 90}}, stanna.ReasonTooFewMoods, "", 0, 0, ""},
		"trend switched off":         {map[string]float64{"trendScore": 0}, []mood{{0, -1, 90}, {1, -1, 90}, {2, -1, 90}}, stanna.ReasonBelowThreshold, "", 0, 0, ""},
		"own number":                 {map[string]float64{"trendMessages": 2}, []mood{{0, -1, 90}, {1, -1, 90}}, trend, stanna.Medium, 0, 2, "it is -1"},
		"many": {map[string]float64{"trendScore": -0.9}, []mood{{0, -0.5, 90}, {1, -0.5, 90}, {2, -0.7, 90}, {3, -1, 90}, {4, -1.4, 90}},
			trend, stanna.High, -0.5, 5, "it is -1.4"},
		"never measured is not needed": {nil, []mood{{0, 1, 90}}, stanna.ReasonBelowThreshold, "", 0, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, ruleOf(stanna.SentimentNegative, c.thresholds))
			last := len(c.series) - 1
			if got := s.moods(c.series[:last]...); got.event() != "" {
				t.Fatalf("opened too early: %s", got.reason)
			}
			got := s.moods(c.series[last])
			if c.severity == "" {
				want(t, got, c.want, "")
				return
			}
			want(t, got, c.want, stanna.Opened)
			e, now := s.last().Evidence, c.series[last].score
			if s.last().Severity != c.severity || got.changes[0].Gather != "" || e.Trigger != c.want || e.Base != c.base || e.Count != c.count || e.Quote != c.quote ||
				e.Value != now || e.Opened != now || e.Worst != now || e.Told != now || e.SignalID == "" || e.Source != "test" || e.BaseAt.IsZero() != (c.base == 0) {
				t.Errorf("%s, %+v", s.last().Severity, e)
			}
		})
	}
}

func TestSentimentGoesOn(t *testing.T) {
	type step struct {
		mood
		reason   stanna.Reason
		event    stanna.AlertEvent
		severity stanna.Severity
	}
	const still, partly = stanna.ReasonStillOpen, stanna.ReasonPartlyBack
	worse, closed := stanna.Worsened, stanna.Resolved
	for name, c := range map[string]struct {
		opening []mood
		steps   []step
	}{
		"worse by a step": {[]mood{{-10, -0.6, 90}, {-1, -0.6, 90}, {2, -0.6, 90}}, []step{
			{mood{3, -1.09, 90}, still, "", stanna.Medium}, {mood{9, -1.1, 90}, stanna.ReasonWorsened, worse, stanna.Medium},
			{mood{20, -1.1, 90}, still, "", stanna.Medium}}},
		"very negative": {[]mood{{0, -1.4, 90}, {1, -1.4, 90}, {2, -1.4, 90}}, []step{
			{mood{3, -1.5, 90}, stanna.ReasonVeryNegative, worse, stanna.High}, {mood{4, -1.6, 90}, still, "", stanna.High}, {mood{5, -2, 90}, stanna.ReasonWorsened, worse, stanna.High}}},
		"many": {[]mood{{0, -0.6, 90}, {1, -0.6, 90}, {2, -0.6, 90}}, []step{
			{mood{3, -0.6, 90}, still, "", stanna.Medium}, {mood{4, -0.6, 90}, stanna.ReasonSeverityRose, worse, stanna.High}, {mood{5, -0.6, 90}, still, "", stanna.High}}},
		"unsure says nothing": {[]mood{{0, -1.5, 90}}, []step{
			{mood{1, -2, 50}, stanna.ReasonLowConfidence, "", stanna.High}, {mood{2, 2, 50}, stanna.ReasonLowConfidence, "", stanna.High}}},
		"one good word is not enough": {[]mood{{0, 2, 90}, {1, 2, 90}, {2, -1.5, 90}}, []step{
			{mood{3, 2, 90}, partly, "", stanna.High}, {mood{4, 0, 90}, partly, "", stanna.High}, {mood{5, 1, 90}, stanna.ReasonRecovered, closed, stanna.High}}},
		"the mean by the margin": {[]mood{{0, -1.5, 90}}, []step{
			{mood{1, 1, 90}, partly, "", stanna.High}, {mood{2, 1, 90}, partly, "", stanna.High}, {mood{3, -0.1, 90}, partly, "", stanna.High},
			{mood{4, -0.3, 90}, partly, "", stanna.High}, {mood{5, 1, 90}, stanna.ReasonRecovered, closed, stanna.High}}},
		"just so": {[]mood{{0, -1.4, 90}, {1, -1.4, 90}, {2, -1.4, 90}}, []step{
			{mood{3, 1, 90}, partly, "", stanna.Medium}, {mood{4, 1, 90}, stanna.ReasonRecovered, closed, stanna.Medium}}}, // 0.2 in the mean
		"a neutral one ends it": {[]mood{{0, -1.5, 90}}, []step{
			{mood{1, 1, 90}, partly, "", stanna.High}, {mood{2, 1, 90}, partly, "", stanna.High}, {mood{3, 0, 90}, stanna.ReasonRecovered, closed, stanna.High}}},
		"more than half the way back": {[]mood{{0, 2, 90}, {1, -0.5, 90}, {2, -0.5, 90}, {3, -0.5, 90}}, []step{
			{mood{4, 0.7, 90}, partly, "", stanna.Medium}, {mood{5, 0.7, 90}, partly, "", stanna.Medium}, // 0.3 would do for the margin
			{mood{6, 0.85, 90}, stanna.ReasonRecovered, closed, stanna.Medium}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, ruleOf(stanna.SentimentNegative, nil))
			if got := s.moods(c.opening...); got.event() != stanna.Opened {
				t.Fatal(got.reason)
			}
			for _, x := range c.steps {
				want(t, s.moods(x.mood), x.reason, x.event)
				a := s.last()
				if len(s.Alerts) != 1 || a.Severity != x.severity || x.event == worse && (a.Evidence.Told != x.score || a.Evidence.Value != x.score) {
					t.Fatalf("after %v: %+v", x.mood, a)
				}
			}
		})
	}
}

// That nobody has spoken for long is no recovery.
func TestSentimentSilenceIsNoRecovery(t *testing.T) {
	s := newStory(t, ruleOf(stanna.SentimentNegative, nil))
	s.moods(mood{0, -2, 90}, mood{20, 1, 90})
	if !s.last().Open() {
		t.Error("closed by one good word after the days of a trend")
	}
	want(t, s.passes(30*days), stanna.ReasonNotRecovered, stanna.Resolved)
}

func TestSentimentKnown(t *testing.T) {
	open := func() *story {
		s := newStory(t, ruleOf(stanna.SentimentNegative, nil))
		s.moods(mood{0, -1.5, 90})
		s.closes(days, "rule_sentiment_negative", stanna.Saved)
		return s
	}
	s := open()
	want(t, s.moods(mood{2, -1.9, 90}), stanna.ReasonKnownState, "")
	want(t, s.moods(mood{3, -2, 90}), stanna.ReasonVeryNegative, stanna.Opened) // worse by a step
	s = open()
	want(t, s.moods(mood{2, 0.3, 90}), stanna.ReasonBelowThreshold, "") // friendly again
	want(t, s.moods(mood{3, -1.5, 90}), stanna.ReasonVeryNegative, stanna.Opened)
	s = open()
	want(t, s.moods(mood{14.9, -1.5, 50}), stanna.ReasonLowConfidence, "")
	want(t, s.moods(mood{15, -1.5, 90}), stanna.ReasonKnownState, "")
	want(t, s.moods(mood{15.1, -1.5, 90}), stanna.ReasonVeryNegative, stanna.Opened) // another matter
}

// History shows it: listed, if somebody has spoken lately.
func TestSentimentFoundLater(t *testing.T) {
	for daysAgo, opens := range map[float64]bool{13: true, 15: false} {
		s := newStory(t, ruleOf(stanna.SentimentNegative, nil))
		s.takes(stanna.Signal{OccurredAt: start, Fact: stanna.SentimentDetected{Score: -2}}, start.Add(time.Duration(daysAgo)*days))
		got := s.tick(s.State.Due, "")
		if opens {
			want(t, got, stanna.ReasonFoundInBackfill, stanna.Opened)
		} else {
			want(t, got, "", "")
		}
	}
	s := newStory(t)
	s.moods(mood{0, -2, 90}, mood{1, 1, 50}) // the newest one says nothing
	s.rules(stanna.Settings{}, ruleOf(stanna.SentimentNegative, nil))
	want(t, s.looks(2*days, stanna.ReasonFirstContact), stanna.ReasonFirstContact, stanna.Opened)
	s = newStory(t, ruleOf(stanna.SentimentNegative, nil))
	s.moods(mood{1, 1, 90})
	if got := s.takes(stanna.Signal{OccurredAt: start, Fact: stanna.SentimentDetected{Score: -2}}, start.Add(days)); got.became != stanna.Late || len(s.Alerts) != 0 {
		t.Errorf("%+v", got)
	}
}

// What is quoted is the worst that was said, the newest of several; a source
// that is sure of nothing is not heard.
func TestSentimentQuote(t *testing.T) {
	s := newStory(t, ruleOf(stanna.SentimentNegative, nil))
	for i, f := range []stanna.SentimentDetected{{Score: -1, Quote: "old"}, {Score: -1, Quote: "new"}, {Score: -1.4}, {Score: -2, Confidence: ptr(0), Quote: "unsure"}, {Score: -0.1, Quote: "mild"}} {
		s.comes(time.Duration(i)*hour, f)
	}
	if e := s.last().Evidence; e.Quote != "new" || len(s.Alerts) != 1 || e.Worst != -1.4 {
		t.Errorf("%+v", e)
	}
	s.comes(20*days, stanna.SentimentDetected{Score: 1, Quote: "better"}) // what was said then still is why it is open
	if e := s.last().Evidence; e.Quote != "new" || e.Value != 1 || e.Count != 0 {
		t.Errorf("%+v", e)
	}
}

// Who said it and where it can be read belong to the words that are quoted,
// and to the conversation itself when its words are not known.
func TestSentimentSpeaker(t *testing.T) {
	s := newStory(t, ruleOf(stanna.SentimentNegative, nil))
	shows := func(quote, author, address string) {
		t.Helper()
		if e := s.last().Evidence; e.Quote != quote || e.Author != author || e.URL != address {
			t.Errorf("%q by %q at %q, want %q by %q at %q", e.Quote, e.Author, e.URL, quote, author, address)
		}
	}
	says := func(after time.Duration, score float64, quote, author, address string) {
		s.comes(after, stanna.SentimentDetected{Score: score, Quote: quote, Author: author, URL: address})
	}
	says(hour, -1.6, "", "Rui", "https://a.example/1")
	shows("", "Rui", "https://a.example/1")
	says(2*hour, 0.1, "thanks", "Eva", "https://a.example/2")
	shows("", "Rui", "https://a.example/1")
	says(3*hour, -0.5, "still broken", "Maria", "https://a.example/3")
	shows("still broken", "Maria", "https://a.example/3")
	says(4*hour, -2, "", "Rui", "https://a.example/4") // nobody knows its words
	shows("still broken", "Maria", "https://a.example/3")
	says(5*hour, -2, "we leave", "", "")
	shows("we leave", "", "")
	says(30*days, 2, "all good", "Eva", "https://a.example/6")
	shows("we leave", "", "")
}

// Ten moods are remembered, and that is enough.
func TestSentimentLongSeries(t *testing.T) {
	s := newStory(t, ruleOf(stanna.SentimentNegative, nil))
	for i := range 40 {
		s.moods(mood{float64(i) / 2, -0.6, 90})
	}
	if len(s.Alerts) != 1 || s.last().Evidence.Count != stanna.MaxMoods || s.last().Severity != stanna.High {
		t.Fatalf("%+v", s.last())
	}
	want(t, s.moods(mood{20, 1, 90}, mood{21, 1, 90}), stanna.ReasonRecovered, stanna.Resolved)
}

func TestSentimentFilterAndTrace(t *testing.T) {
	r := ruleOf(stanna.SentimentNegative, nil)
	r.Filter.Never = []string{"c1"}
	s := newStory(t, r)
	want(t, s.moods(mood{0, 1, 90}, mood{1, -2, 80}), stanna.ReasonAccountLeftOut, "")
	p := newStory(t, ruleOf(stanna.SentimentNegative, nil)).policy
	if diff := cmp.Diff([]rule.Value{{Name: "sentiment", Value: "never measured"}}, measured(t, p, stanna.State{})); diff != "" {
		t.Error(diff)
	}
	want := []rule.Value{{Name: "sentiment", Value: "-2"}, {Name: "confidence", Value: "80"}, {Name: "conversations", Value: "2"}, {Name: "mean", Value: "-0.5"}}
	if diff := cmp.Diff(want, measured(t, p, s.State)); diff != "" {
		t.Error(diff)
	}
}
