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

const road = stanna.Destination("slack:T1:C1")

func thread(id, client string) stanna.Message {
	return stanna.Message{Workspace: "acme.com", ID: id, Kind: stanna.Thread, ClientID: client, Destination: road, Intended: road, Revision: 1, CreatedAt: day}
}

func notification(id, alert, message string, revision int64) stanna.Notification {
	return stanna.Notification{Workspace: "acme.com", ID: id, AlertID: alert, ClientID: "c1", MessageID: message, Destination: road, Event: stanna.Opened,
		Severity: stanna.High, Revision: revision, Status: stanna.Waiting, CreatedAt: day}
}

func job(message string, due time.Time) stanna.Job {
	return stanna.Job{Lane: road.Lane("acme.com"), Kind: stanna.MessageJob, Ref: message, Priority: 3, Due: due, CreatedAt: day}
}

// told is the statuses of notifications, by id.
func told(t *testing.T, s *store.Store) map[string]stanna.NotificationStatus {
	t.Helper()
	all := map[string]stanna.NotificationStatus{}
	update(t, s, func(tx *store.Tx) error {
		list, _, err := tx.Notifications("acme.com", store.NotificationQuery{Limit: 100})
		for _, n := range list {
			all[n.ID] = n.Status
		}
		return err
	})
	return all
}

func message(t *testing.T, s *store.Store, id string) (m stanna.Message) {
	t.Helper()
	update(t, s, func(tx *store.Tx) (err error) { m, err = tx.Message("acme.com", id); return err })
	return m
}

func TestMessageRoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := thread("msg_1", "c1")
		update(t, s, func(tx *store.Tx) error { return tx.PutMessages(want) })
		if diff := cmp.Diff(want, message(t, s, "msg_1")); diff != "" {
			t.Error(diff)
		}
		want.Destination, want.Channel, want.TS, want.Revision, want.Sending, want.Rendered = "slack:T1:C9", "C9", "1.2", 4, 3, 2
		want.SummaryID, want.Repeated, want.TextOnly, want.PostedAt, want.ClosedAt = "sum_1", true, true, day, day.Add(time.Hour)
		update(t, s, func(tx *store.Tx) error { return tx.PutMessages(want) })
		if diff := cmp.Diff(want, message(t, s, "msg_1")); diff != "" {
			t.Error(diff)
		}
		err := s.View(context.Background(), func(tx *store.Tx) error { _, err := tx.Message("beta.com", "msg_1"); return err })
		if stanna.CodeOf(err) != stanna.NotFound {
			t.Errorf("another workspace reads it: %v", err)
		}
	})
}

