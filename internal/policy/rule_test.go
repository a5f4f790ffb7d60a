package policy_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

func asError(err error, e **stanna.Error) bool { return errors.As(err, e) }

// Bad rules are refused with the exact field, and nothing in force changes.
func TestABadRuleNamesItsFault(t *testing.T) {
	each(t, func(h *house) {
		for name, x := range map[string]struct {
			field string
			edit  func(*stanna.Rule)
		}{
			"no compile":      {"condition", func(r *stanna.Rule) { r.Condition = "client.mrr >" }},
			"no boolean":      {"condition", func(r *stanna.Rule) { r.Condition = "client.mrr + 1" }},
			"unknown field":   {"condition", func(r *stanna.Rule) { r.Condition = "client.mmr > 5" }},
			"divides by zero": {"condition", func(r *stanna.Rule) { r.Condition = "client.mrr / 0 > 1" }},
			"costs too much": {"condition", func(r *stanna.Rule) {
				r.Condition = strings.Repeat("client.tags.exists(a, client.tags.exists(b, client.tags.exists(c, a == b && b == c))) && ", 20) + "true"
			}},
			"no severity":        {"severity", func(r *stanna.Rule) { r.SeverityAs = `"loud"` }},
			"threshold too high": {"thresholds.dropPoints", func(r *stanna.Rule) { r.Thresholds = map[string]float64{"dropPoints": 1000} }},
			"no such threshold":  {"thresholds.points", func(r *stanna.Rule) { r.Thresholds = map[string]float64{"points": 1} }},
			"empty window": {"outside.hours.windows[0].to", func(r *stanna.Rule) {
				r.Outside.Hours = &stanna.Hours{Windows: []stanna.Window{{Days: []string{"mon"}, From: "09:00", To: "09:00"}}}
			}},
			"no time of day": {"outside.hours.windows[0].from", func(r *stanna.Rule) {
				r.Outside.Hours = &stanna.Hours{Windows: []stanna.Window{{Days: []string{"mon"}, From: "25:00", To: "09:00"}}}
			}},
			"never open": {"outside.hours.holidays", func(r *stanna.Rule) {
				r.Outside.Hours = &stanna.Hours{Windows: []stanna.Window{{Days: []string{"mon"}, From: "09:00", To: "10:00"}}, Holidays: everyDay()}
			}},
			"redirect nowhere":    {"outside.to", func(r *stanna.Rule) { r.Outside.Do = stanna.OutsideRedirect }},
			"no destination":      {"destinations", func(r *stanna.Rule) { r.Destinations = nil }},
			"unknown channel":     {"destinations[0]", func(r *stanna.Rule) { r.Destinations = []stanna.Destination{"slack:T1:C0NOWHERE"} }},
			"archived channel":    {"destinations[0]", func(r *stanna.Rule) { r.Destinations = []stanna.Destination{"slack:T1:C0OLD0001"} }},
			"another team":        {"destinations[0]", func(r *stanna.Rule) { r.Destinations = []stanna.Destination{"slack:T2:C0ALERTS1"} }},
			"no destination word": {"destinations[1]", func(r *stanna.Rule) { r.Destinations = []stanna.Destination{alerts, "fax:1"} }},
			"no e-mail":           {"destinations[0]", func(r *stanna.Rule) { r.Destinations = []stanna.Destination{"person:bo"} }},
			"twice":               {"destinations[1]", func(r *stanna.Rule) { r.Destinations = []stanna.Destination{alerts, alerts} }},
			"step to nowhere": {"escalation[0].to[0]", func(r *stanna.Rule) {
				r.Escalation = []stanna.EscalationStep{{After: 60, To: []stanna.Destination{"slack:T1:C0NOWHERE"}}}
			}},
			"steps out of order": {"escalation[1].afterMinutes", func(r *stanna.Rule) {
				r.Escalation = []stanna.EscalationStep{{After: 60, Raise: stanna.High}, {After: 30, Raise: stanna.Critical}}
			}},
			"no such client":      {"filter.only", func(r *stanna.Rule) { r.Filter.Only = []string{"c1", "c9"} }},
			"no such client left": {"filter.never", func(r *stanna.Rule) { r.Filter.Never = []string{"c9"} }},
			"no zone":             {"filter.zones", func(r *stanna.Rule) { r.Filter.Zones = []stanna.Zone{"blue"} }},
			"no frequency":        {"frequency.high", func(r *stanna.Rule) { r.Frequency = map[stanna.Severity]stanna.Frequency{stanna.High: "hourly"} }},
			"no type":             {"type", func(r *stanna.Rule) { r.Type = "mood" }},
			"no status":           {"status", func(r *stanna.Rule) { r.Status = "loud" }},
			"no name":             {"name", func(r *stanna.Rule) { r.Name = " " }},
			"custom without one":  {"condition", func(r *stanna.Rule) { r.Type = stanna.Custom }},
		} {
			before := h.version()
			_, err := h.SaveRule(h.ctx, acme, ana, draft(x.edit), nil)
			if h.refused(err, x.field, before); h.Failed() {
				h.Fatal(name)
			}
			// A check says the same, and saves nothing either.
			problems, _, err := h.CheckRule(h.ctx, acme, draft(x.edit))
			if err != nil || !slices.ContainsFunc(problems, func(p policy.Problem) bool { return p.Field == x.field }) {
				h.Errorf("%s: the check finds %+v, %v", name, problems, err)
			}
		}
		if h.swept != 0 {
			h.Errorf("swept %d times for nothing", h.swept)
		}
	})
}

