package api

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/connect"
	"github.com/gostanna/stanna/internal/press"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/source"
	"github.com/gostanna/stanna/internal/store"
	"github.com/gostanna/stanna/internal/stripe/stripetest"
)

// prepared are the operations that ask for more than the address and the body
// of their example: a signature, or a date that is not over.
var prepared = map[string]func(st *stage, body any, options []with) (any, []with){
	"postIntegrationsSlackEvents":       signedBySlack,
	"postIntegrationsSlackInteractions": signedBySlack,
	"postIntegrationsStripeWebhookByWorkspace": func(st *stage, body any, options []with) (any, []with) {
		return body, append(options, header("Stripe-Signature", stripetest.Sign(st.stripe.Endpoints()[0].Secret, st.now(), []byte(fmt.Sprint(body)))))
	},
	"postInBySource": func(st *stage, body any, options []with) (any, []with) {
		return body, append(options, header("Authorization", "Bearer "+sourceSecret))
	},
	"postSilences": func(st *stage, body any, options []with) (any, []with) {
		return strings.ReplaceAll(fmt.Sprint(body), "2027-01-08", st.now().AddDate(0, 1, 0).Format(time.DateOnly)), options
	},
}

const sourceSecret = "a-token-of-the-other-tool"

// furnish builds the rooms that a stage does without: the desk for presses,
// Stripe and the sources.
func furnish(t *testing.T, billing *stripetest.Fake) func(*Options) {
	return func(o *Options) {
		stripe := httptest.NewServer(billing)
		t.Cleanup(stripe.Close)
		o.Desk = press.New(press.Options{Store: o.Store, Intake: o.Intake, Auth: o.Auth, Line: o.Line, Clock: o.Clock, Count: func(string) {}, Log: o.Log, PublicURL: o.PublicURL})
		t.Cleanup(o.Desk.Close)
		o.Stripe = connect.NewStripe(connect.StripeOptions{Store: o.Store, HTTP: stripe.Client(), URL: stripe.URL, ConnectURL: stripe.URL, PublicURL: o.PublicURL, Now: o.Clock.Real,
			AfterConnect: func(context.Context, string, string) error { return nil }})
		o.Sources = source.New(source.Options{Store: o.Store, Intake: o.Intake, Auth: o.Auth, Clock: o.Clock, Wake: func(...string) {}, Count: func(string, stanna.ParcelState) {}, Log: o.Log,
			HTTP: stripe.Client(), StripeURL: stripe.URL, Signing: o.Stripe.Signing, PublicURL: o.PublicURL})
	}
}

// sources adds what examples of sources and of Stripe name: the source src_one
// with its body in_one, which failed, and Stripe's customer cus_one.
func (st *stage) sources() {
	st.Helper()
	now := st.now()
	st.must(st.store.Update(context.Background(), func(tx *store.Tx) error {
		if err := tx.PutSource(stanna.Source{Workspace: acme, ID: "src_one", Name: "HubSpot", Kind: "hubspot", Scheme: "token", Secret: sourceSecret, QuietFor: 24 * time.Hour,
			Mapping:   stanna.Mapping{Client: stanna.ClientMapping{Domain: "body.domain"}, Signals: []stanna.SignalMapping{{Type: stanna.InteractionLoggedType, Data: map[string]string{"type": `"email"`}}}},
			CreatedAt: now, UpdatedAt: now}); err != nil {
			return err
		}
		p, _, err := tx.AddParcel(stanna.Parcel{Workspace: acme, ID: "in_one", SourceID: "src_one", CameAt: now, Body: []byte(`{"domain":"nobody.example"}`), State: stanna.ParcelWaiting})
		if err != nil {
			return err
		}
		p.State, p.OpenedAt, p.Result = stanna.ParcelFailed, now, stanna.ParcelResult{Errors: []string{"no client has the domain nobody.example"}}
		if err := tx.EndParcel(p); err != nil {
			return err
		}
		return tx.PutStripeCustomers(stanna.StripeCustomer{Workspace: acme, ID: "cus_one", Name: "Soylent Corp", Email: "billing@soylent.example", SeenAt: now})
	}))
}

