package digest_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/digest"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// benchClients is how many clients the benchmark has; the bar is for 100,000,
// which `make bench` asks for.
func benchClients() int {
	if n, err := strconv.Atoi(os.Getenv("STANNA_BENCH_CLIENTS")); err == nil {
		return n
	}
	return 2_000
}

// portfolio is a store with a book: a year of daily scores for each client,
// one in five at risk, one in twelve with an alert that moved in the last
// week, 300 owners, and 27 weeks of marks.
func portfolio(b *testing.B, engine string, clients int) *store.Store {
	b.Helper()
	s := storetest.Open(b, storetest.URL(b, engine))
	update := func(fn func(*store.Tx) error) {
		if err := s.Update(context.Background(), fn); err != nil {
			b.Fatal(err)
		}
	}
	update(func(tx *store.Tx) error { return tx.AddWorkspace(stanna.Workspace{ID: acme, CreatedAt: monday}) })
	var year stanna.History
	for d := range 365 {
		year.Add(monday.AddDate(0, 0, d-365), 75-float64(d%7))
	}
	mark := func(weeksAgo int) {
		at := monday.AddDate(0, 0, -7*weeksAgo)
		update(func(tx *store.Tx) error {
			book, err := digest.Read(tx, acme, stanna.Settings{}, at)
			if err != nil {
				return err
			}
			m, err := book.Marks(at.Format(time.DateOnly))
			if err != nil {
				return err
			}
			_, err = tx.PutMarks(acme, m.Whole, m.Owners, m.Members)
			return err
		})
	}
	for _, now := range []bool{false, true} {
		for from := 0; from < clients; from += 1000 {
			var list []stanna.Client
			var states []stanna.State
			var alerts []stanna.Alert
			for i := from; i < min(from+1000, clients); i++ {
				id := fmt.Sprintf("acct_%06d", i)
				list = append(list, stanna.Client{Workspace: acme, ID: id, Name: "Client " + id, Domain: id + ".example", MRR: stanna.MoneyOf(float64(500+i%4000), "USD"),
					Tier: "growth", CSMOwner: fmt.Sprintf("csm%d@acme.com", i/7%300), RenewalDate: monday.AddDate(0, 0, i%365).Format(time.DateOnly), RenewalMonths: 12,
					Contacts: []stanna.Contact{{Email: "maria@" + id + ".example", Name: "Maria Costa", Title: "Head of Operations", Primary: true}}})
				health := float64(i * 37 % 100)
				if now && i%12 == 0 { // it has moved since the mark
					health = float64(i * 53 % 100)
					a := stanna.Alert{Workspace: acme, ID: "alr_" + id, RuleID: "r1", ClientID: id, Type: stanna.HealthDrop, Severity: stanna.High, Status: stanna.AlertOpen,
						OpenedAt: monday.Add(-time.Duration(i%9000) * time.Minute), UpdatedAt: monday, Why: stanna.ReasonFellFar}
					if i%24 == 0 {
						a.Status, a.Why, a.ClosedAt = stanna.AlertResolved, stanna.ReasonRecovered, monday.Add(-time.Hour)
					}
					alerts = append(alerts, a)
				}
				st := stanna.State{Workspace: acme, ClientID: id, Health: year, Engagement: year}
				st.Health.Add(monday, health*0.8+20)
				st.Churn = stanna.Reading{Value: 0.2, At: monday}
				st.HealthFactors = []stanna.Factor{{Name: "Usage", Detail: "118 a day, usually 200"}}
				states = append(states, st)
			}
			update(func(tx *store.Tx) error {
				if err := tx.PutClients(list, monday); err != nil {
					return err
				}
				if err := tx.PutStates(states, monday); err != nil {
					return err
				}
				return tx.PutAlerts(alerts)
			})
		}
		if !now {
			for w := 27; w > 0; w-- {
				mark(w)
			}
		}
	}
	return s
}

// How long a weekly digest takes, from the database to what it says, and what
// each further one of the same morning costs.
func BenchmarkWeekly(b *testing.B) {
	clients := benchClients()
	for _, engine := range storetest.Engines(b) {
		s := portfolio(b, engine, clients)
		compose := func(b *testing.B, owners ...string) {
			b.ReportAllocs()
			for b.Loop() {
				if err := s.View(context.Background(), func(tx *store.Tx) error {
					book, err := digest.Read(tx, acme, stanna.Settings{}, monday)
					for _, owner := range owners {
						var d stanna.Digest
						if d, err = book.Compose(digest.Ask{Date: "2026-11-23", From: monday.AddDate(0, 0, -7), Weekly: true, Owner: owner}); err != nil {
							return err
						}
						if owner == "" && d.Movement.All == 0 || d.Bridge == nil || !d.Bridge.AddsUp() || !d.Risk.AtRiskIn4.Known() {
							return fmt.Errorf("it does not say what it should: %+v", d)
						}
					}
					return err
				}); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.Run(fmt.Sprintf("engine=%s/clients=%d", engine, clients), func(b *testing.B) { compose(b, "") })
		var owners []string
		for i := range 50 {
			owners = append(owners, fmt.Sprintf("csm%d@acme.com", i*6))
		}
		b.Run(fmt.Sprintf("engine=%s/clients=%d/owners=50", engine, clients), func(b *testing.B) { compose(b, owners...) })
	}
}
