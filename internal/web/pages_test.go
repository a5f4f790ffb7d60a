package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// second makes another workspace in which somebody is an admin too.
func (h *house) second(workspace, email string) {
	h.Helper()
	h.update(func(tx *store.Tx) error {
		if err := tx.AddWorkspace(stanna.Workspace{ID: workspace, Name: workspace, CreatedAt: time.Now()}); err != nil {
			return err
		}
		return tx.SetRole(workspace, h.users[email], stanna.Admin)
	})
}

// connected joins the workspace to the Slack of our own and chooses channels.
func (h *house) connected() *browser {
	h.Helper()
	b := h.as(ana)
	b.post("/integrations/slack/token", url.Values{"token": {botToken}}).ok("Connected to Acme Sandbox")
	h.until("the channels", func() (found bool) {
		h.view(func(tx *store.Tx) (err error) {
			_, found, err = tx.Channel(acme, "T0SANDBOX1", "C0ALERTS01")
			return err
		})
		return found
	})
	b.post("/integrations/slack/settings", url.Values{"default": {"C0HEALTH01"}, "fallback-typed": {"#cs-alerts"}}).ok("The channels are saved")
	return b
}

var everyPage = []string{"/", "/clients", "/clients?q=glo&page=2", "/alerts", "/alerts?status=resolved", "/alerts?status=all&page=9", "/alerts?status=nonsense",
	"/notifications", "/notifications?status=dead", "/notifications?status=waiting", "/notifications?status=delivered", "/integrations", "/integrations/slack",
	"/integrations/slack?result=cancelled", "/integrations/slack?result=whatever", "/integrations/slack?test=ntf_none", "/integrations/slack/check", "/integrations/slack/disconnect", "/integrations/keys", "/welcome",
	"/alerts?status=taken_up", "/alerts?status=snoozed&type=health_drop&severity=high&rule=x", "/notifications?status=held", "/notifications?status=spared", "/surges", "/rules", "/rules/new", "/rules/rule_health_drop/history",
	"/rules/rule_health_drop/delete", "/routes", "/routes/line", "/routes/history", "/silences", "/silences/new", "/settings", "/settings/people", "/me", "/digests", "/digests/plan", "/alerts?status=all&since=2026-11-16", "/alerts?since=soon",
	"/integrations/stripe", "/integrations/stripe?result=cancelled", "/integrations/stripe/customers", "/integrations/stripe/customers?state=matched&q=x", "/integrations/stripe/events", "/integrations/stripe/events?state=failed&before=in_9",
	"/integrations/sources", "/integrations/sources/new", "/integrations/sources/new?kind=intercom", "/integrations/sources/new?kind=own", "/integrations/sources/gaps", "/integrations/sources/gaps?lacks=mrr&page=3", "/integrations/sources/gaps?lacks=nonsense",
	"/integrations/webhooks", "/integrations/webhooks/new", "/integrations/webhooks/new?kind=mail", "/integrations/deliveries", "/integrations/deliveries?state=failed&type=alert.opened", "/integrations/deliveries?state=x&type=y&before=z"}

func TestEveryPageOfAnEmptyHouse(t *testing.T) {
	h := newHouse(t)
	b := h.as(ana)
	for _, path := range everyPage {
		p := b.get(path).ok("<h1", `id="who"`)
		p.without("TemplFailed", "<script", "style=")
	}
	b.get("/").ok(`id="first-steps"`, `id="step-connect"`, "Connect Slack", "curl "+h.server.URL+"/api/signals", "Nobody, as far as the signals tell")
	b.get("/clients").ok("No clients yet")
	b.get("/alerts").ok("Nobody needs you now")
	b.get("/notifications?status=dead").ok("Everything arrived")
	b.get("/integrations/slack").ok(`id="connect-form"`, `action="/api/integrations/slack/start"`, `value="private_channels"`, "groups:read", `id="token-form"`).without(`id="settings-form"`)
	b.get("/integrations/slack?result=cancelled").ok("Cancel was pressed")
	b.get("/integrations/slack/check").ok(`id="check-connected"`, "Slack is not connected.")
}

