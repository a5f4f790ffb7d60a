package rule_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

const (
	below  = stanna.ReasonBelowBaseline
	silent = stanna.ReasonWentSilent
)

// off is a day on which nothing was measured.
const off = -1

// monday is the day from which engagement is measured, 00:00 UTC.
var monday = start.Truncate(days)

// day measures one local day, which is reported at six the next morning.
func (s *story) day(n int, value float64) (t told) {
	s.Helper()
	if value == off {
		return t
	}
	from := monday.AddDate(0, 0, n)
	return s.takes(stanna.Signal{OccurredAt: from.Add(30 * time.Hour), Fact: stanna.EngagementMeasured{Value: value, Unit: "events", PeriodStart: from, PeriodEnd: from.AddDate(0, 0, 1)}}, from.Add(30*time.Hour))
}

// days measures one day after the other from the n-th on and gives the first
// thing that is told of them, or the last answer, and its day.
func (s *story) days(n int, values ...float64) (t told, on int) {
	s.Helper()
	for i, v := range values {
		if v == off {
			continue
		}
		if t = s.day(n+i, v); t.event() != "" {
			return t, n + i
		}
		on = n + i
	}
	return t, on
}

// aWeek is so much on each working day and little at the weekend.
func aWeek(v float64) []float64 { return []float64{v, v, v, v, v, v / 10, v / 10} }

// weeks are several such weeks.
func weeks(of ...float64) (list []float64) {
	for _, v := range of {
		list = append(list, aWeek(v)...)
	}
	return list
}

// active is a client of four usual weeks, 208 events in each.
func active(t failer, rules ...stanna.Rule) *story {
	t.Helper()
	s := newStory(t, rules...)
	if got, _ := s.days(0, weeks(40, 40, 40, 40)...); got.event() != "" {
		t.Fatalf("told already: %s", got.reason)
	}
	return s
}

func engagementRule(thresholds map[string]float64) stanna.Rule {
	return ruleOf(stanna.EngagementDrop, thresholds)
}

