package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

func TestPressIsDoneOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var firsts atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				err := s.Update(context.Background(), func(tx *store.Tx) error {
					_, seen, err := tx.TakePress("T1", "U1/1/take", day)
					if err == nil && !seen {
						tx.OnCommit(func() { firsts.Add(1) })
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := firsts.Load(); n != 1 {
			t.Errorf("a press that came eight times was given to %d", n)
		}
		take := func(team, id string, now time.Time, wantAnswer string, wantSeen bool) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				answer, seen, err := tx.TakePress(team, id, now)
				if answer != wantAnswer || seen != wantSeen {
					t.Errorf("%s %s: %q, seen %v", team, id, answer, seen)
				}
				return err
			})
		}
		take("T1", "U1/1/take", day.Add(time.Second), "", true) // somebody is at it
		take("T2", "U1/1/take", day, "", false)                 // another team's
		update(t, s, func(tx *store.Tx) error { return tx.AnswerPress("T1", "U1/1/take", "{}") })
		take("T1", "U1/1/take", day.Add(time.Hour), "{}", true)
		take("T2", "U1/1/take", day.Add(time.Hour), "", false) // whoever had it died
		update(t, s, func(tx *store.Tx) error { return tx.FreePress("T2", "U1/1/take") })
		take("T2", "U1/1/take", day.Add(time.Hour), "", false)
		update(t, s, func(tx *store.Tx) error {
			n, err := tx.PrunePresses(day.Add(time.Minute))
			if n != 1 {
				t.Errorf("%d presses were forgotten", n)
			}
			return err
		})
		take("T1", "U1/1/take", day, "", false)
	})
}