func TestEveryPageOfALivedInHouse(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	h.client(stanna.Client{ID: "globex", Name: "Globex", MRR: stanna.MoneyOf(12400, "USD"), CSMOwner: carl, Tier: "growth", RenewalDate: time.Now().AddDate(0, 0, 52).Format(time.DateOnly),
		Contacts: []stanna.Contact{{Name: "Maria Costa", Email: "maria@globex.example", Primary: true}}, Tags: []string{"emea"}, Custom: map[string]any{"seats": 120.0}})
	alert := h.fall("globex", 60, 38)
	h.signal("e1", "globex", stanna.EngagementMeasuredType, time.Now().Add(-25*time.Hour), `{"value":190,"unit":"sessions"}`)
	h.signal("e2", "globex", stanna.EngagementMeasuredType, time.Now().Add(-time.Hour), `{"value":118,"unit":"sessions"}`)
	h.signal("s1", "globex", stanna.SentimentDetectedType, time.Now().Add(-time.Hour), `{"score":-1.2,"quote":"Third time I ask.","author":"Maria Costa","url":"https://support.example.com/tickets/118"}`)
	h.signal("i1", "globex", stanna.InteractionLoggedType, time.Now().Add(-2*time.Hour), `{"type":"call","summary":"They are unsure.","author":"Rui Dias","url":"https://calls.example.com/7"}`)
	h.until("the message", func() bool { return len(h.sandbox.Messages()) == 1 })
	h.signal("worse", "globex", stanna.HealthScoredType, time.Now().Add(-time.Minute), `{"score":20}`)
	h.until("the delivery", func() bool { return h.counts()[stanna.Delivered] == 2 })

	for _, path := range append(everyPage, "/clients/globex", "/alerts/"+alert) {
		b.get(path).ok("<h1", `id="who"`).without("TemplFailed", "<script", "style=")
	}
	b.get("/").ok("Globex", "Critical", "#customer-health", "Connected").without(`id="first-steps"`, "Not told yet")
	b.get("/clients").ok("Globex", "$12,400", "Red", carl, "in 52 days", `href="/clients/globex"`)
	b.get("/clients?q=GLO").ok("Globex")
	b.get("/clients?q=nothing").ok("No client fits")
	b.get("/clients/globex").ok("Globex", `<svg viewBox`, "Usage", "118 sessions", "Third time I ask.", "Maria Costa", "seats",
		`Said by <bdi dir="auto">Maria Costa</bdi>`, `href="https://support.example.com/tickets/118" rel="noopener noreferrer"`, `<bdi dir="auto">Rui Dias</bdi>`, "https://calls.example.com/7",
		"Opened an alert", "Made an alert worse",
		"More than 48 hours old on arrival", "Open in Slack", "health.scored")
	b.get("/alerts/"+alert).ok("Why this alert", "Health entered the red zone.", "entered_red", "dropPoints", "15 points", "Who was told", "Delivered", "Sent to Slack.", "Timeline", "Alert opened, ",
		"No rule names another place", `class="moment opened"`, `class="moment base"`, "opened at 38")
	b.get("/alerts").ok("Globex", alertPath(alert))
	b.get("/notifications").ok("#customer-health", "Got worse", "The message in Slack was updated.")
	b.get("/integrations").ok("Acme Sandbox")

	h.signal("back", "globex", stanna.HealthScoredType, time.Now(), `{"score":75}`)
	h.until("the end", func() bool { return h.counts()[stanna.Delivered] == 3 })
	b.get("/alerts").ok("Nobody needs you now")
	b.get("/alerts?status=resolved").ok("Recovered", "→ 20 → 75")
	b.get("/alerts/"+alert).ok("It closed because", "Recovered")
	b.get("/clients/globex").ok("Closed an alert", "Closed alerts")
}

func (h *house) counts() (counts map[stanna.NotificationStatus]int) {
	h.Helper()
	h.view(func(tx *store.Tx) (err error) { counts, err = tx.NotificationCounts(acme); return err })
	return counts
}

func TestWhatIsNotThere(t *testing.T) {
	h := newHouse(t)
	h.second("globex.com", carl)
	_, err := h.intake.PutClients(t.Context(), "globex.com", "test", []stanna.Client{{ID: "foreign", Name: "Foreign"}})
	h.must(err)
	b := h.as(ana)
	for _, path := range []string{"/clients/none", "/clients/foreign", "/alerts/alr_none", "/alerts?group=sum_none", "/alerts?group=%22%3E", "/nothing", "/clients/a/b", "/.env"} {
		b.get(path).is(http.StatusNotFound, "Not found", `id="request-id"`, `id="who"`)
	}
	h.browser().get("/nothing").is(http.StatusNotFound, "Not found").without(`id="who"`)
	b.post("/notifications/ntf_none/resend", nil).ok("Notification not found", `id="flash-bad"`)
	b.post("/clients", nil).is(http.StatusNotFound)
}