// What a complete week is compared with, for series of every kind. The last
// answer is what is wanted; the figures are those of an alert that opened.
func TestEngagementBaseline(t *testing.T) {
	w := func(parts ...[]float64) []float64 { return slices.Concat(parts...) }
	for name, c := range map[string]struct {
		thresholds  map[string]float64
		series      []float64
		want        stanna.Reason
		base, value float64
	}{
		"as usual":                       {nil, weeks(40, 40, 40, 40, 40), stanna.ReasonBelowThreshold, 0, 0},
		"far below":                      {nil, w(weeks(40, 40, 40, 40), []float64{10, 10, 10}), below, 208, 118},
		"not far enough":                 {nil, weeks(40, 40, 40, 40, 25), stanna.ReasonBelowThreshold, 0, 0}, // 37.5 %
		"exactly":                        {nil, weeks(40, 40, 40, 40, 24), below, 208, 124.8},
		"a weekend is no fall":           {nil, w(weeks(40, 40, 40), aWeek(40)), stanna.ReasonBelowThreshold, 0, 0},
		"the median, not the mean":       {nil, w(weeks(40, 40, 40, 400, 40)), stanna.ReasonBelowThreshold, 0, 0},
		"own number of weeks":            {map[string]float64{"weeks": 2}, weeks(100, 100, 40, 40, 24), below, 0, 0},
		"the first week":                 {nil, aWeek(40), stanna.ReasonTooLittleData, 0, 0},
		"two weeks":                      {nil, weeks(40, 40), stanna.ReasonTooLittleData, 0, 0},
		"two weeks and four days":        {nil, w(weeks(40, 40), []float64{0, 0, 0, 0}), stanna.ReasonTooLittleData, 0, 0},
		"three weeks":                    {nil, w(weeks(40, 40), []float64{40, 40, 40, 0, 0, 4, 4}), stanna.ReasonBelowThreshold, 0, 0},
		"three weeks, far below":         {nil, w(weeks(40, 40), []float64{24, 24, 24, 24, 24, 2.4, 2.4}), below, 208, 124.8},
		"a day is missing":               {nil, w(weeks(40, 40, 40, 40), []float64{24, 24, 24, off, 24, 2.4, 2.4}), below, 208, 124.8},
		"two days are missing":           {nil, w(weeks(40, 40, 40, 40), []float64{off, off, 24, 24, 24, 2.4, 2.4}), below, 208, 124.8},
		"three days are missing":         {nil, w(weeks(40, 40, 40, 40), []float64{off, off, off, 24, 24, 2.4, 2.4}), stanna.ReasonTooLittleData, 0, 0},
		"missing days are no fall":       {nil, w(weeks(40, 40, 40, 40), []float64{off, off, 40, 40, 40, 4, 4}), stanna.ReasonBelowThreshold, 0, 0},
		"missing before":                 {nil, w([]float64{off, 40, 40, 40, 40, 4, 4}, weeks(40, 40, 40), weeks(24)), below, 208, 124.8},
		"a week before was not measured": {nil, w([]float64{off, off, off, 4, 4, .4, .4}, weeks(30, 50, 24)), below, 208, 124.8},
		"a week between was not":         {nil, w(weeks(30), []float64{off, off, off, 4, 4, .4, .4}, weeks(50, 24)), below, 208, 124.8},
		"twelve weeks":                   {map[string]float64{"weeks": 12}, w(weeks(10, 10, 10, 10, 10, 40, 40, 40, 40, 40, 40, 40, 40), weeks(24)), below, 208, 124.8},
		"working days only": {nil, w([]float64{40, 40, 40, 40, 40, off, off, 40, 40, 40, 40, 40, off, off, 40, 40, 40, 40, 40, off, off},
			[]float64{24, 24, 24, 24, 24}), below, 200, 120},
		"weekends are new":       {nil, w([]float64{40, 40, 40, 40, 40, off, off, 40, 40, 40, 40, 40, off, off}, []float64{40, 40, 40, 40, 40, 900, 900}), stanna.ReasonBelowThreshold, 0, 0},
		"too small":              {nil, weeks(3, 3, 3, 3, 0), stanna.ReasonTooSmall, 0, 0},
		"just large enough":      {map[string]float64{"minVolume": 15.6}, weeks(3, 3, 3, 3, 1.8), below, 15.6, 9.36},
		"nothing before":         {map[string]float64{"minVolume": 0}, weeks(0, 0, 0, 0, 0), stanna.ReasonTooSmall, 0, 0},
		"from nothing":           {map[string]float64{"minVolume": 0}, weeks(0, 0, 0, 0, 40), stanna.ReasonTooSmall, 0, 0},
		"mostly nothing before":  {map[string]float64{"minVolume": 0}, weeks(0, 0, 0, 40, 0), stanna.ReasonTooSmall, 0, 0},
		"switched off":           {map[string]float64{"percent": 0, "silentDays": 0}, weeks(40, 40, 40, 40, 0), stanna.ReasonBelowThreshold, 0, 0},
		"nothing at all, by day": {map[string]float64{"percent": 100}, weeks(40, 40, 40, 40, 0), below, 208, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, engagementRule(c.thresholds))
			got, on := s.days(0, c.series...)
			if c.want != below {
				want(t, got, c.want, "")
				return
			}
			want(t, got, below, stanna.Opened)
			e := s.last().Evidence
			if at := monday.AddDate(0, 0, on+1); !e.ValueAt.Equal(at) || !e.BaseAt.Equal(at.AddDate(0, 0, -7)) {
				t.Errorf("compared %v with what was before %v, on day %d", e.ValueAt, e.BaseAt, on)
			}
			if c.base > 0 && (e.Base != c.base || e.Value != c.value) {
				t.Errorf("%g and %g, want %g and %g", e.Base, e.Value, c.base, c.value)
			}
			if e.Trigger != below || e.Opened != e.Value || e.Told != e.Value || e.Worst != e.Value || e.SignalID == "" || e.Source != "test" || !e.Since.IsZero() || e.FirstSeen {
				t.Errorf("%+v", e)
			}
		})
	}
}

