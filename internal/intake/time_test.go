package intake_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

var office = stanna.Hours{Windows: []stanna.Window{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "18:00"}}}

func health(change ...func(*stanna.Rule)) []stanna.Rule {
	return []stanna.Rule{ruleOf(stanna.HealthDrop, change...)}
}

// What is held over night is told in the morning, in one message, without
// what has recovered meanwhile.
func TestHeldOverNight(t *testing.T) {
	each(t, stanna.Settings{BusinessHours: office}, health(), func(h *house) {
		for _, c := range []string{"a", "b", "c"} {
			h.client(c)
		}
		evening := monday.Add(10 * time.Hour)
		a, b, c := h.fall(evening, "a", 30), h.fall(evening.Add(time.Minute), "b", 35), h.fall(evening.Add(2*time.Minute), "c", 38)
		n := h.one(a, stanna.Held, stanna.ReasonOutsideHours)
		if want := monday.Add(23 * time.Hour); !n.Hold.Until.Equal(want) {
			t.Fatalf("held until %s, want %s", n.Hold.Until, want)
		}
		h.score(evening.Add(time.Hour), "c", 78)
		h.one(c, stanna.Spared, stanna.ReasonEndedBeforeTold)
		h.pass(monday.Add(23*time.Hour - time.Second))
		h.one(a, stanna.Held, "")
		h.pass(monday.Add(23 * time.Hour))
		na, nb := h.one(a, stanna.Waiting, ""), h.one(b, stanna.Waiting, "")
		if na.MessageID == "" || na.MessageID != nb.MessageID {
			t.Fatalf("told in %q and %q", na.MessageID, nb.MessageID)
		}
		m := h.message(na.MessageID)
		if m.Kind != stanna.Summary || m.Occasion.Why != stanna.ReasonOutsideHours || m.Occasion.Recovered != 1 || !m.Occasion.Since.Equal(evening) {
			t.Errorf("%+v", m)
		}
		h.one(c, stanna.Spared, "")
	})
}

// A single alert that was held comes in its own thread.
func TestHeldAlone(t *testing.T) {
	each(t, stanna.Settings{BusinessHours: office}, health(), func(h *house) {
		h.client("a")
		a := h.fall(monday.Add(10*time.Hour), "a", 30)
		h.pass(monday.Add(24 * time.Hour))
		if m := h.message(h.one(a, stanna.Waiting, "").MessageID); m.Kind != stanna.Thread || m.ClientID != "a" {
			t.Errorf("%+v", m)
		}
	})
}

// The daily digest has what is less than high, once for each local date.
func TestDailyDigest(t *testing.T) {
	low := func(r *stanna.Rule) { r.Frequency = nil }
	each(t, stanna.Settings{}, health(low), func(h *house) {
		for i := range 4 {
			h.client(fmt.Sprint("c", i))
		}
		first := h.fall(monday, "c0", 60)
		n := h.one(first, stanna.Held, stanna.ReasonDailyDigest)
		if want := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC); !n.Hold.Until.Equal(want) {
			t.Fatalf("held until %s", n.Hold.Until)
		}
		second := h.fall(monday.Add(time.Hour), "c1", 60)
		h.pass(n.Hold.Until)
		m := h.message(h.one(first, stanna.Waiting, "").MessageID)
		if m.Kind != stanna.Summary || m.Occasion.Why != stanna.ReasonDailyDigest || m.Occasion.Date != "2026-11-24" || m.ID != h.one(second, stanna.Waiting, "").MessageID {
			t.Fatalf("%+v", m)
		}
		third := h.fall(n.Hold.Until.Add(2*time.Hour), "c2", 60)
		next := h.one(third, stanna.Held, stanna.ReasonDailyDigest)
		h.pass(next.Hold.Until)
		if m := h.message(h.one(third, stanna.Waiting, "").MessageID); m.Occasion.Date != "2026-11-25" || m.Kind != stanna.Summary {
			t.Errorf("a digest of one: %+v", m)
		}
	})
}

// What rises to high while it waits for the digest waits no longer.
func TestRiseLeavesTheDigest(t *testing.T) {
	low := func(r *stanna.Rule) { r.Frequency = nil }
	each(t, stanna.Settings{}, health(low), func(h *house) {
		h.client("a")
		a := h.fall(monday, "a", 60)
		h.one(a, stanna.Held, "")
		h.score(monday.Add(time.Hour), "a", 30)
		h.pass(monday.Add(time.Hour + time.Second))
		if m := h.message(h.one(a, stanna.Waiting, "").MessageID); m.Kind != stanna.Thread {
			t.Errorf("it is told as %+v, and no digest was due", m)
		}
	})
}

