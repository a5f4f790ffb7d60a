package api

import (
	"context"
	"strings"
	"testing"

	"github.com/gostanna/stanna/internal/intake"
	"github.com/gostanna/stanna/internal/policy"
)

func TestSettings(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		s := st.ask("GET", "/api/settings", nil).want(200).object()
		w := fields(s["workspace"])
		for _, f := range []string{"workspaceName", "domain", "timezone", "currency", "defaultWindowDays", "riskThreshold", "dataRetentionDays", "notifications"} {
			if _, ok := w[f]; !ok {
				st.Errorf("%s is missing in %v", f, w)
			}
		}
		if p := fields(s["profile"]); len(p) != 3 || w["currency"] != "USD" || w["riskThreshold"] != 40.0 || w["defaultWindowDays"] != 7.0 || w["domain"] != acme {
			st.Errorf("%v", s)
		}
		// What was read may be sent back.
		done := st.ask("PUT", "/api/settings", s).want(200).object()
		if done["success"] != true || done["message"] != "Settings updated" {
			st.Errorf("%v", done)
		}
		st.ask("PUT", "/api/settings?workspaceId="+acme, map[string]any{"workspace": map[string]any{"timezone": "America/New_York", "riskThreshold": 45, "currency": "eur",
			"clientUrlTemplate": "https://crm.example.com/{id}"}}).want(200)
		w = fields(st.ask("GET", "/api/settings", nil).object()["workspace"])
		if w["timezone"] != "America/New_York" || w["riskThreshold"] != 45.0 || w["currency"] != "EUR" || w["workspaceName"] != acme {
			st.Errorf("%v", w)
		}
		for field, body := range map[string]map[string]any{
			"timezone":                                  {"timezone": "Mars/Base"},
			"riskThreshold":                             {"riskThreshold": 400},
			"clientUrlTemplate":                         {"clientUrlTemplate": "javascript:{id}"},
			"workspace.colour":                          {"colour": "red"},
			"workspace.domain":                          {"domain": "else.com"},
			"workspace.dataRetentionDays":               {"dataRetentionDays": 30},
			"workspace.notifications.channels":          {"notifications": map[string]any{"channels": map[string]any{"email": true}}},
			"workspace.notifications.emailFrom":         {"notifications": map[string]any{"emailFrom": "me@acme.com"}},
			"workspace.notifications.scoreDropPct":      {"notifications": map[string]any{"scoreDropPct": 101}},
			"workspace.notifications.renewalsAheadDays": {"notifications": map[string]any{"renewalsAheadDays": 999}},
			"workspace.notifications.colour":            {"notifications": map[string]any{"colour": "red"}},
			"businessHours.windows[0].to":               {"businessHours": map[string]any{"windows": []any{map[string]any{"days": []string{"mon"}, "from": "09:00", "to": "09:00"}}}},
			"digest.weeklyOn":                           {"digest": map[string]any{"weeklyOn": "someday"}},
			"frequency.high":                            {"frequency": map[string]any{"high": "hourly"}},
		} {
			if p := st.ask("PUT", "/api/settings", map[string]any{"workspace": body}).problem(400, validationError); p.Details[field] == nil {
				st.Errorf("%s: %+v", field, p)
			}
		}
		if w := fields(st.ask("GET", "/api/settings", nil).object()["workspace"]); w["riskThreshold"] != 45.0 {
			st.Errorf("%v", w)
		}
	})
}

func TestRules(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		var list struct{ Rules []ruleView }
		st.ask("GET", "/api/rules", nil).want(200, &list)
		if len(list.Rules) < 9 || list.Rules[0].Type != "health_drop" || list.Rules[0].Thresholds["dropPoints"] != 15 || list.Rules[0].Destinations == nil {
			st.Fatalf("%+v", list)
		}
		path := "/api/rules/" + list.Rules[0].ID
		var r ruleView
		st.ask("PUT", path, map[string]any{"name": "Falls", "thresholds": map[string]any{"dropPoints": 10}, "playbook": "Call them", "version": 1}).want(200, &r)
		if r.Version != 2 || r.Name != "Falls" || r.Thresholds["dropPoints"] != 10 || r.Thresholds["fallPoints"] != 20 || r.Playbook != "Call them" || r.Status != "active" {
			st.Errorf("%+v", r)
		}
		st.ask("PUT", path, map[string]any{"status": "off", "version": 1}).problem(409, conflict)
		st.ask("PUT", path, map[string]any{"status": "loud"}).problem(400, validationError)
		st.ask("PUT", path, map[string]any{"thresholds": map[string]any{"dropPoints": 1000}}).problem(400, validationError)
		st.ask("PUT", path, map[string]any{"thresholds": map[string]any{"points": 1}}).problem(400, validationError)
		st.ask("PUT", path, map[string]any{"severity": "high"}).problem(400, validationError)
		st.ask("PUT", path, map[string]any{"destinations": []string{"#general"}}).problem(400, notConnected)
		st.ask("GET", "/api/rules/none", nil).problem(404, resourceNotFound)
		var again ruleView
		if st.ask("GET", path, nil).want(200, &again); again.Version != 2 {
			st.Errorf("%+v", again)
		}
		types := string(st.ask("GET", "/api/alert-types", nil).want(200).body)
		if !strings.Contains(types, `"type":"health_drop"`) || !strings.Contains(types, `"name":"dropPoints"`) {
			st.Error(types)
		}
	})
}

