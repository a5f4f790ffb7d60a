package auth

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// AddUser lets somebody into the caller's workspace. Who has an account in
// another workspace keeps it and gets a role here. They get in by a link
// ([Auth.Invite]).
func (a *Auth) AddUser(ctx context.Context, by Caller, email, name string, role stanna.Role) (u stanna.User, err error) {
	if err := by.Require(ManageUsers); err != nil {
		return u, err
	}
	email, name = cleanEmail(email), strings.TrimSpace(name)
	if err := validEmail(email); err != nil {
		return u, err
	}
	if err := validRole(role); err != nil {
		return u, err
	}
	err = a.store.Update(ctx, func(tx *store.Tx) error {
		account, known, err := tx.AccountByEmail(email)
		if err != nil {
			return err
		}
		if _, member := account.Roles[by.Workspace]; member {
			return stanna.Errorf(stanna.Conflict, "somebody with this e-mail address is in the workspace already")
		}
		roles := map[string]stanna.Role{by.Workspace: role}
		u = stanna.User{ID: store.NewID("usr"), Email: email, Name: name, Roles: roles, CreatedAt: a.now()}
		if known {
			u = account.User
			u.Roles = roles // what they are elsewhere is not told here
			err = tx.SetRole(by.Workspace, u.ID, role)
		} else {
			err = tx.AddUser(u)
		}
		if err != nil {
			return err
		}
		return tx.Audit(a.entry(by.Workspace, by.Actor(), auditUserAdded, u.ID, map[string]string{"role": string(role)}))
	})
	return u, err
}

// Invite makes the token of a link by which a user of the caller's workspace
// signs in once: the first time, or when the password is lost. Not for
// somebody who also belongs to other workspaces: whoever holds the link holds
// all of their roles, and an admin here must not become one there.
func (a *Auth) Invite(ctx context.Context, by Caller, userID string, life time.Duration) (stanna.Secret, error) {
	if err := by.Require(ManageUsers); err != nil {
		return "", err
	}
	return a.signInLink(ctx, userID, life, by.Actor(), func(u stanna.User) error {
		if _, member := u.Roles[by.Workspace]; !member {
			return stanna.Errorf(stanna.NotFound, "user not found")
		}
		if len(u.Roles) > 1 {
			return stanna.Errorf(stanna.Forbidden, "this person belongs to other workspaces too; only whoever runs the server can make a sign-in link for them")
		}
		return nil
	})
}

// SetRole changes what a user may do in the caller's workspace. The last
// admin stays one.
func (a *Auth) SetRole(ctx context.Context, by Caller, userID string, role stanna.Role) error {
	if err := validRole(role); err != nil {
		return err
	}
	return a.changeMember(ctx, by, userID, role, func(tx *store.Tx) error {
		if err := tx.SetRole(by.Workspace, userID, role); err != nil {
			return err
		}
		return tx.Audit(a.entry(by.Workspace, by.Actor(), auditRoleSet, userID, map[string]string{"role": string(role)}))
	})
}

// RemoveUser takes a user out of the caller's workspace; it works at once,
// also for somebody who is signed in. The last admin stays.
func (a *Auth) RemoveUser(ctx context.Context, by Caller, userID string) error {
	return a.changeMember(ctx, by, userID, "", func(tx *store.Tx) error {
		if err := tx.RemoveRole(by.Workspace, userID); err != nil {
			return err
		}
		return tx.Audit(a.entry(by.Workspace, by.Actor(), auditUserRemoved, userID, nil))
	})
}

func (a *Auth) changeMember(ctx context.Context, by Caller, userID string, next stanna.Role, change func(*store.Tx) error) error {
	if err := by.Require(ManageUsers); err != nil {
		return err
	}
	return a.store.Update(ctx, func(tx *store.Tx) error {
		admins, err := tx.LockAdmins(by.Workspace)
		if err != nil {
			return err
		}
		account, err := tx.Account(userID)
		if err != nil {
			return err
		}
		if _, member := account.Roles[by.Workspace]; !member {
			return stanna.Errorf(stanna.NotFound, "user not found")
		}
		if next != stanna.Admin && len(admins) == 1 && slices.Contains(admins, userID) {
			return stanna.Errorf(stanna.Conflict, "this is the last admin of the workspace; make somebody else an admin first")
		}
		return change(tx)
	})
}

func validRole(role stanna.Role) error {
	switch role {
	case stanna.Admin, stanna.Director, stanna.CSM, stanna.Leadership:
		return nil
	}
	return stanna.InvalidField("role", "must be admin, director, csm or leadership")
}
