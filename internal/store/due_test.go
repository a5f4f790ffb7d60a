package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// dues lists when the clients of a workspace are due.
func dues(t *testing.T, s *store.Store, workspace string) (list []store.DueClient) {
	t.Helper()
	update(t, s, func(tx *store.Tx) (err error) {
		list, err = tx.DueClients(workspace, day.AddDate(1, 0, 0), 1000)
		return err
	})
	return list
}

func clients(workspace string, ids ...string) (list []stanna.Client) {
	for _, id := range ids {
		list = append(list, stanna.Client{Workspace: workspace, ID: id, Name: id, CreatedAt: day, UpdatedAt: day})
	}
	return list
}

func TestDueClients(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		update(t, s, func(tx *store.Tx) error {
			if err := tx.PutClients(clients("acme.com", "c3", "c1", "c2"), day); err != nil { // in no order
				return err
			}
			return tx.PutClients(clients("beta.com", "c1"), day)
		})
		if diff := cmp.Diff([]store.DueClient{{"c1", stanna.AtOnce}, {"c2", stanna.AtOnce}, {"c3", stanna.AtOnce}}, dues(t, s, "acme.com")); diff != "" {
			t.Errorf("new clients: %s", diff)
		}
		later := day.Add(time.Hour)
		update(t, s, func(tx *store.Tx) error { return tx.SetDue("acme.com", []string{"c1", "c3"}, later) })
		update(t, s, func(tx *store.Tx) error { return tx.SetDue("acme.com", []string{"c2"}, day) })
		if diff := cmp.Diff([]store.DueClient{{"c2", day}, {"c1", later}, {"c3", later}}, dues(t, s, "acme.com")); diff != "" {
			t.Errorf("set: %s", diff)
		}
		update(t, s, func(tx *store.Tx) error {
			due, err := tx.DueClients("acme.com", later.Add(-time.Microsecond), 10)
			if diff := cmp.Diff([]store.DueClient{{"c2", day}}, due); diff != "" || err != nil {
				t.Errorf("by then: %v %s", err, diff)
			}
			due, err = tx.DueClients("acme.com", later, 2)
			if diff := cmp.Diff([]store.DueClient{{"c2", day}, {"c1", later}}, due); diff != "" {
				t.Errorf("two of them: %s", diff)
			}
			return err
		})
		update(t, s, func(tx *store.Tx) error { return tx.SetDue("acme.com", []string{"c2", "c3"}, time.Time{}) })
		if diff := cmp.Diff([]store.DueClient{{"c1", later}}, dues(t, s, "acme.com")); diff != "" {
			t.Errorf("never: %s", diff)
		}
		update(t, s, func(tx *store.Tx) error { return tx.MarkAllDue("acme.com") })
		if diff := cmp.Diff([]store.DueClient{{"c1", stanna.AtOnce}, {"c2", stanna.AtOnce}, {"c3", stanna.AtOnce}}, dues(t, s, "acme.com")); diff != "" {
			t.Errorf("all: %s", diff)
		}
		update(t, s, func(tx *store.Tx) error { return tx.SetDue("acme.com", []string{"c1", "c2", "c3"}, time.Time{}) })
		update(t, s, func(tx *store.Tx) error { return tx.PutClients(clients("acme.com", "c2"), day) })
		if diff := cmp.Diff([]store.DueClient{{"c2", stanna.AtOnce}}, dues(t, s, "acme.com")); diff != "" {
			t.Errorf("changed clients: %s", diff)
		}
		if diff := cmp.Diff([]store.DueClient{{"c1", stanna.AtOnce}}, dues(t, s, "beta.com")); diff != "" {
			t.Errorf("another workspace: %s", diff)
		}
	})
}

// A state that is put brings when it is due, whatever was read or written
// before in the same transaction.
func TestPutStatesSetsDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		update(t, s, func(tx *store.Tx) error { return tx.PutClients(clients("acme.com", "c1", "c2"), day) })
		put := func(tx *store.Tx, at time.Time, ids ...string) error {
			var states []stanna.State
			for _, id := range ids {
				states = append(states, stanna.State{Workspace: "acme.com", ClientID: id, Due: at})
			}
			return tx.PutStates(states, day)
		}
		step := func(name string, fn func(tx *store.Tx) error, want ...store.DueClient) {
			t.Helper()
			update(t, s, fn)
			if diff := cmp.Diff(want, dues(t, s, "acme.com")); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		lock := func(tx *store.Tx) error {
			_, err := tx.LockPortraits("acme.com", []string{"c1", "c2"})
			return err
		}
		step("unread", func(tx *store.Tx) error { return put(tx, day, "c1") }, store.DueClient{"c2", stanna.AtOnce}, store.DueClient{"c1", day})
		step("read, and the same", func(tx *store.Tx) error { return errorsOr(lock(tx), put(tx, day, "c1")) }, store.DueClient{"c2", stanna.AtOnce}, store.DueClient{"c1", day})
		step("read, and never", func(tx *store.Tx) error { return errorsOr(lock(tx), put(tx, time.Time{}, "c1", "c2")) })
		step("read, and again never", func(tx *store.Tx) error { return errorsOr(lock(tx), put(tx, time.Time{}, "c1", "c2")) })
		step("twice", func(tx *store.Tx) error { return errorsOr(lock(tx), put(tx, day, "c1"), put(tx, time.Time{}, "c1")) })
		step("and back", func(tx *store.Tx) error {
			return errorsOr(lock(tx), put(tx, day, "c1"), put(tx, time.Time{}, "c1"), tx.SetDue("acme.com", []string{"c1"}, day))
		}, store.DueClient{"c1", day})
		step("marked between", func(tx *store.Tx) error { return errorsOr(lock(tx), tx.MarkAllDue("acme.com"), put(tx, day, "c1")) },
			store.DueClient{"c2", stanna.AtOnce}, store.DueClient{"c1", day})
		step("client put between", func(tx *store.Tx) error {
			return errorsOr(lock(tx), tx.PutClients(clients("acme.com", "c1"), day), put(tx, day, "c1"))
		}, store.DueClient{"c2", stanna.AtOnce}, store.DueClient{"c1", day})
	})
}

