package rule_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
)

const crossed = stanna.ReasonSumCrossed

// whole is a whole portfolio, as intake keeps it between looks.
type whole struct {
	failer
	policy  *rule.Policy
	memory  map[string]stanna.RuleMemory
	alerts  []stanna.Alert
	members []rule.Member
	mrr     float64
	now     time.Time
}

func revenueRule(thresholds map[string]float64) stanna.Rule {
	return ruleOf(stanna.RevenueAtRisk, thresholds)
}

// newWhole has 1,000,000 of MRR and is told from 100,000 on.
func newWhole(t failer, rules ...stanna.Rule) *whole {
	t.Helper()
	w := &whole{failer: t, memory: map[string]stanna.RuleMemory{}, mrr: 1_000_000, now: start}
	if len(rules) == 0 {
		rules = []stanna.Rule{revenueRule(map[string]float64{"amount": 100_000})}
	}
	w.rules(rules...)
	return w
}

func (w *whole) rules(rules ...stanna.Rule) {
	w.Helper()
	p, err := rule.Compile(stanna.Settings{}, rules)
	if err != nil {
		w.Fatalf("%v", err)
	}
	w.policy = p
}

func (w *whole) open(id string) *stanna.Alert {
	for i := range w.alerts {
		if w.alerts[i].RuleID == id && w.alerts[i].Open() {
			return &w.alerts[i]
		}
	}
	return nil
}

// looks adds up who is at risk, an hour later, and lets the rules judge.
func (w *whole) looks(members ...rule.Member) []rule.Decision {
	w.Helper()
	moves := rule.Moves(w.members, members, nil)
	t := rule.Portfolio{At: w.now.Add(time.Hour), Clients: 100, MRR: w.mrr, AtRiskCount: len(members), ExpectedLoss: 1234, Moves: moves, Moved: len(moves)}
	for _, m := range members {
		t.AtRisk += m.MRR
	}
	w.members, w.now = slices.Clone(members), t.At
	list := w.policy.JudgePortfolio(t, w.memory, w.open, nil)
	for _, d := range list {
		switch {
		case !d.Keep:
		case d.Alert.ID == "":
			d.Alert.ID = fmt.Sprintf("a%d", len(w.alerts))
			w.alerts = append(w.alerts, d.Alert)
		default:
			i := slices.IndexFunc(w.alerts, func(a stanna.Alert) bool { return a.ID == d.Alert.ID })
			w.alerts[i] = d.Alert
		}
	}
	return list
}

// sum is a look at one client who makes up the sum.
func (w *whole) sum(amount float64) rule.Decision {
	w.Helper()
	list := w.looks(rule.Member{ClientID: "c1", Name: "Acme", MRR: amount})
	if len(list) != 1 {
		w.Fatalf("%d decisions: %+v", len(list), list)
	}
	return list[0]
}

func (w *whole) closes() {
	a := &w.alerts[len(w.alerts)-1]
	if err := a.Resolve("ana@acme.com", stanna.AlreadyKnown, "", w.now); err != nil {
		w.Fatalf("%v", err)
	}
	w.policy.KnowPortfolio(w.memory, *a, w.now)
}

