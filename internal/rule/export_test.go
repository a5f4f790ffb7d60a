package rule

import (
	"slices"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// Types that show how the life around every alert type works, whatever the
// types of the catalogue do: good news while health is 80 or more, a trouble
// that lasts, and an event of every local day.
const (
	TestChance  stanna.AlertType = "test_chance"
	TestLasting stanna.AlertType = "test_lasting"
	TestDay     stanna.AlertType = "test_day"
)

// WithTestTypes has them in the catalogue for the time of a test.
func WithTestTypes(t *testing.T) {
	before := catalogue
	t.Cleanup(func() { catalogue = before })
	catalogue = append(slices.Clip(before), &testChance, &testLasting, &testDay)
}

func health(sub *Subject) float64 {
	p, _ := sub.State.Health.Last()
	return p.Value
}

func found(why stanna.Reason, severity stanna.Severity, value float64) finding {
	return finding{trigger: why, severity: severity, evidence: stanna.Evidence{Trigger: why, Value: value, Worst: value, Told: value}}
}

var testChance = Entry{
	Type: TestChance, Name: "Good news", Doc: "Opens at 80.", Nature: Chance, Signals: []stanna.SignalType{stanna.HealthScoredType},
	look: func(_ *Compiled, sub *Subject) (finding, stanna.Reason) {
		switch {
		case health(sub) == 1:
			return finding{}, stanna.ReasonUnfinished
		case health(sub) < 80:
			return finding{}, stanna.ReasonBelowThreshold
		}
		return found(stanna.ReasonGrowing, stanna.Info, health(sub)), ""
	},
	follow: func(_ *Compiled, sub *Subject, a stanna.Alert) verdict {
		v := verdict{reason: stanna.ReasonStillOpen, severity: a.Severity, evidence: a.Evidence}
		if health(sub) < 80 {
			v.event, v.reason = stanna.Resolved, stanna.ReasonNoLongerGrowing
		}
		return v
	},
}

var testLasting = Entry{
	Type: TestLasting, Name: "Lasts", Doc: "Opens below 50.", Nature: Trouble, lasting: true, Signals: []stanna.SignalType{stanna.HealthScoredType},
	look: func(_ *Compiled, sub *Subject) (finding, stanna.Reason) {
		if health(sub) >= 50 {
			return finding{}, stanna.ReasonBelowThreshold
		}
		return found(stanna.ReasonRenewalNear, stanna.Low, health(sub)), ""
	},
	follow: func(_ *Compiled, _ *Subject, a stanna.Alert) verdict {
		return verdict{reason: stanna.ReasonStillOpen, severity: a.Severity, evidence: a.Evidence}
	},
}

var testDay = Entry{
	Type: TestDay, Name: "A day", Doc: "Opens every day at noon.", Nature: Event,
	look: func(_ *Compiled, sub *Subject) (finding, stanna.Reason) {
		noon := sub.Now.Truncate(day).Add(12 * time.Hour)
		if sub.Now.Before(noon) {
			return finding{}, stanna.ReasonTooSoon
		}
		f := found(stanna.ReasonAnniversary, stanna.Info, 0)
		f.onset, f.mark = noon, noon.Format(time.DateOnly)
		return f, ""
	},
	due: func(_ *Compiled, sub *Subject) time.Time {
		noon := sub.Now.Truncate(day).Add(12 * time.Hour)
		if !sub.Now.Before(noon) {
			noon = noon.Add(day)
		}
		return noon
	},
}
