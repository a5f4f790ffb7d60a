package deliver

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// Digests that were posted and long outages are told to who asked for it;
// other messages are not.
func TestWhatCouriersTell(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		now := time.Date(2026, 11, 24, 9, 20, 0, 0, time.UTC)
		looked := 0
		c := New(Options{Store: s, Clock: stanna.NewClock(func() time.Time { return now }), Look: func() { looked++ }})
		update := func(fn func(tx *store.Tx) error) {
			t.Helper()
			if err := s.Update(context.Background(), fn); err != nil {
				t.Fatal(err)
			}
		}
		to := stanna.SlackChannel("T1", "C1")
		update(func(tx *store.Tx) error {
			if err := tx.PutConnection(stanna.Connection{Workspace: "acme.com", TeamID: "T1", TeamName: "Acme", Health: stanna.Healthy}); err != nil {
				return err
			}
			if err := tx.AddNotifications(stanna.Notification{Workspace: "acme.com", ID: "ntf_1", Destination: to, Status: stanna.Waiting},
				stanna.Notification{Workspace: "acme.com", ID: "ntf_2", Destination: stanna.SlackChannel("T12", "C1"), Status: stanna.Waiting}); err != nil {
				return err
			}
			return tx.PutEndpoint(stanna.Endpoint{Workspace: "acme.com", ID: "ep_1", Address: "https://hooks.acme.com", Types: stanna.EventTypes(), CreatedAt: now})
		})
		for _, why := range []stanna.Reason{"", stanna.ReasonOutsideHours, stanna.ReasonWeeklyDigest} {
			m := stanna.Message{Workspace: "acme.com", ID: "sum_1", Kind: stanna.Summary, Destination: to, Occasion: stanna.Occasion{Why: why, Date: "2026-11-24", Since: now.AddDate(0, 0, -7)}}
			update(func(tx *store.Tx) error { return c.tellDigest(tx, m) })
		}
		for _, kind := range []stanna.EventType{stanna.LanePaused, stanna.LaneResumed} {
			update(func(tx *store.Tx) error {
				return c.tellCircuit(tx, "acme.com", "slack:T1", now.Add(-longOutage), kind, now)
			})
		}
		var told []stanna.Delivery
		update(func(tx *store.Tx) (err error) { told, err = tx.WaitingDeliveries("acme.com", "ep_1", 10); return err })
		if len(told) != 3 || told[0].Event.Type != stanna.DigestSent || told[1].Event.Type != stanna.LanePaused || told[2].Event.Type != stanna.LaneResumed || looked != 3 {
			t.Fatalf("%+v, looked %d times", told, looked)
		}
		var digest stanna.DigestNews
		var outage stanna.Trouble
		for i, into := range []any{&digest, &outage} {
			if err := json.Unmarshal(told[i].Event.Data, into); err != nil {
				t.Fatal(err)
			}
		}
		if d := digest.Digest; !d.Weekly || d.MessageID != "sum_1" || d.Date != "2026-11-24" || d.Destination != to {
			t.Errorf("%+v", d)
		}
		if outage.About != "slack:T1" || outage.Name != "Acme" || outage.Waiting != 1 || outage.Repair == "" || !strings.Contains(told[1].Event.Text, "since 09:10 UTC") {
			t.Errorf("%+v %s", outage, told[1].Event.Text)
		}
	})
}
