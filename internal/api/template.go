package api

import (
	"context"
	"net/http"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/expr"
	"github.com/gostanna/stanna/internal/policy"
	"github.com/gostanna/stanna/internal/store"
)

// WordingView is what a template says.
type WordingView struct {
	Subject string           `json:"subject" doc:"The headline, in one line; at most 300 characters"`
	Body    string           `json:"body,omitempty" doc:"At most 4,000 characters. *bold*, _italic_ and code, lists, and links as <https://…|label>; what stands in {{ }} is shown as plain text"`
	Fields  []templateField  `json:"fields,omitempty" maxItems:"10"`
	Buttons []templateButton `json:"buttons,omitempty" maxItems:"5" doc:"Links, where the workspace has no buttons"`
}

type templateField struct {
	Label string `json:"label" doc:"As it stands"`
	Value string `json:"value" doc:"With {{ }}; a field that comes to nothing is left out"`
}

type templateButton struct {
	Label string `json:"label" doc:"As it stands"`
	URL   string `json:"url" doc:"With {{ }}; what comes to no https address is left out, and noted as a failure; what comes to nothing is left out"`
}

func viewWording(w stanna.Wording) WordingView {
	return WordingView{w.Subject, w.Body, each(w.Fields, func(f stanna.TemplateField) templateField { return templateField(f) }),
		each(w.Buttons, func(b stanna.TemplateButton) templateButton { return templateButton(b) })}
}

func (v WordingView) wording() stanna.Wording {
	return stanna.Wording{Subject: v.Subject, Body: v.Body, Fields: each(v.Fields, func(f templateField) stanna.TemplateField { return stanna.TemplateField(f) }),
		Buttons: each(v.Buttons, func(b templateButton) stanna.TemplateButton { return stanna.TemplateButton(b) })}
}

// templateView is a template as it is stored.
type templateView struct {
	Type    stanna.AlertType `json:"type"`
	Channel string           `json:"channel" doc:"A Slack channel's id; empty: everywhere that has none of its own"`
	Version int              `json:"version" doc:"Rises with every change"`
	WordingView
	UpdatedAt time.Time        `json:"updatedAt"`
	Failed    *templateFailure `json:"failed" doc:"When this version last failed for an alert, which went out in the standard form; null: never"`
	Warnings  []policy.Warning `json:"warnings,omitempty" doc:"In the answer to a change: what may be saved and is probably not what was meant"`
}

type templateFailure struct {
	At      time.Time `json:"at"`
	AlertID string    `json:"alertId"`
	Reason  string    `json:"reason"`
}

func viewTemplate(t stanna.Template) templateView {
	view := templateView{Type: t.Type, Channel: t.Channel, Version: t.Version, WordingView: viewWording(t.Wording), UpdatedAt: t.UpdatedAt.UTC()}
	if f := t.Failed; !f.At.IsZero() {
		view.Failed = &templateFailure{f.At.UTC(), f.AlertID, f.Why}
	}
	return view
}

type listTemplatesOutput struct {
	Body struct {
		Templates []templateView `json:"templates" doc:"By type; that for everywhere before those of channels"`
	}
}

func (a *api) listTemplates(ctx context.Context, who auth.Caller, _ *struct{}) (*listTemplatesOutput, error) {
	out := &listTemplatesOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		list, err := tx.Templates(who.Workspace)
		out.Body.Templates = each(list, viewTemplate)
		return err
	})
}

// TemplateAt is which template is meant.
type TemplateAt struct {
	Type    string `path:"type" maxLength:"100" doc:"The alert type; /api/alert-types lists them"`
	Channel string `query:"channel" maxLength:"500" doc:"The Slack channel whose own template is meant, by id; that for everywhere without it"`
}

func (t TemplateAt) id() string { return store.TemplateSubject(stanna.AlertType(t.Type), t.Channel) }

type templateOutput struct {
	Status int
	ETag   string `header:"ETag" doc:"Its version, for If-Match"`
	Body   templateView
}

func templateAnswer(status int, saved policy.SavedTemplate) *templateOutput {
	out := &templateOutput{Status: status, ETag: etag(saved.Template.Version), Body: viewTemplate(saved.Template)}
	out.Body.Warnings = saved.Warnings
	return out
}

func (a *api) getTemplate(ctx context.Context, who auth.Caller, in *TemplateAt) (*templateOutput, error) {
	var t stanna.Template
	err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
		t, err = tx.Template(who.Workspace, stanna.AlertType(in.Type), in.Channel)
		return missing("template", in.id(), err)
	})
	return templateAnswer(http.StatusOK, policy.SavedTemplate{Template: t}), err
}

type putTemplateInput struct {
	IfRead
	TemplateAt
	Body struct {
		WordingView
		Version *int `json:"version,omitempty" doc:"Of the template as you read it, 0 for none; refused if it was changed since"`

		Kind      *stanna.AlertType `json:"type,omitempty" doc:"May be repeated, not changed"`
		Place     *string           `json:"channel,omitempty" doc:"May be repeated, not changed"`
		UpdatedAt *time.Time        `json:"updatedAt,omitempty" doc:"May be repeated; not changed by it"`
		Failed    *templateFailure  `json:"failed,omitempty" doc:"May be repeated; not changed by it"`
		Warnings  *[]policy.Warning `json:"warnings,omitempty" doc:"May be repeated; not changed by it"`
	}
}

