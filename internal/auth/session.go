package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// How long a session lives, and how long without a visit.
const (
	sessionLife = 7 * 24 * time.Hour
	sessionIdle = 24 * time.Hour
)

// What a session remembers. Roles are not among it: they are read anew at
// each visit, so that taking one away works at once.
const (
	sessionUser      = "user"
	sessionStamp     = "stamp"     // of the password at sign-in
	sessionMethod    = "method"    // how the person came in
	sessionWorkspace = "workspace" // the one chosen, of several
)

// Method is how a person came in.
type Method string

// The ways in.
const (
	ByPassword Method = "password"
	ByLink     Method = "link"
)

func newSessions(s *store.Store, o Options) *scs.SessionManager {
	m := scs.New()
	m.Store = s.Sessions(o.Now)
	m.Codec = textCodec{}
	m.Lifetime = sessionLife
	m.IdleTimeout = sessionIdle
	m.Cookie.Name = "stanna_session"
	m.Cookie.Path = "/"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Secure = strings.HasPrefix(strings.ToLower(o.PublicURL), "https://")
	return m
}

// Sessions is the session manager: its LoadAndSave goes around every page
// that asks for the visitor. Values put into a session must be text.
func (a *Auth) Sessions() *scs.SessionManager { return a.sessions }

// StartSession signs a person in, for whom CheckPassword or UseLink vouched.
// The token is new, so that one planted in the browser before is worth
// nothing. ctx is of a request inside LoadAndSave.
func (a *Auth) StartSession(ctx context.Context, u stanna.User, by Method) error {
	var account store.Account
	if err := a.store.Update(ctx, func(tx *store.Tx) (err error) {
		if account, err = tx.Account(u.ID); err != nil {
			return err
		}
		return a.auditUser(tx, account.User, actorOf(u.ID), auditSignedIn, map[string]string{"method": string(by)})
	}); err != nil {
		return err
	}
	if err := a.sessions.Clear(ctx); err != nil {
		return err
	}
	if err := a.sessions.RenewToken(ctx); err != nil {
		return err
	}
	a.sessions.Put(ctx, sessionUser, u.ID)
	a.sessions.Put(ctx, sessionStamp, stampOf(account.PasswordHash))
	a.sessions.Put(ctx, sessionMethod, string(by))
	return nil
}

// SignOut ends the session of this request.
func (a *Auth) SignOut(ctx context.Context) error {
	account, err := a.signedIn(ctx)
	if err == nil {
		err = a.store.Update(ctx, func(tx *store.Tx) error {
			if err := tx.EndSession(a.sessions.Token(ctx), a.now()); err != nil {
				return err
			}
			return a.auditUser(tx, account.User, actorOf(account.ID), auditSignedOut, nil)
		})
	}
	if err != nil && stanna.CodeOf(err) != stanna.Unauthenticated {
		return err
	}
	return a.sessions.Destroy(ctx) // takes the cookie away
}

// signedIn is the account of the person of this session. A session that began
// before the password was set or changed is over.
func (a *Auth) signedIn(ctx context.Context) (account store.Account, err error) {
	id := a.sessions.GetString(ctx, sessionUser)
	if id == "" {
		return account, refused(NotSignedIn, stanna.Unauthenticated, "please sign in")
	}
	err = a.store.View(ctx, func(tx *store.Tx) error {
		account, err = tx.Account(id)
		return err
	})
	if stanna.CodeOf(err) == stanna.NotFound || err == nil && a.sessions.GetString(ctx, sessionStamp) != stampOf(account.PasswordHash) {
		return store.Account{}, refused(NotSignedIn, stanna.Unauthenticated, "your session is over; please sign in again")
	}
	return account, err
}

// Visitor is the person of this session, in the workspace they chose or else
// the first that they belong to. ctx is of a request inside LoadAndSave.
func (a *Auth) Visitor(ctx context.Context) (Caller, error) {
	account, err := a.signedIn(ctx)
	if err != nil {
		return Caller{}, err
	}
	workspace := a.sessions.GetString(ctx, sessionWorkspace)
	if _, ok := account.Roles[workspace]; !ok {
		all := slices.Sorted(maps.Keys(account.Roles))
		if len(all) == 0 {
			return Caller{}, stanna.Errorf(stanna.Forbidden, "you have no role in any workspace; ask an admin for one")
		}
		workspace = all[0]
	}
	return Caller{Workspace: workspace, Kind: Person, ID: account.ID, Name: account.Name, Email: account.Email, Role: account.Roles[workspace]}, nil
}

// ChooseWorkspace takes the person of this session to another of their
// workspaces.
func (a *Auth) ChooseWorkspace(ctx context.Context, workspace string) error {
	account, err := a.signedIn(ctx)
	if err != nil {
		return err
	}
	if _, ok := account.Roles[workspace]; !ok {
		return refused(WorkspaceMismatch, stanna.Forbidden, "you have no role in this workspace; ask its admin for one")
	}
	a.sessions.Put(ctx, sessionWorkspace, workspace)
	return nil
}

// stampOf changes when the password does, and tells nothing about it.
func stampOf(hash stanna.Secret) string {
	sum := sha256.Sum256([]byte("session stamp\x00" + hash.Reveal()))
	return hex.EncodeToString(sum[:12])
}

// textCodec writes a session as JSON. Unlike scs's own codec it writes the
// same session the same way each time, so that the store can tell an
// unchanged one and spare a durable write for each page.
type textCodec struct{}

type sessionText struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

// Encode writes a session down.
func (textCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	t := sessionText{deadline, make(map[string]string, len(values))}
	for k, v := range values {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("session value %q is %T; only text can be kept", k, v)
		}
		t.Values[k] = s
	}
	return json.Marshal(t)
}

// Decode reads what Encode wrote.
func (textCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var t sessionText
	if err := json.Unmarshal(b, &t); err != nil {
		return time.Time{}, nil, fmt.Errorf("read session: %w", err)
	}
	values := make(map[string]any, len(t.Values))
	for k, v := range t.Values {
		values[k] = v
	}
	return t.Deadline, values, nil
}
