package rule

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/gostanna/stanna"
)

// Where its thresholds stand in the entry.
const (
	sentimentMinConfidence = iota
	sentimentVeryNegative
	sentimentTrendMessages
	sentimentTrendDays
	sentimentTrendScore
	sentimentRecoveredScore
	sentimentStepPoints
	sentimentManyMessages
)

// sentimentNegative watches what the mood of conversations is, from −2 to 2.
// Classifiers take politeness for anger, so what they are unsure of is not
// heard, and one complaint is no trend.
var sentimentNegative = Entry{
	Type:    stanna.SentimentNegative,
	Name:    "Negative sentiment",
	Doc:     "Opens when one conversation is very negative, or several in a row are negative. Closes when as many in a row are friendly again.",
	Signals: []stanna.SignalType{stanna.SentimentDetectedType},
	Nature:  Trouble,
	Thresholds: []Threshold{
		sentimentMinConfidence:  {"minConfidence", "percent", "A mood of which the source is less sure is not heard. One whose source does not say is.", 65, 0, 100},
		sentimentVeryNegative:   {"veryNegative", "points", "Opens when one conversation scores this or less. 0 switches it off.", -1.5, -2, 0},
		sentimentTrendMessages:  {"trendMessages", "conversations", "How many conversations in a row make a trend, and how many end it.", 3, 2, stanna.MaxMoods},
		sentimentTrendDays:      {"trendDays", "days", "Within how many days those of a trend must lie.", 14, 1, 90},
		sentimentTrendScore:     {"trendScore", "points", "Opens when they score this or less in the mean, and the newest is negative. 0 switches it off.", -0.5, -2, 0},
		sentimentRecoveredScore: {"recoveredScore", "points", "Closes when they score this or more in the mean, and the newest is not negative.", 0.2, 0, 2},
		sentimentStepPoints:     {"stepPoints", "points", "An open alert is told again when a conversation is worse by another step of this size.", 0.5, 0.1, 4},
		sentimentManyMessages:   {"manyMessages", "conversations", "So many negative conversations within the days of a trend make the severity high.", 5, 2, stanna.MaxMoods},
	},
	look:     lookAtSentiment,
	follow:   followSentiment,
	measured: sentimentMeasured,
	settled: func(c *Compiled, sub *Subject, k stanna.Known) bool {
		// What people know of does not stand like a score: a conversation long
		// after is another matter.
		if sub.Now.Sub(k.At) > c.daysOf(sentimentTrendDays) {
			return true
		}
		moods := c.moodsSince(c.confident(sub.State.Moods), k.At)
		return len(moods) > 0 && c.friendly(moods, k.Base, k.Value)
	},
	worse: func(c *Compiled, k stanna.Known, f finding) bool {
		return points(k.Value-f.evidence.Value) >= c.value(sentimentStepPoints)
	},
}

// confident are the moods that the source is sure enough of.
func (c *Compiled) confident(moods []stanna.Mood) []stanna.Mood {
	floor := c.value(sentimentMinConfidence)
	return slices.DeleteFunc(slices.Clone(moods), func(m stanna.Mood) bool { return m.Confidence >= 0 && points(m.Confidence*100) < floor })
}

// moodsSince are those at or after a moment, as many as make a trend at most.
func (c *Compiled) moodsSince(moods []stanna.Mood, at time.Time) []stanna.Mood {
	i := slices.IndexFunc(moods, func(m stanna.Mood) bool { return !m.At.Before(at) })
	if i < 0 {
		return nil
	}
	return c.newestMoods(moods[i:])
}

func (c *Compiled) newestMoods(moods []stanna.Mood) []stanna.Mood {
	return moods[max(0, len(moods)-int(c.value(sentimentTrendMessages))):]
}

func meanMood(moods []stanna.Mood) float64 {
	sum := 0.0
	for _, m := range moods {
		sum += m.Score
	}
	return points(sum / float64(len(moods)))
}

// recentMoods are those within the days of a trend before the newest.
func (c *Compiled) recentMoods(moods []stanna.Mood) []stanna.Mood {
	from := moods[len(moods)-1].At.Add(-c.daysOf(sentimentTrendDays))
	return moods[slices.IndexFunc(moods, func(m stanna.Mood) bool { return m.At.After(from) }):]
}

// veryNegative says whether one conversation said it clearly.
func (c *Compiled) veryNegative(score float64) bool {
	return c.value(sentimentVeryNegative) < 0 && score <= c.value(sentimentVeryNegative)
}