func everyDay() (days []string) {
	for d := time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == 2028; d = d.AddDate(0, 0, 1) {
		days = append(days, d.Format("--01-02"))
	}
	return days
}

func TestACheckFindsEverything(t *testing.T) {
	each(t, func(h *house) {
		problems, warnings, err := h.CheckRule(h.ctx, acme, draft(func(r *stanna.Rule) {
			r.Condition = "client.mrr > 5 &&\n  client.teir == \"gold\""
			r.Thresholds = map[string]float64{"dropPoints": 1000, "fallPoints": -1}
			r.Filter.Only = []string{"c9"}
			r.Destinations = []stanna.Destination{stanna.ToPerson("eve@acme.com"), "slack:T1:C0NOWHERE"}
		}))
		if err != nil {
			h.Fatal(err)
		}
		var found []string
		for _, p := range problems {
			found = append(found, p.Field)
			if p.Field == "condition" && (p.Line != 2 || p.Column != 10 || !strings.Contains(p.Message, "did you mean tier?") || !strings.HasSuffix(p.Excerpt, "^")) {
				h.Errorf("%+v", p)
			}
		}
		slices.Sort(found)
		if want := []string{"condition", "destinations[1]", "filter.only", "thresholds.dropPoints", "thresholds.fallPoints"}; !slices.Equal(found, want) {
			h.Errorf("found %q, want %q", found, want)
		}
		if len(warnings) != 1 || warnings[0].Field != "destinations[0]" || !strings.Contains(warnings[0].Message, "not in Slack") {
			h.Errorf("%+v", warnings)
		}
	})
}

// An owner who is no Slack user, and a condition about what nobody sent, are
// no faults of the rule; whoever saves it is told.
func TestWarnings(t *testing.T) {
	each(t, func(h *house) {
		s := h.rule(func(r *stanna.Rule) {
			r.Name = "health DROP"
			r.Destinations = []stanna.Destination{stanna.ToOwner, stanna.ToPerson("eve@acme.com"), stanna.ToPerson("bo@acme.com")}
			r.Filter.Owners = []string{"Eve@acme.com"}
			r.Filter.MinMRR = 100
			r.Condition = "client.mrr > 5"
		})
		var fields []string
		for _, w := range s.Warnings {
			fields = append(fields, w.Field)
		}
		slices.Sort(fields)
		if want := []string{"condition", "destinations[0]", "destinations[1]", "filter.minMrr", "filter.owners[0]", "name"}; !slices.Equal(fields, want) {
			h.Errorf("warned of %q, want %q: %+v", fields, want, s.Warnings)
		}
		if s.Rule.Filter.Owners[0] != "eve@acme.com" {
			h.Errorf("%+v", s.Rule.Filter)
		}
	})
}

