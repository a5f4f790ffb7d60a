package api

import (
	"slices"
	"strings"
	"testing"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/policy"
)

func TestTemplateFromDraftToDeletion(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		id, name := st.channel()
		body := map[string]any{"subject": "{{ client.name }} fell", "body": "Call *them*.", "fields": []any{map[string]any{"label": "MRR", "value": "{{ money(client.mrr) }}"}},
			"buttons": []any{map[string]any{"label": "CRM", "url": "https://crm.example.com/{{ client.id }}"}}}
		const path = "/api/templates/health_drop"
		var x templateView
		a := st.ask("PUT", path, body).want(201, &x)
		if a.header.Get("ETag") != `"1"` || x.Version != 1 || x.Channel != "" || x.Fields[0].Value != "{{ money(client.mrr) }}" || x.Buttons[0].Label != "CRM" || x.Failed != nil {
			st.Errorf("%s", a.body)
		}
		// What a GET shows may be sent back, and changes nothing.
		shown := st.ask("GET", path, nil).want(200)
		if again := st.ask("PUT", path, string(shown.body), header("If-Match", shown.header.Get("ETag"))).want(200); again.header.Get("ETag") != `"1"` {
			st.Errorf("%s", again.body)
		}
		body["subject"] = "second"
		st.ask("PUT", path, body, header("If-Match", `"1"`)).want(200, &x)
		if x.Version != 2 || x.Subject != "second" {
			st.Errorf("%+v", x)
		}
		st.ask("PUT", path, body, header("If-Match", `"1"`)).problem(412, preconditionFailed)
		body["version"] = 1
		st.ask("PUT", path, body).problem(409, conflict)
		delete(body, "version")

		// A channel's own, by its name.
		st.ask("PUT", path+"?channel=%23"+name, body).want(201, &x)
		if x.Channel != id {
			st.Errorf("%+v", x)
		}
		if p := st.ask("PUT", path+"?channel=%23nowhere-at-all", body).problem(400, validationError); p.Details["channel"] == nil {
			st.Errorf("%+v", p)
		}
		body["subject"], body["body"] = "{{ client.nmae }}", "{{ 1 + }}"
		if p := st.ask("PUT", path, body).problem(400, validationError); len(p.Details) != 2 || !strings.Contains(p.Details["subject"].(string), "did you mean name") {
			st.Errorf("%+v", p)
		}
		if p := st.ask("PUT", "/api/templates/weather", map[string]any{"subject": "x", "body": "y"}).problem(400, validationError); p.Details["type"] == nil {
			st.Errorf("%+v", p)
		}

		var list struct{ Templates []templateView }
		st.ask("GET", "/api/templates", nil).want(200, &list)
		if len(list.Templates) != 2 || list.Templates[0].Channel != "" || list.Templates[1].Channel != id {
			st.Errorf("%+v", list)
		}
		st.ask("POST", path+"/restore", map[string]any{"version": 1}).want(200, &x)
		if x.Version != 3 || x.Subject != "{{ client.name }} fell" {
			st.Errorf("%+v", x)
		}
		st.ask("POST", path+"/restore", map[string]any{"version": 9}).problem(404, resourceNotFound)
		st.ask("DELETE", path+"?version=2", nil).problem(409, conflict)
		st.ask("DELETE", path, nil, header("If-Match", `"3"`)).want(200)
		st.ask("GET", path, nil).problem(404, resourceNotFound)
		var history struct {
			Versions   []templateVersionView
			Pagination pagination
		}
		st.ask("GET", path+"/history", nil).want(200, &history)
		if history.Pagination.Total != 4 || !history.Versions[0].Deleted || history.Versions[2].Subject != "second" {
			st.Errorf("%+v", history)
		}
		st.ask("GET", path+"/history?channel=C9", nil).problem(404, resourceNotFound)
	})
}

