package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// ruleForm is the form of a rule as its page shows it, with some fields
// changed.
func (h *house) ruleForm(id string, change url.Values) url.Values {
	h.Helper()
	form := h.formOf(h.as(ana), rulePath(id))
	for k, v := range change {
		form[k] = v
	}
	return form
}

func (h *house) rule(id string) (r stanna.Rule) {
	h.Helper()
	h.view(func(tx *store.Tx) (err error) { r, err = tx.Rule(acme, id); return err })
	return r
}

// everything is a rule that uses all that a rule can say.
func (h *house) everything() stanna.Rule {
	channel := stanna.SlackChannel(h.team, "C0ALERTS01")
	return stanna.Rule{Name: "All of it", Type: stanna.HealthDrop, Status: stanna.RuleShadow, Terms: stanna.Terms{
		Thresholds: map[string]float64{"dropPoints": 12.5, "enteredRed": 0, "keyAccountMrr": 30000},
		Filter: stanna.Filter{MinMRR: 500, Tiers: []string{"growth", "enterprise"}, Zones: []stanna.Zone{stanna.Red, stanna.Yellow}, Owners: []string{carl}, Tags: []string{"emea"},
			Only: []string{"globex"}, Custom: map[string]string{"region": "EMEA", "seats": "10"}},
		Condition: "client.mrr >= 5000 &&\n  state.health < 50", SeverityAs: `client.mrr > 10000 ? "critical" : "high"`,
		Destinations: []stanna.Destination{stanna.ToOwner, channel, stanna.ToPerson(dora)},
		Frequency:    map[stanna.Severity]stanna.Frequency{stanna.Medium: stanna.RealTime, stanna.Low: stanna.Weekly},
		Outside: stanna.Outside{Do: stanna.OutsideRedirect, To: []stanna.Destination{channel},
			Hours: &stanna.Hours{Timezone: "Europe/Lisbon", Windows: []stanna.Window{{Days: []string{"mon", "tue"}, From: "09:00", To: "24:00"}, {Days: []string{"sat"}, From: "22:00", To: "04:00"}}, Holidays: []string{"--12-25"}}},
		Escalation: []stanna.EscalationStep{{After: 60, To: []stanna.Destination{stanna.ToPerson(dora)}}, {After: 240, To: []stanna.Destination{channel}, Raise: stanna.Critical}},
		Playbook:   "Call them.\nThen write.",
	}}
}

func TestSavingARuleAsItStandsChangesNothing(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	h.rules()
	h.client(stanna.Client{ID: "globex", Name: "Globex", CSMOwner: carl})
	saved, err := h.policy.SaveRule(t.Context(), acme, h.by(), h.everything(), nil)
	h.must(err)
	ids := []string{saved.Rule.ID}
	for _, r := range rule.First(acme) {
		if r.Status != stanna.RuleOff {
			ids = append(ids, r.ID)
		}
	}
	for _, id := range ids {
		before := h.rule(id)
		b.post(rulePath(id), h.formOf(b, rulePath(id))).ok("The rule is saved")
		if after := h.rule(id); before.Version != after.Version {
			t.Errorf("%s changed:\n%s", id, cmp.Diff(before.Terms, after.Terms))
		}
	}
	b.get("/rules").ok("All of it", "On trial", "MRR of $500 or more, tier growth or enterprise, zone red or yellow", "only Globex", "the account&#39;s owner, #cs-alerts, "+dora)
	b.get(rulePath(saved.Rule.ID)).ok(`value="12.5"`, "region = EMEA", `src="/static/htmx.`)
}

