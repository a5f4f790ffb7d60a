package store

import (
	"database/sql"
	"maps"
	"slices"
	"time"

	"github.com/gostanna/stanna"
)

// Account is a user with the hash of their password, which is "" while they
// have none.
type Account struct {
	stanna.User
	PasswordHash stanna.Secret
}

// membershipRow is an account with one of its roles, or with none.
type membershipRow struct {
	a               Account
	workspace, role sql.NullString
}

const accountRows = `select u.id, u.email, u.name, u.password_hash, u.created_at, m.workspace, m.role
	from user_account u left join membership m on m.user_id = u.id`

func scanMembership(s scanner) (membershipRow, error) {
	var r membershipRow
	var hash string
	var created int64
	err := s.Scan(&r.a.ID, &r.a.Email, &r.a.Name, &hash, &created, &r.workspace, &r.role)
	r.a.PasswordHash, r.a.HasPassword, r.a.CreatedAt = stanna.Secret(hash), hash != "", fromMicros(created)
	return r, err
}

// accounts reads a query of accountRows that is ordered by user.
func (tx *Tx) accounts(query string, args ...any) ([]Account, error) {
	rows, err := collect(tx, scanMembership, query, args...)
	if err != nil {
		return nil, err
	}
	var out []Account
	for _, r := range rows {
		if len(out) == 0 || out[len(out)-1].ID != r.a.ID {
			r.a.Roles = map[string]stanna.Role{}
			out = append(out, r.a)
		}
		if r.workspace.Valid {
			out[len(out)-1].Roles[r.workspace.String] = stanna.Role(r.role.String)
		}
	}
	return out, nil
}

// Account is the account of a user, with their roles in every workspace.
func (tx *Tx) Account(userID string) (Account, error) {
	list, err := tx.accounts(accountRows+` where u.id = $1`, userID)
	if err == nil && len(list) == 0 {
		err = stanna.Errorf(stanna.NotFound, "user not found")
	}
	if err != nil {
		return Account{}, err
	}
	return list[0], nil
}

// AccountByEmail is the account of an e-mail address, which is kept in lower
// case; ok is false when nobody has it.
func (tx *Tx) AccountByEmail(email string) (a Account, ok bool, err error) {
	list, err := tx.accounts(accountRows+` where u.email = $1`, email)
	if err != nil || len(list) == 0 {
		return a, false, err
	}
	return list[0], true, nil
}

// Users lists the users of a workspace by e-mail. Their roles in other
// workspaces are not told.
func (tx *Tx) Users(workspace string) ([]stanna.User, error) {
	list, err := tx.accounts(accountRows+` where m.workspace = $1 order by u.email, u.id`, workspace)
	users := make([]stanna.User, len(list))
	for i, a := range list {
		users[i] = a.User
	}
	return users, err
}

// AnyUser says whether the server has a user at all.
func (tx *Tx) AnyUser() (bool, error) {
	n, _, err := one(tx, value[int], `select count(*) from user_account`)
	return n > 0, err
}

// AddUser makes a user without a password, with their roles. An e-mail
// address that somebody has is a conflict.
func (tx *Tx) AddUser(u stanna.User) error {
	_, err := tx.exec(`insert into user_account (id, email, name, password_hash, created_at) values ($1, $2, $3, '', $4)`,
		u.ID, u.Email, u.Name, micros(u.CreatedAt))
	if isUnique(err) {
		return &stanna.Error{Code: stanna.Conflict, Message: "there is a user with this e-mail address already", Err: err}
	}
	if err != nil {
		return err
	}
	for _, workspace := range slices.Sorted(maps.Keys(u.Roles)) {
		if err := tx.SetRole(workspace, u.ID, u.Roles[workspace]); err != nil {
			return err
		}
	}
	return nil
}

// SetPasswordHash stores the hash of a user's password.
func (tx *Tx) SetPasswordHash(userID string, hash stanna.Secret) error {
	n, err := tx.exec(`update user_account set password_hash = $2 where id = $1`, userID, hash.Reveal())
	if err == nil && n == 0 {
		err = stanna.Errorf(stanna.NotFound, "user not found")
	}
	return err
}

// SetRole gives a user a role in a workspace, in place of the one they had.
func (tx *Tx) SetRole(workspace, userID string, role stanna.Role) error {
	_, err := tx.exec(`insert into membership (user_id, workspace, role) values ($1, $2, $3)
		on conflict (user_id, workspace) do update set role = excluded.role`, userID, workspace, role)
	return err
}

// RemoveRole takes a user out of a workspace. Their account stays.
func (tx *Tx) RemoveRole(workspace, userID string) error {
	_, err := tx.exec(`delete from membership where user_id = $1 and workspace = $2`, userID, workspace)
	return err
}

// LockAdmins lists the admins of a workspace and holds their memberships
// until the transaction ends, so that two admins cannot demote each other at
// once and leave none.
func (tx *Tx) LockAdmins(workspace string) ([]string, error) {
	return collect(tx, value[string], `select user_id from membership where workspace = $1 and role = $2 order by user_id `+tx.dialect.forUpdate,
		workspace, stanna.Admin)
}

// AddSignInLink stores a link that signs a user in once. Only the hash of its
// token is kept.
func (tx *Tx) AddSignInLink(token stanna.Secret, userID string, expires time.Time) error {
	_, err := tx.exec(`insert into sign_in_link (hash, user_id, expires_at) values ($1, $2, $3)`, tokenHash(token.Reveal()), userID, micros(expires))
	return err
}

// TakeSignInLink uses a link up and says whose it was. One statement does
// both, so that of two who come at once only one is let in. ok is false when
// it was used, has expired or never was.
func (tx *Tx) TakeSignInLink(token stanna.Secret, now time.Time) (userID string, ok bool, err error) {
	return one(tx, value[string], `delete from sign_in_link where hash = $1 and expires_at > $2 returning user_id`,
		tokenHash(token.Reveal()), micros(now))
}

// RemoveSignInLinks makes every link of a user useless.
func (tx *Tx) RemoveSignInLinks(userID string) error {
	_, err := tx.exec(`delete from sign_in_link where user_id = $1`, userID)
	return err
}