// signedBySlack signs a body as Slack does.
func signedBySlack(st *stage, body any, options []with) (any, []with) {
	at := strconv.FormatInt(st.now().Unix(), 10)
	return body, append(options, header("X-Slack-Request-Timestamp", at), header("X-Slack-Signature", sandbox.Sign(st.cfg.App.SigningSecret, at, []byte(fmt.Sprint(body)))))
}

// world fills a workspace with a little of everything, under ids that
// examples can name: the clients globex (which fell), hooli, umbrella and
// soylent; ana@acme.com, an admin, and bo@acme.com, a csm; alerts alr_fell,
// alr_take, alr_assign, alr_snooze and alr_resolve; the dead notification
// ntf_dead; surges srg_release and srg_discard; the silence sil_one; the API
// key key_old; the endpoint ep_one and the delivery dlv_one to it, which
// failed; the source src_one with the body in_one, and Stripe's customer
// cus_one, not connected yet; a routing table and a template for health_drop; Slack connected,
// with #customer-health as the default channel.
func (st *stage) world() {
	st.Helper()
	st.connectSlack("owners")
	st.until("the list of channels", func() bool {
		var list struct{ Channels []channelView }
		st.ask("GET", "/api/integrations/slack/channels", nil).want(200, &list)
		return len(list.Channels) > 0
	})
	st.ask("PUT", "/api/integrations/slack/settings", map[string]any{"defaultChannel": "#customer-health"}).want(200)
	st.member("bo@acme.com", stanna.CSM)
	day := func(ahead int) string { return st.now().AddDate(0, 0, ahead).Format(time.DateOnly) }
	for id, body := range map[string]map[string]any{
		"globex": {"name": "Globex Corporation", "domain": "globex.example", "mrr": 12400.5, "tier": "enterprise", "csmOwner": "bo@acme.com", "renewalDate": day(52), "renewalTermMonths": 12,
			"contacts": []any{map[string]any{"name": "Maria Costa", "email": "maria@globex.example", "title": "Head of Operations", "primary": true}}, "tags": []string{"trial"}},
		"hooli":    {"name": "Hooli", "domain": "hooli.example", "mrr": 5400, "csmOwner": "bo@acme.com", "renewalDate": day(20)},
		"umbrella": {"name": "Umbrella", "domain": "umbrella.example", "mrr": 900, "csmOwner": "ana@acme.com"},
		"soylent":  {"name": "Soylent", "domain": "soylent.example", "mrr": 700},
	} {
		st.ask("PUT", "/api/clients/"+id, body).want(201)
	}
	n := 0
	signal := func(client, kind string, ago time.Duration, data map[string]any) map[string]any {
		n++
		return map[string]any{"id": fmt.Sprintf("evt-%d", n), "clientId": client, "type": kind, "occurredAt": st.now().Add(-ago).Format(time.RFC3339), "source": "Pulse", "data": data}
	}
	const hour, days = time.Hour, 24 * time.Hour
	usage := []any{map[string]any{"name": "Usage", "detail": "118 a day, usually 200", "impact": -22}, map[string]any{"name": "Tickets", "detail": "3 open", "impact": -4}}
	st.ask("POST", "/api/signals", []any{
		signal("globex", "health.scored", 9*days, map[string]any{"score": 64}), signal("hooli", "health.scored", 9*days, map[string]any{"score": 60}),
		signal("umbrella", "health.scored", 9*days, map[string]any{"score": 55}),
		signal("globex", "health.scored", hour, map[string]any{"score": 38, "factors": usage}), signal("hooli", "health.scored", hour, map[string]any{"score": 78}),
		signal("globex", "interaction.logged", 2*hour, map[string]any{"type": "email", "subject": "The export", "from": "maria@globex.example", "to": "bo@acme.com", "summary": "She asks when it is there"}),
		signal("globex", "sentiment.detected", 3*hour, map[string]any{"score": -1.2, "quote": "This is the third time that we ask", "author": "Maria Costa"}),
		signal("hooli", "usage.measured", hour, map[string]any{"name": "seats", "used": 92, "limit": 100}),
	}).want(200)
	st.endpoints()
	st.sources()
	st.ask("PUT", "/api/routes", map[string]any{"routes": []any{map[string]any{"to": []string{"#customer-health"}}}}).want(200)
	st.ask("PUT", "/api/templates/health_drop", map[string]any{"subject": "{{ client.name }} fell", "body": "It fell.", "fields": []any{}, "buttons": []any{}}).want(201)
	st.ask("PUT", "/api/rules/rule_health_drop", map[string]any{"playbook": "Call the sponsor today\nOffer a review of their set-up"}).want(200)

	now := st.now()
	to := stanna.SlackChannel(st.cfg.Team.ID, "C0HEALTH01")
	var alerts []stanna.Alert
	for i, id := range []string{"alr_fell", "alr_take", "alr_assign", "alr_snooze", "alr_resolve"} {
		client := "soylent"
		if i == 0 {
			client = "globex"
		}
		alerts = append(alerts, stanna.Alert{Workspace: acme, ID: id, RuleID: "rule_" + id, RuleVersion: 1, RuleName: "Health drop", ClientID: client, Type: stanna.HealthDrop, Severity: stanna.High,
			Status: stanna.AlertOpen, OpenedAt: now.Add(-hour), UpdatedAt: now.Add(-hour), Why: stanna.ReasonFellFar,
			Evidence: stanna.Evidence{Trigger: stanna.ReasonFellFar, Base: 64, BaseAt: now.Add(-9 * days), Opened: 38, Value: 38, ValueAt: now.Add(-hour), Worst: 38, Told: 38, Source: "Pulse"}})
	}
	st.must(st.store.Update(context.Background(), func(tx *store.Tx) error {
		if err := tx.PutAlerts(alerts); err != nil {
			return err
		}
		for _, id := range []string{"srg_release", "srg_discard"} {
			if err := tx.PutSurge(stanna.Surge{Workspace: acme, ID: id, Type: stanna.HealthDrop, Source: id, Status: stanna.SurgeHolding, Clients: 12, Book: 200, BeganAt: now, Until: now.Add(hour), UpdatedAt: now}); err != nil {
				return err
			}
		}
		if err := tx.PutMessages(stanna.Message{Workspace: acme, ID: "msg_dead", Kind: stanna.Test, Destination: to, Intended: to, Revision: 1, CreatedAt: now}); err != nil {
			return err
		}
		if err := tx.AddNotifications(stanna.Notification{Workspace: acme, ID: "ntf_dead", MessageID: "msg_dead", Destination: to, Event: stanna.Sample, Severity: stanna.Info,
			Revision: 1, Status: stanna.Dead, Detail: "Invite the app to the channel", Attempts: 1, CreatedAt: now}); err != nil {
			return err
		}
		if err := tx.AddSilence(stanna.Silence{Workspace: acme, ID: "sil_one", Matcher: stanna.Matcher{Filter: stanna.Filter{Only: []string{"soylent"}}}, Author: "ana@acme.com", Comment: "They move offices",
			StartsAt: now, EndsAt: now.Add(days), CreatedAt: now}); err != nil {
			return err
		}
		return tx.AddKey(stanna.APIKey{Workspace: acme, ID: "key_old", Name: "Old", Masked: "sk-abc123...xyz789", Scopes: []stanna.Scope{stanna.ScopeRead}, CreatedAt: now}, store.KeyHash{1})
	}))
}
