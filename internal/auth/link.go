package auth

import (
	"context"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// SetupLinkLife is how long the link of the first admin works.
const SetupLinkLife = 24 * time.Hour

// Setup prepares a server on which there is no user yet: it makes the
// workspace if need be, an admin without a password, and the token of a link
// that signs them in once within a day. When there is a user it does nothing
// and made is false; a new link is then made by SignInLink.
func (a *Auth) Setup(ctx context.Context, workspace, email string) (token stanna.Secret, made bool, err error) {
	email = cleanEmail(email)
	if err := validEmail(email); err != nil {
		return "", false, err
	}
	if err := stanna.ValidID(workspace); err != nil {
		return "", false, stanna.InvalidField("workspace", "%s", err)
	}
	token = newLinkToken()
	err = a.store.Update(ctx, func(tx *store.Tx) error {
		made = false
		if any, err := tx.AnyUser(); err != nil || any {
			return err
		}
		u := stanna.User{ID: store.NewID("usr"), Email: email, Roles: map[string]stanna.Role{workspace: stanna.Admin}, CreatedAt: a.now()}
		if err := tx.AddWorkspace(stanna.Workspace{ID: workspace, Name: workspace, CreatedAt: a.now()}); err != nil {
			return err
		}
		if err := tx.AddUser(u); err != nil {
			return err
		}
		if err := a.auditUser(tx, u, stanna.ActorSystem, auditUserAdded, map[string]string{"role": string(stanna.Admin)}); err != nil {
			return err
		}
		made = true
		return a.addLink(tx, u, token, SetupLinkLife, stanna.ActorSystem)
	})
	if stanna.CodeOf(err) == stanna.Conflict {
		return "", false, nil // another replica, starting at the same time, was quicker
	}
	if err != nil || !made {
		return "", false, err
	}
	return token, true, nil
}

// SignInLink makes the token of a link that signs a user in once, at the wish
// of whoever runs the server: the command line and the demo. A person at a
// page uses Invite.
func (a *Auth) SignInLink(ctx context.Context, userID string, life time.Duration) (stanna.Secret, error) {
	return a.signInLink(ctx, userID, life, stanna.ActorSystem, func(stanna.User) error { return nil })
}

func (a *Auth) signInLink(ctx context.Context, userID string, life time.Duration, actor string, may func(stanna.User) error) (stanna.Secret, error) {
	token := newLinkToken()
	err := a.store.Update(ctx, func(tx *store.Tx) error {
		account, err := tx.Account(userID)
		if err != nil {
			return err
		}
		if err := may(account.User); err != nil {
			return err
		}
		return a.addLink(tx, account.User, token, life, actor)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

func (a *Auth) addLink(tx *store.Tx, u stanna.User, token stanna.Secret, life time.Duration, actor string) error {
	if err := tx.AddSignInLink(token, u.ID, a.now().Add(life)); err != nil {
		return err
	}
	return a.auditUser(tx, u, actor, auditLinkMade, map[string]string{"linkDigest": linkDigest(token)})
}

// UseLink uses a link up and says whose it is. The caller then starts the
// session, and asks for a password if the user has none. A page that is
// opened must not call it at once, since link scanners open pages too: it
// shows a button first.
func (a *Auth) UseLink(ctx context.Context, token stanna.Secret) (stanna.User, error) {
	var account store.Account
	err := a.store.Update(ctx, func(tx *store.Tx) error {
		userID, ok, err := tx.TakeSignInLink(token, a.now())
		if err != nil {
			return err
		}
		if !ok {
			return refused(UsedLink, stanna.Unauthenticated, "this link was used already or has expired; ask for a new one")
		}
		if account, err = tx.Account(userID); err != nil {
			return err
		}
		return a.auditUser(tx, account.User, actorOf(userID), auditLinkUsed, map[string]string{"linkDigest": linkDigest(token)})
	})
	if err != nil {
		return stanna.User{}, err
	}
	return account.User, nil
}

func newLinkToken() stanna.Secret { return stanna.Secret(randomToken()) }

// linkDigest ties the making of a link to its use in the audit trail. It is
// made otherwise than the hash in the database, so neither gives the other.
func linkDigest(token stanna.Secret) string { return digestOf("link", token.Reveal()).String() }
