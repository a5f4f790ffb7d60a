package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// held is a notification of an alert that waits for its time.
func held(id, alert string, until time.Time) stanna.Notification {
	n := notification(id, alert, "", 0)
	n.Status, n.Reason, n.Hold = stanna.Held, stanna.ReasonOutsideHours, stanna.Hold{Intended: stanna.ToOwner, Since: day, Until: until}
	return n
}

func ids(list []stanna.Notification) (all []string) {
	for _, n := range list {
		all = append(all, n.ID)
	}
	return all
}

func TestNotificationRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := held("ntf_1", "a1", day.Add(time.Hour))
		want.Hold.Surge = "srg_1"
		update(t, s, func(tx *store.Tx) error { return tx.AddNotifications(want) })
		read := func() (n stanna.Notification) {
			update(t, s, func(tx *store.Tx) (err error) { n, err = tx.Notification("acme.com", "ntf_1"); return err })
			return n
		}
		if diff := cmp.Diff(want, read()); diff != "" {
			t.Error(diff)
		}
		want.MessageID, want.Destination, want.Severity, want.Status, want.Reason, want.Detail, want.Revision = "msg_1", "slack:T1:C9", stanna.Critical, stanna.Waiting, stanna.ReasonReleased, "Mend it.", 4
		want.Hold = stanna.Hold{Intended: "slack:T1:C8", Since: day.Add(time.Minute), Until: day.Add(time.Hour), Surge: "srg_2"}
		fresh := held("ntf_2", "a2", day)
		changed := want
		changed.Attempts, changed.Repeated, changed.DeliveredAt, changed.CreatedAt = 9, true, day, day.Add(time.Hour) // delivering's own
		update(t, s, func(tx *store.Tx) error { return tx.PutNotifications(changed, fresh) })
		if diff := cmp.Diff(want, read()); diff != "" {
			t.Error(diff)
		}
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.Notification("acme.com", "ntf_2")
			if diff := cmp.Diff(fresh, got); diff != "" {
				t.Errorf("a new one: %s", diff)
			}
			list, total, err2 := tx.Notifications("acme.com", store.NotificationQuery{Surge: "srg_2", Limit: 10})
			if diff := cmp.Diff([]stanna.Notification{want}, list); diff != "" || total != 1 || err2 != nil {
				t.Errorf("of a surge: %d, %v %s", total, err2, diff)
			}
			return err
		})
		err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.AddNotifications(fresh) })
		if unique, _ := store.ErrorClasses(err); !unique {
			t.Errorf("added twice: %v", err)
		}
	})
}

func TestHeldDue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		late, early, twin, told, foreign := held("ntf_1", "a1", day.Add(2*time.Hour)), held("ntf_3", "a2", day), held("ntf_2", "a3", day), held("ntf_4", "a4", day), held("ntf_5", "a1", day)
		twin.CreatedAt = day.Add(time.Minute)
		told.Status, foreign.Workspace = stanna.Waiting, "beta.com"
		update(t, s, func(tx *store.Tx) error { return tx.AddNotifications(late, early, twin, told, foreign) })
		update(t, s, func(tx *store.Tx) error {
			for _, c := range []struct {
				until time.Time
				limit int
				want  []string
			}{{day.Add(-time.Microsecond), 10, nil}, {day, 10, []string{"ntf_3", "ntf_2"}}, {day.Add(3 * time.Hour), 10, []string{"ntf_3", "ntf_2", "ntf_1"}}, {day.Add(3 * time.Hour), 1, []string{"ntf_3"}}} {
				list, err := tx.HeldDue("acme.com", c.until, c.limit)
				if diff := cmp.Diff(c.want, ids(list)); diff != "" || err != nil {
					t.Errorf("until %v: %v %s", c.until, err, diff)
				}
			}
			list, err := tx.HeldOf("acme.com", []string{"a1", "a3", "a4", "a9"})
			if diff := cmp.Diff([]stanna.Notification{late, twin}, list); diff != "" {
				t.Errorf("of alerts: %s", diff)
			}
			return err
		})
		update(t, s, func(tx *store.Tx) error { return tx.ReholdAll("acme.com", day.Add(-time.Hour)) })
		update(t, s, func(tx *store.Tx) error {
			list, err := tx.HeldDue("acme.com", day.Add(-time.Hour), 10)
			if diff := cmp.Diff([]string{"ntf_1", "ntf_3", "ntf_2"}, ids(list)); diff != "" {
				t.Errorf("held anew: %s", diff)
			}
			other, err2 := tx.Notification("beta.com", "ntf_5")
			n, err3 := tx.Notification("acme.com", "ntf_4")
			if !n.Hold.Until.Equal(day) || !other.Hold.Until.Equal(day) {
				t.Error("what is not held, or another's, was held anew")
			}
			return errorsOr(err, err2, err3)
		})
	})
}

