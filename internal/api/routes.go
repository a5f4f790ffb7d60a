package api

import "github.com/gostanna/stanna/internal/auth"

// routes is the whole door: address, permission ("" lets anybody come),
// purpose, handler.
func (a *api) routes() []route {
	signals := bare(signalsPattern, auth.SendSignals, "Send signals: one, an array, or lines", a.postSignals, describeSignals)
	signals.signals = true
	events := bare("POST /api/integrations/slack/events", "", "Slack's notices", a.slackEvents, describeEvents)
	events.unlimited = true // Slack's own pace; what is not signed is cheap to refuse
	return []route{
		signals,

		typed("GET /api/clients", auth.ReadClients, "List clients", a.listClients),
		typed("GET /api/clients/{id}", auth.ReadClients, "A client with what is known of it", a.getClient),
		also(201, typed("PUT /api/clients/{id}", auth.WriteClients, "Create or replace a client", a.putClient)),
		bare("POST /api/clients/import", auth.WriteClients, "Import clients from CSV", a.importClients, describeImport),

		typed("GET /api/alerts", auth.ReadClients, "List alerts", a.listAlerts),
		typed("GET /api/alerts/{id}", auth.ReadClients, "An alert, its evidence and its history", a.getAlert),
		typed("GET /api/notifications", auth.ReadDeliveries, "The log of notifications", a.listNotifications),
		also(202, typed("POST /api/notifications/{id}/resend", auth.ResendDeliveries, "Send a dead notification again", a.resend)),
		also(202, typed("POST /api/notifications/test", auth.Connect, "Send a test message", a.testNotification)),

		typed("GET /api/rules", auth.ReadRules, "List rules", a.listRules),
		typed("GET /api/rules/{id}", auth.ReadRules, "A rule", a.getRule),
		typed("PUT /api/rules/{id}", auth.WriteRules, "Change a rule", a.putRule),
		typed("GET /api/alert-types", auth.ReadRules, "What rules can watch, with every threshold", a.listAlertTypes),

		typed("GET /api/settings", auth.ReadSettings, "The settings", a.getSettings),
		typed("PUT /api/settings", auth.WriteSettings, "Change settings", a.putSettings),
		typed("GET /api/settings/api-keys", auth.ManageKeys, "List API keys", a.listKeys),
		typed("POST /api/settings/api-keys", auth.ManageKeys, "Make an API key", a.makeKey),
		typed("DELETE /api/settings/api-keys/{keyId}", auth.ManageKeys, "Revoke an API key", a.revokeKey),

		typed("GET /api/integrations/status", auth.ReadConnections, "Every integration in short", a.integrations),
		bare("GET /api/integrations/slack/start", "", "Connect Slack", a.slackStart, describeStart),
		bare("GET /api/integrations/slack/callback", "", "The way back from Slack", a.slackCallback, describeCallback),
		typed("GET /api/integrations/slack/status", auth.ReadConnections, "The Slack connection in short", a.slackStatus),
		typed("GET /api/integrations/slack/channels", auth.ReadConnections, "Slack channels to choose from", a.slackChannels),
		typed("PUT /api/integrations/slack/settings", auth.Connect, "Choose Slack channels", a.putSlackSettings),
		also(202, typed("POST /api/integrations/slack/test", auth.Connect, "Send a sample to Slack now", a.testSlack)),
		typed("POST /api/integrations/slack/connect", auth.Connect, "Connect Slack by a bot token", a.connectToken),
		typed("DELETE /api/integrations/slack", auth.Connect, "Disconnect Slack", a.disconnectSlack),
		typed("GET /api/integrations/slack/diagnose", auth.ReadConnections, "Check the Slack connection", a.diagnoseSlack),
		events,

		typed("GET /api/audit", auth.ReadAudit, "The audit trail", a.listAudit),

		bare("GET /api/openapi.json", "", "This description", a.openAPI, describeFile("application/openapi+json", "OpenAPI 3.1")),
		bare("GET /api/docs", "", "This description, to read and to try", a.docs, describeFile("text/html", "A page")),
		bare("GET /api/docs/{file}", "", "What the page needs", a.docsAsset, describeFile("text/javascript", "A script or a style sheet")),
	}
}
