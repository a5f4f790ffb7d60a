package connect

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// findTraffic tells from the store what moves: lanes, circuit, messages.
func (l *Line) findTraffic(ctx context.Context, d *Diagnosis, workspace string, lines []stanna.Connection) error {
	var paused map[stanna.Reason]int
	var counts map[stanna.NotificationStatus]int
	gates := make([]store.Gate, len(lines))
	var last time.Time
	err := l.store.Update(ctx, func(tx *store.Tx) (err error) { // a gate is read with its lock
		if paused, err = tx.PausedLanes(workspace, ""); err != nil {
			return err
		}
		if counts, err = tx.NotificationCounts(workspace); err != nil {
			return err
		}
		if last, err = tx.LastDelivery(workspace); err != nil {
			return err
		}
		for i, c := range lines {
			if gates[i], err = tx.Gate("slack:" + c.TeamID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	n := 0
	for _, lanes := range paused {
		n += lanes
	}
	if n > 0 {
		d.add("lanes", Failed, fmt.Sprintf("%d channels are not being sent to; what is for them waits.", n), "Mend the token or connect again; they go on by themselves.")
	} else {
		d.add("lanes", OK, "Nothing is held back.", "")
	}
	// The gate of a team counts failures of transport in a row; it is closed
	// while Slack is out of reach.
	gate := store.Gate{}
	for _, g := range gates { // the worst
		if g.NotBefore.After(gate.NotBefore) {
			gate = g
		}
	}
	switch now := l.now(); {
	case gate.NotBefore.After(now):
		d.add("circuit", Warning, fmt.Sprintf("Slack is in trouble or asked to wait (%d calls failed in a row); next try at %s.", gate.Failures, gate.NotBefore.UTC().Format(time.RFC3339)),
			"Nothing needs to be done unless it lasts. Then check that this server can reach Slack, and see https://slack-status.com.")
	case len(lines) == 0:
		d.add("circuit", Skipped, "There is no team to reach.", "")
	default:
		d.add("circuit", OK, "Calls to Slack go through.", "")
	}
	waiting, dead := counts[stanna.Waiting], counts[stanna.Dead]
	if dead > 0 {
		d.add("messages", Warning, fmt.Sprintf("%d notifications could not be told, and %d wait.", dead, waiting), "See each with its reason on the Notifications page, and send it again from there.")
	} else {
		d.add("messages", OK, fmt.Sprintf("%d notifications wait; none is lost.", waiting), "")
	}
	if last.IsZero() {
		d.add("last_delivery", Skipped, "Nothing has been told yet.", "Send a test message from the Integrations page.")
	} else {
		d.add("last_delivery", OK, "The last message was told at "+last.UTC().Format(time.RFC3339)+".", "")
	}
	return nil
}

// findEvents checks whether Slack could tell us that the app was removed.
// Without it we find out with the next message or the daily check.
func (l *Line) findEvents(d *Diagnosis, connected bool) {
	heard := l.heard.Load()
	switch {
	case l.socket != nil:
		if s := l.socket.State(); s.Connected {
			d.add("events", OK, "Slack's notices come over Socket Mode, connected since "+s.Since.UTC().Format(time.RFC3339)+".", "")
		} else {
			d.add("events", Warning, strings.TrimSpace("Socket Mode is not connected, so that Slack's notices and presses do not arrive. "+s.Error), s.Repair)
		}
	case l.app.SigningSecret == "":
		d.add("events", Warning, "No signing secret is set, so that Slack's notices are refused. That the app was removed is then found with the next message or the daily check.",
			"Set the signing secret from Basic Information of the app at https://api.slack.com/apps.")
	case heard > 0:
		d.add("events", OK, "Slack's notices arrive; the last at "+time.Unix(heard, 0).UTC().Format(time.RFC3339)+".", "")
	case !connected:
		d.add("events", Skipped, "Slack has not sent a notice since this server started.", "")
	default:
		d.add("events", Skipped, "Slack has not sent a notice since this server started, which is usual: it sends one when the app is removed.",
			"To try it, press Retry beside the Request URL under Event Subscriptions of the app at https://api.slack.com/apps.")
	}
}
