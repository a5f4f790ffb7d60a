package auth

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/gostanna/stanna/internal/store"
)

func TestAnswerFromBeforeARevocationIsNotKept(t *testing.T) {
	r := newKeyring()
	known := func() *knownKey { return &knownKey{caller: Caller{ID: "key_1"}, until: noon.Add(keyTTL)} }
	seen := r.revocations.Load() // a request asks the database ...
	r.drop("key_1")              // ... the key is revoked ...
	r.put(store.KeyHash{1}, known(), seen, noon)
	if _, ok := r.get(store.KeyHash{1}, noon); ok {
		t.Error("the answer from before the revocation is remembered after it")
	}
	r.put(store.KeyHash{1}, known(), r.revocations.Load(), noon)
	if _, ok := r.get(store.KeyHash{1}, noon); !ok {
		t.Error("an answer from after it is not")
	}
	if _, ok := r.get(store.KeyHash{1}, noon.Add(keyTTL)); ok {
		t.Error("an answer is remembered for longer than a second")
	}
}

func TestKeyringIsBounded(t *testing.T) {
	r := newKeyring()
	good := store.KeyHash{0xff}
	r.put(good, &knownKey{caller: Caller{ID: "key_1"}, until: noon.Add(time.Hour)}, 0, noon)
	for n := range 3 * maxKeys {
		var h store.KeyHash
		binary.BigEndian.PutUint32(h[4:], uint32(n))
		r.put(h, &knownKey{until: noon.Add(keyTTL)}, 0, noon)
	}
	if len(r.bad) > maxKeys {
		t.Errorf("%d bad keys are remembered", len(r.bad))
	}
	if _, ok := r.get(good, noon); !ok {
		t.Error("a flood of bad keys pushed a good one out")
	}
}

func TestBadKeyIsRemembered(t *testing.T) {
	r := newKeyring()
	r.put(store.KeyHash{1}, &knownKey{until: noon.Add(keyTTL)}, 0, noon)
	if k, ok := r.get(store.KeyHash{1}, noon); !ok || k.use != nil {
		t.Error("the same bad key asks the database each time")
	}
}