func TestSnooze(t *testing.T) {
	each(t, stanna.Settings{}, health(), func(h *house) {
		ctx := context.Background()
		for _, c := range []string{"bad", "good"} {
			h.client(c)
		}
		bad, good := h.fall(monday, "bad", 30), h.fall(monday, "good", 30)
		h.stands(h.told(bad)[0].MessageID)
		until := monday.Add(48 * time.Hour)
		for _, id := range []string{bad, good} {
			_, err := h.intake.Snooze(ctx, acme, id, ana, until)
			h.must(err)
		}
		if _, err := h.intake.Snooze(ctx, acme, bad, ana, monday.Add(-time.Hour)); stanna.CodeOf(err) != stanna.Invalid {
			t.Errorf("snoozed into the past: %v", err)
		}
		h.score(monday.Add(time.Hour), "bad", 5) // worse, and quiet
		if n := len(h.told(bad)); n != 1 {
			t.Fatalf("%d notifications while it is snoozed", n)
		}
		h.score(monday.Add(2*time.Hour), "good", 75)
		if a := h.alert(good); a.Open() {
			t.Fatalf("recovered and still open: %+v", a)
		}
		h.pass(until.Add(-time.Second))
		if a := h.alert(bad); a.Status != stanna.AlertSnoozed {
			t.Fatalf("%+v", a)
		}
		h.pass(until)
		a := h.alert(bad)
		list := h.told(bad)
		if a.Status != stanna.AlertOpen || a.Why != stanna.ReasonSnoozeOver || len(list) != 2 || list[1].Event != stanna.Reminded {
			t.Fatalf("%+v, told %+v", a, list)
		}
		if m := h.message(list[1].MessageID); m.ID != list[0].MessageID || !m.Unsaid[len(m.Unsaid)-1].Broadcast {
			t.Errorf("the reminder only edits what stands, of which Slack tells nobody: %+v", m)
		}
		if list := h.told(good); list[len(list)-1].Event != stanna.Resolved {
			t.Errorf("%+v", list)
		}
	})
}

// An alert that a person closed does not come back while nothing changes.
func TestResolvedByPerson(t *testing.T) {
	each(t, stanna.Settings{}, health(), func(h *house) {
		ctx := context.Background()
		h.client("a")
		id := h.fall(monday, "a", 30)
		got, err := h.intake.Resolve(ctx, acme, id, ana, stanna.AlreadyKnown, "they told us")
		h.must(err)
		if got.Open() || got.Outcome != stanna.AlreadyKnown || got.ClosedBy != "ana@acme.com" {
			t.Fatalf("%+v", got)
		}
		if _, err := h.intake.TakeUp(ctx, acme, id, ana); stanna.CodeOf(err) != stanna.Conflict {
			t.Errorf("taken up after it closed: %v", err)
		}
		if out := h.score(monday.Add(time.Hour), "a", 29); out.Reason != stanna.ReasonKnownState {
			t.Errorf("%+v", out)
		}
		if out := h.score(monday.Add(2*time.Hour), "a", 19); len(out.Alerts) != 1 { // worse by a step
			t.Errorf("%+v", out)
		}
	})
}

func TestSilence(t *testing.T) {
	each(t, stanna.Settings{}, health(), func(h *house) {
		h.client("a")
		h.client("b")
		h.update(func(tx *store.Tx) error {
			return tx.AddSilence(stanna.Silence{Workspace: acme, ID: "sil_1", Author: "ana", Comment: "migration", StartsAt: monday, EndsAt: monday.Add(24 * time.Hour),
				Matcher: stanna.Matcher{Filter: stanna.Filter{Only: []string{"a"}}}, CreatedAt: monday})
		})
		a, b := h.fall(monday.Add(time.Hour), "a", 30), h.fall(monday.Add(time.Hour), "b", 30)
		h.one(b, stanna.Waiting, "")
		n := h.one(a, stanna.Held, stanna.ReasonSilenced)
		if !n.Hold.Until.Equal(monday.Add(24 * time.Hour)) {
			t.Fatalf("%+v", n)
		}
		h.pass(monday.Add(24 * time.Hour))
		h.one(a, stanna.Waiting, "")
	})
}