func (a *api) putTemplate(ctx context.Context, who auth.Caller, in *putTemplateInput) (*templateOutput, error) {
	draft := stanna.Template{Type: stanna.AlertType(in.Type), Channel: in.Channel, Wording: in.Body.wording()}
	there := true
	err := a.Store.View(ctx, func(tx *store.Tx) error {
		_, err := tx.Template(who.Workspace, draft.Type, draft.Channel)
		if stanna.CodeOf(err) == stanna.NotFound {
			there, err = false, nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if !there && draft.Channel != "" { // a name or a link is as good as an id
		c, err := a.channel(ctx, who.Workspace, draft.Channel, "channel")
		if err != nil {
			return nil, err
		}
		draft.Channel = c.ID
	}
	switch {
	case in.Body.Kind != nil && *in.Body.Kind != draft.Type:
		return nil, stanna.InvalidField("type", "cannot be changed; it is named in the address")
	case in.Body.Place != nil && *in.Body.Place != draft.Channel:
		return nil, stanna.InvalidField("channel", "cannot be changed; it is named in the address")
	}
	saved, err := a.Policy.SaveTemplate(ctx, who.Workspace, actor(who), draft, in.version(in.Body.Version))
	if err != nil {
		return nil, in.refused(err)
	}
	status := http.StatusOK
	if !there {
		status = http.StatusCreated
	}
	return templateAnswer(status, saved), nil
}

type deleteTemplateInput struct {
	IfRead
	TemplateAt
	Version int `query:"version" minimum:"0" doc:"Of the template as you read it; refused if it was changed since"`
}

func (a *api) deleteTemplate(ctx context.Context, who auth.Caller, in *deleteTemplateInput) (*doneOutput, error) {
	var version *int
	if in.Version > 0 {
		version = &in.Version
	}
	if err := a.Policy.DeleteTemplate(ctx, who.Workspace, actor(who), stanna.AlertType(in.Type), in.Channel, in.version(version)); err != nil {
		return nil, missing("template", in.id(), in.refused(err))
	}
	return did("Template deleted; such alerts are told by the one for everywhere, or in the standard form. Its history stays, and it can be restored"), nil
}

type templateHistoryInput struct {
	TemplateAt
	Page
}

type templateHistoryOutput struct {
	Body struct {
		Versions   []templateVersionView `json:"versions" doc:"Newest first"`
		Pagination pagination            `json:"pagination"`
	}
}

type templateVersionView struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	Author  string    `json:"author" doc:"system, user:… or key:…"`
	Deleted bool      `json:"deleted" doc:"It was deleted then"`
	WordingView
}

func (a *api) templateHistory(ctx context.Context, who auth.Caller, in *templateHistoryInput) (*templateHistoryOutput, error) {
	list, total, err := a.Policy.TemplateHistory(ctx, who.Workspace, stanna.AlertType(in.Type), in.Channel, in.Limit, in.Offset)
	if err != nil {
		return nil, missing("template", in.id(), err)
	}
	out := &templateHistoryOutput{}
	out.Body.Pagination = paginationOf(in.Limit, in.Offset, total, len(list))
	out.Body.Versions = each(list, func(v policy.TemplateVersion) templateVersionView {
		return templateVersionView{v.Version, v.At.UTC(), v.Author, v.Deleted, viewWording(v.Wording)}
	})
	return out, nil
}

type restoreTemplateInput struct {
	IfRead
	TemplateAt
	Body struct {
		Version int `json:"version" doc:"The version to go back to. It becomes the next one"`
	}
}

func (a *api) restoreTemplate(ctx context.Context, who auth.Caller, in *restoreTemplateInput) (*templateOutput, error) {
	saved, err := a.Policy.RestoreTemplate(ctx, who.Workspace, actor(who), stanna.AlertType(in.Type), in.Channel, in.Body.Version, in.version(nil))
	if err != nil {
		return nil, missing("version", in.id(), in.refused(err))
	}
	return templateAnswer(http.StatusOK, saved), nil
}

type templateNamesOutput struct {
	Body struct {
		Names     []expressionName `json:"names" doc:"What a template may speak of, as a condition may; each example is a condition"`
		Functions []expressionName `json:"functions" doc:"What templates have besides; each example is a whole template"`
	}
}

func (a *api) listTemplateNames(context.Context, auth.Caller, *struct{}) (*templateNamesOutput, error) {
	out := &templateNamesOutput{}
	view := func(n expr.Name) expressionName { return expressionName{n.Path, n.Type, n.Doc, n.Example} }
	out.Body.Names, out.Body.Functions = each(expr.Names(), view), each(expr.TemplateNames(), view)
	return out, nil
}
