package api

import (
	"slices"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
)

// channel connects Slack and gives the id of a channel that takes messages.
func (st *stage) channel(features ...string) (id, name string) {
	st.Helper()
	st.connectSlack(features...)
	var list struct{ Channels []channelView }
	st.until("the channels", func() bool {
		st.ask("GET", "/api/integrations/slack/channels", nil).want(200, &list)
		return len(list.Channels) > 0
	})
	i := slices.IndexFunc(list.Channels, func(c channelView) bool { return c.IsMember && !c.IsPrivate })
	return list.Channels[i].ID, list.Channels[i].Name
}

func TestRuleFromDraftToDeletion(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		id, name := st.channel()
		st.client("c1", "csmOwner", "bo@acme.com")
		body := map[string]any{"type": "health_drop", "name": "VIPs", "condition": "client.mrr > 1000", "severity": `"high"`, "destinations": []string{"#" + name, "owner", "Bo@acme.com"},
			"filter": map[string]any{"only": []string{"c1"}}, "frequency": map[string]any{"high": "realtime"}, "thresholds": map[string]any{"dropPoints": 5, "windowDays": 7},
			"outside": map[string]any{"do": "redirect", "to": []string{id}}, "escalation": []any{map[string]any{"afterMinutes": 60, "to": []string{"bo@acme.com"}, "severity": "critical"}}, "playbook": "Call"}
		var check struct {
			OK       bool
			Problems []draftProblem
			Warnings []policy.Warning
		}
		st.ask("POST", "/api/rules/check", body).want(200, &check)
		if !check.OK || len(check.Problems) != 0 || len(check.Warnings) == 0 {
			st.Errorf("%+v", check)
		}
		var r ruleView
		a := st.ask("POST", "/api/rules", body).want(201, &r)
		if a.header.Get("ETag") != `"1"` || r.Version != 1 || r.Status != "active" || r.Destinations[1] != "owner" || r.Destinations[2] != "person:bo@acme.com" || !strings.HasSuffix(r.Destinations[0], id) ||
			r.Outside.Do != "redirect" || r.Escalation[0].AfterMinutes != 60 || r.Filter.Only[0] != "c1" || r.ActiveSince == nil || len(r.Warnings) == 0 {
			st.Errorf("%s", a.body)
		}
		path := "/api/rules/" + r.ID
		// What a GET shows may be sent back, and changes nothing.
		shown := st.ask("GET", path, nil).want(200)
		if again := st.ask("PUT", path, string(shown.body), header("If-Match", shown.header.Get("ETag"))).want(200); again.header.Get("ETag") != `"1"` {
			st.Errorf("%s", again.body)
		}
		st.ask("PUT", path, map[string]any{"name": "VIP falls"}, header("If-Match", `W/"1"`)).want(200, &r)
		if r.Version != 2 || r.Condition == "" || r.Thresholds["dropPoints"] != 5 {
			st.Errorf("%+v", r)
		}
		if p := st.ask("PUT", path, map[string]any{"name": "Lost"}, header("If-Match", `"1"`)).problem(412, preconditionFailed); !strings.Contains(p.Message, "version 2") {
			st.Errorf("%+v", p)
		}
		st.ask("PUT", path, map[string]any{"name": "Lost", "version": 1}).problem(409, conflict)
		st.ask("PUT", path, map[string]any{"name": "Lost"}, header("If-Match", `"what"`)).problem(412, preconditionFailed)
		if p := st.ask("PUT", path, map[string]any{"type": "churn_risk"}).problem(400, validationError); p.Details["type"] == nil {
			st.Errorf("%+v", p)
		}
		st.ask("DELETE", path, nil, header("If-Match", `"1"`)).problem(412, preconditionFailed)
		st.ask("DELETE", path+"?version=1", nil).problem(409, conflict)

		var history struct {
			Versions   []ruleVersionView
			Pagination pagination
		}
		st.ask("POST", path+"/restore", map[string]any{"version": 1}).want(200, &r)
		if r.Name != "VIPs" || r.Version != 3 {
			st.Errorf("%+v", r)
		}
		st.ask("POST", path+"/restore", map[string]any{"version": 9}).problem(404, resourceNotFound)
		st.ask("DELETE", path, nil, header("If-Match", `"3"`)).want(200)
		st.ask("GET", path, nil).problem(404, resourceNotFound)
		st.ask("GET", path+"/history", nil).want(200, &history)
		if history.Pagination.Total != 4 || !history.Versions[0].Deleted || history.Versions[2].Rule.Name != "VIP falls" {
			st.Errorf("%+v", history)
		}
		st.ask("POST", path+"/restore", map[string]any{"version": 3}).want(200, &r)
		if r.Version != 5 {
			st.Errorf("%+v", r)
		}
	})
}

