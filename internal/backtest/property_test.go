package backtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/rule"
)

// drawSignals draws signals of a client at random times, two of one time among
// them.
func drawSignals(t *rapid.T, client string) (list []stanna.Signal) {
	at := begin.Add(time.Duration(rapid.IntRange(0, 48).Draw(t, "first")) * time.Hour)
	for i := range rapid.IntRange(0, 40).Draw(t, "signals of "+client) {
		at = at.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 20, 60, 60 * 7, 60 * 24, 60 * 24, 60 * 24 * 4, 60 * 24 * 20}).Draw(t, "minutes")) * time.Minute)
		s := stanna.Signal{Workspace: acme, ID: fmt.Sprintf("%s-%02d", client, i), ClientID: client, OccurredAt: at, Source: "test"}
		s.Type = rapid.SampledFrom([]stanna.SignalType{stanna.HealthScoredType, stanna.HealthScoredType, stanna.HealthScoredType, stanna.ChurnPredictedType,
			stanna.EngagementMeasuredType, stanna.SentimentDetectedType, stanna.PaymentFailedType, stanna.PaymentRecoveredType, stanna.UsageMeasuredType,
			stanna.InteractionLoggedType, stanna.AccountUpdatedType, stanna.MilestoneReachedType, "custom.thing", stanna.ClientChurnedType}).Draw(t, "type")
		n := rapid.IntRange(0, 20).Draw(t, "value")
		data := map[string]any{}
		switch s.Type {
		case stanna.HealthScoredType:
			data["score"] = 5 * n
		case stanna.ChurnPredictedType:
			data["probability"] = float64(n) / 20
		case stanna.EngagementMeasuredType:
			data["value"] = 10 * n
		case stanna.SentimentDetectedType:
			data["score"], data["confidence"] = float64(n%5)-2, 0.9
		case stanna.PaymentFailedType:
			data["amount"], data["currency"], data["attempt"] = 100*n, "USD", n%4
			data["decline"] = []string{"", "soft", "hard"}[n%3]
			data["status"] = []string{"failed", "past_due"}[n%2]
		case stanna.UsageMeasuredType:
			data["used"], data["limit"] = 5*n, 100
		case stanna.AccountUpdatedType:
			data["status"] = []string{"live", "onboarding", "paused"}[n%3]
		case stanna.MilestoneReachedType:
			data["name"] = fmt.Sprintf("goal %d", n%3)
		case stanna.ClientChurnedType:
			if n > 3 {
				s.Type = stanna.InteractionLoggedType // to leave is rare
			}
		}
		s.Data, _ = json.Marshal(data)
		list = append(list, s)
	}
	return list
}

