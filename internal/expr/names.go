package expr

import (
	"math"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/gostanna/stanna"
)

// Name is something that may be written.
type Name struct {
	Path    string // client.mrr, or a call as lower(text)
	Type    string // number, text, yes or no, date and time, ...
	Doc     string
	Example string // a whole condition
}

// Names lists everything that may be written, for pages, docs and the API.
func Names() []Name {
	var all []Name
	for _, n := range theLanguage().names {
		all = append(all, Name{n.path, string(n.kind), n.doc, n.example})
	}
	for _, f := range theLanguage().functions {
		all = append(all, Name{f.shown, string(f.gives), f.doc, f.example})
	}
	return all
}

// kind is what a value is, in a person's words.
type kind string

const (
	number   kind = "number"
	textual  kind = "text"
	yesNo    kind = "yes or no"
	moment   kind = "date and time"
	span     kind = "length of time"
	textList kind = "list of text"
	listed   kind = "list"
	fields   kind = "fields of your own"
)

// celType is what the checker calls it.
func (k kind) celType() *cel.Type {
	switch k {
	case anything:
		return cel.DynType
	case number:
		return cel.DoubleType
	case yesNo:
		return cel.BoolType
	case moment:
		return cel.TimestampType
	case textList:
		return cel.ListType(cel.StringType)
	case fields:
		return cel.MapType(cel.StringType, cel.DynType)
	}
	return cel.StringType
}

// name is a fact that may be written: one line of the table below.
type name struct {
	path    string
	kind    kind
	doc     string
	example string
	words   []string // the only words it may be, "" apart; none: any
	get     func(*scene) any
}

