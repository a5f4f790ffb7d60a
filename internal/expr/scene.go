package expr

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"cel.dev/cel-go/interpreter"

	"github.com/gostanna/stanna"
)

// scene is an Input as an expression sees it: names are looked up only when
// the expression comes to them.
type scene Input

// ResolveName gives the value of a name.
func (s *scene) ResolveName(path string) (any, bool) {
	l := theLanguage()
	if i, ok := l.byPath[path]; ok {
		return l.names[i].get(s), true
	}
	if path == zoneName {
		return zoneValue{l.location(s.Settings.Timezone)}, true
	}
	return nil, false
}

// Parent is none.
func (s *scene) Parent() interpreter.Activation { return nil }

func (s *scene) client() *stanna.Client { return orBlank(s.Client) }
func (s *scene) state() *stanna.State   { return orBlank(s.State) }
func (s *scene) signal() *stanna.Signal { return orBlank(s.Signal) }
func (s *scene) alert() *stanna.Alert   { return orBlank(s.Alert) }

// orBlank is a noun of which nothing is known, where there is none.
func orBlank[T any](noun *T) *T {
	if noun == nil {
		return new(T)
	}
	return noun
}

// signalData decodes the data of the signal once, and only when asked.
func (s *scene) signalData() map[string]any {
	if s.data == nil || s.dataOf != s.Signal {
		s.data, s.dataOf = map[string]any{}, s.Signal
		if s.Signal != nil && len(s.Signal.Data) > 0 {
			if json.Unmarshal(s.Signal.Data, &s.data) != nil || s.data == nil {
				s.data = map[string]any{}
			}
		}
	}
	return s.data
}

func mrr(s *scene) float64 {
	if c := s.client(); c.HasMRR() {
		return c.MRR.Amount()
	}
	return math.NaN()
}

func zone(s *scene) string {
	if p, ok := s.state().Health.Last(); ok {
		return string(s.Settings.WithDefaults().ZoneOf(p.Value))
	}
	return ""
}

func newest(h stanna.History) float64 {
	if p, ok := h.Last(); ok {
		return p.Value
	}
	return math.NaN()
}

func measured(r stanna.Reading) float64 {
	if r.Known() {
		return r.Value
	}
	return math.NaN()
}

// positive is a figure of which 0 says that it is not known.
func positive(x float64) float64 {
	if x > 0 {
		return x
	}
	return math.NaN()
}

func usagePercent(s *scene) float64 {
	most := math.NaN()
	for _, u := range s.state().Usage {
		if share := u.Used / u.Limit * 100; u.Limit > 0 && !(share <= most) {
			most = share
		}
	}
	return hundredth(most)
}

// hundredth rounds a difference: in floats, 70.02 − 55.02 is less than 15.
func hundredth(x float64) float64 { return math.Round(x*100) / 100 }

// today is the local date, as midnight in UTC so that dates can be subtracted.
func (s *scene) today(t time.Time) time.Time {
	y, m, d := t.In(theLanguage().location(s.Settings.Timezone)).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// daysSince counts local dates: what was yesterday is one day ago.
func (s *scene) daysSince(t time.Time) float64 {
	if t.IsZero() {
		return math.NaN()
	}
	return s.today(s.Now).Sub(s.today(t)).Hours() / 24
}

func daysToRenewal(s *scene) float64 {
	date := s.client().RenewalDate
	if date == "" {
		return math.NaN()
	}
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return math.NaN()
	}
	return t.Sub(s.today(s.Now)).Hours() / 24
}

// healthChange counts from the last value at or before the window's start if
// it is not older than twice the window, else from the first one inside.
func (s *scene) healthChange(days int) float64 {
	h, window := s.state().Health, time.Duration(days)*24*time.Hour
	last, ok := h.Last()
	if !ok {
		return math.NaN()
	}
	start := s.Now.Add(-window)
	base, ok := h.AtOrBefore(start)
	if !ok || base.At.Before(start.Add(-window)) {
		inside := h.Since(start)
		if len(inside) < 2 {
			return math.NaN() // nothing to compare with
		}
		base = inside[0]
	}
	return hundredth(last.Value - base.Value)
}

// engagementChange compares whole local weeks, from Monday, by the mean of
// what was measured in each. It is not known before the last week and three of
// the four before it have values, or when those were all 0.
func engagementChange(s *scene) float64 {
	const weeks = 5
	loc := theLanguage().location(s.Settings.Timezone)
	now := s.Now.In(loc)
	monday := time.Date(now.Year(), now.Month(), now.Day()-(int(now.Weekday())+6)%7, 0, 0, 0, 0, loc)
	points := s.state().Engagement.Since(monday.AddDate(0, 0, -7*weeks).Add(-time.Nanosecond))
	var means []float64 // of the weeks that have values, oldest first
	for w := weeks; w >= 1; w-- {
		end := monday.AddDate(0, 0, -7*(w-1))
		sum, n := 0.0, 0
		for ; n < len(points) && points[n].At.Before(end); n++ {
			sum += points[n].Value
		}
		if points = points[n:]; n > 0 {
			means = append(means, sum/float64(n))
		} else if w == 1 {
			return math.NaN()
		}
	}
	last := len(means) - 1
	if last < 3 {
		return math.NaN()
	}
	usual := median(means[:last])
	if usual <= 0 {
		return math.NaN()
	}
	return hundredth((means[last]/usual - 1) * 100)
}

func median(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	n := len(xs)
	return (xs[(n-1)/2] + xs[n/2]) / 2
}
