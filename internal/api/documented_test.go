package api

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/store"
)

// portfolio is three clients with something to tell of each; the first two
// are Bo's.
func (st *stage) portfolio() {
	st.Helper()
	soon := st.now().AddDate(0, 0, 10).Format(time.DateOnly)
	st.client("fell", "csmOwner", "bo@acme.com", "renewalDate", soon)
	st.client("rose", "csmOwner", "bo@acme.com")
	st.client("calm", "csmOwner", "eve@acme.com")
	signal := func(id, client, kind string, ago time.Duration, data map[string]any) map[string]any {
		return map[string]any{"id": id, "clientId": client, "type": kind, "occurredAt": st.now().Add(-ago).Format(time.RFC3339Nano), "source": "Pulse", "data": data}
	}
	const day = 24 * time.Hour
	usage := []any{map[string]any{"name": "Usage", "detail": "118 a day, usually 200", "impact": -30}}
	st.ask("POST", "/api/signals", []any{
		signal("1", "fell", "health.scored", 10*day, map[string]any{"score": 70}), signal("2", "rose", "health.scored", 10*day, map[string]any{"score": 50}),
		signal("3", "calm", "health.scored", 10*day, map[string]any{"score": 60}), signal("4", "fell", "health.scored", time.Hour, map[string]any{"score": 35, "factors": usage}),
		signal("5", "rose", "health.scored", time.Hour, map[string]any{"score": 75}),
		signal("6", "fell", "interaction.logged", 2*time.Hour, map[string]any{"type": "email", "subject": "The export", "from": "maria@fell.example.com", "to": "bo@acme.com", "summary": "She asks when"}),
		signal("7", "fell", "sentiment.detected", 3*time.Hour, map[string]any{"score": -1.5, "quote": "This is the third time", "author": "Maria"}),
		signal("8", "calm", "intervention.logged", 20*day, map[string]any{"type": "call"}),
	}).want(200)
}

// names checks that an object has at least these fields, and gives it.
func (st *stage) names(v any, want string) map[string]any {
	st.Helper()
	m := fields(v)
	for name := range strings.FieldsSeq(want) {
		if _, ok := m[name]; !ok {
			st.Errorf("%s is missing in %v", name, v)
		}
	}
	return m
}

// first is the first element of a list.
func (st *stage) first(v any) any {
	st.Helper()
	list, _ := v.([]any)
	if len(list) == 0 {
		st.Fatalf("an empty list: %v", v)
	}
	return list[0]
}

