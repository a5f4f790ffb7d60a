package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func someState(workspace, id string) stanna.State {
	at := day.Add(-time.Hour)
	return stanna.State{Workspace: workspace, ClientID: id, Due: day.AddDate(0, 0, 3),
		Health:     stanna.HistoryOf(stanna.Point{At: at, Value: 60.25}, stanna.Point{At: day, Value: 38}),
		Engagement: stanna.HistoryOf(stanna.Point{At: at, Value: 200}),
		StateFacts: stanna.StateFacts{HealthFactors: []stanna.Factor{{Name: "Usage", Detail: "118 <a day> \x00 é"}}, HealthSource: "crm", EngagementUnit: "events",
			Churn: stanna.Reading{Value: 0.7, At: at}, Sentiment: stanna.Reading{Value: -2, At: at}, Quote: "we leave",
			Payment: stanna.PaymentStanding{FailedAt: at, Amount: stanna.MoneyOf(1200, "JPY"), Attempt: 2, NextAttempt: "2026-11-26T10:00:00Z"}, PaidAt: at,
			LastContact: at, LastContactKind: "call", ChurnedAt: day, Memory: map[string]stanna.RuleMemory{"r1": {Openings: []time.Time{at}}}}}
}

func TestPortraitRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		client := stanna.Client{Workspace: "acme.com", ID: "c1", Name: "Acme", CreatedAt: day, UpdatedAt: day}
		want := store.Portrait{Client: client, State: someState("acme.com", "c1")}
		update(t, s, func(tx *store.Tx) error { return tx.PutClients([]stanna.Client{client}, day) })
		read := func() (p store.Portrait) {
			update(t, s, func(tx *store.Tx) (err error) { p, err = tx.Portrait("acme.com", "c1"); return err })
			return p
		}
		history := cmp.Comparer(func(a, b stanna.History) bool { return slices.Equal(a.Since(time.Time{}), b.Since(time.Time{})) })
		if diff := cmp.Diff(store.Portrait{Client: client, State: stanna.State{Workspace: "acme.com", ClientID: "c1", Due: stanna.AtOnce}}, read(), history); diff != "" {
			t.Errorf("a new client: %s", diff)
		}
		update(t, s, func(tx *store.Tx) error { return tx.PutStates([]stanna.State{want.State}, day) })
		if diff := cmp.Diff(want, read(), history); diff != "" {
			t.Error(diff)
		}
		update(t, s, func(tx *store.Tx) error { return tx.PutClients([]stanna.Client{client}, day) }) // the state stays, and is looked at anew
		want.State.Due = stanna.AtOnce
		if diff := cmp.Diff(want, read(), history); diff != "" {
			t.Errorf("put again: %s", diff)
		}
		update(t, s, func(tx *store.Tx) error {
			found, err := tx.LockPortraits("acme.com", []string{"c1", "c2"})
			if diff := cmp.Diff(map[string]store.Portrait{"c1": want}, found, history); diff != "" {
				t.Errorf("locked: %s", diff)
			}
			if other, err := tx.LockPortraits("beta.com", []string{"c1"}); len(other) != 0 || err != nil {
				t.Errorf("another workspace reads it: %v, %v", other, err)
			}
			return err
		})
		rows, err := s.Ask(`select health_score, churn, case when churned then 1 else 0 end from client_state`)
		if err != nil || fmt.Sprint(rows) != "[[38 0.7 1]]" {
			t.Errorf("what sums are made of: %v, %v", rows, err)
		}
	})
}

