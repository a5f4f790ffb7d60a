package intake_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// What becomes of the alerts of a message that stands is kept for its thread,
// and what calls people is said aloud.
func TestHistory(t *testing.T) {
	each(t, stanna.Settings{}, health(), func(h *house) {
		ctx := context.Background()
		h.client("a")
		id := h.fall(monday, "a", 55)
		message := h.told(id)[0].MessageID
		if m := h.message(message); len(m.Unsaid) != 0 {
			t.Errorf("what was not posted yet has a history: %+v", m.Unsaid)
		}
		h.stands(message)
		_, err := h.intake.TakeUp(ctx, acme, id, ana)
		h.must(err)
		_, err = h.intake.TakeUp(ctx, acme, id, ana) // again: nothing new
		h.must(err)
		_, err = h.intake.Assign(ctx, acme, id, ana, "ben@acme.com")
		h.must(err)
		h.score(monday.Add(time.Hour), "a", 10)
		_, err = h.intake.Snooze(ctx, acme, id, ana, monday.Add(24*time.Hour))
		h.must(err)
		h.pass(monday.Add(24 * time.Hour))
		_, err = h.intake.Resolve(ctx, acme, id, ana, stanna.Saved, "")
		h.must(err)
		var got []string
		for _, e := range h.message(message).Unsaid {
			got = append(got, fmt.Sprintf("%s %s by %q to %q aloud %v", e.Event, e.What, e.By, e.To, e.Broadcast))
		}
		want := []string{
			` taken_up by "ana@acme.com" to "" aloud false`,
			` assigned by "" to "ben@acme.com" aloud false`,
			`worsened severity_rose by "" to "" aloud true`,
			` snoozed by "ana@acme.com" to "" aloud false`,
			`reminded snooze_over by "" to "" aloud true`,
			`resolved resolved_by_person by "ana@acme.com" to "" aloud false`,
		}
		if !slices.Equal(got, want) {
			t.Errorf("the history is\n%q, want\n%q", got, want)
		}
		if m := h.message(message); m.ClosedAt.IsZero() {
			t.Error("the thread still takes alerts")
		}
	})
}
