package app

import (
	"context"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/rule"
	"github.com/gostanna/stanna/internal/store"
)

// Desk is what the operator's commands need of the house: the memory and who
// may come in, without a server.
type Desk struct {
	Store *store.Store
	Auth  *auth.Auth
}

// NewDesk sets a desk up on an open store.
func NewDesk(s *store.Store) *Desk {
	return &Desk{Store: s, Auth: auth.New(s, auth.Options{Now: time.Now})}
}

// EnsureWorkspace makes a workspace with its first rule, unless it is there.
func (d *Desk) EnsureWorkspace(ctx context.Context, id string) (made bool, err error) {
	return ensureWorkspace(ctx, d.Store, id, time.Now())
}

func ensureWorkspace(ctx context.Context, s *store.Store, id string, now time.Time) (made bool, err error) {
	if err := stanna.ValidID(id); err != nil {
		return false, stanna.InvalidField("workspace", "%s", err)
	}
	err = s.Update(ctx, func(tx *store.Tx) error {
		version, err := tx.WorkspaceVersion(id)
		if err != nil {
			return err
		}
		made = version == 0
		if err := tx.AddWorkspace(stanna.Workspace{ID: id, Name: id, CreatedAt: now}); err != nil {
			return err
		}
		rules, err := tx.Rules(id)
		if err != nil || len(rules) > 0 {
			return err
		}
		return tx.PutRule(rule.First(id), now)
	})
	return made, err
}

// Workspaces lists the workspaces, or only the one named.
func (d *Desk) Workspaces(ctx context.Context, only string) (ids []string, err error) {
	err = d.Store.View(ctx, func(tx *store.Tx) error {
		ids = nil
		all, err := tx.Workspaces()
		for _, w := range all {
			if only == "" || w.ID == only {
				ids = append(ids, w.ID)
			}
		}
		if err == nil && only != "" && len(ids) == 0 {
			err = stanna.Errorf(stanna.NotFound, "there is no workspace %s", only)
		}
		return err
	})
	return ids, err
}

// SignInLink makes a link that signs a user in once.
func (d *Desk) SignInLink(ctx context.Context, publicURL, email string, life time.Duration) (string, error) {
	var account store.Account
	err := d.Store.View(ctx, func(tx *store.Tx) error {
		a, ok, err := tx.AccountByEmail(strings.ToLower(strings.TrimSpace(email)))
		if err == nil && !ok {
			err = stanna.Errorf(stanna.NotFound, "nobody here has that e-mail")
		}
		account = a
		return err
	})
	if err != nil {
		return "", err
	}
	token, err := d.Auth.SignInLink(ctx, account.ID, life)
	return signInURL(publicURL, token), err
}

func signInURL(publicURL string, token stanna.Secret) string {
	return strings.TrimRight(publicURL, "/") + "/sign-in/link?token=" + token.Reveal()
}