func TestPortraitsList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		update(t, s, func(tx *store.Tx) error {
			var list []stanna.Client
			for i, name := range []string{"Acme 100%", "Beta_Corp", `Back\slash`, "Élan", "Acmex", "Zeta"} {
				list = append(list, stanna.Client{Workspace: "acme.com", ID: fmt.Sprintf("c%d", i), Name: name, Domain: fmt.Sprintf("d%d.example", i), CSMOwner: "ana@acme.com"})
			}
			list[5].CSMOwner = "Ben@acme.com"
			return tx.PutClients(append(list, stanna.Client{Workspace: "beta.com", ID: "c0", Name: "Acme"}), day)
		})
		for name, c := range map[string]struct {
			q     store.ClientQuery
			want  []string
			total int
		}{
			"all":                  {store.ClientQuery{Limit: 10}, []string{"c0", "c1", "c2", "c3", "c4", "c5"}, 6},
			"a page":               {store.ClientQuery{Limit: 2, Offset: 3}, []string{"c3", "c4"}, 6},
			"behind the end":       {store.ClientQuery{Limit: 2, Offset: 9}, nil, 6},
			"part of a name":       {store.ClientQuery{Search: "CME", Limit: 10}, []string{"c0", "c4"}, 2},
			"a percent sign":       {store.ClientQuery{Search: "0%", Limit: 10}, []string{"c0"}, 1},
			"an underscore":        {store.ClientQuery{Search: "a_c", Limit: 10}, []string{"c1"}, 1},
			"a backslash":          {store.ClientQuery{Search: `k\S`, Limit: 10}, []string{"c2"}, 1},
			"a domain":             {store.ClientQuery{Search: "D4.ex", Limit: 10}, []string{"c4"}, 1},
			"an id":                {store.ClientQuery{Search: "c5", Limit: 10}, []string{"c5"}, 1},
			"beyond ascii":         {store.ClientQuery{Search: "Élan", Limit: 10}, []string{"c3"}, 1},
			"nothing":              {store.ClientQuery{Search: "nobody", Limit: 10}, nil, 0},
			"owner, in any case":   {store.ClientQuery{Owner: "ben@ACME.com", Limit: 10}, []string{"c5"}, 1},
			"owner and part":       {store.ClientQuery{Owner: "ana@acme.com", Search: "z", Limit: 10}, nil, 0},
			"quotes are no syntax": {store.ClientQuery{Search: `' or 1=1 --`, Limit: 10}, nil, 0},
		} {
			update(t, s, func(tx *store.Tx) error {
				list, total, err := tx.Portraits("acme.com", c.q)
				var got []string
				for _, p := range list {
					got = append(got, p.Client.ID)
				}
				if !slices.Equal(got, c.want) || total != c.total {
					t.Errorf("%s: %v of %d, want %v of %d", name, got, total, c.want, c.total)
				}
				return err
			})
		}
		update(t, s, func(tx *store.Tx) error {
			owners, err := tx.DomainOwners("acme.com", []string{"d1.example", "d9.example", "d2.example"})
			if diff := cmp.Diff(map[string]string{"d1.example": "c1", "d2.example": "c2"}, owners); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

// Two replicas judge the same client one after the other: the second sees
// what the first wrote.
func TestLockPortraitsSerialises(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		update(t, s, func(tx *store.Tx) error {
			return tx.PutClients([]stanna.Client{{Workspace: "acme.com", ID: "c1", Name: "a"}, {Workspace: "acme.com", ID: "c2", Name: "b"}}, day)
		})
		const workers, each = 4, 10
		done := make(chan error, workers)
		for range workers {
			go func() {
				var err error
				for range each {
					err = s.Update(context.Background(), func(tx *store.Tx) error {
						found, err := tx.LockPortraits("acme.com", []string{"c1", "c2"})
						if err != nil {
							return err
						}
						st := found["c1"].State
						st.Health.Add(day, 1)
						return tx.PutStates([]stanna.State{st}, day)
					})
				}
				done <- err
			}()
		}
		for range workers {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		update(t, s, func(tx *store.Tx) error {
			p, err := tx.Portrait("acme.com", "c1")
			if p.State.Health.Len() != workers*each {
				t.Errorf("%d of %d judgements are kept", p.State.Health.Len(), workers*each)
			}
			return err
		})
	})
}