func TestRevenueAtRisk(t *testing.T) {
	w := newWhole(t)
	wantDecision(t, w.sum(90_000), stanna.ReasonBelowAmount, "")
	wantDecision(t, w.sum(99_999.99), stanna.ReasonBelowAmount, "")
	d := w.sum(100_000)
	wantDecision(t, d, crossed, stanna.Opened)
	if diff := cmp.Diff(stanna.Alert{Workspace: "acme.com", ID: "", RuleID: "rule_revenue_at_risk", RuleVersion: 1, RuleName: "A rule", Type: stanna.RevenueAtRisk,
		Severity: stanna.High, Status: stanna.AlertOpen, OpenedAt: w.now, UpdatedAt: w.now, Why: crossed,
		Evidence: stanna.Evidence{Trigger: crossed, Base: 99_999.99, BaseAt: w.now, Opened: 100_000, Value: 100_000, ValueAt: w.now, Worst: 100_000, Told: 100_000, Limit: 100_000,
			Moves: []stanna.Move{{ClientID: "c1", Name: "Acme", Amount: 0.01, Why: stanna.ReasonMRRChanged}}, Moved: 1, Share: 10, Loss: 1234, Clients: 1}}, d.Alert); diff != "" {
		t.Error(diff)
	}
	wantDecision(t, w.sum(109_999), stanna.ReasonStillOpen, "")
	if e := w.alerts[0].Evidence; e.Value != 109_999 || e.Told != 100_000 {
		t.Errorf("%+v", e)
	}
	wantDecision(t, w.sum(110_000), stanna.ReasonWorsened, stanna.Worsened)
	wantDecision(t, w.sum(110_000), stanna.ReasonStillOpen, "")
	if d := w.sum(110_000); d.Keep {
		t.Error("stored, and nothing changed")
	}
	wantDecision(t, w.sum(90_000), stanna.ReasonPartlyBack, "") // not below it by the margin
	wantDecision(t, w.sum(89_999), stanna.ReasonRecovered, stanna.Resolved)
	if a := w.alerts[0]; a.Open() || a.Evidence.Value != 89_999 || !a.ClosedAt.Equal(w.now) || a.Why != stanna.ReasonRecovered {
		t.Errorf("%+v", a)
	}
	wantDecision(t, w.sum(100_000), crossed, stanna.Opened)

	w = newWhole(t) // half of the rise: from 20,000 to 200,000
	w.sum(20_000)
	w.sum(180_000)
	w.sum(200_000)
	w.mrr = 100_000_000 // the severity does not fall with it
	wantDecision(t, w.sum(120_000), stanna.ReasonPartlyBack, "")
	wantDecision(t, w.sum(89_000), stanna.ReasonRecovered, stanna.Resolved)
	w = newWhole(t, revenueRule(map[string]float64{"amount": 100_000, "marginPercent": 0}))
	w.sum(80_000)
	w.sum(130_000)
	wantDecision(t, w.sum(100_000), stanna.ReasonPartlyBack, "")
	w.sum(170_000)
	wantDecision(t, w.sum(99_999), stanna.ReasonRecovered, stanna.Resolved)
	w = newWhole(t, revenueRule(map[string]float64{"amount": 100_000, "marginPercent": 0}))
	w.sum(20_000)
	w.sum(130_000)
	w.sum(170_000)
	wantDecision(t, w.sum(95_001), stanna.ReasonPartlyBack, "") // half would be 95,000
	wantDecision(t, w.sum(95_000), stanna.ReasonRecovered, stanna.Resolved)
}

func TestRevenueTable(t *testing.T) {
	for name, c := range map[string]struct {
		own      map[string]float64
		mrr      float64
		sum      float64
		want     stanna.Reason
		severity stanna.Severity
		line     float64
	}{
		"nothing set":                  {nil, 1_000_000, 900_000, stanna.ReasonAmountNotSet, "", 0},
		"by share, below":              {map[string]float64{"percent": 15}, 1_000_000, 149_999, stanna.ReasonBelowAmount, "", 0},
		"by share":                     {map[string]float64{"percent": 15}, 1_000_000, 150_000, crossed, stanna.High, 150_000},
		"by share, nothing to share":   {map[string]float64{"percent": 15}, 0, 0, stanna.ReasonAmountNotSet, "", 0},
		"both, the lower amount":       {map[string]float64{"percent": 15, "amount": 100_000}, 1_000_000, 100_000, crossed, stanna.High, 100_000},
		"both, the lower share":        {map[string]float64{"percent": 5, "amount": 100_000}, 1_000_000, 50_000, crossed, stanna.Medium, 50_000},
		"medium":                       {map[string]float64{"amount": 1000}, 1_000_000, 99_900, crossed, stanna.Medium, 1000},
		"high":                         {map[string]float64{"amount": 1000}, 1_000_000, 100_000, crossed, stanna.High, 1000},
		"still high":                   {map[string]float64{"amount": 1000}, 1_000_000, 249_900, crossed, stanna.High, 1000},
		"critical":                     {map[string]float64{"amount": 1000}, 1_000_000, 250_000, crossed, stanna.Critical, 1000},
		"own lines":                    {map[string]float64{"amount": 1000, "highPercent": 1, "criticalPercent": 2}, 1_000_000, 20_000, crossed, stanna.Critical, 1000},
		"no MRR known, and one beyond": {map[string]float64{"amount": 1000}, 0, 2000, crossed, stanna.Medium, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWhole(t, revenueRule(c.own))
			w.mrr = c.mrr
			event := stanna.Opened
			if c.severity == "" {
				event = ""
			}
			d := w.sum(c.sum)
			if wantDecision(t, d, c.want, event); d.Alert.Severity != c.severity || d.Alert.Evidence.Limit != c.line {
				t.Errorf("%s, %+v", d.Alert.Severity, d.Alert.Evidence)
			}
		})
	}
}

