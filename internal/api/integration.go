package api

import (
	"context"
	"slices"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

// hosted are the providers that the hosted product's documentation speaks of
// and that have no routes of their own here: they are sources that post to us.
// Nothing reads Google's mail, so that one is never connected.
var hosted = []string{"google", "hubspot", "intercom"}

type integrationsOutput struct {
	Body struct {
		Integrations []integrationView `json:"integrations"`
	}
}

type integrationView struct {
	Provider   string        `json:"provider"`
	Connected  bool          `json:"connected"`
	Health     stanna.Health `json:"health,omitempty" enum:"healthy,broken"`
	Repair     string        `json:"repair,omitempty" doc:"What a person must do, when it is broken"`
	LastSyncAt *time.Time    `json:"lastSyncAt" doc:"When something was read from it, or came from it, last"`
	ConnectURL string        `json:"connectUrl"`
}

func (a *api) integrations(ctx context.Context, who auth.Caller, _ *struct{}) (*integrationsOutput, error) {
	slack, err := a.Line.Status(ctx, who.Workspace)
	if err != nil {
		return nil, err
	}
	out := &integrationsOutput{}
	out.Body.Integrations = []integrationView{{slack.Provider, slack.Connected, slack.Health, slack.Repair, slack.LastSyncAt, a.PublicURL + slackPage}}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		account, connected, err := tx.Stripe(who.Workspace)
		if err != nil {
			return err
		}
		heard := account.HeardAt
		if account.Sync.FinishedAt.After(heard) {
			heard = account.Sync.FinishedAt
		}
		out.Body.Integrations = append(out.Body.Integrations,
			integrationView{"stripe", connected, account.Health, account.Repair, moment(heard), a.PublicURL + "/integrations/stripe"})
		sources, err := tx.Sources(who.Workspace)
		for _, kind := range kindsOf(sources) {
			connected, heard := sourceOf(sources, kind)
			out.Body.Integrations = append(out.Body.Integrations, integrationView{Provider: kind, Connected: connected, LastSyncAt: moment(heard), ConnectURL: a.PublicURL + "/integrations"})
		}
		return err
	})
}

type providerInput struct {
	Provider string `path:"provider" maxLength:"60" doc:"google, hubspot, intercom, or the kind of a source; Slack and Stripe have more to say at their own addresses"`
}

type providerStatusOutput struct{ Body providerStatus }

// providerStatus has the documented shape. A source posts to us and signs what
// it sends: there is no token of its that could expire.
type providerStatus struct {
	Connected   bool       `json:"connected" doc:"There is a source of this kind that is not paused"`
	Provider    string     `json:"provider"`
	WorkspaceID string     `json:"workspaceId"`
	Email       *string    `json:"email" doc:"null: no account of a person is used"`
	ExpiresAt   *time.Time `json:"expiresAt" doc:"null: it does not expire"`
	HasRefresh  bool       `json:"hasRefresh"`
	LastSyncAt  *time.Time `json:"lastSyncAt" doc:"When something came from it last"`
	Scope       string     `json:"scope" doc:"Empty: it is given nothing"`
}

func (a *api) providerStatus(ctx context.Context, who auth.Caller, in *providerInput) (*providerStatusOutput, error) {
	out := &providerStatusOutput{providerStatus{Provider: in.Provider, WorkspaceID: who.Workspace}}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		sources, err := tx.Sources(who.Workspace)
		if err == nil && !slices.Contains(kindsOf(sources), in.Provider) {
			err = missing("integration", in.Provider, stanna.Errorf(stanna.NotFound, "integration not found"))
		}
		connected, heard := sourceOf(sources, in.Provider)
		out.Body.Connected, out.Body.LastSyncAt = connected, moment(heard)
		return err
	})
}

// kindsOf are the documented providers and the kinds of the sources there are.
func kindsOf(sources []stanna.Source) []string {
	kinds := slices.Clone(hosted)
	for _, s := range sources {
		if s.Kind != "" && !slices.Contains(kinds, s.Kind) {
			kinds = append(kinds, s.Kind)
		}
	}
	return kinds
}

// sourceOf says whether a source of a kind is heard, and when one was last.
func sourceOf(sources []stanna.Source, kind string) (connected bool, heard time.Time) {
	for _, s := range sources {
		if s.Kind != kind {
			continue
		}
		connected = connected || !s.Paused
		if s.HeardAt.After(heard) {
			heard = s.HeardAt
		}
	}
	return connected, heard
}
