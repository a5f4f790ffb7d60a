package intake_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

const acme = "acme.com"

// monday is Monday 23 November 2026, ten in the morning, UTC.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// house is an intake whose workspace's time follows its signals, connected to
// a Slack team that nobody works for.
type house struct {
	*testing.T
	store  *store.Store
	intake *intake.Intake
	clock  *stanna.Clock
	n      int
}

// each runs a test on both engines.
func each(t *testing.T, s stanna.Settings, rules []stanna.Rule, test func(*house)) {
	t.Helper()
	if s.DefaultChannel == "" {
		s.DefaultChannel, s.FallbackChannel = "CDEF", "CFALL"
	}
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		h := &house{T: t, store: st, clock: stanna.NewClock(time.Now)}
		h.clock.Follow(acme, monday)
		h.intake = intake.New(intake.Options{Store: st, Clock: h.clock, Wake: func(...string) {}, Count: func(stanna.Became, int) {},
			Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); h.intake.Run(ctx, 1) }()
		t.Cleanup(func() { cancel(); <-done })
		h.update(func(tx *store.Tx) error {
			if err := tx.AddWorkspace(stanna.Workspace{ID: acme, Settings: s, CreatedAt: monday}); err != nil {
				return err
			}
			for _, r := range rules {
				if err := tx.PutRule(r, "test", monday); err != nil {
					return err
				}
			}
			return tx.PutConnection(stanna.Connection{Workspace: acme, TeamID: "T1", TeamName: "Acme", AccessToken: "xoxb-1", Scopes: []string{"chat:write"}, Health: stanna.Healthy})
		})
		test(h)
	})
}

// ruleOf is a rule of a type with every default, told at once.
func ruleOf(t stanna.AlertType, change ...func(*stanna.Rule)) stanna.Rule {
	r := stanna.Rule{Workspace: acme, ID: "rule_" + string(t), Name: rule.EntryOf(t).Name, Type: t, Status: stanna.RuleActive, ActiveSince: monday.AddDate(0, 0, -30)}
	r.Frequency = map[stanna.Severity]stanna.Frequency{}
	for _, s := range stanna.Severities() {
		r.Frequency[s] = stanna.RealTime
	}
	for _, f := range change {
		f(&r)
	}
	return r
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

func (h *house) view(fn func(*store.Tx) error) {
	h.Helper()
	h.must(h.store.View(context.Background(), fn))
}

func (h *house) client(id string, change ...func(*stanna.Client)) {
	h.Helper()
	c := stanna.Client{ID: id, Name: id, MRR: stanna.MoneyOf(1000, "USD"), CSMOwner: "ana@acme.com", CreatedAt: monday.AddDate(-1, 0, -3)}
	for _, f := range change {
		f(&c)
	}
	_, err := h.intake.PutClients(context.Background(), acme, "test", []stanna.Client{c})
	h.must(err)
}

// send sends a signal of that time and gives what became of it.
func (h *house) send(at time.Time, client string, kind stanna.SignalType, data any) intake.Outcome {
	h.Helper()
	body, err := json.Marshal(data)
	h.must(err)
	h.n++
	out, err := h.intake.Signals(context.Background(), acme, []stanna.Signal{{ID: fmt.Sprintf("s%d", h.n), ClientID: client, Type: kind, OccurredAt: at, Source: "test", Data: body}}, false)
	h.must(err)
	if out[0].Err != nil {
		h.Fatal(out[0].Err)
	}
	return out[0]
}

func (h *house) score(at time.Time, client string, score float64) intake.Outcome {
	h.Helper()
	return h.send(at, client, stanna.HealthScoredType, map[string]any{"score": score})
}

// pass lets time pass to then.
func (h *house) pass(then time.Time) {
	h.Helper()
	h.update(func(tx *store.Tx) error {
		return tx.PutClients([]stanna.Client{{Workspace: acme, ID: "clock", Name: "Clock", CreatedAt: monday, UpdatedAt: monday}}, monday)
	})
	h.send(then, "clock", "custom.tick", map[string]any{})
}

// fall makes a client fall from 80 to a score.
func (h *house) fall(at time.Time, client string, score float64) string {
	h.Helper()
	h.score(at.Add(-time.Hour), client, 80)
	out := h.score(at, client, score)
	if len(out.Alerts) != 1 || out.Alerts[0].Event != stanna.Opened {
		h.Fatalf("the fall opened nothing: %+v", out)
	}
	return out.Alerts[0].ID
}

// told lists what was promised of an alert, oldest first.
func (h *house) told(alert string) (list []stanna.Notification) {
	h.Helper()
	h.view(func(tx *store.Tx) error {
		all, _, err := tx.Notifications(acme, store.NotificationQuery{AlertID: alert, Limit: 100})
		list = nil
		for i := range all {
			list = append(list, all[len(all)-1-i])
		}
		return err
	})
	return list
}

// one is the only notification of an alert.
func (h *house) one(alert string, status stanna.NotificationStatus, why stanna.Reason) stanna.Notification {
	h.Helper()
	list := h.told(alert)
	if len(list) != 1 || list[0].Status != status || why != "" && list[0].Reason != why {
		h.Fatalf("told %+v, want one that is %s for %q", list, status, why)
	}
	return list[0]
}

func (h *house) alert(id string) (a stanna.Alert) {
	h.Helper()
	h.view(func(tx *store.Tx) (err error) { a, err = tx.Alert(acme, id); return err })
	return a
}

func (h *house) message(id string) (m stanna.Message) {
	h.Helper()
	h.view(func(tx *store.Tx) (err error) { m, err = tx.Message(acme, id); return err })
	return m
}

var ana = intake.By{Actor: "user:ana", Name: "ana@acme.com"}

// stands makes a message stand in Slack.
func (h *house) stands(message string) {
	h.Helper()
	h.update(func(tx *store.Tx) error {
		m, err := tx.LockMessage(acme, message)
		if err != nil {
			return err
		}
		if err := tx.MarkSending(m); err != nil {
			return err
		}
		_, err = tx.MarkTold(m, "C1", "1.1", "", stanna.ReasonSent, monday)
		return err
	})
}
