package api

import (
	"context"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

type alertOutput struct{ Body alertView }

func acted(id string, x stanna.Alert, err error) (*alertOutput, error) {
	if err != nil {
		return nil, missing("alert", id, err)
	}
	return &alertOutput{viewAlert(x)}, nil
}

// takeAlert says that the caller is on it. Who takes up what another has
// taken up relieves them.
func (a *api) takeAlert(ctx context.Context, who auth.Caller, in *alertID) (*alertOutput, error) {
	x, err := a.Intake.TakeUp(ctx, who.Workspace, in.ID, actor(who))
	return acted(in.ID, x, err)
}

type assignInput struct {
	ID   string `path:"id" maxLength:"200" doc:"The alert's id"`
	Body struct {
		To string `json:"to" maxLength:"254" doc:"E-mail of a member of the workspace or of an account owner; empty takes the assignment back"`
	}
}

func (a *api) assignAlert(ctx context.Context, who auth.Caller, in *assignInput) (*alertOutput, error) {
	to := cleanEmail(in.Body.To)
	if to != "" {
		if err := a.colleague(ctx, who.Workspace, to, "to"); err != nil {
			return nil, err
		}
	}
	x, err := a.Intake.Assign(ctx, who.Workspace, in.ID, actor(who), to)
	return acted(in.ID, x, err)
}

// colleague refuses somebody who is neither a member of the workspace nor
// owns an account, nor is named by anybody who does.
func (a *api) colleague(ctx context.Context, workspace, email, field string) error {
	return a.Store.View(ctx, func(tx *store.Tx) error {
		team, err := a.colleagues(tx, workspace)
		if err == nil && team[email] == nil {
			err = stanna.InvalidField(field, "%q is nobody here; GET /api/people lists them", clip(email, 60))
		}
		return err
	})
}

type snoozeInput struct {
	ID   string `path:"id" maxLength:"200" doc:"The alert's id"`
	Body struct {
		Until string `json:"until" maxLength:"60" doc:"A time, or tomorrow, or the name of a weekday: when working hours begin on that day" example:"tomorrow"`
	}
}

// snoozeAlert puts it off; it is told again then, if it is still bad.
func (a *api) snoozeAlert(ctx context.Context, who auth.Caller, in *snoozeInput) (*alertOutput, error) {
	settings, err := a.settingsOf(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	until, err := settings.PutOff(in.Body.Until, a.Clock.Now(who.Workspace))
	if err != nil {
		return nil, err
	}
	x, err := a.Intake.Snooze(ctx, who.Workspace, in.ID, actor(who), until)
	return acted(in.ID, x, err)
}

type resolveInput struct {
	ID   string `path:"id" maxLength:"200" doc:"The alert's id"`
	Body struct {
		Outcome stanna.Outcome `json:"outcome" enum:"saved,lost,noise,known" doc:"What became of it; noise: not useful; known: already knew"`
		Note    string         `json:"note,omitempty" maxLength:"2000"`
	}
}

func (a *api) resolveAlert(ctx context.Context, who auth.Caller, in *resolveInput) (*alertOutput, error) {
	x, err := a.Intake.Resolve(ctx, who.Workspace, in.ID, actor(who), in.Body.Outcome, strings.TrimSpace(in.Body.Note))
	return acted(in.ID, x, err)
}

type receiptInput struct {
	ID   string `path:"id" maxLength:"200" doc:"The alert's id"`
	Body struct {
		Verdict stanna.Verdict `json:"verdict" enum:"useful,not_useful,known,late" doc:"not_useful and known also close the alert; known and late: it was right, and no help"`
	}
}

// judgeAlert keeps what the caller says about having been told.
func (a *api) judgeAlert(ctx context.Context, who auth.Caller, in *receiptInput) (*alertOutput, error) {
	x, err := a.Intake.Receipt(ctx, who.Workspace, in.ID, actor(who), in.Body.Verdict)
	return acted(in.ID, x, err)
}

// farAhead is later than anybody was looked up in Slack.
func farAhead(now time.Time) time.Time { return now.AddDate(100, 0, 0) }