// table is every name, with what it means and where it comes from. This is
// the only place to add one.
func table() []name {
	zones := []string{string(stanna.Red), string(stanna.Yellow), string(stanna.Green)}
	statuses := []string{string(stanna.AlertOpen), string(stanna.AlertTaken), string(stanna.AlertSnoozed), string(stanna.AlertResolved)}
	movements := []string{string(stanna.MRRNew), string(stanna.MRRExpansion), string(stanna.MRRContraction), string(stanna.MRRChurn), string(stanna.MRRReactivation)}
	return []name{
		aText("client.id", "The account's id in your own system.", `client.id in ["acme", "globex"]`, func(s *scene) string { return s.client().ID }),
		aText("client.name", "The account's name.", `client.name.startsWith("Acme")`, func(s *scene) string { return s.client().Name }),
		aText("client.domain", "The account's web domain.", `client.domain.endsWith(".edu")`, func(s *scene) string { return s.client().Domain }),
		aNumber("client.mrr", "Monthly recurring revenue in its currency, in whole units. Not known: no comparison is true.", `client.mrr >= 5000`, mrr),
		aText("client.currency", "The currency of the MRR as ISO 4217, or \"\".", `client.currency == "EUR"`, func(s *scene) string { return s.client().MRR.Currency }),
		aText("client.tier", "The tier, in your own word.", `client.tier in ["enterprise", "growth"]`, func(s *scene) string { return s.client().Tier }),
		aText("client.owner", "E-mail of the customer-success manager, or \"\".", `client.owner == ""`, func(s *scene) string { return s.client().CSMOwner }),
		aText("client.contactName", "The name of the contact to call: the primary one, else the first; \"\" without one.", `client.contactName == ""`, func(s *scene) string { return s.contact().Name }),
		aText("client.contactEmail", "The e-mail of the contact to call.", `client.contactEmail.endsWith("@acme.com")`, func(s *scene) string { return s.contact().Email }),
		aText("client.contactTitle", "The title of the contact to call.", `client.contactTitle.contains("Chief")`, func(s *scene) string { return s.contact().Title }),
		aList("client.tags", "The tags.", `"pilot" in client.tags`, func(s *scene) []string { return s.client().Tags }),
		aText("client.renewalDate", "The renewal date as YYYY-MM-DD, or \"\".", `client.renewalDate < "2027-01-01" && known(client.renewalDate)`, func(s *scene) string { return s.client().RenewalDate }),
		aNumber("client.daysToRenewal", "Days from today to the renewal date; below 0 when it has passed.", `client.daysToRenewal <= 90`, daysToRenewal),
		aNumber("client.renewalMonths", "Length of the term in months.", `client.renewalMonths >= 12`, func(s *scene) float64 { return positive(float64(s.client().RenewalMonths)) }),
		aNumber("client.ageDays", "Days since the account was added.", `client.ageDays > 90`, func(s *scene) float64 { return s.daysSince(s.client().CreatedAt) }),
		someFields("client.custom", "Your own fields. One that a client does not have makes no comparison true.", `client.custom.seats > 10`, func(s *scene) map[string]any { return s.client().Custom }),

		aNumber("state.health", "The newest health score, 0 to 100.", `state.health < 40`, func(s *scene) float64 { return newest(s.state().Health) }),
		oneOf(zones, aText("state.zone", "The zone of the health score: red, yellow or green; \"\" before the first score.", `state.zone == "red"`, zone)),
		aNumber("state.healthChange7d", "Points that health rose (below 0: fell) in 7 days.", `state.healthChange7d <= -15`, func(s *scene) float64 { return s.healthChange(7) }),
		aNumber("state.healthChange30d", "Points that health rose (below 0: fell) in 30 days.", `state.healthChange30d <= -20`, func(s *scene) float64 { return s.healthChange(30) }),
		aNumber("state.engagement", "The newest engagement, in its source's unit.", `state.engagement < 10`, func(s *scene) float64 { return newest(s.state().Engagement) }),
		aNumber("state.engagementChange", "Percent that the last whole week lay above (below 0: under) the median of the four weeks before.", `state.engagementChange <= -40`, engagementChange),
		aNumber("state.usagePercent", "The fullest of the client's limits (seats, calls, ...), in percent.", `state.usagePercent >= 80`, usagePercent),
		aNumber("state.churn", "The newest churn probability, 0 to 1.", `state.churn >= 0.7`, func(s *scene) float64 { return measured(s.state().Churn) }),
		aNumber("state.sentiment", "The mood of the latest conversation, -2 to 2.", `state.sentiment <= -1`, func(s *scene) float64 { return measured(s.state().Sentiment) }),
		aYesNo("state.paymentFailed", "Whether a failed payment is owed.", `state.paymentFailed`, func(s *scene) bool { return s.state().Payment.Owed() }),
		aNumber("state.paymentAmount", "What the failed payment is about, in whole units; of several the foremost: the worst, then the largest.", `state.paymentAmount >= 1000`, func(s *scene) float64 { return positive(s.state().Payment.Amount.Amount()) }),
		aText("state.paymentCurrency", "The currency of the failed payment as ISO 4217, or \"\".", `state.paymentCurrency != client.currency`, func(s *scene) string { return s.state().Payment.Amount.Currency }),
		aText("state.paymentInvoice", "The invoice of the failed payment, or \"\".", `state.paymentInvoice.startsWith("INV-")`, func(s *scene) string { return s.state().Payment.Invoice }),
		aNumber("state.paymentCount", "How many failed payments are owed: invoices, and disputes.", `state.paymentCount > 1`, func(s *scene) float64 { return float64(len(s.state().Owes())) }),
		aNumber("state.paymentTotal", "What they come to, in whole units of paymentCurrency; not known where they are of several currencies.", `state.paymentTotal >= 5000`, paymentTotal),
		aText("state.paymentContact", "Whom the bill goes to, by the source: an e-mail, or a name with one; \"\" when it does not say.", `state.paymentContact.endsWith("@acme.com")`, func(s *scene) string { return s.state().Payment.Contact }),
		aMoment("state.paymentRespondBy", "Until when a disputed payment can be answered.", `state.paymentRespondBy < now + days(3)`, func(s *scene) time.Time { return moment3339(s.state().Payment.RespondBy) }),
		aMoment("state.paymentNextTry", "When the failed payment is tried again, where the source says so.", `state.paymentNextTry > now + days(3)`, func(s *scene) time.Time { return moment3339(s.state().Payment.NextAttempt) }),
		aNumber("state.paymentAttempt", "Which attempt at it failed.", `state.paymentAttempt >= 3`, func(s *scene) float64 { return positive(float64(s.state().Payment.Attempt)) }),
		oneOf([]string{stanna.PaymentFailing, stanna.PaymentPastDue, stanna.PaymentDisputed}, aText("state.paymentStatus", "failed, past_due or disputed while a payment is owed; \"\" when the source did not say.", `state.paymentStatus == "past_due"`, func(s *scene) string { return s.state().Payment.Status })),
		oneOf([]string{string(stanna.SoftDecline), string(stanna.HardDecline)}, aText("state.paymentDecline", "soft (trying again may help) or hard (the customer must act); \"\" when the source did not say.", `state.paymentDecline == "hard"`, func(s *scene) string { return string(s.state().Payment.Decline) })),
		oneOf(movements, aText("state.movement", "The last movement of the MRR: new, expansion, contraction, churn or reactivation; \"\" before the first.", `state.movement == "contraction"`, func(s *scene) string { return string(s.state().Subscription.Movement) })),
		aNumber("state.mrrBefore", "The MRR before that movement, in whole units of its currency.", `state.mrrBefore >= 1000`, func(s *scene) float64 { return movedMRR(s, s.state().Subscription.Before) }),
		aNumber("state.mrrAfter", "The MRR after it.", `state.mrrAfter < state.mrrBefore / 2.0`, func(s *scene) float64 { return movedMRR(s, s.state().Subscription.MRR) }),
		aText("state.mrrCurrency", "The currency of these two as ISO 4217, or \"\".", `state.mrrCurrency == workspace.currency`, func(s *scene) string { return s.state().Subscription.MRR.Currency }),
		aMoment("state.movedAt", "When the MRR moved last.", `now - state.movedAt < days(7)`, func(s *scene) time.Time { return s.state().Subscription.At }),
		aText("state.plan", "What the client pays for since then, as the source calls it, or \"\".", `state.plan.contains("Gold")`, func(s *scene) string { return s.state().Subscription.Plan }),
		aText("state.subscriptionStatus", "The status of the subscription that changed, in the source's word, or \"\".", `state.subscriptionStatus == "trialing"`, func(s *scene) string { return s.state().Subscription.Status }),
		aMoment("state.lastContact", "When somebody last spoke with the client.", `state.lastContact < now - days(30)`, func(s *scene) time.Time { return s.state().LastContact }),
		aNumber("state.daysSinceContact", "Days since somebody last spoke with the client.", `state.daysSinceContact > 30`, func(s *scene) float64 { return s.daysSince(s.state().LastContact) }),
		aText("state.accountStatus", "The account's status, in your own word.", `state.accountStatus == "paused"`, func(s *scene) string { return s.state().Status }),
		aYesNo("state.churned", "Whether the client has left.", `!state.churned`, func(s *scene) bool { return !s.state().ChurnedAt.IsZero() }),

		aText("signal.type", "The type of what came in; \"\" when time has passed and nothing came in.", `signal.type == "custom.nps"`, func(s *scene) string { return string(s.signal().Type) }),
		aText("signal.source", "Who sent it.", `signal.source == "gainsight"`, func(s *scene) string { return s.signal().Source }),
		someFields("signal.data", "What came in, as it was sent. A field that is not there makes no comparison true.", `signal.data.score <= 6`, (*scene).signalData),
		aMoment("signal.occurredAt", "When it was true, by the sender's word.", `signal.occurredAt > date("2026-10-01")`, func(s *scene) time.Time { return s.signal().OccurredAt }),

		aText("alert.type", "The type of the alert; \"\" where there is none.", `alert.type == "health_drop"`, func(s *scene) string { return string(s.alert().Type) }),
		aText("alert.rule", "The name of the rule that opened the alert.", `alert.rule.contains("renewal")`, func(s *scene) string { return s.alert().RuleName }),
		oneOf(severityWords(), aText("alert.severity", "The severity of the alert: critical, high, medium, low or info.", `alert.severity in ["critical", "high"]`, func(s *scene) string { return string(s.alert().Severity) })),
		oneOf(statuses, aText("alert.status", "Where the alert is in its life: open, taken_up, snoozed or resolved.", `alert.status == "open"`, func(s *scene) string { return string(s.alert().Status) })),
		aNumber("alert.base", "The value that the change is counted from.", `alert.base > 70`, ofAlert(func(e *stanna.Evidence) float64 { return e.Base })),
		aNumber("alert.value", "The newest value.", `alert.value <= 20`, ofAlert(func(e *stanna.Evidence) float64 { return e.Value })),
		aNumber("alert.change", "The newest value less the base; below 0 for a fall.", `alert.change <= -30`, ofAlert(func(e *stanna.Evidence) float64 { return hundredth(e.Value - e.Base) })),
		aNumber("alert.worst", "The worst value while the alert was open.", `alert.worst <= 10`, ofAlert(func(e *stanna.Evidence) float64 { return e.Worst })),
		aText("alert.currency", "The currency of these values where they are money, else \"\".", `alert.currency == "EUR"`, alertCurrency),
		aText("alert.subject", "What it is about: a limit, a milestone, the condition of a custom rule.", `alert.subject == "seats"`, func(s *scene) string { return s.alert().Evidence.Subject }),
		aText("alert.was", "The zone or status that the account had, where that is what changed.", `alert.was == "green"`, func(s *scene) string { return s.alert().Evidence.Was }),
		aText("alert.became", "The zone or status that it has now, where that is what changed.", `alert.became == "red"`, func(s *scene) string { return s.alert().Evidence.Is }),
		aList("alert.reasons", "The reasons that the source gave, the weightiest first.", `alert.reasons.exists(r, r.contains("Usage"))`, reasons),
		aList("alert.actions", "What the source recommends to do.", `size(alert.actions) == 0`, func(s *scene) []string { return s.alert().Evidence.Actions }),
		aText("alert.quote", "The customer's words behind the mood.", `alert.quote.contains("cancel")`, func(s *scene) string { return s.alert().Evidence.Quote }),
		aText("alert.quoteAuthor", "Who said these words, or \"\".", `alert.quoteAuthor == client.contactName`, func(s *scene) string { return s.alert().Evidence.Author }),
		aText("alert.quoteUrl", "Where the conversation can be read, or \"\".", `alert.quoteUrl.startsWith("https://")`, func(s *scene) string { return s.alert().Evidence.URL }),
		aText("alert.takenBy", "E-mail of who is on it, or \"\".", `alert.takenBy == ""`, func(s *scene) string { return s.alert().TakenBy }),
		aText("alert.assignedTo", "E-mail of who it was given to, or \"\".", `alert.assignedTo == client.owner`, func(s *scene) string { return s.alert().AssignedTo }),
		aText("alert.note", "What was said about the alert when it was closed.", `alert.note == ""`, func(s *scene) string { return s.alert().Note }),
		aMoment("alert.openedAt", "When the alert opened.", `now - alert.openedAt > hours(4)`, func(s *scene) time.Time { return s.alert().OpenedAt }),
		aYesNo("alert.unstable", "Whether it has opened three times in 14 days.", `!alert.unstable`, func(s *scene) bool { return s.alert().Unstable }),
		aNumber("alert.openDays", "Days that the alert has been open.", `alert.openDays >= 3`, func(s *scene) float64 { return s.daysSince(s.alert().OpenedAt) }),

		aText("workspace.currency", "The currency of your portfolio as ISO 4217.", `client.currency == workspace.currency`, func(s *scene) string { return s.Settings.WithDefaults().Currency }),

		aMoment("now", "The time now.", `hour(now) >= 9`, func(s *scene) time.Time { return s.Now }),
	}
}