// The documented notifications are the rules and settings in other words.
func TestDocumentedSettings(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		notifications := func() map[string]any {
			return fields(fields(st.ask("GET", "/api/settings", nil).want(200).object()["workspace"])["notifications"])
		}
		n := notifications()
		if n["dailyDigest"] != false || n["weeklyDigest"] != true || n["alertOnScoreDrop"] != true || n["scoreDropPct"] != 0.0 || n["alertOnRenewals"] != true || n["renewalsAheadDays"] != 120.0 || n["emailFrom"] != nil {
			st.Errorf("%v", n)
		}
		put := func(n map[string]any) {
			st.Helper()
			st.ask("PUT", "/api/settings", map[string]any{"workspace": map[string]any{"notifications": n}}).want(200)
		}
		rule := func(id string) (r ruleView) { st.ask("GET", "/api/rules/rule_"+id, nil).want(200, &r); return r }
		put(map[string]any{"dailyDigest": true, "weeklyDigest": false, "scoreDropPct": 10, "alertOnScoreDrop": false, "renewalsAheadDays": 60, "channels": map[string]any{"email": false, "slack": false}, "emailFrom": nil})
		n = notifications()
		if n["dailyDigest"] != true || n["weeklyDigest"] != false || n["alertOnScoreDrop"] != false || n["scoreDropPct"] != 10.0 || n["renewalsAheadDays"] != 60.0 {
			st.Errorf("%v", n)
		}
		if r := rule("health_drop"); r.Status != "off" || r.Thresholds["dropPercent"] != 10 {
			st.Errorf("%+v", r)
		}
		if r := rule("renewal_upcoming"); r.Thresholds["firstDays"] != 60 || r.Thresholds["secondDays"] != 0 || r.Thresholds["thirdDays"] != 0 || r.Thresholds["lastDays"] != 30 || r.Status != "active" {
			st.Errorf("%+v", r)
		}
		put(n) // what was read may be sent back
		// A rule that would be told nowhere is not switched on.
		if p := st.ask("PUT", "/api/settings", map[string]any{"workspace": map[string]any{"notifications": map[string]any{"alertOnScoreDrop": true}}}).problem(400, validationError); p.Details["destinations"] == nil {
			st.Errorf("%+v", p)
		}
		_, _, err := st.policy.SaveSettings(context.Background(), acme, intake.By{}, "", func(k *policy.Kept) error { k.Workspace.Settings.DefaultChannel = "C0ALERTS1"; return nil })
		st.must(err)
		put(map[string]any{"alertOnScoreDrop": true, "alertOnRenewals": false})
		if rule("health_drop").Status != "active" || rule("renewal_upcoming").Status != "off" || rule("health_drop").Version != 3 {
			st.Errorf("%+v", rule("health_drop"))
		}

		// The sample of the documentation, and what each figure became.
		var done struct {
			Success bool
			NotUsed []struct{ Field string }
		}
		a := st.ask("PUT", "/api/settings/insight-thresholds", map[string]any{"scoreDropThreshold": 12, "responseDelayDays": 7, "sentimentThreshold": 0.3, "stakeholderMinimum": 2, "enableEmailAlerts": true, "alertFrequency": "daily"}).want(200, &done)
		if !done.Success || len(done.NotUsed) != 2 || a.header.Get("ETag") == "" {
			st.Errorf("%s", a.body)
		}
		if got := rule("health_drop").Thresholds["dropPoints"]; got != 12 {
			st.Errorf("dropPoints %v", got)
		}
		if got := rule("engagement_drop").Thresholds["silentDays"]; got != 7 {
			st.Errorf("silentDays %v", got)
		}
		if got := rule("sentiment_negative").Thresholds["trendScore"]; got != -0.8 {
			st.Errorf("trendScore %v", got)
		}
		var shown insightThresholds
		st.ask("GET", "/api/settings/insight-thresholds", nil).want(200, &shown)
		if *shown.SentimentThreshold != 0.3 || *shown.StakeholderMinimum != 2 || *shown.AlertFrequency != "daily" || *shown.ScoreDropThreshold != 12 {
			st.Errorf("%+v", shown)
		}
		w := fields(st.ask("GET", "/api/settings", nil).object()["workspace"])
		if f := fields(w["frequency"]); f["critical"] != "daily" || f["info"] != "daily" {
			st.Errorf("%v", f)
		}
		for field, body := range map[string]map[string]any{
			"sentimentThreshold": {"sentimentThreshold": 0.5},
			"scoreDropThreshold": {"scoreDropThreshold": 500},
			"alertFrequency":     {"alertFrequency": "hourly"},
		} {
			if p := st.ask("PUT", "/api/settings/insight-thresholds", body).problem(400, validationError); p.Details[field] == nil {
				st.Errorf("%s: %+v", field, p)
			}
		}
	})
}

