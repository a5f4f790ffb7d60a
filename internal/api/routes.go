package api

import "github.com/gostanna/stanna/internal/auth"

// routes is the whole door: address, permission ("" lets anybody come),
// purpose, handler.
func (a *api) routes() []route {
	signals := bare(signalsPattern, auth.SendSignals, "Send signals: one, an array, or lines", a.postSignals, describeSignals)
	signals.signals = true
	events := bare("POST /api/integrations/slack/events", "", "Slack's notices", a.slackEvents, describeEvents)
	events.unlimited = true // Slack's own pace; what is not signed is cheap to refuse
	presses := bare("POST /api/integrations/slack/interactions", "", "What somebody pressed in Slack", a.slackInteractions, describeInteractions)
	presses.unlimited = true
	return []route{
		signals,

		typed("GET /api/clients", auth.ReadClients, "List clients", a.listClients),
		typed("GET /api/clients/{id}", auth.ReadClients, "A client with what is known of it", a.getClient),
		also(201, typed("PUT /api/clients/{id}", auth.WriteClients, "Create or replace a client", a.putClient)),
		bare("POST /api/clients/import", auth.WriteClients, "Import clients from CSV", a.importClients, describeImport),
		also(202, typed("POST /api/clients/{id}/notify", auth.NotifyClients, "Send a client's state now", a.notifyClient)),
		typed("PUT /api/clients/{id}/follow", auth.ActOnAlerts, "Follow an account", a.follow),
		typed("DELETE /api/clients/{id}/follow", auth.ActOnAlerts, "Follow an account no longer", a.unfollow),

		typed("GET /api/alerts", auth.ReadClients, "List alerts", a.listAlerts),
		typed("GET /api/alerts/{id}", auth.ReadClients, "An alert, its evidence and its history", a.getAlert),
		typed("POST /api/alerts/{id}/take", auth.ActOnAlerts, "I'm on it", a.takeAlert),
		typed("POST /api/alerts/{id}/assign", auth.ActOnAlerts, "Say whose an alert is", a.assignAlert),
		typed("POST /api/alerts/{id}/snooze", auth.ActOnAlerts, "Put an alert off", a.snoozeAlert),
		typed("POST /api/alerts/{id}/resolve", auth.ActOnAlerts, "Close an alert with what became of it", a.resolveAlert),
		typed("POST /api/alerts/{id}/receipt", auth.ActOnAlerts, "Say whether an alert was useful", a.judgeAlert),
		typed("GET /api/surges", auth.ReadRules, "Many clients that moved at once", a.listSurges),
		typed("POST /api/surges/{id}/release", auth.WriteRules, "Tell what a surge holds", a.releaseSurge),
		typed("POST /api/surges/{id}/discard", auth.WriteRules, "Close what a surge holds, and tell nobody", a.discardSurge),
		typed("GET /api/held", auth.ReadDeliveries, "What waits to be told, for whom, why, until when", a.listHeld),
		typed("GET /api/notifications", auth.ReadDeliveries, "The log of notifications", a.listNotifications),
		also(202, typed("POST /api/notifications/{id}/resend", auth.ResendDeliveries, "Send a dead notification again", a.resend)),
		also(202, typed("POST /api/notifications/test", auth.Connect, "Send a test message", a.testNotification)),

		typed("GET /api/rules", auth.ReadRules, "List rules", a.listRules),
		also(201, typed("POST /api/rules", auth.WriteRules, "Make a rule", a.postRule)),
		typed("POST /api/rules/check", auth.ReadRules, "What is wrong with a draft of a rule", a.checkRule),
		typed("GET /api/rules/{id}", auth.ReadRules, "A rule", a.getRule),
		typed("PUT /api/rules/{id}", auth.WriteRules, "Change a rule", a.putRule),
		typed("DELETE /api/rules/{id}", auth.WriteRules, "Delete a rule", a.deleteRule),
		typed("GET /api/rules/{id}/history", auth.ReadRules, "The versions of a rule", a.ruleHistory),
		typed("GET /api/rules/{id}/quality", auth.ReadRules, "How often a rule was right, and a better threshold", a.ruleQuality),
		typed("POST /api/rules/{id}/restore", auth.WriteRules, "Go back to a version of a rule", a.restoreRule),
		typed("POST /api/rules/{id}/backtest", auth.ReadRules, "What a rule, or a change of it, would have done", a.backtestRule),
		typed("POST /api/rules/backtest", auth.ReadRules, "What a rule that is not saved would have done", a.backtestDraft),
		typed("POST /api/backtest", auth.ReadRules, "What the whole policy, or another, would have done", a.backtestPolicy),
		typed("GET /api/explain", auth.ReadInteractions, "Why an alert was raised, or why not", a.explainRule),
		typed("GET /api/expressions", auth.ReadRules, "What may be written in a condition", a.listExpressions),
		typed("GET /api/alert-types", auth.ReadRules, "What rules can watch, with every threshold", a.listAlertTypes),

		typed("GET /api/routes", auth.ReadRules, "The routing table", a.getRoutes),
		typed("PUT /api/routes", auth.WriteRules, "Change the routing table", a.putRoutes),
		typed("GET /api/routes/history", auth.ReadRules, "The versions of the routing table", a.routesHistory),
		typed("POST /api/routes/restore", auth.WriteRules, "Go back to a version of the routing table", a.restoreRoutes),
		typed("POST /api/routes/preview", auth.ReadRules, "Where an alert would go, when and why", a.previewRoutes),
		typed("GET /api/templates", auth.ReadRules, "List templates of messages", a.listTemplates),
		typed("GET /api/templates/names", auth.ReadRules, "What may be written in a template", a.listTemplateNames),
		typed("POST /api/templates/preview", auth.ReadRules, "What a template says, and what is wrong with it", a.previewTemplate),
		also(202, typed("POST /api/templates/send", auth.WriteRules, "Send what a template says of a sample", a.sendTemplate)),
		typed("GET /api/templates/{type}", auth.ReadRules, "A template", a.getTemplate),
		also(201, typed("PUT /api/templates/{type}", auth.WriteRules, "Save a template", a.putTemplate)),
		typed("DELETE /api/templates/{type}", auth.WriteRules, "Delete a template", a.deleteTemplate),
		typed("GET /api/templates/{type}/history", auth.ReadRules, "The versions of a template", a.templateHistory),
		typed("POST /api/templates/{type}/restore", auth.WriteRules, "Go back to a version of a template", a.restoreTemplate),
		typed("GET /api/digests", auth.ReadSettings, "Who gets a digest, and when the next is due", a.getDigests),
		typed("PUT /api/digests", auth.WriteSettings, "Say who gets a digest", a.putDigests),
		typed("GET /api/digests/preview", auth.ReadFigures, "What a digest would say now", a.previewDigest),
		also(202, typed("POST /api/digests/send", auth.ResendDeliveries, "Send a digest now", a.sendDigest)),
		typed("GET /api/digests/log", auth.ReadDeliveries, "What became of digests: sent or not, and why", a.digestLog),
		typed("GET /api/silences", auth.ReadRules, "List silences", a.listSilences),
		also(201, typed("POST /api/silences", auth.ActOnAlerts, "Begin a silence", a.postSilence)),
		typed("GET /api/silences/{id}", auth.ReadRules, "A silence", a.getSilence),
		typed("DELETE /api/silences/{id}", auth.ActOnAlerts, "End a silence now", a.endSilence),
		typed("GET /api/people", auth.ReadRules, "Who may be told, and who stands in for them", a.listPeople),
		typed("PUT /api/people/{email}", auth.ActOnAlerts, "Set somebody's deputy, manager, hours, how they are told, or that they are away", a.putPerson),

		typed("GET /api/settings", auth.ReadSettings, "The settings", a.getSettings),
		typed("PUT /api/settings", auth.WriteSettings, "Change settings", a.putSettings),
		typed("GET /api/settings/preview", auth.ReadSettings, "An alert as it would look with other branding, or elsewhere", a.getSettingsPreview),
		typed("POST /api/settings/preview", auth.ReadSettings, "An alert as it would look with settings that are not saved", a.postSettingsPreview),
		typed("GET /api/settings/history", auth.ReadSettings, "The versions of the settings", a.settingsHistory),
		typed("GET /api/settings/insight-thresholds", auth.ReadSettings, "The documented thresholds, as the rules have them", a.getInsights),
		typed("PUT /api/settings/insight-thresholds", auth.WriteSettings, "Change the documented thresholds", a.putInsights),
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
		typed("GET /api/integrations/slack/diagnose", auth.ReadConnections, "Check the Slack connection, and why it is not as expected", a.diagnoseSlack),
		events,
		presses,

		typed("GET /api/audit", auth.ReadAudit, "The audit trail", a.listAudit),

		bare("GET /api/openapi.json", "", "This description", a.openAPI, describeFile("application/openapi+json", "OpenAPI 3.1")),
		bare("GET /api/docs", "", "This description, to read and to try", a.docs, describeFile("text/html", "A page")),
		bare("GET /api/docs/{file}", "", "What the page needs", a.docsAsset, describeFile("text/javascript", "A script or a style sheet")),
	}
}
