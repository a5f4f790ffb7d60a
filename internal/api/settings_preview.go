package api

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/message"
	"github.com/gostanna/stanna/internal/policy"
)

// checkLogo has the image at a new address looked at, before anything is
// saved.
func (a *api) checkLogo(ctx context.Context, now stanna.Branding, in *workspaceInput) error {
	if in == nil || in.Branding == nil {
		return nil
	}
	wanted := now
	in.Branding.into(&wanted)
	if err := wanted.Validate("branding"); err != nil || wanted.LogoURL == "" || wanted.LogoURL == now.LogoURL {
		return err
	}
	return a.Line.CheckLogo(ctx, wanted.LogoURL)
}

type previewSettingsQuery struct {
	Name    string `query:"name" maxLength:"200" doc:"In the place of the one that is saved, as the others"`
	LogoURL string `query:"logoUrl" maxLength:"2000"`
	Accent  string `query:"accent" maxLength:"100" example:"#1a7f5a"`
	Footer  string `query:"footer" maxLength:"1000"`
	Locale  string `query:"locale" maxLength:"100" example:"es-MX"`
}

type previewSettingsInput struct {
	Body struct {
		Branding *brandingInput `json:"branding,omitempty" doc:"What is named takes the place of what is saved"`
		Locale   *string        `json:"locale,omitempty" maxLength:"100" example:"es-MX"`
	}
}

// kitOutput is a message as Slack would be sent it.
type kitOutput struct {
	Body struct {
		Text        string          `json:"text" doc:"For notifications and screen readers; it says what the blocks say"`
		Blocks      json.RawMessage `json:"blocks" doc:"Block Kit"`
		Attachments json.RawMessage `json:"attachments,omitempty" doc:"With an accent, the foot beside its bar"`
	}
}

func (a *api) getSettingsPreview(ctx context.Context, who auth.Caller, in *previewSettingsQuery) (*kitOutput, error) {
	change := &previewSettingsInput{}
	given := func(text string) *string {
		if text == "" {
			return nil
		}
		return &text
	}
	change.Body.Branding = &brandingInput{given(in.Name), given(in.LogoURL), given(in.Accent), given(in.Footer)}
	change.Body.Locale = given(in.Locale)
	return a.postSettingsPreview(ctx, who, change)
}

// postSettingsPreview shows a sample alert as it would look. The logo is not
// fetched; saving does that.
func (a *api) postSettingsPreview(ctx context.Context, who auth.Caller, in *previewSettingsInput) (*kitOutput, error) {
	kept, err := a.Policy.Settings(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	s := kept.Workspace.Settings
	if in.Body.Branding != nil {
		in.Body.Branding.into(&s.Branding)
	}
	give(&s.Locale, in.Body.Locale)
	if err := cmp.Or(s.Branding.Validate("branding"), policy.ValidLocale("locale", s.Locale)); err != nil {
		return nil, err
	}
	r := message.Brand(message.Sample(message.TestView{Settings: s, WorkspaceName: kept.Workspace.Name, Now: a.Clock.Now(who.Workspace)}), s.Branding)
	out := &kitOutput{}
	out.Body.Text = r.Text
	out.Body.Blocks, out.Body.Attachments, err = r.Layout()
	return out, err
}
