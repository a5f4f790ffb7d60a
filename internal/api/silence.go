package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// silenceView is an agreed quiet.
type silenceView struct {
	ID        string         `json:"id"`
	Matcher   stanna.Matcher `json:"matcher" doc:"What it is about"`
	Author    string         `json:"author"`
	Comment   string         `json:"comment"`
	StartsAt  time.Time      `json:"startsAt"`
	EndsAt    time.Time      `json:"endsAt"`
	EndedBy   *string        `json:"endedBy" doc:"Who ended it early"`
	Active    bool           `json:"active" doc:"It is in force now"`
	CreatedAt time.Time      `json:"createdAt"`
}

func viewSilence(now time.Time) func(stanna.Silence) silenceView {
	return func(s stanna.Silence) silenceView {
		return silenceView{s.ID, s.Matcher, s.Author, s.Comment, s.StartsAt.UTC(), s.EndsAt.UTC(), known(s.EndedBy), s.Active(now), s.CreatedAt.UTC()}
	}
}

type listSilencesInput struct {
	Page
	Active bool `query:"active" doc:"Only those in force now"`
}

type listSilencesOutput struct {
	Body struct {
		Silences   []silenceView `json:"silences" doc:"Newest first"`
		Pagination pagination    `json:"pagination"`
	}
}

func (a *api) listSilences(ctx context.Context, who auth.Caller, in *listSilencesInput) (*listSilencesOutput, error) {
	out := &listSilencesOutput{}
	now := a.Clock.Now(who.Workspace)
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		at := time.Time{}
		if in.Active {
			at = now
		}
		list, total, err := tx.Silences(who.Workspace, at, in.Limit, in.Offset)
		out.Body.Silences, out.Body.Pagination = each(list, viewSilence(now)), paginationOf(in.Limit, in.Offset, total, len(list))
		return err
	})
}

type silenceOutput struct {
	Status int
	Body   silenceView
}

type postSilenceInput struct {
	Body struct {
		Matcher  stanna.Matcher `json:"matcher" doc:"Types, rules, severities, a filter of clients, a condition; at least one"`
		Comment  string         `json:"comment" doc:"Why it is quiet, for those who wonder"`
		StartsAt *time.Time     `json:"startsAt,omitempty" doc:"Now without it"`
		EndsAt   *time.Time     `json:"endsAt,omitempty" doc:"Required: a silence without an end is forgotten. A year at most"`
	}
}

// postSilence begins a silence. What it matches is held from then on, and
// told when it ends. A csm may silence their own accounts only.
func (a *api) postSilence(ctx context.Context, who auth.Caller, in *postSilenceInput) (*silenceOutput, error) {
	s := stanna.Silence{Matcher: in.Body.Matcher, Comment: in.Body.Comment}
	if in.Body.StartsAt != nil {
		s.StartsAt = in.Body.StartsAt.UTC()
	}
	if in.Body.EndsAt != nil {
		s.EndsAt = in.Body.EndsAt.UTC()
	}
	if err := a.ownMatcher(ctx, who, s.Matcher); err != nil {
		return nil, err
	}
	s, err := a.Policy.AddSilence(ctx, who.Workspace, actor(who), s)
	if err != nil {
		return nil, err
	}
	return &silenceOutput{http.StatusCreated, viewSilence(a.Clock.Now(who.Workspace))(s)}, nil
}

// ownMatcher refuses a csm who would silence what is not theirs.
func (a *api) ownMatcher(ctx context.Context, who auth.Caller, m stanna.Matcher) error {
	if !who.OwnAccountsOnly() {
		return nil
	}
	if len(m.Filter.Owners) == 1 && who.Sees(m.Filter.Owners[0]) {
		return nil
	}
	if len(m.Filter.Only) == 0 {
		return stanna.Errorf(stanna.Forbidden, "you may silence your own accounts; name them in matcher.filter.only, or yourself in matcher.filter.owners")
	}
	return a.Store.View(ctx, func(tx *store.Tx) error {
		clients, err := tx.ClientsByID(who.Workspace, m.Filter.Only)
		if err != nil {
			return err
		}
		for _, c := range clients {
			if !who.Sees(c.CSMOwner) {
				return stanna.Errorf(stanna.Forbidden, "you may silence your own accounts only")
			}
		}
		return nil
	})
}

type silenceID struct {
	ID string `path:"id" maxLength:"200" doc:"The silence's id"`
}

func (a *api) silenceOf(ctx context.Context, workspace, id string) (s stanna.Silence, err error) {
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		s, err = tx.Silence(workspace, id)
		return missing("silence", id, err)
	})
	return s, err
}

func (a *api) getSilence(ctx context.Context, who auth.Caller, in *silenceID) (*silenceOutput, error) {
	s, err := a.silenceOf(ctx, who.Workspace, in.ID)
	return &silenceOutput{http.StatusOK, viewSilence(a.Clock.Now(who.Workspace))(s)}, err
}

// endSilence ends it now: what it held is told, unless something else holds
// it.
func (a *api) endSilence(ctx context.Context, who auth.Caller, in *silenceID) (*silenceOutput, error) {
	s, err := a.silenceOf(ctx, who.Workspace, in.ID)
	if err != nil {
		return nil, err
	}
	if s.Author != actor(who).Name {
		if err := a.ownMatcher(ctx, who, s.Matcher); err != nil {
			return nil, err
		}
	}
	if s, err = a.Policy.EndSilence(ctx, who.Workspace, actor(who), in.ID); err != nil {
		return nil, err
	}
	return &silenceOutput{http.StatusOK, viewSilence(a.Clock.Now(who.Workspace))(s)}, nil
}
