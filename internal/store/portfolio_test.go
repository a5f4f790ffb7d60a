package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// Figures of the portfolio leave out who is excluded or has left, and sum one
// currency.
func TestPortfolio(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		list := clients("acme.com", "red", "edge", "green", "new", "poor", "euro", "out", "gone")
		usd := stanna.MoneyOf(1000.25, "USD")
		for i := range list {
			list[i].MRR = usd
		}
		list[4].MRR = stanna.Money{}
		list[5].MRR = stanna.MoneyOf(500, "EUR")
		list[6].IsExcluded = true
		list[0].CSMOwner, list[0].RenewalDate, list[0].Contacts = "ana@acme.com", "2027-01-14", []stanna.Contact{{Name: "Maria"}}
		state := func(id string, score, churn float64) stanna.State {
			st := stanna.State{Workspace: "acme.com", ClientID: id, Health: stanna.HistoryOf(stanna.Point{At: day, Value: score})}
			if churn >= 0 {
				st.Churn = stanna.Reading{Value: churn, At: day}
			}
			return st
		}
		gone := state("gone", 10, 1)
		gone.ChurnedAt = day
		huge := clients("beta.com", "red", "two", "three")
		for i := range huge {
			huge[i].MRR = stanna.MoneyOf(stanna.MaxAmount, "USD")
		}
		update(t, s, func(tx *store.Tx) error {
			return errorsOr(tx.PutClients(list, day), tx.PutClients(huge, day), tx.PutStates([]stanna.State{state("red", 12, 0.5), state("edge", 40, 0), state("green", 41, 0.1),
				state("poor", 10, 0.9), state("euro", 20, 0.5), state("out", 10, 1), gone}, day))
		})
		update(t, s, func(tx *store.Tx) error {
			sums, err := tx.PortfolioSums("acme.com", "USD", 40)
			want := store.PortfolioSums{Clients: 6, MRR: stanna.MoneyOf(4001, "USD"), AtRisk: stanna.MoneyOf(2000.5, "USD"), AtRiskCount: 4, Unlike: 1,
				ExpectedLoss: stanna.Money{Minor: 60015, Currency: "USD"}}
			if diff := cmp.Diff(want, sums); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			none, err := tx.PortfolioSums("none.com", "EUR", 40)
			zero := stanna.Money{Currency: "EUR"}
			if diff := cmp.Diff(store.PortfolioSums{MRR: zero, AtRisk: zero, ExpectedLoss: zero}, none); diff != "" || err != nil {
				t.Errorf("of none: %v %s", err, diff)
			}
			most, err := tx.PortfolioSums("beta.com", "USD", 40)
			if most.MRR.Minor != 3e14 || err != nil {
				t.Errorf("the most: %v, %v", most, err)
			}
			risk, err := tx.AtRisk("acme.com", 40)
			wantRisk := []store.ClientRisk{{"edge", "edge", usd, 40}, {"euro", "euro", stanna.MoneyOf(500, "EUR"), 20}, {"poor", "poor", stanna.Money{}, 10}, {"red", "red", usd, 12}}
			if diff := cmp.Diff(wantRisk, risk); diff != "" || err != nil {
				t.Errorf("at risk: %v %s", err, diff)
			}
			c, err := tx.Completeness("acme.com")
			if diff := cmp.Diff(store.Completeness{Clients: 6, WithoutOwner: 5, WithoutMRR: 1, WithoutHealth: 1, WithoutRenewal: 5, WithoutContact: 5}, c); diff != "" {
				t.Errorf("completeness: %s", diff)
			}
			return err
		})
		// Who comes back counts again; a chance that is not known any more does not.
		update(t, s, func(tx *store.Tx) error {
			return tx.PutStates([]stanna.State{state("gone", 10, -1), state("red", 12, -1)}, day)
		})
		update(t, s, func(tx *store.Tx) error {
			sums, err := tx.PortfolioSums("acme.com", "USD", 40)
			if sums.Clients != 7 || sums.ExpectedLoss.Minor != 10003 {
				t.Errorf("%+v", sums)
			}
			return err
		})
	})
}

func TestLastPortfolio(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		check := func(workspace string, wantAt time.Time, wantBody string, wantOK bool) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				at, body, ok, err := tx.LastPortfolio(workspace)
				if !at.Equal(wantAt) || body != wantBody || ok != wantOK {
					t.Errorf("%v, %q, %v", at, body, ok)
				}
				return err
			})
		}
		check("acme.com", time.Time{}, "", false)
		update(t, s, func(tx *store.Tx) error { return tx.PutPortfolio("acme.com", day, `{"a":1}`) })
		check("acme.com", day, `{"a":1}`, true)
		update(t, s, func(tx *store.Tx) error { return tx.PutPortfolio("acme.com", day.Add(time.Hour), `{}`) })
		check("acme.com", day.Add(time.Hour), `{}`, true)
		check("beta.com", time.Time{}, "", false)
	})
}
