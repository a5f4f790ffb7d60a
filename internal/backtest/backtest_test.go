package backtest_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/route"
	"github.com/gostanna/stanna/internal/rule"
)

func TestPortfolioAsLive(t *testing.T) {
	in := portfolio(t)
	want := playLive(t, in)
	if len(want.Episodes) < 20 {
		t.Fatalf("%d alerts; the file brings more", len(want.Episodes))
	}
	for _, workers := range []int{1, 2, 7} {
		in.Workers = workers
		got, err := backtest.Run(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, shown(got)); diff != "" {
			t.Errorf("with %d workers: %s", workers, diff)
		}
	}
	t.Logf("%d alerts, messages %v, updates %v, spared %d", len(want.Episodes), want.Messages, want.Updates, want.Spared)
}

func run(t *testing.T, in backtest.Input) backtest.Report {
	t.Helper()
	r, err := backtest.Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// small is one client that falls and recovers, and falls again, under the
// health rule.
func small(change ...func(*stanna.Rule)) backtest.Input {
	r := stanna.Rule{Workspace: acme, ID: "rule_health_drop", Name: "Health drop", Type: stanna.HealthDrop, Status: stanna.RuleActive}
	for _, f := range change {
		f(&r)
	}
	var signals []stanna.Signal
	for i, s := range []float64{80, 79, 62, 80, 81, 38, 38, 37} {
		signals = append(signals, score("c1", i, begin.Add(time.Duration(i)*day), s))
	}
	return backtest.Input{Policy: backtest.Policy{Settings: stanna.Settings{DefaultChannel: "CALL"}, Rules: []stanna.Rule{r}}, Roads: route.Roads{Team: "T1"},
		Clients: []stanna.Client{{Workspace: acme, ID: "c1", Name: "Acme"}}, Each: each(signals)}
}

func TestReport(t *testing.T) {
	r := run(t, small())
	if len(r.Episodes) != 2 {
		t.Fatalf("%d episodes: %+v", len(r.Episodes), r.Episodes)
	}
	first, second := r.Episodes[0], r.Episodes[1]
	if first.ClientName != "Acme" || first.Base != 80 || first.Opened != 62 || first.Why != stanna.ReasonRecovered || !first.ClosedAt.Equal(begin.Add(3*day)) {
		t.Errorf("the first: %+v", first)
	}
	digest := []backtest.Told{{Destination: "slack:T1:CALL", Reason: stanna.ReasonDefaultChannel, At: time.Date(2026, 7, 8, 9, 0, 0, 0, time.UTC), Waited: stanna.ReasonDailyDigest}}
	if diff := cmp.Diff(digest, first.Told); diff != "" || r.Spared != 0 {
		t.Errorf("the first, which is medium: %s", diff)
	}
	if want := []backtest.Told{{Destination: "slack:T1:CALL", Reason: stanna.ReasonDefaultChannel, At: begin.Add(5 * day), Message: true}}; cmp.Diff(want, second.Told) != "" {
		t.Errorf("the second: %s", cmp.Diff(want, second.Told))
	}
	if len(r.Rules) != 1 || r.Rules[0].Alerts != 2 || r.Rules[0].Clients != 1 || r.Rules[0].Open != 1 || r.Rules[0].Closed[stanna.ReasonRecovered] != 1 {
		t.Errorf("totals %+v", r.Rules)
	}
	if r.Messages != 2 || len(r.Traffic) != 1 || r.Traffic[0].MaxDay != 1 || r.Traffic[0].MaxDate != "2026-07-08" {
		t.Errorf("traffic %+v", r.Traffic)
	}
	if diff := cmp.Diff([]string{"2026-W28", "2026-W29"}, r.Weeks); diff != "" {
		t.Error(diff)
	}
	want := []backtest.Silent{{"rule_health_drop", stanna.ReasonBelowThreshold, 2, 1}, {"rule_health_drop", stanna.ReasonStillOpen, 2, 1}, {"rule_health_drop", stanna.ReasonFirstValue, 1, 1}}
	if diff := cmp.Diff(want, r.Silent); diff != "" {
		t.Errorf("silent: %s", diff)
	}
}

// A rule on trial is judged as if it were heard, and tells nobody; a draft is
// judged as if it were in force.
func TestShadowAndDraft(t *testing.T) {
	shadow := small(func(r *stanna.Rule) { r.Status = stanna.RuleShadow })
	heard := run(t, small())
	r := run(t, shadow)
	if len(r.Episodes) != len(heard.Episodes) || r.Messages != 0 || !r.Episodes[0].Shadow || len(r.Episodes[1].Told) != 0 || !r.Rules[0].Shadow || len(r.Severities) != 0 {
		t.Errorf("on trial: %+v", r)
	}
	for _, status := range []stanna.RuleStatus{stanna.RuleShadow, stanna.RuleOff} {
		in := small(func(r *stanna.Rule) { r.Status = status })
		in.Draft = "rule_health_drop"
		if diff := cmp.Diff(heard.Episodes, run(t, in).Episodes); diff != "" {
			t.Errorf("a draft that is %s: %s", status, diff)
		}
	}
	if r := run(t, small(func(r *stanna.Rule) { r.Status = stanna.RuleOff })); len(r.Episodes) != 0 || len(r.Rules) != 0 {
		t.Errorf("off: %+v", r)
	}
}

func TestCompare(t *testing.T) {
	in := small()
	stricter := in.Policy
	stricter.Rules = []stanna.Rule{in.Rules[0]}
	stricter.Rules[0].Thresholds = map[string]float64{"dropPoints": 20}
	reports, err := backtest.RunAll(context.Background(), in, in.Policy, stricter)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(run(t, in), reports[0]); diff != "" {
		t.Errorf("alone and beside another: %s", diff)
	}
	c := backtest.Compare(reports[0], reports[1])
	if len(c.Gone) != 1 || c.Gone[0].Opened != 62 || c.Same != 1 || len(c.Added)+len(c.Changed) != 0 || c.Spared != 0 || c.Messages != -1 {
		t.Errorf("%+v", c)
	}
	if back := backtest.Compare(reports[1], reports[0]); len(back.Added) != 1 || back.Same != 1 || len(back.Gone) != 0 {
		t.Errorf("the other way: %+v", back)
	}
	if same := backtest.Compare(reports[0], reports[0]); same.Same != 2 || len(same.Added)+len(same.Gone)+len(same.Changed) != 0 {
		t.Errorf("with itself: %+v", same)
	}
}

func TestVary(t *testing.T) {
	in := small()
	list, err := backtest.Vary(context.Background(), in, backtest.Variation{RuleID: "rule_health_drop", Threshold: "dropPoints", Values: []float64{10, 15, 20}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []backtest.Variant{{Value: 10, Alerts: 2, Messages: 2}, {Value: 15, Alerts: 2, Messages: 2, Current: true}, {Value: 20, Alerts: 1, Messages: 1}} {
		got := list[i]
		if got.Value != want.Value || got.Alerts != want.Alerts || got.Current != want.Current || got.Clients != 1 || got.Messages != want.Messages || !got.Outcomes.TooFew {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	for name, v := range map[string]backtest.Variation{
		"rule": {RuleID: "none", Threshold: "dropPoints"}, "threshold": {RuleID: "rule_health_drop", Threshold: "none"},
		"value": {RuleID: "rule_health_drop", Threshold: "dropPoints", Values: []float64{101}},
		"many":  {RuleID: "rule_health_drop", Threshold: "dropPoints", Values: make([]float64, 13)},
	} {
		if _, err := backtest.Vary(context.Background(), in, v); err == nil {
			t.Errorf("a wrong %s is not refused", name)
		}
	}
}

// The values that are tried unasked are within bounds, in order, some to each
// side of the one in force.
func TestAround(t *testing.T) {
	for _, e := range rule.Catalogue() {
		for _, th := range e.Thresholds {
			values := backtest.Around(th, th.Default)
			below, above := 0, 0
			for i, v := range values {
				if v < th.Min || v > th.Max || i > 0 && v <= values[i-1] {
					t.Errorf("%s of %s: %v", th.Name, e.Type, values)
				}
				if v < th.Default {
					below++
				}
				if v > th.Default {
					above++
				}
			}
			if below == 0 && th.Default > th.Min || above == 0 && th.Default < th.Max || len(values) < 2 || len(values) > 9 {
				t.Errorf("%s of %s tries %v about %g", th.Name, e.Type, values, th.Default)
			}
		}
	}
}

// leavers is a book of which some fell, and some left.
func leavers(caught, missed, nothing, quiet int) backtest.Input {
	in := small()
	in.Clients = nil
	var signals []stanna.Signal
	add := func(falls, leaves bool) {
		id := fmt.Sprintf("c%04d", len(in.Clients))
		in.Clients = append(in.Clients, stanna.Client{Workspace: acme, ID: id, Name: id})
		last := 80.0
		if falls {
			last = 30
		}
		signals = append(signals, score(id, 0, begin, 80), score(id, 1, begin.Add(10*day), last), score(id, 2, begin.Add(200*day), last))
		if leaves {
			signals = append(signals, stanna.Signal{Workspace: acme, ID: id + "-left", ClientID: id, Type: stanna.ClientChurnedType, OccurredAt: begin.Add(50 * day)})
		}
	}
	for range caught {
		add(true, true)
	}
	for range missed {
		add(false, true)
	}
	for range nothing {
		add(true, false)
	}
	for range quiet {
		add(false, false)
	}
	in.Each = each(signals)
	return in
}

func TestOutcomes(t *testing.T) {
	o := run(t, leavers(15, 5, 10, 60)).Outcomes
	if o.TooFew || o.Churned != 20 || o.Kept != 70 || o.Caught != 15 || o.CaughtPercent != 75 || o.MedianLead != 40 || len(o.Missed) != 5 ||
		o.Alerts != 25 || o.ForNothing != 10 || o.NothingPercent != 40 || o.Sentence == "" {
		t.Errorf("%+v", o)
	}
	for name, in := range map[string]backtest.Input{"few left": leavers(10, 9, 10, 60), "few stayed": leavers(15, 5, 10, 39)} {
		if o := run(t, in).Outcomes; !o.TooFew || o.CaughtPercent != 0 || o.NothingPercent != 0 || o.Caught != 0 || o.Sentence == "" {
			t.Errorf("%s: %+v", name, o)
		}
	}
	in := leavers(15, 5, 10, 60)
	in.Lead = 30 * day // they fell forty days before they left
	if o := run(t, in).Outcomes; o.Caught != 0 || len(o.Missed) != 20 {
		t.Errorf("with thirty days: %+v", o)
	}
	in = leavers(14, 5, 10, 60)
	in.Outcomes = map[string]time.Time{"c0020": begin.Add(60 * day)} // one that fell, and of which no signal says that it left
	if o := run(t, in).Outcomes; o.Churned != 20 || o.Caught != 15 || o.ForNothing != 9 {
		t.Errorf("with a known outcome: %+v", o)
	}
}

// The known outcomes of the shared portfolio are far too few to judge by: of
// its clients with signals, hardly any left.
func TestPortfolioOutcomes(t *testing.T) {
	in := portfolio(t)
	_, signals, churned := fromFiles(t)
	in.Outcomes = map[string]time.Time{}
	for _, id := range churned {
		if slices.ContainsFunc(signals, func(s stanna.Signal) bool { return s.ClientID == id }) {
			in.Outcomes[id] = signals[len(signals)-1].OccurredAt
		}
	}
	if o := run(t, in).Outcomes; !o.TooFew || o.Churned != len(in.Outcomes) || o.Sentence == "" {
		t.Errorf("%d known: %+v", len(in.Outcomes), o)
	}
}

// What is not a history is refused, a cancelled run ends, and progress is
// told up to the end.
func TestRunRefuses(t *testing.T) {
	a, b := score("c1", 0, begin, 80), score("c2", 0, begin, 80)
	for name, list := range map[string][]stanna.Signal{"time": {score("c1", 0, begin.Add(day), 80), a}, "client": {a, b, score("c1", 1, begin, 80)}} {
		in := small()
		in.Clients = append(in.Clients, stanna.Client{Workspace: acme, ID: "c2", Name: "Two"})
		in.Each = func(fn func(stanna.Signal) error) error {
			for _, s := range list {
				if err := fn(s); err != nil {
					return err
				}
			}
			return nil
		}
		if _, err := backtest.Run(context.Background(), in); err == nil {
			t.Errorf("a history out of order by %s is played", name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	in := leavers(0, 0, 0, 2000)
	if _, err := backtest.Run(ctx, in); err == nil {
		t.Error("a cancelled run goes on")
	}
	last := 0
	in.Progress = func(done, total int) { last = done * 1000 / total }
	run(t, in)
	if last != 1000 {
		t.Errorf("progress ended at %d‰", last)
	}
	in = small(func(r *stanna.Rule) { r.Condition = "nonsense(" })
	if _, err := backtest.Run(context.Background(), in); err == nil {
		t.Error("a rule that does not compile is played")
	}
}
