package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// Every number of rows is written whole, each row as it was given, and read
// back by a list of ids of every size.
func TestBatchSizes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, n := range []int{0, 1, 3, 4, 5, 16, 21, 64, 65, 256, 257, 1000} {
			workspace := fmt.Sprintf("w%d.com", n)
			var signals []store.StoredSignal
			var ids []string
			for i := range n {
				id := fmt.Sprintf("s%04d", i)
				ids = append(ids, id)
				signals = append(signals, store.StoredSignal{Became: stanna.Accepted, Signal: stanna.Signal{Workspace: workspace, ID: id, ClientID: "c-" + id,
					Type: "custom.x", OccurredAt: day.Add(time.Duration(i) * time.Second), ReceivedAt: day, Source: "src-" + id, Data: []byte(`{}`)}})
			}
			update(t, s, func(tx *store.Tx) error { return tx.AddSignals(signals) })
			rows, err := s.Ask(`select id, client_id, source, occurred_at from signal where workspace = $1 order by id`, workspace)
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != n {
				t.Fatalf("%d rows of %d", len(rows), n)
			}
			for i, row := range rows {
				if want := fmt.Sprint([]any{ids[i], "c-" + ids[i], "src-" + ids[i], day.Add(time.Duration(i) * time.Second).UnixMicro()}); fmt.Sprint(row) != want {
					t.Fatalf("row %d of %d is %v, want %s", i, n, row, want)
				}
			}
			if n < 1000 {
				continue
			}
			update(t, s, func(tx *store.Tx) error {
				for _, size := range []int{0, 1, 2, 4, 5, 15, 16, 17, 63, 64, 65, 255, 256} {
					asked := append(ids[:size:size], "unknown")[:min(size+1, 256)]
					known, err := tx.KnownSignals(workspace, asked)
					if err != nil {
						return err
					}
					if len(known) != size || known["unknown"] {
						t.Fatalf("of %d ids %d are known", size, len(known))
					}
				}
				return nil
			})
		}
	})
}

// A refused row leaves none of its neighbours.
func TestBatchIsWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		err := s.Update(context.Background(), func(tx *store.Tx) error {
			var args []any
			for i := range 300 {
				args = append(args, fmt.Sprintf("k%d", i%299), []byte{1}) // the last is the first again
			}
			return tx.Insert(`insert into meta (key, value)`, ``, 2, args)
		})
		unique, again := store.ErrorClasses(err)
		if !unique || again {
			t.Errorf("a key twice: %v (unique %v, again %v)", err, unique, again)
		}
		if rows, _ := s.Ask(`select key from meta where key like 'k_%' and key <> 'keyset'`); len(rows) != 0 {
			t.Errorf("%d rows stayed", len(rows))
		}
	})
}

// Trouble is told apart by its code, not by its words.
func TestErrorClasses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		if err := s.Raw(`insert into meta (key, value) values ('a', $1)`, []byte{1}); err != nil {
			t.Fatal(err)
		}
		for statement, wantUnique := range map[string]bool{
			`insert into meta (key, value) values ('a', $1)`:                          true,
			`insert into meta (key, value) values (null, $1)`:                         false,
			`insert into nowhere (key, value) values ('unique constraint', $1)`:       false,
			`insert into meta (key, value) values ('duplicate key', $1), ('b', null)`: false,
		} {
			unique, again := store.ErrorClasses(s.Raw(statement, []byte{1}))
			if unique != wantUnique || again {
				t.Errorf("%s: unique %v, again %v", statement, unique, again)
			}
		}
	})
	for code, want := range map[string]bool{"40001": true, "40P01": true, "23505": false, "57014": false} {
		unique, again := store.ErrorClasses(fmt.Errorf("insert: %w", &pgconn.PgError{Code: code}))
		if again != want || unique != (code == "23505") {
			t.Errorf("%s: unique %v, again %v", code, unique, again)
		}
	}
	if _, again := store.ErrorClasses(fmt.Errorf("add: %w", store.ErrRaced)); !again {
		t.Error("a lost race is not run again")
	}
}

// Two transactions that wait for each other in a ring both come to an end.
func TestDeadlockIsRunAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		client := func(id string) stanna.Client { return stanna.Client{Workspace: "acme.com", ID: id, Name: id} }
		update(t, s, func(tx *store.Tx) error { return tx.PutClients([]stanna.Client{client("a"), client("b")}, day) })
		errs := make(chan error, 2)
		met := make(chan struct{}, 2)
		for _, order := range [][]string{{"a", "b"}, {"b", "a"}} {
			go func() {
				first := true
				errs <- s.Update(context.Background(), func(tx *store.Tx) error {
					if _, err := tx.LockPortraits("acme.com", order[:1]); err != nil {
						return err
					}
					if s.Engine() == "postgres" && first { // meet in the middle
						first = false
						met <- struct{}{}
						for len(met) < 2 {
							<-time.After(time.Millisecond)
						}
					}
					_, err := tx.LockPortraits("acme.com", order[1:])
					return err
				})
			}()
		}
		for range 2 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}

// A transaction whose function fails, or panics, leaves nothing and blocks
// nobody.
func TestRollback(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		add := func(tx *store.Tx) error {
			return tx.PutClients([]stanna.Client{{Workspace: "acme.com", ID: "c1", Name: "x"}}, day)
		}
		_ = s.Update(context.Background(), func(tx *store.Tx) error { _ = add(tx); return context.Canceled })
		func() {
			defer func() { _ = recover() }()
			_ = s.Update(context.Background(), func(tx *store.Tx) error { _ = add(tx); panic("no") })
		}()
		update(t, s, func(tx *store.Tx) error {
			n, err := tx.ClientCount("acme.com")
			if n != 0 {
				t.Errorf("%d clients stayed", n)
			}
			return err
		})
		err := s.View(context.Background(), add)
		if err == nil {
			t.Error("a view writes")
		}
	})
}
