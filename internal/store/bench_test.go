package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// book is a store with so many clients, each with a contact and a year of
// daily scores.
func book(b *testing.B, engine string, clients int) *store.Store {
	b.Helper()
	s := storetest.Open(b, storetest.URL(b, engine))
	var year stanna.History
	for d := range 365 {
		year.Add(day.AddDate(0, 0, d-365), 75-float64(d%7))
	}
	for from := 0; from < clients; from += 1000 {
		var list []stanna.Client
		var states []stanna.State
		for i := from; i < min(from+1000, clients); i++ {
			id := fmt.Sprintf("acct_%06d", i)
			list = append(list, stanna.Client{Workspace: "acme.com", ID: id, Name: "Client " + id, Domain: id + ".example", MRR: stanna.MoneyOf(1200, "USD"),
				Tier: "growth", CSMOwner: fmt.Sprintf("csm%d@acme.com", i%100), RenewalDate: "2027-01-14", RenewalMonths: 12,
				Contacts: []stanna.Contact{{Email: "maria@" + id + ".example", Name: "Maria Costa", Title: "Head of Operations", Primary: true}}})
			st := stanna.State{Workspace: "acme.com", ClientID: id, Health: year, Engagement: year, Due: day.Add(time.Duration(i) * time.Second)}
			st.Health.Add(day, float64(i%100))
			st.Churn = stanna.Reading{Value: 0.5, At: day}
			st.HealthFactors = []stanna.Factor{{Name: "Usage", Detail: "118 a day, usually 200"}, {Name: "Tickets", Detail: "3 tickets open, oldest 9 days"}}
			states = append(states, st)
		}
		if err := s.Update(context.Background(), func(tx *store.Tx) error {
			if err := tx.PutClients(list, day); err != nil {
				return err
			}
			return tx.PutStates(states, day)
		}); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// What is asked about all clients at once, of a book of 100,000.
func BenchmarkBook(b *testing.B) {
	for _, engine := range storetest.Engines(b) {
		s := book(b, engine, 100_000)
		due := make([]string, 256)
		for i := range due {
			due[i] = fmt.Sprintf("acct_%06d", i*300)
		}
		for name, fn := range map[string]func(tx *store.Tx) error{
			"sums":         func(tx *store.Tx) error { _, err := tx.PortfolioSums("acme.com", "USD", 40); return err },
			"at risk":      func(tx *store.Tx) error { _, err := tx.AtRisk("acme.com", 40); return err },
			"standings":    func(tx *store.Tx) error { _, err := tx.Standings("acme.com"); return err },
			"owners":       func(tx *store.Tx) error { _, err := tx.Owners("acme.com"); return err },
			"completeness": func(tx *store.Tx) error { _, err := tx.Completeness("acme.com"); return err },
			"wanted":       func(tx *store.Tx) error { _, err := tx.WantedPeople("acme.com", day); return err },
			"next timer":   func(tx *store.Tx) error { _, _, err := tx.NextTimer("acme.com"); return err },
			"due":          func(tx *store.Tx) error { _, err := tx.DueClients("acme.com", day.AddDate(1, 0, 0), 256); return err },
		} {
			b.Run(engine+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if err := s.View(context.Background(), fn); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(engine+"/set due of 256", func(b *testing.B) {
			at := day
			for b.Loop() {
				at = at.Add(time.Second)
				if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.SetDue("acme.com", due, at) }); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(engine+"/mark all due", func(b *testing.B) {
			for range b.N {
				if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.MarkAllDue("acme.com") }); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if err := s.Raw(`update client_due set due_at = 1700000000000000`); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

// How fast history is read for a backtest.
func BenchmarkEachSignal(b *testing.B) {
	const clients, each = 1000, 365
	for _, engine := range storetest.Engines(b) {
		s := storetest.Open(b, storetest.URL(b, engine))
		for d := range each { // as they come: day by day
			var list []store.StoredSignal
			for i := range clients {
				list = append(list, store.StoredSignal{Became: stanna.Accepted, Signal: stanna.Signal{Workspace: "acme.com", ID: store.NewID("sig"), ClientID: fmt.Sprintf("acct_%06d", i),
					Type: stanna.HealthScoredType, OccurredAt: day.AddDate(0, 0, d), ReceivedAt: day.AddDate(0, 0, d), Source: "crm",
					Data: json.RawMessage(`{"score":61.5,"factors":[{"name":"Usage","detail":"118 a day, usually 200","impact":-4}]}`)}})
			}
			if err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.AddSignals(list) }); err != nil {
				b.Fatal(err)
			}
		}
		for _, readers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/%d readers", engine, readers), func(b *testing.B) {
				var rows atomic.Int64
				for b.Loop() {
					var wg sync.WaitGroup
					for r := range readers {
						after, through := "", ""
						if r > 0 {
							after = fmt.Sprintf("acct_%06d", clients*r/readers-1)
						}
						if r+1 < readers {
							through = fmt.Sprintf("acct_%06d", clients*(r+1)/readers-1)
						}
						wg.Go(func() {
							if err := s.View(context.Background(), func(tx *store.Tx) error {
								return tx.EachSignalAmong("acme.com", after, through, day, time.Time{}, func(stanna.Signal) error { rows.Add(1); return nil })
							}); err != nil {
								b.Error(err)
							}
						})
					}
					wg.Wait()
				}
				if rows.Load() != int64(b.N*clients*each) {
					b.Errorf("%d signals in %d runs", rows.Load(), b.N)
				}
				b.ReportMetric(float64(rows.Load())/b.Elapsed().Seconds(), "rows/s")
			})
		}
	}
}
