package intake_test

import (
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// A channel that has had enough is told so once; what is critical passes, and
// the next day begins anew.
func TestBudgetOfAChannel(t *testing.T) {
	settings := stanna.Settings{Budget: stanna.Budget{Channel: 2}, Frequency: map[stanna.Severity]stanna.Frequency{
		stanna.Medium: stanna.RealTime, stanna.Low: stanna.RealTime}}
	each(t, settings, health(), func(h *house) {
		var alerts []string
		for _, c := range []string{"a", "b", "c", "d"} {
			h.client(c)
			alerts = append(alerts, h.fall(monday, c, 55))
		}
		for i, id := range alerts {
			n := h.told(id)[0]
			if held := n.Status == stanna.Held && n.Reason == stanna.ReasonBudget; held != (i >= 2) {
				t.Errorf("alert %d: %+v", i, n)
			}
		}
		notice := h.message("bud_2026-11-23_slack:T1:CDEF")
		if notice.Kind != stanna.Notice || notice.Revision != 2 || notice.Occasion.Until.IsZero() {
			t.Errorf("the notice is %+v", notice)
		}
		h.update(func(tx *store.Tx) error {
			a, err := tx.Attention(acme, "slack:T1:CDEF", "2026-11-23")
			if a.Told != 2 || a.Held != 2 {
				t.Errorf("%+v", a)
			}
			return err
		})
		h.score(monday.Add(time.Hour), "c", 3) // critical now
		h.pass(monday.Add(time.Hour))
		if list := h.told(alerts[2]); list[len(list)-1].Status != stanna.Waiting {
			t.Errorf("what is critical waits: %+v", list)
		}
		h.client("e")
		if n := h.told(h.fall(monday.Add(24*time.Hour), "e", 55))[0]; n.Status == stanna.Held {
			t.Errorf("the next day: %+v", n)
		}
	})
}