// Sources measure as they like; the answer is the same.
func TestEngagementSources(t *testing.T) {
	type value struct {
		end time.Time // of the period; zero: no period is given
		at  time.Time
		v   float64
	}
	daily := func(zone *time.Location, minute int) func(n int, v float64) []value {
		return func(n int, v float64) []value {
			end := time.Date(2026, 9, 7+n+1, 0, 0, 0, 0, zone)
			if minute != 0 {
				return []value{{at: end.Add(time.Duration(minute+n%2) * time.Minute), v: v}}
			}
			return []value{{end, end.Add(6 * time.Hour), v}}
		}
	}
	london, _ := time.LoadLocation("Europe/London")
	honolulu, _ := time.LoadLocation("Pacific/Honolulu")
	auckland, _ := time.LoadLocation("Pacific/Auckland")
	by := func(of time.Duration, share float64) func(n int, v float64) []value {
		return func(n int, v float64) (list []value) {
			for i := 1; i <= int(24*time.Hour/of); i++ {
				end := time.Date(2026, 9, 7+n, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * of)
				list = append(list, value{end, end.Add(time.Minute), v * share})
			}
			return list
		}
	}
	for name, c := range map[string]struct {
		zone   string
		values func(n int, v float64) []value
	}{
		"days of the workspace":                   {"Europe/London", daily(london, 0)}, // the clocks change on 25 October
		"days in UTC, workspace in London":        {"Europe/London", daily(time.UTC, 0)},
		"days in UTC, workspace in Hawaii":        {"Pacific/Honolulu", daily(time.UTC, 0)},
		"days in UTC, workspace in New Zealand":   {"Pacific/Auckland", daily(time.UTC, 0)},
		"days of Hawaii, workspace in UTC":        {"UTC", daily(honolulu, 0)},
		"days of New Zealand, workspace in UTC":   {"UTC", daily(auckland, 0)},
		"a nightly job, about midnight":           {"UTC", daily(time.UTC, -1)}, // 23:59 and 00:00
		"a nightly job after midnight, no period": {"UTC", daily(time.UTC, 150)},
		"hours": {"UTC", by(time.Hour, 1.0/24)},
		"a correction": {"UTC", func(n int, v float64) []value {
			end := time.Date(2026, 9, 7+n+1, 0, 0, 0, 0, time.UTC)
			return []value{{end, end.Add(time.Hour), 1.1 * v}, {end, end.Add(2 * time.Hour), v}}
		}},
		"sums until now, and the whole day": {"UTC", func(n int, v float64) []value {
			end := time.Date(2026, 9, 7+n+1, 0, 0, 0, 0, time.UTC)
			return []value{{end, end.Add(-12 * time.Hour), v / 2}, {end, end.Add(-time.Hour), v}, {end, end.Add(time.Hour), v}}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := storyIn(t, stanna.Settings{Timezone: c.zone}, engagementRule(nil))
			series := slices.Concat(weeks(40, 40, 40, 40, 40, 40, 40, 40), weeks(24, 24))
			opened := -1
			for n, v := range series {
				for _, x := range c.values(n, v) {
					got := s.takes(stanna.Signal{OccurredAt: x.at, Fact: stanna.EngagementMeasured{Value: x.v, PeriodEnd: x.end}}, x.at)
					if got.became != stanna.Accepted {
						t.Fatal(got.became)
					}
					if got.event() == stanna.Opened {
						opened = n
					}
				}
			}
			// Friday: the working days have fallen, and the week is 40 % below. Saturday's and Sunday's share is 4 %.
			if len(s.Alerts) != 1 || opened < 60 || opened > 62 {
				t.Fatalf("%d alerts, opened on day %d", len(s.Alerts), opened)
			}
			if e := s.last().Evidence; math.Abs(e.Base-208) > 1 || e.Opened > 0.6*208 || e.Opened < 124.7 {
				t.Errorf("%+v", e)
			}
		})
	}
}