func TestRevenueSeverityRises(t *testing.T) {
	w := newWhole(t, revenueRule(map[string]float64{"amount": 100_000, "stepPercent": 100}))
	w.sum(99_000)
	w.sum(100_000)
	wantDecision(t, w.sum(190_000), stanna.ReasonStillOpen, "")
	w.mrr = 500_000 // others left
	wantDecision(t, w.sum(190_000), stanna.ReasonSeverityRose, stanna.Worsened)
	if a := w.alerts[0]; a.Severity != stanna.Critical || a.Evidence.Share != 38 || a.Evidence.Told != 190_000 {
		t.Errorf("%+v", a)
	}
	wantDecision(t, w.sum(190_000), stanna.ReasonStillOpen, "")

	own := revenueRule(map[string]float64{"amount": 100_000})
	own.SeverityAs, own.Condition = `alert.value > 150000 ? "high" : "low"`, `alert.value > 110000`
	w = newWhole(t, own)
	wantDecision(t, w.sum(105_000), stanna.ReasonConditionNot, "")
	wantDecision(t, w.sum(120_000), crossed, stanna.Opened)
	wantDecision(t, w.sum(129_000), stanna.ReasonStillOpen, "")
	wantDecision(t, w.sum(151_000), stanna.ReasonWorsened, stanna.Worsened)
	if a := w.alerts[0]; a.Severity != stanna.High {
		t.Errorf("%+v", a)
	}
}

// The moves that are listed add up from the base to the value, with those that
// are left out counted.
func TestRevenueMoves(t *testing.T) {
	w := newWhole(t)
	var members []rule.Member
	for i := range 12 {
		members = append(members, rule.Member{ClientID: fmt.Sprintf("c%02d", i), Name: "n", MRR: float64(1000 * (i + 1))})
	}
	w.looks(members...)
	members = append(members, rule.Member{ClientID: "big", Name: "Big", MRR: 30_000})
	wantDecision(t, w.looks(members...)[0], crossed, stanna.Opened) // 108,000
	members[11].MRR = 13_000
	for i := range 11 {
		members[i].MRR += 1
	}
	w.looks(members...)
	e := w.alerts[0].Evidence
	if len(e.Moves) != 10 || e.Moved != 13 || e.Base != 78_000 || e.Value != 109_011 ||
		e.Moves[0] != (stanna.Move{ClientID: "big", Name: "Big", Amount: 30_000, Why: stanna.ReasonEnteredRed}) || e.Moves[1].Amount != 1000 {
		t.Errorf("%+v", e)
	}
	members[12].MRR = 31_000 // who is new stays new
	w.looks(members...)
	if e := w.alerts[0].Evidence; e.Moves[0] != (stanna.Move{ClientID: "big", Name: "Big", Amount: 31_000, Why: stanna.ReasonEnteredRed}) || e.Moved != 13 {
		t.Errorf("%+v", e)
	}
	w.looks(members[:12]...) // came and went
	if e := w.alerts[0].Evidence; e.Moves[0].ClientID != "c11" || e.Moved != 12 {
		t.Errorf("%+v", e)
	}
	fresh := newWhole(t)
	if e := fresh.policy.JudgePortfolio(rule.Portfolio{At: start, MRR: 1e6, AtRisk: 2e5}, fresh.memory, fresh.open, nil)[0].Alert.Evidence; !e.FirstSeen || e.Base != 2e5 {
		t.Errorf("%+v", e)
	}
}