func TestEscalation(t *testing.T) {
	escalate := func(r *stanna.Rule) {
		r.Escalation = []stanna.EscalationStep{{After: 120, To: []stanna.Destination{"slack:T1:CBOSS"}, Raise: stanna.Critical}}
	}
	each(t, stanna.Settings{BusinessHours: office}, health(escalate), func(h *house) {
		for _, c := range []string{"late", "taken", "spoken"} {
			h.client(c)
		}
		at := monday.Add(7 * time.Hour) // 17:00: one hour of work is left today
		late, taken, spoken := h.fall(at, "late", 35), h.fall(at, "taken", 35), h.fall(at, "spoken", 35)
		_, err := h.intake.TakeUp(context.Background(), acme, taken, ana)
		h.must(err)
		h.send(at.Add(time.Minute), "spoken", stanna.InterventionLogged, map[string]any{"type": "call"})
		due := monday.Add(24 * time.Hour) // tomorrow at ten
		h.pass(due.Add(-time.Second))
		if n := len(h.told(late)); n != 1 {
			t.Fatalf("told %d times before its time", n)
		}
		h.pass(due)
		list := h.told(late)
		if len(list) != 2 || list[1].Event != stanna.Escalated || list[1].Destination != "slack:T1:CBOSS" {
			t.Fatalf("%+v", list)
		}
		if a := h.alert(late); a.Severity != stanna.Critical || a.Escalated != 1 {
			t.Errorf("%+v", a)
		}
		h.pass(due.Add(30 * 24 * time.Hour)) // nothing more, and nothing of the others
		for _, id := range []string{taken, spoken} {
			for _, n := range h.told(id) {
				if n.Event == stanna.Escalated {
					t.Errorf("escalated: %+v", n)
				}
			}
		}
	})
}

// Clients that are in a bad state when a rule begins are listed once.
func TestFirstContact(t *testing.T) {
	each(t, stanna.Settings{}, nil, func(h *house) {
		for i := range 5 {
			c := fmt.Sprint("c", i)
			h.client(c)
			h.score(monday, c, 30)
		}
		h.client("fine")
		h.score(monday, "fine", 90)
		h.update(func(tx *store.Tx) error {
			r := ruleOf(stanna.HealthDrop)
			r.ActiveSince = monday
			if err := tx.PutRule(r, "test", monday); err != nil {
				return err
			}
			return tx.MarkAllDue(acme)
		})
		h.pass(monday.Add(time.Minute))
		var open []stanna.Alert
		h.view(func(tx *store.Tx) (err error) {
			open, _, err = tx.Alerts(acme, store.AlertQuery{Unresolved: true, Limit: 100})
			return err
		})
		if len(open) != 5 {
			t.Fatalf("%d alerts: %+v", len(open), open)
		}
		for _, a := range open {
			if a.Why != stanna.ReasonFirstContact {
				t.Errorf("%+v", a)
			}
			h.one(a.ID, stanna.Held, stanna.ReasonFirstContact)
		}
		h.pass(monday.Add(12 * time.Minute))
		m := h.message(h.one(open[0].ID, stanna.Waiting, "").MessageID)
		if m.Kind != stanna.Summary || m.Occasion.Why != stanna.ReasonFirstContact {
			t.Errorf("%+v", m)
		}
		// One of them falls far: it has its own message now.
		h.score(monday.Add(time.Hour), open[0].ClientID, 3)
	})
}

func TestBackfill(t *testing.T) {
	each(t, stanna.Settings{}, health(), func(h *house) {
		h.client("a")
		h.pass(monday.Add(time.Hour))
		for day := 30; day >= 3; day-- {
			if out := h.score(monday.AddDate(0, 0, -day), "a", float64(day)); out.Became != stanna.Backfill || len(out.Alerts) > 0 {
				t.Fatalf("%+v", out)
			}
		}
		h.pass(monday.Add(time.Hour + 2*time.Minute))
		var open []stanna.Alert
		h.view(func(tx *store.Tx) (err error) {
			open, _, err = tx.Alerts(acme, store.AlertQuery{Limit: 10})
			return err
		})
		if len(open) != 1 || open[0].Why != stanna.ReasonFoundInBackfill {
			t.Fatalf("%+v", open)
		}
		h.one(open[0].ID, stanna.Held, stanna.ReasonFoundInBackfill)
	})
}

