package store

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// KeyHash is the SHA-256 of an API key: all that is kept of it.
type KeyHash [32]byte

func (h KeyHash) text() string { return hex.EncodeToString(h[:]) }

const keyColumns = `workspace, id, name, masked, scopes, created_by, created_at, last_used_at, revoked_at`

func scanKey(s scanner) (stanna.APIKey, error) {
	var k stanna.APIKey
	var scopes string
	var created, used, revoked int64
	err := s.Scan(&k.Workspace, &k.ID, &k.Name, &k.Masked, &scopes, &k.CreatedBy, &created, &used, &revoked)
	for scope := range strings.SplitSeq(scopes, ",") {
		if scope != "" {
			k.Scopes = append(k.Scopes, stanna.Scope(scope))
		}
	}
	k.CreatedAt, k.LastUsedAt, k.RevokedAt = fromMicros(created), fromMicros(used), fromMicros(revoked)
	return k, err
}

// AddKey stores a new API key.
func (tx *Tx) AddKey(k stanna.APIKey, hash KeyHash) error {
	scopes := make([]string, len(k.Scopes))
	for i, s := range k.Scopes {
		scopes[i] = string(s)
	}
	_, err := tx.exec(`insert into api_key (`+keyColumns+`, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		k.Workspace, k.ID, k.Name, k.Masked, strings.Join(scopes, ","), k.CreatedBy,
		micros(k.CreatedAt), micros(k.LastUsedAt), micros(k.RevokedAt), hash.text())
	return err
}

// Keys lists the API keys of a workspace in the order they were made, those
// that were revoked among them.
func (tx *Tx) Keys(workspace string) ([]stanna.APIKey, error) {
	return collect(tx, scanKey, `select `+keyColumns+` from api_key where workspace = $1 order by created_at, id`, workspace)
}

// KeyByHash is the API key with that hash, revoked or not, whichever
// workspace has it: it is how we learn who is asking.
func (tx *Tx) KeyByHash(hash KeyHash) (k stanna.APIKey, ok bool, err error) {
	return one(tx, scanKey, `select `+keyColumns+` from api_key where hash = $1`, hash.text())
}

// RevokeKey makes a key useless; did is false when it was already.
func (tx *Tx) RevokeKey(workspace, id string, now time.Time) (did bool, err error) {
	n, err := tx.exec(`update api_key set revoked_at = $3 where workspace = $1 and id = $2 and revoked_at = 0`, workspace, id, micros(now))
	if err != nil || n > 0 {
		return n > 0, err
	}
	_, err = need(tx, "API key", value[string], `select id from api_key where workspace = $1 and id = $2`, workspace, id)
	return false, err
}

// KeyUse says when a key was used last.
type KeyUse struct {
	Workspace, ID string
	At            time.Time
}

// TouchKeys stores when keys were used last. Of two replicas the later time
// stays.
func (tx *Tx) TouchKeys(uses ...KeyUse) error {
	for _, u := range uses {
		if _, err := tx.exec(`update api_key set last_used_at = $3 where workspace = $1 and id = $2 and last_used_at < $3`,
			u.Workspace, u.ID, micros(u.At)); err != nil {
			return err
		}
	}
	return nil
}
