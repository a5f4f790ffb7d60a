package auth

import (
	"context"
	"errors"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// CheckPassword says who has this e-mail address and password. remote is the
// address that the request came from; guessing is slowed down for each
// account and each address ([TooMany]). An unknown address and a wrong
// password look the same and take the same time. The caller then starts the
// session.
func (a *Auth) CheckPassword(ctx context.Context, email string, password stanna.Secret, remote string) (stanna.User, error) {
	email = cleanEmail(email)
	account, address := emailDigest(email), addressDigest(remote)
	if wait := a.throttle.enter(account, address, a.now()); wait > 0 {
		return stanna.User{}, tooMany(wait)
	}
	var found store.Account
	var known bool
	if err := a.store.View(ctx, func(tx *store.Tx) (err error) {
		found, known, err = tx.AccountByEmail(email)
		return err
	}); err != nil {
		return stanna.User{}, err
	}
	ok, err := a.passwords.verify(ctx, found.PasswordHash, password)
	if err != nil {
		return stanna.User{}, err
	}
	if ok {
		a.throttle.succeeded(account, address)
		return found.User, nil
	}
	details := map[string]string{"emailDigest": account.String(), "addressDigest": address.String()}
	err = a.store.Update(ctx, func(tx *store.Tx) error {
		if known {
			return a.auditUser(tx, found.User, actorVisitor, auditSignInFailed, details)
		}
		return a.auditStranger(tx, email, details)
	})
	if err != nil {
		return stanna.User{}, err
	}
	return stanna.User{}, refused(WrongPassword, stanna.Unauthenticated,
		"e-mail or password is wrong; try again, or ask an admin for a sign-in link")
}

// SetPassword gives a user a new password. It ends their other sessions and
// makes their sign-in links useless. Whether the actor may do so is for the
// caller to know; for a person at a page it is ChangePassword.
func (a *Auth) SetPassword(ctx context.Context, userID string, password stanna.Secret, actor string) error {
	_, err := a.setPassword(ctx, userID, password, actor)
	return err
}

func (a *Auth) setPassword(ctx context.Context, userID string, password stanna.Secret, actor string) (hash stanna.Secret, err error) {
	var account store.Account
	if err := a.store.View(ctx, func(tx *store.Tx) (err error) {
		account, err = tx.Account(userID)
		return err
	}); err != nil {
		return "", err
	}
	if err := checkNewPassword(password, account.Email); err != nil {
		return "", err
	}
	if hash, err = a.passwords.hash(ctx, password); err != nil {
		return "", err
	}
	return hash, a.store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.SetPasswordHash(userID, hash); err != nil {
			return err
		}
		if err := tx.RemoveSignInLinks(userID); err != nil {
			return err
		}
		return a.auditUser(tx, account.User, actor, auditPasswordSet, nil)
	})
}

// ChangePassword gives the person of this session a new password. The current
// one is asked for, unless they have none or came by a link; whoever finds an
// open browser shall not be able to keep it. The session goes on under a new
// token; all others of this person end.
func (a *Auth) ChangePassword(ctx context.Context, current, next stanna.Secret) error {
	account, err := a.signedIn(ctx)
	if err != nil {
		return err
	}
	if account.HasPassword && a.sessions.GetString(ctx, sessionMethod) != string(ByLink) {
		if _, err := a.CheckPassword(ctx, account.Email, current, ""); err != nil {
			if errors.Is(err, WrongPassword) {
				return &stanna.Error{Code: stanna.Invalid, Message: "the current password is wrong",
					Fields: map[string]string{"current": "is wrong"}, Err: err}
			}
			return err
		}
	}
	hash, err := a.setPassword(ctx, account.ID, next, actorOf(account.ID))
	if err != nil {
		return err
	}
	a.sessions.Put(ctx, sessionStamp, stampOf(hash))
	a.sessions.Put(ctx, sessionMethod, string(ByPassword))
	return a.sessions.RenewToken(ctx)
}
