package relay

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/eventlog"
	"github.com/gostanna/stanna/internal/queue"
	"github.com/gostanna/stanna/internal/store"
)

// page is how many entries are written to the event log in one step.
const page = 1000

// logSlowest is the longest wait before an event log that does not take
// records is tried again.
const logSlowest = time.Minute

// scribe works the lane of each workspace's event log: it writes the bound
// audit trail there, in its order, and goes on where it stopped.
type scribe struct{ *Relay }

var _ queue.Handler = scribe{}

// Bound has the event log of a workspace looked at, in the transaction that
// bound audit entries.
func (r *Relay) Bound(tx *store.Tx, workspace string) error {
	if r.EventLog == nil {
		return nil
	}
	lane := stanna.LogLane(workspace)
	tx.OnCommit(func() { r.Wake(lane) })
	return tx.Enqueue(stanna.Job{Lane: lane, Kind: stanna.LogJob, Ref: workspace, Due: r.Now(), CreatedAt: r.Now()})
}

// Plan takes the next entries.
func (s scribe) Plan(tx *store.Tx, lane *stanna.Lane, now time.Time) (queue.Work, error) {
	job, err := nextJob(tx, lane, now)
	if err != nil || job == nil {
		return nil, err
	}
	if s.EventLog == nil { // it was switched off
		return nil, tx.EndJob(job.ID, stanna.JobDone, "there is no event log")
	}
	w := &writing{Relay: s.Relay, workspace: lane.Workspace()}
	if w.from, err = tx.EventLogAt(w.workspace); err != nil {
		return nil, err
	}
	w.job, err = begin(tx, job)
	return w, err
}

// Recover takes back what a holder who is gone had begun.
func (s scribe) Recover(tx *store.Tx, _ *stanna.Lane, orphans []stanna.Job, now time.Time) error {
	return takeBack(tx, orphans, now)
}

// writing is a page of the trail on its way to the event log.
type writing struct {
	*Relay
	job       stanna.Job
	workspace string
	from, to  int64 // entries after from, up to to
	full      bool  // there may be more
	err       error
}

// Do reads the page and writes it.
func (w *writing) Do(ctx context.Context) {
	var records []eventlog.Record
	w.err = w.Store.View(ctx, func(tx *store.Tx) (err error) {
		records, err = w.read(tx)
		return err
	})
	if w.err != nil || len(records) == 0 {
		return
	}
	begun := w.Now()
	w.err = w.EventLog.Write(ctx, records)
	outcome := "delivered"
	if w.err != nil {
		outcome = "retry"
	}
	w.Count("log", outcome, w.Now().Sub(begun))
}

// entry is a line of the event log.
type entry struct {
	Workspace string            `json:"workspaceId"`
	Seq       int64             `json:"seq"`
	At        time.Time         `json:"at"`
	Actor     string            `json:"actor"`
	Action    string            `json:"action"`
	Subject   string            `json:"subject"`
	Reason    stanna.Reason     `json:"reason,omitempty"`
	Details   map[string]string `json:"details,omitempty"`
	*stanna.AlertNews
}

// read gathers the page: each entry, and of an alert what is true of it now,
// as webhooks tell it.
func (w *writing) read(tx *store.Tx) ([]eventlog.Record, error) {
	var entries []stanna.AuditEntry
	w.to, w.full = w.from, false
	for e, err := range tx.AuditTrail(w.workspace, w.from) {
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
		w.to = e.Seq
		if w.full = len(entries) == page; w.full {
			break
		}
	}
	alerts, err := alertsOf(tx, w.workspace, entries)
	if err != nil {
		return nil, err
	}
	records := make([]eventlog.Record, len(entries))
	for i, e := range entries {
		line, err := json.Marshal(entry{e.Workspace, e.Seq, e.At.UTC(), e.Actor, e.Action, e.Subject, e.Reason, e.Details, alerts[e.Subject]})
		if err != nil {
			return nil, err
		}
		records[i] = eventlog.Record{At: e.At, Action: e.Action, Line: line}
	}
	return records, nil
}

// alertsOf are the alerts that entries are about.
func alertsOf(tx *store.Tx, workspace string, entries []stanna.AuditEntry) (map[string]*stanna.AlertNews, error) {
	var ids []string
	for _, e := range entries {
		if strings.HasPrefix(e.Action, "alert.") {
			ids = append(ids, e.Subject)
		}
	}
	known := make(map[string]*stanna.AlertNews, len(ids))
	for chunk := range slices.Chunk(ids, 256) {
		alerts, err := tx.AlertsByID(workspace, chunk)
		if err != nil {
			return nil, err
		}
		of := make([]string, len(alerts))
		for i, a := range alerts {
			of[i] = a.ClientID
		}
		clients, err := tx.ClientsByID(workspace, of)
		if err != nil {
			return nil, err
		}
		for _, a := range alerts {
			n := stanna.NewsOf(a, clients[a.ClientID])
			known[a.ID] = &n
		}
	}
	return known, nil
}

// Settle notes how far the log has come.
func (w *writing) Settle(tx *store.Tx, lane *stanna.Lane, now time.Time) error {
	if w.err != nil {
		lane.Failures++
		lane.NotBefore = now.Add(min(queue.Backoff(lane.Failures), logSlowest))
		w.Log.Warn("write the event log; it goes on where it stopped", "workspace", w.workspace, "after", w.from, "failures", lane.Failures, "error", w.err)
		return tx.RetryJob(w.job, lane.NotBefore, "the event log does not take records; see the server's log")
	}
	lane.Failures = 0
	if w.to > w.from {
		if err := tx.PutEventLogAt(w.workspace, w.to); err != nil {
			return err
		}
	}
	if w.full {
		return tx.RetryJob(w.job, now, "")
	}
	return tx.EndJob(w.job.ID, stanna.JobDone, "")
}