func TestEscalationNeedsSomebody(t *testing.T) {
	each(t, func(h *house) {
		step := func(r *stanna.Rule) {
			r.Escalation = []stanna.EscalationStep{{After: 60, To: []stanna.Destination{vips}, Raise: stanna.Critical}}
		}
		h.rule(step)
		h.change(func(tx *store.Tx) error { return tx.SetRole(acme, "usr_ana", stanna.Leadership) })
		before := h.version()
		_, err := h.SaveRule(h.ctx, acme, ana, draft(step), nil)
		h.refused(err, "escalation", before)
	})
}

// A rule that no destination takes is refused; one that was so before may be
// changed otherwise, with a warning.
func TestNowhereToTell(t *testing.T) {
	each(t, func(h *house) {
		none := func(r *stanna.Rule) { r.Destinations = nil }
		s, err := h.ChangeRule(h.ctx, acme, ana, "rule_health_drop", nil, func(r *stanna.Rule) error {
			r.Thresholds = map[string]float64{"dropPoints": 10}
			return nil
		})
		if err != nil || len(s.Warnings) != 1 || s.Warnings[0].Field != "destinations" {
			h.Errorf("%+v %v", s, err)
		}
		h.rule(none, func(r *stanna.Rule) { r.Status = stanna.RuleShadow })
		if _, err := h.SaveRoutes(h.ctx, acme, ana, []stanna.RouteLine{{Match: stanna.Matcher{Types: []stanna.AlertType{stanna.PaymentIssue}}, To: []stanna.Destination{alerts}}}, nil); err != nil {
			h.Fatal(err)
		}
		before := h.version()
		_, err = h.SaveRule(h.ctx, acme, ana, draft(none), nil)
		h.refused(err, "destinations", before)
		h.rule(none, func(r *stanna.Rule) { r.Type = stanna.PaymentIssue })
		if _, _, err := h.SaveSettings(h.ctx, acme, ana, "", func(k *policy.Kept) error { k.Workspace.Settings.DefaultChannel = "C0ALERTS1"; return nil }); err != nil {
			h.Fatal(err)
		}
		h.rule(none)
	})
}

func TestSavingARule(t *testing.T) {
	each(t, func(h *house) {
		s := h.rule()
		if s.Rule.Version != 1 || !s.Rule.ActiveSince.Equal(monday) || !strings.HasPrefix(s.Rule.ID, "rule_") || h.swept != 1 {
			h.Errorf("%+v, swept %d", s.Rule, h.swept)
		}
		h.forward(time.Hour)
		change := func(fn func(*stanna.Rule)) stanna.Rule {
			h.Helper()
			s, err := h.ChangeRule(h.ctx, acme, ana, s.Rule.ID, nil, func(r *stanna.Rule) error { fn(r); return nil })
			if err != nil {
				h.Fatal(err)
			}
			return s.Rule
		}
		if r := change(func(r *stanna.Rule) {}); r.Version != 1 || h.swept != 1 {
			h.Errorf("nothing changed, and it is at %d", r.Version)
		}
		if r := change(func(r *stanna.Rule) { r.Condition = "client.mrr > 100" }); r.Version != 2 || !r.ActiveSince.Equal(monday) {
			h.Errorf("%+v", r)
		}
		if r := change(func(r *stanna.Rule) { r.Status = stanna.RuleOff }); !r.ActiveSince.Equal(monday) {
			h.Errorf("%+v", r)
		}
		h.forward(time.Hour)
		if r := change(func(r *stanna.Rule) { r.Status = stanna.RuleActive }); !r.ActiveSince.Equal(monday.Add(2 * time.Hour)) {
			h.Errorf("active again since %v", r.ActiveSince)
		}
		before := h.version()
		_, err := h.ChangeRule(h.ctx, acme, ana, s.Rule.ID, nil, func(r *stanna.Rule) error { r.Type = stanna.ChurnRisk; return nil })
		h.refused(err, "type", before)
		// Every client is asked about anew, and the trail knows.
		_ = h.store.View(h.ctx, func(tx *store.Tx) error {
			due, err := tx.DueClients(acme, h.time(), 10)
			if len(due) != 2 || err != nil {
				h.Errorf("due %v, %v", due, err)
			}
			trail, err := tx.AuditOf(acme, s.Rule.ID, 10)
			if len(trail) != 4 || trail[0].Action != "rule.created" || trail[3].Action != "rule.changed" || trail[3].Actor != ana.Actor || err != nil {
				h.Errorf("%+v, %v", trail, err)
			}
			return nil
		})
	})
}