// A source that measures by the week is compared week by week, and one of
// months brought to a week.
func TestEngagementByPeriod(t *testing.T) {
	for name, c := range map[string]struct {
		every       time.Duration
		values      []float64
		want        stanna.Reason
		base, value float64
	}{
		"as usual":             {7 * days, []float64{200, 210, 190, 205, 200}, stanna.ReasonBelowThreshold, 0, 0},
		"far below":            {7 * days, []float64{200, 210, 190, 205, 120}, below, 202.5, 120},
		"the third week":       {7 * days, []float64{200, 210, 100}, below, 205, 100},
		"the second week":      {7 * days, []float64{200, 100}, stanna.ReasonTooLittleData, 0, 0},
		"only the weeks asked": {7 * days, []float64{100, 100, 100, 100, 200, 200, 200, 200, 120}, below, 200, 120},
		"no more than asked":   {7 * days, []float64{100, 200, 200, 300, 300, 150}, below, 250, 150},
		"one is missing":       {7 * days, []float64{200, 200, off, 200, 100}, below, 200, 100},
		"by the month":         {30 * days, []float64{3000, 3000, 3000, 1500}, below, 700, 350},
		"by the quarter":       {91 * days, []float64{3000, 3000, 3000, 100}, stanna.ReasonTooLittleData, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t, engagementRule(nil))
			var got told
			for i, v := range c.values {
				end := monday.Add(time.Duration(i+1) * c.every)
				if v != off && got.event() == "" {
					got = s.takes(stanna.Signal{OccurredAt: end.Add(8 * time.Hour), Fact: stanna.EngagementMeasured{Value: v, PeriodStart: end.Add(-c.every), PeriodEnd: end}}, end.Add(8*time.Hour))
				}
			}
			if c.want != below {
				want(t, got, c.want, "")
				return
			}
			want(t, got, below, stanna.Opened)
			if e := s.last().Evidence; e.Base != c.base || e.Value != c.value {
				t.Errorf("%g and %g, want %g and %g", e.Base, e.Value, c.base, c.value)
			}
		})
	}
}

// What is measured of a day must be most of it, and what comes again for the
// same time is a correction.
func TestEngagementParts(t *testing.T) {
	s := newStory(t, engagementRule(nil))
	for h := range 35 * 24 {
		v := 1.0
		if d := h / 24; d >= 30 && d < 33 {
			if v = 0; h%24 > 2 {
				continue
			}
		}
		end := monday.Add(time.Duration(h+1) * time.Hour)
		if got := s.takes(stanna.Signal{OccurredAt: end, Fact: stanna.EngagementMeasured{Value: v, PeriodEnd: end}}, end); got.event() != "" {
			t.Fatalf("%+v", s.last().Evidence)
		}
	}
	s = newStory(t, engagementRule(nil))
	for week, values := range [][]float64{{100}, {500, 900, 100}, {500, 100}, {300, 100, 60}} {
		for _, v := range values {
			s.comes(time.Duration(7*week)*days, stanna.EngagementMeasured{Value: v})
		}
	}
	if e := s.last().Evidence; len(s.Alerts) != 1 || e.Base != 100 || e.Value != 60 {
		t.Errorf("%+v", e)
	}
}

func TestEngagementSeverity(t *testing.T) {
	for name, c := range map[string]struct {
		client stanna.Client
		value  float64
		own    string
		want   stanna.Severity
	}{
		"far below":             {stanna.Client{}, 24, "", stanna.Medium},
		"severe":                {stanna.Client{}, 16, "", stanna.High},
		"key account":           {stanna.Client{Tier: "Enterprise"}, 24, "", stanna.High},
		"large":                 {stanna.Client{MRR: usd(25_000)}, 24, "", stanna.High},
		"large, in yen":         {stanna.Client{MRR: stanna.MoneyOf(25_000, "JPY")}, 24, "", stanna.Medium},
		"severe, key account":   {stanna.Client{Tier: "enterprise"}, 0, "", stanna.High}, // never critical
		"by the rule's own":     {stanna.Client{}, 24, `"low"`, stanna.Low},
		"own words that failed": {stanna.Client{}, 24, `client.custom.x ? "low" : "info"`, stanna.Medium},
	} {
		t.Run(name, func(t *testing.T) {
			// A sudden fall is found on the way; the whole week is measured by the period.
			r := engagementRule(nil)
			r.SeverityAs = c.own
			s := newStory(t, r)
			s.Client.Tier, s.Client.MRR = c.client.Tier, c.client.MRR
			var got told
			for i, v := range []float64{40, 40, 40, c.value} {
				got = s.comes(time.Duration(7*i)*days, stanna.EngagementMeasured{Value: v})
			}
			if want(t, got, below, stanna.Opened); s.last().Severity != c.want {
				t.Errorf("%s, want %s", s.last().Severity, c.want)
			}
		})
	}
}

