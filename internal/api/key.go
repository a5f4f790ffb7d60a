package api

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
)

// keyView is an API key in a list: masked.
type keyView struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Key        string         `json:"key" doc:"Masked; whole only in the answer that made it"`
	LastUsedAt *time.Time     `json:"lastUsedAt"`
	IsActive   bool           `json:"isActive"`
	CreatedAt  time.Time      `json:"createdAt"`
	Scopes     []stanna.Scope `json:"scopes"`
}

func viewKey(k stanna.APIKey) keyView {
	return keyView{k.ID, k.Name, k.Masked, moment(k.LastUsedAt), k.Active(), k.CreatedAt.UTC(), all(k.Scopes)}
}

type listKeysOutput struct {
	Body struct {
		APIKeys []keyView `json:"apiKeys"`
	}
}

func (a *api) listKeys(ctx context.Context, who auth.Caller, _ *struct{}) (*listKeysOutput, error) {
	keys, err := a.Auth.Keys(ctx, who.Workspace)
	out := &listKeysOutput{}
	out.Body.APIKeys = each(keys, viewKey)
	return out, err
}

type makeKeyInput struct {
	Body struct {
		Name        string         `json:"name" minLength:"1" maxLength:"100" doc:"What the key is for"`
		WorkspaceID string         `json:"workspaceId,omitempty" doc:"The caller's own without it"`
		Scopes      []stanna.Scope `json:"scopes,omitempty" doc:"signals, clients, read, admin; those of the caller without it"`
	}
}

type makeKeyOutput struct {
	Body struct {
		Success bool    `json:"success"`
		Message string  `json:"message"`
		APIKey  madeKey `json:"apiKey"`
	}
}

// madeKey is a new API key: the only time that it is shown whole.
type madeKey struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Key       string         `json:"key"`
	IsActive  bool           `json:"isActive"`
	CreatedAt time.Time      `json:"createdAt"`
	Scopes    []stanna.Scope `json:"scopes"`
}

// makeKey makes a key with the permissions of who asks, unless fewer are
// asked for; nobody who may make keys lacks any.
func (a *api) makeKey(ctx context.Context, who auth.Caller, in *makeKeyInput) (*makeKeyOutput, error) {
	if err := who.In(in.Body.WorkspaceID); err != nil {
		return nil, err
	}
	scopes := in.Body.Scopes
	if scopes == nil {
		if scopes = who.Scopes; who.Kind == auth.Person {
			scopes = []stanna.Scope{stanna.ScopeAdmin}
		}
	}
	full, key, err := a.Auth.CreateKey(ctx, who.Workspace, in.Body.Name, scopes, who.Actor())
	if err != nil {
		return nil, err
	}
	out := &makeKeyOutput{}
	out.Body.Success, out.Body.Message = true, "API key created; it is shown only this once"
	out.Body.APIKey = madeKey{key.ID, key.Name, full.Reveal(), key.Active(), key.CreatedAt.UTC(), all(key.Scopes)}
	return out, nil
}

type keyID struct {
	ID string `path:"keyId" maxLength:"200"`
}

func (a *api) revokeKey(ctx context.Context, who auth.Caller, in *keyID) (*doneOutput, error) {
	if err := a.Auth.RevokeKey(ctx, who.Workspace, in.ID, who.Actor()); err != nil {
		return nil, missing("API key", in.ID, err)
	}
	return did("API key revoked"), nil
}
