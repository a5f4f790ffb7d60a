package auth

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/gostanna/stanna/internal/store"
)

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