// Paths and fields that are documented of the hosted product are as they are
// there, so that a client written for it works here.
func TestDocumentedShapes(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.portfolio()
		get := func(path string) any {
			st.Helper()
			var v any
			st.ask("GET", path, nil).want(200, &v)
			return v
		}
		const client = "id name domain sentimentScore lastInteraction mrr renewalDate csmOwner isExcluded createdAt updatedAt"
		st.names(st.first(get("/api/clients")), client)
		detail := st.names(get("/api/clients/fell"), "client metrics contacts")
		st.names(detail["client"], client)
		st.names(detail["metrics"], "totalInteractions avgResponseTime lastMonthInteractions sentimentTrend")

		last := fields(get("/api/clients/last-interactions"))
		if _, err := time.Parse(time.RFC3339, fmt.Sprint(last["fell"])); len(last) != 2 || err != nil || last["calm"] == nil {
			st.Errorf("%v %v", last, err)
		}
		said := st.names(get("/api/clients/fell/interactions"), "interactions pagination")
		st.names(said["pagination"], "total limit offset hasMore")
		x := st.names(st.first(said["interactions"]), "id type subject sentiment date from to summary")
		if x["type"] != "email" || x["subject"] != "The export" || x["from"] != "maria@fell.example.com" || x["to"] != "bo@acme.com" || x["sentiment"] != nil || fields(said["pagination"])["limit"] != 50.0 {
			st.Errorf("%v", said)
		}
		if y := fields(said["interactions"].([]any)[1]); y["sentiment"] != "negative" || y["summary"] != "This is the third time" || y["from"] != "Maria" {
			st.Errorf("%v", y)
		}
		page := fields(get("/api/clients/fell/interactions?limit=1&offset=1"))
		if p := fields(page["pagination"]); p["total"] != 2.0 || p["hasMore"] != false || fields(st.first(page["interactions"]))["id"] != "7" {
			st.Errorf("%v", page)
		}

		moved := st.names(st.first(st.names(get("/api/clients/fell/attributions"), "attributions")["attributions"]), "date scoreDelta reason factorType weight previousScore newScore")
		if moved["scoreDelta"] != -30.0 || moved["factorType"] != "usage" || moved["weight"] != 1.0 || moved["previousScore"] != 70.0 || moved["newScore"] != 35.0 {
			st.Errorf("%v", moved)
		}

		sum := st.names(get("/api/metrics/summary?windowDays=30"), "totals revenue health lists asOf")
		totals := st.names(sum["totals"], "clients contacts interactionsWindow renewals30d openTasks")
		st.names(sum["revenue"], "mrrTotal mrrAtRisk renewals30dValue avgClientValue")
		health := st.names(sum["health"], "avgScore change7 change7Pct threshold atRiskCount improvingCount")
		lists := st.names(sum["lists"], "topRisks topImproving renewals")
		risk := st.names(st.first(lists["topRisks"]), "clientId name score mrr reason")
		st.names(st.first(lists["topImproving"]), "clientId name score scoreChange mrr")
		st.names(st.first(lists["renewals"]), "clientId name renewalDate mrr daysUntil")
		if totals["clients"] != 3.0 || totals["interactionsWindow"] != 2.0 || health["threshold"] != 40.0 || health["atRiskCount"] != 1.0 || risk["reason"] != "Usage: 118 a day, usually 200" {
			st.Errorf("%v", sum)
		}
		if h := fields(fields(get("/api/metrics/summary?riskThreshold=0"))["health"]); h["threshold"] != 0.0 || h["atRiskCount"] != 0.0 {
			st.Errorf("%v", h)
		}
		st.names(st.first(get("/api/metrics/trends/health?interval=weekly")), "date avgScore clientCount")
		st.names(st.first(get("/api/metrics/trends/sentiment")), "date avgSentiment volume positive neutral negative")
		st.names(st.first(get("/api/metrics/trends/interactions")), "source count percentage")
		delta := st.names(st.first(get("/api/metrics/deltas")), "reason totalDelta count avgDelta clients")
		st.names(st.first(delta["clients"]), "id name delta currentScore previousScore")

		insights := st.names(get("/api/insights?windowDays=30"), "riskAlerts opportunities trends")
		group := st.names(st.first(insights["riskAlerts"]), "type severity clientCount totalMrrAtRisk clients")
		st.names(st.first(group["clients"]), "clientId name currentScore scoreDelta mrrAtRisk primaryRisk")
		trends := st.names(insights["trends"], "portfolioHealth engagementPatterns")
		st.names(trends["portfolioHealth"], "direction changePercent description")
		st.names(trends["engagementPatterns"], "emailResponseRate meetingAttendance supportTicketTrend")
		of := st.names(get("/api/clients/fell/insights"), "clientId name currentScore riskLevel insights recommendations")
		st.names(st.first(of["insights"]), "type severity description recommendation")

		settings := st.names(get("/api/settings"), "profile workspace")
		st.names(settings["profile"], "name email title")
		notifications := st.names(settings["workspace"], "workspaceName domain timezone currency defaultWindowDays riskThreshold dataRetentionDays notifications")["notifications"]
		st.names(notifications, "channels dailyDigest weeklyDigest alertOnScoreDrop scoreDropPct alertOnRenewals renewalsAheadDays emailFrom")
		st.names(fields(notifications)["channels"], "email")
		who := st.names(get("/api/settings/user"), "user workspace")
		st.names(who["user"], "email name title hasCompletedOnboarding createdAt lastLoginAt")
		st.names(who["workspace"], "domain name plan billingStatus")
		st.names(get("/api/settings/insight-thresholds"), "scoreDropThreshold responseDelayDays sentimentThreshold enableEmailAlerts alertFrequency")
		st.names(st.first(st.names(get("/api/settings/api-keys"), "apiKeys")["apiKeys"]), "id name key lastUsedAt isActive createdAt")
		for _, provider := range []string{"slack", "google", "hubspot", "intercom"} {
			if s := st.names(get("/api/integrations/"+provider+"/status"), "connected provider workspaceId email expiresAt hasRefresh lastSyncAt scope"); s["connected"] != false || s["provider"] != provider || s["workspaceId"] != acme {
				st.Errorf("%v", s)
			}
		}
		st.names(get("/api/workspace/info"), "workspaceId domain name timezone currency")
	})
}

