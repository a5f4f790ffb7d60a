package intake

import (
	"context"
	"encoding/json"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Reached notes that somebody got in touch with the client of an alert: an
// intervention, as if another system had logged it.
func (in *Intake) Reached(ctx context.Context, workspace, id string, by By, contact stanna.Contacted) error {
	if len(contact.Summary) > stanna.MaxNote {
		return stanna.InvalidField("note", "is longer than %d bytes", stanna.MaxNote)
	}
	var a stanna.Alert
	err := in.store.View(ctx, func(tx *store.Tx) (err error) {
		if a, err = tx.Alert(workspace, id); err != nil || a.ClientID == "" {
			return err
		}
		c, err := tx.Client(workspace, a.ClientID)
		if err == nil && by.Sees != nil && !by.Sees(c.CSMOwner) {
			err = stanna.Errorf(stanna.NotFound, "alert not found")
		}
		return err
	})
	if err != nil {
		return err
	}
	if a.ClientID == "" {
		return stanna.InvalidField("alert", "is about the whole portfolio; say it of an alert of the client")
	}
	data, err := json.Marshal(contact)
	if err != nil {
		return err
	}
	out, err := in.Signals(ctx, workspace, []stanna.Signal{{ID: store.NewID("sig"), ClientID: a.ClientID, Type: stanna.InterventionLogged, Source: "stanna", Data: data}}, false)
	if err == nil {
		err = out[0].Err
	}
	if err != nil {
		return err
	}
	return in.store.Update(ctx, func(tx *store.Tx) error {
		return tx.Audit(stanna.AuditEntry{Workspace: workspace, At: in.clock.Real(), Actor: by.Actor, Action: "alert.reached", Subject: a.ID,
			Details: map[string]string{"client": a.ClientID, "how": contact.Kind}})
	})
}
