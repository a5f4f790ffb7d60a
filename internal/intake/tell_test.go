package intake_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// ear is an endpoint that gets everything.
func (h *house) ear() {
	h.Helper()
	h.update(func(tx *store.Tx) error {
		return tx.PutEndpoint(stanna.Endpoint{Workspace: acme, ID: "ep_1", Address: "https://hooks.acme.com", Types: stanna.EventTypes(), Secret: "whsec_x", CreatedAt: monday})
	})
}

// heard lists what was promised to it, oldest first: type, status and reason.
func (h *house) heard() (list []string, last stanna.AlertNews) {
	h.Helper()
	h.view(func(tx *store.Tx) error {
		all, err := tx.WaitingDeliveries(acme, "ep_1", 1000)
		list = nil
		for _, d := range all {
			last = stanna.AlertNews{}
			h.must(json.Unmarshal(d.Event.Data, &last))
			if last.Alert.ID != d.Event.Subject {
				h.Errorf("%s is about %s", d.Event.Data, d.Event.Subject)
			}
			list = append(list, fmt.Sprintf("%s %s %s %g", d.Event.Type, last.Alert.Status, last.Alert.Reason, last.Alert.Evidence.Value))
		}
		return err
	})
	return list, last
}

func (h *house) wantHeard(want ...string) {
	h.Helper()
	if got, _ := h.heard(); fmt.Sprint(got) != fmt.Sprint(want) {
		h.Errorf("heard %q\nwant  %q", got, want)
	}
}

// Other programs hear of an alert's whole life, each event as things were
// then.
func TestEventsOfAnAlert(t *testing.T) {
	each(t, stanna.Settings{}, []stanna.Rule{ruleOf(stanna.HealthDrop)}, func(h *house) {
		h.client("c1", func(c *stanna.Client) { c.Domain, c.Tier = "c1.com", "growth" })
		h.ear()
		ctx := context.Background()
		id := h.fall(monday.Add(time.Hour), "c1", 35)
		h.score(monday.Add(90*time.Minute), "c1", 36) // nothing that is told
		h.score(monday.Add(2*time.Hour), "c1", 15)
		_, err := h.intake.TakeUp(ctx, acme, id, ana)
		h.must(err)
		_, err = h.intake.Assign(ctx, acme, id, ana, "bo@acme.com")
		h.must(err)
		_, err = h.intake.Snooze(ctx, acme, id, ana, monday.Add(5*time.Hour))
		h.must(err)
		h.pass(monday.Add(6 * time.Hour))
		_, err = h.intake.Resolve(ctx, acme, id, ana, stanna.Saved, "They stay")
		h.must(err)
		h.wantHeard("alert.opened open entered_red 35", "alert.updated open worsened 15", "alert.taken_up taken_up taken_up 15", "alert.updated open assigned 15",
			"alert.updated snoozed snoozed 15", "alert.updated open snooze_over 15", "alert.closed resolved resolved_by_person 15")
		_, last := h.heard()
		if c := last.Client; c == nil || c.Name != "c1" || c.Domain == nil || *c.Domain != "c1.com" || c.MRR == nil || c.MRR.Amount != 1000 || *c.CSMOwner != "ana@acme.com" {
			h.Errorf("%+v", c)
		}
		if a := last.Alert; a.Note == nil || *a.Note != "They stay" || *a.Outcome != stanna.Saved || a.ClosedAt == nil || a.TakenBy != nil {
			h.Errorf("%+v", a)
		}
	})
}

// Several events of one alert in one transaction are each as things were.
func TestEventsOfOneTransaction(t *testing.T) {
	each(t, stanna.Settings{}, []stanna.Rule{ruleOf(stanna.HealthDrop)}, func(h *house) {
		h.client("c1")
		h.ear()
		var signals []stanna.Signal
		for i, score := range []int{80, 35, 15, 90} {
			signals = append(signals, stanna.Signal{ID: fmt.Sprint(i), ClientID: "c1", Type: stanna.HealthScoredType, OccurredAt: monday.Add(time.Hour + time.Duration(i)*time.Second),
				Data: json.RawMessage(fmt.Sprintf(`{"score":%d}`, score))})
		}
		h.clock.Follow(acme, monday.Add(2*time.Hour)) // so that no time passes between them
		_, err := h.intake.Signals(context.Background(), acme, signals, false)
		h.must(err)
		h.wantHeard("alert.opened open entered_red 35", "alert.updated open worsened 15", "alert.closed resolved recovered 90")
	})
}

// What people are told later or not at all is told to programs when it
// happens, and once; a rule on trial tells nobody.
func TestEventsOfWhatIsHeldOrOnTrial(t *testing.T) {
	digest := ruleOf(stanna.HealthDrop, func(r *stanna.Rule) {
		r.Frequency = map[stanna.Severity]stanna.Frequency{stanna.High: stanna.Daily, stanna.Critical: stanna.Daily}
	})
	trial := ruleOf(stanna.ChurnRisk, func(r *stanna.Rule) { r.Status = stanna.RuleShadow })
	each(t, stanna.Settings{}, []stanna.Rule{digest, trial}, func(h *house) {
		h.client("c1")
		h.ear()
		id := h.fall(monday.Add(time.Hour), "c1", 35)
		h.one(id, stanna.Held, stanna.ReasonDailyDigest)
		h.send(monday.Add(2*time.Hour), "c1", stanna.ChurnPredictedType, map[string]any{"probability": 0.9})
		h.wantHeard("alert.opened open entered_red 35")
		h.pass(monday.Add(30 * time.Hour)) // the digest has it
		for more := true; more; {
			var err error
			more, err = h.intake.Retell(context.Background(), acme)
			h.must(err)
		}
		h.wantHeard("alert.opened open entered_red 35")
	})
}

// Where nobody asked, nothing is kept.
func TestEventsThatNobodyAskedFor(t *testing.T) {
	each(t, stanna.Settings{}, []stanna.Rule{ruleOf(stanna.HealthDrop)}, func(h *house) {
		h.client("c1")
		h.fall(monday.Add(time.Hour), "c1", 35)
		h.ear() // too late
		h.wantHeard()
	})
}
