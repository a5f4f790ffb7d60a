package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
)

// fall gives a client an alert.
func (st *stage) fall(client string) (id string) {
	st.Helper()
	st.ask("POST", "/api/signals", []any{scored(client+"1", client, 80, st.now().Add(-time.Hour)), scored(client+"2", client, 20, st.now())}).want(200)
	var list listAlertsBody
	st.ask("GET", "/api/alerts?type=health_drop&clientId="+client, nil).want(200, &list)
	if len(list.Alerts) != 1 {
		st.Fatalf("%+v", list)
	}
	return list.Alerts[0].ID
}

func TestLifeOfAnAlert(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("mine", "csmOwner", "bo@acme.com")
		st.client("yours", "csmOwner", "eve@acme.com")
		mine, yours := st.fall("mine"), st.fall("yours")
		bo := st.member("bo@acme.com", stanna.CSM)
		cleo := st.member("cleo@acme.com", stanna.Leadership)
		act := func(id, verb string, body any, as ...with) answer {
			st.Helper()
			return st.ask("POST", "/api/alerts/"+id+"/"+verb, body, as...)
		}
		var x alertView
		act(mine, "take", nil, signedIn(bo)).want(200, &x)
		if x.Status != "taken_up" || *x.TakenBy != "bo@acme.com" || x.TakenAt == nil {
			st.Errorf("%+v", x)
		}
		act(yours, "take", nil, signedIn(bo)).problem(404, resourceNotFound)
		act(mine, "take", nil, signedIn(cleo)).problem(403, forbidden)
		act(mine, "assign", map[string]any{"to": "Eve@acme.com"}).want(200, &x)
		if x.Status != "open" || *x.AssignedTo != "eve@acme.com" || x.TakenBy != nil {
			st.Errorf("%+v", x)
		}
		if p := act(mine, "assign", map[string]any{"to": "nobody@else.com"}).problem(400, validationError); p.Details["to"] == nil {
			st.Errorf("%+v", p)
		}
		act(mine, "snooze", map[string]any{"until": "tomorrow"}).want(200, &x)
		if in := x.SnoozedUntil.Sub(st.now()); x.Status != "snoozed" || in <= 0 || in > 48*time.Hour || x.SnoozedUntil.Format("15:04") != "09:00" || *x.SnoozedBy != "test" {
			st.Errorf("%+v", x)
		}
		for _, bad := range []string{"soon", st.now().Add(-time.Hour).Format(time.RFC3339), st.now().AddDate(1, 0, 0).Format(time.RFC3339)} {
			if p := act(mine, "snooze", map[string]any{"until": bad}).problem(400, validationError); p.Details["until"] == nil {
				st.Errorf("%s: %+v", bad, p)
			}
		}
		act(mine, "resolve", map[string]any{"outcome": "happy"}).problem(400, validationError)
		act(mine, "resolve", map[string]any{"outcome": "noise", "note": "a test account"}).want(200, &x)
		if x.Status != "resolved" || *x.Outcome != "noise" || x.Note != "a test account" || *x.ClosedBy != "test" || x.ClosedAt == nil {
			st.Errorf("%+v", x)
		}
		act(mine, "take", nil).problem(409, conflict)
		act("none", "take", nil).problem(404, resourceNotFound)

		var list listAlertsBody
		for query, n := range map[string]int{"status=resolved": 1, "status=open": 1, "status=unresolved": 1, "severity=low": 0, "ruleId=rule_health_drop": 2, "type=health_drop,churn_risk": 2, "type=churn_risk": 0,
			"assignedTo=eve@acme.com": 1, "from=" + st.now().Add(time.Hour).Format(time.RFC3339): 0, "to=" + st.now().Add(time.Hour).Format(time.RFC3339): 2} {
			st.ask("GET", "/api/alerts?"+query, nil).want(200, &list)
			if len(list.Alerts) != n {
				st.Errorf("%s: %d alerts, want %d", query, len(list.Alerts), n)
			}
		}
		st.ask("GET", "/api/alerts?status=loud", nil).problem(400, validationError)
	})
}

