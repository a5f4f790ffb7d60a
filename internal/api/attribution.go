package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/metrics"
	"github.com/gostanna/stanna/internal/store"
)

type attributionsInput struct {
	ID    string `path:"id" maxLength:"200" doc:"The client's id"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many scores and corrections are read, newest first; a score may have several reasons"`
}

type attributionsOutput struct {
	Body struct {
		Attributions []attributionView `json:"attributions" doc:"Newest first"`
	}
}

// attributionView has the documented shape first.
type attributionView struct {
	Date          time.Time `json:"date"`
	ScoreDelta    float64   `json:"scoreDelta" doc:"Points that it moved the score by; 0 for a correction, which moves nothing"`
	Reason        string    `json:"reason"`
	FactorType    string    `json:"factorType" doc:"The factor's name in one word; unexplained: its source gave none; correction: a person said it"`
	Weight        *float64  `json:"weight" doc:"Of a factor: its share of all that moved the score, 0 to 1. Of a correction: as it was given"`
	PreviousScore *float64  `json:"previousScore" doc:"null for the first score"`
	NewScore      *float64  `json:"newScore" doc:"null for a correction before the first score"`

	SignalID string  `json:"signalId"`
	Source   string  `json:"source"`
	Impact   string  `json:"impact" enum:"positive,negative,neutral"`
	Notes    *string `json:"notes" doc:"Of a correction"`
	By       *string `json:"by" doc:"Of a correction: who said it"`
}

func (a *api) listAttributions(ctx context.Context, who auth.Caller, in *attributionsInput) (*attributionsOutput, error) {
	out := &attributionsOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		if _, err := seenPortrait(tx, who, in.ID); err != nil {
			return err
		}
		list, err := metrics.Attributions(tx, who.Workspace, in.ID, in.Limit)
		out.Body.Attributions = each(list, viewAttribution)
		return err
	})
}

func viewAttribution(x metrics.Attribution) attributionView {
	view := attributionView{Date: x.At.UTC().Truncate(time.Millisecond), ScoreDelta: x.Delta, Reason: x.Reason, FactorType: x.Factor, Weight: x.Weight,
		PreviousScore: x.Before, NewScore: x.Score, SignalID: x.SignalID, Source: x.Source, Impact: "neutral"}
	switch {
	case x.Said != nil:
		view.Notes, view.By = known(x.Said.Notes), known(x.Said.By)
		if x.Said.Impact == "positive" || x.Said.Impact == "negative" {
			view.Impact = x.Said.Impact
		}
	case x.Delta > 0:
		view.Impact = "positive"
	case x.Delta < 0:
		view.Impact = "negative"
	}
	return view
}

type attributeInput struct {
	ID   string `path:"id" maxLength:"200" doc:"The client's id"`
	Body struct {
		Reason      string   `json:"reason" minLength:"1" maxLength:"2000" doc:"Why the score moved, or should have" example:"The champion left the company"`
		Impact      string   `json:"impact" enum:"positive,negative,neutral"`
		Weight      *float64 `json:"weight,omitempty" minimum:"0" maximum:"100" doc:"How much it matters, on your own scale"`
		Notes       string   `json:"notes,omitempty" maxLength:"5000"`
		ID          string   `json:"id,omitempty" maxLength:"200" doc:"Your own id of it: sent again with the same one, it changes nothing"`
		WorkspaceID string   `json:"workspaceId,omitempty"`
	}
}

// attribute keeps what somebody says about a score, as a signal of its own
// type: rules can speak of it, and the score stays what its source says.
func (a *api) attribute(ctx context.Context, who auth.Caller, in *attributeInput) (*doneOutput, error) {
	b := in.Body
	if err := who.In(b.WorkspaceID); err != nil {
		return nil, err
	}
	if strings.TrimSpace(b.Reason) == "" {
		return nil, stanna.InvalidField("reason", "is required")
	}
	if err := a.Store.View(ctx, func(tx *store.Tx) error { _, err := seenPortrait(tx, who, in.ID); return err }); err != nil {
		return nil, err
	}
	data, err := json.Marshal(metrics.Correction{Reason: strings.TrimSpace(b.Reason), Impact: b.Impact, Weight: b.Weight, Notes: strings.TrimSpace(b.Notes), By: actor(who).Name})
	if err != nil {
		return nil, err
	}
	s := stanna.Signal{ID: store.NewID("att"), ClientID: in.ID, Type: metrics.AttributionType, Source: "stanna", Data: data}
	if b.ID != "" {
		sum := sha256.Sum256([]byte(in.ID + "\x00" + b.ID)) // another's may have the same
		s.ID = "att_" + hex.EncodeToString(sum[:16])
	}
	outcomes, err := a.Intake.Signals(ctx, who.Workspace, []stanna.Signal{s}, false)
	switch {
	case err != nil:
		return nil, err
	case outcomes[0].Err != nil:
		return nil, outcomes[0].Err
	case outcomes[0].Became == stanna.Duplicate:
		return did("Attribution was logged before; nothing changed"), nil
	}
	return did("Attribution logged"), nil
}
