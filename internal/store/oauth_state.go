package store

import (
	"time"

	"github.com/gostanna/stanna"
)

// OAuthState is what we must remember of somebody whom we sent to a consent
// page, until they come back.
type OAuthState struct {
	Workspace string
	Provider  string // whose consent page: slack, stripe
	UserID    string
	Browser   string // digest of the cookie that binds the way back to the browser that left
	ReturnTo  string // our page to show afterwards
	Another   bool   // a team beside those that are connected may come of it
	ExpiresAt time.Time
}

func scanOAuthState(s scanner) (OAuthState, error) {
	var o OAuthState
	var expires int64
	err := s.Scan(&o.Workspace, &o.Provider, &o.UserID, &o.Browser, &o.ReturnTo, &o.Another, &expires)
	o.ExpiresAt = fromMicros(expires)
	return o, err
}

// AddOAuthState remembers a departure under its state parameter, of which
// only the hash is kept.
func (tx *Tx) AddOAuthState(state stanna.Secret, o OAuthState) error {
	_, err := tx.exec(`insert into oauth_state (hash, workspace, provider, user_id, browser, return_to, another, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tokenHash(state.Reveal()), o.Workspace, o.Provider, o.UserID, o.Browser, o.ReturnTo, o.Another, micros(o.ExpiresAt))
	return err
}

// TakeOAuthState uses a state up. One statement reads and removes it, so that
// it serves one return only. ok is false when it was used, has expired or is
// not ours.
func (tx *Tx) TakeOAuthState(state stanna.Secret, provider string, now time.Time) (o OAuthState, ok bool, err error) {
	return one(tx, scanOAuthState, `delete from oauth_state where hash = $1 and expires_at > $2 and provider = $3
		returning workspace, provider, user_id, browser, return_to, another, expires_at`, tokenHash(state.Reveal()), micros(now), provider)
}
