package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// past stores signals of three clients in no order, and gives them as they
// are to be replayed.
func past(t *testing.T, s *store.Store) []store.StoredSignal {
	t.Helper()
	var list []store.StoredSignal
	for _, client := range []string{"c1", "c2", "c3"} {
		for i, id := range []string{"b", "a", "c", "d"} {
			x := signal("acme.com", client+id, day.Add(time.Duration(max(i, 1))*time.Hour)) // a and b at the same time
			x.ClientID = client
			list = append(list, x)
		}
	}
	var mixed []store.StoredSignal
	for i := range list {
		mixed = append(mixed, list[(i*5+3)%len(list)])
	}
	update(t, s, func(tx *store.Tx) error { return tx.AddSignals(append(mixed, signal("beta.com", "s1", day))) })
	for i := 0; i < len(list); i += 4 {
		list[i], list[i+1] = list[i+1], list[i]
	}
	return list
}

func TestSignalsOf(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := past(t, s)[4:8]
		update(t, s, func(tx *store.Tx) error {
			for name, c := range map[string]struct {
				from, until   time.Time
				limit, offset int
				want          []store.StoredSignal
			}{
				"all":     {time.Time{}, time.Time{}, 10, 0, want},
				"from":    {day.Add(2 * time.Hour), time.Time{}, 10, 0, want[2:]},
				"until":   {time.Time{}, day.Add(2 * time.Hour), 10, 0, want[:2]},
				"between": {day.Add(2 * time.Hour), day.Add(3 * time.Hour), 10, 0, want[2:3]},
				"a page":  {time.Time{}, time.Time{}, 2, 1, want[1:3]},
			} {
				got, err := tx.SignalsOf("acme.com", "c2", c.from, c.until, c.limit, c.offset)
				if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
					t.Errorf("%s: %v %s", name, err, diff)
				}
			}
			return nil
		})
	})
}

func TestEachSignal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var want []stanna.Signal
		for _, x := range past(t, s) {
			want = append(want, x.Signal)
		}
		update(t, s, func(tx *store.Tx) error {
			var got []stanna.Signal
			keep := func(x stanna.Signal) error { got = append(got, x); return nil }
			if err := tx.EachSignal("acme.com", time.Time{}, time.Time{}, keep); err != nil {
				return err
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			got = nil
			if err := tx.EachSignal("acme.com", day.Add(2*time.Hour), day.Add(3*time.Hour), keep); err != nil {
				return err
			}
			if diff := cmp.Diff([]stanna.Signal{want[2], want[6], want[10]}, got); diff != "" {
				t.Errorf("a part: %s", diff)
			}
			enough := errors.New("enough")
			got = nil
			if err := tx.EachSignal("acme.com", time.Time{}, time.Time{}, func(x stanna.Signal) error { return errorsOr(keep(x), enough) }); err != enough || len(got) != 1 {
				t.Errorf("after %d: %v", len(got), err)
			}
			return nil
		})
	})
}

// The shares of several readers are the whole, once, whatever their number.
func TestEachSignalInShares(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var want []string
		for _, x := range past(t, s) {
			want = append(want, x.ID)
		}
		update(t, s, func(tx *store.Tx) error { return tx.PutClients(clients("acme.com", "c1", "c2", "c3"), day) })
		for shares, parts := range map[int]int{1: 1, 2: 2, 3: 3, 9: 3} {
			update(t, s, func(tx *store.Tx) error {
				bounds, err := tx.ClientSplits("acme.com", shares)
				if len(bounds) != parts-1 || err != nil {
					t.Errorf("%d shares: %q, %v", shares, bounds, err)
				}
				var got []string
				after := ""
				for _, through := range append(bounds, "") {
					n := len(got)
					if err := tx.EachSignalAmong("acme.com", after, through, time.Time{}, time.Time{}, func(x stanna.Signal) error { got = append(got, x.ID); return nil }); err != nil {
						return err
					}
					if len(got) == n {
						t.Errorf("%d shares: one is empty", shares)
					}
					after = through
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%d shares: %s", shares, diff)
				}
				if none, err := tx.ClientSplits("none.com", shares); len(none) != 0 || err != nil {
					t.Errorf("of no clients: %q, %v", none, err)
				}
				return nil
			})
		}
	})
}

// History is walked along the index: sorting millions of rows would take the
// memory that streaming saves.
func TestEachSignalIsNotSorted(t *testing.T) {
	s := storetest.Open(t, storetest.URL(t, "sqlite"))
	rows, err := s.Ask(`explain query plan select client_id, id, type, occurred_at, received_at, source, data from signal
		where workspace = $1 and occurred_at >= $2 and occurred_at < $3 and client_id > $4 order by client_id, occurred_at, id`, "acme.com", 0, 1, "c1")
	if plan := fmt.Sprint(rows); err != nil || !strings.Contains(plan, "signal_client") || strings.Contains(plan, "B-TREE") {
		t.Errorf("%v %s", err, plan)
	}
}
