package intake_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/store"
)

func personOf(email string) intake.By { return intake.By{Actor: "user:" + email, Name: email} }

// verdicts are what is said about an alert, by who said it.
func (h *house) verdicts(alert string) map[string]stanna.Verdict {
	said := map[string]stanna.Verdict{}
	h.view(func(tx *store.Tx) error {
		list, err := tx.Receipts(acme, alert)
		for _, r := range list {
			said[r.By] = r.Verdict
		}
		return err
	})
	return said
}

func (h *house) trail(alert, action string) (n int) {
	h.view(func(tx *store.Tx) error {
		list, err := tx.AuditOf(acme, alert, 100)
		for _, e := range list {
			if e.Action == action {
				n++
			}
		}
		return err
	})
	return n
}

func TestReceipts(t *testing.T) {
	each(t, stanna.Settings{}, health(), func(h *house) {
		ctx, ana, ben := context.Background(), personOf("ana@acme.com"), personOf("ben@acme.com")
		for _, c := range []string{"a", "b", "c"} {
			h.client(c)
		}
		a, b, c := h.fall(monday, "a", 30), h.fall(monday, "b", 30), h.fall(monday, "c", 30)
		say := func(alert string, by intake.By, v stanna.Verdict, want stanna.AlertStatus) {
			h.Helper()
			got, err := h.intake.Receipt(ctx, acme, alert, by, v)
			if err != nil || got.Status != want {
				h.Errorf("%s: %s, %v; want %s", v, got.Status, err, want)
			}
		}
		say(a, ana, stanna.VerdictUseful, stanna.AlertOpen)
		say(a, ana, stanna.VerdictTooLate, stanna.AlertOpen)
		say(a, ana, stanna.VerdictTooLate, stanna.AlertOpen)
		say(a, ben, stanna.VerdictNotUseful, stanna.AlertResolved)
		say(a, ben, stanna.VerdictUseful, stanna.AlertResolved) // after the fact is when one knows
		if got := h.verdicts(a); got[ana.Name] != stanna.VerdictTooLate || got[ben.Name] != stanna.VerdictUseful {
			h.Error(got)
		}
		if n := h.trail(a, "alert.judged"); n != 4 { // saying the same again is no deed
			h.Errorf("%d verdicts in the trail", n)
		}
		say(b, ana, stanna.VerdictKnown, stanna.AlertResolved)
		if _, err := h.intake.Receipt(ctx, acme, b, ana, "great"); stanna.CodeOf(err) != stanna.Invalid {
			h.Errorf("a verdict that is none: %v", err)
		}
		// What became of it is a word about having been told.
		if _, err := h.intake.Resolve(ctx, acme, c, ben, stanna.Noise, ""); err != nil {
			h.Fatal(err)
		}
		if got := h.verdicts(c); got[ben.Name] != stanna.VerdictNotUseful {
			h.Error(got)
		}
		stranger := personOf("eve@acme.com")
		stranger.Sees = func(string) bool { return false }
		if _, err := h.intake.Receipt(ctx, acme, c, stranger, stanna.VerdictUseful); stanna.CodeOf(err) != stanna.NotFound {
			h.Errorf("somebody judges what they do not see: %v", err)
		}
	})
}

// Of two who press at once the first has it; a minute later the second means
// to relieve them.
func TestTheFirstHasIt(t *testing.T) {
	each(t, stanna.Settings{}, health(), func(h *house) {
		ctx, ana, ben := context.Background(), personOf("ana@acme.com"), personOf("ben@acme.com")
		h.client("a")
		a := h.fall(monday, "a", 30)
		take := func(by intake.By, wantBy string, wantCode stanna.Code) {
			h.Helper()
			got, err := h.intake.TakeUpFirst(ctx, acme, a, by, time.Minute)
			if got.TakenBy != wantBy || stanna.CodeOf(err) != wantCode {
				h.Errorf("%s: %s has it, %v", by.Name, got.TakenBy, err)
			}
		}
		take(ana, ana.Name, "")
		take(ben, ana.Name, stanna.Conflict)
		take(ana, ana.Name, "")
		h.pass(monday.Add(time.Hour))
		take(ben, ben.Name, "")
		if n := h.trail(a, "alert.taken_up"); n != 2 {
			h.Errorf("taken up %d times", n)
		}
	})
}