// Who closed it is told again when it grew by a step, or after it had gone.
func TestRevenueKnown(t *testing.T) {
	w := newWhole(t)
	w.sum(90_000)
	wantDecision(t, w.sum(120_000), crossed, stanna.Opened)
	w.closes()
	wantDecision(t, w.sum(120_000), stanna.ReasonKnownState, "")
	wantDecision(t, w.sum(129_999), stanna.ReasonKnownState, "")
	wantDecision(t, w.sum(95_000), stanna.ReasonBelowAmount, "")
	wantDecision(t, w.sum(110_000), stanna.ReasonKnownState, "") // it wavers about the line
	wantDecision(t, w.sum(130_000), crossed, stanna.Opened)
	w.closes()
	w.sum(89_000)
	wantDecision(t, w.sum(100_000), crossed, stanna.Opened)
	if !w.alerts[2].Unstable {
		t.Error("the third opening in a day is stable")
	}
	w = newWhole(t)
	w.sum(0)
	wantDecision(t, w.sum(170_000), crossed, stanna.Opened)
	w.closes()
	w.sum(85_001) // half of it is still there
	wantDecision(t, w.sum(110_000), stanna.ReasonKnownState, "")
	w.sum(85_000)
	wantDecision(t, w.sum(110_000), crossed, stanna.Opened)
}

func TestRevenueLife(t *testing.T) {
	opened := func() *whole {
		w := newWhole(t)
		w.sum(90_000)
		wantDecision(t, w.sum(120_000), crossed, stanna.Opened)
		return w
	}
	w := opened()
	w.now = w.now.Add(60 * days)
	wantDecision(t, w.sum(120_000), stanna.ReasonStillOpen, "") // it is a level, and stands
	off, shadow := revenueRule(nil), revenueRule(map[string]float64{"amount": 100_000})
	off.Status, shadow.Status = stanna.RuleOff, stanna.RuleShadow
	w.rules(off)
	wantDecision(t, w.sum(120_000), stanna.ReasonRuleOff, stanna.Resolved)
	if list := w.looks(); len(list) != 0 || w.policy.WatchesPortfolio() {
		t.Errorf("%+v", list)
	}
	w = opened()
	w.rules(healthRule(nil), revenueRule(map[string]float64{"amount": 100_000}))
	wantDecision(t, w.sum(130_000), stanna.ReasonWorsened, stanna.Worsened)
	w.rules(revenueRule(nil))
	wantDecision(t, w.sum(120_000), stanna.ReasonAmountNotSet, stanna.Resolved)
	w = opened()
	w.rules(shadow)
	list := w.looks(rule.Member{ClientID: "c1", MRR: 120_000})
	if len(list) != 2 || list[0].Reason != stanna.ReasonRuleOff || !list[1].Shadow || list[1].Keep || list[1].Alert.Evidence.Value != 120_000 || w.open("rule_revenue_at_risk") != nil {
		t.Errorf("%+v", list)
	}

	w = opened()
	if err := w.alerts[0].Snooze("ana@acme.com", w.now.Add(90*time.Minute), w.now); err != nil {
		t.Fatal(err)
	}
	wantDecision(t, w.sum(140_000), stanna.ReasonWhileSnoozed, "")
	wantDecision(t, w.sum(141_000), stanna.ReasonSnoozeOver, stanna.Reminded)
	if a := w.alerts[0]; a.Status != stanna.AlertOpen || a.Evidence.Value != 141_000 {
		t.Errorf("%+v", a)
	}

	r := revenueRule(map[string]float64{"amount": 100_000})
	r.Escalation = []stanna.EscalationStep{{After: 60, Raise: stanna.Critical}}
	w = newWhole(t, r)
	w.sum(90_000)
	w.sum(120_000)
	wantDecision(t, w.sum(120_000), stanna.ReasonNotTakenUp, stanna.Escalated)
	wantDecision(t, w.sum(120_000), stanna.ReasonStillOpen, "")
	if w.alerts[0].Severity != stanna.Critical {
		t.Errorf("%+v", w.alerts[0])
	}
	r.Filter.Tiers = []string{"growth"}
	wantField(t, rule.Check(r), "filter")
	if diff := cmp.Diff([]rule.Decision(nil), newWhole(t, healthRule(nil)).looks()); diff != "" {
		t.Error(diff)
	}
}

// No signal of a client and no moment of its own asks a rule that watches all
// of them.
func TestRevenueIsOfNoClient(t *testing.T) {
	s := newStory(t, revenueRule(map[string]float64{"amount": 1}))
	want(t, s.comes(0, stanna.HealthScored{Score: 1}), stanna.ReasonNoChange, "")
	want(t, s.comes(0, stanna.Contacted{}), stanna.ReasonNoChange, "")
	if got := s.looks(days, stanna.ReasonFirstContact); len(got.changes) != 0 || len(s.Decisions()) != 0 || !s.State.Due.IsZero() {
		t.Errorf("%+v", got)
	}
}