// What changes something answers success and a sentence, and does it.
func TestDocumentedChanges(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.portfolio()
		post := func(path string, body any, options ...with) map[string]any {
			st.Helper()
			got := st.ask("POST", path, body, options...).want(200).object()
			if got["success"] != true || got["message"] == "" {
				st.Errorf("%s: %v", path, got)
			}
			return got
		}
		// Excluded, it counts nowhere and its alerts close.
		if c := fields(post("/api/clients/calm/exclude?workspaceId="+acme, nil)["client"]); c["isExcluded"] != true {
			st.Errorf("%v", c)
		}
		st.ask("GET", "/api/metrics/summary", nil).problem(404, insufficientData)
		if c := fields(post("/api/clients/calm/exclude", map[string]any{"isExcluded": false})["client"]); c["isExcluded"] != false {
			st.Errorf("%v", c)
		}
		st.ask("GET", "/api/metrics/summary", nil).want(200)

		tags := func(body map[string]any) string {
			st.Helper()
			return fmt.Sprint(fields(post("/api/clients/calm/tags", body)["client"])["tags"])
		}
		if got := tags(map[string]any{"tags": []string{"vip", " eu ", "vip"}}); got != "[vip eu]" {
			st.Error(got)
		}
		if got := tags(map[string]any{"tags": []string{"beta"}, "remove": []string{"vip", "none"}}); got != "[eu beta]" {
			st.Error(got)
		}
		st.ask("POST", "/api/clients/calm/tags", map[string]any{}).problem(400, validationError)
		st.ask("POST", "/api/clients/calm/tags", map[string]any{"tags": []string{" "}}).problem(400, validationError)
		st.ask("POST", "/api/clients/none/tags", map[string]any{"tags": []string{"x"}}).problem(404, resourceNotFound)

		// A correction is kept once, is in the list, and moves no score.
		correction := map[string]any{"reason": "They were on holiday", "impact": "positive", "weight": 0.4, "notes": "Said so in the call", "id": "mine-1"}
		post("/api/clients/fell/attribute", correction)
		if got := post("/api/clients/fell/attribute", correction); !strings.Contains(fmt.Sprint(got["message"]), "before") {
			st.Errorf("%v", got)
		}
		post("/api/clients/rose/attribute", correction)
		var list struct{ Attributions []attributionView }
		st.ask("GET", "/api/clients/fell/attributions", nil).want(200, &list)
		if x := list.Attributions[0]; len(list.Attributions) != 2 || x.FactorType != "correction" || x.Reason != "They were on holiday" || *x.Weight != 0.4 || x.ScoreDelta != 0 ||
			*x.NewScore != 35 || x.Impact != "positive" || *x.By != "test" {
			st.Errorf("%+v", list)
		}
		st.ask("GET", "/api/clients/rose/attributions", nil).want(200, &list)
		if list.Attributions[0].FactorType != "correction" {
			st.Errorf("another client's has the same id: %+v", list)
		}
		for _, bad := range []map[string]any{{"reason": "x"}, {"impact": "positive"}, {"reason": " ", "impact": "positive"}, {"reason": "x", "impact": "huge"}} {
			st.ask("POST", "/api/clients/fell/attribute", bad).problem(400, validationError)
		}
		if p := st.ask("POST", "/api/clients/fell/attribute", map[string]any{"reason": "x", "impact": "neutral", "workspaceId": other}); p.status != 403 {
			st.Errorf("%d %s", p.status, p.body)
		}

		if got := post("/api/clients/fell/recalculate-score", nil); got["score"] != 35.0 || got["changed"] != false || !strings.Contains(fmt.Sprint(got["message"]), "computes no scores") {
			st.Errorf("%v", got)
		}
		st.ask("POST", "/api/clients/none/recalculate-score", nil).problem(404, resourceNotFound)
		// What its state says and no rule was asked about is found then.
		sunk := stanna.State{Workspace: acme, ClientID: "calm", Health: stanna.HistoryOf(stanna.Point{At: st.now().Add(-48 * time.Hour), Value: 80}, stanna.Point{At: st.now(), Value: 12})}
		st.must(st.store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutStates([]stanna.State{sunk}, st.now()) }))
		post("/api/clients/calm/recalculate-score", nil)
		var found listAlertsBody
		st.ask("GET", "/api/alerts?clientId=calm&type=health_drop", nil).want(200, &found)
		if len(found.Alerts) != 1 || found.Alerts[0].Reason != stanna.ReasonFirstContact {
			st.Errorf("%+v", found)
		}

		var up struct{ Upcoming []upcomingView }
		st.ask("GET", "/api/clients/fell/upcoming", nil).want(200, &up)
		if len(up.Upcoming) != 2 || up.Upcoming[0].Type != "renewal" || up.Upcoming[0].DaysUntil != 10 || up.Upcoming[1].Type != "anniversary" {
			st.Errorf("%+v", up)
		}
		if p := st.ask("POST", "/api/notifications/test?channel=email&workspaceId="+acme, nil).problem(400, notConnected); p.Details["provider"] != "email" || p.Details["connectUrl"] == nil {
			st.Errorf("%+v", p)
		}
	})
}