// Of two who read the same version one is told, whichever comes second.
func TestTwoSaveAtOnce(t *testing.T) {
	each(t, func(h *house) {
		s := h.rule()
		var all sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			all.Go(func() {
				_, errs[i] = h.ChangeRule(h.ctx, acme, ana, s.Rule.ID, &s.Rule.Version, func(r *stanna.Rule) error {
					r.Thresholds = map[string]float64{"dropPoints": float64(10 + i)}
					return nil
				})
			})
		}
		all.Wait()
		saved := 0
		for _, err := range errs {
			switch {
			case err == nil:
				saved++
			case !errors.Is(err, policy.Moved) || stanna.CodeOf(err) != stanna.Conflict || !strings.Contains(err.Error(), "version 2"):
				h.Error(err)
			}
		}
		if saved != 1 {
			h.Errorf("%d of them were saved", saved)
		}
		if list, total, err := h.RuleHistory(h.ctx, acme, s.Rule.ID, 10, 0); total != 2 || list[0].Version != 2 || err != nil {
			h.Errorf("%+v %v", list, err)
		}
	})
}

func TestHistoryOfARule(t *testing.T) {
	each(t, func(h *house) {
		id := h.rule().Rule.ID
		for _, name := range []string{"Second", "Third"} {
			if _, err := h.ChangeRule(h.ctx, acme, ana, id, nil, func(r *stanna.Rule) error { r.Name = name; return nil }); err != nil {
				h.Fatal(err)
			}
		}
		s, err := h.RestoreRule(h.ctx, acme, ana, id, 1, nil)
		if err != nil || s.Rule.Name != "Falls of VIPs" || s.Rule.Version != 4 {
			h.Errorf("%+v %v", s.Rule, err)
		}
		one := 1
		if _, err := h.RestoreRule(h.ctx, acme, ana, id, 2, &one); !errors.Is(err, policy.Moved) {
			h.Error(err)
		}
		if err := h.DeleteRule(h.ctx, acme, ana, id, &one); !errors.Is(err, policy.Moved) {
			h.Error(err)
		}
		if err := h.DeleteRule(h.ctx, acme, ana, id, nil); err != nil {
			h.Fatal(err)
		}
		list, total, err := h.RuleHistory(h.ctx, acme, id, 10, 0)
		if err != nil || total != 5 || !list[0].Deleted || list[0].Version != 5 || list[0].Author != ana.Actor || list[4].Name != "Falls of VIPs" {
			h.Errorf("%+v %v", list, err)
		}
		if _, err := h.RestoreRule(h.ctx, acme, ana, id, 5, nil); stanna.CodeOf(err) != stanna.Invalid {
			h.Error(err)
		}
		if s, err := h.RestoreRule(h.ctx, acme, ana, id, 3, nil); err != nil || s.Rule.Version != 6 || s.Rule.Name != "Third" || s.Rule.ID != id {
			h.Errorf("%+v %v", s.Rule, err)
		}
		if _, _, err := h.RuleHistory(h.ctx, acme, "rule_none", 10, 0); stanna.CodeOf(err) != stanna.NotFound {
			h.Error(err)
		}
		// What the channel has become since refuses going back to it.
		h.change(func(tx *store.Tx) error {
			return tx.PutChannels(stanna.Channel{Workspace: acme, TeamID: "T1", ID: "C0ALERTS1", Name: "alerts", Archived: true, Health: stanna.Broken})
		})
		if _, err := h.ChangeRule(h.ctx, acme, ana, id, nil, func(r *stanna.Rule) error { r.Destinations = []stanna.Destination{vips}; return nil }); err != nil {
			h.Fatal(err)
		}
		before := h.version()
		_, err = h.RestoreRule(h.ctx, acme, ana, id, 3, nil)
		h.refused(err, "destinations[0]", before)
	})
}
