package rule

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// Where its thresholds stand in the entry.
const (
	expansionLimitPercent = iota
	expansionLimitDays
	expansionMarginPercent
	expansionHealth
	expansionRisePoints
	expansionWindowDays
	expansionEngagementPercent
	expansionWeeks
	expansionMinVolume
)

// expansionOpportunity is a client that outgrows a limit, or grows. It needs
// a health that is known: nobody sells to a client who may be unhappy.
var expansionOpportunity = Entry{
	Type: stanna.ExpansionOpportunity,
	Name: "Expansion opportunity",
	Doc: "Opens when a limit has been nearly used up for long enough, or at once when it is used up, and health is known and not red; " +
		"or when health is green and has risen and engagement is above the client's own usual. Closes when that is over or a risk opens.",
	Signals: []stanna.SignalType{stanna.UsageMeasuredType, stanna.HealthScoredType, stanna.EngagementMeasuredType},
	Nature:  Chance,
	once:    true,
	Thresholds: []Threshold{
		expansionLimitPercent:      {"limitPercent", "percent", "Opens when this much of a limit has been used without a break: 50, 60, 70, 75, 80, 85, 90, 95 or 100.", 80, 50, 100},
		expansionLimitDays:         {"limitDays", "days", "For how long it must have been so. What is used up is told at once.", 14, 0, 180},
		expansionMarginPercent:     {"marginPercent", "points of percent", "How far below the line use must fall before the alert closes.", 10, 0, 50},
		expansionHealth:            {"health", "points", "Opens for growth when health is at this level or above. 0: in the green zone of the workspace.", 0, 0, 100},
		expansionRisePoints:        {"risePoints", "points", "Opens for growth when health rose this much within the window. 0 switches it off.", 10, 0, 100},
		expansionWindowDays:        {"windowDays", "days", "How far back a rise is counted.", 30, 1, 90},
		expansionEngagementPercent: {"engagementPercent", "percent", "How far above the client's own usual engagement must be for growth.", 15, 0, 1000},
		expansionWeeks:             {"weeks", "weeks", "How many weeks before are the usual.", 4, leastWeeks, maxWeeks},
		expansionMinVolume:         {"minVolume", "a week", "Engagement whose usual week is below this is not compared.", 20, 0, 1e9},
	},
	look:     lookForExpansion,
	follow:   followExpansion,
	due:      expansionDue,
	measured: expansionMeasured,
	check: func(r stanna.Rule) error {
		if v, own := r.Thresholds["limitPercent"]; own && !slices.Contains(stanna.UsageSteps(), int(v)) || v != math.Trunc(v) {
			return stanna.InvalidField("thresholds.limitPercent", "must be one of 50, 60, 70, 75, 80, 85, 90, 95 and 100 percent")
		}
		return nil
	},
}

func lookForExpansion(c *Compiled, sub *Subject) (finding, stanna.Reason) {
	f, why := c.limitFilled(sub)
	if why == "" || sub.ticked() && sub.Relook == "" || sub.Signal.Type == stanna.UsageMeasuredType {
		return f, why // a limit, which time and use alone fill
	}
	return c.growing(sub)
}

// limit is one that is used, by its name.
type limit struct {
	name string
	stanna.Usage
}

func (l limit) share() float64 { return l.Used / l.Limit * 100 }

func (l limit) full() bool { return l.Used >= l.Limit }

// since is when so many percent have been filled from on without a break;
// zero when they are not.
func (l limit) since(percent float64) time.Time { return l.Since[int(percent)] }

// limits lists those of a client, the fullest first.
func limits(st *stanna.State) []limit {
	if len(st.Usage) == 0 {
		return nil // as for most clients, at every signal
	}
	list := make([]limit, 0, len(st.Usage))
	for _, name := range slices.Sorted(maps.Keys(st.Usage)) {
		if u := st.Usage[name]; u.Limit > 0 {
			list = append(list, limit{name, u})
		}
	}
	slices.SortStableFunc(list, func(a, b limit) int { return cmp.Compare(b.share(), a.share()) })
	return list
}

