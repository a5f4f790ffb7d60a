package policy_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

func TestRoutes(t *testing.T) {
	each(t, func(h *house) {
		to := []stanna.Destination{alerts}
		for name, x := range map[string]struct {
			field string
			lines []stanna.RouteLine
		}{
			"no destination": {"routes[0].to", []stanna.RouteLine{{}}},
			"never reached":  {"routes[1]", []stanna.RouteLine{{To: to}, {Match: stanna.Matcher{Types: []stanna.AlertType{stanna.HealthDrop}}, To: to}}},
			"unknown rule":   {"routes[0].match.rules", []stanna.RouteLine{{Match: stanna.Matcher{Rules: []string{"rule_none"}}, To: to}}},
			"never matches":  {"routes[0].match.rules", []stanna.RouteLine{{Match: stanna.Matcher{Rules: []string{"rule_health_drop"}, Types: []stanna.AlertType{stanna.ChurnRisk}}, To: to}}},
			"unknown type":   {"routes[0].match.types", []stanna.RouteLine{{Match: stanna.Matcher{Types: []stanna.AlertType{"mood"}}, To: to}}},
			"no client":      {"routes[0].match.filter.only", []stanna.RouteLine{{Match: stanna.Matcher{Filter: stanna.Filter{Only: []string{"c9"}}}, To: to}}},
			"bad condition":  {"routes[0].match.condition", []stanna.RouteLine{{Match: stanna.Matcher{Condition: "client.mmr > 1"}, To: to}}},
			"no channel":     {"routes[0].to[0]", []stanna.RouteLine{{To: []stanna.Destination{"slack:T1:C0NOWHERE"}}}},
		} {
			before := h.version()
			_, err := h.SaveRoutes(h.ctx, acme, ana, x.lines, nil)
			if h.refused(err, x.field, before); h.Failed() {
				h.Fatal(name)
			}
		}
		lines := []stanna.RouteLine{{Name: "VIPs", Match: stanna.Matcher{Severities: []stanna.Severity{stanna.Critical}}, To: []stanna.Destination{vips}, Continue: true},
			{To: []stanna.Destination{stanna.ToPerson("eve@acme.com")}}}
		zero := 0
		saved, err := h.SaveRoutes(h.ctx, acme, ana, lines, &zero)
		if err != nil || saved.Version != 1 || len(saved.Warnings) != 1 || saved.Warnings[0].Field != "routes[1].to[0]" {
			h.Fatalf("%+v %v", saved, err)
		}
		if _, err := h.SaveRoutes(h.ctx, acme, ana, nil, &zero); !errors.Is(err, policy.Moved) || !strings.Contains(err.Error(), "version 1") {
			h.Error(err)
		}
		if again, err := h.SaveRoutes(h.ctx, acme, ana, lines, nil); again.Version != 1 || err != nil {
			h.Errorf("%+v %v", again, err)
		}
		// What no line takes any more is said.
		only := []stanna.RouteLine{{Match: stanna.Matcher{Types: []stanna.AlertType{stanna.HealthDrop}}, To: to}}
		if saved, err = h.SaveRoutes(h.ctx, acme, ana, only, nil); err != nil || len(saved.Warnings) == 0 || saved.Warnings[0].Field != "routes" {
			h.Errorf("%+v %v", saved, err)
		}
		if back, err := h.RestoreRoutes(h.ctx, acme, ana, 1, nil); err != nil || back.Version != 3 || back.Lines[0].Name != "VIPs" {
			h.Errorf("%+v %v", back, err)
		}
		if list, total, err := h.RoutesHistory(h.ctx, acme, 10, 0); err != nil || total != 3 || list[2].Lines[0].Name != "VIPs" || list[0].Author != ana.Actor {
			h.Errorf("%+v %v", list, err)
		}
	})
}