func TestSpareHeld(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		waiting := notification("ntf_2", "a1", "msg_1", 1)
		update(t, s, func(tx *store.Tx) error {
			return tx.AddNotifications(held("ntf_1", "a1", day), waiting, held("ntf_3", "a2", day), held("ntf_4", "a3", day))
		})
		update(t, s, func(tx *store.Tx) error {
			return errorsOr(tx.SpareHeld("acme.com", []string{"a1", "a3"}, stanna.ReasonEndedBeforeTold), tx.SpareHeld("beta.com", []string{"a2"}, stanna.ReasonDiscarded),
				tx.SpareHeld("acme.com", nil, stanna.ReasonDiscarded))
		})
		want := map[string]stanna.NotificationStatus{"ntf_1": stanna.Spared, "ntf_2": stanna.Waiting, "ntf_3": stanna.Held, "ntf_4": stanna.Spared}
		if diff := cmp.Diff(want, told(t, s)); diff != "" {
			t.Error(diff)
		}
		update(t, s, func(tx *store.Tx) error {
			n, err := tx.Notification("acme.com", "ntf_1")
			if n.Reason != stanna.ReasonEndedBeforeTold {
				t.Errorf("spared for %q", n.Reason)
			}
			return err
		})
	})
}

func TestHeldCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, b, c, d, e := held("ntf_1", "a1", day.Add(time.Hour)), held("ntf_2", "a2", day), held("ntf_3", "a3", day), held("ntf_4", "a4", day), held("ntf_5", "a5", day)
		c.Reason, c.Hold.Surge = stanna.ReasonManyAtOnce, "srg_1"
		d.Destination = "slack:T1:C2"
		e.Status, e.Hold.Surge = stanna.Spared, "srg_1"
		update(t, s, func(tx *store.Tx) error { return tx.AddNotifications(a, b, c, d, e) })
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.HeldCounts("acme.com")
			want := []store.HeldCount{{stanna.ToOwner, road, stanna.ReasonManyAtOnce, 1, day}, {stanna.ToOwner, road, stanna.ReasonOutsideHours, 2, day}, {stanna.ToOwner, "slack:T1:C2", stanna.ReasonOutsideHours, 1, day}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			n, err2 := tx.HeldBySurge("acme.com", "srg_1")
			none, err3 := tx.HeldBySurge("beta.com", "srg_1")
			if n != 1 || none != 0 {
				t.Errorf("%d wait for the surge, %d of another workspace", n, none)
			}
			return errorsOr(err, err2, err3)
		})
	})
}

