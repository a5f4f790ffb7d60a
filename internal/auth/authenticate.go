package auth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

// Authenticate recognises the program behind a request by the API key in
// "Authorization: Bearer sk-…" or "X-API-Key: sk-…". A workspace named in
// "X-Workspace-Id" must be the key's own; one named elsewhere is for
// [Caller.In]. The error's cause is a [Refusal].
func (a *Auth) Authenticate(ctx context.Context, header http.Header) (Caller, error) {
	text, given := presentedKey(header)
	if !given {
		return Caller{}, refused(MissingKey, stanna.Unauthenticated, "API key is required; send it as Authorization: Bearer sk-… or as X-API-Key")
	}
	if !wellFormed(text) {
		return Caller{}, invalidKey()
	}
	hash, now := hashKey(text), a.now()
	known, ok := a.keys.get(hash, now)
	if !ok {
		var err error
		if known, err = a.lookUp(ctx, hash, now); err != nil {
			return Caller{}, err
		}
	}
	if known.use == nil {
		return Caller{}, invalidKey()
	}
	known.use.last.Store(now.UnixMicro())
	if workspace := header.Get("X-Workspace-Id"); workspace != "" {
		if err := known.caller.In(workspace); err != nil {
			return Caller{}, err
		}
	}
	return known.caller, nil
}

func invalidKey() error {
	return refused(InvalidKey, stanna.Unauthenticated, "invalid API key: it is malformed, unknown or revoked; make a new one under Settings, API keys")
}

func presentedKey(header http.Header) (text string, given bool) {
	const bearer = "bearer "
	if h := header.Get("Authorization"); len(h) >= len(bearer) && strings.EqualFold(h[:len(bearer)], bearer) {
		return strings.TrimSpace(h[len(bearer):]), true
	}
	h := header.Get("X-Api-Key") // the canonical form, so that Get need not make it
	return strings.TrimSpace(h), h != ""
}

// lookUp asks the database about a key and remembers the answer.
func (a *Auth) lookUp(ctx context.Context, hash store.KeyHash, now time.Time) (*knownKey, error) {
	seen := a.keys.revocations.Load()
	var key stanna.APIKey
	var ok bool
	if err := a.store.View(ctx, func(tx *store.Tx) (err error) {
		key, ok, err = tx.KeyByHash(hash)
		return err
	}); err != nil {
		return nil, err
	}
	known := &knownKey{until: now.Add(keyTTL)}
	if ok && key.Active() {
		known.caller = Caller{Workspace: key.Workspace, Kind: Program, ID: key.ID, Name: key.Name, Scopes: key.Scopes}
	}
	return a.keys.put(hash, known, seen, now), nil
}

// FlushLastUsed stores when keys were used last. The app calls it every
// minute and at the end; a request does not pay for it.
func (a *Auth) FlushLastUsed(ctx context.Context) error {
	uses := a.keys.unstored()
	if len(uses) == 0 {
		return nil
	}
	if err := a.store.Update(ctx, func(tx *store.Tx) error { return tx.TouchKeys(uses...) }); err != nil {
		return err
	}
	a.keys.stored(uses)
	return nil
}
