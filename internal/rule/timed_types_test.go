package rule_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
)

// seasons are happenings of a client whose dates matter: what it uses and
// does, how it fares, what it reaches, and long stretches of nothing.
func seasons() *rapid.Generator[[]happening] {
	do := append(slices.Repeat([]string{"fact"}, 16), "late", "tick", "relook", "snooze", "change")
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) happening {
		x := rapid.Float64Range(0, 1).Draw(t, "x")
		return happening{
			After: rapid.SampledFrom([]time.Duration{0, hour, days, days, 7 * days, 7 * days, 20 * days}).Draw(t, "after"),
			Do:    rapid.SampledFrom(do).Draw(t, "do"), Age: rapid.SampledFrom([]time.Duration{30 * hour, 3 * days, 40 * days}).Draw(t, "age"),
			Fact: rapid.SampledFrom([]stanna.Fact{
				stanna.EngagementMeasured{Value: float64(int(x * 300))}, stanna.EngagementMeasured{Value: 100}, stanna.EngagementMeasured{Value: 100},
				stanna.UsageMeasured{Name: "seats", Used: float64(int(x * 120)), Limit: 100}, stanna.UsageMeasured{Used: 9, Limit: 10},
				stanna.HealthScored{Score: float64(int(x * 100))}, stanna.HealthScored{Score: 75}, stanna.MilestoneReached{Name: "1,000 projects"}, stanna.MilestoneReached{Name: "2,000 projects"},
			}).Draw(t, "fact"),
		}
	}), 1, 60)
}

// What holds for every type holds where dates and limits matter, and what is
// due is always ahead. A relook long after it, when Stanna was not running,
// finds what stood and says it once.
func TestTimedTypesProperties(t *testing.T) {
	begin := func(t failer, zone string) *story {
		s := storyIn(t, stanna.Settings{Timezone: zone}, everyRule()...)
		s.Client.RenewalDate, s.Client.CreatedAt = "2027-02-10", time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		list := seasons().Draw(t, "seasons")
		zone := rapid.SampledFrom([]string{"UTC", "America/New_York", "Africa/Cairo"}).Draw(t, "zone")
		s := begin(t, zone)
		kept := s.play(list, func(s *story) {
			troubled := slices.ContainsFunc(s.Alerts, func(a *stanna.Alert) bool {
				return a.Open() && (a.Type == stanna.HealthDrop || a.Type == stanna.EngagementDrop || a.Type == stanna.Custom)
			})
			for _, a := range s.Alerts {
				e := a.Evidence
				if a.Open() && troubled && a.Type == stanna.ExpansionOpportunity {
					t.Fatalf("good news beside a risk: %+v", a)
				}
				if a.Type != stanna.Milestone && e.Trigger.Sentence() == string(e.Trigger) || e.Value < 0 || a.Open() && a.Type == stanna.RenewalUpcoming && s.now.After(at("2027-02-11T05:00:00Z")) && s.State.Due.IsZero() {
					t.Fatalf("%+v", a)
				}
			}
		})
		if diff := cmp.Diff(kept, begin(t, zone).play(list, (*story).stored)); diff != "" {
			t.Fatalf("stored between, it is told otherwise: %s", diff)
		}
	})
}
