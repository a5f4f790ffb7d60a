package web

import (
	"net/http"

	"github.com/gostanna/stanna/internal/auth"
)

// routes is every address that a person can go to, with what it takes.
func (s *site) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /static/{name}", s.assets)
	mux.HandleFunc("GET /favicon.ico", s.assets.favicon)

	// For everybody.
	mux.Handle("GET /sign-in", s.open(s.signInPage))
	mux.Handle("POST /sign-in", s.open(s.signIn))
	mux.Handle("GET /sign-in/link", s.open(s.linkPage))
	mux.Handle("POST /sign-in/link", s.open(s.useLink))
	mux.Handle("POST /sign-out", s.open(s.signOut))
	mux.Handle("/", s.open(s.nowhere))

	// For whoever is signed in and may.
	mux.Handle("GET /welcome", s.page(signedIn, s.welcomePage))
	mux.Handle("POST /welcome", s.page(signedIn, s.welcome))
	mux.Handle("POST /workspace", s.page(signedIn, s.chooseWorkspace))

	mux.Handle("GET /{$}", s.page(auth.ReadFigures, s.overview))
	mux.Handle("GET /clients", s.page(auth.ReadClients, s.clients))
	mux.Handle("GET /clients/{id}", s.page(auth.ReadClients, s.client))
	mux.Handle("GET /clients/{id}/why", s.page(auth.ReadInteractions, s.whyPage))
	mux.Handle("POST /clients/{id}/follow", s.page(auth.ActOnAlerts, s.follow))
	mux.Handle("POST /clients/{id}/notify", s.page(auth.NotifyClients, s.sendState))
	mux.Handle("GET /alerts", s.page(auth.ReadClients, s.alerts))
	mux.Handle("GET /alerts/{id}", s.page(auth.ReadClients, s.alert))
	mux.Handle("GET /alerts/{id}/{act}", s.page(auth.ActOnAlerts, s.actPage)) // take, assign, snooze, resolve, reached, judge
	mux.Handle("POST /alerts/{id}/{act}", s.page(auth.ActOnAlerts, s.act))

	mux.Handle("GET /surges", s.page(auth.ReadClients, s.surges))
	mux.Handle("GET /surges/{id}", s.page(auth.ReadClients, s.surge))
	mux.Handle("GET /surges/{id}/{end}", s.page(auth.ActOnAlerts, s.endSurgePage)) // release, discard
	mux.Handle("POST /surges/{id}/{end}", s.page(auth.ActOnAlerts, s.endSurge))

	mux.Handle("GET /rules", s.page(auth.ReadRules, s.rules))
	mux.Handle("POST /rules", s.page(auth.WriteRules, s.saveRule))
	mux.Handle("GET /rules/new", s.page(auth.WriteRules, s.newRulePage))
	mux.Handle("POST /rules/check", s.page(auth.ReadRules, s.checkExpression))
	mux.Handle("POST /rules/preview", s.page(auth.WriteRules, s.previewRule))
	mux.Handle("GET /rules/{id}", s.page(auth.ReadRules, s.rule))
	mux.Handle("POST /rules/{id}", s.page(auth.WriteRules, s.saveRule))
	mux.Handle("GET /rules/{id}/history", s.page(auth.ReadRules, s.ruleHistory))
	mux.Handle("GET /rules/{id}/restore", s.page(auth.WriteRules, s.restoreRulePage))
	mux.Handle("POST /rules/{id}/restore", s.page(auth.WriteRules, s.restoreRule))
	mux.Handle("GET /rules/{id}/delete", s.page(auth.WriteRules, s.deleteRulePage))
	mux.Handle("POST /rules/{id}/delete", s.page(auth.WriteRules, s.deleteRule))

	mux.Handle("GET /routes", s.page(auth.ReadRules, s.routing))
	mux.Handle("GET /routes/line", s.page(auth.WriteRules, s.routeLinePage))
	mux.Handle("POST /routes/line", s.page(auth.WriteRules, s.saveRouteLine))
	mux.Handle("POST /routes/move", s.page(auth.WriteRules, s.moveRouteLine))
	mux.Handle("GET /routes/remove", s.page(auth.WriteRules, s.removeRouteLinePage))
	mux.Handle("POST /routes/remove", s.page(auth.WriteRules, s.removeRouteLine))
	mux.Handle("GET /routes/history", s.page(auth.ReadRules, s.routesHistory))
	mux.Handle("GET /routes/restore", s.page(auth.WriteRules, s.restoreRoutesPage))
	mux.Handle("POST /routes/restore", s.page(auth.WriteRules, s.restoreRoutes))

	mux.Handle("GET /templates", s.page(auth.ReadRules, s.templates))
	mux.Handle("GET /templates/new", s.page(auth.WriteRules, s.newTemplate))
	mux.Handle("GET /templates/{type}", s.page(auth.ReadRules, s.template))
	mux.Handle("POST /templates/{type}", s.page(auth.WriteRules, s.saveTemplate))
	mux.Handle("POST /templates/{type}/preview", s.page(auth.WriteRules, s.previewTemplate))
	mux.Handle("POST /templates/{type}/send", s.page(auth.WriteRules, s.tryTemplate))
	mux.Handle("GET /templates/{type}/history", s.page(auth.ReadRules, s.templateHistory))
	mux.Handle("GET /templates/{type}/restore", s.page(auth.WriteRules, s.restoreTemplatePage))
	mux.Handle("POST /templates/{type}/restore", s.page(auth.WriteRules, s.restoreTemplate))
	mux.Handle("GET /templates/{type}/delete", s.page(auth.WriteRules, s.deleteTemplatePage))
	mux.Handle("POST /templates/{type}/delete", s.page(auth.WriteRules, s.deleteTemplate))

	mux.Handle("GET /silences", s.page(auth.ReadRules, s.silences))
	mux.Handle("GET /silences/new", s.page(auth.ActOnAlerts, s.newSilencePage))
	mux.Handle("POST /silences", s.page(auth.ActOnAlerts, s.newSilence))
	mux.Handle("GET /silences/{id}/end", s.page(auth.ActOnAlerts, s.endSilencePage))
	mux.Handle("POST /silences/{id}/end", s.page(auth.ActOnAlerts, s.endSilence))

	mux.Handle("GET /digests", s.page(auth.ReadSettings, s.digests))
	mux.Handle("GET /digests/plan", s.page(auth.WriteSettings, s.digestPlanPage))
	mux.Handle("POST /digests/plan", s.page(auth.WriteSettings, s.saveDigestPlan))
	mux.Handle("GET /digests/remove", s.page(auth.WriteSettings, s.removeDigestPage))
	mux.Handle("POST /digests/remove", s.page(auth.WriteSettings, s.removeDigest))
	mux.Handle("GET /digests/preview", s.page(auth.ReadSettings, s.previewDigest))
	mux.Handle("POST /digests/send", s.page(auth.ResendDeliveries, s.sendDigest))

	mux.Handle("GET /notifications", s.page(auth.ReadDeliveries, s.notifications))
	mux.Handle("POST /notifications/{id}/resend", s.page(auth.ResendDeliveries, s.resend))

	mux.Handle("GET /settings", s.page(auth.ReadSettings, s.settings))
	mux.Handle("POST /settings", s.page(auth.WriteSettings, s.saveSettings))
	mux.Handle("GET /settings/messages", s.page(auth.ReadSettings, s.audience))
	mux.Handle("POST /settings/messages", s.page(auth.WriteSettings, s.saveAudience))
	mux.Handle("GET /settings/people", s.page(auth.ReadSettings, s.team))
	mux.Handle("GET /settings/people/{email}", s.page(auth.WriteRules, s.personPage))
	mux.Handle("POST /settings/people/{email}", s.page(auth.WriteRules, s.savePerson))
	mux.Handle("GET /me", s.page(signedIn, s.mePage))
	mux.Handle("POST /me", s.page(signedIn, s.saveMe))

	mux.Handle("GET /integrations", s.page(auth.ReadConnections, s.integrations))
	mux.Handle("GET /integrations/slack", s.page(auth.ReadConnections, s.slack))
	mux.Handle("GET /integrations/slack/check", s.page(auth.Connect, s.slackCheck))
	mux.Handle("POST /integrations/slack/token", s.page(auth.Connect, s.slackToken))
	mux.Handle("POST /integrations/slack/settings", s.page(auth.Connect, s.slackSettings))
	mux.Handle("POST /integrations/slack/channels", s.page(auth.Connect, s.slackChannels))
	mux.Handle("POST /integrations/slack/test", s.page(auth.Connect, s.slackTest))
	mux.Handle("POST /integrations/slack/buttons", s.page(auth.Connect, s.slackButtons))
	mux.Handle("GET /integrations/slack/disconnect", s.page(auth.Connect, s.slackDisconnectPage))
	mux.Handle("POST /integrations/slack/disconnect", s.page(auth.Connect, s.slackDisconnect))

	mux.Handle("GET /integrations/stripe", s.page(auth.ReadConnections, s.stripePage))
	mux.Handle("POST /integrations/stripe/key", s.page(auth.Connect, s.stripeKey))
	mux.Handle("POST /integrations/stripe/signing", s.page(auth.Connect, s.stripeSigning))
	mux.Handle("GET /integrations/stripe/sync", s.page(auth.ReadConnections, s.stripeSync))
	mux.Handle("POST /integrations/stripe/sync", s.page(auth.Connect, s.beginStripeSync))
	mux.Handle("GET /integrations/stripe/customers", s.page(auth.ReadConnections, s.stripeCustomers))
	mux.Handle("GET /integrations/stripe/customers/{customer}", s.page(auth.ReadConnections, s.stripeCustomer))
	mux.Handle("POST /integrations/stripe/customers/{customer}", s.page(auth.Connect, s.matchCustomer))
	mux.Handle("GET /integrations/stripe/events", s.page(auth.Connect, s.stripeEventsPage))
	mux.Handle("POST /integrations/stripe/events/open", s.page(auth.Connect, s.openParcels))
	mux.Handle("GET /integrations/stripe/events/{body}", s.page(auth.Connect, s.parcel))
	mux.Handle("POST /integrations/stripe/events/{body}/open", s.page(auth.Connect, s.openParcels))
	mux.Handle("GET /integrations/stripe/disconnect", s.page(auth.Connect, s.stripeDisconnectPage))
	mux.Handle("POST /integrations/stripe/disconnect", s.page(auth.Connect, s.stripeDisconnect))

	mux.Handle("GET /integrations/sources", s.page(auth.ReadConnections, s.sourceList))
	mux.Handle("POST /integrations/sources", s.page(auth.Connect, s.addSource))
	mux.Handle("GET /integrations/sources/new", s.page(auth.Connect, s.newSourcePage))
	mux.Handle("GET /integrations/sources/{id}", s.page(auth.ReadConnections, s.sourcePage))
	mux.Handle("POST /integrations/sources/{id}", s.page(auth.Connect, s.saveSource))
	mux.Handle("POST /integrations/sources/{id}/pause", s.page(auth.Connect, s.pauseSource))
	mux.Handle("GET /integrations/sources/{id}/rotate", s.page(auth.Connect, s.rotateSourcePage))
	mux.Handle("POST /integrations/sources/{id}/rotate", s.page(auth.Connect, s.rotateSource))
	mux.Handle("GET /integrations/sources/{id}/mapping", s.page(auth.Connect, s.mappingPage))
	mux.Handle("POST /integrations/sources/{id}/mapping", s.page(auth.Connect, s.saveMapping))
	mux.Handle("POST /integrations/sources/{id}/mapping/try", s.page(auth.Connect, s.tryMapping))
	mux.Handle("POST /integrations/sources/{id}/bodies/open", s.page(auth.Connect, s.openParcels))
	mux.Handle("GET /integrations/sources/{id}/bodies/{body}", s.page(auth.Connect, s.parcel))
	mux.Handle("POST /integrations/sources/{id}/bodies/{body}/open", s.page(auth.Connect, s.openParcels))
	mux.Handle("GET /integrations/sources/{id}/delete", s.page(auth.Connect, s.deleteSourcePage))
	mux.Handle("POST /integrations/sources/{id}/delete", s.page(auth.Connect, s.deleteSource))

	mux.Handle("GET /integrations/keys", s.page(auth.ManageKeys, s.keys))
	mux.Handle("POST /integrations/keys", s.page(auth.ManageKeys, s.makeKey))
	mux.Handle("POST /integrations/keys/{id}/revoke", s.page(auth.ManageKeys, s.revokeKey))
	return mux
}
