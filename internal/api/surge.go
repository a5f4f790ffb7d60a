package api

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// surgeView is many clients moving the same way at once, from one source.
type surgeView struct {
	ID        string             `json:"id"`
	Type      stanna.AlertType   `json:"type"`
	Source    string             `json:"source" doc:"Who reported the moves"`
	Status    stanna.SurgeStatus `json:"status" enum:"holding,released,discarded"`
	Clients   int                `json:"clients" doc:"That have moved so far"`
	Book      int                `json:"book" doc:"Clients that take part, when it began"`
	Held      int                `json:"held" doc:"Notifications that wait for it"`
	BeganAt   time.Time          `json:"beganAt"`
	Until     time.Time          `json:"until" doc:"When what is held is told by itself"`
	EndedBy   *string            `json:"endedBy" doc:"Who released or discarded it; null when its time was over"`
	UpdatedAt time.Time          `json:"updatedAt"`
}

func viewSurge(s stanna.Surge, held int) surgeView {
	return surgeView{s.ID, s.Type, s.Source, s.Status, s.Clients, s.Book, held, s.BeganAt.UTC(), s.Until.UTC(), known(s.EndedBy), s.UpdatedAt.UTC()}
}

type surgesOutput struct {
	Body struct {
		Surges     []surgeView `json:"surges" doc:"Newest first"`
		Pagination pagination  `json:"pagination"`
	}
}

func (a *api) listSurges(ctx context.Context, who auth.Caller, in *Page) (*surgesOutput, error) {
	out := &surgesOutput{}
	out.Body.Surges = []surgeView{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		list, total, err := tx.Surges(who.Workspace, in.Limit, in.Offset)
		if err != nil {
			return err
		}
		out.Body.Pagination = paginationOf(in.Limit, in.Offset, total, len(list))
		for _, s := range list {
			held, err := tx.HeldBySurge(who.Workspace, s.ID)
			if err != nil {
				return err
			}
			out.Body.Surges = append(out.Body.Surges, viewSurge(s, held))
		}
		return nil
	})
}

type surgeID struct {
	ID string `path:"id" maxLength:"200" doc:"The surge's id"`
}

type surgeOutput struct{ Body surgeView }

func (a *api) releaseSurge(ctx context.Context, who auth.Caller, in *surgeID) (*surgeOutput, error) {
	return a.endSurge(ctx, who, in.ID, true)
}

func (a *api) discardSurge(ctx context.Context, who auth.Caller, in *surgeID) (*surgeOutput, error) {
	return a.endSurge(ctx, who, in.ID, false)
}

// endSurge tells what is held as soon as it may be told, or closes it as
// noise and tells nobody.
func (a *api) endSurge(ctx context.Context, who auth.Caller, id string, release bool) (*surgeOutput, error) {
	s, err := a.Intake.EndSurge(ctx, who.Workspace, id, actor(who), release)
	if err != nil {
		return nil, missing("surge", id, err)
	}
	return &surgeOutput{viewSurge(s, 0)}, nil
}

type heldOutput struct {
	Body struct {
		Summary    []heldSummary      `json:"summary" doc:"How much is held for whom and why; empty for those who see their own accounts only"`
		Held       []notificationView `json:"held" doc:"Newest first"`
		Pagination pagination         `json:"pagination"`
	}
}

type heldSummary struct {
	Destination string        `json:"destination"`
	Name        string        `json:"name" doc:"As people call it"`
	Intended    string        `json:"intended" doc:"The place as it was chosen"`
	Reason      stanna.Reason `json:"reason"`
	Explanation string        `json:"explanation"`
	Count       int           `json:"count"`
	Until       time.Time     `json:"until" doc:"When the first of them is looked at again"`
}

// listHeld shows what waits to be told, for whom, why, and until when.
func (a *api) listHeld(ctx context.Context, who auth.Caller, in *Page) (*heldOutput, error) {
	names, err := a.placeNames(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	out := &heldOutput{}
	out.Body.Summary = []heldSummary{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		list, total, err := tx.Notifications(who.Workspace, store.NotificationQuery{Status: stanna.Held, Owner: ownerFilter(who), Limit: in.Limit, Offset: in.Offset})
		if err != nil {
			return err
		}
		out.Body.Held, out.Body.Pagination = each(list, viewNotification), paginationOf(in.Limit, in.Offset, total, len(list))
		if who.OwnAccountsOnly() {
			return nil
		}
		counts, err := tx.HeldCounts(who.Workspace)
		out.Body.Summary = each(counts, func(h store.HeldCount) heldSummary {
			return heldSummary{string(h.Destination), names.of(h.Destination), string(h.Intended), h.Reason, explain(h.Reason), h.Count, h.Until.UTC()}
		})
		return err
	})
}