// A client has one open thread for each intended destination.
func TestOneOpenThread(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		elsewhere := thread("msg_2", "c1")
		elsewhere.Intended = "slack:T1:C2"
		update(t, s, func(tx *store.Tx) error {
			return tx.PutMessages(thread("msg_1", "c1"), elsewhere, thread("msg_3", "c2"))
		})
		err := s.Update(context.Background(), func(tx *store.Tx) error { return tx.PutMessages(thread("msg_4", "c1")) })
		if _, again := store.ErrorClasses(err); !again {
			t.Fatalf("a second open thread: %v", err)
		}
		// Who was slower is run again, and finds the thread that was quicker.
		runs := 0
		update(t, s, func(tx *store.Tx) error {
			if runs++; runs == 1 {
				return tx.PutMessages(thread("msg_4", "c1")) // had seen no thread yet
			}
			open, err := tx.OpenThreads("acme.com", []string{"c1"})
			if len(open) != 2 {
				t.Errorf("%d open threads", len(open))
			}
			return err
		})
		if runs != 2 {
			t.Errorf("it was run %d times", runs)
		}
		update(t, s, func(tx *store.Tx) error { return tx.CloseThreads("acme.com", []string{"msg_1"}, day) })
		update(t, s, func(tx *store.Tx) error { return tx.PutMessages(thread("msg_4", "c1")) })
		update(t, s, func(tx *store.Tx) error {
			open, err := tx.OpenThreads("acme.com", []string{"c1"})
			if diff := cmp.Diff([]stanna.Message{elsewhere, thread("msg_4", "c1")}, open); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

// A notification is delivered only by a message that says it: what was raised
// while the message was on its way waits for the next.
func TestToldUpToTheRevisionRendered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		m := thread("msg_1", "c1")
		update(t, s, func(tx *store.Tx) error {
			if err := tx.PutMessages(m, thread("msg_2", "c2")); err != nil {
				return err
			}
			return tx.AddNotifications(notification("ntf_1", "a1", "msg_1", 1), notification("ntf_other", "a1", "msg_2", 1))
		})
		update(t, s, func(tx *store.Tx) error { return tx.MarkSending(m) })
		update(t, s, func(tx *store.Tx) error { // meanwhile it gets worse
			if err := tx.Revise("acme.com", "msg_1"); err != nil {
				return err
			}
			return tx.AddNotifications(notification("ntf_2", "a1", "msg_1", 2))
		})
		mark := func(m stanna.Message) (stale bool) {
			update(t, s, func(tx *store.Tx) (err error) {
				stale, err = tx.MarkTold(m, "C1", "1.1", "", stanna.ReasonSent, day.Add(time.Minute))
				return err
			})
			return stale
		}
		if !mark(m) {
			t.Error("a newer revision waits, and it is not said")
		}
		if diff := cmp.Diff(map[string]stanna.NotificationStatus{"ntf_1": stanna.Delivered, "ntf_2": stanna.Waiting, "ntf_other": stanna.Waiting}, told(t, s)); diff != "" {
			t.Error(diff)
		}
		got := message(t, s, "msg_1")
		if got.Rendered != 1 || got.Revision != 2 || got.TS != "1.1" || got.Channel != "C1" || !got.PostedAt.Equal(day.Add(time.Minute)) {
			t.Errorf("%+v", got)
		}
		update(t, s, func(tx *store.Tx) error { return tx.MarkSending(got) })
		if mark(got) {
			t.Error("nothing newer waits")
		}
		if got := told(t, s); got["ntf_2"] != stanna.Delivered || got["ntf_other"] != stanna.Waiting {
			t.Errorf("%v", got)
		}
		update(t, s, func(tx *store.Tx) error {
			n, err := tx.Notification("acme.com", "ntf_1")
			if n.Attempts != 1 || n.Reason != stanna.ReasonSent || !n.DeliveredAt.Equal(day.Add(time.Minute)) {
				t.Errorf("told twice, or changed afterwards: %+v", n)
			}
			return err
		})
	})
}