// A csm sees figures of their own accounts, leadership no conversations.
func TestDocumentedFiguresAreTheCallersOwn(t *testing.T) {
	onEach(t, nil, func(st *stage) {
		st.portfolio()
		st.client("third", "csmOwner", "bo@acme.com")
		bo, cleo := st.member("bo@acme.com", stanna.CSM), st.member("cleo@acme.com", stanna.Leadership)
		var sum summaryView
		st.ask("GET", "/api/metrics/summary", nil, signedIn(bo)).want(200, &sum)
		if sum.Totals.Clients != 3 || sum.Health.AvgScore != 55 {
			st.Errorf("%+v", sum)
		}
		if last := st.ask("GET", "/api/clients/last-interactions", nil, signedIn(bo)).object(); len(last) != 1 || last["fell"] == nil {
			st.Errorf("%v", last)
		}
		for _, path := range []string{"interactions", "attributions", "insights", "upcoming"} {
			st.ask("GET", "/api/clients/calm/"+path, nil, signedIn(bo)).problem(404, resourceNotFound)
			st.ask("GET", "/api/clients/fell/"+path, nil, signedIn(bo)).want(200)
		}
		for _, path := range []string{"attribute", "recalculate-score"} {
			st.ask("POST", "/api/clients/calm/"+path, map[string]any{"reason": "x", "impact": "neutral"}, signedIn(bo)).want(map[string]int{"attribute": 404, "recalculate-score": 404}[path])
		}
		st.ask("GET", "/api/clients/fell/interactions", nil, signedIn(cleo)).problem(403, forbidden)
		if insights := string(st.ask("GET", "/api/insights", nil, signedIn(cleo)).want(200).body); strings.Contains(insights, "third time") {
			st.Errorf("leadership reads what was said: %s", insights)
		}
		var who struct{ User settingsUser }
		st.ask("GET", "/api/settings/user", nil, signedIn(bo)).want(200, &who)
		if *who.User.Email != "bo@acme.com" || *who.User.Role != "csm" || who.User.LastLoginAt == nil || who.User.CreatedAt == nil {
			st.Errorf("%+v", who)
		}
		// A key is the person who made it.
		var made struct{ APIKey struct{ Key string } }
		st.ask("POST", "/api/settings/api-keys", map[string]any{"name": "mine"}, signedIn(st.session(st.admin))).want(200, &made)
		st.ask("GET", "/api/settings/user", nil, as(made.APIKey.Key)).want(200, &who)
		if *who.User.Email != "ana@acme.com" || *who.User.Role != "admin" {
			st.Errorf("%+v", who)
		}
		var foreign []clientView
		st.ask("GET", "/api/clients", nil, as(st.newKey(other, stanna.ScopeAdmin))).want(200, &foreign)
		if len(foreign) != 0 {
			st.Errorf("%+v", foreign)
		}
	})
}

