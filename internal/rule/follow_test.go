package rule_test

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// What an open alert does with each value that follows.
func TestHealthDropGoesOn(t *testing.T) {
	type step struct {
		point
		reason stanna.Reason
		event  stanna.AlertEvent
	}
	const still, partly = stanna.ReasonStillOpen, stanna.ReasonPartlyBack
	for name, c := range map[string]struct {
		thresholds map[string]float64
		opening    []point
		steps      []step
	}{
		"told again by a step": {nil, []point{{0, 75}, {7, 60}}, []step{
			{point{7.1, 60}, still, ""}, {point{7.2, 50.1}, still, ""}, {point{7.3, 50}, stanna.ReasonWorsened, stanna.Worsened},
			{point{7.4, 49}, still, ""}, {point{7.5, 46}, still, ""}}},
		"severity rises, told once": {nil, []point{{0, 75}, {7, 60}}, []step{
			{point{7.1, 45}, stanna.ReasonSeverityRose, stanna.Worsened}, {point{7.2, 45}, still, ""}, {point{7.3, 44}, still, ""},
			{point{7.4, 40}, stanna.ReasonSeverityRose, stanna.Worsened}, {point{7.5, 31}, still, ""}, {point{7.6, 30}, stanna.ReasonWorsened, stanna.Worsened}}},
		"up and down is not worse": {nil, []point{{0, 75}, {7, 60}}, []step{
			{point{7.1, 66}, partly, ""}, {point{7.2, 55}, still, ""}, {point{7.3, 64}, partly, ""}, {point{7.4, 55}, still, ""}}},
		"half regained": {nil, []point{{0, 80}, {7, 60}}, []step{
			{point{8, 69.99}, partly, ""}, {point{9, 70}, stanna.ReasonRecovered, stanna.Resolved}}},
		"out of red by the margin": {nil, []point{{0, 42}, {7, 40}}, []step{
			{point{8, 41}, partly, ""}, {point{9, 44.99}, partly, ""}, {point{10, 45}, stanna.ReasonRecovered, stanna.Resolved}}},
		"the margin, but not half": {nil, []point{{0, 80}, {7, 30}}, []step{
			{point{8, 45}, partly, ""}, {point{9, 54}, partly, ""}, {point{10, 55}, stanna.ReasonRecovered, stanna.Resolved}}},
		"half, but not the margin": {nil, []point{{0, 44}, {7, 38}}, []step{
			{point{8, 42}, partly, ""}, {point{9, 45}, stanna.ReasonRecovered, stanna.Resolved}}},
		"half of the worst": {nil, []point{{0, 75}, {7, 60}}, []step{
			{point{8, 50}, stanna.ReasonWorsened, stanna.Worsened}, {point{9, 62.4}, partly, ""}, {point{10, 62.5}, stanna.ReasonRecovered, stanna.Resolved}}},
		"once red, out of red counts": {nil, []point{{0, 60}, {7, 45}}, []step{
			{point{8, 39}, stanna.ReasonSeverityRose, stanna.Worsened}, {point{9, 44.9}, partly, ""}, {point{10, 49.5}, stanna.ReasonRecovered, stanna.Resolved}}},
		"above the rule's level": {map[string]float64{"level": 60, "dropPoints": 0}, []point{{0, 62}, {7, 58}}, []step{
			{point{8, 64}, partly, ""}, {point{9, 65}, stanna.ReasonRecovered, stanna.Resolved}}},
		"own margin and step": {map[string]float64{"marginPoints": 10, "stepPoints": 3}, []point{{0, 42}, {7, 40}}, []step{
			{point{8, 37}, stanna.ReasonWorsened, stanna.Worsened}, {point{9, 49}, partly, ""}, {point{10, 50}, stanna.ReasonRecovered, stanna.Resolved}}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBook(t, healthRule(c.thresholds))
			if d := b.scores(c.opening...); d.Event != stanna.Opened {
				t.Fatalf("did not open: %s", d.Reason)
			}
			worst := c.opening[len(c.opening)-1].score
			for _, s := range c.steps {
				d := b.scores(s.point)
				wantDecision(t, d, s.reason, s.event)
				worst = min(worst, s.score)
				a := b.alerts[0]
				if len(b.alerts) != 1 || a.Evidence.Worst != worst || a.Open() != (s.event != stanna.Resolved) {
					t.Fatalf("after %v: %+v", s.point, b.alerts)
				}
				if s.event == "" {
					continue
				}
				if a.Why != s.reason || a.Evidence.Value != s.score || !a.UpdatedAt.Equal(s.at()) {
					t.Fatalf("after %v: %+v", s.point, a)
				}
				if s.event == stanna.Worsened && a.Evidence.Told != s.score {
					t.Fatalf("after %v the value told last is %g", s.point, a.Evidence.Told)
				}
				if s.event == stanna.Resolved && !a.ClosedAt.Equal(s.at()) {
					t.Fatalf("closed at %v", a.ClosedAt)
				}
			}
		})
	}
}

// That the window has moved past the fall is no recovery.
func TestHealthDropWindowMovesOn(t *testing.T) {
	b := newBook(t, healthRule(nil))
	b.scores(point{0, 75}, point{7, 60})
	for day := 8.0; day < 36; day++ {
		wantDecision(t, b.scores(point{day, 60}), stanna.ReasonStillOpen, "")
	}
	if len(b.open()) != 1 {
		t.Fatalf("alerts: %+v", b.alerts)
	}
}

// The evidence of a worsening is that of the signal which brought it.
func TestHealthDropEvidenceFollows(t *testing.T) {
	b := newBook(t, healthRule(nil))
	b.scores(point{0, 75})
	opening := stanna.Signal{Type: stanna.HealthScoredType, OccurredAt: start.Add(7 * days), Source: "crm", Fact: stanna.HealthScored{Score: 60, Factors: []stanna.Factor{{Name: "Usage"}}}}
	b.take(opening, opening.OccurredAt)
	if e := b.alerts[0].Evidence; e.Source != "crm" || len(e.Factors) != 1 || e.SignalID != "s2" {
		t.Fatalf("opened on %+v", e)
	}
	worse := stanna.Signal{Type: stanna.HealthScoredType, OccurredAt: start.Add(8 * days), Source: "feed", Fact: stanna.HealthScored{Score: 45}}
	b.take(worse, worse.OccurredAt.Add(time.Hour))
	if e := b.alerts[0].Evidence; e.Source != "feed" || len(e.Factors) != 0 || e.SignalID == "s2" || e.Base != 75 || e.Opened != 60 {
		t.Fatalf("worsened on %+v", e)
	}
}