func TestMoves(t *testing.T) {
	m := func(id string, mrr float64) rule.Member { return rule.Member{ClientID: id, Name: "n" + id, MRR: mrr} }
	gone := func(id string) stanna.Reason {
		return map[string]stanna.Reason{"left": stanna.ReasonChurned, "out": stanna.ReasonExcluded}[id]
	}
	got := rule.Moves([]rule.Member{m("same", 10), m("back", 500), m("left", 300), m("out", 200), m("less", 90), m("zero", 0)},
		[]rule.Member{m("same", 10), m("new", 300), m("less", 40.5), m("free", 0)}, gone)
	want := []stanna.Move{
		{ClientID: "back", Name: "nback", Amount: -500, Why: stanna.ReasonRecovered},
		{ClientID: "left", Name: "nleft", Amount: -300, Why: stanna.ReasonChurned},
		{ClientID: "new", Name: "nnew", Amount: 300, Why: stanna.ReasonEnteredRed},
		{ClientID: "out", Name: "nout", Amount: -200, Why: stanna.ReasonExcluded},
		{ClientID: "less", Name: "nless", Amount: -49.5, Why: stanna.ReasonMRRChanged},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The moves add up to the difference of the sums, to the cent, whoever comes,
// goes and changes, and in whatever order they are listed.
func TestMovesAddUp(t *testing.T) {
	members := rapid.Custom(func(t *rapid.T) (list []rule.Member) {
		for _, id := range rapid.SliceOfDistinct(rapid.IntRange(0, 30), rapid.ID).Draw(t, "ids") {
			list = append(list, rule.Member{ClientID: fmt.Sprint(id), MRR: float64(rapid.IntRange(0, 10_000_000).Draw(t, "cents")) / 100})
		}
		return list
	})
	sum := func(list []rule.Member) (x float64) {
		for _, m := range list {
			x += m.MRR
		}
		return x
	}
	rapid.Check(t, func(t *rapid.T) {
		before, now := members.Draw(t, "before"), members.Draw(t, "now")
		moves, moved := rule.Moves(before, now, nil), 0.0
		for i, m := range moves {
			moved += m.Amount
			if m.Amount == 0 || i > 0 && math.Abs(moves[i-1].Amount) < math.Abs(m.Amount) {
				t.Fatalf("%+v", moves)
			}
		}
		if math.Abs(sum(before)+moved-sum(now)) > 0.005 {
			t.Fatalf("%g and %g are not %g: %+v", sum(before), moved, sum(now), moves)
		}
		if got := (rule.Portfolio{AtRisk: sum(now), Moves: moves}).Before(); math.Abs(got-sum(before)) > 0.005 {
			t.Fatalf("before: %g, want %g", got, sum(before))
		}
		slices.Reverse(now)
		slices.Reverse(before)
		if diff := cmp.Diff(moves, rule.Moves(before, now, nil)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Whatever the sum does: it is told again only when it is a step above what
// was told, or more severe, and closed only when it is below by the margin.
func TestRevenueProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWhole(t)
		told := 0.0
		for _, k := range rapid.SliceOfN(rapid.IntRange(0, 300), 1, 60).Draw(t, "sums") {
			sum := float64(1000 * k)
			d := w.sum(sum)
			switch d.Event {
			case stanna.Opened:
				if sum < 100_000 {
					t.Fatalf("opened at %g", sum)
				}
				told = sum
			case stanna.Worsened:
				if d.Reason == stanna.ReasonWorsened && sum < told+10_000 || sum <= told && d.Reason != stanna.ReasonSeverityRose {
					t.Fatalf("%s at %g after %g", d.Reason, sum, told)
				}
				told = sum
			case stanna.Resolved:
				if sum >= 90_000 {
					t.Fatalf("closed at %g", sum)
				}
			}
			if d.Keep {
				moved := 0.0
				for _, m := range d.Alert.Evidence.Moves {
					moved += m.Amount
				}
				if e := d.Alert.Evidence; math.Abs(e.Base+moved-e.Value) > 0.005 {
					t.Fatalf("%g and %g are not %g", e.Base, moved, e.Value)
				}
			}
		}
	})
}