func lookAtSentiment(c *Compiled, sub *Subject) (finding, stanna.Reason) {
	all := sub.State.Moods
	if len(all) == 0 {
		return finding{}, stanna.ReasonNotMeasured
	}
	moods := c.confident(all)
	if len(moods) == 0 || !sub.ticked() && moods[len(moods)-1] != all[len(all)-1] {
		return finding{}, stanna.ReasonLowConfidence
	}
	now := moods[len(moods)-1]
	if sub.ticked() && sub.Now.Sub(now.At) > c.daysOf(sentimentTrendDays) {
		return finding{}, stanna.ReasonTooLittleData // nobody has spoken since
	}
	recent := c.recentMoods(moods)
	trend := c.newestMoods(recent)
	trigger := stanna.ReasonNegativeTrend
	switch low := c.value(sentimentTrendScore); {
	case c.veryNegative(now.Score):
		trigger, trend = stanna.ReasonVeryNegative, moods[len(moods)-1:]
	case now.Score >= 0 || low == 0:
		return finding{}, stanna.ReasonBelowThreshold
	case len(trend) < int(c.value(sentimentTrendMessages)):
		return finding{}, stanna.ReasonTooFewMoods
	case meanMood(trend) > low:
		return finding{}, stanna.ReasonBelowThreshold
	}
	said := worstSaid(recent)
	e := stanna.Evidence{
		Trigger: trigger, Opened: now.Score, Value: now.Score, ValueAt: now.At, Worst: now.Score, Told: now.Score,
		SignalID: sub.Signal.ID, Source: now.Source, Quote: said.Quote, Author: said.Author, URL: said.URL,
		Count: negatives(recent), Since: trend[0].At,
	}
	if before := moods[:len(moods)-len(trend)]; len(before) > 0 {
		e.Base, e.BaseAt = meanMood(before), before[len(before)-1].At
	}
	return finding{trigger: trigger, severity: c.sentimentSeverity(e), evidence: e, onset: now.At}, ""
}

// worstSaid is the most negative of the conversations, the newest when there
// are several; one of which the customer's words are known comes before all
// others. It is zero when all were friendly.
func worstSaid(moods []stanna.Mood) (said stanna.Mood) {
	for _, m := range moods {
		switch {
		case m.Score > 0, m.Quote == "" && said.Quote != "":
		case m.Quote != "" && said.Quote == "", m.Score <= said.Score:
			said = m
		}
	}
	return said
}

func negatives(moods []stanna.Mood) (n int) {
	for _, m := range moods {
		if m.Score < 0 {
			n++
		}
	}
	return n
}

// sentimentSeverity is never critical: words are not deeds.
func (c *Compiled) sentimentSeverity(e stanna.Evidence) stanna.Severity {
	if c.veryNegative(e.Value) || e.Count >= int(c.value(sentimentManyMessages)) {
		return stanna.High
	}
	return stanna.Medium
}

func followSentiment(c *Compiled, sub *Subject, a stanna.Alert) verdict {
	all, e := sub.State.Moods, a.Evidence
	moods := c.confident(all)
	if len(moods) == 0 || !sub.ticked() && moods[len(moods)-1] != all[len(all)-1] {
		return verdict{reason: stanna.ReasonLowConfidence, severity: a.Severity, evidence: e}
	}
	now := moods[len(moods)-1]
	recent := c.recentMoods(moods)
	moved := !now.At.Equal(e.ValueAt) || now.Score != e.Value
	e.Value, e.ValueAt, e.Worst, e.Count = now.Score, now.At, math.Min(e.Worst, now.Score), negatives(recent)
	if said := worstSaid(recent); said.Quote != "" || e.Quote == "" && !said.At.IsZero() {
		e.Quote, e.Author, e.URL = said.Quote, said.Author, said.URL
	}
	v := verdict{severity: a.Severity, evidence: e, reason: stanna.ReasonStillOpen, keep: moved}
	if since := c.moodsSince(moods, e.Since); len(since) >= int(c.value(sentimentTrendMessages)) && c.friendly(since, e.Base, e.Worst) {
		v.event, v.reason = stanna.Resolved, stanna.ReasonRecovered
		return v
	}
	switch severity := c.sentimentSeverity(e); {
	case c.veryNegative(now.Score) && !c.veryNegative(e.Told):
		v.event, v.reason = stanna.Worsened, stanna.ReasonVeryNegative
	case severity.Rank() > a.Severity.Rank() && now.Score < 0:
		v.event, v.reason = stanna.Worsened, stanna.ReasonSeverityRose
	case points(e.Told-now.Score) >= c.value(sentimentStepPoints):
		v.event, v.reason = stanna.Worsened, stanna.ReasonWorsened
	case now.Score > e.Worst:
		v.reason = stanna.ReasonPartlyBack
	}
	if v.event == stanna.Worsened {
		if severity := c.sentimentSeverity(e); severity.Rank() > a.Severity.Rank() {
			v.severity = severity
		}
		v.evidence.Told, v.evidence.SignalID, v.evidence.Source = now.Score, sub.Signal.ID, now.Source
	}
	return v
}

// friendly: the conversations since the trouble are good in the mean, better
// than half way back to what was usual, and the newest is not negative.
func (c *Compiled) friendly(moods []stanna.Mood, base, worst float64) bool {
	line := math.Max(c.value(sentimentRecoveredScore), points((base+worst)/2))
	return moods[len(moods)-1].Score >= 0 && meanMood(moods) >= line
}

// sentimentMeasured is what an explanation shows.
func sentimentMeasured(c *Compiled, sub *Subject) []Value {
	moods := sub.State.Moods
	if len(moods) == 0 {
		return []Value{{"sentiment", "never measured"}}
	}
	now := moods[len(moods)-1]
	list := []Value{{"sentiment", figure(now.Score)}}
	if now.Confidence >= 0 {
		list = append(list, Value{"confidence", figure(points(now.Confidence * 100))})
	}
	if sure := c.confident(moods); len(sure) > 0 {
		trend := c.newestMoods(c.recentMoods(sure))
		list = append(list, Value{"conversations", strconv.Itoa(len(trend))}, Value{"mean", figure(meanMood(trend))})
	}
	return list
}