// byWeek takes values a week apart, from the n-th week on, and gives the last.
func (s *story) byWeek(n int, values ...float64) (t told) {
	s.Helper()
	for i, v := range values {
		t = s.comes(time.Duration(7*(n+i))*days, stanna.EngagementMeasured{Value: v})
	}
	return t
}

// An open alert is measured by the base that it opened on: what was usual
// moves on, and is no recovery.
func TestEngagementGoesOn(t *testing.T) {
	fallen := func() *story {
		s := newStory(t, engagementRule(nil))
		want(t, s.byWeek(0, 100, 100, 100, 60), below, stanna.Opened)
		return s
	}
	s := fallen()
	want(t, s.byWeek(4, 60), stanna.ReasonStillOpen, "")
	want(t, s.byWeek(5, 46), stanna.ReasonStillOpen, "") // 14 points more
	want(t, s.byWeek(6, 45), stanna.ReasonWorsened, stanna.Worsened)
	if a := s.last(); a.Evidence.Told != 45 || a.Evidence.Worst != 45 || a.Evidence.Base != 100 || a.Evidence.Opened != 60 || a.Severity != stanna.Medium {
		t.Errorf("%+v", a)
	}
	want(t, s.byWeek(7, 40), stanna.ReasonSeverityRose, stanna.Worsened)
	if s.last().Severity != stanna.High {
		t.Error(s.last().Severity)
	}

	s = fallen()
	want(t, s.byWeek(4, 79), stanna.ReasonPartlyBack, "") // the margin, but not half
	want(t, s.byWeek(5, 80), stanna.ReasonRecovered, stanna.Resolved)
	if e := s.last().Evidence; e.Value != 80 || e.Base != 100 || s.last().Open() {
		t.Errorf("%+v", e)
	}

	s = fallen()
	s.byWeek(4, 20)
	want(t, s.byWeek(5, 74), stanna.ReasonPartlyBack, "") // half is regained, but not the margin
	want(t, s.byWeek(6, 75), stanna.ReasonRecovered, stanna.Resolved)

	sharp := engagementRule(map[string]float64{"percent": 90})
	s = newStory(t, sharp)
	want(t, s.byWeek(0, 100, 100, 100, 10), below, stanna.Opened)
	want(t, s.byWeek(4, 54), stanna.ReasonPartlyBack, "") // the margin, but not half
	want(t, s.byWeek(5, 55), stanna.ReasonRecovered, stanna.Resolved)
}

// What is not over yet, and what cannot be compared, changes nothing.
func TestEngagementUnfinished(t *testing.T) {
	s := active(t, engagementRule(nil))
	end := monday.AddDate(0, 0, 29)
	unfinished := func(at time.Time, v float64) told {
		return s.takes(stanna.Signal{OccurredAt: at, Fact: stanna.EngagementMeasured{Value: v, PeriodStart: end.AddDate(0, 0, -1), PeriodEnd: end}}, at)
	}
	want(t, unfinished(end.Add(-time.Hour), 0), stanna.ReasonUnfinished, "")
	got, _ := s.days(28, weeks(0)...)
	want(t, got, below, stanna.Opened)
	end = s.now.Add(2 * time.Hour)
	before := s.last().Evidence
	if want(t, unfinished(end.Add(-time.Hour), 4000), stanna.ReasonUnfinished, ""); cmp.Diff(before, s.last().Evidence) != "" {
		t.Error("an unfinished day changed the evidence")
	}
}

