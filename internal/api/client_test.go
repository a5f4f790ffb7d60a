package api

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestClients(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		body := map[string]any{"name": "Acme Corp", "domain": "ACME.com ", "mrr": 12400.5, "currency": "eur", "tier": "enterprise", "csmOwner": "Ana@acme.com",
			"renewalDate": "2027-01-14", "renewalTermMonths": 12, "tags": []string{"vip"}, "custom": map[string]any{"seats": 40, "region": "EU", "beta": true},
			"contacts": []any{map[string]any{"email": "maria@acme.com", "name": "Maria", "title": "CTO", "primary": true}}}
		made := st.ask("PUT", "/api/clients/c1", body).want(201).object()
		documented := []string{"id", "name", "domain", "sentimentScore", "lastInteraction", "mrr", "renewalDate", "csmOwner", "isExcluded", "createdAt", "updatedAt"}
		for _, f := range documented {
			if _, ok := made[f]; !ok {
				st.Errorf("%s is missing: %v", f, made)
			}
		}
		if made["sentimentScore"] != 50.0 || made["healthKnown"] != false || made["zone"] != nil || made["mrr"] != 12400.5 || made["currency"] != "EUR" ||
			made["domain"] != "acme.com" || made["csmOwner"] != "ana@acme.com" || made["renewalDate"] != "2027-01-14" || made["lastInteraction"] != nil {
			st.Errorf("%v", made)
		}
		st.ask("PUT", "/api/clients/c1", body).want(200)
		st.ask("PUT", "/api/clients/c2", map[string]any{"name": "Globex"}).want(201)

		now := st.now()
		st.ask("POST", "/api/signals", []any{
			scored("a", "c1", 60, now.Add(-2*time.Hour)), scored("b", "c1", 35, now.Add(-time.Hour)),
			map[string]any{"id": "i", "clientId": "c1", "type": "interaction.logged", "data": map[string]any{"type": "email"}},
		}).want(200)
		var d clientDetail
		detail := st.ask("GET", "/api/clients/c1", nil).want(200, &d)
		if d.Client.SentimentScore != 35 || *d.Client.Zone != "red" || d.Client.LastInteraction == nil || d.Metrics.TotalInteractions != 1 || d.Metrics.LastMonthInteractions != 1 ||
			d.Metrics.AvgResponseTime != nil || *d.Metrics.SentimentTrend != "declining" || len(d.Contacts) != 1 || len(d.State.Health.History) != 2 || len(d.OpenAlerts) != 2 {
			st.Errorf("%s", detail.body)
		}
		for _, f := range []string{"client", "metrics", "contacts", "state", "openAlerts"} {
			if detail.object()[f] == nil {
				st.Errorf("%s is missing", f)
			}
		}
		var alert alertDetail
		fell := slices.IndexFunc(d.OpenAlerts, func(x alertView) bool { return x.Type == "health_drop" }) // the renewal is near too
		st.ask("GET", "/api/alerts/"+d.OpenAlerts[fell].ID, nil).want(200, &alert)
		if alert.Client.Name != "Acme Corp" || alert.Alert.Evidence.Base != 60 || alert.Alert.Evidence.Explanation == "" || len(alert.History) != 1 || alert.Notifications == nil {
			st.Errorf("%+v", alert)
		}

		// The list is a bare array; what is beyond it is in the headers.
		var list []clientView
		a := st.ask("GET", "/api/clients?limit=1", nil).want(200, &list)
		if len(list) != 1 || a.header.Get("X-Total-Count") != "2" || a.header.Get("Link") != `<`+site+`/api/clients?limit=1&offset=1>; rel="next"` {
			st.Errorf("%v %v", list, a.header)
		}
		a = st.ask("GET", "/api/clients?limit=1&offset=1", nil).want(200, &list)
		if len(list) != 1 || list[0].ID != "c2" || a.header.Get("Link") != "" {
			st.Errorf("%v %v", list, a.header)
		}
		st.ask("GET", "/api/clients?search=GLOB", nil).want(200, &list)
		if len(list) != 1 || list[0].ID != "c2" {
			st.Errorf("%v", list)
		}
		st.ask("GET", "/api/clients?owner=ANA@acme.com", nil).want(200, &list)
		if len(list) != 1 || list[0].ID != "c1" {
			st.Errorf("%v", list)
		}

		// Excluding it closes its alert.
		body["isExcluded"] = true
		st.ask("PUT", "/api/clients/c1", body).want(200)
		st.ask("GET", "/api/alerts/"+d.OpenAlerts[fell].ID, nil).want(200, &alert)
		if alert.Alert.Status != "resolved" || alert.Alert.Reason != "client_excluded" {
			st.Errorf("%+v", alert.Alert)
		}
	})
}

func TestABadClientNamesItsFault(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1")
		good := map[string]any{"name": "X"}
		for field, change := range map[string]any{
			"name": "", "mrr": -1, "currency": "US", "csmOwner": "ana", "renewalDate": "14.1.2027", "renewalTermMonths": 500, "score": 7, "id": "c9",
			"custom.deep": map[string]any{}, "contacts": 7, "domain": "c1.example.com",
		} {
			body := maps.Clone(good)
			if name, ok := strings.CutPrefix(field, "custom."); ok {
				body["custom"] = map[string]any{name: change}
			} else {
				body[field] = change
			}
			if field == "currency" {
				body["mrr"] = 1
			}
			status, code := 400, validationError
			if field == "domain" {
				status, code = 409, conflict
			}
			if p := st.ask("PUT", "/api/clients/c2", body).problem(status, code); p.Details[field] == nil {
				st.Errorf("%s: %+v", field, p)
			}
		}
		st.ask("PUT", "/api/clients/c2", `{"name":`).problem(400, validationError)
		st.ask("PUT", "/api/clients/c2", ``).problem(400, validationError)
		st.ask("PUT", "/api/clients/a%20b", good).problem(400, validationError)
		st.ask("GET", "/api/clients?limit=1001", nil).problem(400, validationError)
		st.ask("GET", "/api/clients/none", nil).problem(404, resourceNotFound)
	})
}
