package api

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

func TestKeys(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		const path = "/api/clients"
		st.ask("GET", path, nil, nobody).problem(401, missingKey)
		st.ask("GET", path, nil, as("sk-wrong")).problem(401, invalidKey)
		st.ask("GET", path, nil, as("sk-"+strings.Repeat("a", 52))).problem(401, invalidKey)
		st.ask("GET", path, nil, nobody, header("X-API-Key", st.key)).want(200)
		st.ask("GET", path, nil).want(200)

		// Of another workspace.
		st.client("c1")
		foreign := st.newKey(other, stanna.ScopeAdmin)
		if list := st.ask("GET", path, nil, as(foreign)).want(200).body; string(list) != "[]\n" {
			st.Errorf("another workspace reads %s", list)
		}
		st.ask("GET", path+"/c1", nil, as(foreign)).problem(404, resourceNotFound)
		st.ask("GET", path+"?workspaceId="+acme, nil, as(foreign)).problem(403, workspaceDiffers)
		st.ask("GET", path+"?workspaceId="+acme, nil).want(200)
		st.ask("GET", path, nil, header("X-Workspace-Id", other)).problem(403, workspaceDiffers)
		st.ask("POST", "/api/signals", scored("s", "c1", 5, st.now()), as(foreign)).problem(400, validationError)

		// Scopes.
		sends := st.newKey(acme, stanna.ScopeSignals)
		st.ask("POST", "/api/signals", scored("s", "c1", 50, st.now()), as(sends)).want(200)
		st.ask("GET", path, nil, as(sends)).problem(403, forbidden)
		reads := st.newKey(acme, stanna.ScopeRead)
		st.ask("POST", "/api/signals", scored("t", "c1", 50, st.now()), as(reads)).problem(403, forbidden)
		st.ask("GET", "/api/settings/api-keys", nil, as(reads)).problem(403, forbidden)

		// Made, used and revoked through the door.
		var made struct {
			Success bool
			APIKey  struct{ ID, Name, Key string }
		}
		st.ask("POST", "/api/settings/api-keys", map[string]any{"name": "CI", "workspaceId": acme}).want(200, &made)
		if !made.Success || !strings.HasPrefix(made.APIKey.Key, "sk-") {
			st.Fatalf("%+v", made)
		}
		st.ask("GET", path, nil, as(made.APIKey.Key)).want(200)
		list := string(st.ask("GET", "/api/settings/api-keys", nil).want(200).body)
		if strings.Contains(list, made.APIKey.Key) || !strings.Contains(list, `"key":"sk-`) || !strings.Contains(list, made.APIKey.ID) {
			st.Errorf("the list: %s", list)
		}
		st.ask("DELETE", "/api/settings/api-keys/"+made.APIKey.ID, nil).want(200)
		st.ask("GET", path, nil, as(made.APIKey.Key)).problem(401, invalidKey)
		st.ask("DELETE", "/api/settings/api-keys/key_none", nil).problem(404, resourceNotFound)
		st.ask("POST", "/api/settings/api-keys", map[string]any{"name": "CI", "workspaceId": other}).problem(403, workspaceDiffers)
		st.ask("POST", "/api/settings/api-keys", map[string]any{"name": "CI", "scopes": []string{"everything"}}).problem(400, validationError)
		if log := st.log.String(); strings.Contains(log, made.APIKey.Key) || strings.Contains(log, "Client c1") || strings.Contains(log, "workspaceId") {
			st.Error("the log holds a key, a name or a query")
		}
	})
}

