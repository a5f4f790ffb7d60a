package auth

import (
	"context"

	"github.com/gostanna/stanna/internal/store"
)

// Recognise is the person with an e-mail address that somebody else vouches
// for, Slack for one, as a caller in a workspace. ok is false when nobody has
// the address, or no role there.
func (a *Auth) Recognise(ctx context.Context, workspace, email string) (c Caller, ok bool, err error) {
	var account store.Account
	err = a.store.View(ctx, func(tx *store.Tx) (err error) {
		account, ok, err = tx.AccountByEmail(cleanEmail(email))
		return err
	})
	role, member := account.Roles[workspace]
	if err != nil || !ok || !member {
		return Caller{}, false, err
	}
	return Caller{Workspace: workspace, Kind: Person, ID: account.ID, Name: account.Name, Email: account.Email, Role: role}, true, nil
}
