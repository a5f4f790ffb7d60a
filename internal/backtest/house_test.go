package backtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/backtest"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// monday is Monday 23 November 2026, ten in the morning, UTC.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// house is a real intake on a real store, whose hands of the clock the test
// moves. Nobody works its lanes: the test says what became of a message.
type house struct {
	testing.TB
	store  *store.Store
	intake *intake.Intake
	clock  *stanna.Clock
	now    time.Time
	n      int
}

func newHouse(t testing.TB, st *store.Store) *house {
	h := &house{TB: t, store: st, now: monday}
	h.clock = stanna.NewClock(func() time.Time { return h.now })
	h.intake = intake.New(intake.Options{Store: st, Clock: h.clock, Wake: func(...string) {}, Count: func(stanna.Became, int) {},
		Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); h.intake.Run(ctx, 1) }()
	t.Cleanup(func() { cancel(); <-done })
	h.update(func(tx *store.Tx) error {
		return tx.AddWorkspace(stanna.Workspace{ID: acme, Settings: stanna.Settings{DefaultChannel: "CDEF"}, CreatedAt: monday})
	})
	h.connect()
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) update(fn func(*store.Tx) error) {
	h.Helper()
	h.must(h.store.Update(context.Background(), fn))
}

func (h *house) connect() {
	h.Helper()
	h.update(func(tx *store.Tx) error {
		return tx.PutConnection(stanna.Connection{Workspace: acme, TeamID: "T1", TeamName: "Acme", AccessToken: "xoxb-1", Scopes: []string{"chat:write"}, Health: stanna.Healthy})
	})
}

func (h *house) settings(change func(*stanna.Settings)) {
	h.Helper()
	h.update(func(tx *store.Tx) error {
		w, err := tx.Workspace(acme)
		if err != nil {
			return err
		}
		change(&w.Settings)
		return tx.PutSettings(w)
	})
}

// keep stores a rule of a type with every default, told at once, as changed.
func (h *house) keep(t stanna.AlertType, change ...func(*stanna.Rule)) {
	h.Helper()
	r := stanna.Rule{Workspace: acme, ID: "rule_" + string(t), Name: rule.EntryOf(t).Name, Type: t, Status: stanna.RuleActive, ActiveSince: h.now.AddDate(0, 0, -30)}
	r.Frequency = map[stanna.Severity]stanna.Frequency{}
	for _, s := range stanna.Severities() {
		r.Frequency[s] = stanna.RealTime
	}
	for _, f := range change {
		f(&r)
	}
	h.update(func(tx *store.Tx) error { return tx.PutRule(r, "test", h.now) })
}

// client makes the client c1, or another, and lets it settle.
func (h *house) client(change ...func(*stanna.Client)) {
	h.Helper()
	c := stanna.Client{ID: "c1", Name: "Acme", MRR: stanna.MoneyOf(1000, "USD"), CSMOwner: "ana@acme.com", CreatedAt: monday.AddDate(-1, 0, 20)}
	for _, f := range change {
		f(&c)
	}
	_, err := h.intake.PutClients(context.Background(), acme, "test", []stanna.Client{c})
	h.must(err)
	h.sweep()
}

func (h *house) sweep() {
	h.Helper()
	h.must(h.intake.SweepAll(context.Background(), acme))
}

// pass moves the hands on.
func (h *house) pass(d time.Duration) {
	h.Helper()
	h.now = h.now.Add(d)
	h.sweep()
}

// send sends a signal about c1 that occurred so long ago.
func (h *house) send(ago time.Duration, kind stanna.SignalType, data any) intake.Outcome {
	h.Helper()
	return h.sendOf("c1", ago, kind, data)
}

func (h *house) sendOf(client string, ago time.Duration, kind stanna.SignalType, data any) intake.Outcome {
	h.Helper()
	body, err := json.Marshal(data)
	h.must(err)
	h.n++
	out, err := h.intake.Signals(context.Background(), acme, []stanna.Signal{{ID: fmt.Sprintf("s%d", h.n), ClientID: client, Type: kind,
		OccurredAt: h.now.Add(-ago), Source: "test", Data: body}}, false)
	h.must(err)
	h.must(out[0].Err)
	return out[0]
}

func (h *house) scores(scores ...float64) {
	h.Helper()
	for _, s := range scores {
		h.pass(time.Hour / 4)
		h.send(0, stanna.HealthScoredType, map[string]any{"score": s})
	}
}

// alerts lists the alerts of c1 that are open, oldest first.
func (h *house) alerts() (open []stanna.Alert) {
	h.Helper()
	h.must(h.store.View(context.Background(), func(tx *store.Tx) error {
		all, err := tx.OpenAlerts(acme, []string{"c1"})
		open = all["c1"]
		return err
	}))
	return open
}

// deliver has every message of c1 stand in Slack, or says why not.
func (h *house) deliver(status stanna.NotificationStatus, why stanna.Reason) {
	h.Helper()
	h.update(func(tx *store.Tx) error {
		list, err := tx.ClientMessages(acme, "c1", 100)
		if err != nil {
			return err
		}
		for _, m := range list {
			if status != stanna.Delivered {
				err = tx.MarkUntold(m, status, why, "")
			} else if err = tx.MarkSending(m); err == nil {
				_, err = tx.MarkTold(m, "CDEF", "1.1", "", why, h.now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (h *house) explain(client, ruleID string, at time.Time) backtest.Explanation {
	h.Helper()
	e, err := backtest.Explain(context.Background(), h.store, acme, client, ruleID, at, h.now)
	h.must(err)
	return e
}

var ana = intake.By{Actor: "user:ana", Name: "ana@acme.com"}