// A client that is usually active and is not heard of: time alone tells it,
// at its very moment.
func TestEngagementSilence(t *testing.T) {
	heard := monday.AddDate(0, 0, 28) // the end of the last day
	t.Run("nothing comes", func(t *testing.T) {
		s := active(t, engagementRule(nil))
		due := heard.AddDate(0, 0, 14)
		if !s.State.Due.Equal(due) {
			t.Fatalf("looked at again %v, want %v", s.State.Due, due)
		}
		want(t, s.tick(due.Add(-time.Second), ""), "", "")
		want(t, s.tick(due, ""), silent, stanna.Opened)
		e := s.last().Evidence
		if a := s.last(); a.Severity != stanna.High || e.Trigger != silent || e.Base != 208 || e.Value != 0 || e.Worst != 0 || !e.Since.Equal(heard) || !e.ValueAt.Equal(heard) || e.SignalID != "" {
			t.Errorf("%+v", a)
		}
		want(t, s.tick(due.AddDate(0, 0, 1), ""), "", "")
		// Heard again: it closes when a week is back, and not before one is measured.
		for n := 45; n < 49; n++ {
			want(t, s.day(n, 40), stanna.ReasonTooLittleData, "")
		}
		if !s.last().Evidence.Since.IsZero() {
			t.Error("still said to be silent")
		}
		want(t, s.day(49, 40), stanna.ReasonRecovered, stanna.Resolved)
	})
	t.Run("nothing but zeros", func(t *testing.T) {
		s := active(t, engagementRule(nil))
		got, on := s.days(28, weeks(0, 0)...)
		if want(t, got, below, stanna.Opened); on != 30 { // three working days of five
			t.Errorf("on day %d", on)
		}
		got, on = s.days(31, weeks(0)...)
		if want(t, got, stanna.ReasonWorsened, stanna.Worsened); on != 31 || s.last().Severity != stanna.High {
			t.Errorf("%d %s", on, s.last().Severity)
		}
		got, on = s.days(32, weeks(0, 0)...)
		if want(t, got, stanna.ReasonWorsened, stanna.Worsened); on != 32 {
			t.Error(on)
		}
		got, _ = s.days(33, weeks(0)...)
		want(t, got, stanna.ReasonStillOpen, "") // nothing is left to fall
		if e := s.last().Evidence; e.Value != 0 {
			t.Errorf("%+v", e)
		}
		got = s.tick(s.State.Due, "")
		if want(t, got, silent, stanna.Worsened); !s.now.Equal(heard.AddDate(0, 0, 14)) || s.last().Evidence.Trigger != silent || !s.last().Evidence.Since.Equal(heard) {
			t.Errorf("%v %+v", s.now, s.last().Evidence)
		}
		want(t, s.day(42, 0), stanna.ReasonStillOpen, "")
		want(t, s.tick(s.now.Add(days), ""), "", "")
	})
	t.Run("too small, or too new", func(t *testing.T) {
		s := newStory(t, engagementRule(nil))
		s.days(0, weeks(3, 3, 3, 3)...)
		want(t, s.tick(s.State.Due, ""), "", "")
		s = newStory(t, engagementRule(nil))
		s.days(0, aWeek(40)...)
		want(t, s.tick(s.State.Due, ""), "", "")
		s = newStory(t, engagementRule(nil))
		s.days(0, weeks(0, 0, 0)...)
		if !s.State.Due.IsZero() {
			t.Errorf("looked at again %v", s.State.Due)
		}
	})
	t.Run("heard once, and silent again", func(t *testing.T) {
		s := active(t, engagementRule(nil))
		s.tick(s.State.Due, "")
		want(t, s.day(45, 40), stanna.ReasonTooLittleData, "")
		got := s.tick(s.State.Due, "")
		if want(t, got, stanna.ReasonStillOpen, ""); !s.last().Evidence.Since.Equal(monday.AddDate(0, 0, 46)) || !s.now.Equal(monday.AddDate(0, 0, 60)) {
			t.Errorf("%v %+v", s.now, s.last().Evidence)
		}
	})
	t.Run("by the week", func(t *testing.T) {
		s := newStory(t, engagementRule(nil))
		s.byWeek(0, 100, 100, 100, 100)
		last := start.Add(21 * days)
		want(t, s.tick(s.State.Due, ""), "", "") // one value may be late
		if at := last.Add(17*days + 12*time.Hour); !s.State.Due.Equal(at) {
			t.Fatalf("looked at again %v, want %v", s.State.Due, at)
		}
		want(t, s.tick(s.State.Due, ""), silent, stanna.Opened)
		if e := s.last().Evidence; e.Base != 100 {
			t.Errorf("%+v", e)
		}
	})
	t.Run("switched off", func(t *testing.T) {
		s := active(t, engagementRule(map[string]float64{"silentDays": 0}))
		if !s.State.Due.IsZero() {
			t.Errorf("looked at again %v", s.State.Due)
		}
		want(t, s.passes(100*days), "", "")
	})
	t.Run("silence alone is watched", func(t *testing.T) {
		s := active(t, engagementRule(map[string]float64{"percent": 0}))
		if got, _ := s.days(28, weeks(1)...); got.event() != "" {
			t.Fatal(got.reason)
		}
		want(t, s.tick(s.State.Due, ""), silent, stanna.Opened)
		if e := s.last().Evidence; e.Base != 208 || !e.Since.Equal(monday.AddDate(0, 0, 35)) {
			t.Errorf("%+v", e)
		}
		got, _ := s.days(49, weeks(15)...)
		want(t, got, stanna.ReasonPartlyBack, "")
		got, _ = s.days(56, weeks(20)...)
		want(t, got, stanna.ReasonRecovered, stanna.Resolved)
	})
	t.Run("silence alone, by zeros", func(t *testing.T) {
		s := active(t, engagementRule(map[string]float64{"percent": 0}))
		got, on := s.days(28, weeks(0, 0, 0)...)
		if want(t, got, silent, stanna.Opened); on != 41 || s.last().Evidence.Base != 208 || s.last().Evidence.SignalID == "" {
			t.Errorf("on day %d: %+v", on, s.last().Evidence)
		}
	})
}

