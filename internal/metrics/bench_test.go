package metrics_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/metrics"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// benchClients is how many clients the benchmark has; STANNA_BENCH_CLIENTS
// asks for others.
func benchClients() int {
	if n, err := strconv.Atoi(os.Getenv("STANNA_BENCH_CLIENTS")); err == nil {
		return n
	}
	return 1_000
}

// portfolio is a store with clients that have a year of daily scores each, ten
// interactions and two conversations a month, one in eight with an open alert.
func portfolio(b *testing.B, engine string, clients int) *store.Store {
	b.Helper()
	s := storetest.Open(b, storetest.URL(b, engine))
	var year stanna.History
	for d := range 365 {
		year.Add(monday.AddDate(0, 0, d-365), 75-float64(d%7))
	}
	for from := 0; from < clients; from += 500 {
		err := s.Update(context.Background(), func(tx *store.Tx) error {
			var list []stanna.Client
			var states []stanna.State
			var signals []store.StoredSignal
			var alerts []stanna.Alert
			for i := from; i < min(from+500, clients); i++ {
				id := fmt.Sprintf("acct_%06d", i)
				list = append(list, stanna.Client{Workspace: acme, ID: id, Name: "Client " + id, MRR: stanna.MoneyOf(float64(500+i%4000), "USD"),
					CSMOwner: ana, RenewalDate: monday.AddDate(0, 0, i%365).Format(time.DateOnly),
					Contacts: []stanna.Contact{{Email: "maria@" + id, Name: "Maria Costa"}, {Email: "jo@" + id}}})
				st := stanna.State{Workspace: acme, ClientID: id, Health: year}
				st.Health.Add(monday.Add(-time.Hour), float64(i*37%100))
				st.HealthSource = "Pulse"
				for f := range 5 {
					impact := float64(f - 3)
					st.HealthFactors = append(st.HealthFactors, stanna.Factor{Name: fmt.Sprintf("Factor %d", f), Detail: "118 a day, usually 200", Impact: &impact})
				}
				states = append(states, st)
				for n := range 12 {
					kind, data := stanna.InteractionLoggedType, `{"type":"email","summary":"They ask when the new report is there, and whether it can be had in PDF","author":"Ana"}`
					if n >= 10 {
						kind, data = stanna.SentimentDetectedType, `{"score":-1.2,"confidence":0.9,"quote":"This is the third time that we ask","author":"Maria Costa"}`
					}
					at := monday.Add(-time.Duration(n*60*60+i%3600) * time.Second * 60)
					signals = append(signals, store.StoredSignal{Became: stanna.Accepted, Signal: stanna.Signal{Workspace: acme, ID: fmt.Sprintf("s%d-%d", i, n),
						ClientID: id, Type: kind, OccurredAt: at, ReceivedAt: at, Source: "Mail", Data: json.RawMessage(data)}})
				}
				if i%8 == 0 {
					alerts = append(alerts, stanna.Alert{Workspace: acme, ID: "alr_" + id, RuleID: "r1", ClientID: id, Type: stanna.HealthDrop, Severity: stanna.High,
						Status: stanna.AlertOpen, OpenedAt: monday, UpdatedAt: monday, Evidence: stanna.Evidence{Trigger: stanna.ReasonFellFar, Factors: st.HealthFactors}})
				}
			}
			if err := tx.PutClients(list, monday); err != nil {
				return err
			}
			if err := tx.PutStates(states, monday); err != nil {
				return err
			}
			if err := tx.PutAlerts(alerts); err != nil {
				return err
			}
			return tx.AddSignals(signals)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// What each figure costs on a book of many clients.
func BenchmarkFigures(b *testing.B) {
	scope := metrics.Scope{Workspace: acme, Settings: stanna.Settings{}.WithDefaults(), Now: monday}
	for _, engine := range storetest.Engines(b) {
		s := portfolio(b, engine, benchClients())
		for _, c := range []struct {
			name string
			read func(*store.Tx) error
		}{
			{"summary", func(tx *store.Tx) error { _, err := scope.Summarise(tx, 30, 40); return err }},
			{"health trend of a year", func(tx *store.Tx) error { _, err := scope.HealthTrend(tx, 365, metrics.Daily); return err }},
			{"sentiment trend of a month", func(tx *store.Tx) error { _, err := scope.SentimentTrend(tx, 30, metrics.Daily); return err }},
			{"interactions of a month", func(tx *store.Tx) error { _, err := scope.InteractionMix(tx, 30); return err }},
			{"deltas", func(tx *store.Tx) error { _, err := scope.Deltas(tx, 7, 10); return err }},
			{"insights", func(tx *store.Tx) error { _, err := scope.Insights(tx, 7); return err }},
			{"last interactions", func(tx *store.Tx) error { _, err := tx.LastInteractions(acme, ""); return err }},
		} {
			b.Run(engine+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := s.View(context.Background(), c.read); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
