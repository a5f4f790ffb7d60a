package web

import (
	"cmp"
	"slices"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// sourceActor is what an actor begins with that is another tool.
const sourceActor = "source:"

// shownTrail is how much of what was done to a connection its page shows.
const shownTrail = 12

// trailOf is what was done to a connection of ours, the newest first.
func (v *visit) trailOf(tx *store.Tx, subjects ...string) ([]deedRow, error) {
	var trail []stanna.AuditEntry
	for _, subject := range subjects {
		if subject == "" {
			continue
		}
		some, err := tx.AuditPage(v.workspace(), subject, "", shownTrail)
		if err != nil {
			return nil, err
		}
		trail = append(trail, some...)
	}
	slices.SortStableFunc(trail, func(x, y stanna.AuditEntry) int { return cmp.Or(y.At.Compare(x.At), cmp.Compare(y.ID, x.ID)) })
	trail = trail[:min(len(trail), shownTrail)]
	people, err := v.people(tx, trail)
	if err != nil {
		return nil, err
	}
	rows := make([]deedRow, len(trail))
	for i, e := range trail {
		rows[i] = deedRow{At: stampOf(v.road, e.At), Actor: people[e.Actor], What: deedWord(e), Reason: reasonOf(e.Reason)}
	}
	return rows, nil
}

// roadWord says what was done to what comes in and goes out; "" of other
// deeds.
func roadWord(e stanna.AuditEntry) string {
	switch e.Action {
	case "source.added":
		return "Source made"
	case "source.changed":
		if e.Details["paused"] == "true" {
			return "Changed; it is paused"
		}
		return "Changed"
	case "source.deleted":
		return "Source deleted"
	case "source.reopened":
		return "Opened again: " + cmp.Or(e.Details["bodies"], "some") + " of what it sent"
	case "source.acted":
		return "Done through another tool: " + labelOf(e.Details["did"], actWords)
	case "stripe.connected":
		return "Connected to Stripe"
	case "stripe.disconnected":
		return "Disconnected from Stripe"
	case "stripe.signing_set":
		return "Signing secret changed"
	case "stripe.sync_begun":
		return "Began to read everything"
	case "stripe.synced":
		return "Read everything"
	case "stripe.matched":
		if e.Details["client"] == "" {
			return "Said that a customer is no client"
		}
		return "Said which client a customer is"
	case "webhook.created":
		return "Endpoint made"
	case "webhook.changed":
		return "Changed"
	case "webhook.deleted":
		return "Endpoint deleted"
	case "webhook.rotated":
		return "New secret"
	case "webhook.paused":
		return "Paused"
	case "webhook.resumed":
		return "Resumed"
	case "webhook.tested":
		if e.Details["state"] == string(stanna.DeliveryArrived) {
			return "Tested: it arrived"
		}
		return "Tested: it did not arrive"
	case "webhook.resent":
		if n := e.Details["deliveries"]; n != "" {
			return "Sent again: " + n + " that had failed"
		}
		return "Sent one again"
	}
	return ""
}

// actWords say what another tool may have done here.
var actWords = []string{"take", "take an alert up", "assign", "give an alert to somebody", "snooze", "snooze an alert", "resolve", "close an alert",
	"reached", "note that somebody got in touch", "set", "set fields of a client"}
