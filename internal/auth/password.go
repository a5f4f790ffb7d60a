package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/gostanna/stanna"
)

// The cost of a password, from the OWASP Password Storage Cheat Sheet
// (Argon2id: 19 MiB, 2 passes, 1 lane). Of its equivalent settings this is
// the one that fits a server of 60 MB.
const (
	argonMemory = 19 * 1024 // KiB
	argonPasses = 2
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

const (
	minPassword = 10   // characters
	maxPassword = 1000 // bytes; nobody types more
)

// passwords makes and checks password hashes, a few at a time: each takes
// 19 MiB, and a crowd at the door must not take the memory of the rest.
type passwords struct{ slots chan struct{} }

func newPasswords(atOnce int) *passwords { return &passwords{make(chan struct{}, atOnce)} }

// argonHash is a hash with what it takes to compute it again.
type argonHash struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

// String is the PHC form: $argon2id$v=19$m=19456,t=2,p=1$salt$key.
func (h argonHash) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.lanes,
		b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

// parseArgon reads the PHC form. Costs far beyond ours are refused: nobody
// who can write the database shall stop the server with one line.
func parseArgon(text string) (h argonHash, ok bool) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, false
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); n != 3 || err != nil {
		return h, false
	}
	var errSalt, errKey error
	h.salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, errKey = base64.RawStdEncoding.DecodeString(parts[5])
	ok = errSalt == nil && errKey == nil && len(h.salt) >= 8 && len(h.key) >= 16 && len(h.key) <= 64 &&
		h.memory <= 16*argonMemory && h.passes >= 1 && h.passes <= 16 && h.lanes >= 1
	return h, ok
}

// blankArgon is a hash at our cost of nothing yet.
func blankArgon() argonHash {
	return argonHash{memory: argonMemory, passes: argonPasses, lanes: argonLanes, salt: make([]byte, argonSalt), key: make([]byte, argonKey)}
}

// hash makes the hash to store for a password.
func (p *passwords) hash(ctx context.Context, password stanna.Secret) (stanna.Secret, error) {
	h := blankArgon()
	rand.Read(h.salt) // never fails
	key, err := p.derive(ctx, h, password)
	if err != nil {
		return "", err
	}
	h.key = key
	return stanna.Secret(h.String()), nil
}

// verify says whether the password is the one of the hash. Without a hash it
// takes the same time and says no, so that nobody learns from the clock who
// has an account.
func (p *passwords) verify(ctx context.Context, hash, password stanna.Secret) (bool, error) {
	h, ok := parseArgon(hash.Reveal())
	if !ok {
		h = blankArgon()
	}
	key, err := p.derive(ctx, h, password)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, h.key) == 1 && ok, nil
}

func (p *passwords) derive(ctx context.Context, h argonHash, password stanna.Secret) ([]byte, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, &stanna.Error{Code: stanna.Unavailable, Message: "too many people are signing in at once; try again", Err: ctx.Err()}
	}
	defer func() { <-p.slots }()
	return argon2.IDKey([]byte(password.Reveal()), h.salt, h.passes, h.memory, h.lanes, uint32(len(h.key))), nil
}

// checkNewPassword refuses what would be guessed first. Length is what
// counts; there are no rules about kinds of characters (NIST SP 800-63B).
func checkNewPassword(password stanna.Secret, email string) error {
	text := password.Reveal()
	switch {
	case utf8.RuneCountInString(text) < minPassword:
		return stanna.InvalidField("password", "must have at least %d characters; a few words are good", minPassword)
	case len(text) > maxPassword:
		return stanna.InvalidField("password", "must not be longer than %d bytes", maxPassword)
	case !utf8.ValidString(text):
		return stanna.InvalidField("password", "is not valid text")
	}
	plain := strings.ToLower(strings.TrimSpace(text))
	local, domain, _ := strings.Cut(email, "@")
	company, _, _ := strings.Cut(domain, ".")
	if plain == email || plain == local || plain == domain {
		return stanna.InvalidField("password", "must not be your e-mail address; choose something that nobody else knows")
	}
	if guessedFirst(plain, email, domain, local, company) {
		return stanna.InvalidField("password", "is one of the first that would be guessed; choose another")
	}
	return nil
}

// guessedFirst says whether a password is one character again and again, a
// row of the keyboard, or nothing but the best-known words, what everybody
// knows of the person, and a few digits.
func guessedFirst(plain string, known ...string) bool {
	first, _ := utf8.DecodeRuneInString(plain)
	if strings.Trim(plain, string(first)) == "" {
		return true
	}
	for _, row := range []string{"abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "01234567890123456789", "98765432109876543210"} {
		if strings.Contains(row, plain) {
			return true
		}
	}
	rest := plain
	for _, word := range append(known, "password", "passw0rd", "letmein", "welcome", "changeme", "iloveyou", "qwerty", "administrator", "admin", "secret", "stanna") {
		if len(word) > 2 {
			rest = strings.ReplaceAll(rest, word, "")
		}
	}
	return rest != plain && strings.Trim(rest, "0123456789!.?-_@ ") == "" && utf8.RuneCountInString(rest) < minPassword
}