func TestMakeChangeAndRestoreARule(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	b.get("/rules/new").ok("Health drop", "Closes when nothing is owed", `href="/rules/new?type=custom"`)
	page := b.get("/rules/new?type=payment_issue").ok("Opens when this many attempts have failed.", "usually 2 attempts")
	if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Errorf("the form's policy is %q", csp)
	}
	form := h.formOf(b, "/rules/new?type=payment_issue")
	form.Set("name", "Cards <b>")
	form.Set("status", "active")
	form.Set("thresholds.attempts", "3")
	form.Set("destinations.typed", "#cs-alerts, "+dora)
	made := b.post("/rules", form).ok("The rule is saved, as version 1", "Cards &lt;b&gt;", "#cs-alerts", dora)
	id := made.path[strings.LastIndex(made.path, "/")+1:]
	if r := h.rule(id); r.Thresholds["attempts"] != 3 || len(r.Destinations) != 2 || len(r.Thresholds) != 1 {
		t.Errorf("stored %+v", r.Terms)
	}
	change := h.ruleForm(id, url.Values{"status": {"shadow"}, "thresholds.attempts": {"4"}, "condition": {"client.mrr > 100"}, "destinations": {string(stanna.ToPerson(dora))}})
	b.post(rulePath(id), change).ok("as version 2", "on trial")
	b.get(rulePath(id)+"/history").ok("Version 2", "Status: Active → On trial", "Attempts: 3 attempts → 4 attempts", "Condition: none → client.mrr &gt; 100", "Where it goes: #cs-alerts, "+dora+" → "+dora, ana)
	b.get(rulePath(id)+"/restore?version=1").ok("Go back to version 1?", "Attempts: 4 attempts → 3 attempts")
	if h.rule(id).Version != 2 {
		t.Error("looking at the page restored it")
	}
	b.post(rulePath(id)+"/restore", url.Values{"restore": {"1"}, "version": {"2"}}).ok("Version 1 is in force again, as version 3")

	b.get(rulePath(id)+"/delete").ok("Its history stays", `class="danger"`)
	b.post(rulePath(id)+"/delete", url.Values{"version": {"2"}}).ok("was changed meanwhile")
	b.post(rulePath(id)+"/delete", url.Values{"version": {"3"}}).ok("The rule is deleted", "Version 4", "The rule was deleted.")
	b.get(rulePath(id)).is(http.StatusNotFound)
	b.post(rulePath(id)+"/restore", url.Values{"restore": {"1"}}).ok("in force again")
}

func TestWrongRulesSayWhere(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	form := h.ruleForm("rule_health_drop", url.Values{"name": {""}, "thresholds.dropPoints": {"many"}, "thresholds.windowDays": {"400"}, "condition": {"client.mmr > 5"}, "severity": {`"urgent"`},
		"filter.minMrr": {"x"}, "filter.only": {"nobody"}, "destinations.typed": {"a@"}, "outside.do": {"redirect"}, "escalation[0].afterMinutes": {"soon"}})
	p := b.post("/rules/rule_health_drop", form).is(http.StatusBadRequest, "Nothing was saved", "Line 1, column 8:", "Did you mean mrr?", "       ^", "Is no figure; left open it is 15 points", "Must be between 1 and 90 days",
		"Is no amount", "is no e-mail address", "say after how many minutes", `value="many"`, `href="#f-thresholds-dropPoints"`, `href="#f-filter-minMrr"`)
	p.without("/api/", "TemplFailed")
	if h.rule("rule_health_drop").Version != 1 {
		t.Error("something was saved")
	}
	b.post("/rules", url.Values{"type": {"nonsense"}, "name": {"x"}}).is(http.StatusBadRequest)
	b.get("/rules/new?type=nonsense").ok("What should it watch?")

	said := b.post("/rules/check?field=condition&kind=condition", url.Values{"condition": {"state.helth < 3"}}).ok("Line 1, column 7", "Did you mean health?", `id="f-condition-said"`)
	said.without("<html", "<h1")
	b.post("/rules/check?field=condition&kind=condition", url.Values{"condition": {"state.health < 3"}}).ok("It can be read.")
	b.post("/rules/check?field=severity&kind=severity", url.Values{"severity": {"client.mrr"}}).ok("column")
	b.post("/rules/check?field=%22%3E%3Cscript&kind=x", url.Values{"condition": {"x"}}).ok().without("<script")

	// Two people save at once: who was second is told, and may insist.
	mine := h.ruleForm("rule_health_drop", url.Values{"thresholds.dropPoints": {"11"}})
	b.post("/rules/rule_health_drop", h.ruleForm("rule_health_drop", url.Values{"thresholds.dropPoints": {"13"}})).ok("as version 2")
	late := b.post("/rules/rule_health_drop", mine).is(http.StatusBadRequest, "Somebody else has saved meanwhile", `value="11"`, `name="version" value="2"`)
	late.without("Line 1")
	mine.Set("version", "2")
	b.post("/rules/rule_health_drop", mine).ok("as version 3")
}

