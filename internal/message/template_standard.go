package message

import (
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/locale"
)

// StandardWording is the standard form of an alert type as a template says it,
// as well as it can, in the language of a locale (BCP 47): to begin with. Who
// edits it goes on in that language; names and functions have only one.
func StandardWording(t stanna.AlertType, in string) stanna.Wording {
	return standard{tongue{locale.For(stanna.Settings{Locale: in}, time.Time{})}}.of(t)
}

// standard writes the standard form as a template.
type standard struct{ tongue }

const clientWritten = "{{ client.name }}"

func (s standard) of(t stanna.AlertType) stanna.Wording {
	why, next, fields := s.why(), s.next(), s.account()
	body := why + "\n\n" + next
	about := with{"client": clientWritten}
	switch t {
	case stanna.HealthDrop:
		return stanna.Wording{Subject: s.Text("{client}: health fell {change} {points} to {value} ({zone})", with{"client": clientWritten, "change": "{{ -alert.change }}",
			"points": s.counted("-alert.change", s.Text("point"), s.Text("points")), "value": "{{ alert.value }}", "zone": s.zone()}),
			Body: "{{ alert.base }} → {{ alert.value }} {{ trend() }}\n\n" + body, Fields: fields}
	case stanna.ChurnRisk:
		return stanna.Wording{Subject: clientWritten + ": " + s.Text("churn risk {percent}", with{"percent": "{{ percent(alert.value / 100) }}"}), Body: body, Fields: fields}
	case stanna.PaymentIssue:
		amount := `{{ known(state.paymentAmount) ? ` + asText(" ", s.Text("of§amount"), " ") + ` + money(state.paymentAmount) : "" }}`
		failed, disputed := asText(s.Text("failed§a payment")), asText(s.Text("is disputed§a payment"))
		return stanna.Wording{Subject: s.Text("{client}: a payment{amount} {failed}", with{"client": clientWritten, "amount": amount,
			"failed": `{{ state.paymentStatus == "disputed" ? ` + disputed + ` : ` + failed + ` }}`}),
			Body: `{{ known(state.paymentInvoice) ? ` + asText(s.Text("Invoice"), " ") + ` + state.paymentInvoice + ". " : "" }}` +
				`{{ state.paymentDecline == "hard" ? ` + asText(s.Text("Declined for good: trying again will not help."), " ") + ` : "" }}` +
				`{{ state.paymentCount > 1 && known(state.paymentTotal) ? ` + asText(s.Text("Owed in all:"), " ") + ` + money(state.paymentTotal) + "." : "" }}` + "\n\n" + next,
			Fields: append(fields, stanna.TemplateField{Label: s.Text("Attempt"), Value: `{{ or(state.paymentAttempt, "") }}`},
				stanna.TemplateField{Label: s.Text("Next try"), Value: `{{ or(day(state.paymentNextTry), "") }}`},
				stanna.TemplateField{Label: s.Text("Answer by"), Value: `{{ or(day(state.paymentRespondBy), "") }}`},
				stanna.TemplateField{Label: s.Text("Bill goes to"), Value: `{{ state.paymentContact }}`})}
	case stanna.EngagementDrop:
		return stanna.Wording{Subject: s.Text("{client}: engagement fell to {value}, usually {base}", with{"client": clientWritten, "value": "{{ alert.value }}", "base": "{{ alert.base }}"}),
			Body: body, Fields: fields}
	case stanna.SentimentNegative:
		return stanna.Wording{Subject: s.Text("{client}: conversations turned negative", about),
			Body: `{{ known(alert.quoteAuthor) ? alert.quoteAuthor + ": " : "" }}{{ known(alert.quote) ? "“" + alert.quote + "”" : "" }}` + "\n\n" + next, Fields: fields,
			Buttons: []stanna.TemplateButton{{Label: s.Text("Open interaction"), URL: `{{ alert.quoteUrl.startsWith("https://") ? alert.quoteUrl : "" }}`}}}
	case stanna.RevenueAtRisk:
		return stanna.Wording{Subject: s.Text("MRR at risk rose to {amount}", with{"amount": "{{ money(alert.value) }}"}),
			Body: s.Text("It was {amount} before.", with{"amount": "{{ money(alert.base) }}"})}
	case stanna.ExpansionOpportunity:
		return stanna.Wording{Subject: s.Text("{client}: room to grow", about),
			Body: `{{ known(state.usagePercent) ? percent(state.usagePercent / 100) + ` + asText(" ", s.Text("used§of a limit")) + ` : "" }}` +
				`{{ known(alert.subject) ? ` + asText(" ", s.Text("of§amount"), " ") + ` + alert.subject : "" }}` + "\n\n" + next, Fields: fields}
	case stanna.Milestone:
		return stanna.Wording{Subject: clientWritten + `: {{ or(alert.subject, ` + asText(s.Text("a milestone")) + `) }}`,
			Body: s.Text("A good day to say thank you.") + "\n\n" + next, Fields: fields}
	case stanna.RenewalUpcoming:
		return stanna.Wording{Subject: s.Text("{client} renews in {n} {days}", with{"client": clientWritten, "n": "{{ client.daysToRenewal }}",
			"days": s.counted("client.daysToRenewal", s.Text("day"), s.Text("days"))}), Body: body, Fields: fields}
	case stanna.KeyAccountUpdate:
		return stanna.Wording{Subject: clientWritten + `: {{ known(alert.was) ? ` + asText(s.Text("from§a value"), " ") + ` + alert.was + ` +
			asText(" ", s.Text("to§a value"), " ") + ` + alert.became : known(alert.currency) ? ` + asText("MRR ") + ` + money(alert.base) + " → " + money(alert.value) : ` +
			asText(s.Text("news of a key account")) + ` }}`,
			Body: "{{ or(alert.subject, \"\") }}\n\n" + body, Fields: fields}
	}
	return stanna.Wording{Subject: clientWritten + `: {{ alert.rule }}`, Body: "{{ alert.subject }}\n\n" + next, Fields: fields}
}

