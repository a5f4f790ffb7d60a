package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/locale"
	"github.com/gostanna/stanna/internal/store"
)

// How much of an alert's deliveries and trail its page shows.
const (
	alertNotes = 50
	trailLimit = 200
)

// deliveries are every promise to tell of the alert, and where the messages
// stand. It gives the notifications too.
func (s *site) deliveries(tx *store.Tx, v *visit, view *alertView, a stanna.Alert) ([]stanna.Notification, error) {
	notes, _, err := tx.Notifications(v.workspace(), store.NotificationQuery{AlertID: a.ID, Limit: alertNotes})
	if err != nil {
		return nil, err
	}
	names, err := v.channelsOf(tx, v.caller.May(auth.Connect))
	if err != nil {
		return nil, err
	}
	links := map[string]string{}
	for _, n := range notes {
		if _, ok := links[n.MessageID]; !ok {
			if links[n.MessageID], err = s.messageLink(tx, v, n.MessageID); err != nil {
				return nil, err
			}
		}
		row := v.noteRow(n, names)
		row.Link, row.AlertPath = links[n.MessageID], ""
		view.Notes = append(view.Notes, row)
	}
	return notes, nil
}

// messageLink is where a message stands in Slack: itself, or the summary that
// told it.
func (s *site) messageLink(tx *store.Tx, v *visit, id string) (string, error) {
	m, err := tx.Message(v.workspace(), id)
	if stanna.CodeOf(err) == stanna.NotFound {
		return "", nil
	}
	if err == nil && m.TS == "" && m.SummaryID != "" {
		m, err = tx.Message(v.workspace(), m.SummaryID)
	}
	if err != nil {
		return "", err
	}
	return s.inSlack(m), nil
}

// timeline is what the audit trail says of the alert and, for who may read
// them, of the messages that carry it, the newest first.
func (v *visit) timeline(tx *store.Tx, a stanna.Alert, notes []stanna.Notification) ([]deedRow, error) {
	subjects := []string{a.ID}
	for _, n := range notes {
		for _, id := range []string{n.MessageID, n.ID} {
			if !slices.Contains(subjects, id) {
				subjects = append(subjects, id)
			}
		}
	}
	var trail []stanna.AuditEntry
	for _, id := range subjects {
		entries, err := tx.AuditOf(v.workspace(), id, trailLimit)
		if err != nil {
			return nil, err
		}
		trail = append(trail, entries...)
	}
	slices.SortStableFunc(trail, func(x, y stanna.AuditEntry) int { return cmp.Or(y.At.Compare(x.At), cmp.Compare(y.ID, x.ID)) })
	people, err := v.people(tx, trail)
	if err != nil {
		return nil, err
	}
	rows := make([]deedRow, len(trail))
	for i, e := range trail {
		rows[i] = deedRow{At: stampOf(v.road, e.At), Actor: people[e.Actor], What: deedWord(e) + fromTo(v.local, a.Type, e), Reason: reasonOf(e.Reason)}
		if untold := e.Details["untold"]; untold != "" {
			rows[i].More = "Nobody was told: " + stanna.Reason(untold).Sentence()
		} else if route := e.Details["route"]; route != "" {
			rows[i].More = stanna.Reason(route).Sentence()
		}
	}
	return rows, nil
}

func reasonOf(r stanna.Reason) string {
	if r == "" {
		return ""
	}
	return r.Sentence()
}