// limitFilled finds the fullest limit that has been filled for long enough.
func (c *Compiled) limitFilled(sub *Subject) (finding, stanna.Reason) {
	why := stanna.ReasonNotMeasured
	for _, l := range limits(sub.State) {
		since := l.since(c.value(expansionLimitPercent))
		switch {
		case since.IsZero():
			if why == stanna.ReasonNotMeasured {
				why = stanna.ReasonBelowThreshold
			}
		case !l.full() && sub.Now.Before(since.Add(c.daysOf(expansionLimitDays))):
			why = stanna.ReasonTooSoon
		case !sub.notRed():
			return finding{}, stanna.ReasonHealthPoor
		default:
			return c.limitFinding(sub, l, since), ""
		}
	}
	return finding{}, why
}

// notRed says whether health is known and not red.
func (s *Subject) notRed() bool {
	score, known := s.State.HealthScore()
	return known && s.Settings.ZoneOf(score) != stanna.Red
}

func (c *Compiled) limitFinding(sub *Subject, l limit, since time.Time) finding {
	severity := stanna.Low
	if l.full() {
		severity = stanna.Medium
	}
	return finding{
		trigger: stanna.ReasonLimitFilled, severity: severity, mark: c.limitMark(sub, l, since),
		first: since.Equal(l.First),
		evidence: stanna.Evidence{
			Trigger: stanna.ReasonLimitFilled, Base: points(l.Limit * c.value(expansionLimitPercent) / 100), Subject: l.name, Limit: l.Limit, Since: since,
			Opened: l.Used, Value: l.Used, ValueAt: l.At, Worst: l.Used, Told: l.Used, SignalID: sub.Signal.ID, Source: l.Source,
		},
	}
}

// limitMark tells a limit once for the time that it is filled, and once more
// when it is used up.
func (c *Compiled) limitMark(sub *Subject, l limit, since time.Time) string {
	mark := l.name + "/" + since.UTC().Format(time.RFC3339)
	full := mark + "/full"
	if _, told := sub.State.Memory[c.ID].Told[full]; told || l.full() {
		return full
	}
	return mark
}

// growing says whether health and engagement have both risen.
func (c *Compiled) growing(sub *Subject) (finding, stanna.Reason) {
	now, ok := sub.State.Health.Last()
	switch {
	case !ok:
		return finding{}, stanna.ReasonNotMeasured
	case !c.healthGood(sub, now.Value, 0):
		return finding{}, stanna.ReasonHealthPoor
	case sub.State.Health.Len() < 2:
		return finding{}, stanna.ReasonFirstValue
	case unfinished(sub.Signal):
		return finding{}, stanna.ReasonUnfinished
	}
	base, firstSeen := baseOf(sub.State.Health, now.At, c.daysOf(expansionWindowDays))
	if !c.on(expansionRisePoints, points(now.Value-base.Value) >= c.value(expansionRisePoints)) {
		return finding{}, stanna.ReasonBelowThreshold
	}
	u := usualOf(sub.State.Engagement, int(c.value(expansionWeeks)), c.zone)
	if why := u.missing(c.value(expansionMinVolume)); why != "" {
		return finding{}, why
	}
	if -u.below() < c.value(expansionEngagementPercent) {
		return finding{}, stanna.ReasonBelowThreshold
	}
	return finding{
		trigger: stanna.ReasonGrowing, severity: stanna.Info,
		evidence: stanna.Evidence{
			Trigger: stanna.ReasonGrowing, Base: base.Value, BaseAt: base.At, FirstSeen: firstSeen, Above: -u.below(),
			Opened: now.Value, Value: now.Value, ValueAt: now.At, Worst: now.Value, Told: now.Value,
			SignalID: sub.Signal.ID, Source: sub.State.HealthSource, Factors: sub.State.HealthFactors,
		},
	}, ""
}

// healthGood says whether a score, with so many points to spare, is good
// enough for growth.
func (c *Compiled) healthGood(sub *Subject, score, spare float64) bool {
	if level := c.value(expansionHealth); level > 0 {
		return score+spare >= level
	}
	return sub.Settings.ZoneOf(score+spare) == stanna.Green
}