// Every documented code, each provoked.
func TestDocumentedCodes(t *testing.T) {
	onEach(t, func(o *Options) { o.Limits = DefaultLimits() }, func(st *stage) {
		seen := map[string]problem{}
		provoke := func(status int, code string, a answer) problem {
			st.Helper()
			p := a.problem(status, code)
			for _, name := range []string{"X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset"} {
				if a.header.Get(name) == "" {
					st.Errorf("%s: no %s", code, name)
				}
			}
			seen[code] = p
			return p
		}
		provoke(401, missingKey, st.ask("GET", "/api/clients", nil, nobody))
		provoke(401, invalidKey, st.ask("GET", "/api/clients", nil, as("sk-1")))
		provoke(403, workspaceDiffers, st.ask("GET", "/api/metrics/summary?workspaceId=else.com", nil))
		for query, field := range map[string]string{"windowDays=91": "windowDays", "windowDays=0": "windowDays", "windowDays=x": "windowDays", "riskThreshold=101": "riskThreshold", "riskThreshold=-1": "riskThreshold"} {
			if p := provoke(400, validationError, st.ask("GET", "/api/metrics/summary?"+query, nil)); p.Details[field] == nil {
				st.Errorf("%s: %+v", query, p)
			}
		}
		for _, bad := range []string{"/api/metrics/trends/health?windowDays=366", "/api/metrics/trends/health?interval=hourly", "/api/metrics/deltas?minDelta=-1", "/api/clients/x/interactions?limit=201"} {
			provoke(400, validationError, st.ask("GET", bad, nil))
		}
		if p := provoke(404, resourceNotFound, st.ask("GET", "/api/clients/none", nil)); p.Details["resource"] != "client" || p.Details["id"] != "none" {
			st.Errorf("%+v", p)
		}
		if p := provoke(404, insufficientData, st.ask("GET", "/api/metrics/trends/sentiment", nil)); p.Details["minimumClients"] != 3.0 || p.Details["currentClients"] != 0.0 {
			st.Errorf("%+v", p)
		}
		for _, id := range []string{"a", "b", "c"} {
			st.client(id)
		}
		p := provoke(404, dataNotReady, st.ask("GET", "/api/metrics/summary", nil))
		if _, told := p.Details["estimatedReadyAt"]; !told {
			st.Errorf("%+v", p)
		}
		if p := provoke(400, notConnected, st.ask("POST", "/api/notifications/test?channel=slack", nil)); p.Details["provider"] != "slack" || p.Details["connectUrl"] != site+"/integrations" {
			st.Errorf("%+v", p)
		}
		st.connectSlack()
		st.fault(sandbox.Fault{Kind: sandbox.FaultOutage})
		if p := provoke(502, integrationError, st.ask("POST", "/api/integrations/slack/test", map[string]any{"channel": "C0NOTSEEN"})); p.Details["service"] != "slack" || p.Details["retryAfter"] == nil {
			st.Errorf("%+v", p)
		}
		// A key whose workspace is gone, and trouble of ours.
		orphan := "sk-" + strings.Repeat("a", 52)
		st.must(st.store.Update(t.Context(), func(tx *store.Tx) error {
			return tx.AddKey(stanna.APIKey{Workspace: "gone.com", ID: "key_orphan", Name: "orphan", Scopes: []stanna.Scope{stanna.ScopeRead}, CreatedAt: st.now()}, sha256.Sum256([]byte(orphan)))
		}))
		if p := provoke(404, invalidWorkspace, st.ask("GET", "/api/workspace/info", nil, as(orphan))); p.Details["workspaceId"] != "gone.com" {
			st.Errorf("%+v", p)
		}
		st.api.Options.Line = nil
		if p := provoke(500, internalError, st.ask("GET", "/api/integrations/slack/status", nil)); !strings.HasPrefix(fmt.Sprint(p.Details["requestId"]), "req_") {
			st.Errorf("%+v", p)
		}
		st.api.Limits.PerMinute = 1
		a := st.ask("GET", "/api/clients", nil)
		if p := provoke(429, "RATE_LIMIT_EXCEEDED", a); p.Details["limit"] != 1.0 || p.Details["window"] == nil || p.Details["retryAfter"] == nil || a.header.Get("Retry-After") == "" {
			st.Errorf("%+v", p)
		}
		if len(seen) != 12 {
			st.Errorf("%d of the 12 documented codes: %v", len(seen), seen)
		}
	})
}