func TestTemplateIsPreviewedAndSent(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		_, name := st.channel()
		st.ask("PUT", "/api/clients/c1", map[string]any{"name": "One & only", "domain": "one.example.com", "custom": map[string]any{"seats": "many"}}).want(201)
		draft := func(body string, more ...any) map[string]any {
			m := map[string]any{"type": "health_drop", "subject": "{{ client.name }}: call", "body": body}
			for i := 0; i < len(more); i += 2 {
				m[more[i].(string)] = more[i+1]
			}
			return m
		}
		var p struct {
			OK       bool
			Problems []draftProblem
			Warnings []policy.Warning
			Messages []drawnMessage
		}
		const path = "/api/templates/preview"
		st.ask("POST", path, draft("MRR {{ money(client.mrr) }}")).want(200, &p)
		if !p.OK || len(p.Messages) != 6 || p.Messages[0].Sample != "full" || !strings.Contains(string(p.Messages[0].Blocks), "MRR $12,400") || p.Messages[0].Problem != nil {
			st.Errorf("%+v", p)
		}
		st.ask("POST", path, draft("one\n{{ client.mmr }}")).want(200, &p)
		if p.OK || len(p.Messages) != 0 || len(p.Problems) != 1 || p.Problems[0].Field != "body" || p.Problems[0].Line != 2 || p.Problems[0].Excerpt == "" {
			st.Errorf("%+v", p)
		}
		st.ask("POST", path, draft("Seats {{ client.custom.seats > 10 }}", "clientId", "c1")).want(200, &p)
		if !p.OK || len(p.Messages) != 1 || p.Messages[0].Problem == nil || p.Messages[0].Problem.Field != "body" || !strings.Contains(p.Messages[0].Text, "One &amp; only") {
			st.Errorf("%+v", p)
		}
		st.ask("POST", path, draft("x", "clientId", "c9")).problem(404, resourceNotFound)
		st.ask("POST", path, draft("x", "alertId", "alr_9")).problem(404, resourceNotFound)

		var sent struct{ Message string }
		st.ask("POST", "/api/templates/send", draft("Call them", "destination", "#"+name, "sample", "worsened")).want(200, &sent)
		if !strings.Contains(sent.Message, "sent successfully to #"+name) {
			st.Errorf("%+v", sent)
		}
		if list := st.sandbox.Messages(); len(list) != 1 || !strings.Contains(list[0].Text, "A test of a template") || !strings.Contains(list[0].Text, "“worsened”") || !strings.Contains(list[0].Text, "Acme Corp: call") {
			st.Errorf("%+v", list)
		}
		st.ask("POST", "/api/templates/send", draft("x", "sample", "lucky")).problem(400, validationError)
		st.ask("POST", "/api/templates/send", draft("{{", "destination", "#"+name)).problem(400, validationError)

		var names struct{ Names, Functions []expressionName }
		st.ask("GET", "/api/templates/names", nil).want(200, &names)
		has := func(list []expressionName, name string) bool {
			return slices.ContainsFunc(list, func(n expressionName) bool { return n.Name == name && n.Example != "" && n.Description != "" })
		}
		if !has(names.Names, "client.mrr") || !has(names.Functions, "money(amount)") {
			st.Errorf("%+v", names)
		}
	})
}

// Who works on their own accounts reads templates, previews them on those
// accounts, and changes none.
func TestWhoMayChangeTemplates(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1", "csmOwner", "bo@acme.com")
		st.client("c2", "csmOwner", "ana@acme.com")
		body := map[string]any{"subject": "x", "body": "y"}
		bo, director, leader := signedIn(st.member("bo@acme.com", stanna.CSM)), signedIn(st.member("di@acme.com", stanna.Director)), signedIn(st.member("lu@acme.com", stanna.Leadership))
		st.ask("PUT", "/api/templates/churn_risk", body, bo).problem(403, forbidden)
		st.ask("PUT", "/api/templates/churn_risk", body, leader).problem(403, forbidden)
		st.ask("GET", "/api/templates", nil, leader).problem(403, forbidden)
		st.ask("PUT", "/api/templates/churn_risk", body, director).want(201)
		st.ask("GET", "/api/templates/churn_risk", nil, bo).want(200)
		preview := func(client string) map[string]any {
			return map[string]any{"type": "churn_risk", "subject": "x", "body": "y", "clientId": client}
		}
		st.ask("POST", "/api/templates/preview", preview("c1"), bo).want(200)
		st.ask("POST", "/api/templates/preview", preview("c2"), bo).problem(404, resourceNotFound)
		st.ask("POST", "/api/templates/send", map[string]any{"type": "churn_risk", "subject": "x", "body": "y"}, bo).problem(403, forbidden)
	})
}
