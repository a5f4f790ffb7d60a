package api

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// auditView is one entry of the trail.
type auditView struct {
	ID          string            `json:"id"`
	Seq         *int64            `json:"seq" doc:"Its place in the chain; null until it is bound, within a second"`
	At          time.Time         `json:"at"`
	Actor       string            `json:"actor" doc:"system, slack, user:… or key:…"`
	Action      string            `json:"action"`
	Subject     string            `json:"subject" doc:"The id of what it was done to"`
	Reason      stanna.Reason     `json:"reason"`
	Explanation string            `json:"explanation"`
	Details     map[string]string `json:"details"`
}

func viewAudit(e stanna.AuditEntry) auditView {
	view := auditView{ID: e.ID, At: e.At.UTC(), Actor: e.Actor, Action: e.Action, Subject: e.Subject, Reason: e.Reason, Explanation: explain(e.Reason), Details: e.Details}
	if e.Seq > 0 {
		view.Seq = &e.Seq
	}
	if view.Details == nil {
		view.Details = map[string]string{}
	}
	return view
}

type listAuditInput struct {
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Before  string `query:"before" maxLength:"60" doc:"The nextBefore of the page before this one"`
	Subject string `query:"subject" maxLength:"200" doc:"Only what was done to this id"`
}

type listAuditOutput struct {
	Body struct {
		Entries    []auditView `json:"entries" doc:"Newest first"`
		HasMore    bool        `json:"hasMore"`
		NextBefore *string     `json:"nextBefore" doc:"For the next page; null on the last"`
	}
}

// listAudit pages by the entries' ids, for the trail grows without end and
// while one reads.
func (a *api) listAudit(ctx context.Context, who auth.Caller, in *listAuditInput) (*listAuditOutput, error) {
	out := &listAuditOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		list, err := tx.AuditPage(who.Workspace, in.Subject, in.Before, in.Limit+1)
		if out.Body.HasMore = len(list) > in.Limit; out.Body.HasMore {
			list = list[:in.Limit]
			out.Body.NextBefore = known(list[in.Limit-1].ID)
		}
		out.Body.Entries = each(list, viewAudit)
		return err
	})
}
