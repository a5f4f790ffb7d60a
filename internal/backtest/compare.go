package backtest

// Comparison is what changes from one policy to another.
type Comparison struct {
	Gone      []Episode `json:"gone"`    // only the first has them
	Added     []Episode `json:"added"`   // only the second
	Changed   []Pair    `json:"changed"` // in both, and not alike
	Same      int       `json:"same"`
	Messages  int       `json:"messages"` // more or, below 0, fewer
	PerWeek   float64   `json:"perWeek"`
	Spared    int       `json:"spared"`
	Severe    int       `json:"severe"` // critical and high alerts, more or fewer
	Before    Outcomes  `json:"before"`
	Afterward Outcomes  `json:"afterward"`
}

// Pair is one episode under two policies.
type Pair struct {
	Before Episode `json:"before"`
	After  Episode `json:"after"`
}

// Compare says what would change if the second policy stood in the first's
// place. An episode is the same in both if one rule opened it on one client
// at one moment, or the one was open when the other opened.
func Compare(a, b Report) Comparison {
	c := Comparison{Messages: b.Messages - a.Messages, PerWeek: tenth(perWeek(b) - perWeek(a)), Spared: b.Spared - a.Spared,
		Severe: severe(b) - severe(a), Before: a.Outcomes, Afterward: b.Outcomes}
	type key struct{ rule, client string }
	theirs := map[key][]int{}
	for i, e := range b.Episodes {
		k := key{e.RuleID, e.ClientID}
		theirs[k] = append(theirs[k], i)
	}
	paired := make([]bool, len(b.Episodes))
	for _, e := range a.Episodes {
		other := -1
		for _, i := range theirs[key{e.RuleID, e.ClientID}] {
			if !paired[i] && overlap(e, b.Episodes[i]) {
				other = i
				break
			}
		}
		if other < 0 {
			c.Gone = append(c.Gone, e)
			continue
		}
		paired[other] = true
		if o := b.Episodes[other]; alike(e, o) {
			c.Same++
		} else {
			c.Changed = append(c.Changed, Pair{e, o})
		}
	}
	for i, e := range b.Episodes {
		if !paired[i] {
			c.Added = append(c.Added, e)
		}
	}
	return c
}

// overlap says whether two episodes were open at one time.
func overlap(a, b Episode) bool {
	return (a.ClosedAt.IsZero() || b.OpenedAt.Before(a.ClosedAt) || b.OpenedAt.Equal(a.OpenedAt)) &&
		(b.ClosedAt.IsZero() || a.OpenedAt.Before(b.ClosedAt) || a.OpenedAt.Equal(b.OpenedAt))
}

// alike says whether people would see no difference.
func alike(a, b Episode) bool {
	if len(a.Told) != len(b.Told) {
		return false
	}
	for i := range a.Told {
		if a.Told[i].Destination != b.Told[i].Destination || !a.Told[i].At.Equal(b.Told[i].At) {
			return false
		}
	}
	return a.OpenedAt.Equal(b.OpenedAt) && a.ClosedAt.Equal(b.ClosedAt) && a.Severity == b.Severity && a.Worsened == b.Worsened && a.Shadow == b.Shadow
}

func perWeek(r Report) (sum float64) {
	for _, t := range r.Traffic {
		sum += t.PerWeek
	}
	return sum
}

func severe(r Report) int { return r.Severities["critical"] + r.Severities["high"] }
