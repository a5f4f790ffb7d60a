package intake_test

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/store"
)

// story is a few days of a few clients, in order of time.
func story(t *rapid.T) []stanna.Signal {
	var list []stanna.Signal
	at := monday
	for i := range rapid.IntRange(20, 120).Draw(t, "signals") {
		at = at.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "minutes")) * time.Minute)
		client := fmt.Sprintf("c%d", rapid.IntRange(0, 4).Draw(t, "client"))
		s := stanna.Signal{ID: fmt.Sprintf("s%03d", i), ClientID: client, OccurredAt: at, Source: "feed"}
		switch rapid.IntRange(0, 5).Draw(t, "kind") {
		case 0, 1, 2:
			s.Type, s.Data = stanna.HealthScoredType, fmt.Appendf(nil, `{"score":%d}`, rapid.IntRange(5, 95).Draw(t, "score"))
		case 3:
			s.Type, s.Data = stanna.ChurnPredictedType, fmt.Appendf(nil, `{"probability":%.2f}`, rapid.Float64Range(0, 1).Draw(t, "churn"))
		case 4:
			s.Type, s.Data = stanna.PaymentFailedType, fmt.Appendf(nil, `{"amount":100,"currency":"USD","attempt":%d}`, rapid.IntRange(1, 3).Draw(t, "attempt"))
		case 5:
			s.Type, s.Data = stanna.PaymentRecoveredType, json.RawMessage(`{}`)
		}
		if rapid.IntRange(0, 9).Draw(t, "late") == 0 { // it was true a while ago
			s.OccurredAt = s.OccurredAt.Add(-time.Duration(rapid.IntRange(1, 40).Draw(t, "hours")) * time.Hour)
		}
		list = append(list, s)
	}
	return list
}

// played is what became of a story.
type played struct {
	alerts  []string
	promise map[string][]stanna.Notification // by alert, oldest first
}

// play takes a story in, in pieces of those sizes, and lets two weeks pass.
func play(t *rapid.T, keys *store.Keyset, dir string, signals []stanna.Signal, pieces []int) played {
	st, err := store.Open(context.Background(), store.Config{URL: dir, Keyset: keys})
	if err != nil {
		t.Fatal(err)
	}
	clock := stanna.NewClock(time.Now)
	clock.Follow(acme, monday)
	in := intake.New(intake.Options{Store: st, Clock: clock, Wake: func(...string) {}, Count: func(stanna.Became, int) {}, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); in.Run(ctx, 1) }()
	defer func() { cancel(); <-done; _ = st.Close() }()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(st.Update(ctx, func(tx *store.Tx) error {
		s := stanna.Settings{DefaultChannel: "CDEF", BusinessHours: office}
		if err := tx.AddWorkspace(stanna.Workspace{ID: acme, Settings: s, CreatedAt: monday}); err != nil {
			return err
		}
		for _, a := range []stanna.AlertType{stanna.HealthDrop, stanna.ChurnRisk, stanna.PaymentIssue} {
			r := ruleOf(a)
			r.Frequency = nil // some wait for the digest
			if err := tx.PutRule(r, "test", monday); err != nil {
				return err
			}
		}
		return tx.PutConnection(stanna.Connection{Workspace: acme, TeamID: "T1", AccessToken: "xoxb-1", Health: stanna.Healthy})
	}))
	var clients []stanna.Client
	for i := range 5 {
		clients = append(clients, stanna.Client{ID: fmt.Sprintf("c%d", i), Name: "Client", MRR: stanna.MoneyOf(12_000, "USD"), CreatedAt: monday.AddDate(-1, 0, 0)})
	}
	_, err = in.PutClients(ctx, acme, "test", clients)
	must(err)
	for _, n := range pieces {
		_, err := in.Signals(ctx, acme, slices.Clone(signals[:n]), true)
		must(err)
		signals = signals[n:]
	}
	end := clock.Now(acme).Add(14 * 24 * time.Hour)
	_, err = in.Signals(ctx, acme, []stanna.Signal{{ID: "end", ClientID: "c0", Type: "custom.tick", OccurredAt: end, Data: json.RawMessage(`{}`)}}, true)
	must(err)
	out := played{promise: map[string][]stanna.Notification{}}
	must(st.View(ctx, func(tx *store.Tx) error {
		alerts, _, err := tx.Alerts(acme, store.AlertQuery{Limit: 10_000})
		if err != nil {
			return err
		}
		for _, a := range alerts {
			out.alerts = append(out.alerts, fmt.Sprintf("%s %s %s opened %s closed %s %s %s %g", a.ClientID, a.RuleID, a.Severity, a.OpenedAt.UTC().Format(time.RFC3339),
				a.ClosedAt.UTC().Format(time.RFC3339), a.Status, a.Why, a.Evidence.Worst))
		}
		all, _, err := tx.Notifications(acme, store.NotificationQuery{Limit: 10_000})
		slices.SortStableFunc(all, func(a, b stanna.Notification) int { return cmp.Compare(a.ID, b.ID) })
		for _, n := range all {
			out.promise[n.AlertID] = append(out.promise[n.AlertID], n)
		}
		return err
	}))
	slices.Sort(out.alerts)
	return out
}

// Whatever is sent, and in whatever pieces: the alerts are the same; nobody is
// called twice for one; what was never told is not closed aloud; and what was
// held is told or was over before.
func TestAnyStory(t *testing.T) {
	root := t.TempDir()
	keys, err := store.NewKeyset()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue { // each plays two stories on disk
		_ = f.Value.Set("25")
		defer func() { _ = f.Value.Set(f.DefValue) }()
	}
	rapid.Check(t, func(t *rapid.T) {
		signals := story(t)
		var pieces []int
		for left := len(signals); left > 0; {
			k := rapid.IntRange(1, left).Draw(t, "piece")
			pieces = append(pieces, k)
			left -= k
		}
		dir := func() string { n++; return fmt.Sprintf("%s/%d.db", root, n) }
		one := play(t, keys, dir(), signals, []int{len(signals)})
		cut := play(t, keys, dir(), signals, pieces)
		if diff := gocmp.Diff(one.alerts, cut.alerts); diff != "" {
			t.Fatalf("in pieces of %v (-whole +pieces): %s", pieces, diff)
		}
		for alert, list := range cut.promise {
			told, calls := false, map[stanna.Destination]int{}
			for _, p := range list {
				switch {
				case p.Status == stanna.Held:
					t.Fatalf("%s is held for ever: %+v", alert, p)
				case p.Status == stanna.Spared:
					continue
				case p.Event == stanna.Resolved && !told:
					t.Fatalf("%s was closed aloud and never told: %+v", alert, list)
				case p.Event == stanna.Opened:
					if calls[p.Destination]++; calls[p.Destination] > 1 {
						t.Fatalf("%s was told twice: %+v", alert, list)
					}
				}
				told = true
			}
		}
	})
}
