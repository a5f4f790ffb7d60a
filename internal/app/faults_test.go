package app

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// to makes the rule tell its alerts at these channels.
func (h *house) to(channels ...string) {
	h.Helper()
	r := rule.First(acme)[0] // of health drops
	for _, c := range channels {
		r.Destinations = append(r.Destinations, stanna.SlackChannel(h.team, c))
	}
	h.change(func(tx *store.Tx) error { return tx.PutRule(r, stanna.ActorSystem, time.Now()) })
}

func (h *house) change(fn func(*store.Tx) error) {
	h.Helper()
	if err := h.store.Update(context.Background(), fn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) fault(f sandbox.Fault) {
	h.Helper()
	if _, err := h.sandbox.SetFault(f); err != nil {
		h.Fatal(err)
	}
}

// drop opens an alert about a new client.
func (h *house) drop(client string) {
	h.Helper()
	h.client(client, "Client "+client)
	now := time.Now()
	h.score(client, 60, now.Add(-time.Hour))
	h.score(client, 35, now)
}

func (h *house) notifications() []stanna.Notification {
	h.Helper()
	var list []stanna.Notification
	if err := h.store.View(context.Background(), func(tx *store.Tx) (err error) {
		list, _, err = tx.Notifications(acme, store.NotificationQuery{Limit: 1000})
		return err
	}); err != nil {
		h.Fatal(err)
	}
	return list
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name     string
		fault    sandbox.Fault
		messages int // that stand in Slack
		repeated bool
	}{
		{"a 500", sandbox.Fault{Kind: sandbox.FaultStatus, Count: 2}, 1, true},
		{"a 500 after the deed", sandbox.Fault{Kind: sandbox.FaultStatus, After: true, Count: 1}, 2, true},
		{"a reset before", sandbox.Fault{Kind: sandbox.FaultResetBefore, Count: 2}, 1, true},
		{"a reset after the message was accepted", sandbox.Fault{Kind: sandbox.FaultResetAfter, Count: 1}, 2, true},
		{"a 429", sandbox.Fault{Kind: sandbox.FaultRateLimit, RetryAfter: 1, Count: 1}, 1, false},
		{"garbage", sandbox.Fault{Kind: sandbox.FaultGarbage, Count: 1}, 1, true},
		{"an outage", sandbox.Fault{Kind: sandbox.FaultOutage, ForMS: 1500}, 1, true},
		{"a refused layout", sandbox.Fault{Kind: sandbox.FaultOKFalse, Error: "invalid_blocks", Count: 1}, 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				h := newHouse(t, s, 0)
				fault := c.fault
				fault.Method = "chat.postMessage"
				h.fault(fault)
				h.drop("c1")
				h.until("the delivery", func() bool { return h.counts()[stanna.Delivered] == 1 })
				if n := len(h.sandbox.Messages()); n != c.messages {
					t.Errorf("%d messages, want %d", n, c.messages)
				}
				if n := h.notifications()[0]; n.Repeated != c.repeated {
					t.Errorf("marked as possibly repeated: %t, want %t", n.Repeated, c.repeated)
				}
			})
		})
	}
}

func TestBrokenChannelGoesToTheFallback(t *testing.T) {
	for _, code := range []string{"is_archived", "not_in_channel", "channel_not_found"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				h := newHouse(t, s, 0)
				h.to("C0MANY0001")
				h.fault(sandbox.Fault{Kind: sandbox.FaultOKFalse, Error: code, Channel: "C0MANY0001"})
				h.drop("c1")
				h.until("the death", func() bool { return h.counts()[stanna.Dead] == 1 })
				n := h.notifications()[0]
				if n.Reason != stanna.ReasonPermanent || n.Detail == "" {
					t.Errorf("dead without a repair: %+v", n)
				}
				h.change(func(tx *store.Tx) error {
					w, err := tx.Workspace(acme)
					if err != nil {
						return err
					}
					w.Settings.FallbackChannel = "C0MANY0002"
					return tx.PutSettings(w)
				})
				if _, err := h.intake.Resend(context.Background(), acme, "test", n.ID); err != nil {
					t.Fatal(err)
				}
				h.until("the fallback", func() bool { return h.counts()[stanna.Delivered] == 1 })
				h.drop("c2")
				h.until("the second", func() bool { return h.counts()[stanna.Delivered] == 2 })
				for _, m := range h.sandbox.Messages() {
					if m.Channel != "C0MANY0002" {
						t.Errorf("a message in %s", m.Channel)
					}
				}
				if calls := h.sandbox.Stats().Methods["chat.postMessage"]; calls != 4 {
					t.Errorf("%d calls: the broken channel is asked again for every message", calls)
				}
			})
		})
	}
}

func TestDeletedMessageIsPostedAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, 0)
		h.drop("c1")
		h.until("the message", func() bool { return len(h.sandbox.Messages()) == 1 })
		m := h.sandbox.Messages()[0]
		if err := h.sandbox.DeleteMessage(m.Channel, m.TS); err != nil {
			t.Fatal(err)
		}
		h.score("c1", 10, time.Now())
		h.until("the new message", func() bool {
			all := h.sandbox.Messages()
			return len(all) == 2 && strings.Contains(all[1].Text, "to 10")
		})
		h.until("both deliveries", func() bool { return h.counts()[stanna.Delivered] == 2 })
	})
}

func TestOutageOfManyLanes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHouse(t, s, 0)
		var channels []string
		for i := range 20 {
			channels = append(channels, fmt.Sprintf("C0MANY%04d", i))
		}
		h.to(channels...)
		h.fault(sandbox.Fault{Kind: sandbox.FaultOutage, ForMS: 4000})
		begun := time.Now()
		h.drop("c1")
		h.until("every delivery", func() bool { return h.counts()[stanna.Delivered] == 20 })
		over := time.Since(begun) - 4*time.Second
		failed := 0
		for _, c := range h.sandbox.Calls() {
			if c.Status == 503 {
				failed++
			}
		}
		t.Logf("the last message came %s after the end; %d calls met the outage", over.Round(10*time.Millisecond), failed)
		if failed > 20+10 {
			t.Errorf("%d calls during the outage", failed)
		}
	})
}
