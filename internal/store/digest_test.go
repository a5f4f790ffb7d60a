package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/store/storetest"
)

// taken is what became of a digest that was sent.
func taken(id, destination, date string, change ...func(*stanna.DigestRecord)) stanna.DigestRecord {
	due, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	due = due.Add(9 * time.Hour)
	r := stanna.DigestRecord{Workspace: "acme.com", ID: id, Destination: stanna.Destination(destination), Date: date, DueAt: due,
		Until: due.Add(time.Minute), MessageID: "msg_" + id, At: day}
	for _, f := range change {
		f(&r)
	}
	return r
}

// There is one digest for each local date and destination, whoever is first,
// beside those that are sent by hand.
func TestDigest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		says := &stanna.Digest{Date: "2026-11-02", Currency: "USD", Weekly: true, Risk: stanna.Risk{Loss: stanna.MoneyOf(12.34, "USD")}}
		take := func(r stanna.DigestRecord, says *stanna.Digest, want bool) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				mine, err := tx.TakeDigest(r, says)
				if mine != want {
					t.Errorf("%s %s: %v", r.Destination, r.Date, mine)
				}
				return err
			})
		}
		weekly := func(r *stanna.DigestRecord) { r.Weekly = true }
		foreign := func(r *stanna.DigestRecord) { r.Workspace = "beta.com" }
		hand := func(r *stanna.DigestRecord) { r.By = "ana@acme.com" }
		take(taken("1", "slack:T1:C1", "2026-11-02", weekly), says, true)
		take(taken("2", "slack:T1:C1", "2026-11-02"), says, false)
		take(taken("3", "slack:T1:C1", "2026-11-03"), says, true)
		take(taken("4", "slack:T1:C1", "2026-11-04"), nil, true) // what waited, and nothing else
		take(taken("5", "slack:T1:C1", "2026-11-05", func(r *stanna.DigestRecord) { r.MessageID, r.Reason = "", stanna.ReasonNothingToSay }), says, true)
		take(taken("6", "slack:T1:C1", "2026-11-02", hand, weekly), says, true)
		take(taken("7", "slack:T1:C1", "2026-11-09", hand, weekly), says, true)
		take(taken("8", "slack:T1:C2", "2026-11-03"), nil, true)
		take(taken("9", "slack:T1:C1", "2026-11-02", foreign), nil, true)
		update(t, s, func(tx *store.Tx) error {
			got, err := tx.LastDigests("acme.com")
			want := map[stanna.Destination]store.DigestsOf{
				"slack:T1:C1": {Last: taken("5", "slack:T1:C1", "2026-11-05", func(r *stanna.DigestRecord) { r.MessageID, r.Reason = "", stanna.ReasonNothingToSay }),
					Told: time.Date(2026, 11, 3, 9, 1, 0, 0, time.UTC), Weekly: time.Date(2026, 11, 2, 9, 1, 0, 0, time.UTC)},
				"slack:T1:C2": {Last: taken("8", "slack:T1:C2", "2026-11-03")},
			}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			body, ok, err := tx.Digest("acme.com", "1")
			if diff := cmp.Diff(*says, body); diff != "" || !ok || err != nil {
				t.Errorf("%v %v %s", ok, err, diff)
			}
			if _, ok, err := tx.Digest("acme.com", "4"); ok || err != nil {
				t.Errorf("what waited alone says something of its own: %v", err)
			}
			if _, ok, err := tx.Digest("beta.com", "1"); ok || err != nil {
				t.Errorf("another workspace reads it: %v", err)
			}
			log, total, err := tx.DigestLog("acme.com", 3, 1)
			if len(log) != 3 || total != 7 || log[0].ID != "7" || log[0].By != "ana@acme.com" || log[2].ID != "5" {
				t.Errorf("%d %+v", total, log)
			}
			if err != nil {
				return err
			}
			return tx.ForgetDigests("acme.com", "2026-11-05")
		})
		update(t, s, func(tx *store.Tx) error {
			log, total, err := tx.DigestLog("acme.com", 10, 0)
			if total != 2 || log[0].ID != "7" || log[1].ID != "5" {
				t.Errorf("%d %+v", total, log)
			}
			if _, other, _ := tx.DigestLog("beta.com", 10, 0); other != 1 {
				t.Errorf("%d of another workspace", other)
			}
			return err
		})
	})
}