// What stood when the rule began, and what history shows, is listed.
func TestEngagementFirstContact(t *testing.T) {
	s := newStory(t)
	s.days(0, weeks(40, 40, 40, 40, 10)...)
	s.rules(stanna.Settings{}, engagementRule(nil))
	got := s.looks(36*days, stanna.ReasonFirstContact)
	if want(t, got, stanna.ReasonFirstContact, stanna.Opened); got.changes[0].Gather != stanna.ReasonFirstContact || s.last().Evidence.Trigger != below {
		t.Errorf("%+v", got.changes)
	}
	s = active(t)
	s.rules(stanna.Settings{}, engagementRule(nil))
	want(t, s.passes(60*days), silent, stanna.Opened) // by time alone it is news

	s = newStory(t, engagementRule(nil))
	at := monday.AddDate(0, 0, 60)
	for n, v := range weeks(40, 40, 40, 40, 10) {
		end := monday.AddDate(0, 0, n+1)
		got := s.takes(stanna.Signal{OccurredAt: end, Fact: stanna.EngagementMeasured{Value: v, PeriodEnd: end}}, at)
		if got.became != stanna.Backfill || got.event() != "" {
			t.Fatalf("%+v", got)
		}
	}
	got = s.tick(s.State.Due, "")
	if want(t, got, stanna.ReasonFoundInBackfill, stanna.Opened); !s.now.Equal(at.Add(time.Minute)) || s.last().Evidence.Trigger != silent {
		t.Errorf("%v %+v", s.now, got.changes)
	}
}

// People who know are told again when it got worse, or after it had cleared:
// regained, or become the client's new usual.
func TestEngagementKnown(t *testing.T) {
	closed := func(values ...float64) *story {
		s := newStory(t, engagementRule(nil))
		want(t, s.byWeek(0, 100, 100, 100, 60), below, stanna.Opened)
		s.closes(22*days, "rule_engagement_drop", stanna.AlreadyKnown)
		s.byWeek(4, values...)
		return s
	}
	want(t, closed().byWeek(4, 55), stanna.ReasonKnownState, "")
	want(t, closed().byWeek(4, 45), below, stanna.Opened) // worse by a step
	want(t, closed(74).byWeek(5, 50), stanna.ReasonKnownState, "")
	want(t, closed(75).byWeek(5, 50), below, stanna.Opened) // it had cleared
	s := closed(60, 60, 60)
	s.rules(stanna.Settings{}, engagementRule(map[string]float64{"stepPercent": 100}))
	want(t, s.byWeek(7, 60), stanna.ReasonBelowThreshold, "") // it is usual now
	want(t, s.byWeek(8, 36), below, stanna.Opened)
	if e := s.last().Evidence; e.Base != 60 {
		t.Errorf("%+v", e)
	}
	s = closed()
	want(t, s.tick(s.State.Due, ""), "", "")
	want(t, s.tick(s.State.Due, ""), silent, stanna.Opened) // silence is worse
	s = active(t, engagementRule(nil))
	want(t, s.tick(s.State.Due, ""), silent, stanna.Opened)
	s.closes(50*days, "rule_engagement_drop", stanna.AlreadyKnown)
	want(t, s.looks(60*days, stanna.ReasonFirstContact), "", "")
	if s.State.Memory["rule_engagement_drop"].Known == nil {
		t.Error("forgotten, though nothing was heard")
	}

	s = newStory(t, engagementRule(nil))
	want(t, s.byWeek(0, 100, 100, 100, 60), below, stanna.Opened)
	s.byWeek(4, 60, 60, 60)
	want(t, s.byWeek(8, 60), stanna.ReasonNotRecovered, stanna.Resolved)
	want(t, s.byWeek(9, 58), stanna.ReasonBelowThreshold, "")
}

