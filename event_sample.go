package stanna

import "time"

// SampleOf is an event as it might be, for who builds a receiver: the same
// fields as a real one.
func SampleOf(kind EventType, workspace string, at time.Time) Event {
	at = at.UTC().Truncate(time.Microsecond)
	e := Event{Workspace: workspace, ID: "msg_019e5c1f3a7b7d4e9f10a1b2c3d4e5f6", Type: kind, At: at}
	var data any
	switch kind {
	case AlertOpened, AlertUpdated, AlertTakenUp, AlertClosed:
		news := sampleAlert(kind, workspace, at)
		e.Subject, data = news.Alert.ID, news
	case DigestSent:
		e.Subject = "sum_019e5c1f3a7b7d4e9f10a1b2c3d4e5f6"
		data = DigestNews{DigestFacts{MessageID: e.Subject, Destination: "slack:T0123ABC:C0123DEF", Date: at.Format(time.DateOnly), Since: SinceTime(at.AddDate(0, 0, -1))}}
	default:
		t, sentence := sampleTrouble(kind, at)
		e.Subject, e.Text, data = t.About, sentence, t
	}
	e, _ = NewEvent(e, data) // samples have no way to fail
	return e
}

func sampleAlert(kind EventType, workspace string, at time.Time) AlertNews {
	a := Alert{Workspace: workspace, ID: "alr_019e5c1f3a7b7d4e9f10a1b2c3d4e5f6", RuleID: "rule_health_drop", RuleName: "Health drop", ClientID: "acct-1042", Type: "health_drop",
		Severity: High, Status: AlertOpen, OpenedAt: at, Why: ReasonFellPoints,
		Evidence: Evidence{Trigger: ReasonFellPoints, Base: 60, Value: 38, Worst: 38, Source: "product analytics"}}
	switch kind {
	case AlertUpdated:
		a.OpenedAt, a.Severity, a.Why, a.Evidence.Value, a.Evidence.Worst = at.Add(-26*time.Hour), Critical, ReasonWorsened, 29, 29
	case AlertTakenUp:
		a.OpenedAt, a.Status, a.TakenBy, a.Why = at.Add(-time.Hour), AlertTaken, "ana@acme.com", ReasonTakenUp
	case AlertClosed:
		a.OpenedAt, a.ClosedAt, a.Status, a.Why = at.AddDate(0, 0, -9), at, AlertResolved, ReasonRecovered
		a.TakenBy, a.Evidence.Value = "ana@acme.com", 57
	}
	return NewsOf(a, Client{ID: a.ClientID, Name: "Umbrella Ltd", Domain: "umbrella.example", MRR: MoneyOf(12400, "USD"), Tier: "enterprise", CSMOwner: "ana@acme.com"})
}

func sampleTrouble(kind EventType, at time.Time) (t Trouble, sentence string) {
	since := SinceTime(at)
	slack := Trouble{About: "slack:T0123ABC", Name: "Acme", Since: since, Waiting: 3}
	endpoint := Trouble{About: "webhook:ep_019e5c1f3a7b7d4e9f10a1b2c3d4e5f6", Name: "Warehouse", Since: since}
	switch kind {
	case DeliveryFailed:
		return Trouble{About: "slack:T0123ABC:C0123DEF", Name: "#customer-health", Since: since, Code: "msg_too_long", Repair: "Send it again from the page Notifications.",
			NotificationIDs: []string{"ntf_019e5c1f3a7b7d4e9f10a1b2c3d4e5f6"}}, "Slack refused a message to #customer-health for good (msg_too_long)."
	case ConnectionBroken:
		slack.Code, slack.Repair = "token_revoked", "An admin connects Slack again on the Integrations page."
		return slack, "The connection to Slack (Acme) does not work; what is for it waits."
	case ConnectionRestored:
		slack.Since = SinceTime(at.Add(-time.Hour))
		return slack, "The connection to Slack (Acme) works again; what waited is being sent."
	case ChannelBroken:
		return Channel{TeamID: "T0123ABC", ID: "C0123DEF", Name: "customer-health", Repair: "The channel is archived. Unarchive it in Slack, or choose another."}.Trouble(at)
	case LanePaused:
		endpoint.Since = SinceTime(at.AddDate(0, 0, -3))
		endpoint.Repair = "Mend the receiver, send it a test, and resume it; what waits for it is sent then."
		return endpoint, "What is for Warehouse waits. " + ReasonEndpointMute.Sentence()
	case LaneResumed:
		endpoint.Since = SinceTime(at.Add(-time.Hour))
		return endpoint, "What waited for Warehouse is being sent."
	case SourceSilent:
		return Trouble{About: "source:src_019e5c1f3a7b7d4e9f10a1b2c3d4e5f6", Name: "HubSpot", Since: SinceTime(at.Add(-25 * time.Hour)), Repair: "Look whether HubSpot still sends, and to which address."},
			"Nothing has come from HubSpot for longer than it may be silent."
	}
	return endpoint, "This is a test of Stanna. It works."
}
