package api

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"runtime"
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

func TestImport(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		upload := func(csv string) (r importReport) {
			st.Helper()
			st.ask("POST", "/api/clients/import", csv, csvBody).want(200, &r)
			return r
		}
		// A mark before, capitals, quoted line breaks, columns of others, rows that are wrong.
		r := upload("\xef\xbb\xbfID,Name,Domain,MRR,Currency,Tier,CSM_Owner,Renewal Date,created_at,tags,churned,score\r\n" +
			"a,\"Acme,\r\nthe \"\"first\"\"\",acme.example,1492.50,usd,growth,Ana@acme.com,2026-10-30,2023-12-04,vip;eu,no,7\r\n" +
			",Globex,GLOBEX.example,,,,,,,,no,\r\n" + // line 4: id from the domain
			"b,,b.example,,,,,,,,,\r\n" + // 5: no name
			"c,C,c.example,many,,,,,,,,\r\n" + // 6
			"d,D,d.example,1\r\n" + // 7: short
			"e,\"E\"x,e.example,,,,,,,,,\r\n" + // 8: a quote in the middle
			"f,F,acme.example,,,,,,,,,\r\n" + // 9: the domain is a's
			"a,Acme again,acme.example,10,,,,,,,,\r\n" + // 10: the last wins
			"g,G,g.example,,,,,,,,,")
		if r.Rows != 9 || r.Created != 3 || r.Updated != 1 || r.Rejected != 5 || !slices.Equal(r.IgnoredColumns, []string{"churned", "score"}) {
			st.Fatalf("%+v", r)
		}
		for i, line := range []int{5, 6, 7, 8, 9} {
			if !slices.ContainsFunc(r.Lines, func(l importLine) bool { return l.Line == line && l.Error != "" }) {
				st.Errorf("%d: line %d is missing in %+v", i, line, r.Lines)
			}
		}
		var d clientDetail
		st.ask("GET", "/api/clients/a", nil).want(200, &d)
		if d.Client.Name != "Acme again" || *d.Client.MRR != 10 || d.Client.Tier != "" || d.Client.CreatedAt.Format(time.DateOnly) != "2023-12-04" {
			st.Errorf("%+v", d.Client)
		}
		st.ask("GET", "/api/clients/globex.example", nil).want(200, &d)
		if d.Client.Name != "Globex" || d.Client.MRR != nil {
			st.Errorf("%+v", d.Client)
		}

		// What the file does not speak of stays; without an id the domain says who it is.
		st.ask("PUT", "/api/clients/k", map[string]any{"name": "K", "domain": "k.example", "mrr": 7, "contacts": []any{map[string]any{"name": "Kim"}}}).want(201)
		if r = upload("name;domain;tier\nKay;k.example;starter\n"); r.Updated != 1 || r.Created != 0 {
			st.Errorf("%+v", r)
		}
		st.ask("GET", "/api/clients/k", nil).want(200, &d)
		if d.Client.Name != "Kay" || d.Client.Tier != "starter" || *d.Client.MRR != 7 || len(d.Contacts) != 1 {
			st.Errorf("%+v", d)
		}
		// Two clients change domains in one file, in order.
		if r = upload("id,name,domain\nk,Kay,k2.example\nm,M,k.example\n"); r.Rejected != 0 || r.Created != 1 || r.Updated != 1 {
			st.Errorf("%+v", r)
		}

		for csv, says := range map[string]string{
			"":                          "is empty",
			"domain,mrr\nx,1\n":         "no column name",
			"name,mrr\nx,1\n":           "neither a column domain nor a column id",
			"name,id,Name\nx,1,y\n":     "twice",
			"\xff\xfen\x00a\x00m\x00\n": "UTF-16",
			"{\"clients\":[]}":          "cannot be read",
		} {
			if p := st.ask("POST", "/api/clients/import", csv, csvBody).problem(400, validationError); !strings.Contains(p.Message, says) {
				st.Errorf("%q: %+v", csv, p)
			}
		}
		st.ask("POST", "/api/clients/import", map[string]any{}).problem(415, validationError)

		// A quote that is never closed does not fill the memory.
		var stuck importReport
		a := st.ask("POST", "/api/clients/import", io.MultiReader(strings.NewReader("id,name\nx1,X\nx2,\"open\n"), io.LimitReader(spaces{}, 50<<20)), csvBody)
		a.want(400, &stuck)
		if stuck.Created != 1 || !strings.Contains(stuck.Error, "never closed") {
			st.Errorf("%s", a.body)
		}
	})
}

func TestImportManyInConstantMemory(t *testing.T) {
	const rows = manyRows
	st := newStage(t, openStore(t), nil)
	in, out := io.Pipe()
	var base, peak runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&base)
	go func() {
		fmt.Fprintln(out, "id,name,domain,mrr,tags")
		for i := range rows {
			fmt.Fprintf(out, "c%d,\"Client %d,\n the %dth\",c%d.example.com,%d.50,a;b\n", i, i, i, i, i)
			if i%(rows/5) == 0 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				peak.HeapAlloc = max(peak.HeapAlloc, m.HeapAlloc)
			}
		}
		out.Close()
	}()
	var r importReport
	began := time.Now()
	st.ask("POST", "/api/clients/import", in, csvBody).want(200, &r)
	st.Logf("%d rows in %v, heap from %d to %d KB", rows, time.Since(began).Round(time.Millisecond), base.HeapAlloc>>10, peak.HeapAlloc>>10)
	if r.Created != rows || r.Rejected != 0 {
		st.Errorf("%+v", r)
	}
	if peak.HeapAlloc > base.HeapAlloc+24<<20 {
		st.Errorf("the heap grew by %d MB", (peak.HeapAlloc-base.HeapAlloc)>>20)
	}
	var list []json.RawMessage
	if a := st.ask("GET", "/api/clients", nil).want(200, &list); len(list) != 1000 || a.header.Get("X-Total-Count") != fmt.Sprint(rows) {
		st.Errorf("%d clients, %v", len(list), a.header)
	}
}
