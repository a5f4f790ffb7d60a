package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// tokenHash is how a token that lets somebody in is kept: whoever reads the
// database cannot sign in with what they find. The tokens are long and
// random, so that a fast hash is enough.
func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Sessions is the memory of the session manager (scs.CtxStore).
type Sessions struct {
	store *Store
	now   func() time.Time
}

// Sessions gives the memory of sessions, with the clock they expire by.
func (s *Store) Sessions(now func() time.Time) *Sessions { return &Sessions{s, now} }

// sessionTouch is how far the expiry of an otherwise unchanged session may
// lag. Without it each page view would be a durable write, beside the signals.
const sessionTouch = time.Minute

// sessionGrave is how long an ended session is remembered as ended. A request
// that was under way when the person signed out stores the session once more
// at its end; it must not bring it back.
const sessionGrave = time.Hour

type sessionRow struct {
	data    []byte
	expires time.Time
}

func (r sessionRow) ended() bool { return len(r.data) == 0 }

func (tx *Tx) session(token string) (sessionRow, bool, error) {
	return one(tx, func(s scanner) (r sessionRow, err error) {
		var expires int64
		err = s.Scan(&r.data, &expires)
		r.expires = fromMicros(expires)
		return r, err
	}, `select data, expires_at from session where token_hash = $1`, tokenHash(token))
}

// EndSession ends a session for good.
func (tx *Tx) EndSession(token string, now time.Time) error {
	_, err := tx.exec(`update session set data = $2, expires_at = $3 where token_hash = $1`,
		tokenHash(token), []byte{}, micros(now.Add(sessionGrave)))
	return err
}

// FindCtx gives the data of a session that lives.
func (x *Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = x.store.View(ctx, func(tx *Tx) error {
		r, ok, err := tx.session(token)
		data, found = r.data, ok && !r.ended() && r.expires.After(x.now())
		return err
	})
	if !found {
		data = nil
	}
	return data, found, err
}

// CommitCtx stores a session, unless it was ended meanwhile or nothing but a
// few seconds of its expiry changed.
func (x *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	var same bool
	if err := x.store.View(ctx, func(tx *Tx) error {
		r, ok, err := tx.session(token)
		lag := expiry.Sub(r.expires)
		same = ok && bytes.Equal(r.data, data) && lag >= 0 && lag < sessionTouch
		return err
	}); err != nil || same {
		return err
	}
	return x.store.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`insert into session (token_hash, data, expires_at) values ($1, $2, $3)
			on conflict (token_hash) do update set data = excluded.data, expires_at = excluded.expires_at where session.data <> $4`,
			tokenHash(token), data, micros(expiry), []byte{})
		return err
	})
}

// DeleteCtx ends a session. Whoever asked for it and went away before the
// answer still wants it ended.
func (x *Sessions) DeleteCtx(ctx context.Context, token string) error {
	if token == "" {
		return nil // a session that was never stored
	}
	return x.store.Update(context.WithoutCancel(ctx), func(tx *Tx) error { return tx.EndSession(token, x.now()) })
}

// Find is FindCtx without a context, which scs asks for.
func (x *Sessions) Find(token string) ([]byte, bool, error) {
	return x.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context, which scs asks for.
func (x *Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return x.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context, which scs asks for.
func (x *Sessions) Delete(token string) error { return x.DeleteCtx(context.Background(), token) }

// ForgetExpired removes the sessions, sign-in links and OAuth states whose
// time is over, and says how many.
func (tx *Tx) ForgetExpired(now time.Time) (int64, error) {
	var total int64
	for _, query := range []string{
		`delete from session where expires_at <= $1`,
		`delete from sign_in_link where expires_at <= $1`,
		`delete from oauth_state where expires_at <= $1`,
	} {
		n, err := tx.exec(query, micros(now))
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}