func TestTellingByHand(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1", "csmOwner", "bo@acme.com")
		st.ask("POST", "/api/clients/c1/notify", nil).problem(400, notConnected)
		_, name := st.channel()
		tell := func(body any, as ...with) answer {
			st.Helper()
			return st.ask("POST", "/api/clients/c1/notify", body, as...)
		}
		if p := tell(nil).problem(400, validationError); p.Details["destination"] == nil {
			st.Errorf("%+v", p)
		}
		done := tell(map[string]any{"destination": "#" + name}).want(200).object()
		if done["success"] != true || !strings.Contains(done["message"].(string), "#"+name) || fields(done["notification"])["status"] != "delivered" {
			st.Errorf("%v", done)
		}
		if m := st.sandbox.Messages(); len(m) != 1 || !strings.Contains(m[0].Text, "Client c1") {
			st.Errorf("%+v", m)
		}
		if p := tell(map[string]any{"destination": "#nowhere-at-all"}).problem(400, validationError); p.Details["destination"] == nil {
			st.Errorf("%+v", p)
		}
		// The connection may not look people up.
		tell(map[string]any{"destination": "owner"}).problem(400, notConnected)
		st.ask("POST", "/api/clients/none/notify", map[string]any{"destination": "#" + name}).problem(404, resourceNotFound)
		eve := st.member("eve@acme.com", stanna.CSM)
		tell(map[string]any{"destination": "#" + name}, signedIn(eve)).problem(404, resourceNotFound)

		// Following is one's own affair, or a director's.
		bo := st.member("bo@acme.com", stanna.CSM)
		st.ask("PUT", "/api/clients/c1/follow", nil, signedIn(bo)).want(200)
		st.ask("PUT", "/api/clients/c1/follow?email=ana@acme.com", nil, signedIn(bo)).problem(403, forbidden)
		st.ask("PUT", "/api/clients/c1/follow", nil, signedIn(eve)).problem(404, resourceNotFound)
		st.ask("PUT", "/api/clients/c1/follow", nil).problem(400, validationError)
		st.ask("PUT", "/api/clients/c1/follow?email=eve@acme.com", nil).want(200)
		st.ask("PUT", "/api/clients/c1/follow?email=x@else.com", nil).problem(400, validationError)
		st.ask("DELETE", "/api/clients/c1/follow", nil, signedIn(bo)).want(200)
	})
}

// The owner and other people are found by e-mail, now.
func TestTellingAPerson(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.channel("owners")
		st.client("c1", "csmOwner", "ana.silva@example.com")
		st.client("c2")
		for _, typed := range []string{"owner", "Priya.Rao@example.com"} {
			done := st.ask("POST", "/api/clients/c1/notify", map[string]any{"destination": typed}).want(200).object()
			if to := fields(done["notification"])["destination"].(string); !strings.Contains(to, ":U0") {
				st.Errorf("%s: %v", typed, done)
			}
		}
		for _, x := range [][2]string{{"c1", "nobody@example.com"}, {"c1", "former.colleague@example.com"}, {"c2", "owner"}} {
			if p := st.ask("POST", "/api/clients/"+x[0]+"/notify", map[string]any{"destination": x[1]}).problem(400, validationError); p.Details["destination"] == nil {
				st.Errorf("%v: %+v", x, p)
			}
		}
	})
}

func TestHabits(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1", "csmOwner", "bo@acme.com")
		bo := st.member("bo@acme.com", stanna.CSM)
		until := st.now().Add(72 * time.Hour).UTC().Truncate(time.Second)
		var got struct{ Person personView }
		a := st.ask("PUT", "/api/people/Bo@acme.com", map[string]any{"deputy": "ana@acme.com", "away": map[string]any{"until": until},
			"hours": map[string]any{"windows": []any{map[string]any{"days": []string{"mon"}, "from": "10:00", "to": "16:00"}}}}, signedIn(bo)).want(200, &got)
		if p := got.Person; *p.Deputy != "ana@acme.com" || !p.IsAway || !p.Away.Until.Equal(until) || p.Hours == nil || *p.Role != "csm" {
			st.Errorf("%s", a.body)
		}
		st.ask("PUT", "/api/people/ana@acme.com", map[string]any{"deputy": "bo@acme.com"}, signedIn(bo)).problem(403, forbidden)
		if p := st.ask("PUT", "/api/people/ana@acme.com", map[string]any{"deputy": "ana@acme.com"}).problem(400, validationError); p.Details["deputy"] == nil {
			st.Errorf("%+v", p)
		}
		if p := st.ask("PUT", "/api/people/bo@acme.com", map[string]any{"away": map[string]any{"until": "2020-01-01T00:00:00Z"}}).problem(400, validationError); p.Details["away.until"] == nil {
			st.Errorf("%+v", p)
		}
		st.ask("PUT", "/api/people/bo@acme.com", map[string]any{"away": map[string]any{"back": true}, "hours": map[string]any{}}, signedIn(bo)).want(200, &got)
		if p := got.Person; p.IsAway || p.Away != nil || p.Hours != nil || *p.Deputy != "ana@acme.com" {
			st.Errorf("%+v", p)
		}
		var list struct{ People []personView }
		st.ask("GET", "/api/people", nil).want(200, &list)
		emails := []string{}
		for _, p := range list.People {
			emails = append(emails, p.Email)
		}
		if !slices.Equal(emails, []string{"ana@acme.com", "bo@acme.com"}) {
			st.Errorf("%v", emails)
		}
	})
}