// A local date has one mark, whoever is first.
func TestMarks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		mark := func(date, owner string, risk int64) store.Mark {
			return store.Mark{Date: date, Owner: owner, At: day, Figures: store.MarkFigures{Currency: "USD", Threshold: 40, Clients: 9, AtRisk: risk}}
		}
		put := func(date string, risk int64, want bool) {
			t.Helper()
			update(t, s, func(tx *store.Tx) error {
				mine, err := tx.PutMarks("acme.com", mark(date, "", risk), []store.Mark{mark(date, "ana@acme.com", 1), mark(date, "ben@acme.com", 2)}, []byte(date))
				if mine != want {
					t.Errorf("%s: %v", date, mine)
				}
				return err
			})
		}
		put("2026-11-02", 10, true)
		put("2026-11-02", 11, false)
		put("2026-11-03", 12, true)
		put("2026-11-01", 13, true)
		update(t, s, func(tx *store.Tx) error {
			last, ok, err := tx.LastMark("acme.com")
			if diff := cmp.Diff(mark("2026-11-03", "", 12), last); diff != "" || !ok || err != nil {
				t.Errorf("%v %v %s", ok, err, diff)
			}
			if _, ok, err := tx.LastMark("beta.com"); ok || err != nil {
				t.Errorf("%v %v", ok, err)
			}
			all, err := tx.Marks("acme.com", "", "2026-11-02")
			if diff := cmp.Diff([]store.Mark{mark("2026-11-02", "", 10), mark("2026-11-03", "", 12)}, all); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			ana, err := tx.Marks("acme.com", "ana@acme.com", "2026-11-03")
			if diff := cmp.Diff([]store.Mark{mark("2026-11-03", "ana@acme.com", 1)}, ana); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			members, err := tx.MarkMembers("acme.com", "2026-11-02")
			if string(members) != "2026-11-02" || err != nil {
				t.Errorf("%q %v", members, err)
			}
			if _, err := tx.MarkMembers("acme.com", "2026-10-02"); stanna.CodeOf(err) != stanna.NotFound {
				t.Error(err)
			}
			return tx.ForgetMarks("acme.com", "2026-11-03")
		})
		update(t, s, func(tx *store.Tx) error {
			all, err := tx.Marks("acme.com", "", "")
			ana, err2 := tx.Marks("acme.com", "ana@acme.com", "")
			if len(all) != 1 || len(ana) != 1 {
				t.Errorf("%+v %+v", all, ana)
			}
			return errorsOr(err, err2)
		})
	})
}

// A summary that overtakes others leaves a digest that says more than what
// waited alone: nothing else says that.
func TestFoldLeavesADigest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		summary := func(id, digest string) stanna.Message {
			return stanna.Message{Workspace: "acme.com", ID: id, Kind: stanna.Summary, Destination: road, Intended: road, Revision: 1, CreatedAt: day,
				Occasion: stanna.Occasion{Why: stanna.ReasonDailyDigest, Digest: digest}}
		}
		update(t, s, func(tx *store.Tx) error {
			return errorsOr(tx.PutMessages(summary("sum_waits", ""), summary("sum_digest", "dig_1"), summary("sum_new", "")),
				tx.Enqueue(job("sum_waits", day), job("sum_digest", day)))
		})
		update(t, s, func(tx *store.Tx) error {
			_, err := tx.Fold(road.Lane("acme.com"), "acme.com", "sum_new", day.Add(time.Minute))
			return err
		})
		if m := message(t, s, "sum_waits"); m.SummaryID != "sum_new" {
			t.Errorf("it is not overtaken: %+v", m)
		}
		if m := message(t, s, "sum_digest"); m.SummaryID != "" || !m.ClosedAt.IsZero() {
			t.Errorf("the digest is lost: %+v", m)
		}
	})
}
