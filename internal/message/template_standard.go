package message

import "github.com/gostanna/stanna"

// Parts of the standard form, as a template says them.
const (
	whyWritten  = "*Why*\n{{ size(alert.reasons) > 0 ? join(alert.reasons.map(r, \"• \" + r), \"\\n\") : \"No reason given\" }}"
	nextWritten = "*Do next*  {{ client.contactName == \"\" ? \"Get in touch; no contact is on file\" : \"Call \" + client.contactName }}\n" +
		"{{ join(alert.actions.map(a, \"• \" + a), \"\\n\") }}"
)

// accountWritten are the figures of the account. What is not known leaves its
// field out.
func accountWritten() []stanna.TemplateField {
	return []stanna.TemplateField{
		{Label: "MRR", Value: `{{ or(money(client.mrr), "") }}`},
		{Label: "Renews", Value: `{{ or(date(client.renewalDate), "") }}`},
		{Label: "Health", Value: `{{ or(state.health, "") }} {{ state.zone }}`},
		{Label: "Last contact", Value: `{{ or(ago(state.lastContact), "") }}`},
	}
}

// StandardWording is the standard form of an alert type as a template says it,
// as well as it can: to begin with.
func StandardWording(t stanna.AlertType) stanna.Wording {
	body, fields := whyWritten+"\n\n"+nextWritten, accountWritten()
	switch t {
	case stanna.HealthDrop:
		return stanna.Wording{Subject: `{{ client.name }}: health fell {{ -alert.change }} {{ plural(-alert.change, "point", "points") }} to {{ alert.value }} ({{ state.zone }})`,
			Body: "{{ alert.base }} → {{ alert.value }} {{ trend() }}\n\n" + body, Fields: fields}
	case stanna.ChurnRisk:
		return stanna.Wording{Subject: `{{ client.name }}: churn risk {{ percent(alert.value / 100) }}`, Body: body, Fields: fields}
	case stanna.PaymentIssue:
		return stanna.Wording{Subject: `{{ client.name }}: a payment{{ known(state.paymentAmount) ? " of " + money(state.paymentAmount) : "" }} failed`,
			Body: `{{ known(state.paymentInvoice) ? "Invoice " + state.paymentInvoice + ". " : "" }}` +
				`{{ state.paymentDecline == "hard" ? "Declined for good: trying again will not help." : "" }}` + "\n\n" + nextWritten,
			Fields: append(fields, stanna.TemplateField{Label: "Attempt", Value: `{{ or(state.paymentAttempt, "") }}`},
				stanna.TemplateField{Label: "Next try", Value: `{{ or(day(state.paymentNextTry), "") }}`})}
	case stanna.EngagementDrop:
		return stanna.Wording{Subject: `{{ client.name }}: engagement fell to {{ alert.value }}, usually {{ alert.base }}`, Body: body, Fields: fields}
	case stanna.SentimentNegative:
		return stanna.Wording{Subject: `{{ client.name }}: conversations turned negative`,
			Body: `{{ known(alert.quoteAuthor) ? alert.quoteAuthor + ": " : "" }}{{ known(alert.quote) ? "“" + alert.quote + "”" : "" }}` + "\n\n" + nextWritten, Fields: fields,
			Buttons: []stanna.TemplateButton{{Label: "Open interaction", URL: `{{ alert.quoteUrl.startsWith("https://") ? alert.quoteUrl : "" }}`}}}
	case stanna.RevenueAtRisk:
		return stanna.Wording{Subject: `MRR at risk rose to {{ money(alert.value) }}`, Body: `It was {{ money(alert.base) }} before.`}
	case stanna.ExpansionOpportunity:
		return stanna.Wording{Subject: `{{ client.name }}: room to grow`,
			Body: `{{ known(state.usagePercent) ? percent(state.usagePercent / 100) + " used" : "" }}{{ known(alert.subject) ? " of " + alert.subject : "" }}` + "\n\n" + nextWritten, Fields: fields}
	case stanna.Milestone:
		return stanna.Wording{Subject: `{{ client.name }}: {{ or(alert.subject, "a milestone") }}`, Body: "A good day to say thank you.\n\n" + nextWritten, Fields: fields}
	case stanna.RenewalUpcoming:
		return stanna.Wording{Subject: `{{ client.name }} renews in {{ client.daysToRenewal }} {{ plural(client.daysToRenewal, "day", "days") }}`, Body: body, Fields: fields}
	case stanna.KeyAccountUpdate:
		return stanna.Wording{Subject: `{{ client.name }}: {{ known(alert.was) ? "from " + alert.was + " to " + alert.became : "news of a key account" }}`,
			Body: "{{ or(alert.subject, \"\") }}\n\n" + body, Fields: fields}
	}
	return stanna.Wording{Subject: `{{ client.name }}: {{ alert.rule }}`, Body: "{{ alert.subject }}\n\n" + nextWritten, Fields: fields}
}