// After a change of how threads look each of those that stand is looked at
// again, once, and nothing is to be told.
func TestRedraw(t *testing.T) {
	each(t, stanna.Settings{}, health(), func(h *house) {
		h.client("a")
		h.client("b")
		a, b := h.message(h.one(h.fall(monday, "a", 30), stanna.Waiting, "").MessageID), h.message(h.one(h.fall(monday, "b", 30), stanna.Waiting, "").MessageID)
		h.update(func(tx *store.Tx) error { // a stands in Slack, b is on its way
			a.Channel, a.TS, a.Rendered, a.Sending = "CDEF", "1.1", a.Revision, a.Revision
			return tx.PutMessages(a)
		})
		jobs := func() (kinds []string) {
			h.view(func(tx *store.Tx) error {
				list, err := tx.WaitingMessages(a.Destination.Lane(acme), acme, h.clock.Real(), 10)
				for _, w := range list {
					kinds = append(kinds, w.Job.Kind+" "+w.Job.Ref)
				}
				return err
			})
			return kinds
		}
		was := len(jobs())
		_, place, _ := a.Destination.Slack()
		for _, none := range []store.Look{{Place: "C0NOWHERE"}, {Type: stanna.ChurnRisk}, {Place: place, Type: stanna.ChurnRisk}} {
			h.must(h.intake.Redraw(context.Background(), acme, none))
		}
		if list := jobs(); len(list) != was {
			h.Errorf("of another look: %v", list)
		}
		h.must(h.intake.Redraw(context.Background(), acme, store.Look{Place: place}, store.Look{Type: stanna.HealthDrop}, store.Look{}))
		if list := jobs(); len(list) != was+1 || list[was] != stanna.RedrawJob+" "+a.ID {
			h.Errorf("waits: %v", list)
		}
		h.update(func(tx *store.Tx) error { // b is being posted, as it looked before
			b.Sending = b.Revision
			return tx.PutMessages(b)
		})
		h.must(h.intake.Redraw(context.Background(), acme, store.Look{}))
		if list := jobs(); len(list) != was+2 || !slices.Contains(list, stanna.RedrawJob+" "+b.ID) {
			h.Errorf("waits: %v", list)
		}
		for _, m := range []stanna.Message{a, b} {
			if now := h.message(m.ID); now.Revision != m.Revision || len(now.Unsaid) != len(m.Unsaid) {
				h.Errorf("there is news: %+v", now)
			}
		}
	})
}

// Getting in touch is an intervention of the client, and no act on the alert.
func TestReached(t *testing.T) {
	each(t, stanna.Settings{}, health(), func(h *house) {
		ctx, ana := context.Background(), personOf("ana@acme.com")
		h.client("a")
		a := h.fall(monday, "a", 30)
		h.must(h.intake.Reached(ctx, acme, a, ana, stanna.Contacted{Kind: "call", Summary: "They will stay."}))
		h.view(func(tx *store.Tx) error {
			p, err := tx.Portrait(acme, "a")
			if p.State.LastContact.IsZero() || p.State.LastContactKind != "call" {
				h.Errorf("last contact %s, %q", p.State.LastContact, p.State.LastContactKind)
			}
			return err
		})
		if n := h.trail(a, "alert.reached"); n != 1 {
			h.Errorf("%d in the trail", n)
		}
		ana.Sees = func(string) bool { return false }
		if err := h.intake.Reached(ctx, acme, a, ana, stanna.Contacted{Kind: "call"}); stanna.CodeOf(err) != stanna.NotFound {
			h.Error(err)
		}
	})
}