// Nobody's change of the settings is lost, whichever field it is about.
func TestIfMatch(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		first := st.ask("GET", "/api/settings", nil).header.Get("ETag")
		hours := map[string]any{"workspace": map[string]any{"digestOnly": true, "digest": map[string]any{"at": "08:15"}, "frequency": map[string]any{"medium": "realtime"},
			"businessHours": map[string]any{"windows": []any{map[string]any{"days": []string{"mon", "tue"}, "from": "08:30", "to": "17:00"}}, "holidays": []string{"--12-25"}}}}
		a := st.ask("PUT", "/api/settings", hours, header("If-Match", first)).want(200)
		second := a.header.Get("ETag")
		if first == "" || second == "" || second == first || st.ask("GET", "/api/settings", nil).header.Get("ETag") != second {
			st.Errorf("%s, then %s", first, second)
		}
		w := fields(st.ask("GET", "/api/settings", nil).object()["workspace"])
		if d := fields(w["digest"]); d["at"] != "08:15" || d["weeklyOn"] != "mon" || w["digestOnly"] != true || fields(w["frequency"])["medium"] != "realtime" || fields(w["frequency"])["critical"] != "realtime" ||
			len(fields(w["businessHours"])["windows"].([]any)) != 1 {
			st.Errorf("%v", w)
		}
		st.ask("PUT", "/api/settings", hours, header("If-Match", first)).problem(412, preconditionFailed)
		st.ask("PUT", "/api/settings", hours, header("If-Match", "*")).want(200)
		st.ask("PUT", "/api/rules/rule_health_drop", map[string]any{"name": "Falls"}).want(200)
		st.ask("PUT", "/api/settings", hours, header("If-Match", second)).problem(412, preconditionFailed)
		var history struct{ Versions []settingsVersionView }
		st.ask("GET", "/api/settings/history", nil).want(200, &history)
		if len(history.Versions) != 2 || !history.Versions[0].Settings.DigestOnly || history.Versions[1].Settings.DigestOnly {
			st.Errorf("%+v", history)
		}
	})
}

func TestAudit(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		for _, c := range []string{"a", "b", "c"} {
			st.client(c)
		}
		var page struct {
			Entries    []auditView
			HasMore    bool
			NextBefore string
		}
		var seen []string
		for path := "/api/audit?limit=2"; ; path = "/api/audit?limit=2&before=" + page.NextBefore {
			page.NextBefore = ""
			st.ask("GET", path, nil).want(200, &page)
			for _, e := range page.Entries {
				if strings.HasPrefix(e.Action, "client.") {
					seen = append(seen, e.Subject)
				}
			}
			if !page.HasMore {
				break
			}
		}
		if strings.Join(seen, "") != "cba" {
			st.Errorf("seen %v", seen)
		}
		st.ask("GET", "/api/audit?subject=b", nil).want(200, &page)
		if len(page.Entries) != 1 || page.Entries[0].Actor == "" || page.Entries[0].Action != "client.created" {
			st.Errorf("%+v", page)
		}
	})
}
