package relay_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/eventlog"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/relay"
	"github.com/gostanna/stanna/internal/store"
)

// shelf is a sink that can be down.
type shelf struct {
	mu    sync.Mutex
	lines []string
	down  bool
}

func (s *shelf) Write(_ context.Context, records []eventlog.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return errors.New("nobody there")
	}
	for _, r := range records {
		s.lines = append(s.lines, string(r.Line))
	}
	return nil
}

// deed writes audit entries, and binds them as the app does.
func (st *stage) deed(entries ...stanna.AuditEntry) {
	st.Helper()
	st.update(func(tx *store.Tx) error {
		for i := range entries {
			entries[i].Workspace, entries[i].At = acme, st.now
		}
		st.must(tx.Audit(entries...))
		n, err := tx.BindAudit(acme, 5000)
		if err != nil || n == 0 {
			st.Fatal(n, err)
		}
		return st.relay.Bound(tx, acme)
	})
}

func TestEventLog(t *testing.T) {
	onEach(t, func(st *stage) {
		log := &shelf{}
		st.build(relay.Options{EventLog: log})
		st.update(func(tx *store.Tx) error {
			st.must(tx.PutClients([]stanna.Client{{Workspace: acme, ID: "c1", Name: "Umbrella", MRR: stanna.MoneyOf(100, "USD")}}, st.now))
			return tx.PutAlerts([]stanna.Alert{{Workspace: acme, ID: "alr_1", ClientID: "c1", RuleID: "r1", RuleName: "Health drop", Type: "health_drop", Severity: stanna.High,
				Status: stanna.AlertOpen, OpenedAt: st.now, Why: stanna.ReasonFellPoints, Evidence: stanna.Evidence{Quote: "we are leaving"}}})
		})
		st.deed(stanna.AuditEntry{Actor: "user:usr_1", Action: "settings.changed", Subject: acme, Details: map[string]string{"version": "2"}},
			stanna.AuditEntry{Actor: stanna.ActorSystem, Action: "alert.opened", Subject: "alr_1", Reason: stanna.ReasonFellPoints})
		st.work(stanna.LogLane(acme))
		if len(log.lines) != 2 {
			st.Fatalf("%q", log.lines)
		}
		var plain, about map[string]any
		st.must(json.Unmarshal([]byte(log.lines[0]), &plain))
		st.must(json.Unmarshal([]byte(log.lines[1]), &about))
		if plain["seq"] != 1.0 || plain["actor"] != "user:usr_1" || plain["workspaceId"] != acme || plain["alert"] != nil || fmt.Sprint(plain["details"]) != "map[version:2]" {
			st.Errorf("%v", plain)
		}
		alert, _ := about["alert"].(map[string]any)
		client, _ := about["client"].(map[string]any)
		if about["seq"] != 2.0 || alert["severity"] != "high" || client["name"] != "Umbrella" || strings.Contains(log.lines[1], "leaving") {
			st.Errorf("%s", log.lines[1])
		}
	})
}

// While the log is down the trail goes on, and when it is back everything is
// written, in order and once, whoever stopped meanwhile.
func TestEventLogThatWasDown(t *testing.T) {
	onEach(t, func(st *stage) {
		log := &shelf{}
		st.build(relay.Options{EventLog: log})
		lane, n := stanna.LogLane(acme), 0
		more := func(count int) {
			var entries []stanna.AuditEntry
			for range count {
				n++
				entries = append(entries, stanna.AuditEntry{Actor: "system", Action: "test.done", Subject: fmt.Sprint(n)})
			}
			st.deed(entries...)
		}
		more(3)
		st.work(lane)
		log.down = true
		for range 30 {
			more(100)
			st.work(lane)
			st.now = st.now.Add(10 * time.Second)
		}
		if len(log.lines) != 3 || !strings.Contains(st.log.String(), "goes on where it stopped") {
			st.Fatalf("%d lines; %s", len(log.lines), st.log)
		}
		log.down = false
		st.update(func(tx *store.Tx) error { // a holder that was killed as it wrote
			st.now = st.now.Add(2 * time.Minute)
			l, _, ok, err := tx.ClaimLane(lane, "dead", queue.Lease, st.now)
			if err != nil || !ok {
				st.Fatal(ok, err)
			}
			_, err = st.roads["log"].Plan(tx, &l, st.now)
			st.must(err)
			return tx.FreeLanes()
		})
		more(1)
		st.work(lane)
		var got []string
		for _, line := range log.lines {
			var e struct{ Subject string }
			st.must(json.Unmarshal([]byte(line), &e))
			got = append(got, e.Subject)
		}
		var want []string
		for i := range n {
			want = append(want, fmt.Sprint(i+1))
		}
		if !slices.Equal(got, want) {
			st.Errorf("%d lines, not %d: %v", len(got), len(want), got)
		}
		// Switched off, its lane lets go of what is on it.
		st.deed(stanna.AuditEntry{Actor: "system", Action: "test.done"})
		st.build(relay.Options{})
		st.work(lane)
		if at := st.due(lane); !at.IsZero() {
			st.Errorf("due still, at %v", at)
		}
		// And on again, it goes on where it stopped.
		st.build(relay.Options{EventLog: log})
		st.must(st.relay.Begin(context.Background(), []stanna.Workspace{{ID: acme}}))
		st.work(lane)
		if len(log.lines) != n+1 {
			st.Errorf("%d lines, not %d", len(log.lines), n+1)
		}
	})
}
