package intake

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
)

// LookAgain has every rule asked about a client anew, at once, with what is
// known of it, as if it had been changed: what stands already is listed once.
func (in *Intake) LookAgain(ctx context.Context, workspace, actor, client string) error {
	return in.change(ctx, workspace, func(b *batch) error {
		if _, err := b.tx.Client(workspace, client); err != nil {
			return err
		}
		if err := b.look(map[string]time.Time{client: stanna.AtOnce}, b.began); err != nil {
			return err
		}
		return b.tx.Audit(stanna.AuditEntry{Workspace: workspace, At: b.real, Actor: actor, Action: "client.looked_at", Subject: client})
	})
}
