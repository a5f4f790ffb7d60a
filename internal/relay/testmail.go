package relay

import (
	"context"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/mail"
	"github.com/gostanna/stanna/internal/store"
)

// HasMail says whether this server can send e-mail.
func (r *Relay) HasMail() bool { return r.Mail != nil }

// TestMail sends a letter to somebody's own address now, to see whether mail
// arrives. The trail names who sent it, and no address.
func (r *Relay) TestMail(ctx context.Context, workspace, actor, to string) (mail.Answer, error) {
	now := r.Now()
	a := r.post(mail.Letter{ID: store.NewID("msg"), To: to, Subject: "Test from Stanna", At: now,
		Text: "This is a test of Stanna for " + workspace + ". It works: notices can reach you here.\n\nWho gets which notices is chosen at " + r.PublicURL + "/integrations/webhooks\n"})
	return a, r.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		return tx.Audit(stanna.AuditEntry{Workspace: workspace, At: now, Actor: actor, Action: "mail.tested", Subject: workspace, Details: map[string]string{"outcome": string(a.Outcome)}})
	})
}
