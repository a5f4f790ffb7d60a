// Package auth answers who is asking, and what they may do: users with their
// roles and passwords, sessions of the pages, and API keys of programs.
//
// It is entered by [New]. A program is recognised by [Auth.Authenticate], a
// person by [Auth.Visitor]; both give a [Caller], whose May is the one table
// of permissions. A person gets in by [Auth.CheckPassword] or [Auth.UseLink],
// followed by [Auth.StartSession]. The first one is made by [Auth.Setup].
//
// It knows no page, no route and no template, and nothing of what it guards:
// that a csm sees only their own accounts is said here
// ([Caller.OwnAccountsOnly]) and done in the queries of others. Passwords,
// keys, tokens and e-mail addresses never reach an error, a log or the audit
// trail; the database holds hashes only.
package auth

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Options are what Auth is told about its surroundings.
type Options struct {
	Now           func() time.Time // the clock; required
	PublicURL     string           // where people find the server; with https the cookie travels on https only
	HashingAtOnce int              // passwords hashed at one time, 19 MiB each; 2 by default
}

// Auth knows who may come in. It is safe for concurrent use.
type Auth struct {
	store     *store.Store
	now       func() time.Time
	passwords *passwords
	throttle  *throttle
	sessions  *scs.SessionManager
	keys      *keyring
}

// New makes an Auth on a store.
func New(s *store.Store, o Options) *Auth {
	if o.HashingAtOnce <= 0 {
		o.HashingAtOnce = 2
	}
	return &Auth{
		store:     s,
		now:       o.Now,
		passwords: newPasswords(o.HashingAtOnce),
		throttle:  newThrottle(),
		sessions:  newSessions(s, o),
		keys:      newKeyring(),
	}
}

// Clean removes sessions, links and OAuth states whose time is over. The app
// calls it now and then; nothing expired is let in meanwhile.
func (a *Auth) Clean(ctx context.Context) error {
	return a.store.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ForgetExpired(a.now())
		return err
	})
}

// randomToken is 256 random bits as 52 lower-case letters and digits.
func randomToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

// cleanEmail is an e-mail address as accounts are found by it.
func cleanEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// validEmail says whether this can be an e-mail address at all; whether it
// is, only a message could tell.
func validEmail(email string) error {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" || domain == "" || len(email) > 254 || strings.ContainsAny(domain, "@") ||
		strings.ContainsFunc(email, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '<' || r == '>' }) {
		return stanna.InvalidField("email", "must be an e-mail address such as ana@example.com")
	}
	return nil
}
