package metrics

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// AttributionType is the signal by which people say why a score moved, where
// its source does not, or is wrong.
const AttributionType stanna.SignalType = "custom.attribution"

// Attribution is one reason why a score moved: a factor that its source gave,
// or what a person said.
type Attribution struct {
	SignalID string
	At       time.Time
	Delta    float64 // points that it moved the score by; 0 of what a person said
	Reason   string
	Factor   string   // the factor's name in one word; correction, unexplained
	Weight   *float64 // of a factor: its share of all that moved the score, 0 to 1
	Before   *float64 // nil: it was the first score
	Score    *float64 // nil: there was none yet
	Source   string
	Said     *Correction // nil of a factor
}

// Correction is what a person said about a score.
type Correction struct {
	Reason string   `json:"reason"`
	Impact string   `json:"impact"` // positive, negative or neutral
	Weight *float64 `json:"weight,omitempty"`
	Notes  string   `json:"notes,omitempty"`
	By     string   `json:"by"`
}

// Attributions reads the newest score signals of a client, newest first, into
// what moved its score. At most limit of them are read, and one more to know
// from where the oldest of them moved.
func Attributions(tx *store.Tx, workspace, client string, limit int) ([]Attribution, error) {
	signals, err := tx.ScoreSignals(workspace, client, limit+1)
	if err != nil {
		return nil, err
	}
	list := []Attribution{}
	var score *float64 // before the signal at hand
	for i, s := range slices.Backward(signals) {
		before := score
		var found []Attribution
		if s.Type == AttributionType {
			found = said(s.Signal, score)
		} else {
			var f stanna.HealthScored
			if json.Unmarshal(s.Data, &f) != nil { // it was understood when it came
				continue
			}
			score = &f.Score
			found = factorsOf(s.Signal, f, before)
		}
		if i < limit {
			list = append(list, found...)
		}
	}
	slices.Reverse(list)
	return list, nil
}

// factorsOf are the reasons of one score, the last one first. One that moved
// without a figure for any is put down to what its source names first, or said
// to be unexplained; one that did not move has none.
func factorsOf(s stanna.Signal, f stanna.HealthScored, before *float64) (list []Attribution) {
	all := 0.0
	for _, x := range f.Factors {
		if x.Impact != nil {
			all += max(*x.Impact, -*x.Impact)
		}
	}
	for _, x := range slices.Backward(f.Factors) {
		if x.Impact == nil || *x.Impact == 0 {
			continue
		}
		weight := points(max(*x.Impact, -*x.Impact) / all)
		list = append(list, Attribution{SignalID: s.ID, At: s.OccurredAt, Delta: *x.Impact, Reason: because(x), Factor: oneWord(x.Name), Weight: &weight,
			Before: before, Score: &f.Score, Source: s.Source})
	}
	if len(list) == 0 && before != nil && *before != f.Score {
		moved := Attribution{SignalID: s.ID, At: s.OccurredAt, Delta: points(f.Score - *before), Reason: unexplained(s.Source), Factor: "unexplained",
			Before: before, Score: &f.Score, Source: s.Source}
		if len(f.Factors) > 0 {
			moved.Reason, moved.Factor = because(f.Factors[0]), oneWord(f.Factors[0].Name)
		}
		list = append(list, moved)
	}
	return list
}

// said is what a person said; it moves nothing. A signal of the type that
// another sender filled otherwise says what it can.
func said(s stanna.Signal, score *float64) []Attribution {
	var c Correction
	if json.Unmarshal(s.Data, &c) != nil || strings.TrimSpace(c.Reason) == "" {
		return nil
	}
	return []Attribution{{SignalID: s.ID, At: s.OccurredAt, Reason: c.Reason, Factor: "correction", Weight: c.Weight, Before: score, Score: score, Source: s.Source, Said: &c}}
}

// oneWord writes a factor's name as programs do: "Email engagement" becomes
// email_engagement.
func oneWord(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "_")
}
