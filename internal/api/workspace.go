package api

import (
	"context"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/auth"
	"github.com/gostanna/stanna/internal/store"
)

type settingsUserOutput struct {
	Body struct {
		User      settingsUser      `json:"user"`
		Workspace settingsWorkspace `json:"workspace"`
	}
}

// settingsUser has the documented shape. A program is the person who made its
// key, where that was one.
type settingsUser struct {
	Email                  *string    `json:"email" doc:"null for a key that no person made"`
	Name                   string     `json:"name" doc:"Of the key, for one that no person made"`
	Title                  string     `json:"title" doc:"Not kept by this server: empty"`
	HasCompletedOnboarding bool       `json:"hasCompletedOnboarding" doc:"Slack is connected and a default channel chosen"`
	CreatedAt              *time.Time `json:"createdAt" doc:"null for a key that no person made"`
	LastLoginAt            *time.Time `json:"lastLoginAt" doc:"null when not known"`
	Role                   *string    `json:"role" enum:"admin,director,csm,leadership" doc:"In this workspace; null for a key that no person made"`
}

type settingsWorkspace struct {
	Domain        string `json:"domain"`
	Name          string `json:"name"`
	Plan          string `json:"plan" doc:"self-hosted: there are no plans here"`
	BillingStatus string `json:"billingStatus" doc:"active: nothing is billed here"`
}

func (a *api) settingsUser(ctx context.Context, who auth.Caller, _ *struct{}) (*settingsUserOutput, error) {
	out := &settingsUserOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(who.Workspace)
		if err != nil {
			return err
		}
		_, connected, err := tx.Connection(w.ID)
		if err != nil {
			return err
		}
		out.Body.Workspace = settingsWorkspace{w.ID, w.Name, "self-hosted", "active"}
		out.Body.User = settingsUser{Name: who.Name, HasCompletedOnboarding: connected && w.Settings.DefaultChannel != ""}
		id, err := personOf(tx, who)
		if err != nil || id == "" {
			return err
		}
		account, err := tx.Account(id)
		if err != nil {
			if stanna.CodeOf(err) == stanna.NotFound { // they left; their key stays
				err = nil
			}
			return err
		}
		u := &out.Body.User
		u.Email, u.Name, u.CreatedAt, u.Role = known(account.Email), account.Name, moment(account.CreatedAt), known(string(account.Roles[w.ID]))
		u.LastLoginAt, err = lastLogin(tx, w.ID, id)
		return err
	})
}

// personOf is the id of who is asking: a person, or the one who made the key;
// "" when nobody did.
func personOf(tx *store.Tx, who auth.Caller) (string, error) {
	if who.Kind == auth.Person {
		return who.ID, nil
	}
	keys, err := tx.Keys(who.Workspace)
	for _, k := range keys {
		if id, person := strings.CutPrefix(k.CreatedBy, string(auth.Person)+":"); k.ID == who.ID && person {
			return id, err
		}
	}
	return "", err
}

// lastLogin is when somebody signed in last, by the newest entries of the
// trail about them.
func lastLogin(tx *store.Tx, workspace, user string) (*time.Time, error) {
	const looked = 100
	trail, err := tx.AuditPage(workspace, user, "", looked)
	for _, e := range trail {
		if e.Action == "user.signed_in" {
			return moment(e.At), err
		}
	}
	return nil, err
}

type workspaceInfoOutput struct {
	Body struct {
		WorkspaceID string    `json:"workspaceId"`
		Domain      string    `json:"domain"`
		Name        string    `json:"name"`
		Timezone    string    `json:"timezone"`
		Currency    string    `json:"currency"`
		Locale      string    `json:"locale"`
		Plan        string    `json:"plan" doc:"self-hosted: there are no plans here"`
		CreatedAt   time.Time `json:"createdAt"`
	}
}

func (a *api) workspaceInfo(ctx context.Context, who auth.Caller, _ *struct{}) (*workspaceInfoOutput, error) {
	out := &workspaceInfoOutput{}
	return out, a.Store.View(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace(who.Workspace)
		b, s := &out.Body, w.Settings
		b.WorkspaceID, b.Domain, b.Name, b.Timezone, b.Currency, b.Locale = w.ID, w.ID, w.Name, s.Timezone, s.Currency, s.Locale
		b.Plan, b.CreatedAt = "self-hosted", w.CreatedAt.UTC().Truncate(time.Millisecond)
		return err
	})
}