func errorsOr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Who judges a client while the rules change does not undo that it is due.
func TestMarkAllDueWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		update(t, s, func(tx *store.Tx) error { return tx.PutClients(clients("acme.com", "c1", "c2"), day) })
		read, done := make(chan bool), make(chan error)
		go func() {
			<-read
			done <- s.Update(context.Background(), func(tx *store.Tx) error { return tx.MarkAllDue("acme.com") })
		}()
		update(t, s, func(tx *store.Tx) error {
			if _, err := tx.LockPortraits("acme.com", []string{"c1"}); err != nil {
				return err
			}
			close(read)
			if s.Engine() == "postgres" { // SQLite has one writer
				waits(t, s)
			}
			return tx.PutStates([]stanna.State{{Workspace: "acme.com", ClientID: "c1", Due: day}}, day)
		})
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]store.DueClient{{"c1", stanna.AtOnce}, {"c2", stanna.AtOnce}}, dues(t, s, "acme.com")); diff != "" {
			t.Error(diff)
		}
	})
}

// waits until a transaction on the database waits for another.
func waits(t *testing.T, s *store.Store) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		rows, err := s.Ask(`select 1 from pg_locks l join pg_stat_activity a on a.pid = l.pid where not l.granted and a.datname = current_database()`)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) > 0 {
			return
		}
	}
	t.Error("nobody had to wait")
}

func TestNextTimer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		next := func(what string, want time.Time, wantOK bool) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				at, ok, err := tx.NextTimer("acme.com")
				if ok != wantOK || !at.Equal(want) {
					t.Errorf("%s: %v, %v", what, at, ok)
				}
				return err
			})
		}
		next("nothing", time.Time{}, false)
		hold := notification("ntf_1", "a1", "", 0)
		hold.Status, hold.Hold.Until = stanna.Held, day.Add(3*time.Hour)
		told := notification("ntf_2", "a1", "", 0)
		told.Hold.Until = day
		update(t, s, func(tx *store.Tx) error { return tx.AddNotifications(hold, told) })
		next("held", day.Add(3*time.Hour), true)
		over := surge("srg_2", stanna.ChurnRisk)
		over.Status, over.Until = stanna.SurgeReleased, day
		holding := surge("srg_1", stanna.HealthDrop)
		holding.Until = day.Add(2 * time.Hour)
		update(t, s, func(tx *store.Tx) error { return errorsOr(tx.PutSurge(over), tx.PutSurge(holding)) })
		next("a surge", day.Add(2*time.Hour), true)
		update(t, s, func(tx *store.Tx) error {
			return errorsOr(tx.PutClients(clients("acme.com", "c1", "c2"), day), tx.PutClients(clients("beta.com", "c1"), day),
				tx.SetDue("acme.com", []string{"c2"}, time.Time{}), tx.SetDue("acme.com", []string{"c1"}, day.Add(time.Hour)))
		})
		next("a client", day.Add(time.Hour), true)
	})
}

// More clients than one statement takes.
func TestManyDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var ids []string
		for i := range 300 {
			ids = append(ids, fmt.Sprintf("c%03d", i))
		}
		update(t, s, func(tx *store.Tx) error { return tx.PutClients(clients("acme.com", ids...), day) })
		update(t, s, func(tx *store.Tx) error { return tx.SetDue("acme.com", ids[:299], time.Time{}) })
		if diff := cmp.Diff([]store.DueClient{{"c299", stanna.AtOnce}}, dues(t, s, "acme.com")); diff != "" {
			t.Error(diff)
		}
		update(t, s, func(tx *store.Tx) error { return tx.SetDue("acme.com", ids, day) })
		if got := dues(t, s, "acme.com"); len(got) != 300 || !got[299].At.Equal(day) {
			t.Errorf("%d are due", len(got))
		}
	})
}