func aNumber(path, doc, example string, get func(*scene) float64) name {
	return name{path: path, kind: number, doc: doc, example: example, get: func(s *scene) any { return types.Double(get(s)) }}
}

func aText(path, doc, example string, get func(*scene) string) name {
	return name{path: path, kind: textual, doc: doc, example: example, get: func(s *scene) any { return types.String(get(s)) }}
}

func aYesNo(path, doc, example string, get func(*scene) bool) name {
	return name{path: path, kind: yesNo, doc: doc, example: example, get: func(s *scene) any { return types.Bool(get(s)) }}
}

func aList(path, doc, example string, get func(*scene) []string) name {
	return name{path: path, kind: textList, doc: doc, example: example, get: func(s *scene) any { return get(s) }}
}

func someFields(path, doc, example string, get func(*scene) map[string]any) name {
	return name{path: path, kind: fields, doc: doc, example: example, get: func(s *scene) any { return get(s) }}
}

// aMoment that never was is not there.
func aMoment(path, doc, example string, get func(*scene) time.Time) name {
	return name{path: path, kind: moment, doc: doc, example: example, get: func(s *scene) any {
		if t := get(s); !t.IsZero() {
			return types.Timestamp{Time: t.UTC()}
		}
		return missing(path)
	}}
}

func oneOf(words []string, n name) name {
	n.words = words
	return n
}

// ofAlert is a value of an alert's evidence, not known where there is none.
func ofAlert(get func(*stanna.Evidence) float64) func(*scene) float64 {
	return func(s *scene) float64 {
		if s.Alert == nil {
			return math.NaN()
		}
		return get(&s.Alert.Evidence)
	}
}

func severityWords() []string {
	var words []string
	for _, s := range stanna.Severities() {
		words = append(words, string(s))
	}
	return words
}
