package auth

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gostanna/stanna"
	"github.com/gostanna/stanna/internal/store"
)

const (
	keyPrefix = "sk-"
	keyLength = len(keyPrefix) + 52
	maxKey    = 100 // characters of a key's name
)

// CreateKey makes an API key. full is the key itself, which is shown once and
// never again: only its hash is kept. by is the actor who asked.
func (a *Auth) CreateKey(ctx context.Context, workspace, name string, scopes []stanna.Scope, by string) (full stanna.Secret, key stanna.APIKey, err error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > maxKey || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return "", key, stanna.InvalidField("name", "must have 1 to %d characters; say what the key is for", maxKey)
	}
	if len(scopes) == 0 {
		return "", key, stanna.InvalidField("scopes", "must name at least one of %s", words(stanna.Scopes(), ", "))
	}
	for _, s := range scopes {
		if !slices.Contains(stanna.Scopes(), s) {
			return "", key, stanna.InvalidField("scopes", "may only be %s", words(stanna.Scopes(), ", "))
		}
	}
	scopes = slices.Compact(slices.Sorted(slices.Values(scopes)))
	text := keyPrefix + randomToken()
	key = stanna.APIKey{Workspace: workspace, ID: store.NewID("key"), Name: name, Masked: masked(text),
		Scopes: scopes, CreatedBy: by, CreatedAt: a.now()}
	err = a.store.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Workspace(workspace); err != nil {
			return err
		}
		if err := tx.AddKey(key, hashKey(text)); err != nil {
			return err
		}
		return tx.Audit(a.entry(workspace, by, auditKeyCreated, key.ID, map[string]string{"scopes": words(scopes, ",")}))
	})
	if err != nil {
		return "", stanna.APIKey{}, err
	}
	return stanna.Secret(text), key, nil
}

// Keys lists the API keys of a workspace, those that were revoked among them.
func (a *Auth) Keys(ctx context.Context, workspace string) (keys []stanna.APIKey, err error) {
	err = a.store.View(ctx, func(tx *store.Tx) error {
		keys, err = tx.Keys(workspace)
		return err
	})
	return keys, err
}

// RevokeKey makes an API key useless: here at once, on other replicas within
// a second. Revoking it again changes nothing.
func (a *Auth) RevokeKey(ctx context.Context, workspace, id, by string) error {
	err := a.store.Update(ctx, func(tx *store.Tx) error {
		did, err := tx.RevokeKey(workspace, id, a.now())
		if err != nil || !did {
			return err
		}
		return tx.Audit(a.entry(workspace, by, auditKeyRevoked, id, nil))
	})
	if err != nil {
		return err
	}
	a.keys.drop(id)
	return nil
}

// masked is how a key is shown in lists: sk-abc123...xyz789.
func masked(text string) string {
	return text[:len(keyPrefix)+6] + "..." + text[len(text)-6:]
}

// hashKey hashes a key of the right length. SHA-256 is enough, since the key
// has 256 random bits; a slow hash would only slow every signal down.
func hashKey(text string) store.KeyHash {
	var b [keyLength]byte // on the stack: every signal passes here
	copy(b[:], text)
	return sha256.Sum256(b[:])
}

// wellFormed says whether this can be a key of ours at all, so that nonsense
// never reaches the database.
func wellFormed(text string) bool {
	if len(text) != keyLength || text[:len(keyPrefix)] != keyPrefix {
		return false
	}
	for i := len(keyPrefix); i < len(text); i++ {
		if c := text[i]; (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}