func TestABadDraftNamesItsFaults(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		_, name := st.channel()
		for field, body := range map[string]map[string]any{
			"type":                {"name": "x"},
			"condition":           {"type": "health_drop", "condition": "client.mmr > 1", "destinations": []string{name}},
			"destinations":        {"type": "health_drop"},
			"destinations[0]":     {"type": "health_drop", "destinations": []string{"#nowhere-at-all"}},
			"outside.to[0]":       {"type": "health_drop", "destinations": []string{name}, "outside": map[string]any{"do": "redirect", "to": []string{"#nowhere-at-all"}}},
			"escalation[0].to[0]": {"type": "health_drop", "destinations": []string{name}, "escalation": []any{map[string]any{"afterMinutes": 5, "to": []string{"#nowhere-at-all"}}}},
			"filter.only":         {"type": "health_drop", "destinations": []string{name}, "filter": map[string]any{"only": []string{"c9"}}},
			"id":                  {"id": "mine", "type": "health_drop"},
			"status":              {"type": "health_drop", "status": "loud"},
		} {
			if p := st.ask("POST", "/api/rules", body).problem(400, validationError); p.Details[field] == nil {
				st.Errorf("%s: %+v", field, p)
			}
		}
		var check struct {
			OK       bool
			Problems []draftProblem
		}
		st.ask("POST", "/api/rules/check", map[string]any{"type": "health_drop", "condition": "client.mrr = 1", "destinations": []string{"#nowhere-at-all"}, "thresholds": map[string]any{"dropPoints": -1}}).want(200, &check)
		var found []string
		for _, p := range check.Problems {
			found = append(found, p.Field)
			if p.Field == "condition" && (p.Line != 1 || p.Column == 0 || p.Excerpt == "") {
				st.Errorf("%+v", p)
			}
		}
		if slices.Sort(found); check.OK || !slices.Equal(found, []string{"condition", "destinations[0]", "thresholds.dropPoints"}) {
			st.Errorf("%+v", check)
		}
		var names struct{ Names []expressionName }
		st.ask("GET", "/api/expressions", nil).want(200, &names)
		if !slices.ContainsFunc(names.Names, func(n expressionName) bool { return n.Name == "client.mrr" && n.Example != "" }) {
			st.Errorf("%+v", names)
		}
		var types struct{ AlertTypes []alertTypeView }
		st.ask("GET", "/api/alert-types", nil).want(200, &types)
		for _, x := range types.AlertTypes {
			if x.Description == "" || x.Nature == "" || x.Signals == nil || x.Joins == nil {
				st.Errorf("%+v", x)
			}
		}
	})
}

func TestRoutingTable(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		id, name := st.channel()
		st.client("c1", "csmOwner", "bo@acme.com")
		var table struct {
			Routes   []routeLine
			Version  int
			Warnings []policy.Warning
		}
		if a := st.ask("GET", "/api/routes", nil).want(200, &table); table.Version != 0 || table.Routes == nil || a.header.Get("ETag") != `"0"` {
			st.Errorf("%s", a.body)
		}
		lines := []any{map[string]any{"name": "Critical", "match": map[string]any{"severities": []string{"critical"}}, "to": []string{"#" + name}, "continue": true}, map[string]any{"to": []string{id}}}
		a := st.ask("PUT", "/api/routes", map[string]any{"routes": lines}, header("If-Match", `"0"`)).want(200, &table)
		if table.Version != 1 || !strings.HasSuffix(table.Routes[0].To[0], id) || a.header.Get("ETag") != `"1"` {
			st.Errorf("%s", a.body)
		}
		st.ask("PUT", "/api/routes", string(st.ask("GET", "/api/routes", nil).body)).want(200, &table)
		st.ask("PUT", "/api/routes", map[string]any{"routes": lines}, header("If-Match", `"0"`)).problem(412, preconditionFailed)
		st.ask("PUT", "/api/routes", map[string]any{"routes": lines, "version": 0}).problem(409, conflict)
		if p := st.ask("PUT", "/api/routes", map[string]any{"routes": []any{lines[1], lines[0]}}).problem(400, validationError); p.Details["routes[1]"] == nil {
			st.Errorf("%+v", p)
		}
		if p := st.ask("PUT", "/api/routes", map[string]any{"routes": []any{map[string]any{"to": []string{"#nowhere-at-all"}}}}).problem(400, validationError); p.Details["routes[0].to[0]"] == nil {
			st.Errorf("%+v", p)
		}
		type preview struct {
			RuleID      *string
			Choices     []choiceView
			Reason      stanna.Reason
			Explanation string
		}
		var p preview
		st.ask("POST", "/api/routes/preview", map[string]any{"clientId": "c1", "type": "health_drop", "severity": "critical"}).want(200, &p)
		if len(p.Choices) != 1 || p.Choices[0].Reason != stanna.ReasonRouteLine || p.Choices[0].Name != "#"+name || p.Choices[0].When != "now" || *p.RuleID != "rule_health_drop" {
			st.Errorf("%+v", p)
		}
		st.ask("POST", "/api/routes/preview", map[string]any{"clientId": "c1", "type": "health_drop", "severity": "low", "routes": []any{map[string]any{"to": []string{"owner"}}}}).want(200, &p)
		if len(p.Choices) != 0 || p.Reason != stanna.ReasonNoDestination || p.Explanation == "" { // the owner is not in Slack, and there is no other channel
			st.Errorf("%+v", p)
		}
		st.ask("POST", "/api/routes/preview", map[string]any{"clientId": "c9", "type": "health_drop", "severity": "low"}).problem(404, resourceNotFound)
		st.ask("POST", "/api/routes/restore", map[string]any{"version": 0}).want(200, &table)
		if table.Version != 2 || len(table.Routes) != 0 {
			st.Errorf("%+v", table)
		}
		var history struct{ Versions []routesVersionView }
		st.ask("GET", "/api/routes/history", nil).want(200, &history)
		if len(history.Versions) != 2 || len(history.Versions[1].Routes) != 2 {
			st.Errorf("%+v", history)
		}
	})
}
