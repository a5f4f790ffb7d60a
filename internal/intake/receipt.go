package intake

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
)

// Receipt keeps what somebody says about having been told of an alert, also
// of one that is closed. Not useful and already known end what is open; late
// and useful leave it as it is. Saying the same again changes nothing.
func (in *Intake) Receipt(ctx context.Context, workspace, id string, by By, v stanna.Verdict) (stanna.Alert, error) {
	return in.act(ctx, workspace, id, by, "alert.resolved", func(b *batch, a *stanna.Alert, now time.Time) (bool, error) {
		if err := b.receive(*a, by, v, now); err != nil || !a.Open() {
			return false, err
		}
		switch v {
		case stanna.VerdictNotUseful:
			return true, a.Resolve(by.Name, stanna.Noise, "", now)
		case stanna.VerdictKnown:
			return true, a.Resolve(by.Name, stanna.AlreadyKnown, "", now)
		}
		return false, nil
	})
}

// receive stores a receipt, unless it is the one that stands.
func (b *batch) receive(a stanna.Alert, by By, v stanna.Verdict, now time.Time) error {
	if !v.Valid() {
		return stanna.InvalidField("verdict", "must be useful, not_useful, known or late")
	}
	said, err := b.tx.Receipts(b.workspace, a.ID)
	if err != nil {
		return err
	}
	for _, r := range said {
		if r.By == by.Name && r.Verdict == v {
			return nil
		}
	}
	if err := b.tx.PutReceipt(stanna.Receipt{Workspace: b.workspace, AlertID: a.ID, RuleID: a.RuleID, By: by.Name, Verdict: v, At: now}); err != nil {
		return err
	}
	return b.tx.Audit(stanna.AuditEntry{Workspace: b.workspace, At: b.real, Actor: by.Actor, Action: "alert.judged", Subject: a.ID,
		Details: map[string]string{"rule": a.RuleID, "client": a.ClientID, "verdict": string(v)}})
}
