package intake

import "github.com/gostanna/stanna"

// remember notes an event for the history of a thread that stands in Slack
// already. Slack tells nobody of an edit, so what calls people, and a rise, is
// shown in the channel as well; the rest is there for who looks.
func (p *promises) remember(e event, m *stanna.Message, aloud bool) {
	if m.Kind != stanna.Thread || m.SummaryID != "" || m.TS == "" && m.Sending == 0 {
		return
	}
	a := e.Alert
	entry := stanna.Entry{At: e.at, AlertID: a.ID, Event: e.kind, What: a.Why, Severity: a.Severity, Rose: e.Rose, Broadcast: aloud}
	switch {
	case e.kind == stanna.Resolved:
		entry.By = a.ClosedBy
	case a.Why == stanna.ReasonTakenUp:
		entry.By = a.TakenBy
	case a.Why == stanna.ReasonAssigned:
		entry.To = a.AssignedTo
	case a.Why == stanna.ReasonSnoozed:
		entry.By, entry.Until = a.SnoozedBy, a.SnoozedUntil
	}
	m.Unsaid = append(m.Unsaid, entry)
}

// aloud says whether an event that is told in a thread that stands is shown in
// the channel as well. What joins an open alert is a part of what they were
// told.
func aloud(e event) bool {
	return e.Rose || calls(e.kind) && !(e.kind == stanna.Opened && e.Alert.JoinedTo != "")
}
