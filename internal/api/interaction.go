package api

import (
	"context"
	"time"

	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/metrics"
	"github.com/gostanna/stanna/internal/store"
)

type lastInteractionsOutput struct{ Body map[string]time.Time }

// lastInteractions is a map, as documented: when somebody last spoke with each
// client.
func (a *api) lastInteractions(ctx context.Context, who auth.Caller, _ *struct{}) (*lastInteractionsOutput, error) {
	out := &lastInteractionsOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		last, err := tx.LastInteractions(who.Workspace, ownerFilter(who))
		for id, at := range last {
			last[id] = at.Truncate(time.Millisecond)
		}
		out.Body = last
		return err
	})
}

type interactionsInput struct {
	ID     string `path:"id" maxLength:"200" doc:"The client's id"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Offset int    `query:"offset" minimum:"0" default:"0" doc:"How many to skip"`
}

type interactionsOutput struct {
	Body struct {
		Interactions []interactionView `json:"interactions" doc:"Newest first"`
		Pagination   pagination        `json:"pagination"`
	}
}

// interactionView has the documented shape. What its sender left out is null.
type interactionView struct {
	ID        string    `json:"id" doc:"Of the signal that brought it"`
	Type      string    `json:"type" doc:"email, call, meeting, support_ticket, … as its sender calls it; conversation: one whose sentiment was detected"`
	Subject   *string   `json:"subject" doc:"data.subject of the signal"`
	Sentiment *string   `json:"sentiment" enum:"positive,neutral,negative" doc:"Of a conversation whose sentiment was detected: positive from 0.5, negative from −0.5 on the scale from −2 to 2. Else data.sentiment"`
	Date      time.Time `json:"date"`
	From      *string   `json:"from" doc:"data.from, else data.author"`
	To        *string   `json:"to" doc:"data.to"`
	Summary   *string   `json:"summary" doc:"data.summary, or the quote"`
	Source    string    `json:"source" doc:"Who told us"`
	URL       *string   `json:"url" doc:"Where it can be read"`
}

func (a *api) listInteractions(ctx context.Context, who auth.Caller, in *interactionsInput) (*interactionsOutput, error) {
	out := &interactionsOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		if _, err := seenPortrait(tx, who, in.ID); err != nil {
			return err
		}
		list, total, err := tx.Interactions(who.Workspace, in.ID, in.Limit, in.Offset)
		out.Body.Interactions, out.Body.Pagination = each(list, viewInteraction), paginationOf(in.Limit, in.Offset, total, len(list))
		return err
	})
}

func viewInteraction(s store.StoredSignal) interactionView {
	c := metrics.ConversationOf(s.Signal)
	return interactionView{c.ID, c.Kind, known(c.Subject), known(string(c.Mood)), c.At.UTC().Truncate(time.Millisecond), known(c.From), known(c.To), known(c.Summary), c.Source, known(c.URL)}
}