// drawInput draws a small book of business, its history and a policy.
func drawInput(t *rapid.T) backtest.Input {
	tiers := []string{"starter", "growth", "enterprise"}
	owners := []string{"", "ana.silva@example.com", "chloe.martin@example.com", "tomas.novak@example.com", "nobody@example.com"}
	in := backtest.Input{Policy: backtest.Policy{Settings: office()}, Roads: team(), Followers: map[string][]string{"c1": {"ana.silva@example.com"}}}
	var signals []stanna.Signal
	for i := range rapid.IntRange(1, 5).Draw(t, "clients") {
		c := stanna.Client{Workspace: acme, ID: fmt.Sprintf("c%d", i), Name: fmt.Sprintf("Client %d", i), MRR: stanna.MoneyOf(float64(rapid.IntRange(0, 60).Draw(t, "mrr")*1000), "USD"),
			Tier: rapid.SampledFrom(tiers).Draw(t, "tier"), CSMOwner: rapid.SampledFrom(owners).Draw(t, "owner"), CreatedAt: begin.AddDate(-2, 0, rapid.IntRange(0, 200).Draw(t, "made")),
			RenewalDate: begin.AddDate(0, 0, rapid.IntRange(-10, 250).Draw(t, "renews")).Format(time.DateOnly), RenewalMonths: 12, IsExcluded: rapid.IntRange(0, 9).Draw(t, "excluded") == 0}
		in.Clients = append(in.Clients, c)
		signals = append(signals, drawSignals(t, c.ID)...)
	}
	signals = append(signals, score("c0", 99, begin.Add(150*day), 66)) // there is one, and time to pass until it
	in.Each = each(signals)
	for _, e := range rule.Catalogue() {
		r := stanna.Rule{Workspace: acme, ID: "rule_" + string(e.Type), Name: e.Name, Type: e.Type, Status: stanna.RuleActive}
		if e.Type == stanna.Custom {
			r.Condition = "state.health < 50 && client.mrr > 10000"
		}
		if e.Type == stanna.RevenueAtRisk {
			r.Thresholds = map[string]float64{"amount": 20_000}
		}
		if rapid.Bool().Draw(t, "escalates") {
			r.Escalation = []stanna.EscalationStep{{After: 120, To: []stanna.Destination{"slack:T1:CBOSS"}}, {After: 600, Raise: stanna.Critical}}
		}
		r.Outside.Do = rapid.SampledFrom([]stanna.OutsideDo{"", "", stanna.OutsideSend, stanna.OutsideDigest, stanna.OutsideRedirect}).Draw(t, "outside")
		if r.Outside.Do == stanna.OutsideRedirect {
			r.Outside.To = []stanna.Destination{"slack:T1:CNIGHT"}
		}
		if rapid.IntRange(0, 3).Draw(t, "filtered") == 0 {
			r.Filter = stanna.Filter{Tiers: []string{"growth", "enterprise"}}
		}
		if rapid.IntRange(0, 3).Draw(t, "own frequency") == 0 {
			r.Frequency = map[stanna.Severity]stanna.Frequency{stanna.High: stanna.Weekly, stanna.Medium: stanna.RealTime}
		}
		if e.Type == stanna.KeyAccountUpdate {
			r.Filter = stanna.Filter{Only: []string{"c0", "c1", "c2"}}
		}
		if rule.Check(r) == nil && rapid.IntRange(0, 9).Draw(t, "used") > 0 {
			in.Rules = append(in.Rules, r)
		}
	}
	if rapid.Bool().Draw(t, "own rule") {
		in.Rules = append(in.Rules, stanna.Rule{Workspace: acme, ID: "rule_vip", Name: "VIP", Type: stanna.HealthDrop, Status: stanna.RuleActive,
			Terms: stanna.Terms{Filter: stanna.Filter{Only: []string{"c1"}}, Thresholds: map[string]float64{"dropPoints": 5}}})
	}
	in.Lines = []stanna.RouteLine{
		{Match: stanna.Matcher{Filter: stanna.Filter{Tiers: []string{"enterprise"}}}, To: []stanna.Destination{stanna.ToOwner}, Continue: true},
		{Match: stanna.Matcher{Filter: stanna.Filter{Zones: []stanna.Zone{stanna.Red}}}, To: []stanna.Destination{"slack:T1:CURGENT"}},
	}
	return in
}

// Client by client or all in order of time, by one worker or by several: the
// alerts are the same, and so are the messages.
func TestAnyHistoryAsLive(t *testing.T) {
	alerts := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		in := drawInput(rt)
		want := playLive(t, in)
		in.Workers = rapid.IntRange(1, 4).Draw(rt, "workers")
		report, err := backtest.Run(context.Background(), in)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(want, shown(report)); diff != "" {
			rt.Fatalf("live (-) and backtest (+) differ: %s", diff)
		}
		for _, e := range report.Episodes {
			alerts[string(e.Type)]++
		}
	})
	t.Log(alerts)
	for _, e := range rule.Catalogue() {
		if alerts[string(e.Type)] == 0 {
			t.Errorf("no %s was ever drawn", e.Type)
		}
	}
}

// What is reported of a window is what all of it reports of that time: a
// window changes what is counted and nothing that happens.
func TestWindow(t *testing.T) {
	in := portfolio(t)
	all, err := backtest.Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	in.From, in.Until = all.Begin.Add(30*day), all.Begin.Add(60*day)
	part, err := backtest.Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.DeleteFunc(slices.Clone(all.Episodes), func(e backtest.Episode) bool {
		return e.OpenedAt.Before(in.From) || !e.OpenedAt.Before(in.Until)
	})
	if diff := cmp.Diff(want, part.Episodes); diff != "" || len(want) == 0 {
		t.Errorf("%d episodes in the window: %s", len(want), diff)
	}
}