func TestSilences(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("mine", "csmOwner", "bo@acme.com")
		st.client("yours", "csmOwner", "eve@acme.com")
		end := st.now().Add(time.Hour)
		for field, body := range map[string]map[string]any{
			"endsAt":        {"matcher": map[string]any{"types": []string{"health_drop"}}, "comment": "Launch"},
			"comment":       {"matcher": map[string]any{"types": []string{"health_drop"}}, "endsAt": end, "comment": ""},
			"matcher":       {"matcher": map[string]any{}, "endsAt": end, "comment": "Launch"},
			"matcher.rules": {"matcher": map[string]any{"rules": []string{"none"}}, "endsAt": end, "comment": "Launch"},
		} {
			if p := st.ask("POST", "/api/silences", body).problem(400, validationError); p.Details[field] == nil {
				st.Errorf("%s: %+v", field, p)
			}
		}
		bo := st.member("bo@acme.com", stanna.CSM)
		only := func(ids ...string) map[string]any {
			return map[string]any{"matcher": map[string]any{"filter": map[string]any{"only": ids}}, "endsAt": end, "comment": "Launch"}
		}
		st.ask("POST", "/api/silences", only("mine", "yours"), signedIn(bo)).problem(403, forbidden)
		st.ask("POST", "/api/silences", map[string]any{"matcher": map[string]any{"types": []string{"health_drop"}}, "endsAt": end, "comment": "x"}, signedIn(bo)).problem(403, forbidden)
		var s silenceView
		st.ask("POST", "/api/silences", only("mine"), signedIn(bo)).want(201, &s)
		if s.Author != "bo@acme.com" || !s.Active || s.EndedBy != nil {
			st.Errorf("%+v", s)
		}
		var theirs silenceView
		st.ask("POST", "/api/silences", only("yours")).want(201, &theirs)
		st.ask("DELETE", "/api/silences/"+theirs.ID, nil, signedIn(bo)).problem(403, forbidden)
		var list struct {
			Silences   []silenceView
			Pagination pagination
		}
		st.ask("GET", "/api/silences?active=true", nil).want(200, &list)
		if list.Pagination.Total != 2 {
			st.Errorf("%+v", list)
		}
		st.ask("DELETE", "/api/silences/"+s.ID, nil, signedIn(bo)).want(200, &s)
		if s.Active || *s.EndedBy != "bo@acme.com" {
			st.Errorf("%+v", s)
		}
		st.ask("DELETE", "/api/silences/"+s.ID, nil).problem(409, conflict)
		st.ask("GET", "/api/silences/none", nil).problem(404, resourceNotFound)
		st.ask("GET", "/api/silences?active=true", nil).want(200, &list)
		if list.Pagination.Total != 1 {
			st.Errorf("%+v", list)
		}
	})
}

