package backtest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// A backtest of the portfolio equals, alert for alert, what a live workspace
// raises whose time follows the same signals.
func TestPortfolioAsIntake(t *testing.T) {
	clients, signals, _ := fromFiles(t)
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		ctx := context.Background()
		h := newHouse(t, st)
		h.clock.Follow(acme, signals[0].OccurredAt)
		h.settings(func(s *stanna.Settings) { *s = office() })
		h.update(func(tx *store.Tx) error {
			for _, r := range rule.First(acme) {
				if r.Type == stanna.RevenueAtRisk {
					r.Thresholds = map[string]float64{"amount": 5_000}
				}
				r.ActiveSince = signals[0].OccurredAt
				if err := tx.PutRule(r, "test", signals[0].OccurredAt); err != nil {
					return err
				}
			}
			return nil
		})
		for chunk := range slices.Chunk(clients, intake.Slice) {
			_, err := h.intake.PutClients(ctx, acme, "test", slices.Clone(chunk))
			h.must(err)
		}
		for chunk := range slices.Chunk(signals, intake.Slice) {
			out, err := h.intake.Signals(ctx, acme, slices.Clone(chunk), true)
			h.must(err)
			for _, o := range out {
				h.must(o.Err)
			}
		}
		h.sweep()
		var want []string
		h.must(st.View(ctx, func(tx *store.Tx) error {
			list, _, err := tx.Alerts(acme, store.AlertQuery{Limit: 10_000})
			for _, a := range list {
				want = append(want, show(a.RuleID, a.ClientID, a.Severity, a.OpenedAt, a.ClosedAt, a.Why, false, a.Unstable, 0, a.Evidence.Base, a.Evidence.Value))
			}
			return err
		}))
		slices.Sort(want)
		in, err := backtest.Load(ctx, st, acme, time.Time{}, time.Time{})
		h.must(err)
		report, err := backtest.Run(ctx, in)
		h.must(err)
		var got []string
		for _, e := range report.Episodes {
			got = append(got, show(e.RuleID, e.ClientID, e.Severity, e.OpenedAt, e.ClosedAt, e.Why, false, e.Unstable, 0, e.Base, e.Value))
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" || len(got) < 20 {
			t.Errorf("%d alerts live and %d in the backtest: %s", len(want), len(got), diff)
		}
		if report.Signals != len(signals) || report.LeftOut != 0 {
			t.Errorf("%d signals played and %d left out of %d", report.Signals, report.LeftOut, len(signals))
		}
	})
}

// What is loaded for a window has what came before it, to know what was known
// then.
func TestLoadWindow(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := newHouse(t, st)
		h.keep(stanna.HealthDrop)
		h.client()
		h.scores(80, 79, 78)
		h.pass(3 * day)
		h.scores(38)
		in, err := backtest.Load(context.Background(), st, acme, h.now.Add(-day), h.now.Add(day))
		h.must(err)
		r, err := backtest.Run(context.Background(), in)
		h.must(err)
		if len(r.Episodes) != 1 || r.Episodes[0].Trigger != stanna.ReasonEnteredRed || r.Signals != 4 || !r.End.Equal(h.now.Add(day)) {
			t.Errorf("%d signals until %s: %+v", r.Signals, r.End, r.Episodes)
		}
		in, err = backtest.Load(context.Background(), st, acme, h.now.Add(-3*day), h.now.Add(-day))
		h.must(err)
		if r, err = backtest.Run(context.Background(), in); err != nil || len(r.Episodes) != 0 || r.Signals != 3 {
			t.Errorf("%d signals, %d episodes, %v", r.Signals, len(r.Episodes), err)
		}
		h.must(st.View(context.Background(), func(tx *store.Tx) error { return nil }))
	})
}

// An empty workspace has nothing to play, and says so without failing.
func TestLoadNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		newHouse(t, st)
		in, err := backtest.Load(context.Background(), st, acme, time.Time{}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := backtest.Run(context.Background(), in)
		if err != nil || len(r.Episodes) != 0 || !r.Outcomes.TooFew {
			t.Errorf("%+v, %v", r, err)
		}
	})
}
