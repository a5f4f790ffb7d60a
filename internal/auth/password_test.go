package auth

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/gostanna/stanna"
)

func TestPasswordHashIsPHC(t *testing.T) {
	p := newPasswords(1)
	ctx := context.Background()
	hash, err := p.hash(ctx, "three quiet otters")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(hash.Reveal(), "$")
	if len(parts) != 6 || strings.Join(parts[:4], "$") != "$argon2id$v=19$m=19456,t=2,p=1" {
		t.Fatalf("not the PHC form: %q", hash.Reveal())
	}
	// Computed from the text alone, as another program would.
	salt, _ := base64.RawStdEncoding.DecodeString(parts[4])
	if want := base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte("three quiet otters"), salt, 2, 19456, 1, 32)); parts[5] != want {
		t.Error("the key is not argon2id of the password")
	}
	again, _ := p.hash(ctx, "three quiet otters")
	if again == hash {
		t.Error("two hashes of one password are the same: there is no salt")
	}
}

func TestVerify(t *testing.T) {
	p := newPasswords(1)
	ctx := context.Background()
	// Smaller costs, as an older or another program may have written.
	cheap := argonHash{memory: 64, passes: 1, lanes: 2, salt: []byte("saltsalt"), key: argon2.IDKey([]byte("otters"), []byte("saltsalt"), 1, 64, 2, 32)}
	good := cheap.String()
	for _, c := range []struct {
		hash, password string
		want           bool
	}{
		{good, "otters", true},
		{good, "otter", false},
		{good, "", false},
		{"", "", false},
		{blankArgon().String()[:20], "otters", false},
		{strings.Replace(good, "argon2id", "argon2i", 1), "otters", false},
		{strings.Replace(good, "v=19", "v=16", 1), "otters", false},
		{strings.Replace(good, "m=64", "m=4000000000", 1), "otters", false},
		{strings.Replace(good, "t=1", "t=0", 1), "otters", false},
		{strings.Replace(good, "p=2", "p=0", 1), "otters", false},
		{good[:len(good)-30], "otters", false},
	} {
		got, err := p.verify(ctx, stanna.Secret(c.hash), stanna.Secret(c.password))
		if err != nil || got != c.want {
			t.Errorf("%q with %q: %v, %v", c.hash, c.password, got, err)
		}
	}
}

func TestUnknownUserCostsTheSame(t *testing.T) {
	h := blankArgon()
	if h.memory != argonMemory || h.passes != argonPasses || h.lanes != argonLanes || len(h.key) != argonKey || len(h.salt) != argonSalt {
		t.Errorf("the stand-in for an unknown user is cheaper or dearer than a real hash: %+v", h)
	}
}

func TestHashingWaitsItsTurn(t *testing.T) {
	p := newPasswords(1)
	p.slots <- struct{}{} // somebody is at it
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	_, err := p.hash(ctx, "three quiet otters")
	if stanna.CodeOf(err) != stanna.Unavailable {
		t.Errorf("more are hashed at once than allowed: %v", err)
	}
	<-p.slots
	if _, err := p.hash(context.Background(), "three quiet otters"); err != nil {
		t.Error(err)
	}
}

func BenchmarkPassword(b *testing.B) {
	p := newPasswords(1)
	for b.Loop() {
		if _, err := p.hash(context.Background(), "three quiet otters"); err != nil {
			b.Fatal(err)
		}
	}
}