// What is held is shown with its reason and its time, and the four questions
// are answered from the same facts.
func TestHeldAndTheQuestions(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		_, name := st.channel()
		st.ask("PUT", "/api/integrations/slack/settings", map[string]any{"defaultChannel": "#" + name}).want(200)
		st.ask("PUT", "/api/settings", map[string]any{"workspace": map[string]any{"digestOnly": true}}).want(200)
		st.client("c1", "csmOwner", "bo@acme.com")
		st.client("c2")
		alert := st.fall("c1")
		var held struct {
			Summary    []heldSummary
			Held       []notificationView
			Pagination pagination
		}
		st.ask("GET", "/api/held", nil).want(200, &held)
		if len(held.Summary) != 1 || held.Summary[0].Reason != stanna.ReasonDigestOnly || held.Summary[0].Name != "#"+name || held.Summary[0].Count != 1 ||
			len(held.Held) != 1 || *held.Held[0].AlertID != alert || held.Held[0].Hold == nil || held.Held[0].Hold.Until == nil {
			st.Errorf("%+v", held)
		}
		eve := st.member("eve@acme.com", stanna.CSM)
		st.ask("GET", "/api/held", nil, signedIn(eve)).want(200, &held)
		if len(held.Summary) != 0 || len(held.Held) != 0 {
			st.Errorf("a csm sees %+v", held)
		}
		st.ask("POST", "/api/silences", map[string]any{"matcher": map[string]any{"types": []string{"churn_risk"}}, "endsAt": st.now().Add(time.Hour), "comment": "Launch"}).want(201)
		var d struct {
			State, Checks any
			Questions     []struct {
				Question, Answer string
				Findings         []struct{ Check, State, Found, Repair string }
			}
		}
		a := st.ask("GET", "/api/integrations/slack/diagnose", nil).want(200, &d)
		if d.State == nil || d.Checks == nil || len(d.Questions) != 5 {
			st.Fatalf("%s", a.body)
		}
		want := map[string][]string{
			"nothing_comes": {"rules", "signals", "digest_only", "silence", "held"},
			"wrong_channel": {"default_channel"},
			"buttons":       {"buttons", "who_pressed", "road", "last_press"},
			"too_many":      {"rule"},
			"no_context":    {"owner", "renewal", "contact"},
		}
		for _, q := range d.Questions {
			if q.Answer == "" {
				st.Errorf("%+v", q)
			}
			for _, check := range want[q.Question] {
				if !slices.ContainsFunc(q.Findings, func(f struct{ Check, State, Found, Repair string }) bool { return f.Check == check && f.Found != "" }) {
					st.Errorf("%s does not speak of %s: %+v", q.Question, check, q)
				}
			}
		}
		if q := d.Questions[3]; !strings.Contains(q.Answer, "1 without owner") || !strings.Contains(q.Answer, "2 without renewal date") {
			st.Errorf("%s", q.Answer)
		}
		st.ask("GET", "/api/surges", nil).want(200)
		st.ask("POST", "/api/surges/none/release", nil).problem(404, resourceNotFound)
	})
}

func TestExplainAndBacktest(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.client("c1", "csmOwner", "bo@acme.com")
		st.client("c2", "csmOwner", "eve@acme.com")
		st.fall("c1")
		var why explanationView
		a := st.ask("GET", "/api/explain?clientId=c1&ruleId=rule_health_drop", nil).want(200, &why)
		if why.Alert == nil || why.Verdict.Sentence == "" || len(why.Steps) == 0 || why.Client.Name != "Client c1" || why.LastSignal == nil {
			st.Errorf("%s", a.body)
		}
		bo := st.member("bo@acme.com", stanna.CSM)
		st.ask("GET", "/api/explain?clientId=c1&ruleId=rule_health_drop", nil, signedIn(bo)).want(200)
		st.ask("GET", "/api/explain?clientId=c2&ruleId=rule_health_drop", nil, signedIn(bo)).problem(404, resourceNotFound)
		st.ask("GET", "/api/explain?ruleId=rule_revenue_at_risk", nil, signedIn(bo)).problem(403, forbidden)
		st.ask("GET", "/api/explain?clientId=c1&ruleId=none", nil).problem(404, resourceNotFound)
		st.ask("GET", "/api/explain?clientId=c1", nil).problem(400, validationError)

		count := st.ask("GET", "/api/alerts", nil).object()["pagination"]
		type answered struct {
			Report     struct{ Episodes []map[string]any }
			InForce    *map[string]any
			Comparison *struct{ Gone, Added, Changed []any }
			Variants   []struct {
				Value   float64
				Current bool
				Alerts  int
			}
			Cut bool
		}
		try := func(path string, body any, as ...with) (x answered) {
			st.Helper()
			st.ask("POST", path, body, as...).want(200, &x)
			return x
		}
		if x := try("/api/rules/rule_health_drop/backtest", map[string]any{}); len(x.Report.Episodes) == 0 || x.InForce != nil || x.Comparison != nil || x.Variants == nil {
			st.Errorf("%+v", x)
		}
		x := try("/api/rules/rule_health_drop/backtest", map[string]any{"change": map[string]any{"filter": map[string]any{"minMrr": 1e9}}, "threshold": "dropPoints", "values": []float64{10, 15}})
		if x.Comparison == nil || len(x.Comparison.Gone) != 1 || len(x.Comparison.Added) != 0 || len(x.Variants) != 2 {
			st.Errorf("%+v", x)
		}
		x = try("/api/rules/backtest", map[string]any{"rule": map[string]any{"type": "custom", "name": "Any", "condition": "state.health < 50"}})
		if x.Comparison == nil || len(x.Comparison.Added) != 1 {
			st.Errorf("%+v", x)
		}
		x = try("/api/backtest", map[string]any{"rules": []any{map[string]any{"id": "rule_health_drop", "status": "off"}}, "settings": map[string]any{"digestOnly": true}, "routes": []any{}})
		if x.Comparison == nil || len(x.Comparison.Gone) != 1 {
			st.Errorf("%+v", x)
		}
		if x = try("/api/backtest", map[string]any{"limit": 0}); !x.Cut || len(x.Report.Episodes) != 0 || x.Comparison != nil {
			st.Errorf("%+v", x)
		}
		eve := st.member("eve@acme.com", stanna.CSM)
		if x = try("/api/backtest", map[string]any{}, signedIn(eve)); len(x.Report.Episodes) != 0 {
			st.Errorf("a csm sees %+v", x)
		}
		if p := st.ask("POST", "/api/rules/rule_health_drop/backtest", map[string]any{"change": map[string]any{"condition": "client.mmr > 1"}}).problem(400, validationError); p.Details["condition"] == nil {
			st.Errorf("%+v", p)
		}
		if p := st.ask("POST", "/api/backtest", map[string]any{"from": st.now(), "until": st.now().Add(-time.Hour)}).problem(400, validationError); p.Details["from"] == nil {
			st.Errorf("%+v", p)
		}
		if after := st.ask("GET", "/api/alerts", nil).object()["pagination"]; fields(after)["total"] != fields(count)["total"] {
			st.Errorf("a backtest raised alerts: %v, then %v", count, after)
		}
	})
}