// Many clients that move the same way from one source are held for an hour,
// and one message says so.
func TestManyAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*house, stanna.Surge)
		want stanna.NotificationStatus
	}{
		"its time is over": {func(h *house, s stanna.Surge) { h.pass(s.Until) }, stanna.Waiting},
		"released": {func(h *house, s stanna.Surge) {
			_, err := h.intake.EndSurge(context.Background(), acme, s.ID, ana, true)
			h.must(err)
		}, stanna.Waiting},
		"discarded": {func(h *house, s stanna.Surge) {
			_, err := h.intake.EndSurge(context.Background(), acme, s.ID, ana, false)
			h.must(err)
		}, stanna.Spared},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, stanna.Settings{}, health(), func(h *house) {
				var alerts []string
				for i := range 20 {
					c := fmt.Sprintf("c%02d", i)
					h.client(c)
					h.score(monday, c, 80)
				}
				for i := range 12 {
					out := h.score(monday.Add(time.Duration(i+1)*time.Minute), fmt.Sprintf("c%02d", i), 30)
					alerts = append(alerts, out.Alerts[0].ID)
				}
				var surges []stanna.Surge
				h.view(func(tx *store.Tx) (err error) { surges, err = tx.HoldingSurges(acme); return err })
				if len(surges) != 1 || surges[0].Clients != 12 || surges[0].Book != 20 || surges[0].Source != "test" {
					t.Fatalf("%+v", surges)
				}
				var notices []stanna.Message
				h.update(func(tx *store.Tx) (err error) { notices, err = tx.SurgeNotices(acme, surges[0].ID); return err })
				if len(notices) != 1 || notices[0].Destination != "slack:T1:CDEF" {
					t.Fatalf("%+v", notices)
				}
				for _, id := range alerts[9:] {
					h.one(id, stanna.Held, stanna.ReasonManyAtOnce)
				}
				c.do(h, surges[0])
				for _, id := range alerts[9:] {
					list := h.told(id)
					if list[0].Status != c.want {
						t.Errorf("%+v, want %s", list[0], c.want)
					}
					if a := h.alert(id); a.Open() != (c.want == stanna.Waiting) {
						t.Errorf("%+v", a)
					}
				}
				h.update(func(tx *store.Tx) (err error) { notices, err = tx.SurgeNotices(acme, surges[0].ID); return err })
				if notices[0].Revision < 2 {
					t.Errorf("the notice does not say how it ended: %+v", notices)
				}
			})
		})
	}
}

// A payment alert joins an open churn risk: it is told there and nowhere else.
func TestJoins(t *testing.T) {
	rules := []stanna.Rule{ruleOf(stanna.ChurnRisk, func(r *stanna.Rule) { r.Destinations = []stanna.Destination{"slack:T1:CCHURN"} }),
		ruleOf(stanna.PaymentIssue, func(r *stanna.Rule) { r.Destinations = []stanna.Destination{"slack:T1:CPAY"} })}
	each(t, stanna.Settings{}, rules, func(h *house) {
		h.client("a")
		h.send(monday, "a", stanna.ChurnPredictedType, map[string]any{"probability": 0.2})
		risk := h.send(monday.Add(time.Hour), "a", stanna.ChurnPredictedType, map[string]any{"probability": 0.85}).Alerts[0].ID
		pay := h.send(monday.Add(2*time.Hour), "a", stanna.PaymentFailedType, map[string]any{"amount": 100, "currency": "USD", "attempt": 2, "decline": "hard"}).Alerts[0].ID
		parent, child := h.one(risk, stanna.Waiting, ""), h.one(pay, stanna.Waiting, stanna.ReasonJoined)
		if h.alert(pay).JoinedTo != risk || parent.MessageID != child.MessageID {
			t.Errorf("%+v beside %+v", child, parent)
		}
		// The risk ends; the payment stands for itself, in the same thread.
		h.send(monday.Add(3*time.Hour), "a", stanna.ChurnPredictedType, map[string]any{"probability": 0.1})
		if a := h.alert(pay); a.JoinedTo != "" || !a.Open() {
			t.Errorf("%+v", a)
		}
	})
}

// Two replicas sweep at the same time; what time brings is done once.
func TestSweepTwice(t *testing.T) {
	each(t, stanna.Settings{}, health(), func(h *house) {
		for i := range 40 {
			h.client(fmt.Sprintf("c%02d", i), func(c *stanna.Client) { c.Tags = nil })
		}
		var ids []string
		for i := range 8 {
			ids = append(ids, h.fall(monday.Add(time.Duration(i)*2*time.Hour), fmt.Sprintf("c%02d", i), 35))
		}
		for _, id := range ids {
			_, err := h.intake.Snooze(context.Background(), acme, id, ana, monday.Add(24*time.Hour))
			h.must(err)
		}
		h.clock.Follow(acme, monday.Add(24*time.Hour))
		done := make(chan error)
		for range 4 {
			go func() { done <- h.intake.SweepAll(context.Background(), acme) }()
		}
		for range 4 {
			h.must(<-done)
		}
		for _, id := range ids {
			if list := h.told(id); len(list) != 2 || list[1].Event != stanna.Reminded {
				t.Errorf("told %+v", list)
			}
		}
	})
}