func TestPreview(t *testing.T) {
	each(t, func(h *house) {
		q := policy.Question{ClientID: "c1", Type: stanna.HealthDrop, Severity: stanna.High}
		if p, err := h.Preview(h.ctx, acme, q); err != nil || p.Reason != stanna.ReasonNoDestination || p.Rule.ID != "rule_health_drop" {
			h.Errorf("%+v %v", p, err)
		}
		q.Lines = []stanna.RouteLine{{To: []stanna.Destination{stanna.ToOwner}}}
		p, err := h.Preview(h.ctx, acme, q)
		if err != nil || len(p.Choices) != 1 || p.Choices[0].Destination != stanna.SlackChannel("T1", "U0BO") || p.Choices[0].Reason != stanna.ReasonOwner || p.Choices[0].Manner.Later() {
			h.Errorf("%+v %v", p, err)
		}
		q.Severity = stanna.Low
		if p, err = h.Preview(h.ctx, acme, q); err != nil || p.Choices[0].Manner.Why != stanna.ReasonDailyDigest {
			h.Errorf("%+v %v", p, err)
		}
		s, err := h.AddSilence(h.ctx, acme, ana, stanna.Silence{Comment: "Launch", EndsAt: monday.Add(time.Hour), Matcher: stanna.Matcher{Types: []stanna.AlertType{stanna.HealthDrop}}})
		if err != nil {
			h.Fatal(err)
		}
		if p, err = h.Preview(h.ctx, acme, q); err != nil || p.Silence == nil || p.Silence.ID != s.ID || p.Choices[0].Manner.Why != stanna.ReasonSilenced {
			h.Errorf("%+v %v", p, err)
		}
		for field, bad := range map[string]policy.Question{
			"severity": {ClientID: "c1", Type: stanna.HealthDrop, Severity: "loud"},
			"type":     {ClientID: "c1", Type: "mood", Severity: stanna.Low},
			"ruleId":   {ClientID: "c1", RuleID: "none", Severity: stanna.Low},
			"clientId": {Type: stanna.HealthDrop, Severity: stanna.Low},
		} {
			_, err := h.Preview(h.ctx, acme, bad)
			h.refused(err, field, h.version())
		}
	})
}

func TestSilences(t *testing.T) {
	each(t, func(h *house) {
		good := stanna.Silence{Comment: "Launch week", EndsAt: monday.Add(time.Hour), Matcher: stanna.Matcher{Types: []stanna.AlertType{stanna.HealthDrop}}}
		for field, edit := range map[string]func(*stanna.Silence){
			"endsAt":              func(s *stanna.Silence) { s.EndsAt = time.Time{} },
			"comment":             func(s *stanna.Silence) { s.Comment = " " },
			"matcher":             func(s *stanna.Silence) { s.Matcher = stanna.Matcher{} },
			"matcher.rules":       func(s *stanna.Silence) { s.Matcher.Rules = []string{"rule_none"} },
			"matcher.types":       func(s *stanna.Silence) { s.Matcher.Types = []stanna.AlertType{"mood"} },
			"matcher.condition":   func(s *stanna.Silence) { s.Matcher.Condition = "1" },
			"matcher.filter.only": func(s *stanna.Silence) { s.Matcher.Filter.Only = []string{"c9"} },
		} {
			s, before := good, h.version()
			edit(&s)
			_, err := h.AddSilence(h.ctx, acme, ana, s)
			h.refused(err, field, before)
		}
		s, err := h.AddSilence(h.ctx, acme, ana, good)
		if err != nil || s.Author != "ana@acme.com" || !s.StartsAt.Equal(monday) {
			h.Fatalf("%+v %v", s, err)
		}
		h.forward(time.Minute)
		swept := h.swept
		if s, err = h.EndSilence(h.ctx, acme, ana, s.ID); err != nil || s.EndedBy != "ana@acme.com" || s.Active(h.time()) || h.swept != swept+1 {
			h.Errorf("%+v %v, swept %d", s, err, h.swept-swept)
		}
		if _, err = h.EndSilence(h.ctx, acme, ana, s.ID); stanna.CodeOf(err) != stanna.Conflict {
			h.Error(err)
		}
		if _, err = h.EndSilence(h.ctx, acme, ana, "none"); stanna.CodeOf(err) != stanna.NotFound {
			h.Error(err)
		}
	})
}