func TestEngagementUnstableAndFilter(t *testing.T) {
	r := engagementRule(nil)
	r.Filter.Tiers = []string{"growth"}
	s := newStory(t, r)
	want(t, s.byWeek(0, 100, 100, 100, 10), stanna.ReasonOtherTier, "")
	s.Client.Tier = "Growth"
	want(t, s.byWeek(4, 10), below, stanna.Opened)

	s = active(t, engagementRule(map[string]float64{"percent": 10, "marginPercent": 5}))
	for n := 28; len(s.Alerts) < 3 || s.last().Open(); n++ {
		if n > 50 {
			t.Fatalf("%d alerts", len(s.Alerts))
		}
		s.day(n, []float64{0, 80}[n%2])
	}
	if !s.Alerts[2].Unstable {
		t.Error("the third opening in 14 days is stable")
	}
}

func TestEngagementMeasured(t *testing.T) {
	s := active(t, engagementRule(nil))
	s.days(28, 10, 10, 10)
	if diff := cmp.Diff([]rule.Value{{Name: "lastWeek", Value: "118"}, {Name: "usualWeek", Value: "208"}, {Name: "percentBelow", Value: "43.27"},
		{Name: "lastActive", Value: "2026-12-03T00:00:00Z"}}, measured(t, s.policy, s.State)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]rule.Value{{Name: "engagement", Value: "never measured"}}, measured(t, s.policy, stanna.State{})); diff != "" {
		t.Error(diff)
	}
}

// Whatever is measured: the order in which a day's history comes does not
// matter, what comes late tells nothing, and the figures are never beyond
// what was measured.
func TestEngagementProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStory(t, engagementRule(map[string]float64{"minVolume": 1}))
		most := 0.0
		for n := range rapid.IntRange(20, 70).Draw(t, "days") {
			v := rapid.SampledFrom([]float64{off, 0, 1, 5, 40, 40, 40, 100}).Draw(t, "value")
			most = max(most, v)
			if got := s.day(n, v); got.event() != "" {
				e := s.last().Evidence
				if e.Base <= 0 || e.Base > 7*most || e.Value < 0 || e.Worst > e.Opened || e.Value < e.Worst {
					t.Fatalf("%+v", e)
				}
				if got.event() == stanna.Opened && e.Value > 0.6*e.Base {
					t.Fatalf("opened at %g of %g", e.Value, e.Base)
				}
				if got.reason == stanna.ReasonRecovered && (e.Value < 0.75*e.Base-0.01 || e.Value < (e.Base+e.Worst)/2-0.01) {
					t.Fatalf("closed at %g of %g, worst %g", e.Value, e.Base, e.Worst)
				}
			}
			if rapid.IntRange(0, 5).Draw(t, "late") == 0 && n > 2 {
				at := s.now
				got := s.takes(stanna.Signal{OccurredAt: at.Add(-30 * time.Hour), Fact: stanna.EngagementMeasured{Value: rapid.Float64Range(0, 100).Draw(t, "v")}}, at)
				if got.event() != "" {
					t.Fatalf("told of history: %+v", got)
				}
			}
			if !s.State.Due.IsZero() && !s.State.Due.After(monday.AddDate(0, 0, n+2)) {
				s.tick(s.State.Due, "")
			}
		}
	})
}