// A summary takes in the threads that wait to be posted and are due, and
// nothing else.
func TestFold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		posted, other, elsewhere := thread("msg_posted", "c4"), thread("msg_test", "c5"), thread("msg_else", "c6")
		posted.TS, other.Kind, elsewhere.Destination = "1.0", stanna.Test, "slack:T1:C2"
		summary := stanna.Message{Workspace: "acme.com", ID: "sum_1", Kind: stanna.Summary, Destination: road, Intended: road, Revision: 1, CreatedAt: day}
		update(t, s, func(tx *store.Tx) error {
			if err := tx.PutMessages(thread("msg_1", "c1"), thread("msg_2", "c2"), thread("msg_late", "c3"), posted, other, elsewhere, summary); err != nil {
				return err
			}
			far := job("msg_else", day)
			far.Lane = elsewhere.Destination.Lane("acme.com")
			if err := tx.AddNotifications(notification("ntf_1", "a1", "msg_1", 1), notification("ntf_2", "a2", "msg_2", 1), notification("ntf_late", "a3", "msg_late", 1)); err != nil {
				return err
			}
			return tx.Enqueue(job("msg_1", day), job("msg_2", day), job("msg_late", day.Add(time.Hour)), job("msg_posted", day), job("msg_test", day), far)
		})
		update(t, s, func(tx *store.Tx) error {
			n, err := tx.Fold(road.Lane("acme.com"), "acme.com", "sum_1", day.Add(time.Minute))
			if n != 2 || err != nil {
				t.Errorf("%d threads, %v", n, err)
			}
			return tx.MarkSending(summary)
		})
		rows, err := s.Ask(`select m.id, j.state from message m join job j on j.ref = m.id where m.summary_id = 'sum_1' order by m.id`)
		if diff := cmp.Diff([][]any{{"msg_1", "done"}, {"msg_2", "done"}}, rows); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
		rows, _ = s.Ask(`select ref from job where state = 'waiting' order by ref`)
		if diff := cmp.Diff([][]any{{"msg_else"}, {"msg_late"}, {"msg_posted"}, {"msg_test"}}, rows); diff != "" {
			t.Errorf("still to do: %s", diff)
		}
		// One member gets worse while the summary is on its way.
		update(t, s, func(tx *store.Tx) error {
			if err := tx.Revise("acme.com", "msg_2"); err != nil {
				return err
			}
			if err := tx.Revise("acme.com", "sum_1"); err != nil {
				return err
			}
			return tx.AddNotifications(notification("ntf_2b", "a2", "msg_2", 2))
		})
		update(t, s, func(tx *store.Tx) error {
			stale, err := tx.MarkTold(summary, "C1", "2.0", "", stanna.ReasonSent, day.Add(time.Minute))
			if !stale {
				t.Error("a newer revision of the summary waits, and it is not said")
			}
			return err
		})
		want := map[string]stanna.NotificationStatus{"ntf_1": stanna.Delivered, "ntf_2": stanna.Delivered, "ntf_2b": stanna.Waiting, "ntf_late": stanna.Waiting}
		if diff := cmp.Diff(want, told(t, s)); diff != "" {
			t.Error(diff)
		}
		if m := message(t, s, "msg_2"); m.Rendered != 1 || m.Revision != 2 || m.TS != "" || m.SummaryID != "sum_1" {
			t.Errorf("a member: %+v", m)
		}
	})
}

// What cannot be told now says why; what is dead can be woken; what was
// delivered stays so. A summary speaks for its members.
func TestMarkUntold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		summary := stanna.Message{Workspace: "acme.com", ID: "sum_1", Kind: stanna.Summary, Destination: road, Intended: road, Revision: 1, CreatedAt: day}
		member := thread("msg_1", "c1")
		member.SummaryID = "sum_1"
		update(t, s, func(tx *store.Tx) error {
			done := notification("ntf_done", "a0", "msg_1", 1)
			done.Status = stanna.Delivered
			if err := tx.PutMessages(summary, member, thread("msg_2", "c2")); err != nil {
				return err
			}
			return tx.AddNotifications(done, notification("ntf_1", "a1", "msg_1", 1), notification("ntf_2", "a2", "msg_2", 1))
		})
		mark := func(m stanna.Message, status stanna.NotificationStatus) {
			update(t, s, func(tx *store.Tx) error { return tx.MarkUntold(m, status, stanna.ReasonPermanent, "Mend it.") })
		}
		mark(summary, stanna.Waiting)
		want := map[string]stanna.NotificationStatus{"ntf_done": stanna.Delivered, "ntf_1": stanna.Waiting, "ntf_2": stanna.Waiting}
		if diff := cmp.Diff(want, told(t, s)); diff != "" {
			t.Error(diff)
		}
		mark(summary, stanna.Dead)
		want["ntf_1"] = stanna.Dead
		if diff := cmp.Diff(want, told(t, s)); diff != "" {
			t.Error(diff)
		}
		update(t, s, func(tx *store.Tx) error {
			n, err := tx.Notification("acme.com", "ntf_1")
			if n.Attempts != 2 || n.Detail != "Mend it." {
				t.Errorf("%+v", n)
			}
			if err != nil {
				return err
			}
			return tx.WakeNotifications("acme.com", "sum_1")
		})
		want["ntf_1"] = stanna.Waiting
		if diff := cmp.Diff(want, told(t, s)); diff != "" {
			t.Error(diff)
		}
	})
}