// The sum at risk is looked at once an hour; what moved it is said, and a
// person who has closed it is not told again while nothing changes.
func TestPortfolio(t *testing.T) {
	rules := []stanna.Rule{ruleOf(stanna.RevenueAtRisk, func(r *stanna.Rule) { r.Thresholds = map[string]float64{"amount": 1500} })}
	each(t, stanna.Settings{}, rules, func(h *house) {
		for _, c := range []string{"a", "b", "c", "d"} {
			h.client(c)
			h.score(monday, c, 80)
		}
		open := func() (list []stanna.Alert) {
			h.view(func(tx *store.Tx) error {
				m, err := tx.OpenAlerts(acme, []string{""})
				list = m[""]
				return err
			})
			return list
		}
		h.score(monday.Add(10*time.Minute), "a", 30)
		h.pass(monday.Add(time.Hour))
		if got := open(); len(got) != 0 {
			t.Fatalf("one client of 1,000 is enough: %+v", got)
		}
		h.score(monday.Add(70*time.Minute), "b", 30)
		h.pass(monday.Add(119 * time.Minute))
		if got := open(); len(got) != 0 {
			t.Fatalf("before the full hour: %+v", got)
		}
		h.pass(monday.Add(2 * time.Hour))
		got := open()
		if len(got) != 1 || got[0].Evidence.Value != 2000 || got[0].Why != stanna.ReasonSumCrossed || len(got[0].Evidence.Moves) == 0 {
			t.Fatalf("%+v", got)
		}
		n := h.one(got[0].ID, stanna.Waiting, "")
		if m := h.message(n.MessageID); m.Kind != stanna.Thread || m.ClientID != "" {
			t.Errorf("%+v", m)
		}
		_, err := h.intake.Resolve(context.Background(), acme, got[0].ID, ana, stanna.AlreadyKnown, "")
		h.must(err)
		h.score(monday.Add(130*time.Minute), "b", 29)
		h.pass(monday.Add(3 * time.Hour))
		if got := open(); len(got) != 0 {
			t.Fatalf("told again though nothing changed: %+v", got)
		}
		h.score(monday.Add(190*time.Minute), "c", 20)
		h.pass(monday.Add(4 * time.Hour))
		if got := open(); len(got) != 1 || got[0].Evidence.Value != 3000 {
			t.Fatalf("it grew by a step: %+v", got)
		}
	})
}

// What was told among others and rises in the night waits for the morning for
// a message of its own; the summary is brought up to date at once.
func TestRiseInTheNight(t *testing.T) {
	each(t, stanna.Settings{BusinessHours: office}, health(), func(h *house) {
		evening := monday.Add(10 * time.Hour)
		for _, c := range []string{"a", "b"} {
			h.client(c)
		}
		a, _ := h.fall(evening, "a", 60), h.fall(evening, "b", 60)
		h.pass(monday.Add(23 * time.Hour))
		summary := h.message(h.one(a, stanna.Waiting, "").MessageID)
		if summary.Kind != stanna.Summary {
			t.Fatalf("%+v", summary)
		}
		h.score(monday.Add(34*time.Hour), "a", 20)
		list := h.told(a)
		last := list[len(list)-1]
		if last.Status != stanna.Held || last.Reason != stanna.ReasonOutsideHours {
			t.Fatalf("%+v", list)
		}
		if m := h.message(summary.ID); m.Revision <= summary.Revision {
			t.Error("the summary does not say that it rose")
		}
		h.pass(monday.Add(47 * time.Hour))
		list = h.told(a)
		if m := h.message(list[len(list)-1].MessageID); m.Kind != stanna.Thread || m.ClientID != "a" {
			t.Errorf("%+v", list)
		}
	})
}

// A client that is new came when the workspace's clock says, not the wall's:
// its anniversaries are counted from it.
func TestComesByTheClockOfTheWorkspace(t *testing.T) {
	each(t, stanna.Settings{}, health(), func(h *house) {
		h.client("a", func(c *stanna.Client) { c.CreatedAt = time.Time{} })
		h.view(func(tx *store.Tx) error {
			p, err := tx.Portrait(acme, "a")
			if !p.Client.CreatedAt.Equal(monday) {
				h.Errorf("came %s", p.Client.CreatedAt)
			}
			return err
		})
	})
}
