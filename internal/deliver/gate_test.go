package deliver

import (
	"context"
	"testing"
	"time"

	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// An outage is told after ten minutes and once, and its end is known to have
// been waited for.
func TestLongOutage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
		step := func(fn func(tx *store.Tx) error) {
			t.Helper()
			if err := s.Update(context.Background(), fn); err != nil {
				t.Fatal(err)
			}
		}
		outage := func(lasts time.Duration) (told []time.Duration) {
			begun := now
			for ; now.Sub(begun) <= lasts; now = now.Add(15 * time.Second) {
				step(func(tx *store.Tx) error {
					_, long, err := failed(tx, "slack:T1", now)
					if long {
						told = append(told, now.Sub(begun))
					}
					return err
				})
			}
			return told
		}
		ends := func() (was store.Gate) {
			step(func(tx *store.Tx) (err error) { was, err = succeeded(tx, "slack:T1"); return err })
			return was
		}
		if told := outage(9 * time.Minute); len(told) != 0 || ends().Holder == outageTold {
			t.Errorf("a short outage was told: %v", told)
		}
		for range 2 {
			if told := outage(time.Hour); len(told) != 1 || told[0] != longOutage {
				t.Errorf("told after %v", told)
			}
			if was := ends(); was.Holder != outageTold || was.Failures < store.CircuitOpens {
				t.Errorf("its end is not told: %+v", was)
			}
			if was := ends(); was.Holder == outageTold {
				t.Errorf("its end is told again: %+v", was)
			}
		}
	})
}
