package rule

import (
	"math"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// maxWeeks bounds the weeks that a base is of.
const maxWeeks = 12

// grid is the daily figures of up to maxWeeks+1 weeks: the newest week first,
// in each the newest day first. NaN: not measured.
type grid [maxWeeks + 1][7]float64

// byDay compares the last seven complete days with the weeks before them.
func byDay(values []stanna.Point, weeks int, every time.Duration, zone *time.Location, silent bool) usual {
	from := 1
	if silent {
		from = 0
	}
	g, newest := daily(values, (weeks+from)*7, every, zone)
	u := usual{at: values[len(values)-1].At, baseAt: (newest + 1 - date(7*from)).begins(zone), valued: true}
	var of [7]float64
	u.base, of, u.based = g.base(from, from+weeks)
	if !silent {
		u.value, u.valued = g.last(of)
	}
	return u
}

// daily puts values into so many days and says which one is the newest. Where a
// day has several, it counts when at least half of the usual number are
// there; one that is not over is left out.
func daily(values []stanna.Point, days int, every time.Duration, zone *time.Location) (g grid, newest date) {
	last := values[len(values)-1].At
	back := middle
	several := every < 16*time.Hour
	if several {
		back = time.Second // a value that ends at midnight belongs to the day before
	}
	newest = dateOf(last.Add(-back), zone)
	if several && last.Add(every).Before((newest + 1).begins(zone)) {
		newest--
	}
	var sum, n [(maxWeeks + 1) * 7]float64
	for i := len(values) - 1; i >= 0; i-- {
		ago := int(newest - dateOf(values[i].At.Add(-back), zone))
		if ago >= days {
			break
		}
		if ago >= 0 {
			sum[ago] += values[i].Value
			n[ago]++
		}
	}
	var room [len(n)]float64
	counts := room[:0]
	for _, x := range n {
		if x > 0 {
			counts = append(counts, x)
		}
	}
	if len(counts) == 0 {
		counts = append(counts, 1)
	}
	usually := median(counts)
	for i := range sum {
		g[i/7][i%7] = math.NaN()
		if n[i] > 0 && n[i] >= usually/2 {
			g[i/7][i%7] = sum[i] / n[i] * usually
		}
	}
	return g, newest
}

// days is how many of a week were measured.
func (g *grid) days(week int) (n int) {
	for _, x := range g[week] {
		if !math.IsNaN(x) {
			n++
		}
	}
	return n
}

// base is the median of the sums of weeks, and what is usual on each of the
// seven days. A day that is missing counts as usual.
func (g *grid) base(from, to int) (base float64, of [7]float64, ok bool) {
	var room, sums [maxWeeks]float64
	var enough [len(g)]bool
	for w := from; w < to; w++ {
		enough[w] = g.days(w) >= leastDays
	}
	for d := range of {
		of[d] = math.NaN()
		found := room[:0]
		for w := from; w < to; w++ {
			if x := g[w][d]; enough[w] && !math.IsNaN(x) {
				found = append(found, x)
			}
		}
		if len(found) > 0 {
			of[d] = median(found)
		}
	}
	n := 0
	for w := from; w < to; w++ {
		if !enough[w] {
			continue
		}
		for d, x := range g[w] {
			if math.IsNaN(x) {
				x = of[d]
			}
			if !math.IsNaN(x) {
				sums[n] += x
			}
		}
		n++
	}
	if n < leastWeeks {
		return 0, of, false
	}
	return points(median(sums[:n])), of, true
}

// last is the sum of the newest week over the days that are usually measured,
// or over all where nothing is usual.
func (g *grid) last(of [7]float64) (float64, bool) {
	if !slices.ContainsFunc(of[:], func(x float64) bool { return !math.IsNaN(x) }) {
		of = [7]float64{}
	}
	sum, here, whole, n := 0.0, 0.0, 0.0, 0
	for d, x := range g[0] {
		if math.IsNaN(of[d]) {
			continue
		}
		whole += of[d]
		if !math.IsNaN(x) {
			sum, here, n = sum+x, here+of[d], n+1
		}
	}
	if n < leastDays {
		return 0, false
	}
	if here > 0 {
		sum *= whole / here
	}
	return points(sum), true
}
