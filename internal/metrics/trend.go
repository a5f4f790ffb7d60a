package metrics

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// HealthPoint is the average score at the end of a period.
type HealthPoint struct {
	Date    string
	Average float64
	Clients int // that had a score by then
}

// HealthTrend follows the average score. Each client counts with its last
// score by the end of a period; periods before anybody had one are left out.
func (s Scope) HealthTrend(tx *store.Tx, days int, every Interval) ([]HealthPoint, error) {
	list := s.periods(days, every)
	sums := make([]average, len(list))
	err := s.series(tx, func(c *store.Series) error {
		scores, at := c.Health.Since(time.Time{}), 0
		for i, p := range list {
			for at < len(scores) && !scores[at].At.After(p.end) {
				at++
			}
			if at > 0 {
				sums[i].add(scores[at-1].Value)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]HealthPoint, 0, len(list))
	for i, p := range list {
		if v := sums[i].value(); v != nil {
			out = append(out, HealthPoint{p.Date, *v, sums[i].n})
		}
	}
	return out, nil
}

// SentimentPoint is the mood of a period's conversations.
type SentimentPoint struct {
	Date                                string
	Average                             float64 // 0 to 1
	Volume, Positive, Neutral, Negative int
}

// SentimentTrend follows the mood of conversations. Periods without one are
// left out.
func (s Scope) SentimentTrend(tx *store.Tx, days int, every Interval) ([]SentimentPoint, error) {
	if err := s.enough(tx); err != nil {
		return nil, err
	}
	list, zone := s.periods(days, every), s.Settings.Location()
	points, sums := make([]SentimentPoint, len(list)), make([]float64, len(list))
	err := tx.EachSpoken(s.Workspace, s.Owner, s.since(days), true, func(x stanna.Signal) {
		var said stanna.SentimentDetected
		if x.OccurredAt.After(s.Now) || json.Unmarshal(x.Data, &said) != nil { // it was understood when it came
			return
		}
		i := within(list, x.OccurredAt, zone)
		p := &points[i]
		p.Volume++
		sums[i] += said.Score
		switch moodOf(said.Score) {
		case Positive:
			p.Positive++
		case Negative:
			p.Negative++
		default:
			p.Neutral++
		}
	})
	out := []SentimentPoint{}
	for i, p := range points {
		if p.Volume > 0 {
			p.Date, p.Average = list[i].Date, math.Round((sums[i]/float64(p.Volume)+2)/4*10_000)/10_000
			out = append(out, p)
		}
	}
	return out, err
}

// Share is how many interactions were of a kind.
type Share struct {
	Kind    string
	Count   int
	Percent float64
}

// InteractionMix counts interactions by their kind, most first.
func (s Scope) InteractionMix(tx *store.Tx, days int) ([]Share, error) {
	if err := s.enough(tx); err != nil {
		return nil, err
	}
	counts, all := map[string]int{}, 0
	err := tx.EachSpoken(s.Workspace, s.Owner, s.since(days), false, func(x stanna.Signal) {
		var said struct {
			Kind string `json:"type"`
		}
		_ = json.Unmarshal(x.Data, &said) // without a kind it counts as what it is
		counts[kindOf(said.Kind, x.Type)]++
		all++
	})
	list := make([]Share, 0, len(counts))
	for kind, n := range counts {
		list = append(list, Share{kind, n, points(float64(n) / float64(all) * 100)})
	}
	slices.SortFunc(list, func(a, b Share) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Kind, b.Kind)) })
	return list, err
}
