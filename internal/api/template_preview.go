package api

import (
	"context"
	"encoding/json"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/deliver"
	"github.com/gostanna/stanna/internal/policy"
)

// DraftTemplate is a template that need not be saved.
type DraftTemplate struct {
	Type    stanna.AlertType `json:"type" doc:"The alert type"`
	Channel string           `json:"channel,omitempty" maxLength:"100" doc:"A Slack channel's id; everywhere without it"`
	WordingView
}

func (d DraftTemplate) template() stanna.Template {
	return stanna.Template{Type: d.Type, Channel: d.Channel, Wording: d.wording()}
}

type previewTemplateInput struct {
	Body struct {
		DraftTemplate
		ClientID string `json:"clientId,omitempty" maxLength:"200" doc:"Write about this client, as of its newest alert of the type, in the place of the samples"`
		AlertID  string `json:"alertId,omitempty" maxLength:"200" doc:"Write about this alert"`
	}
}

type previewTemplateOutput struct {
	Body struct {
		OK       bool             `json:"ok" doc:"It could be saved"`
		Problems []draftProblem   `json:"problems" doc:"Everything that would refuse it, by field"`
		Warnings []policy.Warning `json:"warnings" doc:"What may be saved and is probably not what was meant"`
		Messages []drawnMessage   `json:"messages" doc:"One for each sample, or the one about the client; none while the template cannot be read"`
	}
}

// drawnMessage is a message as Slack would be sent it.
type drawnMessage struct {
	Sample      string          `json:"sample,omitempty" doc:"The made-up alert it is about"`
	Text        string          `json:"text" doc:"For notifications and screen readers; it says what the blocks say"`
	Blocks      json.RawMessage `json:"blocks" doc:"Block Kit"`
	Attachments json.RawMessage `json:"attachments,omitempty" doc:"With an accent, the foot beside its bar"`
	Problem     *draftProblem   `json:"problem" doc:"Why it is in the standard form, or lacks a link; null: it is in the template's words"`
}

func (a *api) previewTemplate(ctx context.Context, who auth.Caller, in *previewTemplateInput) (*previewTemplateOutput, error) {
	draft := in.Body.template()
	problems, warnings, err := a.Policy.CheckTemplate(ctx, who.Workspace, draft)
	if err != nil {
		return nil, err
	}
	out := &previewTemplateOutput{}
	out.Body.OK, out.Body.Problems = len(problems) == 0, each(problems, func(p policy.Problem) draftProblem { return draftProblem(p) })
	out.Body.Warnings, out.Body.Messages = all(warnings), []drawnMessage{}
	list, err := a.Policy.PreviewTemplate(ctx, who.Workspace, policy.TemplateQuestion{Draft: draft, AlertID: in.Body.AlertID, ClientID: in.Body.ClientID,
		Sees: who.Sees, Links: deliver.Links{PublicURL: a.PublicURL}})
	switch code := stanna.CodeOf(err); {
	case code == stanna.Invalid && !out.Body.OK:
		return out, nil // the problems say it
	case code == stanna.NotFound && in.Body.AlertID != "":
		return nil, missing("alert", in.Body.AlertID, err)
	case err != nil:
		return nil, missing("client", in.Body.ClientID, err)
	}
	for _, d := range list {
		m := drawnMessage{Sample: d.Sample, Text: d.Message.Text}
		if m.Blocks, m.Attachments, err = d.Message.Layout(); err != nil {
			return nil, err
		}
		if p, wrong := d.Problem(); wrong {
			view := draftProblem(p)
			m.Problem = &view
		}
		out.Body.Messages = append(out.Body.Messages, m)
	}
	return out, nil
}

type sendTemplateInput struct {
	Body struct {
		DraftTemplate
		Sample      string `json:"sample,omitempty" maxLength:"100" doc:"Which sample, by the name that a preview gives; the first without it"`
		Destination string `json:"destination,omitempty" maxLength:"500" doc:"A channel (id, name or link) or somebody's e-mail address; the default channel without it"`
	}
}

// sendTemplate sends what a template says of a sample, marked as a test, and
// waits for what becomes of it.
func (a *api) sendTemplate(ctx context.Context, who auth.Caller, in *sendTemplateInput) (*sendOutput, error) {
	trial, err := a.Policy.TrialOf(ctx, who.Workspace, in.Body.template(), in.Body.Sample)
	if err != nil {
		return nil, err
	}
	to, name, err := a.tellAt(ctx, who.Workspace, in.Body.Destination, stanna.Client{})
	if err != nil {
		return nil, err
	}
	n, err := a.Intake.SendTrial(ctx, who.Workspace, actor(who), to, trial)
	if err != nil {
		return nil, err
	}
	return a.became(ctx, n, "test message", name)
}
