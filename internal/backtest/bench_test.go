package backtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// benchClients is how many clients the benchmark has; the bar is for 10,000,
// which `make bench` asks for.
func benchClients(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("STANNA_BENCH_CLIENTS"))
	if err != nil {
		return 200
	}
	return n
}

// tenRules are the first rules and, in the place of one, a rule with a
// condition.
func tenRules() []stanna.Rule {
	rules := rule.First(acme)
	for i := range rules {
		if rules[i].Type == stanna.RevenueAtRisk {
			rules[i].Thresholds = map[string]float64{"amount": 1_000_000}
		}
	}
	rules = rules[:min(len(rules), 9)]
	for i := 0; len(rules) < 10; i++ {
		rules = append(rules, stanna.Rule{Workspace: acme, ID: fmt.Sprintf("rule_cel_%d", i), Name: "Big and yellow", Type: stanna.HealthDrop, Status: stanna.RuleActive,
			Terms: stanna.Terms{Condition: `client.mrr > 5000 && state.health < 60 && client.tier in ["growth", "enterprise"]`,
				Thresholds: map[string]float64{"dropPoints": float64(8 + i)}}})
	}
	return rules
}

// synthetic is a year of a book of business in memory: a score and a
// measurement of engagement a day, a prediction a week, now and then something
// else. The facts are understood already, or stand as JSON as a store has them.
func synthetic(clients, days int, encoded bool) (list []stanna.Client, each func(func(stanna.Signal) error) error, count int) {
	from := time.Date(2025, 7, 1, 6, 0, 0, 0, time.UTC)
	tiers := []string{"starter", "growth", "enterprise"}
	ids := make([]string, 4*days)
	for i := range ids {
		ids[i] = "sig-" + strconv.Itoa(i)
	}
	for i := range clients {
		list = append(list, stanna.Client{Workspace: acme, ID: fmt.Sprintf("c%06d", i), Name: fmt.Sprintf("Client %d", i), Tier: tiers[i%3],
			MRR: stanna.MoneyOf(float64(500+i%97*150), "USD"), CSMOwner: "ana.silva@example.com", CreatedAt: from.AddDate(-1, 0, i%365),
			RenewalDate: from.AddDate(0, 0, 30+i%365).Format(time.DateOnly), RenewalMonths: 12})
	}
	one := func(i int, fn func(stanna.Signal) error) error {
		r := rand.New(rand.NewPCG(uint64(i), 7))
		health, usual := 60+r.Float64()*30, 50+r.Float64()*300
		n := 0
		give := func(at time.Time, kind stanna.SignalType, f stanna.Fact) error {
			n++
			s := stanna.Signal{Workspace: acme, ID: ids[n], ClientID: list[i].ID, Type: kind, OccurredAt: at, Source: "bench", Fact: f}
			if encoded {
				var err error
				if s.Data, err = json.Marshal(f); err != nil {
					return err
				}
				s.Fact = nil
			}
			return fn(s)
		}
		for d := range days {
			at := from.Add(time.Duration(d)*24*time.Hour + time.Duration(i%3600)*time.Second)
			health = min(max(health+(r.Float64()-0.5)*6+(75-health)*0.02, 0), 100)
			score := float64(int(health*10)) / 10
			if err := give(at, stanna.HealthScoredType, stanna.HealthScored{Score: score}); err != nil {
				return err
			}
			value := float64(int(usual * (0.8 + 0.4*r.Float64())))
			if err := give(at.Add(time.Minute), stanna.EngagementMeasuredType, stanna.EngagementMeasured{Value: value, Unit: "events"}); err != nil {
				return err
			}
			if d%7 == i%7 {
				p := float64(int((1-health/100)*100)) / 100
				if err := give(at.Add(2*time.Minute), stanna.ChurnPredictedType, stanna.ChurnPredicted{Probability: p}); err != nil {
					return err
				}
			}
			if d%30 == i%30 {
				if err := give(at.Add(3*time.Minute), stanna.InteractionLoggedType, stanna.Contacted{Kind: "call"}); err != nil {
					return err
				}
			}
		}
		count += n
		return nil
	}
	return list, func(fn func(stanna.Signal) error) error {
		count = 0
		for i := range list {
			if err := one(i, fn); err != nil {
				return err
			}
		}
		return nil
	}, 0
}

// BenchmarkBacktest is a year of the book under ten rules.
func BenchmarkBacktest(b *testing.B) {
	for _, encoded := range []bool{false, true} {
		b.Run(fmt.Sprintf("json=%v", encoded), func(b *testing.B) {
			clients, each, _ := synthetic(benchClients(b), 365, encoded)
			in := backtest.Input{Policy: backtest.Policy{Settings: office(), Rules: tenRules()}, Roads: team(), Clients: clients, Each: each,
				Begin: time.Date(2025, 7, 1, 6, 0, 0, 0, time.UTC), End: time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC)}
			b.ReportAllocs()
			for b.Loop() {
				r, err := backtest.Run(context.Background(), in)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(r.Signals), "signals")
				b.ReportMetric(float64(len(r.Episodes)), "alerts")
			}
		})
	}
}

// BenchmarkBacktestStored is the same from a store: reading and understanding
// the signals comes to it.
func BenchmarkBacktestStored(b *testing.B) {
	for _, engine := range storetest.Engines(b) {
		b.Run(engine, func(b *testing.B) {
			ctx := context.Background()
			h := newHouse(b, storetest.Open(b, storetest.URL(b, engine)))
			clients, each, _ := synthetic(benchClients(b), 365, true)
			byDay := map[int][]store.StoredSignal{} // they are stored as they come, not client by client
			if err := each(func(s stanna.Signal) error {
				s.ID, s.ReceivedAt = s.ClientID+"-"+s.ID, s.OccurredAt
				d := int(s.OccurredAt.Unix() / 86_400)
				byDay[d] = append(byDay[d], store.StoredSignal{Signal: s, Became: stanna.Accepted})
				return nil
			}); err != nil {
				b.Fatal(err)
			}
			h.settings(func(s *stanna.Settings) { *s = office() })
			h.update(func(tx *store.Tx) error {
				for _, r := range tenRules() {
					if err := tx.PutRule(r, "bench", clients[0].CreatedAt); err != nil {
						return err
					}
				}
				for chunk := range slices.Chunk(clients, 256) {
					if err := tx.PutClients(chunk, clients[0].CreatedAt); err != nil {
						return err
					}
				}
				for _, d := range slices.Sorted(maps.Keys(byDay)) {
					for chunk := range slices.Chunk(byDay[d], 256) {
						if err := tx.AddSignals(chunk); err != nil {
							return err
						}
					}
				}
				return nil
			})
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				in, err := backtest.Load(ctx, h.store, acme, time.Time{}, time.Time{})
				if err != nil {
					b.Fatal(err)
				}
				r, err := backtest.Run(ctx, in)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(r.Signals), "signals")
				b.ReportMetric(float64(len(r.Episodes)), "alerts")
			}
		})
	}
}