func (s standard) why() string {
	return "*" + s.Text("Why") + "*\n{{ size(alert.reasons) > 0 ? join(alert.reasons.map(r, \"• \" + r), \"\\n\") : " + asText(s.Text("No reason given")) + " }}"
}

func (s standard) next() string {
	return "*" + s.Text("Do next") + "*  {{ client.contactName == \"\" ? " + asText(s.Text("Get in touch; no contact is on file")) + " : " +
		asText(s.Text("Call§somebody"), " ") + " + client.contactName }}\n" + "{{ join(alert.actions.map(a, \"• \" + a), \"\\n\") }}"
}

// account are the figures of the account. What is not known leaves its field
// out.
func (s standard) account() []stanna.TemplateField {
	return []stanna.TemplateField{
		{Label: s.Text("MRR"), Value: `{{ or(money(client.mrr), "") }}`},
		{Label: s.Text("Renews"), Value: `{{ or(date(client.renewalDate), "") }}`},
		{Label: s.Text("Health"), Value: `{{ or(state.health, "") }} ` + s.zone()},
		{Label: s.Text("Last contact"), Value: `{{ or(ago(state.lastContact), "") }}`},
	}
}

// zone is the zone of the health score. Its value is an English word.
func (s standard) zone() string {
	red, yellow, green := s.Text("red"), s.Text("yellow"), s.Text("green")
	if red == string(stanna.Red) && yellow == string(stanna.Yellow) && green == string(stanna.Green) {
		return "{{ state.zone }}"
	}
	return `{{ state.zone == "red" ? ` + asText(red) + ` : state.zone == "yellow" ? ` + asText(yellow) + ` : state.zone == "green" ? ` + asText(green) + ` : "" }}`
}

// counted is a word in the form that goes with a number.
func (s standard) counted(n string, forms ...string) string {
	for i, f := range forms {
		forms[i] = asText(f)
	}
	return "{{ plural(" + n + ", " + strings.Join(forms, ", ") + ") }}"
}

// asText is a text inside of a placeholder.
func asText(text ...string) string { return strconv.Quote(strings.Join(text, "")) }