func TestPeople(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("mine", "csmOwner", "Bo@acme.com")
		st.client("yours", "csmOwner", "eve@acme.com")
		for _, c := range []string{"mine", "yours"} {
			st.ask("POST", "/api/signals", []any{scored(c+"1", c, 80, st.now().Add(-time.Hour)), scored(c+"2", c, 20, st.now())}).want(200)
		}
		bo := st.member("bo@acme.com", stanna.CSM)
		var list []clientView
		st.ask("GET", "/api/clients", nil, signedIn(bo)).want(200, &list)
		if len(list) != 1 || list[0].ID != "mine" {
			st.Errorf("a csm sees %+v", list)
		}
		st.ask("GET", "/api/clients?owner=eve@acme.com", nil, signedIn(bo)).want(200, &list)
		if len(list) != 0 {
			st.Errorf("a csm sees %+v", list)
		}
		st.ask("GET", "/api/clients/yours", nil, signedIn(bo)).problem(404, resourceNotFound)
		var alerts listAlertsBody
		st.ask("GET", "/api/alerts", nil, signedIn(bo)).want(200, &alerts)
		if len(alerts.Alerts) != 1 || *alerts.Alerts[0].ClientID != "mine" || alerts.Pagination.Total != 1 {
			st.Errorf("a csm sees %+v", alerts)
		}
		st.ask("GET", "/api/alerts", nil).want(200, &alerts)
		for _, x := range alerts.Alerts {
			if *x.ClientID == "yours" {
				st.ask("GET", "/api/alerts/"+x.ID, nil, signedIn(bo)).problem(404, resourceNotFound)
				st.ask("GET", "/api/alerts/"+x.ID, nil).want(200)
			}
		}
		st.ask("PUT", "/api/settings", map[string]any{}, signedIn(bo)).problem(403, forbidden)
		ana := st.session(st.admin)
		st.ask("PUT", "/api/settings", map[string]any{}, signedIn(ana)).want(200)
		// A page of another site cannot use the session.
		st.ask("PUT", "/api/settings", map[string]any{}, signedIn(ana), header("Sec-Fetch-Site", "cross-site")).problem(403, forbidden)
		st.ask("PUT", "/api/settings", map[string]any{}, signedIn(ana), header("Origin", "https://evil.example")).problem(403, forbidden)
		st.ask("PUT", "/api/settings", map[string]any{}, signedIn(ana), header("Origin", site)).want(200)
		st.ask("GET", "/api/clients", nil, signedIn(&http.Cookie{Name: "stanna_session", Value: "stale"})).problem(401, missingKey)
	})
}

// listAlertsBody is what a client of the API decodes.
type listAlertsBody struct {
	Alerts     []alertView
	Pagination pagination
}

func TestLimits(t *testing.T) {
	onEach(t, func(o *Options) { o.Limits = Limits{PerMinute: 5, PerDay: 7, SignalsPerMinute: 3} }, func(st *stage) {
		number := func(a answer, name string) int {
			st.Helper()
			n, err := strconv.Atoi(a.header.Get(name))
			if err != nil {
				st.Errorf("%s is %q on %d", name, a.header.Get(name), a.status)
			}
			return n
		}
		for i := range 5 {
			a := st.ask("GET", "/api/clients", nil).want(200)
			reset := time.Unix(int64(number(a, "X-RateLimit-Reset")), 0).Sub(st.now())
			if number(a, "X-RateLimit-Limit") != 5 || number(a, "X-RateLimit-Remaining") != 4-i || reset <= 0 || reset > 62*time.Second {
				st.Errorf("request %d: %v", i, a.header)
			}
		}
		a := st.ask("GET", "/api/clients", nil)
		p := a.problem(429, "RATE_LIMIT_EXCEEDED")
		if number(a, "Retry-After") < 1 || number(a, "X-RateLimit-Remaining") != 0 || p.Details["limit"] != 5.0 || p.Details["window"] != "1 minute" {
			st.Errorf("%v %+v", a.header, p)
		}
		// Another key of the workspace has its own minute, and shares the day.
		second := st.newKey(acme, stanna.ScopeRead)
		st.ask("GET", "/api/clients", nil, as(second)).want(200)
		a = st.ask("GET", "/api/clients", nil, as(second)).want(200)
		if number(a, "X-RateLimit-Limit") != 7 || number(a, "X-RateLimit-Remaining") != 0 {
			st.Errorf("the day: %v", a.header)
		}
		if p := st.ask("GET", "/api/clients", nil, as(second)).problem(429, "RATE_LIMIT_EXCEEDED"); p.Details["window"] != "1 day" {
			st.Errorf("%+v", p)
		}
		// Signals count by themselves.
		for range 3 {
			number(st.ask("POST", "/api/signals", "{}"), "X-RateLimit-Remaining")
		}
		st.ask("POST", "/api/signals", "{}").problem(429, "RATE_LIMIT_EXCEEDED")
		// And so do strangers, by their address.
		for range 5 {
			number(st.ask("GET", "/api/clients", nil, nobody), "X-RateLimit-Remaining")
		}
		st.ask("GET", "/api/clients", nil, as("sk-guess")).problem(429, "RATE_LIMIT_EXCEEDED")
		st.ask("GET", "/api/nothing", nil).problem(429, "RATE_LIMIT_EXCEEDED")

		st.forward(25 * time.Hour)
		a = st.ask("GET", "/api/clients", nil).want(200)
		if number(a, "X-RateLimit-Remaining") != 4 {
			st.Errorf("a day later: %v", a.header)
		}
		if n := len(st.api.limiter.windows); n > 2 {
			st.Errorf("%d windows are remembered", n)
		}
	})
}

