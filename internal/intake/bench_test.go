package intake_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// bench is an intake on a durable store with a book of clients.
func bench(b *testing.B, engine string, clients int) *intake.Intake {
	b.Helper()
	in, _ := benchOn(b, engine, clients)
	return in
}

func benchOn(b *testing.B, engine string, clients int) (*intake.Intake, *store.Store) {
	b.Helper()
	s := storetest.Open(b, storetest.URL(b, engine))
	in := intake.New(intake.Options{Store: s, Clock: stanna.NewClock(time.Now), Wake: func(...string) {}, Count: func(stanna.Became, int) {},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	committers := 1
	if engine == "postgres" {
		committers = 4
	}
	go func() { defer close(done); in.Run(ctx, committers) }()
	b.Cleanup(func() { cancel(); <-done })
	if err := s.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AddWorkspace(stanna.Workspace{ID: "acme.com", CreatedAt: time.Now()}); err != nil {
			return err
		}
		for _, r := range rule.First("acme.com") {
			if err := tx.PutRule(r, stanna.ActorSystem, time.Now()); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}

	for i := 0; i < clients; i += intake.Slice {
		var list []stanna.Client
		for k := i; k < min(i+intake.Slice, clients); k++ {
			list = append(list, stanna.Client{ID: fmt.Sprintf("c%07d", k), Name: fmt.Sprintf("Client %d", k), MRR: stanna.MoneyOf(1000, "USD")})
		}
		if _, err := in.PutClients(ctx, "acme.com", "bench", list); err != nil {
			b.Fatal(err)
		}
	}
	return in, s
}

var serial atomic.Int64

func signal(clients int) stanna.Signal {
	n := serial.Add(1)
	return stanna.Signal{ID: fmt.Sprintf("sig_%012d", n), ClientID: fmt.Sprintf("c%07d", int(n*7919)%clients), Type: stanna.HealthScoredType,
		OccurredAt: time.Now(), Source: "bench", Data: json.RawMessage(fmt.Sprintf(`{"score":%d}`, 60+n%5))}
}

func BenchmarkSignals(b *testing.B) {
	for _, engine := range storetest.Engines(b) {
		for _, clients := range []int{1_000, 100_000} {
			for _, batch := range []int{1, 256} {
				b.Run(fmt.Sprintf("%s/clients=%d/batch=%d", engine, clients, batch), func(b *testing.B) {
					in := bench(b, engine, clients)
					b.SetParallelism(8) // 16 senders on two cores
					b.ReportAllocs()
					b.ResetTimer()
					b.RunParallel(func(pb *testing.PB) {
						for more := pb.Next(); more; {
							var signals []stanna.Signal
							for len(signals) < batch && more {
								signals = append(signals, signal(clients))
								more = pb.Next()
							}
							if _, err := in.Signals(context.Background(), "acme.com", signals, batch > 1); err != nil {
								b.Error(err)
								return
							}
						}
					})
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signals/s")
				})
			}
		}
	}
}

// BenchmarkAlerts is the cost of a signal that opens or closes an alert, which
// is told, without endpoints and with one that asked to hear of it.
func BenchmarkAlerts(b *testing.B) {
	const clients = 1_000
	for _, endpoints := range []int{0, 1} {
		b.Run(fmt.Sprintf("endpoints=%d", endpoints), func(b *testing.B) {
			in, s := benchOn(b, "sqlite", clients)
			for i := range endpoints {
				e := stanna.Endpoint{Workspace: "acme.com", ID: fmt.Sprint("ep_", i), Address: "https://hooks.acme.com", Types: stanna.EventTypes(), CreatedAt: time.Now()}
				if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.PutEndpoint(e) }); err != nil {
					b.Fatal(err)
				}
			}
			at := time.Now().Add(-time.Hour)
			b.ResetTimer()
			for n := 0; n < b.N; {
				var signals []stanna.Signal
				for len(signals) < intake.Slice && n < b.N {
					score := []int{95, 10}[n/clients%2]
					signals = append(signals, stanna.Signal{ID: fmt.Sprintf("b%d", serial.Add(1)), ClientID: fmt.Sprintf("c%07d", n%clients), Type: stanna.HealthScoredType,
						OccurredAt: at.Add(time.Duration(n) * time.Millisecond), Source: fmt.Sprint("s", n%clients), Data: json.RawMessage(fmt.Sprintf(`{"score":%d}`, score))})
					n++
				}
				if _, err := in.Signals(context.Background(), "acme.com", signals, true); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signals/s")
		})
	}
}
