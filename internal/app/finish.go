package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/sandbox"
	"github.com/gostanna/stanna/internal/store"
)

// summary is the closing line of a demo.
type summary struct {
	SignalsAccepted        int   `json:"signalsAccepted"`
	SignalsDuplicate       int   `json:"signalsDuplicate"`
	SignalsRejected        int   `json:"signalsRejected"`
	AlertsOpened           int   `json:"alertsOpened"`
	AlertsUpdated          int   `json:"alertsUpdated"`
	AlertsResolved         int   `json:"alertsResolved"`
	NotificationsDelivered int   `json:"notificationsDelivered"`
	NotificationsDead      int   `json:"notificationsDead"`
	NotificationsHeld      int   `json:"notificationsHeld"` // for hours that have not begun, or a digest that is not due
	SandboxMessages        int   `json:"sandboxMessages"`   // without the replies in their threads
	DurationMS             int64 `json:"durationMs"`
}

// finish waits until everything is told, checks that nothing accepted was
// lost, and prints the closing line. What was lost is an error.
func (d *Demo) finish(ctx context.Context, result io.Writer) error {
	var view telling
	if err := d.await(ctx, func() bool {
		v, err := d.telling(ctx)
		view = v
		return err == nil && v.notifications[stanna.Waiting] == 0 && v.jobs[stanna.JobWaiting]+v.jobs[stanna.JobSending] == 0
	}); err != nil {
		return err
	}
	posted := slices.DeleteFunc(d.slack.Messages(), func(m sandbox.Message) bool { return m.ThreadTS != "" })
	line := summary{
		SignalsAccepted: d.sum.Accepted + d.sum.Late + d.sum.Backfill, SignalsDuplicate: d.sum.Duplicate, SignalsRejected: d.sum.Rejected,
		AlertsOpened: view.events[stanna.Opened], AlertsUpdated: view.events[stanna.Worsened], AlertsResolved: view.events[stanna.Resolved],
		NotificationsDelivered: view.notifications[stanna.Delivered], NotificationsDead: view.notifications[stanna.Dead],
		NotificationsHeld: view.notifications[stanna.Held],
		SandboxMessages:   len(posted), DurationMS: time.Since(d.begun).Milliseconds(),
	}
	if err := json.NewEncoder(result).Encode(line); err != nil {
		return err
	}
	standing := make(map[[2]string]bool, len(posted))
	for _, m := range posted {
		standing[[2]string{m.Channel, m.TS}] = !m.Deleted
	}
	return d.lost(line, view, standing)
}

// telling is how far telling has come.
type telling struct {
	signals       int
	events        map[stanna.AlertEvent]int
	untold        int
	notifications map[stanna.NotificationStatus]int
	jobs          map[stanna.JobState]int
	told          []store.ToldMessage
}

func (d *Demo) telling(ctx context.Context) (t telling, err error) {
	err = d.app.store.View(ctx, func(tx *store.Tx) error {
		signals, err := tx.SignalCounts(d.workspace)
		if err != nil {
			return err
		}
		t.signals = 0
		for _, n := range signals {
			t.signals += n
		}
		if t.events, err = tx.AlertEventCounts(d.workspace); err != nil {
			return err
		}
		untold, err := tx.UntoldAlerts(d.workspace, 1000)
		if err != nil {
			return err
		}
		t.untold = len(untold)
		if t.notifications, err = tx.NotificationCounts(d.workspace); err != nil {
			return err
		}
		if t.jobs, err = tx.JobCounts(); err != nil {
			return err
		}
		t.told, err = tx.ToldMessages(d.workspace, d.begun) // an older demo in the same folder had another Slack
		return err
	})
	return t, err
}

// lost compares what was accepted with what is stored, and what was told with
// what stands in the sandbox.
func (d *Demo) lost(line summary, t telling, standing map[[2]string]bool) error {
	if t.signals < line.SignalsAccepted {
		return fmt.Errorf("%d signals were accepted and %d are stored", line.SignalsAccepted, t.signals)
	}
	if t.untold > 0 {
		return fmt.Errorf("%d open alerts were told to nobody", t.untold)
	}
	if line.NotificationsDead > 0 {
		return fmt.Errorf("%d notifications could not be delivered", line.NotificationsDead)
	}
	for _, m := range t.told {
		if !standing[[2]string{m.Channel, m.TS}] {
			return fmt.Errorf("message %s was told and does not stand in Slack", m.ID)
		}
	}
	return nil
}