func TestTroubleOfOursIsNotShown(t *testing.T) {
	h := newHouse(t)
	w := &recorder{header: http.Header{}}
	r, _ := http.NewRequest(http.MethodGet, "/clients", nil)
	h.site.open(func(*visit) (answer, error) { return answer{}, errors.New("pq: password of ana leaked") }).ServeHTTP(w, r)
	id := w.header.Get("X-Request-Id")
	if w.status != http.StatusInternalServerError || id == "" || !strings.Contains(w.body.String(), id) || strings.Contains(w.body.String(), "leaked") {
		t.Errorf("%d %q %s", w.status, id, w.body.String())
	}
}

type recorder struct {
	header http.Header
	status int
	body   strings.Builder
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }

func TestHostileCustomersAreText(t *testing.T) {
	h := newHouse(t)
	b := h.connected()
	const script = `<script>alert(1)</script>`
	evil := "\u202eevil " + script + `" onmouseover="x`
	h.client(stanna.Client{ID: "evil'&%22", Name: evil, Domain: script, Tier: script, CSMOwner: "a@b" + script, Tags: []string{script}, Custom: map[string]any{script: script},
		Contacts: []stanna.Contact{{Name: script, Email: script, Title: script}}})
	h.client(stanna.Client{ID: "long", Name: strings.Repeat("W", 5000)})
	h.client(stanna.Client{ID: "arabic", Name: "شركة الاختبار (تجربة)"})
	alert := h.fall("evil'&%22", 60, 20)
	h.signal("x1", "evil'&%22", stanna.SentimentDetectedType, time.Now(), `{"score":-1,"quote":"</blockquote><script>alert(1)</script>","author":"</bdi><script>alert(1)</script>","url":"https://a.example/?'onmouseover=x"}`)
	h.signal("x2", "evil'&%22", "custom.thing", time.Now(), `{"a":"<script>alert(1)</script>"}`)
	h.update(func(tx *store.Tx) error {
		w, err := tx.Workspace(acme)
		if err != nil {
			return err
		}
		w.Name, w.Settings.ClientURLTemplate = script, "https://crm.example.com/{id}?x={domain}"
		if err := tx.PutSettings(w); err != nil {
			return err
		}
		rules, err := tx.Rules(acme)
		if err != nil {
			return err
		}
		rules[0].Playbook, rules[0].Name = "javascript:alert(1)", script
		return tx.PutRule(rules[0], stanna.ActorSystem, time.Now())
	})
	for _, path := range []string{"/", "/clients", "/clients?q=" + url.QueryEscape(script), "/clients/" + url.PathEscape("evil'&%22"), "/clients/long", "/clients/arabic", "/alerts", "/alerts/" + alert, "/notifications",
		"/clients/" + url.PathEscape("evil'&%22") + "/why?rule=rule_health_drop", "/alerts/" + alert + "/take", "/alerts?status=taken_up", "/rules", "/rules/rule_health_drop/history", "/rules/rule_health_drop/delete",
		"/silences", "/silences/new?only=" + url.QueryEscape("evil'&%22"), "/routes?client=" + url.QueryEscape(script), "/settings/people", "/me", "/surges", "/settings"} {
		p := b.get(path).ok()
		p.without("<script", `" onmouseover`, `href="javascript`)
		title := p.body[strings.Index(p.body, "<title>"):strings.Index(p.body, "</title>")]
		if strings.ContainsRune(title, '\u202e') || len(title) > 400 {
			t.Errorf("%s has the title %q", path, title)
		}
	}
	b.get("/rules/rule_health_drop").ok("&lt;script&gt;").without(script)
	b.get("/clients").ok(`<bdi dir="auto" class="name">`, "شركة", "/clients/evil%27&amp;%2522")
	b.get("/alerts/"+alert).ok("The rule was changed since (version 1 opened this alert, it is version 2 now)", "javascript:alert(1)")
}

func TestListsHavePages(t *testing.T) {
	h := newHouse(t)
	var clients []stanna.Client
	for _, a := range "abcdefghijklmnopqrstuvwxyz" {
		clients = append(clients, stanna.Client{ID: "x" + string(a), Name: "Client " + string(a)}, stanna.Client{ID: "y" + string(a), Name: "Other " + string(a)})
	}
	_, err := h.intake.PutClients(t.Context(), acme, "test", clients)
	h.must(err)
	b := h.as(ana)
	b.get("/clients").ok("1–25 of 52 clients", `href="/clients?page=2"`).without("page-before")
	b.get("/clients?page=3").ok("51–52 of 52 clients", `href="/clients?page=2"`).without("page-after")
	b.get("/clients?q=other&page=2").ok("26–26 of 26 clients", `href="/clients?q=other"`)
	b.get("/clients?page=99999999999").ok("1–25 of 52")
	b.get("/clients?page=50").ok("No more clients", `href="/clients?page=3"`)
}