func TestNowhere(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		p := st.ask("GET", "/api/nothing?secret=1", nil).problem(404, resourceNotFound)
		if p.Details["id"] != "/api/nothing" {
			st.Errorf("%+v", p)
		}
		a := st.ask("PATCH", "/api/settings", nil)
		a.problem(405, "METHOD_NOT_ALLOWED")
		if a.header.Get("Allow") != "GET, PUT, HEAD" {
			st.Errorf("Allow: %s", a.header.Get("Allow"))
		}
		if got := a.header.Get("X-Request-Id"); !strings.HasPrefix(got, "req_") {
			st.Errorf("X-Request-Id %s", got)
		}
		if got := st.ask("GET", "/api/nothing", nil, header("X-Request-Id", "abc-1")).header.Get("X-Request-Id"); got != "abc-1" {
			st.Errorf("X-Request-Id %s", got)
		}
		if got := st.ask("GET", "/api/nothing", nil, header("X-Request-Id", "a b\"")).header.Get("X-Request-Id"); !strings.HasPrefix(got, "req_") {
			st.Errorf("X-Request-Id %s", got)
		}
		// Trouble of ours is told by an id, and the cause is in the log.
		st.api.Options.Line = nil
		a = st.ask("GET", "/api/integrations/slack/status", nil)
		p = a.problem(500, internalError)
		if p.Details["requestId"] != a.header.Get("X-Request-Id") || !strings.Contains(st.log.String(), "panic in a request") {
			st.Errorf("%+v", p)
		}
		if !regexp.MustCompile(`msg=request method=GET route="GET /api/integrations/slack/status" status=500 ms=[0-9.]+ bytes=\d+ workspace=acme.com request=req_`).MatchString(st.log.String()) {
			st.Errorf("the log: %s", st.log.String())
		}
	})
}

// The description lists what the mux serves, and nothing else.
func TestTheDescriptionIsTheDoor(t *testing.T) {
	st := newStage(t, openStore(t), nil)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Summary     string
			Tags        []string
			Security    []any
			Responses   map[string]any
			Parameters  []struct{ Name, In string }
		}
		Components struct{ Schemas map[string]any }
	}
	st.ask("GET", "/api/openapi.json", nil, nobody).want(200, &doc)
	if doc.OpenAPI != "3.1.0" {
		st.Errorf("OpenAPI %s", doc.OpenAPI)
	}
	var described, served, ids []string
	for path, methods := range doc.Paths {
		for method, op := range methods {
			described = append(described, strings.ToUpper(method)+" "+path)
			ids = append(ids, op.OperationID)
			if op.Summary == "" || len(op.Tags) == 0 || op.Responses["default"] == nil && op.Responses["303"] == nil {
				st.Errorf("%s %s is described poorly: %+v", method, path, op)
			}
			for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
				if !slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.Name == m[1] && p.In == "path" }) {
					st.Errorf("%s %s does not describe %s. A bare route describes its parameters itself; of a typed one huma sees no field of an embedded struct that is not exported", method, path, m[1])
				}
			}
		}
	}
	for _, rt := range st.api.table {
		served = append(served, rt.pattern)
		method, path, _ := strings.Cut(rt.pattern, " ")
		path = regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "x")
		r, _ := http.NewRequest(method, path, nil)
		if _, pattern := st.api.mux.Handler(r); pattern != rt.pattern {
			st.Errorf("%s is served by %q", rt.pattern, pattern)
		}
	}
	slices.Sort(described)
	slices.Sort(served)
	if !slices.Equal(described, served) {
		st.Errorf("described %q\nserved    %q", described, served)
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != len(described) {
		st.Errorf("operation ids are not unique: %v", ids)
	}
	text, _ := json.Marshal(doc.Components.Schemas)
	if strings.Contains(string(text), "problem+json") || strings.Contains(string(text), "$schema") || doc.Components.Schemas["Problem"] == nil {
		st.Error("the schemas are huma's")
	}
	// The page and its files are our own and run no inline script.
	page := st.ask("GET", "/api/docs", nil, nobody).want(200)
	if !strings.Contains(page.header.Get("Content-Security-Policy"), "script-src 'self';") || regexp.MustCompile(`<script>|https?://`).Match(page.body) {
		st.Errorf("%v %s", page.header, page.body)
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="(docs/[^"]+)"`).FindAllStringSubmatch(string(page.body), -1) {
		st.ask("GET", "/api/"+m[1], nil, nobody).want(200)
	}
	st.ask("GET", "/api/docs/README.md", nil, nobody).problem(404, resourceNotFound)
}