func TestPreviewOfARule(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	h.book()
	form := h.ruleForm("rule_health_drop", url.Values{"thresholds.dropPoints": {"12"}, "vary": {"dropPoints"}, "days": {"90"}})
	p := b.post("/rules/preview", form).ok(`id="preview"`, "Doras Initech", "Carls Globex", "Other values of “Drop points”", "in the form", "say nothing about a rule", "Messages by channel and person", "#customer-health", "nothing changes", "What a preview leaves out")
	p.without("TemplFailed")
	if h.rule("rule_health_drop").Version != 1 {
		t.Error("a preview was saved")
	}
	off := h.ruleForm("rule_health_drop", url.Values{"condition": {"client.mrr > 150"}})
	b.post("/rules/preview", off).ok("Doras Initech", "1 alert fewer", "no more")
	fresh := h.formOf(b, "/rules/new?type=custom")
	fresh.Set("condition", "state.health < 35")
	b.post("/rules/preview", fresh).ok("1 alert more", "new", "Doras Initech")
	fresh.Set("condition", "state.health <")
	b.post("/rules/preview", fresh).is(http.StatusBadRequest, "Line 1").without(`id="preview"`)
	none := h.ruleForm("rule_health_drop", url.Values{"filter.minMrr": {"1000000"}})
	b.post("/rules/preview", none).ok("2 alerts fewer", "no more", "below_min_mrr")
}

func TestWhoMayWithRules(t *testing.T) {
	h := newHouse(t)
	h.connected()
	c := h.as(carl)
	c.get("/rules").ok("Health drop", "nav-rules").without(`id="new-rule"`)
	c.get("/rules/rule_health_drop").ok("dropPoints", "15 points").without("<form method=\"post\" action=\"/rules", "<script")
	c.get("/rules/rule_health_drop/history").ok("History")
	for _, path := range []string{"/rules/new", "/rules/new?type=custom", "/rules/rule_health_drop/delete", "/rules/rule_health_drop/restore?version=1", "/routes/line", "/routes/remove?n=1"} {
		c.get(path).is(http.StatusForbidden)
	}
	for _, path := range []string{"/rules", "/rules/rule_health_drop", "/rules/preview", "/rules/rule_health_drop/delete", "/rules/rule_health_drop/restore", "/routes/line", "/routes/move", "/routes/remove", "/routes/restore"} {
		c.post(path, url.Values{"type": {"health_drop"}}).is(http.StatusForbidden)
	}
	h.as(dora).get("/rules/rule_health_drop").ok(`id="save-rule"`)
	l := h.as(lea)
	for _, path := range []string{"/rules", "/rules/rule_health_drop", "/routes", "/silences", "/settings"} {
		l.get(path).is(http.StatusForbidden)
	}
	l.get("/").without("nav-rules", "nav-silences", "nav-settings")
}

func TestRulesThatAreTooLoud(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	now := time.Now()
	h.update(func(tx *store.Tx) error {
		var list []stanna.Alert
		for i := range 12 {
			a := stanna.Alert{Workspace: acme, ID: store.NewID("alr"), RuleID: "rule_health_drop", RuleName: "Health drop", ClientID: "x", Type: stanna.HealthDrop, Severity: stanna.Low, Status: stanna.AlertResolved,
				OpenedAt: now.AddDate(0, 0, -i), UpdatedAt: now, ClosedAt: now, Why: stanna.ReasonResolvedByPerson, Life: stanna.Life{Outcome: stanna.Noise, ClosedBy: ana}}
			if i%2 == 0 {
				a.Outcome = stanna.Saved
			}
			list = append(list, a)
		}
		return tx.PutAlerts(list)
	})
	b.get("/rules").ok("50 % not useful", "0 % unstable", "Too loud", ">7<")
}