func TestSettings(t *testing.T) {
	each(t, func(h *house) {
		first, err := h.Settings(h.ctx, acme)
		if err != nil {
			h.Fatal(err)
		}
		save := func(tag string, change func(*policy.Kept)) (policy.Kept, error) {
			k, _, err := h.SaveSettings(h.ctx, acme, ana, tag, func(k *policy.Kept) error { change(k); return nil })
			return k, err
		}
		for field, change := range map[string]func(*policy.Kept){
			"timezone": func(k *policy.Kept) { k.Workspace.Settings.Timezone = "Mars/Base" },
			"businessHours.windows[0].to": func(k *policy.Kept) {
				k.Workspace.Settings.BusinessHours.Windows = []stanna.Window{{Days: []string{"mon"}, From: "09:00", To: "09:00"}}
			},
			"businessHours.holidays[0]": func(k *policy.Kept) { k.Workspace.Settings.BusinessHours.Holidays = []string{"Christmas"} },
			"digest.at":                 func(k *policy.Kept) { k.Workspace.Settings.Digest.At = "24:30" },
			"frequency.high": func(k *policy.Kept) {
				k.Workspace.Settings.Frequency = map[stanna.Severity]stanna.Frequency{stanna.High: "hourly"}
			},
			"riskThreshold":          func(k *policy.Kept) { k.Workspace.Settings.RiskThreshold = 400 },
			"workspaceName":          func(k *policy.Kept) { k.Workspace.Name = " " },
			"thresholds.dropPercent": func(k *policy.Kept) { k.Rule(stanna.HealthDrop).Thresholds = map[string]float64{"dropPercent": 900} },
		} {
			before := h.version()
			_, err := save("", change)
			h.refused(err, field, before)
		}
		k, err := save(first.Tag(), func(k *policy.Kept) {
			k.Workspace.Settings.DigestOnly = true
			k.Rule(stanna.HealthDrop).Thresholds = map[string]float64{"dropPercent": 10}
		})
		if err != nil || !k.Workspace.Settings.DigestOnly || k.Tag() == first.Tag() || k.Rule(stanna.HealthDrop).Version != 2 {
			h.Fatalf("%+v %v", k, err)
		}
		now, err := h.Settings(h.ctx, acme)
		if err != nil || now.Tag() != k.Tag() {
			h.Errorf("the tag is %s when saved and %s when read", k.Tag(), now.Tag())
		}
		if _, err := save(first.Tag(), func(k *policy.Kept) { k.Workspace.Settings.Locale = "de" }); !errors.Is(err, policy.Moved) || !strings.Contains(err.Error(), k.Tag()) {
			h.Error(err)
		}
		// Of many at once with one tag, one is saved.
		var all sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			all.Go(func() {
				_, errs[i] = save(k.Tag(), func(k *policy.Kept) { k.Workspace.Settings.RiskThreshold = float64(30 + i) })
			})
		}
		all.Wait()
		saved := 0
		for _, err := range errs {
			if err == nil {
				saved++
			} else if !errors.Is(err, policy.Moved) {
				h.Error(err)
			}
		}
		if saved != 1 {
			h.Errorf("%d of them were saved", saved)
		}
		list, total, err := h.SettingsHistory(h.ctx, acme, 10, 0)
		if err != nil || total != 3 || list[2].Settings.DigestOnly || !list[1].Settings.DigestOnly || list[0].Author != ana.Actor {
			h.Errorf("%+v %v", list, err)
		}
	})
}

func TestHabits(t *testing.T) {
	each(t, func(h *house) {
		set := func(email string, habits stanna.Habits) (stanna.Person, error) {
			p, _, err := h.SetHabits(h.ctx, acme, ana, email, func(x *stanna.Habits) error { *x = habits; return nil })
			return p, err
		}
		if p, err := set("Bo@acme.com", stanna.Habits{Deputy: "Eve@acme.com", BackAt: monday.Add(48 * time.Hour)}); err != nil || p.Deputy != "eve@acme.com" || !p.Away(monday) || p.SlackID != "U0BO" {
			h.Errorf("%+v %v", p, err)
		}
		if _, err := set("eve@acme.com", stanna.Habits{Deputy: "bo@acme.com"}); err != nil { // two stand in for each other
			h.Error(err)
		}
		for _, x := range []struct {
			email, field string
			habits       stanna.Habits
		}{
			{"bo@acme.com", "deputy", stanna.Habits{Deputy: "bo@acme.com"}},
			{"bo@acme.com", "manager", stanna.Habits{Manager: "bo"}},
			{"bo@acme.com", "away.until", stanna.Habits{AwayAt: monday, BackAt: monday}},
			{"bo@acme.com", "away.until", stanna.Habits{AwayAt: monday.Add(-48 * time.Hour), BackAt: monday.Add(-24 * time.Hour)}},
			{"bo@acme.com", "hours.windows[0].days", stanna.Habits{Hours: &stanna.Hours{Windows: []stanna.Window{{From: "09:00", To: "10:00"}}}}},
			{"bo", "email", stanna.Habits{}},
		} {
			before := h.version()
			_, err := set(x.email, x.habits)
			h.refused(err, x.field, before)
		}
		if err := h.Follow(h.ctx, acme, ana, "c1", "Bo@acme.com", true); err != nil {
			h.Error(err)
		}
		_ = h.store.View(h.ctx, func(tx *store.Tx) error {
			if list, err := tx.Following(acme, "bo@acme.com"); len(list) != 1 || err != nil {
				h.Errorf("%v %v", list, err)
			}
			return nil
		})
		if err := h.Follow(h.ctx, acme, ana, "c9", "bo@acme.com", true); stanna.CodeOf(err) != stanna.NotFound {
			h.Error(err)
		}
	})
}
