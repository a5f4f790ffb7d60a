package message

import (
	"math"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

const (
	usualDays    = 28 // how far back "usual" looks
	usualAtLeast = 7  // values before a usual is known
	sameWeekday  = 3  // values of one weekday before weekdays are told apart
	staleAfter   = 7  // days after which the newest value says nothing of now
	trendDays    = 14
	trendWeeks   = 8
	trendAtLeast = 3
	trendScale   = 40.0
	bigFall      = -20 // percent of engagement worth a line of its own
	withinUsual  = 5   // percent either way that is no news
	oneDay       = 24 * time.Hour
)

// daily is the last value of one local day.
type daily struct {
	day   int
	value float64
}

// dailies are the last values of each local day since t.
func (c chapter) dailies(h stanna.History, since time.Time) []daily {
	var days []daily
	for _, p := range h.Since(since) {
		// What is measured for a day may carry its end: the midnight after it.
		d := daily{c.DayNumber(p.At.Add(-time.Second)), p.Value}
		switch {
		case !locale.IsNumber(p.Value):
		case len(days) > 0 && days[len(days)-1].day == d.day:
			days[len(days)-1] = d
		default:
			days = append(days, d)
		}
	}
	return days
}

// againstUsual compares the newest complete day with what is usual for this
// client on that weekday, in percent (−41 is 41 % below). A day is complete
// when it is over. Without enough earlier days, with a usual of nothing, or
// when the newest day is a week old there is no answer.
func (c chapter) againstUsual(h stanna.History) (percent int, known bool) {
	today := c.DayNumber(c.Now)
	days := c.dailies(h, c.Now.Add(-(usualDays+staleAfter+2)*oneDay))
	days = slices.DeleteFunc(days, func(d daily) bool { return d.day >= today })
	if len(days) == 0 {
		return 0, false
	}
	newest := days[len(days)-1]
	var all, same []float64
	for _, d := range days[:len(days)-1] {
		if age := newest.day - d.day; age <= usualDays {
			all = append(all, d.value)
			if age%7 == 0 {
				same = append(same, d.value)
			}
		}
	}
	if len(all) < usualAtLeast || today-newest.day > staleAfter {
		return 0, false
	}
	if len(same) < sameWeekday {
		same = all
	}
	usual := median(same)
	if usual <= 0 {
		return 0, false
	}
	return int(math.Round(min(newest.value/usual-1, 9.99) * 100)), true
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// engagement says how the client's engagement compares with its usual, or ""
// when that is not known.
func (c chapter) engagement(h stanna.History) string {
	percent, known := c.againstUsual(h)
	switch {
	case !known:
		return ""
	case percent < -withinUsual:
		return c.Text("{percent} below usual", with{"percent": c.percent(float64(-percent))})
	case percent > withinUsual:
		return c.Text("{percent} above usual", with{"percent": c.percent(float64(percent))})
	}
	return c.Text("as usual")
}

// sparkline draws the last fourteen days of a score from 0 to 100, a block a
// day; the values themselves when there are few days. It is "" for fewer
// than three. It is drawn on the part of the scale where the score was, at
// least forty points of it: on the whole scale a fall of 22 would be a single
// step, and on a narrower one a wobble would look like a fall.
func (c chapter) sparkline(h stanna.History) string {
	since := c.Now.Add(-trendDays * oneDay)
	var values []float64
	for _, d := range c.dailies(h, since) {
		values = append(values, d.value)
	}
	if len(values) < trendAtLeast {
		values = values[:0]
		for _, p := range h.Since(since) {
			if locale.IsNumber(p.Value) {
				values = append(values, p.Value)
			}
		}
	}
	if len(values) < trendAtLeast {
		return ""
	}
	values = values[max(0, len(values)-trendDays):]
	for i, v := range values {
		values[i] = min(max(v, 0), 100)
	}
	low, high := slices.Min(values), slices.Max(values)
	if spare := trendScale - (high - low); spare > 0 {
		low = min(max(low-spare/2, 0), 100-trendScale)
		high = low + trendScale
	}
	return bars(values, low, high)
}

// bars draws values as blocks on a scale.
func bars(values []float64, low, high float64) string {
	blocks := []rune("▁▂▃▄▅▆▇█")
	line := make([]rune, len(values))
	for i, v := range values {
		line[i] = blocks[min(max(int((v-low)/(high-low)*float64(len(blocks))), 0), len(blocks)-1)]
	}
	return string(line)
}

// weekly draws engagement week by week, the last one ending yesterday: the
// mean of what was measured in each, on a scale from nothing. It is "" for
// fewer than three weeks.
func (c chapter) weekly() string {
	today := c.DayNumber(c.Now)
	var sums, counts [trendWeeks]float64
	for _, d := range c.dailies(c.state.Engagement, c.Now.Add(-(trendWeeks*7+2)*oneDay)) {
		if week := (today - 1 - d.day) / 7; d.day < today && week < trendWeeks {
			sums[week] += d.value
			counts[week]++
		}
	}
	var values []float64
	for week := trendWeeks - 1; week >= 0; week-- {
		if counts[week] > 0 {
			values = append(values, max(sums[week]/counts[week], 0))
		}
	}
	if len(values) < trendAtLeast || slices.Max(values) <= 0 || !locale.IsNumber(slices.Max(values)) {
		return ""
	}
	return bars(values, 0, slices.Max(values))
}