// people says who the actors of a trail are.
func (v *visit) people(tx *store.Tx, trail []stanna.AuditEntry) (map[string]string, error) {
	names := map[string]string{}
	for _, e := range trail {
		if _, ok := names[e.Actor]; ok {
			continue
		}
		names[e.Actor] = e.Actor
		id, isUser := strings.CutPrefix(e.Actor, string(auth.Person)+":")
		switch {
		case e.Actor == stanna.ActorSystem:
			names[e.Actor] = "Stanna"
		case strings.HasPrefix(e.Actor, string(auth.Program)+":"):
			names[e.Actor] = "An API key"
		case strings.HasPrefix(e.Actor, sourceActor):
			x, err := tx.Source(v.workspace(), strings.TrimPrefix(e.Actor, sourceActor))
			if names[e.Actor] = "Another tool"; stanna.CodeOf(err) == stanna.NotFound {
				continue
			}
			if err != nil {
				return nil, err
			}
			names[e.Actor] = plainTitle(x.Name)
		case isUser:
			account, err := tx.Account(id)
			if stanna.CodeOf(err) == stanna.NotFound {
				names[e.Actor] = "Somebody who has left"
				continue
			}
			if err != nil {
				return nil, err
			}
			if names[e.Actor] = account.Email; account.Name != "" {
				names[e.Actor] = account.Name
			}
		}
	}
	return names, nil
}

// deedWord says what was done.
func deedWord(e stanna.AuditEntry) string {
	switch e.Action {
	case "alert.opened":
		return "Alert opened"
	case "alert.worsened":
		return "Got worse"
	case "alert.eased":
		return "Got better in part"
	case "alert.resolved":
		return "Alert closed"
	case "alert.taken_up":
		return "Taken up"
	case "alert.assigned":
		return "Given to somebody"
	case "alert.snoozed":
		return "Snoozed"
	case "alert.reminded":
		return "Snooze over"
	case "alert.escalated":
		return "Escalated"
	case "alert.judged":
		return "Judged: " + strings.ToLower(labelOf(e.Details["verdict"], verdictWords))
	case "alert.reached":
		return "Got in touch with the client"
	case "slack.pressed":
		return "Pressed a button in Slack: " + pressedWord(e)
	case "notification.held":
		return "Held back"
	case "notification.released":
		return "No longer held back"
	case "message.told":
		return "Told in Slack"
	case "message.history":
		return "Said in its thread"
	case "message.history_refused":
		return "Its thread takes no replies"
	case "message.dead":
		return "Could not be told"
	case "message.unknown":
		return "The line broke while it was sent"
	case "message.gone":
		return "Its message was gone from Slack"
	case "message.text_only":
		return "Sent as words alone"
	case "message.rerouted":
		return "Sent to the fallback channel"
	case "message.coalesced":
		return "Told together with others"
	case "notification.resent":
		return "Sent again by hand"
	}
	if word := roadWord(e); word != "" {
		return word
	}
	return capital(strings.NewReplacer(".", ": ", "_", " ").Replace(e.Action))
}

// pressedWord is what a press asked for, and whether it was done.
func pressedWord(e stanna.AuditEntry) string {
	deed := e.Details["deed"]
	kind, rest, _ := strings.Cut(deed, ":")
	word := map[string]string{"take": "I'm on it", "snooze": "snooze", "resolve": "resolve"}[kind]
	if kind == "verdict" {
		word = strings.ToLower(labelOf(rest, verdictWords))
	}
	switch e.Details["became"] {
	case "done", "noted", "relieved":
		return cmp.Or(word, deed)
	}
	return cmp.Or(word, deed) + " (refused)"
}

// labelOf is the label of a value among pairs of both.
func labelOf(value string, pairs []string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == value {
			return pairs[i+1]
		}
	}
	return value
}

// fromTo is where the measure came from and went.
func fromTo(l locale.Local, t stanna.AlertType, e stanna.AuditEntry) string {
	from, errFrom := strconv.ParseFloat(e.Details["from"], 64)
	to, errTo := strconv.ParseFloat(e.Details["to"], 64)
	if errFrom != nil || errTo != nil || from == to || !strings.HasPrefix(e.Action, "alert.") {
		return ""
	}
	return ", " + valueOfType(l, t, from) + " → " + valueOfType(l, t, to)
}

// capital gives words a capital letter.
func capital(s string) string {
	if s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
