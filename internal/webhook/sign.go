package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gostanna/stanna"
)

// A secret of Standard Webhooks is base64 after this prefix, and holds so
// many bytes.
const (
	secretPrefix = "whsec_"
	newKey       = 32
	minKey       = 24
	maxKey       = 64
)

// The headers of Standard Webhooks without what they begin with, which is
// "Webhook-", or "Svix-" with senders from before the standard.
const (
	idHeader        = "Id"
	timestampHeader = "Timestamp"
	signatureHeader = "Signature"
)

// NewSecret makes a signing secret of 32 random bytes.
func NewSecret() stanna.Secret {
	key := make([]byte, newKey)
	rand.Read(key) // never fails
	return stanna.Secret(secretPrefix + base64.StdEncoding.EncodeToString(key))
}

// ValidSecret says what is wrong with a secret of Standard Webhooks, or nil.
// The prefix whsec_ may be left out.
func ValidSecret(secret stanna.Secret) error {
	_, err := signingKey(secret)
	return err
}

// signingKey gives the bytes that a secret of Standard Webhooks stands for.
func signingKey(secret stanna.Secret) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret.Reveal(), secretPrefix))
	switch {
	case err != nil:
		return nil, stanna.Errorf(stanna.Invalid, "the secret is not one of Standard Webhooks, which is whsec_ and base64 after it; copy it whole, without spaces")
	case len(key) < minKey || len(key) > maxKey:
		return nil, stanna.Errorf(stanna.Invalid, "the secret holds %d bytes; a secret of Standard Webhooks holds %d to %d", len(key), minKey, maxKey)
	}
	return key, nil
}

// Sign gives the headers with which a body is sent: its id, which stays the
// same however often it is tried, the time of this try, and a signature for
// each secret. While a secret is being rotated there are two, and receivers
// take whichever they know.
func Sign(id string, at time.Time, body []byte, secrets ...stanna.Secret) (http.Header, error) {
	// The parts of what is signed are set apart by dots, so the id may have none.
	if id == "" || len(id) > stanna.MaxIDLength || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '.' }) {
		return nil, stanna.Errorf(stanna.Invalid, "the id of a webhook must be 1 to %d characters of ASCII without spaces and dots", stanna.MaxIDLength)
	}
	if len(secrets) == 0 {
		return nil, stanna.Errorf(stanna.Invalid, "a webhook cannot be signed without a secret")
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		signature, err := standardSignature(secret, id, stamp, body)
		if err != nil {
			return nil, err
		}
		signatures[i] = "v1," + signature
	}
	h := http.Header{}
	h.Set("Webhook-"+idHeader, id)
	h.Set("Webhook-"+timestampHeader, stamp)
	h.Set("Webhook-"+signatureHeader, strings.Join(signatures, " "))
	return h, nil
}

func standardSignature(secret stanna.Secret, id, stamp string, body []byte) (string, error) {
	key, err := signingKey(secret)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(sum(sha256.New, key, []byte(id+"."+stamp+"."), body)), nil
}

// sum is the HMAC over the parts, one after the other.
func sum(h func() hash.Hash, key []byte, parts ...[]byte) []byte {
	mac := hmac.New(h, key)
	for _, p := range parts {
		mac.Write(p)
	}
	return mac.Sum(nil)
}
