package api

import (
	"strings"
	"testing"
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
			"timezone":                    {"timezone": "Mars/Base"},
			"riskThreshold":               {"riskThreshold": 400},
			"clientUrlTemplate":           {"clientUrlTemplate": "javascript:{id}"},
			"workspace.colour":            {"colour": "red"},
			"workspace.domain":            {"domain": "else.com"},
			"workspace.dataRetentionDays": {"dataRetentionDays": 30},
			"workspace.notifications":     {"notifications": map[string]any{"dailyDigest": true}},
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
		if len(list.Rules) != 1 || list.Rules[0].Thresholds["dropPoints"] != 15 || list.Rules[0].Destinations == nil {
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