// Who may do what, by role and by scope.
func TestPolicyPermissions(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		people := map[string]*http.Cookie{"director": st.member("di@acme.com", stanna.Director), "csm": st.member("bo@acme.com", stanna.CSM), "leadership": st.member("cleo@acme.com", stanna.Leadership)}
		keys := map[string]string{"read": st.newKey(acme, stanna.ScopeRead), "signals": st.newKey(acme, stanna.ScopeSignals)}
		for request, allowed := range map[string]string{
			"GET /api/rules":                       "director csm read",
			"POST /api/rules":                      "director",
			"PUT /api/rules/rule_health_drop":      "director",
			"DELETE /api/rules/none":               "director",
			"POST /api/rules/check":                "director csm read",
			"GET /api/routes":                      "director csm read",
			"PUT /api/routes":                      "director",
			"GET /api/silences":                    "director csm read",
			"POST /api/silences":                   "director csm",
			"POST /api/alerts/none/take":           "director csm",
			"POST /api/clients/none/notify":        "director csm",
			"GET /api/people":                      "director csm read",
			"GET /api/surges":                      "director csm read",
			"POST /api/surges/none/discard":        "director",
			"GET /api/held":                        "director csm read",
			"GET /api/explain?clientId=c&ruleId=r": "director csm read",
			"POST /api/backtest":                   "director csm read",
			"PUT /api/settings":                    "",
			"PUT /api/settings/insight-thresholds": "",
			"GET /api/integrations/slack/diagnose": "director csm read",

			"GET /api/metrics/summary":                   "director csm leadership read",
			"GET /api/metrics/trends/sentiment":          "director csm leadership read",
			"GET /api/insights":                          "director csm leadership read",
			"GET /api/clients/none/insights":             "director csm leadership read",
			"GET /api/clients/none/attributions":         "director csm leadership read",
			"GET /api/clients/none/interactions":         "director csm read",
			"GET /api/clients/last-interactions":         "director csm leadership read",
			"POST /api/clients/none/exclude":             "director",
			"POST /api/clients/none/tags":                "director",
			"POST /api/clients/none/attribute":           "director csm",
			"POST /api/clients/none/recalculate-score":   "director csm",
			"GET /api/settings/user":                     "director csm leadership read",
			"GET /api/workspace/info":                    "director csm leadership read",
			"GET /api/integrations/hubspot/status":       "director csm read",
			"POST /api/notifications/test?channel=email": "",
		} {
			method, path, _ := strings.Cut(request, " ")
			var body any
			if method != "GET" {
				body = map[string]any{}
			}
			check := func(who string, as with) {
				got := st.ask(method, path, body, as).status != http.StatusForbidden
				if may := slices.Contains(strings.Fields(allowed), who); got != may {
					st.Errorf("%s by %s: let in %v, want %v", request, who, got, may)
				}
			}
			for who, cookie := range people {
				check(who, signedIn(cookie))
			}
			for who, key := range keys {
				check(who, as(key))
			}
		}
	})
}
