package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/metrics"
	"github.com/gostanna/stanna/internal/store"
)

type excludeInput struct {
	ID   string `path:"id" maxLength:"200" doc:"The client's id"`
	Body *struct {
		IsExcluded  *bool  `json:"isExcluded,omitempty" doc:"false takes it in again; true without it"`
		WorkspaceID string `json:"workspaceId,omitempty"`
	} `required:"false"`
}

// changedOutput answers a change of a client with what it is now.
type changedOutput struct {
	Body struct {
		Success bool       `json:"success"`
		Message string     `json:"message"`
		Client  clientView `json:"client"`
	}
}

func (a *api) excludeClient(ctx context.Context, who auth.Caller, in *excludeInput) (*changedOutput, error) {
	excluded := true
	if in.Body != nil {
		if err := who.In(in.Body.WorkspaceID); err != nil {
			return nil, err
		}
		give(&excluded, in.Body.IsExcluded)
	}
	message := "Client is excluded from every figure, rule and message"
	if !excluded {
		message = "Client counts again"
	}
	return a.changeClient(ctx, who, in.ID, message, func(c *stanna.Client) error {
		c.IsExcluded = excluded
		return nil
	})
}

type tagsInput struct {
	ID   string `path:"id" maxLength:"200" doc:"The client's id"`
	Body struct {
		Tags        []string `json:"tags,omitempty" maxItems:"200" doc:"Are added to those that the client has" example:"[\"vip\"]"`
		Remove      []string `json:"remove,omitempty" maxItems:"200" doc:"Are taken away; one that the client does not have is no error"`
		WorkspaceID string   `json:"workspaceId,omitempty"`
	}
}

func (a *api) tagClient(ctx context.Context, who auth.Caller, in *tagsInput) (*changedOutput, error) {
	if err := who.In(in.Body.WorkspaceID); err != nil {
		return nil, err
	}
	if len(in.Body.Tags)+len(in.Body.Remove) == 0 {
		return nil, stanna.InvalidField("tags", "is missing: name the tags to add, or in remove those to take away")
	}
	return a.changeClient(ctx, who, in.ID, "Tags updated", func(c *stanna.Client) error {
		c.Tags = slices.DeleteFunc(c.Tags, func(t string) bool { return slices.Contains(in.Body.Remove, t) })
		for _, t := range in.Body.Tags {
			if t = strings.TrimSpace(t); !slices.Contains(c.Tags, t) {
				c.Tags = append(c.Tags, t)
			}
		}
		return nil
	})
}

// changeClient changes a client that the caller may see, and shows it.
func (a *api) changeClient(ctx context.Context, who auth.Caller, id, message string, change func(*stanna.Client) error) (*changedOutput, error) {
	if _, err := a.Intake.ChangeClient(ctx, who.Workspace, who.Actor(), id, change); err != nil {
		return nil, missing("client", id, err)
	}
	out := &changedOutput{}
	out.Body.Success, out.Body.Message = true, message
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(who.Workspace)
		if err != nil {
			return err
		}
		p, err := tx.Portrait(who.Workspace, id)
		out.Body.Client = viewClient(p, w.Settings)
		return err
	})
}

type recalculatedOutput struct {
	Body struct {
		Success bool     `json:"success"`
		Message string   `json:"message"`
		Score   *float64 `json:"score" doc:"The newest that was sent; null when none was"`
		Changed bool     `json:"changed" doc:"Always false: only a new signal brings a new score"`
	}
}

// recalculateScore has the rules asked anew about a client. There is no score
// to compute here, and the answer says so.
func (a *api) recalculateScore(ctx context.Context, who auth.Caller, in *clientID) (*recalculatedOutput, error) {
	var p store.Portrait
	if err := a.Store.View(ctx, func(tx *store.Tx) (err error) { p, err = seenPortrait(tx, who, in.ID); return err }); err != nil {
		return nil, err
	}
	if err := a.Intake.LookAgain(ctx, who.Workspace, who.Actor(), in.ID); err != nil {
		return nil, missing("client", in.ID, err)
	}
	out := &recalculatedOutput{}
	out.Body.Success = true
	out.Body.Message = "This server computes no scores and none was ever sent for this client. Every rule was asked about it anew"
	if score, measured := p.State.HealthScore(); measured {
		out.Body.Score = &score
		out.Body.Message = fmt.Sprintf("This server computes no scores: %g, the newest that was sent, stands. Every rule was asked about the client anew", score)
	}
	return out, nil
}

type upcomingOutput struct {
	Body struct {
		Upcoming []upcomingView `json:"upcoming" doc:"The nearest first"`
	}
}

type upcomingView struct {
	Type      string `json:"type" enum:"renewal,anniversary"`
	Title     string `json:"title"`
	Date      string `json:"date" format:"date"`
	DaysUntil int    `json:"daysUntil"`
}

func (a *api) listUpcoming(ctx context.Context, who auth.Caller, in *clientID) (*upcomingOutput, error) {
	out := &upcomingOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		scope, err := a.scope(tx, who)
		if err != nil {
			return err
		}
		p, err := seenPortrait(tx, who, in.ID)
		if err == nil {
			out.Body.Upcoming = each(scope.Upcoming(p.Client), func(e metrics.Event) upcomingView { return upcomingView{e.Type, e.Title, e.Date, e.Days} })
		}
		return err
	})
}
