package auth

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
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

const (
	keyTTL  = time.Second // how long another replica may still take a revoked key
	maxKeys = 4096        // answers kept of each kind
)

// knownKey is what the database said about a key. use is nil when it opens
// nothing.
type knownKey struct {
	caller Caller
	use    *keyUse
	until  time.Time
}

// keyUse counts on while answers come and go.
type keyUse struct {
	workspace string
	last      atomic.Int64 // microseconds
	kept      int64        // what the database has
}

// keyring remembers answers for a second. Good ones and bad ones are kept
// apart, so that a flood of bad keys does not push the good ones out.
type keyring struct {
	mu          sync.RWMutex
	good, bad   map[store.KeyHash]*knownKey
	uses        map[string]*keyUse // by key id
	revocations atomic.Int64
}

func newKeyring() *keyring {
	return &keyring{good: map[store.KeyHash]*knownKey{}, bad: map[store.KeyHash]*knownKey{}, uses: map[string]*keyUse{}}
}

func (r *keyring) get(hash store.KeyHash, now time.Time) (*knownKey, bool) {
	r.mu.RLock()
	k, ok := r.good[hash]
	if !ok {
		k, ok = r.bad[hash]
	}
	r.mu.RUnlock()
	return k, ok && now.Before(k.until)
}

// put remembers an answer that was asked for when seen revocations had been
// counted. If there was another meanwhile the answer may be the one from
// before it, and is not kept.
func (r *keyring) put(hash store.KeyHash, k *knownKey, seen int64, now time.Time) *knownKey {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.revocations.Load() != seen {
		if k.caller.ID != "" {
			k.use = r.useOf(k.caller)
		}
		return k
	}
	delete(r.good, hash)
	delete(r.bad, hash)
	into := r.bad
	if k.caller.ID != "" {
		k.use, into = r.useOf(k.caller), r.good
	}
	if len(into) >= maxKeys {
		for h, old := range into {
			if !now.Before(old.until) {
				delete(into, h)
			}
		}
		if len(into) >= maxKeys {
			clear(into)
		}
	}
	into[hash] = k
	return k
}

func (r *keyring) useOf(c Caller) *keyUse {
	u, ok := r.uses[c.ID]
	if !ok {
		u = &keyUse{workspace: c.Workspace}
		r.uses[c.ID] = u
	}
	return u
}

// drop forgets a key that was revoked.
func (r *keyring) drop(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.revocations.Add(1)
	for h, k := range r.good {
		if k.caller.ID == id {
			delete(r.good, h)
		}
	}
}

func (r *keyring) unstored() []store.KeyUse {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var uses []store.KeyUse
	for id, u := range r.uses {
		if last := u.last.Load(); last > u.kept {
			uses = append(uses, store.KeyUse{Workspace: u.workspace, ID: id, At: time.UnixMicro(last)})
		}
	}
	return uses
}

func (r *keyring) stored(uses []store.KeyUse) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, done := range uses {
		if u, ok := r.uses[done.ID]; ok {
			u.kept = max(u.kept, done.At.UnixMicro())
		}
	}
}