// What is held or spared is no part of any message: not of its threads, nor
// of what becomes of it.
func TestHeldIsLeftAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := thread("msg_1", "c1")
		summary := stanna.Message{Workspace: "acme.com", ID: "sum_1", Kind: stanna.Summary, Destination: road, Intended: road, Revision: 1, CreatedAt: day}
		m.SummaryID = "sum_1"
		onIt, spared, dead := held("ntf_held", "a1", day), notification("ntf_spared", "a1", "msg_1", 1), notification("ntf_dead", "a1", "msg_1", 1)
		onIt.MessageID, spared.Status, dead.Status = "msg_1", stanna.Spared, stanna.Dead
		want := map[string]stanna.NotificationStatus{"ntf_held": stanna.Held, "ntf_spared": stanna.Spared, "ntf_dead": stanna.Dead, "ntf_1": stanna.Waiting, "ntf_2": stanna.Held}
		update(t, s, func(tx *store.Tx) error {
			return errorsOr(tx.PutMessages(m, summary), tx.AddNotifications(onIt, spared, dead, notification("ntf_1", "a1", "msg_1", 1), held("ntf_2", "a2", day)),
				tx.PutAlerts([]stanna.Alert{alert("a1", "c1", "r1", day), alert("a2", "c2", "r1", day)}))
		})
		step := func(what string, fn func(tx *store.Tx) error) {
			t.Helper()
			update(t, s, fn)
			if diff := cmp.Diff(want, told(t, s)); diff != "" {
				t.Errorf("%s: %s", what, diff)
			}
		}
		want["ntf_1"] = stanna.Dead
		step("untold", func(tx *store.Tx) error { return tx.MarkUntold(summary, stanna.Dead, stanna.ReasonPermanent, "") })
		want["ntf_1"], want["ntf_dead"] = stanna.Waiting, stanna.Waiting
		step("woken", func(tx *store.Tx) error { return tx.WakeNotifications("acme.com", "sum_1") })
		update(t, s, func(tx *store.Tx) error { return tx.MarkSending(summary) })
		want["ntf_1"], want["ntf_dead"] = stanna.Delivered, stanna.Delivered
		step("told in a summary", func(tx *store.Tx) error {
			_, err := tx.MarkTold(summary, "C1", "1.1", "", stanna.ReasonSent, day)
			return err
		})
		step("told by itself", func(tx *store.Tx) error {
			_, err := tx.MarkTold(m, "C1", "1.2", "", stanna.ReasonSent, day)
			return err
		})
		update(t, s, func(tx *store.Tx) error {
			threads, err := tx.ThreadsOf("acme.com", []string{"a1", "a2"})
			if diff := cmp.Diff(map[string][]string{"a1": {"msg_1"}}, threads); diff != "" || err != nil {
				t.Errorf("threads: %v %s", err, diff)
			}
			live, err := tx.LiveThreads("acme.com", []string{"", "msg_1"})
			if diff := cmp.Diff([]string{"msg_1"}, live); diff != "" || err != nil {
				t.Errorf("live threads: %v %s", err, diff)
			}
			alerts, err := tx.ThreadAlerts("acme.com", "")
			if len(alerts) != 0 {
				t.Errorf("no message carries %v", alerts)
			}
			return err
		})
	})
}

func TestOccasionRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := thread("msg_1", "")
		want.Kind, want.Occasion = stanna.Notice, stanna.Occasion{Why: stanna.ReasonManyAtOnce, Since: day, Recovered: 3, Date: "2026-11-02", Late: true, Surge: "srg_1", By: "user:ana"}
		portrait := thread("msg_2", "")
		portrait.Kind = stanna.Portrait
		second := portrait
		second.ID = "msg_3" // not one a destination, as threads are
		update(t, s, func(tx *store.Tx) error { return tx.PutMessages(want, portrait, second) })
		if diff := cmp.Diff(want, message(t, s, "msg_1")); diff != "" {
			t.Error(diff)
		}
		want.Occasion = stanna.Occasion{Why: stanna.ReasonReleased}
		update(t, s, func(tx *store.Tx) error { return tx.PutMessages(want) })
		if diff := cmp.Diff(want, message(t, s, "msg_1")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(portrait, message(t, s, "msg_2")); diff != "" {
			t.Error(diff)
		}
	})
}
